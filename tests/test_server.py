"""The mock over HTTP: clients of any language, and what the server is asked beside their calls."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import boto3
import pytest
import urllib3
from freezegun import freeze_time

import sfn_mock
from sfn_mock import get_mock, mock_sfn_executions


@pytest.fixture
def sfn():
    with sfn_mock.server() as sfn:
        yield sfn


@pytest.fixture
def client(sfn):
    return boto3.client("stepfunctions", endpoint_url=sfn.endpoint_url)


@pytest.fixture
def http(sfn):
    """A request to the server: method, path and body, and what came back."""
    pool = urllib3.PoolManager(retries=False)
    return lambda method, path, body=None, **headers: pool.request(
        method,
        sfn.endpoint_url + path,
        body=body if body is None or isinstance(body, str) else json.dumps(body),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def test_clients_reach_it_over_http(sfn, client):
    """What is seeded through the handle is listed to a client with the server's URL, as AWS would."""
    orders = sfn.add_state_machine("orders")
    orders.add_execution("a", status="FAILED", start_date="2026-01-10T02:00:00Z")

    assert [
        (run["name"], run["status"]) for run in client.list_executions(stateMachineArn=orders.arn)["executions"]
    ] == [("a", "FAILED")]
    assert [call.operation for call in sfn.calls] == ["ListExecutions"]


def test_clients_without_its_url_see_the_same_store(sfn, client):
    """A client of the same process that has no endpoint_url never gets to AWS."""
    sfn.add_state_machine("orders")

    assert (
        boto3.client("stepfunctions").list_state_machines()["stateMachines"]
        == (client.list_state_machines()["stateMachines"])
    )


def test_the_handle_is_that_of_the_mock_around_it():
    """Within a mock, a server answers for that mock; after it no URL is left."""
    with mock_sfn_executions() as outer:
        with sfn_mock.server() as sfn:
            assert sfn is outer is get_mock()
        with pytest.raises(RuntimeError) as error:
            _ = outer.endpoint_url

    assert str(error.value) == "No server answers for this mock: begin one with sfn_mock.server()."


def test_other_services_are_motos(sfn):
    """moto's other services answer at the same URL."""
    queues = boto3.client("sqs", endpoint_url=sfn.endpoint_url)
    queues.create_queue(QueueName="failures")

    assert queues.list_queues()["QueueUrls"] == [f"{sfn.endpoint_url}/123456789012/failures"]
    assert boto3.client("sqs").list_queues()["QueueUrls"] == [
        "https://sqs.us-east-1.amazonaws.com/123456789012/failures"
    ]


def test_it_goes_by_the_tests_clock(sfn, client):
    """freezegun in the test moves the server too."""
    orders = sfn.add_state_machine("orders")
    with freeze_time("2026-01-10 02:00:00"):
        started = client.start_execution(stateMachineArn=orders.arn)

    assert started["startDate"] == datetime(2026, 1, 10, 2, tzinfo=timezone.utc)


def test_the_clock_can_be_set(sfn, client, http):
    """PUT sets the clock, which then stands still, and DELETE gives the machine's time back."""
    orders = sfn.add_state_machine("orders")
    put = http("PUT", "/sfn-mock/clock", {"now": "2026-01-10T02:00:00Z"})
    started = client.start_execution(stateMachineArn=orders.arn)
    deleted = http("DELETE", "/sfn-mock/clock")

    assert (put.status, put.json()) == (200, {"now": "2026-01-10T02:00:00.000Z", "set": True, "tick": False})
    assert started["startDate"] == datetime(2026, 1, 10, 2, tzinfo=timezone.utc)
    assert deleted.json()["set"] is False
