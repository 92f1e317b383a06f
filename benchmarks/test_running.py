"""What it costs to run a definition, beside moto's interpreter, and beside starts that run nothing."""

from __future__ import annotations

import boto3
import pytest
from conftest import Rival
from contestants import REGION, ROLE, SIX_STATES, run_and_list, seconds

from sfn_mock import mock_sfn_executions

CHARGE = (
    '{"StartAt": "Charge", "States": {"Charge": {"Type": "Task", '
    '"Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge", "End": true}}}'
)


@pytest.fixture
def how_many(executions):
    """As many as one page lists, or a few in a smoke test."""
    return 100 if executions >= 100_000 else 5


def test_running(race, moto_afresh, how_many):
    """Executions of six states are started, and listed when all have ended."""
    pytest.importorskip("antlr4", reason="moto's interpreter needs moto[stepfunctions]")
    race(
        "running a definition of six states",
        mock_sfn_executions(execute=True)(lambda: run_and_list(how_many)),
        Rival("moto's interpreter", lambda times: moto_afresh.run_definitions(times, how_many), 1 / 20, times=1),
        times=1,
    )


def start(how_many, **options):
    """Start so many executions of a machine whose only task is mocked; without ``execute`` nothing runs."""
    with mock_sfn_executions(**options) as sfn:
        orders = sfn.add_state_machine("orders", definition=CHARGE, role_arn=ROLE)
        if options:
            orders.mock_task("Charge", result={"charged": True})
        client = boto3.client("stepfunctions", REGION)
        for index in range(how_many):
            client.start_execution(stateMachineArn=orders.arn, name=f"execution-{index}")


def test_starts_with_mocked_tasks(race, how_many):
    """A start that runs one mocked task, beside one that runs nothing."""
    race(
        "a start whose task is mocked",
        lambda: start(how_many, execute=True),
        Rival("a start that runs nothing", lambda times: seconds(lambda: start(how_many), times), 3, times=3),
        times=3,
    )


def test_six_states_hold():
    """The definition that is measured ends SUCCEEDED, so that what is measured is all of it."""
    with mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine("orders", definition=SIX_STATES)
        boto3.client("stepfunctions", REGION).start_execution(stateMachineArn=orders.arn, input="{}")
        assert (orders.executions[0].status, len(orders.executions[0].visited)) == ("SUCCEEDED", 6)
