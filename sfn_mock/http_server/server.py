"""``server``: the mock, reached over HTTP by clients of any language."""

from __future__ import annotations

import atexit
import os
import socket
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from importlib.metadata import version
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec

from moto.core.models import MockAWS
from werkzeug.serving import WSGIRequestHandler

from sfn_mock import activation
from sfn_mock.handle import StepFunctionsMock
from sfn_mock.http_server.application import Application
from sfn_mock.http_server.connections import ConnectionServer
from sfn_mock.http_server.origins import Origins, is_this_machine
from sfn_mock.http_server.other_services import known_only
from sfn_mock.mock import MockSFNExecutions
from sfn_mock.options import Options, keyword_signature, read_options
from sfn_mock.session import Session
from sfn_mock.state import clock

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_Given = ParamSpec("_Given")

#: How often the server looks whether it is to stop, in seconds.
_POLL_INTERVAL = 0.02


class Server:
    """What ``server(...)`` gives: a context manager, and ``start`` with ``stop``."""

    def __init__(self, options: ServerOptions) -> None:
        self._host = options.host
        self._port = options.port
        allowed_hosts = frozenset(host.lower() for host in options.allowed_hosts)
        self._origins = Origins(is_this_machine(options.host), allowed_hosts)
        self._mock = MockSFNExecutions(options)
        self._undo: ExitStack | None = None
        #: The process that has started it.
        self._process = 0

    def start(self) -> StepFunctionsMock:
        """Begin to listen, and give the handle, whose ``endpoint_url`` clients are to be given.

        OSError if the port is in use, or the host is none of this machine's; RuntimeError if it listens already, or a
        mock with other options is active; ImportError, naming what to install, without the extra ``server``.
        """
        if self._undo is not None:
            raise RuntimeError("cannot start(): this server is already listening; call stop() first.")
        motos, handler = _motos()
        with ExitStack() as stack:
            listening = stack.enter_context(closing(_listen(self._host, self._port)))
            sfn = stack.enter_context(self._mock)
            # moto's other services begin and end with the server, and answer clients without it as well.
            stack.enter_context(MockAWS())
            stack.enter_context(clock.put_back())
            session = activation.current_session()
            application = Application(session, motos, version("sfn_mock"), self._origins)
            stack.callback(_serve(listening, application, handler, session))
            url = _url(listening)
            session.endpoint_urls.append(url)
            stack.callback(session.endpoint_urls.remove, url)
            self._undo = stack.pop_all()
        # This keeps the server until it is stopped. Later in the interpreter's exit, stopping would wait for ever: the
        # thread that answers is gone by then.
        self._process = os.getpid()
        atexit.register(self._stop_at_exit)
        return sfn

    def stop(self) -> None:
        """Listen no more, and end the mock, which raises what ``mock_sfn_executions`` would at its end.

        RuntimeError if it was not started.
        """
        self.__exit__(None, None, None)

    def _stop_at_exit(self) -> None:
        # A process that was forked off has no thread that answers, for whose end stopping would wait.
        if os.getpid() == self._process:
            self.stop()

    def __enter__(self) -> StepFunctionsMock:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._undo is None:
            raise RuntimeError("cannot stop(): this server is not listening; call start() first.")
        undo, self._undo = self._undo, None
        atexit.unregister(self._stop_at_exit)
        undo.__exit__(kind, failure, traceback)


@dataclass(frozen=True, kw_only=True)
class ServerOptions(Options):
    """The options of ``server(...)``: where it listens, and those of ``mock_sfn_executions``."""

    host: str = "127.0.0.1"
    port: int = 0
    allowed_hosts: Sequence[str] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.host, str) or not self.host.isascii():
            raise ValueError(f"host must be an address as text, such as '127.0.0.1', got {self.host!r}.")
        if isinstance(self.port, bool) or not isinstance(self.port, int) or not 0 <= self.port <= 65535:
            raise ValueError(f"port must be an int from 0 to 65535, got {self.port!r}.")
        hosts = self.allowed_hosts
        if (
            isinstance(hosts, str)
            or not isinstance(hosts, Sequence)
            or not all(isinstance(host, str) for host in hosts)
        ):
            raise ValueError(
                f"allowed_hosts must be a list of host names, such as ['mock.example.com'], got {hosts!r}."
            )


def _server_factory(
    options: Callable[_Given, ServerOptions],
) -> Callable[[Callable[..., Server]], Callable[_Given, Server]]:
    def declared(function: Any) -> Any:
        function.__signature__ = keyword_signature(options)
        return function

    return declared


@_server_factory(ServerOptions)
def server(**options: Any) -> Server:
    """Mock AWS Step Functions for clients of any process and language, which reach it over HTTP.

    It is a context manager that gives the handle, as ``mock_sfn_executions`` does, and has ``start()`` and ``stop()``.
    Clients use the handle's ``endpoint_url``; the region of a call is the one that it is signed for. moto's other
    services answer at the same URL. Clients in this process that have no ``endpoint_url`` are answered from the same
    stores, without HTTP, as under ``mock_sfn_executions`` and ``mock_aws``. It needs the extra ``server``.

    Args:
        host: The address to listen on; unless given, this machine alone.
        port: The port to listen on, 0 for any that is free.
        allowed_hosts: Host names to answer for, beside those that no site could have as its own; ``"*"`` allows all.
        **options: The options of ``mock_sfn_executions``.

    Returns:
        A context manager, with ``start`` and ``stop``.

    Raises:
        TypeError: An option is unknown.
        ValueError: An option has a value that it cannot have.
    """
    return Server(read_options(ServerOptions, options))


def _motos() -> tuple[WSGIApplication, type[WSGIRequestHandler]]:
    """moto's server for every other service, and how it reads requests. ImportError without what that needs."""
    try:
        with warnings.catch_warnings():
            # It tells to install all of moto[server].
            warnings.simplefilter("ignore")
            from moto.moto_server import werkzeug_app
    except ImportError as error:
        raise ImportError(f"{error}, which a server needs: install it with pip install 'sfn_mock[server]'.") from None
    motos = werkzeug_app.DomainDispatcherApplication(known_only(werkzeug_app.create_backend_app))
    # Older versions of moto take werkzeug's.
    return motos, getattr(werkzeug_app, "MotoRequestHandler", WSGIRequestHandler)


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. OSError, in one sentence, where none can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # Python adds the address to what the system says.
        reason, _, _ = str(error.strerror).partition(" (")
        raise OSError(
            error.errno,
            f"cannot listen on port {port} of {host} ({reason}): choose another port, or 0 for a free one.",
        ) from None


def _url(listening: socket.socket) -> str:
    """Return the URL for clients on this machine."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _serve(
    listening: socket.socket, application: Application, handler: type[WSGIRequestHandler], session: Session
) -> Callable[[], None]:
    """Answer, in a thread, what comes to the socket; return what ends that.

    No generator, which Python would end at the exit of a process that was forked off, and which would wait there.
    """
    made = ConnectionServer(listening, application, application.body_limit, handler)
    # It closes its socket, which is another on the same port, when it ends.
    thread = Thread(target=made.serve_forever, args=(_POLL_INTERVAL,), name="sfn_mock server", daemon=True)
    thread.start()

    def end() -> None:
        made.shutdown()
        thread.join()
        session.release_waiting()
        made.close_connections()

    return end
