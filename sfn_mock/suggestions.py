"""Suggest the closest name in error sentences about unknown names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?`` with the known name closest to ``name``, or the list of known names."""
    names = list(known)
    return suggestion(name, names) or f"Known: {', '.join(names) or 'none'}."


def suggestion(got: object, choices: Iterable[object]) -> str:
    """Return ``Did you mean 'x'?`` with the choice closest to what was given, or "" if none is close."""
    by_text = {str(choice): choice for choice in choices}
    meant = closest(got, by_text)
    return "" if meant is None else f"Did you mean {by_text[meant]!r}?"


def with_suggestion(sentence: str, got: object, choices: Iterable[object]) -> str:
    """Return the sentence, followed by the choice closest to what was given if one is close."""
    return f"{sentence} {suggestion(got, choices)}".rstrip()


def closest(name: object, known: Iterable[str]) -> str | None:
    """Return the known name closest to ``name``, ignoring case; None if none is close."""
    by_lower_case = {other.lower(): other for other in known}
    close = get_close_matches(str(name).lower(), by_lower_case, 1)
    return by_lower_case[close[0]] if close else None
