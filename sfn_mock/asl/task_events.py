"""The history events of tasks: types and details in the form of GetExecutionHistory.

The types differ for service integrations, Lambda functions and activities. Each function returns the type and the
details of an event; the details are None if events of that type have none.
"""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.errors import error_details
from sfn_mock.asl.host import FailedStep
from sfn_mock.asl.resources import Resource, ResourceKind

TaskEvent = tuple[str, dict[str, Any] | None]

#: The most bytes of a task's result as JSON in UTF-8.
RESULT_LIMIT = 262_144

#: The endings of the types of events of failed tasks, by the step at which the task failed.
FAILURES: dict[FailedStep, str] = {
    "schedule": "ScheduleFailed",
    "start": "StartFailed",
    "submit": "SubmitFailed",
    "run": "Failed",
}

_PREFIXES = {
    ResourceKind.LAMBDA_FUNCTION: "LambdaFunction",
    ResourceKind.ACTIVITY: "Activity",
    ResourceKind.OPTIMISED: "Task",
    ResourceKind.AWS_SDK: "Task",
}


def details_member(event_type: str) -> str:
    """Return the name of an event's details member, such as `taskFailedEventDetails` for TaskFailed."""
    return f"{event_type[0].lower()}{event_type[1:]}EventDetails"


def scheduled(
    resource: Resource,
    parameters: str,
    *,
    region: str,
    timeout_seconds: int | None = None,
    heartbeat_seconds: int | None = None,
    role_arn: str | None = None,
) -> TaskEvent:
    """Return the event of a task that was scheduled.

    Args:
        resource: The Resource of the state.
        parameters: The evaluated parameters of the action, or the input of the function or activity, as JSON text.
        region: The region of the execution.
        timeout_seconds: The state's TimeoutSeconds, None without one.
        heartbeat_seconds: The state's HeartbeatSeconds, None without one; a Lambda function's event omits it.
        role_arn: The role of the state's Credentials, None without one.
    """
    details: dict[str, Any]
    if resource.is_service:
        details = {**_of(resource), "region": region, "parameters": parameters}
    else:
        details = {"resource": resource.arn, "input": parameters, "inputDetails": {"truncated": False}}
    if timeout_seconds is not None:
        details["timeoutInSeconds"] = timeout_seconds
    if heartbeat_seconds is not None and resource.kind is not ResourceKind.LAMBDA_FUNCTION:
        details["heartbeatInSeconds"] = heartbeat_seconds
    if role_arn is not None and resource.kind is not ResourceKind.ACTIVITY:
        details["taskCredentials"] = {"roleArn": role_arn}
    return _event(resource, "Scheduled", details)


def started(resource: Resource, *, worker_name: str | None = None) -> TaskEvent:
    """Return the event of a task that has started; `worker_name` is the name that an activity's worker gave."""
    if resource.kind is ResourceKind.LAMBDA_FUNCTION:
        return _event(resource, "Started", None)
    return _event(resource, "Started", _of(resource) if worker_name is None else {"workerName": worker_name})


def submitted(resource: Resource, output: str) -> TaskEvent:
    """Return the event of a task whose call succeeded and that now waits for a job or a callback."""
    return _event(resource, "Submitted", {**_of(resource), **_output(output)})


def succeeded(resource: Resource, output: str) -> TaskEvent:
    """Return the event of a task that succeeded; `output` is its result as JSON text."""
    return _event(resource, "Succeeded", {**_of(resource), **_output(output)})


def failed(resource: Resource, error: str | None, cause: str | None, step: FailedStep = "run") -> TaskEvent:
    """Return the event of a task that failed at a step."""
    return _event(resource, FAILURES[step], {**_of(resource), **error_details(error, cause)})


def timed_out(resource: Resource, error: str = "States.Timeout", cause: str | None = None) -> TaskEvent:
    """Return the event of a task that timed out or missed a heartbeat."""
    return _event(resource, "TimedOut", {**_of(resource), **error_details(error, cause)})


def result_limit_cause(resource: Resource) -> str:
    """Return the cause of States.DataLimitExceeded for a result of more than RESULT_LIMIT bytes."""
    name = resource.event_resource_type if resource.is_service else resource.arn
    return f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service limit."


def _event(resource: Resource, what: str, details: dict[str, Any] | None) -> TaskEvent:
    return f"{_PREFIXES[resource.kind]}{what}", details


def _of(resource: Resource) -> dict[str, Any]:
    if not resource.is_service:
        return {}
    return {"resourceType": resource.event_resource_type, "resource": resource.event_resource}


def _output(output: str) -> dict[str, Any]:
    return {"output": output, "outputDetails": {"truncated": False}}
