"""CreateActivity, DescribeActivity, ListActivities, DeleteActivity and GetActivityTask."""

from __future__ import annotations

from typing import Any

from sfn_mock.aws.arns import activity_arn, parse_activity_arn
from sfn_mock.aws.configurations import encryption_configuration
from sfn_mock.aws.exceptions import ActivityAlreadyExists, ActivityDoesNotExist
from sfn_mock.aws.names import check_name
from sfn_mock.operations.paging import Page, cut_page
from sfn_mock.operations.tags import read_tags
from sfn_mock.state.activities import Activity, Task
from sfn_mock.state.records import Records


def create_activity(
    records: Records,
    *,
    name: str,
    encryption: dict[str, Any] | None = None,
    tags: list[dict[str, Any]] | None = None,
) -> Activity:
    """The activity, new or there already: a repeat may give other tags, which are ignored, but not another key."""
    with records.using() as moment:
        check_name(name)
        asked_for = Activity(
            records,
            name,
            encryption_configuration=encryption_configuration(encryption),
            tags=read_tags(tags or [], activity_arn(records.arn_prefix, name)),
            created=moment,
        )
        activity = records.activities.setdefault(name, asked_for)
        if activity.encryption_configuration != asked_for.encryption_configuration:
            raise ActivityAlreadyExists(arn=activity.arn)
        return activity


def describe_activity(records: Records, *, arn: str) -> Activity:
    with records.using():
        return _find(records, arn)


def list_activities(
    records: Records, *, max_results: int | None = None, next_token: str | None = None
) -> Page[Activity]:
    """The activities by name, in the order of code points, as state machines are listed."""
    with records.using() as moment:
        return cut_page(
            records,
            moment,
            ("ListActivities",),
            records.activities.values(),
            lambda activity: activity.name,
            max_results=max_results,
            next_token=next_token,
        )


def delete_activity(records: Records, *, arn: str) -> None:
    """Delete the activity, with its tags and the tasks that no worker was given; there may be none of that ARN."""
    with records.using():
        name = parse_activity_arn(arn).name
        if arn == activity_arn(records.arn_prefix, name):
            records.activities.pop(name, None)


def get_activity_task(records: Records, *, arn: str) -> Task | None:
    """The task that has waited longest; None, at once, where AWS would hold the connection for a minute first."""
    with records.using() as moment:
        return _find(records, arn).hand_out(moment)


def _find(records: Records, arn: str) -> Activity:
    parsed = parse_activity_arn(arn)
    activity = records.activities.get(parsed.name) if parsed.prefix == records.arn_prefix else None
    if activity is None:
        raise ActivityDoesNotExist(arn=arn)
    return activity
