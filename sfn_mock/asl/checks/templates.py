"""Check payload templates and the names of variables in Assign."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.checks.diagnostics import Checks, Scope, error
from sfn_mock.asl.checks.jsonata import jsonata
from sfn_mock.asl.checks.paths import is_dynamic

_LONGEST_VARIABLE = 80


def template(value: Any, location: str, scope: Scope) -> Checks:
    """Check a JSONPath payload template, or the expressions in a value of a JSONata state."""
    if scope.jsonata:
        yield jsonata(value, location, scope)
    elif not isinstance(value, dict):
        yield error("Expected value of type [OBJECT]", location)
    else:
        yield _within(value, location)


def _within(value: object, location: str) -> Checks:
    """Check the members of a template; AWS reports each fault at the location of the whole template."""
    if isinstance(value, dict):
        for name, item in value.items():
            if not name.endswith(".$"):
                if f"{name}.$" in value:
                    yield error(f"The field '{name}' must not be given twice: '{name}.$' sets it, too", location)
                yield _within(item, location)
            elif not isinstance(item, str) or not is_dynamic(item):
                yield error(
                    f"The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call",
                    location,
                )
    elif isinstance(value, list):
        for item in value:
            yield _within(item, location)


def assignments(value: Any, location: str, scope: Scope) -> Checks:
    """Check the Assign of a state, a catcher or a choice rule."""
    if not isinstance(value, dict):
        yield error("Expected value of type [OBJECT]", location)
        return
    for name in value:
        yield _variable(name if scope.jsonata else name.removesuffix(".$"), location)
    yield template(value, location, scope)


def _variable(name: str, location: str) -> Checks:
    if name == "states":
        yield error(f"Cannot assign to reserved variable '${name}'.", location, "RESERVED_VARIABLE_NAME")
    elif not name.isidentifier():
        reason = "the variable name contains invalid characters."
        yield error(f"Invalid variable name '{name}': {reason}", location, "INVALID_VARIABLE_NAME")
    elif len(name) > _LONGEST_VARIABLE:
        reason = f"the variable name exceeds the {_LONGEST_VARIABLE}-character limit."
        yield error(f"Invalid variable name '{name}': {reason}", location, "INVALID_VARIABLE_NAME")
