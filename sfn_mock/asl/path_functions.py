"""The functions at the end of a JSONPath, such as `$.items.length()`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


class NoResultError(Exception):
    """A definite path finds nothing.

    Attributes:
        reason: The sentence of AWS's path library, which AWS repeats.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _length(value: Any) -> int | None:
    return len(value) if isinstance(value, (dict, list)) else None


def _keys(value: Any) -> list[str] | None:
    return list(value) if isinstance(value, dict) else None


def _first(value: Any) -> Any:
    return _elements(value)[0]


def _last(value: Any) -> Any:
    return _elements(value)[-1]


def _average(value: Any) -> float:
    numbers = _numbers(value)
    return sum(numbers) / len(numbers)


def _deviation(value: Any) -> float:
    numbers = _numbers(value)
    mean = sum(numbers) / len(numbers)
    # A product of large floats is infinite, but `**` raises OverflowError.
    return math.sqrt(sum((number - mean) * (number - mean) for number in numbers) / len(numbers))


def _smallest(value: Any) -> float:
    return min(_numbers(value))


def _largest(value: Any) -> float:
    return max(_numbers(value))


def _sum(value: Any) -> float:
    return sum(_numbers(value))


def _elements(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise NoResultError("Aggregation function attempted to calculate value using empty array")
    return value


def _numbers(value: Any) -> list[float]:
    elements = value if isinstance(value, list) else []
    numbers = [_double(element) for element in elements if type(element) in (int, float)]
    return _elements(numbers)


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


#: The functions by name.
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "avg": _average,
    "first": _first,
    "keys": _keys,
    "last": _last,
    "length": _length,
    "max": _largest,
    "min": _smallest,
    "size": _length,
    "stddev": _deviation,
    "sum": _sum,
}


def combine(name: str, found: list[Any], root: Any) -> Any:
    """Return the value of a function after a path that begins with `..`, as AWS's path library calculates it.

    Args:
        name: The name of the function.
        found: The values that the path finds.
        root: The value that the path starts from.

    Raises:
        NoResultError: If there are no numbers.
    """
    if name in ("length", "size"):
        return sum(len(each) for each in found if isinstance(each, (dict, list)))
    # The functions of one value do not see what the path finds.
    return FUNCTIONS[name](root if name in ("first", "keys", "last") else found)
