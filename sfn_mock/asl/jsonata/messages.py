"""The error messages of JSONata in the words of its reference implementation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

# The message of U1001 for an evaluation that exceeds a limit.
TOO_LONG = "Expression evaluation timeout: Check for infinite loop"

_PLACEHOLDER = re.compile(r"\{\{(\{?)(\w+)\}?\}\}")

# The names of element types in "must be an array of ...".
_ELEMENT_TYPES = {"a": "arrays", "b": "booleans", "f": "functions", "n": "numbers", "o": "objects", "s": "strings"}

# The templates of the reference implementation that differ in the library.
_TEMPLATES = {
    "D1002": "Cannot negate a non-numeric value: {{value}}",
    "D3137": "{{{message}}}",
    "D3141": "{{{message}}}",
    "S0105": "Quoted property name must be terminated with a backquote (`)",
    "S0303": "Invalid regular expression: {{{message}}}",
}


class QueryError(Exception):
    """An expression that cannot be parsed or evaluated.

    Attributes:
        code: JSONata's code, such as T2001.
        reason: The message without the code.
        position: The offset of the fault in the expression, None if unknown.
        values: The values of the message's placeholders in order.
    """

    def __init__(self, code: str, reason: str, position: int | None = None, values: Sequence[object] = ()) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.position = position
        self.values = values


class UnsupportedResultError(Exception):
    """The result of an expression is a function, which is not a JSON value."""


def format_message(templates: Mapping[str, str], code: str, values: Sequence[object]) -> str:
    """Return the message of an error code; the values fill its placeholders in order.

    A placeholder in two braces is written as JSON, one in three braces as plain text.
    """
    remaining = list(values)

    def fill(match: re.Match[str]) -> str:
        value = remaining.pop(0)
        if match[2] == "type":
            value = _ELEMENT_TYPES.get(str(value), value)
        return str(value) if match[1] else as_json(value)

    return _PLACEHOLDER.sub(fill, _template(templates, code))


def placeholders(templates: Mapping[str, str], code: str) -> list[str]:
    """Return the names of the placeholders in the message of an error code."""
    return [name for _, name in _PLACEHOLDER.findall(_template(templates, code))]


def _template(templates: Mapping[str, str], code: str) -> str:
    return _TEMPLATES.get(code) or templates[code].replace("Object", "function").replace('"', "'")


def as_json(value: object) -> str:
    """Return a value as compact JSON; values without a JSON form become null."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_null)


def _null(_value: object) -> None:
    """Return None for a value without a JSON form."""
