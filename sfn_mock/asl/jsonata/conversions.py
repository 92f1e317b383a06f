"""Convert values with the rules of JSONata's reference implementation."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from sfn_mock.asl.json_values import is_number
from sfn_mock.asl.jsonata.library import failure
from sfn_mock.asl.jsonata.messages import as_json
from sfn_mock.asl.jsonata.values import UNDEFINED, to_javascript_number

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?")
_OTHER_BASES = re.compile(r"0[xX][0-9A-Fa-f]+|0[oO][0-7]+|0[bB][01]+")


def to_number(value: Any) -> object:
    """Return the result of $number: the number in a text, or the value of a number or a bool."""
    if value is UNDEFINED or is_number(value):
        return value
    if isinstance(value, bool):
        return int(value)
    if len(value) < 200 and _OTHER_BASES.fullmatch(value):
        return to_javascript_number(float(int(value, 0)))
    if _DECIMAL.fullmatch(value) and math.isfinite(float(value)):
        return to_javascript_number(float(value))
    raise failure("D3030", value)


def to_text(value: object, pretty: object = UNDEFINED) -> object:
    """Return the result of $string: a text unchanged, other values as JSON with numbers of at most 15 digits."""
    if value is UNDEFINED or isinstance(value, str):
        return value
    return _json(value, "\n" if pretty is True else "")


def _json(value: object, line_break: str) -> str:
    """Return a value as JSON; `line_break` is a line break and the indentation, or "" for compact JSON."""
    deeper = line_break and line_break + "  "
    if isinstance(value, dict) and value:
        colon = ": " if line_break else ":"
        members = (f"{as_json(key)}{colon}{_json(member, deeper)}" for key, member in value.items())
        return f"{{{deeper}{f',{deeper}'.join(members)}{line_break}}}"
    if isinstance(value, list) and value:
        return f"[{deeper}{f',{deeper}'.join(_json(item, deeper) for item in value)}{line_break}]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number_text(value)
    return as_json(value)


def _number_text(value: int | float) -> str:
    """Return a number in JavaScript's form, rounded to 15 digits."""
    rounded = to_javascript_number(float(f"{float(value):.15g}"))
    if isinstance(rounded, int):
        return str(rounded)
    digits, _, exponent = repr(rounded).partition("e")
    if not exponent:
        return digits
    if exponent in ("-05", "-06"):
        # Python writes such a number with an exponent, JavaScript does not.
        return f"{rounded:.{len(digits.lstrip('-').replace('.', '')) - 1 - int(exponent)}f}"
    return f"{digits}e{int(exponent):+d}"


def distinct(value: object) -> object:
    """Return the result of $distinct: the items without duplicates."""
    if not isinstance(value, list):
        return value
    seen: dict[str, Any] = {}
    for item in value:
        seen.setdefault(json.dumps(item, sort_keys=True), item)
    return list(seen.values())
