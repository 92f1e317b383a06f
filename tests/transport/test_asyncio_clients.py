"""asyncio clients: aiobotocore and aioboto3 get the same answers as boto3."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import textwrap
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta, timezone
from importlib import import_module

import boto3
import pytest
from answers import members
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from every_operation import CALLS, comparable, in_order, over, seed
from freezegun import freeze_time
from moto import mock_aws

from sfn_mock import UnmockedServiceError, mock_sfn_executions

pytest.importorskip("aiobotocore", reason="aiobotocore is missing: tox -e aiobotocore has it")
pytestmark = pytest.mark.asyncio

NOW = "2026-01-10T12:00:00.250Z"
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
KEYS = {"aws_access_key_id": "real", "aws_secret_access_key": "real"}
LIST_BUCKETS = (
    "s3 ListBuckets is not mocked: mock_sfn_executions mocks Step Functions only. Add moto's mock_aws to this test, "
    "or stub the client."
)


def _connect_by_aiobotocore(service, region="us-east-1", **options):
    return import_module("aiobotocore.session").get_session().create_client(service, region, **options)


def _connect_by_aioboto3(service, region="us-east-1", **options):
    return import_module("aioboto3").Session().client(service, region, **options)


@pytest.fixture(params=["aiobotocore", "aioboto3"])
def connect(request):
    """Make a client of each library, to be entered with ``async with``."""
    pytest.importorskip(request.param, reason=f"{request.param} is not installed: test-{request.param} has it")
    return {"aiobotocore": _connect_by_aiobotocore, "aioboto3": _connect_by_aioboto3}[request.param]


@pytest.fixture
def frozen():
    """A clock that is frozen except for the event loop."""
    with freeze_time(NOW, real_asyncio=True):
        yield


async def listed(client, arn=ARN):
    return [execution["name"] for execution in (await client.list_executions(stateMachineArn=arn))["executions"]]


def seed_one(sfn):
    sfn.add_state_machine("orders").add_execution("nightly", status="RUNNING")


# --- Answers -----------------------------------------------------------------------------------------------------


async def awaited(connect, way, operation, arguments):
    """The answer to an operation by that transport, on a store with the same seeds each time."""
    with mock_sfn_executions() as sfn:
        text = json.dumps(arguments)
        for name, arn in seed(sfn).items():
            text = text.replace("{" + name + "}", arn)
        async with connect("stepfunctions") as client:
            if way == "wire":
                # A handler for this event makes the call go over the wire.
                client.meta.events.register("before-send.sfn", lambda **_: None)
            try:
                response, error = await getattr(client, operation)(**json.loads(text)), None
            except ClientError as refusal:
                response, error = refusal.response, type(refusal).__name__
            return in_order(comparable(response)), error


@pytest.mark.parametrize(
    ("operation", "arguments"), [pytest.param(*call, id=f"{index}-{call[0]}") for index, call in enumerate(CALLS)]
)
@pytest.mark.parametrize("way", ["direct", "wire"])
async def test_every_operation_is_answered_as_boto3_is(connect, frozen, way, operation, arguments):
    """Keys, order, values, classes, zones, ResponseMetadata and errors are equal."""
    assert await awaited(connect, way, operation, arguments) == over(way, operation, arguments)


async def test_paginator_walks_all_pages(connect):
    """The paginator gets all pages by their tokens."""
    with mock_sfn_executions() as sfn:
        runs = sfn.add_state_machine("orders").add_executions(250, status="SUCCEEDED")
        async with connect("stepfunctions") as client:
            pages = client.get_paginator("list_executions").paginate(stateMachineArn=ARN)
            sizes, names = [], []
            async for page in pages:
                sizes.append(len(page["executions"]))
                names += [execution["name"] for execution in page["executions"]]

    assert sizes == [100, 100, 50]
    assert names == [run.name for run in reversed(runs)]


async def test_modelled_error_is_the_clients_exception(connect):
    """A modelled error is the client's exception class, with code, sentence and members."""
    arn = "arn:aws:states:us-east-1:123456789012:mapRun:orders/Items:none"
    with mock_sfn_executions():
        async with connect("stepfunctions") as client:
            with pytest.raises(client.exceptions.ResourceNotFound) as error:
                await client.list_executions(mapRunArn=arn)

    assert members(error.value.response) == {
        "Error": {"Code": "ResourceNotFound", "Message": f"Resource not found: '{arn}'"},
        "message": f"Resource not found: '{arn}'",
        "resourceName": arn,
    }


