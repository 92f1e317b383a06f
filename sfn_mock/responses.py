"""Read a request, ask once, shape the answer. Only this room and the wire know how members are spelled.

Each public method is one operation of the API, by moto's convention.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from email.utils import formatdate
from functools import cache, lru_cache
from random import Random
from typing import Any, TypeVar, cast

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores, underscores_to_camelcase
from moto.stepfunctions.models import stepfunctions_backends
from moto.stepfunctions.responses import StepFunctionResponse

from sfn_mock.aws import constraints
from sfn_mock.aws.exceptions import SerializationException, SFNError, UnknownOperationException
from sfn_mock.models import SFNBackend, routing_configuration
from sfn_mock.operations import (
    activities,
    aliases,
    definitions,
    executions,
    history,
    limits,
    listing,
    map_runs,
    redrives,
    tags,
    tasks,
    versions,
)
from sfn_mock.operations import state_machines as machines
from sfn_mock.operations.executions import Description
from sfn_mock.operations.map_runs import Counts
from sfn_mock.state import clock
from sfn_mock.state.activities import Activity
from sfn_mock.state.executions import Attempt, Execution
from sfn_mock.state.history import Event
from sfn_mock.state.records import Records, RecordsGone
from sfn_mock.state.state_machines import Alias, Revision, Version

_TARGET = re.compile(r"AWSStepFunctions\.(\w+)")

#: What an EXPRESS execution is billed for at least, and in what chunks: megabytes and milliseconds (recorded on AWS).
_BILLED_MEMORY = 64
_BILLED_CHUNK = 100

# The states' own events, such as "PassStateEntered", have their details under one name for all types of states.
_STATE_EVENT = re.compile("^[A-Z][a-z]+State(?=Entered$|Exited$)")

#: Numbers for request ids, of its own: a test may have seeded the common one. uuid4 would call the system each time.
_request_ids = Random()

_Asked = TypeVar("_Asked")

#: An answer's members as the API spells them; dates as the way out wants them.
Answer = dict[str, Any]
#: Gives a moment the form that the way out wants.
DateForm = Callable[[int], Any]
#: The same, with None for no moment.
MaybeDateForm = Callable[[int | None], Any]


def in_seconds(moment: int) -> float:
    """A moment as the protocol writes it: seconds since 1970 with three decimals."""
    return moment / 1000


class SFNResponse(StepFunctionResponse):
    """Step Functions' answers, for every operation this class defines; the others are moto's."""

    @property
    def stepfunction_backend(self) -> SFNBackend:
        """The backend of the call's account and region, also where moto is told to execute state machines."""
        backend = stepfunctions_backends[self.current_account][self.region]
        assert isinstance(backend, SFNBackend)
        return backend

    #: Whether quotas count its calls.
    _is_limited = True

    @property
    def _records(self) -> Records:
        return self.stepfunction_backend.records

    # --- A call --------------------------------------------------------------------------------------------------

    #: moto is told that a server adds the Date header: it would read the clock for one of its own, and a call reads
    #: it once.
    is_werkzeug_request = property(lambda self: True, lambda self, told: None)

    def setup_class(
        self, request: Any, full_url: str | None = None, headers: Any = None, use_raw_body: bool | None = True
    ) -> None:
        """Take the request apart, but for its body: moto would decode it, and bytes may be no text."""
        super().setup_class(request, full_url, headers, use_raw_body=use_raw_body)

    def _get_action(self) -> str:
        """The operation that the target names, empty for none; moto would rather take one that the body speaks of."""
        target = _TARGET.fullmatch(self.headers.get("X-Amz-Target", ""))
        return target[1] if target else ""

    def call_action(self) -> TYPE_RESPONSE:
        """Answer the request that moto has taken apart, as of one moment."""
        operation = self._get_action()
        with clock.read_once() as moment:
            headers = headers_of_answer(moment)
            try:
                if operation not in constraints.operations():
                    raise UnknownOperationException
                if self._is_limited:
                    self._beyond_resets(lambda: limits.check_rate(self._records, operation))
                if not self.answers(operation):
                    return super().call_action()
                return 200, headers, json.dumps(self.answer(operation, _read_body(self.body)))
            except SFNError as error:
                return error.status, headers, body_of_error(error)

    @staticmethod
    def answers(operation: str) -> bool:
        """Whether the operation is one of this class's, not moto's."""
        return operation in _methods()

    def answer(self, operation: str, parameters: object, date: DateForm = in_seconds) -> Answer:
        """What the API answers to a call, dates in the form that ``date`` gives them.

        Raises the SFNError that it answers with.
        """
        constraints.check(operation, parameters)
        self._parameters = cast(Answer, parameters)
        self._date_form = date
        return cast(Answer, self._beyond_resets(lambda: _methods()[operation](self)).result)

    def _beyond_resets(self, ask: Callable[[], _Asked]) -> _Asked:
        """What ``ask`` finds in the records; in those that came after, if the mock was reset at this very time."""
        while True:
            records = self._records
            try:
                return ask()
            except RecordsGone:
                if self._records is records:
                    raise

    def _get(self, member: str) -> Any:
        """The request's ``member``; None where it is absent."""
        return self._parameters.get(member)

    def _date(self, moment: int | None) -> Any:
        """A moment as the way out wants it; None where there is none."""
        return None if moment is None else self._date_form(moment)

    def _is_data_included(self) -> bool:
        return bool(self._get("includedData") != "METADATA_ONLY")

    # --- ListExecutions ------------------------------------------------------------------------------------------

    def list_executions(self) -> ActionResult:
        page = listing.list_executions(
            self._records,
            state_machine_arn=self._get("stateMachineArn"),
            map_run_arn=self._get("mapRunArn"),
            status_filter=self._get("statusFilter"),
            redrive_filter=self._get("redriveFilter"),
            max_results=self._get("maxResults"),
            next_token=self._get("nextToken"),
        )
        return _answer(executions=_list_items(page, self._date_form), nextToken=page.next_token)

    # --- Executions ----------------------------------------------------------------------------------------------

    def start_execution(self) -> ActionResult:
        execution = executions.start_execution(
            self._records,
            state_machine_arn=self._get("stateMachineArn"),
            name=self._get("name"),
            input=self._get("input"),
            trace_header=self._get("traceHeader"),
        )
        return _answer(executionArn=execution.arn, startDate=self._date(execution.start))

    def stop_execution(self) -> ActionResult:
        stop = executions.stop_execution(
            self._records,
            execution_arn=self._get("executionArn"),
            error=self._get("error"),
            cause=self._get("cause"),
        )
        return _answer(stopDate=self._date(stop))

    def redrive_execution(self) -> ActionResult:
        redrive = redrives.redrive_execution(
            self._records, execution_arn=self._get("executionArn"), client_token=self._get("clientToken")
        )
        return _answer(redriveDate=self._date(redrive))

    def describe_execution(self) -> ActionResult:
        description = executions.describe_execution(self._records, execution_arn=self._get("executionArn"))
        return _answer(**_execution(self._date, description, with_data=self._is_data_included()))

    def describe_state_machine_for_execution(self) -> ActionResult:
        execution, update = executions.describe_state_machine_for_execution(
            self._records, execution_arn=self._get("executionArn")
        )
        map_run = execution.map_run
        return _answer(
            stateMachineArn=execution.state_machine_arn,
            name=execution.state_machine.name,
            updateDate=self._date(update),
            mapRunArn=None if map_run is None else map_run.arn,
            label=None if map_run is None else map_run.label,
            **_revision(execution.revision, with_data=self._is_data_included()),
        )

    # --- Synchronous executions ----------------------------------------------------------------------------------

    def start_sync_execution(self) -> ActionResult:
        execution, attempt = executions.start_sync_execution(
            self._records,
            state_machine_arn=self._get("stateMachineArn"),
            name=self._get("name"),
            input=self._get("input"),
            trace_header=self._get("traceHeader"),
        )
        return _answer(**_sync_execution(self._date, execution, attempt, with_data=self._is_data_included()))

    # --- History -------------------------------------------------------------------------------------------------

    def get_execution_history(self) -> ActionResult:
        with_data = self._get("includeExecutionData") is not False
        page = history.get_execution_history(
            self._records,
            execution_arn=self._get("executionArn"),
            reverse_order=bool(self._get("reverseOrder")),
            include_data=with_data,
            max_results=self._get("maxResults"),
            next_token=self._get("nextToken"),
        )
        events = [_event(self._date, event, with_data=with_data) for event in page.items]
        return _answer(events=events, nextToken=page.next_token)

    # --- Map runs ------------------------------------------------------------------------------------------------

    def describe_map_run(self) -> ActionResult:
        map_run, state, children, items = map_runs.describe_map_run(self._records, map_run_arn=self._get("mapRunArn"))
        return _answer(
            mapRunArn=map_run.arn,
            executionArn=map_run.execution_arn,
            status=state.status,
            startDate=self._date(map_run.start),
            stopDate=self._date(state.stop),
            maxConcurrency=map_run.max_concurrency,
            toleratedFailurePercentage=map_run.tolerance.percentage,
            toleratedFailureCount=map_run.tolerance.failures,
            itemCounts=_counts(items),
            executionCounts=_counts(children),
            redriveCount=state.redrive_count,
            redriveDate=self._date(state.redrive),
        )

    def list_map_runs(self) -> ActionResult:
        page = map_runs.list_map_runs(
            self._records,
            execution_arn=self._get("executionArn"),
            max_results=self._get("maxResults"),
            next_token=self._get("nextToken"),
        )
        return _answer(
            mapRuns=[
                _present(
                    executionArn=map_run.execution_arn,
                    mapRunArn=map_run.arn,
                    stateMachineArn=map_run.state_machine_arn,
                    startDate=self._date(map_run.start),
                    stopDate=self._date(state.stop),
                )
                for map_run, state in page.items
            ],
            nextToken=page.next_token,
        )

    def update_map_run(self) -> ActionResult:
        map_runs.update_map_run(
            self._records,
            map_run_arn=self._get("mapRunArn"),
            max_concurrency=self._get("maxConcurrency"),
            tolerated_failure_count=self._get("toleratedFailureCount"),
            tolerated_failure_percentage=self._get("toleratedFailurePercentage"),
        )
        return _answer()

    # --- State machines ------------------------------------------------------------------------------------------

    def create_state_machine(self) -> ActionResult:
        created = machines.create_state_machine(
            self._records,
            name=self._get("name"),
            definition=self._get("definition"),
            role_arn=self._get("roleArn"),
            type=self._get("type"),
            logging=self._get("loggingConfiguration"),
            tracing=self._get("tracingConfiguration"),
            encryption=self._get("encryptionConfiguration"),
            publish=self._get("publish"),
            version_description=self._get("versionDescription"),
            tags=self._get("tags"),
        )
        return _answer(
            stateMachineArn=created.machine.arn,
            creationDate=self._date(created.machine.created),
            stateMachineVersionArn=_arn(created.version),
        )

    def describe_state_machine(self) -> ActionResult:
        machine, version, revision = machines.describe_state_machine(self._records, arn=self._get("stateMachineArn"))
        shown = machine if version is None else version
        return _answer(
            stateMachineArn=shown.arn,
            name=machine.name,
            status="DELETING" if machine.deleting else "ACTIVE",
            type=machine.type,
            creationDate=self._date(shown.created),
            description=None if version is None else version.description,
            **_revision(revision, with_data=self._is_data_included()),
        )

    def list_state_machines(self) -> ActionResult:
        page = machines.list_state_machines(
            self._records, max_results=self._get("maxResults"), next_token=self._get("nextToken")
        )
        return _answer(
            stateMachines=[
                {
                    "stateMachineArn": machine.arn,
                    "name": machine.name,
                    "type": machine.type,
                    "creationDate": self._date(machine.created),
                }
                for machine in page.items
            ],
            nextToken=page.next_token,
        )

    def update_state_machine(self) -> ActionResult:
        updated = machines.update_state_machine(
            self._records,
            arn=self._get("stateMachineArn"),
            definition=self._get("definition"),
            role_arn=self._get("roleArn"),
            logging=self._get("loggingConfiguration"),
            tracing=self._get("tracingConfiguration"),
            encryption=self._get("encryptionConfiguration"),
            publish=self._get("publish"),
            version_description=self._get("versionDescription"),
        )
        return _answer(
            updateDate=self._date(updated.date),
            revisionId=updated.revision_id,
            stateMachineVersionArn=_arn(updated.version),
        )

    def delete_state_machine(self) -> ActionResult:
        machines.delete_state_machine(self._records, arn=self._get("stateMachineArn"))
        return _answer()

    # --- Versions and aliases ------------------------------------------------------------------------------------

    def publish_state_machine_version(self) -> ActionResult:
        version = versions.publish_state_machine_version(
            self._records,
            arn=self._get("stateMachineArn"),
            revision_id=self._get("revisionId"),
            description=self._get("description"),
        )
        return _answer(**_version(self._date, version))

    def list_state_machine_versions(self) -> ActionResult:
        page = versions.list_state_machine_versions(
            self._records,
            arn=self._get("stateMachineArn"),
            max_results=self._get("maxResults"),
            next_token=self._get("nextToken"),
        )
        return _answer(
            stateMachineVersions=[_version(self._date, version) for version in page.items],
            nextToken=page.next_token,
        )

    def delete_state_machine_version(self) -> ActionResult:
        versions.delete_state_machine_version(self._records, arn=self._get("stateMachineVersionArn"))
        return _answer()

    def create_state_machine_alias(self) -> ActionResult:
        alias = aliases.create_state_machine_alias(
            self._records,
            name=self._get("name"),
            routing=self._get("routingConfiguration"),
            description=self._get("description"),
        )
        return _answer(**_alias(self._date, alias))

    def describe_state_machine_alias(self) -> ActionResult:
        alias = aliases.describe_state_machine_alias(self._records, arn=self._get("stateMachineAliasArn"))
        return _answer(
            **_alias(self._date, alias),
            name=alias.name,
            description=alias.description,
            routingConfiguration=routing_configuration(alias),
            updateDate=self._date(alias.updated),
        )

    def update_state_machine_alias(self) -> ActionResult:
        date = aliases.update_state_machine_alias(
            self._records,
            arn=self._get("stateMachineAliasArn"),
            routing=self._get("routingConfiguration"),
            description=self._get("description"),
        )
        return _answer(updateDate=self._date(date))

    def list_state_machine_aliases(self) -> ActionResult:
        page = aliases.list_state_machine_aliases(
            self._records,
            arn=self._get("stateMachineArn"),
            max_results=self._get("maxResults"),
            next_token=self._get("nextToken"),
        )
        return _answer(
            stateMachineAliases=[_alias(self._date, alias) for alias in page.items],
            nextToken=page.next_token,
        )

    def delete_state_machine_alias(self) -> ActionResult:
        aliases.delete_state_machine_alias(self._records, arn=self._get("stateMachineAliasArn"))
        return _answer()

    # --- Definitions ---------------------------------------------------------------------------------------------

    def validate_state_machine_definition(self) -> ActionResult:
        # Its severity asks for warnings too, and there are none.
        validation = definitions.validate_state_machine_definition(
            definition=self._get("definition"), type=self._get("type"), max_results=self._get("maxResults")
        )
        return _answer(
            result="OK" if validation.is_valid else "FAIL",
            diagnostics=[
                _present(severity="ERROR", code=fault.code, message=fault.message, location=fault.location)
                for fault in validation.faults
            ],
            truncated=validation.truncated,
        )

    def test_state(self) -> ActionResult:
        outcome = definitions.run_test_state(
            self._records,
            definition=self._get("definition"),
            role_arn=self._get("roleArn"),
            input=self._get("input"),
            variables=self._get("variables"),
            state_name=self._get("stateName"),
            mock=self._get("mock"),
            context=self._get("context"),
            retry_count=(self._get("stateConfiguration") or {}).get("retrierRetryCount"),
        )
        return _answer(
            status=outcome.status,
            output=outcome.output,
            error=outcome.error,
            cause=outcome.cause,
            nextState=outcome.next_state,
            inspectionData=outcome.inspection if self._get("inspectionLevel") in ("DEBUG", "TRACE") else None,
        )

    # --- Activities ----------------------------------------------------------------------------------------------

    def create_activity(self) -> ActionResult:
        activity = activities.create_activity(
            self._records,
            name=self._get("name"),
            encryption=self._get("encryptionConfiguration"),
            tags=self._get("tags"),
        )
        return _answer(activityArn=activity.arn, creationDate=self._date(activity.created))

    def describe_activity(self) -> ActionResult:
        activity = activities.describe_activity(self._records, arn=self._get("activityArn"))
        return _answer(**_activity(self._date, activity), encryptionConfiguration=activity.encryption_configuration)

    def list_activities(self) -> ActionResult:
        page = activities.list_activities(
            self._records, max_results=self._get("maxResults"), next_token=self._get("nextToken")
        )
        return _answer(
            activities=[_activity(self._date, activity) for activity in page.items], nextToken=page.next_token
        )

    def delete_activity(self) -> ActionResult:
        activities.delete_activity(self._records, arn=self._get("activityArn"))
        return _answer()

    def get_activity_task(self) -> ActionResult:
        task = activities.get_activity_task(self._records, arn=self._get("activityArn"))
        return _answer() if task is None else _answer(taskToken=task.token, input=task.execution.input)

    # --- Task callbacks ------------------------------------------------------------------------------------------

    def send_task_success(self) -> ActionResult:
        tasks.send_task_success(self._records, token=self._get("taskToken"), output=self._get("output"))
        return _answer()

    def send_task_failure(self) -> ActionResult:
        tasks.send_task_failure(
            self._records, token=self._get("taskToken"), error=self._get("error"), cause=self._get("cause")
        )
        return _answer()

    def send_task_heartbeat(self) -> ActionResult:
        tasks.send_task_heartbeat(self._records, token=self._get("taskToken"))
        return _answer()

    # --- Tags ----------------------------------------------------------------------------------------------------

    def tag_resource(self) -> ActionResult:
        tags.tag_resource(self._records, arn=self._get("resourceArn"), tags=self._get("tags"))
        return _answer()

    def untag_resource(self) -> ActionResult:
        tags.untag_resource(self._records, arn=self._get("resourceArn"), keys=self._get("tagKeys"))
        return _answer()

    def list_tags_for_resource(self) -> ActionResult:
        return _answer(tags=tags.list_tags_for_resource(self._records, arn=self._get("resourceArn")))


