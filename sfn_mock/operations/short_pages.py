"""How long pages are where a test asks for short ones: AWS calls ``maxResults`` "only an upper limit"."""

from __future__ import annotations

from zlib import crc32


def shortened(asked: int, there: int, given: int, after_empty: bool) -> int:
    """How many of ``there`` items, at most ``asked``, a page has that begins behind ``given`` others.

    Fewer than there are, so that even a short listing takes several pages; at times none, but never after an empty
    page. It follows from the arguments alone: a test sees the same pages each time it runs.
    """
    if not there:
        return 0
    draw = crc32(f"{asked}/{given}".encode())
    return 1 + draw % max(there - 1, 1) if after_empty else draw % there
