"""Intercept the calls of every botocore client of the process, whenever it was made, while the mock is active.

All clients emit their events through one class of botocore, so two methods of that class are wrapped. The original
method is called first: an answer of a Stubber, of a user's handler or of moto's stubber is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from sfn_mock.transport.patching import Patches
from sfn_mock.transport.wire import REGION_HEADER, Wire, is_loopback


def intercept(
    patches: Patches, direct: Direct, wire: Wire, guard: Guard, paging: PagingCheck, servers: Sequence[str]
) -> None:
    """Answer Step Functions calls, and let ``guard`` refuse unanswered calls to other services.

    ``paging`` records each call, of any service, that ends in an error. ``servers`` has the URLs of the mock's own
    servers.
    """
    clients = _Clients(patches, direct, wire, guard, paging, servers)
    patches.wrap(EventAliaser, "emit", clients.watch_emit)
    patches.wrap(EventAliaser, "emit_until_response", clients.watch_emit_until_response)


class _Clients:
    """Handles the events of calls that the client's own handlers left unanswered."""

    def __init__(
        self,
        patches: Patches,
        direct: Direct,
        wire: Wire,
        guard: Guard,
        paging: PagingCheck,
        servers: Sequence[str],
    ) -> None:
        self._patches = patches
        self._direct = direct
        self._wire = wire
        self._guard = guard
        self._paging = paging
        self._servers = servers

    def watch_emit_until_response(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def emit_until_response(emitter: EventAliaser, event_name: str, **kwargs: Any) -> Any:
            handled = original(emitter, event_name, **kwargs)
            if not (self._patches.intercept and event_name.startswith("before-call.")):
                return handled

            def unless_answered(handled: tuple[Any, Any]) -> Any:
                return handled if handled[1] is not None else self._before_call(emitter, event_name, **kwargs)

            # botocore's own clients have a tuple here, asyncio clients an awaitable.
            return unless_answered(handled) if type(handled) is tuple else then(handled, unless_answered)

        return emit_until_response

    def watch_emit(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def emit(emitter: EventAliaser, event_name: str, **kwargs: Any) -> Any:
            if not (event_name.startswith("before-send.") and self._patches.intercept):
                handled = original(emitter, event_name, **kwargs)
                if (
                    event_name.startswith("after-call")
                    and self._patches.intercept
                    and _ended_in_error(event_name, **kwargs)
                ):
                    self._paging.failed()
                return handled
            request = kwargs["request"]
            if botocore_stubber.enabled and is_awaited(request.body) and not is_loopback(request.url):
                # moto's stubber, one of the handlers, reads uploads and cannot await those of an asyncio client.
                def with_body(body: bytes) -> Any:
                    request.body = body
                    # Another wrapper, because one that refers to itself would keep the ended mock in memory.
                    return self.watch_emit(original)(emitter, event_name, **kwargs)

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
        """Answer a Step Functions call directly, or prepare it for the wire if other handlers may want the request.

        Return the handler and its answer, None for no answer, as botocore's emitters do.
        """
        if is_loopback(params["url"]):
            if _is_step_functions(event_name):
                warn_of_endpoint_url(params["url"], self._servers)
            return self, None
        # Only moto can tell an account from its keys.
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
            credentials = credentials or _loaded_credentials(request_signer._credentials)
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
            # A client made before moto was imported lacks moto's stubber, but moto answers other services anyway.
            return botocore_stubber(event_name, request)
        _event, service, operation = event_name.split(".")
        self._guard.refuse(service, operation)


def _loaded_credentials(credentials: Any) -> Any:
    """Return the client's credentials, unless they would have to be fetched over the network."""
    return None if isinstance(credentials, RefreshableCredentials) else credentials


def _is_step_functions(event_name: str) -> bool:
    return event_name.split(".")[1] == "sfn"


def _ended_in_error(event_name: str, http_response: AWSResponse | None = None, **_: Any) -> bool:
    """Return whether a call, after all its attempts, has ended in an error of the service or the connection."""
    if event_name.startswith("after-call-error."):
        return True
    return http_response is not None and http_response.status_code >= 300


def _has_sender(emitter: EventAliaser, event_name: str) -> bool:
    """Return whether the user has registered handlers that see or answer the request itself."""
    event_name = event_name.replace("before-call.", "before-send.", 1)
    emitter = emitter._emitter
    handlers = emitter._lookup_cache.get(event_name)
    if handlers is None:
        # Cached as in the emitter itself, which clears its cache when a handler is registered.
        handlers = emitter._lookup_cache[event_name] = emitter._handlers.prefix_search(event_name)
    return any(handler is not botocore_stubber for handler in handlers)


def _awaited(handled: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return the handlers' answers in the form for asyncio clients; moto and the wire have only botocore's form."""
    return [(handler, AwaitedResponse(made) if type(made) is AWSResponse else made) for handler, made in handled]
