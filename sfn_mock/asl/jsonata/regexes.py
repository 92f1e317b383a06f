"""Regular expressions of JSONata: JavaScript's syntax, run by Python's module re."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Protocol

from sfn_mock.asl.jsonata.messages import QueryError

# What JavaScript and Python write differently: an escape, a class, a named group, the end of the text.
_SYNTAX = re.compile(r"\\k<(?P<reference>\w+)>|\\.|\[(?:\\.|[^\]\\])*\]|\(\?<(?P<group>\w+)>|(?P<end>\$)", re.DOTALL)


class Flags(Protocol):
    """The flags after a regular expression's closing slash."""

    case_insensitive: bool
    multiline: bool


class Regex:
    """A compiled regular expression that refuses to match the empty string."""

    def __init__(self, pattern: str, flags: Flags) -> None:
        options = re.ASCII
        if flags.case_insensitive:
            options |= re.IGNORECASE
        if flags.multiline:
            options |= re.MULTILINE
        try:
            self._pattern = re.compile(_translate(pattern, multiline=flags.multiline), options)
        except (re.error, RecursionError, OverflowError) as error:
            raise QueryError("S0303", f"Invalid regular expression: /{pattern}/") from error

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches in a text."""
        end = 0
        for match in self._pattern.finditer(text):
            # The search is over at the end of the text; an empty match before it is an error.
            if end and end == len(text):
                return
            end = match.end()
            if match.start() == end:
                raise QueryError("D1004", "Regular expression matches zero length string")
            yield match

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match in a text."""
        return next(self.finditer(text), None)

    def sub(self, replacement: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        """Return the text with its matches replaced, at most `count` of them where it is not 0."""
        for _ in self.finditer(text):
            pass
        return self._pattern.sub(replacement, text, count=count)

    def split(self, text: str, maxsplit: int = 0) -> list[str]:
        """Return the parts of the text between its matches."""
        parts = []
        start = 0
        for match in self.finditer(text):
            parts.append(text[start : match.start()])
            start = match.end()
        return [*parts, text[start:]]


def _translate(pattern: str, *, multiline: bool) -> str:
    """Return a JavaScript pattern in Python's syntax."""

    def replace(match: re.Match[str]) -> str:
        if match["reference"]:
            return f"(?P={match['reference']})"
        if match["group"]:
            return f"(?P<{match['group']}>"
        # Python's $ also matches before a line break at the end.
        return r"\Z" if match["end"] and not multiline else match[0]

    return _SYNTAX.sub(replace, pattern)
