"""Mocks that were started and not stopped yet, to warn of forgotten ones."""

from __future__ import annotations

import os
import warnings
import weakref
from typing import NamedTuple

from sfn_mock.instruments.callers import Caller, find_caller

#: The variable in which pytest names the current test, with its phase in brackets.
_CURRENT_TEST = "PYTEST_CURRENT_TEST"
_CALL_PHASE = " (call)"


class _Start(NamedTuple):
    mock: weakref.ref[object]
    caller: Caller
    #: The value of that variable; None without pytest.
    test: str | None

    def is_forgotten(self) -> bool:
        """Return whether the mock can no longer be stopped, or the test that started it is over."""
        if self.mock() is None:
            return True
        is_of_test = self.test is not None and self.test.endswith(_CALL_PHASE)
        return is_of_test and _test_id(self.test) != _test_id(os.environ.get(_CURRENT_TEST))

    def describe(self) -> str:
        """Return the line that started it, and the test."""
        return str(self.caller) if self.test is None else f"{self.caller}, in {_test_id(self.test)}"


def _test_id(test: str | None) -> str:
    return (test or "").rpartition(" ")[0]


class Starts:
    """The calls of ``start()`` that have no ``stop()`` yet."""

    def __init__(self) -> None:
        self._starts: list[_Start] = []

    def add(self, mock: object) -> None:
        """Record the start of a mock, with the caller's line."""
        self._starts.append(_Start(weakref.ref(mock), find_caller(), os.environ.get(_CURRENT_TEST)))

    def remove(self, mock: object) -> None:
        """Record the stop of a mock, if ``start()`` has started it."""
        for index, start in reversed(list(enumerate(self._starts))):
            if start.mock() is mock:
                del self._starts[index]
                return

    def warn_of_forgotten(self) -> None:
        """Warn once of each mock that was not stopped."""
        forgotten = [start for start in self._starts if start.is_forgotten()]
        self._starts = [start for start in self._starts if start not in forgotten]
        for start in forgotten:
            warnings.warn(
                f"The mock_sfn_executions started at {start.describe()} was never stopped and is still active: call "
                f"stop(), or use it as a context manager or decorator.",
                stacklevel=2,
            )