@mock_sfn_executions
async def test_decorated_coroutine(connect):
    """In a decorated coroutine function the mock is active at each await."""
    async with connect("stepfunctions") as client:
        await asyncio.sleep(0)

        assert (await client.list_state_machines())["stateMachines"] == []


async def test_tasks_share_one_store(connect, sfn_executions, frozen):
    """If many tasks start, list and stop at once, nothing is lost or doubled."""
    sfn_executions.add_state_machine("orders")
    async with connect("stepfunctions") as client:

        async def work():
            arns = [(await client.start_execution(stateMachineArn=ARN))["executionArn"] for _ in range(10)]
            await client.list_executions(stateMachineArn=ARN)
            await client.stop_execution(executionArn=arns[0])
            return arns

        started = await asyncio.gather(*[work() for _ in range(20)])
        pages = client.get_paginator("list_executions").paginate(stateMachineArn=ARN, PaginationConfig={"PageSize": 7})
        shown = [run["executionArn"] async for page in pages for run in page["executions"]]
        stopped = await client.list_executions(stateMachineArn=ARN, statusFilter="ABORTED")

    assert sorted(shown) == sorted(arn for arns in started for arn in arns)
    assert len(set(shown)) == 200
    assert {run["executionArn"] for run in stopped["executions"]} == {arns[0] for arns in started}


# --- Clients made before the mock, and their hosts ---------------------------------------------------------------


async def test_client_made_before_the_mock(connect):
    """A client from before the mock is answered by each mock."""
    async with connect("stepfunctions", **KEYS) as early:
        for _ in range(2):
            with mock_sfn_executions() as sfn:
                seed_one(sfn)

                assert await listed(early) == ["nightly"]


