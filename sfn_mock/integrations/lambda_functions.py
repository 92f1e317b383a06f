"""Lambda functions that Tasks invoke: by their own ARN, or by ``lambda:invoke``, which tells more of the answer."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.texts import json_text
from sfn_mock.integrations.results import http_metadata

#: The version of a function that an unqualified name means.
LATEST = "$LATEST"


def read_invocation(answer: dict[str, Any]) -> Any:
    """Return what a function answered: a value, or text where it is no JSON.

    Args:
        answer: What the boto3 client returned for Invoke.

    Raises:
        StateError: The function ended with an error, which is named after the type of its exception; the cause is all
            that Lambda tells about it.
    """
    text = answer["Payload"].read().decode(errors="replace")
    try:
        payload = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        payload = text
    if not answer.get("FunctionError"):
        return payload
    error_type = payload.get("errorType") if isinstance(payload, dict) else None
    raise StateError(error_type if isinstance(error_type, str) and error_type else "Lambda.Unknown", text)


def invocation_answer(
    payload: Any, *, request_id: str, moment: datetime, executed_version: str = LATEST
) -> dict[str, Any]:
    """Return the result of a ``lambda:invoke`` Task whose function answers a payload.

    Args:
        payload: What the function returns.
        request_id: The id of the request.
        moment: When the function answers.
        executed_version: The version of the function.
    """
    headers = {
        "connection": "keep-alive",
        "content-length": str(len(json_text(payload).encode())),
        "content-type": "application/json",
        "date": format_datetime(moment.astimezone(timezone.utc), usegmt=True),
        "x-amz-executed-version": executed_version,
        "x-amzn-remapped-content-length": "0",
        "x-amzn-requestid": request_id,
        "x-amzn-trace-id": f"root=1-{int(moment.timestamp()):08x}-{request_id.replace('-', '')[:24]};sampled=0",
    }
    metadata = http_metadata({"HTTPStatusCode": 200, "RequestId": request_id, "HTTPHeaders": headers})
    result = {"ExecutedVersion": executed_version, "Payload": payload, "StatusCode": 200, **metadata}
    return dict(sorted(result.items()))


def function_error(error_type: str, message: str, *, request_id: str, stack_trace: list[str]) -> StateError:
    """Return the error of a Task whose Python function raises an exception.

    Args:
        error_type: The name of the exception's class.
        message: The exception as text.
        request_id: The id of the request.
        stack_trace: The lines of the traceback, innermost last.
    """
    told = {"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": stack_trace}
    return StateError(error_type, json.dumps(told))
