"""``server``: the mock over HTTP, for clients of any language."""

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
from sfn_mock.http_server.other_services import UnknownService, UnreadableService
from sfn_mock.mock import MockSFNExecutions
from sfn_mock.options import Options, keyword_signature, read_options
from sfn_mock.session import Session
from sfn_mock.state import clock

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_Given = ParamSpec("_Given")

#: How often the server checks whether to stop, in seconds.
_POLL_INTERVAL = 0.02


class Server:
    """The server that ``server(...)`` returns: a context manager, ``start()`` and ``stop()``."""

    def __init__(self, options: ServerOptions) -> None:
        self._host = options.host
        self._port = options.port
        allowed_hosts = frozenset(host.lower() for host in options.allowed_hosts)
        self._origins = Origins(is_this_machine(options.host), allowed_hosts)
        self._mock = MockSFNExecutions(options)
        self._undo: ExitStack | None = None
        #: The process that started it.
        self._process = 0

    def start(self) -> StepFunctionsMock:
        """Start the server and the mock.

        Returns:
            The handle; clients use its ``endpoint_url``.

        Raises:
            OSError: If the port is in use, or the host is not an address of this machine.
            RuntimeError: If it is listening already, or a mock with other options is active.
            ImportError: If the extra ``server`` is not installed; the message says how to install it.
        """
        if self._undo is not None:
            raise RuntimeError("cannot start(): this server is already listening; call stop() first.")
        motos, handler = _motos()
        with ExitStack() as stack:
            listening = stack.enter_context(closing(_listen(self._host, self._port)))
            sfn = stack.enter_context(self._mock)
            # moto's other services start and stop with the server, and answer clients of this process as well.
            stack.enter_context(MockAWS())
            stack.enter_context(clock.restored())
            session = activation.current_session()
            application = Application(session, motos, version("sfn_mock"), self._origins)
            stack.callback(_serve(listening, application, handler, session))
            url = _url(listening)
            session.endpoint_urls.append(url)
            stack.callback(session.endpoint_urls.remove, url)
            self._undo = stack.pop_all()
        # This keeps the server until it is stopped. Later in the interpreter's exit, stopping would wait forever: the
        # thread that answers is gone by then.
        self._process = os.getpid()
        atexit.register(self._stop_at_exit)
        return sfn

    def stop(self) -> None:
        """Stop the server and the mock.

        Raises:
            RuntimeError: If it was not started.
            UnmockedServiceError: If the code under test swallowed such an error while the mock was active.
            PagingError: If ``check_paging`` found a mistake.
        """
        self.__exit__(None, None, None)

    def _stop_at_exit(self) -> None:
        # A forked process does not have the answering thread, for whose end stopping would wait.
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
    """The options of ``server(...)``: its address, and the options of ``mock_sfn_executions``."""

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
    """Mock AWS Step Functions over HTTP, for clients of any process and language.

    It is a context manager that returns the handle, as ``mock_sfn_executions`` does, with ``start()`` and ``stop()``.
    Clients use the handle's ``endpoint_url``; the region of a call is that of its signature. moto's other services
    answer at the same URL. Clients in this process without an ``endpoint_url`` are answered from the same stores,
    without HTTP, as under ``mock_sfn_executions`` and ``mock_aws``. It needs the extra ``server``.

    Args:
        host: The address to listen on. Default: only this machine.
        port: The port to listen on; 0 for a free one.
        allowed_hosts: Additional host names to answer for; ``"*"`` allows all. docs/server.md lists the default ones.
        **options: The options of ``mock_sfn_executions``.

    Returns:
        A context manager, with ``start`` and ``stop``.

    Raises:
        TypeError: If an option is unknown; the message suggests the closest name.
        ValueError: If an option has a wrong value.
    """
    return Server(read_options(ServerOptions, options))


def _motos() -> tuple[WSGIApplication, type[WSGIRequestHandler]]:
    """Return moto's application for other services, and its request handler; ImportError if a package is missing."""
    try:
        with warnings.catch_warnings():
            # Its message asks to install moto[server].
            warnings.simplefilter("ignore")
            from moto.moto_server import werkzeug_app
    except ImportError as error:
        raise ImportError(f"{error}, which a server needs: install it with pip install 'sfn_mock[server]'.") from None

    class Dispatcher(werkzeug_app.DomainDispatcherApplication):
        """Finds moto's application for a request."""

        def get_application(self, environ: dict[str, Any]) -> Any:
            try:
                return super().get_application(environ)
            except (LookupError, ValueError) as error:
                raise UnreadableService from error

    def create_app(service: Any) -> Any:
        if service is None:
            raise UnknownService
        return werkzeug_app.create_backend_app(service)

    motos = Dispatcher(create_app)
    # Older versions of moto take werkzeug's.
    return motos, getattr(werkzeug_app, "MotoRequestHandler", WSGIRequestHandler)


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; OSError, in one sentence, if that is impossible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # Python adds the address to the system's message.
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
    """Answer requests to the socket in a thread; return a function that ends it.

    Not a generator, because Python would finish it, and wait, at the exit of a forked process.
    """
    made = ConnectionServer(listening, application, application.body_limit, handler)
    # At its end it closes its own socket on the same port.
    thread = Thread(target=made.serve_forever, args=(_POLL_INTERVAL,), name="sfn_mock server", daemon=True)
    thread.start()

    def end() -> None:
        made.shutdown()
        thread.join()
        session.release_waiting()
        made.close_connections()

    return end
