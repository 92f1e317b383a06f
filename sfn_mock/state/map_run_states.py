"""The state of a map run at a moment, and the time span of its child executions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from sfn_mock.state import clock
from sfn_mock.state.outcomes import Ending
from sfn_mock.state.records import Execution, MapRun
from sfn_mock.state.spans import Span
from sfn_mock.state.time_lines import Attempt

#: The statuses of child executions that have not ended; PENDING is that of those that have not started.
_UNFINISHED = ("PENDING", "RUNNING", "PENDING_REDRIVE")


def _status(child: Execution, moment: int) -> str:
    attempt = child.attempt_at(moment)
    return "PENDING" if attempt is None else attempt.status_at(moment)


def _status_at_end(child: Execution, moment: int) -> str:
    return "PENDING_REDRIVE" if child.has_lost_redrive(moment) else _status(child, moment)


class MapRunState(NamedTuple):
    """The state of a map run at a moment."""

    status: str
    stop: int | None
    redrive_count: int
    redrive: int | None


def map_runs_at(execution: Execution, moment: int) -> list[MapRun]:
    """Return the map runs that an execution has started by ``moment``, in order of adding."""
    return [map_run for map_run in execution.map_runs if map_run.start <= moment]


def state_at(map_run: MapRun, moment: int) -> MapRunState:
    """Return the state at a moment: as seeded, or derived from child executions, tolerance and parent."""
    return state_of(map_run, attempt_at(map_run, moment), moment)


def state_of(map_run: MapRun, attempt: Attempt, moment: int) -> MapRunState:
    """Return the state at a moment in one of the attempts."""
    if follows_children(map_run, attempt):
        status, stop = _status_and_stop(map_run, moment)
        # Child executions may be seeded with dates before the start of the map run.
        stop = None if stop is None else max(stop, attempt.since)
    else:
        status, stop = attempt.status_at(moment), attempt.stop_at(moment)
    return MapRunState(status, stop, attempt.redrive_count, attempt.redrive)


def follows_children(map_run: MapRun, attempt: Attempt) -> bool:
    """Return whether the status of a map run follows from its child executions in an attempt."""
    return map_run.follows_from is not None and attempt.redrive_count >= map_run.follows_from


def attempt_at(map_run: MapRun, moment: int) -> Attempt:
    """Return the attempt in force at a moment; before the start, the first one."""
    return next((attempt for attempt in reversed(map_run.attempts) if attempt.since <= moment), map_run.attempts[0])


def _status_and_stop(map_run: MapRun, moment: int) -> tuple[str, int | None]:
    # A child execution that was PENDING_REDRIVE when its parent ended counts as PENDING_REDRIVE from then on.
    children, items = _count(map_run, moment, _status_at_end)
    unfinished = sum(children[status] for status in _UNFINISHED)
    parent = None if map_run.parent is None else map_run.parent.attempt_at(moment)
    parent_status, parent_stop = (None, None) if parent is None else (parent.status_at(moment), parent.stop_at(moment))
    if parent_stop is None and (unfinished or not children):
        return "RUNNING", None
    # The end of the parent ends all unfinished child executions.
    stop = parent_stop
    if children and not unfinished:
        last = [attempt.stop_at(moment) for run in map_run.index.executions if (attempt := run.attempt_at(moment))]
        stop = max(end for end in last if end is not None)
    if map_run.tolerance.is_exceeded_by(items["FAILED"] + items["TIMED_OUT"], items.total()):
        return "FAILED", stop
    if unfinished or children["ABORTED"]:
        return "ABORTED", stop
    if not children and parent_status != "SUCCEEDED":
        return "FAILED" if parent_status == "FAILED" else "ABORTED", stop
    return "SUCCEEDED", stop


def count(map_run: MapRun, moment: int) -> tuple[Counter[str], Counter[str]]:
    """Return the number of child executions and that of their items by status, PENDING before their start."""
    return _count(map_run, moment, _status)


def _count(
    map_run: MapRun, moment: int, status_of: Callable[[Execution, int], str]
) -> tuple[Counter[str], Counter[str]]:
    executions: Counter[str] = Counter()
    items: Counter[str] = Counter()
    for child in map_run.index.executions:
        status = status_of(child, moment)
        executions[status] += 1
        items[status] += child.origin.item_count or 0
    # A running definition stores its child executions only when it starts them.
    for item_count in map_run.planned_items.values():
        executions["PENDING"] += 1
        items["PENDING"] += item_count
    return executions, items


def attempts_until(map_run: MapRun, moment: int) -> list[Attempt]:
    """Return the attempts that have begun by a moment."""
    return [attempt for attempt in map_run.attempts if attempt.since <= moment]


def attempts_with_ends(map_run: MapRun, moment: int) -> list[Attempt]:
    """Return the attempts that have begun by a moment, each with the end that it has by then or by the next attempt."""
    attempts = attempts_until(map_run, moment)
    lasts = [*(max(after.since - 1, attempt.since) for attempt, after in pairwise(attempts)), moment]
    return [_with_end(map_run, attempt, last) for attempt, last in zip(attempts, lasts, strict=True)]


def _with_end(map_run: MapRun, attempt: Attempt, moment: int) -> Attempt:
    state = state_of(map_run, attempt, moment)
    return attempt if state.stop is None else attempt._replace(stop=state.stop, ending=Ending(state.status))


def known_end(map_run: MapRun) -> int | None:
    """Return the end of a map run if it does not depend on child executions, otherwise None."""
    own = map_run.attempts[-1]
    return _parent_end(map_run) if follows_children(map_run, own) else own.stop


def _parent_end(map_run: MapRun) -> int | None:
    """Return when the parent execution ends, None if unknown."""
    return None if map_run.parent is None else map_run.parent.last.stop_at(clock.NEVER)


def span_of(map_run: MapRun) -> Span:
    """Return the time span of the child executions of a map run."""
    stop = _parent_end(map_run) if map_run.stops_with_children else known_end(map_run)
    return Span("its map run", map_run.start, stop, ends=map_run.stops_with_children or stop is not None)
