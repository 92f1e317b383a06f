"""retry_sleeps=False: botocore tries as often as ever, and at once."""

from __future__ import annotations

import asyncio
import http.server
import sys
import time
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


@pytest.fixture
def pauses(monkeypatch):
    """How long botocore meant to sleep, which takes no time here."""
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


def client(mode: str, **options):
    config = Config(retries={"total_max_attempts": 4, "mode": mode})
    return boto3.client("stepfunctions", "us-east-1", config=config, **options)


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "under mock_aws"])
@freeze_time("2026-01-10 12:00:00")
def test_retries_cost_no_time(pauses, mode, with_moto):
    """In each mode, and also where the adaptive one waits for a frozen clock, no pause is left and the tries remain."""
    with mock_sfn_executions(retry_sleeps=False) as sfn:
        with mock_aws() if with_moto else mock_sfn_executions():
            fault = sfn.add_fault("ListStateMachines", error="ThrottlingException", times=3)
            answer = client(mode).list_state_machines()

        assert members(answer) == {"stateMachines": []}
        assert answer["ResponseMetadata"]["RetryAttempts"] == fault.count == 3
        assert pauses == [0, 0, 0]


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_retries_pause_unless_told(pauses, mode):
    """Without the option botocore sleeps as it does on AWS."""
    with mock_sfn_executions() as sfn:
        sfn.add_fault("ListStateMachines", error="ThrottlingException", times=2)
        client(mode).list_state_machines()

    assert len(pauses) == 2
    assert all(pause > 0 for pause in pauses)


def test_last_error_stays(pauses):
    """When the tries are used up there is an error, after as many as ever."""
    with mock_sfn_executions(retry_sleeps=False) as sfn:
        fault = sfn.add_fault("ListStateMachines", error="ServiceUnavailable", times=None)
        with pytest.raises(ClientError, match="ServiceUnavailable") as struck:
            client("standard").list_state_machines()

    assert struck.value.response["ResponseMetadata"]["RetryAttempts"] == 3
    assert (fault.count, pauses) == (4, [0, 0, 0])


@pytest.fixture
def failing_server():
    """A server of the test's own on this machine that is never well."""

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
def test_others_pause_as_ever(pauses, failing_server, mode):
    """Clients with a server of their own are left alone."""
    with mock_sfn_executions(retry_sleeps=False), pytest.raises(ClientError):
        client(mode, endpoint_url=failing_server).list_state_machines()

    assert len(pauses) == 3
    assert all(pause > 0 for pause in pauses)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_servers_of_the_mock_are_meant(pauses, name):
    """Under whatever name of this machine a client reaches them."""
    with sfn_mock.server(retry_sleeps=False) as sfn:
        sfn.add_fault("ListStateMachines", error="ThrottlingException", times=3)
        client("standard", endpoint_url=sfn.endpoint_url.replace("127.0.0.1", name)).list_state_machines()

    assert pauses == [0, 0, 0]


def test_port_that_begins_like_a_servers_is_anothers(pauses, failing_server):
    """One of a server's own on port 500 tells nothing of port 5000."""
    with mock_sfn_executions(retry_sleeps=False) as sfn:
        sfn._session.endpoint_urls.append(failing_server[:-1])
        with pytest.raises(ClientError):
            client("standard", endpoint_url=failing_server).list_state_machines()

    assert [pause > 0 for pause in pauses] == [True, True, True]


def test_tokens_of_others_are_counted():
    """Whoever else takes tokens from a bucket gets as many as there are."""
    with mock_sfn_executions(retry_sleeps=False), freeze_time("2026-01-10 12:00:00"):
        bucket = TokenBucket(max_rate=1, clock=Clock())
        with pytest.raises(CapacityNotAvailableError):
            bucket.acquire(block=False)


def test_botocore_is_as_it_was():
    """When the mock has ended, so has all that it put in botocore's place."""
    before = EventAliaser.emit, TokenBucket.acquire
    with mock_sfn_executions(retry_sleeps=False):
        within = EventAliaser.emit, TokenBucket.acquire

    assert (EventAliaser.emit, TokenBucket.acquire) == before
    assert within != before


def test_what_others_wrapped_meanwhile_stays(monkeypatch, pauses):
    """Somebody else's wrapper outlives the mock, and what it wraps does nothing of the mock's any more."""
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
    """As aiobotocore's: handlers and what they answer are awaited."""

    async def _emit(self, event_name, kwargs, stop_on_response=False):
        handled = super()._emit(event_name, kwargs, stop_on_response)
        return [(handler, await answer if isawaitable(answer) else answer) for handler, answer in handled]


class AsyncTokenBucket:
    """As aiobotocore's, where no token is ever to be had."""

    async def acquire(self, amount=1, block=True):
        return f"waited for {amount}"


def acquired(*, sending: bool):
    """What a bucket gives, twice: to an asyncio client that sends a request to Step Functions, or to somebody else."""
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


def test_asyncio_clients_wait_for_no_token(monkeypatch):
    """Their buckets are found whenever they were imported, and are as they were when the mock has ended."""
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
    """There is one botocore, which either pauses or does not."""
    with mock_sfn_executions(), pytest.raises(RuntimeError) as error:
        mock_sfn_executions(retry_sleeps=False).start()

    assert str(error.value) == (
        "cannot use retry_sleeps=False in an inner mock: it shares the active mock, which has "
        "retry_sleeps=True; leave the option out, or give the outer mock the same value instead."
    )
