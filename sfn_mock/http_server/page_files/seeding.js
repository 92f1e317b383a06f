/** The view to paste seeds: a seed document, or output of the AWS CLI. */

import { server } from "/sfn-mock/page/api.js";
import { lastName } from "/sfn-mock/page/arns.js";
import { button, field, html, part } from "/sfn-mock/page/dom.js";
import { form } from "/sfn-mock/page/forms.js";
import { counted } from "/sfn-mock/page/words.js";

/** @import { Here } from "/sfn-mock/page/app.js" */
/** @import { Child } from "/sfn-mock/page/dom.js" */
/** @typedef {{ state_machines?: string[], executions?: string[], warnings: string[] }} Taken */

const EXAMPLE = `state_machines:
  - name: orders
    executions:
      - {name: nightly, status: FAILED, start_date: -2h, duration: 5m, error: OutOfStock}
      - {count: 250, status: SUCCEEDED, interval: 1h, duration: 30s}
`;

/** The result of the last seeding. @type {Taken | null} */
let taken = null;

/** @param {Here} here */
export async function seeding(here) {
  return {
    title: "Seed",
    content: [
      html("h1", { tabindex: -1 }, "Seed"),
      html(
        "p",
        {},
        "Paste a seed document, in YAML or JSON, or what ",
        html("code", {}, "aws stepfunctions list-executions"),
        " or ",
        html("code", {}, "describe-execution"),
        " printed. All of it is stored, or nothing.",
      ),
      form(
        here,
        "seed-form",
        {
          main: "text",
          submit: async ({ text }) => {
            taken = null;
            part("seeded").replaceChildren();
            taken = await server("POST", "seed", text);
          },
        },
        field(
          "Seed document, or output of the AWS CLI",
          html("textarea", {
            id: "seed-text",
            name: "text",
            required: true,
            rows: 16,
            spellcheck: "false",
            placeholder: EXAMPLE,
          }),
        ),
        html("button", { type: "submit" }, "Seed"),
        button("seed-example", "Insert an example", insertExample),
      ),
      html("div", { role: "status", id: "seeded" }, taken && summary(here, taken)),
    ],
  };
}

/** Inserts the example at the cursor. */
function insertExample() {
  part("seed-text").setRangeText(EXAMPLE);
  part("seed-text").focus();
}

/** @param {Here} here @param {Taken} seeded @returns {Child} */
function summary(here, { state_machines: machines = [], executions = [], warnings }) {
  const view = machines.length > 0 ? "executions" : "execution";
  const arns = [...machines, ...executions];
  const noun = view === "execution" ? "execution" : "state machine";
  return [
    html("h2", {}, `Seeded ${counted(arns.length, noun)}`),
    html(
      "p",
      { class: "chips" },
      arns.slice(0, 100).map((arn) => html("a", { href: here.href(view, { arn }) }, lastName(arn))),
      arns.length > 100 && ` and ${(arns.length - 100).toLocaleString("en")} more`,
    ),
    warnings.length > 0 &&
      html(
        "ul",
        { class: "warnings" },
        warnings.map((warning) => html("li", {}, warning)),
      ),
  ];
}
