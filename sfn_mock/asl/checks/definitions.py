"""Check whole definitions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sfn_mock.asl.checks.diagnostics import JSON_FAULT, TOO_DEEP, Diagnostic, error, run_checks
from sfn_mock.asl.checks.names import check_names
from sfn_mock.asl.checks.states import machine
from sfn_mock.asl.checks.transitions import check_transitions
from sfn_mock.asl.checks.warnings import check_warnings
from sfn_mock.asl.checks.workflows import workflows
from sfn_mock.asl.json_text import DEEPEST, JsonFault, TooDeeplyNested, read_json


@lru_cache(maxsize=256)
def check_definition(text: str, *, type: str = "STANDARD") -> tuple[Diagnostic, ...]:
    """Check the definition of a state machine as CreateStateMachine and ValidateStateMachineDefinition do.

    Args:
        text: The definition, in the Amazon States Language.
        type: The type of the state machine, ``STANDARD`` or ``EXPRESS``.

    Returns:
        What AWS says about the definition: errors in AWS's order, then warnings. The definition is valid if no
        diagnostic is an error.
    """
    return tuple(_diagnostics(text, type))


def _diagnostics(text: str, type: str) -> Iterator[Diagnostic]:
    try:
        definition = read_json(text) if text.strip() else None
    except TooDeeplyNested:
        yield error(f"Definition is nested more than {DEEPEST} levels deep", None, TOO_DEEP)
        return
    except JsonFault as fault:
        yield error(str(fault), fault.location, JSON_FAULT)
        return
    if not isinstance(definition, dict):
        yield error("Definition must be a valid JSON object", None)
        return
    yield from run_checks(machine(definition, express=type == "EXPRESS"))
    found = workflows(definition)
    yield from check_names(found)
    yield from check_transitions(found)
    yield from check_warnings(found)
