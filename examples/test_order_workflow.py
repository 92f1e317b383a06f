"""An order workflow whose definition runs: a Choice, a Retry and a Catch.

The production bug: an order that the bank declines is retried as if the bank were busy, so the customer waits for a
minute and the order is FAILED instead of cancelled. Each path is one test, with the bank's answers in one line.
"""

from __future__ import annotations

import json

import boto3
import pytest
from freezegun import freeze_time

DEFINITION = {
    "StartAt": "IsFree",
    "States": {
        "IsFree": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.amount", "NumericEquals": 0, "Next": "Ship"}],
            "Default": "Charge",
        },
        "Charge": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "charge", "Payload.$": "$"},
            "ResultPath": "$.payment",
            "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 10, "MaxAttempts": 2}],
            "Catch": [{"ErrorEquals": ["Declined"], "ResultPath": "$.refusal", "Next": "Cancel"}],
            "Next": "Ship",
        },
        "Ship": {"Type": "Pass", "Result": "shipped", "ResultPath": "$.order", "End": True},
        "Cancel": {"Type": "Pass", "Result": "cancelled", "ResultPath": "$.order", "End": True},
    },
}


@pytest.fixture
def orders(sfn_executions):
    return sfn_executions.add_state_machine("orders", definition=json.dumps(DEFINITION))


def place_order(client, orders, amount: int) -> str:
    answer = client.start_execution(stateMachineArn=orders.arn, input=json.dumps({"amount": amount}))
    return answer["executionArn"]


def entered(client, arn: str) -> list[str]:
    """Return the states that an execution entered, from its history."""
    events = client.get_execution_history(executionArn=arn)["events"]
    return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]


@pytest.mark.sfn_executions(execute=True)
def test_a_free_order_is_not_charged(orders):
    """An order without an amount goes directly to shipping."""
    client = boto3.client("stepfunctions")
    arn = place_order(client, orders, amount=0)
    [listed] = client.list_executions(stateMachineArn=orders.arn)["executions"]

    assert listed["status"] == "SUCCEEDED"
    assert entered(client, arn) == ["IsFree", "Ship"]


@pytest.mark.sfn_executions(execute=True)
def test_a_busy_bank_is_asked_again(orders):
    """The order is shipped ten seconds later, and is RUNNING until then."""
    orders.mock_task("Charge", [{"error": "Busy"}, {"result": {"Payload": {"charged": 120}}}])
    with freeze_time("2026-01-10T12:00:00Z") as clock:
        client = boto3.client("stepfunctions")
        arn = place_order(client, orders, amount=120)
        at_once = client.list_executions(stateMachineArn=orders.arn)["executions"][0]["status"]
        clock.tick(10)
        listed = client.list_executions(stateMachineArn=orders.arn)["executions"][0]
        types = [event["type"] for event in client.get_execution_history(executionArn=arn)["events"]]

    assert (at_once, listed["status"]) == ("RUNNING", "SUCCEEDED")
    assert (listed["stopDate"] - listed["startDate"]).total_seconds() == 10
    assert (types.count("TaskFailed"), types.count("TaskSucceeded")) == (1, 1)


@pytest.mark.sfn_executions(execute=True)
def test_a_declined_order_is_cancelled_at_once(orders):
    """The error is caught at once, and the execution succeeds: the order is cancelled."""
    orders.mock_task("Charge", error="Declined", cause="no funds")
    client = boto3.client("stepfunctions")
    arn = place_order(client, orders, amount=120)
    output = json.loads(client.describe_execution(executionArn=arn)["output"])

    assert entered(client, arn) == ["IsFree", "Charge", "Cancel"]
    assert output == {
        "amount": 120,
        "refusal": {"Error": "Declined", "Cause": "no funds"},
        "order": "cancelled",
    }
    assert client.list_executions(stateMachineArn=orders.arn, statusFilter="FAILED")["executions"] == []
