"""The services outside a run's records: those that its tasks call with boto3, and S3 for items and results."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import boto3
from moto.core.models import botocore_stubber

from sfn_mock.asl.host import (
    ChildStart,
    Failed,
    KnownMapRun,
    Pending,
    ReadItem,
    ReadRequest,
    Succeeded,
    TaskAnswer,
    TaskCall,
    WriteRequest,
)
from sfn_mock.asl.resources import Resource, ResourceKind
from sfn_mock.instruments.guard import UnmockedServiceError, unmocked_task
from sfn_mock.integrations.jobs import Job as ServiceJob
from sfn_mock.integrations.map_data import read_items, write_results
from sfn_mock.integrations.operations import ClientFactory
from sfn_mock.integrations.service_calls import Caller, check_parameters
from sfn_mock.integrations.tasks import answer_task, poll_task
from sfn_mock.operations.mocked_functions import MockedFunction, invoked_function
from sfn_mock.state import clock
from sfn_mock.state.execution_runs import ExecutionRun
from sfn_mock.state.jobs import Job
from sfn_mock.state.records import Execution, Records
from sfn_mock.state.task_mocks import CaseRun

_T = TypeVar("_T")

#: The clients of Step Functions by records; a client takes longer to create than a call takes.
_own_clients: WeakKeyDictionary[Records, Any] = WeakKeyDictionary()


class ServicesOfMocks:
    """Runs tasks: with task mocks, on Step Functions of this mock, or on other services of ``mock_aws``."""

    #: The clock alone limits runs.
    limit = clock.NEVER

    def __init__(self, case: CaseRun | None) -> None:
        #: The test case of a mock config that the execution was started with.
        self._case = case

    def wait_scale(self, execution: Execution) -> float:
        """Return the mock's factor for the delays of Wait states and retries."""
        return execution.owner.records.simulation.wait_scale

    def call(self, records: Records, ask: Callable[[], _T]) -> _T:
        """Call a service with the lock of the records released: it may call Step Functions in another thread."""
        return records.call_unlocked(ask)

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        """Return AWS's error about the parameters of a task, if any."""
        return check_parameters(resource, parameters)

    def has_activity(self, execution: Execution, call: TaskCall) -> bool:
        """Return whether the activity of a task exists, or a mock answers the task."""
        records = execution.owner.records
        if records.task_mocks.find(execution.state_machine, call) is not None:
            return True
        if self._case is not None and self._case.mocks(call.state):
            return True
        return records.find_activity(call.resource.arn) is not None

    def start_task(self, execution: Execution, call: TaskCall) -> tuple[TaskAnswer, Job | None]:
        """Run a task at its due moment.

        The first of these that applies answers it: `mock_task`, the case of a mock config, `mock_lambda`, Step
        Functions, a worker of the activity, a service of `mock_aws`.

        Raises:
            UnmockedServiceError: If the task is not mocked.
            Exception: Any exception of a test's callable other than TaskError.
        """
        mocks, resource = execution.owner.records.task_mocks, call.resource
        with clock.at(call.moment):
            if (mock := mocks.find(execution.state_machine, call)) is not None:
                return mock.answer(execution, call), None
            if self._case is not None and (answer := self._case.answer(call)) is not None:
                return answer, None
            if resource.kind is ResourceKind.ACTIVITY:
                return Pending(start=None), None
            client_for = find_clients(execution.owner.records, call)
            if client_for is not None:
                return _call_service(execution, call, client_for)
        raise _unmocked(execution, call)

    def read_items(self, execution: Execution, request: ReadRequest) -> list[ReadItem]:
        """Read the items of a Distributed Map state from S3; States.ItemReaderFailed with S3's sentence."""
        return read_items(_s3(execution), request)

    def write_results(self, execution: Execution, request: WriteRequest) -> Any:
        """Write the results of child executions to S3; States.ResultWriterFailed with S3's sentence.

        Results that no state reads need `mock_aws` to be written, so a test that only stops an execution needs no S3.
        """
        if not (request.is_needed or _are_others_mocked()):
            return None
        return write_results(_s3(execution), request)

    def recall_map_run(self, execution: Execution, map_run_arn: str) -> KnownMapRun:
        """Return that nothing is known about a map run."""
        return KnownMapRun()

    def note_child(self, parent: Execution, child: ExecutionRun, start: ChildStart) -> None:
        """Do nothing: the tasks of a child execution are run like those of its parent."""


def _s3(execution: Execution) -> Any:
    return boto3.client("s3", region_name=execution.owner.records.region)


def find_clients(records: Records, call: TaskCall) -> ClientFactory | None:
    """Return the factory of clients for a task; None if nothing here can answer it."""
    function = invoked_function(call)
    if function is not None and (handler := records.task_mocks.find_handler(function)) is not None:
        mocked = MockedFunction(handler, function, call, records)
        return lambda _: mocked
    if call.resource.service in ("states", "sfn") and call.resource.is_service:
        return partial(_own_client, records)
    return partial(boto3.client, region_name=records.region) if _are_others_mocked() else None


def _are_others_mocked() -> bool:
    """Return whether a `mock_aws` is active, which answers the calls of other services."""
    return botocore_stubber.enabled


def _own_client(records: Records, service: str) -> Any:
    """Return the client of Step Functions itself, which nested executions use several times each."""
    if records not in _own_clients:
        _own_clients[records] = boto3.client(service, region_name=records.region)
    return _own_clients[records]


def _call_service(execution: Execution, call: TaskCall, client_for: ClientFactory) -> tuple[TaskAnswer, Job | None]:
    caller = Caller(execution.arn, execution.state_machine.arn)
    try:
        answer, job = answer_task(call, client_for=client_for, caller=caller)
    except LookupError:
        raise _unmocked(execution, call) from None
    if job is None:
        return answer, None
    if job.execution_arn is not None:
        nested = execution.owner.records.find_execution(job.execution_arn)
        return answer, Job(partial(poll_task, job, client_for=client_for), nested)
    return answer, Job(partial(_poll, job, client_for), cancel=partial(_cancel, job, client_for))


def _poll(job: ServiceJob, client_for: ClientFactory) -> Succeeded | Failed | None:
    """Poll a job of another service; nothing is heard of it any more after the end of its `mock_aws`."""
    return poll_task(job, client_for=client_for) if _are_others_mocked() else None


def _cancel(job: ServiceJob, client_for: ClientFactory) -> None:
    """Stop a job of another service, as well as possible: the job may have ended, or moto may lack the operation."""
    if _are_others_mocked():
        with suppress(Exception):
            job.cancel(client_for)


def _unmocked(execution: Execution, call: TaskCall) -> UnmockedServiceError:
    mocks, function = execution.owner.records.task_mocks, invoked_function(call)
    name = None if function is None else str(function)
    machine = execution.state_machine.name
    return unmocked_task(call.state, execution.arn, machine, call.resource.arn, function=name, handled=mocks.functions)
