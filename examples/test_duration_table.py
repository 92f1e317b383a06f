"""A table of how long each execution took, or has been running.

The production bug: all executions had ended when the table was written and tested. An execution that is RUNNING has
no ``stopDate`` key, and the page with the table breaks when somebody opens it during the day.
"""

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------


def durations(client, state_machine_arn):
    """Return name, status and duration of the latest hundred executions; for running ones the duration so far."""
    now = datetime.now(timezone.utc)
    return [
        (run["name"], run["status"], run.get("stopDate", now) - run["startDate"])
        for run in client.list_executions(stateMachineArn=state_machine_arn)["executions"]
    ]


def durations_naively(client, state_machine_arn):
    return [
        (run["name"], run["status"], run["stopDate"] - run["startDate"])
        for run in client.list_executions(stateMachineArn=state_machine_arn)["executions"]
    ]


# --- Its tests -----------------------------------------------------------------------------------------------------


@pytest.fixture
def orders(sfn_executions):
    """Three executions of one day; the last one takes from noon to half past twelve."""
    orders = sfn_executions.add_state_machine("orders")
    orders.add_execution("early", status="SUCCEEDED", start_date="2026-01-10T08:00:00Z", duration=timedelta(minutes=7))
    orders.add_execution("stuck", status="TIMED_OUT", start_date="2026-01-10T09:00:00Z", duration=timedelta(hours=1))
    orders.add_execution("noon", status="SUCCEEDED", start_date="2026-01-10T12:00:00Z", duration=timedelta(minutes=30))
    return orders


def test_the_table_grows_with_the_day(orders):
    """A running execution counts until now, and an ended one until its stop date."""
    client = boto3.client("stepfunctions")
    ended = [("stuck", "TIMED_OUT", timedelta(hours=1)), ("early", "SUCCEEDED", timedelta(minutes=7))]

    with freeze_time("2026-01-10 11:59:59") as clock:
        assert durations(client, orders.arn) == ended

        clock.move_to("2026-01-10 12:20:00.250")
        assert durations(client, orders.arn) == [("noon", "RUNNING", timedelta(minutes=20, milliseconds=250)), *ended]

        clock.move_to("2026-01-10 12:30:00")
        assert durations(client, orders.arn) == [("noon", "SUCCEEDED", timedelta(minutes=30)), *ended]


@freeze_time("2026-01-10 12:20:00")
def test_a_running_execution_has_no_stop_date(orders):
    """The naive table breaks at noon."""
    with pytest.raises(KeyError, match="stopDate"):
        durations_naively(boto3.client("stepfunctions"), orders.arn)
