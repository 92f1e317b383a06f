"""A model of executions that start a job and wait for its end.

It imports nothing from the package, so that the package can be compared with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from plain_executions import Execution, Shown


class Nest(NamedTuple):
    """The wait of an execution for the job that it started, from its start or a redrive on."""

    #: The key of the job.
    job: str | None = None

    def begin(self, since: datetime, until: datetime) -> Iterator[tuple[str, datetime]]:
        """Yield the events of the task from its start on, without those of its end."""
        for kind in ("TaskScheduled", "TaskStarted", "TaskSubmitted"):
            yield kind, since

    def end(self, shown: Shown) -> Iterator[tuple[str, datetime]]:
        """Yield the events of an end by the end of the job, before that of the execution."""
        if shown.status == "SUCCEEDED":
            yield "TaskSucceeded", shown.since
            yield "TaskStateExited", shown.since
        else:
            yield "TaskFailed", shown.since


def nests(execution: Execution, now: datetime) -> Nest | None:
    """Return what the execution waits for now, None if it does not wait for a job."""
    shown = execution.at(now)
    is_waiting = shown is not None and shown.status == "RUNNING" and isinstance(shown.work, Nest)
    return shown.work if is_waiting else None


def nest_again(execution: Execution, now: datetime) -> None:
    """Redrive the execution: it starts another job."""
    shown = execution.at(now)
    execution.change(Shown(now, "RUNNING", None, shown.redrive_count + 1, now, work=Nest()))


def wait_for(execution: Execution, now: datetime, job: Execution) -> None:
    """Plan that the execution, which waits now, ends when its job first ends."""
    execution.cut(now)
    *earlier, running = execution.line
    counts = (running.redrive_count, running.redrive_date)
    work = Nest(job.key)
    end = next(shown for shown in job.line if shown.stop_date is not None)
    details = {"output": "{}"} if end.status == "SUCCEEDED" else {"error": "States.TaskFailed"}
    status = "SUCCEEDED" if end.status == "SUCCEEDED" else "FAILED"
    execution.line = [
        *earlier,
        running._replace(work=work),
        Shown(end.since, status, end.since, *counts, details, work=work),
    ]
