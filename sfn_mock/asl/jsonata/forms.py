"""A cache of references by the form of an expression, in which numbers replace names, variables and literals.

Expressions with the same form have their references at the same positions, so only the first one is parsed. A large
definition repeats a few forms, and parsing an expression takes ten times as long as finding its form.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sfn_mock.asl.jsonata.references import References

# The longest expression that has a form, because forms are kept in memory.
_LONGEST = 1_000
# The most forms in the cache.
_MOST_FORMS = 1_024

_WORD = re.compile(
    r"""(\$?[A-Za-z_]\w*|\${1,2}|"[^"\\]*"|'[^'\\]*'|(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?)""", re.ASCII
)
# The characters between words. Another slash than that of a division may begin a regular expression or a comment.
_BETWEEN = frozenset(" \t\n\r.[]{}(),;:?+-*%=<>^&|!~@#")
# A slash that divides the word before it; after an operator it begins a regular expression.
_DIVISION = re.compile(r"[ \t\n\r]*/(?!\*)")
_OPERATORS = ("and", "or", "in")
# The names that are not replaced, because they have a meaning of their own; the parser adds calls of $exists.
_KNOWN = frozenset(["", "$", "$$", "and", "or", "in", "true", "false", "null", "function", "states", "exists"])


class Form(NamedTuple):
    """The form of an expression.

    Attributes:
        text: The expression with placeholders instead of its words; it is an expression too.
        names: The placeholders by name, variable or text.
    """

    text: str
    names: dict[str, str]


def find_form(text: str) -> Form | None:
    """Return the form of an expression, None if only the parser can separate its words."""
    if len(text) > _LONGEST:
        return None
    parts = _WORD.split(text)
    words, between = parts[1::2], parts[::2]
    # The parser may join words that touch each other, and a function's signature has words of its own.
    if (
        "" in between[1:-1]
        or not _BETWEEN.issuperset(_undivided(words, between))
        or ("function" in words and "<" in text)
    ):
        return None
    names: dict[str, str] = {}
    parts[1::2] = [_placeholder(word, names) for word in words]
    return Form("".join(parts), names)


def _undivided(words: list[str], between: list[str]) -> str:
    """Return the text between words, without the slashes that divide."""
    if "/" in "".join(between):
        for index, word in enumerate(words, 1):
            division = None if word in _OPERATORS else _DIVISION.match(between[index])
            between[index] = between[index][division.end() :] if division else between[index]
    return "".join(between)


def _placeholder(word: str, names: dict[str, str]) -> str:
    """Return the placeholder of a word, and add its name to the names."""
    first = word[0]
    if first.isdigit():
        return "0"
    name = word[1:-1] if first in "\"'" else word.removeprefix("$")
    if name in _KNOWN:
        return word
    return word.replace(name, names.setdefault(name, f"n{len(names)}"))


class KnownForms:
    """The references of expressions by form."""

    def __init__(self) -> None:
        self._references: dict[str, References] = {}

    def find(self, form: Form) -> References | None:
        """Return the references of an expression with a form, None if the form is unknown."""
        known = self._references.get(form.text)
        return known and known.renamed({placeholder: name for name, placeholder in form.names.items()})

    def add(self, form: Form, references: References) -> None:
        """Remember the references of an expression with a form."""
        if len(self._references) == _MOST_FORMS:
            self._references.clear()
        self._references[form.text] = references.renamed(form.names)
