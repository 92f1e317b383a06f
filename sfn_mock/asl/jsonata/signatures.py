"""Check the arguments of a function against its signature."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any

from sfn_mock.asl.jsonata.library import library


def validate(signature: Any, arguments: Sequence[Any], context: Any) -> Sequence[Any]:
    """Check the arguments of a call and return them completed according to the function's signature.

    Args:
        signature: The library's signature of the function.
        arguments: The arguments as values of the library.
        context: The context value, which replaces a missing argument if the signature says so.
    """
    checked = copy.copy(signature)
    checked.get_symbol = _symbol_of
    try:
        valid: Sequence[Any] = checked.validate(arguments, context)
    except library().error as error:
        if error.error == "T0410":
            error.current = _first_mismatch(signature, arguments)
        raise
    return valid


def _symbol_of(value: Any) -> str:
    """Return the letter for a value's type in a signature; the library itself treats null as undefined."""
    null, signature = library().null, library().signature
    return "l" if value is null else str(signature.get_symbol(None, value))


def _first_mismatch(signature: Any, arguments: Sequence[Any]) -> int:
    """Return the number of the first argument that does not match a signature, counted from 1."""
    symbols = "".join(_symbol_of(argument) for argument in arguments)
    pattern, matched = "", 0
    for parameter in signature._params:
        pattern += parameter.regex
        match = re.match(pattern, symbols)
        if match is None:
            return matched + 1
        matched = match.end()
    return matched + 1
