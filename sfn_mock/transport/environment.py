"""Fake the environment variables and the default session of boto3, from which clients are configured."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
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
from sfn_mock.state.undo_log import UndoLog
from sfn_mock.transport.patching import Patches
from sfn_mock.transport.variables import Variables

DEFAULT_REGION = "us-east-1"
_REGION = "AWS_DEFAULT_REGION"
_FAKE_KEYS = {"AWS_ACCESS_KEY_ID": "sfn-mock", "AWS_SECRET_ACCESS_KEY": "sfn-mock"}
_KEYS = Variables(*_FAKE_KEYS)
_METADATA = {"AWS_EC2_METADATA_DISABLED": "true"}
# A profile may be missing or need credentials that are fetched; token, expiry date, account and endpoint of credentials
# belong to the replaced keys.
_VARIABLES = Variables(
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    *_METADATA,
    _REGION,
)


def warn_of_endpoint_url(url: str, servers: Iterable[str]) -> None:
    """Warn of a call to this machine, past the mock and its servers, because of an endpoint in the environment."""
    for name in ("AWS_ENDPOINT_URL_SFN", "AWS_ENDPOINT_URL"):
        endpoint = os.environ.get(name)
        if endpoint and url.startswith(endpoint) and not url.startswith(tuple(servers)):
            caller = find_caller()
            warnings.warn_explicit(
                f"{name}={endpoint} is set, so this call to Step Functions goes there instead of to the mock. "
                f"Remove the variable before you make the client, for example with monkeypatch.delenv({name!r}).",
                UserWarning,
                caller.file,
                caller.line,
            )
            return


def fake(undo: UndoLog, region: str | None) -> str:
    """Set fake credentials and a region for clients that are made from now on; return the region.

    ``undo`` restores everything, in any order the mock and a ``mock_aws`` begin and end.
    """
    kept = _VARIABLES.values()
    region = region or kept.get(_REGION) or DEFAULT_REGION
    undo.add(partial(_VARIABLES.set, kept))
    _VARIABLES.set({**_METADATA, _REGION: region})
    _share_with_mock_aws(undo)
    return region


class _Shared:
    """The values that ``mock_aws`` replaces and restores too: the keys in the environment and the default session."""

    def __init__(self) -> None:
        self.keep()

    def keep(self) -> None:
        """Keep the current values."""
        self._keys = _KEYS.values()
        self._session = boto3.DEFAULT_SESSION

    def replace(self) -> None:
        """Replace them with fakes."""
        _KEYS.set(_FAKE_KEYS)
        boto3.DEFAULT_SESSION = _DefaultSession()

    def restore(self) -> None:
        _KEYS.set(self._keys)
        boto3.DEFAULT_SESSION = self._session


#: Locked while a session is made.
_making = RLock()


class _DefaultSession(boto3.Session):  # type: ignore[misc]  # boto3 has no types
    """The default session of one mock, made on first use, because many tests never use it.

    It has no handlers, credentials or configuration of earlier mocks. It shares only what is slow to make and the same
    for all: the initial handlers of a session, and the loaded models.
    """

    def __init__(self) -> None:
        """Make nothing yet."""

    def __getattr__(self, name: str) -> Any:
        with _making:
            if "_session" not in vars(self):
                # In one assignment, because other threads may use it already.
                self.__dict__.update(vars(self._made()))
        return super().__getattribute__(name)

    @classmethod
    def _made(cls) -> boto3.Session:
        botocores = BotocoreSession(event_hooks=_Hooks(), include_builtin_handlers=False)
        loader = _loader(botocores.get_config_variable("data_path"))
        botocores.register_component("data_loader", loader)
        made = cls()
        boto3.Session.__init__(made, botocore_session=botocores)
        # Each boto3 session adds boto3's own.
        loader.search_paths[:] = dict.fromkeys(loader.search_paths)
        return made

    def _register_default_handlers(self) -> None:
        """Do nothing: the initial handlers include them."""


class _Hooks:
    """The initial handlers of all sessions; a session copies them when a handler is added or removed."""

    def __init__(self) -> None:
        self._handlers = _first_handlers()
        self._are_own = False

    def emit(self, event_name: str, **kwargs: Any) -> Any:
        """Emit an event, as botocore does with a session's own handlers."""
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


def _share_with_mock_aws(undo: UndoLog) -> None:
    """Set the fakes that ``mock_aws`` sets too, and keep both consistent if they do not end in reverse order.

    If an earlier ``mock_aws`` ends before ``undo``, it restores the real values: they are replaced again. If an inner
    ``mock_aws`` ends after ``undo``, it restores the fakes: then they are removed.
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
        watching.roll_back()

    def finish() -> None:
        nonlocal over, waiting
        over = True
        waiting = MockAWS._nested_count > 0 and not around
        if not waiting:
            put_back()

    watching = UndoLog()
    undo.add(finish)
    shared.replace()
    # moto has no callback for the end of a mock_aws.
    Patches(watching).wrap(MockAWS, "stop", watch_stop)
