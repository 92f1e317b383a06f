"""A definition in JSONata with variables that runs in the test.

The production bug: the discount is computed from the output of the state before, which no longer has the customer. A
variable that is assigned once is available in all later states.
"""

from __future__ import annotations

import json

import boto3
import pytest

DEFINITION = {
    "QueryLanguage": "JSONata",
    "StartAt": "Read",
    "States": {
        "Read": {
            "Type": "Pass",
            "Assign": {"customer": "{% $states.input.customer %}"},
            "Output": {"total": "{% $sum($states.input.lines.(price * quantity)) %}"},
            "Next": "IsRegular",
        },
        "IsRegular": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $customer.orders >= 10 %}", "Assign": {"rate": 0.1}, "Next": "Discount"}],
            "Assign": {"rate": 0},
            "Default": "Discount",
        },
        "Discount": {
            "Type": "Pass",
            "Output": {"name": "{% $customer.name %}", "to_pay": "{% $states.input.total * (1 - $rate) %}"},
            "End": True,
        },
    },
}
LINES = [{"price": 30, "quantity": 2}, {"price": 40, "quantity": 1}]


@pytest.mark.sfn_executions(execute=True)
@pytest.mark.parametrize(("orders", "to_pay"), [(3, 100), (10, 90)], ids=["new customer", "regular customer"])
def test_discount(sfn_executions, orders, to_pay):
    """Regular customers get a discount of ten percent."""
    machine = sfn_executions.add_state_machine("discounts", definition=json.dumps(DEFINITION))
    client = boto3.client("stepfunctions")
    order = {"customer": {"name": "Ada", "orders": orders}, "lines": LINES}
    arn = client.start_execution(stateMachineArn=machine.arn, input=json.dumps(order))["executionArn"]
    output = json.loads(client.describe_execution(executionArn=arn)["output"])

    assert output == {"name": "Ada", "to_pay": to_pay}
