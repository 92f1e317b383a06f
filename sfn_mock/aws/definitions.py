"""What AWS says about the definition of a state machine, before it creates or updates one.

Only what any definition must have is looked at; whether its states make sense is left to those that run them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sfn_mock.aws.exceptions import InvalidDefinition
from sfn_mock.aws.payloads import json_fault

_REQUIRED = ("StartAt", "States")
_NO_OBJECT = "INVALID_JSON_DESCRIPTION: Definition must be a valid JSON object"

# The end of a Task's Resource for tasks that wait for a job or for a callback, which EXPRESS cannot.
_WAITS = re.compile(r"(\.sync|\.waitForTaskToken)(:\d+)?$")


def check_definition(text: str, machine_type: str) -> None:
    """InvalidDefinition for ``text`` that no state machine of that type, STANDARD or EXPRESS, can have."""
    definition = _read(text)
    missing = [field for field in _REQUIRED if field not in definition]
    if missing:
        raise InvalidDefinition(
            reason=f"SCHEMA_VALIDATION_FAILED: These fields are required: [{', '.join(missing)}] at /"
        )
    if machine_type == "EXPRESS":
        _refuse_waiting(definition)


def _read(text: str) -> dict[str, Any]:
    if not text.strip():
        raise InvalidDefinition(reason=_NO_OBJECT)
    fault = json_fault(text)
    if fault is not None:
        raise InvalidDefinition(reason=f"INVALID_JSON_DESCRIPTION: {fault}")
    # Numbers are not made, as in json_fault.
    definition = json.loads(text, parse_int=str)
    if not isinstance(definition, dict):
        raise InvalidDefinition(reason=_NO_OBJECT)
    return definition


def _refuse_waiting(definition: dict[str, Any]) -> None:
    for pointer, state in _states(definition):
        waits = _WAITS.search(str(state.get("Resource")))
        if waits is not None:
            raise InvalidDefinition(
                reason=f"SCHEMA_VALIDATION_FAILED: Express state machine does not support '{waits[1]}' service "
                f"integration at {pointer}/Resource"
            )


def _states(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every state with the JSON pointer to it, also those inside Parallel and Map states."""
    workflows = [("", definition)]
    for pointer, workflow in workflows:
        for name, value in _object(workflow.get("States")).items():
            state, place = _object(value), f"{pointer}/States/{name}"
            yield place, state
            workflows += [(f"{place}/{field}", _object(state.get(field))) for field in ("Iterator", "ItemProcessor")]
            branches = state.get("Branches")
            if isinstance(branches, list):
                workflows += [(f"{place}/Branches/{index}", _object(part)) for index, part in enumerate(branches)]


def _object(value: object) -> dict[str, Any]:
    """``value``, if it is a JSON object; an empty one otherwise."""
    return value if isinstance(value, dict) else {}
