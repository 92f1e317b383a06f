"""Diagnostics of small definitions."""

from __future__ import annotations

import json
from typing import Any

from sfn_mock.asl.checks import Diagnostic, check_definition

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:pack"
PASS = {"Type": "Pass", "End": True}
TASK = {"Type": "Task", "Resource": FUNCTION, "End": True}
WORKFLOW = {"StartAt": "Inner", "States": {"Inner": PASS}}
MAP = {"Type": "Map", "ItemProcessor": WORKFLOW, "End": True}
DISTRIBUTED = {**WORKFLOW, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
DISTRIBUTED_MAP = {"Type": "Map", "ItemProcessor": DISTRIBUTED, "End": True}
PARALLEL = {"Type": "Parallel", "Branches": [WORKFLOW], "End": True}
REQUIRED_OF_TYPES = {
    "Task": TASK,
    "Wait": {"Type": "Wait", "Seconds": 1, "End": True},
    "Pass": PASS,
    "Succeed": {"Type": "Succeed"},
    "Fail": {"Type": "Fail"},
    "Choice": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": "End"}]},
    "Parallel": PARALLEL,
    "Map": DISTRIBUTED_MAP,
}


def machine(state: object, **top: Any) -> dict[str, Any]:
    """Return a definition whose first state is `S`; a state `End` exists for those that need a target."""
    states = {"S": state}
    if '"Next": "End"' in json.dumps(state):
        states["End"] = {"Type": "Succeed"}
    return {"StartAt": "S", "States": states, **top}


def diagnose(definition: object, type: str = "STANDARD") -> list[Diagnostic]:
    """Return the diagnostics of a definition, given as text or as its value."""
    text = definition if isinstance(definition, str) else json.dumps(definition)
    return list(check_definition(text, type=type))


def messages(definition: object, type: str = "STANDARD") -> list[str]:
    """Return diagnostics as CreateStateMachine writes them, without the most common code."""
    return [
        f"{'' if found.code == 'SCHEMA_VALIDATION_FAILED' else f'{found.code}: '}{found.message} at {found.location}"
        for found in diagnose(definition, type)
    ]
