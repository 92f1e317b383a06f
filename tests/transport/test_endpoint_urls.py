"""Endpoint URLs in the environment, which send Step Functions calls past the mock."""

from __future__ import annotations

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from sfn_mock import mock_sfn_executions


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    """Keys for clients that are created before a mock."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


class _Raw:
    def stream(self):
        yield b'{"stateMachines": []}'


def list_elsewhere(client):
    """List executions, answered by a handler instead of a server on this machine."""
    client.meta.events.register("before-send.sfn", lambda request, **_: AWSResponse(request.url, 200, {}, _Raw()))
    return client.list_state_machines()["stateMachines"]


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_SFN", "AWS_ENDPOINT_URL"])
@pytest.mark.parametrize("is_early", [True, False], ids=["client from before", "client from within"])
def test_a_client_that_calls_another_endpoint(monkeypatch, name, is_early):
    """A call to this machine because of the environment warns at its line, with the variable."""
    monkeypatch.setenv(name, "http://localhost:4566")
    early = boto3.client("stepfunctions")
    with mock_sfn_executions() as sfn:
        client = early if is_early else boto3.client("stepfunctions")
        with pytest.warns(UserWarning, match="is set, so this call") as caught:
            assert list_elsewhere(client) == []

        assert sfn.calls == []
    assert [(str(warning.message), warning.filename) for warning in caught] == [
        (
            f"{name}=http://localhost:4566 is set, so this call to Step Functions goes there instead "
            "of to the mock. Remove the variable before you make the client, for example with "
            f"monkeypatch.delenv('{name}').",
            __file__,
        )
    ]


def test_an_endpoint_that_the_test_gives(monkeypatch):
    """A client with an endpoint_url of the test does not warn."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    with mock_sfn_executions():
        client = boto3.client("stepfunctions", endpoint_url="http://localhost:8083")

        assert list_elsewhere(client) == []


def test_an_endpoint_that_is_not_this_machine(monkeypatch, sfn):
    """A call to another machine is answered by the mock, without a warning."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://proxy.example.com")
    boto3.client("stepfunctions").list_state_machines()

    assert [call.operation for call in sfn.calls] == ["ListStateMachines"]


def test_another_service(monkeypatch, sfn):
    """A call to another service does not warn."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    client = boto3.client("sqs")
    client.meta.events.register("before-send.sqs", lambda request, **_: AWSResponse(request.url, 200, {}, _Empty()))

    assert "QueueUrls" not in client.list_queues()


class _Empty:
    def stream(self):
        yield b"{}"


def test_the_server_of_the_mock(monkeypatch, sfn_executions_server):
    """An endpoint in the environment that is the mock's own server does not warn."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", sfn_executions_server.endpoint_url)
    boto3.client("stepfunctions").list_state_machines()

    assert [call.operation for call in sfn_executions_server.calls] == ["ListStateMachines"]
