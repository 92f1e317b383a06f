"""The HTTP form of a Step Functions call: the request as botocore or `requests` sends it, the answer as bytes."""

from __future__ import annotations

import json
import re
import zlib
from functools import lru_cache
from gzip import GzipFile
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import werkzeug
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.core.request import normalize_request
from urllib3 import HTTPResponse

from sfn_mock.operations.pipeline import Service
from sfn_mock.transport.addressing import AddressedResponse, account_of_role

#: Tells the client's region, which neither an unsigned request nor every host name shows.
REGION_HEADER = "x-sfn-mock-region"
#: What the X-Amz-Target header holds before the operation.
TARGET_PREFIX = "AWSStepFunctions."
# An operation's host prefix, such as "sync-", may stand before the host of the user's endpoint.
_THIS_MACHINE = re.compile(r"(.+[.-])?(localhost|127(\.\d+){3}|0\.0\.0\.0)\.?|::1")
#: Longest body of a call, also after it is unpacked, in bytes.
MAX_BODY = 16 << 20
_ACCESS_KEY = re.compile(r"Credential=([^/]+)/")

#: In the Authorization header of what is signed for Step Functions.
_SIGNED_FOR_IT = "/states/aws4_request"

Answer = tuple[int, dict[str, Any], Any]


def is_step_functions(request: AWSPreparedRequest | werkzeug.Request) -> bool:
    """Whether the request names one of Step Functions' operations or is signed for it, at any host but this machine."""
    target = text_of(request.headers.get("X-Amz-Target", ""))
    signed = text_of(request.headers.get("Authorization", ""))
    return (target.startswith(TARGET_PREFIX) or _SIGNED_FOR_IT in signed) and not is_loopback(request.url)


@lru_cache
def is_loopback(url: str) -> bool:
    """Whether ``url`` leads to this very machine, where a server of the user's own listens."""
    return _THIS_MACHINE.fullmatch(urlsplit(url).hostname or "") is not None


class Wire:
    """Takes requests to the records that they ask for. They belong to ``account_id``, except under a role's keys."""

    def __init__(self, service: Service, account_id: str) -> None:
        self._service = service
        self._account_id = account_id

    def answer(self, request: AWSPreparedRequest | werkzeug.Request) -> Answer:
        """Return the status, headers and body of the answer.

        Raises:
            BotoCoreError: For a fault of the connection, as if no answer had come.
        """
        headers = {name.lower(): text_of(value) for name, value in request.headers.items()}
        region = headers.pop(REGION_HEADER, None)
        # However the body was to be sent, it is whole here, and an older moto would wait for its parts.
        headers.pop("transfer-encoding", None)
        signed = _ACCESS_KEY.search(headers.get("authorization", ""))
        account_id = account_of_role(signed and signed[1]) or self._account_id
        # An older moto reads what comes from `requests` itself, and hands on what it has read.
        body = request.data if isinstance(request, werkzeug.Request) else request.body
        if headers.pop("content-encoding", "").lower() == "gzip" and body:
            body = _unpacked(body)
            if len(body) > MAX_BODY:
                sentence = f"The body of a call must be of at most {MAX_BODY} bytes when it is unpacked."
                return 413, {"Content-Type": "application/json"}, json.dumps({"message": sentence})
        read = normalize_request(AWSPreparedRequest(request.method, request.url, headers, body, False))
        return AddressedResponse(self._service, account_id, region)._dispatch(read, request.url, read.headers)

    def respond(self, request: AWSPreparedRequest) -> AWSResponse:
        """The same, as the response that botocore would have read from its connection."""
        status, headers, body = self.answer(request)
        content = body.encode() if isinstance(body, str) else body
        raw = HTTPResponse(BytesIO(content), headers, status, preload_content=False)
        return AWSResponse(request.url, status, headers, raw)


def text_of(header: str | bytes) -> str:
    """Return a header's value as text, whatever bytes it has."""
    return header.decode(errors="replace") if isinstance(header, bytes) else header


def _unpacked(body: Any) -> Any:
    """Return what was packed with gzip, up to one byte too many; a body that only says that it was, as it is."""
    packed = body.encode() if isinstance(body, str) else body
    try:
        with GzipFile(fileobj=BytesIO(packed)) as file:
            return file.read(MAX_BODY + 1)
    except (OSError, EOFError, zlib.error):
        return body
