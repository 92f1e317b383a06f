/** The controls of the server: its clock, faults, and the reset. */

import { server } from "/sfn-mock/page/api.js";
import { button, emptyState, facts, field, html, table, toggle } from "/sfn-mock/page/dom.js";
import { form } from "/sfn-mock/page/forms.js";
import { time } from "/sfn-mock/page/words.js";

/** @import { Here } from "/sfn-mock/page/app.js" */

/** The durations by which buttons advance the clock. */
const ADVANCES = [
  ["+1m", "1 minute"],
  ["+1h", "1 hour"],
  ["+1d", "1 day"],
];

/** @param {Here} here */
export async function controls(here) {
  const [clock, faults] = await Promise.all([server("GET", "clock"), server("GET", "faults")]);
  return {
    title: "Clock and faults",
    content: [
      html("h1", { tabindex: -1 }, "Clock and faults"),
      clockSection(here, clock),
      faultsSection(here, faults),
      resetSection(here),
    ],
  };
}

// --- The clock -------------------------------------------------------------------------------------------------------

/** @param {Here} here @param {{ now: string, set: boolean, tick: boolean }} clock */
function clockSection(here, clock) {
  /** @param {string} now @param {boolean} tick */
  const set = (now, tick) => server("PUT", "clock", { now, tick });
  const stands = clock.set ? (clock.tick ? "was set, and goes on" : "stands still") : "shows real time";
  const free = button("clock-free", "Back to real time", () => here.act(() => server("DELETE", "clock")), {
    disabled: !clock.set,
  });
  return html(
    "section",
    { "aria-labelledby": "clock-title" },
    html("h2", { id: "clock-title" }, "Clock"),
    facts({ "Now (UTC)": time(Date.parse(clock.now)), "The clock": stands }),
    form(
      here,
      "set-clock",
      { submit: ({ now, tick }) => set(now, tick === "on"), main: "now" },
      field(
        "Set it to a date, or move it by a duration",
        html("input", {
          id: "clock-now",
          name: "now",
          required: true,
          placeholder: "2026-01-10T02:00:00Z or +1h",
          autocomplete: "off",
        }),
      ),
      toggle("and let it go on", { id: "clock-tick", name: "tick", checked: clock.set && clock.tick }),
      html("button", { type: "submit" }, "Set"),
    ),
    html(
      "div",
      { class: "buttons" },
      ADVANCES.map(([length, words]) =>
        button(`clock${length}`, `Advance by ${words}`, () => here.act(() => set(length, clock.set && clock.tick))),
      ),
      free,
    ),
  );
}

// --- Faults ----------------------------------------------------------------------------------------------------------

/** @param {Here} here @param {any[]} faults */
function faultsSection(here, faults) {
  const clear = button("clear-faults", "Clear all", () => here.act(() => server("DELETE", "faults")), {
    disabled: faults.length === 0,
  });
  return html(
    "section",
    { "aria-labelledby": "faults-title" },
    html("h2", { id: "faults-title" }, "Faults"),
    faults.length > 0
      ? table(`Faults: ${faults.length}`, COLUMNS, faults)
      : emptyState(
          "There are no faults. Add one below, or:",
          `curl ${location.origin}/sfn-mock/faults --data '{"operation": "ListExecutions", "error": "ThrottlingException"}'`,
        ),
    form(
      here,
      "add-fault",
      { submit: (fields) => server("POST", "faults", faultOf(fields)), main: "error" },
      field("Operation", text("operation", { required: true, placeholder: "ListExecutions" })),
      field("Error", text("error", { required: true, placeholder: "ThrottlingException" })),
      field("Times (empty: all)", text("times", { type: "number", min: 1, value: 1 })),
      field("Skip first", text("skip", { type: "number", min: 0, value: 0 })),
      field("Message (empty: AWS's)", text("message", {})),
      html("button", { type: "submit" }, "Add"),
      clear,
    ),
  );
}

/** @type {import("/sfn-mock/page/dom.js").Column<any>[]} */
const COLUMNS = [
  { title: "Operation", cell: (fault) => fault.operation },
  { title: "Error", cell: (fault) => fault.error },
  { title: "Fails", cell: (fault) => (fault.times === null ? "all" : `the next ${fault.times}`) },
  { title: "Skips first", cell: (fault) => fault.skip },
  { title: "Failed so far", cell: (fault) => fault.count },
  { title: "Message", className: "sentence", cell: (fault) => fault.message ?? "AWS's" },
];

/** @param {string} name @param {import("/sfn-mock/page/dom.js").Attributes} attributes */
function text(name, attributes) {
  return html("input", { id: `fault-${name}`, name, autocomplete: "off", ...attributes });
}

/** @param {Record<string, string>} fields */
function faultOf({ operation, error, times, skip, message }) {
  return {
    operation,
    error,
    times: times === "" ? null : Number(times),
    skip: Number(skip),
    message: message === "" ? null : message,
  };
}

// --- Reset -----------------------------------------------------------------------------------------------------------

/** @param {Here} here */
function resetSection(here) {
  const reset = () => {
    dialog.close();
    here.act(() => server("POST", "reset"));
  };
  const dialog = html(
    "dialog",
    { id: "reset-dialog", "aria-labelledby": "reset-question" },
    html("h2", { id: "reset-question" }, "Reset the server?"),
    html("p", {}, "This deletes all state machines, executions, calls and faults, in all accounts and regions."),
    html(
      "div",
      { class: "buttons" },
      button("reset-no", "Cancel", () => dialog.close()),
      button("reset-yes", "Reset", reset, { class: "danger" }),
    ),
  );
  return html(
    "section",
    { "aria-labelledby": "reset-title" },
    html("h2", { id: "reset-title" }, "Reset"),
    html("p", {}, "This deletes everything of Step Functions. The clock and moto's other services do not change."),
    button("reset", "Reset …", () => dialog.showModal(), { class: "danger" }),
    dialog,
  );
}
