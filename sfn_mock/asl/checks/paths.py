"""Check paths and intrinsic functions in the fields of JSONPath states."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.checks.diagnostics import Check, Checks, Scope, error
from sfn_mock.asl.intrinsics import parse_intrinsic
from sfn_mock.asl.paths import Path, PathSyntaxError, parse_path, parse_reference_path
from sfn_mock.asl.templates import parse_field

_CONTEXT = "$$"
_INTRINSIC = "States."
#: The intrinsic functions that return a string.
_TEXT_FUNCTIONS = frozenset(
    f"States.{name}"
    for name in ("ArrayGetItem", "Base64Decode", "Base64Encode", "Format", "Hash", "JsonToString", "UUID")
)


def json_path(value: Any, location: str, scope: Scope) -> Checks:
    """Check that a value is a JSONPath."""
    if not isinstance(value, str):
        yield error("Expected value of type [STRING]", location)
        return
    try:
        parse_path(value)
    except PathSyntaxError:
        yield error("Value must be a valid JSONPath.", location)


def reference_path(*, context: bool) -> Check:
    """Return a check that a value is a Reference Path.

    Args:
        context: Whether the path may start from the context object.
    """

    def check(value: Any, location: str, scope: Scope) -> Checks:
        if not isinstance(value, str):
            yield error("Expected value of type [STRING]", location)
        elif value.startswith(_CONTEXT) and not context:
            yield error("Value is not a Reference Path: The context object is not supported", location)
        else:
            yield _reference(value, location)

    return check


def result_path(value: Any, location: str, scope: Scope) -> Checks:
    """Check that a value is null or a Reference Path into the state's data."""
    if isinstance(value, str) and value.startswith("$") and value[1:2] not in ("", ".", "["):
        yield error("Value is not a Reference Path: Variables and the context object are not supported", location)
    elif value is not None:
        yield reference_path(context=False)(value, location, scope)


def _reference(value: str, location: str) -> Checks:
    try:
        parse_reference_path(value)
    except PathSyntaxError as fault:
        yield error(f"Value is not a Reference Path: {fault}", location)


def path_or_intrinsic(value: Any, location: str, scope: Scope) -> Checks:
    """Check that a value is a Reference Path or a call of an intrinsic function that returns a string."""
    if not isinstance(value, str):
        yield error("Expected value of type [STRING]", location)
    elif not value.startswith(_INTRINSIC):
        yield _reference(value, location)
    elif not _is_text_call(value):
        yield error("Value must be a valid JSONPath or a valid intrinsic function call", location)


def _is_text_call(text: str) -> bool:
    try:
        return parse_intrinsic(text).name in _TEXT_FUNCTIONS
    except ValueError:
        return False


def is_dynamic(text: str) -> bool:
    """Return whether a text is a JSONPath or a call of an intrinsic function."""
    try:
        parse_field(text)
    except ValueError:
        return False
    return True


def looks_dynamic(text: str) -> bool:
    """Return whether a text is a call of an intrinsic function or a path into the input or the context object."""
    try:
        field = parse_field(text)
    except ValueError:
        return False
    return not isinstance(field, Path) or field.variable is None
