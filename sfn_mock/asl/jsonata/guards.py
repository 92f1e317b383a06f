"""Wrap the library's functions so that they raise JSONata's errors instead of Python's, and keep to limits."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from sfn_mock.asl.json_values import is_number
from sfn_mock.asl.jsonata.library import failure, library
from sfn_mock.asl.jsonata.messages import TOO_LONG, QueryError
from sfn_mock.asl.jsonata.replacements import replacement
from sfn_mock.asl.jsonata.signatures import validate
from sfn_mock.asl.jsonata.values import from_library

# The longest text that an evaluation may create.
MAX_CHARACTERS = 4_000_000
# The Python errors that the library raises instead of its own.
PYTHON_ERRORS = (ArithmeticError, ValueError, TypeError, AttributeError, LookupError, OSError)

# The error code for a bad argument, by function.
_CODES = {
    "decodeUrl": "D3140",
    "decodeUrlComponent": "D3140",
    "encodeUrl": "D3140",
    "encodeUrlComponent": "D3140",
    "power": "D3061",
    "sort": "D3070",
    "toMillis": "D3110",
}

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_COMPONENTS = "YMDdFWwXxHhPmsfZzCE"
#: A width in a date picture, such as 4 in `[Y,4]`; a longer number exceeds all limits.
_WIDTH = re.compile(r"[,-](\d{1,18})")
_COMPONENT = re.compile(r"\[\s*(\w)")


@cache
def standard_frame() -> Any:
    """Return the frame with the library's functions, without `$eval`."""
    engine = library().engine
    frame = engine.Frame(None)
    for name, native in engine.static_frame.bindings.items():
        frame.bind(name, _guarded(name, native))
    del frame.bindings["eval"]
    return frame


def _guarded(name: str, native: Any) -> Any:
    """Return a copy of a library function that raises QueryError instead of a Python error."""
    original = replacement(name, native)
    known = library().error

    def call(focus: Any, arguments: Any) -> Any:
        arguments = validate(native.signature, arguments, focus)
        _check(name, arguments)
        try:
            result = original(focus, arguments)
        except (known, RecursionError, QueryError):
            raise
        except (*PYTHON_ERRORS, RuntimeError) as error:
            raise _translate(name, arguments, error) from error
        if isinstance(result, list):
            library().engine.CURRENT.jsonata.count_items(len(result))
        return result

    guarded = copy.copy(native)
    guarded.call = call
    return guarded


def _check(name: str, arguments: Sequence[Any]) -> None:
    """Refuse arguments that the library accepts but the reference implementation does not.

    A missing argument is None.
    """
    code = None
    if name == "replace" and arguments[0] is not None:
        code = _check_replace(arguments[1], arguments[3])
    elif name == "sort" and arguments[1] is None and arguments[0] is not None:
        kinds = {"number" if is_number(item) else type(item).__name__ for item in arguments[0]}
        code = None if kinds <= {"number"} or kinds <= {"str"} or len(arguments[0]) < 2 else "D3070"
    elif name in ("fromMillis", "toMillis") and arguments[1]:
        code = "D3132" if _unknown_component(arguments[1]) else None
    elif name == "formatBase" and None not in arguments:
        code = None if 2 <= arguments[1] <= 36 else "D3100"
    elif name in ("decodeUrl", "decodeUrlComponent") and isinstance(arguments[0], str):
        code = "D3140" if _BROKEN_ESCAPE.search(arguments[0]) else None
    if code:
        raise _failure(code, name, arguments)
    if _growth(name, arguments) > MAX_CHARACTERS:
        raise QueryError("U1001", TOO_LONG)


def _check_replace(pattern: Any, limit: Any) -> str | None:
    """Return the error code for bad arguments of $replace, or None."""
    if pattern == "":
        return "D3010"
    return "D3011" if limit is not None and limit < 0 else None


def _growth(name: str, arguments: Sequence[Any]) -> float:
    """Return an upper bound for the length of a function's result."""
    if name == "pad" and is_number(arguments[1]):
        return abs(float(arguments[1]))
    if name == "join" and isinstance(arguments[0], list):
        separator = arguments[1] or ""
        return sum(len(text) + len(separator) for text in arguments[0])
    if name == "fromMillis" and arguments[1]:
        return sum(map(int, _WIDTH.findall(arguments[1])))
    if name == "replace":
        return math.prod(len(text) + 1 for text in (arguments[0], arguments[2]) if isinstance(text, str))
    return 0


def _failure(code: str, name: str, arguments: Sequence[Any]) -> QueryError:
    """Return the error for bad arguments of a function."""
    values = [from_library(value) for value in arguments]
    if code == "D3140":
        values = [name, *values]
    elif code == "D3100":
        values = values[1:]
    elif code == "D3132":
        values = [_unknown_component(arguments[1])]
    elif code == "T0410":
        values = [1, name]
    return failure(code, *values)


def _translate(name: str, arguments: Sequence[Any], error: Exception) -> QueryError:
    """Translate a Python error into JSONata's."""
    text = str(error)
    for code, template in library().templates.items():
        start = template.replace('"', "'").partition("{{")[0]
        if start and text.startswith(start):
            # A bad date picture raises a RuntimeError with the text of a template.
            return failure(code, arguments[1])
    return _failure(_CODES.get(name, "T0410"), name, arguments)


def _unknown_component(picture: str) -> str:
    """Return the first unknown component of a date picture, or an empty text."""
    components = _COMPONENT.findall(picture.replace("[[", ""))
    return next((component for component in components if component not in _COMPONENTS), "")
