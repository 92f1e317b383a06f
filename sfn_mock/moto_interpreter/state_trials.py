"""Run one state by itself, with moto's interpreter of Amazon States Language.

Importing this room takes what ``moto[stepfunctions]`` installs. The interpreter knows no mock that stands in for a
state's work, and retries for real; both are put right here, on the one state that was read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from moto.stepfunctions.parser.api import HistoryEventType, StateMachineType
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.retry.retry_outcome import RetryOutcome
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task import StateTask
from moto.stepfunctions.parser.asl.component.state.wait.state_wait import StateWait
from moto.stepfunctions.parser.asl.component.test_state.program.test_state_program import TestStateProgram
from moto.stepfunctions.parser.asl.eval.evaluation_details import AWSExecutionDetails
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventHistoryContext
from moto.stepfunctions.parser.asl.eval.program_state import ProgramError, ProgramRunning, ProgramTimedOut
from moto.stepfunctions.parser.asl.eval.test_state.environment import TestStateEnvironment
from moto.stepfunctions.parser.asl.eval.test_state.program_state import ProgramChoiceSelected
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.test_state.asl_parser import TestStateAmazonStateLanguageParser

from sfn_mock.aws.definitions import Fault
from sfn_mock.aws.exceptions import InvalidDefinition
from sfn_mock.moto_interpreter import service_tasks
from sfn_mock.moto_interpreter.single_states import MockedError, MockedResult, Outcome, Setting


def run_state(definition: dict[str, Any], setting: Setting) -> Outcome:
    """What the state comes to; InvalidDefinition for one that the interpreter cannot read."""
    state = _read(definition, setting.state_name)
    environment: Any = _environment(setting)
    if isinstance(state, StateWait):
        wait = state.wait_function
        # A test has no time to lose.
        wait._wait_interval = lambda env, wait_seconds: None  # type: ignore[method-assign]  # of this one state
    failures = _Failures(state, setting.retry_count)
    if setting.mock is not None:
        state._eval_execution = _Work(state, setting, setting.mock)
    TestStateProgram(state).eval(environment)
    return _outcome(environment, failures)


def _read(definition: dict[str, Any], name: str) -> Any:
    """The state as the interpreter has it."""
    try:
        if definition["Type"] in ("Map", "Parallel"):
            # The interpreter's reader of single states takes the states inside for that one state.
            machine: Any = AmazonStateLanguageParser.parse(json.dumps({"StartAt": name, "States": {name: definition}}))
            return machine[0].states.states[name]
        program: Any = TestStateAmazonStateLanguageParser.parse(json.dumps(definition))
        state = program[0].test_state
    except Exception as refusal:  # they are of many classes, with nothing in common
        raise InvalidDefinition(reason=Fault("SCHEMA_VALIDATION_FAILED", str(refusal), "/")) from None
    state.name = name
    service_tasks.complete(state)
    return state


def _environment(setting: Setting) -> TestStateEnvironment:
    """All that the interpreter wants to know of the execution around the state."""
    start = datetime.fromtimestamp(setting.moment / 1000, tz=timezone.utc).isoformat(timespec="milliseconds")
    context: Any = {
        "Execution": {"Input": setting.input, "RoleArn": setting.role_arn, "StartTime": start},
        "StateMachine": {},
    }
    environment = TestStateEnvironment(
        aws_execution_details=AWSExecutionDetails(setting.account_id, setting.region, setting.role_arn or ""),
        execution_type=StateMachineType.STANDARD,
        context=context,
        event_history_context=EventHistoryContext.of_program_start(),
        activity_store={},
    )
    _give_context(environment, setting)
    return environment


def _give_context(environment: Any, setting: Setting) -> None:
    environment.states.context_object.context_object_data.update(setting.context)


class _Work:
    """What a mock says, in the place of a state's own work."""

    def __init__(self, state: Any, setting: Setting, mock: MockedResult | MockedError) -> None:
        self._state = state
        self._setting = setting
        self._mock = mock

    def __call__(self, environment: Any) -> None:
        # The interpreter makes an environment for the work, which has not all of the context.
        _give_context(environment, self._setting)
        if isinstance(self._state, StateTask):
            self._state._eval_parameters(environment)
        if isinstance(self._mock, MockedError):
            raise FailureEventException(_failure(environment, self._mock))
        environment.inspection_data["result"] = json.dumps(self._mock.result)
        environment.stack.append(self._mock.result)


