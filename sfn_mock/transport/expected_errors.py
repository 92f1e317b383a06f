"""Errors that a test expects: what ``pytest.raises`` or ``assertRaises`` has caught, nobody has swallowed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any
from unittest.case import _AssertRaisesContext

from sfn_mock.instruments.guard import Guard
from sfn_mock.transport.patching import wrapped


@contextmanager
def accepted(guard: Guard) -> Iterator[None]:
    """Have ``guard`` account for what tests catch meanwhile."""

    def watch_exit(original: Callable[..., Any]) -> Callable[..., Any]:
        def leave(context: Any, kind: Any, error: BaseException | None, traceback: Any) -> Any:
            caught = original(context, kind, error, traceback)
            if caught and error is not None:
                guard.accept(error)
            return caught

        return leave

    pytests = _class_of_pytest() if "pytest" in sys.modules else None
    with (
        wrapped(_AssertRaisesContext, "__exit__", watch_exit),
        nullcontext() if pytests is None else wrapped(pytests, "__exit__", watch_exit),
    ):
        yield


@cache
def _class_of_pytest() -> type:
    """Return the class of the context managers of ``pytest.raises``."""
    import pytest

    return type(pytest.raises(Exception))
