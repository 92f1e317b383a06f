"""The comparison operators of JSONPath filters, such as `<` in `[?(@.price < 10)]`."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from sfn_mock.asl.json_values import is_number
from sfn_mock.asl.path_regexes import PathRegex
from sfn_mock.asl.texts import java_text, json_key


class Missing(Enum):
    """The type of MISSING, the value of a path that finds nothing."""

    MISSING = "missing"


MISSING = Missing.MISSING


def equal(left: Any, right: Any) -> bool:
    """Return whether two values are equal; a number equals a string that contains it."""
    if MISSING in (left, right):
        return False
    if is_number(left) and is_number(right):
        return bool(left == right)
    if is_number(left) and isinstance(right, str):
        return bool(_number(right) == left)
    if isinstance(left, str) and is_number(right):
        return bool(_number(left) == right)
    return json_key(left) == json_key(right)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _differ(left: Any, right: Any) -> bool:
    return not equal(left, right)


def _less(left: Any, right: Any) -> bool:
    if is_number(left) and is_number(right):
        return bool(left < right)
    return isinstance(left, str) and isinstance(right, str) and left < right


def _greater(left: Any, right: Any) -> bool:
    return _less(right, left)


def _comparable(left: Any, right: Any) -> bool:
    return (is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str))


def _at_most(left: Any, right: Any) -> bool:
    return _comparable(left, right) and not _less(right, left)


def _at_least(left: Any, right: Any) -> bool:
    return _comparable(left, right) and not _less(left, right)


def _matches(left: Any, right: PathRegex) -> bool:
    """Return whether a value as text matches; of an array, one element. Null, objects and MISSING are empty texts."""
    return any(right.matches(_searched(value)) for value in (left if isinstance(left, list) else [left]))


def _searched(value: Any) -> str:
    if isinstance(value, str):
        return value
    return java_text(value) if isinstance(value, (int, float)) else ""


def _holds(values: Any, value: Any) -> bool:
    return isinstance(values, list) and any(equal(value, each) for each in values)


def _in(left: Any, right: Any) -> bool:
    return _holds(right, left)


def _not_in(left: Any, right: Any) -> bool:
    return not _holds(right, left)


def _contains(left: Any, right: Any) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and right in left
    return _holds(left, right)


def _subset_of(left: Any, right: Any) -> bool:
    return isinstance(left, list) and all(_holds(right, each) for each in left)


def _has_all(left: Any, right: Any) -> bool:
    return _subset_of(right, left)


def _any_of(left: Any, right: Any) -> bool:
    return isinstance(left, list) and any(_holds(right, each) for each in left)


def _none_of(left: Any, right: Any) -> bool:
    return isinstance(left, list) and not _any_of(left, right)


def _size(left: Any, right: Any) -> bool:
    return isinstance(left, (str, list)) and len(left) == right


def _empty(left: Any, right: Any) -> bool:
    return isinstance(left, (str, list, dict)) and (not left) is right


#: The operators by name. Each stands before shorter ones that it begins with, because the parser tries them in order.
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "===": equal,
    "!==": _differ,
    "==": equal,
    "!=": _differ,
    "=~": _matches,
    "<=": _at_most,
    ">=": _at_least,
    "<": _less,
    ">": _greater,
    "subsetof": _subset_of,
    "contains": _contains,
    "noneof": _none_of,
    "anyof": _any_of,
    "empty": _empty,
    "size": _size,
    "nin": _not_in,
    "all": _has_all,
    "in": _in,
}