async def test_client_made_before_any_import():
    """The order of imports does not matter, also of moto."""
    program = """
        import asyncio
        from aiobotocore.session import get_session

        async def main():
            keys = {"aws_access_key_id": "real", "aws_secret_access_key": "real"}
            async with (
                get_session().create_client("stepfunctions", "us-east-1", **keys) as early,
                get_session().create_client("s3", "us-east-1", **keys) as storage,
            ):
                from moto import mock_aws
                from sfn_mock import mock_sfn_executions

                with mock_sfn_executions() as sfn:
                    orders = sfn.add_state_machine("orders")
                    orders.add_execution("nightly", status="RUNNING")
                    print((await early.list_executions(stateMachineArn=orders.arn))["executions"][0]["name"])
                    with mock_aws():
                        print((await early.list_executions(stateMachineArn=orders.arn))["executions"][0]["name"])
                        print((await storage.list_buckets())["Buckets"])

        asyncio.run(main())
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False)

    assert (run.stdout.split(), run.stderr) == (["nightly", "nightly", "[]"], "")


@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "with mock_aws"])
async def test_client_without_credentials(connect, with_moto):
    """A client without credentials is answered."""
    async with connect("stepfunctions") as early:
        with mock_sfn_executions() as sfn, mock_aws() if with_moto else mock_sfn_executions():
            seed_one(sfn)

            assert await listed(early) == ["nightly"]


async def test_expired_credentials_are_not_refreshed(connect):
    """Expired credentials are not refreshed, because that could need a connection."""
    fetched = []

    async def fetch():
        fetched.append(True)

    async with connect("stepfunctions", **KEYS) as early:
        early._request_signer._credentials = _refreshable(fetch, datetime(2020, 1, 1, tzinfo=timezone.utc))
        with mock_sfn_executions() as sfn:
            seed_one(sfn)

            assert await listed(early) == ["nightly"]

    assert fetched == []


def _refreshable(fetch, expiry):
    credentials = import_module("aiobotocore.credentials")
    return credentials.AioRefreshableCredentials("real", "real", "real", expiry, fetch, "sso")


async def test_refreshable_credentials_under_mock_aws(connect):
    """Under mock_aws, refreshable credentials are read without a refresh."""
    async with connect("stepfunctions", **KEYS) as client:
        client._request_signer._credentials = _refreshable(None, datetime.now(timezone.utc) + timedelta(hours=12))
        with mock_aws(), mock_sfn_executions() as sfn:
            seed_one(sfn)

            assert await listed(client) == ["nightly"]


@pytest.mark.parametrize("watched", [False, True], ids=["direct", "wire"])
async def test_calls_of_an_assumed_role_belong_to_its_account(connect, watched):
    """Keys of moto's STS belong to the account of the role."""
    with mock_aws(), mock_sfn_executions() as sfn:
        sfn.add_state_machine("orders", account_id="210987654321")
        async with connect("sts") as sts:
            answer = await sts.assume_role(RoleArn="arn:aws:iam::210987654321:role/reader", RoleSessionName="reader")
        given = answer["Credentials"]
        async with connect(
            "stepfunctions",
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        ) as client:
            if watched:
                client.meta.events.register("before-send.sfn", lambda **_: None)
            machines = (await client.list_state_machines())["stateMachines"]

    assert [machine["stateMachineArn"] for machine in machines] == [ARN.replace("123456789012", "210987654321")]


@pytest.mark.parametrize(
    ("region", "partition", "options"),
    [
        pytest.param("eu-central-1", "aws", {}, id="another region"),
        pytest.param("cn-north-1", "aws-cn", {}, id="China"),
        pytest.param("us-gov-west-1", "aws-us-gov", {}, id="GovCloud"),
        pytest.param("us-west-2", "aws", {"endpoint_url": "https://proxy.example.com/states/"}, id="another host"),
    ],
)
async def test_every_host_is_answered(connect, region, partition, options):
    """A call goes to the store of its client's region, whatever its URL."""
    with mock_sfn_executions() as sfn:
        sfn.add_state_machine("orders", region=region).add_execution("nightly", status="RUNNING")
        async with connect("stepfunctions", region, **options) as client:
            assert await listed(client, f"arn:{partition}:states:{region}:123456789012:stateMachine:orders") == [
                "nightly"
            ]


# --- Errors ------------------------------------------------------------------------------------------------------


def retrying(mode: str, attempts: int = 4):
    """Options of a client that sends each request up to this number of times."""
    return {"config": Config(retries={"total_max_attempts": attempts, "mode": mode})}


@pytest.fixture
def pauses(monkeypatch):
    """The pauses that aiobotocore asks for, which take no time here."""
    pauses, sleep = [], asyncio.sleep

    async def pause(seconds, *result):
        pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", pause)
    return pauses


RETRIED = ["ThrottlingException", "InternalServerError", "ServiceUnavailable", "ConnectionError", "ReadTimeout"]


@pytest.mark.parametrize("error", RETRIED)
@pytest.mark.parametrize("mode", ["legacy", "standard"])
async def test_faults_are_retried(connect, pauses, mode, error):
    """Throttling, server errors and lost connections are retried with aiobotocore's pauses, and counted."""
    with mock_sfn_executions() as sfn:
        seed_one(sfn)
        fault = sfn.add_fault("ListExecutions", error=error, times=2)
        async with connect("stepfunctions", **retrying(mode)) as client:
            answer = await client.list_executions(stateMachineArn=ARN)

    assert [execution["name"] for execution in answer["executions"]] == ["nightly"]
    assert answer["ResponseMetadata"]["RetryAttempts"] == fault.count == len(pauses) == 2
    assert all(pause > 0 for pause in pauses)


