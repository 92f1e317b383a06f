"""Changes by the page: start and end executions, and paste seeds."""

from __future__ import annotations

import json

import pytest


def refused(reader, field):
    """The error beside a field."""
    reader.page.wait_for_selector(f"#{field}[aria-invalid=true]")
    assert reader.page.evaluate("document.activeElement.id") == field
    assert reader.page.get_attribute(f"#{field}", "aria-describedby") == f"{field}-problem"
    return reader.text(f"#{field}-problem")


def test_start(sfn, reader, orders):
    """An execution is started with name and input; the call is not recorded."""
    reader.open("executions", arn=orders.aliases["live"].arn)
    reader.page.click("#start summary")
    reader.page.fill("#start-name", "mine")
    reader.page.fill("#start-input", '{"order": 7}')
    reader.page.click("#start-form button")
    reader.page.wait_for_selector("tbody >> text=mine")
    reader.wait()
    run = orders.executions[-1]

    assert reader.rows()[0] == [
        *["mine", "RUNNING", "2026-01-10 03:00:00", "\N{EN DASH}", "0 s so far", "\N{EN DASH}", "live, version 1"]
    ]
    assert (run.name, run.input, run.alias_arn) == ("mine", '{"order": 7}', orders.aliases["live"].arn)
    assert reader.page.input_value("#start-name") == ""
    assert reader.text("#said") == "Started mine"
    assert list(sfn.calls) == []


def test_start_that_is_refused(sfn, reader, orders):
    """AWS's error is beside its field, also after a refresh, until the next try."""
    reader.open("executions", arn=orders.arn)
    reader.page.click("#start summary")
    reader.page.fill("#start-name", "night")
    reader.page.fill("#start-input", '{"other": 1}')
    reader.page.click("#start-form button")
    taken = refused(reader, "start-name")
    reader.page.fill("#start-name", "a b")
    reader.page.click("#start-form button")
    reader.page.wait_for_selector("#start-name-problem:has-text('InvalidName')")
    named = refused(reader, "start-name")
    orders.executions[0].succeed()
    reader.click("#refresh")
    kept = reader.text("#start-name-problem"), reader.page.input_value("#start-input")
    reader.page.fill("#start-name", "")
    reader.page.fill("#start-input", "{")
    reader.page.click("#start-form button")
    input = refused(reader, "start-input")

    assert taken.startswith("ExecutionAlreadyExists Execution Already Exists: '")
    assert named == "InvalidName Invalid Name: 'a b'"
    assert kept == (named, '{"other": 1}')
    assert input.startswith("InvalidExecutionInput Invalid State Machine Execution Input: '")
    assert reader.text("#start-name-problem") == ""
    assert len(orders.executions) == 5


@pytest.mark.parametrize(
    ("status", "fields", "shown"),
    [
        pytest.param("SUCCEEDED", {"output": '{"ok": true}'}, {"Output": '{\n  "ok": true\n}'}, id="succeed"),
        pytest.param("FAILED", {"error": "Out", "cause": "of stock"}, {"Error": "Out", "Cause": "of stock"}, id="fail"),
        pytest.param("FAILED", {}, {}, id="fail without a reason"),
        pytest.param("TIMED_OUT", {}, {}, id="time out"),
    ],
)
def test_make_it_end(reader, orders, status, fields, shown):
    """A running execution succeeds, fails or times out, with the fields of that status."""
    reader.open("execution", arn=orders.executions[0].arn)
    reader.page.click("#end summary")
    reader.page.check(f"#end-{status.lower()}")
    visible = [name for name in ("output", "error", "cause") if reader.page.is_visible(f"#end-{name}")]
    for name, text in fields.items():
        reader.page.fill(f"#end-{name}", text)
    reader.page.click("#end-form button")
    reader.page.wait_for_selector(f"h1:has-text('{status}')")
    reader.wait()
    facts = dict(zip(reader.texts(".facts dt"), reader.texts(".facts dd"), strict=True))

    assert visible == {"SUCCEEDED": ["output"], "FAILED": ["error", "cause"], "TIMED_OUT": []}[status]
    for name, text in shown.items():
        found = reader.page.inner_text("pre[aria-label=Output]") if name == "Output" else facts[name]
        assert found == text
    assert reader.page.locator("#end").count() == 0


def test_an_end_that_is_refused(reader, orders):
    """The error about an output is beside it."""
    reader.open("execution", arn=orders.executions[0].arn)
    reader.page.click("#end summary")
    reader.page.fill("#end-output", "{")
    reader.page.click("#end-form button")

    assert refused(reader, "end-output").startswith("output must be JSON text,")
    assert orders.executions[0].status == "RUNNING"


