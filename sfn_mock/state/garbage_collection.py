"""Python's garbage collector, kept from looking through seeds while thousands of them are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_alone() -> Iterator[None]:
    """No search for garbage meanwhile.

    What is made in bulk is kept, all of it. Python would look through it again and again as it grows, which takes
    longer than making it.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
