"""Write JSON values as text in the form of AWS's Java service."""

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
#: The beginning of a number with a fraction or an exponent; it also matches inside strings.
_MAYBE_DOUBLE = re.compile(r"(?:^|[\[:,])-?\d+[.e]")
#: A string, or a number with a fraction or an exponent, in JSON.
_STRING_OR_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?')
# json.dumps with options creates an encoder at each call, which is slow.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_STRING_OR_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[,:]')


def json_text(value: Any) -> str:
    """Return a value as compact JSON, the form of AWS's causes and of States.JsonToString."""
    text = _encode(value)
    return _STRING_OR_DOUBLE.sub(_java_number, text) if _MAYBE_DOUBLE.search(text) else text


def utf8(text: str) -> bytes:
    """Return a text in UTF-8; a lone surrogate becomes `?`, as in Java."""
    return text.encode("utf-8", "replace")


def java_text(value: Any) -> str:
    """Return a value in the form of Java's toString: objects as `{a=1, b=x}`, strings without quotes."""
    return _STRING_OR_MARK.sub(_java_mark, json_text(value))


def json_key(value: Any) -> str:
    """Return a text that equal JSON values share; the order of members does not matter, and 1, 1.0 and true differ."""
    return json.dumps(value, sort_keys=True)


def hash_order(names: Collection[str]) -> list[str]:
    """Return distinct names in the order of a Java HashMap.

    AWS keeps the dynamic members of a payload template and the members of a merged object in such maps.
    """
    size = _SMALLEST_TABLE
    while len(names) > size * 3 // 4:
        size *= 2
    # Names in the same bucket keep the order of insertion.
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
    """Return a string's hash code in Java, with the bits spread as in HashMap."""
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
    """Return a float in the form of Java's Double.toString: 1.5, 1.0E7, 2.0E-4."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    number = Decimal(repr(value)).normalize()
    is_negative, digits, _ = number.as_tuple()
    whole, *rest = map(str, digits)
    return f"{'-' if is_negative else ''}{whole}.{''.join(rest) or '0'}E{number.adjusted()}"
