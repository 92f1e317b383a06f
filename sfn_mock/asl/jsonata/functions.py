"""The functions that Step Functions adds to JSONata, and replacements for some of the library's."""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Callable
from typing import Any

from sfn_mock.asl.json_values import decode_strictly
from sfn_mock.asl.jsonata.conversions import distinct, to_number, to_text
from sfn_mock.asl.jsonata.library import failure
from sfn_mock.asl.jsonata.messages import QueryError
from sfn_mock.asl.jsonata.values import UNDEFINED, Function, to_library
from sfn_mock.asl.texts import utf8

# The limit of States.ArrayRange, which $range replaces.
MAX_RANGE = 1000
MAX_HASH_CHARACTERS = 10_000

_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def step_functions(now: int, randomness: random.Random, format_millis: Callable[..., object]) -> dict[str, Function]:
    """Return the functions of one evaluation.

    Args:
        now: The moment of $now and $millis, in milliseconds since 1970.
        randomness: The random generator of $random and $uuid.
        format_millis: The library's $fromMillis; its parameters are a context value and a list of arguments.
    """

    def now_text(picture: object, timezone: object) -> object:
        return format_millis(None, [now, to_library(picture), to_library(timezone)])

    def millis() -> object:
        return now

    def random_number(seed: object) -> object:
        if seed is UNDEFINED:
            return randomness.random()
        return random.Random(_integer(seed, "random", 1)).random()

    def random_uuid() -> object:
        return str(uuid.UUID(int=randomness.getrandbits(128), version=4))

    return {
        "distinct": Function("<x:x>", distinct),
        "hash": Function("<ss:s>", _hash),
        "millis": Function("<:n>", millis),
        "now": Function("<s?s?:s>", now_text),
        "number": Function("<(nsb)-:n>", to_number),
        "parse": Function("<s:x>", _parse),
        "partition": Function("<an:a>", _partition),
        "random": Function("<n?:n>", random_number),
        "range": Function("<nnn:a>", _range),
        "string": Function("<x-b?:s>", to_text, function_value=""),
        "uuid": Function("<:s>", random_uuid),
    }


def _integer(value: object, function: str, index: int) -> int:
    """Return an argument; raise T0410 if it is not an integer."""
    if isinstance(value, int):
        return value
    raise failure("T0410", index, function)


def _partition(items: list[Any], size: object) -> object:
    """Split items into chunks of a size."""
    chunk = _integer(size, "partition", 2)
    if chunk < 1:
        raise failure("T0410", 2, "partition")
    return [items[start : start + chunk] for start in range(0, len(items), chunk)]


def _range(first: object, last: object, step: object) -> object:
    """Return the integers from first to last, both included; a single one is returned without an array, as by AWS."""
    start, stop, increment = (
        _integer(value, "range", index) for index, value in enumerate((first, last, step), start=1)
    )
    direction = (increment > 0) - (increment < 0)
    if not direction:
        raise failure("T0410", 3, "range")
    values = range(start, stop + direction, increment)
    if len(values) > MAX_RANGE:
        raise QueryError("D2014", f"The size of the array must not exceed {MAX_RANGE}.")
    return start if len(values) == 1 else list(values)


def _hash(text: str, algorithm: str) -> object:
    """Return the hexadecimal digest of a text."""
    if len(text) > MAX_HASH_CHARACTERS:
        raise failure("T0410", 1, "hash")
    if algorithm not in _ALGORITHMS:
        raise failure("T0410", 2, "hash")
    return hashlib.new(_ALGORITHMS[algorithm], utf8(text), usedforsecurity=False).hexdigest()


def _parse(text: str) -> object:
    """Decode JSON text."""
    try:
        value = decode_strictly(text)
        # A number such as 1e400 is JSON, but no number of JSONata.
        json.dumps(value, allow_nan=False)
        return value
    except (ValueError, RecursionError) as error:
        raise failure("T0410", 1, "parse") from error
