"""Virtual time: a queue of due actions, and generators that wait for one another.

A process is a generator. It yields the future that it waits for, and continues when the future has its value.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Any

from sfn_mock.asl.errors import StateError

Steps = Generator["Future", Any, Any]

#: The longest pause in milliseconds: longer than every execution, and exact as a number.
_LONGEST_PAUSE = 10**15


class Future:
    """A value, or a failure, that comes later."""

    def __init__(self) -> None:
        self.is_done = False
        self.value: Any = None
        self.error: StateError | None = None
        self._callbacks: list[Callable[[Future], None]] = []

    def resolve(self, value: Any = None) -> None:
        """Give the future its value; a second one is ignored."""
        if not self.is_done:
            self.value = value
            self._finish()

    def fail(self, error: StateError) -> None:
        """Give the future a failure instead of a value."""
        self.error = error
        self._finish()

    def when_done(self, callback: Callable[[Future], None]) -> None:
        """Call a function once the future, which is not done yet, has its value or its failure."""
        self._callbacks.append(callback)

    def _finish(self) -> None:
        self.is_done = True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)


class AbortedError(Exception):
    """Raised in a process that ends because another one failed."""


class Process(Future):
    """A running generator; its value is what the generator returns."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    def start(self) -> None:
        """Run the generator up to the first future that it has to wait for."""
        self._go_on(None)

    def abort(self) -> None:
        """End the process, which tells of it in the history; one that is done stays as it is."""
        if not self.is_done:
            # Futures that still call back find the process done.
            self.is_done = True
            with suppress(AbortedError):
                self._steps.throw(AbortedError())

    def _go_on(self, awaited: Future | None) -> None:
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
                    future.when_done(self._go_on)
                    return
                awaited = future


class Timer:
    """An action that is due at a moment, unless it is cancelled before."""

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action
        self.is_cancelled = False

    def cancel(self) -> None:
        """Take the action back."""
        self.is_cancelled = True


class Scheduler:
    """The due actions of a run, in order of their moments; equal moments go in order of scheduling.

    Attributes:
        now: The moment of the last action, in milliseconds since 1970.
        steps: How many actions have been done.
    """

    def __init__(self, now: int) -> None:
        self.now = now
        self.steps = 0
        self._order = 0
        self._queue: list[tuple[int, int, Timer]] = []

    def at(self, moment: int, action: Callable[[], None]) -> Timer:
        """Schedule an action; a moment that has passed means now."""
        timer = Timer(action)
        self._order += 1
        heapq.heappush(self._queue, (max(moment, self.now), self._order, timer))
        return timer

    def pause(self, milliseconds: float, scale: float = 1.0) -> Steps:
        """Wait for a time, multiplied by a scale; less than a millisecond is not a wait at all."""
        length = int(min(min(milliseconds, _LONGEST_PAUSE) * scale, _LONGEST_PAUSE))
        if length > 0:
            future = Future()
            self.at(self.now + length, future.resolve)
            yield future

    def next_due(self) -> int | None:
        """Return the moment of the next action, None if nothing is scheduled."""
        while self._queue and self._queue[0][2].is_cancelled:
            heapq.heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def step(self) -> None:
        """Do the next action; `next_due` has told that there is one."""
        moment, _, timer = heapq.heappop(self._queue)
        self.now = moment
        timer.action()
        self.steps += 1

    def clear(self) -> None:
        """Forget all actions."""
        self._queue.clear()
