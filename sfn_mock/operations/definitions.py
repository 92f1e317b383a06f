"""ValidateStateMachineDefinition."""

from __future__ import annotations

from sfn_mock.operations.definition_checks import diagnostics
from sfn_mock.operations.registry import Answer, DateForm, operation, present
from sfn_mock.state.records import Records

#: The maximum and default number of diagnostics in an answer.
_MOST_DIAGNOSTICS = 100


@operation
def validate_state_machine_definition(
    records: Records,
    date: DateForm,
    *,
    definition: str,
    type: str | None = None,
    severity: str | None = None,
    max_results: int | None = None,
) -> Answer:
    """Return the errors of a definition as CreateStateMachine finds them, and warnings with ``severity`` WARNING."""
    found = diagnostics(definition, type or "STANDARD")
    errors = [diagnostic for diagnostic in found if diagnostic.severity == "ERROR"]
    if severity != "WARNING":
        found = tuple(errors)
    most = max_results or _MOST_DIAGNOSTICS
    return {
        "result": "FAIL" if errors else "OK",
        "diagnostics": [
            present(
                severity=diagnostic.severity,
                code=diagnostic.code,
                message=diagnostic.message,
                location=diagnostic.location,
            )
            for diagnostic in found[:most]
        ],
        "truncated": len(found) > most,
    }
