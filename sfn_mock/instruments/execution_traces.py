"""The events of an execution's history, arranged by states, tasks and map runs.

Branches and iterations have no order among each other. So a state is found by its path: the branches and iterations
around it, its name, and the number of earlier visits of that state. The path follows from the chains of
previousEventId.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sfn_mock.asl.events import Event
from sfn_mock.asl.host import FailedStep
from sfn_mock.asl.task_events import FAILURES

#: The states, attempts, branches and iterations around an event, each with its number.
Path = tuple[tuple[str, str | int, int], ...]

#: The beginnings of the types of a task's events.
_TASKS = ("Task", "LambdaFunction", "Activity")
_SCHEDULED = tuple(f"{task}Scheduled" for task in _TASKS)
_STARTED = tuple(f"{task}Started" for task in _TASKS)
#: The status of a task by the type of its last event.
_TASK_ENDS = {
    **dict.fromkeys((f"{task}Succeeded" for task in _TASKS), "SUCCEEDED"),
    **dict.fromkeys((f"{task}{end}" for task in _TASKS for end in FAILURES.values()), "FAILED"),
    **dict.fromkeys((f"{task}TimedOut" for task in _TASKS), "TIMED_OUT"),
}
_MAP_RUN_ENDS = {"MapRunSucceeded": "SUCCEEDED", "MapRunFailed": "FAILED", "MapRunAborted": "ABORTED"}
_EXECUTION_ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


@dataclass
class Span:
    """A task, a map run or an execution, with its first and last event.

    Attributes:
        begin: Its first event.
        started: The event of its start, None if it was only scheduled.
        submitted: The answer of the service to a task that then waited, as JSON text.
        status: SUCCEEDED, FAILED, TIMED_OUT or ABORTED; None while it is running.
        end: Its last event.
    """

    begin: Event
    started: Event | None = None
    submitted: str | None = None
    status: str | None = None
    end: Event | None = None

    @property
    def details(self) -> dict[str, Any]:
        """The details of the first event."""
        return self.begin.details or {}

    def end_detail(self, member: str) -> Any:
        """Return a member of the details of its last event; None if there is none."""
        return detail(self.end, member)

    @property
    def duration(self) -> int:
        """How long it took, in milliseconds; 0 while it is running."""
        return 0 if self.end is None else max(self.end.moment - self.begin.moment, 0)

    def time_left(self, moment: int) -> int:
        """Return the milliseconds until the end of its counterpart in a replay that begins at a moment.

        A replay takes no time between tasks, so its tasks begin earlier. They end at the recorded moments, so that
        tasks at the same time end in the recorded order; one that begins later takes as long as the recorded one.
        """
        return self.duration + max(self.begin.moment - moment, 0)

    @property
    def failed_step(self) -> FailedStep:
        """The step at which a task failed."""
        kind = "" if self.end is None else self.end.type
        return next((step for step, ending in FAILURES.items() if kind.endswith(ending)), "run")

    def finish(self, status: str, event: Event) -> None:
        """Record its end."""
        self.status, self.end = status, event


@dataclass
class Visit:
    """One visit of a state.

    Attributes:
        path: Its path.
        entered: The event of its entry.
        exited: The event of its exit; None if it failed, was aborted or is running.
        tasks: The tasks of a Task state, one for each attempt.
        map_runs: The map runs of a Map state, each time they were started or redriven.
        evaluation: The event of a failed evaluation.
        is_failed: Whether it has failed at least once, as far as the history shows.
    """

    path: Path
    entered: Event
    exited: Event | None = None
    tasks: list[Span] = field(default_factory=list)
    map_runs: list[Span] = field(default_factory=list)
    evaluation: Event | None = None
    is_failed: bool = False

    @property
    def name(self) -> str:
        """The state's name."""
        return str(self.path[-1][1])

    @property
    def input(self) -> Any:
        """The state's input, as JSON text."""
        return detail(self.entered, "input")

    @property
    def output(self) -> Any:
        """The state's output, as JSON text; None without an exit."""
        return detail(self.exited, "output")

    @property
    def type(self) -> str:
        """The state's type."""
        return self.entered.type.removesuffix("StateEntered")

    @property
    def is_open(self) -> bool:
        """Whether it is running, or was aborted."""
        return self.exited is None and not self.is_failed


