/** Short sentences at the bottom of the page about what was done. */

import { part } from "/sfn-mock/page/dom.js";

/** How long a sentence is shown, in milliseconds. */
const SHOWN_MILLISECONDS = 4000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** @param {string} sentence */
export function notify(sentence) {
  part("said").textContent = sentence;
  clearTimeout(timer);
  timer = setTimeout(() => part("said").replaceChildren(), SHOWN_MILLISECONDS);
}
