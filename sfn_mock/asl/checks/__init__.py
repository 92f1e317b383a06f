"""Check definitions: report each fault with AWS's code, message and location, in AWS's order."""

from __future__ import annotations

from sfn_mock.asl.checks.definitions import check_definition, check_state
from sfn_mock.asl.checks.diagnostics import Diagnostic

__all__ = ["Diagnostic", "check_definition", "check_state"]
