"""AWS's checks of a definition when it creates, updates or validates a state machine."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from functools import lru_cache

from sfn_mock.asl.checks import Diagnostic, check_definition
from sfn_mock.asl.variable_references import variable_references
from sfn_mock.aws.exceptions import InvalidDefinition
from sfn_mock.integrations.service_calls import unknown_fields


def diagnostics(text: str, machine_type: str) -> tuple[Diagnostic, ...]:
    """Return AWS's diagnostics of a definition, errors first, then warnings."""
    return check_definition(text, type=machine_type, unknown_fields=unknown_fields)


def checked_definition(text: str, machine_type: str) -> str:
    """Return a definition that AWS accepts.

    Raises:
        InvalidDefinition: AWS's error, with every fault in AWS's order.
    """
    refuse_faults(diagnostics(text, machine_type))
    return text


def find_variable_references(text: str) -> dict[str, list[str]] | None:
    """Return the variables that each state of a definition refers to; None if no state does.

    None too for a definition that AWS would refuse, which only a test can seed.
    """
    # A copy, because the caller may change the answer.
    return deepcopy(_variable_references(text)) or None


@lru_cache(maxsize=256)
def _variable_references(text: str) -> dict[str, list[str]]:
    # Everything that EXPRESS allows, STANDARD allows too.
    if any(diagnostic.severity == "ERROR" for diagnostic in diagnostics(text, "STANDARD")):
        return {}
    return variable_references(text)


def refuse_faults(found: Iterable[Diagnostic]) -> None:
    """Raise InvalidDefinition if any diagnostic is an error."""
    faults = [str(diagnostic) for diagnostic in found if diagnostic.severity == "ERROR"]
    if faults:
        raise InvalidDefinition(reason=", ".join(faults))
