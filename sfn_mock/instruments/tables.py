"""Tables as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: Wider cells are cut off, so that rows fit on a screen.
_WIDEST = 100


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return the heading and rows, with columns as wide as needed."""
    lines = [heading, *([cut(printable(" ".join(cell.split())), _WIDEST) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def printable(text: str) -> str:
    """Return the text with escapes for characters that a terminal, file or process may not accept."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def cut(text: str, width: int) -> str:
    """Return the text, shortened with an ellipsis if it is too long."""
    return text if len(text) <= width else f"{text[: width - 1]}…"
