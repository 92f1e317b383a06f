"""Match errors with retriers and catchers, count retries and compute their delays."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Protocol, TypeVar

from sfn_mock.asl.errors import RUNTIME, TIMEOUT, StateError
from sfn_mock.asl.nodes import Retrier

_ALL = "States.ALL"
_TASK_FAILED = "States.TaskFailed"


class _Handler(Protocol):
    @property
    def error_equals(self) -> tuple[str, ...]: ...


_H = TypeVar("_H", bound=_Handler)


def find_handler(handlers: Iterable[_H], error: StateError) -> _H | None:
    """Return the first retrier or catcher that matches an error, None if none does."""
    # AWS never retries or catches States.Runtime, even if ErrorEquals names it.
    if error.error == RUNTIME:
        return None
    return next((handler for handler in handlers if any(_takes(name, error) for name in handler.error_equals)), None)


def _takes(name: str, error: StateError) -> bool:
    if name == _ALL:
        return True
    if name == _TASK_FAILED:
        return error.error != TIMEOUT
    return name in (error.error, error.other_name)


def backoff_seconds(retrier: Retrier, retries: int, randomness: Random) -> float:
    """Return the delay of a retry in seconds.

    Args:
        retrier: The retrier.
        retries: How many retries it has made before.
        randomness: The random generator for full jitter.
    """
    try:
        seconds = retrier.interval_seconds * retrier.backoff_rate**retries
    except OverflowError:
        seconds = float("inf")
    if retrier.max_delay_seconds is not None:
        seconds = min(seconds, retrier.max_delay_seconds)
    return randomness.uniform(0, seconds) if retrier.has_full_jitter else seconds


class Retries:
    """The retries of a state since it was entered.

    Attributes:
        count: The number of retries.
        last: The index of the retrier that made the last retry.
    """

    def __init__(self, retriers: tuple[Retrier, ...]) -> None:
        self.count = 0
        self.last = 0
        self._retriers = retriers
        self._attempts = [0] * len(retriers)

    def pause(self, error: StateError, randomness: Random) -> float | None:
        """Count a retry after an error.

        Args:
            error: The error of the state.
            randomness: The random generator for full jitter.

        Returns:
            The delay in seconds before the retry, None if there is no further retry.
        """
        retrier = find_handler(self._retriers, error)
        if retrier is None:
            return None
        index = self._retriers.index(retrier)
        if self._attempts[index] >= retrier.max_attempts:
            return None
        seconds = backoff_seconds(retrier, self._attempts[index], randomness)
        self._attempts[index] += 1
        self.count += 1
        self.last = index
        return seconds
