/** What is shown, as the hash of the URL says it: `#/executions?arn=...&status=FAILED`. */

/** The name of the view that a hash leads to. */
export function viewOf(hash) {
  return hash.replace(/^#\/?/, "").split("?")[0] || "machines";
}

/** The view's name and its parameters. */
export function read() {
  return { view: viewOf(location.hash), parameters: new URLSearchParams(location.hash.split("?")[1] ?? "") };
}

/** The hash for a view; parameters that are empty are left out. */
export function hash(view, parameters) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value));
  // Neither has a meaning in a hash, and ARNs are easier to read with them.
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2F", "/");
  return text ? `#/${view}?${text}` : `#/${view}`;
}
