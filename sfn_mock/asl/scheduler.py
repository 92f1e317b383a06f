"""Virtual time: a queue of due actions, and processes that wait for futures.

A process runs a generator. The generator yields the future that it waits for, and continues when that future is done.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

from sfn_mock.asl.errors import StateError

#: A generator that a process runs: it yields futures, and returns the value of the process.
ProcessGenerator = Generator["Future", Any, Any]

#: The longest pause in milliseconds: longer than any execution, and small enough to be exact as a float.
_LONGEST_PAUSE = 10**15


class Future:
    """A value or an error that is not known yet."""

    def __init__(self) -> None:
        self.is_done = False
        self.value: Any = None
        self.error: StateError | None = None
        self._callbacks: list[Callable[[Future], None]] = []

    def resolve(self, value: Any = None) -> None:
        """Set the value; ignored if the future is done."""
        if not self.is_done:
            self.value = value
            self._finish()

    def fail(self, error: StateError) -> None:
        """Set the error."""
        self.error = error
        self._finish()

    def when_done(self, callback: Callable[[Future], None]) -> None:
        """Add a function to call when the future, which must not be done yet, gets its value or error."""
        self._callbacks.append(callback)

    def _finish(self) -> None:
        self.is_done = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)


class AbortedError(Exception):
    """Raised inside a process that is aborted because another process failed."""


class Process(Future):
    """A running generator; the future's value is the generator's return value."""

    def __init__(self, steps: ProcessGenerator) -> None:
        super().__init__()
        self._steps = steps

    def start(self) -> None:
        """Run the generator until it has to wait."""
        self._resume(None)

    def abort(self) -> None:
        """Raise AbortedError in the generator; ignored if the process is done."""
        if not self.is_done:
            # The future that the process waits for may still call back.
            self.is_done = True
            with suppress(AbortedError):
                self._steps.throw(AbortedError())

    def _resume(self, awaited: Future | None) -> None:
        while not self.is_done:
            try:
                if awaited is not None and awaited.error is not None:
                    future = self._steps.throw(awaited.error)
                else:
                    future = self._steps.send(None if awaited is None else awaited.value)
            except StopIteration as stop:
                self.resolve(stop.value)
            except StateError as error:
                self.fail(error)
            else:
                if not future.is_done:
                    future.when_done(self._resume)
                    return
                awaited = future


class Timer:
    """A scheduled action, which can be cancelled."""

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action
        self.is_cancelled = False

    def cancel(self) -> None:
        """Cancel the action."""
        self.is_cancelled = True


class Scheduler:
    """The scheduled actions of a run, in order of their moments; equal moments in order of scheduling.

    Attributes:
        now: The moment of the last action, in milliseconds since 1970.
        steps: How many actions have run.
    """

    def __init__(self, now: int) -> None:
        self.now = now
        self.steps = 0
        self._order = 0
        self._queue: list[tuple[int, int, Timer]] = []

    def at(self, moment: int, action: Callable[[], None]) -> Timer:
        """Schedule an action; a moment in the past means now."""
        timer = Timer(action)
        self._order += 1
        heapq.heappush(self._queue, (max(moment, self.now), self._order, timer))
        return timer

    def pause(self, milliseconds: float, scale: float = 1.0) -> ProcessGenerator:
        """Wait for a time, multiplied by a scale; do not wait if this is less than a millisecond."""
        length = int(min(min(milliseconds, _LONGEST_PAUSE) * scale, _LONGEST_PAUSE))
        if length > 0:
            future = Future()
            self.at(self.now + length, future.resolve)
            yield future

    def next_due(self) -> int | None:
        """Return when the next action is due, None if nothing is scheduled."""
        while self._queue and self._queue[0][2].is_cancelled:
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def step(self, run: Callable[[Callable[[], None]], None]) -> None:
        """Let a function run the next action; only called after `next_due` has returned a moment."""
        moment, _, timer = heapq.heappop(self._queue)
        self.now = moment
        run(timer.action)
        self.steps += 1

    def clear(self) -> None:
        """Remove all actions."""
        self._queue.clear()
