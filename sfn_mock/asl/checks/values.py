"""Check single values: their type, range or allowed set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sfn_mock.asl.checks.diagnostics import Check, Checks, Scope, error
from sfn_mock.asl.checks.jsonata import is_expression, jsonata
from sfn_mock.asl.json_values import is_number

_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
#: A leap second, which `datetime` does not support.
_LEAP_SECOND = re.compile(r":60$")


def is_timestamp(text: str) -> bool:
    """Return whether a text is an RFC 3339 timestamp in the profile of Amazon States Language."""
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        return False
    try:
        datetime.fromisoformat(_LEAP_SECOND.sub(":59", found[1]))
    except ValueError:
        return False
    return True


def anything(value: Any, location: str, scope: Scope) -> Checks:
    """Accept every value."""
    return iter(())


def string(value: Any, location: str, scope: Scope) -> Checks:
    """Check that a value is a string."""
    if not isinstance(value, str):
        yield error("Expected value of type [STRING]", location)


def boolean(value: Any, location: str, scope: Scope) -> Checks:
    """Check that a value is true or false."""
    if not isinstance(value, bool):
        yield error("Expected value of type [BOOLEAN]", location)


def number(value: Any, location: str, scope: Scope) -> Checks:
    """Check that a value is a number."""
    if not is_number(value):
        yield error("Expected value of type [NUMBER]", location)


def timestamp(value: Any, location: str, scope: Scope) -> Checks:
    """Check that a value is a timestamp."""
    if not isinstance(value, str):
        yield error("Expected value of type [STRING]", location)
    elif not is_timestamp(value):
        yield error("String does not match RFC3339 timestamp", location)


def one_of(*values: str) -> Check:
    """Return a check that a value is one of several strings."""

    def check(value: Any, location: str, scope: Scope) -> Checks:
        if not isinstance(value, str):
            yield error("Expected value of type [STRING]", location)
        elif value not in values:
            yield error(f"Value should be one of the following: [{', '.join(values)}]", location)

    return check


def integer(minimum: int, maximum: int | None = None) -> Check:
    """Return a check that a value is an integer in a range."""

    def check(value: Any, location: str, scope: Scope) -> Checks:
        if not isinstance(value, int) or isinstance(value, bool):
            yield error("Expected value of type Integer", location)
        elif value < minimum:
            yield error(f"Minimum value is {minimum}", location)
        elif maximum is not None and value > maximum:
            yield error(f"Maximum value is {maximum}", location)

    return check


def decimal(minimum: float, maximum: float | None = None) -> Check:
    """Return a check that a value is a number in a range; AWS prints the bounds with a decimal point."""

    def check(value: Any, location: str, scope: Scope) -> Checks:
        if not is_number(value):
            yield error("Expected value of type Double", location)
        elif value < minimum:
            yield error(f"Minimum value is {minimum:.1f}", location)
        elif maximum is not None and value > maximum:
            yield error(f"Maximum value is {maximum:.1f}", location)

    return check


def or_expression(otherwise: Check) -> Check:
    """Return a check for an expression if the language is JSONata; other values get the check `otherwise`."""

    def check(value: Any, location: str, scope: Scope) -> Checks:
        expression = scope.jsonata and isinstance(value, str) and is_expression(value)
        yield (jsonata if expression else otherwise)(value, location, scope)

    return check


def or_null(otherwise: Check) -> Check:
    """Return a check that accepts null; other values get the check `otherwise`."""

    def check(value: Any, location: str, scope: Scope) -> Checks:
        return iter(()) if value is None else otherwise(value, location, scope)

    return check


def each(element: Check, *, needed: bool = False) -> Check:
    """Return a check of an array and each of its elements; `needed` refuses an empty array."""

    def check(value: Any, location: str, scope: Scope) -> Checks:
        if not isinstance(value, list):
            yield error("Expected value of type [ARRAY]", location)
            return
        if needed and not value:
            yield error("Value cannot be empty", location)
        for index, item in enumerate(value):
            yield element(item, f"{location}[{index}]", scope)

    return check


def joined(names: Sequence[str]) -> str:
    """Return a list of names in AWS's form: `[a, b]`."""
    return f"[{', '.join(names)}]"
