/** Why executions of a list did not succeed, which ListExecutions does not tell and DescribeExecution does. */

import { orProblem } from "/sfn-mock/page/problems.js";

/** @import { Here } from "/sfn-mock/page/app.js" */
/**
 * @typedef {{ error?: string, cause?: string }} Reason
 * @typedef {{ executionArn: string, status: string, stopDate?: number | string }} Ended
 */

const UNSUCCESSFUL = ["FAILED", "TIMED_OUT", "ABORTED"];
/** So many are described on one page of a list at most: each takes a call. */
export const DESCRIBED = 100;
/** What was told last, by what it was told of: dragging the clock does not ask again. @type {Map<string, Reason>} */
let known = new Map();

/**
 * The error and cause of each execution of `found` that has one, by ARN.
 *
 * @param {Here} here
 * @param {Ended[]} found
 * @returns {Promise<Map<string, Reason>>}
 */
export async function reasons(here, found) {
  const unsuccessful = found.filter(({ status }) => UNSUCCESSFUL.includes(status)).slice(0, DESCRIBED);
  const before = here.isQuick ? known : new Map();
  const told = await Promise.all(
    unsuccessful.map(
      /** @returns {Promise<[string, Reason]>} */
      async (execution) => [key(execution), before.get(key(execution)) ?? (await ask(here, execution))],
    ),
  );
  known = new Map([...before, ...told]);
  return new Map(unsuccessful.map((execution) => [execution.executionArn, known.get(key(execution)) ?? {}]));
}

/** What makes an execution's end another one: it changes with a stop and a redrive. @param {Ended} execution */
function key({ executionArn, status, stopDate }) {
  return `${executionArn} ${status} ${stopDate}`;
}

/**
 * The box of a refused call has neither an error nor a cause, so it is as if there was no reason.
 *
 * @param {Here} here
 * @param {Ended} execution
 * @returns {Promise<Reason>}
 */
async function ask({ call }, { executionArn }) {
  const { error, cause } = await orProblem(() => call("DescribeExecution", { executionArn }));
  return { error, cause };
}

/** "States.Timeout: the cause", or one of both; an empty text where there is neither. @param {Reason} [reason] */
export function reasonText({ error, cause } = {}) {
  return [error, cause].filter(Boolean).join(": ");
}
