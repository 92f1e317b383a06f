"""The forms of expressions: what is left of them when names, variables and literals are numbered.

Expressions of one form refer to things at the same places, so that one of them tells what the others refer to. A large
definition repeats a few forms, and the parser takes ten times as long for an expression as its form does.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from sfn_mock.asl.jsonata.references import References

# The longest expression whose form is asked for: forms are kept.
_LONGEST = 1_000
# How many forms are kept.
_MOST_FORMS = 1_024

_WORD = re.compile(
    r"""(\$?[A-Za-z_]\w*|\${1,2}|"[^"\\]*"|'[^'\\]*'|(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?)""", re.ASCII
)
# What may stand between words. A slash may begin a regular expression or a comment, and is left to the parser.
_BETWEEN = frozenset(" \t\n\r.[]{}(),;:?+-*%=<>^&|!~@#")
# Names that the parser and the collector of references know; the parser adds a call of $exists itself.
_KNOWN = frozenset(["", "$", "$$", "and", "or", "in", "true", "false", "null", "function", "states", "exists"])


class Form(NamedTuple):
    """The form of an expression.

    Attributes:
        text: the expression with numbers in place of its words, which is again an expression.
        names: the names, variables and texts of the expression, and what stands for each.
    """

    text: str
    names: dict[str, str]


def find_form(text: str) -> Form | None:
    """Return the form of an expression, or None if only the parser can tell its words."""
    if len(text) > _LONGEST:
        return None
    parts = _WORD.split(text)
    # Words that touch each other are other words for the parser, and a function's signature has words of its own.
    if "" in parts[2:-1:2] or not _BETWEEN.issuperset("".join(parts[::2])) or ("function" in parts and "<" in text):
        return None
    names: dict[str, str] = {}
    parts[1::2] = [_placeholder(word, names) for word in parts[1::2]]
    return Form("".join(parts), names)


def _placeholder(word: str, names: dict[str, str]) -> str:
    """Return what stands for a word in the form, and note its name."""
    first = word[0]
    if first.isdigit():
        return "0"
    name = word[1:-1] if first in "\"'" else word.removeprefix("$")
    if name in _KNOWN:
        return word
    return word.replace(name, names.setdefault(name, f"n{len(names)}"))


class KnownForms:
    """What expressions refer to, by their form."""

    def __init__(self) -> None:
        self._references: dict[str, References] = {}

    def find(self, form: Form) -> References | None:
        """Return what an expression of a form refers to, if another of that form was noted."""
        known = self._references.get(form.text)
        return known and known.renamed({placeholder: name for name, placeholder in form.names.items()})

    def note(self, form: Form, references: References) -> None:
        """Note what an expression of a form refers to."""
        if len(self._references) == _MOST_FORMS:
            self._references.clear()
        self._references[form.text] = references.renamed(form.names)
