"""Pause Python's garbage collector while thousands of seeds are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause garbage collection inside the block.

    Objects made in bulk are all kept. Python would scan them again and again as they grow, which takes longer than
    making them.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
