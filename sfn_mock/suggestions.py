"""Suggest the closest name in error sentences about unknown names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?`` with the known name closest to ``name``, or the list of known names."""
    names = list(known)
    meant = closest(name, names)
    return f"Known: {', '.join(names) or 'none'}." if meant is None else f"Did you mean {meant!r}?"


def closest(name: object, known: Iterable[str]) -> str | None:
    """Return the known name closest to ``name``, ignoring case; None if none is close."""
    by_lower_case = {other.lower(): other for other in known}
    close = get_close_matches(str(name).lower(), by_lower_case, 1)
    return by_lower_case[close[0]] if close else None
