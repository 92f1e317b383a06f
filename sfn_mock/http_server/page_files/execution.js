/** One execution: its description, input, output, map runs and history. */

import { all, server } from "/sfn-mock/page/api.js";
import { label, lastName, stateMachineArn } from "/sfn-mock/page/arns.js";
import { breadcrumbs } from "/sfn-mock/page/breadcrumbs.js";
import { copyButtons } from "/sfn-mock/page/copying.js";
import { facts, html, longText, NONE, table, toggle } from "/sfn-mock/page/dom.js";
import { graph } from "/sfn-mock/page/graph.js";
import { mapRunSummary } from "/sfn-mock/page/map_run.js";
import { pager } from "/sfn-mock/page/pager.js";
import { orProblem } from "/sfn-mock/page/problems.js";
import { actions, endForm } from "/sfn-mock/page/starting.js";
import { statusLabel } from "/sfn-mock/page/statuses.js";
import { counted, dated, duration, lasted, moment, pretty } from "/sfn-mock/page/words.js";

/** @import { Here } from "/sfn-mock/page/app.js" */

/** The number of events on a page of the history. */
const EVENTS = 100;

/** @param {Here} here */
export async function execution(here) {
  const arn = here.arn;
  const [described, mapRuns, history, drawn] = await Promise.all([
    orProblem(() => here.call("DescribeExecution", { executionArn: arn })),
    orProblem(() => mapRunsOf(here, arn)),
    orProblem(() => here.call("GetExecutionHistory", historyParameters(here, arn))),
    orProblem(() => server("GET", `graph?execution=${encodeURIComponent(arn)}`)),
  ]);
  const name = lastName(arn);
  const known = !(described instanceof Node);
  return {
    title: name,
    content: [
      breadcrumbs(wayTo(here, arn, described.mapRunArn), name),
      html("h1", { tabindex: -1 }, name, known && statusLabel(described.status)),
      known && html("div", { class: "toolbar" }, actions(here, described), copyButtons(here, { of: arn })),
      known && described.status === "RUNNING" && endForm(here, arn),
      known ? description(here, described) : described,
      known && payloads(described),
      // The box of the history shows the error about an ARN.
      known && !(drawn instanceof Node) && graph(here, drawn),
      known && mapRunsSection(here, mapRuns),
      known &&
        html(
          "section",
          { "aria-labelledby": "history" },
          html("h2", { id: "history" }, "History"),
          events(here, described, history),
        ),
    ],
  };
}

/** @param {Here} here @param {string} arn @param {string | undefined} mapRunArn */
function wayTo(here, arn, mapRunArn) {
  const machineArn = stateMachineArn(arn);
  return [
    ["State machines", here.href("machines")],
    [lastName(machineArn), here.href("executions", { arn: machineArn })],
    mapRunArn && [label(mapRunArn), here.href("map-run", { arn: mapRunArn })],
    mapRunArn && ["Child executions", here.href("executions", { arn: mapRunArn })],
  ];
}

/** @param {Here} here @param {any} described */
function description(here, described) {
  /** @param {string | undefined} arn */
  const link = (arn) => arn && html("a", { href: here.href("executions", { arn }) }, lastName(arn));
  /** @param {number | undefined} when */
  const date = (when) => when !== undefined && dated(moment(when), here.now);
  return facts({
    ARN: html("code", {}, described.executionArn),
    "Start (UTC)": date(described.startDate),
    "Stop (UTC)": date(described.stopDate) || NONE,
    Duration: lasted(described, here.now),
    Alias: link(described.stateMachineAliasArn),
    Version: link(described.stateMachineVersionArn),
    Items: described.itemCount,
    Redrives: described.redriveCount,
    "Last redrive (UTC)": date(described.redriveDate) || null,
    "Redrive status": described.redriveStatus,
    "Redrive status reason": described.redriveStatusReason,
    Error: described.error,
    Cause: described.cause,
  });
}

/** @param {{ input?: string, output?: string }} described */
function payloads({ input, output }) {
  /** @param {string} title @param {string | undefined} text */
  const payload = (title, text) =>
    html(
      "section",
      {},
      html("h2", {}, title),
      text === undefined ? html("p", { class: "empty" }, "None.") : longText(title, pretty(text)),
    );
  return html("div", { class: "payloads" }, payload("Input", input), payload("Output", output));
}

// --- Map runs --------------------------------------------------------------------------------------------------------

/** @param {Here} here @param {string} executionArn */
async function mapRunsOf({ call }, executionArn) {
  const listed = await all(call, "ListMapRuns", { executionArn }, "mapRuns");
  return Promise.all(listed.map(({ mapRunArn }) => call("DescribeMapRun", { mapRunArn })));
}

/** @param {Here} here @param {any} mapRuns the map runs, or the error instead of them */
function mapRunsSection(here, mapRuns) {
  const isProblem = mapRuns instanceof Node;
  if (!isProblem && mapRuns.length === 0) {
    return null;
  }
  return html(
    "section",
    { "aria-labelledby": "map-runs" },
    html("h2", { id: "map-runs" }, "Map runs"),
    isProblem ? mapRuns : mapRuns.map((/** @type {any} */ mapRun) => mapRunSummary(here, mapRun)),
  );
}

// --- History ---------------------------------------------------------------------------------------------------------

/** @param {Here} here @param {string} executionArn */
function historyParameters({ parameters }, executionArn) {
  return {
    executionArn,
    maxResults: EVENTS,
    reverseOrder: parameters.get("newest") === "first",
    ...(parameters.get("token") ? { nextToken: parameters.get("token") } : {}),
  };
}

/** @param {Here} here @param {any} described @param {any} history its events, or the error instead of them */
function events(here, described, history) {
  if (history instanceof Node) {
    return [history, pager(here, null)];
  }
  const start = moment(described.startDate);
  const isWhole = !here.parameters.get("token") && history.nextToken === undefined;
  /** @type {import("/sfn-mock/page/dom.js").Column<any>[]} */
  const columns = [
    { title: "Id", className: "number", cell: ({ id }) => String(id) },
    { title: "Type", cell: ({ type }) => type },
    { title: "Time (UTC)", className: "date", cell: ({ timestamp }) => dated(moment(timestamp), here.now) },
    { title: "After", className: "length", cell: ({ timestamp }) => duration(moment(timestamp) - start) },
    { title: "Details", className: "details", cell: details },
  ];
  return [
    toggle("Newest first", {
      id: "newest",
      checked: here.parameters.get("newest") === "first",
      change: (event) => here.change({ newest: event.target.checked ? "first" : "", token: "", page: "" }),
    }),
    table(
      `${counted(history.events.length, "event")} ${isWhole ? "in total" : "on this page"}`,
      columns,
      history.events,
    ),
    pager(here, history.nextToken),
  ];
}

/** Returns the details of an event. @param {any} event */
function details(event) {
  const [member] = Object.keys(event).filter((name) => name.endsWith("EventDetails"));
  const given = event[member] ?? {};
  const { name } = given;
  if (Object.keys(given).length === 0) {
    return NONE;
  }
  return html(
    "details",
    { id: `event-${event.id}` },
    html("summary", {}, name ?? Object.keys(given).join(", ")),
    longText(`Event ${event.id}`, JSON.stringify(given, null, 2)),
  );
}
