"""What AWS says about a definition before it creates, updates or validates a state machine."""

from __future__ import annotations

from collections.abc import Iterable

from sfn_mock.asl.checks import Diagnostic, check_definition
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


def refuse_faults(found: Iterable[Diagnostic]) -> None:
    """Raise InvalidDefinition with those diagnostics that are errors, if any is."""
    faults = [str(diagnostic) for diagnostic in found if diagnostic.severity == "ERROR"]
    if faults:
        raise InvalidDefinition(reason=", ".join(faults))
