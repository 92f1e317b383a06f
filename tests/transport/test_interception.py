"""Which calls the mock answers: clients created before or in the mock, with or without credentials."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import botocore.hooks
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.stub import Stubber
from moto import mock_aws
from moto.core.models import botocore_stubber

from sfn_mock import UnmockedServiceError, mock_sfn_executions

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
DEFINITION = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
ROLE = "arn:aws:iam::123456789012:role/orders"
KEYS = {"aws_access_key_id": "real", "aws_secret_access_key": "real"}


def listed(client, arn: str = ARN) -> list[str]:
    return [execution["name"] for execution in client.list_executions(stateMachineArn=arn)["executions"]]


def seed(sfn) -> None:
    sfn.add_state_machine("orders").add_execution("nightly", status="RUNNING")


class Body:
    """The content of a response, as botocore reads it from a connection."""

    def __init__(self, content: dict) -> None:
        self._content = json.dumps(content).encode()

    def stream(self):
        yield self._content


# --- Clients made before the mock --------------------------------------------------------------------------------


def test_client_made_before_the_mock():
    """A client of a module, created before the mock, is answered."""
    early = boto3.client("stepfunctions", "us-east-1", **KEYS)

    with mock_sfn_executions() as sfn:
        seed(sfn)

        assert listed(early) == ["nightly"]


def test_client_made_before_any_import():
    """The order of imports does not matter, also of moto."""
    program = """
        import boto3
        early = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="real", aws_secret_access_key="real")
        storage = boto3.client("s3", "us-east-1", aws_access_key_id="real", aws_secret_access_key="real")

        from moto import mock_aws
        from sfn_mock import mock_sfn_executions

        with mock_sfn_executions() as sfn:
            orders = sfn.add_state_machine("orders")
            orders.add_execution("nightly", status="RUNNING")
            print(early.list_executions(stateMachineArn=orders.arn)["executions"][0]["name"])
            with mock_aws():
                print(early.list_executions(stateMachineArn=orders.arn)["executions"][0]["name"])
                print(storage.list_buckets()["Buckets"])
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False)

    assert (run.stdout.split(), run.stderr) == (["nightly", "nightly", "[]"], "")


def test_client_survives_its_mock():
    """A client that was created in one mock is answered by the next one."""
    with mock_sfn_executions():
        client = boto3.client("stepfunctions")

    with mock_sfn_executions() as sfn:
        seed(sfn)

        assert listed(client) == ["nightly"]


def test_client_without_credentials():
    """A client without credentials is answered."""
    early = boto3.client("stepfunctions", "eu-west-1")

    with mock_sfn_executions(region="eu-west-1") as sfn:
        seed(sfn)

        assert listed(early, ARN.replace("us-east-1", "eu-west-1")) == ["nightly"]


@pytest.mark.parametrize("outside", [True, False], ids=["mock_aws outside", "mock_aws inside"])
def test_client_without_credentials_beside_mock_aws(outside):
    """A client without credentials is answered under mock_aws too."""
    early = boto3.client("stepfunctions", "us-east-1")
    first, second = (mock_aws(), mock_sfn_executions) if outside else (mock_sfn_executions(), mock_aws)

    with first, second():
        early.create_state_machine(name="orders", definition=DEFINITION, roleArn=ROLE)

        assert listed(early) == []


@pytest.mark.parametrize("transport", ["direct", "wire"])
def test_expired_credentials_are_not_refreshed(transport):
    """Expired credentials are not refreshed, because that could need a connection."""
    early = boto3.client("stepfunctions", "us-east-1", **KEYS)
    fetched = []
    early._request_signer._credentials = RefreshableCredentials(
        "real", "real", "real", _long_ago(), lambda: fetched.append(True), "sso"
    )

    with mock_sfn_executions(transport=transport) as sfn:
        seed(sfn)

        assert listed(early) == ["nightly"]

    assert fetched == []


def _long_ago():
    from datetime import datetime, timezone

    return datetime(2020, 1, 1, tzinfo=timezone.utc)