@pytest.mark.parametrize("error", RETRIED)
@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
async def test_retries_without_pauses(connect, frozen, pauses, mode, error):
    """With retry_sleeps=False no mode pauses, also not the adaptive one under a frozen clock."""
    with mock_sfn_executions(retry_sleeps=False) as sfn:
        seed_one(sfn)
        fault = sfn.add_fault("ListExecutions", error=error, times=2)
        async with connect("stepfunctions", **retrying(mode)) as client:
            answer = await asyncio.wait_for(client.list_executions(stateMachineArn=ARN), 30)

    assert [execution["name"] for execution in answer["executions"]] == ["nightly"]
    assert answer["ResponseMetadata"]["RetryAttempts"] == fault.count == 2
    assert pauses == [0, 0]


async def test_retries_are_used_up(connect, pauses):
    """If the last try fails too, the call has its error; each try is recorded."""
    with mock_sfn_executions(retry_sleeps=False) as sfn:
        sfn.add_fault("ListStateMachines", error="ThrottlingException", times=None)
        async with connect("stepfunctions", **retrying("standard", attempts=3)) as client:
            with pytest.raises(ClientError) as struck:
                await client.list_state_machines()
        errors = [call.error for call in sfn.calls]

    assert struck.value.response["Error"] == {"Message": "Rate exceeded", "Code": "ThrottlingException"}
    assert struck.value.response["ResponseMetadata"]["RetryAttempts"] == 2
    assert errors == ["ThrottlingException"] * 3


async def test_modelled_fault_is_the_clients_exception(connect):
    """A modelled error is not retried, and has the client's exception class."""
    arn = "arn:aws:states:us-east-1:123456789012:mapRun:orders/Items:none"
    with mock_sfn_executions() as sfn:
        fault = sfn.add_fault("DescribeMapRun", error="ResourceNotFound", when=lambda call: call["mapRunArn"] == arn)
        async with connect("stepfunctions") as client:
            with pytest.raises(client.exceptions.ResourceNotFound) as error:
                await client.describe_map_run(mapRunArn=arn)

    assert fault.count == 1
    assert members(error.value.response) == {
        "Error": {"Code": "ResourceNotFound", "Message": f"Resource not found: '{arn}'"},
        "message": f"Resource not found: '{arn}'",
        "resourceName": arn,
    }


async def test_denied_call_is_not_retried(connect):
    """AccessDeniedException has AWS's sentence and is not retried."""
    with mock_sfn_executions() as sfn:
        seed_one(sfn)
        sfn.add_fault("ListExecutions", error="AccessDeniedException")
        async with connect("stepfunctions", **retrying("standard")) as client:
            with pytest.raises(ClientError) as struck:
                await listed(client)

            assert await listed(client) == ["nightly"]

    assert struck.value.response["Error"] == {
        "Code": "AccessDeniedException",
        "Message": "User: arn:aws:iam::123456789012:user/sfn-mock is not authorized to perform: states:ListExecutions "
        f"on resource: {ARN} because no identity-based policy allows the states:ListExecutions action",
    }


