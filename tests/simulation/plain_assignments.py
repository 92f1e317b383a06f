"""A model, over plain lists, of assigning a status, dates and details to an execution.

It imports nothing from the package, so that the package can be compared with it.
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from plain_executions import STOPPED, Execution, Shown
from plain_life_cycle import LifeCycle


class Impossible(Exception):
    """The assignment would lead to an execution that AWS could never show."""


class Current(NamedTuple):
    """What an execution shows since its start or last redrive: RUNNING, then possibly an end."""

    earlier: list[Shown]
    running: Shown
    end: Shown | None

    def is_open(self, now: datetime) -> bool:
        return self.end is None or self.end.since > now


def current(execution: Execution, now: datetime) -> Current | None:
    """Return what the execution shows since its start or last redrive before a moment; before its start, the first.

    Return None for an execution that never starts, or waits or has waited for a redrive.
    """
    line = execution.line
    shown = execution.at(now) or (line[0] if line else None)
    if shown is None or shown.never_redriven or shown.status == "PENDING_REDRIVE":
        return None
    last = max(index for index in range(line.index(shown) + 1) if line[index].status == "RUNNING")
    following = line[last + 1 :]
    if any(each.status == "PENDING_REDRIVE" or each.never_redriven for each in following[:1]):
        return None
    end = following[0] if following and following[0].status in STOPPED else None
    return Current(line[:last], line[last], end)


def assign_status(world: LifeCycle, execution: Execution, status: str) -> None:
    """Assign a status; a closing one stops the execution now, or at the stop date that it already has."""
    now, found = world.moment, current(execution, world.moment)
    if status == "RUNNING":
        running = found.running._replace(assigned_stop=None, assigned={})
        world.plan_end(execution, [*found.earlier, running])
        return
    before = found.running.assigned if found.end is None else found.end.details
    details = _fitting(before, status)
    stop = found.running.assigned_stop if found.end is None else found.end.stop_date
    if stop is not None and (found.end is None or not found.is_open(now)):
        _stop_at(world, execution, found, stop, status, details)
    elif found.running.since > now:
        _stop_at(world, execution, found, found.running.since, status, details)
    else:
        world.end(execution, status, details)


def _fitting(details: dict[str, str], status: str) -> dict[str, str]:
    if status == "SUCCEEDED":
        return {"output": details.get("output", "{}")}
    return {name: details[name] for name in ("error", "cause") if name in details and status in ("FAILED", "ABORTED")}


def assign_stop(world: LifeCycle, execution: Execution, date: datetime | None) -> None:
    """Assign a stop date: the execution ends then with its planned status, or with the one that is assigned later.

    Without a date it keeps running.
    """
    found = current(execution, world.moment)
    assigned = found.running.assigned if found.end is None else found.end.details
    if date is not None:
        status = None if found.end is None else found.end.status
        _stop_at(world, execution, found, date, status, assigned)
    elif found.is_open(world.moment):
        world.plan_end(execution, [*found.earlier, found.running._replace(assigned_stop=None, assigned=assigned)])
    else:
        raise Impossible


def _stop_at(
    world: LifeCycle, execution: Execution, found: Current, stop: datetime, status: str | None, details: dict[str, str]
) -> None:
    running = found.running
    if stop < running.since:
        if found.earlier and running.since <= world.moment:
            raise Impossible
        running = running._replace(since=stop)
    if status is None:
        world.plan_end(execution, [*found.earlier, running._replace(assigned_stop=stop, assigned=details)])
        return
    counts = (running.redrive_count, running.redrive_date)
    world.plan_end(execution, [*found.earlier, running, Shown(stop, status, stop, *counts, details)])


def assign_start(execution: Execution, start: datetime) -> None:
    """Assign a start date; an earlier stop date moves to it. It cannot be after the begin of a wait for a redrive."""
    running, *end = execution.line
    waits = (after for before, after in pairwise(execution.line) if before.status != "RUNNING")
    if any(shown.since < start for shown in waits):
        raise Impossible
    assigned = running.assigned_stop and max(running.assigned_stop, start)
    moved = [each._replace(since=max(each.since, start), stop_date=max(each.stop_date, start)) for each in end]
    execution.line = [running._replace(since=start, assigned_stop=assigned), *moved]


def assign_detail(world: LifeCycle, execution: Execution, name: str, value: str) -> None:
    """Assign a detail: a closed execution must be able to have it, an open one keeps it for its closing status."""
    found = current(execution, world.moment)
    running, end = found.running, found.end
    if end is None:
        running = running._replace(assigned={**running.assigned, name: value})
    else:
        details = {**end.details, name: value}
        if _fitting(details, end.status) != details:
            raise Impossible
        end = end._replace(details=details, ends_with_parent=False)
    world.forget_redrives(execution)
    execution.line = [*found.earlier, running, *([] if end is None else [end])]
    if execution.scope.is_map_run:
        world.take_turns(execution.scope)
