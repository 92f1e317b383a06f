"""Complete the result that a test gives for a mocked task."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sfn_mock.asl.resources import Pattern, Resource, ResourceKind
from sfn_mock.asl.texts import json_text
from sfn_mock.integrations.lambda_functions import invocation_answer
from sfn_mock.integrations.mock_checks import MockError, check_task_result
from sfn_mock.integrations.results import http_metadata
from sfn_mock.state.task_mocks import LATEST

#: The members of Lambda's answer to Invoke. A mocked result with only these members is a complete answer.
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
        resource: The Resource of the task.
        value: The result from the test. For `lambda:invoke` this is the return value of the function or the complete
            answer of Lambda, for other resources the complete answer of the service.
        request_id: The id of the request.
        moment: When the service answers.
        strict: Whether to check that the service could give the result.

    Raises:
        ValueError: If the service could not give the result.
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
    """Return the output of TaskSubmitted for a mocked task, None if the task does not wait for a job or a callback.

    Only the metadata, which all answers have, is known.
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
