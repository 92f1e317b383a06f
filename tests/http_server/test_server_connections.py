"""Connections to a server: clients that are slow, wrong or many, and their answers."""

from __future__ import annotations

import gzip
import json
import re
import socket
import struct
import threading
import time
from contextlib import ExitStack, suppress

import boto3
import pytest
import urllib3
from botocore.config import Config

import sfn_mock
from sfn_mock.http_server import application, connections

CALL = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.ListStateMachines\r\n"
LIST = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines"}


@pytest.fixture
def connect(sfn):
    """Make connections to the server, which are closed after the test."""
    with ExitStack() as stack:
        port = int(sfn.endpoint_url.rpartition(":")[2])
        yield lambda: stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))


@pytest.fixture
def exchange(connect):
    """Send bytes, and close the sending side if wanted; return status and body of each answer."""

    def exchanged(sent: bytes, *, end: bool = True) -> list[tuple[int, str]]:
        connection = connect()
        connection.sendall(sent)
        if end:
            connection.shutdown(socket.SHUT_WR)
        return answers(connection)

    return exchanged


def answers(connection):
    """Each answer until the connection is closed: its status, and its JSON or text."""
    return parsed_answers(b"".join(iter(lambda: connection.recv(65536), b"")))


def parsed_answers(received):
    """Each answer in what a connection received."""
    parts = re.split(r"HTTP/1\.1 (\d+) [^\r]*\r\n(?:[^\r]+\r\n)*\r\n", received.decode())
    return [(int(status), body) for status, body in zip(parts[1::2], parts[2::2], strict=True)]


def error_answer(status, sentence):
    return [(status, json.dumps({"message": sentence}))]


MACHINES = (200, '{"stateMachines": []}')


def test_connections_are_kept(sfn):
    """The calls of a client use one connection."""
    pool = urllib3.PoolManager(maxsize=1)
    for _ in range(3):
        assert pool.request("POST", sfn.endpoint_url, body="{}", headers=LIST).status == 200

    [only] = [pool.pools.get(key) for key in pool.pools.keys()]  # noqa: SIM118  # not a dict
    assert (only.num_connections, only.num_requests) == (1, 3)


def test_requests_one_after_the_other(exchange):
    """Requests that are sent at once are answered in their order."""
    call = CALL + b"Content-Length: 2\r\n\r\n{}"

    assert exchange(call * 3) == [MACHINES] * 3


def test_empty_lines_before_a_request(exchange):
    """Empty lines before a request are ignored."""
    call = CALL + b"Content-Length: 2\r\n\r\n{}"

    assert exchange(b"\r\n\n" + call + b"\r\n" + call + b"\r\n") == [MACHINES] * 2


@pytest.mark.parametrize("line", [b"GET /", b"GET  HTTP/1.1"])
def test_a_request_without_a_version(exchange, line):
    """A request line without an HTTP version is refused."""
    sentence = "The first line of a request must have a method, a path and a version of HTTP."

    assert exchange(line + b"\r\nHost: localhost\r\n\r\n") == error_answer(400, sentence)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param(b"Content-Length: 2\r\n", b"{}", id="with a length"),
        pytest.param(b"Transfer-Encoding: chunked\r\n", b"1\r\n{\r\n1;a=b\r\n}\r\n0\r\n\r\n", id="in chunks"),
        pytest.param(b"Transfer-Encoding: Chunked\r\n", b"2\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n", id="with a trailer"),
    ],
)
def test_bodies(exchange, headers, body):
    """A body may have each form that HTTP allows."""
    assert exchange(CALL + headers + b"\r\n" + body) == [MACHINES]


