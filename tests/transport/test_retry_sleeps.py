"""retry_sleeps=False: botocore retries as often as before, but without pauses."""

from __future__ import annotations

import asyncio
import http.server
import sys
from inspect import isawaitable
from threading import Thread
from types import SimpleNamespace

import boto3
import pytest
from answers import members
from botocore.awsrequest import AWSPreparedRequest
from botocore.config import Config
from botocore.exceptions import CapacityNotAvailableError, ClientError
from botocore.hooks import EventAliaser, HierarchicalEmitter
from botocore.retries.bucket import Clock, TokenBucket
from freezegun import freeze_time
from moto import mock_aws

import sfn_mock
from sfn_mock import mock_sfn_executions

KEYS = {"aws_access_key_id": "real", "aws_secret_access_key": "real"}


def client(mode: str, **options):
    config = Config(retries={"total_max_attempts": 4, "mode": mode})
    return boto3.client("stepfunctions", "us-east-1", config=config, **options)


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "under mock_aws"])
@freeze_time("2026-01-10 12:00:00")
def test_retries_take_no_time(pauses, mode, with_moto):
    """No mode pauses, also not the adaptive one under a frozen clock, and the number of tries is the same."""
    with mock_sfn_executions(retry_sleeps=False) as sfn:
        with mock_aws() if with_moto else mock_sfn_executions():
            fault = sfn.add_fault("ListStateMachines", error="ThrottlingException", times=3)
            answer = client(mode).list_state_machines()

        assert members(answer) == {"stateMachines": []}
        assert answer["ResponseMetadata"]["RetryAttempts"] == fault.count == 3
        assert pauses == [0, 0, 0]


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_retries_pause_by_default(pauses, mode):
    """Without the option botocore pauses as it does with AWS."""
    with mock_sfn_executions() as sfn:
        sfn.add_fault("ListStateMachines", error="ThrottlingException", times=2)
        client(mode).list_state_machines()

    assert len(pauses) == 2
    assert all(pause > 0 for pause in pauses)


def test_last_error_is_the_same(pauses):
    """The number of tries and the last error are the same."""
    with mock_sfn_executions(retry_sleeps=False) as sfn:
        fault = sfn.add_fault("ListStateMachines", error="ServiceUnavailable", times=None)
        with pytest.raises(ClientError, match="ServiceUnavailable") as struck:
            client("standard").list_state_machines()

    assert struck.value.response["ResponseMetadata"]["RetryAttempts"] == 3
    assert (fault.count, pauses) == (4, [0, 0, 0])


@pytest.fixture
def failing_server():
    """A server of the test on this machine that always fails."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(503)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_other_clients_pause_as_usual(pauses, failing_server, mode):
    """Clients with another server pause as usual."""
    with mock_sfn_executions(retry_sleeps=False), pytest.raises(ClientError):
        client(mode, endpoint_url=failing_server).list_state_machines()

    assert len(pauses) == 3
    assert all(pause > 0 for pause in pauses)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_clients_of_the_mocks_servers_do_not_pause(pauses, name):
    """Clients of the mock's server do not pause, whatever name of this machine they use."""
    with sfn_mock.server(retry_sleeps=False) as sfn:
        sfn.add_fault("ListStateMachines", error="ThrottlingException", times=3)
        client("standard", endpoint_url=sfn.endpoint_url.replace("127.0.0.1", name)).list_state_machines()

    assert pauses == [0, 0, 0]


def test_port_that_begins_like_that_of_a_server(pauses, failing_server):
    """A server on port 500 is not the mock's on port 5000."""
    with mock_sfn_executions(retry_sleeps=False) as sfn:
        sfn._session.endpoint_urls.append(failing_server[:-1])
        with pytest.raises(ClientError):
            client("standard", endpoint_url=failing_server).list_state_machines()

    assert [pause > 0 for pause in pauses] == [True, True, True]


def test_tokens_of_other_services_are_counted():
    """Clients of other services get tokens of a bucket as usual."""
    with mock_sfn_executions(retry_sleeps=False), freeze_time("2026-01-10 12:00:00"):
        bucket = TokenBucket(max_rate=1, clock=Clock())
        with pytest.raises(CapacityNotAvailableError):
            bucket.acquire(block=False)


def test_botocore_is_restored():
    """After the mock, botocore is as before."""
    before = EventAliaser.emit, TokenBucket.acquire
    with mock_sfn_executions(retry_sleeps=False):
        within = EventAliaser.emit, TokenBucket.acquire

    assert (EventAliaser.emit, TokenBucket.acquire) == before
    assert within != before


def test_wrapper_of_another_tool_stays(monkeypatch, pauses):
    """A wrapper of another tool stays after the mock, and works without it."""
    mock = mock_sfn_executions(retry_sleeps=False)
    mock.start()
    ours = TokenBucket.acquire
    monkeypatch.setattr(TokenBucket, "acquire", lambda *args, **kwargs: ours(*args, **kwargs))
    theirs = TokenBucket.acquire
    mock.stop()
    with mock_sfn_executions() as sfn:
        sfn.add_fault("ListStateMachines", error="ThrottlingException")
        client("adaptive").list_state_machines()

    assert TokenBucket.acquire is theirs
    assert pauses[0] > 0


class AsyncEmitter(HierarchicalEmitter):
    """Like aiobotocore's: handlers and their answers are awaited."""

    async def _emit(self, event_name, kwargs, stop_on_response=False):
        handled = super()._emit(event_name, kwargs, stop_on_response)
        return [(handler, await answer if isawaitable(answer) else answer) for handler, answer in handled]


class AsyncTokenBucket:
    """Like aiobotocore's, but it never has a token."""

    async def acquire(self, amount=1, block=True):
        return f"waited for {amount}"


def acquired(*, sending: bool):
    """What a bucket gives to an asyncio client of Step Functions, and to another client."""
    events, bucket, given = EventAliaser(AsyncEmitter()), AsyncTokenBucket(), []

    async def acquire(**_):
        given.append(await bucket.acquire())

    async def send():
        headers = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines"}
        request = AWSPreparedRequest("POST", "https://states.us-east-1.amazonaws.com/", headers, b"{}", False)
        for _ in range(2):
            await events.emit("before-send.sfn.ListStateMachines", request=request)
            if not sending:
                await acquire()

    if sending:
        events.register("before-send.sfn", acquire)
    asyncio.run(send())
    return given


def test_asyncio_clients_do_not_wait_for_tokens(monkeypatch):
    """Buckets of asyncio clients are found whenever they were imported, and are restored after the mock."""
    monkeypatch.delitem(sys.modules, "aiobotocore.retries.bucket", raising=False)
    with mock_sfn_executions(retry_sleeps=False):
        assert acquired(sending=True) == ["waited for 1"] * 2
        module = SimpleNamespace(AsyncTokenBucket=AsyncTokenBucket)
        monkeypatch.setitem(sys.modules, "aiobotocore.retries.bucket", module)

        assert acquired(sending=True) == [True, True]
        assert acquired(sending=False) == ["waited for 1"] * 2
    assert acquired(sending=False) == ["waited for 1"] * 2
    with mock_sfn_executions():
        assert acquired(sending=True) == ["waited for 1"] * 2


def test_inner_mock_cannot_differ():
    """An inner mock cannot have another retry_sleeps."""
    with mock_sfn_executions(), pytest.raises(RuntimeError) as error:
        mock_sfn_executions(retry_sleeps=False).start()

    assert str(error.value) == (
        "cannot use retry_sleeps=False in an inner mock: it shares the active mock, which has "
        "retry_sleeps=True; leave the option out, or give the outer mock the same value instead."
    )