@pytest.mark.parametrize(
    ("error", "raised", "sentence"),
    [
        ("ConnectionError", EndpointConnectionError, 'Could not connect to the endpoint URL: "{url}"'),
        ("ConnectTimeout", ConnectTimeoutError, 'Connect timeout on endpoint URL: "{url}"'),
        ("ReadTimeout", ReadTimeoutError, 'Read timeout on endpoint URL: "{url}"'),
        (
            "ConnectionClosedError",
            ConnectionClosedError,
            'Connection was closed before we received a valid response from endpoint URL: "{url}".',
        ),
    ],
)
@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "under mock_aws"])
async def test_connection_error(connect, error, raised, sentence, with_moto):
    """A fault of the connection is botocore's own error with the endpoint."""
    with mock_sfn_executions() as sfn, mock_aws() if with_moto else mock_sfn_executions():
        seed_one(sfn)
        sfn.add_fault("ListExecutions", error=error)
        async with connect("stepfunctions", **retrying("standard", attempts=1)) as client:
            with pytest.raises(raised) as struck:
                await listed(client)

            assert await listed(client) == ["nightly"]

    assert str(struck.value) == sentence.format(url="https://states.us-east-1.amazonaws.com/")


async def test_quota(connect, frozen):
    """A quota throttles requests of asyncio clients, including each retry."""
    with mock_sfn_executions(quotas={"ListExecutions": (2, 1)}, retry_sleeps=False) as sfn:
        seed_one(sfn)
        async with connect("stepfunctions", **retrying("standard", attempts=2)) as client:
            assert await listed(client) == ["nightly"]
            assert await listed(client) == ["nightly"]
            with pytest.raises(ClientError, match="Rate exceeded"):
                await listed(client)
            with freeze_time("2026-01-10T12:00:01.250Z", real_asyncio=True):
                assert await listed(client) == ["nightly"]
        errors = [call.error for call in sfn.calls]

    assert errors == [None, None, "ThrottlingException", "ThrottlingException", None]


async def test_quota_of_open_executions(connect):
    """A start above the quota is the client's ExecutionLimitExceeded."""
    with mock_sfn_executions(quotas={"open_executions": 1}) as sfn:
        seed_one(sfn)
        async with connect("stepfunctions") as client:
            with pytest.raises(client.exceptions.ExecutionLimitExceeded):
                await client.start_execution(stateMachineArn=ARN)


# --- Calls that are not intercepted ------------------------------------------------------------------------------


async def test_stubbed_client_keeps_its_answers(connect):
    """A stubber's answer has priority, for Step Functions and other services."""
    stub = pytest.importorskip("aiobotocore.stub", reason="this aiobotocore has no stubber")
    with mock_sfn_executions() as sfn:
        seed_one(sfn)
        async with connect("stepfunctions") as client, connect("s3") as storage:
            with stub.AioStubber(client) as stubber, stub.AioStubber(storage) as stubber_of_storage:
                stubber.add_response("list_executions", {"executions": []})
                stubber_of_storage.add_response("list_buckets", {"Buckets": []})

                assert await listed(client) == []
                assert (await storage.list_buckets())["Buckets"] == []
            assert await listed(client) == ["nightly"]


async def test_handler_of_the_user_has_priority(connect):
    """The answer of a user's event handler, here a coroutine function, has priority."""
    with mock_sfn_executions() as sfn:
        seed_one(sfn)
        async with connect("stepfunctions") as client:

            async def answer(**_):
                return AWSResponse(None, 200, {}, None), {"executions": []}

            client.meta.events.register("before-call.sfn", answer)

            assert await listed(client) == []


@asynccontextmanager
async def own_server(answer: bytes):
    """A server of the user on this machine: its URL, and the first line of each request."""
    requests: list[str] = []

    async def serve(reader, writer):
        requests.append((await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[0])
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "answer", "first_line"),
    [
        pytest.param(
            "stepfunctions", "list_state_machines", {}, b'{"stateMachines": []}', "POST / HTTP/1.1", id="Step Functions"
        ),
        pytest.param("s3", "list_buckets", {}, b"<a><Buckets/></a>", "GET / HTTP/1.1", id="another service"),
    ],
)
async def test_loopback_endpoint_is_not_intercepted(connect, service, operation, arguments, answer, first_line):
    """A client with an endpoint on this machine reaches that server."""
    async with own_server(answer) as (url, requests):
        with mock_sfn_executions():
            async with connect(service, endpoint_url=url) as client:
                await getattr(client, operation)(**arguments)

    assert [line.replace("/?x-id=ListBuckets", "/") for line in requests] == [first_line]


