"""Regular expressions in JSONata: JavaScript's syntax, translated for Python's module `re`."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

from sfn_mock.asl.backtracking import EndlessSearchError, Match, bounded
from sfn_mock.asl.jsonata.conversions import to_text
from sfn_mock.asl.jsonata.library import library
from sfn_mock.asl.jsonata.messages import TOO_LONG, QueryError
from sfn_mock.asl.jsonata.values import from_library

# The parts of a pattern that differ between JavaScript and Python.
_SYNTAX = re.compile(
    r"""\\k<(?P<reference>\w+)>
    |\(\?<(?P<group>[A-Za-z_]\w*)>
    |\\(?P<escape>.)
    |(?P<class>\[(?:\\.|[^\]\\])*\])
    |(?P<foreign>\(\?(?![:=!<])|(?:[*+?]|\{\d+(?:,\d*)?\})\+)
    |(?P<brace>\{(?!\d+(?:,\d*)?\}))
    |(?P<end>\$)
    |(?P<any>\.)""",
    re.VERBOSE | re.DOTALL,
)
# A hyphen beside a class such as \w is the character itself.
_IN_CLASS = re.compile(
    r"\\(?P<shorthand>[dDwWsS])(?P<hyphen>-?)|\\(?P<escape>.)|(?P<symbol>[\[&~|]|(?<=-)-|-(?=\\[dDwWsS]))", re.DOTALL
)
# The escapes with the same meaning in both; in JavaScript any other escaped letter is the letter itself.
_SHARED_ESCAPES = "BDSWbdfnrstvwxu"
_SPACES = "\\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

AnyMatch: TypeAlias = "re.Match[str] | Match"


class Flags(Protocol):
    """The flags after a regular expression's closing slash."""

    case_insensitive: bool
    multiline: bool


class Regex:
    """A compiled regular expression; an empty match may only be the first one, and others may not follow it.

    It is also a function of one argument for the library: `$filter(names, /^a/)`.
    """

    arguments = ("text",)

    def __init__(self, pattern: str, flags: Flags) -> None:
        options = re.ASCII
        if flags.case_insensitive:
            options |= re.IGNORECASE
        if flags.multiline:
            options |= re.MULTILINE
        try:
            translated = _translate(pattern, multiline=flags.multiline)
            self._pattern = re.compile(translated, options)
            self._program = bounded(translated, options)
        except (re.error, RecursionError, OverflowError) as error:
            raise QueryError("S0303", f"Invalid regular expression: /{pattern}/") from error

    def call(self, _focus: object, arguments: Sequence[Any]) -> Any:
        """Return the first match in the argument, None without one; its `next` is a function for the next match."""
        text = to_text(from_library(arguments[0]))
        return self._found(self._matches(text)) if isinstance(text, str) else None

    def _found(self, matches: Iterator[AnyMatch]) -> Any:
        match = next(matches, None)
        if match is None:
            return None
        return {**describe(match), "next": library().engine.JLambda(lambda: self._found(matches))}

    def finditer(self, text: str) -> Iterator[AnyMatch]:
        """Yield the matches in a text; like the reference implementation's $match, look for the next one before."""
        matches = self._matches(text)
        match = next(matches, None)
        while match is not None:
            following = next(matches, None)
            yield match
            match = following

    def _matches(self, text: str) -> Iterator[AnyMatch]:
        """Yield the matches in a text, until one ends with the text.

        Raises:
            QueryError: If a match before or after another one is empty, or if the search takes too many steps.
        """
        matcher = self._program if self._program and self._program.is_needed(text) else self._pattern
        matches: Iterator[AnyMatch] = matcher.finditer(text)
        try:
            for number, match in enumerate(matches):
                if number:
                    _refuse_empty(match)
                yield match
                if match.end() == len(text):
                    return
                _refuse_empty(match)
        except EndlessSearchError as error:
            raise QueryError("U1001", TOO_LONG) from error

    def search(self, text: str) -> AnyMatch | None:
        """Return the first match in a text."""
        return next(self._matches(text), None)

    def sub(self, replace: Callable[[AnyMatch], str], text: str, count: int | None = None) -> str:
        """Return a text with its first `count` matches replaced; None replaces all."""
        parts = []
        start = 0
        for done, match in enumerate(self._matches(text)):
            if done == count:
                break
            parts += [text[start : match.start()], replace(match)]
            start = match.end()
        return "".join([*parts, text[start:]])

    def split(self, text: str) -> list[str]:
        """Return the parts of a text between its matches."""
        parts = []
        start = 0
        for match in self._matches(text):
            parts.append(text[start : match.start()])
            start = match.end()
        return [*parts, text[start:]]


def _refuse_empty(match: AnyMatch) -> None:
    """Raise D1004 for an empty match."""
    if match.start() == match.end():
        raise QueryError("D1004", "Regular expression matches zero length string")


def describe(match: AnyMatch) -> dict[str, Any]:
    """Return the object that describes a match in JSONata."""
    start, end = (utf16_position(match.string, position) for position in (match.start(), match.end()))
    return {"match": match.group(), "start": start, "end": end, "groups": list(match.groups())}


def utf16_position(text: str, position: int) -> int:
    """Return a position in a text as JavaScript counts it."""
    return position + bisect_left(_pairs(text), position)


@lru_cache(maxsize=8)
def _pairs(text: str) -> list[int]:
    """Return the positions of the characters that count twice in JavaScript, such as emoji."""
    return [] if text.isascii() else [position for position, character in enumerate(text) if character > "\uffff"]


def _translate(pattern: str, *, multiline: bool) -> str:
    """Translate a JavaScript pattern into Python's syntax.

    Raises:
        re.error: If Python accepts the pattern but JavaScript does not.
    """

    def replace(match: re.Match[str]) -> str:
        kind = str(match.lastgroup)
        value = match[kind]
        if kind == "foreign":
            raise re.error("invalid group or repetition")
        if kind == "escape":
            return {"s": f"[{_SPACES}]", "S": f"[^{_SPACES}]"}.get(value) or _escape(value)
        if kind == "class":
            inner = _IN_CLASS.sub(_replace_in_class, value[1:-1])
            return {"": "(?!)", "^": r"[\s\S]"}.get(inner) or f"[{inner}]"
        if kind == "end":
            # Python's $ also matches before a line break at the end.
            return "$" if multiline else r"\Z"
        return {
            "reference": f"(?P={value})",
            "group": f"(?P<{value}>",
            "brace": r"\{",
            "any": r"[^\n\r\u2028\u2029]",
        }[kind]

    return _SYNTAX.sub(replace, pattern)


def _replace_in_class(match: re.Match[str]) -> str:
    """Translate a part of a character class into Python's syntax."""
    if match["symbol"]:
        return f"\\{match['symbol']}"
    if match["shorthand"]:
        hyphen = r"\-" if match["hyphen"] else ""
        return (_SPACES if match["shorthand"] == "s" else f"\\{match['shorthand']}") + hyphen
    return _escape(match["escape"])


def _escape(character: str) -> str:
    """Translate an escaped character into Python's syntax."""
    if character == "0":
        return r"\x00"
    if character.isascii() and character.isalpha() and character not in _SHARED_ESCAPES:
        return character
    return f"\\{character}"
