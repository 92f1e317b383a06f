"""Convert values between JSON and the package jsonata-python, which has its own null and undefined."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from sfn_mock.asl.json_values import is_number
from sfn_mock.asl.jsonata.library import failure, library


class Undefined:
    """The type of an undefined result; `UNDEFINED` is its only value."""


UNDEFINED = Undefined()


class Function(NamedTuple):
    """A function to add to JSONata.

    Attributes:
        signature: The types of its arguments in JSONata's notation.
        call: The implementation on JSON values; a missing argument is `UNDEFINED`.
        function_value: The value that `call` gets in place of a function.
    """

    signature: str
    call: Callable[..., object]
    function_value: object = UNDEFINED


def to_javascript_number(value: float) -> int | float:
    """Convert a number to an int if it has no fraction and JavaScript writes it without an exponent."""
    # repr() gives the shortest digits of the number, as JavaScript does; int(value) gives more.
    return int(Decimal(repr(value))) if value.is_integer() and abs(value) < 1e21 else value


def to_library(value: object) -> Any:
    """Convert a JSON value to the library's form: its own null, and None for UNDEFINED."""
    if value is None:
        return library().null
    if isinstance(value, dict):
        return {key: to_library(member) for key, member in value.items()}
    if isinstance(value, list):
        return [to_library(member) for member in value]
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        raise failure("D1001", None)
    return None if value is UNDEFINED else value


def from_library(value: Any, function_value: object = UNDEFINED) -> Any:
    """Convert a result of the library to a JSON value; a function, which has no JSON form, is `function_value`."""
    return UNDEFINED if value is None else _plain(value, function_value)


def _plain(value: Any, function_value: object) -> Any:
    """Convert a value inside a result; None is a null that the library did not convert."""
    if value is None or value is library().null:
        return None
    if isinstance(value, dict):
        members = {key: _plain(member, function_value) for key, member in value.items()}
        return {key: member for key, member in members.items() if member is not UNDEFINED}
    if isinstance(value, list):
        items = [_plain(item, function_value) for item in value]
        return [None if item is UNDEFINED else item for item in items]
    if is_number(value):
        return to_javascript_number(float(value)) if isinstance(value, float) or abs(value) >= 1e21 else value
    return value if isinstance(value, (str, bool)) else function_value
