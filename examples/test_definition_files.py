"""A check of every definition file of a repository with AWS's diagnostics, before a deployment.

The production bug: only the deployment finds a definition with a misspelt Next, a field of the other query language,
or an expression without its closing bracket. The test finds all of them, prints AWS's diagnostics like a linter, and
needs no AWS account.
"""

from __future__ import annotations

from pathlib import Path

import boto3
import pytest

# --- The code under test: the definition files ---------------------------------------------------------------------

FILES = sorted(Path(__file__).with_name("definitions").glob("*.asl.json"))

# --- Its tests -----------------------------------------------------------------------------------------------------


def diagnose(file):
    """Return AWS's diagnostics of a definition file, including warnings, one line each."""
    client = boto3.client("stepfunctions")
    operation = client.meta.service_model.operation_model("ValidateStateMachineDefinition")
    if "severity" not in operation.input_shape.members:
        pytest.skip("This version of boto3 does not know the warnings of ValidateStateMachineDefinition yet.")
    answer = client.validate_state_machine_definition(definition=file.read_text(encoding="utf-8"), severity="WARNING")
    return [
        f"{file.name}{found.get('location', '')}: {found['severity']} {found['code']}: {found['message']}"
        for found in answer["diagnostics"]
    ]


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_definition(sfn_executions, file):
    """AWS would accept the file; otherwise its diagnostics are printed."""
    diagnostics = diagnose(file)

    assert not diagnostics, "\n".join(diagnostics)


def test_definition_with_faults(sfn_executions, tmp_path):
    """The diagnostics of a faulty file."""
    bad = tmp_path / "returns.asl.json"
    bad.write_text(
        """{
  "StartAt": "Charge",
  "States": {
    "Charge": {"Type": "Pass", "Output": "{% $states.input %}", "Next": "Shipp"},
    "Ship": {"Type": "Succeed"}
  }
}"""
    )

    assert diagnose(bad) == [
        "returns.asl.json/States/Charge: ERROR SCHEMA_VALIDATION_FAILED: The QueryLanguage is set to 'JSONPath', but "
        "field 'Output' is only supported for the 'JSONata' QueryLanguage",
        "returns.asl.json/States/Charge/Next: ERROR MISSING_TRANSITION_TARGET: Missing 'Next' target: Shipp",
        'returns.asl.json/States/Ship: ERROR MISSING_TRANSITION_TARGET: State "Ship" is not reachable.',
    ]
