"""What AWS says about a definition before it creates, updates or validates a state machine."""

from __future__ import annotations

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
    faults = [str(found) for found in diagnostics(text, machine_type) if found.severity == "ERROR"]
    if faults:
        raise InvalidDefinition(reason=", ".join(faults))
    return text
