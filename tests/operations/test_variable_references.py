"""``variableReferences`` of the operations that describe a state machine."""

from __future__ import annotations

import json

import pytest
from answers import needs_member

from sfn_mock import mock_sfn_executions
from sfn_mock.operations.definition_checks import find_variable_references

USES = {
    "QueryLanguage": "JSONata",
    "StartAt": "Set",
    "States": {
        "Set": {"Type": "Pass", "Assign": {"amount": 1}, "Next": "Use"},
        "Use": {"Type": "Pass", "Output": "{% $amount %}", "End": True},
    },
}


@pytest.fixture
def sfn():
    with mock_sfn_executions() as sfn:
        yield sfn


@needs_member("DescribeStateMachine", "variableReferences")
def test_both_operations_show_them(sfn, client):
    """DescribeStateMachine and DescribeStateMachineForExecution list the variables that each state uses."""
    orders = sfn.add_state_machine("orders", definition=json.dumps(USES))
    run = orders.add_execution(status="RUNNING")
    answers = [
        client.describe_state_machine(stateMachineArn=orders.arn),
        client.describe_state_machine_for_execution(executionArn=run.arn),
    ]

    assert [answer["variableReferences"] for answer in answers] == [{"Use": ["amount"]}] * 2


@needs_member("DescribeStateMachine", "variableReferences")
def test_the_answer_is_a_copy(sfn, client):
    """If a caller changes its answer, other answers do not change."""
    orders = sfn.add_state_machine("orders", definition=json.dumps(USES))
    client.describe_state_machine(stateMachineArn=orders.arn)["variableReferences"]["Use"].clear()

    assert client.describe_state_machine(stateMachineArn=orders.arn)["variableReferences"] == {"Use": ["amount"]}


@pytest.mark.parametrize(
    ("definition", "arguments"),
    [
        pytest.param('{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}', {}, id="no variables"),
        pytest.param(json.dumps(USES), {"includedData": "METADATA_ONLY"}, id="without data"),
    ],
)
def test_definition_without_variables(sfn, client, definition, arguments):
    """The member is absent if no state refers to a variable, and with METADATA_ONLY."""
    orders = sfn.add_state_machine("orders", definition=definition)

    assert "variableReferences" not in client.describe_state_machine(stateMachineArn=orders.arn, **arguments)


def test_a_definition_that_aws_would_refuse():
    """A definition with faults has no variable references."""
    assert find_variable_references('{"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$a["}}}') is None
