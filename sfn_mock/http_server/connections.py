"""Connections to a server: reading requests and writing answers, with their limits.

A request is read as a whole before it is passed on, so that only this module waits for a slow client.
"""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Callable
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from threading import Condition, Timer, current_thread
from traceback import format_exc
from typing import IO, TYPE_CHECKING, Any

from werkzeug import Request
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app

from sfn_mock.http_server.answers import error_response
from sfn_mock.http_server.aws_errors import aws_error_response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

#: The longest time to send a request, in seconds.
SENDING_SECONDS = 30
#: How long a connection may stay open without a request, in seconds.
IDLE_SECONDS = 30
#: The most open connections; each has a thread.
MAX_CONNECTIONS = 256
#: Above this number, each connection is closed after its answer.
_MAX_KEPT = MAX_CONNECTIONS // 2
#: How long a stopping server waits for requests in progress, in seconds.
_PATIENCE = 5
#: Bodies up to this size stay in memory, in bytes.
_IN_MEMORY = 16 << 20
_PIECE = 1 << 16
#: Longest line with the size of a chunk, or of a trailer, in bytes.
_LONGEST_LINE = 4096
#: Longest trailers of a body in chunks, in bytes.
_LONGEST_TRAILERS = 1 << 16

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_PORT = re.compile(r":([0-9]+)$")
_LENGTH = re.compile(r"[0-9]{1,18}")

BodyLimit = Callable[["WSGIEnvironment"], int]


