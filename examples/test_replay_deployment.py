"""A deployment that breaks running executions, found by a replay.

The production bug: in a cleaned-up definition a state writes its result where the next state does not look for it,
and every running order fails. No test had an order of real size and form. A replay has: it runs today's definition
with the input and the task outcomes of a recorded execution, from GetExecutionHistory or ``aws stepfunctions
get-execution-history``.
"""

from __future__ import annotations

import json

import pytest

RESERVE = "arn:aws:lambda:us-east-1:123456789012:function:reserve"
CHARGE = "arn:aws:lambda:us-east-1:123456789012:function:charge"


def definition(*, result_path):
    return {
        "StartAt": "Reserve",
        "States": {
            "Reserve": {"Type": "Task", "Resource": RESERVE, "ResultPath": result_path, "Next": "Charge"},
            "Charge": {"Type": "Task", "Resource": CHARGE, "End": True},
        },
    }


@pytest.fixture
def history(tmp_path):
    """The AWS CLI's output for an order of yesterday, kept in the repository beside the test."""
    order = '{"order":7}'
    reserved = '{"order":7,"stock":{"shelf":"B4"}}'
    charged = '{"charged":true}'
    events = [
        ("ExecutionStarted", "executionStarted", {"input": order, "roleArn": "arn:aws:iam::123456789012:role/orders"}),
        ("TaskStateEntered", "stateEntered", {"name": "Reserve", "input": order}),
        ("LambdaFunctionScheduled", "lambdaFunctionScheduled", {"resource": RESERVE, "input": order}),
        ("LambdaFunctionStarted", None, None),
        ("LambdaFunctionSucceeded", "lambdaFunctionSucceeded", {"output": '{"shelf":"B4"}'}),
        ("TaskStateExited", "stateExited", {"name": "Reserve", "output": reserved}),
        ("TaskStateEntered", "stateEntered", {"name": "Charge", "input": reserved}),
        ("LambdaFunctionScheduled", "lambdaFunctionScheduled", {"resource": CHARGE, "input": reserved}),
        ("LambdaFunctionStarted", None, None),
        ("LambdaFunctionSucceeded", "lambdaFunctionSucceeded", {"output": charged}),
        ("TaskStateExited", "stateExited", {"name": "Charge", "output": charged}),
        ("ExecutionSucceeded", "executionSucceeded", {"output": charged}),
    ]
    printed = []
    for number, (kind, member, details) in enumerate(events, 1):
        event = {"timestamp": f"2026-01-09T03:00:{number:02}+00:00", "type": kind, "id": number}
        event["previousEventId"] = 0 if number == 2 else number - 1
        if member is not None:
            event[f"{member}EventDetails"] = details
        printed.append(event)
    path = tmp_path / "order-7.json"
    path.write_text(json.dumps({"events": printed}))
    return path


def test_the_definition_of_yesterday(sfn_executions, history):
    """With the definition of the recorded order nothing differs."""
    replay = sfn_executions.replay(definition=definition(result_path="$.stock"), history=history)

    assert replay.differences == []
    assert (replay.execution.status, replay.execution.output) == ("SUCCEEDED", '{"charged":true}')


def test_the_definition_that_is_to_be_deployed(sfn_executions, history):
    """The new definition loses the order: the replay names the first event that differs, and why."""
    replay = sfn_executions.replay(definition=definition(result_path="$"), history=history)

    assert [str(difference) for difference in replay.differences] == [
        'Event 6: \'Reserve\' gives the output {"shelf":"B4"} instead of {"order":7,"stock":{"shelf":"B4"}}.'
    ]
