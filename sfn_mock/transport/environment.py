"""What botocore reads beside a client's own arguments: environment variables and boto3's default session."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import cache, partial
from threading import RLock
from typing import Any

import boto3
from botocore.hooks import HierarchicalEmitter
from botocore.loaders import Loader, create_loader
from botocore.session import Session as BotocoreSession
from moto.core.models import MockAWS

from sfn_mock.instruments.callers import find_caller
from sfn_mock.transport.patching import note, wrapped

DEFAULT_REGION = "us-east-1"
_REGION = "AWS_DEFAULT_REGION"
_FAKE_KEYS = {"AWS_ACCESS_KEY_ID": "sfn-mock", "AWS_SECRET_ACCESS_KEY": "sfn-mock"}
_METADATA = {"AWS_EC2_METADATA_DISABLED": "true"}
# A profile may be missing or lead to credentials that must be fetched; a token, an expiry date, an account or an
# address to fetch from belongs to the keys that are replaced.
_REMOVED = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


_CLEARED: dict[str, str | None] = {**dict.fromkeys(_REMOVED), **_METADATA}
_VARIABLES = (*_CLEARED, _REGION)


def warn_of_endpoint_url(url: str, servers: Iterable[str]) -> None:
    """Warn of a call that goes past the mock because of an endpoint in the environment.

    Args:
        url: Where the call goes, on this machine.
        servers: URLs of the servers that answer for the mock.
    """
    for name in ("AWS_ENDPOINT_URL_SFN", "AWS_ENDPOINT_URL"):
        endpoint = os.environ.get(name)
        if endpoint and url.startswith(endpoint) and not url.startswith(tuple(servers)):
            caller = find_caller()
            warnings.warn_explicit(
                f"{name}={endpoint} is set, so this call to Step Functions goes there and not to the mock. "
                f"Remove the variable, such as by monkeypatch.delenv({name!r}), and make the client after that.",
                UserWarning,
                caller.file,
                caller.line,
            )
            return


@contextmanager
def faked(region: str | None) -> Iterator[str]:
    """Fake credentials and a region for clients made meanwhile; gives the region, ``region`` if there is one.

    Afterwards everything is as before, in whatever order this and a ``mock_aws`` begin and end.
    """
    kept = _values(_VARIABLES)
    region = region or kept[_REGION] or DEFAULT_REGION
    note(partial(_set, kept))
    try:
        _set({**_CLEARED, _REGION: region})
        with _shared_with_mock_aws():
            yield region
    finally:
        _set(kept)


def _values(names: Iterable[str]) -> dict[str, str | None]:
    """The variables as they are; None for those that are not there."""
    return {**dict.fromkeys(names), **{name: os.environ[name] for name in _there(names)}}


def _set(variables: dict[str, str | None]) -> None:
    for name in _there(name for name, value in variables.items() if value is None):
        del os.environ[name]
    for name, value in variables.items():
        if value is not None:
            os.environ[name] = value


def _there(names: Iterable[str]) -> list[str]:
    """Those of the variables that are there."""
    # Most are not, and each time os.environ says so it raises and catches two errors: in sum, that would be more than
    # half of what it takes to enter and leave the mock.
    raw = getattr(os.environ, "_data", None)
    if raw is None:  # somebody's own mapping in its place
        return [name for name in names if name in os.environ]
    return [name for name in names if _raw_name(name) in raw]


@cache
def _raw_name(name: str) -> object:
    """The name as ``os.environ`` keeps it."""
    return os.environ.encodekey(name)


class _Shared:
    """What a ``mock_aws`` too replaces and puts back: the keys in the environment and the default session."""

    def __init__(self) -> None:
        self.keep()

    def keep(self) -> None:
        """Keep what is there."""
        self._keys = _values(_FAKE_KEYS)
        self._session = boto3.DEFAULT_SESSION

    def replace(self) -> None:
        """Put the fakes in its place."""
        _set({**_FAKE_KEYS})
        boto3.DEFAULT_SESSION = _DefaultSession()

    def restore(self) -> None:
        _set(self._keys)
        boto3.DEFAULT_SESSION = self._session


#: Held while a session is made.
_making = RLock()


class _DefaultSession(boto3.Session):  # type: ignore[misc]  # boto3 has no types
    """The default session of one mock, made when somebody first uses it, as many a test never does.

    It knows nothing of the mocks before: no handlers, no credentials, no configuration. It shares with theirs what
    takes long to make and is the same for all: the handlers that a session begins with, and the models that were read.
    """

    def __init__(self) -> None:
        """Nothing yet."""

    def __getattr__(self, name: str) -> Any:
        with _making:
            if "_session" not in vars(self):
                # At one stroke, as other threads may be using it already.
                self.__dict__.update(vars(self._made()))
        return super().__getattribute__(name)

    @classmethod
    def _made(cls) -> boto3.Session:
        botocores = BotocoreSession(event_hooks=_Hooks(), include_builtin_handlers=False)
        loader = _loader(botocores.get_config_variable("data_path"))
        botocores.register_component("data_loader", loader)
        made = cls()
        boto3.Session.__init__(made, botocore_session=botocores)
        # Each session of boto3's adds boto3's own.
        loader.search_paths[:] = dict.fromkeys(loader.search_paths)
        return made

    def _register_default_handlers(self) -> None:
        """They are among those that it begins with."""


class _Hooks:
    """The handlers that each session begins with, which it copies for itself when somebody adds or removes one."""

    def __init__(self) -> None:
        self._handlers = _first_handlers()
        self._are_own = False

    def emit(self, event_name: str, **kwargs: Any) -> Any:
        """What botocore does with a session's own, beside copying them for each client."""
        return self._handlers.emit(event_name, **kwargs)

    def __copy__(self) -> HierarchicalEmitter:
        return copy(self._handlers)

    def __getattr__(self, name: str) -> Any:
        if not self._are_own:
            self._handlers, self._are_own = copy(self._handlers), True
        return getattr(self._handlers, name)


@cache
def _first_handlers() -> HierarchicalEmitter:
    handlers = HierarchicalEmitter()
    boto3.Session(botocore_session=BotocoreSession(event_hooks=handlers))
    return handlers


@cache
def _loader(data_path: str | None) -> Loader:
    return create_loader(data_path)


@contextmanager
def _shared_with_mock_aws() -> Iterator[None]:
    """Fakes in the shared places. Who begins first and ends first takes out what the other put in, so that is watched.

    A ``mock_aws`` from before that ends within puts the real things back: they are replaced again. One from within
    that outlives this will put the fakes back: then they are taken out.
    """
    shared = _Shared()
    around = MockAWS._nested_count > 0
    over = waiting = False

    def watch_stop(original: Callable[..., None]) -> Callable[..., None]:
        def stop(mock: MockAWS, *args: Any, **kwargs: Any) -> None:
            nonlocal around, waiting
            original(mock, *args, **kwargs)
            if MockAWS._nested_count > 0:
                return
            if around and not over:
                around = False
                shared.keep()
                shared.replace()
            if waiting:
                waiting = False
                put_back()

        return stop

    def put_back() -> None:
        shared.restore()
        watched.__exit__()

    def finish() -> None:
        nonlocal over, waiting
        over = True
        waiting = MockAWS._nested_count > 0 and not around
        if not waiting:
            put_back()

    # moto tells nobody when a mock_aws ends.
    watched = wrapped(MockAWS, "stop", watch_stop)
    note(finish)
    try:
        shared.replace()
        watched.__enter__()
        yield
    finally:
        finish()
