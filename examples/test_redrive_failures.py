"""A job that redrives, after an outage, all failures that AWS still allows, page by page.

The production bugs: a window that is counted from the start, although AWS counts its 14 days from the stop, so that
long executions are left out; no window, so that the first execution beyond it ends the job with an error; and a loop
that requests the first page until it is empty, and redrives for ever what fails again at once.
"""

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------

WINDOW = timedelta(days=14)


def redrive_failures(client, state_machine_arn):
    """Redrive each execution that failed or timed out in the last 14 days, and return their number."""
    oldest = datetime.now(timezone.utc) - WINDOW
    paginator = client.get_paginator("list_executions")
    redriven = 0
    for status in ("FAILED", "TIMED_OUT"):
        for page in paginator.paginate(stateMachineArn=state_machine_arn, statusFilter=status):
            # Newest first: all after the first one that is too old are too old.
            young = [run for run in page["executions"] if run["stopDate"] >= oldest]
            for run in young:
                client.redrive_execution(executionArn=run["executionArn"])
            redriven += len(young)
            if len(young) < len(page["executions"]):
                break
    return redriven


def redrive_by_start_date(client, state_machine_arn):
    oldest = datetime.now(timezone.utc) - WINDOW
    paginator = client.get_paginator("list_executions")
    redriven = 0
    for status in ("FAILED", "TIMED_OUT"):
        for page in paginator.paginate(stateMachineArn=state_machine_arn, statusFilter=status):
            young = [run for run in page["executions"] if run["startDate"] >= oldest]
            for run in young:
                client.redrive_execution(executionArn=run["executionArn"])
            redriven += len(young)
    return redriven


def redrive_without_window(client, state_machine_arn):
    paginator = client.get_paginator("list_executions")
    redriven = 0
    for status in ("FAILED", "TIMED_OUT"):
        for page in paginator.paginate(stateMachineArn=state_machine_arn, statusFilter=status):
            for run in page["executions"]:
                client.redrive_execution(executionArn=run["executionArn"])
                redriven += 1
    return redriven


def redrive_until_none_is_left(client, state_machine_arn):
    redriven = 0
    for status in ("FAILED", "TIMED_OUT"):
        while runs := client.list_executions(stateMachineArn=state_machine_arn, statusFilter=status)["executions"]:
            for run in runs:
                client.redrive_execution(executionArn=run["executionArn"])
                redriven += 1
    return redriven


# --- Its tests -----------------------------------------------------------------------------------------------------


@pytest.fixture
def orders(sfn_executions):
    """An outage with 150 failures and a timeout, and a long execution that failed 13 days ago, after 15 days."""
    orders = sfn_executions.add_state_machine("orders")
    orders.on_redrive(status="SUCCEEDED", duration=timedelta(minutes=5))
    orders.add_execution("long", status="FAILED", start_date="2025-12-13T08:00:00Z", stop_date="2025-12-28T08:00:00Z")
    orders.add_executions(150, status="FAILED", start_date="2026-01-09T02:00:00Z")
    orders.add_execution("slow", status="TIMED_OUT", start_date="2026-01-09T02:00:00Z", duration=timedelta(hours=1))
    return orders


@pytest.fixture
def too_old(orders):
    """An execution that stopped one second too early to be redriven at eight o'clock on 10 January."""
    return orders.add_execution("too-old", status="FAILED", start_date="2025-12-27T07:59:59Z")


@freeze_time("2026-01-10 08:00:00")
def test_all_within_the_window_are_redriven(orders, too_old):
    """All 152 succeed after the redrive, and the one that AWS refuses is not changed."""
    assert redrive_failures(boto3.client("stepfunctions"), orders.arn) == 152

    with freeze_time("2026-01-10 08:05:00"):
        assert {(run.status, run.redrive_count) for run in orders.executions if run != too_old} == {("SUCCEEDED", 1)}
        assert (too_old.status, too_old.redrive_count) == ("FAILED", 0)


@freeze_time("2026-01-10 08:00:00")
def test_what_fails_again_is_redriven_once(orders, too_old):
    """An execution that fails again meanwhile is left to the next run."""
    orders.on_redrive(status="FAILED")

    assert redrive_failures(boto3.client("stepfunctions"), orders.arn) == 152
    assert {run.redrive_count for run in orders.executions if run != too_old} == {1}


@freeze_time("2026-01-10 08:00:00")
def test_a_window_from_the_start_misses_the_long_run(orders, too_old):
    """The naive window reports success and leaves an execution that AWS would redrive."""
    assert redrive_by_start_date(boto3.client("stepfunctions"), orders.arn) == 151
    assert status_of(orders, "long") == "FAILED"


@freeze_time("2026-01-10 08:00:00")
def test_without_a_window_the_job_dies(orders, too_old):
    """AWS refuses the execution that is too old, and the timeouts are not redriven."""
    client = boto3.client("stepfunctions")
    with pytest.raises(client.exceptions.ExecutionNotRedrivable) as error:
        redrive_without_window(client, orders.arn)

    assert error.value.response["Error"]["Message"] == "Execution redrivable period exceeded"
    assert status_of(orders, "slow") == "TIMED_OUT"


@freeze_time("2026-01-10 08:00:00")
def test_until_none_is_left_never_ends(orders, sfn_executions):
    """An execution that fails again at once is on the first page again, so the loop ends only with an error."""
    orders.on_redrive(status="FAILED")
    sfn_executions.add_fault("RedriveExecution", error="ExecutionLimitExceeded", skip=300)
    client = boto3.client("stepfunctions")
    # This test shows the effect of unread pages, so check_paging is off.
    with sfn_executions.partial_listing(), pytest.raises(client.exceptions.ExecutionLimitExceeded):
        redrive_until_none_is_left(client, orders.arn)

    assert max(run.redrive_count for run in orders.executions) == 3


def status_of(orders, name):
    return next(run.status for run in orders.executions if run.name == name)
