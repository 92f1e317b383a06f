"""Paths in the fields of states whose query language is JSONPath."""

from __future__ import annotations

from typing import Any

from .diagnostics import Check, Checks, Scope, error

_CONTEXT = "$$"


def json_path(value: Any, location: str, scope: Scope) -> Checks:
    """Check that a value is a JSONPath."""
    if not isinstance(value, str):
        yield error("Expected value of type [STRING]", location)
    elif not value.startswith("$"):
        yield error("Value must be a valid JSONPath.", location)


def reference_path(*, context: bool) -> Check:
    """Return a check that a value is a Reference Path, which names one node.

    Args:
        context: Whether the path may begin in the context object.
    """

    def check(value: Any, location: str, scope: Scope) -> Checks:
        if not isinstance(value, str):
            yield error("Expected value of type [STRING]", location)
        elif not value.startswith("$"):
            yield error("Value is not a Reference Path: Reference path didn't start with '$'", location)
        elif "*" in value or (value.startswith(_CONTEXT) and not context):
            yield error("Value is not a Reference Path", location)

    return check


def path_or_intrinsic(value: Any, location: str, scope: Scope) -> Checks:
    """Check that a value is a Reference Path or an intrinsic function."""
    if isinstance(value, str) and is_dynamic(value):
        return iter(())
    return reference_path(context=True)(value, location, scope)


def is_dynamic(text: str) -> bool:
    """Tell whether a text is a JSONPath or a call of an intrinsic function."""
    return text.startswith(("$", "States."))
