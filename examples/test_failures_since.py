"""A report of failures since a cut-off, without reading the history of years.

The production bug: the report stops at the first execution that *started* before the cut-off. Ended executions are
listed by stop date, so a long execution that failed just now ends the report, and the failures after it in the list
are missing.
"""

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------


def failures_since(client, state_machine_arn, cut_off):
    """Return the names of the executions that failed at or after ``cut_off``, the latest first."""
    names = []
    paginator = client.get_paginator("list_executions")
    for page in paginator.paginate(stateMachineArn=state_machine_arn, statusFilter="FAILED"):
        for run in page["executions"]:
            if run["stopDate"] < cut_off:
                return names
            names.append(run["name"])
    return names


def failures_since_naively(client, state_machine_arn, cut_off):
    names = []
    paginator = client.get_paginator("list_executions")
    for page in paginator.paginate(stateMachineArn=state_machine_arn, statusFilter="FAILED"):
        for run in page["executions"]:
            if run["startDate"] < cut_off:
                return names
            names.append(run["name"])
    return names


# --- Its tests -----------------------------------------------------------------------------------------------------

MIDNIGHT = datetime(2026, 1, 10, tzinfo=timezone.utc)


@pytest.fixture
def orders(sfn_executions):
    """A year of failures, two of them today: a short one, and one that started yesterday."""
    orders = sfn_executions.add_state_machine("orders")
    orders.add_executions(365, status="FAILED", start_date="2025-01-09T12:00:00Z", interval=timedelta(days=1))
    orders.add_execution("quick", status="FAILED", start_date="2026-01-10T04:00:00Z")
    orders.add_execution("long", status="FAILED", start_date="2026-01-09T20:00:00Z", stop_date="2026-01-10T05:00:00Z")
    return orders


@freeze_time("2026-01-10 08:00:00")
def test_all_failures_of_today_are_reported(orders):
    """Both failures of today are reported, also the one that started before midnight."""
    assert failures_since(boto3.client("stepfunctions"), orders.arn, MIDNIGHT) == ["long", "quick"]


@freeze_time("2026-01-10 08:00:00")
def test_one_page_is_enough(orders):
    """The first page goes back beyond midnight, so the other three are not requested."""
    client = boto3.client("stepfunctions")
    calls = []
    client.meta.events.register("provide-client-params.sfn.ListExecutions", lambda params, **_: calls.append(params))

    failures_since(client, orders.arn, MIDNIGHT)

    assert calls == [{"stateMachineArn": orders.arn, "statusFilter": "FAILED"}]


@freeze_time("2026-01-10 08:00:00")
def test_a_long_run_hides_the_failures_listed_behind_it(orders):
    """The naive report is empty on a day with two failures."""
    assert failures_since_naively(boto3.client("stepfunctions"), orders.arn, MIDNIGHT) == []
