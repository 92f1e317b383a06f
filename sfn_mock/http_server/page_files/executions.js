/** The executions of a state machine, version, alias or map run, as ListExecutions lists them. */

import { all, find } from "/sfn-mock/page/api.js";
import { label, lastName, parse, stateMachineArn } from "/sfn-mock/page/arns.js";
import { breadcrumbs } from "/sfn-mock/page/breadcrumbs.js";
import { copyButtons } from "/sfn-mock/page/copying.js";
import { button, emptyState, facts, field, html, longText, NONE, select, table } from "/sfn-mock/page/dom.js";
import { pager } from "/sfn-mock/page/pager.js";
import { orProblem } from "/sfn-mock/page/problems.js";
import { reasons, reasonText, shortReason } from "/sfn-mock/page/reasons.js";
import { startForm } from "/sfn-mock/page/starting.js";
import { STATUSES, statusLabel } from "/sfn-mock/page/statuses.js";
import { axis, bar, span, spanText, wholeSpan } from "/sfn-mock/page/timeline.js";
import { counted, dated, lasted, moment, pretty, relative, time } from "/sfn-mock/page/words.js";

/** @import { Search } from "/sfn-mock/page/api.js" */
/** @import { Here } from "/sfn-mock/page/app.js" */
/** @import { Child, Column } from "/sfn-mock/page/dom.js" */
/** @import { Reason } from "/sfn-mock/page/reasons.js" */
/** @import { Item, Scale } from "/sfn-mock/page/timeline.js" */
/**
 * An item of ListExecutions.
 *
 * @typedef {Item & { executionArn: string, name: string, redriveCount: number, itemCount?: number,
 *     stateMachineVersionArn?: string, stateMachineAliasArn?: string }} Listed
 * @typedef {{ executions: Listed[], nextToken?: string }} Page
 * @typedef {{ total: number, matching: number, by_status: Record<string, number> }} Counts
 * @typedef {{ name: string, kind: string, way: (string[] | undefined)[], last: string, machine?: any, scope?: Child,
 *     more?: Child }} About
 */

const PAGE_SIZES = ["10", "25", "100", "250", "1000"];
/** AWS's default page size. */
const PAGE_SIZE = "100";

/** @param {Here} here */
export async function executions(here) {
  const arn = here.arn;
  const isOfMapRun = parse(arn).type === "mapRun";
  const search = searchOf(here);
  /** @type {[any, About]} */
  const [shown, about] = await Promise.all([
    orProblem(() => list(here, isOfMapRun, search)),
    isOfMapRun ? aboutMapRun(here, arn) : aboutStateMachine(here, arn),
  ]);
  return {
    title: `Executions of ${about.name}`,
    content: [
      breadcrumbs(about.way, about.last),
      html("h1", { tabindex: -1 }, about.name, html("span", { class: "kind" }, about.kind)),
      copyButtons(here, search),
      about.more,
      about.machine && startForm(here, arn),
      html("div", { class: "filters" }, about.scope, filters(here, isOfMapRun)),
      shown,
      shown instanceof Node && pager(here, null),
    ],
  };
}

/** @param {Here} here @returns {Search} */
function searchOf({ arn, parameters }) {
  return {
    of: arn,
    ...given("name", parameters.get("name")),
    ...given("status", parameters.get("status")),
    ...given("redrive", parameters.get("redrive")),
  };
}

// --- Whose they are --------------------------------------------------------------------------------------------------