@pytest.mark.parametrize(
    ("text", "heading", "names"),
    [
        pytest.param(
            "state_machines:\n- {name: new, executions: [{name: a, status: FAILED, start_date: -1h}]}\n",
            "Seeded 1 state machine",
            ["new"],
            id="YAML",
        ),
        pytest.param(
            json.dumps({"state_machines": [{"name": "new"}, {"name": "newer"}]}),
            "Seeded 2 state machines",
            ["new", "newer"],
            id="JSON",
        ),
        pytest.param(
            json.dumps(
                {
                    "executions": [
                        {
                            "executionArn": "arn:aws:states:us-east-1:123456789012:execution:new:a",
                            "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:new",
                            "name": "a",
                            "status": "RUNNING",
                            "startDate": "2026-01-10T02:00:00Z",
                        }
                    ]
                }
            ),
            "Seeded 1 execution",
            ["a"],
            id="what the CLI printed",
        ),
    ],
)
def test_paste_seeds(sfn, reader, text, heading, names):
    """A seed document, or output of the AWS CLI, is seeded, with links to what was added."""
    reader.open("seed")
    reader.page.fill("#seed-text", text)
    reader.page.click("#seed-form button")
    reader.page.wait_for_selector(f"h2:has-text('{heading}')")
    reader.wait()

    assert reader.texts("#seeded a") == names
    assert reader.page.input_value("#seed-text") == ""
    reader.click("#seeded a >> nth=0")
    assert reader.text("h1").startswith(names[0])


def test_refused_seeds_after_others(reader):
    """The result of earlier seeds is no longer shown when others are refused."""
    reader.open("seed")
    reader.page.fill("#seed-text", "state_machines: [{name: new}]")
    reader.page.click("#seed-form button")
    reader.page.wait_for_selector("#seeded h2")
    reader.wait()
    reader.page.fill("#seed-text", "hello")
    reader.page.click("#seed-form button")

    assert "got 'hello'" in refused(reader, "seed-text")
    assert reader.text("#seeded") == ""


@pytest.mark.parametrize(
    ("status", "action"),
    [pytest.param("FAILED", "redrive", id="redrive"), pytest.param("RUNNING", "stop", id="stop")],
)
def test_the_focus_after_an_action(reader, orders, status, action):
    """When an action by keyboard has disabled its button, the heading has the focus."""
    run = orders.add_execution("b", status=status, start_date="2026-01-10T02:00:00Z")
    reader.open("execution", arn=run.arn)
    reader.page.focus(f"#{action}")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_selector(f"#{action}:disabled")
    reader.wait()

    assert reader.page.evaluate("document.activeElement.tagName") == "H1"


def test_the_example_of_seeds(sfn, reader):
    """A button inserts the example, which can be seeded as it is."""
    reader.open("seed")
    reader.page.click("#seed-example")
    reader.page.keyboard.press("Shift+Tab")
    reader.page.click("#seed-form button")
    reader.page.wait_for_selector("text=Seeded 1 state machine")

    assert [(machine.name, len(machine.executions)) for machine in sfn.state_machines] == [("orders", 251)]


def test_many_pasted_seeds(sfn, reader):
    """Of many state machines the first hundred have links, and warnings are shown."""
    soon = {"name": "a", "status": "RUNNING", "start_date": "+1h"}
    machines = [{"name": f"machine-{index}", "executions": [soon] * (index == 0)} for index in range(102)]
    reader.open("seed")
    reader.page.fill("#seed-text", json.dumps({"state_machines": machines}))
    reader.page.click("#seed-form button")
    reader.page.wait_for_selector("text=Seeded 102 state machines")

    assert reader.page.locator("#seeded a").count() == 100
    assert reader.text("#seeded .chips").endswith("machine-99 and 2 more")
    [warning] = reader.texts(".warnings li")
    assert warning.startswith("start_date 2026-01-10T04:00:00.000Z ")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            "state_machines: [{name: new, executions: [{name: a, status: FAILD}]}]",
            "state_machines[0].executions[0].status must be one of RUNNING, SUCCEEDED, FAILED,",
            id="a status",
        ),
        pytest.param("hello", "`aws stepfunctions list-executions` prints", id="no seeds"),
    ],
)
def test_pasted_seeds_that_are_refused(sfn, reader, text, problem):
    """The error about pasted seeds is beside them, and nothing is stored."""
    reader.open("seed")
    reader.page.fill("#seed-text", text)
    reader.page.click("#seed-form button")

    assert problem in refused(reader, "seed-text")
    assert reader.page.evaluate("getComputedStyle(document.getElementById('seed-text-problem')).maxWidth") == "none"
    assert reader.page.input_value("#seed-text") == text
    assert sfn.state_machines == []