@cache
def _methods() -> dict[str, Callable[[SFNResponse], ActionResult]]:
    """The methods that answer, by the operation's name."""
    own = vars(SFNResponse)
    names = {operation: camelcase_to_underscores(operation) for operation in constraints.operations()}
    return {operation: own[name] for operation, name in names.items() if name in own}


def _list_items(page: listing.ExecutionPage, date: DateForm) -> list[Answer]:
    """The items of a page, in one loop and with their members in the model's order: there may be a thousand."""
    owner, items = page.owner, []
    state_machine_arn, arn_prefix = owner.state_machine_arn, owner.execution_arn_prefix
    qualified_arns = _QualifiedArns(owner.state_machine.arn)
    map_run_arn = None if owner.as_map_run is None else owner.arn
    for entry in page.entries:
        # Not unpacked: looking at what is not needed, far apart in memory as it is, would slow this down.
        sorted_by, execution, status, redriven = entry[0], entry[2], entry[3], entry[4]
        name, origin = execution.name, execution.origin
        item = {
            "executionArn": arn_prefix + name if execution.express_id is None else execution.arn,
            "stateMachineArn": state_machine_arn,
            "name": name,
            "status": status,
            "startDate": date(execution.start),
            "stopDate": None if status == "RUNNING" else date(sorted_by),
            "redriveCount": 0,
        }
        if status == "RUNNING":
            del item["stopDate"]
        version_number, alias_name = origin.version_number, origin.alias_name
        if redriven is None and map_run_arn is None and version_number is None and alias_name is None:
            items.append(item)
            continue
        del item["redriveCount"]  # which comes after these
        if map_run_arn is not None:
            item["mapRunArn"] = map_run_arn
            item["itemCount"] = origin.item_count
        if version_number is not None:
            item["stateMachineVersionArn"] = qualified_arns[version_number]
        if alias_name is not None:
            item["stateMachineAliasArn"] = qualified_arns[alias_name]
        item["redriveCount"] = 0 if redriven is None else redriven.redrive_count
        if redriven is not None and redriven.redrive is not None:
            item["redriveDate"] = date(redriven.redrive)
        items.append(item)
    return items