/** @param {Here} here @param {string} arn @returns {Promise<About>} */
async function aboutStateMachine(here, arn) {
  const machineArn = stateMachineArn(arn);
  const name = lastName(machineArn);
  const about = { name, kind: "state machine", way: [["State machines", here.href("machines")]], last: name };
  const described = await orProblem(async () => {
    const [machine, versions, aliases] = await Promise.all([
      here.call("DescribeStateMachine", { stateMachineArn: machineArn }),
      all(here.call, "ListStateMachineVersions", { stateMachineArn: machineArn }, "stateMachineVersions"),
      all(here.call, "ListStateMachineAliases", { stateMachineArn: machineArn }, "stateMachineAliases"),
    ]);
    const routed = await Promise.all(
      aliases.map(({ stateMachineAliasArn }) => here.call("DescribeStateMachineAlias", { stateMachineAliasArn })),
    );
    return { machine, versions, routed };
  });
  // The box of the list shows the error about this ARN.
  if (described instanceof Node) {
    return about;
  }
  const { machine } = described;
  return { ...about, machine, scope: scope(here, machineArn, described), more: more(here, machine) };
}

/** @param {Here} here @param {string} machineArn @param {{ versions: any[], routed: any[] }} described */
function scope(here, machineArn, { versions, routed }) {
  const options = [
    [machineArn, "All executions"],
    ...versions.map(({ stateMachineVersionArn: version }) => [version, `Version ${lastName(version)}`]),
    ...routed.map((alias) => [alias.stateMachineAliasArn, `Alias ${alias.name} (${routing(alias)})`]),
  ];
  /** @param {any} event */
  const change = (event) => here.change({ arn: event.target.value, token: "", page: "" });
  return field("Started through", select({ id: "scope", change }, options, here.arn));
}

/** "version 2", or "version 1: 90 %, version 2: 10 %". @param {{ routingConfiguration: any[] }} alias */
function routing({ routingConfiguration }) {
  const parts = routingConfiguration.map(({ stateMachineVersionArn, weight }) => [
    lastName(stateMachineVersionArn),
    weight,
  ]);
  return parts.length === 1
    ? `version ${parts[0][0]}`
    : parts.map(([version, weight]) => `version ${version}: ${weight} %`).join(", ");
}

/** @param {Here} here @param {any} machine */
function more(here, machine) {
  return html(
    "details",
    { id: "definition" },
    html("summary", {}, `Definition and role (${machine.type}, ${machine.status})`),
    facts({
      ARN: html("code", {}, machine.stateMachineArn),
      Role: html("code", {}, machine.roleArn),
      Description: machine.description,
      "Created (UTC)": dated(moment(machine.creationDate), here.now),
    }),
    longText("Definition", pretty(machine.definition)),
  );
}

/** @param {Here} here @param {string} arn @returns {Promise<About>} */
async function aboutMapRun(here, arn) {
  const name = label(arn);
  const mapRun = await orProblem(() => here.call("DescribeMapRun", { mapRunArn: arn }));
  const parentArn = mapRun.executionArn;
  const machineArn = stateMachineArn(arn);
  const way = [
    ["State machines", here.href("machines")],
    [lastName(machineArn), here.href("executions", { arn: machineArn })],
    parentArn && [lastName(parentArn), here.href("execution", { arn: parentArn })],
    [name, here.href("map-run", { arn })],
  ];
  return { name, kind: "child executions of a map run", way, last: "Child executions" };
}

// --- Which of them ---------------------------------------------------------------------------------------------------

/** @param {Here} here @param {boolean} isOfMapRun */
function filters(here, isOfMapRun) {
  /** @param {string} id @param {string} title @param {string[][]} options @param {string} standard */
  const chooser = (id, title, options, standard = "") =>
    field(
      title,
      select(
        { id, change: (event) => here.change({ [id]: event.target.value, token: "", page: "" }) },
        options,
        here.parameters.get(id) ?? standard,
      ),
    );
  return [
    nameFilter(here),
    chooser("status", "Status", [["", "Any"], ...STATUSES.map((status) => [status, status])]),
    isOfMapRun &&
      chooser("redrive", "Redriven", [
        ["", "All"],
        ["REDRIVEN", "REDRIVEN"],
        ["NOT_REDRIVEN", "NOT_REDRIVEN"],
      ]),
    chooser(
      "size",
      "Page size",
      PAGE_SIZES.map((size) => [size, size]),
      PAGE_SIZE,
    ),
  ];
}

