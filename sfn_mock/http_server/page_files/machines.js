/** The state machines of an account and region, with their versions and aliases. */

import { all, find } from "/sfn-mock/page/api.js";
import { lastName } from "/sfn-mock/page/arns.js";
import { button, emptyState, field, html, NONE, table } from "/sfn-mock/page/dom.js";
import { orProblem } from "/sfn-mock/page/problems.js";
import { statusCounts } from "/sfn-mock/page/statuses.js";
import { counted, dated, moment } from "/sfn-mock/page/words.js";

/** @import { Here } from "/sfn-mock/page/app.js" */
/** @import { Column } from "/sfn-mock/page/dom.js" */

/** The number of machines that are shown at first, and added by each "Show more": each takes four calls. */
const SHOWN = 50;

/** @param {Here} here */
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
      described.length > 0 && list(here, described, meant.length, every.length),
      every.length > 0 && meant.length === 0 && html("p", { class: "empty" }, "No name contains this text."),
      meant.length > shown &&
        button("more", `Show more of ${meant.length.toLocaleString("en")}`, () =>
          here.change({ shown: String(shown + SHOWN) }),
        ),
    ],
  };
}

/** @param {Here} here @param {string} wanted */
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
    field("Name contains", input),
    html("button", { type: "submit" }, "Filter"),
  );
}

/** @param {Here} here */
function nothing(here) {
  return emptyState(
    `There is no state machine in account ${here.accountRegion.account}, region ${here.accountRegion.region}. Seed some:`,
    `curl ${location.origin}/sfn-mock/seed --data-binary @seeds.yaml`,
    html(
      "p",
      {},
      "Or ",
      html("a", { href: here.href("seed") }, "paste seeds"),
      ", start the server with ",
      html("code", {}, "--seed FILE"),
      ", or choose another account and region above.",
    ),
  );
}

/** What is shown of a machine whose requests fail. */
const EMPTY = { versions: [], aliases: [], counts: null };

/**
 * Returns a machine with its status, versions and aliases; a request that fails is an error in its cell.
 *
 * @param {Here} here
 * @param {any} machine
 */
async function describe({ call }, machine) {
  const { stateMachineArn, type } = machine;
  const found = await orProblem(async () => {
    const [{ status }, versions, aliases, counts] = await Promise.all([
      call("DescribeStateMachine", { stateMachineArn }),
      all(call, "ListStateMachineVersions", { stateMachineArn }, "stateMachineVersions"),
      all(call, "ListStateMachineAliases", { stateMachineArn }, "stateMachineAliases"),
      // AWS does not list executions of an EXPRESS machine.
      type === "STANDARD" ? find({ of: stateMachineArn, size: "0" }) : null,
    ]);
    return { ...machine, status, versions, aliases, counts };
  });
  return found instanceof Node ? { ...machine, status: found, ...EMPTY } : found;
}

/** @param {Here} here @param {any[]} described @param {number} matching @param {number} total */
function list(here, described, matching, total) {
  /** @param {string} arn @param {string} text */
  const link = (arn, text = lastName(arn)) => html("a", { href: here.href("executions", { arn }) }, text);
  /** @param {string[]} arns */
  const chips = (arns) =>
    arns.length === 0
      ? NONE
      : html(
          "span",
          { class: "chips" },
          arns.map((arn) => link(arn)),
        );
  /** @type {Column<any>[]} */
  const columns = [
    { title: "Name", cell: (machine) => link(machine.stateMachineArn, machine.name) },
    { title: "Type", cell: (machine) => machine.type },
    { title: "Status", cell: (machine) => machine.status },
    { title: "Executions", className: "tally", cell: ({ counts }) => tally(counts) },
    {
      title: "Last start (UTC)",
      className: "last date",
      cell: ({ counts }) => (counts?.last_start ? dated(moment(counts.last_start), here.now) : NONE),
    },
    {
      title: "Versions",
      cell: ({ versions }) => chips(versions.map((/** @type {any} */ version) => version.stateMachineVersionArn)),
    },
    {
      title: "Aliases",
      cell: ({ aliases }) => chips(aliases.map((/** @type {any} */ alias) => alias.stateMachineAliasArn)),
    },
    {
      title: "Created (UTC)",
      className: "date",
      cell: (machine) => dated(moment(machine.creationDate), here.now),
    },
  ];
  const whole = counted(total, "state machine");
  return table(matching === total ? `${whole} in total` : `${matching} of ${whole}`, columns, described);
}

/** Makes the number of executions in total, and by status. @param {{ total: number, by_status: Record<string, number> } | null} counts */
function tally(counts) {
  if (!counts?.total) {
    return NONE;
  }
  return html(
    "span",
    {},
    html("span", { class: "beside" }, `${counts.total.toLocaleString("en")} in total`),
    statusCounts(counts.by_status),
  );
}
