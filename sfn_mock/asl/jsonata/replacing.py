"""The function $replace; the library's own one replaces parts of earlier replacements again."""

from __future__ import annotations

import math
import re
from typing import Any

from sfn_mock.asl.jsonata.library import failure, library
from sfn_mock.asl.jsonata.regexes import AnyMatch, Regex, describe

_REFERENCE = re.compile(r"\$(\$|[0-9]+)?")


def replace(text: str | None, pattern: str | Regex, replacement: Any, limit: float | None) -> str | None:
    """Return the result of $replace.

    Args:
        text: The text, None if it is undefined.
        pattern: A text or a regular expression to search for.
        replacement: A text, which may refer to groups such as `$1`, or a function of a match.
        limit: The largest number of replacements, None for no limit.
    """
    if text is None:
        return None
    most = None if limit is None else math.ceil(limit)
    if isinstance(replacement, str):
        if isinstance(pattern, str):
            return text.replace(pattern, replacement, -1 if most is None else most)
        return pattern.sub(lambda match: _fill(replacement, match), text, most)

    def call(match: AnyMatch) -> str:
        result = library().apply(replacement, [describe(match)])
        if isinstance(result, str):
            return result
        raise failure("D3012")

    if isinstance(pattern, str):
        raise failure("D3012")
    return pattern.sub(call, text, most)


def _fill(replacement: str, match: AnyMatch) -> str:
    """Return a replacement with the texts of the groups in place of references such as `$1`."""
    groups = match.groups()
    digits = len(str(len(groups)))

    def refer(reference: re.Match[str]) -> str:
        name = reference[1]
        if name in (None, "$"):
            return "$"
        if name.startswith("0"):
            return f"{match.group()}{name[1:]}"
        number = name[:digits]
        if digits > 1 and int(number) > len(groups):
            number = name[: digits - 1]
        value = groups[int(number) - 1] if int(number) <= len(groups) else None
        return f"{value or ''}{name[len(number) :]}"

    return _REFERENCE.sub(refer, replacement)
