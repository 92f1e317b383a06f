"""botocore's pauses before it repeats a request, cut to nothing for requests to Step Functions.

How often it tries, and what it makes of the last answer, stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import partial, wraps
from typing import Any

from botocore.hooks import EventAliaser
from botocore.retries.bucket import TokenBucket

from sfn_mock.ways_in.awaited import then
from sfn_mock.ways_in.wire import is_loopback

#: Whether what is being sent need not wait for a token.
_at_once: ContextVar[bool] = ContextVar("at_once", default=False)

_Function = Callable[..., Any]


@contextmanager
def skipped(own_urls: Collection[str]) -> Iterator[None]:
    """Have botocore repeat requests to Step Functions at once, in whatever retry mode.

    Of those to this very machine only the ones to ``own_urls``, where the mock's own servers listen.
    """

    def is_meant(url: str) -> bool:
        return not is_loopback(url) or any(url.startswith(own) for own in own_urls)

    with ExitStack() as stack:
        stack.enter_context(_wrapped(EventAliaser, "emit", partial(_without_pauses, is_meant)))
        stack.enter_context(_wrapped(TokenBucket, "acquire", _without_waiting))
        yield


@contextmanager
def _wrapped(cls: type, name: str, wrap: Callable[[_Function], _Function]) -> Iterator[None]:
    original = getattr(cls, name)
    wrapper = wrap(original)
    active = True

    @wraps(original)
    def method(*args: Any, **kwargs: Any) -> Any:
        return (wrapper if active else original)(*args, **kwargs)

    setattr(cls, name, method)
    try:
        yield
    finally:
        active = False
        # What someone else has wrapped meanwhile stays, and finds nothing of ours to do.
        if getattr(cls, name) is method:
            setattr(cls, name, original)


def _without_pauses(is_meant: Callable[[str], bool], original: _Function) -> _Function:
    """The legacy and the standard mode answer an event with the pause; the adaptive one also waits before it sends."""

    def emit(emitter: EventAliaser, event_name: str, **kwargs: Any) -> Any:
        if event_name.startswith("before-send.sfn.") and is_meant(kwargs["request"].url):
            token = _at_once.set(True)
            try:
                return original(emitter, event_name, **kwargs)
            finally:
                _at_once.reset(token)
        handled = original(emitter, event_name, **kwargs)
        if event_name.startswith("needs-retry.sfn.") and is_meant(kwargs["request_dict"]["url"]):
            return then(handled, _retried_at_once)
        return handled

    return emit


def _retried_at_once(handled: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """The handlers' answers, None and False for "do not retry" among them, with each pause replaced by none."""
    return [(handler, delay and 0) for handler, delay in handled]


def _without_waiting(original: _Function) -> _Function:
    """A bucket of the adaptive mode fills by the clock: under a frozen one it would make its client wait for ever."""

    def acquire(bucket: TokenBucket, *args: Any, **kwargs: Any) -> Any:
        return _at_once.get() or original(bucket, *args, **kwargs)

    return acquire
