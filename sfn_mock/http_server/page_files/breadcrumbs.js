/** The way from the state machines to what is shown. */

import { html } from "/sfn-mock/page/dom.js";

/** `way` has a `[text, href]` for each step before the last, which is where the reader is. */
export function breadcrumbs(way, last) {
  return html(
    "nav",
    { class: "breadcrumbs", "aria-label": "Breadcrumbs" },
    html(
      "ol",
      {},
      way.filter(Boolean).map(([text, href]) => html("li", {}, html("a", { href }, text))),
      html("li", { "aria-current": "page" }, last),
    ),
  );
}
