/** The current view in the hash of the URL: `#/executions?arn=...&status=FAILED`. */

/** Returns the name of the view in a hash. @param {string} text */
export function viewOf(text) {
  return text.replace(/^#\/?/, "").split("?")[0] || "machines";
}

/** Returns the view's name and its parameters. */
export function read() {
  return { view: viewOf(location.hash), parameters: new URLSearchParams(location.hash.split("?")[1] ?? "") };
}

/**
 * Returns the hash for a view, without empty parameters.
 *
 * @param {string} view
 * @param {Record<string, string | null | undefined>} parameters
 */
export function hash(view, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value);
  const query = new URLSearchParams(/** @type {string[][]} */ (given));
  // Neither character has a meaning in a hash, and with them ARNs are easier to read.
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2F", "/");
  return text ? `#/${view}?${text}` : `#/${view}`;
}
