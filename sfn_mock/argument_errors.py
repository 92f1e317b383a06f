"""Errors about one argument of a seeding call, known by the argument's name."""

from __future__ import annotations

from collections.abc import Iterable
from reprlib import Repr

from sfn_mock.suggestions import closest

_shorten = Repr()
_shorten.maxstring = _shorten.maxother = 100


class ArgumentError(ValueError):
    """A ValueError about one argument.

    Attributes:
        name: The argument's name or, in a seed document, the path of its key.
        problem: What is wrong, the sentence after the name.
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")
        self.name = name
        self.problem = problem


def must_be(name: str, expected: str, got: object, hint: str = "") -> ArgumentError:
    """Return the error for an argument that is not what it must be, such as ``count must be an int >= 0, got -1``.

    Args:
        name: The argument's name.
        expected: What it must be.
        got: What was given.
        hint: A sentence that follows.
    """
    return ArgumentError(name, f"must be {expected}, got {_shorten.repr(got)}{f'. {hint}' if hint else ''}")


def must_be_one_of(name: str, choices: Iterable[str], got: object, reason: str = "") -> ArgumentError:
    """Return the error for an argument that is none of its choices; it suggests the one that was meant.

    Args:
        name: The argument's name.
        choices: What it may be.
        got: What was given.
        reason: Why it may be nothing else, a sentence.
    """
    choices = list(choices)
    meant = closest(got, choices)
    hints = [hint for hint in (reason, "" if meant is None else f"Did you mean {meant!r}?") if hint]
    return must_be(name, f"one of {', '.join(choices)}", got, " ".join(hints))
