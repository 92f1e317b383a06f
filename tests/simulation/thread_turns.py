"""Threads that take turns at lines chosen beforehand, so that the same threads meet in the same way each time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from threading import Condition, Thread
from types import FrameType
from typing import Any

from interrupts import PACKAGE

#: How long a thread that has its turn may be seen to do nothing, as it waits for a lock of the other's, in seconds.
_PATIENCE = 0.005


class _Turns:
    """Who may go on. A thread has its turn for so many lines, then the next one has it."""

    def __init__(self, threads: int, lengths: Sequence[int]) -> None:
        self._changed = Condition()
        self._waiting = list(range(threads))
        self._lengths = list(lengths)
        self._left = self._next_length()

    def _next_length(self) -> int:
        """The last thread that was chosen goes on to its end when all lengths are used up."""
        return self._lengths.pop(0) if self._lengths else sys.maxsize

    def line(self, number: int) -> None:
        """Let a thread execute one line, when it has its turn or none of the others gets on."""
        with self._changed:
            while self._waiting[0] != number:
                if not self._changed.wait(_PATIENCE):
                    self._pass_on(to=number)
            self._left -= 1
            if self._left <= 0 and len(self._waiting) > 1:
                self._pass_on(to=self._waiting[1])

    def end(self, number: int) -> None:
        with self._changed:
            self._waiting.remove(number)
            self._left = self._next_length()
            self._changed.notify_all()

    def _pass_on(self, to: int) -> None:
        self._waiting.remove(to)
        self._waiting.insert(0, to)
        self._left = self._next_length()
        self._changed.notify_all()


def in_turns(jobs: Sequence[Callable[[], Any]], lengths: Sequence[int]) -> list[Any]:
    """Return what the jobs return, each run in a thread; after so many lines of the package another has its turn."""
    turns = _Turns(len(jobs), lengths)
    results: list[Any] = [None] * len(jobs)
    errors: list[BaseException] = []

    def run(number: int, job: Callable[[], Any]) -> None:
        def trace(frame: FrameType, event: str, argument: object) -> Any:
            if not frame.f_code.co_filename.startswith(PACKAGE):
                return None
            if event == "line":
                turns.line(number)
            return trace

        sys.settrace(trace)
        try:
            results[number] = job()
        except BaseException as error:
            errors.append(error)
        finally:
            sys.settrace(None)
            turns.end(number)

    threads = [Thread(target=run, args=entry) for entry in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
