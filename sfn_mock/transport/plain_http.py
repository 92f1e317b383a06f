"""Intercept calls made without botocore: signed by the code under test, and sent with requests or urllib3.

All of them reach one method of urllib3, which is wrapped. Calls that a user's mock answers do not reach it, in whatever
order the mocks begin and end. Only a mock of `responses` refuses unknown calls, so it is given an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http.client import responses as reasons
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

import responses
from botocore.awsrequest import AWSPreparedRequest
from moto.core.models import botocore_stubber, responses_mock
from requests.structures import CaseInsensitiveDict
from responses import CallbackResponse, RequestsMock
from urllib3 import HTTPConnectionPool, HTTPResponse

from sfn_mock.instruments.guard import Guard
from sfn_mock.transport.patching import Patches
from sfn_mock.transport.wire import Answer, Wire, is_loopback, is_step_functions, text_of

# The scope of a signature, in the Authorization header or in the query of a presigned URL.
_SIGNED_SERVICE = re.compile(r"Credential=[^\s,&]+/([^\s,&/]+)/aws4_request")
_ACTION = re.compile(r"(?:^|&)Action=(\w+)")


def intercept(patches: Patches, wire: Wire, guard: Guard) -> None:
    """Answer Step Functions calls, and let ``guard`` refuse unanswered signed calls to other services."""
    calls = _Calls(patches, wire, guard)
    patches.wrap(HTTPConnectionPool, "urlopen", calls.watch_urlopen)
    patches.wrap(RequestsMock, "_find_match", calls.watch_find_match)


class _Calls:
    """Handles requests that no mock of the user has answered."""

    def __init__(self, patches: Patches, wire: Wire, guard: Guard) -> None:
        self._patches = patches
        self._wire = wire
        self._guard = guard

    def watch_urlopen(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def urlopen(
            pool: HTTPConnectionPool,
            method: str,
            url: str,
            body: Any = None,
            headers: Mapping[str, str] | None = None,
            *others: Any,
            **options: Any,
        ) -> Any:
            if self._patches.intercept:
                request = _request(pool, method, url, body, pool.headers if headers is None else headers)
                if is_step_functions(request):
                    return _response(self._answer(request), options)
                self._refuse_signed(request)
            return original(pool, method, url, body, headers, *others, **options)

        return urlopen

    def watch_find_match(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def find_match(mock: RequestsMock, request: Any) -> Any:
            if not (self._patches.intercept and is_step_functions(request)):
                return original(mock, request)
            # moto's mock would search two hundred patterns, and knows only one host of Step Functions. Otherwise it
            # finds only what the user has registered with `responses` itself.
            match, mismatches = original(responses.mock if mock is responses_mock else mock, request)
            if match is None:
                match = CallbackResponse(request.method, request.url, self._answer, content_type=None)
            return match, mismatches

        return find_match

    def _answer(self, request: Any) -> Answer:
        body = _whole(request.body)
        return self._wire.answer(AWSPreparedRequest(request.method, request.url, request.headers, body, False))

    def _refuse_signed(self, request: AWSPreparedRequest) -> None:
        # With mock_aws active, moto answers other services or lets them pass.
        if botocore_stubber.enabled or is_loopback(request.url):
            return
        url = urlsplit(request.url)
        query = unquote(url.query)
        signed = _SIGNED_SERVICE.search(f"{request.headers.get('Authorization')}&{query}")
        if signed is None:
            return
        _, _, target = request.headers.get("X-Amz-Target", "").rpartition(".")
        # Services with forms send text. An upload may be anything, and is not read.
        form = request.body if isinstance(request.body, str) else ""
        action = _ACTION.search(f"{query}&{form}")
        self._guard.refuse(signed[1], target or (action and action[1]) or f"{request.method} {url.path}")


def _request(
    pool: HTTPConnectionPool, method: str, url: str, body: Any, headers: Mapping[str, str | bytes]
) -> AWSPreparedRequest:
    """Return the request in botocore's form. A pool for a proxy gets the whole URL, other pools the path."""
    if url.startswith("/"):
        host = f"[{pool.host}]" if ":" in pool.host else pool.host
        url = f"{pool.scheme}://{host}{url}"
    texts = {name: text_of(value) for name, value in headers.items()}
    return AWSPreparedRequest(method, url, CaseInsensitiveDict(texts), body, False)


def _response(answer: Answer, options: dict[str, Any]) -> HTTPResponse:
    """Return the answer as urllib3 would have read it, at once or on demand."""
    status, headers, body = answer
    read = {name: options[name] for name in ("preload_content", "decode_content") if name in options}
    return HTTPResponse(BytesIO(_whole(body)), headers, status, reason=reasons[status], **read)


def _whole(body: Any) -> bytes:
    """Return the bytes of a body: text, bytes, a file, None, or an iterable of text and bytes."""
    content = body.read() if hasattr(body, "read") else body or b""
    if isinstance(content, str):
        return content.encode()
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    return b"".join(_whole(part) for part in content)
