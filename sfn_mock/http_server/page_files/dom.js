/** Elements. Whatever a name or an input holds becomes text, and never markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element. Attributes that are functions listen to the event of their name; those that are false or null are
 * left out, and so are such children.
 */
export function html(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for an element of SVG. */
export function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") {
      node.addEventListener(name, value);
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A select with one option for each `[value, text]`. */
export function select(attributes, options, chosen) {
  return html(
    "select",
    attributes,
    options.map(([value, text]) => html("option", { value, selected: value === chosen }, text)),
  );
}

/** A control with its label above it. */
export function field(label, control) {
  return html("div", { class: "field" }, html("label", { for: control.id }, label), control);
}

/** What stands in a table's cell for nothing. A narrow screen does without. */
export const NONE = "–";

/**
 * A table that stays one for assistive technology when a narrow screen shows its rows as cards.
 * A column is `{ title, className, cell }`, where `cell` makes the content for a row's item, `NONE` if it has nothing to
 * say; the first is the row's header.
 */
export function table(caption, columns, items) {
  const head = columns.map(({ title, className }) =>
    html("th", { role: "columnheader", scope: "col", class: className }, title),
  );
  const rows = items.map((item) =>
    html(
      "tr",
      { role: "row" },
      columns.map((column, index) => (index ? dataCell(column, item) : rowHeader(column, item))),
    ),
  );
  return html(
    "table",
    { role: "table" },
    html("caption", {}, caption),
    html("thead", { role: "rowgroup" }, html("tr", { role: "row" }, head)),
    html("tbody", { role: "rowgroup" }, rows),
  );
}

function rowHeader({ className, cell }, item) {
  return html("th", { role: "rowheader", scope: "row", class: className }, cell(item));
}

function dataCell({ title, className, cell }, item) {
  const content = cell(item);
  const attributes = {
    role: "cell",
    class: [className, content === NONE && "none"].filter(Boolean).join(" ") || null,
    "data-title": typeof title === "string" ? title : null,
  };
  return html("td", attributes, content);
}

/** Names and what they stand for; entries whose value is null or undefined are left out. */
export function facts(entries) {
  return html(
    "dl",
    { class: "facts" },
    Object.entries(entries)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value))),
  );
}
