"""JSON values as text, the way AWS's Java service writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache
from typing import Any

_INT_RANGE = range(-(2**31), 2**31)
_LONG_RANGE = range(-(2**63), 2**63)
_SMALLEST_TABLE = 16
#: What a number with a fraction or an exponent begins with; strings that look like one are told apart later.
_MAYBE_DOUBLE = re.compile(r"(?:^|[\[:,])-?\d+[.e]")
#: A string, or a number with a fraction or an exponent, in JSON.
_STRING_OR_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?')
# json.dumps makes an encoder at each call that has options.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_STRING_OR_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[,:]')


def json_text(value: Any) -> str:
    """Return compact JSON with members in their own order, as AWS prints it in causes and in States.JsonToString."""
    text = _encode(value)
    return _STRING_OR_DOUBLE.sub(_java_number, text) if _MAYBE_DOUBLE.search(text) else text


def utf8(text: str) -> bytes:
    """Return the bytes that are sent for a text. A surrogate without its other half becomes ``?``, as Java has it."""
    return text.encode("utf-8", "replace")


def java_text(value: Any) -> str:
    """Return what Java's toString gives for a value: objects as `{a=1, b=x}`, strings without quotes."""
    return _STRING_OR_MARK.sub(_java_mark, json_text(value))


def json_key(value: Any) -> str:
    """Return a text that is the same for the same JSON values: members in any order, while 1 is not 1.0 or true."""
    return json.dumps(value, sort_keys=True)


def hash_order(names: Collection[str]) -> list[str]:
    """Return distinct names in the order in which a Java HashMap gives them back.

    AWS keeps the dynamic members of a payload template and the members of a merged object in such maps.
    """
    size = _SMALLEST_TABLE
    while len(names) > size * 3 // 4:
        size *= 2
    # Names that share a bucket stay in the order in which they were put in.
    return sorted(names, key=lambda name: _hash_code(name) & (size - 1))


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


@lru_cache(maxsize=4096)
def _hash_code(text: str) -> int:
    """Return a string's hash code, spread as a HashMap does before it picks a bucket."""
    code = 0
    units = text.encode("utf-16-be", "surrogatepass")
    for high, low in zip(units[::2], units[1::2], strict=True):
        code = (31 * code + (high << 8 | low)) & 0xFFFFFFFF
    return code ^ code >> 16


def _java_number(match: re.Match[str]) -> str:
    text = match[0]
    if text.startswith('"') or not ("." in text or "e" in text):
        return text
    return _double_text(float(text))


def _java_mark(match: re.Match[str]) -> str:
    if match[0] == ",":
        return ", "
    return "=" if match[0] == ":" else str(json.loads(match[0]))


def _double_text(value: float) -> str:
    """Return a double as Java's Double.toString does: 1.5, 1.0E7, 2.0E-4."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign = "-" if value < 0 else ""
    number = Decimal(repr(abs(value))).normalize()
    whole, *rest = map(str, number.as_tuple().digits)
    return f"{sign}{whole}.{''.join(rest) or '0'}E{number.adjusted()}"
