"""Any bytes that reach the server's socket are answered with HTTP, or the connection is closed."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from pathlib import Path
from random import Random

import moto
import pytest
from fuzz_answers import REQUESTS_OF_A_STORE
from fuzz_cases import cases, seeds
from fuzz_values import body, headers, parameters, target

_IN_A_SERVICE_OF_MOTO = re.compile(f'File "{re.escape(str(Path(moto.__file__).parent))}.(?!core|moto_server)')


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


@pytest.mark.parametrize("numbers", seeds(100_000, 40), ids="from {0.start}".format)
def test_sockets(sfn_executions_server, caplog, capsys, numbers):
    """For any bytes the server answers with HTTP or closes the connection, prints nothing, and keeps running."""
    sfn = sfn_executions_server
    port = int(sfn.endpoint_url.rpartition(":")[2])
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions.ListActivities\r\n"
    sound = head + b"Content-Length: 2\r\n\r\n{}"
    for count, random in enumerate(cases("sockets", numbers)):
        if count % REQUESTS_OF_A_STORE == 0:
            sfn.reset()
        if random.random() < 0.1:
            text = random.randbytes(random.randrange(300))
        else:
            text = b"".join(raw_request(random) for _ in range(random.choice([1, 1, 1, 2, 3])))
        caplog.clear()
        check_exchange(exchange(port, text), caplog.text)
        if count % 20 == 0:
            assert exchange(port, sound).startswith(b"HTTP/1.1 200 ")

    assert "Traceback" not in capsys.readouterr().err
