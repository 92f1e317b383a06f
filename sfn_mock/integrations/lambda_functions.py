"""The Lambda functions of tasks: invoked by their own ARN, or by `lambda:invoke`, whose result has more members."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from email.utils import format_datetime
from typing import Any

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.texts import json_text, utf8
from sfn_mock.integrations.results import http_metadata
from sfn_mock.state.task_mocks import LATEST

#: A function name in Invoke's forms: the name, the partial ARN or the ARN, perhaps with a version or alias.
_FUNCTION = re.compile(
    r"(?:(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?\d{12}:function:|function:)?"
    r"(?P<name>[A-Za-z0-9_-]{1,64})(?::(?P<qualifier>[A-Za-z0-9_-]+|\$LATEST))?"
)


def parse_function(name: object) -> tuple[str, str | None] | None:
    """Parse the FunctionName of Invoke; return the name and the qualifier, None for an invalid one."""
    parts = _FUNCTION.fullmatch(name) if isinstance(name, str) else None
    return None if parts is None else (parts["name"], parts["qualifier"])


def read_invocation(answer: dict[str, Any], *, compact: bool = False) -> Any:
    """Return the payload of an invocation: a JSON value, or text if it is not JSON.

    Args:
        answer: The answer of the boto3 client to Invoke.
        compact: Whether the cause of an error is written as compact JSON, as `lambda:invoke` does. A function that is
            called by its own ARN keeps the text.

    Raises:
        StateError: If the function failed. The name is the type of the exception, the cause is the payload.
    """
    text = answer["Payload"].read().decode(errors="replace")
    try:
        payload = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        payload = text
    if not answer.get("FunctionError"):
        return payload
    if compact and isinstance(payload, dict):
        text = json_text(payload)
    error_type = payload.get("errorType") if isinstance(payload, dict) else None
    raise StateError(error_type if isinstance(error_type, str) and error_type else "Lambda.Unknown", text)


def invocation_answer(
    payload: Any, *, request_id: str, moment: datetime, executed_version: str = LATEST
) -> dict[str, Any]:
    """Return the result of a `lambda:invoke` task.

    Args:
        payload: The return value of the function.
        request_id: The id of the request.
        moment: When the function returns.
        executed_version: The version of the function.
    """
    text = json_text(payload)
    metadata = http_metadata(
        invocation_metadata(text, request_id=request_id, moment=moment, executed_version=executed_version)
    )
    result = {"ExecutedVersion": executed_version, "Payload": payload, "StatusCode": 200, **metadata}
    return dict(sorted(result.items()))


def invocation_metadata(payload: str, *, request_id: str, moment: datetime, executed_version: str) -> dict[str, Any]:
    """Return the `ResponseMetadata` of boto3's answer to Invoke.

    Args:
        payload: The return value of the function as text.
        request_id: The id of the request.
        moment: When the function returns.
        executed_version: The version of the function.
    """
    headers = {
        "connection": "keep-alive",
        "content-length": str(len(utf8(payload))),
        "content-type": "application/json",
        "date": format_datetime(moment.astimezone(timezone.utc), usegmt=True),
        "x-amz-executed-version": executed_version,
        "x-amzn-remapped-content-length": "0",
        "x-amzn-requestid": request_id,
        "x-amzn-trace-id": f"root=1-{int(moment.timestamp()):08x}-{request_id.replace('-', '')[:24]};sampled=0",
    }
    return {"HTTPStatusCode": 200, "RequestId": request_id, "HTTPHeaders": headers}


def function_error(error_type: str, message: str, *, request_id: str, stack_trace: list[str]) -> StateError:
    """Return the error of a task whose Python function raises an exception.

    Args:
        error_type: The name of the exception's class.
        message: The message of the exception.
        request_id: The id of the request.
        stack_trace: The lines of the traceback, innermost last.
    """
    payload = {"errorMessage": message, "errorType": error_type, "requestId": request_id, "stackTrace": stack_trace}
    return StateError(error_type, json.dumps(payload))
