"""``retention``: closed executions vanish this long after their stop, and their names are free."""

from __future__ import annotations

import json
from datetime import timedelta

import boto3
import pytest
from answers import refusal

from sfn_mock import SeedWarning, mock_sfn_executions

NOW = "2026-01-10T03:00:00Z"
PREFIX = "arn:aws:states:us-east-1:123456789012"
NIGHTLY = f"{PREFIX}:execution:orders:nightly"
LAST_MOMENT = "2026-04-10 02:59:59.999"
GONE = "2026-04-10 03:00:00"


@pytest.fixture
def sfn(clock):
    with mock_sfn_executions(retention=timedelta(days=90)) as sfn:
        yield sfn


def listed(client, **arguments):
    arguments = arguments or {"stateMachineArn": f"{PREFIX}:stateMachine:orders"}
    return [run["name"] for run in client.list_executions(**arguments)["executions"]]


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"])
def test_a_closed_execution_is_listed_during_the_retention(clock, orders, client, status):
    """The retention counts from the stop, in milliseconds, also if the clock goes back."""
    orders.add_execution("nightly", status=status, start_date="2026-01-01T03:00:00Z", stop_date="2026-01-10T03:00:00Z")
    seen = []
    for moment in (LAST_MOMENT, GONE, "2027-01-01", LAST_MOMENT, GONE):
        clock.move_to(moment)
        seen.append(listed(client))

    assert seen == [["nightly"], [], [], ["nightly"], []]


def test_a_name_is_used_again(clock, orders, client):
    """When an execution has vanished, another one can have its name."""
    orders.add_execution("nightly", status="FAILED", start_date="2026-01-10T03:00:00Z")
    orders.add_execution("other", status="RUNNING", start_date="2026-01-10T03:00:00Z")
    assert listed(client) == ["other", "nightly"]
    clock.move_to(GONE)
    assert listed(client) == ["other"]

    client.start_execution(stateMachineArn=orders.arn, name="nightly")
    assert listed(client) == ["nightly", "other"]
    assert [run.status for run in orders.executions] == ["RUNNING", "RUNNING"]


def test_running_execution_is_kept(clock, orders, client):
    """The retention of a running execution begins when it stops."""
    run = orders.add_execution("nightly", status="RUNNING", start_date="2025-06-01T00:00:00Z")
    clock.move_to("2026-03-01")
    run.succeed()

    clock.move_to("2026-05-29")
    assert listed(client) == ["nightly"]
    clock.move_to("2026-05-30")
    assert listed(client) == []


def test_a_future_assigned_stop_date_is_not_a_stop(clock, orders, client):
    """A running execution with an assigned stop date is kept."""
    run = orders.add_execution("nightly", status="RUNNING", start_date="2026-01-10T03:00:00Z")
    run.stop_date = "2026-01-10T04:00:00Z"
    seen = []
    for moment in ("2026-06-01", "2026-01-10 03:30:00", "2026-06-02"):
        clock.move_to(moment)
        seen.append(listed(client))
    run.status = "FAILED"

    assert seen == [["nightly"]] * 3
    assert listed(client) == []


def test_retention_counts_from_the_last_stop(clock, orders, client):
    """The retention counts from the last stop."""
    run = orders.add_execution("nightly", status="FAILED", start_date="2026-01-10T03:00:00Z")
    clock.move_to("2026-01-20 03:00:00")
    client.redrive_execution(executionArn=run.arn)
    clock.move_to("2026-01-30 03:00:00")
    run.succeed()

    clock.move_to("2026-04-30 02:59:59")
    assert listed(client) == ["nightly"]
    clock.move_to("2026-04-30 03:00:00")
    assert listed(client) == []


@pytest.mark.parametrize(
    "operation",
    [
        "describe_execution",
        "get_execution_history",
        "describe_state_machine_for_execution",
        "list_map_runs",
        "stop_execution",
        "redrive_execution",
    ],
)
def test_no_operation_finds_a_vanished_execution(clock, orders, client, operation):
    """No operation finds an execution that has vanished."""
    orders.add_execution("nightly", status="FAILED")
    clock.move_to(LAST_MOMENT)
    client.describe_execution(executionArn=NIGHTLY)
    clock.move_to(GONE)

    assert refusal(getattr(client, operation), executionArn=NIGHTLY) == (
        "ExecutionDoesNotExist",
        f"Execution Does Not Exist: '{NIGHTLY}'",
    )


def test_children_are_kept_separately(clock, orders, client):
    """Each child vanishes by its own stop; a PENDING_REDRIVE child is kept, and the map run counts all."""
    parent = orders.add_execution("parent", status="RUNNING")
    batch = parent.add_map_run("Process")
    batch.add_execution("failed", status="FAILED")
    batch.add_execution("later", status="FAILED", stop_date="2026-01-10T04:00:00Z")
    batch.add_execution("waiting", status="PENDING_REDRIVE")
    clock.move_to(GONE)

    assert listed(client, mapRunArn=batch.arn) == ["later", "waiting"]
    counts = client.describe_map_run(mapRunArn=batch.arn)["executionCounts"]
    assert (counts["failed"], counts["pendingRedrive"], counts["total"]) == (2, 1, 3)


