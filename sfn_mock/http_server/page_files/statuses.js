/** The statuses of executions, map runs and items: their names in AWS's model, and how they are drawn. */

import { html, svg } from "/sfn-mock/page/dom.js";

/** Every status that ListExecutions filters by. */
export const STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"];

/** @type {Record<string, string>} */
const SIGNS = {
  RUNNING: "M5.5 4v8l6.5-4z",
  SUCCEEDED: "M3.5 8.5l3 3 6-7",
  FAILED: "M4 4l8 8M12 4l-8 8",
  TIMED_OUT: "M8 2.5a5.5 5.5 0 1 0 .01 0M8 5.2v3l2 1.3",
  ABORTED: "M8 2.5a5.5 5.5 0 1 0 .01 0M5.6 8h4.8",
  CAUGHT: "M8 2.5l6 11H2zM8 6.5v3M8 11.6h.1",
  PENDING_REDRIVE: "M12 8a4 4 0 1 1-1.2-2.8M11.5 2.5v3h-3",
};

/** Returns the class that gives a status its colour. @param {string} status */
export function statusClass(status) {
  return `status-${status.toLowerCase().replaceAll("_", "-")}`;
}

/** Makes a status: a sign and AWS's word. @param {string} status */
export function statusLabel(status) {
  const sign = SIGNS[status] ?? "M8 8h.1";
  return html(
    "span",
    { class: `status ${statusClass(status)}` },
    svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: sign })),
    status,
  );
}

/**
 * Makes the numbers of executions by status, as signs with numbers; a screen reader reads the words.
 *
 * @param {Record<string, number>} byStatus
 */
export function statusCounts(byStatus) {
  return html(
    "span",
    { class: "status-counts" },
    STATUSES.filter((status) => byStatus[status]).map((status) => {
      const label = statusLabel(status);
      const number = byStatus[status].toLocaleString("en");
      label.lastChild?.replaceWith(number, html("span", { class: "unseen" }, ` ${status}`));
      label.title = status;
      return label;
    }),
  );
}

/** The members of a map run's counts whose sum is the total, in the order of the bar. */
const COUNTED = [
  ["succeeded", "SUCCEEDED"],
  ["failed", "FAILED"],
  ["timedOut", "TIMED_OUT"],
  ["aborted", "ABORTED"],
  ["running", "RUNNING"],
  ["pending", "PENDING"],
];

/**
 * Makes a map run's counts of items or child executions, as a bar and as numbers.
 *
 * @param {string} title
 * @param {Record<string, number>} counts
 */
export function countsBar(title, counts) {
  let left = 0;
  const parts = COUNTED.filter(([member]) => counts[member]).map(([member, status]) => {
    const width = (100 * counts[member]) / counts.total;
    const part = svg("rect", { x: `${left}%`, width: `${width}%`, height: "100%", class: statusClass(status) });
    left += width;
    return part;
  });
  const beside = [
    ["pendingRedrive", "pending redrive"],
    ["failuresNotRedrivable", "not redrivable"],
    ["resultsWritten", "results written"],
  ];
  return html(
    "div",
    { class: "counts" },
    html("h3", {}, title, html("span", { class: "total" }, `${counts.total.toLocaleString("en")} in total`)),
    svg("svg", { class: "counts-bar", "aria-hidden": "true" }, parts),
    html(
      "ul",
      {},
      COUNTED.map(([member, status]) =>
        html(
          "li",
          { class: counts[member] ? null : "none" },
          html("span", { class: `swatch ${statusClass(status)}` }),
          `${counts[member].toLocaleString("en")} ${status}`,
        ),
      ),
      beside
        .filter(([member]) => counts[member])
        .map(([member, words]) => html("li", {}, `${counts[member].toLocaleString("en")} ${words}`)),
    ),
  );
}
