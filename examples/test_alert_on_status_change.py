"""A function that EventBridge calls when an execution changes its status, and that raises an alarm.

The production bug: the rule selects only FAILED, so nobody hears of executions that time out or are aborted. The
function also breaks on an event without an error: events of EventBridge have null for members that do not apply.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest
from freezegun import freeze_time
from moto import mock_aws

ALARMING = {"FAILED", "TIMED_OUT", "ABORTED"}
RULE = {
    "source": ["aws.states"],
    "detail-type": ["Step Functions Execution Status Change"],
    "detail": {"status": sorted(ALARMING)},
}


def alert(event: dict[str, Any]) -> str | None:
    """Return the text of the alarm for an event; None if there is no alarm."""
    detail = event["detail"]
    if detail["status"] not in ALARMING:
        return None
    seconds = (detail["stopDate"] - detail["startDate"]) // 1000
    return f"{detail['name']} is {detail['status']} after {seconds} s: {detail['error'] or 'no error told'}"


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        pytest.param({"status": "SUCCEEDED"}, None, id="success"),
        pytest.param(
            {"status": "FAILED", "error": "Declined"}, "nightly is FAILED after 300 s: Declined", id="failure"
        ),
        pytest.param({"status": "TIMED_OUT"}, "nightly is TIMED_OUT after 300 s: no error told", id="timeout"),
        pytest.param({"status": "ABORTED"}, "nightly is ABORTED after 300 s: no error told", id="abortion"),
    ],
)
def test_alerts(sfn_executions, ending, text):
    """The function can be tested without EventBridge: an execution returns the event of its status."""
    orders = sfn_executions.add_state_machine("orders")
    start = timedelta(minutes=-5)
    run = orders.add_execution("nightly", start_date=start, duration=timedelta(minutes=5), **ending)

    assert alert(run.status_change_event()) == text


@mock_aws
def test_the_rule_lets_timeouts_through(sfn_executions):
    """The rule, its queue and the function together, on the test's clock."""
    queues, events = boto3.client("sqs", "us-east-1"), boto3.client("events", "us-east-1")
    queue = queues.create_queue(QueueName="alarms")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="alarms", EventPattern=json.dumps(RULE))
    events.put_targets(Rule="alarms", Targets=[{"Id": "queue", "Arn": arn}])
    orders = sfn_executions.add_state_machine("orders")
    orders.on_start(status="TIMED_OUT", duration=timedelta(minutes=5))

    with freeze_time("2026-01-10T03:00:00Z") as clock:
        boto3.client("stepfunctions", "us-east-1").start_execution(stateMachineArn=orders.arn, name="nightly")
        clock.tick(timedelta(hours=1))
        messages = queues.receive_message(QueueUrl=queue)["Messages"]

    texts = [alert(json.loads(message["Body"])) for message in messages]
    assert texts == ["nightly is TIMED_OUT after 300 s: no error told"]