def test_a_vanished_child_returns_with_the_clock(clock, orders, client):
    """A child past its retention vanishes when its parent ends, and is listed again before that end."""
    parent = orders.add_execution("nightly", status="RUNNING")
    batch = parent.add_map_run("Files")
    batch.add_execution("waiting", status="PENDING_REDRIVE")
    clock.move_to("2027-01-10 03:00:00")
    parent.abort()
    seen = []
    for moment in ("2027-01-10 03:00:00", "2027-01-10 02:59:59"):
        clock.move_to(moment)
        seen.append(listed(client, mapRunArn=batch.arn))

    assert seen == [[], ["waiting"]]


def test_express_children_of_one_name(clock, orders, client):
    """Once the clock is back before the end of the first one's retention, both are there by their own ARNs."""
    parent = orders.add_execution("nightly", status="RUNNING")
    batch = parent.add_map_run("Rows", execution_type="EXPRESS")
    first = batch.add_execution("same", status="SUCCEEDED")
    clock.move_to(GONE)
    second = batch.add_execution("same", status="FAILED", start_date="2026-01-10T03:00:00Z", stop_date=GONE)
    clock.move_to(LAST_MOMENT)

    assert [client.describe_execution(executionArn=run.arn)["status"] for run in (first, second)] == [
        "SUCCEEDED",
        "RUNNING",
    ]


def test_a_vanished_child_is_not_redriven(clock):
    """A redrive does not run children that have vanished."""
    with mock_sfn_executions(retention=timedelta(hours=1)) as sfn:
        parent = sfn.add_state_machine("orders").add_execution(
            "parent", status="FAILED", stop_date=timedelta(minutes=59)
        )
        batch = parent.add_map_run("Process")
        gone = batch.add_execution("gone", status="FAILED", start_date="2026-01-10T03:00:00Z")
        kept = batch.add_execution("kept", status="FAILED", stop_date="2026-01-10T03:30:00Z")
        clock.move_to("2026-01-10 04:15:00")
        parent.redrive()

        assert (parent.status, kept.status, gone.status) == ("RUNNING", "RUNNING", "FAILED")


# --- Names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [1, 90, 400])
def test_the_name_is_free_when_the_execution_has_vanished(clock, days):
    """A name is free when its execution has vanished, not earlier and not later."""
    with mock_sfn_executions(retention=timedelta(days=days)) as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_execution("nightly", status="SUCCEEDED")
        client = boto3.client("stepfunctions")
        clock.tick(timedelta(days=days) - timedelta(milliseconds=1))
        assert (
            refusal(client.start_execution, stateMachineArn=orders.arn, name="nightly")[0] == "ExecutionAlreadyExists"
        )
        clock.tick(timedelta(milliseconds=1))
        client.start_execution(stateMachineArn=orders.arn, name="nightly")

        assert [run.status for run in orders.executions] == ["RUNNING"]
        assert listed(client) == ["nightly"]


def test_the_name_is_free_for_seeds_too(clock, orders, client):
    """Seeds can have a free name, and the old record raises an error."""
    earlier = orders.add_execution("a-0", status="FAILED")
    orders.add_execution("b", status="FAILED")
    clock.move_to(LAST_MOMENT)
    with pytest.raises(ValueError):
        orders.add_execution("b", status="RUNNING")
    clock.move_to(GONE)
    orders.add_execution("b", status="RUNNING")
    orders.add_executions(2, status="RUNNING", name="a-{index}")

    assert listed(client) == ["a-1", "b", "a-0"]
    with pytest.raises(RuntimeError, match="is now a newer execution"):
        earlier.redrive()


def test_a_child_may_have_the_name_of_a_vanished_one(clock, orders, client):
    """Map runs with one label share the names of children, also free ones."""
    parent = orders.add_execution("parent", status="RUNNING")
    first, second = parent.add_map_run("Process"), parent.add_map_run("Process")
    first.add_execution("child", status="FAILED")
    clock.move_to(GONE)
    second.add_execution("child", status="RUNNING")

    assert (first.executions, listed(client, mapRunArn=second.arn)) == ([], ["child"])


# --- Records and seeds ---------------------------------------------------------------------------------------------


def test_the_record_can_still_be_read(clock, sfn, orders):
    """The record of a vanished execution can be read, but not redriven."""
    run = orders.add_execution("nightly", status="FAILED")
    clock.move_to(GONE)
    with pytest.raises(RuntimeError) as refusal:
        run.redrive()

    assert str(refusal.value) == (
        f"cannot redrive {NIGHTLY}: it stopped so long ago that the mock's retention has passed, and "
        "only a FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE execution can be redriven."
    )
    assert (run.status, sfn.get_execution(NIGHTLY), orders.executions) == ("FAILED", run, [run])


