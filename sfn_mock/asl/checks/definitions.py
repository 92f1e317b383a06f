"""Check complete definitions and single states."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from sfn_mock.asl.checks.diagnostics import JSON_FAULT, TOO_DEEP, Diagnostic, UnknownFields, error, run_checks
from sfn_mock.asl.checks.names import check_names
from sfn_mock.asl.checks.states import machine
from sfn_mock.asl.checks.transitions import check_transitions
from sfn_mock.asl.checks.variables import check_scopes
from sfn_mock.asl.checks.warnings import check_warnings
from sfn_mock.asl.checks.workflows import workflows
from sfn_mock.aws.json_reader import DEEPEST, JsonFault, TooDeeplyNested, read_json

#: AWS's name for a state that is checked on its own.
LONE_STATE = "StateName"
#: The most diagnostics that a check returns; AWS shows at most a hundred.
MOST_DIAGNOSTICS = 1000


@lru_cache(maxsize=64)
def check_definition(
    text: str, *, type: str = "STANDARD", unknown_fields: UnknownFields | None = None
) -> tuple[Diagnostic, ...]:
    """Check the definition of a state machine as CreateStateMachine and ValidateStateMachineDefinition do.

    Args:
        text: The definition in Amazon States Language.
        type: The type of the state machine, `STANDARD` or `EXPRESS`.
        unknown_fields: A function that returns the fields of a Task's Parameters or Arguments that its service does
            not have. Its arguments are the parsed Resource and the parameters in the definition. None accepts all
            fields.

    Returns:
        The diagnostics: errors in AWS's order, then warnings, at most a thousand. The definition is valid if no
        diagnostic is an error.
    """
    definition = _read(text)
    if isinstance(definition, Diagnostic):
        return (definition,)
    found = _check_machine(definition, express=type == "EXPRESS", unknown_fields=unknown_fields)
    return tuple(islice(found, MOST_DIAGNOSTICS))


@lru_cache(maxsize=64)
def check_state(text: str, *, unknown_fields: UnknownFields | None = None) -> tuple[Diagnostic, ...]:
    """Check a single state as TestState does; the targets of its transitions need not exist.

    Args:
        text: The state in Amazon States Language.
        unknown_fields: See `check_definition`.

    Returns:
        The diagnostics, with locations in `/States/StateName`.
    """
    state = _read(text)
    if isinstance(state, Diagnostic):
        return (state,)
    definition = {"StartAt": LONE_STATE, "States": {LONE_STATE: state}}
    return tuple(islice(_check_state(definition, unknown_fields), MOST_DIAGNOSTICS))


def _read(text: str) -> dict[str, Any] | Diagnostic:
    """Decode a JSON object, or return a diagnostic if the text is not one."""
    try:
        value = read_json(text) if text.strip() else None
    except TooDeeplyNested:
        return error(f"Definition is nested more than {DEEPEST} levels deep", None, TOO_DEEP)
    except JsonFault as fault:
        return error(str(fault), fault.location, JSON_FAULT)
    return value if isinstance(value, dict) else error("Definition must be a valid JSON object", None)


def _check_machine(
    definition: dict[str, Any], *, express: bool, unknown_fields: UnknownFields | None
) -> Iterator[Diagnostic]:
    yield from run_checks(machine(definition, express=express, unknown_fields=unknown_fields))
    found = workflows(definition)
    yield from check_names(found)
    yield from check_scopes(found)
    yield from check_transitions(found)
    yield from check_warnings(found)


def _check_state(definition: dict[str, Any], unknown_fields: UnknownFields | None) -> Iterator[Diagnostic]:
    yield from run_checks(machine(definition, express=False, unknown_fields=unknown_fields))
    found = workflows(definition)
    yield from check_names(found)
    yield from check_scopes(found)
    yield from check_transitions(found[1:])
    yield from check_warnings(found)
