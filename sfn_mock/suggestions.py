"""Suggest the name that was meant, for error sentences about unknown names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?`` for the known name that is like ``name``; else the list of known names."""
    names = list(known)
    meant = closest(name, names)
    return f"Known: {', '.join(names) or 'none'}." if meant is None else f"Did you mean {meant!r}?"


def closest(name: object, known: Iterable[str]) -> str | None:
    """Return the known name that is most like ``name``, whatever its case; None if none is like it."""
    by_lower_case = {other.lower(): other for other in known}
    close = get_close_matches(str(name).lower(), by_lower_case, 1)
    return by_lower_case[close[0]] if close else None
