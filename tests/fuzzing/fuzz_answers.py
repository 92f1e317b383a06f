"""What requests name, and the form that every answer to them must have."""

from __future__ import annotations

import json
from pathlib import Path
from traceback import walk_tb
from typing import Any

import boto3
from botocore.exceptions import ClientError
from botocore.parsers import create_parser
from fuzz_values import MODEL

import sfn_mock

PACKAGE = str(Path(sfn_mock.__file__).parent)
JSON = "application/x-amz-json-1.0"
#: Error codes that every operation may answer with, besides its own.
_COMMON = {
    "SerializationException",
    "UnknownOperationException",
    "ValidationException",
    "InvalidArn",
    "AccessDeniedException",
    "MissingAuthenticationTokenException",
}
#: After how many requests the store is emptied and seeded again.
REQUESTS_OF_A_STORE = 500


def seed(sfn: Any) -> None:
    """Seed one resource of each kind, with the names that requests use."""
    orders = sfn.add_state_machine("orders")
    orders.add_alias("live", orders.publish_version())
    orders.add_execution("a", status="FAILED")
    orders.add_execution("parent", status="RUNNING").add_map_run("Files").add_executions(3, status="SUCCEEDED")
    sfn.add_state_machine("quick", type="EXPRESS")
    boto3.client("stepfunctions", "us-east-1").create_activity(name="pack")


def _codes(operation: str | None) -> set[str]:
    own = () if operation is None else MODEL.operation_model(operation).error_shapes
    return _COMMON | {shape.name for shape in own}


def check_answer(status: int, content_type: str, content: bytes, operation: str | None) -> None:
    """Compare an HTTP answer with botocore's model of the operation."""
    answer = json.loads(content)

    assert isinstance(answer, dict)
    assert content_type == JSON

    if status == 200:
        assert operation is not None
        shape = MODEL.operation_model(operation).output_shape
        create_parser("json").parse({"status_code": 200, "headers": {}, "body": content}, shape)
        assert set(answer) <= set(shape.members)
        assert set(shape.required_members) <= set(answer)
    else:
        assert status == 400, answer
        assert isinstance(answer.get("message", ""), str)
        assert answer["__type"].rpartition("#")[2] in _codes(operation), answer


def check_error(error: Exception, operation: str) -> None:
    """Check that a client's error is one of the operation, or that botocore itself cannot write such a request."""
    if isinstance(error, ClientError):
        assert error.response["Error"]["Code"] in _codes(operation)
    else:
        frames = (frame for frame, _ in walk_tb(error.__traceback__))

        assert not any(frame.f_code.co_filename.startswith(PACKAGE) for frame in frames)
