"""After an interrupt at any line of a call, records, locks, clock, environment and patches are right."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from freezegun import freeze_time
from interrupts import check_sound, contents, executed_lines, interrupted_at

from sfn_mock import mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
ID_OF_MORE = "cb5d6f77-2f1c-4a37-8d5f-0f0f8c2d8a11"
ROLE = "arn:aws:iam::123456789012:role/orders"
WAITING = (
    '{"StartAt": "Pause", "States": {"Pause": {"Type": "Wait", "Seconds": 60, "Next": "Done"},'
    ' "Done": {"Type": "Pass", "Result": 7, "End": true}}}'
)


# --- Interrupted changes -------------------------------------------------------------------------------------------


def seed(sfn: Any) -> None:
    orders = sfn.add_state_machine("orders")
    orders.add_executions(6, status="SUCCEEDED", start_date=-20 * MINUTE, interval=MINUTE, duration=MINUTE)
    orders.add_execution("running", status="RUNNING", start_date=-10 * MINUTE)
    orders.add_execution("late", status="FAILED", start_date=-10 * MINUTE, stop_date=5 * MINUTE)
    parent = orders.add_execution("parent", status="FAILED", start_date=-9 * MINUTE, stop_date=-MINUTE)
    batch = parent.add_map_run("Items", max_concurrency=1, status="FAILED", stop_date=-MINUTE)
    for number in range(3):
        batch.add_execution(f"child-{number}", status="FAILED", start_date=-8 * MINUTE, stop_date=-2 * MINUTE)
    orders.add_alias("live", orders.publish_version())
    sfn.add_state_machine("empty")
    client = boto3.client("stepfunctions", "us-east-1")
    tags = [{"key": "team", "value": "orders"}, {"key": "cost", "value": "1"}]
    client.create_activity(name="pack", tags=tags)
    orders.add_execution("waiting", status="RUNNING").wait_for_task("token", activity="pack")


def execution(sfn: Any, name: str) -> Any:
    return sfn.get_execution(f"arn:aws:states:us-east-1:123456789012:execution:orders:{name}")


def arn(name: str) -> str:
    return f"arn:aws:states:us-east-1:123456789012:stateMachine:{name}"


def start(sfn, client, clock):
    client.start_execution(stateMachineArn=arn("orders:live"), name="new")


def stop(sfn, client, clock):
    client.stop_execution(executionArn=execution(sfn, "running").arn)


def redrive_parent(sfn, client, clock):
    client.redrive_execution(executionArn=execution(sfn, "parent").arn, clientToken="again")


def list_all(sfn, client, clock):
    client.list_executions(stateMachineArn=arn("orders"))


def tick(sfn, client, clock):
    clock.tick(10 * MINUTE)
    list_all(sfn, client, clock)


def go_back(sfn, client, clock):
    clock.tick(-5 * MINUTE)
    list_all(sfn, client, clock)


def add_many(sfn, client, clock):
    sfn.get_state_machine("orders").add_executions(5, status="SUCCEEDED", alias="live", input={"id": 7}, output=[7])


def add_many_children(sfn, client, clock):
    [batch] = execution(sfn, "parent").map_runs
    batch.add_executions(3, status="FAILED", name="more-{index}", interval=MINUTE, error="Late")


def add_map_run(sfn, client, clock):
    execution(sfn, "running").add_map_run("More")


def assign(sfn, client, clock):
    execution(sfn, "running").start_date = NOW - 30 * MINUTE


def delete(sfn, client, clock):
    client.delete_state_machine(stateMachineArn=arn("empty"))


def publish(sfn, client, clock):
    client.publish_state_machine_version(stateMachineArn=arn("empty"))


def create(sfn, client, clock):
    client.create_state_machine(name="other", definition=WAITING, roleArn=ROLE, publish=True)


def update_alias(sfn, client, clock):
    route = {"stateMachineVersionArn": arn("orders:1"), "weight": 100}
    client.update_state_machine_alias(
        stateMachineAliasArn=arn("orders:live"), description="new", routingConfiguration=[route]
    )


def untag(sfn, client, clock):
    client.untag_resource(resourceArn="arn:aws:states:us-east-1:123456789012:activity:pack", tagKeys=["team", "cost"])


def take_task(sfn, client, clock):
    client.get_activity_task(activityArn="arn:aws:states:us-east-1:123456789012:activity:pack")


def wait_for_task(sfn, client, clock):
    execution(sfn, "running").wait_for_task("other", activity="pack", heartbeat=MINUTE)


def seed_document(sfn, client, clock):
    failed = {"status": "FAILED", "map_runs": [{"label": "Each", "executions": [{"name": "a", "status": "FAILED"}]}]}
    more = {"name": "more", "versions": [{}], "aliases": [{"name": "live", "version": 1}], "executions": []}
    orders = {"name": "orders", "executions": [{"name": "one", **failed}], "on_start": "SUCCEEDED", "versions": [{}]}
    sfn.seed({"state_machines": [more, orders]})


def load(sfn, client, clock):
    """Load a stored execution, new ones, and children of a new map run of a stored one."""
    prefix = "arn:aws:states:us-east-1:123456789012:"
    running = {"status": "RUNNING", "startDate": NOW}
    versioned = {"stateMachineArn": arn("loaded"), "stateMachineVersionArn": arn("loaded:2"), **running}
    new = [
        {"executionArn": f"{prefix}execution:loaded:a", "name": "a", **versioned},
        {
            **{"executionArn": f"{prefix}execution:loaded:b", "name": "b", **versioned},
            **{"stateMachineAliasArn": arn("loaded:live"), "input": "[1]", "traceHeader": "Root=1"},
        },
    ]
    children = [
        {
            **{"executionArn": f"{prefix}execution:orders/More:{name}", "name": name, "itemCount": 1, **running},
            **{"stateMachineArn": arn("orders/More"), "mapRunArn": f"{prefix}mapRun:orders/More:{ID_OF_MORE}"},
        }
        for name in ("a", "b")
    ]
    parent = execution(sfn, "running")
    stored = {
        **{"executionArn": parent.arn, "stateMachineArn": arn("orders"), "name": "running"},
        **{"status": "RUNNING", "startDate": NOW - 10 * MINUTE},
    }
    sfn.load({"executions": [*new, stored, *children]}, parent=parent)


#: Actions that change the account once, or not at all.
ACTIONS = [start, stop, redrive_parent, list_all, tick, go_back, add_many, add_map_run, assign, delete, publish, create]
ACTIONS += [update_alias, untag, take_task, wait_for_task, seed_document, load, add_many_children]


#: The modules that a call enters before the records, and that keep nothing of it.
ON_THE_WAY = ("aws", "instruments", "transport", "session.py", "operations/pipeline.py", "operations/registry.py")


@pytest.fixture(scope="module")
def tried_with_start() -> Collection[tuple[str, int]]:
    """The lines that all calls enter in the same way; only ``start`` interrupts them."""
    lines = executed_lines()
    with freeze_time(NOW) as clock, mock_sfn_executions() as sfn:
        seed(sfn)
        client = boto3.client("stepfunctions", "us-east-1")
        list_all(sfn, client, clock)
        with lines:
            start(sfn, client, clock)
    return lines.within(*ON_THE_WAY)


@pytest.mark.parametrize("action", ACTIONS)
def test_interrupted_change(action: Callable[..., None], tried_with_start: Collection[tuple[str, int]]) -> None:
    """A call changes the records as a whole or not at all, whichever line is interrupted."""

    def outcome(watch: AbstractContextManager[Any]) -> Any:
        """What the records contain after the action, and half an hour later."""
        clock.move_to(NOW)
        with mock_sfn_executions():
            with watch:
                action(sfn, client, clock)
            check_sound(sfn)
            found = contents(sfn._session.records())
            clock.move_to(NOW + 30 * MINUTE)
            check_sound(sfn)
            return found

    with freeze_time(NOW) as clock, mock_sfn_executions() as sfn:
        seed(sfn)
        client = boto3.client("stepfunctions", "us-east-1")
        list_all(sfn, client, clock)
        before = contents(sfn._session.records())
        outcome(nullcontext())
        lines = executed_lines()
        after = outcome(lines)
        for line in lines.chosen(besides=() if action is start else tried_with_start):
            assert outcome(interrupted_at(line)) in (before, after), line