# --- Hosts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "with mock_aws"])
@pytest.mark.parametrize(
    ("region", "partition", "options"),
    [
        pytest.param("eu-central-1", "aws", {}, id="another region"),
        pytest.param("cn-north-1", "aws-cn", {}, id="China"),
        pytest.param("us-gov-west-1", "aws-us-gov", {}, id="GovCloud"),
        pytest.param("us-east-1", "aws", {"config": Config(use_fips_endpoint=True)}, id="FIPS"),
        pytest.param("us-east-1", "aws", {"config": Config(use_dualstack_endpoint=True)}, id="dual stack"),
        pytest.param(
            "us-west-2",
            "aws",
            {"endpoint_url": "https://vpce-1a2b-3c4d.states.us-west-2.vpce.amazonaws.com"},
            id="VPC endpoint",
        ),
        pytest.param("us-west-2", "aws", {"endpoint_url": "https://proxy.example.com/states/"}, id="another host"),
        pytest.param("us-west-2", "aws", {"endpoint_url": "http://localhost.example.com:4566"}, id="not quite local"),
    ],
)
def test_every_host_is_answered(region, partition, options, with_moto):
    """A call goes to the store of its client's region, whatever its URL."""
    arn = f"arn:{partition}:states:{region}:123456789012:stateMachine:orders"

    with mock_sfn_executions() as sfn, mock_aws() if with_moto else mock_sfn_executions():
        sfn.add_state_machine("orders", region=region).add_execution("nightly", status="RUNNING")

        assert listed(boto3.client("stepfunctions", region, **options), arn) == ["nightly"]


@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "with mock_aws"])
def test_host_of_start_sync_execution_is_answered(with_moto):
    """StartSyncExecution is answered at its host sync-states."""
    with mock_sfn_executions(), mock_aws() if with_moto else mock_sfn_executions():
        client = boto3.client("stepfunctions")
        with pytest.raises(client.exceptions.ValidationException) as error:
            client.start_sync_execution(stateMachineArn=257 * "a")

    assert "Member must have length less than or equal to 256" in str(error.value)


def test_clients_of_other_sessions():
    """Clients of each kind of session are answered."""
    with mock_sfn_executions() as sfn:
        seed(sfn)
        session = boto3.Session(region_name="us-east-1", **KEYS)

        assert listed(session.client("stepfunctions")) == ["nightly"]
        assert listed(session._session.create_client("stepfunctions")) == ["nightly"]


def test_sessions_in_threads():
    """Each thread may have its own session and client, created before or in the mock."""
    before = threading.Barrier(9)
    entered = threading.Event()

    def call(index):
        early = boto3.Session(region_name="us-east-1", **KEYS).client("stepfunctions") if index % 2 else None
        before.wait(timeout=30)
        entered.wait(timeout=30)
        client = early or boto3.Session(region_name="us-east-1").client("stepfunctions")
        return listed(client)

    with ThreadPoolExecutor(8) as threads:
        calls = [threads.submit(call, index) for index in range(8)]
        before.wait(timeout=30)
        with mock_sfn_executions() as sfn:
            seed(sfn)
            entered.set()
            answers = [call.result() for call in calls]

    assert answers == [["nightly"]] * 8


def test_error_is_not_retried():
    """An error is an HTTP answer with status, headers and members, and is not retried."""
    with mock_sfn_executions():
        client = boto3.client("stepfunctions")
        with pytest.raises(client.exceptions.StateMachineDoesNotExist) as error:
            client.list_executions(stateMachineArn=ARN)

    metadata = error.value.response["ResponseMetadata"]

    assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (400, 0)
    assert metadata["HTTPHeaders"]["content-type"] == "application/x-amz-json-1.0"


# --- Over the wire -----------------------------------------------------------------------------------------------


def test_wire_is_signed_and_parsed():
    """With transport="wire" the client signs the request, sends bytes and parses bytes."""
    with mock_sfn_executions(transport="wire") as sfn:
        seed(sfn)
        client = boto3.client("stepfunctions", **KEYS)
        seen = []
        client.meta.events.register("before-send.sfn", lambda request, **_: seen.append(request))
        client.meta.events.register("response-received.sfn", lambda response_dict, **_: seen.append(response_dict))

        assert listed(client) == ["nightly"]

    request, response = seen
    assert b"Credential=real/" in request.headers["Authorization"]
    assert request.body == json.dumps({"stateMachineArn": ARN}).encode()
    assert [run["name"] for run in json.loads(response["body"])["executions"]] == ["nightly"]


