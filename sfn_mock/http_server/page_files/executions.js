/** The executions of a state machine, of one of its versions or aliases, or of a map run, as ListExecutions tells. */

import { all } from "/sfn-mock/page/api.js";
import { label, lastName, parse, stateMachineArn } from "/sfn-mock/page/arns.js";
import { breadcrumbs } from "/sfn-mock/page/breadcrumbs.js";
import { facts, field, html, NONE, select, table } from "/sfn-mock/page/dom.js";
import { pager } from "/sfn-mock/page/pager.js";
import { orProblem } from "/sfn-mock/page/problems.js";
import { reasons, reasonText } from "/sfn-mock/page/reasons.js";
import { STATUSES, statusLabel } from "/sfn-mock/page/statuses.js";
import { axis, bar, span, spanText, wholeSpan } from "/sfn-mock/page/timeline.js";
import { counted, lasted, moment, pretty, time } from "/sfn-mock/page/words.js";

const PAGE_SIZES = ["10", "25", "100", "250", "1000"];
/** AWS's own, where a call names none. */
const PAGE_SIZE = "100";

export async function executions(here) {
  const arn = here.arn;
  const isOfMapRun = parse(arn).type === "mapRun";
  const [listed, about] = await Promise.all([
    orProblem(() => list(here, arn, isOfMapRun)),
    isOfMapRun ? aboutMapRun(here, arn) : aboutStateMachine(here, arn),
  ]);
  return {
    title: `Executions of ${about.name}`,
    content: [
      about.breadcrumbs,
      html("h1", { tabindex: -1 }, about.name, html("span", { class: "kind" }, about.kind)),
      about.more,
      html("div", { class: "filters" }, about.scope, filters(here, isOfMapRun)),
      listed,
      listed instanceof Node && pager(here, null),
    ],
  };
}

// --- Whose they are --------------------------------------------------------------------------------------------------

