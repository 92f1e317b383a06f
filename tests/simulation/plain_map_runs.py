"""A model of map runs: the state of each at any moment follows from its children, its tolerance and its parent.

It imports nothing from the package, so that the package can be compared with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from plain_executions import STOPPED, UNSUCCESSFUL, Execution, Scope

#: Each count of DescribeMapRun, and the status of the children that it counts.
COUNTS = {
    "pending": "PENDING",
    "running": "RUNNING",
    "succeeded": "SUCCEEDED",
    "failed": "FAILED",
    "timedOut": "TIMED_OUT",
    "aborted": "ABORTED",
    "pendingRedrive": "PENDING_REDRIVE",
}
#: The stop of a map run that is seeded as RUNNING.
_NEVER = datetime.max.replace(tzinfo=timezone.utc)
#: How long after its stop date an execution can be redriven.
_REDRIVABLE = timedelta(days=14)


class Round(NamedTuple):
    """The time of a map run from its start or a redrive to the next redrive."""

    since: datetime
    redrive_count: int = 0
    redrive_date: datetime | None = None
    #: The status and the stop date that do not depend on its children, because they were seeded.
    kept: tuple[str, datetime] | None = None
    #: The status and the stop date at its redrive, which began the next round.
    closed: tuple[str, datetime] | None = None


class State(NamedTuple):
    """The state of a map run at a moment."""

    status: str
    stop_date: datetime | None
    redrive_count: int
    redrive_date: datetime | None


def is_possible(parent: Execution, seed: Mapping[str, Any], now: datetime) -> bool:
    """Return whether AWS could show a map run with a seeded status and dates: it is within its parent."""
    start = seed.get("start_date", parent.start_date)
    stop, redrive, last = seed.get("stop_date"), seed.get("redrive_date"), parent.line[-1].stop_date
    if start < parent.start_date or (last is not None and start > last):
        return False
    if last is not None and (seed.get("status") == "RUNNING" or (stop is not None and stop > last)):
        return False
    if stop is not None and stop < start:
        return False
    return redrive is None or (start <= redrive <= now and (stop is None or redrive <= stop))


def seeded_rounds(parent: Execution, seed: Mapping[str, Any]) -> list[Round]:
    """Return the rounds of a map run with a seeded status and dates; without a status it follows its children."""
    start, redrive = seed.get("start_date", parent.start_date), seed.get("redrive_date")
    before = kept = None
    if "status" in seed:
        before, kept = ("RUNNING", _NEVER), (seed["status"], seed.get("stop_date", _NEVER))
    if redrive is None:
        return [Round(start, kept=kept)]
    return [Round(start, kept=before), Round(redrive, 1, redrive, kept=kept)]


def state(map_run: Scope, moment: datetime) -> State:
    current = _rounds_until(map_run, moment)[-1]
    own = current.closed or current.kept
    if own is None:
        status, stop = _follow(map_run, moment)
        stop = None if stop is None else max(stop, current.since)
    else:
        status, stop = own if own[1] <= moment else ("RUNNING", None)
    return State(status, stop, current.redrive_count, current.redrive_date)


def known_end(map_run: Scope) -> datetime | None:
    """Return its end if that does not depend on its children: its own, otherwise that of its parent."""
    kept = map_run.rounds[-1].kept
    if kept is None:
        return map_run.parent.line[-1].stop_date
    return None if kept[1] == _NEVER else kept[1]


def keeps_its_state(map_run: Scope, moment: datetime) -> bool:
    """Return whether its state no longer depends on its children."""
    current = _rounds_until(map_run, moment)[-1]
    return (current.closed or current.kept) is not None


def _rounds_until(map_run: Scope, moment: datetime) -> list[Round]:
    """Return the round of its start, and those of its redrives until a moment."""
    first, *later = map_run.rounds
    return [first, *(each for each in later if each.since <= moment)]


def _follow(map_run: Scope, moment: datetime) -> tuple[str, datetime | None]:
    """Return the status and the stop date that follow from its children, its tolerance and its parent."""
    children = map_run.executions
    # A test may assign the parent a later start than the map run's; before it, the parent has not ended.
    parent = map_run.parent.at(moment) or map_run.parent.line[0]
    unfinished = [child for child in children if is_unfinished(child, moment)]
    rest = [child for child in children if child not in unfinished]
    goes_on = bool(unfinished) or not children
    if goes_on and parent.status not in STOPPED:
        return "RUNNING", None
    # If children are unfinished, the end of the parent ended the map run.
    stop = parent.stop_date if goes_on else max(child.at(moment).stop_date for child in rest)
    failed = sum(child.item_count for child in rest if child.status(moment) in ("FAILED", "TIMED_OUT"))
    if failed > map_run.tolerated:
        return "FAILED", stop
    if unfinished or any(child.status(moment) == "ABORTED" for child in rest):
        return "ABORTED", stop
    if not children and parent.status != "SUCCEEDED":
        return ("FAILED" if parent.status == "FAILED" else "ABORTED"), stop
    return "SUCCEEDED", stop


def is_unfinished(child: Execution, moment: datetime) -> bool:
    """Return whether its map run waits for it, or waited for it when the parent ended."""
    shown = child.at(moment)
    return shown is None or shown.status not in STOPPED or shown.never_redriven


def end(map_run: Scope, moment: datetime) -> None:
    """End a RUNNING map run with its parent; if its state was to be kept from later on, it is ABORTED now."""
    *earlier, current = _rounds_until(map_run, moment)
    kept = None if current.kept is None else ("ABORTED", moment)
    map_run.rounds = [*earlier, current._replace(kept=kept)]


def redrive(map_run: Scope, moment: datetime, before: State) -> None:
    """Begin a new round; the previous one keeps its state."""
    *earlier, current = _rounds_until(map_run, moment)
    closed = current._replace(closed=(before.status, before.stop_date))
    map_run.rounds = [*earlier, closed, Round(moment, before.redrive_count + 1, moment)]


def forget_redrives(map_run: Scope, moment: datetime) -> None:
    """Forget the redrives of a map run after a moment, and what its children did since the first of them."""
    later = [each.since for each in map_run.rounds[1:] if each.since > moment]
    if not later:
        return
    *earlier, current = _rounds_until(map_run, moment)
    map_run.rounds = [*earlier, current._replace(closed=None)]
    map_run.turns = []
    for child in map_run.executions:
        if child.line and child.start_date in later:
            child.line = []
        elif child.line and child.start_date < later[0]:
            child.forget_attempts(later[0])


def counts(map_run: Scope, moment: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """Return the numbers of child executions and of items in each status; what has not started is pending."""
    shown = [(run.status(moment) or "PENDING", run.item_count) for run in map_run.executions]
    lost = [run.item_count for run in map_run.executions if _is_lost(run, moment)]
    written = state(map_run, moment).stop_date is not None
    both = []
    for weights in ([(status, 1) for status, _ in shown], shown):
        found = {member: sum(n for status, n in weights if status == of) for member, of in COUNTS.items()}
        found["total"] = sum(number for _, number in weights)
        found["resultsWritten"] = found["succeeded"] if written else 0
        both.append(found)
    executions, items = both
    return {**executions, "failuresNotRedrivable": len(lost)}, {**items, "failuresNotRedrivable": sum(lost)}


def _is_lost(child: Execution, moment: datetime) -> bool:
    """Return whether it is unsuccessful and cannot be redriven."""
    shown = child.at(moment)
    if shown is None or shown.status not in UNSUCCESSFUL:
        return False
    return child.scope.machine.deleting or moment - shown.stop_date > _REDRIVABLE
