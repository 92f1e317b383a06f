"""Regular expressions of JSONata: JavaScript's syntax, run by Python's module re."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from sfn_mock.asl.jsonata.conversions import to_text
from sfn_mock.asl.jsonata.library import library
from sfn_mock.asl.jsonata.messages import QueryError
from sfn_mock.asl.jsonata.values import from_library

# What JavaScript and Python write differently: an escape, a class, a named group, the end of the text.
_SYNTAX = re.compile(r"\\k<(?P<reference>\w+)>|\\.|\[(?:\\.|[^\]\\])*\]|\(\?<(?P<group>\w+)>|(?P<end>\$)", re.DOTALL)


class Flags(Protocol):
    """The flags after a regular expression's closing slash."""

    case_insensitive: bool
    multiline: bool


class Regex:
    """A compiled regular expression that refuses to match the empty string.

    It is also a function of one argument, as the library's functions call them: `$filter(names, /^a/)`.
    """

    arguments = ("text",)

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

    def call(self, _focus: object, arguments: Sequence[Any]) -> Any:
        """Return the first match in the argument, with a function that returns the next one, or None."""
        text = to_text(from_library(arguments[0]))
        return self._found(self.finditer(text)) if isinstance(text, str) else None

    def _found(self, matches: Iterator[re.Match[str]]) -> Any:
        match = next(matches, None)
        if match is None:
            return None
        return {
            "match": match[0],
            "start": match.start(),
            "end": match.end(),
            "groups": list(match.groups()),
            "next": library().engine.JLambda(lambda: self._found(matches)),
        }

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
