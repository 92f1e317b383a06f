/** Buttons that copy the shown ARN, or the shown executions as a test or a seed document. */

import { server } from "/sfn-mock/page/api.js";
import { button, html, part } from "/sfn-mock/page/dom.js";
import { notify } from "/sfn-mock/page/notices.js";

/** @import { Search } from "/sfn-mock/page/api.js" */
/** @import { Here } from "/sfn-mock/page/app.js" */

/**
 * Returns the buttons for a state machine, version, alias, map run or execution. A copied test or seed document has the
 * executions that match `search`.
 *
 * @param {Here} here
 * @param {Search} search
 */
export function copyButtons(here, search) {
  /** @param {string} form */
  const text = async (form) => (await server("GET", `copy?${new URLSearchParams({ as: form, ...search })}`)).text;
  return html(
    "div",
    { class: "buttons", role: "group", "aria-label": "Copy" },
    button("copy-arn", "Copy ARN", () => here.attempt(() => copy(search.of))),
    button("copy-pytest", "Copy as pytest", () => here.attempt(async () => copy(await text("pytest")))),
    button("copy-yaml", "Copy as seed YAML", () => here.attempt(async () => copy(await text("yaml")))),
  );
}

/** Copies a text to the clipboard, or shows it to be copied by hand if the browser does not allow that. @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    part("copy-text").value = text;
    part("copy-dialog").showModal();
    part("copy-text").select();
    return;
  }
  const lines = text.trimEnd().split("\n").length;
  notify(lines === 1 ? `Copied: ${text}` : `Copied: ${lines.toLocaleString("en")} lines`);
}

part("copy-close").addEventListener("click", () => part("copy-dialog").close());
