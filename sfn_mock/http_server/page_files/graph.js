/** The definition as one execution went through it: a picture, and what is known of each state. */

import { facts, html } from "/sfn-mock/page/dom.js";
import { statusLabel } from "/sfn-mock/page/statuses.js";
import { duration, pretty, time } from "/sfn-mock/page/words.js";

/** `told` is the server's graph: the picture as SVG, and the states that were entered. */
export function graph({ svg, states }) {
  return html(
    "section",
    { "aria-labelledby": "states", class: "graph" },
    html("h2", { id: "states" }, "Definition"),
    html(
      "figure",
      { tabindex: 0, role: "region", "aria-label": "Graph of the definition", click: (event) => open(event, states) },
      picture(svg),
    ),
    html(
      "div",
      { class: "states", role: "group", "aria-label": "States" },
      states.map((state, index) => details(state, index)),
    ),
  );
}

/** The server's own drawing; whatever states are called, it has written as text. */
function picture(text) {
  const drawn = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
  drawn.setAttribute("aria-hidden", "true");
  return drawn;
}

/** Unfolds the state that was clicked in the picture. */
function open(event, states) {
  const name = event.target.closest("[data-state]")?.dataset.state;
  const entry = document.getElementById(`state-${states.findIndex((state) => state.name === name)}`);
  if (entry !== null) {
    entry.open = true;
    entry.querySelector("summary").focus();
    entry.scrollIntoView({ block: "nearest" });
  }
}

function details(state, index) {
  const { name, type, status, count, visits } = state;
  const last = visits.at(-1);
  return html(
    "details",
    { id: `state-${index}` },
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
    visits.toReversed().map((visit) => visitFacts(name, visit)),
    count > visits.length && html("p", { class: "quiet" }, `The last ${visits.length} of ${count} are shown.`),
  );
}

function visitFacts(name, visit) {
  const payload = (title, text) =>
    text !== null && [
      html("h3", {}, title),
      html("pre", { tabindex: 0, role: "region", "aria-label": `${title} of ${name}` }, pretty(text)),
    ];
  return html(
    "div",
    { class: "visit" },
    facts({
      "Entered (UTC)": time(Date.parse(visit.entered)),
      Took: visit.status === "RUNNING" ? `${duration(visit.duration)} so far` : duration(visit.duration),
      "Came out": visit.status,
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
