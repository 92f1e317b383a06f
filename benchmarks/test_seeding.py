"""What an execution costs to seed and to keep."""

from __future__ import annotations

from itertools import count

import boto3
import pytest
from conftest import Rival
from contestants import DURATION, INTERVAL, held

from sfn_mock import mock_sfn_executions


@pytest.fixture
def sfn():
    with mock_sfn_executions() as handle:
        yield handle


@pytest.fixture
def add_executions(sfn, executions):
    """Seeds a tenth of the executions, in a machine of their own each time."""
    serial = count()

    def add():
        machine = sfn.add_state_machine(f"orders-{next(serial)}")
        machine.add_executions(executions // 10, status="SUCCEEDED", interval=INTERVAL, duration=DURATION)
        return machine

    return add


def test_seeding(race, add_executions, moto_afresh, executions):
    """``add_executions``, by moto's constructor of an execution."""
    rival = Rival("moto's Execution", lambda times: moto_afresh.add_executions(times, executions // 10), 1 / 2, times=1)
    race("seeding", add_executions, rival, times=1)


def test_seeding_and_listing(race, add_executions, moto_afresh, executions):
    """The same with the first listing, which sorts them in."""
    client = boto3.client("stepfunctions")

    def add_and_list():
        client.list_executions(stateMachineArn=add_executions().arn)

    rival = Rival("moto's Execution", lambda times: moto_afresh.add_executions(times, executions // 10), 1, times=1)
    race("seeding, and sorting in", add_and_list, rival, times=1)


def test_memory(told, sfn, moto_afresh, executions):
    """What is held of executions that are sorted in, by moto's objects alone."""
    client = boto3.client("stepfunctions")
    machine = sfn.add_state_machine("orders")
    client.list_executions(stateMachineArn=machine.arn)

    def add_and_list():
        machine.add_executions(executions, status="SUCCEEDED", interval=INTERVAL, duration=DURATION)
        client.list_executions(stateMachineArn=machine.arn)

    told(
        "memory of an execution",
        "moto's Execution",
        held(add_and_list),
        moto_afresh.memory_of_executions(executions),
        1.25,
    )
