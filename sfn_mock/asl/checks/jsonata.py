"""Check JSONata expressions."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.checks.diagnostics import Checks, Scope, error
from sfn_mock.asl.expressions import find_faults

_START, _END = "{%", "%}"


def is_expression(text: str) -> bool:
    """Return whether a string begins like a JSONata expression."""
    return text.startswith(_START)


def jsonata(value: Any, location: str, scope: Scope) -> Checks:
    """Check all JSONata expressions in a JSON value."""
    if isinstance(value, str):
        if is_expression(value):
            yield expression(value, location, scope)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield jsonata(item, f"{location}/{name}", scope)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield jsonata(item, f"{location}[{index}]", scope)


def expression(value: str, location: str, scope: Scope) -> Checks:
    """Check a string that must be a JSONata expression."""
    if len(value) < len(_START) + len(_END) or not (value.startswith(_START) and value.endswith(_END)):
        yield error("JSONata string must start with {% and end with %}", location)
        return
    for fault in find_faults(value, readable=scope.readable):
        yield error(fault.message, location, fault.code)
