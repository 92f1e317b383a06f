"""Calls of Step Functions in HTTP form: what reads their headers, and moto's class that passes them on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from moto.core.common_types import TYPE_RESPONSE
from moto.stepfunctions.models import stepfunctions_backends
from moto.stepfunctions.responses import StepFunctionResponse

from sfn_mock.aws.exceptions import SFNError
from sfn_mock.aws.http_answers import body_of_error, headers_of_answer, in_seconds
from sfn_mock.instruments.calls import Outcome, read_answer
from sfn_mock.instruments.requests import Request
from sfn_mock.models import SFNBackend
from sfn_mock.operations.pipeline import Service, plain_service, respond
from sfn_mock.operations.registry import Answer, DatesBy
from sfn_mock.state import clock

_TARGET = re.compile(r"AWSStepFunctions\.(\w+)")


class _Bytes:
    """Answers in HTTP form: status, headers and body."""

    date = DatesBy(in_seconds)

    def give(self, request: Request, answer: Answer) -> tuple[TYPE_RESPONSE, Callable[[], Outcome]]:
        body = json.dumps(answer)
        outcome = partial(read_answer, request.operation, body)
        return (200, headers_of_answer(request.moment), body), outcome

    def refuse(self, request: Request, error: SFNError) -> TYPE_RESPONSE:
        return error.status, headers_of_answer(request.moment), body_of_error(error)


_BYTES = _Bytes()


def answer(
    service: Service, headers: Mapping[str, str], body: str | bytes, account_id: str, region: str, url: str
) -> TYPE_RESPONSE:
    """Answer a call with one reading of the clock; ``headers`` have lower-case names, or ignore case."""
    with clock.read_once() as moment:
        trace_id = headers.get("x-amzn-trace-id", "")
        request = Request(_operation(headers), body, account_id, region, moment, url, trace_id)
        return respond(service, request, _BYTES)


def _operation(headers: Mapping[str, str]) -> str:
    """Return the operation in the target header, or an empty text."""
    target = _TARGET.fullmatch(headers.get("x-amz-target", ""))
    return target[1] if target else ""


class SFNResponse(StepFunctionResponse):
    """Reads requests to Step Functions that moto passes on. It has no rules of its own."""

    @property
    def stepfunction_backend(self) -> SFNBackend:
        """The backend of the call's account and region, even if moto is configured to execute state machines."""
        backend = stepfunctions_backends[self.current_account][self.region]
        assert isinstance(backend, SFNBackend)
        return backend

    #: moto is told that a server adds the Date header: it would read the clock for one of its own, and a call reads
    #: it once.
    is_werkzeug_request = property(lambda self: True, lambda self, told: None)

    def setup_class(
        self, request: Any, full_url: str | None = None, headers: Any = None, use_raw_body: bool | None = True
    ) -> None:
        """Read the request except its body: moto would decode it, and the bytes may not be text."""
        super().setup_class(request, full_url, headers, use_raw_body=use_raw_body)

    def call_action(self) -> TYPE_RESPONSE:
        """Answer the request that moto has read."""
        service = plain_service(lambda account_id, region: self.stepfunction_backend.records)
        return answer(service, self.headers, self.body, self.current_account, self.region, self.uri)
