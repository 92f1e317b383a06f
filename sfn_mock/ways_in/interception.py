"""Every botocore client of the process, whenever it was made: its calls pass here while the mock is active.

All clients emit their events through one class of botocore's, so two methods of that class are wrapped, not clients.
The original goes first: what a Stubber, a handler of the user's, or moto's own stubber answers stays the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from botocore.hooks import EventAliaser, first_non_none_response
from botocore.model import OperationModel
from moto.core.models import botocore_stubber

from sfn_mock.ways_in.direct import Direct
from sfn_mock.ways_in.guard import Guard
from sfn_mock.ways_in.wire import REGION_HEADER, Wire, is_loopback


@contextmanager
def installed(direct: Direct, wire: Wire, guard: Guard) -> Iterator[None]:
    """Answer Step Functions calls, and have ``guard`` refuse the others that nobody answers."""
    clients = _Clients(direct, wire, guard)
    originals = EventAliaser.emit, EventAliaser.emit_until_response
    wrapped = clients.watch_emit(originals[0]), clients.watch_emit_until_response(originals[1])
    EventAliaser.emit, EventAliaser.emit_until_response = wrapped
    try:
        yield
    finally:
        clients.intercepted = False
        # What someone else has wrapped meanwhile stays, and finds nothing of ours to do.
        if EventAliaser.emit is wrapped[0]:
            EventAliaser.emit = originals[0]
        if EventAliaser.emit_until_response is wrapped[1]:
            EventAliaser.emit_until_response = originals[1]


class _Clients:
    """What happens at each event of a call that the client's own handlers left unanswered."""

    def __init__(self, direct: Direct, wire: Wire, guard: Guard) -> None:
        self._direct = direct
        self._wire = wire
        self._guard = guard
        self.intercepted = True

    def watch_emit_until_response(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def emit_until_response(emitter: EventAliaser, event_name: str, **kwargs: Any) -> Any:
            handled = original(emitter, event_name, **kwargs)
            if not (self.intercepted and event_name.startswith("before-call.")):
                return handled

            def unless_answered(handled: tuple[Any, Any]) -> tuple[Any, Any]:
                if handled[1] is not None:
                    return handled
                return self, self._before_call(emitter, event_name, **kwargs)

            return _then(handled, unless_answered)

        return emit_until_response

    def watch_emit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def emit(emitter: EventAliaser, event_name: str, **kwargs: Any) -> Any:
            handled = original(emitter, event_name, **kwargs)
            if not (self.intercepted and event_name.startswith("before-send.")):
                return handled

            def unless_answered(handled: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
                if first_non_none_response(handled) is not None:
                    return handled
                return [*handled, (self, self._before_send(event_name, **kwargs))]

            return _then(handled, unless_answered)

        return emit

    def _before_call(
        self,
        emitter: EventAliaser,
        event_name: str,
        params: dict[str, Any],
        context: dict[str, Any],
        request_signer: Any,
        **others: Any,
    ) -> Any:
        """Answer a Step Functions call in place; where somebody may want to see the request, ready it for the wire."""
        if is_loopback(params["url"]):
            return None
        # Only moto knows accounts by their keys. Without it no request is signed: the client may have no credentials,
        # or have to fetch them from where nothing may be asked.
        credentials = request_signer._credentials if botocore_stubber.enabled else None
        if _is_step_functions(event_name):
            model: OperationModel = others["model"]
            if self._direct.can_answer(model.name) and not _has_sender(emitter, event_name):
                access_key = None if credentials is None else credentials.access_key
                return self._direct.respond(model, params, access_key, context["client_region"])
            params["headers"][REGION_HEADER] = context["client_region"]
        if credentials is None:
            context["auth_type"] = "none"
        return None

    def _before_send(self, event_name: str, request: Any, **_: Any) -> Any:
        if is_loopback(request.url):
            return None
        if _is_step_functions(event_name):
            return self._wire.respond(request)
        if botocore_stubber.enabled:
            # A client made before moto was imported has no stubber of moto's; other services are moto's all the same.
            return botocore_stubber(event_name, request)
        _event, service, operation = event_name.split(".")
        self._guard.refuse(service, operation)


def _is_step_functions(event_name: str) -> bool:
    return event_name.split(".")[1] == "sfn"


def _has_sender(emitter: EventAliaser, event_name: str) -> bool:
    """Whether the client has handlers of the user's for the request itself, to see it or to answer it."""
    event_name = event_name.replace("before-call.", "before-send.", 1)
    emitter = emitter._emitter
    handlers = emitter._lookup_cache.get(event_name)
    if handlers is None:
        # As the emitter itself does, which forgets them when one more is registered.
        handlers = emitter._lookup_cache[event_name] = emitter._handlers.prefix_search(event_name)
    return any(handler is not botocore_stubber for handler in handlers)


def _then(handled: Any, go_on: Callable[[Any], Any]) -> Any:
    """Go on with what the original gave; the emitters of asyncio clients give it later."""
    if isinstance(handled, list | tuple):
        return go_on(handled)

    async def later() -> Any:
        return go_on(await handled)

    return later()