WARNING = (
    "The execution stopped at 2025-10-12T03:00:00.000Z, longer ago than the mock's retention of 90 "
    "days, 0:00:00: it is no longer listed."
)
FORGOTTEN = {
    "executionArn": NIGHTLY,
    "stateMachineArn": f"{PREFIX}:stateMachine:orders",
    "name": "nightly",
    "status": "FAILED",
    "startDate": "2025-10-12T03:00:00Z",
    "stopDate": "2025-10-12T03:00:00Z",
}


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(
            lambda sfn, orders: orders.add_execution("a", status="FAILED", start_date=timedelta(days=-90)), id="one"
        ),
        pytest.param(
            lambda sfn, orders: orders.add_executions(
                2, status="FAILED", start_date=timedelta(days=-90), interval=timedelta(days=80), duration=timedelta(0)
            ),
            id="one of several",
        ),
        pytest.param(
            lambda sfn, orders: orders.add_executions(
                5, status="FAILED", start_date=timedelta(days=-90), duration=timedelta(0), interval=timedelta(0)
            ),
            id="several, one warning",
        ),
        pytest.param(lambda sfn, orders: sfn.load([FORGOTTEN]), id="loaded"),
    ],
)
def test_a_seed_past_its_retention_warns(sfn, orders, seed):
    """A seed past its retention warns once per call, at the test's line, with its stop date."""
    with pytest.warns(SeedWarning) as warnings:
        seed(sfn, orders)

    assert [(str(warning.message), warning.filename) for warning in warnings] == [(WARNING, __file__)]


def test_a_warning_made_an_error_stores_nothing(orders):
    """If the warning is an error, nothing is stored."""
    with pytest.raises(SeedWarning):
        orders.add_execution("a", status="FAILED", start_date=timedelta(days=-90))

    assert orders.executions == []


def test_a_seed_within_its_retention_does_not_warn(orders, client):
    """A seed within its retention does not warn, nor one that runs or waits for its redrive."""
    orders.add_execution("a", status="FAILED", start_date=timedelta(days=-90, milliseconds=1))
    parent = orders.add_execution("b", status="RUNNING", start_date=timedelta(days=-200))
    parent.add_map_run("Process").add_execution(
        "c", status="PENDING_REDRIVE", start_date=timedelta(days=-200), stop_date=timedelta(days=-100)
    )

    assert listed(client) == ["a", "b"]


def test_loading_a_vanished_execution_again(clock, sfn, orders):
    """load skips an equal item; a differing item is another execution, because the name is free."""
    [run] = sfn.load([{**FORGOTTEN, "startDate": "2026-01-10T03:00:00Z", "stopDate": "2026-01-10T03:00:00Z"}])
    clock.move_to(GONE)
    item = {**FORGOTTEN, "startDate": "2026-04-01T03:00:00Z", "stopDate": "2026-04-01T03:00:00Z"}

    assert sfn.load(
        json.dumps([{**item, "startDate": "2026-01-10T03:00:00Z", "stopDate": "2026-01-10T03:00:00Z"}])
    ) == [run]
    [other] = sfn.load(json.dumps([item]))
    assert orders.executions == [other]


def test_the_lag_delays_vanishing(clock):
    """With a consistency lag, a vanished execution is listed until the lag has passed."""
    with mock_sfn_executions(retention=timedelta(days=90), consistency_lag=timedelta(seconds=5)) as sfn:
        sfn.add_state_machine("orders").add_execution("nightly", status="FAILED", start_date="2026-01-10T03:00:00Z")
        client = boto3.client("stepfunctions")
        clock.move_to("2026-04-10 03:00:04.999")

        assert listed(client) == ["nightly"]
        assert refusal(client.describe_execution, executionArn=NIGHTLY)[0] == "ExecutionDoesNotExist"
        clock.move_to("2026-04-10 03:00:05")
        assert listed(client) == []


def test_reset_keeps_the_option(clock, sfn):
    """A reset does not change the retention."""
    sfn.reset()
    sfn.add_state_machine("orders").add_execution("nightly", status="FAILED")
    clock.move_to(GONE)

    assert listed(boto3.client("stepfunctions")) == []


@pytest.mark.parametrize(
    ("retention", "sentence"),
    [
        pytest.param(
            timedelta(0),
            "retention must be a datetime.timedelta > 0 or None, got datetime.timedelta(0).",
            id="zero",
        ),
        pytest.param(90, "retention must be a datetime.timedelta > 0 or None, got 90.", id="number"),
    ],
)
def test_wrong_retention(retention, sentence):
    """A wrong retention is refused before a mock begins."""
    with pytest.raises(ValueError) as refusal:
        mock_sfn_executions(retention=retention)

    assert str(refusal.value) == sentence
