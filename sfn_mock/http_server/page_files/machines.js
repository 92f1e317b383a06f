/** The state machines of an account and region, with their versions and aliases. */

import { all } from "/sfn-mock/page/api.js";
import { lastName } from "/sfn-mock/page/arns.js";
import { field, html, NONE, table } from "/sfn-mock/page/dom.js";
import { orProblem } from "/sfn-mock/page/problems.js";
import { statusCounts } from "/sfn-mock/page/statuses.js";
import { ago, counted, moment, time } from "/sfn-mock/page/words.js";

/** So many are described at first, and with each "Show more": each takes four calls. */
const SHOWN = 50;
/** So many executions of each are counted: the most that one call of ListExecutions answers. */
const COUNTED = 1000;

export async function machines(here) {
  const wanted = here.parameters.get("name") ?? "";
  const shown = Number(here.parameters.get("shown")) || SHOWN;
  const every = await all(here.call, "ListStateMachines", {}, "stateMachines");
  const meant = every.filter((machine) => machine.name.toLowerCase().includes(wanted.toLowerCase()));
  const described = await Promise.all(meant.slice(0, shown).map((machine) => describe(here, machine)));
  return {
    title: "State machines",
    content: [
      html("h1", { tabindex: -1 }, "State machines"),
      every.length ? filter(here, wanted) : nothing(here),
      described.length > 0 && list(here, described, every.length),
      every.length > 0 && meant.length === 0 && html("p", { class: "empty" }, "None has this in its name."),
      meant.length > shown &&
        html(
          "button",
          { type: "button", id: "more", click: () => here.change({ shown: String(shown + SHOWN) }) },
          `Show more of ${meant.length.toLocaleString("en")}`,
        ),
    ],
  };
}

function filter(here, wanted) {
  const input = html("input", { type: "search", id: "name", value: wanted, autocomplete: "off" });
  return html(
    "form",
    {
      class: "filters",
      role: "search",
      submit: (event) => {
        event.preventDefault();
        here.change({ name: input.value, shown: "" });
      },
    },
    field("Name", input),
    html("button", { type: "submit" }, "Filter"),
  );
}

function nothing(here) {
  return html(
    "div",
    { class: "empty" },
    html("p", {}, `There is no state machine in account ${here.place.account}, region ${here.place.region}.`),
    html(
      "p",
      {},
      "Seed some with ",
      html("code", {}, "sfn-mock-server --seed FILE"),
      ", or choose another place above.",
    ),
  );
}

/** What is shown of a machine that cannot be asked about. */
const EMPTY = { versions: [], aliases: [], newest: { executions: [] } };

/** A machine with its status, versions and aliases; what one of them cannot be asked about is a problem of its own. */
async function describe({ call }, machine) {
  const { stateMachineArn, type } = machine;
  return orProblem(async () => {
    const [{ status }, versions, aliases, newest] = await Promise.all([
      call("DescribeStateMachine", { stateMachineArn }),
      all(call, "ListStateMachineVersions", { stateMachineArn }, "stateMachineVersions"),
      all(call, "ListStateMachineAliases", { stateMachineArn }, "stateMachineAliases"),
      // AWS lists no executions of an EXPRESS machine.
      type === "STANDARD" ? call("ListExecutions", { stateMachineArn, maxResults: COUNTED }) : { executions: [] },
    ]);
    return { ...machine, status, versions, aliases, newest };
  }).then((found) => (found instanceof Node ? { ...machine, status: found, ...EMPTY } : found));
}

function list(here, described, total) {
  const link = (arn, text = lastName(arn)) => html("a", { href: here.href("executions", { arn }) }, text);
  const chips = (arns) =>
    arns.length === 0
      ? NONE
      : html(
          "span",
          { class: "chips" },
          arns.map((arn) => link(arn)),
        );
  return table(
    counted(total, "state machine"),
    [
      { title: "Name", cell: (machine) => link(machine.stateMachineArn, machine.name) },
      { title: "Type", cell: (machine) => machine.type },
      { title: "Status", cell: (machine) => machine.status },
      { title: "Executions", className: "tally", cell: ({ newest }) => tally(newest) },
      { title: "Last start (UTC)", className: "last", cell: ({ newest }) => lastStart(here, newest) },
      { title: "Versions", cell: ({ versions }) => chips(versions.map((version) => version.stateMachineVersionArn)) },
      { title: "Aliases", cell: ({ aliases }) => chips(aliases.map((alias) => alias.stateMachineAliasArn)) },
      { title: "Created (UTC)", className: "date", cell: (machine) => time(moment(machine.creationDate)) },
    ],
    described,
  );
}

/** So many of each status; it says so where there are more executions than were counted. */
function tally({ executions, nextToken }) {
  if (executions.length === 0) {
    return NONE;
  }
  return html(
    "span",
    {},
    statusCounts(executions),
    nextToken && html("span", { class: "beside" }, `the newest ${COUNTED.toLocaleString("en")}; there are more`),
  );
}

/** When an execution last started. ListExecutions need not tell of it first: a redrive brings an older one forward. */
function lastStart({ now }, { executions }) {
  if (executions.length === 0) {
    return NONE;
  }
  const start = Math.max(...executions.map(({ startDate }) => moment(startDate)));
  return html("span", {}, time(start), " ", html("span", { class: "beside" }, ago(start, now)));
}