class _QualifiedArns(dict[str, str]):
    """ARNs by version number or alias name, each made once."""

    def __init__(self, unqualified_arn: str) -> None:
        self._unqualified_arn = unqualified_arn

    def __missing__(self, qualifier: str) -> str:
        arn = self[qualifier] = f"{self._unqualified_arn}:{qualifier}"
        return arn


def _execution(date: MaybeDateForm, description: Description, *, with_data: bool) -> Answer:
    execution, attempt, moment, redrive_status, redrive_obstacle = description
    ending = attempt.ending_at(moment)
    map_run = execution.map_run
    answer = _present(
        executionArn=execution.arn,
        stateMachineArn=execution.state_machine_arn,
        name=execution.name,
        status=attempt.status_at(moment),
        startDate=date(execution.start),
        stopDate=date(attempt.stop_at(moment)),
        inputDetails={"included": with_data},
        outputDetails=None if ending.output is None else {"included": with_data},
        traceHeader=execution.trace_header,
        mapRunArn=None if map_run is None else map_run.arn,
        stateMachineVersionArn=execution.version_arn,
        stateMachineAliasArn=execution.alias_arn,
        redriveCount=attempt.redrive_count,
        redriveDate=date(attempt.redrive),
        redriveStatus=redrive_status,
        redriveStatusReason=redrive_obstacle,
    )
    if with_data:
        answer.update(_present(input=execution.input, output=ending.output, error=ending.error, cause=ending.cause))
    return answer


