"""A model of executions that run a Distributed Map: their children follow from the items and the ends of the parent.

It imports nothing from the package, so that the package can be compared with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import plain_map_runs
from plain_executions import Execution, Scope, Shown

#: How many items may fail.
TOLERATED = 1
EXCEEDED = {
    "error": "States.ExceedToleratedFailureThreshold",
    "cause": "The specified tolerated failure threshold was exceeded",
}


class Item(NamedTuple):
    """What a child execution does: it waits, then its Task fails until it was redriven often enough."""

    seconds: int
    failures: int


class Spread(NamedTuple):
    """The work of the parent: the items of its Distributed Map."""

    items: tuple[Item, ...] = ()

    def begin(self, since: datetime, until: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield nothing: the map run starts together with the state."""
        return iter(())

    def end(self, shown: Shown) -> Iterator[tuple[str, datetime]]:
        """Yield the events of the end of the state."""
        if shown.status == "SUCCEEDED":
            yield "MapStateSucceeded", shown.since
            yield "MapStateExited", shown.since
        else:
            yield "MapStateFailed", shown.since


def spread(parent: Execution, map_run: Scope, now: datetime) -> None:
    """Plan everything from the start or a redrive of the parent on."""
    parent.cut(now)
    before = parent.at(now)
    # At its start it shows RUNNING already.
    redrives, redrive = (0, None) if before.status == "RUNNING" else (before.redrive_count + 1, now)
    map_run.rounds = [each for each in map_run.rounds if each.since <= now]
    work = parent.line[0].work
    planned: list[tuple[datetime, int, str]] = []
    for index, (child, item) in enumerate(zip(map_run.executions, work.items, strict=True)):
        child.cut(now)
        shown = child.at(now)
        if redrive is not None and shown.status == "SUCCEEDED":
            continue
        count = 0 if redrive is None else shown.redrive_count + 1
        # Its Task has failed, or it was ABORTED in its Wait state, which begins anew.
        is_waiting = redrive is None or shown.status == "ABORTED"
        end = now + timedelta(seconds=item.seconds if is_waiting else 0)
        planned.append((end, index, "FAILED" if count < item.failures else "SUCCEEDED"))
        if redrive is None:
            child.line = [Shown(now, "RUNNING")]
        else:
            child.line = [*child.line, Shown(now, "RUNNING", None, count, now)]
    stop, status = _end_of_map_run(sorted(planned))
    for end, index, own_status in planned:
        child = map_run.executions[index]
        counts = (child.line[-1].redrive_count, child.line[-1].redrive_date)
        if end > stop:
            child.line = [*child.line, Shown(stop, "ABORTED", stop, *counts)]
        else:
            details = {"output": "7"} if own_status == "SUCCEEDED" else {"error": "Late", "cause": "Rain"}
            child.line = [*child.line, Shown(end, own_status, end, *counts, details)]
    succeeded = sum(child.line[-1].status == "SUCCEEDED" for child in map_run.executions)
    details = EXCEEDED if status == "FAILED" else {"output": f"[{','.join(['7'] * succeeded)}]"}
    earlier = [] if redrive is None else parent.line
    parent.line = [
        *earlier,
        Shown(now, "RUNNING", None, redrives, redrive, work=work),
        Shown(stop, status, stop, redrives, redrive, details, work=work),
    ]
    map_run.rounds = [*map_run.rounds, plain_map_runs.Round(now, redrives, redrive, kept=(status, stop))]


def _end_of_map_run(planned: list[tuple[datetime, int, str]]) -> tuple[datetime, str]:
    """Return when and how a map run ends: as FAILED once more items have failed than are tolerated."""
    failed = 0
    for end, _, status in planned:
        failed += status == "FAILED"
        if failed > TOLERATED:
            return end, "FAILED"
    return planned[-1][0], "SUCCEEDED"
