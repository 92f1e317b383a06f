"""A job that archives a long list in portions, one each day.

The production bug: a page token is valid for 24 hours. A job that runs once a day with the token of the day before is
one day a second late. It gets InvalidToken, keeps the same token, and fails every day after that.
"""

from datetime import timedelta

import boto3
import pytest
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------


class Archive:
    """The names of the archived executions, and the token of the next page."""

    def __init__(self):
        self.names = set()
        self.next_token = None

    def take_portion(self, client, state_machine_arn):
        """Archive up to 100 more executions; if the token is too old, begin again."""
        try:
            self.take_next_page(client, state_machine_arn)
        except client.exceptions.InvalidToken:
            self.next_token = None
            self.take_next_page(client, state_machine_arn)

    def take_next_page(self, client, state_machine_arn):
        """The naive job."""
        where = {"nextToken": self.next_token} if self.next_token else {}
        page = client.list_executions(stateMachineArn=state_machine_arn, **where)
        self.names.update(run["name"] for run in page["executions"])
        self.next_token = page.get("nextToken")


# --- Its tests -----------------------------------------------------------------------------------------------------


@pytest.fixture
def orders(sfn_executions):
    """150 executions of the day before."""
    orders = sfn_executions.add_state_machine("orders")
    orders.add_executions(150, status="SUCCEEDED", start_date="2026-01-09T12:00:00Z")
    return orders


def test_within_a_day_the_next_portion_follows(orders):
    """A token is valid for less than 24 hours, to the millisecond."""
    client, archive = boto3.client("stepfunctions"), Archive()

    with freeze_time("2026-01-10 01:00:00") as clock:
        archive.take_portion(client, orders.arn)
        assert len(archive.names) == 100

        clock.tick(timedelta(hours=24) - timedelta(milliseconds=1))
        archive.take_portion(client, orders.arn)
        assert archive.names == {execution.name for execution in orders.executions}
        assert archive.next_token is None


def test_after_a_day_the_list_is_read_from_the_beginning(orders):
    """After an expired token a portion is read twice, and nothing is lost."""
    client, archive = boto3.client("stepfunctions"), Archive()

    with freeze_time("2026-01-10 01:00:00") as clock:
        archive.take_portion(client, orders.arn)

        clock.tick(timedelta(hours=24))
        archive.take_portion(client, orders.arn)
        assert len(archive.names) == 100

        clock.tick(timedelta(minutes=1))
        archive.take_portion(client, orders.arn)
        assert archive.names == {execution.name for execution in orders.executions}


def test_a_token_of_yesterday_is_invalid(orders):
    """The naive job fails, and only has the old token for its next try."""
    client, archive = boto3.client("stepfunctions"), Archive()

    with freeze_time("2026-01-10 01:00:00") as clock:
        archive.take_next_page(client, orders.arn)
        clock.tick(timedelta(hours=24))

        with pytest.raises(client.exceptions.InvalidToken) as error:
            archive.take_next_page(client, orders.arn)

    assert error.value.response["Error"]["Message"] == "Invalid Token: 'Invalid token'"
