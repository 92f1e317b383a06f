"""Run a definition with the outcomes of a recorded history instead of calling services."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sfn_mock.asl.host import (
    ChildStart,
    Failed,
    KnownMapRun,
    Pending,
    ReadItem,
    ReadRequest,
    Succeeded,
    TaskAnswer,
    TaskCall,
    TaskStart,
    WriteRequest,
)
from sfn_mock.asl.nodes import Program
from sfn_mock.asl.resources import Resource, ResourceKind
from sfn_mock.instruments.execution_traces import Path, Span, Trace, Visit, detail
from sfn_mock.integrations.service_calls import check_parameters
from sfn_mock.state import clock
from sfn_mock.state.execution_runs import ExecutionRun
from sfn_mock.state.jobs import Job
from sfn_mock.state.life_cycle import end_execution, is_redrivable, redrive_execution
from sfn_mock.state.outcomes import Ending
from sfn_mock.state.records import Execution, Records
from sfn_mock.state.runs import DefinitionRun

_T = TypeVar("_T")

#: AWS's cause of an execution whose activity does not exist.
_NO_ACTIVITY = re.compile(r"\. The activity .* does not exist\.$")
#: The longest replay of an execution that ended, in milliseconds; executions may last longer.
_LONGEST = {"STANDARD": 31_536_000_000 - 1, "EXPRESS": 300_000 - 1}


class NoOutcomeError(Exception):
    """The recorded history has no outcome of a task or map run that the definition starts."""


@dataclass
class Answers:
    """The environment of a replay: it answers tasks of the execution and its children from their recorded histories.

    Attributes:
        children: By name of a Map state: the recorded child executions of its map runs that are not replayed yet.
        limit: The moment at which the replay stops.
        unknown: The executions and paths of states with a task or map run that has no outcome.
        runs: The replayed runs, by their executions.
    """

    children: dict[str, list[Trace]]
    limit: int = clock.NEVER
    unknown: set[tuple[Execution, Path]] = field(default_factory=set)
    runs: dict[Execution, ReplayedRun] = field(default_factory=dict)

    @property
    def is_stuck(self) -> bool:
        """Whether a task or map run has no outcome."""
        return bool(self.unknown)

    def wait_scale(self, execution: Execution) -> float:
        """Return 1: a replay waits as long as the recorded execution did."""
        return 1.0

    def call(self, records: Records, ask: Callable[[], _T]) -> _T:
        """Call a function with the records locked: no service is called, and a replay is one change."""
        return ask()

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        """Return what AWS says is wrong with the parameters of a task."""
        return check_parameters(resource, parameters)

    def has_activity(self, execution: Execution, call: TaskCall) -> bool:
        """Return False if the recorded execution failed because the activity did not exist."""
        return self.runs[execution].has_activity_task()

    def start_task(self, execution: Execution, call: TaskCall) -> tuple[TaskAnswer, Job | None]:
        """Return the recorded outcome of a task."""
        return self.runs[execution].answer(call), None

    def read_items(self, execution: Execution, request: ReadRequest) -> list[ReadItem]:
        """Return no items: the items of a replayed map run are the inputs of its recorded children."""
        return []

    def write_results(self, execution: Execution, request: WriteRequest) -> Any:
        """Return the result of the recorded map run; nothing is written."""
        return self.runs[execution].written_results(request)

    def recall_map_run(self, execution: Execution, map_run_arn: str) -> KnownMapRun:
        """Return the recorded end of a map run, or the inputs of its recorded children."""
        return self.runs[execution].recall_map_run(map_run_arn)

    def note_child(self, parent: Execution, child: ExecutionRun, start: ChildStart) -> None:
        """Choose the recorded child that answers the tasks of a child execution."""
        self.runs[parent].note_child(child, start)


class ReplayedRun:
    """The run of a replayed execution, or of a child execution of one, beside the recorded execution.

    Attributes:
        execution: The replayed execution.
        recorded: The trace of the recorded one; without it no task of this run has an outcome.
        map_state: The name of the Map state that started it, or an empty text.
        map_states: The names of its Map states, by ARN of their map runs.
        map_children: By ARN of a map run that this run started: the recorded children of that map run.
        tokens: The tokens of its tasks so far.
    """

    def __init__(self, own: ExecutionRun, answers: Answers, recorded: Trace | None, map_state: str = "") -> None:
        self.execution = own.execution
        self.recorded = recorded
        self.map_state = map_state
        self.map_states: dict[str, str] = {}
        self.map_children: dict[str, list[Trace]] = {}
        self.tokens: set[str] = set()
        self._run = own.run
        self._answers = answers
        self._trace = Trace()
        answers.runs[own.execution] = self

    def trace(self) -> Trace:
        """Return the trace of this run."""
        events, known = self._run.events, self._trace.events
        if known[-1:] != events[: len(known)][-1:]:
            # The clock moved back, and other events have happened since.
            self._trace = Trace()
        self._trace.extend(events[len(self._trace.events) :])
        return self._trace

    @property
    def is_stuck(self) -> bool:
        """Whether a task or map run has no outcome, here or in another run of the replay."""
        return self._answers.is_stuck

    def is_unknown(self, path: Path) -> bool:
        """Return whether a task or map run of the state at a path has no outcome."""
        return (self.execution, path) in self._answers.unknown

    def all_runs(self) -> list[ReplayedRun]:
        """Return the runs of the whole replay, in order of their starts."""
        return list(self._answers.runs.values())

    # --- Answers -----------------------------------------------------------------------------------------------------

    def has_activity_task(self) -> bool:
        """Return False if the recorded execution failed in the current state because its activity did not exist."""
        visit = self._recorded_visit(self._current_visit().path)
        cause = None if self.recorded is None else self.recorded.end.end_detail("cause")
        return visit is None or bool(visit.tasks) or _NO_ACTIVITY.search(cause or "") is None

    def answer(self, call: TaskCall) -> TaskAnswer:
        """Return the recorded outcome of the task that was just scheduled."""
        self.tokens.add(call.token)
        visit = self._current_visit()
        span = self._find(visit, "tasks", call.moment)
        if span is None:
            return Pending()
        submitted = None if span.submitted is None else read_value(span.submitted)
        error, cause = span.end_detail("error"), span.end_detail("cause")
        is_as_recorded = _has_recorded_timeout(span, call)
        left = span.time_left(call.moment) if is_as_recorded or call.timeout_seconds is None else span.duration
        start = _start(span, call.resource, left)
        answer: Succeeded | Failed
        if span.status == "SUCCEEDED":
            answer = Succeeded(read_value(span.end_detail("output")), left)
        elif span.status == "FAILED":
            answer = Failed(error, cause, left, step=span.failed_step)
        elif span.status == "TIMED_OUT" and (is_as_recorded or not _has_limit(call)):
            answer = Failed(error, cause, left, is_timeout=True)
        else:
            # The task did not end, or ended by another limit than the current ones.
            return Pending(start, submitted, ignores_timeout=is_as_recorded)
        # A history has no heartbeats: a task that ended has sent them in time.
        return replace(answer, submitted=submitted, start=start, sends_heartbeats=True, ignores_timeout=is_as_recorded)

    def recall_map_run(self, map_run_arn: str) -> KnownMapRun:
        """Return the recorded end of the map run that was just started or redriven, or the inputs of its children."""
        visit = self._current_visit()
        self.map_states[map_run_arn] = visit.name
        children = self._answers.children.get(visit.name)
        if children is not None:
            own = self._children_of(visit, children)
            self.map_children[map_run_arn] = own
            return KnownMapRun(inputs=[read_value(child.input) for child in own])
        begin = visit.map_runs[-1].begin.moment
        span = self._find(visit, "map_runs", begin)
        if span is None:
            return KnownMapRun(Pending())
        recorded = self._recorded_visit(visit.path)
        if span.status == "FAILED":
            return KnownMapRun(Failed(span.end_detail("error"), span.end_detail("cause"), span.time_left(begin)))
        if span.status == "SUCCEEDED" and recorded is not None and recorded.exited is not None:
            assigned = detail(recorded.exited, "assignedVariables") or {}
            end = Succeeded(read_value(recorded.output), span.time_left(begin))
            return KnownMapRun(end, {name: read_value(value) for name, value in assigned.items()})
        return KnownMapRun(Pending())

    def written_results(self, request: WriteRequest) -> Any:
        """Return the result of a Map state with a ResultWriter, as far as the recorded output shows it."""
        trace = self.trace()
        # The end of an execution, which aborts its map runs, belongs to no visit of a state.
        visit = trace.visit_of(trace.events[-1])
        recorded = None if visit is None else self._recorded_visit(visit.path)
        output = None if recorded is None else read_value(recorded.output)
        if isinstance(output, dict) and "ResultWriterDetails" in output:
            return output
        bucket = request.parameters.get("Bucket")
        return {"MapRunArn": request.map_run_arn, "ResultWriterDetails": {"Bucket": bucket, "Key": ""}}

    def note_child(self, child: ExecutionRun, start: ChildStart) -> None:
        """Choose the recorded child that answers the tasks of a child execution."""
        name = self.map_states[start.map_run_arn]
        left = self.map_children[start.map_run_arn]
        recorded = next((trace for trace in left if read_value(trace.input) == start.input), None)
        if recorded is None and left:
            recorded = left[0]
        if recorded is not None:
            left.remove(recorded)
            self._answers.children[name].remove(recorded)
        ReplayedRun(child, self._answers, recorded, name)

    def _children_of(self, visit: Visit, children: list[Trace]) -> list[Trace]:
        """Return those of the children that the map run of the recorded visit started."""
        recorded = self._recorded_visit(visit.path)
        visits = () if self.recorded is None else self.recorded.visits.values()
        others = [other for other in visits if other.name == visit.name and other.map_runs and other is not recorded]
        if recorded is None or not recorded.map_runs or not others:
            return list(children)
        return children_of(recorded, others, children)

    def _current_visit(self) -> Visit:
        trace = self.trace()
        visit = trace.visit_of(trace.events[-1])
        assert visit is not None, "tasks and map runs begin in a state"
        return visit

    def _recorded_visit(self, path: Path) -> Visit | None:
        return None if self.recorded is None else self.recorded.visits.get(path)

    def _find(self, visit: Visit, kind: str, moment: int) -> Span | None:
        """Return the recorded counterpart of the last task or map run of a visit; None if it did not end.

        The first search without a counterpart, although the recorded execution went on, raises NoOutcomeError.
        """
        recorded = self._recorded_visit(visit.path)
        spans: list[Span] = [] if recorded is None else getattr(recorded, kind)
        number = len(getattr(visit, kind))
        if number <= len(spans):
            return spans[number - 1]
        is_cut = self.recorded is not None and self.recorded.is_cut(visit.path[:-1])
        if is_cut if recorded is None else recorded.is_open:
            return None
        if (self.execution, visit.path) not in self._answers.unknown:
            self._answers.unknown.add((self.execution, visit.path))
            self._answers.limit = min(self._answers.limit, moment)
            raise NoOutcomeError
        return None


def _has_limit(call: TaskCall) -> bool:
    return call.timeout_seconds is not None or call.heartbeat_seconds is not None


def _has_recorded_timeout(span: Span, call: TaskCall) -> bool:
    """Return whether a task has the TimeoutSeconds of the recorded one, and no heartbeats."""
    return call.heartbeat_seconds is None and span.details.get("timeoutInSeconds") == call.timeout_seconds


def _start(span: Span, resource: Resource, duration: int) -> TaskStart | None:
    """Return the start of a task that takes a duration, None if the recorded one did not start.

    The task of an activity waits for its worker as long as the recorded one; other tasks start at once.
    """
    if span.started is None:
        return None
    if resource.kind is not ResourceKind.ACTIVITY:
        return TaskStart()
    delay = max(duration - span.duration + span.started.moment - span.begin.moment, 0)
    return TaskStart(delay, detail(span.started, "workerName"))


def replay_execution(execution: Execution, program: Program, recorded: Trace, answers: Answers) -> ReplayedRun:
    """Replay a recorded execution, with its redrives and stops, in an execution that starts when it did."""
    run = DefinitionRun(execution, program, answers)
    replayed = ReplayedRun(run.own, answers, recorded)
    with execution.owner.records.schedule.attached(execution, run):
        for number, attempt in enumerate(recorded.runs):
            if number:
                if answers.is_stuck or not is_redrivable(execution, attempt.begin.moment):
                    break
                redrive_execution(execution, attempt.begin.moment)
            last = recorded.events[-1].moment if attempt.end is None else attempt.end.moment
            _advance_until_unknown(run, last)
            if attempt.status == "ABORTED" and run.is_running and not answers.is_stuck:
                error, cause = attempt.end_detail("error"), attempt.end_detail("cause")
                end_execution(execution, last, Ending("ABORTED", error=error, cause=cause))
            elif attempt.end is not None and number + 1 == len(recorded.runs):
                last = max(last, attempt.begin.moment + _LONGEST[execution.state_machine.type])
            _advance_until_unknown(run, last)
    # Later events are unknown.
    answers.limit = min(answers.limit, last)
    return replayed


def _advance_until_unknown(run: DefinitionRun, moment: int) -> None:
    """Advance a run to a moment, or to the first task without a recorded outcome."""
    while True:
        try:
            run.advance_to(moment)
        except NoOutcomeError:
            continue
        return


def children_of(visit: Visit, others: list[Visit], children: list[Trace]) -> list[Trace]:
    """Return the child executions that a visit of a Map state started, of those of this and other visits of the state.

    They began during its map runs. One that also began during those of another visit is left out if its output is in
    the output of that visit only.
    """
    outputs = _outputs(visit)
    found = []
    for child in children:
        begin = child.runs[0].begin.moment
        if not _goes_on(visit, begin):
            continue
        value = read_value(child.end.end_detail("output"))
        if value in outputs:
            outputs.remove(value)
        elif any(value in _outputs(other) for other in others if _goes_on(other, begin)):
            continue
        found.append(child)
    return found


def _goes_on(visit: Visit, moment: int) -> bool:
    """Return whether a moment is during the map runs of a visit."""
    end = visit.map_runs[-1].end
    return visit.map_runs[0].begin.moment <= moment and (end is None or moment <= end.moment)


def _outputs(visit: Visit) -> list[Any]:
    """Return the outputs of the children of a visit, if its output is a list of them; else an empty list."""
    output = read_value(visit.output)
    return output if isinstance(output, list) else []


def read_value(text: Any) -> Any:
    """Return the JSON value of a text in a history; a text that is not JSON is returned unchanged."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
