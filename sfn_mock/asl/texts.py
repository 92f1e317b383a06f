"""JSON values as text, the way AWS's Java service writes them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

_INT_RANGE = range(-(2**31), 2**31)
_LONG_RANGE = range(-(2**63), 2**63)


def json_text(value: Any) -> str:
    """Return compact JSON with members in their own order, as AWS prints it in causes and in States.JsonToString."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_quoted(name)}:{json_text(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(json_text, value)) + "]"
    if isinstance(value, str):
        return _quoted(value)
    return _scalar_text(value)


def java_text(value: Any) -> str:
    """Return what Java's toString gives for a value: objects as `{a=1, b=x}`, strings without quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}={java_text(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(java_text, value)) + "]"
    if isinstance(value, str):
        return value
    return _scalar_text(value)


def java_class(value: Any) -> str:
    """Return the name of the Java class that holds a JSON value other than an object."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "java.lang.Boolean"
    if isinstance(value, int):
        if value in _INT_RANGE:
            return "java.lang.Integer"
        return "java.lang.Long" if value in _LONG_RANGE else "java.math.BigInteger"
    if isinstance(value, float):
        return "java.lang.Double"
    return "java.lang.String" if isinstance(value, str) else "java.util.ArrayList"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _scalar_text(value: bool | int | float | None) -> str:
    if isinstance(value, float):
        return _double_text(value)
    return json.dumps(value)


def _double_text(value: float) -> str:
    """Return a double as Java's Double.toString does: 1.5, 1.0E7, 2.0E-4."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    # json.loads makes an infinite float of 1e999; its exponent is then the letter that Decimal uses.
    if not isinstance(exponent, int):
        return f"{'-' if sign else ''}Infinity"
    whole, *rest = map(str, digits)
    return f"{'-' if sign else ''}{whole}.{''.join(rest) or '0'}E{exponent + len(rest)}"
