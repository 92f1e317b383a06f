"""The events of an execution that does not run, drawn along the states of its definition.

Of the definition, the states are told that follow one another from StartAt by Next, or those on the way to the state in
which the execution fails; what other branches and iterations do stays untold. A RUNNING execution is in the first state
that takes its time, or in the last before the end; when it stops, the rest follows at once. Its input passes through
the states unchanged, and its output comes from the one that it is in when it succeeds. So no event depends on what
comes after it: what was told at one moment is told the same at every later one.
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
#: What a state is told to have failed with where its catcher names no error.
_CAUGHT = "States.TaskFailed"


@dataclass
class _Level:
    """States that follow one another: of the execution, or of a branch or an iteration.

    Attributes:
        program: The states.
        chain: The chain of their events.
        ahead: The steps that are still to come.
        inside: The step where the execution is; None before the first, and in a Fail state.
        outer: The state that they are inside; None for those of the execution itself.
    """

    program: Program
    chain: Chain
    outer: State | None = None
    ahead: deque[Step] = field(default_factory=deque)
    inside: Step | None = None


class DrawnHistory:
    """A history that is drawn forward, from moment to moment."""

    def __init__(self, program: Program, input: str, region: str) -> None:
        """Begin with an execution's input, as JSON text, before its first state."""
        #: What passes from state to state, as JSON text.
        self._data = input
        self._region = region
        # Nothing runs that could come to the end of a history.
        self._history = History(is_limited=False)
        self._levels = [_Level(program, Chain())]
        #: The state that the way leads to, where it is known.
        self._target: str | None = None
        #: Since when the execution has been in its state.
        self._since = 0
        #: The activity whose task is known to be taken by no worker yet.
        self._awaited: str | None = None
        #: By activity: the worker that has taken its task before the execution came there.
        self._workers: dict[str, str | None] = {}

    @property
    def events(self) -> list[Event]:
        """The events so far, oldest first."""
        return self._history.events

    # --- The execution -------------------------------------------------------------------------------------------

    def start(
        self, moment: int, role_arn: str, *, alias_arn: str | None, version_arn: str | None, target: str | None
    ) -> None:
        """Start the execution, on its way to a state in which it is to fail, if that is known."""
        self._since = moment
        event_type, details = execution_started(self._data, role_arn, alias_arn=alias_arn, version_arn=version_arn)
        self._history.add(moment, event_type, details, self._base.chain, advance=False)
        self._base.ahead = deque(follow(self._base.program, self._base.program.start_at))
        if target is not None:
            self._aim_at(moment, target)

    def redrive(self, moment: int, redrive_count: int, target: str | None) -> None:
        """Go on where the run before came to an end, without entering that state again."""
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
        """Tell that an activity's task is started only when a worker takes it, in the attempt that begins."""
        self._awaited = activity_arn
        self._workers = {}

    def hand_out(self, moment: int, worker_name: str | None) -> None:
        """Tell that a worker takes the task that is awaited, here or where the execution comes to it."""
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
        """Tell of something that happens in the state where the execution is."""
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
        """Take the shortest way to a state, from where the execution is or, where none leads there, from the start."""
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
        """Take the way of all executions from here, in every level."""
        self._target = None
        for level in self._levels:
            if level.inside is not None:
                level.inside = Step(level.inside.state)
                level.ahead = deque(follow(level.program, level.inside.state.next))

    # --- From state to state -------------------------------------------------------------------------------------

    def pass_states(self, until: int) -> None:
        """Go through the states that are over by ``until``, into one that is not."""
        while self._inmost.ahead and self._inmost.ahead[0].state.type not in FINAL_TYPES:
            inside = self._inmost.inside
            over = self._since + (0 if inside is None else _duration(inside.state))
            if over > until:
                return
            self._step(int(over))

    def go_to_map(self, moment: int, label: str) -> None:
        """Go into the Map state with that label, if it is ahead."""
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
        """Go into a branch or the first iteration of a state."""
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

    # --- What a Task state calls ---------------------------------------------------------------------------------

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
        event_type, details = task_events.started(resource, worker_name=worker_name)
        self._add(moment, (event_type, details or None), chain)

    def _begin_work(self, moment: int, resource: Resource, chain: Chain) -> None:
        """Tell that an unknown worker takes the task, if none has: only then can it come to an end."""
        if resource.arn == self._awaited:
            self._awaited = None
            self._tell_started(moment, resource, None, chain)

    def _fail_work(self, moment: int, level: _Level, error: str | None, cause: str | None) -> None:
        """Tell that what the state does has failed."""
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
        """Go through all that is ahead; a Fail state there was not on the way it took."""
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
        """Go into the state in which it fails, or the Fail state at the end of the way; it may fail where it is."""
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
    """Return how long a state takes, in milliseconds; infinity where the definition does not say."""
    if state.type in ("Choice", "Pass"):
        return 0
    if isinstance(state, WaitState) and isinstance(state.seconds, (int, float)):
        return max(state.seconds, 0) * 1000
    return inf


def _resource(state: State) -> Resource | None:
    """Return what a Task state calls, None for other states and for what no Task can call."""
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
        # Paths and expressions in it stay as they are written.
        data if payload is ABSENT else json.dumps(payload, separators=(",", ":")),
        region=region,
        timeout_seconds=_whole(state.timeout_seconds),
        heartbeat_seconds=_whole(state.heartbeat_seconds),
    )


def _whole(seconds: float | str | None) -> int | None:
    return int(seconds) if isinstance(seconds, (int, float)) else None


def _items(state: MapState, data: str) -> dict[str, Any]:
    """Return the details of a Map state's start: the number of its items, as far as its input tells it."""
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
