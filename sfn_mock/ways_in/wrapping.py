"""Methods of other people's classes, wrapped for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Method = Callable[..., Any]


@contextmanager
def wrapped(owner: type, name: str, wrap: Callable[[Method], Method]) -> Iterator[None]:
    """Put what ``wrap`` makes of the method in its place. What someone else puts there meanwhile stays afterwards."""
    original = getattr(owner, name)
    wrapper = wrap(original)
    setattr(owner, name, wrapper)
    try:
        yield
    finally:
        if getattr(owner, name) is wrapper:
            setattr(owner, name, original)