async function aboutStateMachine(here, arn) {
  const machineArn = stateMachineArn(arn);
  const name = lastName(machineArn);
  const about = {
    name,
    kind: "state machine",
    breadcrumbs: breadcrumbs([["State machines", here.href("machines")]], name),
  };
  const told = await orProblem(async () => {
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
  // The list's own box says what is wrong with this ARN.
  return told instanceof Node ? about : { ...about, scope: scope(here, arn, machineArn, told), more: more(told) };
}

function scope(here, arn, machineArn, { versions, routed }) {
  const options = [
    [machineArn, "All executions"],
    ...versions.map(({ stateMachineVersionArn: version }) => [version, `Version ${lastName(version)}`]),
    ...routed.map((alias) => [alias.stateMachineAliasArn, `Alias ${alias.name} (${routing(alias)})`]),
  ];
  const change = (event) => here.change({ arn: event.target.value, token: "", page: "" });
  return field("Started through", select({ id: "scope", change }, options, arn));
}

/** "version 2", or "version 1: 90 %, version 2: 10 %". */
function routing({ routingConfiguration }) {
  const parts = routingConfiguration.map(({ stateMachineVersionArn, weight }) => [
    lastName(stateMachineVersionArn),
    weight,
  ]);
  return parts.length === 1
    ? `version ${parts[0][0]}`
    : parts.map(([version, weight]) => `version ${version}: ${weight} %`).join(", ");
}

function more({ machine }) {
  return html(
    "details",
    { id: "definition" },
    html("summary", {}, `${machine.type}, ${machine.status}`),
    facts({
      ARN: html("code", {}, machine.stateMachineArn),
      Role: html("code", {}, machine.roleArn),
      Description: machine.description,
      "Created (UTC)": time(moment(machine.creationDate)),
    }),
    html("pre", { tabindex: 0, "aria-label": "Definition" }, pretty(machine.definition)),
  );
}

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
  return { name, kind: "child executions of a map run", breadcrumbs: breadcrumbs(way, "Child executions") };
}

// --- Which of them ---------------------------------------------------------------------------------------------------

function filters(here, isOfMapRun) {
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
    chooser("status", "Status", [["", "Any"], ...STATUSES.map((status) => [status, status])]),
    isOfMapRun &&
      chooser("redrive", "Redriven", [
        ["", "Either"],
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

// --- The list --------------------------------------------------------------------------------------------------------

async function list(here, arn, isOfMapRun) {
  const page = await here.call("ListExecutions", {
    [isOfMapRun ? "mapRunArn" : "stateMachineArn"]: arn,
    maxResults: Number(here.parameters.get("size") ?? PAGE_SIZE),
    ...given("statusFilter", here.parameters.get("status")),
    ...given("redriveFilter", here.parameters.get("redrive")),
    ...given("nextToken", here.parameters.get("token")),
  });
  const found = page.executions;
  const why = await reasons(here, found);
  return [
    found.length > 0
      ? table(summary(found, isOneOfSeveral(here, page)), columns(here, isOfMapRun, scaleOf(here, page), why), found)
      : html("p", { class: "empty" }, "No execution to show."),
    pager(here, page.nextToken),
  ];
}

/** "3 executions: 1 RUNNING, 2 SUCCEEDED"; where there are other pages, it says that it counts this one alone. */
function summary(found, isPart) {
  const parts = STATUSES.map((status) => [found.filter((execution) => execution.status === status).length, status]);
  return `${counted(found.length, "execution")}${isPart ? " on this page" : ""}: ${parts
    .filter(([count]) => count)
    .map((part) => part.join(" "))
    .join(", ")}`;
}

function given(name, value) {
  return value ? { [name]: value } : {};
}

/** The span of the line of time: of the executions on a page of several, else of all of the machine. */
function scaleOf(here, page) {
  const found = page.executions;
  return isOneOfSeveral(here, page) || here.moments.first === null
    ? span(found, here.now)
    : wholeSpan(found, here.now, here.moments);
}

function isOneOfSeveral({ parameters }, { nextToken }) {
  return Boolean(parameters.get("token")) || nextToken !== undefined;
}

function columns(here, isOfMapRun, scale, why) {
  return [
    {
      title: "Name",
      className: "name",
      cell: ({ executionArn, name }) => html("a", { href: here.href("execution", { arn: executionArn }) }, name),
    },
    { title: "Status", className: "state", cell: (execution) => [statusLabel(execution.status), reason(why, execution)] },
    {
      title: [html("span", { class: "span" }, spanText(scale)), axis(scale)],
      className: "line",
      cell: (execution) => bar(execution, scale, here.now),
    },
    { title: "Start (UTC)", className: "date", cell: ({ startDate }) => time(moment(startDate)) },
    {
      title: "Stop (UTC)",
      className: "date",
      cell: ({ stopDate }) => (stopDate === undefined ? NONE : time(moment(stopDate))),
    },
    { title: "Duration", className: "length", cell: (execution) => lasted(execution, here.now) },
    { title: "Redrives", className: "redrives", cell: redrives },
    isOfMapRun
      ? { title: "Items", className: "items", cell: ({ itemCount }) => itemCount ?? NONE }
      : { title: "Through", className: "through", cell: through },
  ];
}

/** The error and cause below a status, cut to two lines: the execution's own view has the whole text. */
function reason(why, { executionArn }) {
  const text = reasonText(why.get(executionArn));
  return text && html("span", { class: "reason", title: text }, text);
}

/** "2, last 02:10:00", with the date where it is not that of the start. */
function redrives({ redriveCount, redriveDate, startDate }) {
  if (redriveCount === 0) {
    return NONE;
  }
  return html(
    "span",
    {},
    String(redriveCount),
    redriveDate && [", last ", time(moment(redriveDate), moment(startDate))],
  );
}

/** "live, version 2": the alias and version by which it was started. */
function through({ stateMachineAliasArn: alias, stateMachineVersionArn: version }) {
  return [alias && lastName(alias), version && `version\u00a0${lastName(version)}`].filter(Boolean).join(", ") || NONE;
}
