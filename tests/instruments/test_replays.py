"""Replays of recorded histories: today's definition with the recorded outcomes."""

from __future__ import annotations

import json

import boto3
import pytest

from sfn_mock import mock_sfn_executions

CUT = {"output": "[1", "outputDetails": {"truncated": True}}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:charge"


def definition(**charge):
    """Return a definition whose only state charges an amount."""
    state = {"Type": "Task", "Resource": FUNCTION, "Parameters": {"amount.$": "$.amount"}, "End": True, **charge}
    return {"StartAt": "Charge", "States": {"Charge": state}}


def history():
    """Return the history of an execution that charged an amount for two seconds."""
    events = [
        ("ExecutionStarted", "executionStarted", {"input": '{"amount":5}', "roleArn": "arn:aws:iam::1:role/r"}),
        ("TaskStateEntered", "stateEntered", {"name": "Charge", "input": '{"amount":5}'}),
        ("LambdaFunctionScheduled", "lambdaFunctionScheduled", {"resource": FUNCTION, "input": '{"amount":5}'}),
        ("LambdaFunctionStarted", None, None),
        ("LambdaFunctionSucceeded", "lambdaFunctionSucceeded", {"output": '{"charged":true}'}),
        ("TaskStateExited", "stateExited", {"name": "Charge", "output": '{"charged":true}'}),
        ("ExecutionSucceeded", "executionSucceeded", {"output": '{"charged":true}'}),
    ]
    return [
        {
            "id": number,
            "previousEventId": 0 if number == 2 else number - 1,
            "timestamp": f"2026-01-09T03:00:0{number}Z",
            "type": kind,
            **({} if member is None else {f"{member}EventDetails": details}),
        }
        for number, (kind, member, details) in enumerate(events, 1)
    ]


def test_same_definition(sfn):
    """The same definition has no differences, and its execution has the recorded start date."""
    replay = sfn.replay(definition=definition(), history={"events": history()})

    assert replay.differences == []
    assert (replay.execution.status, json.loads(replay.execution.output)) == ("SUCCEEDED", {"charged": True})
    assert replay.execution.start_date.isoformat() == "2026-01-09T03:00:01+00:00"
    assert replay.execution.state_machine.name == "replay-1"


@pytest.mark.parametrize(
    ("charge", "kinds", "first"),
    [
        pytest.param(
            {"Parameters": {"total.$": "$.amount"}},
            ["input"],
            'Event 3: \'Charge\' calls its task with {"total":5} instead of {"amount":5}.',
            id="input",
        ),
        pytest.param(
            {"TimeoutSeconds": 1},
            ["output", "end"],
            "Event 5: The task of 'Charge' ends TIMED_OUT instead of SUCCEEDED.",
            id="timeout",
        ),
    ],
)
def test_changed_definition(sfn, charge, kinds, first):
    """A difference names the first event that differs, and why."""
    machine = sfn.add_state_machine("orders", definition=json.dumps(definition(**charge)))
    replay = machine.replay(history())

    assert [difference.kind for difference in replay.differences] == kinds
    assert str(replay.differences[0]) == first


def test_new_task(sfn):
    """A task that the recording does not have calls no service, and stops the replay."""
    states = {
        **definition(End=False, Next="Ship")["States"],
        "Ship": {"Type": "Task", "Resource": FUNCTION, "End": True},
    }
    del states["Charge"]["End"]
    replay = sfn.replay(definition={"StartAt": "Charge", "States": states}, history=history())

    assert [str(difference) for difference in replay.differences] == [
        "The execution enters 'Ship', where the recorded part had ended after 'Charge'. "
        "The history has no outcome for it; the replay stops."
    ]
    assert replay.execution.status == "RUNNING"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param([], "history must be the events of an execution, got none.", id="empty"),
        pytest.param(history()[1:], "history must be complete, got no event 1 of 7: read all pages.", id="gap"),
        pytest.param(
            [*history()[:6], {**history()[6], "executionSucceededEventDetails": CUT}],
            "history must be whole, got event 7 with truncated output: use the answers of GetExecutionHistory instead "
            "of logs.",
            id="truncated",
        ),
        pytest.param(3, "history must be what GetExecutionHistory answered or the path of a file, got 3.", id="type"),
    ],
)
def test_unusable_history(sfn, given, reason):
    """A value that is not a history of an execution is a ValueError."""
    with pytest.raises(ValueError, match=r"^history must be") as caught:
        sfn.replay(definition=definition(), history=given)

    assert str(caught.value) == reason


