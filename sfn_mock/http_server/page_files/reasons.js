/** Why executions of a list did not succeed: DescribeExecution has it, and ListExecutions has not. */

import { orProblem } from "/sfn-mock/page/problems.js";

/** @import { Here } from "/sfn-mock/page/app.js" */
/**
 * @typedef {{ error?: string, cause?: string }} Reason
 * @typedef {{ executionArn: string, status: string, stopDate?: number | string }} Ended
 */

const UNSUCCESSFUL = ["FAILED", "TIMED_OUT", "ABORTED"];
/** The most executions of a page that are described: each takes a call. */
export const DESCRIBED = 100;
/** The reasons of the last page, by execution and end: dragging the clock does not request them again. @type {Map<string, Reason>} */
let known = new Map();

/**
 * Returns the error and cause of each execution of `found` that has one, by ARN.
 *
 * @param {Here} here
 * @param {Ended[]} found
 * @returns {Promise<Map<string, Reason>>}
 */
export async function reasons(here, found) {
  const unsuccessful = found.filter(({ status }) => UNSUCCESSFUL.includes(status)).slice(0, DESCRIBED);
  const before = here.isQuick ? known : new Map();
  const answers = await Promise.all(
    unsuccessful.map(
      /** @returns {Promise<[string, Reason]>} */
      async (execution) => [key(execution), before.get(key(execution)) ?? (await ask(here, execution))],
    ),
  );
  known = new Map([...before, ...answers]);
  return new Map(unsuccessful.map((execution) => [execution.executionArn, known.get(key(execution)) ?? {}]));
}

/** Returns a key for the end of an execution, which changes with a stop and a redrive. @param {Ended} execution */
function key({ executionArn, status, stopDate }) {
  return `${executionArn} ${status} ${stopDate}`;
}

/**
 * A call that fails counts as if there was no reason.
 *
 * @param {Here} here
 * @param {Ended} execution
 * @returns {Promise<Reason>}
 */
async function ask({ call }, { executionArn }) {
  const { error, cause } = await orProblem(() => call("DescribeExecution", { executionArn }));
  return { error, cause };
}

/** "States.Timeout: the cause", or one of both; an empty text if there is neither. @param {Reason} [reason] */
export function reasonText({ error, cause } = {}) {
  return [error, cause].filter(Boolean).join(": ");
}

/** The same in short: of the cause that a Lambda function gives only its message. @param {Reason} [reason] */
export function shortReason({ error, cause } = {}) {
  return reasonText({ error, cause: cause && message(cause) });
}

/** @param {string} cause */
function message(cause) {
  try {
    const { errorMessage } = JSON.parse(cause) ?? {};
    return typeof errorMessage === "string" ? errorMessage : cause;
  } catch {
    return cause;
  }
}
