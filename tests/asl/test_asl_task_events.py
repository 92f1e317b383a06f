"""The events of Task states: services, Lambda functions and activities each have their own members."""

from functools import partial

import pytest

from sfn_mock.asl import task_events
from sfn_mock.asl.resources import parse_resource

SERVICE = parse_resource("arn:aws:states:::sqs:sendMessage.waitForTaskToken")
SDK = parse_resource("arn:aws:states:::aws-sdk:s3:getObject")
FUNCTION = parse_resource("arn:aws:lambda:eu-west-1:123456789012:function:charge")
ACTIVITY = parse_resource("arn:aws:states:eu-west-1:123456789012:activity:pick")
OF_SERVICE = {"resourceType": "sqs", "resource": "sendMessage.waitForTaskToken"}
OUTPUT = {"output": '{"a":1}', "outputDetails": {"truncated": False}}


@pytest.mark.parametrize(
    ("resource", "options", "expected"),
    [
        pytest.param(
            SERVICE,
            {},
            ("TaskScheduled", {**OF_SERVICE, "region": "eu-west-1", "parameters": '{"a":1}'}),
            id="service",
        ),
        pytest.param(
            SDK,
            {"timeout_seconds": 5, "heartbeat_seconds": 2, "role_arn": "arn:aws:iam::123456789012:role/other"},
            (
                "TaskScheduled",
                {
                    "resourceType": "aws-sdk:s3",
                    "resource": "getObject",
                    "region": "eu-west-1",
                    "parameters": '{"a":1}',
                    "timeoutInSeconds": 5,
                    "heartbeatInSeconds": 2,
                    "taskCredentials": {"roleArn": "arn:aws:iam::123456789012:role/other"},
                },
            ),
            id="service with all options",
        ),
        pytest.param(
            FUNCTION,
            {"timeout_seconds": 5, "heartbeat_seconds": 2, "role_arn": "arn:aws:iam::123456789012:role/other"},
            (
                "LambdaFunctionScheduled",
                {
                    "resource": FUNCTION.arn,
                    "input": '{"a":1}',
                    "inputDetails": {"truncated": False},
                    "timeoutInSeconds": 5,
                    "taskCredentials": {"roleArn": "arn:aws:iam::123456789012:role/other"},
                },
            ),
            id="a function without heartbeat",
        ),
        pytest.param(
            ACTIVITY,
            {"timeout_seconds": 5, "heartbeat_seconds": 2, "role_arn": "arn:aws:iam::123456789012:role/other"},
            (
                "ActivityScheduled",
                {
                    "resource": ACTIVITY.arn,
                    "input": '{"a":1}',
                    "inputDetails": {"truncated": False},
                    "timeoutInSeconds": 5,
                    "heartbeatInSeconds": 2,
                },
            ),
            id="an activity without credentials",
        ),
    ],
)
def test_scheduled_event_has_the_parameters_and_limits(resource, options, expected):
    """The scheduled event of each kind of Task has its own members for the parameters and limits."""
    assert task_events.scheduled(resource, '{"a":1}', region="eu-west-1", **options) == expected


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param(partial(task_events.started, SERVICE), ("TaskStarted", OF_SERVICE), id="service started"),
        pytest.param(partial(task_events.started, FUNCTION), ("LambdaFunctionStarted", None), id="function started"),
        pytest.param(partial(task_events.started, ACTIVITY), ("ActivityStarted", {}), id="activity started"),
        pytest.param(
            partial(task_events.started, ACTIVITY, worker_name="w1"),
            ("ActivityStarted", {"workerName": "w1"}),
            id="activity started by a worker",
        ),
        pytest.param(
            partial(task_events.submitted, SERVICE, '{"a":1}'),
            ("TaskSubmitted", {**OF_SERVICE, **OUTPUT}),
            id="submitted",
        ),
        pytest.param(
            partial(task_events.failed, SERVICE, "SQS.AmazonSQSException", "why", "submit"),
            ("TaskSubmitFailed", {**OF_SERVICE, "error": "SQS.AmazonSQSException", "cause": "why"}),
            id="submit failed",
        ),
        pytest.param(
            partial(task_events.failed, SERVICE, "States.Runtime", "why", "start"),
            ("TaskStartFailed", {**OF_SERVICE, "error": "States.Runtime", "cause": "why"}),
            id="start failed",
        ),
        pytest.param(
            partial(task_events.failed, ACTIVITY, "States.Runtime", None, "schedule"),
            ("ActivityScheduleFailed", {"error": "States.Runtime"}),
            id="schedule failed",
        ),
        pytest.param(
            partial(task_events.succeeded, SERVICE, '{"a":1}'),
            ("TaskSucceeded", {**OF_SERVICE, **OUTPUT}),
            id="succeeded",
        ),
        pytest.param(
            partial(task_events.succeeded, FUNCTION, '{"a":1}'),
            ("LambdaFunctionSucceeded", OUTPUT),
            id="function succeeded",
        ),
        pytest.param(
            partial(task_events.failed, SERVICE, "Declined", "no funds"),
            ("TaskFailed", {**OF_SERVICE, "error": "Declined", "cause": "no funds"}),
            id="failed",
        ),
        pytest.param(partial(task_events.failed, ACTIVITY, None, None), ("ActivityFailed", {}), id="activity failed"),
        pytest.param(
            partial(task_events.timed_out, SERVICE),
            ("TaskTimedOut", {**OF_SERVICE, "error": "States.Timeout"}),
            id="timed out",
        ),
        pytest.param(
            partial(task_events.timed_out, FUNCTION),
            ("LambdaFunctionTimedOut", {"error": "States.Timeout"}),
            id="function timed out",
        ),
    ],
)
def test_later_events_have_the_outcome(event, expected):
    """Later events have the outcome; only those of services repeat the resource."""
    assert event() == expected


def test_details_member_is_named_after_the_type():
    """The member of the details starts with the type, whose first letter is in lower case."""
    assert task_events.details_member("LambdaFunctionFailed") == "lambdaFunctionFailedEventDetails"


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        pytest.param(SERVICE, "sqs", id="service"),
        pytest.param(FUNCTION, "arn:aws:lambda:eu-west-1:123456789012:function:charge", id="function"),
    ],
)
def test_cause_of_a_large_result_names_the_task(resource, name):
    """The cause names a service by its type and a function by its ARN."""
    assert task_events.result_limit_cause(resource) == (
        f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service limit."
    )
