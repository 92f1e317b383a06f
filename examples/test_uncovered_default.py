"""A definition with a Default branch that no test has taken.

The production bug: an order of an unexpected kind goes by Default to a state that does the wrong thing. All tests
pass, because none has such an order. Coverage of the definition shows the branch; for a whole suite, ``pytest
--sfn-coverage --sfn-coverage-fail-under=100`` fails until a test takes it.
"""

from __future__ import annotations

import json

import boto3
import pytest

DEFINITION = {
    "StartAt": "Route",
    "States": {
        "Route": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.kind", "StringEquals": "parcel", "Next": "Ship"},
                {"Variable": "$.kind", "StringEquals": "download", "Next": "Mail"},
            ],
            "Default": "Refuse",
        },
        "Ship": {"Type": "Pass", "Result": "by post", "End": True},
        "Mail": {"Type": "Pass", "Result": "by mail", "End": True},
        "Refuse": {"Type": "Fail", "Error": "UnknownKind"},
    },
}


@pytest.fixture
def orders(sfn_executions):
    return sfn_executions.add_state_machine("orders", definition=json.dumps(DEFINITION))


def deliver(orders, kind):
    client = boto3.client("stepfunctions")
    client.start_execution(stateMachineArn=orders.arn, input=json.dumps({"kind": kind}))
    return orders.executions[-1]


@pytest.mark.sfn_executions(execute=True)
def test_what_the_happy_paths_leave_out(orders):
    """After two good tests, a third of the definition has not run."""
    assert deliver(orders, "parcel").output == '"by post"'
    assert deliver(orders, "download").output == '"by mail"'

    assert orders.coverage().missed == ["Route: Default -> Refuse", "Refuse"]


@pytest.mark.sfn_executions(execute=True)
def test_the_missing_case(orders):
    """With an order of an unknown kind, the branch is taken."""
    run = deliver(orders, "ladder")

    assert (run.status, run.error) == ("FAILED", "UnknownKind")
    assert orders.coverage().taken == ["Route", "Route: Default -> Refuse", "Refuse"]
