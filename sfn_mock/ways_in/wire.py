"""The HTTP form of a Step Functions call: the request as botocore or `requests` sends it, the answer as bytes."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.request import normalize_request
from urllib3 import HTTPResponse
from werkzeug import Request

from sfn_mock.ways_in.addressing import AddressedResponse, BackendOf, account_of_role

#: Tells the client's region, which neither an unsigned request nor every host name shows.
REGION_HEADER = "x-sfn-mock-region"
_TARGET_PREFIX = "AWSStepFunctions."
# An operation's host prefix, such as "sync-", may stand before the host of the user's endpoint.
_THIS_MACHINE = re.compile(r"(.+[.-])?(localhost|127(\.\d+){3}|0\.0\.0\.0)\.?|::1")
_ACCESS_KEY = re.compile(r"Credential=([^/]+)/")

Answer = tuple[int, dict[str, Any], Any]


def is_step_functions(request: AWSPreparedRequest | Request) -> bool:
    """Whether the request is one to Step Functions, at any host but one of this machine's."""
    target = _text(request.headers.get("X-Amz-Target", ""))
    return target.startswith(_TARGET_PREFIX) and not is_loopback(request.url)


def is_loopback(url: str) -> bool:
    """Whether ``url`` leads to this very machine, where a server of the user's own listens."""
    return _THIS_MACHINE.fullmatch(urlsplit(url).hostname or "") is not None


class Wire:
    """Takes requests to their backends. They belong to ``account_id``, except under an assumed role's keys."""

    def __init__(self, backend_of: BackendOf, account_id: str) -> None:
        self._backend_of = backend_of
        self._account_id = account_id

    def answer(self, request: AWSPreparedRequest | Request) -> Answer:
        """Status, headers and body of what SFNResponse answers."""
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        region = headers.pop(REGION_HEADER, None)
        signed = _ACCESS_KEY.search(headers.get("authorization", ""))
        account_id = account_of_role(signed and signed[1]) or self._account_id
        # An older moto reads what comes from `requests` itself, and hands on what it has read.
        body = request.data if isinstance(request, Request) else request.body
        read = normalize_request(AWSPreparedRequest(request.method, request.url, headers, body, False))
        response = AddressedResponse(self._backend_of, account_id, region)
        status, answer_headers, body = response._dispatch(read, request.url, read.headers)
        return status, answer_headers, body

    def respond(self, request: AWSPreparedRequest) -> AWSResponse:
        """The same, as the response that botocore would have read from its connection."""
        status, headers, body = self.answer(request)
        content = body.encode() if isinstance(body, str) else body
        raw = HTTPResponse(BytesIO(content), headers, status, preload_content=False)
        return AWSResponse(request.url, status, headers, raw)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
