"""The HTTP form of a Step Functions call: the request as botocore or `requests` sends it, the answer as bytes."""

from __future__ import annotations

import re
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import werkzeug
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import BotoCoreError
from moto.core.request import normalize_request
from urllib3 import HTTPResponse

from sfn_mock.aws.exceptions import SFNError
from sfn_mock.instruments.calls import Record
from sfn_mock.instruments.faults import Faults
from sfn_mock.instruments.paging_check import PagingCheck
from sfn_mock.instruments.requests import Request
from sfn_mock.responses import body_of_error, headers_of_answer
from sfn_mock.state import clock
from sfn_mock.transport.addressing import AddressedResponse, BackendOf, account_of_role

#: Tells the client's region, which neither an unsigned request nor every host name shows.
REGION_HEADER = "x-sfn-mock-region"
#: What the X-Amz-Target header holds before the operation.
TARGET_PREFIX = "AWSStepFunctions."
# An operation's host prefix, such as "sync-", may stand before the host of the user's endpoint.
_THIS_MACHINE = re.compile(r"(.+[.-])?(localhost|127(\.\d+){3}|0\.0\.0\.0)\.?|::1")
_ACCESS_KEY = re.compile(r"Credential=([^/]+)/")

Answer = tuple[int, dict[str, Any], Any]


def is_step_functions(request: AWSPreparedRequest | werkzeug.Request) -> bool:
    """Whether the request is one to Step Functions, at any host but one of this machine's."""
    target = _text(request.headers.get("X-Amz-Target", ""))
    return target.startswith(TARGET_PREFIX) and not is_loopback(request.url)


@lru_cache
def is_loopback(url: str) -> bool:
    """Whether ``url`` leads to this very machine, where a server of the user's own listens."""
    return _THIS_MACHINE.fullmatch(urlsplit(url).hostname or "") is not None


class Wire:
    """Takes requests to their backends. They belong to ``account_id``, except under an assumed role's keys.

    Unless they are ``limited``, quotas do not count them.
    """

    def __init__(
        self,
        backend_of: BackendOf,
        paging: PagingCheck,
        account_id: str,
        faults: Faults,
        record: Record,
        *,
        limited: bool = True,
    ) -> None:
        self._backend_of = backend_of
        self._paging = paging
        self._account_id = account_id
        self._faults = faults
        self._record = record
        self._limited = limited

    def answer(self, request: AWSPreparedRequest | werkzeug.Request) -> Answer:
        """Status, headers and body of what SFNResponse, or a fault, answers.

        Raises botocore's BotoCoreError for a fault of the connection, as if no answer had come.
        """
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        region = headers.pop(REGION_HEADER, None)
        # However the body was to be sent, it is whole here, and an older moto would wait for its parts.
        headers.pop("transfer-encoding", None)
        signed = _ACCESS_KEY.search(headers.get("authorization", ""))
        account_id = account_of_role(signed and signed[1]) or self._account_id
        # An older moto reads what comes from `requests` itself, and hands on what it has read.
        body = request.data if isinstance(request, werkzeug.Request) else request.body
        read = normalize_request(AWSPreparedRequest(request.method, request.url, headers, body, False))
        response = AddressedResponse(self._backend_of, self._paging, account_id, region, limited=self._limited)
        operation = headers.get("x-amz-target", "").removeprefix(TARGET_PREFIX)
        region = response.get_region_from_url(read, request.url)
        with clock.read_once() as moment:
            arrived = Request(operation, body or b"", account_id, region, moment)
            try:
                self._faults.strike(arrived, request.url)
                status, answer_headers, body = response._dispatch(read, request.url, read.headers)
            except SFNError as error:
                status, answer_headers, body = error.status, headers_of_answer(moment), body_of_error(error)
            except BotoCoreError as error:
                self._record.failed(arrived, type(error).__name__)
                raise
        self._record.sent(arrived, status, body)
        return status, answer_headers, body

    def respond(self, request: AWSPreparedRequest) -> AWSResponse:
        """The same, as the response that botocore would have read from its connection."""
        status, headers, body = self.answer(request)
        content = body.encode() if isinstance(body, str) else body
        raw = HTTPResponse(BytesIO(content), headers, status, preload_content=False)
        return AWSResponse(request.url, status, headers, raw)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
