"""A function that checks whether its state machine is running, and finds the execution that invoked it.

The production bug: the first state of the import invokes a function that lists the RUNNING executions, and skips the
import if there is one. There is always one: the execution that invoked the function. The import never runs, and no
execution fails.
"""

from __future__ import annotations

import json

import boto3
import pytest
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------


def is_busy(event, context):
    """The handler of the Lambda function: whether another import is running."""
    client = boto3.client("stepfunctions")
    running = client.list_executions(stateMachineArn=event["machine"], statusFilter="RUNNING")["executions"]
    return any(execution["executionArn"] != event["execution"] for execution in running)


def is_busy_naively(event, context):
    client = boto3.client("stepfunctions")
    return bool(client.list_executions(stateMachineArn=event["machine"], statusFilter="RUNNING")["executions"])


DEFINITION = {
    "StartAt": "IsBusy",
    "States": {
        "IsBusy": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {
                "FunctionName": "is-busy",
                "Payload": {"machine.$": "$$.StateMachine.Id", "execution.$": "$$.Execution.Id"},
            },
            "Next": "Decide",
        },
        "Decide": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.Payload", "BooleanEquals": True, "Next": "Skip"}],
            "Default": "Import",
        },
        "Skip": {"Type": "Pass", "Result": "skipped", "End": True},
        "Import": {"Type": "Wait", "Seconds": 3600, "Next": "Done"},
        "Done": {"Type": "Pass", "Result": "imported", "End": True},
    },
}


# --- Its tests -----------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.sfn_executions(execute=True)


@pytest.fixture
def imports(sfn_executions):
    return sfn_executions.add_state_machine("imports", definition=json.dumps(DEFINITION))


def start(imports):
    boto3.client("stepfunctions").start_execution(stateMachineArn=imports.arn)
    return imports.executions[-1]


def test_two_imports(sfn_executions, imports):
    """The first import runs; the second one, half an hour later, is skipped."""
    sfn_executions.mock_lambda("is-busy", is_busy)
    with freeze_time("2026-01-10 03:00:00") as clock:
        first = start(imports)
        clock.tick(1800)
        second = start(imports)
        clock.tick(1800)

        assert (first.output, second.output) == ('"imported"', '"skipped"')


def test_the_naive_guard_finds_itself(sfn_executions, imports):
    """The only import finds itself and is skipped."""
    sfn_executions.mock_lambda("is-busy", is_busy_naively)

    assert start(imports).output == '"skipped"'