def _sync_execution(date: MaybeDateForm, execution: Execution, attempt: Attempt, *, with_data: bool) -> Answer:
    """How it ends, as its caller learns it: also where the clock has not reached its stop."""
    ending = attempt.ending
    assert attempt.stop is not None, "a synchronous execution comes to an end"
    answer = _present(
        executionArn=execution.arn,
        stateMachineArn=execution.state_machine_arn,
        name=execution.name,
        startDate=date(execution.start),
        stopDate=date(attempt.stop),
        status=ending.status,
        inputDetails={"included": with_data},
        # Recorded on AWS for failed executions too, which have no output.
        outputDetails={"included": with_data},
        traceHeader=execution.trace_header,
        billingDetails={
            "billedMemoryUsedInMB": _BILLED_MEMORY,
            "billedDurationInMilliseconds": _billed_duration(attempt.stop - execution.start),
        },
    )
    if with_data:
        answer.update(_present(input=execution.input, output=ending.output, error=ending.error, cause=ending.cause))
    return answer


def _billed_duration(duration: int) -> int:
    """The duration in whole chunks; one that has begun counts, as does the first of an execution that takes no time."""
    chunks = max(1, -(-duration // _BILLED_CHUNK))
    return chunks * _BILLED_CHUNK


def _event(date: MaybeDateForm, event: Event, *, with_data: bool) -> Answer:
    answer: Answer = {
        "timestamp": date(event.moment),
        "type": event.type,
        "id": event.id,
        "previousEventId": event.previous_id,
    }
    if event.details is not None:
        kind = _STATE_EVENT.sub("State", event.type)
        details = {underscores_to_camelcase(name): value for name, value in event.details.items()}
        answer[f"{kind[0].lower()}{kind[1:]}EventDetails"] = _event_details(details, with_data=with_data)
    return answer


def _event_details(details: Answer, *, with_data: bool) -> Answer:
    """What has a value; beside input and output that they are whole. Without data they are left out, and only they."""
    members = _present(**details)
    for member in ("input", "output"):
        if member in members and with_data:
            members[f"{member}Details"] = {"truncated": False}
        else:
            members.pop(member, None)
    return members


def _counts(counts: Counts) -> Answer:
    by_status = counts.by_status
    return {
        "pending": by_status["PENDING"],
        "running": by_status["RUNNING"],
        "succeeded": by_status["SUCCEEDED"],
        "failed": by_status["FAILED"],
        "timedOut": by_status["TIMED_OUT"],
        "aborted": by_status["ABORTED"],
        "total": by_status.total(),
        "resultsWritten": counts.results_written,
        "failuresNotRedrivable": counts.not_redrivable,
        "pendingRedrive": by_status["PENDING_REDRIVE"],
    }


def _revision(revision: Revision, *, with_data: bool) -> Answer:
    return {
        # Without data "the returned definition will be {}" (DescribeStateMachine).
        "definition": revision.definition if with_data else "{}",
        "roleArn": revision.role_arn,
        # Copies, as an answer given in place is the caller's own.
        "loggingConfiguration": deepcopy(revision.logging_configuration),
        "tracingConfiguration": deepcopy(revision.tracing_configuration),
        "encryptionConfiguration": deepcopy(revision.encryption_configuration),
        "revisionId": revision.id,
    }


def _version(date: MaybeDateForm, version: Version) -> Answer:
    return {"stateMachineVersionArn": version.arn, "creationDate": date(version.created)}


def _alias(date: MaybeDateForm, alias: Alias) -> Answer:
    return {"stateMachineAliasArn": alias.arn, "creationDate": date(alias.created)}


def _activity(date: MaybeDateForm, activity: Activity) -> Answer:
    return {"activityArn": activity.arn, "name": activity.name, "creationDate": date(activity.created)}


def _arn(version: Version | None) -> str | None:
    return None if version is None else version.arn


def _answer(**members: Any) -> ActionResult:
    return ActionResult(_present(**members))


def _present(**members: Any) -> Answer:
    """The members that have a value: AWS leaves the others out and never answers null."""
    return {member: value for member, value in members.items() if value is not None}


def _read_body(body: bytes) -> object:
    try:
        parameters = json.loads(body.decode() or "{}")
    except (ValueError, RecursionError):
        raise SerializationException from None
    if not isinstance(parameters, dict):
        raise SerializationException
    return parameters


def headers_of_answer(moment: int) -> dict[str, str]:
    """The HTTP headers of an answer given at ``moment``, with a request id of its own."""
    return {
        "Date": _http_date(moment // 1000),
        "x-amzn-RequestId": _request_id(),
        "Content-Type": "application/x-amz-json-1.0",
    }


def _request_id() -> str:
    """A random UUID, written in a third of the time that the class takes."""
    digits = f"{_request_ids.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


@lru_cache(maxsize=1)
def _http_date(seconds: int) -> str:
    """What the Date header says of a second, kept for the calls that follow in the same one."""
    return formatdate(seconds, usegmt=True)


def members_of_error(error: SFNError) -> Answer:
    """The members of an error, its sentence among them; the errors of the protocol itself come without one."""
    return {"message": error.message, **error.members} if error.message else {}


def body_of_error(error: SFNError) -> str:
    """The body that tells of an error on the wire."""
    return json.dumps({"__type": f"{error.namespace}#{error.code}", **members_of_error(error)})
