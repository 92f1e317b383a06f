"""Call a service for a task and convert the answer to the task's result or error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.resources import Pattern, Resource, ResourceKind, parse_resource
from sfn_mock.asl.texts import json_text, utf8
from sfn_mock.integrations import bedrock, emr
from sfn_mock.integrations.failures import client_failure, invalid_request_failure
from sfn_mock.integrations.http_tasks import build_http_request, is_http_task, unknown_http_parameters
from sfn_mock.integrations.jobs import Job, start_job
from sfn_mock.integrations.lambda_functions import read_invocation
from sfn_mock.integrations.operations import ClientFactory, Operation, find_operation, has_sdk_action
from sfn_mock.integrations.requests import ParametersError, build_request, unknown_members
from sfn_mock.integrations.results import shape_answer

#: The environment variable of a job of AWS Batch that a task waits for.
_MANAGED_BY_STEP_FUNCTIONS = {"name": "MANAGED_BY_AWS", "value": "STARTED_BY_STEP_FUNCTIONS"}


@dataclass(frozen=True, slots=True)
class Caller:
    """The execution that calls a service.

    Attributes:
        execution_arn: The ARN of the execution.
        state_machine_arn: The ARN of its state machine.
    """

    execution_arn: str
    state_machine_arn: str


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """The answer of a service to a task.

    Attributes:
        result: The task's result, or the output of `TaskSubmitted` if the task waits for a job or a callback.
        job: The job that a `.sync` task waits for, None for other tasks.
    """

    result: dict[str, Any]
    job: Job | None = None


def check_parameters(resource: Resource, parameters: Any) -> tuple[str, ...]:
    """Return AWS's sentences about what is wrong with the parameters of a task.

    Args:
        resource: The Resource of the task.
        parameters: The evaluated parameters.
    """
    operation = find_operation(resource)
    try:
        if is_http_task(resource):
            build_http_request(resource, parameters)
        elif operation is None:
            return ()
        elif _is_emr(operation):
            emr.check_parameters(resource, parameters)
        elif bedrock.is_model_invocation(resource):
            bedrock.check_parameters(operation, parameters)
        else:
            build_request(operation, parameters)
    except ParametersError as error:
        return error.problems
    return ()


def unknown_fields(resource: Resource, parameters: dict[str, Any]) -> list[str] | None:
    """Return the fields in a task's parameters that its service does not have, for `check_definition`.

    Args:
        resource: The Resource of the task.
        parameters: The parameters in the definition.

    Returns:
        The names of the fields; None if the SDK does not have the service or the action.
    """
    if is_http_task(resource):
        return unknown_http_parameters(resource, parameters)
    operation = find_operation(resource)
    if operation is None:
        return None if resource.kind is ResourceKind.AWS_SDK and not has_sdk_action(resource) else []
    others = bedrock.LOCATIONS if bedrock.is_model_invocation(resource) else ()
    return unknown_members(operation, parameters, besides=(*resource.required_parameters, *others))


def call_service(resource: Resource, parameters: Any, *, client_for: ClientFactory, caller: Caller) -> ServiceAnswer:
    """Call a service for a task.

    Args:
        resource: The Resource of the task.
        parameters: The evaluated parameters.
        client_for: A function that returns the boto3 client of a service.
        caller: The execution that the task belongs to.

    Raises:
        StateError: If the service refuses the call, or its answer means that the task fails.
        ParametersError: If the task cannot start with its parameters.
        LookupError: If boto3 does not have the operation.
    """
    operation = find_operation(resource)
    if operation is None:
        raise LookupError(f"cannot call {resource.arn}: boto3 has no such operation")
    try:
        if bedrock.is_model_invocation(resource):
            return ServiceAnswer(bedrock.invoke_model(operation, parameters, client_for))
        if _is_emr(operation):
            emr.check_parameters(resource, parameters)
            parameters = emr.rename_parameters(resource.action, parameters, client_for("emr"))
        request = build_request(operation, parameters)
        _complete_request(operation, resource.pattern, request, caller)
        answer = operation.call(client_for, request)
    except ClientError as error:
        raise client_failure(operation, error) from error
    except ParamValidationError as error:
        raise invalid_request_failure(operation, str(error)) from error
    if _is_invocation(operation):
        return ServiceAnswer(_invocation_result(operation, answer))
    result = shape_answer(operation, answer)
    if operation.is_optimised:
        _check_entries(operation, resource.pattern, result)
        result = _complete_result(operation, request, result)
    if _is_emr(operation):
        result = emr.rename_result(resource.action, result)
    is_sync = resource.pattern in (Pattern.SYNC, Pattern.SYNC_2)
    return ServiceAnswer(result, start_job(resource, operation, request, answer) if is_sync else None)


def call_function(resource: Resource, input: Any, *, client_for: ClientFactory) -> Any:
    """Invoke the Lambda function whose ARN is a task's `Resource`, and return its payload.

    Args:
        resource: The Resource of the task.
        input: The evaluated parameters of the task.
        client_for: A function that returns the boto3 client of a service.

    Raises:
        StateError: If the function fails, or Lambda refuses the call.
    """
    try:
        answer = client_for("lambda").invoke(FunctionName=resource.arn, Payload=utf8(json_text(input)))
    except ClientError as error:
        raise client_failure(_invoke_operation(), error) from error
    return read_invocation(answer)


def _invoke_operation() -> Operation:
    operation = find_operation(parse_resource("arn:aws:states:::lambda:invoke"))
    assert operation is not None, "botocore has Lambda's Invoke"
    return operation


def _is_emr(operation: Operation) -> bool:
    return operation.is_optimised and operation.client_name == "emr"


def _is_invocation(operation: Operation) -> bool:
    return operation.is_optimised and operation.client_name == "lambda"


def _complete_request(operation: Operation, pattern: Pattern, request: dict[str, Any], caller: Caller) -> None:
    """Add the members that an optimised integration adds to the task's parameters."""
    if not operation.is_optimised:
        return
    if operation.model.name == "PutEvents":
        for entry in request["Entries"]:
            arns = [caller.state_machine_arn, caller.execution_arn]
            entry["Resources"] = [*entry.get("Resources", []), *arns]
    elif operation.model.name == "StartExecution":
        request.setdefault("input", "{}")
    elif operation.model.name == "RunTask":
        request["startedBy"] = "AWS Step Functions"
    elif operation.model.name == "SubmitJob" and pattern is Pattern.SYNC:
        overrides = request.get("containerOverrides", {})
        environment = [*overrides.get("environment", []), _MANAGED_BY_STEP_FUNCTIONS]
        request["containerOverrides"] = {**overrides, "environment": environment}


def _complete_result(operation: Operation, request: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """Return a result with the members that an optimised integration takes from the request."""
    if operation.client_name == "glue":
        return dict(sorted({**result, "JobName": request["JobName"]}.items()))
    return result


def _check_entries(operation: Operation, pattern: Pattern, result: dict[str, Any]) -> None:
    """Raise a StateError if the service refused some of the entries of a request.

    A task that does not wait for the tasks of ECS has its answer as the result, with any failures.
    """
    if operation.model.name == "PutEvents" and result.get("FailedEntryCount"):
        raise StateError("EventBridge.FailedEntry", json_text(result))
    if operation.model.name == "RunTask" and pattern is not Pattern.REQUEST_RESPONSE and result.get("Failures"):
        raise StateError("AmazonECS.Unknown", json_text(result))


def _invocation_result(operation: Operation, answer: dict[str, Any]) -> dict[str, Any]:
    payload = read_invocation(answer, compact=True)
    known = {**answer, "Payload": None}
    return dict(sorted({**shape_answer(operation, known), "Payload": payload}.items()))
