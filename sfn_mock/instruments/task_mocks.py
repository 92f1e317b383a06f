"""Read the arguments of ``mock_task`` and ``mock_lambda``, and check them against definitions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import iscoroutinefunction
from typing import Any
from uuid import NAMESPACE_OID, uuid3

from sfn_mock.asl.definition import parse_definition
from sfn_mock.asl.host import Failed, Succeeded, TaskCall
from sfn_mock.asl.nodes import ABSENT, TaskState, each_state
from sfn_mock.asl.resources import Resource, ResourceError, parse_resource
from sfn_mock.integrations.lambda_functions import parse_function
from sfn_mock.integrations.mocked_answers import mocked_result, mocked_submission
from sfn_mock.state import clock
from sfn_mock.state.outcomes import check_length
from sfn_mock.state.records import StateMachine
from sfn_mock.state.task_mocks import Answer, Case, Handler, Invocation, TaskError, TaskMock, TaskMocks, matches
from sfn_mock.suggestions import did_you_mean
from sfn_mock.types import Duration

#: A list of outcomes, each a dict of the keywords of ``mock_task``; or a callable(input) that returns a result.
TaskOutcomes = Sequence[Mapping[str, Any]] | Callable[[Any], Any]

_KEYWORDS = ("result", "error", "cause", "duration")


@dataclass(frozen=True)
class Outcome:
    """The outcome of one task, as a test gives it.

    Attributes:
        result: A JSON value, ABSENT if there is none.
        error: The name of the error.
        cause: Its cause.
        duration: How long the task takes.
        strict: Whether to refuse a result that the service's API cannot return.
    """

    result: Any = ABSENT
    error: str | None = None
    cause: str | None = None
    duration: Duration | None = None
    strict: bool = True


def mock_state(machine: StateMachine, state: str, outcomes: TaskOutcomes | None, outcome: Outcome) -> None:
    """Mock a Task state of one state machine; see ``StateMachine.mock_task``."""
    resource = _own_task(machine, state)
    machine.records.task_mocks.add_for_state(machine, state, _mock(outcomes, outcome, [resource]))


def mock_anywhere(
    mocks: TaskMocks,
    machines: Iterable[StateMachine],
    state_or_resource: str,
    outcomes: TaskOutcomes | None,
    outcome: Outcome,
) -> None:
    """Mock a Task state in any machine, or the tasks of a resource; see ``StepFunctionsMock.mock_task``."""
    name = _text(state_or_resource, "state")
    tasks = [task for machine in machines for task in _tasks(machine)]
    if name.startswith("arn:"):
        resources = [task.resource for task in tasks if matches(name, task.resource.arn)]
        if "*" not in name:
            resources.append(_parsed(name))
        mocks.add_for_resource(name, _mock(outcomes, outcome, resources))
        return
    resources = [task.resource for task in tasks if task.state == name]
    if not resources:
        raise ValueError(
            f"state must be a Task state of a state machine in this mock, got {name!r}. "
            f"{did_you_mean(name, _names(tasks))} Add or create the state machine with its definition first, or mock "
            f"the task by the ARN of its resource."
        )
    mocks.add_for_state(None, name, _mock(outcomes, outcome, resources))


def mock_function(mocks: TaskMocks, name: str, handler: Handler) -> None:
    """Replace a Lambda function with a handler; see ``StepFunctionsMock.mock_lambda``."""
    parsed = parse_function(name)
    if parsed is None:
        raise ValueError(f"name must be the name or ARN of a Lambda function, got {name!r}.")
    if not callable(handler):
        raise ValueError(f"handler must be callable(event, context), got {handler!r}.")
    if iscoroutinefunction(handler) or iscoroutinefunction(type(handler).__call__):
        raise ValueError(
            f"handler must be a plain function, got the async {handler!r}: Lambda's Python runtime does not await. "
            f"Run its coroutine with asyncio.run() in a plain function."
        )
    mocks.add_function(Invocation(*parsed), handler)


def check_case(machine: StateMachine, name: str, case: Case) -> None:
    """Check that a test case of a mock config mocks Task states that a machine has; raise ValueError if not."""
    for state in case:
        try:
            _own_task(machine, state)
        except ValueError as error:
            raise ValueError(f"Test case {name!r} of state machine {machine.name!r}: {error}") from None


# --- States ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Task:
    """A Task state of a definition."""

    state: str
    resource: Resource


def _own_task(machine: StateMachine, state: str) -> Resource:
    name = _text(state, "state")
    try:
        states = {found.name: found for found in each_state(parse_definition(machine.revision.definition))}
    except ValueError as error:
        raise ValueError(
            f"cannot mock tasks of {machine.arn}: its definition cannot run ({error}); give "
            f"add_state_machine(definition=...) one that can instead."
        ) from None
    tasks = {found.name: found for found in states.values() if isinstance(found, TaskState)}
    if name in tasks:
        return _parsed(tasks[name].resource)
    if not tasks:
        raise ValueError(
            f"cannot mock tasks of {machine.arn}: its definition has no Task state; give "
            f"add_state_machine(definition=...) the definition to run instead."
        )
    if name in states:
        raise ValueError(f"state must be a Task state of {machine.arn}, got the {states[name].type} state {name!r}.")
    raise ValueError(f"state must be a Task state of {machine.arn}, got {name!r}. {did_you_mean(name, tasks)}")


def _tasks(machine: StateMachine) -> list[_Task]:
    """Return the Task states of a machine; none of a definition that cannot run."""
    try:
        states = list(each_state(parse_definition(machine.revision.definition)))
        return [_Task(state.name, parse_resource(state.resource)) for state in states if isinstance(state, TaskState)]
    except ValueError:
        return []


def _names(tasks: list[_Task]) -> list[str]:
    return list(dict.fromkeys(task.state for task in tasks))


def _parsed(arn: str) -> Resource:
    try:
        return parse_resource(arn)
    except ResourceError as error:
        raise ValueError(f"cannot mock resource {arn!r}: {error}") from None


# --- Outcomes ----------------------------------------------------------------------------------------------------


def _mock(outcomes: TaskOutcomes | None, outcome: Outcome, resources: list[Resource]) -> TaskMock:
    """Return the mock that a test describes, by outcomes or by one; ValueError for wrong arguments."""
    if outcomes is None:
        return TaskMock([_answer(outcome, resources)])
    if outcome.result is not ABSENT or outcome.error is not None or outcome.cause is not None:
        raise ValueError("outcomes must be left out where result, error or cause is given, got both.")
    if callable(outcomes):
        return TaskMock([_computed(outcomes, _milliseconds(outcome.duration), outcome.strict)])
    if isinstance(outcomes, str | Mapping) or not isinstance(outcomes, Sequence) or not outcomes:
        raise ValueError(
            f"outcomes must be a list of dicts such as [{{'error': 'Declined'}}, {{'result': {{}}}}], or "
            f"callable(input), got {outcomes!r}."
        )
    return TaskMock([_answer(_read(keywords, outcome), resources) for keywords in outcomes])


def _read(keywords: Mapping[str, Any], defaults: Outcome) -> Outcome:
    if not isinstance(keywords, Mapping):
        raise ValueError(f"outcome must be a dict with any of {', '.join(_KEYWORDS)}, got {keywords!r}.")
    for key in keywords:
        if key not in _KEYWORDS:
            raise ValueError(f"Unknown key {key!r} in an outcome of mock_task. {did_you_mean(key, _KEYWORDS)}")
    return replace(defaults, **keywords)


def _answer(outcome: Outcome, resources: list[Resource]) -> Answer:
    """Return a function that returns one outcome, which is checked for each known resource."""
    duration = _milliseconds(outcome.duration)
    if outcome.error is not None:
        if outcome.result is not ABSENT:
            raise ValueError("result must be left out where error is given, got both.")
        return _failing(_text(outcome.error, "error"), outcome.cause, duration)
    if outcome.cause is not None:
        raise ValueError(f"cause must come with error, got cause={outcome.cause!r} alone.")
    if outcome.result is ABSENT:
        raise ValueError("mock_task() must get result, error or outcomes, got none of them.")
    text = _json_text(outcome.result)
    for resource in resources:
        _result(resource, json.loads(text), "check", 0, outcome.strict)

    def answer(call: TaskCall) -> Succeeded:
        return _succeeded(call, json.loads(text), duration, outcome.strict)

    return answer


def _failing(error: str, cause: str | None, duration: int) -> Answer:
    check_length(error, "error")
    if cause is not None:
        check_length(_text(cause, "cause"), "cause")

    def answer(call: TaskCall) -> Failed:
        return _failed(call, error, cause, duration)

    return answer


def _computed(function: Callable[[Any], Any], duration: int, strict: bool) -> Answer:
    def answer(call: TaskCall) -> Succeeded | Failed:
        try:
            result = function(json.loads(json.dumps(call.parameters)))
        except TaskError as error:
            return _failed(call, error.error, error.cause, duration)
        return _succeeded(call, json.loads(_json_text(result)), duration, strict)

    return answer


def _succeeded(call: TaskCall, value: Any, duration: int, strict: bool) -> Succeeded:
    result = _result(call.resource, value, call.token, call.moment + duration, strict)
    return Succeeded(result, duration, _submitted(call))


def _failed(call: TaskCall, error: str, cause: str | None, duration: int) -> Failed:
    return Failed(error, cause, duration, _submitted(call), is_timeout=error == "States.Timeout")


def _submitted(call: TaskCall) -> Any:
    return mocked_submission(call.resource, request_id=_request_id(call.token), moment=clock.to_datetime(call.moment))


def _result(resource: Resource, value: Any, token: str, moment: int, strict: bool) -> Any:
    request_id = _request_id(token)
    return mocked_result(resource, value, request_id=request_id, moment=clock.to_datetime(moment), strict=strict)


def _request_id(token: str) -> str:
    return str(uuid3(NAMESPACE_OID, token))


def _milliseconds(duration: Duration | None) -> int:
    return 0 if duration is None else clock.to_milliseconds(duration, name="duration")


def _json_text(value: Any) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"result must be a JSON value, got {type(value).__name__}: {error}") from None


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a string that is not empty, got {value!r}.")
    return value
