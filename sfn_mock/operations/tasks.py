"""SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat."""

from __future__ import annotations

from sfn_mock.aws.exceptions import InvalidOutput, InvalidToken, TaskDoesNotExist, TaskTimedOut
from sfn_mock.aws.payloads import json_fault
from sfn_mock.operations.registry import Answer, DateForm, operation
from sfn_mock.state.live_runs import WaitingTask
from sfn_mock.state.records import Records
from sfn_mock.state.waiting_tasks import TokenTask


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


def _find_open(records: Records, token: str, moment: int) -> WaitingTask:
    """Return the task of a token, if it is open at the moment: the clock may have gone back."""
    record = records.tasks.get(token)
    task = records.find_task_of_run(token) if record is None else TokenTask(record)
    if task is None:
        raise InvalidToken
    if not task.is_open_at(moment):
        raise TaskTimedOut
    if task.deleted_activity_arn is not None:
        raise TaskDoesNotExist(arn=task.deleted_activity_arn)
    return task