def test_expect_100_continue(connect):
    """Expect: 100-continue is answered before the body comes."""
    connection = connect()
    connection.sendall(CALL + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")

    assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(b"{}")
    connection.shutdown(socket.SHUT_WR)
    assert answers(connection) == [MACHINES]


EARLY = "The request must be sent as a whole: it ended early."
NO_LENGTH = "Content-Length must be one whole number, got {}."
NO_CHUNK = "A chunk must begin with a line that gives its size in hexadecimal digits."


@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        pytest.param(b"", EARLY, id="half of the headers"),
        pytest.param(b"Content-Length: 10\r\n\r\n{}", EARLY, id="half a body"),
        pytest.param(
            b"Content-Length: -1\r\n\r\n", "Content-Length must be one whole number, got -1.", id="a length below 0"
        ),
        pytest.param(
            b"Content-Length: 1_0\r\n\r\n", "Content-Length must be one whole number, got 1_0.", id="no length"
        ),
        pytest.param(
            b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
            NO_LENGTH.format("1, 2"),
            id="two lengths",
        ),
        pytest.param(
            b"Transfer-Encoding: gzip\r\n\r\n",
            "Transfer-Encoding must be chunked, and without a Content-Length.",
            id="an unknown encoding",
        ),
        pytest.param(
            b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
            "Transfer-Encoding must be chunked, and without a Content-Length.",
            id="chunks and a length",
        ),
        pytest.param(
            b"Transfer-Encoding: \x0bchunked\r\n\r\n",
            "Transfer-Encoding must be chunked, and without a Content-Length.",
            id="an encoding with a blank that HTTP does not know",
        ),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", NO_CHUNK, id="no size"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n", NO_CHUNK, id="a size as in Python"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 9000, NO_CHUNK, id="a size without end"),
        pytest.param(
            b"Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n",
            "A chunk must end where its size says, with a line break.",
            id="a chunk that is longer than its size",
        ),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}", EARLY, id="half a chunk"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", EARLY, id="no last chunk"),
    ],
)
def test_requests_that_cannot_be_read(sfn, exchange, rest, sentence):
    """An incomplete or malformed request is 400 with one sentence, and is not recorded."""
    assert exchange(CALL + rest) == error_answer(400, sentence)
    assert sfn.calls == []


LOCAL = b" HTTP/1.1\r\nHost: localhost\r\n"
NO_HOST = "Host must be one name or address, with a port up to 65535, got [{}]."
NO_HEADER = "Each header must be a line with a name, a colon and a value."


@pytest.mark.parametrize(
    ("request_", "status", "sentence"),
    [
        pytest.param(b"HELLO\r\n\r\n", 400, "The request cannot be read: Bad request syntax ('HELLO').", id="no HTTP"),
        pytest.param(
            b"GET / HTTP/9.9\r\n\r\n", 505, "The request cannot be read: Invalid HTTP version (9.9).", id="version"
        ),
        pytest.param(b"GET /\r\n", 400, EARLY, id="HTTP/0.9"),
        pytest.param(
            b"GET /" + b"a" * 70_000 + LOCAL,
            414,
            "The request cannot be read: its first line is too long.",
            id="long target",
        ),
        pytest.param(
            b"GET /" + LOCAL + b"X-A: " + b"a" * 70_000,
            431,
            "The request cannot be read: Line too long.",
            id="long header",
        ),
        pytest.param(
            b"GET /" + LOCAL + b"X-A: a\r\n" * 200 + b"\r\n",
            431,
            "The request cannot be read: Too many headers.",
            id="many headers",
        ),
        pytest.param(CALL + b"Content-Length : 2\r\n\r\n{}", 400, NO_HEADER, id="a blank before a colon"),
        pytest.param(CALL + b"Content-Length 2\r\n\r\n{}", 400, NO_HEADER, id="no colon"),
        pytest.param(
            b"GET http://[::1/" + LOCAL + b"\r\n",
            400,
            "The target of the request must be a path or a URL.",
            id="no URL",
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: localhost:65536\r\n\r\n", 400, NO_HOST.format("'localhost:65536'"), id="no port"
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\nHost: localhost:" + b"9" * 11 + b"\r\n\r\n",
            400,
            NO_HOST.format("'localhost:99999999999'"),
            id="long port",
        ),
        pytest.param(
            b"GET /" + LOCAL + b"Host: example.com\r\n\r\n",
            400,
            NO_HOST.format("'localhost', 'example.com'"),
            id="two hosts",
        ),
        pytest.param(
            CALL + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + b"X-A: a\r\n" * 10_000,
            431,
            "The trailers must be of at most 65536 bytes.",
            id="long trailers",
        ),
    ],
)
def test_requests_that_are_not_http(sfn, exchange, capfd, request_, status, sentence):
    """Bytes that are not HTTP are refused in JSON, and nothing is printed."""
    assert exchange(request_) == error_answer(status, sentence)
    assert sfn.calls == []
    assert capfd.readouterr() == ("", "")


