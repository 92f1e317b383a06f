"""Fixtures of the tests of instruments: executions that are recorded for replays."""

from __future__ import annotations

import json

import pytest
from recorded_histories import history_of


@pytest.fixture
def record(clock, sfn, client):
    """Run a definition for some seconds, and return its history."""

    def record(definition, value=None, mocks=None, seconds=1000):
        orders = sfn.add_state_machine("recorded", definition=json.dumps(definition))
        for name, outcomes in (mocks or {}).items():
            orders.mock_task(name, outcomes)
        arn = client.start_execution(stateMachineArn=orders.arn, input=json.dumps(value))["executionArn"]
        clock.tick(seconds)
        return history_of(arn)

    return record
