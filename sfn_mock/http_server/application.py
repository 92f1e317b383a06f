"""Dispatch requests to Step Functions, to another service of moto, or to the server's own routes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError
from werkzeug import Request, Response
from werkzeug.datastructures import Headers

from sfn_mock import activation
from sfn_mock.http_server import other_services
from sfn_mock.http_server.answers import error_response
from sfn_mock.http_server.aws_errors import aws_error_response
from sfn_mock.http_server.control import PREFIX, Control, page_response
from sfn_mock.http_server.origins import ForeignOrigin, Origins
from sfn_mock.http_server.page import ROOT
from sfn_mock.http_server.signatures import signature
from sfn_mock.instruments.guard import UnmockedServiceError
from sfn_mock.operations.pipeline import plain_service
from sfn_mock.session import Session, records_of
from sfn_mock.transport.addressing import account_of_role, region_of_host
from sfn_mock.transport.wire import MAX_BODY, REGION_HEADER, TARGET_PREFIX, Wire

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: The header of the page's own calls, which are not recorded with those of the code under test.
PAGE_HEADER = "x-sfn-mock-page"
#: Longest body of a request to another service of moto, such as an object for S3, in bytes.
_MAX_OTHER_BODY = 1 << 30
#: moto's header with the account of a call.
_ACCOUNT_HEADER = "x-moto-account-id"
#: The prefix of moto's own routes, some of which write files.
_MOTOS_CONTROL = "/moto-api/"
#: moto's route that empties all services; moto would leave out the mock's stores.
_MOTOS_RESET = "/moto-api/reset"
#: The start of a header with a signature.
_SIGNATURE = "AWS4-HMAC-SHA256"


class Application:
    """A WSGI application that answers the requests of ``origins``."""

    def __init__(self, session: Session, motos: WSGIApplication, version: str, origins: Origins) -> None:
        self._session = session
        self._motos = motos
        self._control = Control(session, version)
        self._origins = origins

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request as a WSGI application."""
        request = Request(environ)
        try:
            self._origins.check(request)
        except ForeignOrigin as error:
            response = error_response(403, str(error))
        else:
            response = self._respond(request)
        return response(environ, start_response)

    def body_limit(self, environ: WSGIEnvironment) -> int:
        """Return the longest allowed body of a request in bytes."""
        request = Request(environ)
        is_ours = request.path.startswith(PREFIX) or _is_step_functions(request, signature(request))
        return MAX_BODY if is_ours else _MAX_OTHER_BODY

    def _respond(self, request: Request) -> Response:
        signed = signature(request)
        if request.path.startswith(PREFIX):
            return self._control.respond(request)
        if request.path.startswith(_MOTOS_CONTROL):
            return self._to_motos_control(request)
        if _is_step_functions(request, signed):
            return self._to_step_functions(request, signed)
        if _is_for_a_reader(request):
            return page_response(request, ROOT)
        return self._to_motos_services(request, signed)

    def _to_motos_services(self, request: Request, signed: re.Match[str] | None) -> Response:
        if signed is not None:
            activation.prepare_service(signed["service"])
            if account_of_role(signed["key"]) is None:
                # All services use one account, unless the request names another.
                request.environ.setdefault(_environment_name(_ACCOUNT_HEADER), self._session.account_id)
        elif request.headers.get("Authorization", "").startswith(_SIGNATURE):
            return aws_error_response(
                request,
                400,
                "IncompleteSignatureException",
                "The Authorization header must have a Credential with key, date, region and service.",
            )
        return other_services.answer(self._motos, request, None if signed is None else signed["service"])

    def _to_motos_control(self, request: Request) -> Response:
        if request.path == _MOTOS_RESET and request.method == "POST":
            self._session.reset()
        return other_services.answer(self._motos, request, None)

    def _to_step_functions(self, request: Request, signed: re.Match[str] | None) -> Response:
        try:
            status, answer_headers, body = self._wire(request).answer(request, self._region(request, signed))
        except BotoCoreError as error:
            # A fault that is a connection error: the handler closes the connection without an answer.
            raise ConnectionAbortedError(str(error)) from None
        except UnmockedServiceError as error:
            return aws_error_response(request, 501, "UnmockedService", str(error))
        return Response(body, status, Headers({**answer_headers, **_date_of_client(request)}))

    def _region(self, request: Request, signed: re.Match[str] | None) -> str:
        if signed is not None:
            return signed["region"]
        return request.headers.get(REGION_HEADER) or region_of_host(request.host) or self._session.region

    def _wire(self, request: Request) -> Wire:
        session = self._session
        account_id = request.headers.get(_ACCOUNT_HEADER, session.account_id)
        if PAGE_HEADER in request.headers:
            return Wire(plain_service(records_of(session.backend), limited=False), account_id)
        return Wire(session.service(), account_id)


def _date_of_client(request: Request) -> dict[str, str]:
    """Return the Date header with the time of the request's signature, if it has one.

    Some SDKs compare it with their own clock and retry on a difference. The clock that is set here, or frozen by a
    test, may differ from the client's.
    """
    with suppress(ValueError):
        date = datetime.strptime(request.headers.get("X-Amz-Date", ""), "%Y%m%dT%H%M%SZ")
        return {"Date": format_datetime(date.replace(tzinfo=timezone.utc), usegmt=True)}
    return {}


def _environment_name(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"


def _is_step_functions(request: Request, signed: re.Match[str] | None) -> bool:
    if signed is not None:
        return signed["service"] == "states"
    return request.headers.get("X-Amz-Target", "").startswith(TARGET_PREFIX)


def _is_for_a_reader(request: Request) -> bool:
    """Return whether a browser requests the page, rather than a program a service."""
    return (
        request.path == "/"
        and request.method == "GET"
        and "Authorization" not in request.headers
        and "text/html" in request.headers.get("Accept", "")
    )
