"""TestState: one state of a definition, run by itself."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sfn_mock.asl.checks import check_state
from sfn_mock.asl.checks.definitions import LONE_STATE
from sfn_mock.asl.checks.workflows import workflows
from sfn_mock.asl.context import ExecutionInfo, context_fault, format_moment
from sfn_mock.asl.definition import parse_state
from sfn_mock.asl.host import Failed, Succeeded, TaskAnswer, TaskCall
from sfn_mock.asl.item_data import parse_items
from sfn_mock.asl.nodes import MapState, State, TaskState
from sfn_mock.asl.resources import Pattern, Resource, ResourceKind, parse_resource
from sfn_mock.asl.single_state import StateInput, StateReport, run_single_state
from sfn_mock.asl.states.mocked import MockedWork
from sfn_mock.asl.steps import Step
from sfn_mock.aws.arns import state_machine_arn
from sfn_mock.aws.exceptions import (
    ContextNeedsMock,
    ContextRefused,
    InvalidExecutionInput,
    ItemReaderDataInvalid,
    MockedResultNotJson,
    MockRefused,
    NotJsonObject,
    StateNeedsMock,
    TaskNeedsRole,
    TestedStateNotFound,
    WaitingTaskNeedsMock,
)
from sfn_mock.aws.json_reader import read_json
from sfn_mock.aws.payloads import json_fault
from sfn_mock.instruments.guard import UnmockedServiceError
from sfn_mock.integrations import mock_checks
from sfn_mock.integrations.service_calls import Caller, check_parameters, unknown_fields
from sfn_mock.integrations.tasks import answer_task
from sfn_mock.operations.definition_checks import checked_definition, refuse_faults
from sfn_mock.operations.registry import Answer, DateForm, operation, present
from sfn_mock.operations.state_machines import checked_role
from sfn_mock.operations.task_calls import find_clients
from sfn_mock.state import clock
from sfn_mock.state.live_runs import StateTests
from sfn_mock.state.records import Records

_LONG_NUMBER = "Number value length exceeds the maximum allowed"
_NO_SERVICE = (
    "TestState runs a Task by calling its service, which nothing mocks: add mock_aws or mock_lambda, "
    "or give the state a mock."
)


@operation
def test_state(
    records: Records,
    date: DateForm,
    *,
    definition: str,
    role_arn: str | None = None,
    input: str | None = None,
    inspection_level: str | None = None,
    reveal_secrets: bool | None = None,
    variables: str | None = None,
    state_name: str | None = None,
    mock: dict[str, Any] | None = None,
    context: str | None = None,
    state_configuration: dict[str, Any] | None = None,
) -> Answer:
    """Run the state once; a Wait state does not wait.

    Raises:
        UnmockedServiceError: For a Task without a mock that cannot be run here.
    """
    found, state, is_iterated = _find_state(definition, state_name)
    configuration = state_configuration or {}
    try:
        if mock is None:
            mock_checks.check_unmocked_configuration(configuration)
            _check_unmocked(state, role_arn, context)
            work = None
        else:
            mock_checks.check_mock_members(mock)
            mock_checks.check_mocked_state(found, reveal_secrets=bool(reveal_secrets))
            work = _mocked_work(found, state, mock, configuration)
    except mock_checks.MockError as error:
        raise MockRefused(reason=str(error)) from None
    given_context = _read_members("context", context)
    fault = context_fault(given_context)
    if fault is not None:
        raise ContextRefused(reason=fault)
    with records.using() as moment:
        info = _execution_info(records, None if role_arn is None else checked_role(role_arn))
    text = "{}" if input is None else input
    given = StateInput(
        info=info,
        moment=moment,
        input=text,
        variables=_read_members("variables", variables),
        context={**_default_context(info, role_arn, _read_input(text), moment), **given_context},
        retry_count=configuration.get("retrierRetryCount") or 0,
        work=work,
        is_iterated=is_iterated,
    )
    # The records are unlocked while the state runs: its task may call Step Functions.
    report = run_single_state(state, given, _CalledServices(records, info) if work is None else _MockedTask(work))
    _check_failure_count(configuration, work)
    if state_name is not None:
        _note_steps(records, definition, state_name, report, moment)
    return present(
        status=report.status,
        output=report.output,
        error=report.error,
        cause=report.cause,
        nextState=report.next_state,
        inspectionData=report.inspection if inspection_level in ("DEBUG", "TRACE") else None,
    )


def _note_steps(records: Records, definition: str, name: str, report: StateReport, moment: int) -> None:
    steps = [Step(moment, name, "state")]
    if report.exit is not None:
        steps.append(Step(moment, name, *report.exit))
    with records.using():
        records.state_tests.setdefault(definition, StateTests()).steps += steps


# --- The state ---------------------------------------------------------------------------------------------------


class _TestedState(NamedTuple):
    """The tested state, as JSON and parsed, and whether it is part of a Map state."""

    found: dict[str, Any]
    state: State
    is_iterated: bool


def _find_state(text: str, name: str | None) -> _TestedState:
    """Return the tested state."""
    if name is None:
        refuse_faults(check_state(text, unknown_fields=unknown_fields))
        value: dict[str, Any] = read_json(text)
        return _TestedState(value, parse_state(LONE_STATE, value), False)
    definition = read_json(checked_definition(text, "STANDARD"))
    for workflow in workflows(definition):
        if name in workflow.states:
            value = workflow.states[name]
            state = parse_state(LONE_STATE, value, definition.get("QueryLanguage", "JSONPath"))
            return _TestedState(value, state, workflow.is_iterated)
    raise TestedStateNotFound


def _check_unmocked(state: State, role_arn: str | None, context: str | None) -> None:
    """Raise AWS's error for a state that cannot be tested without a mock."""
    if context is not None:
        raise ContextNeedsMock
    if state.type in ("Map", "Parallel"):
        raise StateNeedsMock
    if isinstance(state, TaskState):
        resource = parse_resource(state.resource)
        if resource.pattern is not Pattern.REQUEST_RESPONSE or resource.kind is ResourceKind.ACTIVITY:
            raise WaitingTaskNeedsMock
        if role_arn is None:
            raise TaskNeedsRole


