"""Suggest the name that was meant, for error sentences about unknown names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?`` for the known name that is like ``name``; else the list of known names."""
    names = list(known)
    close = get_close_matches(str(name), names, 1)
    return f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names) or 'none'}."
