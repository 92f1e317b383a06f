"""What AWS says about the definition of a state machine, before it creates or updates one.

Only what any definition must have is looked at; whether its states make sense is left to those that run them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from sfn_mock.aws.exceptions import InvalidDefinition
from sfn_mock.aws.payloads import json_fault

_REQUIRED = ("StartAt", "States")

# The end of a Task's Resource for tasks that wait for a job or for a callback, which EXPRESS cannot.
_WAITS = re.compile(r"(\.sync|\.waitForTaskToken)(:\d+)?$")


class Fault(NamedTuple):
    """One thing that is wrong with a definition."""

    code: str
    message: str
    #: A JSON pointer to it; None where there is no JSON to point into.
    location: str | None = None

    def __str__(self) -> str:
        place = "" if self.location is None else f" at {self.location}"
        return f"{self.code}: {self.message}{place}"


def check_definition(text: str, machine_type: str) -> None:
    """InvalidDefinition, with the first fault, for what no state machine of that type can have."""
    for fault in faults(text, machine_type):
        raise InvalidDefinition(reason=fault)


def faults(text: str, machine_type: str) -> Iterator[Fault]:
    """What is wrong with ``text`` as the definition of a state machine of that type, STANDARD or EXPRESS."""
    fault = object_fault(text)
    if fault is not None:
        yield fault
        return
    # Numbers are not made, as in json_fault.
    definition: dict[str, Any] = json.loads(text, parse_int=str)
    yield from missing_fields(definition, _REQUIRED)
    if machine_type == "EXPRESS":
        yield from _waiting(definition)


def object_fault(text: str) -> Fault | None:
    """What is wrong with ``text`` as a JSON object; None when it is one."""
    fault = json_fault(text) if text.strip() else None
    if fault is not None:
        return Fault("INVALID_JSON_DESCRIPTION", fault)
    if not text.lstrip().startswith("{"):
        return Fault("INVALID_JSON_DESCRIPTION", "Definition must be a valid JSON object")
    return None


def missing_fields(value: dict[str, Any], required: tuple[str, ...]) -> Iterator[Fault]:
    """One fault that names all of the ``required`` fields that are not there."""
    missing = [field for field in required if field not in value]
    if missing:
        yield Fault("SCHEMA_VALIDATION_FAILED", f"These fields are required: [{', '.join(missing)}]", "/")


def waits(state: dict[str, Any]) -> str | None:
    """``.sync`` or ``.waitForTaskToken`` for a Task that waits for a job or a callback."""
    found = _WAITS.search(str(state.get("Resource")))
    return None if found is None else found[1]


def _waiting(definition: dict[str, Any]) -> Iterator[Fault]:
    for pointer, _, state in states(definition):
        pattern = waits(state)
        if pattern is not None:
            yield Fault(
                "SCHEMA_VALIDATION_FAILED",
                f"Express state machine does not support '{pattern}' service integration",
                f"{pointer}/Resource",
            )


def states(definition: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each state with the JSON pointer to it and its name, also those inside Parallel and Map states."""
    workflows = [("", definition)]
    for pointer, workflow in workflows:
        for name, value in _object(workflow.get("States")).items():
            state, place = _object(value), f"{pointer}/States/{name}"
            yield place, name, state
            workflows += [(f"{place}/{field}", _object(state.get(field))) for field in ("Iterator", "ItemProcessor")]
            branches = state.get("Branches")
            if isinstance(branches, list):
                workflows += [(f"{place}/Branches/{index}", _object(part)) for index, part in enumerate(branches)]


def _object(value: object) -> dict[str, Any]:
    """``value``, if it is a JSON object; an empty one otherwise."""
    return value if isinstance(value, dict) else {}
