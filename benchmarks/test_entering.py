"""What it costs a test to be under the mock at all."""

from __future__ import annotations

import boto3
import pytest
from conftest import Rival
from contestants import start_five_and_list

from sfn_mock import mock_sfn_executions


def enter_and_leave():
    with mock_sfn_executions():
        pass


def test_entering_and_leaving(race, moto_afresh):
    """Nothing happens within."""
    race(
        "entering and leaving",
        enter_and_leave,
        Rival("mock_aws", moto_afresh.enter_and_leave, 1 / 40, times=5),
        times=200,
    )


def seed_five_and_list():
    with mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        for status in ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"):
            orders.add_execution(status=status)
        client = boto3.client("stepfunctions")
        assert len(client.list_executions(stateMachineArn=orders.arn)["executions"]) == 5


@pytest.mark.parametrize(
    ("what", "ours"),
    [
        ("a whole small test that seeds five executions", seed_five_and_list),
        ("a whole small test that starts five executions", mock_sfn_executions(start_five_and_list)),
    ],
    ids=["seeds", "starts"],
)
def test_small_test(race, moto_afresh, what, ours):
    """Entering, a client, five executions, one listing, leaving."""
    race(what, ours, Rival("mock_aws", moto_afresh.small_test, 1 / 15, times=2), times=5)