# --- The mock ----------------------------------------------------------------------------------------------------


def _mocked_work(
    found: dict[str, Any], state: State, mock: dict[str, Any], configuration: dict[str, Any]
) -> MockedWork:
    culprit = configuration.get("errorCausedByState")
    inner = workflows({"States": {LONE_STATE: found}})[1:]
    if culprit is not None and not any(culprit in workflow.states for workflow in inner):
        raise TestedStateNotFound
    error = mock.get("errorOutput")
    answer = Failed(error["error"], error.get("cause")) if error is not None else _mocked_result(found, state, mock)
    return MockedWork(
        answer,
        failed_iterations=configuration.get("mapIterationFailureCount") or 0,
        items=_read_items(state, configuration.get("mapItemReaderData")),
    )


def _mocked_result(found: dict[str, Any], state: State, mock: dict[str, Any]) -> Succeeded:
    try:
        result = _read_json(mock["result"])
    except ValueError:
        raise MockedResultNotJson from None
    if isinstance(state, TaskState):
        mode = mock.get("fieldValidationMode", "STRICT")
        mock_checks.check_task_result(parse_resource(state.resource), result, mode)
    else:
        mock_checks.check_state_result(found, result)
    return Succeeded(result)


def _read_items(state: State, data: str | None) -> list[Any] | None:
    """Return the items that the mock gives for the ItemReader; None if it gives none."""
    if data is None or not isinstance(state, MapState) or state.item_reader is None:
        return None
    try:
        return parse_items(data, state.item_reader.config)
    except ValueError as error:
        raise ItemReaderDataInvalid(reason=error) from None


def _check_failure_count(configuration: dict[str, Any], work: MockedWork | None) -> None:
    count = configuration.get("mapIterationFailureCount")
    if count is None or work is None or work.iterations is None:
        return
    try:
        mock_checks.check_failure_count(count, work.iterations)
    except mock_checks.MockError as error:
        raise MockRefused(reason=str(error)) from None


# --- The execution around it -------------------------------------------------------------------------------------


def _execution_info(records: Records, role_arn: str | None) -> ExecutionInfo:
    machine, execution = records.new_id(), records.new_id()
    arn = state_machine_arn(records.arn_prefix, machine)
    return ExecutionInfo(
        id=arn.replace(":stateMachine:", ":express:") + f":{execution}",
        name=execution,
        role_arn=role_arn or "",
        state_machine_id=arn,
        state_machine_name=machine,
        region=records.region,
    )


def _default_context(info: ExecutionInfo, role_arn: str | None, input: Any, moment: int) -> dict[str, Any]:
    """Return the default context object."""
    return {
        "Execution": {
            "Id": info.id,
            "Input": input,
            "Name": info.name,
            "RoleArn": role_arn,
            "StartTime": format_moment(moment),
        },
        "StateMachine": {"Id": info.state_machine_id, "Name": info.state_machine_name},
    }


class _NoActivities:
    """A host that does not look for activities: TestState requires a mock for their tasks."""

    def has_activity(self, call: TaskCall) -> bool:
        return True


class _CalledServices(_NoActivities):
    """Runs the task: calls its service, or the handler of its function."""

    def __init__(self, records: Records, info: ExecutionInfo) -> None:
        self._records = records
        self._info = info

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        return check_parameters(resource, parameters)

    def start_task(self, call: TaskCall) -> TaskAnswer:
        client_for = find_clients(self._records, call)
        if client_for is None:
            raise UnmockedServiceError(_NO_SERVICE)
        caller = Caller(self._info.id, self._info.state_machine_id)
        try:
            with clock.at(call.moment):
                answer, _ = answer_task(call, client_for=client_for, caller=caller)
        except LookupError as error:
            raise UnmockedServiceError(f"TestState {error}: give the state a mock.") from None
        return answer


class _MockedTask(_NoActivities):
    """Answers the task with the mock, whatever its parameters are."""

    def __init__(self, work: MockedWork) -> None:
        self._work = work

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        return ()

    def start_task(self, call: TaskCall) -> TaskAnswer:
        return self._work.answer


# --- JSON --------------------------------------------------------------------------------------------------------


def _read_input(text: str) -> Any:
    try:
        return _read_json(text)
    except ValueError as reason:
        raise InvalidExecutionInput(reason=reason) from None


def _read_members(member: str, text: str | None) -> dict[str, Any]:
    """Return the members of a JSON object; none if it is not given."""
    try:
        members = _read_json("{}" if text is None else text)
    except ValueError:
        raise NotJsonObject(member=member) from None
    if not isinstance(members, dict):
        raise NotJsonObject(member=member)
    return members


def _read_json(text: str) -> Any:
    """Return the value of a text.

    Raises:
        ValueError: If the text is not JSON; the message has AWS's words.
    """
    fault = json_fault(text)
    if fault is not None:
        raise ValueError(fault)
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(_LONG_NUMBER) from None
