"""AWS's sentences about inputs and outputs that are not JSON.

AWS parses with Jackson and quotes its sentences in InvalidExecutionInput. Sentences recorded on AWS are reproduced;
other faults get the closest of Jackson's sentences.
"""

from __future__ import annotations

import json
import re

_ANY_VALUE = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'"
_WORD = re.compile(r"[^\W\d][\w.$]*")
_LITERALS = {"true", "false", "null"}
# The start of each message of Python's decoder, and what Jackson expects there.
_EXPECTED = {
    "Expecting property name": "double-quote to start field name",
    "Illegal trailing comma before end of object": "double-quote to start field name",
    "Expecting ':'": "a colon to separate field name and value",
    "Expecting ','": "comma to separate entries",
}


def json_fault(text: str, kind: str = "input") -> str | None:
    """Return AWS's sentence about ``text`` that is not JSON; None if it is JSON (any value, not only an object)."""
    if not text.strip():
        return f"Invalid execution {kind}."
    try:
        # Numbers are not converted: Python refuses numbers of thousands of digits, which JSON allows.
        json.loads(text, parse_int=str, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return _sentence(text, error)
    except _NotJsonConstant as constant:
        return _unrecognized(str(constant))
    except RecursionError:
        return "Document nesting depth exceeds the maximum allowed"
    return None


class _NotJsonConstant(Exception):
    """NaN or an infinity, which Python accepts and JSON does not."""


def _refuse_constant(word: str) -> object:
    raise _NotJsonConstant(word)


def _unrecognized(word: str) -> str:
    return f"Unrecognized token '{word}': was expecting ({_ANY_VALUE})"


def _sentence(text: str, error: json.JSONDecodeError) -> str:
    if error.pos >= len(text.rstrip()):
        return "Unexpected end-of-input"
    if error.msg.startswith("Unterminated string"):
        return "Unexpected end-of-input: was expecting closing quote for a string value"
    if error.msg.startswith("Invalid \\"):
        escaped = text[error.pos :].lstrip("\\")[0]
        return f"Unrecognized character escape '{escaped}' (code {ord(escaped)})"
    character = _unexpected_character(text, error)
    if error.msg.startswith("Invalid control character"):
        return (
            f"Illegal unquoted character ((CTRL-CHAR, code {ord(character)})): has to be escaped using backslash to "
            f"be included in string value"
        )
    unexpected = f"Unexpected character ('{character}' (code {ord(character)}))"
    for fault, expected in _EXPECTED.items():
        if error.msg.startswith(fault):
            return f"{unexpected}: was expecting {expected}"
    word = _WORD.match(text, error.pos)
    if word is not None and word.group() not in _LITERALS:
        return _unrecognized(word.group())
    return f"{unexpected}: expected a valid value ({_ANY_VALUE})"


def _unexpected_character(text: str, error: json.JSONDecodeError) -> str:
    # Python 3.13 points at a trailing comma; Jackson, and older Python, at the bracket after it.
    rest = text[error.pos + 1 :].lstrip() if error.msg.startswith("Illegal trailing comma") else text[error.pos :]
    return rest[0]
