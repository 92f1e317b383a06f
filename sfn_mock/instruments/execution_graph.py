"""The graph of a definition, coloured by one execution's history, and the status of each state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sfn_mock.asl.events import Event
from sfn_mock.asl.nodes import Program
from sfn_mock.instruments.coverage import Part, PartKey, count_steps, transitions_of
from sfn_mock.instruments.definition_graph import MARKERS, Look, draw
from sfn_mock.instruments.execution_traces import Trace, Visit
from sfn_mock.state import clock
from sfn_mock.state.live_runs import Run

#: If a state was entered several times, such as for the items of a map, its status is the first of these.
_STATUSES = ("RUNNING", "FAILED", "TIMED_OUT", "ABORTED", "CAUGHT", "SUCCEEDED")
#: The number of visits of a state that are described, the last ones.
MOST_VISITS = 20


def describe_states(program: Program, events: Sequence[Event], run: Run | None, now: int) -> dict[str, Any]:
    """Return the graph of a definition with the path of one execution, and a description of each state, at a moment.

    A ``run`` has the transitions; without one they are derived from the order of the states in the history.
    """
    trace = Trace(events)
    visits: dict[str, list[Visit]] = {}
    for visit in trace.visits.values():
        visits.setdefault(visit.name, []).append(visit)
    statuses = {name: _status_of_state(trace, found) for name, found in visits.items()}
    if run is None:
        counts = _count_transitions(program, trace)
    else:
        counts = count_steps(step for step in run.steps() if step.moment <= now)
    for name, found in visits.items():
        counts["state", name, None] = len(found)
    width, height, svg = draw(program, _ExecutionLook(statuses, counts)) if program.states else (0.0, 0.0, "")
    return {
        "svg": (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 0 {width + 4:g} {height:g}" width="{width + 4:g}" '
            f'height="{height:g}"><defs>{MARKERS}</defs>{svg}</svg>'
        ),
        "states": [
            {
                "name": name,
                "type": found[0].type,
                "status": statuses[name],
                "count": len(found),
                "visits": [_describe(trace, visit, now) for visit in found[-MOST_VISITS:]],
            }
            for name, found in visits.items()
        ],
    }


class _ExecutionLook(Look):
    """The statuses of states, and the transitions that were taken."""

    def __init__(self, statuses: dict[str, str], counts: Counter[PartKey]) -> None:
        super().__init__(counts)
        self._statuses = statuses

    def kind(self, part: Part) -> str:
        """Return the status of a state, or whether a transition was taken."""
        if part.kind == "state":
            return f"status-{self._statuses.get(part.state, 'untouched').lower().replace('_', '-')}"
        return self.arrow_kind(part)

    def text(self, part: Part) -> str:
        """Return the name and status of a state, or the field of a transition other than Next and End."""
        if part.kind != "state":
            return "" if part.kind == "transition" else part.label
        if part.state not in self._statuses:
            return part.state
        count = self.counts[part.key]
        return f"{part.state}: {self._statuses[part.state]}{f', {count} times' if count > 1 else ''}"


# --- Statuses of states --------------------------------------------------------------------------------------------


def _status_of_state(trace: Trace, visits: Sequence[Visit]) -> str:
    """Return the status of the last visit of a state for each path; each item of a map has its own path."""
    last = {tuple(part[:2] for part in visit.path): _status(trace, visit) for visit in visits}
    return min(last.values(), key=_STATUSES.index)


def _status(trace: Trace, visit: Visit) -> str:
    if visit.exited is not None:
        return "CAUGHT" if _was_caught(visit) else "SUCCEEDED"
    if visit.is_failed:
        return "FAILED"
    ended = trace.end.status
    if ended is None:
        return "RUNNING"
    return "TIMED_OUT" if ended == "TIMED_OUT" else "ABORTED"


def _was_caught(visit: Visit) -> bool:
    spans = [*visit.tasks[-1:], *visit.map_runs[-1:]]
    return visit.evaluation is not None or any(span.status not in ("SUCCEEDED", None) for span in spans)


def _describe(trace: Trace, visit: Visit, now: int) -> dict[str, Any]:
    status = _status(trace, visit)
    end = visit.exited or (None if status == "RUNNING" else trace.end.end)
    return {
        "status": status,
        "entered": clock.describe(visit.entered.moment),
        "duration": (now if end is None else end.moment) - visit.entered.moment,
        "input": visit.input,
        "output": visit.output,
        "error": _failure_detail(trace, visit, status, "error"),
        "cause": _failure_detail(trace, visit, status, "cause"),
    }


def _failure_detail(trace: Trace, visit: Visit, status: str, member: str) -> Any:
    """Return the error or cause of a failed state: of its last task, else of the execution."""
    if status not in ("FAILED", "CAUGHT"):
        return None
    ends = [visit.evaluation, *(span.end for span in (*visit.tasks[-1:], *visit.map_runs[-1:]))]
    found = [event.details[member] for event in ends if event is not None and event.details and member in event.details]
    return found[-1] if found else trace.end.end_detail(member)


# --- Transitions from the order of states ----------------------------------------------------------------------------


def _count_transitions(program: Program, trace: Trace) -> Counter[PartKey]:
    """Count the transitions between states; of several to the same state, the first one counts."""
    # A history without a run has no states inside Map and Parallel states.
    transitions = {name: list(transitions_of(state)) for name, state in program.states.items()}
    counts: Counter[PartKey] = Counter()
    for sequence in trace.sequences.values():
        for visit, after in zip(sequence, [*sequence[1:], None], strict=True):
            if visit.exited is None:
                continue
            is_caught = _was_caught(visit)
            for part in transitions.get(visit.name, ()):
                if part.next == (after and after.name) and (part.kind == "catcher") == is_caught:
                    counts[part.key] += 1
                    break
    return counts
