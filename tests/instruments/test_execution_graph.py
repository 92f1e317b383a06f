"""The graph of a definition in the colours of one execution."""

from __future__ import annotations

import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from sfn_mock.asl.routes import NO_STATES, read_program
from sfn_mock.instruments.execution_graph import MOST_VISITS, describe_states
from sfn_mock.operations.history import events_of

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]

NOW = "2026-01-10T03:00:00Z"
SVG = "{http://www.w3.org/2000/svg}"
LAMBDA = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}}
ORDER = {
    "StartAt": "Check",
    "States": {
        "Check": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.n", "NumericGreaterThan": 3, "Next": "Charge"},
                {"Variable": "$.n", "NumericLessThan": 0, "Next": "Charge"},
            ],
            "Default": "Skip",
        },
        "Charge": {**LAMBDA, "Catch": [{"ErrorEquals": ["Declined"], "Next": "Refund"}], "Next": "Done"},
        "Refund": {"Type": "Pass", "Next": "Done"},
        "Skip": {"Type": "Fail", "Error": "Skipped"},
        "Done": {"Type": "Succeed"},
    },
}
EACH = {
    "StartAt": "Each",
    "States": {
        "Each": {
            "Type": "Map",
            "End": True,
            "ItemProcessor": {"StartAt": "Pack", "States": {"Pack": {**LAMBDA, "End": True}}},
        }
    },
}


def graph_of(sfn, run):
    """The description of an execution: its states by name, and the classes and texts of the picture."""
    [records] = sfn._session.all_records()
    with records.using() as now:
        execution = records.find_execution(run.arn)
        events = events_of(records, execution, now)
        graph = describe_states(read_program(execution.revision.definition), events, records.run_of(execution), now)
    tree = ElementTree.fromstring(graph["svg"])
    transitions = {
        path.find(f"{SVG}title").text: path.get("class")
        for path in tree.iter(f"{SVG}path")
        if path.find(f"{SVG}title") is not None
    }
    boxes = {rect.get("data-state"): rect.get("class") for rect in tree.iter(f"{SVG}rect")}
    texts = [text.text for text in tree.iter(f"{SVG}text")]
    return {state["name"]: state for state in graph["states"]}, boxes, transitions, texts


def start(sfn, client, definition, input, **tasks):
    machine = sfn.add_state_machine("orders", definition=json.dumps(definition))
    for name, answers in tasks.items():
        machine.mock_task(name, answers)
    arn = client.start_execution(stateMachineArn=machine.arn, input=json.dumps(input))["executionArn"]
    return sfn.get_execution(arn)


def test_a_run(sfn, client):
    """States have the colour of their status, transitions that of whether they were taken; caught errors are shown."""
    run = start(sfn, client, ORDER, {"n": -1}, Charge=[{"error": "Declined", "cause": "no funds"}])
    states, boxes, transitions, texts = graph_of(sfn, run)

    assert boxes == {
        "Check": "status-succeeded",
        "Charge": "status-caught",
        "Refund": "status-succeeded",
        "Skip": "status-untouched",
        "Done": "status-succeeded",
    }
    assert {transition for transition, kind in transitions.items() if kind == "taken"} == {
        "Check: Choices[1] -> Charge",
        "Charge: Catch[0] -> Refund",
        "Refund: Next -> Done",
    }
    assert set(texts) == {
        "Check: SUCCEEDED", "Charge: CAUGHT", "Refund: SUCCEEDED", "Skip", "Done: SUCCEEDED",
        "Choices[0]", "Choices[1]", "Default", "Catch[0]",
    }  # fmt: skip
    assert states["Charge"] == {
        "name": "Charge",
        "type": "Task",
        "status": "CAUGHT",
        "count": 1,
        "visits": [
            {
                "status": "CAUGHT",
                "entered": "2026-01-10T03:00:00.000Z",
                "duration": 0,
                "input": '{"n":-1}',
                "output": '{"Error":"Declined","Cause":"no funds"}',
                "error": "Declined",
                "cause": "no funds",
            }
        ],
    }


