"""``wait_scale``: how long Wait states and the pauses of retries take."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta, timezone

import boto3
import pytest

import sfn_mock
from sfn_mock import mock_sfn_executions

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
HOUR = {"StartAt": "Hour", "States": {"Hour": {"Type": "Wait", "Seconds": 3600, "End": True}}}
#: A task that starts an unknown machine: it fails after five retries with pauses of 1, 2, 4, 8 and 16 seconds.
RETRIES = {
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution",
            "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:nowhere"},
            "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 5}],
            "End": True,
        }
    },
}


def started(sfn, definition=HOUR):
    machine = sfn.add_state_machine("orders", definition=json.dumps(definition))
    arn = boto3.client("stepfunctions", "us-east-1").start_execution(stateMachineArn=machine.arn)["executionArn"]
    return sfn.get_execution(arn)


@pytest.mark.parametrize(
    ("definition", "status"),
    [pytest.param(HOUR, "SUCCEEDED", id="Wait"), pytest.param(RETRIES, "FAILED", id="Retry")],
)
def test_waits_take_no_time(definition, status):
    """With 0 the whole definition has run when StartExecution returns."""
    with mock_sfn_executions(execute=True, wait_scale=0) as sfn:
        run = started(sfn, definition)

        assert (run.status, run.stop_date) == (status, NOW)


@pytest.mark.parametrize(
    ("scale", "definition", "seconds"),
    [
        pytest.param(0.5, HOUR, 1800, id="half of a Wait"),
        pytest.param(2, HOUR, 7200, id="twice a Wait"),
        pytest.param(1.0, HOUR, 3600, id="as AWS waits"),
        pytest.param(1 / 31, RETRIES, 1, id="a part of each retry's pause"),
    ],
)
def test_waits_are_multiplied(clock, scale, definition, seconds):
    """Another number multiplies the delays."""
    with mock_sfn_executions(execute=True, wait_scale=scale) as sfn:
        run = started(sfn, definition)
        clock.tick(timedelta(days=1))

        assert abs(run.stop_date - (NOW + timedelta(seconds=seconds))) < timedelta(milliseconds=10)


def test_the_longest_wait_of_the_largest_scale(clock):
    """A delay that ends after the last date never ends."""
    with mock_sfn_executions(execute=True, wait_scale=1e308) as sfn:
        run = started(sfn)
        clock.tick(timedelta(days=300))

        assert run.status == "RUNNING"


@mock_sfn_executions(execute=True, wait_scale=0)
def test_decorated():
    """The decorator takes the option."""
    assert started(sfn_mock.get_mock()).status == "SUCCEEDED"


@pytest.mark.sfn_executions(execute=True, wait_scale=0)
def test_marked(sfn_executions):
    """The fixture takes the option from its marker."""
    assert started(sfn_executions).status == "SUCCEEDED"


def test_served():
    """The server takes the option."""
    with sfn_mock.server(execute=True, wait_scale=0) as sfn:
        assert started(sfn).status == "SUCCEEDED"


@pytest.mark.parametrize("value", [-1, -0.1, True, None, "0", math.inf, math.nan], ids=repr)
def test_wrong_scale(value):
    """A value that is not a number >= 0 is refused at once."""
    with pytest.raises(ValueError) as refusal:
        mock_sfn_executions(wait_scale=value)

    assert str(refusal.value) == f"wait_scale must be a number >= 0, got {value!r}."
