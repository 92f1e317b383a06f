"""The numeric settings of a Map state, given as a number, a path or an expression."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sfn_mock.asl.errors import RUNTIME, StateError
from sfn_mock.asl.nodes import NumberOrExpression
from sfn_mock.asl.state_visit import StateVisit
from sfn_mock.asl.texts import json_text


def read_count(
    visit: StateVisit,
    field: str,
    given: NumberOrExpression,
    path: str | None,
    value: Any,
    *,
    within: str = "",
) -> int:
    """Return a setting that must be a whole number; 0 if it is missing.

    Args:
        visit: The visit of the state.
        field: The setting's name, such as `MaxConcurrency`.
        given: The value of that field, None if it is missing.
        path: The value of the field's `Path` variant, such as `MaxConcurrencyPath`; None if it is missing.
        value: The value of `$` in the path.
        within: The path of the object that contains the field, such as `ItemBatcher/`.

    Raises:
        StateError: If the value is negative or not a whole number.
    """
    if path is not None:
        number = _read_path(visit, field, path, value)
        if number < 0:
            raise visit.failure(RUNTIME, f"{field} cannot be negative.")
        return number
    found = _read(visit, f"{within}{field}", given)
    whole = _number(found, int)
    if whole is None or whole < 0:
        raise visit.out_of_range(given, f"{within}{field}", "an integer of at least 0", found)
    return int(whole)


def read_item_limit(visit: StateVisit, config: Mapping[str, Any], value: Any) -> int:
    """Return the number of items that an ItemReader may give; 0 for all. See `check_item_limit` for a negative number.

    Args:
        visit: The visit of the state.
        config: `ReaderConfig`.
        value: The value of `$` in MaxItemsPath.

    Raises:
        StateError: If the value is not a whole number.
    """
    path = config.get("MaxItemsPath")
    if path is not None:
        return _read_path(visit, "MaxItems", path, value)
    return read_count(visit, "MaxItems", config.get("MaxItems"), None, value, within="ItemReader/ReaderConfig/")


def check_item_limit(limit: int) -> None:
    """Raise StateError if the number of items is negative: AWS checks that when it reads the items."""
    if limit < 0:
        raise StateError("States.ItemReaderFailed", "field MaxItems must be positive")


def read_percentage(visit: StateVisit, field: str, given: NumberOrExpression, path: str | None, value: Any) -> float:
    """Return a setting that must be a percentage; 0 if it is missing. See `read_count`."""
    if path is None:
        found = _read(visit, field, given)
        number = _number(found, float)
        if number is None or not 0 <= number <= 100:
            raise visit.out_of_range(given, field, "a number from 0 to 100", found)
        return float(number)
    found = visit.resolve_field(path, f"{field}Path", value)
    number = _number(found, float)
    if number is None:
        raise _not_a_number(visit, field, path, found, "float")
    if not 0 <= number <= 100:
        raise visit.failure(RUNTIME, f"{field} must be between 0 and 100.")
    return float(number)


def _read(visit: StateVisit, field: str, given: NumberOrExpression) -> Any:
    if given is None:
        return 0
    return visit.evaluate(given, field, expected="number") if visit.state.is_jsonata else given


def _read_path(visit: StateVisit, field: str, path: str, value: Any) -> int:
    found = visit.resolve_field(path, f"{field}Path", value)
    number = _number(found, int)
    if number is None:
        raise _not_a_number(visit, field, path, found, "integer")
    return int(number)


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


def _not_a_number(visit: StateVisit, field: str, path: str, found: Any, kind: str) -> Exception:
    text = found if isinstance(found, str) else json_text(found)
    return visit.failure(RUNTIME, f'The {field}Path field refers to value "{text}" which is not a valid {kind}: {path}')
