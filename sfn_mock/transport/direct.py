"""Answer a call where botocore has checked and serialised it, before anything is signed, sent or parsed.

What comes back is what botocore would have parsed from the same answer on the wire, to the type and zone of each date.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container
from math import isinf
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel, Shape
from moto import settings

from sfn_mock.aws.exceptions import SFNError
from sfn_mock.instruments.calls import Record
from sfn_mock.instruments.faults import Faults
from sfn_mock.instruments.paging_check import PagingCheck
from sfn_mock.instruments.requests import Request
from sfn_mock.responses import headers_of_answer, members_of_error
from sfn_mock.state import clock
from sfn_mock.transport import local_dates
from sfn_mock.transport.addressing import AddressedResponse, BackendOf, account_of_role

Parsed = dict[str, Any]


class Direct:
    """Answers calls in place. They belong to ``account_id``, except under an assumed role's keys.

    Operations in ``wire_only`` may be answered with errors after which botocore tries again, as it does on the wire.
    """

    def __init__(
        self,
        backend_of: BackendOf,
        paging: PagingCheck,
        account_id: str,
        faults: Faults,
        record: Record,
        *,
        wire_only: Container[str] = (),
    ) -> None:
        self._backend_of = backend_of
        self._paging = paging
        self._account_id = account_id
        self._faults = faults
        self._record = record
        self._wire_only = wire_only

    def can_answer(self, operation: str) -> bool:
        """Whether the call needs nothing that only happens on the wire: moto's check of permissions, or a fault."""
        return (
            operation not in self._wire_only
            and AddressedResponse.answers(operation)
            and not self._faults.await_any(operation)
            and isinf(settings.INITIAL_NO_AUTH_ACTION_COUNT)
        )

    def respond(
        self, model: OperationModel, request: dict[str, Any], access_key: str | None, region: str
    ) -> tuple[AWSResponse, Parsed]:
        """The response and its parsed form, as botocore's endpoint would have returned them."""
        account_id = account_of_role(access_key) or self._account_id
        response = AddressedResponse(self._backend_of, self._paging, account_id, region)
        with clock.read_once() as moment:
            arrived = Request(model.name, request["body"], account_id, region, moment)
            headers = headers_of_answer(moment)
            try:
                parsed = response.answer(model.name, json.loads(request["body"].decode()), local_dates.current().date)
            except SFNError as error:
                told = {"Message": error.message, "Code": error.code}
                self._record.failed(arrived, error.code, {"Error": told.copy(), **members_of_error(error)})
                parsed = {
                    "Error": told,
                    "ResponseMetadata": _metadata(error.status, headers),
                    **members_of_error(error),
                }
                return AWSResponse(request["url"], error.status, headers, None), parsed
        _finish(model.output_shape)(parsed)
        self._record.answered(arrived, parsed)
        parsed["ResponseMetadata"] = _metadata(200, headers)
        return AWSResponse(request["url"], 200, headers, None), self._paging.watched(parsed)


def _metadata(status: int, headers: dict[str, str]) -> Parsed:
    return {
        "RequestId": headers["x-amzn-RequestId"],
        "HTTPStatusCode": status,
        "HTTPHeaders": {name.lower(): value for name, value in headers.items()},
        "RetryAttempts": 0,
    }


# --- From an answer to what botocore makes of it -----------------------------------------------------------------

#: Bring one value of an answer, in place, to what botocore's parser makes of it: structures with the members that the
#: client's model knows, an older one not all of them, in the order of that model.
_Finish = Callable[[Any], None]

_COMPOUND = ("structure", "list")

#: Whose members every supported botocore knows, and SFNResponse gives in the order of the model. A page has up to a
#: thousand: looking at each would cost as much as making its dates.
_FINISHED = frozenset({"ExecutionList"})

#: By name of the shape: a service model is loaded anew with each client, and says the same each time.
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
    #: Sets of members, in an order, that botocore's parser would leave as they are.
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
    """It is as it should be."""
