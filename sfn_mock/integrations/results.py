"""Convert answers of boto3 to results of tasks."""

from __future__ import annotations

import base64
from datetime import datetime, timezone
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from sfn_mock.integrations.operations import Operation

_AWS_HEADERS = {
    "x-amz-executed-version": "X-Amz-Executed-Version",
    "x-amz-log-result": "X-Amz-Log-Result",
    "x-amzn-remapped-content-length": "x-amzn-Remapped-Content-Length",
    "x-amzn-requestid": "x-amzn-RequestId",
    "x-amzn-trace-id": "X-Amzn-Trace-Id",
}


def shape_answer(operation: Operation, answer: dict[str, Any]) -> dict[str, Any]:
    """Convert the answer of a service to the result of a task.

    The members have Step Functions' names in alphabetical order; streamed content comes last. With version 2 of the SDK
    timestamps are in ISO 8601 and binary values are text. With version 1 timestamps are in milliseconds, binary values
    are in base64, and the HTTP metadata is added.

    Args:
        operation: The called operation.
        answer: The answer of the boto3 client.
    """
    result = describe(operation, answer)
    if operation.uses_sdk_v2:
        return result
    return dict(sorted({**result, **http_metadata(answer.get("ResponseMetadata", {}))}.items()))


def describe(operation: Operation, answer: dict[str, Any]) -> dict[str, Any]:
    """Convert the answer of a service without HTTP metadata; see `shape_answer`."""
    shape = operation.model.output_shape
    return {} if shape is None else _structure(operation, answer, shape)


def http_metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    """Convert boto3's `ResponseMetadata` to `SdkHttpMetadata` and `SdkResponseMetadata`."""
    headers = {_header_name(name): value for name, value in metadata.get("HTTPHeaders", {}).items()}
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": metadata.get("HTTPStatusCode", 200),
        },
        "SdkResponseMetadata": {"RequestId": metadata.get("RequestId", "")},
    }


def _header_name(name: str) -> str:
    """Return the name of a header as AWS sends it; botocore gives it in lower case."""
    return _AWS_HEADERS.get(name, name if name.startswith("x-") else name.title())


def _structure(operation: Operation, value: dict[str, Any], shape: StructureShape) -> dict[str, Any]:
    named = sorted((operation.member_name(member), member) for member in value if member in shape.members)
    result: dict[str, Any] = {}
    streamed: dict[str, Any] = {}
    for name, member in named:
        item = value[member]
        if hasattr(item, "read"):
            streamed[name] = _blob_text(operation, item.read())
        elif item is not None:
            result[name] = _value(operation, item, shape.members[member])
    return {**result, **streamed}


def _value(operation: Operation, value: Any, shape: Shape) -> Any:
    if isinstance(shape, StructureShape):
        return value if shape.is_document_type else _structure(operation, value, shape)
    if isinstance(shape, ListShape):
        return [_value(operation, item, shape.member) for item in value]
    if isinstance(shape, MapShape):
        return {key: _value(operation, item, shape.value) for key, item in value.items()}
    if isinstance(value, bytes):
        return _blob_text(operation, value)
    if isinstance(value, datetime):
        return moment_text(value) if operation.uses_sdk_v2 else int(value.timestamp() * 1000)
    return value


def _blob_text(operation: Operation, value: bytes) -> str:
    if operation.uses_sdk_v2:
        try:
            return value.decode()
        except UnicodeDecodeError:
            pass  # not text: use base64 instead
    return base64.b64encode(value).decode()


def moment_text(moment: datetime) -> str:
    """Return a moment in the form of Java's Instant: in UTC, with milliseconds unless they are zero."""
    utc = moment.astimezone(timezone.utc).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds") + "Z"
