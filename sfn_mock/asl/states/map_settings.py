"""The numeric settings of a Map state, given as a number, a path or an expression."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.activation import Activation
from sfn_mock.asl.errors import RUNTIME
from sfn_mock.asl.nodes import NumberOrExpression
from sfn_mock.asl.texts import json_text


def read_count(activation: Activation, field: str, given: NumberOrExpression, path: str | None, value: Any) -> int:
    """Return a setting that must be a whole number; 0 if it is missing.

    Args:
        activation: The activation of the state.
        field: The setting's name, such as `MaxConcurrency`.
        given: The value of that field, None if it is missing.
        path: The value of the field's `Path` variant, such as `MaxConcurrencyPath`; None if it is missing.
        value: The value of `$` in the path.

    Raises:
        StateError: If the value is negative or not a whole number.
    """
    found = _read(activation, field, given, path, value)
    number = _number(found, int)
    if number is None:
        raise _not_a_number(activation, field, path, found, "integer")
    if number < 0:
        raise activation.failure(RUNTIME, f"{field} cannot be negative.")
    return int(number)


def read_percentage(
    activation: Activation, field: str, given: NumberOrExpression, path: str | None, value: Any
) -> float:
    """Return a setting that must be a percentage; 0 if it is missing. See `read_count`."""
    found = _read(activation, field, given, path, value)
    number = _number(found, float)
    if number is None:
        raise _not_a_number(activation, field, path, found, "float")
    if not 0 <= number <= 100:
        raise activation.failure(RUNTIME, f"{field} must be between 0 and 100.")
    return float(number)


def _read(activation: Activation, field: str, given: NumberOrExpression, path: str | None, value: Any) -> Any:
    if path is not None:
        return activation.refer(path, f"{field}Path", value)
    if given is None:
        return 0
    if activation.state.is_jsonata:
        return activation.compute(given, field, expected="number")
    return given


def _number(found: Any, kind: type[int] | type[float]) -> float | None:
    """Return a number, or the number in a string; None if it is not one of that kind."""
    if isinstance(found, str):
        try:
            found = kind(found)
        except ValueError:
            return None
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return None
    return found if kind is float or found == int(found) else None


def _not_a_number(activation: Activation, field: str, path: str | None, found: Any, kind: str) -> Exception:
    text = found if isinstance(found, str) else json_text(found)
    if path is None:
        return activation.failure(RUNTIME, f'The {field} field has the value "{text}" which is not a valid {kind}')
    return activation.failure(
        RUNTIME, f'The {field}Path field refers to value "{text}" which is not a valid {kind}: {path}'
    )
