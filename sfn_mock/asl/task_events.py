"""The events by which a history tells of a Task: their types and details, as GetExecutionHistory spells them.

A service's action, a Lambda function and an activity have events of their own. All functions return the type of an
event and its details; the details of an event without any are empty.
"""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.resources import Resource, ResourceKind

TaskEvent = tuple[str, dict[str, Any]]

#: The most bytes of UTF-8 that a Task's result may have.
RESULT_LIMIT = 262_144

_PREFIXES = {
    ResourceKind.LAMBDA_FUNCTION: "LambdaFunction",
    ResourceKind.ACTIVITY: "Activity",
    ResourceKind.OPTIMISED: "Task",
    ResourceKind.AWS_SDK: "Task",
}


def details_member(event_type: str) -> str:
    """Return the name of the member that holds the details of an event: ``taskFailedEventDetails`` for TaskFailed."""
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
    """Tell that a Task is about to start.

    Args:
        resource: What the Task calls.
        parameters: A service action's evaluated parameters, or the input of a function or activity, as JSON text.
        region: The region of the execution.
        timeout_seconds: The state's timeout, if it has one.
        heartbeat_seconds: The state's heartbeat, if it has one; a Lambda function's event does not tell it.
        role_arn: The role of the state's ``Credentials``, if it has any.
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
    """Tell that a Task has started; an activity tells the name of its worker, if the worker gave one."""
    return _event(resource, "Started", _of(resource) if worker_name is None else {"workerName": worker_name})


def submitted(resource: Resource, output: str) -> TaskEvent:
    """Tell what a service answered to a Task that goes on waiting for a job or a token."""
    return _event(resource, "Submitted", {**_of(resource), **_output(output)})


def submit_failed(resource: Resource, error: str, cause: str | None) -> TaskEvent:
    """Tell that a service refused the call of a Task that was to wait for a job or a token."""
    return _event(resource, "SubmitFailed", {**_of(resource), **_error(error, cause)})


def succeeded(resource: Resource, output: str) -> TaskEvent:
    """Tell the result of a Task, as JSON text."""
    return _event(resource, "Succeeded", {**_of(resource), **_output(output)})


def failed(resource: Resource, error: str | None, cause: str | None) -> TaskEvent:
    """Tell the error of a Task."""
    return _event(resource, "Failed", {**_of(resource), **_error(error, cause)})


def timed_out(resource: Resource, error: str = "States.Timeout", cause: str | None = None) -> TaskEvent:
    """Tell that a Task, or its heartbeat, took too long."""
    return _event(resource, "TimedOut", {**_of(resource), **_error(error, cause)})


def result_limit_cause(resource: Resource) -> str:
    """Return the cause of States.DataLimitExceeded for a result of more than RESULT_LIMIT bytes."""
    name = resource.event_resource_type if resource.is_service else resource.arn
    return f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service limit."


def _event(resource: Resource, what: str, details: dict[str, Any]) -> TaskEvent:
    return f"{_PREFIXES[resource.kind]}{what}", details


def _of(resource: Resource) -> dict[str, Any]:
    if not resource.is_service:
        return {}
    return {"resourceType": resource.event_resource_type, "resource": resource.event_resource}


def _output(output: str) -> dict[str, Any]:
    return {"output": output, "outputDetails": {"truncated": False}}


def _error(error: str | None, cause: str | None) -> dict[str, Any]:
    return {name: value for name, value in (("error", error), ("cause", cause)) if value is not None}