class Trace:
    """The visits, tasks and map runs of an execution.

    Attributes:
        sequences: The visits in order, by path of the branch or iteration; () is the execution itself.
        visits: The visits by path.
        runs: The execution's attempts: from its start, and from each redrive.
        events: The events so far.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.sequences: dict[Path, list[Visit]] = {}
        self.visits: dict[Path, Visit] = {}
        self.runs: list[Span] = []
        self.events: list[Event] = []
        self._positions: dict[int, Path] = {0: ()}
        self._counts: Counter[Path] = Counter()
        #: The attempts of Parallel and Map states that have failed.
        self._failed_attempts: set[Path] = set()
        self.extend(events)

    def extend(self, events: Iterable[Event]) -> None:
        """Add events that follow those so far."""
        for event in events:
            self.events.append(event)
            self._positions[event.id] = self._take(event, self._positions[event.previous_event_id])

    def visit_of(self, event: Event) -> Visit | None:
        """Return the visit of a state to which an event belongs; None for an event outside of all states."""
        return next(self._visits_around(self._positions[event.id]), None)

    @property
    def input(self) -> Any:
        """The execution's input, as JSON text."""
        return detail(self.runs[0].begin, "input")

    @property
    def end(self) -> Span:
        """The execution's last attempt."""
        return self.runs[-1]

    def is_cut(self, sequence: Path) -> bool:
        """Return whether a sequence of states may have been aborted, so that more states would have followed."""
        attempt = _up_to(sequence, "attempt")
        if not attempt:
            return self.end.status not in ("SUCCEEDED", "FAILED")
        return attempt in self._failed_attempts or self.visits[attempt[:-1]].exited is None

    # --- Where an event belongs --------------------------------------------------------------------------------------

    def _take(self, event: Event, path: Path) -> Path:
        """Record an event that follows the events at a path; return its own path."""
        kind = event.type
        if kind in ("ExecutionStarted", "ExecutionRedriven"):
            self.runs.append(Span(event))
        elif kind in _EXECUTION_ENDS:
            self.end.finish(_EXECUTION_ENDS[kind], event)
            if kind == "ExecutionFailed":
                self._fail(path)
        elif kind.endswith("StateEntered"):
            return self._enter(event, path)
        elif kind.endswith("StateExited"):
            return self._exit(event, path)
        elif kind in ("ParallelStateStarted", "MapStateStarted"):
            return self._number((*_up_to(path, "state"), ("attempt", "", 0)))
        elif kind in ("ParallelStateFailed", "MapStateFailed"):
            return self._fail_attempt(kind.removesuffix("StateFailed"), path)
        elif kind == "MapIterationStarted":
            index = int(detail(event, "index") or 0)
            return self._number((*self._map_of(event, path), ("iteration", index, 0)))
        elif kind == "MapIterationFailed":
            self._fail(path)
        elif kind == "EvaluationFailed":
            return self._fail_evaluation(event, path)
        else:
            self._take_in_state(event, path)
        return path

    def _number(self, path: Path) -> Path:
        """Return a path with the number of its last part among equal ones."""
        self._counts[path] += 1
        return (*path[:-1], (*path[-1][:2], self._counts[path]))

    def _enter(self, event: Event, path: Path) -> Path:
        name = str(detail(event, "name"))
        around = path
        # A state that was not exited has failed, and its execution was redriven.
        while around and around[-1][0] == "state":
            around = around[:-1]
        if around and around[-1][0] == "attempt":
            around = self._number((*around, ("branch", name, 0)))
        path = self._number((*around, ("state", name, 0)))
        visit = self.visits[path] = Visit(path, event)
        self.sequences.setdefault(around, []).append(visit)
        return path

    def _exit(self, event: Event, path: Path) -> Path:
        name = detail(event, "name")
        for visit in self._visits_around(path):
            if visit.name == name:
                visit.exited = event
                return visit.path[:-1]
        return path

    def _map_of(self, event: Event, path: Path) -> Path:
        """Return the path of the attempt of the Map state whose iteration starts."""
        name = detail(event, "name")
        for visit in self._visits_around(path):
            if visit.name == name:
                return path[: len(visit.path) + 1]
        return path

    def _visits_around(self, path: Path) -> Iterator[Visit]:
        """Yield the visits of states that contain a path, innermost first."""
        for length in range(len(path), 0, -1):
            if path[length - 1][0] == "state":
                yield self.visits[path[:length]]

    # --- What happens in a state -------------------------------------------------------------------------------------

    def _fail(self, path: Path) -> None:
        visit = next(self._visits_around(path), None)
        if visit is not None:
            visit.is_failed = True

    def _fail_attempt(self, state_type: str, path: Path) -> Path:
        """Record that an attempt of a Parallel or Map state has failed, with its states that contain a path."""
        for visit in self._visits_around(path):
            attempt = path[: len(visit.path) + 1]
            visit.is_failed = True
            if visit.type == state_type and attempt not in self._failed_attempts:
                self._failed_attempts.add(attempt)
                return visit.path
        return path

    def _fail_evaluation(self, event: Event, path: Path) -> Path:
        """Record a failed evaluation, which may follow the event before its state was entered."""
        name = detail(event, "state")
        around = next((visit for visit in self._visits_around(path) if visit.name == name), None)
        if around is None:
            around = next((visit for visit in reversed(self.visits.values()) if visit.name == name), None)
        if around is None:
            return path
        around.evaluation = event
        return around.path

    def _take_in_state(self, event: Event, path: Path) -> None:
        visit = next(self._visits_around(path), None)
        if visit is None:
            return
        kind = event.type
        if kind in _SCHEDULED:
            visit.tasks.append(Span(event))
        elif kind in ("MapRunStarted", "MapRunRedriven"):
            visit.map_runs.append(Span(event))
        elif kind in _MAP_RUN_ENDS and visit.map_runs:
            visit.map_runs[-1].finish(_MAP_RUN_ENDS[kind], event)
        elif visit.tasks:
            self._take_in_task(event, visit.tasks[-1])

    def _take_in_task(self, event: Event, task: Span) -> None:
        kind = event.type
        if kind in _STARTED:
            task.started = event
        elif kind == "TaskSubmitted":
            task.submitted = detail(event, "output")
        elif kind in _TASK_ENDS:
            task.finish(_TASK_ENDS[kind], event)


def detail(event: Event | None, member: str) -> Any:
    """Return a member of the details of an event; None if there is none."""
    return None if event is None or event.details is None else event.details.get(member)


def _up_to(path: Path, kind: str) -> Path:
    """Return a path up to its last part of a kind."""
    while path and path[-1][0] != kind:
        path = path[:-1]
    return path


def describe_path(path: Path) -> str:
    """Return the position of a state in words: ``iteration 2 of 'Pack'``; empty outside branches and iterations."""
    words = []
    for position, (kind, name, _) in enumerate(path):
        around = path[position - 2][1] if position >= 2 else ""
        if kind == "iteration":
            words.append(f"iteration {name} of {around!r}")
        elif kind == "branch":
            words.append(f"branch {name!r} of {around!r}")
    return ", ".join(reversed(words))
