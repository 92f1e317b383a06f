/** The path from the state machines to the current view. */

import { html } from "/sfn-mock/page/dom.js";

/**
 * `way` has a `[text, href]` for each step before the last, which is the current view.
 *
 * @param {(string[] | false | null | undefined | "")[]} way
 * @param {string} last
 */
export function breadcrumbs(way, last) {
  return html(
    "nav",
    { class: "breadcrumbs", "aria-label": "Breadcrumbs" },
    html(
      "ol",
      {},
      way.map((step) => step && html("li", {}, html("a", { href: step[1] }, step[0]))),
      html("li", { "aria-current": "page" }, last),
    ),
  );
}
