"""Values on both sides of the package jsonata-python: JSON here, its own null and undefined there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from sfn_mock.asl.jsonata.library import failure, library


class Undefined:
    """The type of a result that is not there; `UNDEFINED` is its only value."""


UNDEFINED = Undefined()


class Function(NamedTuple):
    """A function added to JSONata.

    Attributes:
        signature: The types of its arguments, in JSONata's notation.
        arguments: How many arguments it has.
        call: What it does with JSON values; a missing argument is `UNDEFINED`.
    """

    signature: str
    arguments: int
    call: Callable[..., object]


def is_number(value: object) -> bool:
    """Return whether a value is a number of JSON."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def whole(value: float) -> int | float:
    """Return an int where the number has no fraction and JavaScript writes it without an exponent."""
    # The shortest digits that stand for the number, filled up with zeros, as JavaScript writes it.
    return int(Decimal(repr(value))) if value.is_integer() and abs(value) < 1e21 else value


def to_library(value: object) -> Any:
    """Return a JSON value as the library wants it: its own null, and None for UNDEFINED."""
    if value is None:
        return library().null
    if isinstance(value, dict):
        return {key: to_library(member) for key, member in value.items()}
    if isinstance(value, list):
        return [to_library(member) for member in value]
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        raise failure("D1001", None)
    return None if value is UNDEFINED else value


def from_library(value: Any) -> Any:
    """Return a result of the library as a JSON value, or UNDEFINED for what JSON cannot hold, such as a function."""
    return UNDEFINED if value is None else _plain(value)


def _plain(value: Any) -> Any:
    """Return a value within a result; None is a null that the library did not keep as its own."""
    if value is None or value is library().null:
        return None
    if isinstance(value, dict):
        members = {key: _plain(member) for key, member in value.items()}
        return {key: member for key, member in members.items() if member is not UNDEFINED}
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        return [None if item is UNDEFINED else item for item in items]
    if is_number(value):
        return whole(float(value)) if isinstance(value, float) or abs(value) >= 1e21 else value
    return value if isinstance(value, (str, bool)) else UNDEFINED