def test_tasks_at_the_same_time(sfn):
    """Tasks of several branches end in the recorded order."""
    branches = [
        {"StartAt": name, "States": {name: {"Type": "Task", "Resource": FUNCTION, "End": True}}} for name in ("A", "B")
    ]
    both = {"Type": "Parallel", "Branches": branches, "End": True}
    scheduled = {"resource": FUNCTION, "input": "{}"}
    output = {"output": "1"}
    events = [
        (0, 0, "ExecutionStarted", "executionStarted", {"input": "{}", "roleArn": "arn:aws:iam::1:role/r"}),
        (0, 0, "ParallelStateEntered", "stateEntered", {"name": "Both", "input": "{}"}),
        (0, 2, "ParallelStateStarted", None, None),
        (0, 3, "TaskStateEntered", "stateEntered", {"name": "A", "input": "{}"}),
        (0, 4, "LambdaFunctionScheduled", "lambdaFunctionScheduled", scheduled),
        (0, 5, "LambdaFunctionStarted", None, None),
        (3, 3, "TaskStateEntered", "stateEntered", {"name": "B", "input": "{}"}),
        (3, 7, "LambdaFunctionScheduled", "lambdaFunctionScheduled", scheduled),
        (3, 8, "LambdaFunctionStarted", None, None),
        (5, 6, "LambdaFunctionSucceeded", "lambdaFunctionSucceeded", output),
        (5, 10, "TaskStateExited", "stateExited", {"name": "A", **output}),
        (6, 9, "LambdaFunctionSucceeded", "lambdaFunctionSucceeded", output),
        (6, 12, "TaskStateExited", "stateExited", {"name": "B", **output}),
        (6, 13, "ParallelStateSucceeded", None, None),
        (6, 13, "ParallelStateExited", "stateExited", {"name": "Both", "output": "[1,1]"}),
        (6, 15, "ExecutionSucceeded", "executionSucceeded", {"output": "[1,1]"}),
    ]
    recorded = [
        {
            "id": number,
            "previousEventId": previous,
            "timestamp": f"2026-01-09T03:00:0{second}Z",
            "type": kind,
            **({} if member is None else {f"{member}EventDetails": details}),
        }
        for number, (second, previous, kind, member, details) in enumerate(events, 1)
    ]
    replay = sfn.replay(definition={"StartAt": "Both", "States": {"Both": both}}, history=recorded)
    answer = boto3.client("stepfunctions").get_execution_history(executionArn=replay.execution.arn)
    ends = [
        (event["stateExitedEventDetails"]["name"], f"{event['timestamp']:%S}")
        for event in answer["events"]
        if "stateExitedEventDetails" in event
    ]

    assert replay.differences == []
    assert ends == [("A", "05"), ("B", "06"), ("Both", "06")]


def test_wait_scale_does_not_apply_to_replays():
    """A replay waits as long as the recorded execution, whatever wait_scale is."""
    wait = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 3, "End": True}}}
    events = [
        (1, "ExecutionStarted", "executionStarted", {"input": "{}", "roleArn": "arn:aws:iam::1:role/r"}),
        (1, "WaitStateEntered", "stateEntered", {"name": "Rest", "input": "{}"}),
        (4, "WaitStateExited", "stateExited", {"name": "Rest", "output": "{}"}),
        (4, "ExecutionSucceeded", "executionSucceeded", {"output": "{}"}),
    ]
    recorded = [
        {
            "id": number,
            "previousEventId": 0 if number == 2 else number - 1,
            "timestamp": f"2026-01-09T03:00:0{second}Z",
            "type": kind,
            f"{member}EventDetails": details,
        }
        for number, (second, kind, member, details) in enumerate(events, 1)
    ]

    with mock_sfn_executions(wait_scale=0) as sfn:
        replay = sfn.replay(definition=wait, history={"events": recorded})

        assert replay.differences == []
        assert replay.execution.stop_date.isoformat() == "2026-01-09T03:00:04+00:00"