def _failure(environment: Any, mock: MockedError) -> FailureEvent:
    told = {"error": mock.error, "cause": mock.cause}
    details: Any = {"taskFailedEventDetails": {member: text for member, text in told.items() if text is not None}}
    return FailureEvent(environment, _error_name(mock.error), HistoryEventType.TaskFailed, details)


def _error_name(error: str | None) -> ErrorName:
    try:
        return StatesErrorName.from_name(error or "")
    except ValueError:
        # None of those that begin with "States.", which the interpreter tells from a task's own.
        return _TasksErrorName(error)


class _TasksErrorName(ErrorName):
    """Any name at all: the interpreter's own class for it refuses what begins with "States."."""


class _Failures:
    """Watches a state fail, and keeps it from being retried: AWS only tells that it would be."""

    def __init__(self, state: Any, retry_count: int) -> None:
        self.status = "SUCCEEDED"
        self.error: str | None = None
        self.cause: str | None = None
        #: Which retrier or catcher it is, as the API spells it.
        self.details: dict[str, int] = {}
        self._state = state
        self._retry_count = retry_count
        if isinstance(state, ExecutionState):
            self._handle_catch = state._handle_catch
            state._handle_retry = self._retry  # type: ignore[method-assign]  # of this one state
            state._handle_catch = self._catch  # type: ignore[method-assign]  # likewise

    def _retry(self, env: Any, failure_event: FailureEvent) -> RetryOutcome:
        retriers = self._state.retry.retriers
        index = _matching(env, retriers, failure_event)
        if index is None:
            return RetryOutcome.NoRetrier
        if self._retry_count >= retriers[index].max_attempts.attempts:
            return RetryOutcome.CannotRetry
        self.status = "RETRIABLE"
        self.details = {
            "retryIndex": index,
            "retryBackoffIntervalSeconds": _backoff(retriers[index], self._retry_count),
        }
        raise FailureEventException(failure_event)

    def _catch(self, env: Any, failure_event: FailureEvent) -> None:
        index = _matching(env, self._state.catch.catchers, failure_event)
        if index is not None:
            self.status = "CAUGHT_ERROR"
            self.details = {"catchIndex": index}
            self.error, self.cause = FailureEventException(failure_event).extract_error_cause_pair() or (None, None)
        self._handle_catch(env, failure_event)


def _matching(environment: Any, handlers: Sequence[Any], failure: FailureEvent) -> int | None:
    """The place of the first retrier or catcher that is for such a failure."""
    for index, handler in enumerate(handlers):
        environment.stack.append(failure.error_name)
        handler.error_equals.eval(environment)
        if environment.stack.pop():
            return index
    return None


def _backoff(retrier: Any, retry_count: int) -> int:
    """How many seconds AWS would wait before it retried, without jitter."""
    most: int = retrier.max_delay_seconds.max_delays_seconds
    try:
        return int(min(retrier.interval_seconds.seconds * retrier.backoff_rate.rate**retry_count, most))
    except OverflowError:
        return most


def _outcome(environment: Any, failures: _Failures) -> Outcome:
    end = environment.program_state()
    inspection = dict(environment.inspection_data)
    if failures.details:
        inspection["errorDetails"] = failures.details
    if isinstance(end, ProgramTimedOut):
        return Outcome("FAILED", None, "States.Timeout", None, None, inspection)
    if isinstance(end, ProgramError):
        status = "FAILED" if failures.status == "SUCCEEDED" else failures.status
        error = end.error or {}
        return Outcome(status, None, error.get("error"), error.get("cause"), None, inspection)
    output = json.dumps(environment.states.get_input())
    goes_on = isinstance(end, ProgramRunning | ProgramChoiceSelected)
    next_state = end.next_state_name if goes_on else None
    return Outcome(failures.status, output, failures.error, failures.cause, next_state, inspection)
