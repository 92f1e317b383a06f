"""Replays of executions of the mock: the same definition has no differences, and another one has."""

from __future__ import annotations

import json
from datetime import timedelta

import boto3
import pytest
from recorded_histories import distributed, history_of, machine

NOW = "2026-01-10T03:00:00Z"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:work"


def task(**members):
    return {"Type": "Task", "Resource": FUNCTION, **({} if "Next" in members else {"End": True}), **members}


def each(states, **members):
    return machine({"Each": {"Type": "Map", "ItemProcessor": machine(states), "End": True, **members}})


def branches(*definitions, **members):
    return machine({"Both": {"Type": "Parallel", "Branches": list(definitions), "End": True, **members}})


WAIT = {"Type": "Wait", "Seconds": 60, "End": True}
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}]
SORRY = {"Type": "Pass", "Result": "sorry", "End": True}
OK = [{"result": {"ok": True}, "duration": timedelta(seconds=2)}]
ERROR = [{"error": "Broken", "cause": "why", "duration": timedelta(seconds=2)}]
ROWS = [
    pytest.param(each({"A": task()}), [1, 2], {"A": OK}, id="Map"),
    pytest.param(each({"A": task()}), [1, 2], {"A": ERROR}, id="failed Map"),
    pytest.param(machine({"A": task(Catch=CATCH), "Sorry": SORRY}), {}, {"A": ERROR}, id="caught error"),
    pytest.param(
        machine({"A": task(Retry=[{"ErrorEquals": ["Broken"], "MaxAttempts": 1}])}), {}, {"A": ERROR}, id="retries"
    ),
    pytest.param(branches(machine({"A": task()}), machine({"B": WAIT})), {}, {"A": OK}, id="Parallel"),
    pytest.param(
        branches(machine({"A": task()}), machine({"B": WAIT}), Retry=[{"ErrorEquals": ["Broken"], "MaxAttempts": 1}]),
        {},
        {"A": ERROR},
        id="failed Parallel",
    ),
    pytest.param(distributed({"A": task()}), [1, 2], {"A": OK}, id="Distributed Map without children"),
    pytest.param(distributed({"A": task()}), [1, 2], {"A": ERROR}, id="failed Distributed Map"),
    pytest.param(machine({"A": {"Type": "Pass", "InputPath": "$.x", "End": True}}), {}, {}, id="failed path"),
    pytest.param(
        machine({"A": {"Type": "Pass", "Output": "{% $x.y.z + 'a' %}", "QueryLanguage": "JSONata", "End": True}}),
        {},
        {},
        id="failed evaluation",
    ),
    pytest.param(
        machine({"A": {"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}, "End": True}}), {}, {}, id="UUID"
    ),
    pytest.param(
        machine({"A": {"Type": "Pass", "Parameters": {"c.$": "$$"}, "End": True}}), {}, {}, id="context object"
    ),
    pytest.param(machine({"A": task(TimeoutSeconds=1)}), {}, {"A": OK}, id="timeout of a task"),
    pytest.param({**machine({"A": WAIT}), "TimeoutSeconds": 5}, {}, {}, id="timeout of the execution"),
]


@pytest.mark.sfn_executions(execute=True)
@pytest.mark.parametrize(("definition", "value", "mocks"), ROWS)
def test_the_same_definition(sfn_executions, record, definition, value, mocks):
    """If the definition has not changed, nothing differs."""
    history = record(definition, value, mocks)
    replay = sfn_executions.replay(definition=definition, history=history)

    assert [str(difference) for difference in replay.differences] == []
    kinds = [event["type"] for page in history for event in page["events"]]
    again = [event["type"] for page in history_of(replay.execution.arn) for event in page["events"]]
    assert sorted(again) == sorted(kinds)


A_PASS = {"Type": "Pass", "End": True}
OTHERS = [
    pytest.param(
        each({"A": task()}),
        each({"A": task(InputPath="$.x")}),
        [{"x": 1}],
        {"A": OK},
        ["Event 6: In iteration 0 of 'Each', 'A' calls its task with 1 instead of {\"x\":1}."],
        id="input of a task in an iteration",
    ),
    pytest.param(
        branches(machine({"B": A_PASS})),
        branches(machine({"B": {**A_PASS, "Result": 2}})),
        {},
        {},
        ["Event 5: In branch 'B' of 'Both', 'B' gives the output 2 instead of {}."],
        id="output in a branch",
    ),
    pytest.param(
        machine({"A": {"Type": "Pass", "Next": "B"}, "B": A_PASS}),
        machine({"A": {"Type": "Pass", "End": True}}),
        {},
        {},
        ["Event 4: The execution does not enter 'B': this part ends after 'A'."],
        id="state not entered",
    ),
    pytest.param(
        machine({"A": A_PASS}),
        machine({"A": {"Type": "Succeed"}}),
        {},
        {},
        ["Event 2: The execution enters Succeed state 'A' instead of Pass state 'A'."],
        id="state of another type",
    ),
    pytest.param(
        machine({"A": task(Retry=[{"ErrorEquals": ["Broken"], "MaxAttempts": 1}], Catch=CATCH), "Sorry": SORRY}),
        machine({"A": task(Catch=CATCH), "Sorry": SORRY}),
        {},
        {"A": ERROR},
        ["Event 6: 'A' does not call its task again: attempt 2 is not made."],
        id="attempt not made",
    ),
    pytest.param(
        machine({"A": task(Catch=CATCH), "Sorry": SORRY}),
        machine({"A": task(Catch=CATCH, Retry=[{"ErrorEquals": ["Broken"]}]), "Sorry": SORRY}),
        {},
        {"A": ERROR},
        ["'A' calls a task or starts a map run of which the history has no outcome; the replay stops."],
        id="attempt without an outcome",
    ),
]


@pytest.mark.sfn_executions(execute=True)
@pytest.mark.parametrize(("before", "after", "value", "mocks", "expected"), OTHERS)
def test_another_definition(sfn_executions, record, before, after, value, mocks, expected):
    """The first difference of each sequence of states is reported, with its position."""
    replay = sfn_executions.replay(definition=after, history=record(before, value, mocks))

    assert [str(difference) for difference in replay.differences] == expected


@pytest.mark.sfn_executions(execute=True)
def test_children(sfn_executions, record):
    """Histories of children are used for the children with the same input, in any order."""
    definition = distributed({"A": task()})
    history = record(definition, [1, 2], {"A": OK})
    children = [
        history_of(child.arn) for child in sfn_executions.state_machines[0].executions[0].map_runs[0].executions
    ]
    replay = sfn_executions.replay(definition=definition, history=history, children={"Each": reversed(children)})

    assert [str(difference) for difference in replay.differences] == []
    replayed = replay.execution.map_runs[0].executions
    assert [(child.input, child.status) for child in replayed] == [("1", "SUCCEEDED"), ("2", "SUCCEEDED")]


@pytest.mark.sfn_executions(execute=True)
def test_replay_is_listed(sfn_executions, record):
    """Replayed executions are listed by machines named replay-1, replay-2 and so on."""
    definition = machine({"A": A_PASS})
    history = record(definition, {})
    replays = [sfn_executions.replay(definition=definition, history=history) for _ in range(2)]

    assert [replay.execution.state_machine.name for replay in replays] == ["replay-1", "replay-2"]
    listed = boto3.client("stepfunctions").list_executions(stateMachineArn=replays[1].execution.state_machine.arn)
    assert [item["executionArn"] for item in listed["executions"]] == [replays[1].execution.arn]


@pytest.mark.sfn_executions(execute=True)
def test_stop_and_redrive(sfn_executions, clock):
    """Stops and redrives of the recorded execution are repeated at their dates."""
    definition = machine({"A": WAIT})
    orders = sfn_executions.add_state_machine("recorded", definition=json.dumps(definition))
    client = boto3.client("stepfunctions")
    arn = client.start_execution(stateMachineArn=orders.arn)["executionArn"]
    clock.tick(5)
    client.stop_execution(executionArn=arn, error="Stopped", cause="by hand")
    clock.tick(5)
    client.redrive_execution(executionArn=arn)
    clock.tick(100)
    replay = orders.replay(history_of(arn))

    assert [str(difference) for difference in replay.differences] == []
    assert (replay.execution.status, replay.execution.redrive_count) == ("SUCCEEDED", 1)


@pytest.mark.sfn_executions(execute=True)
def test_heartbeats(sfn_executions, record):
    """A recorded task that ended is assumed to have sent its heartbeats."""
    definition = machine({"A": task()})
    history = record(definition, {}, {"A": OK})
    replay = sfn_executions.replay(
        definition=machine({"A": task(HeartbeatSeconds=1, TimeoutSeconds=9)}), history=history
    )

    assert [str(difference) for difference in replay.differences] == []
