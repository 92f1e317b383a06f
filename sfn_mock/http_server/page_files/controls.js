/** What the server may be told: the time, what is to go wrong, and to begin anew. */

import { server } from "/sfn-mock/page/api.js";
import { facts, field, html, table } from "/sfn-mock/page/dom.js";
import { time } from "/sfn-mock/page/words.js";

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

/** A form that does `submit` with its fields, by their names. */
function form(id, submit, ...children) {
  return html(
    "form",
    {
      id,
      class: "filters",
      submit: (event) => {
        event.preventDefault();
        submit(Object.fromEntries(new FormData(event.target)));
      },
    },
    ...children,
  );
}

// --- The clock -------------------------------------------------------------------------------------------------------

function clockSection(here, clock) {
  const set = (now, tick) => here.act(() => server("PUT", "clock", { now, tick }));
  const stands = clock.set ? (clock.tick ? "was set, and goes on" : "stands still") : "is the machine's";
  return html(
    "section",
    { "aria-labelledby": "clock-title" },
    html("h2", { id: "clock-title" }, "Clock"),
    facts({ "Now (UTC)": time(Date.parse(clock.now)), "The clock": stands }),
    form(
      "set-clock",
      ({ now, tick }) => set(now, tick === "on"),
      field(
        "Set it to a date, or by a length of time",
        html("input", {
          id: "clock-now",
          name: "now",
          required: true,
          placeholder: "2026-01-10T02:00:00Z or +1h",
          autocomplete: "off",
        }),
      ),
      html(
        "label",
        { class: "toggle" },
        html("input", { type: "checkbox", id: "clock-tick", name: "tick", checked: clock.set && clock.tick }),
        "and let it go on",
      ),
      html("button", { type: "submit" }, "Set"),
    ),
    html(
      "div",
      { class: "buttons" },
      [
        ["+1m", "1 minute"],
        ["+1h", "1 hour"],
        ["+1d", "1 day"],
      ].map(([length, words]) =>
        html(
          "button",
          { type: "button", id: `clock${length}`, click: () => set(length, clock.set && clock.tick) },
          `Advance by ${words}`,
        ),
      ),
      html(
        "button",
        {
          type: "button",
          id: "clock-free",
          disabled: !clock.set,
          click: () => here.act(() => server("DELETE", "clock")),
        },
        "Back to the machine's time",
      ),
    ),
  );
}

// --- Faults ----------------------------------------------------------------------------------------------------------

function faultsSection(here, faults) {
  return html(
    "section",
    { "aria-labelledby": "faults-title" },
    html("h2", { id: "faults-title" }, "Faults"),
    faults.length > 0
      ? table(
          `Faults: ${faults.length}`,
          [
            { title: "Operation", cell: (fault) => fault.operation },
            { title: "Error", cell: (fault) => fault.error },
            { title: "Strikes", cell: (fault) => (fault.times === null ? "all" : `the next ${fault.times}`) },
            { title: "Lets pass before", cell: (fault) => fault.skip },
            { title: "Has struck", cell: (fault) => fault.count },
            { title: "Sentence", className: "sentence", cell: (fault) => fault.message ?? "AWS's" },
          ],
          faults,
        )
      : html("p", { class: "empty" }, "Nothing goes wrong."),
    form(
      "add-fault",
      (fields) => here.act(() => server("POST", "faults", fault(fields))),
      field(
        "Operation",
        html("input", {
          id: "fault-operation",
          name: "operation",
          required: true,
          placeholder: "ListExecutions",
          autocomplete: "off",
        }),
      ),
      field(
        "Error",
        html("input", {
          id: "fault-error",
          name: "error",
          required: true,
          placeholder: "ThrottlingException",
          autocomplete: "off",
        }),
      ),
      field(
        "Times (empty: all)",
        html("input", { id: "fault-times", name: "times", type: "number", min: 1, value: 1 }),
      ),
      field("Let pass before", html("input", { id: "fault-skip", name: "skip", type: "number", min: 0, value: 0 })),
      field("Sentence (empty: AWS's)", html("input", { id: "fault-message", name: "message", autocomplete: "off" })),
      html("button", { type: "submit" }, "Add"),
      html(
        "button",
        {
          type: "button",
          id: "clear-faults",
          disabled: faults.length === 0,
          click: () => here.act(() => server("DELETE", "faults")),
        },
        "Clear all",
      ),
    ),
  );
}

function fault({ operation, error, times, skip, message }) {
  return {
    operation,
    error,
    times: times === "" ? null : Number(times),
    skip: Number(skip),
    message: message === "" ? null : message,
  };
}

// --- Beginning anew --------------------------------------------------------------------------------------------------

function resetSection(here) {
  const dialog = html(
    "dialog",
    { id: "reset-dialog", "aria-labelledby": "reset-question" },
    html("h2", { id: "reset-question" }, "Reset the server?"),
    html("p", {}, "State machines, executions, calls and faults are gone then, in all accounts and regions."),
    html(
      "div",
      { class: "buttons" },
      html("button", { type: "button", id: "reset-no", click: () => dialog.close() }, "Keep them"),
      html(
        "button",
        {
          type: "button",
          id: "reset-yes",
          class: "danger",
          click: () => {
            dialog.close();
            here.act(() => server("POST", "reset"));
          },
        },
        "Reset",
      ),
    ),
  );
  return html(
    "section",
    { "aria-labelledby": "reset-title" },
    html("h2", { id: "reset-title" }, "Reset"),
    html(
      "p",
      {},
      "Step Functions is as empty then as at the start. The clock stays as it is, and so do moto's other services.",
    ),
    html("button", { type: "button", id: "reset", class: "danger", click: () => dialog.showModal() }, "Reset …"),
    dialog,
  );
}
