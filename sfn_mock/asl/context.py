"""The context object, the value of `$$` and `$states.context`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from sfn_mock.asl.json_values import is_number

#: The members of the context object that a test may give to TestState, and the types of their fields.
_MEMBERS: dict[str, dict[str, str]] = {
    "Execution": {
        "Id": "a string",
        "Input": "any value",
        "Name": "a string",
        "RoleArn": "a string",
        "StartTime": "a string",
        "RedriveCount": "a number",
        "RedriveTime": "a string",
    },
    "State": {"EnteredTime": "a string", "Name": "a string", "RetryCount": "a number"},
    "StateMachine": {"Id": "a string", "Name": "a string"},
    "Task": {"Token": "a string"},
}

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class ExecutionInfo:
    """Facts about an execution for its context object and its events.

    Attributes:
        id: The ARN of the execution.
        name: The name of the execution.
        role_arn: The role of the state machine.
        state_machine_id: The ARN of the state machine.
        state_machine_name: The name of the state machine.
        region: The region in the events of tasks.
        version_arn: The version that was started, None without one.
        alias_arn: The alias that was used to start the execution, None without one.
        sequence: A number that no other execution with that ARN has; its tasks have other tokens.
        is_express: Whether it is an EXPRESS execution.
    """

    id: str
    name: str
    role_arn: str
    state_machine_id: str
    state_machine_name: str
    region: str = "us-east-1"
    version_arn: str | None = None
    alias_arn: str | None = None
    sequence: int = 0
    is_express: bool = False


@lru_cache(maxsize=256)
def format_moment(moment: int) -> str:
    """Return a moment in the context object's format, UTC with milliseconds: `2026-01-10T06:00:00.000Z`."""
    return f"{(_EPOCH + timedelta(milliseconds=moment)).strftime('%Y-%m-%dT%H:%M:%S')}.{moment % 1000:03}Z"


def execution_context(
    info: ExecutionInfo, input: Any, start: int, redrive_count: int, redrive_moment: int | None
) -> dict[str, Any]:
    """Return the members of the context object that are the same in all states."""
    execution = {
        "Id": info.id,
        "Input": input,
        "StartTime": format_moment(start),
        "Name": info.name,
        "RoleArn": info.role_arn,
        "RedriveCount": redrive_count,
    }
    if redrive_moment is not None:
        execution["RedriveTime"] = format_moment(redrive_moment)
    return {
        "Execution": execution,
        "StateMachine": {"Id": info.state_machine_id, "Name": info.state_machine_name},
    }


def context_fault(context: Mapping[str, Any]) -> str | None:
    """Return AWS's message about a context object that a test gives, None if it is valid."""
    for section, members in context.items():
        if section == "Map":
            return "'Map' field is not supported when mocking a Context object"
        if section not in _MEMBERS:
            return f"Field '{section}' is not allowed"
        if not isinstance(members, dict):
            return f"{section} must be an object"
        for name, value in members.items():
            kind = _MEMBERS[section].get(name)
            if kind is None:
                return f"Field '{name}' is not allowed"
            if not _is_of(value, kind):
                return f"{section}.{name} must be {kind}"
    return None


def _is_of(value: Any, kind: str) -> bool:
    if kind == "a number":
        return is_number(value)
    return kind == "any value" or isinstance(value, str)
