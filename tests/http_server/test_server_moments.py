"""The moments at which executions change, as the server answers them."""

from __future__ import annotations

import json

import boto3
import pytest
import urllib3
from freezegun import freeze_time

import sfn_mock

NOW = "2026-01-10T03:00:00Z"
WAITS = {
    "StartAt": "Wait",
    "States": {"Wait": {"Type": "Wait", "Seconds": 60, "Next": "Done"}, "Done": {"Type": "Succeed"}},
}


@pytest.fixture
def sfn():
    with sfn_mock.server(execute=True) as sfn:
        put_clock(sfn, NOW)
        yield sfn


def put_clock(sfn, now):
    urllib3.request("PUT", f"{sfn.endpoint_url}/sfn-mock/clock", body=json.dumps({"now": now}))


def moments(sfn, query=""):
    response = urllib3.request("GET", f"{sfn.endpoint_url}/sfn-mock/moments{query}")
    return response.status, response.json()


def moments_answer(first=None, previous=None, following=None, last=None):
    return 200, {
        name: date and f"2026-01-{date}.000Z"
        for name, date in {"first": first, "previous": previous, "next": following, "last": last}.items()
    }


def test_no_execution(sfn):
    """Without executions there are no moments."""
    sfn.add_state_machine("orders")

    assert moments(sfn) == moments_answer()


def test_seeds(sfn):
    """Starts, stops and redrives count, also future ones; now itself is neither previous nor next."""
    orders = sfn.add_state_machine("orders")
    orders.add_execution(
        "again",
        status="SUCCEEDED",
        start_date="2026-01-10T01:00:00Z",
        redrive_date="2026-01-10T02:00:00Z",
        stop_date="2026-01-10T04:00:00Z",
    )
    orders.add_execution("now", status="FAILED", start_date=NOW)
    run = orders.add_execution("open", status="RUNNING", start_date="2026-01-10T02:30:00Z")
    run.stop_date = "2026-01-12T00:00:00Z"  # the stop date counts when it gets a status

    assert moments(sfn) == moments_answer("10T01:00:00", "10T02:30:00", "10T04:00:00", "10T04:00:00")
    put_clock(sfn, "2026-01-11T00:00:00Z")
    assert moments(sfn) == moments_answer("10T01:00:00", "10T04:00:00", None, "10T04:00:00")
    put_clock(sfn, "2026-01-09T00:00:00Z")
    assert moments(sfn) == moments_answer("10T01:00:00", None, "10T01:00:00", "10T04:00:00")


def test_one_state_machine(sfn):
    """The changes of one state machine include those of its child executions."""
    parent = sfn.add_state_machine("orders").add_execution("a", status="RUNNING", start_date="2026-01-10T01:00:00Z")
    batches = parent.add_map_run("Batches", start_date="2026-01-10T01:00:00Z")
    batches.add_execution("b", status="FAILED", start_date="2026-01-10T02:00:00Z", item_count=1)
    other = sfn.add_state_machine("other")
    other.add_execution("c", status="FAILED", start_date="2026-01-09T00:00:00Z")

    assert moments(sfn, f"?state_machine={parent.state_machine.arn}") == moments_answer(
        "10T01:00:00", "10T02:00:00", None, "10T02:00:00"
    )
    assert moments(sfn, f"?state_machine={other.arn}") == moments_answer(
        "09T00:00:00", "09T00:00:00", None, "09T00:00:00"
    )
    assert moments(sfn, "?machine=a") == (
        400,
        {"message": "Unknown argument 'machine' of /sfn-mock/moments. Did you mean 'state_machine'?"},
    )


def test_definitions_that_run(sfn):
    """The past changes and the next known change of a definition that runs count."""
    orders = sfn.add_state_machine("orders", definition=json.dumps(WAITS))
    sfn.add_state_machine("other")
    boto3.client("stepfunctions").start_execution(stateMachineArn=orders.arn)
    started = moments(sfn)
    put_clock(sfn, "2026-01-10T03:02:00Z")
    ended = moments(sfn, f"?state_machine={orders.arn}")
    put_clock(sfn, "2026-01-10T03:00:30Z")

    assert started == moments_answer("10T03:00:00", None, "10T03:01:00", "10T03:01:00")
    assert ended == moments_answer("10T03:00:00", "10T03:01:00", None, "10T03:01:00")
    assert moments(sfn) == moments_answer("10T03:00:00", "10T03:00:00", "10T03:01:00", "10T03:01:00")
    assert moments(sfn, f"?state_machine={orders.arn}x") == moments_answer()


@freeze_time(NOW)
def test_a_frozen_test():
    """Under a test's frozen clock, its now counts."""
    with sfn_mock.server() as sfn:
        sfn.add_state_machine("orders").add_execution("a", status="RUNNING", start_date="2026-01-10T02:00:00Z")

        assert moments(sfn) == moments_answer("10T02:00:00", "10T02:00:00", None, "10T02:00:00")
