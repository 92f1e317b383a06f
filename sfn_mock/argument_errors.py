"""Errors about one argument of a public call; each has the argument's name."""

from __future__ import annotations

from collections.abc import Iterable
from reprlib import Repr

from sfn_mock.suggestions import suggestion

_shorten = Repr()
_shorten.maxstring = _shorten.maxother = 100


class ArgumentError(ValueError):
    """A ValueError about one argument.

    Attributes:
        name: The argument's name or, in a seed document, the path of its key.
        problem: The sentence after the name.
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name} {problem}")
        self.name = name
        self.problem = problem


def must_be(name: str, expected: str, got: object, hint: str = "") -> ArgumentError:
    """Return the error for a wrong argument, such as ``count must be an int >= 0, got -1``, and a sentence after it."""
    return ArgumentError(name, f"must be {expected}, got {_shorten.repr(got)}{f'. {hint}' if hint else ''}")


def must_be_one_of(name: str, choices: Iterable[str], got: object, reason: str = "") -> ArgumentError:
    """Return the error for an argument outside its choices, with the closest choice, and the reason for the choices."""
    choices = list(choices)
    hints = [hint for hint in (reason, suggestion(got, choices)) if hint]
    return must_be(name, f"one of {', '.join(choices)}", got, " ".join(hints))
