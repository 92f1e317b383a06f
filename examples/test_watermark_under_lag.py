"""A watermark: pass on each finished execution once, with a request every few minutes.

The production bug: the watermark is set to the time of the request. The list lags, so an execution that finished just
before the request is not in it, and is older than the watermark at the next request. Such an execution is never
passed on.
"""

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------


def finished_since(client, state_machine_arn, watermark):
    """Return the names of the listed executions that finished after ``watermark``, and the next watermark."""
    finished = []
    paginator = client.get_paginator("list_executions")
    for page in paginator.paginate(stateMachineArn=state_machine_arn, statusFilter="SUCCEEDED"):
        # Newest first: all after the first one that is too old are too old.
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
    """Executions that finished long before two o'clock, just before, and after."""
    orders = sfn_executions.add_state_machine("orders")
    for name, stop in [("early", "01:30:00"), ("close", "01:59:58"), ("late", "02:03:00")]:
        orders.add_execution(
            name, status="SUCCEEDED", start_date="2026-01-10T01:00:00Z", stop_date=f"2026-01-10T{stop}Z"
        )
    return orders


def handed_on(ask, orders):
    """The names that two requests pass on, at two o'clock and five minutes later."""
    client = boto3.client("stepfunctions")
    with freeze_time("2026-01-10 02:00:00"):
        first, watermark = ask(client, orders.arn, ONE_O_CLOCK)
    with freeze_time("2026-01-10 02:05:00"):
        second, _ = ask(client, orders.arn, watermark)
    return first, second


@freeze_time("2026-01-10 01:00:00")
@pytest.mark.sfn_executions(consistency_lag=timedelta(seconds=5))
def test_each_is_handed_on_once(orders):
    """A watermark from the listed dates waits for executions that are not listed yet."""
    assert handed_on(finished_since, orders) == (["early"], ["late", "close"])


@freeze_time("2026-01-10 01:00:00")
@pytest.mark.sfn_executions(consistency_lag=timedelta(seconds=5))
def test_a_watermark_of_now_loses_one(orders):
    """The naive watermark passes "close" before the list shows it."""
    assert handed_on(finished_since_naively, orders) == (["early"], ["late"])


@freeze_time("2026-01-10 01:00:00")
def test_a_list_without_lag_hides_the_bug(orders):
    """If the list has no lag, both pass on everything."""
    assert (
        handed_on(finished_since_naively, orders) == handed_on(finished_since, orders) == (["close", "early"], ["late"])
    )
