"""Skip botocore's pauses between retries of requests to Step Functions.

The number of retries and the final result do not change.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from botocore.hooks import EventAliaser
from botocore.retries.bucket import TokenBucket

from sfn_mock.transport.asyncio_clients import then
from sfn_mock.transport.patching import Patches
from sfn_mock.transport.wire import is_loopback

#: Whether the current request may skip the wait for a retry token.
_at_once: ContextVar[bool] = ContextVar("at_once", default=False)

_Function = Callable[..., Any]


def skip(patches: Patches, own_urls: Collection[str]) -> None:
    """Make botocore retry requests to Step Functions at once, in every retry mode.

    For requests to this machine this applies only to ``own_urls``, the URLs of the mock's own servers.
    """
    patches.wrap(EventAliaser, "emit", _Emit(patches, own_urls).without_pauses)
    patches.wrap(TokenBucket, "acquire", _without_waiting)


class _Emit:
    """Wraps events: legacy and standard mode take the pause from an event, adaptive mode also waits to send."""

    def __init__(self, patches: Patches, own_urls: Collection[str]) -> None:
        self._patches = patches
        self._own_urls = own_urls
        self._async_bucket: type | None = None

    def without_pauses(self, original: _Function) -> _Function:
        def emit(emitter: EventAliaser, event_name: str, **kwargs: Any) -> Any:
            if event_name.startswith("before-send.sfn.") and self._is_meant(kwargs["request"].url):
                with _sending_at_once():
                    handled = original(emitter, event_name, **kwargs)
                if inspect.isawaitable(handled):
                    self._wrap_async_bucket()
                    return _awaited_at_once(handled)
                return handled
            handled = original(emitter, event_name, **kwargs)
            if event_name.startswith("needs-retry.sfn.") and self._is_meant(kwargs["request_dict"]["url"]):
                return then(handled, _retried_at_once)
            return handled

        return emit

    def _is_meant(self, url: str) -> bool:
        # Compared by port, because this machine has several names.
        is_mocked = not is_loopback(url) or urlsplit(url).port in {urlsplit(own).port for own in self._own_urls}
        return self._patches.intercept and is_mocked

    def _wrap_async_bucket(self) -> None:
        """Wrap aiobotocore's bucket like botocore's; it may be imported only after the mock started."""
        bucket = getattr(sys.modules.get("aiobotocore.retries.bucket"), "AsyncTokenBucket", None)
        if bucket is not None and bucket is not self._async_bucket:
            self._async_bucket = bucket
            self._patches.wrap(bucket, "acquire", _without_awaiting)


@contextmanager
def _sending_at_once() -> Iterator[None]:
    token = _at_once.set(True)
    try:
        yield
    finally:
        _at_once.reset(token)


async def _awaited_at_once(handled: Awaitable[Any]) -> Any:
    with _sending_at_once():
        return await handled


def _retried_at_once(handled: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return the handlers' answers with each pause replaced by 0; None and False mean "do not retry"."""
    return [(handler, delay and 0) for handler, delay in handled]


def _without_waiting(original: _Function) -> _Function:
    """Skip the bucket of adaptive mode, which fills with the clock: under a frozen clock it would never fill."""

    def acquire(bucket: TokenBucket, *args: Any, **kwargs: Any) -> Any:
        return _at_once.get() or original(bucket, *args, **kwargs)

    return acquire


def _without_awaiting(original: _Function) -> _Function:
    async def acquire(bucket: Any, *args: Any, **kwargs: Any) -> Any:
        return _at_once.get() or await original(bucket, *args, **kwargs)

    return acquire
