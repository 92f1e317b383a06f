"""Answer a call, from any transport.

Read ``respond`` from top to bottom: fault, quota, constraints, operation, record, judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple, Protocol, TypeVar

from botocore import xform_name
from moto.core.utils import get_service_model

from sfn_mock.aws import constraints
from sfn_mock.aws.exceptions import SFNError, UnknownOperationException
from sfn_mock.instruments.calls import NO_LOG, CallLog, RecordedOutcome
from sfn_mock.instruments.elsewhere import SUCCEEDS_WHEN_MISSING, find_elsewhere, find_missed, warn_of_elsewhere
from sfn_mock.instruments.faults import Faults
from sfn_mock.instruments.paging_check import PagingCheck
from sfn_mock.instruments.requests import Request

# Importing a module registers its operations.
from sfn_mock.operations import activities as activities
from sfn_mock.operations import aliases as aliases
from sfn_mock.operations import definitions as definitions
from sfn_mock.operations import executions as executions
from sfn_mock.operations import history as history
from sfn_mock.operations import listing as listing
from sfn_mock.operations import map_runs as map_runs
from sfn_mock.operations import redrives as redrives
from sfn_mock.operations import registry
from sfn_mock.operations import state_machines as state_machines
from sfn_mock.operations import state_tests as state_tests
from sfn_mock.operations import tags as tags
from sfn_mock.operations import tasks as tasks
from sfn_mock.operations import versions as versions
from sfn_mock.operations.limits import check_rate
from sfn_mock.operations.registry import Answer, DateForm
from sfn_mock.state.records import Records
from sfn_mock.state.store import RecordsGone

#: The operations that start a trace.
_TRACED = ("StartExecution", "StartSyncExecution")

_Response_co = TypeVar("_Response_co", covariant=True)

#: Returns the records of an account and region.
RecordsOf = Callable[[str, str], Records]


class Service(NamedTuple):
    """The records that answer calls, and the instruments of their mock."""

    records: RecordsOf
    faults: Faults
    calls: CallLog
    paging: PagingCheck
    #: Whether calls count against quotas.
    limited: bool = True
    #: Returns the records of every account and region, searched for what a call did not find; none by default.
    all_records: Callable[[], Iterable[Records]] = tuple


def plain_service(records: RecordsOf, *, limited: bool = True) -> Service:
    """Return a service of the records alone: no faults, no record of calls, no paging check."""
    return Service(records, Faults(), NO_LOG, PagingCheck(False), limited)


class Form(Protocol[_Response_co]):
    """The form of answers of one transport."""

    @property
    def date(self) -> DateForm:
        """The form of dates."""

    def give(self, request: Request, answer: Answer) -> tuple[_Response_co, RecordedOutcome]:
        """Return the transport's response, and the answer for the record of calls."""

    def refuse(self, request: Request, error: SFNError) -> _Response_co:
        """Return the transport's response for an error of AWS."""


def respond(service: Service, request: Request, form: Form[_Response_co]) -> _Response_co:
    """Answer one request, and report it to the mock's instruments.

    Raises:
        BotoCoreError: For a fault that is a connection error.
        Exception: Any exception of a task, such as UnmockedServiceError.
        PagingError: If the code under test would read the same page forever.
    """
    try:
        if service.faults.added:
            service.faults.apply(request)
        elsewhere = find_missed(request, service.all_records) if request.operation in SUCCEEDS_WHEN_MISSING else None
        parameters, answer = _answer_beyond_resets(service, request, form.date)
    except SFNError as error:
        elsewhere = find_elsewhere(request, error, service.all_records)
        service.calls.refused(request, error, elsewhere)
        if elsewhere is not None:
            warn_of_elsewhere(request, elsewhere)
        return form.refuse(request, error)
    except Exception as error:  # whatever a task raises, the call is recorded
        service.calls.failed(request, error)
        raise
    response, outcome = form.give(request, answer)
    service.calls.answered(request, outcome, answer, elsewhere)
    if elsewhere is not None:
        warn_of_elsewhere(request, elsewhere)
    if service.paging.mode:
        service.paging.answered(request, parameters, answer)
    return response


def _answer_beyond_resets(service: Service, request: Request, date: DateForm) -> tuple[dict[str, Any], Answer]:
    """Answer from the records, or from their replacement if the mock is reset during the call."""
    while True:
        records = service.records(request.account_id, request.region)
        try:
            return _answer(service, records, request, date)
        except RecordsGone:
            if service.records(request.account_id, request.region) is records:
                raise


def _answer(service: Service, records: Records, request: Request, date: DateForm) -> tuple[dict[str, Any], Answer]:
    if request.operation not in registry.OPERATIONS:
        raise UnknownOperationException
    if service.limited and request.operation in records.simulation.quotas.buckets:
        check_rate(records, request.operation)
    parameters = constraints.read(request.body)
    try:
        constraints.check(request.operation, parameters)
        if request.trace_id and request.operation in _TRACED:
            # The header has priority over the parameter (API reference of StartExecution).
            parameters["traceHeader"] = request.trace_id
        return parameters, run(request.operation, records, parameters, date)
    except SFNError as error:
        if service.paging.mode:
            service.paging.refused(request, parameters, error.code)
        raise


def run(name: str, records: Records, parameters: dict[str, Any], date: DateForm) -> Answer:
    """Return what the operation answers to parameters that meet the model's constraints.

    Raises:
        SFNError: The error that the operation answers with.
    """
    members = {
        argument: parameters[member] for member, argument in _members(name) if parameters.get(member) is not None
    }
    return registry.OPERATIONS[name](records, date, **members)


@cache
def _members(name: str) -> tuple[tuple[str, str], ...]:
    """The members of the operation's input shape, each with its name in snake_case."""
    shape = get_service_model("stepfunctions").operation_model(name).input_shape
    return tuple((member, xform_name(member)) for member in shape.members)
