"""Every botocore client of the process, whenever it was made: its calls pass here while the mock is active.

All clients emit their events through one class of botocore's, so two methods of that class are wrapped, not clients.
The original goes first: what a Stubber, a handler of the user's, or moto's own stubber answers stays the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.credentials import RefreshableCredentials
from botocore.hooks import EventAliaser, first_non_none_response
from botocore.model import OperationModel
from moto.core.models import botocore_stubber

from sfn_mock.instruments.guard import Guard
from sfn_mock.instruments.paging_check import PagingCheck
from sfn_mock.transport.asyncio_clients import AwaitedResponse, is_awaited, then
from sfn_mock.transport.direct import Direct
from sfn_mock.transport.environment import warn_of_endpoint_url
from sfn_mock.transport.patching import wrapped
from sfn_mock.transport.wire import REGION_HEADER, Wire, is_loopback


@contextmanager
def installed(direct: Direct, wire: Wire, guard: Guard, paging: PagingCheck, servers: Sequence[str]) -> Iterator[None]:
    """Answer Step Functions calls, and have ``guard`` refuse the others that nobody answers.

    ``paging`` hears of calls that come to an error, of whatever service. ``servers`` has the URLs of the servers that
    answer for the mock.
    """
    clients = _Clients(direct, wire, guard, paging, servers)
    with (
        wrapped(EventAliaser, "emit", clients.watch_emit),
        wrapped(EventAliaser, "emit_until_response", clients.watch_emit_until_response),
    ):
        try:
            yield
        finally:
            # A wrapper that someone else has wrapped meanwhile stays, and does nothing from here on.
            clients.intercepted = False


class _Clients:
    """What happens at each event of a call that the client's own handlers left unanswered."""

    def __init__(self, direct: Direct, wire: Wire, guard: Guard, paging: PagingCheck, servers: Sequence[str]) -> None:
        self._direct = direct
        self._wire = wire
        self._guard = guard
        self._paging = paging
        self._servers = servers
        self.intercepted = True

    def watch_emit_until_response(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def emit_until_response(emitter: EventAliaser, event_name: str, **kwargs: Any) -> Any:
            handled = original(emitter, event_name, **kwargs)
            if not (self.intercepted and event_name.startswith("before-call.")):
                return handled

            def unless_answered(handled: tuple[Any, Any]) -> Any:
                return handled if handled[1] is not None else self._before_call(emitter, event_name, **kwargs)

            # botocore's own clients have a tuple here, those of asyncio something to await.
            return unless_answered(handled) if type(handled) is tuple else then(handled, unless_answered)

        return emit_until_response

    def watch_emit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def emit(emitter: EventAliaser, event_name: str, **kwargs: Any) -> Any:
            if not (self.intercepted and event_name.startswith("before-send.")):
                handled = original(emitter, event_name, **kwargs)
                if (
                    self.intercepted
                    and event_name.startswith("after-call")
                    and _tells_of_an_error(event_name, **kwargs)
                ):
                    self._paging.failed()
                return handled
            request = kwargs["request"]
            if botocore_stubber.enabled and is_awaited(request.body) and not is_loopback(request.url):
                # moto's stubber, among the handlers, reads what an asyncio client uploads, and cannot await it.
                def with_body(body: bytes) -> Any:
                    request.body = body
                    return emit(emitter, event_name, **kwargs)

                return then(request.body.read(), with_body)
            handled = original(emitter, event_name, **kwargs)

            def unless_answered(handled: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
                if first_non_none_response(handled) is not None:
                    return handled
                return [*handled, (self, self._before_send(event_name, **kwargs))]

            if isinstance(handled, list):
                return unless_answered(handled)
            return then(handled, lambda handled: _awaited(unless_answered(handled)))

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
        """Answer a Step Functions call in place; where somebody may want to see the request, ready it for the wire.

        Return who answered and the answer, None for no answer, as botocore's emitters do.
        """
        if is_loopback(params["url"]):
            if _is_step_functions(event_name):
                warn_of_endpoint_url(params["url"], self._servers)
            return self, None
        # Only moto knows accounts by their keys.
        credentials = request_signer._credentials if botocore_stubber.enabled else None
        if _is_step_functions(event_name):
            model: OperationModel = others["model"]
            if self._direct.can_answer(model.name) and not _has_sender(emitter, event_name):
                region = context["client_region"]
                if credentials is None:
                    return self, self._direct.respond(model, params, None, region)
                return then(
                    credentials.get_frozen_credentials(),
                    lambda keys: (self, self._direct.respond(model, params, keys.access_key, region)),
                )
            params["headers"][REGION_HEADER] = context["client_region"]
            credentials = credentials or _at_hand(request_signer._credentials)
        # Without moto a request to another service is refused, signed or not.
        if credentials is None:
            context["auth_type"] = "none"
        return self, None

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


def _at_hand(credentials: Any) -> Any:
    """The client's credentials, unless they have to be fetched from where nothing may be asked."""
    return None if isinstance(credentials, RefreshableCredentials) else credentials


def _is_step_functions(event_name: str) -> bool:
    return event_name.split(".")[1] == "sfn"


def _tells_of_an_error(event_name: str, http_response: AWSResponse | None = None, **_: Any) -> bool:
    """Whether a call, all its attempts taken together, has come to an error of the service or of the connection."""
    if event_name.startswith("after-call-error."):
        return True
    return http_response is not None and http_response.status_code >= 300


def _has_sender(emitter: EventAliaser, event_name: str) -> bool:
    """Whether the client has handlers of the user's for the request itself, to see it or to answer it."""
    event_name = event_name.replace("before-call.", "before-send.", 1)
    emitter = emitter._emitter
    handlers = emitter._lookup_cache.get(event_name)
    if handlers is None:
        # As the emitter itself does, which forgets them when one more is registered.
        handlers = emitter._lookup_cache[event_name] = emitter._handlers.prefix_search(event_name)
    return any(handler is not botocore_stubber for handler in handlers)


def _awaited(handled: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """What handlers answered, in the form that clients of asyncio read: moto and the wire know only botocore's own."""
    return [(handler, AwaitedResponse(made) if type(made) is AWSResponse else made) for handler, made in handled]
