"""Rows as text, for people to read in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: A cell that is wider is cut off, so that a row stays near the width of a screen.
_WIDEST = 100


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return the rows below their heading, in columns as wide as they need."""
    lines = [heading, *([cut(printable(" ".join(cell.split())), _WIDEST) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def printable(text: str) -> str:
    """Return the text, with escapes for what a terminal, a file or another process cannot take as it is."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def cut(text: str, width: int) -> str:
    """Return the text, or as much of it as fits, with a sign that there is more."""
    return text if len(text) <= width else f"{text[: width - 1]}…"
