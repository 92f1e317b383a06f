"""Watermark: hand on each finished execution once, asking every few minutes for what has finished since the last time.

The production bug: a watermark that is set to the time of asking. The list lags behind, so what finished just before is
not in it yet, and is older than the watermark the next time. Such an execution is never handed on.
"""

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------


def finished_since(client, state_machine_arn, watermark):
    """Names of the executions that the list shows to have finished after ``watermark``, and the next watermark."""
    finished = []
    paginator = client.get_paginator("list_executions")
    for page in paginator.paginate(stateMachineArn=state_machine_arn, statusFilter="SUCCEEDED"):
        # Newest first: behind the first one that is too old all are.
        new = [run for run in page["executions"] if run["stopDate"] > watermark]
        finished += new
        if len(new) < len(page["executions"]):
            break
    return [run["name"] for run in finished], max([run["stopDate"] for run in finished], default=watermark)


def finished_since_naively(client, state_machine_arn, watermark):
    names, _ = finished_since(client, state_machine_arn, watermark)
    return names, datetime.now(timezone.utc)


# --- Its tests -----------------------------------------------------------------------------------------------------

ONE_O_CLOCK = datetime(2026, 1, 10, 1, tzinfo=timezone.utc)


@pytest.fixture
def orders(sfn_executions):
    """One that finished well before two o'clock, one just before, and one after."""
    orders = sfn_executions.add_state_machine("orders")
    for name, stop in [("early", "01:30:00"), ("close", "01:59:58"), ("late", "02:03:00")]:
        orders.add_execution(
            name, status="SUCCEEDED", start_date="2026-01-10T01:00:00Z", stop_date=f"2026-01-10T{stop}Z"
        )
    return orders


def handed_on(ask, orders):
    """What two rounds hand on, at two o'clock and five minutes later."""
    client = boto3.client("stepfunctions")
    with freeze_time("2026-01-10 02:00:00"):
        first, watermark = ask(client, orders.arn, ONE_O_CLOCK)
    with freeze_time("2026-01-10 02:05:00"):
        second, _ = ask(client, orders.arn, watermark)
    return first, second


@freeze_time("2026-01-10 01:00:00")
@pytest.mark.sfn_executions(consistency_lag=timedelta(seconds=5))
def test_each_is_handed_on_once(orders):
    """A watermark taken from what the list showed waits for what it did not show yet."""
    assert handed_on(finished_since, orders) == (["early"], ["late", "close"])


@freeze_time("2026-01-10 01:00:00")
@pytest.mark.sfn_executions(consistency_lag=timedelta(seconds=5))
def test_a_watermark_of_now_loses_one(orders):
    """The naive watermark has passed "close" before the list shows it."""
    assert handed_on(finished_since_naively, orders) == (["early"], ["late"])


@freeze_time("2026-01-10 01:00:00")
def test_a_list_without_lag_hides_the_bug(orders):
    """In a test where the list is always current both hand on everything."""
    assert (
        handed_on(finished_since_naively, orders) == handed_on(finished_since, orders) == (["close", "early"], ["late"])
    )