@pytest.mark.parametrize(
    ("transport", "events"),
    [("direct", []), ("wire", ["before-sign", "request-created", "response-received"])],
    ids=["direct", "wire"],
)
def test_events_of_a_transport(transport, events):
    """botocore's events between the call and the parsed answer are emitted only on the wire."""
    seen = []
    with mock_sfn_executions(transport=transport) as sfn:
        seed(sfn)
        client = boto3.client("stepfunctions")
        for event in ("before-sign", "request-created", "response-received"):
            client.meta.events.register(f"{event}.sfn", lambda event_name, **_: seen.append(event_name))

        assert listed(client) == ["nightly"]

    assert sorted(event.partition(".")[0] for event in seen) == events


@pytest.mark.parametrize("transport", ["http", "", None, True], ids=repr)
def test_unknown_transport(transport):
    """An unknown transport is refused at once."""
    with pytest.raises(ValueError) as refusal:
        mock_sfn_executions(transport=transport)

    assert str(refusal.value) == f"transport must be 'direct' or 'wire', got {transport!r}."


# --- Calls that are not intercepted ------------------------------------------------------------------------------


@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "with mock_aws"])
@pytest.mark.parametrize(
    "endpoint",
    [
        "http://localhost:4566",
        "https://LOCALHOST",
        "http://127.0.0.1:8083",
        "http://127.1.2.3",
        "http://0.0.0.0:5000",
        "http://[::1]:4566",
        "http://states.localhost:4566",
    ],
)
def test_loopback_endpoint_is_not_intercepted(endpoint, with_moto, monkeypatch):
    """A client with an endpoint on this machine reaches that server, signed as usual."""
    sent = []

    def send(session, request):
        sent.append((request.url.rstrip("/"), b"Credential=real/" in request.headers["Authorization"]))
        assert "x-sfn-mock-region" not in request.headers
        return AWSResponse(request.url, 200, {}, Body({"executions": []}))

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)

    with mock_sfn_executions() as sfn, mock_aws() if with_moto else mock_sfn_executions():
        seed(sfn)
        client = boto3.client("stepfunctions", "us-east-1", endpoint_url=endpoint, **KEYS)

        assert listed(client) == []

    assert sent == [(endpoint, True)]


def test_host_prefix_of_a_loopback_endpoint(monkeypatch):
    """botocore puts "sync-" before the host, also of this machine."""
    sent = []

    def send(session, request):
        sent.append(request.url)
        return AWSResponse(request.url, 200, {}, Body({}))

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)

    with mock_sfn_executions():
        for host in ("localhost", "127.0.0.1"):
            client = boto3.client("stepfunctions", "us-east-1", endpoint_url=f"http://{host}:4566", **KEYS)
            client.start_sync_execution(stateMachineArn=ARN)

    assert sent == ["http://sync-localhost:4566/", "http://sync-127.0.0.1:4566/"]


def test_stubbed_client_keeps_its_answers():
    """A Stubber's answer or error has priority."""
    with mock_sfn_executions() as sfn:
        seed(sfn)
        client = boto3.client("stepfunctions")
        with Stubber(client) as stubber:
            stubber.add_response("list_executions", {"executions": []})

            assert listed(client) == []
        assert listed(client) == ["nightly"]


@pytest.mark.parametrize("event", ["before-call.sfn", "before-send.sfn"])
def test_handler_of_the_user_has_priority(event):
    """The answer of a user's event handler has priority."""

    def answer(event_name: str, **_: object):
        if event_name.startswith("before-call"):
            return AWSResponse(None, 200, {}, None), {"executions": []}
        return AWSResponse("", 200, {}, Body({"executions": []}))

    with mock_sfn_executions() as sfn:
        seed(sfn)
        client = boto3.client("stepfunctions")
        client.meta.events.register(event, answer)

        assert listed(client) == []


def test_handlers_without_an_answer_are_called():
    """Event handlers that give no answer are called as usual."""
    seen = []
    with mock_sfn_executions() as sfn:
        seed(sfn)
        client = boto3.client("stepfunctions")
        for event in ("provide-client-params", "before-parameter-build", "before-call", "before-send", "after-call"):
            client.meta.events.register(f"{event}.sfn.ListExecutions", lambda event_name, **_: seen.append(event_name))

        assert listed(client) == ["nightly"]

    assert [name.split(".")[0] for name in seen] == [
        "provide-client-params",
        "before-parameter-build",
        "before-call",
        "before-send",
        "after-call",
    ]


# --- Patches -----------------------------------------------------------------------------------------------------


