"""What it costs to create a state machine whose definition was checked before."""

from __future__ import annotations

import json

import boto3
from conftest import Rival
from contestants import REGION, ROLE, seconds

from sfn_mock import mock_sfn_executions
from sfn_mock.asl.checks import check_definition

MACHINES = 50
ONE_STATE = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})


def twenty_states() -> str:
    """A definition of tasks with Retry and Catch, choices with paths, and templates with intrinsic functions."""
    states: dict[str, object] = {"End": {"Type": "Succeed"}, "Broken": {"Type": "Fail", "Error": "Broken"}}
    for number in range(9):
        following = f"Charge{number + 1}" if number < 8 else "End"
        states[f"Charge{number}"] = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "charge", "Payload": {"id.$": "States.Format('{}', $.id)"}},
            "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 3}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Broken"}],
            "Next": f"Choose{number}",
        }
        states[f"Choose{number}"] = {
            "Type": "Choice",
            "Choices": [{"Variable": "$.Payload.total", "NumericGreaterThan": 100, "Next": following}],
            "Default": "Broken",
        }
    return json.dumps({"StartAt": "Charge0", "States": states})


TWENTY_STATES = twenty_states()


def create(definition: str) -> None:
    """Create machines that differ in their names only."""
    with mock_sfn_executions():
        client = boto3.client("stepfunctions", REGION)
        for number in range(MACHINES):
            client.create_state_machine(name=f"orders-{number}", definition=definition, roleArn=ROLE)


def test_creating_again(race):
    """A definition is checked once for each text: creating it again costs little more than one state does."""
    race(
        "creating a machine of twenty states, after the first",
        lambda: create(TWENTY_STATES),
        Rival("a machine of one state", lambda times: seconds(lambda: create(ONE_STATE), times), 1.5, times=3),
        times=3,
    )


def test_twenty_states_hold():
    """The measured definition is valid and has twenty states, so that the whole definition is checked."""
    assert len(json.loads(TWENTY_STATES)["States"]) == 20
    assert check_definition(TWENTY_STATES) == ()
