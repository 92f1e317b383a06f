"""CreateActivity, DescribeActivity, ListActivities, DeleteActivity and GetActivityTask."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from sfn_mock.aws import arns
from sfn_mock.aws.arns import parse_activity_arn
from sfn_mock.aws.configurations import encryption_configuration as read_encryption
from sfn_mock.aws.exceptions import ActivityAlreadyExists, ActivityDoesNotExist
from sfn_mock.aws.names import check_name
from sfn_mock.operations.paging import list_page
from sfn_mock.operations.registry import Answer, DateForm, operation, present
from sfn_mock.operations.tags import read_tags
from sfn_mock.state import clock
from sfn_mock.state.records import Activity, Records
from sfn_mock.state.store import RecordsGone
from sfn_mock.state.waiting_tasks import start_scheduled_task

#: How long AWS keeps a worker's request open while there is no task, in milliseconds (API reference).
_LONGEST = 60_000
#: How often to look, in seconds.
_PAUSE = 0.01


@operation
def create_activity(
    records: Records,
    date: DateForm,
    *,
    name: str,
    encryption_configuration: dict[str, Any] | None = None,
    tags: list[dict[str, Any]] | None = None,
) -> Answer:
    """Create the activity; a repeated call may have other tags, which are ignored, but not another key."""
    with records.using() as moment:
        check_name(name)
        asked_for = Activity(
            records,
            name,
            encryption_configuration=read_encryption(encryption_configuration),
            tags=read_tags(tags or [], arns.activity_arn(records.arn_prefix, name)),
            created=moment,
        )
        activity = records.activities.setdefault(name, asked_for)
        if activity.encryption_configuration != asked_for.encryption_configuration:
            raise ActivityAlreadyExists(arn=activity.arn)
        return {"activityArn": activity.arn, "creationDate": date(activity.created)}


@operation
def describe_activity(records: Records, date: DateForm, *, activity_arn: str) -> Answer:
    """Describe one activity."""
    with records.using():
        activity = _find(records, activity_arn)
        return present(**_summary(activity, date), encryptionConfiguration=activity.encryption_configuration)


@operation
def list_activities(
    records: Records, date: DateForm, *, max_results: int | None = None, next_token: str | None = None
) -> Answer:
    """List the activities by name, in the order of code points, as state machines are listed."""
    with records.using() as moment:
        return list_page(
            records,
            moment,
            ("ListActivities",),
            records.activities.values(),
            key=lambda activity: activity.name,
            member="activities",
            describe=lambda activity: _summary(activity, date),
            max_results=max_results,
            next_token=next_token,
        )


@operation
def delete_activity(records: Records, date: DateForm, *, activity_arn: str) -> Answer:
    """Delete the activity, its tags and its unassigned tasks; an unknown ARN is not an error."""
    with records.using():
        name = parse_activity_arn(activity_arn).name
        if activity_arn == arns.activity_arn(records.arn_prefix, name):
            records.activities.pop(name, None)
        return {}


@operation
def get_activity_task(records: Records, date: DateForm, *, activity_arn: str, worker_name: str | None = None) -> Answer:
    """Return the task that has waited longest; a worker's thread waits up to a minute for one.

    A call in the test's own thread is answered at once, because the test cannot continue while it waits. So is every
    call while the test controls the clock, because only the test can move it.
    """
    releases, until = records.releases, clock.test_time() + _LONGEST
    answer = _take_task(records, activity_arn, worker_name)
    while not answer and _may_wait() and records.releases == releases and clock.test_time() < until:
        _pause()
        try:
            with clock.at(clock.test_time()):
                answer = _take_task(records, activity_arn, worker_name)
        except RecordsGone:
            if records.has_ended:
                break
            raise
    return answer


def _take_task(records: Records, activity_arn: str, worker_name: str | None) -> Answer:
    """Return the task that has waited longest, or an answer without a task."""
    with records.using() as moment:
        activity = _find(records, activity_arn)
        task = start_scheduled_task(activity, moment, worker_name)
        if task is not None:
            return {"taskToken": task.token, "input": task.execution.input}
        # The clock may be back before an execution was deleted.
        for run in [run for execution, run in records.schedule.runs.items() if execution.exists]:
            started = run.start_activity_task(activity, moment, worker_name)
            if started is not None:
                return {"taskToken": started[0], "input": started[1]}
        return {}


def _may_wait() -> bool:
    """Return whether this thread can wait: it is not the test's, and runs no event loop."""
    return (
        not clock.is_frozen()
        and threading.current_thread() is not threading.main_thread()
        and asyncio._get_running_loop() is None
    )


def _pause() -> None:
    # The machine's own pause, whatever the test has done to time.sleep.
    threading.Event().wait(_PAUSE)


def _summary(activity: Activity, date: DateForm) -> Answer:
    return {"activityArn": activity.arn, "name": activity.name, "creationDate": date(activity.created)}


def _find(records: Records, arn: str) -> Activity:
    parsed = parse_activity_arn(arn)
    activity = records.activities.get(parsed.name) if parsed.prefix == records.arn_prefix else None
    if activity is None:
        raise ActivityDoesNotExist(arn=arn)
    return activity