def test_botocore_is_restored():
    """After the mock, the classes of botocore and moto are as before."""
    before = dict(vars(botocore.hooks.EventAliaser)), dict(vars(botocore_stubber))

    with mock_sfn_executions():
        assert vars(botocore.hooks.EventAliaser)["emit"] is not before[0]["emit"]

    assert (dict(vars(botocore.hooks.EventAliaser)), dict(vars(botocore_stubber))) == before


def test_wrapper_of_another_tool_stays(monkeypatch):
    """A wrapper that another tool installs within the mock stays and works after it."""
    events = botocore.hooks.EventAliaser
    monkeypatch.setattr(events, "emit", events.emit)
    monkeypatch.setattr(events, "emit_until_response", events.emit_until_response)
    emitted = []

    def watch(original):
        def emit(self, event_name, **kwargs):
            emitted.append(event_name)
            return original(self, event_name, **kwargs)

        return emit

    with mock_sfn_executions():
        events.emit = emit = watch(events.emit)
        events.emit_until_response = emit_until_response = watch(events.emit_until_response)

    client = boto3.client("stepfunctions", "us-east-1", **KEYS)
    client.meta.events.register(
        "before-send.sfn", lambda request, **_: AWSResponse(request.url, 200, {}, Body({"executions": []}))
    )

    assert listed(client) == []
    assert (events.emit, events.emit_until_response) == (emit, emit_until_response)
    assert {"before-call.sfn.ListExecutions", "before-send.sfn.ListExecutions"} <= set(emitted)


# --- Emitters of asyncio clients ---------------------------------------------------------------------------------


class AsyncEmitter(botocore.hooks.HierarchicalEmitter):
    """Like aiobotocore's: the answers of handlers are awaited."""

    async def _emit(self, event_name, kwargs, stop_on_response=False):
        return super()._emit(event_name, kwargs, stop_on_response)

    async def emit_until_response(self, event_name, **kwargs):
        responses = await self._emit(event_name, kwargs, stop_on_response=True)
        return responses[-1] if responses else (None, None)


class Signer:
    """The part of a client's signer that is used."""

    _credentials = None


def send(events, url: str, signer=None, body=b""):
    """Emit the events of a call of an asyncio client to S3, and return the answer."""
    from botocore.awsrequest import AWSPreparedRequest

    async def call():
        params, context = {"url": url, "headers": {}}, {}
        await events.emit_until_response(
            "before-call.s3.ListBuckets", model=None, params=params, context=context, request_signer=signer
        )
        request = AWSPreparedRequest("GET", url, {}, body, False)
        return context, await events.emit("before-send.s3.ListBuckets", request=request)

    return asyncio.run(call())


def test_async_emitter_is_guarded():
    """A call of an asyncio client to another service is refused too."""
    events = botocore.hooks.EventAliaser(AsyncEmitter())

    with pytest.raises(UnmockedServiceError), mock_sfn_executions():
        send(events, "https://s3.us-east-1.amazonaws.com/")


def test_async_emitter_is_answered_in_its_own_form():
    """An asyncio client can await moto's answers: content, text, and streams."""
    events = botocore.hooks.EventAliaser(AsyncEmitter())

    async def read(response):
        async with response.raw as stream:
            parts = [await stream.content.read(5), await stream.content.read()]
        return await response.content, await response.text, b"".join(parts), parts[0]

    with mock_aws(), mock_sfn_executions():
        _, answers = send(events, "https://s3.us-east-1.amazonaws.com/", signer=Signer())
        [response] = [answer for _, answer in answers]
        content, text, joined, first = asyncio.run(read(response))

    assert (response.status_code, content == joined == text.encode(), first) == (200, True, b"<?xml")


def test_async_emitter_reads_the_whole_body():
    """The body of an asyncio client is read completely before moto gets it."""
    events = botocore.hooks.EventAliaser(AsyncEmitter())
    sent = []
    events.register("before-send.s3", lambda request, **_: sent.append(request.body))

    class Upload:
        async def read(self):
            return b"failures"

    with mock_aws(), mock_sfn_executions():
        send(events, "https://s3.us-east-1.amazonaws.com/", signer=Signer(), body=Upload())

    assert sent == [b"failures"]


def test_async_emitter_keeps_its_answers():
    """The answers of the client's own handlers have priority."""
    events = botocore.hooks.EventAliaser(AsyncEmitter())
    events.register("before-send.s3", lambda **_: "answer")

    with mock_sfn_executions():
        context, answers = send(events, "https://s3.us-east-1.amazonaws.com/")

    assert context == {"auth_type": "none"}
    assert [answer for _, answer in answers] == ["answer"]
