"""Derive the history of an execution whose definition does not run.

The history follows Next from StartAt, or the route to the state in which the execution fails; other branches and
iterations are omitted. A RUNNING execution is in the first state that takes time, or in the last state; when it stops,
the remaining states follow at once. The data passes through the states unchanged until the execution's output comes
from the state in which it succeeds. Events never change once they are shown, because none depends on later ones.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from math import inf
from typing import Any

from sfn_mock.asl import task_events
from sfn_mock.asl.errors import TIMEOUT
from sfn_mock.asl.events import Chain, Event, History, execution_ended, execution_started, state_entered, state_exited
from sfn_mock.asl.nodes import ABSENT, MapState, Program, State, TaskState, WaitState
from sfn_mock.asl.paths import PathError, parse_path
from sfn_mock.asl.resources import Pattern, Resource, ResourceError, parse_resource
from sfn_mock.asl.routes import FINAL_TYPES, InnerRoute, RouteStep, find_route, follow
from sfn_mock.state.outcomes import Ending

_NESTING = ("Map", "Parallel")
#: The error of a failed state whose catcher catches all errors.
_CAUGHT = "States.TaskFailed"


@dataclass
class _Level:
    """A sequence of states: of the execution, a branch or an iteration.

    Attributes:
        program: The states.
        chain: The chain of their events.
        outer: The Parallel or Map state that contains them, None for the states of the execution itself.
        remaining: The steps that follow.
        current: The current step, None before the first one and in a Fail state.
    """

    program: Program
    chain: Chain
    outer: State | None = None
    remaining: deque[RouteStep] = field(default_factory=deque)
    current: RouteStep | None = None


class DerivedHistory:
    """A history that grows forward in time."""

    def __init__(self, program: Program, input: str, region: str) -> None:
        """Create an empty history of an execution with an input as JSON text."""
        #: The data that passes from state to state, as JSON text.
        self._data = input
        self._region = region
        # An execution that does not run cannot exceed the limit.
        self._history = History(limit=None)
        self._levels = [_Level(program, Chain())]
        #: The state in which the execution fails, if known.
        self._target: str | None = None
        #: When the current state was entered.
        self._since = 0
        #: The activity whose task no worker has started yet.
        self._awaited_activity: str | None = None
        #: The names of the workers that started a task before the execution reached its state, by activity.
        self._workers: dict[str, str | None] = {}

    @property
    def events(self) -> list[Event]:
        """The events so far, oldest first."""
        return self._history.events

    # --- The execution -------------------------------------------------------------------------------------------

    def start(
        self, moment: int, role_arn: str, *, alias_arn: str | None, version_arn: str | None, target: str | None
    ) -> None:
        """Start the execution; `target` is the state in which it will fail, if known."""
        self._since = moment
        event_type, details = execution_started(self._data, role_arn, alias_arn=alias_arn, version_arn=version_arn)
        self._history.add(moment, event_type, details, self._outermost.chain, advance=False)
        self._outermost.remaining = deque(follow(self._outermost.program, self._outermost.program.start_at))
        if target is not None:
            self._set_target(moment, target)

    def redrive(self, moment: int, redrive_count: int, target: str | None) -> None:
        """Redrive the execution: continue in the state where it ended, without entering it again."""
        self._since = moment
        for level in self._levels:
            level.chain.head = len(self.events) + 1
        self._history.redrive(moment, redrive_count, self._outermost.chain)
        if self._target is not None:
            self._forget_target()
        if target is not None:
            self._set_target(moment, target)
        self._call(moment)

    def await_worker(self, activity_arn: str | None) -> None:
        """Delay the start of an activity's task in the next run until a worker starts it."""
        self._awaited_activity = activity_arn
        self._workers = {}

    def start_activity_task(self, moment: int, worker_name: str | None) -> None:
        """Record that a worker starts the awaited task, now or when the execution reaches it."""
        activity_arn, self._awaited_activity = self._awaited_activity, None
        current = self._innermost.current
        resource = None if current is None else _resource(current.state)
        if resource is not None and resource.arn == activity_arn:
            self.add(moment, task_events.started(resource, worker_name=worker_name), self._innermost.chain)
        elif activity_arn is not None:
            self._workers[activity_arn] = worker_name

    def end(self, moment: int, ending: Ending) -> None:
        """End the execution."""
        if ending.status == "SUCCEEDED":
            self._run_to_success(moment, ending.output or "{}")
        elif ending.status == "FAILED":
            self._run_to_failure(moment, ending)
        event = execution_ended(ending.status, output=ending.output, error=ending.error, cause=ending.cause)
        self._history.end(moment, *event, self._outermost.chain)

    @property
    def _outermost(self) -> _Level:
        return self._levels[0]

    @property
    def _innermost(self) -> _Level:
        return self._levels[-1]

    def add(
        self,
        moment: int,
        event: tuple[str, dict[str, Any] | None],
        chain: Chain | None = None,
        *,
        advance: bool = True,
    ) -> None:
        """Add an event to a chain, by default that of the current state."""
        event_type, details = event
        self._history.add(moment, event_type, details, chain or self._innermost.chain, advance=advance)

    # --- The route to the state in which it fails ----------------------------------------------------------------

    def _set_target(self, moment: int, target: str) -> None:
        """Take the shortest route to a state, from the current state if possible, otherwise from the start."""
        self._target = target
        while True:
            level = self._innermost
            here = [level.current] if level.current is not None else list(level.remaining)
            route = find_route(level.program, target, here[0].state.name) if here else None
            if route is not None or level is self._outermost:
                break
            self._leave_level(moment)
        if route is None:
            level.current = None
            route = find_route(level.program, target) or ()
        if level.current is None:
            level.remaining = deque(route)
            return
        level.current, *remaining = route
        level.remaining = deque(remaining)
        if level.current.inner is not None:
            self._enter_inner(moment, level, level.current, level.current.inner)

    def _forget_target(self) -> None:
        """Continue along Next, at every level."""
        self._target = None
        for level in self._levels:
            if level.current is not None:
                level.current = RouteStep(level.current.state)
                level.remaining = deque(follow(level.program, level.current.state.next))

    # --- Enter and exit states -----------------------------------------------------------------------------------

    def pass_states(self, until: int) -> None:
        """Pass through the states that end by `until` and enter the first one that does not."""
        while self._innermost.remaining and self._innermost.remaining[0].state.type not in FINAL_TYPES:
            current = self._innermost.current
            over = self._since + (0 if current is None else _duration(current.state))
            if over > until:
                return
            self._step(int(over))

    def enter_map(self, moment: int, label: str) -> None:
        """Enter the Map state with a label, if it follows."""
        while any(isinstance(step.state, MapState) and step.state.label == label for step in self._innermost.remaining):
            self._step(moment)

    def _step(self, moment: int) -> None:
        level = self._innermost
        self._exit(moment, level)
        step = level.current = level.remaining.popleft()
        self._since = moment
        self.add(moment, state_entered(step.state.type, step.state.name, self._data), level.chain)
        if step.state.type == "Parallel":
            self.add(moment, ("ParallelStateStarted", None), level.chain)
        elif isinstance(step.state, MapState):
            self.add(moment, ("MapStateStarted", _items(step.state, self._data)), level.chain)
        self._call(moment)
        if step.inner is not None:
            self._enter_inner(moment, level, step, step.inner)

    def _exit(self, moment: int, level: _Level) -> None:
        if level.current is None:
            return
        state, catcher, _ = level.current
        if catcher is not None:
            error = catcher.error_equals[0]
            self._add_failure(moment, level, _CAUGHT if error == "States.ALL" else error, None)
        elif state.type in _NESTING:
            self.add(moment, (f"{state.type}StateSucceeded", None), level.chain, advance=False)
        elif (resource := _resource(state)) is not None:
            self._ensure_started(moment, resource, level.chain)
            self.add(moment, task_events.succeeded(resource, self._data), level.chain)
        self.add(moment, state_exited(state.type, state.name, self._data), level.chain)
        level.current = None

    def _enter_inner(self, moment: int, outer: _Level, step: RouteStep, route: InnerRoute) -> None:
        """Enter a branch or the first iteration of a state."""
        level = _Level(route.program, Chain(outer.chain.head), step.state, deque(route.steps))
        self._levels.append(level)
        self._add_iteration_event(moment, level, "Started")

    def _leave_level(self, moment: int) -> None:
        """End a branch or an iteration that has succeeded."""
        level = self._levels.pop()
        self._exit(moment, level)
        self._add_iteration_event(moment, level, "Succeeded")
        self._innermost.chain.head = level.chain.head

    def _add_iteration_event(self, moment: int, level: _Level, how: str) -> None:
        if isinstance(level.outer, MapState):
            event = f"MapIteration{how}", {"name": level.outer.name, "index": 0}
            self.add(moment, event, level.chain, advance=how != "Failed")

    # --- Tasks ---------------------------------------------------------------------------------------------------

    def _call(self, moment: int) -> None:
        current = self._innermost.current
        if current is None or not isinstance(current.state, TaskState):
            return
        resource = _resource(current.state)
        if resource is None:
            return
        chain = self._innermost.chain
        self.add(moment, _scheduled(current.state, resource, self._data, self._region), chain)
        if resource.arn != self._awaited_activity:
            self.add(moment, task_events.started(resource, worker_name=self._workers.get(resource.arn)), chain)
        if resource.pattern is not Pattern.REQUEST_RESPONSE:
            self.add(moment, task_events.submitted(resource, "{}"), chain)

    def _ensure_started(self, moment: int, resource: Resource, chain: Chain) -> None:
        """Add the start of an activity's task by an unknown worker if none has started it, before it ends."""
        if resource.arn == self._awaited_activity:
            self._awaited_activity = None
            self.add(moment, task_events.started(resource, worker_name=None), chain)

    def _add_failure(self, moment: int, level: _Level, error: str | None, cause: str | None) -> None:
        """Add the failure of the current state's task, branches or iterations."""
        if level.current is None:
            return
        state = level.current.state
        if state.type in _NESTING:
            self.add(moment, (f"{state.type}StateFailed", None), level.chain)
        elif (resource := _resource(state)) is not None:
            if error == TIMEOUT:
                self.add(moment, task_events.timed_out(resource, TIMEOUT, cause), level.chain)
                return
            self._ensure_started(moment, resource, level.chain)
            self.add(moment, task_events.failed(resource, error, cause), level.chain)

    # --- The end -------------------------------------------------------------------------------------------------

    def _run_to_success(self, moment: int, output: str) -> None:
        """Pass through all remaining states except a Fail state, then end with the output."""
        if self._target is not None:
            self._forget_target()
        level = self._innermost
        if level.current is None and level.remaining and level.remaining[0].state.type != "Fail":
            self._step(moment)
        self._data = output
        while True:
            level = self._innermost
            while level.remaining and level.remaining[0].state.type != "Fail":
                self._step(moment)
            if level is self._outermost:
                break
            self._leave_level(moment)
        self._exit(moment, level)

    def _run_to_failure(self, moment: int, ending: Ending) -> None:
        """Fail in the target, or in the Fail state at the end of the route, or in the current state."""
        remaining = self._innermost.remaining
        if self._target is not None or (remaining and remaining[-1].state.type == "Fail"):
            self._run_to_last_state(moment)
        self._add_failure(moment, self._innermost, ending.error, ending.cause)
        for outer, inner in zip(self._levels[-2::-1], self._levels[:0:-1], strict=True):
            self._add_iteration_event(moment, inner, "Failed")
            outer.chain.head = inner.chain.head
            self._add_failure(moment, outer, ending.error, ending.cause)

    def _run_to_last_state(self, moment: int) -> None:
        while self._innermost.remaining:
            level, state = self._innermost, self._innermost.remaining[0].state
            if state.type == "Fail":
                self._exit(moment, level)
                # The Fail state stays in `remaining`, because a redrive enters it again (Developer Guide, redrive
                # behavior of individual states).
                self.add(moment, state_entered("Fail", state.name, self._data), level.chain)
                return
            self._step(moment)


