/** One map run: its settings, and the numbers of its items and child executions by status. */

import { label, lastName, stateMachineArn } from "/sfn-mock/page/arns.js";
import { breadcrumbs } from "/sfn-mock/page/breadcrumbs.js";
import { copyButtons } from "/sfn-mock/page/copying.js";
import { facts, html, NONE } from "/sfn-mock/page/dom.js";
import { orProblem } from "/sfn-mock/page/problems.js";
import { countsBar, statusLabel } from "/sfn-mock/page/statuses.js";
import { dated, lasted, moment } from "/sfn-mock/page/words.js";

/** @import { Here } from "/sfn-mock/page/app.js" */

/** The values of `maxConcurrency` without a limit: of AWS's definitions, and of its answers. */
const NO_LIMIT = [0, 2 ** 31 - 1];

/** @param {Here} here */
export async function mapRun(here) {
  const arn = here.arn;
  const found = await orProblem(() => here.call("DescribeMapRun", { mapRunArn: arn }));
  const known = !(found instanceof Node);
  const machineArn = stateMachineArn(arn);
  const way = [
    ["State machines", here.href("machines")],
    [lastName(machineArn), here.href("executions", { arn: machineArn })],
    found.executionArn && [lastName(found.executionArn), here.href("execution", { arn: found.executionArn })],
  ];
  return {
    title: label(arn),
    content: [
      breadcrumbs(way, label(arn)),
      html("h1", { tabindex: -1 }, label(arn), known && statusLabel(found.status)),
      known
        ? [
            copyButtons(here, { of: arn }),
            html("h2", {}, "Items and child executions"),
            counts(found),
            childrenLink(here, found),
            description(here, found),
          ]
        : found,
    ].flat(),
  };
}

/** Makes a map run as one of several: its name, status, numbers, and a link to its children. @param {Here} here @param {any} found */
export function mapRunSummary(here, found) {
  return html(
    "article",
    { class: "map-run" },
    html(
      "header",
      {},
      html("a", { href: here.href("map-run", { arn: found.mapRunArn }) }, label(found.mapRunArn)),
      statusLabel(found.status),
      html("span", { class: "quiet" }, lasted(found, here.now)),
    ),
    counts(found),
    childrenLink(here, found),
  );
}

/** @param {any} found */
function counts(found) {
  return html(
    "div",
    { class: "both-counts" },
    countsBar("Items", found.itemCounts),
    countsBar("Child executions", found.executionCounts),
  );
}

/** @param {Here} here @param {{ mapRunArn: string }} found */
function childrenLink(here, { mapRunArn }) {
  return html("p", {}, html("a", { href: here.href("executions", { arn: mapRunArn }) }, "List its child executions"));
}

/** @param {Here} here @param {any} found */
function description(here, found) {
  return facts({
    ARN: html("code", {}, found.mapRunArn),
    "Start (UTC)": dated(moment(found.startDate), here.now),
    "Stop (UTC)": found.stopDate === undefined ? NONE : dated(moment(found.stopDate), here.now),
    Duration: lasted(found, here.now),
    "Children at once": NO_LIMIT.includes(found.maxConcurrency) ? "no limit" : found.maxConcurrency,
    "Tolerated failures": found.toleratedFailureCount,
    "Tolerated failures (percent)": `${found.toleratedFailurePercentage} %`,
    Redrives: found.redriveCount,
    "Last redrive (UTC)": found.redriveDate && dated(moment(found.redriveDate), here.now),
  });
}
