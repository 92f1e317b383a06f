"""Activities, and the tasks that executions wait for: which token answers one, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sfn_mock.argument_errors import must_be
from sfn_mock.aws.arns import activity_arn
from sfn_mock.state import clock
from sfn_mock.state.executions import Attempt, Execution
from sfn_mock.state.outcomes import Ending
from sfn_mock.suggestions import did_you_mean
from sfn_mock.types import Duration

if TYPE_CHECKING:
    from sfn_mock.state.records import Records

#: Longest task token, in characters, by botocore's model of GetActivityTask.
_LONGEST_TOKEN = 2048
#: HeartbeatSeconds is a whole number of seconds, up to eight nines (Amazon States Language, Task state).
_SHORTEST_HEARTBEAT = 1000
_LONGEST_HEARTBEAT = 99_999_999_000
#: A Task state whose heartbeat stays away fails with this error, and the execution, which catches nothing, with it.
_HEARTBEAT_MISSED = Ending("FAILED", error="States.Timeout")


class Activity:
    """An activity, which workers poll for tasks. Dates are aware datetimes in UTC."""

    def __init__(
        self,
        records: Records,
        name: str,
        *,
        encryption_configuration: dict[str, Any] | None,
        tags: dict[str, str],
        created: int,
    ) -> None:
        self.records = records
        self.name = name
        self.encryption_configuration = encryption_configuration or {"type": "AWS_OWNED_KEY"}
        self.tags = tags
        self.created = created
        #: Tasks that no worker has been given, in the order in which they were scheduled.
        self.scheduled: list[Task] = []

    @property
    def arn(self) -> str:
        return activity_arn(self.records.arn_prefix, self.name)

    @property
    def creation_date(self) -> datetime:
        return clock.to_datetime(self.created)

    def hand_out(self, moment: int, worker_name: str | None) -> Task | None:
        """The open task scheduled first, which no worker is given again; None when there is none."""
        for task in self.scheduled:
            if task.is_open(moment):
                self.records.undo.keep(self, "scheduled")
                self.scheduled.remove(task)
                task.taken = Taken(moment, worker_name)
                return task
        return None

    def __repr__(self) -> str:
        return f"<Activity {self.arn}>"


class AnyTask(Protocol):
    """What can be answered, at a moment in UTC milliseconds."""

    def succeed(self, moment: int, output: str) -> None: ...
    def fail(self, moment: int, error: str | None, cause: str | None) -> None: ...
    def beat(self, moment: int) -> None: ...


class Taken(NamedTuple):
    """When a worker has taken a task, and the name that the worker gave."""

    moment: int
    worker_name: str | None


class Task:
    """What an execution waits for: an answer that gives the token."""

    def __init__(
        self, execution: Execution, attempt: Attempt, token: str, activity: Activity | None, heartbeat: int | None
    ) -> None:
        self.execution = execution
        self.token = token
        #: None for a task whose token reaches its worker by another way than GetActivityTask.
        self.activity = activity
        #: None while no worker has the task.
        self.taken: Taken | None = None
        #: How many milliseconds may lie between two heartbeats; None where none are expected.
        self._heartbeat = heartbeat
        #: The attempt that waits, as it goes on while heartbeats come.
        self._attempt = attempt

    @property
    def redrive_count(self) -> int:
        """How often the execution had been redriven when it began to wait."""
        return self._attempt.redrive_count

    def is_open(self, moment: int) -> bool:
        """Whether the execution still waits: no redrive brings back a task of the attempt before."""
        attempt = self.execution.attempt_at(moment)
        machine = self.execution.state_machine
        return (
            attempt is not None
            and attempt.redrive_count == self._attempt.redrive_count
            and attempt.is_open(moment)
            and machine.records.holds(machine)
        )

    def succeed(self, moment: int, output: str) -> None:
        """End the execution as SUCCEEDED."""
        self.execution.end(moment, Ending("SUCCEEDED", output))

    def fail(self, moment: int, error: str | None, cause: str | None) -> None:
        """End the execution as FAILED."""
        self.execution.end(moment, Ending("FAILED", error=error, cause=cause))

    def beat(self, moment: int) -> None:
        """Count the time for the next heartbeat from ``moment``; without that one, the execution fails."""
        if self._heartbeat is None:
            return
        attempt, deadline = self._attempt, moment + self._heartbeat
        if attempt.is_open(deadline):
            attempt = attempt._replace(stop=deadline, ending=_HEARTBEAT_MISSED)
        self.execution.go_on(moment, attempt)


def new_task(
    records: Records,
    moment: int,
    execution: Execution,
    attempt: Attempt,
    token: str | None,
    *,
    activity: str | None,
    heartbeat: Duration | None,
) -> Task:
    """The task that ``execution`` waits for in its running ``attempt``; ValueError for one that AWS could never have.

    It is scheduled with its activity, and its first heartbeat is due, from ``moment`` on.
    """
    if execution.express_id is not None:
        raise ValueError(
            f"cannot have {execution.arn} wait for a task: no EXPRESS execution does; use a STANDARD one instead."
        )
    if token is not None:
        _check_token(token, records)
    worker = None if activity is None else _find_activity(records, activity)
    beats = None if heartbeat is None else _check_heartbeat(heartbeat)
    task = Task(execution, attempt, records.new_id() if token is None else token, worker, beats)
    task.beat(moment)
    if worker is not None:
        records.undo.keep(worker, "scheduled")
        worker.scheduled.append(task)
    return task


def _check_token(token: object, records: Records) -> None:
    if not isinstance(token, str) or not 1 <= len(token) <= _LONGEST_TOKEN:
        raise must_be("token", f"a str of 1 to {_LONGEST_TOKEN} characters", token)
    if token in records.tasks:
        raise must_be("token", f"new, but {records.tasks[token].execution.arn} has it", token)


def _find_activity(records: Records, arn_or_name: object) -> Activity:
    for activity in records.activities.values():
        if arn_or_name in (activity.arn, activity.name):
            return activity
    expected = f"the ARN or name of an activity of account {records.account_id} in {records.region}"
    raise must_be("activity", expected, arn_or_name, did_you_mean(arn_or_name, records.activities))


def _check_heartbeat(heartbeat: object) -> int:
    """The time between two heartbeats in milliseconds."""
    milliseconds = clock.to_milliseconds(heartbeat, name="heartbeat")
    if not _SHORTEST_HEARTBEAT <= milliseconds <= _LONGEST_HEARTBEAT:
        raise must_be("heartbeat", "from 1 to 99999999 seconds", heartbeat)
    return milliseconds
