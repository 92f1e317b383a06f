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
from urllib3 import HTTPResponse

from sfn_mock.operations.pipeline import Service
from sfn_mock.responses import answer
from sfn_mock.transport.addressing import account_of_role, note_use, region_of

#: The header with the client's region, which unsigned requests and some host names do not show.
REGION_HEADER = "x-sfn-mock-region"
#: The text before the operation in the X-Amz-Target header.
TARGET_PREFIX = "AWSStepFunctions."
# The host of the user's endpoint may have an operation's prefix, such as "sync-".
_THIS_MACHINE = re.compile(r"(.+[.-])?(localhost|127(\.\d+){3}|0\.0\.0\.0)\.?|::1")
#: The hosts of Step Functions: regional, FIPS, dual-stack and VPC endpoints.
_HOST = re.compile(r"(.+\.)?(sync-)?states(-fips)?\.[a-z]+(-[a-z]+)+-\d+\.(vpce\.)?(amazonaws\.com(\.cn)?|api\.aws)\.?")
#: Longest body of a call in bytes, both packed and unpacked.
MAX_BODY = 16 << 20
_ACCESS_KEY = re.compile(r"Credential=([^/]+)/")

#: The part of the Authorization header that names Step Functions.
_SIGNED_FOR_IT = "/states/aws4_request"

Answer = tuple[int, dict[str, Any], Any]


def is_step_functions(request: AWSPreparedRequest | werkzeug.Request) -> bool:
    """Return whether the request is for Step Functions by its target, signature or host, and leaves this machine."""
    target = text_of(request.headers.get("X-Amz-Target", ""))
    signed = text_of(request.headers.get("Authorization", ""))
    is_named = target.startswith(TARGET_PREFIX) or _SIGNED_FOR_IT in signed or _is_host(request.url)
    return is_named and not is_loopback(request.url)


@lru_cache
def _is_host(url: str) -> bool:
    return _HOST.fullmatch(urlsplit(url).hostname or "") is not None


@lru_cache
def is_loopback(url: str) -> bool:
    """Return whether ``url`` leads to this machine, where a server of the user listens."""
    return _THIS_MACHINE.fullmatch(urlsplit(url).hostname or "") is not None


class Wire:
    """Answers HTTP requests. They belong to ``account_id``, except under the keys of an assumed role."""

    def __init__(self, service: Service, account_id: str) -> None:
        self._service = service
        self._account_id = account_id

    def answer(self, request: AWSPreparedRequest | werkzeug.Request, region: str | None = None) -> Answer:
        """Return the status, headers and body of the answer; BotoCoreError for a fault that is a connection error.

        The region is read from the request unless it is given.
        """
        headers = {name.lower(): text_of(value) for name, value in request.headers.items()}
        authorization = headers.get("authorization", "")
        # An older moto reads the body from `requests` itself and passes it on.
        body = (request.get_data() if isinstance(request, werkzeug.Request) else request.body) or b""
        if headers.get("content-encoding", "").lower() == "gzip" and body:
            body = _unpacked(body)
            if len(body) > MAX_BODY:
                sentence = f"The body of a call must be of at most {MAX_BODY} bytes when it is unpacked."
                return 413, {"Content-Type": "application/json"}, json.dumps({"message": sentence})
        signed = _ACCESS_KEY.search(authorization)
        account_id = account_of_role(signed and signed[1]) or self._account_id
        region = region or headers.get(REGION_HEADER) or region_of(request.url, authorization)
        if signed is not None:
            note_use(signed[1], account_id, region)
        return answer(self._service, headers, body, account_id, region, request.url)

    def respond(self, request: AWSPreparedRequest) -> AWSResponse:
        """Return the answer as the response that botocore would have read from its connection."""
        status, headers, body = self.answer(request)
        content = body.encode() if isinstance(body, str) else body
        raw = HTTPResponse(BytesIO(content), headers, status, preload_content=False)
        return AWSResponse(request.url, status, headers, raw)


def text_of(header: str | bytes) -> str:
    """Return a header's value as text, even if its bytes are not valid."""
    return header.decode(errors="replace") if isinstance(header, bytes) else header


def _unpacked(body: Any) -> Any:
    """Return a body unpacked from gzip, up to one byte above the limit; return a body that is not gzip unchanged."""
    packed = body.encode() if isinstance(body, str) else body
    try:
        with GzipFile(fileobj=BytesIO(packed)) as file:
            return file.read(MAX_BODY + 1)
    except (OSError, EOFError, zlib.error):
        return body
