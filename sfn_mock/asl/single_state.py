"""Run a single state, as TestState does: one attempt, then Retry or Catch, with the intermediate values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, cast

from sfn_mock.asl.context import ExecutionInfo
from sfn_mock.asl.engine import Engine
from sfn_mock.asl.errors import StateError
from sfn_mock.asl.events import Chain
from sfn_mock.asl.host import Host, TaskAnswer, TaskCall
from sfn_mock.asl.interpreter import attempt_state, catch_error
from sfn_mock.asl.nodes import ABSENT, MapState, ParallelState, Program, State
from sfn_mock.asl.resources import Resource
from sfn_mock.asl.retries import backoff_seconds, find_handler
from sfn_mock.asl.scheduler import Process, ProcessGenerator
from sfn_mock.asl.state_visit import Frame, Outcome, StateVisit
from sfn_mock.asl.states.map_state import item_context
from sfn_mock.asl.states.mocked import MockedWork, run_mocked_map, run_mocked_parallel
from sfn_mock.asl.steps import StateExit
from sfn_mock.asl.texts import json_text

#: The longest delay of a retry that TestState can return, in seconds.
_LONGEST_PAUSE = 2**31 - 1
_NUMBERS = ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")


@dataclass(frozen=True)
class StateInput:
    """The input and environment of a single state.

    Attributes:
        info: The ARN, name, role and state machine of the execution.
        moment: When the state runs, in milliseconds since 1970.
        input: The input as JSON text.
        variables: The values of variables by name.
        context: Members of the context object that replace those of the execution.
        retry_count: How often the matching retrier has retried before.
        work: The mocked work of a Map or Parallel state, None if the state runs for real.
        is_iterated: Whether the state is inside a Map state; the context object then has its input as the first item.
    """

    info: ExecutionInfo
    moment: int
    input: str
    variables: Mapping[str, Any]
    context: Mapping[str, Any]
    retry_count: int
    work: MockedWork | None
    is_iterated: bool


@dataclass(frozen=True)
class StateReport:
    """The result of a single state.

    Attributes:
        status: SUCCEEDED, FAILED, RETRIABLE or CAUGHT_ERROR.
        output: The output as JSON text, None if the state failed.
        error: The name of the error, also if it was caught.
        cause: The cause of the error.
        next_state: The name of the next state, None if no state follows.
        exit: How the state is left or retried, None if it failed.
        inspection: The intermediate values, in the form of TestState's `inspectionData`.
    """

    status: str
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    next_state: str | None = None
    exit: StateExit | None = None
    inspection: dict[str, Any] = field(default_factory=dict)


class TaskHost(Protocol):
    """The part of a Host that a single state needs."""

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        """Return what is wrong with the parameters of a task; see Host."""

    def has_activity(self, call: TaskCall) -> bool:
        """Return whether the activity of a task exists; see Host."""

    def start_task(self, call: TaskCall) -> TaskAnswer:
        """Run a task; the answer must not be Pending and must take no time."""


def run_single_state(state: State, given: StateInput, host: TaskHost) -> StateReport:
    """Run a state once; a Wait state does not wait.

    Args:
        state: The state.
        given: The input and environment of the state.
        host: The host, which runs the task of a Task state.
    """
    observed: dict[str, Any] = {}
    visit = _activate(state, given, host, observed.__setitem__)
    process = Process(_attempt(visit, given.work))
    process.start()
    details: dict[str, int] = {}
    if process.error is None:
        report = _report_exit("SUCCEEDED", process.value)
    else:
        report = _report_failure(visit, process.error, given.retry_count, details)
    assigned: Mapping[str, Any] = observed.pop("variables", given.variables)
    inspection: dict[str, Any] = {
        name: value if name in _NUMBERS else json_text(value)
        for name, value in observed.items()
        if not _is_hidden(state, name)
    }
    if assigned:
        inspection["variables"] = json_text(dict(assigned))
    if details:
        inspection["errorDetails"] = details
    return replace(report, inspection=inspection)


def _activate(state: State, given: StateInput, host: TaskHost, observe: Callable[[str, Any], None]) -> StateVisit:
    """Enter the state in a new execution."""
    engine = Engine(
        Program(state.name, {state.name: state}),
        input=given.input,
        info=given.info,
        start=given.moment,
        # A Map state does not run its iterations here, so the engine calls no other method of the host.
        host=cast("Host", host),
        answers=[],
        wait_scale=0.0,
        observer=observe,
        context=given.context,
    )
    chain = Chain()
    engine.add_event("ExecutionStarted", None, chain)
    input = json.loads(given.input)
    frame = Frame(state.name, input, dict(given.variables), item_context(0, input) if given.is_iterated else None)
    visit = StateVisit(engine, state, frame, chain)
    visit.retry_count = given.retry_count
    visit.enter()
    return visit


def _attempt(visit: StateVisit, work: MockedWork | None) -> ProcessGenerator:
    state = visit.state
    if work is not None and isinstance(state, MapState):
        return run_mocked_map(visit, state, work)
    if work is not None and isinstance(state, ParallelState):
        return run_mocked_parallel(visit, state, work)
    return attempt_state(visit)


def _report_exit(status: str, outcome: Outcome, failure: StateError | None = None) -> StateReport:
    error_and_cause = (None, None) if failure is None else (failure.error, failure.cause)
    return StateReport(status, json_text(outcome.output), *error_and_cause, next_state=outcome.next, exit=outcome.exit)


def _report_failure(visit: StateVisit, failure: StateError, retry_count: int, details: dict[str, int]) -> StateReport:
    """Return the report of a failed state after Retry and Catch; put the matching index into `details`."""
    state = visit.state
    retrier = find_handler(state.retry, failure)
    if retrier is not None and retry_count < retrier.max_attempts:
        seconds = backoff_seconds(retrier, retry_count, visit.run.randomness)
        details["retryIndex"] = state.retry.index(retrier)
        details["retryBackoffIntervalSeconds"] = int(min(seconds, _LONGEST_PAUSE))
        exit = StateExit("retrier", details["retryIndex"])
        return StateReport("RETRIABLE", error=failure.error, cause=failure.cause, exit=exit)
    catcher = find_handler(state.catch, failure)
    try:
        outcome = catch_error(visit, failure)
    except StateError as error:
        return StateReport("FAILED", error=error.error, cause=error.cause)
    assert catcher is not None, "an error that is caught has a catcher"
    details["catchIndex"] = state.catch.index(catcher)
    return _report_exit("CAUGHT_ERROR", outcome, failure)


def _is_hidden(state: State, name: str) -> bool:
    """Return whether AWS omits a value: Map and Parallel states show only the fields that they have."""
    if not isinstance(state, (MapState, ParallelState)):
        return False
    return (name == "afterInputPath" and state.input_path == "$") or (
        name == "afterParameters" and state.payload.parameters is ABSENT
    )
