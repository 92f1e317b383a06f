"""Functions that replace the library's, whose results differ from those of JSONata's reference implementation.

Each takes the arguments after a check of their types; a missing argument is None.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from sfn_mock.asl.jsonata.library import failure, library
from sfn_mock.asl.jsonata.regexes import Regex, utf16_position
from sfn_mock.asl.jsonata.replacing import replace
from sfn_mock.asl.jsonata.values import UNDEFINED, from_library

#: Enough for the digits of every double before the point, and for those of a picture after it.
_ALL_DIGITS = Context(prec=70_000)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_ISO_8601 = re.compile(
    r"(\d{4})(?:-([01]\d)(?:-([0-3]\d)(?:T([0-2]\d):([0-5]\d):([0-5]\d)(?:\.(\d+))?"
    r"(?:Z|([+-])([0-2]\d):?([0-5]\d))?)?)?)?",
    re.ASCII,
)


def contains(text: str | None, pattern: str | Regex) -> bool | None:
    """Return the result of $contains; the library looks for more matches than needed."""
    if text is None:
        return None
    return pattern in text if isinstance(pattern, str) else pattern.search(text) is not None


def lowercase(text: str | None) -> str | None:
    """Return the result of $lowercase; the library's is for comparisons: it writes ss for ß."""
    return None if text is None else text.lower()


def base64_decode(text: str | None) -> str | None:
    """Return the result of $base64decode; padding may be missing. The library returns nothing for wrong texts."""
    if text is None:
        return None
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_").decode()
    except (binascii.Error, UnicodeDecodeError):
        raise failure("T0410", 1, "base64decode") from None


# --- Numbers ---------------------------------------------------------------------------------------------------------


def total(numbers: Sequence[float] | None) -> float | None:
    """Return the result of $sum; Python's own sum rounds otherwise from version 3.12 on."""
    if numbers is None:
        return None
    result: float = 0
    for number in numbers:
        result += number
    return result


def average(numbers: Sequence[float] | None) -> float | None:
    """Return the result of $average."""
    result = total(numbers)
    return result / len(numbers) if numbers and result is not None else None


def rounded_for(picture: str, options: Mapping[str, str], number: float) -> Decimal:
    """Return a number rounded to the digits of a picture of $formatNumber, half to even.

    Args:
        picture: The picture, which may have a second part for negative numbers.
        options: The characters with a meaning, where they are not the usual ones.
        number: A finite number.
    """
    value = Decimal(repr(number))
    parts = picture.split(options.get("pattern-separator", ";"))
    part = parts[0] if number >= 0 else parts[-1]
    zero = options.get("zero-digit", "0")
    digits = {chr(ord(zero) + digit) for digit in range(10)}
    whole, _, fraction = part.partition(options.get("decimal-separator", "."))
    if options.get("exponent-separator", "e") in fraction + whole:
        return value
    places = sum(character in digits or character == options.get("digit", "#") for character in fraction)
    if part.endswith(options.get("percent", "%")):
        places += 2
    elif part.endswith(options.get("per-mille", "\u2030")):
        places += 3
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN, context=_ALL_DIGITS)


# --- Arrays ----------------------------------------------------------------------------------------------------------


def sort(items: list[Any], comparator: Any) -> list[Any]:
    """Return the result of $sort with a comparator: a stable merge sort, like the reference implementation's.

    Args:
        items: The items.
        comparator: A function of two items: whether the second one comes first. As in JavaScript, any result is true
            except false, 0, an empty text, null and undefined.
    """
    if len(items) < 2:
        return items
    middle = len(items) // 2
    left, right = sort(items[:middle], comparator), sort(items[middle:], comparator)
    merged = []
    first = second = 0
    while first < len(left) and second < len(right):
        if _is_true(library().apply(comparator, [left[first], right[second]])):
            merged.append(right[second])
            second += 1
        else:
            merged.append(left[first])
            first += 1
    return [*merged, *left[first:], *right[second:]]


def _is_true(result: Any) -> bool:
    value = from_library(result)
    return value is not UNDEFINED and (isinstance(value, (list, dict)) or bool(value))


# --- Dates -----------------------------------------------------------------------------------------------------------


def parse_iso_8601(text: str) -> int | None:
    """Return the moment of an ISO 8601 text in milliseconds since 1970, UTC without a zone; None if it is none.

    A month or a whole year stands for its first moment.
    """
    match = _ISO_8601.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    try:
        moment = datetime(
            *(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0)),
            tzinfo=timezone.utc,
        )
        return (moment - _EPOCH - offset) // timedelta(milliseconds=1) + int((fraction or "").ljust(3, "0")[:3])
    except (ValueError, OverflowError):
        return None


def _with_native(name: str, native: Any) -> Callable[[Any, Sequence[Any]], Any] | None:
    """Return a replacement that uses the library's function with other arguments, None if there is none."""

    def format_number(focus: Any, arguments: Sequence[Any]) -> Any:
        number, picture, options = arguments
        if number is not None:
            number = rounded_for(picture, options or {}, number)
        return native.call(focus, [number, picture, options])

    def format_integer(focus: Any, arguments: Sequence[Any]) -> Any:
        number, picture = arguments
        return native.call(focus, [None if number is None else math.floor(number), picture])

    def to_millis(focus: Any, arguments: Sequence[Any]) -> Any:
        text, picture = arguments
        if text is None or picture is not None:
            return native.call(focus, arguments)
        moment = parse_iso_8601(text)
        if moment is None:
            raise failure("D3110", text)
        return moment

    def match(focus: Any, arguments: Sequence[Any]) -> Any:
        found = native.call(focus, arguments)
        for each in found if isinstance(found, list) else [] if found is None else [found]:
            each["index"] = utf16_position(arguments[0], each["index"])
        return found

    def sorted_by(focus: Any, arguments: Sequence[Any]) -> Any:
        items, comparator = arguments
        return native.call(focus, arguments) if comparator is None or items is None else sort(items, comparator)

    prepared: dict[str, Callable[[Any, Sequence[Any]], Any]] = {
        "formatInteger": format_integer,
        "formatNumber": format_number,
        "match": match,
        "sort": sorted_by,
        "toMillis": to_millis,
    }
    return prepared.get(name)


def replacement(name: str, native: Any) -> Callable[[Any, Sequence[Any]], Any]:
    """Return the function to call instead of a library function; its own one if that is right.

    Args:
        name: The name of the function.
        native: The library's function.
    """
    own = _OWN.get(name)
    if own is not None:
        return lambda _focus, arguments: own(*arguments)
    library_call: Callable[[Any, Sequence[Any]], Any] = native.call
    return _with_native(name, native) or library_call


_OWN: dict[str, Callable[..., Any]] = {
    "average": average,
    "base64decode": base64_decode,
    "contains": contains,
    "lowercase": lowercase,
    "replace": replace,
    "sum": total,
}
