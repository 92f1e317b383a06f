"""The mock config of AWS Step Functions Local, unchanged: a file, and ``#Case`` in the ARN.

The production bug: the retrier gives up after one attempt, and the payment service needs two to come back. The case
``PaymentIsBackLater`` finds it without Docker, and the pauses between the attempts take no time.
"""

from __future__ import annotations

import json
from pathlib import Path

import boto3
import pytest

CONFIG = Path(__file__).with_name("MockConfigFile.json")


def definition(attempts):
    """The deployed definition, with a number of retries."""
    charge = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "charge", "Payload.$": "$"},
        "Retry": [{"ErrorEquals": ["Lambda.ServiceException"], "IntervalSeconds": 5, "MaxAttempts": attempts}],
        "ResultSelector": {"receipt.$": "$.Payload.receipt"},
        "Next": "Notify",
    }
    notify = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sns:publish",
        "Parameters": {"TopicArn": "arn:aws:sns:us-east-1:123456789012:orders", "Message.$": "$.receipt"},
        "ResultPath": None,
        "End": True,
    }
    return json.dumps({"StartAt": "Charge", "States": {"Charge": charge, "Notify": notify}})


pytestmark = pytest.mark.sfn_executions(execute=True, wait_scale=0)


def order(sfn, case, attempts=3):
    orders = sfn.add_state_machine("orders", definition=definition(attempts))
    sfn.load_mock_config(CONFIG)
    boto3.client("stepfunctions").start_execution(stateMachineArn=f"{orders.arn}#{case}", input='{"amount": 7}')
    return orders.executions[-1]


@pytest.mark.parametrize(
    ("case", "status", "output"),
    [
        pytest.param("HappyPath", "SUCCEEDED", '{"receipt":"r-1"}', id="happy path"),
        pytest.param("PaymentIsBackLater", "SUCCEEDED", '{"receipt":"r-3"}', id="payment is back later"),
        pytest.param("PaymentStaysAway", "FAILED", None, id="payment stays away"),
    ],
)
def test_cases(sfn_executions, case, status, output):
    """Each case of the file ends as it should."""
    run = order(sfn_executions, case)

    assert (run.status, run.output) == (status, output)


def test_a_retrier_that_gives_up_too_early(sfn_executions):
    """With one retry, the order fails if the service needs two."""
    run = order(sfn_executions, "PaymentIsBackLater", attempts=1)

    assert (run.status, run.error, run.visited) == ("FAILED", "Lambda.ServiceException", ["Charge"])
