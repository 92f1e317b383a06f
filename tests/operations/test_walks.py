"""Walks through all pages while executions change and the clock moves in both directions."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import cycle

from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from sfn_mock import mock_sfn_executions

NOON = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
UNSUCCESSFUL = ("FAILED", "TIMED_OUT", "ABORTED")


def minutes(least: int, most: int) -> st.SearchStrategy[timedelta]:
    """Durations with few different values, so that many dates are equal."""
    return st.integers(least, most).map(lambda number: number * MINUTE)


def stop(client, orders, run):
    client.stop_execution(executionArn=run.arn)


def start(client, orders, run):
    client.start_execution(stateMachineArn=orders.arn)


def succeed(client, orders, run):
    if run.status == "RUNNING":
        run.succeed()


def redrive(client, orders, run):
    if run.status in UNSUCCESSFUL:
        run.redrive()


def seed(client, orders, run):
    orders.add_execution(status="FAILED", start_date=run.start_date)


def wait(client, orders, run):
    pass


EVENTS = [stop, start, succeed, redrive, seed, wait]


@given(
    seeds=st.lists(st.tuples(st.sampled_from(["RUNNING", "FAILED"]), minutes(-9, 0), minutes(0, 9)), min_size=1),
    status=st.sampled_from([None, "RUNNING", "FAILED"]),
    size=st.integers(1, 4),
    events=st.lists(st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 9), minutes(0, 1)), max_size=4)),
)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_walk_among_moving_executions(kept_client, seeds, status, size, events):
    """No execution is listed twice, and none that did not move is missed."""
    with freeze_time(NOON) as clock, mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        for seeded, start, duration in seeds:
            ends = {} if seeded == "RUNNING" else {"duration": duration}
            orders.add_execution(status=seeded, start_date=start, **ends)
        runs = orders.executions
        arguments = {"stateMachineArn": orders.arn, **({"statusFilter": status} if status else {})}
        before = kept_client.list_executions(**arguments, maxResults=1000)["executions"]
        shown = []
        page = kept_client.list_executions(**arguments, maxResults=size)
        shown += page["executions"]
        while "nextToken" in page:
            for event, index, pause in events.pop() if events else []:
                clock.tick(pause)
                event(kept_client, orders, runs[index % len(runs)])
            page = kept_client.list_executions(**arguments, maxResults=size, nextToken=page["nextToken"])
            shown += page["executions"]
        after = kept_client.list_executions(**arguments, maxResults=1000)["executions"]

    arns = [item["executionArn"] for item in shown]
    stayed = [item["executionArn"] for item in before if item in after]

    assert len(set(arns)) == len(arns)
    assert [arn for arn in arns if arn in stayed] == stayed


@given(
    seeds=st.lists(st.tuples(minutes(-9, 0), minutes(0, 9), st.booleans()), min_size=2),
    status=st.sampled_from([None, "RUNNING", "FAILED"]),
    size=st.integers(1, 3),
    moves=st.lists(minutes(-6, 6), min_size=1, max_size=12),
)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_walk_while_the_clock_moves_back_and_forth(kept_client, seeds, status, size, moves):
    """No execution is listed twice, and none that kept its position is missed."""
    with freeze_time(NOON) as clock, mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        for start, duration, redriven in seeds:
            redrive = {"redrive_date": start + duration / 2} if redriven and start + duration / 2 <= 0 * MINUTE else {}
            orders.add_execution(status="FAILED", start_date=start, duration=duration, **redrive)
        arguments = {"stateMachineArn": orders.arn, **({"statusFilter": status} if status else {})}
        visited, shown = [NOON], []
        page = kept_client.list_executions(**arguments, maxResults=size)
        shown += page["executions"]
        for move in cycle(moves):
            if "nextToken" not in page:
                break
            visited.append(visited[-1] + move if abs(visited[-1] + move - NOON) < DAY else NOON)
            clock.move_to(visited[-1])
            page = kept_client.list_executions(**arguments, maxResults=size, nextToken=page["nextToken"])
            shown += page["executions"]
        seen = []
        for moment in visited:
            clock.move_to(moment)
            seen.append(kept_client.list_executions(**arguments, maxResults=1000)["executions"])

    arns = [item["executionArn"] for item in shown]
    stayed = [item["executionArn"] for item in seen[0] if all(item in listing for listing in seen)]

    assert len(set(arns)) == len(arns)
    assert [arn for arn in arns if arn in stayed] == stayed
