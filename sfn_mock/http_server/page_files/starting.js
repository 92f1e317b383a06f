/** Forms and buttons that start, stop, redrive and end executions. */

import { server } from "/sfn-mock/page/api.js";
import { lastName } from "/sfn-mock/page/arns.js";
import { button, field, html, toggle } from "/sfn-mock/page/dom.js";
import { form } from "/sfn-mock/page/forms.js";
import { notify } from "/sfn-mock/page/notices.js";

/** @import { Here } from "/sfn-mock/page/app.js" */

/** The codes of StartExecution's errors, and the fields of each. */
const CODES = { InvalidName: "name", ExecutionAlreadyExists: "name", InvalidExecutionInput: "input" };

/**
 * Makes a form that starts an execution, closed at first.
 *
 * @param {Here} here
 * @param {string} stateMachineArn of a state machine, a version or an alias
 */
export function startForm(here, stateMachineArn) {
  return html(
    "details",
    { id: "start" },
    html("summary", {}, "Start an execution"),
    form(
      here,
      "start-form",
      {
        codes: CODES,
        main: "input",
        submit: async ({ name, input }) => {
          const named = name === "" ? {} : { name };
          const { executionArn } = await here.call("StartExecution", { stateMachineArn, input, ...named });
          notify(`Started ${lastName(executionArn)}`);
        },
      },
      field(
        "Name (empty: a UUID)",
        html("input", { id: "start-name", name: "name", autocomplete: "off", spellcheck: "false" }),
      ),
      field("Input", html("textarea", { id: "start-input", name: "input", rows: 3, spellcheck: "false" }, "{}")),
      html("button", { type: "submit" }, "Start"),
    ),
  );
}

/**
 * Makes the buttons for AWS's operations on an execution.
 *
 * @param {Here} here
 * @param {{ executionArn: string, status: string, redriveStatus?: string }} execution
 */
export function actions(here, { executionArn, status, redriveStatus }) {
  /** @param {string} operation */
  const doIt = (operation) => () => here.act(() => here.call(operation, { executionArn }));
  return html(
    "div",
    { class: "buttons" },
    button("stop", "Stop", doIt("StopExecution"), { disabled: status !== "RUNNING" }),
    button("redrive", "Redrive", doIt("RedriveExecution"), { disabled: redriveStatus !== "REDRIVABLE" }),
  );
}

/** Makes a form that ends a running execution, closed at first. @param {Here} here @param {string} execution its ARN */
export function endForm(here, execution) {
  return html(
    "details",
    { id: "end" },
    html("summary", {}, "Make it end"),
    form(
      here,
      "end-form",
      {
        main: "output",
        submit: ({ status, output, error, cause }) =>
          server("POST", "end", { execution, ...END[status](output, error, cause) }),
      },
      html(
        "fieldset",
        {},
        html("legend", {}, "As"),
        Object.keys(END).map((status, index) =>
          toggle(status, {
            type: "radio",
            name: "status",
            id: `end-${status.toLowerCase()}`,
            value: status,
            checked: index === 0,
          }),
        ),
      ),
      html(
        "div",
        { class: "for-succeeded" },
        field("Output", html("textarea", { id: "end-output", name: "output", rows: 3, spellcheck: "false" }, "{}")),
      ),
      html(
        "div",
        { class: "for-failed" },
        field("Error", html("input", { id: "end-error", name: "error", autocomplete: "off" })),
        field("Cause", html("input", { id: "end-cause", name: "cause", autocomplete: "off" })),
      ),
      html("button", { type: "submit" }, "End it"),
    ),
  );
}

/**
 * Shows only the fields of the chosen status.
 *
 * @type {Record<string, (output: string, error: string, cause: string) => Record<string, string | null>>}
 */
const END = {
  SUCCEEDED: (output) => ({ status: "SUCCEEDED", output }),
  FAILED: (_output, error, cause) => ({ status: "FAILED", error: error || null, cause: cause || null }),
  TIMED_OUT: () => ({ status: "TIMED_OUT" }),
};
