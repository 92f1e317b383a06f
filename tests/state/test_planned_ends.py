"""Child executions of a parent whose end is known in advance, or is assigned."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import boto3
import pytest

from sfn_mock import mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, 0, 250000, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("clock")


def stand(batch):
    """Status and stop date of a map run and of each child."""
    return [(run.status, run.stop_date) for run in (batch, *batch.executions)]


def redriven_with_a_time_limit(sfn, client):
    """Redrive an execution that is TIMED_OUT two minutes later."""
    definition = {"TimeoutSeconds": 120, "StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    machine = sfn.add_state_machine("limited", definition=json.dumps(definition))
    return redriven(machine, client)


def redriven_with_a_plan(sfn, client):
    """Redrive an execution that fails two minutes later."""
    machine = sfn.add_state_machine("planned")
    machine.on_redrive(status="TIMED_OUT", duration=2 * MINUTE)
    return redriven(machine, client)


def redriven(machine, client):
    parent = machine.add_execution("nightly", status="FAILED", start_date=-MINUTE)
    batch = parent.add_map_run("Files")
    batch.add_execution(status="FAILED")
    client.redrive_execution(executionArn=parent.arn)
    return batch


def assigned(sfn, client):
    """Assign a stop date to come, and a status."""
    parent = sfn.add_state_machine("assigned").add_execution(status="RUNNING", start_date=-MINUTE)
    batch = parent.add_map_run("Files")
    batch.add_execution(status="RUNNING")
    parent.stop_date = 2 * MINUTE
    parent.status = "TIMED_OUT"
    return batch


def without_a_heartbeat(sfn, client):
    """Let an execution wait for a task whose heartbeat is missed."""
    parent = sfn.add_state_machine("waiting").add_execution(status="RUNNING", start_date=-MINUTE)
    batch = parent.add_map_run("Files")
    batch.add_execution(status="RUNNING")
    parent.wait_for_task(heartbeat=2 * MINUTE)
    return batch


@pytest.mark.parametrize("make", [redriven_with_a_time_limit, redriven_with_a_plan, assigned, without_a_heartbeat])
def test_a_planned_end_aborts_running_children(sfn, client, clock, make):
    """A child that runs when its parent ends by itself is ABORTED at that moment, and not before."""
    batch = make(sfn, client)
    clock.move_to(NOW + 2 * MINUTE - timedelta(milliseconds=1))
    assert stand(batch) == [("RUNNING", None)] * 2

    clock.tick(HOUR)

    assert stand(batch) == [("ABORTED", NOW + 2 * MINUTE)] * 2


@pytest.fixture
def parent(sfn):
    """An execution that runs."""
    return sfn.add_state_machine("orders").add_execution(status="RUNNING", start_date=-10 * MINUTE)


@pytest.fixture
def batch(parent):
    """Children that run, end before and after two minutes, start after and before them, and wait for a redrive."""
    batch = parent.add_map_run("Files")
    batch.add_execution(status="RUNNING")
    batch.add_execution(status="SUCCEEDED", duration=11 * MINUTE)
    batch.add_execution(status="SUCCEEDED", duration=20 * MINUTE)
    with pytest.warns(match="is after now"):
        batch.add_execution(status="SUCCEEDED", start_date=3 * MINUTE)
    with pytest.warns(match="is after now"):
        batch.add_execution(status="RUNNING", start_date=MINUTE)
    batch.add_execution(status="PENDING_REDRIVE")
    return batch


def test_each_child_ends_as_the_planned_end_says(parent, batch, clock):
    """What has ended stays, what runs is ABORTED, what starts later never does, and what waits has FAILED."""
    parent.stop_date = 2 * MINUTE
    parent.status = "SUCCEEDED"
    clock.tick(HOUR)

    assert stand(batch) == [
        ("ABORTED", NOW + 2 * MINUTE),
        ("ABORTED", NOW + 2 * MINUTE),
        ("SUCCEEDED", NOW + MINUTE),
        ("ABORTED", NOW + 2 * MINUTE),
        (None, None),
        ("ABORTED", NOW + 2 * MINUTE),
        ("FAILED", NOW - 10 * MINUTE),
    ]


@pytest.mark.parametrize("stop", [pytest.param(30 * MINUTE, id="later"), pytest.param(None, id="none")])
def test_a_planned_end_that_changes(parent, batch, clock, stop):
    """Children that were to be ABORTED run on when their parent does; those that were to start stay away."""
    parent.stop_date = 2 * MINUTE
    parent.status = "SUCCEEDED"
    parent.stop_date = stop
    clock.tick(10 * MINUTE)

    assert [status for status, _ in stand(batch)] == [
        *("RUNNING", "RUNNING", "SUCCEEDED", "RUNNING"),
        *(None, "RUNNING", "PENDING_REDRIVE"),
    ]


def test_a_parent_with_an_assigned_end(parent, batch):
    """A stop date in the past ends its running children at that date; a child that is yet to start never does."""
    parent.stop_date = -MINUTE
    parent.status = "SUCCEEDED"

    assert stand(batch) == [
        ("ABORTED", NOW - MINUTE),
        ("ABORTED", NOW - MINUTE),
        ("ABORTED", NOW - MINUTE),
        ("ABORTED", NOW - MINUTE),
        (None, None),
        (None, None),
        ("FAILED", NOW - 10 * MINUTE),
    ]


def test_a_parent_that_ends_as_it_starts(sfn, clock):
    """Children of a parent that has not started, and whose end is assigned, never start."""
    with pytest.warns(match="is after now"):
        parent = sfn.add_state_machine("orders").add_execution(status="RUNNING", start_date=MINUTE)
    batch = parent.add_map_run("Files")
    batch.add_execution(status="SUCCEEDED", duration=MINUTE)
    parent.status = "FAILED"
    clock.tick(HOUR)

    assert (parent.status, parent.stop_date) == ("FAILED", NOW + MINUTE)
    assert stand(batch) == [("ABORTED", NOW + MINUTE), (None, None)]


def test_an_assigned_status_at_the_start(sfn, client):
    """A closing status that is assigned at the moment of the start ends map runs of a seeded status too."""
    parent = sfn.add_state_machine("orders").add_execution(status="RUNNING")
    batch = parent.add_map_run("Files", status="FAILED", stop_date=2 * MINUTE)
    parent.status = "FAILED"
    described = client.describe_map_run(mapRunArn=batch.arn)

    assert (described["status"], described["stopDate"]) == ("ABORTED", NOW)


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda client, parent: client.stop_execution(executionArn=parent.arn), id="StopExecution"),
        pytest.param(lambda client, parent: parent.fail(), id="fail"),
        pytest.param(lambda client, parent: setattr(parent, "status", "TIMED_OUT"), id="assigned status"),
    ],
)
def test_a_parent_that_did_not_end(client, parent, batch, clock, end):
    """If the clock moves back and the parent is made RUNNING then, children run on that would have ended with it."""
    clock.tick(2 * MINUTE)
    end(client, parent)
    ended = [status for status, _ in stand(batch)]
    clock.move_to(NOW + MINUTE)
    parent.status = "RUNNING"
    clock.tick(HOUR)

    assert ended == ["ABORTED", "ABORTED", "SUCCEEDED", "ABORTED", None, "ABORTED", "FAILED"]
    assert parent.status == "RUNNING"
    assert [status for status, _ in stand(batch)] == [
        *("RUNNING", "RUNNING", "SUCCEEDED", "RUNNING"),
        *(None, "RUNNING", "PENDING_REDRIVE"),
    ]


def test_a_child_that_was_to_fail_in_a_state(sfn, client, clock):
    """A child that runs on after the parent did not end keeps the route of its history."""
    processor = {"StartAt": "Ship", "States": {"Ship": {"Type": "Wait", "Seconds": 9, "End": True}}}
    each = {"Type": "Map", "Label": "Files", "ItemProcessor": processor, "End": True}
    processor["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    machine = sfn.add_state_machine("orders", definition={"StartAt": "Each", "States": {"Each": each}})
    parent = machine.add_execution(status="RUNNING", start_date=-MINUTE)
    child = parent.add_map_run("Files").add_execution(status="FAILED", duration=HOUR, failed_in="Ship")
    clock.tick(2 * MINUTE)
    parent.abort()
    clock.move_to(NOW + MINUTE)
    parent.status = "RUNNING"
    clock.tick(2 * MINUTE)
    child.fail("Lost")
    events = client.get_execution_history(executionArn=child.arn)["events"]

    assert [event["type"] for event in events] == ["ExecutionStarted", "WaitStateEntered", "ExecutionFailed"]


@pytest.mark.parametrize(
    ("seeded", "now"),
    [pytest.param("FAILED", "FAILED", id="ended"), pytest.param("PENDING_REDRIVE", "FAILED", id="waits for a redrive")],
)
def test_children_that_ended_before_an_assigned_end(parent, clock, seeded, now):
    """A stop date in the past does not change what children did until now, also if the clock then moves back."""
    batch = parent.add_map_run("Files")
    child = batch.add_execution(status=seeded, duration=8 * MINUTE)
    parent.stop_date = -5 * MINUTE
    parent.status = "ABORTED"
    shown = (child.status, child.stop_date)
    clock.move_to(NOW - 3 * MINUTE)

    assert shown == (now, NOW - 2 * MINUTE)
    assert (parent.status, child.status) == ("ABORTED", "RUNNING")


def test_children_that_ended_stay_ended(parent, batch, clock):
    """Children that have ended with their parent stay so when it is made RUNNING again."""
    parent.stop_date = 2 * MINUTE
    parent.status = "SUCCEEDED"
    clock.tick(3 * MINUTE)
    parent.status = "RUNNING"

    assert batch.status == "RUNNING"
    assert [child.status for child in batch.executions] == [
        *("ABORTED", "SUCCEEDED", "ABORTED", None, "ABORTED", "FAILED"),
    ]


def test_a_map_run_of_seeded_status_does_not_change(parent, clock):
    """Its own dates say when its children end; a later map run without a status ends with its parent."""
    batch = parent.add_map_run("Own", status="SUCCEEDED", stop_date=5 * MINUTE)
    batch.add_execution(status="SUCCEEDED", stop_date=4 * MINUTE)
    other = parent.add_map_run("Other")
    other.add_execution(status="RUNNING")
    parent.stop_date = 2 * MINUTE
    parent.status = "SUCCEEDED"

    assert stand(batch) == [("RUNNING", None)] * 2
    clock.tick(2 * MINUTE)
    assert stand(other) == [("ABORTED", NOW + 2 * MINUTE)] * 2


def test_children_of_a_running_definition_are_its_own():
    """A run of a definition ends its children itself, when it is stopped, and redrives them."""
    step = {"Type": "Wait", "Seconds": 600, "End": True}
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Pause",
        "States": {"Pause": step},
    }
    each = {"Type": "Map", "Label": "Each", "ItemProcessor": processor, "End": True}
    definition = json.dumps({"StartAt": "Each", "States": {"Each": each}})
    with mock_sfn_executions(execute=True) as sfn:
        machine = sfn.add_state_machine("orders", definition=definition)
        boto3.client("stepfunctions", "us-east-1").start_execution(stateMachineArn=machine.arn, input="[1]")
        [parent] = machine.executions
        [batch] = parent.map_runs
        parent.stop_date = MINUTE
        assert stand(batch) == [("RUNNING", None)] * 2

        parent.stop_date = timedelta(0)
        parent.status = "FAILED"

        assert stand(batch) == [("ABORTED", NOW)] * 2

        parent.redrive()

        assert stand(batch) == [("RUNNING", None)] * 2
