/** One execution: what it is, what it was given and gave, its map runs and its history. */

import { all, server } from "/sfn-mock/page/api.js";
import { label, lastName, stateMachineArn } from "/sfn-mock/page/arns.js";
import { breadcrumbs } from "/sfn-mock/page/breadcrumbs.js";
import { facts, html, NONE, table } from "/sfn-mock/page/dom.js";
import { graph } from "/sfn-mock/page/graph.js";
import { mapRunSummary } from "/sfn-mock/page/map_run.js";
import { pager } from "/sfn-mock/page/pager.js";
import { orProblem } from "/sfn-mock/page/problems.js";
import { statusLabel } from "/sfn-mock/page/statuses.js";
import { counted, duration, lasted, moment, pretty, time } from "/sfn-mock/page/words.js";

/** Events on a page of the history. */
const EVENTS = 100;

export async function execution(here) {
  const arn = here.arn;
  const [execution, mapRuns, history, told] = await Promise.all([
    orProblem(() => here.call("DescribeExecution", { executionArn: arn })),
    orProblem(() => mapRunsOf(here, arn)),
    orProblem(() => here.call("GetExecutionHistory", historyParameters(here, arn))),
    orProblem(() => server("GET", `graph?execution=${encodeURIComponent(arn)}`)),
  ]);
  const name = lastName(arn);
  const known = !(execution instanceof Node);
  return {
    title: name,
    content: [
      breadcrumbs(wayTo(here, arn, execution.mapRunArn), name),
      html("h1", { tabindex: -1 }, name, known && statusLabel(execution.status)),
      known ? description(here, execution) : execution,
      known && actions(here, execution),
      known && payloads(execution),
      // The history's own box says what is wrong with an ARN.
      known && !(told instanceof Node) && graph(told),
      known && mapRunsSection(here, mapRuns),
      known &&
        html(
          "section",
          { "aria-labelledby": "history" },
          html("h2", { id: "history" }, "History"),
          events(here, execution, history),
        ),
    ],
  };
}

function wayTo(here, arn, mapRunArn) {
  const machineArn = stateMachineArn(arn);
  return [
    ["State machines", here.href("machines")],
    [lastName(machineArn), here.href("executions", { arn: machineArn })],
    mapRunArn && [label(mapRunArn), here.href("map-run", { arn: mapRunArn })],
    mapRunArn && ["Child executions", here.href("executions", { arn: mapRunArn })],
  ];
}

function description(here, execution) {
  const link = (arn, text) => arn && html("a", { href: here.href("executions", { arn }) }, text);
  return facts({
    ARN: html("code", {}, execution.executionArn),
    "Start (UTC)": time(moment(execution.startDate)),
    "Stop (UTC)": execution.stopDate === undefined ? NONE : time(moment(execution.stopDate)),
    Duration: lasted(execution, here.now),
    Alias: link(execution.stateMachineAliasArn, lastName(execution.stateMachineAliasArn ?? "")),
    Version: link(execution.stateMachineVersionArn, lastName(execution.stateMachineVersionArn ?? "")),
    Items: execution.itemCount,
    Redrives: execution.redriveCount,
    "Last redrive (UTC)": execution.redriveDate && time(moment(execution.redriveDate)),
    "Redrive status": execution.redriveStatus,
    "Redrive status reason": execution.redriveStatusReason,
    Error: execution.error,
    Cause: execution.cause,
  });
}

/** What the page may do to the execution, by AWS's own operations. */
function actions(here, { executionArn, status, redriveStatus }) {
  const button = (id, text, operation, enabled) =>
    html(
      "button",
      { type: "button", id, disabled: !enabled, click: () => here.act(() => here.call(operation, { executionArn })) },
      text,
    );
  return html(
    "div",
    { class: "buttons" },
    button("stop", "Stop", "StopExecution", status === "RUNNING"),
    button("redrive", "Redrive", "RedriveExecution", redriveStatus === "REDRIVABLE"),
  );
}

function payloads({ input, output }) {
  const payload = (title, text) =>
    html(
      "section",
      {},
      html("h2", {}, title),
      text === undefined
        ? html("p", { class: "empty" }, "There is none.")
        : html("pre", { tabindex: 0, "aria-label": title }, pretty(text)),
    );
  return html("div", { class: "payloads" }, payload("Input", input), payload("Output", output));
}

// --- Map runs --------------------------------------------------------------------------------------------------------

async function mapRunsOf({ call }, executionArn) {
  const listed = await all(call, "ListMapRuns", { executionArn }, "mapRuns");
  return Promise.all(listed.map(({ mapRunArn }) => call("DescribeMapRun", { mapRunArn })));
}

function mapRunsSection(here, mapRuns) {
  const isProblem = mapRuns instanceof Node;
  if (!isProblem && mapRuns.length === 0) {
    return null;
  }
  return html(
    "section",
    { "aria-labelledby": "map-runs" },
    html("h2", { id: "map-runs" }, "Map runs"),
    isProblem ? mapRuns : mapRuns.map((mapRun) => mapRunSummary(here, mapRun)),
  );
}

// --- History ---------------------------------------------------------------------------------------------------------

function historyParameters({ parameters }, executionArn) {
  return {
    executionArn,
    maxResults: EVENTS,
    reverseOrder: parameters.get("newest") === "first",
    ...(parameters.get("token") ? { nextToken: parameters.get("token") } : {}),
  };
}

function events(here, execution, history) {
  if (history instanceof Node) {
    return [history, pager(here, null)];
  }
  const start = moment(execution.startDate);
  return [
    html(
      "label",
      { class: "toggle" },
      html("input", {
        type: "checkbox",
        id: "newest",
        checked: here.parameters.get("newest") === "first",
        change: (event) => here.change({ newest: event.target.checked ? "first" : "", token: "", page: "" }),
      }),
      "Newest first",
    ),
    table(
      counted(history.events.length, "event"),
      [
        { title: "Id", className: "number", cell: ({ id }) => String(id) },
        { title: "Type", cell: ({ type }) => type },
        { title: "Time (UTC)", className: "date", cell: ({ timestamp }) => time(moment(timestamp)) },
        { title: "After", className: "length", cell: ({ timestamp }) => duration(moment(timestamp) - start) },
        { title: "Details", className: "details", cell: details },
      ],
      history.events,
    ),
    pager(here, history.nextToken),
  ];
}

/** The member of an event that belongs to its type. */
function details(event) {
  const [member] = Object.keys(event).filter((name) => name.endsWith("EventDetails"));
  const told = event[member] ?? {};
  const { name } = told;
  if (Object.keys(told).length === 0) {
    return NONE;
  }
  return html(
    "details",
    { id: `event-${event.id}` },
    html("summary", {}, name ?? Object.keys(told).join(", ")),
    html("pre", { tabindex: 0 }, JSON.stringify(told, null, 2)),
  );
}
