"""The tasks of executions that do not run by their definitions: tokens, heartbeats and workers."""

from __future__ import annotations

from sfn_mock.argument_errors import must_be
from sfn_mock.state import clock
from sfn_mock.state.life_cycle import end_execution, plan_end
from sfn_mock.state.outcomes import Ending
from sfn_mock.state.records import Activity, ActivityStart, Execution, Records, Task
from sfn_mock.state.time_lines import Attempt
from sfn_mock.suggestions import did_you_mean
from sfn_mock.types import Duration

#: Longest task token, in characters, by botocore's model of GetActivityTask.
_LONGEST_TOKEN = 2048
#: HeartbeatSeconds is a whole number of seconds, up to eight nines (Amazon States Language, Task state).
_SHORTEST_HEARTBEAT = 1000
_LONGEST_HEARTBEAT = 99_999_999_000
#: The ending of an execution whose task misses a heartbeat.
_HEARTBEAT_MISSED = Ending("FAILED", error="States.Timeout")


def start_scheduled_task(activity: Activity, moment: int, worker_name: str | None) -> Task | None:
    """Start the open task that was scheduled first for a worker, and return it; None if there is none."""
    for task in activity.scheduled:
        if is_open(task, moment):
            activity.records.undo.save(activity, "scheduled")
            activity.scheduled.remove(task)
            task.started = ActivityStart(moment, worker_name)
            return task
    return None


def is_open(task: Task, moment: int) -> bool:
    """Return whether the execution still waits for a task; a redrive does not reopen tasks of earlier attempts."""
    attempt = task.execution.attempt_at(moment)
    return (
        attempt is not None
        and attempt.redrive_count == task.attempt.redrive_count
        and attempt.is_open(moment)
        and task.execution.exists
    )


class TokenTask:
    """A task that can be answered with its token."""

    def __init__(self, task: Task) -> None:
        self._task = task

    @property
    def deleted_activity_arn(self) -> str | None:
        """The ARN of the task's activity if that was deleted, otherwise None."""
        activity = self._task.activity
        return None if activity is None or activity.exists else activity.arn

    def is_open_at(self, moment: int) -> bool:
        """Return whether the execution still waits for the task."""
        return is_open(self._task, moment)

    def succeed(self, moment: int, output: str) -> None:
        """End the execution as SUCCEEDED."""
        end_execution(self._task.execution, moment, Ending("SUCCEEDED", output))

    def fail(self, moment: int, error: str | None, cause: str | None) -> None:
        """End the execution as FAILED."""
        end_execution(self._task.execution, moment, Ending("FAILED", error=error, cause=cause))

    def heartbeat(self, moment: int) -> None:
        """Count the time for the next heartbeat from ``moment``; without that one, the execution fails."""
        _await_heartbeat(self._task, moment)


def _await_heartbeat(task: Task, moment: int) -> None:
    if task.heartbeat is None:
        return
    attempt, deadline = task.attempt, moment + task.heartbeat
    if attempt.is_open(deadline):
        attempt = attempt._replace(stop=deadline, ending=_HEARTBEAT_MISSED)
    plan_end(task.execution, moment, attempt)


def wait_for_task(
    execution: Execution,
    moment: int,
    attempt: Attempt,
    token: str | None,
    *,
    activity: str | None,
    heartbeat: Duration | None,
) -> Task:
    """Make an execution wait for a task in its running attempt, from a moment on.

    Raises:
        ValueError: If AWS could never have such a task.
    """
    records = execution.owner.records
    if execution.express_id is not None:
        raise ValueError(
            f"cannot make {execution.arn} wait for a task: EXPRESS executions cannot; use a STANDARD one instead."
        )
    if token is not None:
        _check_token(token, records)
    worker = None if activity is None else _find_activity(records, activity)
    beats = None if heartbeat is None else _check_heartbeat(heartbeat)
    task = Task(execution, attempt, records.new_id() if token is None else token, worker, beats)
    _await_heartbeat(task, moment)
    if worker is not None:
        records.undo.save(worker, "scheduled")
        worker.scheduled.append(task)
    records.undo.save_item(records.tasks, task.token)
    records.undo.save_item(records.waiting, execution)
    records.tasks[task.token] = task
    records.waiting[execution] = [*records.tasks_of(execution), task]
    return task


def _check_token(token: object, records: Records) -> None:
    if not isinstance(token, str) or not 1 <= len(token) <= _LONGEST_TOKEN:
        raise must_be("token", f"a str of 1 to {_LONGEST_TOKEN} characters", token)
    if token in records.tasks:
        raise must_be("token", f"other than that of {records.tasks[token].execution.arn}", token)


def _find_activity(records: Records, arn_or_name: object) -> Activity:
    for activity in records.activities.values():
        if arn_or_name in (activity.arn, activity.name):
            return activity
    expected = f"the ARN or name of an activity of account {records.account_id} in {records.region}"
    raise must_be("activity", expected, arn_or_name, did_you_mean(arn_or_name, records.activities))


def _check_heartbeat(heartbeat: object) -> int:
    """Return the longest time between two heartbeats in milliseconds."""
    milliseconds = clock.to_milliseconds(heartbeat, name="heartbeat")
    if not _SHORTEST_HEARTBEAT <= milliseconds <= _LONGEST_HEARTBEAT:
        raise must_be("heartbeat", "from 1 to 99999999 seconds", heartbeat)
    return milliseconds
