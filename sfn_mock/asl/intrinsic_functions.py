"""The intrinsic functions of Amazon States Language: `States.Format`, `States.Array` and the others."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from sfn_mock.asl.json_values import decode_strictly, nesting_depth
from sfn_mock.asl.texts import hash_order, java_text, json_key, json_text, utf8
from sfn_mock.aws.json_reader import DEEPEST

_INT_RANGE = range(-(2**31), 2**31)
_MAX_RANGE_LENGTH = 1000
_MAX_TEXT_LENGTH = 10_000
_HASHES = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
#: An escaped character, which is the group, or `{}`.
_FORMAT_MARK = re.compile(r"\\(['{}\\])|\{\}")


class ArgumentError(Exception):
    """An intrinsic function refuses its arguments; the message is the reason."""


@dataclass(frozen=True)
class Function:
    """An intrinsic function.

    Attributes:
        call: The implementation; its parameters are a random generator and the list of arguments.
        fewest: The smallest number of arguments.
        most: The largest number of arguments, None for no limit.
    """

    call: Callable[[Random, list[Any]], Any]
    fewest: int
    most: int | None

    def takes(self, count: int) -> bool:
        """Return whether the function accepts a number of arguments."""
        return self.fewest <= count and (self.most is None or count <= self.most)


def _format(randomness: Random, arguments: list[Any]) -> str:
    template, *values = arguments
    pieces = _format_pieces(_text(template))
    if len(pieces) - 1 != len(values):
        raise ArgumentError(f"{len(pieces) - 1} occurrences of {{}} need as many arguments, got {len(values)}")
    filled = [pieces[0]]
    for value, piece in zip(values, pieces[1:], strict=True):
        filled += [java_text(value), piece]
    return "".join(filled)


def _format_pieces(template: str) -> list[str]:
    """Split a template at each `{}` that is not escaped."""
    pieces = [""]
    position = 0
    for mark in _FORMAT_MARK.finditer(template):
        pieces[-1] += template[position : mark.start()]
        if mark[1] is None:
            pieces.append("")
        else:
            pieces[-1] += mark[1]
        position = mark.end()
    pieces[-1] += template[position:]
    return pieces


def _string_to_json(randomness: Random, arguments: list[Any]) -> Any:
    text = _text(*arguments)
    if not text.strip(" \t\r\n"):
        return None
    try:
        value = decode_strictly(text)
    except (ValueError, RecursionError):
        raise ArgumentError("the argument must be a string of JSON") from None
    if nesting_depth(value) > DEEPEST:
        raise ArgumentError(f"the JSON must be nested at most {DEEPEST} levels deep")
    return value


def _json_to_string(randomness: Random, arguments: list[Any]) -> str:
    return json_text(*arguments)


def _array(randomness: Random, arguments: list[Any]) -> list[Any]:
    return arguments


def _array_partition(randomness: Random, arguments: list[Any]) -> list[list[Any]]:
    elements, size = _elements(arguments[0]), _whole(arguments[1])
    if size <= 0:
        raise ArgumentError("the chunk size must be greater than 0")
    return [elements[start : start + size] for start in range(0, len(elements), size)]


def _array_contains(randomness: Random, arguments: list[Any]) -> bool:
    wanted = json_key(arguments[1])
    return any(json_key(element) == wanted for element in _elements(arguments[0]))


def _array_range(randomness: Random, arguments: list[Any]) -> list[int]:
    first, last, step = map(_whole, arguments)
    direction = (step > 0) - (step < 0)
    if not direction:
        raise ArgumentError("the increment must not be 0")
    numbers = range(first, last + direction, step)
    # len() of a range fails if the length does not fit into a machine word.
    if numbers and (numbers[-1] - first) // step >= _MAX_RANGE_LENGTH:
        raise ArgumentError(f"the range must not have more than {_MAX_RANGE_LENGTH} elements")
    return list(numbers)


def _array_get_item(randomness: Random, arguments: list[Any]) -> Any:
    elements, index = _elements(arguments[0]), _whole(arguments[1])
    if not 0 <= index < len(elements):
        raise ArgumentError(f"the index {index} is out of the range of an array of {len(elements)} elements")
    return elements[index]


def _array_length(randomness: Random, arguments: list[Any]) -> int:
    return len(_elements(*arguments))


def _array_unique(randomness: Random, arguments: list[Any]) -> list[Any]:
    unique: dict[str, Any] = {}
    for element in _elements(*arguments):
        unique.setdefault(json_key(element), element)
    return list(unique.values())


def _base64_encode(randomness: Random, arguments: list[Any]) -> str:
    return base64.b64encode(utf8(_short_text(*arguments))).decode("ascii")


def _base64_decode(randomness: Random, arguments: list[Any]) -> str:
    text = _short_text(*arguments)
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise ArgumentError("the argument must be a Base64 string") from None


def _hash(randomness: Random, arguments: list[Any]) -> str:
    data, algorithm = arguments
    name = _HASHES.get(_text(algorithm))
    if name is None:
        raise ArgumentError(f"the algorithm must be one of {', '.join(_HASHES)}")
    text = _short_text(data if isinstance(data, str) else json_text(data))
    return hashlib.new(name, utf8(text), usedforsecurity=False).hexdigest()


def _json_merge(randomness: Random, arguments: list[Any]) -> dict[str, Any]:
    first, second, is_deep = arguments
    if not isinstance(first, dict) or not isinstance(second, dict):
        raise ArgumentError("the first two arguments must be objects")
    if is_deep is not False:
        raise ArgumentError("the third argument must be false: only shallow merging is supported")
    merged = {**first, **second}
    return {name: merged[name] for name in hash_order(merged)}


def _math_random(randomness: Random, arguments: list[Any]) -> int:
    start, end = map(_whole, arguments[:2])
    if start >= end:
        raise ArgumentError("the start must be less than the end")
    source = randomness if len(arguments) == 2 else Random(_whole(arguments[2]))
    return source.randrange(start, end)


def _math_add(randomness: Random, arguments: list[Any]) -> int:
    total = sum(map(_int, arguments))
    if total not in _INT_RANGE:
        raise ArgumentError("the sum must be between -2147483648 and 2147483647")
    return total


def _string_split(randomness: Random, arguments: list[Any]) -> list[str]:
    text, separators = map(_text, arguments)
    parts = re.split(f"[{re.escape(separators)}]", text) if separators else [text]
    return [part for part in parts if part]


def _uuid(randomness: Random, arguments: list[Any]) -> str:
    return str(uuid.UUID(int=randomness.getrandbits(128), version=4))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ArgumentError(f"a string is expected, got {json_text(value)}")
    return value


def _short_text(value: Any) -> str:
    text = _text(value)
    if len(text) > _MAX_TEXT_LENGTH:
        raise ArgumentError(f"the data must not have more than {_MAX_TEXT_LENGTH} characters")
    return text


def _elements(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ArgumentError(f"an array is expected, got {json_text(value)}")
    return value


def _whole(value: Any) -> int:
    """Round a number to an int, halves up."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return math.floor(value + 0.5)
    raise ArgumentError(f"a number is expected, got {json_text(value)}")


