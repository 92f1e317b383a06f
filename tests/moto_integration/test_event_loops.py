"""Rules of EventBridge whose targets change executions: to any depth, but not without end during one call."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import boto3
import pytest
from moto import mock_aws

from sfn_mock import NestingError, mock_sfn_executions
from sfn_mock.state import nesting

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
ACCOUNT = "123456789012"
MACHINES = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:next"
DONE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}

pytestmark = pytest.mark.usefixtures("clock")


def sentence(name, count):
    return (
        f"{MACHINES}{name} keeps causing its own status changes at 2026-01-10T03:00:00.000Z: one change has led to "
        f"{count} others through rules of EventBridge. Let the patterns of the rules match fewer changes."
    )


@pytest.fixture
def limit(monkeypatch):
    """How many changes of a state machine another one may lead to: fewer than usual, to be quick."""
    monkeypatch.setattr(nesting, "_MOST_REPEATS", 40)
    return 40


@pytest.fixture(params=[True, False], ids=["definitions run", "definitions do not run"])
def is_running(request):
    """Whether definitions run."""
    return request.param


@pytest.fixture
def sfn(is_running, clock):
    with mock_aws(), mock_sfn_executions(execute=is_running) as sfn:
        yield sfn


@pytest.fixture
def add_machine(sfn, is_running):
    """Adds a state machine whose executions succeed at once."""

    def add_machine(name):
        machine = sfn.add_state_machine(name, definition=DONE)
        if not is_running:
            machine.on_start(status="SUCCEEDED", duration="0s")
        return machine

    return add_machine


def add_rule(target, **detail):
    """Send status changes with these details to a target."""
    events = boto3.client("events")
    pattern = {"source": ["aws.states"], "detail": {name: [value] for name, value in detail.items()}}
    name = target.rpartition(":")[2]
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    role = f"arn:aws:iam::{ACCOUNT}:role/rules"
    events.put_targets(Rule=name, Targets=[{"Id": "target", "Arn": target, "RoleArn": role}])


def test_a_workflow_that_its_own_changes_start(client, add_machine, limit):
    """The call that made the first change raises an error that names the state machine; all executions are whole."""
    orders = add_machine("orders")
    add_rule(orders.arn, status="SUCCEEDED")
    with pytest.raises(NestingError) as error:
        client.start_execution(stateMachineArn=orders.arn)
    runs = list(orders.executions)

    assert str(error.value) == sentence("orders", limit)
    # The first end has led to the start and the end of twenty others, and to the execution whose start is too much.
    assert [run.status for run in runs] == ["SUCCEEDED"] * (1 + limit // 2 + 1)


def test_later_calls_continue_no_loop(client, add_machine, limit):
    """After the error nothing is left to send; the next change begins anew."""
    orders, other = add_machine("orders"), add_machine("other")
    add_rule(orders.arn, status="SUCCEEDED", stateMachineArn=orders.arn)
    with pytest.raises(NestingError):
        client.start_execution(stateMachineArn=orders.arn)
    started = len(orders.executions)
    client.start_execution(stateMachineArn=other.arn)

    assert len(orders.executions) == started


def test_two_workflows_that_start_each_other(client, add_machine, limit):
    """The first state machine that has caused its own changes too often, through another one, is in the error."""
    ping, pong = add_machine("ping"), add_machine("pong")
    add_rule(ping.arn, status="SUCCEEDED", stateMachineArn=pong.arn)
    add_rule(pong.arn, status="SUCCEEDED", stateMachineArn=ping.arn)
    with pytest.raises(NestingError) as error:
        client.start_execution(stateMachineArn=ping.arn)

    assert str(error.value) == sentence("ping", limit)


@pytest.mark.parametrize("is_running", [True])
def test_a_function_that_starts_a_workflow_again(client, sfn, add_machine, limit):
    """A function that a rule invokes may start the loop too: the test gets the error, not the function's caller."""
    orders = add_machine("orders")
    sfn.mock_lambda("next", lambda event, context: client.start_execution(stateMachineArn=orders.arn))
    add_rule(FUNCTION, status="SUCCEEDED")
    with pytest.raises(NestingError) as error:
        client.start_execution(stateMachineArn=orders.arn)

    assert str(error.value) == sentence("orders", limit)


@pytest.mark.parametrize("is_running", [True])
def test_a_long_chain(client, sfn, add_machine):
    """A function that starts an execution whenever another one has ended may do so many times during one call."""
    orders = add_machine("orders")

    def start_next(event, context):
        left = json.loads(event["detail"]["input"])["left"]
        if left:
            client.start_execution(stateMachineArn=orders.arn, input=json.dumps({"left": left - 1}))

    sfn.mock_lambda("next", start_next)
    add_rule(FUNCTION, status="SUCCEEDED")
    client.start_execution(stateMachineArn=orders.arn, input='{"left": 200}')

    assert [(run.status, json.loads(run.input)["left"]) for run in orders.executions] == [
        ("SUCCEEDED", left) for left in range(200, -1, -1)
    ]


def test_many_changes_of_another_workflow(add_machine, limit):
    """Changes that calls make one after the other are no chain, whatever they start."""
    orders, other = add_machine("orders"), add_machine("other")
    runs = orders.add_executions(2 * limit, status="RUNNING")
    add_rule(other.arn, status="ABORTED")
    for run in runs:
        run.abort()

    assert [run.status for run in other.executions] == ["SUCCEEDED"] * 2 * limit