def _duration(state: State) -> float:
    """Return the duration of a state in milliseconds, infinity if the definition does not contain it."""
    if state.type in ("Choice", "Pass"):
        return 0
    if isinstance(state, WaitState) and isinstance(state.seconds, (int, float)):
        return max(state.seconds, 0) * 1000
    return inf


def _resource(state: State) -> Resource | None:
    """Return the resource of a Task state, None for other states and invalid resources."""
    if not isinstance(state, TaskState):
        return None
    try:
        return parse_resource(state.resource)
    except ResourceError:
        return None


def _scheduled(state: TaskState, resource: Resource, data: str, region: str) -> task_events.TaskEvent:
    payload = state.payload.arguments if state.is_jsonata else state.payload.parameters
    return task_events.scheduled(
        resource,
        # Paths and expressions in the payload are not evaluated.
        data if payload is ABSENT else json.dumps(payload, separators=(",", ":")),
        region=region,
        timeout_seconds=_whole(state.timeout_seconds),
        heartbeat_seconds=_whole(state.heartbeat_seconds),
    )


def _whole(seconds: float | str | None) -> int | None:
    return int(seconds) if isinstance(seconds, (int, float)) else None


def _items(state: MapState, data: str) -> dict[str, Any]:
    """Return the details of MapStateStarted: the number of items, if it follows from the input."""
    try:
        value = json.loads(data)
        if state.is_jsonata:
            value = value if state.items is ABSENT else state.items
        else:
            value = parse_path(state.items_path or "$").evaluate(value, context={}, variables={})
    except (ValueError, RecursionError, PathError):
        return {}
    return {"length": len(value)} if isinstance(value, list) and state.item_reader is None else {}
