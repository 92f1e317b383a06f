"""A model of GetExecutionHistory: the types and moments of events, derived from the line of an execution."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from plain_executions import Execution, Shown, Work
from plain_nesting import Nest
from plain_spread import Spread
from plain_waiting import Ask

Event = tuple[str, datetime]
_ENDS = {
    "SUCCEEDED": "ExecutionSucceeded",
    "FAILED": "ExecutionFailed",
    "TIMED_OUT": "ExecutionTimedOut",
    "ABORTED": "ExecutionAborted",
}


def events(execution: Execution, now: datetime) -> list[Event]:
    """Return its events until now, without those of map runs; without a job it is in one Pass state all the time."""
    all_events = list(_events(execution, [shown for shown in execution.line if shown.since <= now], now))
    return [(kind, moment) for kind, moment in all_events if moment <= now]


def _events(execution: Execution, line: list[Shown], now: datetime) -> Iterator[Event]:
    first = line[0]
    yield "ExecutionStarted", first.since
    if isinstance(first.work, Spread):
        yield "MapStateEntered", first.since
        yield "MapStateStarted", first.since
    else:
        yield ("PassStateEntered" if first.work is None else "TaskStateEntered"), first.since
    yield from _work(first, line[1].since if line[1:] else now)
    for position, (before, shown) in enumerate(pairwise(line), 1):
        if shown.status != "RUNNING":
            yield from _end(shown, before)
            continue
        for number in range(before.redrive_count, shown.redrive_count):
            # If a seed has only the number of redrives, each failure between them has the moment of the last redrive.
            if before.status == "RUNNING" or number > before.redrive_count:
                yield "ExecutionFailed", shown.since
            yield "ExecutionRedriven", shown.since
        after = line[position + 1 :]
        yield from _work(shown, after[0].since if after else now)


def _work(shown: Shown, until: datetime) -> Iterator[Event]:
    """Yield the events of the Task of a job, and the beginning of its pause."""
    work = shown.work
    if isinstance(work, (Ask, Nest, Spread)):
        yield from work.begin(shown.since, until)
        return
    if work is None or work.only_pause:
        return
    yield "LambdaFunctionScheduled", shown.since
    yield "LambdaFunctionStarted", shown.since
    if work.is_pausing(shown.since, until):
        for kind in ("LambdaFunctionSucceeded", "TaskStateExited", "WaitStateEntered"):
            yield kind, shown.since + work.duration


def _end(shown: Shown, before: Shown) -> Iterator[Event]:
    if isinstance(shown.work, (Ask, Nest, Spread)):
        yield from shown.work.end(shown)
    elif isinstance(before.work, (Ask, Nest, Spread)):
        # A call or a test stopped the execution while it waited.
        pass
    elif before.work is None:
        if shown.status == "SUCCEEDED":
            yield "PassStateExited", shown.since
    elif _ended_by_itself(shown, before.since, before.work):
        if shown.status == "FAILED":
            yield "LambdaFunctionFailed", shown.since
        else:
            for kind in ("WaitStateExited", "PassStateEntered", "PassStateExited"):
                yield kind, shown.since
    yield _ENDS[shown.status], shown.since


def _ended_by_itself(shown: Shown, since: datetime, work: Work) -> bool:
    return shown.work is not None and shown.since == work.end(since)