class RequestRefused(Exception):
    """A request that cannot be read, with the HTTP status of the answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class ConnectionServer(ThreadedWSGIServer):
    """Listens on an open socket, with a thread for each connection."""

    app: WSGIApplication
    body_limit: BodyLimit

    def __init__(
        self,
        listening: socket.socket,
        application: WSGIApplication,
        body_limit: BodyLimit,
        handler: type[WSGIRequestHandler],
    ) -> None:
        host, port = listening.getsockname()[:2]
        # moto's handler reads headers differently.
        own = type("Connection", (Connection, handler), {})
        super().__init__(host, port, application, own, fd=listening.fileno())
        self.body_limit = body_limit
        self._changed = Condition()
        self._open: set[socket.socket] = set()
        self._at_work: set[socket.socket] = set()
        self._is_stopping = False

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer the connection in a thread, or refuse it if there are too many."""
        with self._changed:
            is_one_too_many = len(self._open) >= MAX_CONNECTIONS
            if not is_one_too_many:
                self._open.add(request)
        if is_one_too_many:
            _send_refusal(request, 503, f"At most {MAX_CONNECTIONS} connections may be open at once.")
            self.shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection."""
        with self._changed:
            self._open.discard(request)
        super().shutdown_request(request)

    def begin_work(self, connection: socket.socket) -> bool:
        """Record that a request has arrived; return whether to answer it: not once the server is stopping."""
        with self._changed:
            if not self._is_stopping:
                self._at_work.add(connection)
            return not self._is_stopping

    def end_work(self, connection: socket.socket) -> None:
        """Record that a request is answered."""
        with self._changed:
            self._at_work.discard(connection)
            if self._is_stopping:
                # Its answer may have said, just before the stop, that the connection stays open.
                _stop_reading(connection)
            self._changed.notify_all()

    def keeps_alive(self) -> bool:
        """Return whether a connection stays open after an answer."""
        with self._changed:
            return not self._is_stopping and len(self._open) <= _MAX_KEPT

    def close_connections(self) -> None:
        """Close idle connections, and wait for a limited time until requests in progress are answered."""
        with self._changed:
            self._is_stopping = True
            for connection in self._open - self._at_work:
                _stop_reading(connection)
            self._changed.wait_for(lambda: not self._at_work, _PATIENCE)


class Connection(WSGIRequestHandler):
    """Reads the requests of one connection, one after the other."""

    server: ConnectionServer
    protocol_version = "HTTP/1.1"
    #: Headers and body are two writes; neither waits for the acknowledgement of the other.
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Read with a time limit."""
        super().setup()
        self._input = _TimedInput(self.connection)
        self.rfile.close()
        self._reader = io.BufferedReader(self._input, _PIECE)
        self.rfile = self._reader

    def handle(self) -> None:
        """Answer requests until the connection is closed."""
        # Sentences about a call name its origin, which is not a line of this process here.
        current_thread().name = "over HTTP"
        super().handle()

    def handle_expect_100(self) -> bool:
        """Answer nothing yet: whether the body may be sent depends on its length."""
        return True

    def handle_one_request(self) -> None:
        """Answer the next request, if one comes."""
        self._input.await_request()
        try:
            # HTTP lets a client send empty lines before a request.
            while self._reader.peek(1)[:1] in (b"\r", b"\n"):
                self._reader.read(1)
            super().handle_one_request()
        finally:
            self._input.end_request()
            self.server.end_work(self.connection)

    def run_wsgi(self) -> None:
        """Answer a request whose headers are read."""
        if not self.server.begin_work(self.connection):
            # A client may send on an open connection until it learns that the server has stopped.
            self.close_connection = True
            return
        # A large body, such as an object for S3, is not kept in memory.
        with SpooledTemporaryFile(_IN_MEMORY) as body:
            try:
                environ = self._read_request(body)
            except RequestRefused as refusal:
                self._refuse(refusal)
            else:
                self._answer(environ)

    def _answer(self, environ: WSGIEnvironment) -> None:
        try:
            body, status, headers = run_wsgi_app(self.server.app, environ, buffered=True)
        except ConnectionAbortedError:
            # A fault that is a connection error: no answer.
            self.close_connection = True
            return
        except Exception:  # a failing request must not end the connection's thread
            self.server.log("error", f"Error on request:\n{format_exc()}")
            sentence = "The server has failed: its log has the traceback."
            failure = aws_error_response(Request(environ), 500, "InternalFailure", sentence)
            body, status, headers = run_wsgi_app(failure, environ, buffered=True)
        self._write(status, list(headers), b"".join(body))

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse, in JSON, a request whose first line or headers cannot be read."""
        self._refuse(RequestRefused(code, f"The request cannot be read: {message or 'its first line is too long'}."))

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing: the record of calls has the requests."""

    # --- The request -----------------------------------------------------------------------------------------------

    def _read_request(self, body: IO[bytes]) -> WSGIEnvironment:
        if self._input.has_ended:
            raise self._cut_short()
        if self.request_version == "HTTP/0.9":
            raise RequestRefused(400, "The first line of a request must have a method, a path and a version of HTTP.")
        if self.headers.defects:
            raise RequestRefused(400, "Each header must be a line with a name, a colon and a value.")
        hosts = self.headers.get_all("Host", [])
        if len(hosts) > 1 or not all(map(_is_host, hosts)):
            raise RequestRefused(400, f"Host must be one name or address, with a port up to 65535, got {hosts}.")
        try:
            environ = self.make_environ()
        except ValueError:
            raise RequestRefused(400, "The target of the request must be a path or a URL.") from None
        read = self._body_reader(environ)
        if self.headers.get("Expect", "").strip().lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = read(body)
        body.seek(0)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["wsgi.input"] = body
        environ["wsgi.input_terminated"] = True
        environ["CONTENT_LENGTH"] = str(length)
        return environ

    def _body_reader(self, environ: WSGIEnvironment) -> Callable[[IO[bytes]], int]:
        """Return a function that copies the body into a file and returns its length."""
        limit = self.server.body_limit(environ)
        lengths = self.headers.get_all("Content-Length", [])
        encodings = self.headers.get_all("Transfer-Encoding", [])
        if encodings:
            if lengths or [encoding.strip(" \t").lower() for encoding in encodings] != ["chunked"]:
                raise RequestRefused(400, "Transfer-Encoding must be chunked, and without a Content-Length.")
            return lambda body: self._copy_chunks(body, limit)
        if len(set(lengths)) > 1 or not all(_LENGTH.fullmatch(length) for length in lengths):
            raise RequestRefused(400, f"Content-Length must be one whole number, got {', '.join(lengths)}.")
        length = int(lengths[0]) if lengths else 0
        if length > limit:
            raise _too_long(limit)
        return lambda body: self._copy(body, length)

    def _copy(self, body: IO[bytes], length: int) -> int:
        left = length
        while left:
            piece = self.rfile.read(min(left, _PIECE))
            if not piece:
                raise self._cut_short()
            body.write(piece)
            left -= len(piece)
        return length

    def _copy_chunks(self, body: IO[bytes], limit: int) -> int:
        length = 0
        while True:
            size = _SIZE.fullmatch(self._line())
            if size is None:
                raise RequestRefused(400, "A chunk must begin with a line that gives its size in hexadecimal digits.")
            if not int(size[1], 16):
                break
            length += int(size[1], 16)
            if length > limit:
                raise _too_long(limit)
            self._copy(body, int(size[1], 16))
            if self._line().strip():
                raise RequestRefused(400, "A chunk must end where its size says, with a line break.")
        self._skip_trailers()
        return length

    def _skip_trailers(self) -> None:
        """Skip the trailers after a body."""
        length = 0
        while (line := self._line()).strip():
            length += len(line)
            if length > _LONGEST_TRAILERS:
                raise RequestRefused(431, f"The trailers must be of at most {_LONGEST_TRAILERS} bytes.")

    def _line(self) -> bytes:
        line = self.rfile.readline(_LONGEST_LINE)
        if not line:
            raise self._cut_short()
        return line

    def _cut_short(self) -> RequestRefused:
        if self._input.is_late:
            return RequestRefused(408, f"A request must be sent within {SENDING_SECONDS} seconds.")
        return RequestRefused(400, "The request must be sent as a whole: it ended early.")

    # --- The answer ------------------------------------------------------------------------------------------------

    def _refuse(self, refusal: RequestRefused) -> None:
        self.close_connection = True
        self.wfile.write(_refusal(refusal.status, str(refusal)))
        # A client reads the answer only after sending its whole body, so let it send.
        with suppress(OSError):  # raised if the client is gone
            self.connection.shutdown(socket.SHUT_WR)
            while self.rfile.read(_PIECE):
                pass

    def _write(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        code, _, reason = status.partition(" ")
        if any(name.lower() == "date" for name, _ in headers):
            # AWS's headers are complete, without a Server header.
            self.send_response_only(int(code), reason)
        else:
            self.send_response(int(code), reason)
        for name, value in headers:
            if name.lower() not in ("connection", "content-length"):
                self.send_header(name, value)
        if int(code) not in (204, 304):
            lengths = [value for name, value in headers if name.lower() == "content-length"]
            # An answer to HEAD has the length of the answer to GET.
            self.send_header("Content-Length", lengths[0] if lengths and self.command == "HEAD" else str(len(body)))
        if not self.server.keeps_alive():
            self.close_connection = True
        self.send_header("Connection", "close" if self.close_connection else "keep-alive")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _TimedInput(io.RawIOBase):
    """The input of a client. It ends also if the client is silent or takes too long for a request.

    Times are real times, even if a test has frozen the clock.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._timer: Timer | None = None
        self._has_begun = False
        self.has_ended = False
        self.is_late = False
        connection.settimeout(IDLE_SECONDS)

    def readable(self) -> bool:
        return True

    def await_request(self) -> None:
        """Wait for the first bytes of a request without a limit on the whole of it."""
        self._has_begun = False

    def end_request(self) -> None:
        """Remove the time limit."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def readinto(self, buffer: Any) -> int:
        if self._has_begun and self._timer is None:
            # Most requests come in one piece, and need no timer.
            self._timer = Timer(SENDING_SECONDS, self._give_up)
            self._timer.daemon = True
            self._timer.start()
        self._has_begun = True
        try:
            count = self._connection.recv_into(buffer)
        except (TimeoutError, ConnectionError):
            count = 0
        self.has_ended = not count
        return count

    def _give_up(self) -> None:
        self.is_late = True
        _stop_reading(self._connection)


def _is_host(header: str) -> bool:
    """Return whether a Host header has no port, or one up to 65535."""
    port = _PORT.search(header)
    return port is None or (len(port[1]) <= 5 and int(port[1]) <= 65535)


def _too_long(limit: int) -> RequestRefused:
    return RequestRefused(413, f"The body of this request must be of at most {limit} bytes.")


def _refusal(status: int, sentence: str) -> bytes:
    response = error_response(status, sentence)
    body = response.get_data()
    head = (
        f"HTTP/1.1 {response.status}\r\nContent-Type: {response.content_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def _send_refusal(connection: socket.socket, status: int, sentence: str) -> None:
    connection.settimeout(1)
    with suppress(OSError):  # the client may be gone
        connection.sendall(_refusal(status, sentence))


def _stop_reading(connection: socket.socket) -> None:
    with suppress(OSError):  # it may be closed already
        connection.shutdown(socket.SHUT_RD)
