"""Requests with any body, target and headers get a well-formed answer of AWS, over each transport."""

from __future__ import annotations

import json
import re
import socket
import warnings
from contextlib import suppress
from pathlib import Path
from random import Random
from traceback import walk_tb
from typing import Any

import boto3
import moto
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import create_parser
from fuzz_cases import cases
from fuzz_values import MODEL, OPERATIONS, SIGNED, body, headers, parameters, target

import sfn_mock
from sfn_mock import mock_sfn_executions

PACKAGE = str(Path(sfn_mock.__file__).parent)
_IN_A_SERVICE_OF_MOTO = re.compile(f'File "{re.escape(str(Path(moto.__file__).parent))}.(?!core|moto_server)')
URL = "https://states.us-east-1.amazonaws.com/"
JSON = "application/x-amz-json-1.0"
#: Error codes that every operation may answer with, besides its own.
COMMON = {
    "SerializationException",
    "UnknownOperationException",
    "ValidationException",
    "InvalidArn",
    "AccessDeniedException",
    "MissingAuthenticationTokenException",
}


def seed(sfn: Any) -> None:
    """Seed one resource of each kind, with the names that requests use."""
    orders = sfn.add_state_machine("orders")
    orders.add_alias("live", orders.publish_version())
    orders.add_execution("a", status="FAILED")
    orders.add_execution("parent", status="RUNNING").add_map_run("Files").add_executions(3, status="SUCCEEDED")
    sfn.add_state_machine("quick", type="EXPRESS")
    boto3.client("stepfunctions", "us-east-1").create_activity(name="pack")


def check_answer(status: int, content_type: str, content: bytes, operation: str | None) -> None:
    """Compare an HTTP answer with botocore's model of the operation."""
    told = json.loads(content)

    assert isinstance(told, dict)
    assert content_type == JSON

    if status == 200:
        assert operation is not None
        shape = MODEL.operation_model(operation).output_shape
        create_parser("json").parse({"status_code": 200, "headers": {}, "body": content}, shape)
        assert set(told) <= set(shape.members)
        assert set(shape.required_members) <= set(told)
    else:
        assert status == 400, told
        code = told["__type"].rpartition("#")[2]
        assert isinstance(told.get("message", ""), str)
        own = () if operation is None else MODEL.operation_model(operation).error_shapes
        assert code in COMMON | {shape.name for shape in own}, told


@pytest.fixture(autouse=True)
def quiet():
    """Ignore the warning for calls that miss a resource of another region or account."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("transport", ["direct", "wire"])
def test_boto3(transport):
    """Without its validation, boto3 returns an answer or raises an error of boto3, never one from inside the mock."""
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})
    with mock_sfn_executions(transport=transport, retry_sleeps=False) as sfn:
        client = boto3.client("stepfunctions", "us-east-1", config=config)
        for number, random in enumerate(cases("boto3", 20_000, 40)):
            if number % 500 == 0:
                sfn.reset()
                seed(sfn)
            operation, members = parameters(random)
            try:
                answer = client._make_api_call(operation, members)
            except ClientError as error:
                own = MODEL.operation_model(operation).error_shapes
                assert error.response["Error"]["Code"] in COMMON | {shape.name for shape in own}
            except Exception as error:
                # botocore itself cannot write such a value.
                assert not _passes_through_the_package(error)
            else:
                assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def _passes_through_the_package(error: BaseException) -> bool:
    """Return whether the package is in the traceback of an error."""
    return any(frame.f_code.co_filename.startswith(PACKAGE) for frame, _ in walk_tb(error.__traceback__))


def test_requests():
    """Every POST to the host of the service gets an answer of AWS's protocol."""
    with mock_sfn_executions() as sfn, requests.Session() as session:
        for number, random in enumerate(cases("requests", 40_000, 100)):
            if number % 500 == 0:
                sfn.reset()
                seed(sfn)
            operation, members = parameters(random)
            named = target(random, operation)
            sent = {"X-Amz-Target": named, **dict(headers(random))}
            if not named.startswith("AWSStepFunctions."):
                # Without either, a request is not recognisable as one for Step Functions.
                sent["Authorization"] = SIGNED
            try:
                answer = session.post(
                    "https://states.us-east-1.amazonaws.com/", data=body(random, members), headers=sent
                )
            except (requests.exceptions.InvalidHeader, UnicodeError):
                continue
            known = named.rpartition(".")[2]
            check_answer(
                answer.status_code,
                answer.headers["Content-Type"],
                answer.content,
                known if known in OPERATIONS else None,
            )


