"""The events that an execution's time line, definition and map runs come to, as GetExecutionHistory tells them.

Nothing is executed. Of the definition, the states are told that follow one another from StartAt by Next; what happens
inside Parallel and Map states, or behind a Choice, stays untold. A RUNNING execution is in the first state that takes
its time, or in the last before the end; when it stops, the rest follows at once. Its input passes through the states
unchanged, and its output comes from the one that it is in when it succeeds. So no event depends on what comes after
it: what was told at one moment is told the same at every later one.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from sfn_mock.state.outcomes import Ending

if TYPE_CHECKING:
    from sfn_mock.state.executions import Execution
    from sfn_mock.state.map_runs import MapRun

_FINAL_TYPES = ("Succeed", "Fail")
_STATE_TYPES = ("Choice", "Map", "Parallel", "Pass", "Task", "Wait", *_FINAL_TYPES)

_LAMBDA_FUNCTION = re.compile(r"arn:[^:]+:lambda:.+")
_ACTIVITY = re.compile(r"arn:[^:]+:states:[^:]+:[^:]+:activity:.+")
_INTEGRATION = re.compile(r"arn:[^:]+:states:[^:]*:[^:]*:(?P<type>(aws-sdk:)?[^:]+):(?P<resource>.+)")

#: What a run ended with of which only that it was redriven, or waits for it, is known.
_REDRIVABLE = Ending("FAILED")


class Event(NamedTuple):
    """One event of a history, in which events are numbered from 1."""

    id: int
    moment: int
    type: str
    #: By the names that the API's members have in snake_case; None for a type that has no details.
    details: Mapping[str, Any] | None

    @property
    def previous_id(self) -> int:
        """The first two events have none before them, as recorded on AWS."""
        return self.id - 1 if self.id > 2 else 0


def closing(ending: Ending) -> tuple[str, Mapping[str, Any]]:
    """Type and details of the event with which an execution that comes to ``ending`` is over."""
    fault = {"error": ending.error, "cause": ending.cause}
    return {
        "SUCCEEDED": ("ExecutionSucceeded", {"output": ending.output}),
        "FAILED": ("ExecutionFailed", fault),
        "TIMED_OUT": ("ExecutionTimedOut", {}),
        "ABORTED": ("ExecutionAborted", fault),
    }[ending.status]


def events_until(execution: Execution, moment: int) -> list[Event]:
    """What has happened in ``execution``, which has started, by ``moment``, oldest first."""
    runs = list(_runs(execution, moment))
    turns = _turns_of_map_runs(execution, runs, moment)
    story = _Story(execution)
    for run, turns_in_run in zip(runs, turns, strict=True):
        story.tell(run, turns_in_run)
    return story.events


# --- What there is to tell ---------------------------------------------------------------------------------------


class _Run(NamedTuple):
    """The execution from its start or a redrive until it stops; what has not stopped is told until now."""

    since: int
    until: int
    #: None for one that has not stopped.
    ending: Ending | None
    redrive_count: int


def _runs(execution: Execution, moment: int) -> Iterator[_Run]:
    """Each run by ``moment``. Of redrives seeded by their number alone, all come at the date of the last."""
    attempts = [attempt for attempt in execution.attempts if attempt.since <= moment]
    # One that only waits for its redrive has not run since the attempt before.
    starts = [
        attempt
        for before, attempt in zip([None, *attempts], attempts, strict=False)
        if before is None or attempt.redrive_count > before.redrive_count
    ]
    for attempt, after in zip(starts, [*starts[1:], None], strict=True):
        stop, ending = attempt.stop_at(moment), attempt.ending_at(moment)
        if stop is not None and ending.status == "PENDING_REDRIVE":
            ending = _REDRIVABLE
        elif stop is None and after is not None:
            stop, ending = after.since, _REDRIVABLE
        if stop is None:
            yield _Run(attempt.since, moment, None, attempt.redrive_count)
        else:
            yield _Run(attempt.since, stop, ending, attempt.redrive_count)
        if after is not None:
            for redrive_count in range(attempt.redrive_count + 1, after.redrive_count):
                yield _Run(after.since, after.since, _REDRIVABLE, redrive_count)


class _Turn(NamedTuple):
    """A map run starts, is redriven or ends."""

    moment: int
    type: str
    details: Mapping[str, Any] | None
    #: That of the Map state which the execution has come to, where a map run starts.
    label: str | None = None


def _turns_of_map_runs(execution: Execution, runs: list[_Run], moment: int) -> list[list[_Turn]]:
    """For each run of the execution, what its map runs did in it, in order."""
    turns: list[list[_Turn]] = [[] for _ in runs]
    for map_run in execution.map_runs_at(moment):
        for index, turn in _turns(map_run, runs, moment):
            turns[index].append(turn)
    return [sorted(turns_in_run, key=lambda turn: turn.moment) for turns_in_run in turns]


def _turns(map_run: MapRun, runs: list[_Run], moment: int) -> Iterator[tuple[int, _Turn]]:
    """What one map run did, each with the number of the run in which; what lies outside all runs is left out."""
    redrives_before = 0
    for attempt in map_run.attempts_until(moment):
        # It may be seeded with a date before its execution's start.
        since = max(attempt.since, runs[0].since)
        around = [index for index, run in enumerate(runs) if run.since <= since <= run.until]
        if not around:
            continue
        if attempt.redrive is None:
            index = around[0]
            redrives_before = runs[index].redrive_count
            yield index, _Turn(since, "MapRunStarted", {"map_run_arn": map_run.arn}, map_run.label)
        else:
            # It is redriven with the execution, perhaps several times at one date.
            count = redrives_before + attempt.redrive_count
            index = next((index for index in around if runs[index].redrive_count == count), around[-1])
            redriven = {"map_run_arn": map_run.arn, "redrive_count": attempt.redrive_count}
            yield index, _Turn(since, "MapRunRedriven", redriven)
        status, stop, *_ = map_run.state_of(attempt, runs[index].until)
        if stop is not None:
            # Of these, only MapRunFailed has details.
            details: Mapping[str, Any] | None = {} if status == "FAILED" else None
            yield index, _Turn(max(since, stop), f"MapRun{status.capitalize()}", details)


# --- The states of the definition --------------------------------------------------------------------------------


class _State(NamedTuple):
    name: str
    type: str
    definition: Mapping[str, Any]

    @property
    def duration(self) -> float:
        """How long it takes, in milliseconds; until the execution stops where the definition does not say."""
        if self.type == "Pass":
            return 0
        seconds = self.definition.get("Seconds")
        return max(seconds, 0) * 1000 if self.type == "Wait" and isinstance(seconds, int) else inf


def _states(execution: Execution) -> Iterator[_State]:
    """The states that follow one another from StartAt on, up to the first where the way parts, turns back or ends."""
    workflow = _workflow(execution)
    states, name = _object(workflow.get("States")), workflow.get("StartAt")
    passed = set()
    while isinstance(name, str) and name not in passed:
        definition = _object(states.get(name))
        state_type = definition.get("Type")
        if state_type not in _STATE_TYPES:
            return
        yield _State(name, state_type, definition)
        passed.add(name)
        name = None if state_type in _FINAL_TYPES else definition.get("Next")


def _workflow(execution: Execution) -> Mapping[str, Any]:
    """What it runs: its definition or, for a child execution, the processor of the Map state with its label."""
    try:
        definition = _object(json.loads(execution.revision.definition))
    except (ValueError, RecursionError):
        # Taken over from moto, which does not read definitions, or beyond what Python reads.
        return {}
    map_run = execution.map_run
    if map_run is None:
        return definition
    for state in map(_object, _object(definition.get("States")).values()):
        if state.get("Type") == "Map" and state.get("Label") == map_run.label:
            return _object(state.get("ItemProcessor", state.get("Iterator")))
    return {}


def _object(value: object) -> Mapping[str, Any]:
    """``value``, if it is a JSON object; an empty one otherwise."""
    return value if isinstance(value, dict) else {}


class _Work(NamedTuple):
    """How the events of what a Task state calls are named, and what each of them says."""

    kind: str
    scheduled: Mapping[str, Any]
    #: None where the event has no details.
    started: Mapping[str, Any] | None
    #: Of the event that tells how it ended.
    ended: Mapping[str, Any]


def _work(state: _State, data: str | None, region: str) -> _Work | None:
    """What the state calls with its input ``data``, as far as its Resource tells."""
    resource = state.definition.get("Resource")
    if state.type != "Task" or not isinstance(resource, str):
        return None
    if _LAMBDA_FUNCTION.fullmatch(resource):
        return _Work("LambdaFunction", {"resource": resource, "input": data}, None, {})
    if _ACTIVITY.fullmatch(resource):
        return _Work("Activity", {"resource": resource, "input": data}, {}, {})
    integration = _INTEGRATION.fullmatch(resource)
    if integration is None:
        return None
    called = {"resource_type": integration["type"], "resource": integration["resource"]}
    parameters = state.definition.get("Parameters", state.definition.get("Arguments"))
    scheduled = {
        **called,
        "region": region,
        # Paths and expressions in them stay as they are written.
        "parameters": data if parameters is None else json.dumps(parameters, separators=(",", ":")),
    }
    return _Work("Task", scheduled, called, called)


# --- Telling it --------------------------------------------------------------------------------------------------


class _Story:
    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        #: What passes from state to state, as JSON text.
        self._data: str | None = execution.input
        self._ahead = deque(_states(execution))
        self._inside: _State | None = None
        #: Since when it has been where it is.
        self._since = 0
        self.events: list[Event] = []

    def tell(self, run: _Run, turns: list[_Turn]) -> None:
        self._begin(run)
        for turn in turns:
            self._pass_states(turn.moment)
            if turn.label is not None:
                self._go_to_map(turn.moment, turn.label)
            self._tell(turn.moment, turn.type, turn.details)
        self._pass_states(run.until)
        if run.ending is not None:
            self._end(run.until, run.ending)

    def _begin(self, run: _Run) -> None:
        execution = self._execution
        self._since = run.since
        if self.events:
            self._tell(run.since, "ExecutionRedriven", {"redrive_count": run.redrive_count})
            # A redrive goes on where the run before came to an end, without entering that state again.
            self._call(run.since)
        else:
            started = {
                "input": execution.input,
                "role_arn": execution.revision.role_arn,
                "state_machine_alias_arn": execution.alias_arn,
                "state_machine_version_arn": execution.version_arn,
            }
            self._tell(run.since, "ExecutionStarted", started)

    # --- From state to state -------------------------------------------------------------------------------------

    def _pass_states(self, until: int) -> None:
        """Go through the states that are over by ``until``, into one that is not."""
        while self._ahead and self._ahead[0].type not in _FINAL_TYPES:
            over = self._since + (0 if self._inside is None else self._inside.duration)
            if over > until:
                return
            self._step(int(over))

    def _go_to_map(self, moment: int, label: str) -> None:
        """Into the Map state with that label, if it is ahead."""
        while any(state.type == "Map" and state.definition.get("Label") == label for state in self._ahead):
            self._step(moment)

    def _step(self, moment: int) -> None:
        self._exit(moment)
        self._enter(moment, self._ahead.popleft())

    def _enter(self, moment: int, state: _State) -> None:
        self._inside, self._since = state, moment
        self._tell(moment, f"{state.type}StateEntered", {"name": state.name, "input": self._data})
        self._call(moment)

    def _exit(self, moment: int) -> None:
        state = self._inside
        if state is None:
            return
        self._tell_end_of_work(moment, "Succeeded", {"output": self._data})
        self._tell(moment, f"{state.type}StateExited", {"name": state.name, "output": self._data})
        self._inside = None

    # --- What a Task state calls ---------------------------------------------------------------------------------

    def _call(self, moment: int) -> None:
        work = self._work
        if work is not None:
            self._tell(moment, f"{work.kind}Scheduled", work.scheduled)
            self._tell(moment, f"{work.kind}Started", work.started)

    def _tell_end_of_work(self, moment: int, how: str, result: Mapping[str, Any]) -> None:
        work = self._work
        if work is not None:
            self._tell(moment, f"{work.kind}{how}", {**work.ended, **result})

    @property
    def _work(self) -> _Work | None:
        if self._inside is None:
            return None
        return _work(self._inside, self._data, self._execution.state_machine.records.region)

    # --- The end -------------------------------------------------------------------------------------------------

    def _end(self, moment: int, ending: Ending) -> None:
        if ending.status == "SUCCEEDED":
            self._go_to_success(moment, ending.output)
        elif ending.status == "FAILED":
            self._go_to_failure(moment, {"error": ending.error, "cause": ending.cause})
        self._tell(moment, *closing(ending))

    def _go_to_success(self, moment: int, output: str | None) -> None:
        """Through all that is ahead; a Fail state there was not on the way it took."""
        if self._ahead and self._ahead[-1].type == "Fail":
            self._ahead.pop()
        if self._inside is None and self._ahead:
            self._step(moment)
        self._data = output
        while self._ahead:
            self._step(moment)
        self._exit(moment)

    def _go_to_failure(self, moment: int, fault: Mapping[str, Any]) -> None:
        """Into the Fail state at the end of the way; without one, what the Task state calls has failed."""
        if not self._ahead or self._ahead[-1].type != "Fail":
            self._tell_end_of_work(moment, "Failed", fault)
            return
        while len(self._ahead) > 1:
            self._step(moment)
        self._exit(moment)
        # It stays ahead: a redrive enters it again (Developer Guide, redrive behavior of individual states).
        self._tell(moment, "FailStateEntered", {"name": self._ahead[0].name, "input": self._data})

    def _tell(self, moment: int, type: str, details: Mapping[str, Any] | None) -> None:
        self.events.append(Event(len(self.events) + 1, moment, type, details))
