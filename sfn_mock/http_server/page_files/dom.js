/** Elements of the page. Names and inputs become text, and never markup. */

/**
 * @typedef {Node | string | number | false | null | undefined} Leaf
 * @typedef {Leaf | Leaf[] | (Leaf | Leaf[])[]} Child
 * @typedef {string | number | boolean | null | undefined | ((event: any) => void)} Attribute
 * @typedef {Record<string, Attribute>} Attributes
 */
/**
 * @template T
 * @typedef {{ title: Child, className?: string, cell: (item: T) => Child }} Column
 */

const SVG = "http://www.w3.org/2000/svg";

/** Returns the element with that id, which is part of the page. @param {string} id @returns {any} */
export function part(id) {
  return document.getElementById(id);
}

/**
 * Makes an HTML element. Attributes that are functions listen to the event of their name. Attributes and children that are
 * false or null are left out.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Attributes} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function html(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Makes an element of SVG. @param {string} name @param {Attributes} attributes @param {...Child} children */
export function svg(name, attributes, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/**
 * @template {Element} E
 * @param {E} node
 * @param {Attributes} attributes
 * @param {Child[]} children
 * @returns {E}
 */
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      node.addEventListener(name, value);
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...flattened(children));
  return node;
}

/** @param {Child[]} children @returns {(Node | string)[]} */
function flattened(children) {
  const leaves = /** @type {Leaf[]} */ (children.flat(3));
  return leaves
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * Makes a select with one option for each `[value, text]`.
 *
 * @param {Attributes} attributes
 * @param {string[][]} options
 * @param {string} chosen
 */
export function select(attributes, options, chosen) {
  return html(
    "select",
    attributes,
    options.map(([value, text]) => html("option", { value, selected: value === chosen }, text)),
  );
}

/**
 * Makes a field: a control with its label above it, and a line for its error below.
 *
 * @param {string} label
 * @param {HTMLElement} control
 */
export function field(label, control) {
  const problem = `${control.id}-problem`;
  control.setAttribute("aria-describedby", problem);
  return html(
    "div",
    { class: "field" },
    html("label", { for: control.id }, label),
    control,
    html("span", { class: "field-problem", id: problem, role: "alert" }),
  );
}

/** Makes a button. @param {string} id @param {string} text @param {() => void} click @param {Attributes} [attributes] */
export function button(id, text, click, attributes = {}) {
  return html("button", { type: "button", id, click, ...attributes }, text);
}

/** Makes a checkbox or another input with its label beside it. @param {string} label @param {Attributes} attributes */
export function toggle(label, attributes) {
  return html("label", { class: "toggle" }, html("input", { type: "checkbox", ...attributes }), label);
}

/** Makes a text that can be scrolled with the keyboard. @param {string} label @param {string} text @param {Attributes} [attributes] */
export function longText(label, text, attributes = {}) {
  return html("pre", { tabindex: 0, role: "region", "aria-label": label, ...attributes }, text);
}

/** The content of an empty cell, which a narrow screen does not show. */
export const NONE = "–";

/**
 * Makes a table, which is a table for assistive technology even if a narrow screen shows its rows as cards. A column's
 * `cell` makes the content for a row's item, `NONE` if it is empty; the first column has the headers of the rows.
 *
 * @template T
 * @param {Child} caption
 * @param {Column<T>[]} columns
 * @param {T[]} items
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

/** @template T @param {Column<T>} column @param {T} item */
function rowHeader({ className, cell }, item) {
  return html("th", { role: "rowheader", scope: "row", class: className }, cell(item));
}

/** @template T @param {Column<T>} column @param {T} item */
function dataCell({ title, className, cell }, item) {
  const content = cell(item);
  const attributes = {
    role: "cell",
    class: [className, content === NONE && "none"].filter(Boolean).join(" ") || null,
    "data-title": typeof title === "string" ? title : null,
  };
  return html("td", attributes, content);
}

/** The length from which a value has a line of its own. */
const LONG = 60;

/**
 * Makes a list of names and values; entries whose value is null or undefined are left out.
 *
 * @param {Record<string, Child>} entries
 */
export function facts(entries) {
  return html(
    "dl",
    { class: "facts" },
    Object.entries(entries)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => {
        const isLong = typeof value === "string" && value.length > LONG;
        return html("div", { class: isLong && "wide" }, html("dt", {}, name), html("dd", {}, value));
      }),
  );
}

/**
 * Makes the content of an empty list: a sentence, and the command that fills it.
 *
 * @param {string} sentence
 * @param {string} command
 * @param {...Child} more
 */
export function emptyState(sentence, command, ...more) {
  return html(
    "div",
    { class: "empty" },
    html("p", {}, sentence),
    longText("Command", command, { class: "command" }),
    ...more,
  );
}