TOO_LONG = "The body of this request must be of at most 16777216 bytes."


@pytest.mark.parametrize("path", ["/", "/sfn-mock/seed"])
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(b"Content-Length: 16777217\r\n\r\n", id="a length"),
        pytest.param(b"Content-Length: 16777217\r\nExpect: 100-continue\r\n\r\n", id="a length before a body"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n1000001\r\n", id="a chunk"),
        pytest.param(b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1000000\r\n", id="chunks together"),
    ],
)
def test_body_that_is_too_long(exchange, path, headers):
    """A body of more than 16 MiB is 413, before the client has sent all of it."""
    assert exchange(CALL.replace(b"/ ", path.encode() + b" ", 1) + headers) == error_answer(413, TOO_LONG)


def test_a_client_that_sends_all_of_a_long_body_reads_the_answer(sfn):
    """The rest of a long body is read and dropped."""
    answer = urllib3.PoolManager(retries=False).request("POST", sfn.endpoint_url, body=b" " * 17_000_000, headers=LIST)

    assert (answer.status, answer.json()) == (413, {"message": TOO_LONG})


def test_a_body_of_the_longest_length(sfn):
    """A body of 16 MiB is accepted."""
    body = b"{}".ljust(16 << 20)

    assert urllib3.PoolManager().request("POST", sfn.endpoint_url, body=body, headers=LIST).status == 200


@pytest.mark.parametrize(("length", "status"), [(16 << 20, 200), ((16 << 20) + 1, 413)])
def test_bodies_that_are_unpacked(sfn, length, status):
    """The limit applies to the unpacked body, and no more is unpacked."""
    packed = gzip.compress(b"{}") + gzip.compress(b" " * (length - 2))
    headers = {**LIST, "Content-Encoding": "gzip"}
    answer = urllib3.PoolManager().request("POST", sfn.endpoint_url, body=packed, headers=headers)

    assert (answer.status, len(sfn.calls)) == (status, status == 200)


def test_a_partly_packed_body_is_read_unchanged(sfn):
    """Incomplete gzip is not unpacked."""
    packed = gzip.compress(b'{"maxResults": 1}')[:-3]
    headers = {**LIST, "Content-Encoding": "gzip"}
    answer = urllib3.PoolManager().request("POST", sfn.endpoint_url, body=packed, headers=headers)

    assert answer.status == 400
    assert answer.json()["__type"].endswith("SerializationException")


def test_objects_of_other_services_may_be_longer(sfn):
    """The limit of Step Functions does not apply to S3."""
    s3 = boto3.client("s3", endpoint_url=sfn.endpoint_url, config=Config(s3={"addressing_style": "path"}))
    s3.create_bucket(Bucket="large")
    s3.put_object(Bucket="large", Key="a", Body=b"a" * 17_000_000)

    assert s3.head_object(Bucket="large", Key="a")["ContentLength"] == 17_000_000


def test_answers_without_a_body(sfn, exchange):
    """An answer without a body has no Content-Length, and the connection stays open."""
    boto3.client("s3").create_bucket(Bucket="small")
    forget = b"DELETE /small/a HTTP/1.1\r\nHost: localhost\r\n\r\n"

    assert exchange(forget * 2) == [(204, "")] * 2


def test_a_client_that_goes_away(sfn, connect):
    """A client that disappears before its answer does not harm the server."""
    for _ in range(20):
        connection = connect()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(CALL + b"Content-Length: 2\r\n\r\n{}")
        connection.close()

    assert urllib3.PoolManager().request("POST", sfn.endpoint_url, body="{}", headers=LIST).status == 200


def test_answers_to_head(exchange):
    """An answer to HEAD has the length of the page, but no body."""
    page = b"/sfn-mock/page/index.html HTTP/1.1\r\nHost: localhost\r\n\r\n"

    assert exchange(b"HEAD " + page) == [(405, "")]


