"""The error messages of JSONata, worded as the reference implementation words them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

# The message of U1001 where an evaluation goes on for too long.
TOO_LONG = "Expression evaluation timeout: Check for infinite loop"

_PLACEHOLDER = re.compile(r"\{\{(\{?)(\w+)\}?\}\}")

# The names of element types in "must be an array of ...".
_ELEMENT_TYPES = {"a": "arrays", "b": "booleans", "f": "functions", "n": "numbers", "o": "objects", "s": "strings"}

# The library words some templates otherwise than the reference implementation.
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
        reason: the message without the code.
        position: the offset in the expression, where it is known.
        values: what the message's placeholders were filled with, in their order.
    """

    def __init__(self, code: str, reason: str, position: int | None = None, values: Sequence[object] = ()) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
        self.position = position
        self.values = values


def word(templates: Mapping[str, str], code: str, values: Sequence[object]) -> str:
    """Return the message of an error code, its placeholders filled with values in their order.

    Two braces mark a value that is written as JSON, three a value that is written as it is.
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
    """Return a value as compact JSON; values that JSON does not have are written as null."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_null)


def _null(_value: object) -> None:
    """Stand in for a value that JSON cannot hold."""