/** Makes the search for a part of the name, which Enter, leaving the field, or its button to clear it sends. @param {Here} here */
function nameFilter(here) {
  /** @param {any} event */
  const change = (event) => here.change({ name: event.target.value, token: "", page: "" });
  const value = here.parameters.get("name") ?? "";
  return field("Name contains", html("input", { type: "search", id: "name", value, autocomplete: "off", change }));
}

// --- The list --------------------------------------------------------------------------------------------------------

/** @param {Here} here @param {boolean} isOfMapRun @param {Search} search */
async function list(here, isOfMapRun, search) {
  const [page, counts] = await (search.name ? found(here, search) : listed(here, isOfMapRun, search));
  const why = await reasons(here, page.executions);
  return [
    page.executions.length > 0
      ? table(summary(here, page, counts), columns(here, isOfMapRun, scaleOf(here, page), why), page.executions)
      : nothing(here, counts, isOfMapRun),
    pager(here, page.nextToken),
  ];
}

/**
 * Returns a page, by AWS's page tokens, and the totals, which AWS does not have.
 *
 * @param {Here} here
 * @param {boolean} isOfMapRun
 * @param {Search} search
 * @returns {Promise<[Page, Counts]>}
 */
function listed(here, isOfMapRun, search) {
  return Promise.all([
    here.call("ListExecutions", {
      [isOfMapRun ? "mapRunArn" : "stateMachineArn"]: search.of,
      maxResults: sizeOf(here),
      ...given("statusFilter", search.status),
      ...given("redriveFilter", search.redrive),
      ...given("nextToken", here.parameters.get("token")),
    }),
    // If AWS refuses the page, its error is shown.
    orProblem(() => find({ ...search, size: "0" })),
  ]);
}

/**
 * Returns a page of executions with a text in their names, which ListExecutions cannot find; its token is the number of
 * executions before it.
 *
 * @param {Here} here
 * @param {Search} search
 * @returns {Promise<[Page, Counts]>}
 */
async function found(here, search) {
  const first = Number(here.parameters.get("token") ?? 0);
  const size = sizeOf(here);
  const answer = await find({ ...search, first: String(first), size: String(size) });
  const nextToken = first + size < answer.matching ? String(first + size) : undefined;
  return [{ executions: answer.executions, nextToken }, answer];
}

/** @param {Here} here */
function sizeOf({ parameters }) {
  return Number(parameters.get("size") ?? PAGE_SIZE);
}

/**
 * "2 of 250 executions: 1 RUNNING, 1 SUCCEEDED", of all pages, with the number on this page if there are others.
 *
 * @param {Here} here
 * @param {Page} page
 * @param {Counts} counts
 */
function summary(here, page, { total, matching, by_status: byStatus }) {
  const whole = counted(total, "execution");
  const parts = STATUSES.filter((status) => byStatus[status]);
  const counts = parts.map((status) => `${byStatus[status].toLocaleString("en")} ${status}`).join(", ");
  return [
    matching === total ? `${whole} in total` : `${matching.toLocaleString("en")} of ${whole}`,
    `: ${counts}`,
    isOneOfSeveral(here, page) ? `; ${page.executions.length.toLocaleString("en")} on this page` : "",
  ].join("");
}

/**
 * Makes the content of an empty list: that this page is empty, that nothing matches, or how to start executions.
 *
 * @param {Here} here
 * @param {Counts} counts
 * @param {boolean} isOfMapRun
 */
function nothing(here, { total, matching }, isOfMapRun) {
  if (matching > 0) {
    return html("p", { class: "empty" }, "This page is empty, but others are not.");
  }
  if (total > 0) {
    const showAll = () => here.change({ name: "", status: "", redrive: "", token: "", page: "" });
    const sentence = html("p", { class: "empty" }, `None of ${counted(total, "execution")} matches.`);
    return html("div", {}, sentence, button("show-all", "Show all", showAll));
  }
  if (isOfMapRun) {
    return html("p", { class: "empty" }, `The map run has no child execution by ${utcText(here.now)}.`);
  }
  return emptyState(
    "No execution has started yet. Start one:",
    `aws stepfunctions start-execution --endpoint-url ${location.origin} --state-machine-arn ${here.arn}`,
  );
}

