"""Build the history of an execution whose definition does not run, along the states of the definition.

The history has the states from StartAt along Next, or on the path to the state in which the execution fails; other
branches and iterations are left out. A RUNNING execution is in the first state that takes time, or in the last one;
when it stops, the remaining states follow at once. The input passes through the states unchanged, and the output comes
from the state in which the execution succeeds. No event depends on later ones: events never change once they are shown.
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
from sfn_mock.asl.nodes import ABSENT, Catcher, MapState, Program, State, TaskState, WaitState
from sfn_mock.asl.paths import PathError, parse_path
from sfn_mock.asl.resources import Pattern, Resource, ResourceError, parse_resource
from sfn_mock.asl.routes import FINAL_TYPES, Leg, Step, find_route, follow
from sfn_mock.state.outcomes import Ending

_NESTING = ("Map", "Parallel")
#: The error of a failed state whose catcher names none.
_CAUGHT = "States.TaskFailed"


@dataclass
class _Level:
    """A sequence of states: of the execution, a branch or an iteration.

    Attributes:
        program: The states.
        chain: The chain of their events.
        ahead: The steps that follow.
        inside: The current step; None before the first one, and in a Fail state.
        outer: The state that contains them; None for states of the execution itself.
    """

    program: Program
    chain: Chain
    outer: State | None = None
    ahead: deque[Step] = field(default_factory=deque)
    inside: Step | None = None


class DrawnHistory:
    """A history that is built forward in time."""

    def __init__(self, program: Program, input: str, region: str) -> None:
        """Start with an execution's input, as JSON text, before its first state."""
        #: The data that passes from state to state, as JSON text.
        self._data = input
        self._region = region
        # Without a run the history cannot reach its limit.
        self._history = History(is_limited=False)
        self._levels = [_Level(program, Chain())]
        #: The state in which the execution fails, if known.
        self._target: str | None = None
        #: When the execution entered its state.
        self._since = 0
        #: The activity whose task no worker has taken yet.
        self._awaited: str | None = None
        #: By activity: the worker that took its task before the execution reached the state.
        self._workers: dict[str, str | None] = {}

    @property
    def events(self) -> list[Event]:
        """The events so far, oldest first."""
        return self._history.events

    # --- The execution -------------------------------------------------------------------------------------------

    def start(
        self, moment: int, role_arn: str, *, alias_arn: str | None, version_arn: str | None, target: str | None
    ) -> None:
        """Start the execution, on the path to the state in which it will fail, if known."""
        self._since = moment
        event_type, details = execution_started(self._data, role_arn, alias_arn=alias_arn, version_arn=version_arn)
        self._history.add(moment, event_type, details, self._base.chain, advance=False)
        self._base.ahead = deque(follow(self._base.program, self._base.program.start_at))
        if target is not None:
            self._aim_at(moment, target)

    def redrive(self, moment: int, redrive_count: int, target: str | None) -> None:
        """Continue where the previous attempt ended, without entering that state again."""
        self._since = moment
        for level in self._levels:
            level.chain.head = len(self.events) + 1
        self._history.redrive(moment, redrive_count, self._base.chain)
        if self._target is not None:
            self._forget_target()
        if target is not None:
            self._aim_at(moment, target)
        self._call(moment)

    def await_worker(self, activity_arn: str | None) -> None:
        """Delay the start of an activity's task in the next attempt until a worker takes it."""
        self._awaited = activity_arn
        self._workers = {}

    def hand_out(self, moment: int, worker_name: str | None) -> None:
        """Record that a worker takes the awaited task, now or when the execution reaches it."""
        activity_arn, self._awaited = self._awaited, None
        inside = self._inmost.inside
        resource = None if inside is None else _resource(inside.state)
        if resource is not None and resource.arn == activity_arn:
            self._tell_started(moment, resource, worker_name, self._inmost.chain)
        elif activity_arn is not None:
            self._workers[activity_arn] = worker_name

    def end(self, moment: int, ending: Ending) -> None:
        """End the execution."""
        if ending.status == "SUCCEEDED":
            self._go_to_success(moment, ending.output or "{}")
        elif ending.status == "FAILED":
            self._go_to_failure(moment, ending)
        event = execution_ended(ending.status, output=ending.output, error=ending.error, cause=ending.cause)
        self._history.end(moment, *event, self._base.chain)

    def tell(self, moment: int, event_type: str, details: dict[str, Any] | None, *, advance: bool = True) -> None:
        """Add an event in the current state."""
        self._add(moment, (event_type, details), self._inmost.chain, advance=advance)

    @property
    def _base(self) -> _Level:
        return self._levels[0]

    @property
    def _inmost(self) -> _Level:
        return self._levels[-1]

    def _add(
        self, moment: int, event: tuple[str, dict[str, Any] | None], chain: Chain, *, advance: bool = True
    ) -> None:
        event_type, details = event
        self._history.add(moment, event_type, details, chain, advance=advance)

    # --- The way to the state in which it fails ------------------------------------------------------------------

    def _aim_at(self, moment: int, target: str) -> None:
        """Take the shortest path to a state, from the current state or, if there is none, from the start."""
        self._target = target
        while True:
            level = self._inmost
            here = [level.inside] if level.inside is not None else list(level.ahead)
            route = find_route(level.program, target, here[0].state.name) if here else None
            if route is not None or level is self._base:
                break
            self._leave(moment)
        if route is None:
            level.inside = None
            route = find_route(level.program, target) or ()
        if level.inside is None:
            level.ahead = deque(route)
            return
        level.inside, *ahead = route
        level.ahead = deque(ahead)
        if level.inside.inner is not None:
            self._go_into(moment, level, level.inside, level.inside.inner)

    def _forget_target(self) -> None:
        """Continue on the default path, at every level."""
        self._target = None
        for level in self._levels:
            if level.inside is not None:
                level.inside = Step(level.inside.state)
                level.ahead = deque(follow(level.program, level.inside.state.next))

    # --- From state to state -------------------------------------------------------------------------------------

    def pass_states(self, until: int) -> None:
        """Pass through the states that end by ``until``, into the first one that does not."""
        while self._inmost.ahead and self._inmost.ahead[0].state.type not in FINAL_TYPES:
            inside = self._inmost.inside
            over = self._since + (0 if inside is None else _duration(inside.state))
            if over > until:
                return
            self._step(int(over))

    def go_to_map(self, moment: int, label: str) -> None:
        """Enter the Map state with that label, if it follows."""
        while any(isinstance(step.state, MapState) and step.state.label == label for step in self._inmost.ahead):
            self._step(moment)

    def _step(self, moment: int) -> None:
        level = self._inmost
        self._exit(moment, level)
        step = level.inside = level.ahead.popleft()
        self._since = moment
        self._add(moment, state_entered(step.state.type, step.state.name, self._data), level.chain)
        if step.state.type == "Parallel":
            self._add(moment, ("ParallelStateStarted", None), level.chain)
        elif isinstance(step.state, MapState):
            self._add(moment, ("MapStateStarted", _items(step.state, self._data)), level.chain)
        self._call(moment)
        if step.inner is not None:
            self._go_into(moment, level, step, step.inner)

    def _exit(self, moment: int, level: _Level) -> None:
        if level.inside is None:
            return
        state, catcher, _ = level.inside
        if catcher is not None:
            self._fail_work(moment, level, _caught(catcher), None)
        elif state.type in _NESTING:
            self._add(moment, (f"{state.type}StateSucceeded", None), level.chain, advance=False)
        elif (resource := _resource(state)) is not None:
            self._begin_work(moment, resource, level.chain)
            self._add(moment, task_events.succeeded(resource, self._data), level.chain)
        self._add(moment, state_exited(state.type, state.name, self._data), level.chain)
        level.inside = None

    def _go_into(self, moment: int, outer: _Level, step: Step, leg: Leg) -> None:
        """Enter a branch or the first iteration of a state."""
        level = _Level(leg.program, Chain(outer.chain.head), step.state, deque(leg.steps))
        self._levels.append(level)
        self._tell_iteration(moment, level, "Started")

    def _leave(self, moment: int) -> None:
        """Leave a branch or an iteration that has succeeded."""
        level = self._levels.pop()
        self._exit(moment, level)
        self._tell_iteration(moment, level, "Succeeded")
        self._inmost.chain.head = level.chain.head

    def _tell_iteration(self, moment: int, level: _Level, how: str) -> None:
        if isinstance(level.outer, MapState):
            event = f"MapIteration{how}", {"name": level.outer.name, "index": 0}
            self._add(moment, event, level.chain, advance=how != "Failed")

    # --- Tasks ---------------------------------------------------------------------------------------------------

    def _call(self, moment: int) -> None:
        inside = self._inmost.inside
        if inside is None or not isinstance(inside.state, TaskState):
            return
        resource = _resource(inside.state)
        if resource is None:
            return
        chain = self._inmost.chain
        self._add(moment, _scheduled(inside.state, resource, self._data, self._region), chain)
        if resource.arn != self._awaited:
            self._tell_started(moment, resource, self._workers.get(resource.arn), chain)
        if resource.pattern is not Pattern.REQUEST_RESPONSE:
            self._add(moment, task_events.submitted(resource, "{}"), chain)

    def _tell_started(self, moment: int, resource: Resource, worker_name: str | None, chain: Chain) -> None:
        self._add(moment, task_events.started(resource, worker_name=worker_name), chain)

    def _begin_work(self, moment: int, resource: Resource, chain: Chain) -> None:
        """Let an unknown worker take the task, if none has, because only a taken task can end."""
        if resource.arn == self._awaited:
            self._awaited = None
            self._tell_started(moment, resource, None, chain)

    def _fail_work(self, moment: int, level: _Level, error: str | None, cause: str | None) -> None:
        """Add the failure of the state's task."""
        if level.inside is None:
            return
        state = level.inside.state
        if state.type in _NESTING:
            self._add(moment, (f"{state.type}StateFailed", None), level.chain)
        elif (resource := _resource(state)) is not None:
            if error == TIMEOUT:
                self._add(moment, task_events.timed_out(resource, TIMEOUT, cause), level.chain)
                return
            self._begin_work(moment, resource, level.chain)
            self._add(moment, task_events.failed(resource, error, cause), level.chain)

    # --- The end -------------------------------------------------------------------------------------------------

    def _go_to_success(self, moment: int, output: str) -> None:
        """Pass through all following states; a Fail state among them was not entered."""
        if self._target is not None:
            self._forget_target()
        level = self._inmost
        if level.inside is None and level.ahead and level.ahead[0].state.type != "Fail":
            self._step(moment)
        self._data = output
        while True:
            level = self._inmost
            while level.ahead and level.ahead[0].state.type != "Fail":
                self._step(moment)
            if level is self._base:
                break
            self._leave(moment)
        self._exit(moment, level)

    def _go_to_failure(self, moment: int, ending: Ending) -> None:
        """Enter the state in which it fails, or the Fail state at the end of the path, or fail in the current state."""
        ahead = self._inmost.ahead
        if self._target is not None or (ahead and ahead[-1].state.type == "Fail"):
            self._go_to_the_last(moment)
        self._fail_work(moment, self._inmost, ending.error, ending.cause)
        for outer, inner in zip(self._levels[-2::-1], self._levels[:0:-1], strict=True):
            self._tell_iteration(moment, inner, "Failed")
            outer.chain.head = inner.chain.head
            self._fail_work(moment, outer, ending.error, ending.cause)

    def _go_to_the_last(self, moment: int) -> None:
        while self._inmost.ahead:
            level, state = self._inmost, self._inmost.ahead[0].state
            if state.type == "Fail":
                self._exit(moment, level)
                # It stays ahead: a redrive enters it again (Developer Guide, redrive behavior of individual states).
                self._add(moment, state_entered("Fail", state.name, self._data), level.chain)
                return
            self._step(moment)


