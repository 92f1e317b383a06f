"""Errors that a test expects: what ``pytest.raises`` or ``assertRaises`` catches is not swallowed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any
from unittest.case import _AssertRaisesContext

from sfn_mock.instruments.guard import Guard
from sfn_mock.transport.patching import Patches


def accept(patches: Patches, guard: Guard) -> None:
    """Let ``guard`` accept the errors that tests catch while the patches are active."""

    def watch_exit(original: Callable[..., Any]) -> Callable[..., Any]:
        def leave(context: Any, kind: Any, error: BaseException | None, traceback: Any) -> Any:
            caught = original(context, kind, error, traceback)
            if caught and error is not None:
                guard.accept(error)
            return caught

        return leave

    for expecting in (_AssertRaisesContext, *(_classes_of_pytest() if "pytest" in sys.modules else ())):
        patches.wrap(expecting, "__exit__", watch_exit)


@cache
def _classes_of_pytest() -> list[type]:
    """Return the classes of pytest's context managers ``raises`` and, if it exists, ``RaisesGroup``."""
    import pytest

    classes: list[type | None] = [type(pytest.raises(Exception)), getattr(pytest, "RaisesGroup", None)]
    return [expecting for expecting in classes if expecting is not None]
