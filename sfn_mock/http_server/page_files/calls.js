/** The calls that the code under test has made, newest first. */

import { server } from "/sfn-mock/page/api.js";
import { button, emptyState, field, html, longText, NONE, select, table } from "/sfn-mock/page/dom.js";
import { dated } from "/sfn-mock/page/words.js";

/** @import { Here } from "/sfn-mock/page/app.js" */
/** @import { Column } from "/sfn-mock/page/dom.js" */
/** @typedef {any} MadeCall a call as the server describes it, with its number */

/** The number of calls that are shown at first, and added by each "Show older". */
const SHOWN = 100;
const WIDEST = 120;

/** @param {Here} here */
export async function calls(here) {
  const operation = here.parameters.get("operation") ?? "";
  const shown = Number(here.parameters.get("shown")) || SHOWN;
  /** @type {MadeCall[]} */
  const every = await server("GET", "calls");
  const meant = every
    .map((call, index) => ({ ...call, number: index + 1 }))
    .filter((call) => !operation || call.operation === operation)
    .reverse();
  return {
    title: "Calls",
    content: [
      html("h1", { tabindex: -1 }, "Calls"),
      filters(here, every, operation),
      meant.length > 0
        ? list(here, meant.slice(0, shown), meant.length)
        : emptyState(
            "There are no calls yet; those of this page do not count. Make one:",
            `aws stepfunctions list-state-machines --endpoint-url ${location.origin}`,
          ),
      meant.length > shown && button("older", "Show older", () => here.change({ shown: String(shown + SHOWN) })),
    ],
  };
}

/** @param {Here} here @param {MadeCall[]} every @param {string} operation */
function filters(here, every, operation) {
  const operations = [...new Set([...every.map((call) => call.operation), operation])].filter(Boolean).sort();
  /** @param {any} event */
  const change = (event) => here.change({ operation: event.target.value, shown: "" });
  return html(
    "div",
    { class: "filters" },
    field(
      "Operation",
      select({ id: "operation", change }, [["", "Any"], ...operations.map((name) => [name, name])], operation),
    ),
    button("forget", "Delete all", () => here.act(() => server("DELETE", "calls")), { disabled: every.length === 0 }),
  );
}

/** @param {Here} here @param {MadeCall[]} shown @param {number} total */
function list(here, shown, total) {
  /** @type {Column<MadeCall>[]} */
  const columns = [
    { title: "Date (UTC)", className: "date", cell: (call) => dated(Date.parse(call.date), here.now) },
    { title: "Operation", cell: (call) => call.operation },
    {
      title: "Parameters",
      className: "details",
      cell: (call) => folded(`parameters-${call.number}`, call.parameters, call),
    },
    { title: "Answer", className: "details", cell: answer },
    { title: "Account, region", className: "quiet", cell: (call) => `${call.account_id} ${call.region}` },
  ];
  return table(
    shown.length < total ? `The newest ${shown.length} of ${total.toLocaleString("en")} calls` : `Calls: ${total}`,
    columns,
    shown,
  );
}

/** @param {MadeCall} call */
function answer(call) {
  if (call.error !== null) {
    const message = call.response?.Error?.Message;
    return html("span", { class: "refused" }, html("strong", {}, call.error), message && ` ${message}`);
  }
  return call.response === null
    ? html("span", { class: "quiet" }, "no longer kept")
    : folded(`answer-${call.number}`, call.response, call);
}

/** Parameters or an answer in one line, which opens to show the JSON. @param {string} id @param {any} value @param {MadeCall} call */
function folded(id, value, call) {
  const line = summary(value, call);
  if (line === "") {
    return NONE;
  }
  return html(
    "details",
    { id },
    html("summary", {}, html("code", {}, line.length > WIDEST ? `${line.slice(0, WIDEST)}…` : line)),
    longText(`JSON of ${id}`, JSON.stringify(value, null, 2)),
  );
}

/**
 * 'stateMachineArn: "stateMachine:orders", executions: 3': lists as lengths, ARNs without the call's account and region.
 *
 * @param {any} value
 * @param {MadeCall} call
 */
function summary(value, { account_id: ownAccount, region: ownRegion }) {
  /** @param {string} arn @param {string} region @param {string} account */
  const short = (arn, region, account) => (region === ownRegion && account === ownAccount ? "" : arn);
  return Object.entries(value)
    .map(([name, member]) => `${name}: ${Array.isArray(member) ? member.length : JSON.stringify(member)}`)
    .join(", ")
    .replace(/arn:aws[a-z-]*:states:([^:"]*):([^:"]*):/g, short);
}