def _duration(state: State) -> float:
    """Return the duration of a state in milliseconds; infinity if the definition does not have it."""
    if state.type in ("Choice", "Pass"):
        return 0
    if isinstance(state, WaitState) and isinstance(state.seconds, (int, float)):
        return max(state.seconds, 0) * 1000
    return inf


def _resource(state: State) -> Resource | None:
    """Return the resource of a Task state; None for other states and invalid resources."""
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
        # Paths and expressions in it are not evaluated.
        data if payload is ABSENT else json.dumps(payload, separators=(",", ":")),
        region=region,
        timeout_seconds=_whole(state.timeout_seconds),
        heartbeat_seconds=_whole(state.heartbeat_seconds),
    )


def _whole(seconds: float | str | None) -> int | None:
    return int(seconds) if isinstance(seconds, (int, float)) else None


def _items(state: MapState, data: str) -> dict[str, Any]:
    """Return the details of a Map state's start: the number of items, if its input has it."""
    try:
        value = json.loads(data)
        if state.is_jsonata:
            value = value if state.items is ABSENT else state.items
        else:
            value = parse_path(state.items_path or "$").evaluate(value, context={}, variables={})
    except (ValueError, RecursionError, PathError):
        return {}
    return {"length": len(value)} if isinstance(value, list) and state.item_reader is None else {}


def _caught(catcher: Catcher) -> str:
    error = catcher.error_equals[0]
    return _CAUGHT if error == "States.ALL" else error
