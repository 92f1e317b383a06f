"""One state of a definition, tested by TestState with a mocked result, in JSONPath and in JSONata.

The production bugs: an Output that reads ``$states.result.charged``, although the result of `lambda:invoke` has a
Payload around it; a Retry that ends before the bank is back; a Catch that loses the order. The state is tested in the
deployed definition, without a state machine, function or execution. The mock is checked too: a result that the
service cannot return is refused.
"""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.exceptions import ClientError

# --- The code under test: the same state in both query languages ---------------------------------------------------

RETRY = [{"ErrorEquals": ["BankBusy"], "IntervalSeconds": 10, "BackoffRate": 3, "MaxAttempts": 3}]
JSONPATH = {
    "StartAt": "Charge",
    "States": {
        "Charge": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": "charge", "Payload": {"amount.$": "$.amount"}},
            "ResultSelector": {"id.$": "$.Payload.charged"},
            "ResultPath": "$.payment",
            "Retry": RETRY,
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Cancel"}],
            "Next": "Ship",
        },
        "Cancel": {"Type": "Fail", "Error": "Cancelled"},
        "Ship": {"Type": "Succeed"},
    },
}
JSONATA = {
    "QueryLanguage": "JSONata",
    "StartAt": "Charge",
    "States": {
        "Charge": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": "charge", "Payload": {"amount": "{% $states.input.amount %}"}},
            "Output": "{% $merge([$states.input, {'payment': {'id': $states.result.Payload.charged}}]) %}",
            "Retry": RETRY,
            "Catch": [
                {
                    "ErrorEquals": ["States.ALL"],
                    "Output": "{% $merge([$states.input, {'failure': $states.errorOutput}]) %}",
                    "Next": "Cancel",
                }
            ],
            "Next": "Ship",
        },
        "Cancel": {"Type": "Fail", "Error": "Cancelled"},
        "Ship": {"Type": "Succeed"},
    },
}

# --- Its tests -----------------------------------------------------------------------------------------------------

ORDER = {"order": 7, "amount": 100}
BUSY = {"errorOutput": {"error": "BankBusy", "cause": "try again later"}}

pytestmark = pytest.mark.parametrize(
    "definition", [pytest.param(JSONPATH, id="JSONPath"), pytest.param(JSONATA, id="JSONata")]
)


@pytest.fixture
def charge(sfn_executions, definition):
    """Test the state Charge with a mock; level DEBUG also shows the data after each step."""
    client = boto3.client("stepfunctions")
    if "mock" not in client.meta.service_model.operation_model("TestState").input_shape.members:
        pytest.skip("This version of boto3 does not know the mocks of TestState yet.")

    def charge(mock, retries=0):
        return client.test_state(
            definition=json.dumps(definition),
            stateName="Charge",
            input=json.dumps(ORDER),
            inspectionLevel="DEBUG",
            mock=mock,
            stateConfiguration={"retrierRetryCount": retries},
        )

    return charge


def test_a_charged_order(charge):
    """The function's answer is added to the order, which goes to Ship."""
    answer = charge({"result": json.dumps({"StatusCode": 200, "Payload": {"charged": "c-1"}})})

    assert (answer["status"], answer["nextState"]) == ("SUCCEEDED", "Ship")
    assert json.loads(answer["output"]) == {**ORDER, "payment": {"id": "c-1"}}


def test_what_the_function_gets(charge):
    """The function gets only the amount."""
    seen = charge({"result": '{"Payload": {"charged": "c-1"}}'})["inspectionData"]
    parameters = json.loads(seen.get("afterParameters") or seen["afterArguments"])

    assert parameters == {"FunctionName": "charge", "Payload": {"amount": 100}}


@pytest.mark.parametrize(("retries", "seconds"), [(0, 10), (1, 30), (2, 90)])
def test_a_busy_bank(charge, retries, seconds):
    """The bank is asked again after ten, thirty and ninety seconds."""
    answer = charge(BUSY, retries)

    assert answer["status"] == "RETRIABLE"
    assert answer["inspectionData"]["errorDetails"] == {"retryIndex": 0, "retryBackoffIntervalSeconds": seconds}


def test_a_bank_that_stays_busy(charge):
    """After the third retry the order is cancelled, and its data is kept."""
    answer = charge(BUSY, retries=3)

    assert (answer["status"], answer["nextState"]) == ("CAUGHT_ERROR", "Cancel")
    assert json.loads(answer["output"]) == {
        **ORDER,
        "failure": {"Error": "BankBusy", "Cause": "try again later"},
    }


def test_a_result_that_the_service_cannot_give(charge):
    """A mock is compared with the service's API: StatusCode is a number."""
    with pytest.raises(ClientError, match="Field 'StatusCode' must be a number"):
        charge({"result": '{"StatusCode": "200"}'})
