"""Errors that a test expects: what ``pytest.raises`` or ``assertRaises`` has caught, nobody has swallowed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
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

    with ExitStack() as stack:
        for context_class in _context_classes():
            stack.enter_context(wrapped(context_class, "__exit__", watch_exit))
        yield


def _context_classes() -> list[type]:
    """Return the classes of the context managers that catch what a test expects."""
    classes: list[type] = [_AssertRaisesContext]
    pytest: Any = sys.modules.get("pytest")
    if pytest is not None:
        classes.append(type(pytest.raises(Exception)))
    return classes