def test_a_failed_run(sfn, client):
    """A Fail state has the error of the execution."""
    run = start(sfn, client, ORDER, {"n": 1})
    states, boxes, _, _ = graph_of(sfn, run)
    [visit] = states["Skip"]["visits"]

    assert (boxes["Check"], boxes["Skip"]) == ("status-succeeded", "status-failed")
    assert (visit["status"], visit["error"], visit["cause"], visit["output"]) == ("FAILED", "Skipped", None, None)


@pytest.mark.parametrize(
    ("end", "status", "duration"),
    [
        pytest.param(None, "RUNNING", 90_000, id="running"),
        pytest.param("abort", "ABORTED", 60_000, id="aborted"),
        pytest.param("time_out", "TIMED_OUT", 60_000, id="timed out"),
    ],
)
def test_a_state_that_was_not_left(sfn, client, clock, end, status, duration):
    """A running state lasts until now; a state that ended with its execution has its status and duration."""
    definition = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}
    run = start(sfn, client, definition, {})
    clock.tick(timedelta(seconds=60))
    if end is not None:
        getattr(run, end)()
    clock.tick(timedelta(seconds=30))
    states, boxes, transitions, _ = graph_of(sfn, run)
    [visit] = states["Wait"]["visits"]

    assert (visit["status"], visit["duration"]) == (status, duration)
    assert boxes == {"Wait": f"status-{status.lower().replace('_', '-')}"}
    assert transitions == {}


def test_items_of_a_map(sfn, client):
    """A state inside a Map has the worst status of its items, and the last twenty visits."""
    items = [{"result": {"Payload": {}}}] * 24 + [{"error": "Torn"}]
    run = start(sfn, client, EACH, list(range(25)), Pack=items)
    states, boxes, _, texts = graph_of(sfn, run)

    assert (boxes["Each"], boxes["Pack"]) == ("status-failed", "status-failed")
    assert "Pack: FAILED, 25 times" in texts
    assert (states["Pack"]["count"], len(states["Pack"]["visits"])) == (25, MOST_VISITS)
    assert states["Pack"]["visits"][-1]["error"] == "Torn"


def test_a_seed(sfn):
    """The transitions of a seed follow from the order of its states; of two, the first is shown."""
    machine = sfn.add_state_machine("orders", definition=json.dumps(ORDER))
    run = machine.add_execution(
        "a",
        status="FAILED",
        failed_in="Charge",
        error="Out",
        cause="of stock",
        start_date="2026-01-10T01:00:00Z",
        stop_date="2026-01-10T01:00:05Z",
    )
    states, boxes, transitions, _ = graph_of(sfn, run)
    [visit] = states["Charge"]["visits"]

    assert (boxes["Check"], boxes["Charge"], boxes["Done"]) == (
        "status-succeeded",
        "status-failed",
        "status-untouched",
    )
    assert (visit["error"], visit["cause"], visit["duration"]) == ("Out", "of stock", 5000)
    assert {transition for transition, kind in transitions.items() if kind == "taken"} == {
        "Check: Choices[0] -> Charge"
    }


def taken(transitions):
    return [transition for transition, kind in transitions.items() if kind == "taken"]


def test_transitions_of_a_seed(sfn):
    """A transition of a seed leads to the next state, by a rule, Default or Next."""
    machine = sfn.add_state_machine("orders", definition=json.dumps(ORDER))
    skipped = machine.add_execution("a", status="FAILED", failed_in="Skip", error="Skipped")
    straight = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}
    done = sfn.add_state_machine("straight", definition=json.dumps(straight)).add_execution("b", status="SUCCEEDED")
    _, boxes, transitions, _ = graph_of(sfn, done)

    assert taken(graph_of(sfn, skipped)[2]) == ["Check: Default -> Skip"]
    assert (boxes, taken(transitions)) == ({"A": "status-succeeded", "B": "status-succeeded"}, ["A: Next -> B"])


def test_no_definition(sfn):
    """A definition without readable states has an empty picture."""
    run = sfn.add_state_machine("orders").add_execution("a", status="SUCCEEDED")
    [records] = sfn._session.all_records()
    execution = records.find_execution(run.arn)
    events = events_of(records, execution, records.now())
    graph = describe_states(NO_STATES, events, None, records.now())

    assert len(list(ElementTree.fromstring(graph["svg"]))) == 1
    assert [state["status"] for state in graph["states"]] == ["SUCCEEDED"]
