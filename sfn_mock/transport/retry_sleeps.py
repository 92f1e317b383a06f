"""botocore's pauses before it repeats a request, cut to nothing for requests to Step Functions.

How often it tries, and what it makes of the last answer, stays as it is.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

from botocore.hooks import EventAliaser
from botocore.retries.bucket import TokenBucket

from sfn_mock.transport.asyncio_clients import then
from sfn_mock.transport.patching import wrapped
from sfn_mock.transport.wire import is_loopback

#: Whether what is being sent need not wait for a token.
_at_once: ContextVar[bool] = ContextVar("at_once", default=False)

_Function = Callable[..., Any]


@contextmanager
def skipped(own_urls: Collection[str]) -> Iterator[None]:
    """Have botocore repeat requests to Step Functions at once, in whatever retry mode.

    Of those to this very machine only the ones to ``own_urls``, where the mock's own servers listen.
    """
    with ExitStack() as stack:
        emit = _Emit(stack, own_urls)
        stack.enter_context(wrapped(EventAliaser, "emit", emit.without_pauses))
        stack.enter_context(wrapped(TokenBucket, "acquire", _without_waiting))
        try:
            yield
        finally:
            # A wrapper that someone else has wrapped meanwhile stays, and does nothing from here on.
            emit.skips_pauses = False


class _Emit:
    """The legacy and the standard mode answer an event with the pause; the adaptive one also waits before it sends."""

    def __init__(self, stack: ExitStack, own_urls: Collection[str]) -> None:
        self._stack = stack
        self._own_urls = own_urls
        self._async_bucket: type | None = None
        self.skips_pauses = True

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
        # By the port, as this machine has several names.
        is_mocked = not is_loopback(url) or urlsplit(url).port in {urlsplit(own).port for own in self._own_urls}
        return self.skips_pauses and is_mocked

    def _wrap_async_bucket(self) -> None:
        """Do as with botocore's own bucket; aiobotocore may have been imported only after the mock began."""
        bucket = getattr(sys.modules.get("aiobotocore.retries.bucket"), "AsyncTokenBucket", None)
        if bucket is not None and bucket is not self._async_bucket:
            self._async_bucket = bucket
            self._stack.enter_context(wrapped(bucket, "acquire", _without_awaiting))


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
    """The handlers' answers, None and False for "do not retry" among them, with each pause replaced by none."""
    return [(handler, delay and 0) for handler, delay in handled]


def _without_waiting(original: _Function) -> _Function:
    """A bucket of the adaptive mode fills by the clock: under a frozen one it would make its client wait for ever."""

    def acquire(bucket: TokenBucket, *args: Any, **kwargs: Any) -> Any:
        return _at_once.get() or original(bucket, *args, **kwargs)

    return acquire


def _without_awaiting(original: _Function) -> _Function:
    async def acquire(bucket: Any, *args: Any, **kwargs: Any) -> Any:
        return _at_once.get() or await original(bucket, *args, **kwargs)

    return acquire