def _has_answer(connection: socket.socket) -> bool:
    """Wait for the first byte of an answer, at most as long as the connection's timeout."""
    with suppress(TimeoutError):
        return connection.recv(1, socket.MSG_PEEK) != b""
    return False


def test_a_client_that_takes_too_long(connect, monkeypatch):
    """A request that is not complete in time is 408, even if parts of it arrive."""
    monkeypatch.setattr(connections, "SENDING_SECONDS", 0.2)
    connection = connect()
    connection.sendall(CALL)
    connection.settimeout(0.02)
    # The wait comes before each byte, so that a busy machine does not send one long after the answer.
    with suppress(OSError):
        while not _has_answer(connection):
            connection.sendall(b"X")
    connection.settimeout(20)

    # The answer is one write. What follows it is a reset if a last byte was sent after the server had closed.
    assert parsed_answers(connection.recv(65536)) == error_answer(408, "A request must be sent within 0.2 seconds.")


def test_a_client_that_sends_nothing(connect, monkeypatch):
    """A connection without a request is closed after some time, without an answer."""
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.1)

    assert answers(connect()) == []


def test_too_many_connections(sfn, connect, monkeypatch):
    """A connection beyond the limit is refused until another one is closed."""
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 2)
    held = [connect(), connect()]

    assert answers(connect()) == error_answer(503, "At most 2 connections may be open at once.")
    for connection in held:
        connection.shutdown(socket.SHUT_WR)
        assert answers(connection) == []
    assert urllib3.PoolManager().request("POST", sfn.endpoint_url, body="{}", headers=LIST).status == 200


def test_many_open_connections_are_closed(connect, monkeypatch):
    """If many connections are open, each is closed after its answer."""
    monkeypatch.setattr(connections, "_MAX_KEPT", 0)
    connection = connect()
    connection.sendall(CALL + b"Content-Length: 2\r\n\r\n{}")

    assert answers(connection) == [MACHINES]


def test_a_server_that_stops_closes_its_connections():
    """A server that stops closes open connections, and stop() does not wait for them."""
    server = sfn_mock.server()
    port = int(server.start().endpoint_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(CALL + b"Content-Length: 2\r\n\r\n{}")
        connection.recv(1)
        server.stop()

        assert answers(connection) == []


def test_a_server_that_stops_while_it_answers(monkeypatch):
    """A server that stops during an answer closes that connection too."""
    end_work = connections.ConnectionServer.end_work

    def end_late(server, connection):
        while not server._is_stopping:
            time.sleep(0.001)
        end_work(server, connection)

    monkeypatch.setattr(connections.ConnectionServer, "end_work", end_late)
    server = sfn_mock.server()
    port = int(server.start().endpoint_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(CALL + b"Content-Length: 2\r\n\r\n{}")
        answer = connection.recv(65536)
        server.stop()

        assert b"Connection: keep-alive" in answer
        assert answers(connection) == []


def test_a_request_that_comes_when_the_server_has_stopped(monkeypatch, caplog):
    """A request that a server reads only after it has stopped gets no answer, and the log stays empty."""
    has_come, has_stopped = threading.Event(), threading.Event()
    begin_work = connections.ConnectionServer.begin_work

    def begin_late(server, connection):
        has_come.set()
        has_stopped.wait(20)
        return begin_work(server, connection)

    monkeypatch.setattr(connections.ConnectionServer, "begin_work", begin_late)
    server = sfn_mock.server()
    port = int(server.start().endpoint_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(CALL + b"Content-Length: 2\r\n\r\n{}")
        assert has_come.wait(20)
        server.stop()
        has_stopped.set()

        assert answers(connection) == []
    assert caplog.text == ""


def test_failures_of_the_server_itself(exchange, monkeypatch, caplog):
    """An exception in the server is 500 in JSON, with the traceback in the log."""

    def fail(*_):
        raise ZeroDivisionError("nothing to share")

    monkeypatch.setattr(application.Application, "_respond", fail)

    [(status, body)] = exchange(CALL + b"\r\n")
    assert (status, json.loads(body)) == (
        500,
        {"__type": "InternalFailure", "message": "The server has failed: its log has the traceback."},
    )
    assert "ZeroDivisionError: nothing to share" in caplog.text
