"""An emergency stop: stop every RUNNING execution, page by page.

The production bug: one call lists a hundred executions, so a stop that reads one page leaves the rest running. Each
stop removes an execution from the list that is being read. The next page is still right, because a page token marks a
position in the order, not a number of executions to skip.
"""

import boto3
import pytest
from freezegun import freeze_time

from sfn_mock import PagingError, get_mock, mock_sfn_executions

# --- The code under test -------------------------------------------------------------------------------------------


def stop_all(client, state_machine_arn, reason):
    """Stop all RUNNING executions, and return their number."""
    stopped = 0
    paginator = client.get_paginator("list_executions")
    for page in paginator.paginate(stateMachineArn=state_machine_arn, statusFilter="RUNNING"):
        for run in page["executions"]:
            client.stop_execution(executionArn=run["executionArn"], error="EmergencyStop", cause=reason)
            stopped += 1
    return stopped


def stop_all_naively(client, state_machine_arn, reason):
    runs = client.list_executions(stateMachineArn=state_machine_arn, statusFilter="RUNNING")["executions"]
    for run in runs:
        client.stop_execution(executionArn=run["executionArn"], error="EmergencyStop", cause=reason)
    return len(runs)


# --- Its tests -----------------------------------------------------------------------------------------------------


@pytest.fixture
def orders(sfn_executions):
    """250 running executions, and ten that have ended."""
    orders = sfn_executions.add_state_machine("orders")
    orders.add_executions(125, status="RUNNING", start_date="2026-01-10T08:00:00Z")
    orders.add_executions(10, status="SUCCEEDED", start_date="2026-01-10T08:10:00Z")
    orders.add_executions(125, status="RUNNING", start_date="2026-01-10T08:20:00Z")
    return orders


@freeze_time("2026-01-10 09:00:00")
def test_nothing_is_left_running(orders):
    """All 250 are stopped now, once each, and ended ones are not changed."""
    client = boto3.client("stepfunctions")

    assert stop_all(client, orders.arn, "wrong prices") == 250
    assert client.list_executions(stateMachineArn=orders.arn, statusFilter="RUNNING")["executions"] == []

    aborted = [run for run in orders.executions if run.status == "ABORTED"]
    assert len(aborted) == 250
    assert {(f"{run.stop_date:%H:%M:%S}", run.error, run.cause) for run in aborted} == {
        ("09:00:00", "EmergencyStop", "wrong prices")
    }


@freeze_time("2026-01-10 09:00:00")
def test_one_call_lists_a_hundred(orders, sfn_executions):
    """The naive stop reports success and leaves 150 running."""
    with sfn_executions.partial_listing():  # this test shows the unread pages itself, so check_paging is off
        assert stop_all_naively(boto3.client("stepfunctions"), orders.arn, "wrong prices") == 100
    assert sum(run.status == "RUNNING" for run in orders.executions) == 150


@mock_sfn_executions(check_paging=True)
def stop_101_naively():
    orders = get_mock().add_state_machine("orders")
    orders.add_executions(101, status="RUNNING")
    stop_all_naively(boto3.client("stepfunctions"), orders.arn, "wrong prices")


def test_check_paging_catches_it():
    """With this option a test needs no count: it fails if the naive stop leaves a page unread."""
    with pytest.raises(PagingError, match="neither read nor sent, so the rest of the list was never read"):
        stop_101_naively()
