/** Forms, which show errors beside their fields. */

import { Refusal } from "/sfn-mock/page/api.js";
import { html } from "/sfn-mock/page/dom.js";
import { sentence } from "/sfn-mock/page/problems.js";

/** @import { Here } from "/sfn-mock/page/app.js" */
/** @import { Child } from "/sfn-mock/page/dom.js" */

/**
 * Makes a form. An error belongs to the field with whose name it begins, or to the field that `codes` has for AWS's code.
 * Other errors belong to the field `main` or, without one, are shown at the top of the page.
 *
 * @param {Here} here
 * @param {string} id
 * @param {{ submit: (fields: Record<string, string>) => Promise<unknown>, codes?: Record<string, string>, main?: string }} what
 * @param {...Child} children
 */
export function form(here, id, { submit, codes = {}, main }, ...children) {
  /** @param {SubmitEvent & { target: HTMLFormElement }} event */
  const send = (event) => {
    event.preventDefault();
    const sent = event.target;
    clear(sent);
    // The form has no files, so each field is text.
    const fields = /** @type {Record<string, string>} */ (Object.fromEntries(new FormData(sent)));
    here.act(
      async () => {
        await submit(fields);
        sent.reset();
      },
      (error) => error instanceof Refusal && show(sent, error, codes, main),
    );
  };
  return html("form", { id, class: "filters", submit: send }, ...children);
}

/** @param {HTMLFormElement} sent */
function clear(sent) {
  for (const control of sent.elements) {
    control.removeAttribute("aria-invalid");
  }
  for (const problem of sent.querySelectorAll(".field-problem")) {
    problem.replaceChildren();
  }
}

/**
 * Shows an error beside its field; returns whether there is such a field.
 *
 * @param {HTMLFormElement} sent
 * @param {Refusal} error
 * @param {Record<string, string>} codes
 * @param {string | undefined} main
 */
function show(sent, error, codes, main) {
  const about = error.message.match(/^\w+(?= )|(?<= at ')\w+(?=')/g) ?? [];
  const names = [error.code && codes[error.code], ...about, main];
  const control = names
    .map((name) => name && sent.elements.namedItem(name))
    .find((found) => found instanceof HTMLElement);
  if (!control) {
    return false;
  }
  control.setAttribute("aria-invalid", "true");
  document.getElementById(`${control.id}-problem`)?.replaceChildren(...sentence(error));
  control.focus();
  return true;
}
