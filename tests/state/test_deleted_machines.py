"""Executions whose definitions run while DeleteStateMachine deletes their state machine."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from answers import event_types

from sfn_mock import TaskError

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
PREFIX = "arn:aws:states:us-east-1:123456789012"
ARN = f"{PREFIX}:stateMachine:orders"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function"
HOLD = {"Type": "Wait", "Seconds": 60}
LAST = {**HOLD, "End": True}
CHARGE = {"Type": "Task", "Resource": f"{FUNCTION}:charge", "End": True}
THEN_CHARGE = {"Hold": {**HOLD, "Next": "Charge"}, "Charge": CHARGE}


def sequence(states):
    return {"StartAt": next(iter(states)), "States": states}


def distributed(states, **more):
    """A Distributed Map whose children run these states."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    return {"Type": "Map", "Label": "Items", "ItemProcessor": {"ProcessorConfig": config, **sequence(states)}, **more}


@pytest.fixture
def charges(sfn):
    """The calls of the function `charge`."""
    calls = []
    sfn.mock_lambda("charge", lambda event, context: calls.append(event))
    return calls


@pytest.fixture
def start(sfn, client):
    """Start an execution of the given states, and return its ARN."""

    def start(states, type="STANDARD"):
        sfn.add_state_machine("orders", type=type, definition=sequence(states))
        return client.start_execution(stateMachineArn=ARN, name="nightly", input="[1, 2]")["executionArn"]

    return start


@pytest.fixture
def held(sfn, start):
    """Start an execution of the given states, and return its view; a seed keeps the machine DELETING for an hour."""

    def held(states):
        arn = start(states)
        sfn.get_state_machine(ARN).add_execution("seed", status="SUCCEEDED", duration="1h")
        return sfn.get_execution(arn)

    return held


@pytest.mark.parametrize(
    "states",
    [
        pytest.param(THEN_CHARGE, id="next state"),
        pytest.param(
            {"All": {"Type": "Parallel", "Branches": [sequence(THEN_CHARGE)], "End": True}}, id="within a branch"
        ),
        pytest.param(
            {"Each": distributed({"Hold": LAST}, Next="Charge"), "Charge": CHARGE}, id="after the child executions"
        ),
        pytest.param({"Each": distributed(THEN_CHARGE, End=True)}, id="within child executions"),
        pytest.param({"Each": distributed({"Hold": LAST}, MaxConcurrency=1, End=True)}, id="first state of a child"),
    ],
)
def test_next_state_transition(clock, client, held, charges, states):
    """An execution of a deleted machine is ABORTED instead of its next state transition, with its child executions."""
    run = held(states)
    clock.tick(30)
    client.delete_state_machine(stateMachineArn=ARN)
    clock.tick(29)
    before = run.status
    clock.tick(31)

    assert (before, run.status, run.stop_date, run.error) == ("RUNNING", "ABORTED", NOW + timedelta(seconds=60), None)
    assert event_types(client, run)[-1] == "ExecutionAborted"
    assert {child.status for batch in run.map_runs for child in batch.executions} <= {"SUCCEEDED", "ABORTED"}

    clock.move_to(NOW)
    assert run.status == "RUNNING"
    clock.move_to(NOW + timedelta(minutes=59))
    assert (run.status, run.stop_date) == ("ABORTED", NOW + timedelta(seconds=60))
    clock.move_to(NOW + timedelta(hours=1))
    assert client.list_state_machines()["stateMachines"] == []
    assert charges == []


def test_other_way_after_the_deletion(clock, sfn, client, held, charges):
    """If the clock went back and the execution continues in another way, it is ABORTED at that next transition."""
    ask = {"Type": "Task", "Resource": f"{PREFIX}:activity:pack"}
    activity = client.create_activity(name="pack")["activityArn"]
    run = held({"Ask": {**ask, "Next": "Hold"}, **THEN_CHARGE})
    token = client.get_activity_task(activityArn=activity)["taskToken"]
    clock.tick(30)
    client.send_task_success(taskToken=token, output="1")
    clock.tick(30)
    client.delete_state_machine(stateMachineArn=ARN)
    clock.move_to(NOW + timedelta(seconds=20))
    client.send_task_success(taskToken=token, output="2")

    assert (run.status, run.stop_date) == ("ABORTED", NOW + timedelta(seconds=20))
    assert charges == []


def test_last_state(clock, sfn, client, held):
    """An execution of a deleted machine that only retries its last state ends as its definition says."""
    outcomes = iter([TaskError("Declined"), TaskError("Declined")])

    def pay(event, context):
        for error in outcomes:
            raise error

    sfn.mock_lambda("pay", pay)
    retry = [{"ErrorEquals": ["Declined"], "IntervalSeconds": 30, "BackoffRate": 1}]
    run = held({"Pay": {"Type": "Task", "Resource": f"{FUNCTION}:pay", "Retry": retry, "End": True}})
    client.delete_state_machine(stateMachineArn=ARN)
    clock.tick(60)

    assert (run.status, run.stop_date) == ("SUCCEEDED", NOW + timedelta(seconds=60))


def test_task_that_deletes_its_machine(client, sfn, start, charges):
    """A task that deletes its own machine is the last one of its execution."""

    def remove(event, context):
        client.delete_state_machine(stateMachineArn=ARN)

    sfn.mock_lambda("remove", remove)
    start({"Remove": {"Type": "Task", "Resource": f"{FUNCTION}:remove", "Next": "Charge"}, "Charge": CHARGE})

    assert client.list_state_machines()["stateMachines"] == []
    assert charges == []


def test_express_machine(clock, client, start, charges):
    """An execution of a deleted EXPRESS machine runs to its end."""
    start(THEN_CHARGE, type="EXPRESS")
    client.delete_state_machine(stateMachineArn=ARN)
    clock.tick(60)

    assert client.list_state_machines()["stateMachines"] == []
    assert len(charges) == 1