def _int(value: Any) -> int:
    number = _whole(value)
    if number not in _INT_RANGE:
        raise ArgumentError("the numbers must be between -2147483648 and 2147483647")
    return number


FUNCTIONS: dict[str, Function] = {
    "States.Array": Function(_array, 0, None),
    "States.ArrayContains": Function(_array_contains, 2, 2),
    "States.ArrayGetItem": Function(_array_get_item, 2, 2),
    "States.ArrayLength": Function(_array_length, 1, 1),
    "States.ArrayPartition": Function(_array_partition, 2, 2),
    "States.ArrayRange": Function(_array_range, 3, 3),
    "States.ArrayUnique": Function(_array_unique, 1, 1),
    "States.Base64Decode": Function(_base64_decode, 1, 1),
    "States.Base64Encode": Function(_base64_encode, 1, 1),
    "States.Format": Function(_format, 1, None),
    "States.Hash": Function(_hash, 2, 2),
    "States.JsonMerge": Function(_json_merge, 3, 3),
    "States.JsonToString": Function(_json_to_string, 1, 1),
    "States.MathAdd": Function(_math_add, 2, 2),
    "States.MathRandom": Function(_math_random, 2, 3),
    "States.StringSplit": Function(_string_split, 2, 2),
    "States.StringToJson": Function(_string_to_json, 1, 1),
    "States.UUID": Function(_uuid, 0, 0),
}
