/** What went wrong, in the words of whoever said so. */

import { Refusal, Unreachable } from "/sfn-mock/page/api.js";
import { html } from "/sfn-mock/page/dom.js";

/** The error as it is: AWS's code and sentence, or the server's sentence. @param {unknown} error @returns {(Node | string)[]} */
export function sentence(error) {
  if (error instanceof Refusal) {
    return error.code ? [html("strong", {}, error.code), ` ${error.message}`] : [error.message];
  }
  if (error instanceof Unreachable) {
    return [html("strong", {}, "The server does not answer."), " What is shown is what it last said."];
  }
  // A slip of the page's own is for the console, too.
  console.error(error);
  return [html("strong", {}, "This page has failed."), ` ${error}`];
}

/**
 * What `ask` comes to, or the error that AWS answers as a box to be shown in its place.
 *
 * @param {() => Promise<any>} ask
 * @returns {Promise<any>}
 */
export async function orProblem(ask) {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    return html("div", { class: "problem", role: "alert" }, sentence(error));
  }
}
