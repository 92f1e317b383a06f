"""An execution's history told by states: how each came out, and the definition's graph in these colours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any

from sfn_mock.asl.events import Event
from sfn_mock.asl.nodes import Program
from sfn_mock.instruments.coverage import Part, PartKey, count_steps, ways_of
from sfn_mock.instruments.definition_graph import draw
from sfn_mock.instruments.execution_traces import Trace, Visit
from sfn_mock.state import clock
from sfn_mock.state.live_runs import Run

#: Of several stays in a state, such as those of a map's items, the first of these is the state's own.
_STATUSES = ("RUNNING", "FAILED", "TIMED_OUT", "ABORTED", "CAUGHT", "SUCCEEDED")
#: So many stays in a state are told, the last ones.
MOST_VISITS = 20


def describe_states(program: Program, events: Sequence[Event], run: Run | None, now: int) -> dict[str, Any]:
    """Return the graph of a definition as one execution went through it, and what is known of each state.

    Args:
        program: The definition's states.
        events: The execution's history.
        run: Its run, which knows the ways that it took; without one they follow from the order of the states.
        now: The moment until which it is told.
    """
    trace = Trace(events)
    visits: dict[str, list[Visit]] = {}
    for visit in trace.visits.values():
        visits.setdefault(visit.name, []).append(visit)
    statuses = {name: _status_of_state(trace, found) for name, found in visits.items()}
    counts = (
        _ways_taken(program, trace) if run is None else count_steps(step for step in run.steps() if step.moment <= now)
    )
    look = _ExecutionLook(statuses, {name: len(found) for name, found in visits.items()}, counts)
    width, height, svg = draw(program, look) if program.states else (0.0, 0.0, "")
    return {
        "svg": (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 0 {width + 4:g} {height:g}" width="{width + 4:g}" '
            f'height="{height:g}"><defs>{_MARKERS}</defs>{svg}</svg>'
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


class _ExecutionLook:
    """States with how they came out, and the ways between them as far as they were taken."""

    def __init__(self, statuses: dict[str, str], visits: dict[str, int], counts: Counter[PartKey]) -> None:
        self._statuses = statuses
        self._visits = visits
        self._counts = counts

    def kind(self, part: Part) -> str:
        """Return the status of a state, and of a way whether it was taken."""
        if part.kind == "state":
            return f"status-{self._statuses.get(part.state, 'untouched').lower().replace('_', '-')}"
        return "way-taken" if self._counts[part.key] else "way-untouched"

    def start_kind(self, part: Part) -> str:
        """Return whether a first state was entered."""
        return "way-taken" if part.state in self._statuses else "way-untouched"

    def text(self, part: Part) -> str:
        """Return the name and status of a state, and of a way its field unless it is Next or End."""
        if part.kind == "state":
            count = self._visits.get(part.state, 0)
            told = f"{part.state}: {self._statuses[part.state]}" if count else part.state
            return f"{told}, {count} times" if count > 1 else told
        return "" if part.kind == "transition" else part.label


_MARKERS = "".join(
    f'<marker id="{escape(name)}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
    f'markerUnits="userSpaceOnUse" orient="auto"><path class="{name}" d="M0 0L8 4L0 8z"/></marker>'
    for name in ("way-taken", "way-untouched")
)


# --- What came of a state ------------------------------------------------------------------------------------------


def _status_of_state(trace: Trace, visits: Sequence[Visit]) -> str:
    """Return the status of the last stay in a state at each place: each item of a map is a place of its own."""
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
        "input": (visit.entered.details or {}).get("input"),
        "output": None if visit.exited is None else (visit.exited.details or {}).get("output"),
        "error": _told(trace, visit, status, "error"),
        "cause": _told(trace, visit, status, "cause"),
    }


def _told(trace: Trace, visit: Visit, status: str, member: str) -> Any:
    """Return the error or the cause of a state that failed, of its last task if that has one."""
    if status not in ("FAILED", "CAUGHT"):
        return None
    ends = [visit.evaluation, *(span.end for span in (*visit.tasks[-1:], *visit.map_runs[-1:]))]
    told = [event.details[member] for event in ends if event is not None and event.details and member in event.details]
    return told[-1] if told else trace.end.told(member)


# --- Ways that follow from the order of states ------------------------------------------------------------------------


def _ways_taken(program: Program, trace: Trace) -> Counter[PartKey]:
    """Count the ways by which states were left: of several that lead to the same state, the first."""
    # The history of what does not run tells nothing of states within a state.
    ways = {name: list(ways_of(state)) for name, state in program.states.items()}
    counts: Counter[PartKey] = Counter()
    for sequence in trace.sequences.values():
        for visit, after in zip(sequence, [*sequence[1:], None], strict=True):
            if visit.exited is None:
                continue
            is_caught = _was_caught(visit)
            for part in ways.get(visit.name, ()):
                if part.next == (after and after.name) and (part.kind == "catcher") == is_caught:
                    counts[part.key] += 1
                    break
    return counts
