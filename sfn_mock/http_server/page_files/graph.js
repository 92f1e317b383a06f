/** The definition in the colours of one execution: a picture, and the details of each state beside it. */

import { facts, html, longText } from "/sfn-mock/page/dom.js";
import { statusLabel } from "/sfn-mock/page/statuses.js";
import { dated, duration, pretty } from "/sfn-mock/page/words.js";

/** @import { Here } from "/sfn-mock/page/app.js" */
/**
 * @typedef {{ entered: string, duration: number, status: string, error: string | null, cause: string | null,
 *     input: string | null, output: string | null }} Visit
 * @typedef {{ name: string, type: string, status: string, count: number, visits: Visit[] }} State
 */

/** The statuses of the states to open first, in this order. */
const TELLING = ["FAILED", "TIMED_OUT", "ABORTED", "RUNNING", "CAUGHT"];

/** @param {Here} here @param {{ svg: string, states: State[] }} drawn the server's graph */
export function graph(here, { svg, states }) {
  const open = TELLING.map((status) => states.find((state) => state.status === status)).find(Boolean) ?? states.at(-1);
  return html(
    "section",
    { "aria-labelledby": "states", class: "graph" },
    html("h2", { id: "states" }, "Definition"),
    html(
      "div",
      { class: "beside-graph" },
      html(
        "figure",
        {
          tabindex: 0,
          role: "region",
          "aria-label": "Graph of the definition",
          click: (event) => unfold(event, states),
        },
        picture(svg),
      ),
      html(
        "div",
        { class: "states", role: "group", "aria-label": "States" },
        states.map((state, index) => details(here, state, index, state === open)),
      ),
    ),
  );
}

/** Makes the picture that the server has drawn, with the names of states as text. @param {string} text */
function picture(text) {
  const drawn = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
  drawn.setAttribute("aria-hidden", "true");
  return drawn;
}

/** Opens the state that was clicked in the picture, and closes the others. @param {any} event @param {State[]} states */
function unfold(event, states) {
  const name = event.target.closest("[data-state]")?.dataset.state;
  const entry = document.getElementById(`state-${states.findIndex((state) => state.name === name)}`);
  if (!(entry instanceof HTMLDetailsElement)) {
    return;
  }
  for (const other of /** @type {HTMLElement} */ (entry.parentElement).querySelectorAll("details")) {
    other.open = other === entry;
  }
  /** @type {HTMLElement} */ (entry.firstElementChild).focus();
  entry.scrollIntoView({ block: "nearest" });
}

/** @param {Here} here @param {State} state @param {number} index @param {boolean} open */
function details(here, state, index, open) {
  const { name, type, status, count, visits } = state;
  const last = visits[visits.length - 1];
  return html(
    "details",
    { id: `state-${index}`, open },
    html(
      "summary",
      {},
      html("strong", {}, name),
      " ",
      html("span", { class: "quiet" }, type),
      " ",
      statusLabel(status),
      " ",
      html("span", { class: "quiet" }, count > 1 ? `${count.toLocaleString("en")} times` : duration(last.duration)),
      last.error && [" ", html("span", { class: "quiet" }, last.error)],
    ),
    visits.toReversed().map((visit) => visitFacts(here, name, visit)),
    count > visits.length && html("p", { class: "quiet" }, `The last ${visits.length} of ${count} are shown.`),
  );
}

/** @param {Here} here @param {string} name @param {Visit} visit */
function visitFacts(here, name, visit) {
  /** @param {string} title @param {string | null} text */
  const payload = (title, text) =>
    text !== null && [html("h3", {}, title), longText(`${title} of ${name}`, pretty(text))];
  return html(
    "div",
    { class: "visit" },
    facts({
      "Entered (UTC)": dated(Date.parse(visit.entered), here.now),
      Took: visit.status === "RUNNING" ? `${duration(visit.duration)} so far` : duration(visit.duration),
      Status: visit.status,
      "State's error": visit.error,
      "State's cause": visit.cause,
    }),
    html(
      "div",
      { class: "payloads" },
      html("div", {}, payload("Input", visit.input)),
      html("div", {}, payload("Output", visit.output)),
    ),
  );
}