def raw_request(random: Random) -> bytes:
    """Return the bytes of a request, valid or damaged."""
    operation, members = parameters(random)
    content = body(random, members)
    method = random.choice([b"POST"] * 8 + [b"GET", b"PUT", b"HEAD", b"OPTIONS", b"\xff", b"POST POST"])
    path = random.choice([b"/"] * 6 + [b"", b"*", b"//", b"/%zz", b"http://[", b"/_sfn_mock/state", b"/a" * 40_000])
    version = random.choice([b"HTTP/1.1"] * 8 + [b"HTTP/1.0", b"HTTP/9.9", b"HTTP/", b""])
    named = target(random, operation)
    lines = [f"Host: localhost\r\nX-Amz-Target: {named}\r\n".encode()]
    lines += [f"{name}: {value}\r\n".encode("utf-8", "replace") for name, value in headers(random)]
    length = random.choice([str(len(content))] * 9 + ["-1", "x", "0", str(len(content) + 1), "9" * 30, "1, 2"])
    if random.random() < 0.15:
        lines.append(b"Transfer-Encoding: chunked\r\n")
        content = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
    else:
        lines.append(f"Content-Length: {length}\r\n".encode())
    if random.random() < 0.05:
        lines.append(random.randbytes(random.randrange(40)))
    text = b" ".join([method, path, version]) + b"\r\n" + b"".join(lines) + b"\r\n" + content
    if random.random() < 0.1:
        position = random.randrange(len(text))
        text = text[:position] + random.randbytes(3) + text[position + 2 :]
    if random.random() < 0.1:
        text = text[: random.randrange(len(text) + 1)]
    return text


def exchange(port: int, text: bytes) -> bytes:
    """Send bytes, close the sending side, and return the whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        with suppress(OSError):  # the server need not read all, and may have hung up
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
        pieces = []
        with suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                pieces.append(piece)
        return b"".join(pieces)


_HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n:]+:[^\r\n]*\r\n)*)\r\n", re.DOTALL)


def check_exchange(text: bytes, log: str) -> None:
    """Check that the bytes are HTTP answers; only moto's other services may answer with a server error."""
    failures = 0
    while text:
        head = _HEAD.match(text)

        assert head is not None, text[:200]
        failures += head[1] == b"500"

        lengths = re.findall(rb"(?im)^content-length: *(\d+)", head[2])
        rest = text[head.end() :]
        # An answer to HEAD has a length and no body.
        length = int(lengths[0]) if lengths else 0
        text = rest if rest.startswith(b"HTTP/1.1 ") else rest[length:]

        assert b"Traceback" not in rest[:length]

    tracebacks = [part for part in log.split("Traceback")[1:] if "File " in part]

    assert len(tracebacks) == failures, log
    assert all(_IN_A_SERVICE_OF_MOTO.search(traceback) for traceback in tracebacks), log


def test_sockets(sfn_executions_server, caplog, capsys):
    """For any bytes the server answers with HTTP or closes the connection, prints nothing, and keeps running."""
    sfn = sfn_executions_server
    port = int(sfn.endpoint_url.rpartition(":")[2])
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\n"
    sound = head + b"Content-Length: 2\r\n\r\n{}"
    for number, random in enumerate(cases("sockets", 20_000, 40)):
        if number % 500 == 0:
            sfn.reset()
        if random.random() < 0.1:
            text = random.randbytes(random.randrange(300))
        else:
            text = b"".join(raw_request(random) for _ in range(random.choice([1, 1, 1, 2, 3])))
        caplog.clear()
        check_exchange(exchange(port, text), caplog.text)
        if number % 20 == 0:
            assert exchange(port, sound).startswith(b"HTTP/1.1 200 ")

    assert "Traceback" not in capsys.readouterr().err
