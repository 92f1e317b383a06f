"""A watermark: export the orders that arrived since the latest successful export.

Two production bugs. The first execution in the list is the one that *stopped* last: after a slow export that a quick
one has overtaken, its start date is too early, and hours of orders are exported twice. And code that looks for
successes in the first page finds none after a night of a hundred failures, and exports everything.
"""

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------


def exported_until(client, state_machine_arn):
    """Return the moment up to which orders are exported, or None: an export takes all orders from before its start."""
    latest = None
    paginator = client.get_paginator("list_executions")
    pages = paginator.paginate(stateMachineArn=state_machine_arn, statusFilter="SUCCEEDED")
    for run in pages.search("executions[]"):
        if latest is not None and run["stopDate"] <= latest:
            break  # all that follow stopped before that moment, so they also started before it
        latest = run["startDate"] if latest is None else max(latest, run["startDate"])
    return latest


def exported_until_by_first_listed(client, state_machine_arn):
    runs = client.list_executions(stateMachineArn=state_machine_arn, statusFilter="SUCCEEDED", maxResults=1)[
        "executions"
    ]
    return runs[0]["startDate"] if runs else None


def exported_until_by_first_page(client, state_machine_arn):
    runs = client.list_executions(stateMachineArn=state_machine_arn)["executions"]
    return max((run["startDate"] for run in runs if run["status"] == "SUCCEEDED"), default=None)


# --- Its tests -----------------------------------------------------------------------------------------------------


@pytest.fixture
def exports(sfn_executions):
    """A slow export from one to five o'clock, and a quick one at three."""
    exports = sfn_executions.add_state_machine("exports")
    exports.add_execution(
        "slow", status="SUCCEEDED", start_date="2026-01-10T01:00:00Z", stop_date="2026-01-10T05:00:00Z"
    )
    exports.add_execution(
        "quick", status="SUCCEEDED", start_date="2026-01-10T03:00:00Z", stop_date="2026-01-10T03:10:00Z"
    )
    return exports


@freeze_time("2026-01-10 12:00:00")
def test_the_export_that_started_last_counts(exports):
    """The slow export stopped last, and the quick one started last."""
    assert exported_until(boto3.client("stepfunctions"), exports.arn) == datetime(2026, 1, 10, 3, tzinfo=timezone.utc)


@freeze_time("2026-01-10 12:00:00")
def test_the_first_execution_listed_is_the_one_that_stopped_last(exports):
    """The naive watermark is two hours too early."""
    watermark = exported_until_by_first_listed(boto3.client("stepfunctions"), exports.arn)

    assert watermark == datetime(2026, 1, 10, 1, tzinfo=timezone.utc)


@freeze_time("2026-01-10 12:00:00")
def test_failures_do_not_hide_the_latest_success(exports, sfn_executions):
    """A hundred failures fill the first page; with a status filter they do not matter."""
    client = boto3.client("stepfunctions")
    exports.add_executions(100, status="FAILED", start_date="2026-01-10T06:00:00Z", interval=timedelta(minutes=1))

    assert exported_until(client, exports.arn) == datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
    with sfn_executions.partial_listing():  # this test shows the unread pages itself, so check_paging is off
        assert exported_until_by_first_page(client, exports.arn) is None


def test_before_the_first_success_there_is_no_watermark(sfn_executions):
    """A state machine with only failures has exported nothing."""
    exports = sfn_executions.add_state_machine("exports")
    exports.add_execution(status="FAILED")

    assert exported_until(boto3.client("stepfunctions"), exports.arn) is None
