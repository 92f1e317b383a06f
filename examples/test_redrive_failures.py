"""Redrive: after an outage, run all failures again that AWS still lets run again, page by page.

The production bugs: a window that is counted from the start, while AWS counts its 14 days from the stop, so that what
ran for long is left out; no window at all, so that the first execution beyond it ends the job with an error; and a loop
that asks for the first page until it is empty, and so redrives for ever what fails again at once.
Each redrive takes an execution out of the very listing that is being read, and a new failure comes in at its front; a
walk by page tokens neither skips what is left nor meets the new ones.
"""

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------

WINDOW = timedelta(days=14)


def redrive_failures(client, state_machine_arn):
    """Redrive each execution that failed or timed out in the last 14 days, and return how many those were."""
    oldest = datetime.now(timezone.utc) - WINDOW
    paginator = client.get_paginator("list_executions")
    redriven = 0
    for status in ("FAILED", "TIMED_OUT"):
        for page in paginator.paginate(stateMachineArn=state_machine_arn, statusFilter=status):
            # Newest first: behind the first one that is too old all are.
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
    """An outage of 150 failures and a time-out, and a long run that failed 13 days ago, 15 days after its start."""
    orders = sfn_executions.add_state_machine("orders")
    orders.on_redrive(status="SUCCEEDED", duration=timedelta(minutes=5))
    orders.add_execution("long", status="FAILED", start_date="2025-12-13T08:00:00Z", stop_date="2025-12-28T08:00:00Z")
    orders.add_executions(150, status="FAILED", start_date="2026-01-09T02:00:00Z")
    orders.add_execution("slow", status="TIMED_OUT", start_date="2026-01-09T02:00:00Z", duration=timedelta(hours=1))
    return orders


@pytest.fixture
def too_old(orders):
    """One that stopped a second too early to be redriven at eight o'clock on 10 January."""
    return orders.add_execution("too-old", status="FAILED", start_date="2025-12-27T07:59:59Z")


@freeze_time("2026-01-10 08:00:00")
def test_all_within_the_window_are_redriven(orders, too_old):
    """All 152 succeed at the second attempt, and the one that AWS would refuse is left as it is."""
    assert redrive_failures(boto3.client("stepfunctions"), orders.arn) == 152

    with freeze_time("2026-01-10 08:05:00"):
        assert {(run.status, run.redrive_count) for run in orders.executions if run != too_old} == {("SUCCEEDED", 1)}
        assert (too_old.status, too_old.redrive_count) == ("FAILED", 0)


@freeze_time("2026-01-10 08:00:00")
def test_what_fails_again_is_redriven_once(orders, too_old):
    """A failure that comes in while the pages are turned is the next run's business."""
    orders.on_redrive(status="FAILED")

    assert redrive_failures(boto3.client("stepfunctions"), orders.arn) == 152
    assert {run.redrive_count for run in orders.executions if run != too_old} == {1}


@freeze_time("2026-01-10 08:00:00")
def test_a_window_from_the_start_misses_the_long_run(orders, too_old):
    """The naive window reports success and leaves behind what AWS would let run again for another day."""
    assert redrive_by_start_date(boto3.client("stepfunctions"), orders.arn) == 151
    assert status_of(orders, "long") == "FAILED"


@freeze_time("2026-01-10 08:00:00")
def test_without_a_window_the_job_dies(orders, too_old):
    """AWS refuses the one that is too old, and the time-outs never have their turn."""
    client = boto3.client("stepfunctions")
    with pytest.raises(client.exceptions.ExecutionNotRedrivable) as error:
        redrive_without_window(client, orders.arn)

    assert error.value.response["Error"]["Message"] == "Execution redrivable period exceeded"
    assert status_of(orders, "slow") == "TIMED_OUT"


@freeze_time("2026-01-10 08:00:00")
def test_until_none_is_left_means_for_ever(orders, sfn_executions):
    """What fails again at once is on the first page again, so only an error after a thousand redrives ends the loop."""
    orders.on_redrive(status="FAILED")
    sfn_executions.add_fault("RedriveExecution", error="ExecutionLimitExceeded", skip=1000)
    client = boto3.client("stepfunctions")
    # This test means to show what becomes of unread pages, so check_paging need not.
    with sfn_executions.partial_listing(), pytest.raises(client.exceptions.ExecutionLimitExceeded):
        redrive_until_none_is_left(client, orders.arn)

    assert max(run.redrive_count for run in orders.executions) == 10


def status_of(orders, name):
    return next(run.status for run in orders.executions if run.name == name)
