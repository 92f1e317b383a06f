"""SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat."""

from __future__ import annotations

from sfn_mock.aws.exceptions import InvalidOutput, InvalidToken, TaskDoesNotExist, TaskTimedOut
from sfn_mock.aws.payloads import json_fault
from sfn_mock.operations.registry import Answer, DateForm, operation
from sfn_mock.state.live_runs import AnyTask
from sfn_mock.state.records import Records
from sfn_mock.state.waiting_tasks import OpenTask, is_open


@operation
def send_task_success(records: Records, date: DateForm, *, task_token: str, output: str) -> Answer:
    """End the waiting execution as SUCCEEDED; with an output that is not JSON it keeps waiting."""
    with records.using() as moment:
        task = _find_open(records, task_token, moment)
        fault = json_fault(output, "output")
        if fault is not None:
            raise InvalidOutput(reason=fault)
        task.succeed(moment, output)
        return {}


@operation
def send_task_failure(
    records: Records, date: DateForm, *, task_token: str, error: str | None = None, cause: str | None = None
) -> Answer:
    """End the waiting execution as FAILED."""
    with records.using() as moment:
        _find_open(records, task_token, moment).fail(moment, error, cause)
        return {}


@operation
def send_task_heartbeat(records: Records, date: DateForm, *, task_token: str) -> Answer:
    """Restart the time until the next heartbeat, if heartbeats are expected."""
    with records.using() as moment:
        _find_open(records, task_token, moment).heartbeat(moment)
        return {}


def _find_open(records: Records, token: str, moment: int) -> AnyTask:
    """Return the open task of a token, if its execution still waits for it."""
    task = records.tasks.get(token)
    if task is None:
        return _find_executed(records, token, moment)
    if not is_open(task, moment):
        raise TaskTimedOut
    activity = task.activity
    if activity is not None and records.activities.get(activity.name) is not activity:
        raise TaskDoesNotExist(arn=activity.arn)
    return OpenTask(task)


def _find_executed(records: Records, token: str, moment: int) -> AnyTask:
    """Return the task of a token in a run, if it is open at a moment: the clock may have gone back."""
    for run in list(records.schedule.runs.values()):
        task = run.find_task(token)
        if task is not None:
            if not task.is_open_at(moment):
                raise TaskTimedOut
            return task
    raise InvalidToken
