"""Threads that take turns at chosen lines, so that they interleave in the same way each time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from threading import Condition, Thread
from types import FrameType
from typing import Any

from interrupts import PACKAGE

#: Seconds after which a thread with the turn that executes no line loses it: it may wait for a lock of another.
_PATIENCE = 0.005


class _Turns:
    """Decides which thread may continue: each has the turn for a number of lines, then the next one."""

    def __init__(self, threads: int, lengths: Sequence[int]) -> None:
        self._changed = Condition()
        self._waiting = list(range(threads))
        self._lengths = list(lengths)
        self._left = self._next_length()

    def _next_length(self) -> int:
        """Return the length of the next turn; when all lengths are used, the next thread runs to its end."""
        return self._lengths.pop(0) if self._lengths else sys.maxsize

    def line(self, number: int) -> None:
        """Let a thread execute one line once it has the turn, or once no other thread executes lines."""
        with self._changed:
            while self._waiting[0] != number:
                if not self._changed.wait(_PATIENCE):
                    self._switch_to(number)
            self._left -= 1
            if self._left <= 0 and len(self._waiting) > 1:
                self._switch_to(self._waiting[1])

    def end(self, number: int) -> None:
        with self._changed:
            self._waiting.remove(number)
            self._left = self._next_length()
            self._changed.notify_all()

    def _switch_to(self, number: int) -> None:
        self._waiting.remove(number)
        self._waiting.insert(0, number)
        self._left = self._next_length()
        self._changed.notify_all()


def in_turns(jobs: Sequence[Callable[[], Any]], lengths: Sequence[int]) -> list[Any]:
    """Run each job in a thread, and return their results.

    The threads take turns; ``lengths`` are the numbers of lines of the package in each turn.
    """
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
