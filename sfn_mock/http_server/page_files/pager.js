/** Links to the pages of a list, by AWS's page tokens. */

import { button, html } from "/sfn-mock/page/dom.js";

/** @import { Here } from "/sfn-mock/page/app.js" */

/**
 * Makes the links to the first, previous and next page. The URL has the token of this page. The tokens of earlier pages,
 * which Previous needs, are in the browser's history, so after opening a link only First leads back.
 * A list of one page has no links. `nextToken` is null if the request for this page failed.
 *
 * @param {Here} here
 * @param {string | null | undefined} nextToken
 */
export function pager(here, nextToken) {
  const number = Number(here.parameters.get("page") ?? 1);
  const token = here.parameters.get("token") ?? "";
  if (token === "" && typeof nextToken !== "string") {
    return null;
  }
  /** @type {string[]} */
  const before = here.state?.tokens ?? [];
  /**
   * @param {string} text
   * @param {boolean} enabled
   * @param {number} page
   * @param {string} toToken
   * @param {string[]} tokens
   */
  const link = (text, enabled, page, toToken, tokens) =>
    button(
      `page-${text.toLowerCase()}`,
      text,
      () => here.change({ token: toToken, page: page > 1 ? String(page) : "" }, { tokens }),
      { disabled: !enabled },
    );
  return html(
    "nav",
    { class: "pager", "aria-label": "Pages" },
    html("span", { role: "status", id: "page-words" }, `Page ${number}${follows(nextToken)}`),
    link("First", token !== "", 1, "", []),
    link("Previous", before.length > 0, number - 1, before.at(-1) ?? "", before.slice(0, -1)),
    link("Next", typeof nextToken === "string", number + 1, nextToken ?? "", [...before, token]),
  );
}

/** @param {string | null | undefined} nextToken */
function follows(nextToken) {
  if (nextToken === null) {
    return "";
  }
  return nextToken === undefined ? ", the last" : ", more follow";
}
