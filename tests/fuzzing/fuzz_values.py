"""Generate values, requests and bytes, valid and invalid."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import botocore.session

MODEL = botocore.session.get_session().get_service_model("stepfunctions")
OPERATIONS = tuple(MODEL.operation_names)
PREFIX = "arn:aws:states:us-east-1:123456789012:"
#: Names of existing and of missing resources.
ARNS = [
    f"{PREFIX}stateMachine:orders",
    f"{PREFIX}stateMachine:orders:1",
    f"{PREFIX}stateMachine:orders:live",
    f"{PREFIX}stateMachine:orders/Files",
    f"{PREFIX}stateMachine:quick",
    f"{PREFIX}execution:orders:a",
    f"{PREFIX}execution:orders:parent",
    f"{PREFIX}express:quick:a:b",
    f"{PREFIX}activity:pack",
    f"{PREFIX}mapRun:orders/Files:1",
    "arn:aws:states:eu-west-1:123456789012:stateMachine:orders",
    "arn:aws:lambda:us-east-1:123456789012:function:f",
    "arn::::::::",
    "arn:aws:states:us-east-1:123456789012:",
]
TEXTS = [
    *("", " ", "a", "nightly", "RUNNING", "FAILED", "running", "null", "{}", "[]", "7", '"x"', "{", "\x00", "\ud800"),
    *("a" * 81, "a" * 300, "é" * 70, "\u202e", "1e999", "NaN", "arn:", "../..", "%00", "%d", "{index}", "\r\nX: y"),
    '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
    '{"StartAt": "A", "States": {}}',
    "[" * 2000,
]
NUMBERS: list[Any] = [0, 1, -1, 2, 1000, 1001, 2**31, 2**63, 10**400, 0.5, -0.0, 1e308, float("inf"), float("nan")]
STRANGE: list[Any] = [None, True, False, [], {}, [[]], {"a": None}, [None, 1, "a"], {"": ""}]


def any_value(random: Random, depth: int = 0) -> Any:
    """Return a value of any type."""
    kind = random.randrange(6 if depth < 3 else 4)
    if kind == 0:
        return random.choice(TEXTS)
    if kind == 1:
        return random.choice(NUMBERS)
    if kind == 2:
        return random.choice(STRANGE)
    if kind == 3:
        return random.choice(ARNS)
    if kind == 4:
        return [any_value(random, depth + 1) for _ in range(random.randrange(4))]
    return {random.choice(TEXTS): any_value(random, depth + 1) for _ in range(random.randrange(4))}


def fitting_value(random: Random, shape: Any, depth: int = 0) -> Any:
    """Return a value of a shape, usually a valid one."""
    if random.random() < 0.08 or depth > 6:
        return any_value(random)
    if shape.type_name == "structure":
        return structure(random, shape, depth + 1)
    if shape.type_name == "list":
        return [fitting_value(random, shape.member, depth + 1) for _ in range(random.randrange(3))]
    if shape.type_name == "map":
        return {random.choice(TEXTS): fitting_value(random, shape.value, depth + 1) for _ in range(random.randrange(3))}
    if shape.type_name == "boolean":
        return random.random() < 0.5
    if shape.type_name in ("integer", "long", "float", "double"):
        return random.choice(NUMBERS[:7])
    if shape.enum and random.random() < 0.8:
        return random.choice(shape.enum)
    return random.choice(ARNS if "Arn" in shape.name or random.random() < 0.3 else TEXTS)


def structure(random: Random, shape: Any, depth: int = 0) -> dict[str, Any]:
    """Return members of a structure: usually the required ones, sometimes others."""
    members = {
        name: fitting_value(random, member, depth)
        for name, member in shape.members.items()
        if random.random() < (0.93 if name in shape.required_members else 0.4)
    }
    if random.random() < 0.05:
        members[random.choice(TEXTS)] = any_value(random)
    return members


def parameters(random: Random) -> tuple[str, dict[str, Any]]:
    """Return an operation, and parameters of a request to it."""
    operation = random.choice(OPERATIONS)
    return operation, structure(random, MODEL.operation_model(operation).input_shape)


def body(random: Random, members: dict[str, Any]) -> bytes:
    """Return the body of a request, valid or damaged."""
    text = json.dumps(members).encode()
    damage = random.randrange(12)
    if damage == 0:
        return text[: random.randrange(len(text) + 1)]
    if damage == 1:
        position = random.randrange(len(text) + 1)
        return text[:position] + random.randbytes(random.randrange(1, 6)) + text[position:]
    if damage == 2:
        return json.dumps(any_value(random)).encode()
    if damage == 3:
        return json.dumps(members, ensure_ascii=False).encode("utf-16", "surrogatepass")
    if damage == 4:
        return b'{"a":' * random.choice([1, 100, 5000])
    return text


TARGETS = ["", "ListExecutions", "AWSStepFunctions", "AWSStepFunctions.", "AWSStepFunctions.Nothing", "S3.ListBuckets"]


def target(random: Random, operation: str) -> str:
    """Return a target header, usually that of the operation."""
    return random.choice(TARGETS) if random.random() < 0.1 else f"AWSStepFunctions.{operation}"


SIGNED = "AWS4-HMAC-SHA256 Credential=a/20260110/eu-west-1/states/aws4_request, Signature=b"
HEADERS = [
    ("Content-Type", "application/x-amz-json-1.0"),
    ("Content-Type", "text/plain; charset=utf-7"),
    ("Content-Type", "\x7f"),
    ("Authorization", SIGNED),
    ("Authorization", "AWS4-HMAC-SHA256 Credential=////, Signature="),
    ("Authorization", "Bearer " + "x" * 5000),
    ("X-Amz-Security-Token", "é"),
    ("X-Amz-Date", "yesterday"),
    ("X-Amzn-Trace-Id", "Root=1"),
    ("Accept-Encoding", "gzip, nothing"),
    ("Origin", "http://elsewhere.example"),
    ("Expect", "100-continue"),
    ("Connection", "close"),
    ("Connection", "upgrade"),
]


def headers(random: Random) -> list[tuple[str, str]]:
    """Return headers other than the target."""
    return random.sample(HEADERS, random.randrange(4))
