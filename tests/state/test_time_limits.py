"""TimeoutSeconds of a definition: executions that do not run, and seeds, are TIMED_OUT after that time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import boto3
import pytest

from sfn_mock import mock_sfn_executions

pytestmark = pytest.mark.usefixtures("clock")
NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)


def definition(seconds=60):
    return json.dumps(
        {"TimeoutSeconds": seconds, "StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 600, "End": True}}}
    )


@pytest.fixture
def orders(sfn_executions):
    """A machine whose executions take at most a minute."""
    return sfn_executions.add_state_machine("orders", definition=definition())


def seen(run):
    return run.status, run.stop_date


TIMED_OUT = ("TIMED_OUT", NOW + MINUTE)


def seed(orders, client):
    return orders.add_execution(status="RUNNING")


def seed_many(orders, client):
    return orders.add_executions(1, status="RUNNING")[0]


def start(orders, client):
    client.start_execution(stateMachineArn=orders.arn)
    return orders.executions[0]


def start_what_takes_longer(orders, client):
    orders.on_start(status="SUCCEEDED", duration=2 * MINUTE)
    return start(orders, client)


def let_it_run_again(orders, client):
    run = orders.add_execution(status="SUCCEEDED")
    run.status = "RUNNING"
    return run


@pytest.mark.parametrize("make", [seed, seed_many, start, start_what_takes_longer, let_it_run_again])
def test_execution_is_timed_out_when_it_is_due(client, orders, clock, make):
    """It is RUNNING until then, and stops exactly TimeoutSeconds after its start."""
    run = make(orders, client)
    clock.tick(MINUTE - MILLISECOND)
    assert seen(run) == ("RUNNING", None)

    clock.tick(MINUTE)

    assert seen(run) == TIMED_OUT
    described = client.describe_execution(executionArn=run.arn)
    assert (described["status"], described["stopDate"]) == TIMED_OUT
    assert {"error", "cause"} & set(described) == set()
    listed = client.list_executions(stateMachineArn=orders.arn, statusFilter="TIMED_OUT")["executions"]
    assert [(item["name"], item["stopDate"]) for item in listed] == [(run.name, NOW + MINUTE)]
    last = client.get_execution_history(executionArn=run.arn)["events"][-1]
    assert (last["type"], last["timestamp"], last["previousEventId"], last["executionTimedOutEventDetails"]) == (
        "ExecutionTimedOut",
        NOW + MINUTE,
        0,
        {"error": "States.Timeout"},
    )


def test_redrive_restarts_the_timeout(client, orders, clock):
    """TimeoutSeconds begin again with a redrive."""
    run = orders.add_execution(status="FAILED")
    clock.tick(2 * MINUTE)
    client.redrive_execution(executionArn=run.arn)
    clock.tick(MINUTE - MILLISECOND)
    assert seen(run) == ("RUNNING", None)

    clock.tick(MINUTE)

    assert seen(run) == ("TIMED_OUT", NOW + 3 * MINUTE)


def test_seeded_redrive_restarts_the_timeout(orders, clock):
    """A seed that ran too long is TIMED_OUT before its redrive."""
    run = orders.add_execution(status="RUNNING", start_date=-3 * MINUTE, redrive_date=-SECOND)
    short = orders.add_execution(status="RUNNING", start_date=-30 * SECOND, redrive_date=-SECOND)
    clock.move_to(NOW - MINUTE)
    assert seen(run) == ("TIMED_OUT", NOW - 2 * MINUTE)

    clock.move_to(NOW + 2 * MINUTE)

    assert seen(run) == seen(short) == ("TIMED_OUT", NOW + 59 * SECOND)


@pytest.mark.parametrize(
    ("age", "ended"),
    [
        pytest.param(30, ("ExecutionFailed", NOW - SECOND), id="before"),
        pytest.param(61, ("ExecutionFailed", NOW - SECOND), id="at"),
        pytest.param(62, ("ExecutionTimedOut", NOW - 2 * SECOND), id="after"),
    ],
)
def test_how_a_redriven_seed_ended_first(client, orders, clock, age, ended):
    """The history of a seed that was redriven shows a timeout only if the redrive came after the time limit."""
    run = orders.add_execution(status="RUNNING", start_date=-age * SECOND, redrive_date=-SECOND)
    clock.tick(2 * MINUTE)
    events = client.get_execution_history(executionArn=run.arn)["events"]

    assert [(event["type"], event["timestamp"]) for event in events] == [
        ("ExecutionStarted", NOW - age * SECOND),
        ("WaitStateEntered", NOW - age * SECOND),
        ended,
        ("ExecutionRedriven", NOW - SECOND),
        ("ExecutionTimedOut", NOW + 59 * SECOND),
    ]


def test_earlier_end_counts(client, orders, clock):
    """An execution that ends in time keeps its end."""
    orders.on_start(status="FAILED", duration=MINUTE)
    started = start(orders, client)
    seeded = orders.add_execution(status="SUCCEEDED", duration=MINUTE)
    aborted = orders.add_execution(status="RUNNING")
    clock.tick(SECOND)
    aborted.abort()
    clock.tick(2 * MINUTE)

    assert [seen(run) for run in (started, seeded, aborted)] == [
        ("FAILED", NOW + MINUTE),
        ("SUCCEEDED", NOW + MINUTE),
        ("ABORTED", NOW + SECOND),
    ]


def test_default_durations_are_cut(sfn_executions):
    """Default durations of seeds end within TimeoutSeconds."""
    quick = sfn_executions.add_state_machine("quick", definition=definition(10))
    many = quick.add_executions(2, status="SUCCEEDED", start_date=-MINUTE)

    assert [(run.status, run.stop_date - run.start_date) for run in many] == [("SUCCEEDED", 10 * SECOND)] * 2


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        pytest.param({"duration": MINUTE + MILLISECOND}, "duration", id="duration"),
        pytest.param({"stop_date": MINUTE + MILLISECOND}, "stop_date", id="stop date"),
    ],
)
def test_seed_longer_than_the_timeout(orders, arguments, name):
    """A seed that is longer than TimeoutSeconds is a ValueError."""
    with pytest.raises(ValueError) as refusal:
        orders.add_execution(status="SUCCEEDED", **arguments)

    assert str(refusal.value) == (
        f"{name} must not be after the TimeoutSeconds of the definition, which end at "
        "2026-01-10T12:01:00.000Z, got 2026-01-10T12:01:00.001Z"
    )
    assert list(orders.executions) == []


def test_many_seeds_longer_than_the_timeout(orders):
    """So is a call of add_executions."""
    with pytest.raises(ValueError, match=r"^duration must not be after the TimeoutSeconds of the definition"):
        orders.add_executions(3, status="SUCCEEDED", duration=2 * MINUTE)

    assert list(orders.executions) == []


@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
def test_a_refused_seed_does_not_warn(orders, many):
    """A seed that starts later and is longer than TimeoutSeconds is a ValueError without a SeedWarning before it."""
    given = {"status": "SUCCEEDED", "start_date": MINUTE, "duration": 2 * MINUTE}
    with pytest.raises(ValueError, match=r"^duration must not be after the TimeoutSeconds of the definition"):
        orders.add_executions(3, **given) if many else orders.add_execution(**given)

    assert list(orders.executions) == []


def test_many_seeds_that_end_in_time(orders):
    """Seeds of add_executions may take all of TimeoutSeconds, and keep their status."""
    many = orders.add_executions(2, status="SUCCEEDED", start_date=-3 * MINUTE, duration=MINUTE)

    assert [(run.status, run.stop_date - run.start_date) for run in many] == [("SUCCEEDED", MINUTE)] * 2


def test_revision_that_was_started_decides(client, orders, clock):
    """The definition at the start decides, and for versions the published one."""
    before = orders.add_execution(status="RUNNING")
    version = orders.publish_version()
    client.update_state_machine(stateMachineArn=orders.arn, definition=definition(120))
    after = orders.add_execution(status="RUNNING")
    through = orders.add_execution(status="RUNNING", version=version)
    many = orders.add_executions(1, status="RUNNING", version=version)[0]
    clock.tick(3 * MINUTE)

    assert [seen(run) for run in (before, through, many)] == 3 * [TIMED_OUT]
    assert seen(after) == ("TIMED_OUT", NOW + 2 * MINUTE)


def test_child_executions_have_no_time_limit(orders, clock):
    """TimeoutSeconds does not apply to child executions."""
    parent = orders.add_execution(status="RUNNING")
    child = parent.add_map_run("items").add_execution(status="SUCCEEDED", duration=MINUTE)
    clock.tick(2 * MINUTE)

    assert child.status == "SUCCEEDED"


def test_execution_without_a_stop_date_is_timed_out(orders, clock):
    """If a test removes the stop date, TimeoutSeconds apply."""
    run = orders.add_execution(status="FAILED", duration=SECOND, error="Late")
    run.stop_date = None
    clock.tick(2 * MINUTE)

    assert (seen(run), run.error) == (TIMED_OUT, None)


def test_run_times_out_by_itself(clock):
    """With execute=True, the run ends after TimeoutSeconds, also after a redrive."""
    with mock_sfn_executions(execute=True) as sfn:
        states = {"A": {"Type": "Wait", "Seconds": 600, "End": True}}
        text = json.dumps({"TimeoutSeconds": 60, "StartAt": "A", "States": states})
        orders = sfn.add_state_machine("running", definition=text)
        boto3.client("stepfunctions").start_execution(stateMachineArn=orders.arn)
        run = orders.executions[0]
        clock.tick(2 * MINUTE)
        assert seen(run) == TIMED_OUT
        run.redrive()
        clock.tick(2 * MINUTE)

        assert seen(run) == ("TIMED_OUT", NOW + 3 * MINUTE)


def listing(**item):
    """A listing of ListExecutions with one execution."""
    return [
        {
            "executionArn": "arn:aws:states:us-east-1:123456789012:execution:orders:nightly",
            "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:orders",
            "name": "nightly",
            "startDate": NOW - 30 * SECOND,
            **item,
        }
    ]


def test_loaded_execution_is_timed_out_when_it_is_due(sfn_executions, orders, clock):
    """A loaded RUNNING execution runs until TimeoutSeconds after its start."""
    [run] = sfn_executions.load(listing(status="RUNNING"))
    assert seen(run) == ("RUNNING", None)

    clock.tick(MINUTE)

    assert seen(run) == ("TIMED_OUT", NOW + 30 * SECOND)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"status": "RUNNING", "startDate": NOW - 2 * MINUTE}, id="running"),
        pytest.param({"status": "SUCCEEDED", "startDate": NOW - 5 * MINUTE, "stopDate": NOW}, id="closed"),
        pytest.param({"status": "SUCCEEDED", "startDate": NOW, "stopDate": NOW + 2 * MINUTE}, id="closed later"),
    ],
)
def test_loaded_execution_longer_than_the_timeout(sfn_executions, orders, clock, item):
    """A loaded execution may be longer than today's TimeoutSeconds."""
    [run] = sfn_executions.load(listing(**item))
    clock.tick(2 * MINUTE)

    assert seen(run) == (item["status"], item.get("stopDate"))
