/** What is shown, as the hash of the URL says it: `#/executions?arn=...&status=FAILED`. */

/** The name of the view that a hash leads to. @param {string} text */
export function viewOf(text) {
  return text.replace(/^#\/?/, "").split("?")[0] || "machines";
}

/** The view's name and its parameters. */
export function read() {
  return { view: viewOf(location.hash), parameters: new URLSearchParams(location.hash.split("?")[1] ?? "") };
}

/**
 * The hash for a view; parameters that are empty are left out.
 *
 * @param {string} view
 * @param {Record<string, string | null | undefined>} parameters
 */
export function hash(view, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value);
  const query = new URLSearchParams(/** @type {string[][]} */ (given));
  // Neither has a meaning in a hash, and ARNs are easier to read with them.
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2F", "/");
  return text ? `#/${view}?${text}` : `#/${view}`;
}
