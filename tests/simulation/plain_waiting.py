"""A model of executions that wait for an answer with a task token, from a worker of an activity or from elsewhere.

It imports nothing from the package, so that the package can be compared with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from plain_executions import Execution, Shown

#: The TimeoutSeconds and the HeartbeatSeconds of the Task.
TIMEOUT = timedelta(minutes=9)
HEARTBEAT = timedelta(minutes=4)
_TIMED_OUT = {"error": "States.Timeout"}


class Ask(NamedTuple):
    """The wait of an execution for an answer, from its start or a redrive on."""

    #: Whether a worker takes the task; otherwise it starts at once.
    of_activity: bool
    token: str | None = None
    #: When a worker took the task, and when heartbeats arrived.
    taken: datetime | None = None
    beats: tuple[datetime, ...] = ()

    def is_taken(self, now: datetime) -> bool:
        return self.taken is not None and self.taken <= now

    def begin(self, since: datetime, until: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield the events of the task from its start on, without those of its end."""
        if not self.of_activity:
            for kind in ("TaskScheduled", "TaskStarted", "TaskSubmitted"):
                yield kind, since
            return
        yield "ActivityScheduled", since
        if self.is_taken(until):
            yield "ActivityStarted", self.taken

    def end(self, shown: Shown) -> Iterator[tuple[str, datetime]]:
        """Yield the events of an end by an answer or a timeout, before that of the execution."""
        kind = "Activity" if self.of_activity else "Task"
        if shown.status == "SUCCEEDED":
            yield f"{kind}Succeeded", shown.since
            yield "TaskStateExited", shown.since
        else:
            yield f"{kind}{'TimedOut' if shown.details == _TIMED_OUT else 'Failed'}", shown.since


def asked_line(since: datetime, ask: Ask, redrives: int = 0, redrive: datetime | None = None) -> list[Shown]:
    """Return the line of an execution from its start or a redrive on: without an answer it times out."""
    beats = [*ask.beats[-1:], *([] if ask.taken is None else [ask.taken]), *([] if ask.of_activity else [since])]
    due = min([since + TIMEOUT, *(beat + HEARTBEAT for beat in beats[:1])])
    return [
        Shown(since, "RUNNING", None, redrives, redrive, work=ask),
        Shown(due, "FAILED", due, redrives, redrive, _TIMED_OUT, work=ask),
    ]


def waiting(execution: Execution, now: datetime) -> Shown | None:
    """Return what the execution shows if it waits for an answer now."""
    shown = execution.at(now)
    is_waiting = shown is not None and shown.status == "RUNNING" and isinstance(shown.work, Ask)
    return shown if is_waiting else None


def asked_again(execution: Execution, now: datetime) -> None:
    """Redrive the execution: it asks again."""
    shown = execution.at(now)
    for each in asked_line(now, Ask(execution.line[0].work.of_activity), shown.redrive_count + 1, now):
        execution.change(each)


def change(execution: Execution, now: datetime, **members: object) -> None:
    """Change the members of its wait now; what was to happen later does not happen."""
    shown = waiting(execution, now)
    ask = shown.work._replace(beats=tuple(beat for beat in shown.work.beats if beat <= now))
    earlier = execution.line[: execution.line.index(shown)]
    again = asked_line(shown.since, ask._replace(**members), shown.redrive_count, shown.redrive_date)
    execution.line = [*earlier, *again]


def beat(execution: Execution, now: datetime) -> None:
    """Record a heartbeat."""
    shown = waiting(execution, now)
    change(execution, now, beats=(*(each for each in shown.work.beats if each <= now), now))


def answer(execution: Execution, now: datetime, status: str, details: dict[str, str]) -> None:
    """End the execution by an answer with the token."""
    shown = waiting(execution, now)
    execution.change(Shown(now, status, now, shown.redrive_count, shown.redrive_date, details, work=shown.work))
