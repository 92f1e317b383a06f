"""Turn the result that a test gives a mocked task into the one that AWS would give."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sfn_mock.asl.resources import Pattern, Resource, ResourceKind
from sfn_mock.asl.texts import json_text
from sfn_mock.integrations.lambda_functions import LATEST, invocation_answer
from sfn_mock.integrations.mock_results import MockError, check_task_result
from sfn_mock.integrations.results import http_metadata

#: The members of Lambda's answer to Invoke; a result of no others is such an answer, given whole.
_INVOCATION_MEMBERS = {
    "ExecutedVersion",
    "FunctionError",
    "LogResult",
    "Payload",
    "SdkHttpMetadata",
    "SdkResponseMetadata",
    "StatusCode",
}


def mocked_result(resource: Resource, value: Any, *, request_id: str, moment: datetime, strict: bool) -> Any:
    """Return the result of a mocked task.

    Args:
        resource: What the task calls.
        value: The result as the test gives it: for an invocation of a Lambda function what the function returns, or
            the whole answer; otherwise the whole answer of the service.
        request_id: The id of the request.
        moment: When the service answers.
        strict: Whether the service must be able to give such an answer.

    Raises:
        ValueError: If it could not.
    """
    result = _whole_answer(resource, value, request_id, moment)
    if strict:
        try:
            check_task_result(resource, result)
        except MockError as error:
            raise ValueError(
                f"result must be one that {resource.arn} can give, got {json_text(value)}: {error}. Pass strict=False "
                f"to mock it all the same."
            ) from None
    return result


def mocked_submission(resource: Resource, *, request_id: str, moment: datetime) -> Any:
    """Return what a service answers to the call of a mocked task that then waits, None for one that does not wait.

    Nothing is known of that answer but the metadata that every answer has.
    """
    if resource.pattern is Pattern.REQUEST_RESPONSE:
        return None
    if _is_invocation(resource) and resource.kind is ResourceKind.OPTIMISED:
        return invocation_answer(None, request_id=request_id, moment=moment)
    if resource.kind is ResourceKind.AWS_SDK:
        return {}
    return http_metadata({"HTTPStatusCode": 200, "RequestId": request_id})


def _whole_answer(resource: Resource, value: Any, request_id: str, moment: datetime) -> Any:
    if not _is_invocation(resource) or resource.pattern is not Pattern.REQUEST_RESPONSE:
        return value
    if isinstance(value, dict) and "Payload" in value and value.keys() <= _INVOCATION_MEMBERS:
        return value
    if resource.kind is ResourceKind.AWS_SDK:
        return {"ExecutedVersion": LATEST, "Payload": json_text(value), "StatusCode": 200}
    return invocation_answer(value, request_id=request_id, moment=moment)


def _is_invocation(resource: Resource) -> bool:
    return resource.is_service and (resource.service, resource.action) == ("lambda", "invoke")
