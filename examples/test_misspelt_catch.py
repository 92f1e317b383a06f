"""A Catch that never fires, because its error has another name than the task's.

The production bug: the function raises ``CardDeclined``, and the definition catches ``CardDeclinedError``. Such a
definition is valid, so nobody notices until the first card is declined: then the execution fails instead of asking
the customer for another card. With the function's own handler in the test, the names must match.
"""

from __future__ import annotations

import json

import boto3
import pytest

# --- The code under test -------------------------------------------------------------------------------------------


class CardDeclined(Exception):
    pass


def charge(event, context):
    """The handler of the Lambda function."""
    if event["amount"] > 100:
        raise CardDeclined("over the limit")
    return {"charged": event["amount"]}


def definition(caught):
    """The deployed definition, with the name of the caught error."""
    charge_state = {
        "Type": "Task",
        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge",
        "Catch": [{"ErrorEquals": [caught], "Next": "AskForAnotherCard"}],
        "End": True,
    }
    ask = {"Type": "Pass", "Result": "asked for another card", "End": True}
    return json.dumps({"StartAt": "Charge", "States": {"Charge": charge_state, "AskForAnotherCard": ask}})


# --- Its tests -----------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.sfn_executions(execute=True)


def order(sfn, caught, amount):
    sfn.mock_lambda("charge", charge)
    orders = sfn.add_state_machine("orders", definition=definition(caught))
    client = boto3.client("stepfunctions")
    client.start_execution(stateMachineArn=orders.arn, input=json.dumps({"amount": amount}))
    return orders.executions[-1]


def test_a_card_that_is_good(sfn_executions):
    """Without an error nothing is caught."""
    assert order(sfn_executions, "CardDeclined", 7).output == '{"charged":7}'


def test_a_declined_card(sfn_executions):
    """The customer is asked for another card."""
    assert order(sfn_executions, "CardDeclined", 700).output == '"asked for another card"'


def test_the_misspelt_catch(sfn_executions):
    """An error with another name is not caught."""
    run = order(sfn_executions, "CardDeclinedError", 700)

    assert (run.status, run.error, run.visited) == ("FAILED", "CardDeclined", ["Charge"])
