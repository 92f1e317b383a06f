"""Regular expressions in JSONPath filters: Java's syntax, translated for Python's module `re`."""

from __future__ import annotations

import re

from sfn_mock.asl.backtracking import FLAGS, bounded

# The parts of a pattern that differ between Java and Python.
_SYNTAX = re.compile(
    r"""(?P<escape>\\.)
    |(?P<class>\[(?:\\.|[^\]\\])*\])
    |\(\?<(?P<group>[A-Za-z]\w*)>
    |(?P<foreign>\(\?(?:[P\#(>]|[imsx-]+\))|(?:[*+?]|\{\d+(?:,\d*)?\})\+)""",
    re.VERBOSE | re.DOTALL,
)
_REFERENCE = re.compile(r"\\k<(\w+)>")
# A hyphen beside a class such as \w is the character itself.
_IN_CLASS = re.compile(
    r"(?P<shorthand>\\[dDwWsS])(?P<hyphen>-?)|(?P<escape>\\.)|(?P<symbol>[\[&~|]|(?<=-)-|-(?=\\[dDwWsS]))", re.DOTALL
)
_FLAGS_AHEAD = re.compile(r"\(\?([imsx]+)\)")
_IGNORED = re.compile(r"(?P<kept>\\.|\[(?:\\.|[^\]\\])*\])|\s+|#[^\n]*", re.DOTALL)


class PathRegex:
    """A regular expression that a whole text must match."""

    def __init__(self, pattern: str, letters: str) -> None:
        """Compile a pattern.

        Args:
            pattern: The text between the slashes.
            letters: The flags after the closing slash.

        Raises:
            re.error: If the text is not a pattern.
            OverflowError: If a number of repetitions is too large.
            RecursionError: If groups are nested too deep.
        """
        ahead = _FLAGS_AHEAD.match(pattern)
        if ahead:
            pattern = pattern[ahead.end() :]
            letters += ahead[1]
        if "x" in letters:
            pattern = _IGNORED.sub(_keep, pattern)
        options = re.ASCII
        for letter in letters.replace("x", ""):
            options |= FLAGS[letter]
        translated = _REFERENCE.sub(r"(?P=\1)", _SYNTAX.sub(_translate, pattern))
        self._pattern = re.compile(translated, options)
        self._program = bounded(translated, options)

    def matches(self, text: str) -> bool:
        """Return whether the whole text matches.

        Raises:
            EndlessSearchError: If the search takes too many steps.
        """
        if self._program and self._program.is_needed(text):
            return self._program.matches(text)
        return self._pattern.fullmatch(text) is not None


def _keep(match: re.Match[str]) -> str:
    return match["kept"] or ""


def _translate(match: re.Match[str]) -> str:
    """Translate a part of a Java pattern into Python's syntax."""
    if match["foreign"]:
        raise re.error(f"{match['foreign']} is not supported")
    if match["group"]:
        return f"(?P<{match['group']}>"
    if match["class"]:
        return f"[{_IN_CLASS.sub(_in_class, match['class'][1:-1])}]"
    return {r"\z": r"\Z", r"\Z": r"(?=\n?\Z)"}.get(match["escape"], match["escape"])


def _in_class(match: re.Match[str]) -> str:
    if match["shorthand"]:
        return match["shorthand"] + (r"\-" if match["hyphen"] else "")
    return match["escape"] or f"\\{match['symbol']}"
