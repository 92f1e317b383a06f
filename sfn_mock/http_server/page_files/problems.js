/** Errors of AWS, of the server and of the page. */

import { Refusal, Unreachable } from "/sfn-mock/page/api.js";
import { html } from "/sfn-mock/page/dom.js";

/** Makes the text of an error: AWS's code and sentence, or the server's sentence. @param {unknown} error @returns {(Node | string)[]} */
export function sentence(error) {
  if (error instanceof Refusal) {
    return error.code ? [html("strong", {}, error.code), ` ${error.message}`] : [error.message];
  }
  if (error instanceof Unreachable) {
    return [html("strong", {}, "The server does not answer."), " What is shown is what it last said."];
  }
  // A bug of the page is also written to the console.
  console.error(error);
  return [html("strong", {}, "This page has an error."), ` ${error}`];
}

/**
 * Returns the result of `ask`, or AWS's error as a box to show in its place.
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
