"""The size of pages if a test asks for short ones: AWS calls ``maxResults`` "only an upper limit"."""

from __future__ import annotations

from zlib import crc32


def shortened(asked: int, there: int, given: int, after_empty: bool) -> int:
    """Return the size of a page that starts after ``given`` items, with ``there`` items left and ``asked`` at most.

    It is smaller than the number of items left, so that even a short listing has several pages. It can be 0, but never
    after an empty page. It depends only on the arguments, so a test sees the same pages in every run.
    """
    if not there:
        return 0
    draw = crc32(f"{asked}/{given}".encode())
    return 1 + draw % max(there - 1, 1) if after_empty else draw % there
