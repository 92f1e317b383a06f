"""GetExecutionHistory of executions that do not run: when the task of an activity starts, and which worker takes it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from operator import methodcaller

import pytest

from sfn_mock import Execution

NOW = datetime(2026, 1, 10, 12, tzinfo=timezone.utc)
PREFIX = "arn:aws:states:us-east-1:123456789012"
PACK = {"Type": "Task", "Resource": f"{PREFIX}:activity:pack", "End": True}


@pytest.fixture(autouse=True)
def activities(clock, client):
    for name in ("pack", "ship"):
        client.create_activity(name=name)


@pytest.fixture
def started(sfn):
    """Start an execution of these states, beginning with the first."""

    def start(states):
        definition = {"StartAt": next(iter(states)), "States": states}
        machine = sfn.add_state_machine("orders", definition=json.dumps(definition))
        return machine.add_execution("nightly", status="RUNNING")

    return start


def take(client, worker_name=None, activity="pack"):
    """Take a task as a worker does, and return its token."""
    name = {} if worker_name is None else {"workerName": worker_name}
    return client.get_activity_task(activityArn=f"{PREFIX}:activity:{activity}", **name)["taskToken"]


def activity_events(client, run):
    """The history's events of activities: seconds since NOW, type, and the name of the worker."""
    return [
        (
            (event["timestamp"] - NOW).total_seconds(),
            event["type"].removeprefix("Activity"),
            *event.get("activityStartedEventDetails", {}).values(),
        )
        for event in client.get_execution_history(executionArn=run.arn)["events"]
        if event["type"].startswith("Activity")
    ]


@pytest.mark.parametrize("name", [pytest.param(["w1"], id="name"), pytest.param([], id="no name")])
def test_task_starts_when_a_worker_takes_it(client, started, clock, name):
    """ActivityStarted has the moment of GetActivityTask, and the name that the worker gave."""
    run = started({"Pack": PACK})
    run.wait_for_task(activity="pack")
    clock.tick(2)
    waiting = activity_events(client, run)
    token = take(client, *name)
    clock.tick(3)
    client.send_task_success(taskToken=token, output="1")

    assert waiting == [(0, "Scheduled")]
    assert activity_events(client, run) == [(0, "Scheduled"), (2, "Started", *name), (5, "Succeeded")]


def test_execution_without_a_worker(client, started):
    """If no worker could take the task, it starts when it is scheduled."""
    assert activity_events(client, started({"Pack": PACK})) == [(0, "Scheduled"), (0, "Started")]


def test_clock_that_moves_back(client, started, clock):
    """At a moment before the worker took the task, the task has not started."""
    run = started({"Pack": PACK})
    run.wait_for_task(activity="pack")
    clock.tick(2)
    take(client, "w1")
    clock.move_to(NOW + timedelta(seconds=1))

    assert activity_events(client, run) == [(0, "Scheduled")]


@pytest.mark.parametrize(
    ("end", "events"),
    [
        pytest.param(Execution.succeed, [(2, "Started"), (2, "Succeeded")], id="succeeds"),
        pytest.param(methodcaller("fail", "Broken"), [(2, "Started"), (2, "Failed")], id="fails"),
        pytest.param(methodcaller("fail", "States.Timeout"), [(2, "TimedOut")], id="misses its timeout"),
        pytest.param(Execution.abort, [], id="is aborted"),
    ],
)
def test_task_that_no_worker_takes(client, started, clock, end, events):
    """A task with a result has started; a task that timed out or was aborted may not have."""
    run = started({"Pack": PACK})
    run.wait_for_task(activity="pack")
    clock.tick(2)
    end(run)

    assert activity_events(client, run) == [(0, "Scheduled"), *events]


def test_worker_that_comes_before_the_task(client, started, clock):
    """A task that was taken during an earlier state starts when the execution reaches its activity."""
    run = started({"Rest": {"Type": "Wait", "Seconds": 10, "Next": "Pack"}, "Pack": PACK})
    run.wait_for_task(activity="pack")
    clock.tick(2)
    take(client, "w1")
    clock.tick(20)

    assert activity_events(client, run) == [(10, "Scheduled"), (10, "Started", "w1")]


def test_task_of_another_activity(client, started, clock):
    """A worker of an activity that the state does not use starts nothing."""
    run = started({"Pack": PACK})
    run.wait_for_task(activity="ship")
    clock.tick(2)
    take(client, "w1", "ship")

    assert activity_events(client, run) == [(0, "Scheduled"), (0, "Started")]


def test_each_attempt_has_its_own_worker(client, started, clock):
    """A redrive schedules the task again, and another worker can take it."""
    run = started({"Pack": PACK})
    run.wait_for_task(activity="pack")
    clock.tick(1)
    client.send_task_failure(taskToken=take(client, "w1"), error="Broken")
    clock.tick(1)
    run.redrive()
    run.wait_for_task(activity="pack")
    clock.tick(1)
    take(client, "w2")

    assert activity_events(client, run) == [
        (0, "Scheduled"),
        (1, "Started", "w1"),
        (1, "Failed"),
        (2, "Scheduled"),
        (3, "Started", "w2"),
    ]


@pytest.mark.parametrize(
    ("seconds", "events"),
    [
        pytest.param(2, [(0, "Scheduled"), (2, "Started", "w1"), (5, "Succeeded")], id="before"),
        pytest.param(7, [(0, "Scheduled"), (5, "Started"), (5, "Succeeded")], id="after"),
    ],
)
def test_task_before_a_map_run(client, started, clock, seconds, events):
    """When a map run of a later state begins, the task is over, even if a worker takes it later."""
    each = {"StartAt": "Note", "States": {"Note": {"Type": "Pass", "End": True}}}
    processor = {**each, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    run = started(
        {
            "Pack": {"Type": "Task", "Resource": f"{PREFIX}:activity:pack", "Next": "All"},
            "All": {"Type": "Map", "Label": "All", "ItemProcessor": processor, "End": True},
        }
    )
    run.wait_for_task(activity="pack")
    clock.tick(seconds)
    take(client, "w1")
    clock.move_to(NOW + timedelta(seconds=10))
    run.add_map_run("All", start_date=NOW + timedelta(seconds=5))

    assert activity_events(client, run) == events
