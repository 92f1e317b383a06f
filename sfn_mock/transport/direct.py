"""Answer a call after botocore has checked and serialised it, before it is signed, sent and parsed.

The answer equals what botocore would parse from the same answer on the wire, including type and zone of each date.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel, Shape

from sfn_mock.aws.exceptions import SFNError
from sfn_mock.aws.http_answers import headers_of_answer, members_of_error
from sfn_mock.instruments.calls import RecordedOutcome, answered_again, answered_with
from sfn_mock.instruments.requests import Request
from sfn_mock.operations.pipeline import Service, respond
from sfn_mock.operations.registry import LongAnswer
from sfn_mock.state import clock
from sfn_mock.transport import local_dates
from sfn_mock.transport.addressing import account_of_role

Parsed = dict[str, Any]


class Direct:
    """Answers calls without HTTP. Calls belong to ``account_id``, except under the keys of an assumed role.

    Operations for which ``wire_only`` is true may get errors that botocore retries, which it does on the wire only.
    """

    def __init__(self, service: Service, account_id: str, *, wire_only: Container[str] = ()) -> None:
        self._service = service
        self._account_id = account_id
        self._wire_only = wire_only

    def can_answer(self, operation: str) -> bool:
        """Return whether the call can be answered here: nothing, such as a fault, requires the wire."""
        faults = self._service.faults
        return operation not in self._wire_only and not (faults.added and faults.may_fail(operation))

    def respond(
        self, model: OperationModel, request: dict[str, Any], access_key: str | None, region: str
    ) -> tuple[AWSResponse, Parsed]:
        """Return the response and its parsed form, as botocore's endpoint would have returned them."""
        account_id = (access_key and account_of_role(access_key)) or self._account_id
        with clock.read_once() as moment:
            trace_id = request["headers"].get("X-Amzn-Trace-Id", "")
            arrived = Request(model.name, request["body"], account_id, region, moment, request["url"], trace_id)
            response, parsed = respond(self._service, arrived, _InPlace(model))
        paging = self._service.paging
        return response, paging.watched(parsed) if paging.mode else parsed


class _InPlace:
    """Answers in botocore's parsed form."""

    def __init__(self, model: OperationModel) -> None:
        self._model = model
        self.date = local_dates.current()

    def give(self, request: Request, answer: Parsed) -> tuple[tuple[AWSResponse, Parsed], RecordedOutcome]:
        _finish(self._model.output_shape)(answer)
        outcome: RecordedOutcome
        if isinstance(answer, LongAnswer):
            outcome, answer = answered_again(answer.make), {**answer}
        else:
            outcome = answered_with(answer)
        return self._response(request, 200, answer), outcome

    def refuse(self, request: Request, error: SFNError) -> tuple[AWSResponse, Parsed]:
        answer = {"Error": {"Message": error.message, "Code": error.code}}
        response, parsed = self._response(request, error.status, answer)
        return response, {**parsed, **members_of_error(error)}

    def _response(self, request: Request, status: int, answer: Parsed) -> tuple[AWSResponse, Parsed]:
        headers = headers_of_answer(request.moment)
        answer["ResponseMetadata"] = _metadata(status, headers)
        return AWSResponse(request.url, status, headers, None), answer


def _metadata(status: int, headers: dict[str, str]) -> Parsed:
    return {
        "RequestId": headers["x-amzn-RequestId"],
        "HTTPStatusCode": status,
        "HTTPHeaders": {name.lower(): value for name, value in headers.items()},
        "RetryAttempts": 0,
    }


# --- The parsed form of answers ----------------------------------------------------------------------------------

#: Convert one value of an answer, in place, to the form of botocore's parser: structures have the members of the
#: client's model, in its order; an older model has fewer.
_Finish = Callable[[Any], None]

_COMPOUND = ("structure", "list")

#: Shapes whose members all supported botocores have, in the order of the answers. They need no conversion: a page has
#: up to a thousand of them, and checking each would take as long as making its dates.
_FINISHED = frozenset({"ExecutionList"})

#: By name of the shape, because each client loads an equal service model of its own.
_finishes: dict[str, _Finish] = {}


def _finish(shape: Shape) -> _Finish:
    made = _finishes.get(shape.name)
    if made is None:
        make = _finish_list if shape.type_name == "list" else _finish_structure
        is_plain = shape.type_name not in _COMPOUND
        made = _finishes[shape.name] = _leave if is_plain or shape.name in _FINISHED else make(shape)
    return made


def _finish_structure(shape: Shape) -> _Finish:
    order = list(shape.members)
    #: Ordered sets of members that botocore's parser leaves unchanged.
    well_ordered: set[tuple[str, ...]] = set()
    parts = [(name, _finish(member)) for name, member in shape.members.items() if member.type_name in _COMPOUND]

    def finish(structure: Any) -> None:
        members = tuple(structure)
        if members not in well_ordered:
            ordered = {name: structure[name] for name in order if name in structure}
            if tuple(ordered) == members:
                well_ordered.add(members)
            structure.clear()
            structure.update(ordered)
        for name, finish_part in parts:
            if name in structure:
                finish_part(structure[name])

    return finish


def _finish_list(shape: Shape) -> _Finish:
    finish_element = _finish(shape.member)

    def finish(elements: Any) -> None:
        for element in elements:
            finish_element(element)

    return finish


def _leave(value: Any) -> None:
    """Convert nothing."""
