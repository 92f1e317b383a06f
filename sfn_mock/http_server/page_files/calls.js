/** The calls that the code under test has made, newest first. */

import { server } from "/sfn-mock/page/api.js";
import { field, html, NONE, select, table } from "/sfn-mock/page/dom.js";
import { time } from "/sfn-mock/page/words.js";

/** So many at first, and with each "Show older". */
const SHOWN = 100;
const WIDEST = 120;

export async function calls(here) {
  const operation = here.parameters.get("operation") ?? "";
  const shown = Number(here.parameters.get("shown")) || SHOWN;
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
        ? list(meant.slice(0, shown), meant.length)
        : html("p", { class: "empty" }, "No call has been made. Those of this page are not counted."),
      meant.length > shown &&
        html(
          "button",
          { type: "button", id: "older", click: () => here.change({ shown: String(shown + SHOWN) }) },
          "Show older",
        ),
    ],
  };
}

function filters(here, every, operation) {
  const operations = [...new Set([...every.map((call) => call.operation), operation])].filter(Boolean).sort();
  const change = (event) => here.change({ operation: event.target.value, shown: "" });
  return html(
    "div",
    { class: "filters" },
    field(
      "Operation",
      select({ id: "operation", change }, [["", "Any"], ...operations.map((name) => [name, name])], operation),
    ),
    html(
      "button",
      {
        type: "button",
        id: "forget",
        disabled: every.length === 0,
        click: () => here.act(() => server("DELETE", "calls")),
      },
      "Forget all",
    ),
  );
}

function list(shown, total) {
  return table(
    shown.length < total ? `The newest ${shown.length} of ${total.toLocaleString("en")} calls` : `Calls: ${total}`,
    [
      { title: "Date (UTC)", className: "date", cell: (call) => time(Date.parse(call.date)) },
      { title: "Operation", cell: (call) => call.operation },
      {
        title: "Parameters",
        className: "details",
        cell: (call) => folded(`parameters-${call.number}`, call.parameters, call),
      },
      { title: "Answer", className: "details", cell: answer },
      { title: "Account, region", className: "quiet", cell: (call) => `${call.account_id} ${call.region}` },
    ],
    shown,
  );
}

function answer(call) {
  if (call.error !== null) {
    const message = call.response?.Error?.Message;
    return html("span", { class: "refused" }, html("strong", {}, call.error), message && ` ${message}`);
  }
  return call.response === null
    ? html("span", { class: "quiet" }, "no longer kept")
    : folded(`answer-${call.number}`, call.response, call);
}

/** Parameters or an answer in a line, which unfolds to the JSON. */
function folded(id, value, call) {
  const line = summary(value, call);
  if (line === "") {
    return NONE;
  }
  return html(
    "details",
    { id },
    html("summary", {}, html("code", {}, line.length > WIDEST ? `${line.slice(0, WIDEST)}…` : line)),
    html("pre", { tabindex: 0 }, JSON.stringify(value, null, 2)),
  );
}

/** 'stateMachineArn: "stateMachine:orders", executions: 3': lists by their lengths, ARNs without the call's own place. */
function summary(value, { account_id: ownAccount, region: ownRegion }) {
  const short = (arn, region, account) => (region === ownRegion && account === ownAccount ? "" : arn);
  return Object.entries(value)
    .map(([name, member]) => `${name}: ${Array.isArray(member) ? member.length : JSON.stringify(member)}`)
    .join(", ")
    .replace(/arn:aws[a-z-]*:states:([^:"]*):([^:"]*):/g, short);
}