/** @param {number} now */
function utcText(now) {
  return `${new Date(now).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** @param {string} name @param {string | null | undefined} value @returns {Record<string, string>} */
function given(name, value) {
  return value ? { [name]: value } : {};
}

/**
 * Returns the span of the time axis: of the executions on this page if there are several pages, else of all.
 *
 * @param {Here} here
 * @param {Page} page
 */
function scaleOf(here, page) {
  return isOneOfSeveral(here, page)
    ? span(page.executions, here.now)
    : wholeSpan(page.executions, here.now, here.moments);
}

/** @param {Here} here @param {Page} page */
function isOneOfSeveral({ parameters }, { nextToken }) {
  return Boolean(parameters.get("token")) || nextToken !== undefined;
}

/**
 * @param {Here} here
 * @param {boolean} isOfMapRun
 * @param {Scale} scale
 * @param {Map<string, Reason>} why
 * @returns {Column<Listed>[]}
 */
function columns(here, isOfMapRun, scale, why) {
  return [
    {
      title: "Name",
      className: "name",
      cell: ({ executionArn, name }) => html("a", { href: here.href("execution", { arn: executionArn }) }, name),
    },
    {
      title: "Status",
      className: "state",
      cell: (execution) => [statusLabel(execution.status), reason(why, execution)],
    },
    {
      title: [html("span", { class: "span" }, wholeDates(spanText(scale))), axis(scale)],
      className: "line",
      cell: (execution) => bar(execution, scale, here.now),
    },
    { title: "Start (UTC)", className: "date", cell: ({ startDate }) => dated(moment(startDate), here.now) },
    {
      title: "Stop (UTC)",
      className: "date",
      cell: ({ stopDate }) => (stopDate === undefined ? NONE : dated(moment(stopDate), here.now)),
    },
    { title: "Duration", className: "length", cell: (execution) => lasted(execution, here.now) },
    { title: "Redrives", className: "redrives", cell: (execution) => redrives(execution, here.now) },
    isOfMapRun
      ? { title: "Items", className: "items", cell: ({ itemCount }) => itemCount ?? NONE }
      : { title: "Through", className: "through", cell: through },
  ];
}

/** Makes the text of a span, which breaks only between its dates. @param {string} text */
function wholeDates(text) {
  const [first, last] = text.split(" to ").map((date) => html("span", { class: "whole" }, date));
  return [first, " to ", last];
}

/**
 * Makes the error and cause below a status, cut to two lines; the view of the execution has the whole text.
 *
 * @param {Map<string, Reason>} why
 * @param {Listed} execution
 */
function reason(why, { executionArn }) {
  const text = reasonText(why.get(executionArn));
  return text && html("span", { class: "reason", title: text }, shortReason(why.get(executionArn)));
}

/** "2, last 02:10:00", with the date if it differs from that of the start. @param {Listed} execution @param {number} now */
function redrives({ redriveCount, redriveDate, startDate }, now) {
  if (redriveCount === 0) {
    return NONE;
  }
  return html(
    "span",
    { class: "dated" },
    String(redriveCount),
    redriveDate !== undefined && [
      ", last ",
      time(moment(redriveDate), moment(startDate)),
      " ",
      html("span", { class: "ago" }, relative(moment(redriveDate), now)),
    ],
  );
}

/** "live, version 2": the alias and version through which it was started. @param {Listed} execution */
function through({ stateMachineAliasArn: alias, stateMachineVersionArn: version }) {
  return [alias && lastName(alias), version && `version\u00a0${lastName(version)}`].filter(Boolean).join(", ") || NONE;
}