# --- Other services ----------------------------------------------------------------------------------------------


PROXIES = [
    pytest.param({}, {}, id="no proxy"),
    pytest.param({"config": Config(proxies={"https": "http://proxy.example.com:8080"})}, {}, id="proxy of the client"),
    pytest.param({}, {"HTTPS_PROXY": "http://127.0.0.1:1"}, id="proxy of the environment"),
]


@pytest.mark.parametrize(("options", "environment"), PROXIES)
async def test_other_service_is_refused(connect, monkeypatch, options, environment):
    """The error names service, operation and the remedy; no proxy is used either."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UnmockedServiceError) as error, mock_sfn_executions():
        async with connect("s3", **options) as client:
            await client.list_buckets()

    assert str(error.value) == LIST_BUCKETS


@pytest.mark.parametrize(("options", "environment"), PROXIES)
async def test_proxy_changes_no_answer(connect, monkeypatch, options, environment):
    """Step Functions gives the same answers with a proxy."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with mock_sfn_executions() as sfn:
        seed_one(sfn)
        async with connect("stepfunctions", **options) as client:
            client.meta.events.register("before-send.sfn", lambda **_: None)

            assert await listed(client) == ["nightly"]


async def test_swallowed_refusal_is_reported(connect):
    """The mock raises an error at its end that the code swallowed."""
    mock = mock_sfn_executions()
    mock.start()
    async with connect("s3") as client:
        with suppress(Exception):
            await client.list_buckets()

    with pytest.raises(UnmockedServiceError) as error:
        mock.stop()

    assert str(error.value) == (
        "The code under test called AWS services that are not mocked, and swallowed the error: s3 ListBuckets. Add "
        "moto's mock_aws to this test, or stub the client."
    )


@pytest.mark.parametrize("early", [True, False], ids=["client made before", "client made within"])
@pytest.mark.parametrize("outside", [True, False], ids=["mock_aws outside", "mock_aws inside"])
async def test_other_services_are_motos(connect, outside, early):
    """With mock_aws, inside or outside, moto answers SQS, on the same store as for boto3."""
    first, second = (mock_aws(), mock_sfn_executions()) if outside else (mock_sfn_executions(), mock_aws())
    if early:
        async with connect("sqs", **KEYS) as client:
            with first, second:
                names = await _queues_after_creating(client)
    else:
        with first, second:
            async with connect("sqs") as client:
                names = await _queues_after_creating(client)

    assert names == ["https://sqs.us-east-1.amazonaws.com/123456789012/failures"]


async def _queues_after_creating(client):
    await client.create_queue(QueueName="failures")
    return boto3.client("sqs", "us-east-1").list_queues()["QueueUrls"]


async def test_streams_of_other_services(connect):
    """moto gets streams, and its streams can be read whole, in parts and line by line."""
    with mock_aws(), mock_sfn_executions():
        async with connect("s3") as client:
            await client.create_bucket(Bucket="reports")
            await client.put_object(Bucket="reports", Key="failures", Body=io.BytesIO(b"one\ntwo\n"))

            async def body():
                return (await client.get_object(Bucket="reports", Key="failures"))["Body"]

            async with await body() as whole:
                assert await whole.read() == b"one\ntwo\n"
            assert [part async for part in (await body()).iter_chunks(3)] == [b"one", b"\ntw", b"o\n"]
            assert [line async for line in (await body()).iter_lines()] == [b"one", b"two"]


async def test_errors_of_other_services(connect):
    """moto's errors are the client's exceptions."""
    with mock_aws(), mock_sfn_executions():
        async with connect("sqs") as client:
            with pytest.raises(client.exceptions.QueueDoesNotExist):
                await client.get_queue_url(QueueName="none")
