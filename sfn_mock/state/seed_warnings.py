"""Warnings about seeds that AWS would accept but that are probably mistakes."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from sfn_mock.state import clock
from sfn_mock.state.time_lines import Attempt

_DAY = 24 * 60 * 60 * 1000


class SeedWarning(UserWarning):
    """Warns of a seed or call that AWS would accept but that is probably a mistake."""


#: The list that collects SeedWarnings instead of Python's warnings; None for Python's.
_collected: ContextVar[list[str] | None] = ContextVar("collected", default=None)


@contextmanager
def collected_warnings() -> Iterator[list[str]]:
    """Collect the SeedWarnings of this thread as sentences, for callers outside Python."""
    sentences: list[str] = []
    before = _collected.get()
    try:
        try:
            _collected.set(sentences)
            yield sentences
        finally:
            _collected.set(before)
    finally:
        # An interrupt may have come just before this line.
        _collected.set(before)


def warn(sentence: str) -> None:
    """Emit a SeedWarning at the line of the test."""
    collected = _collected.get()
    if collected is not None:
        collected.append(sentence)
        return
    warnings.warn(sentence, SeedWarning, stacklevel=_frames_to_the_test())


def _frames_to_the_test() -> int:
    """Return the stack level of the first frame outside this package."""
    package = __name__.partition(".")[0] + "."
    frame = sys._getframe(1)
    level = 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(package):
        frame = frame.f_back
        level += 1
    return level


class NaiveDateCheck:
    """Warns of the first date without a time zone if local time is not UTC.

    Under a frozen clock there is no warning, because freezegun reads such dates as UTC too.
    """

    def __init__(self) -> None:
        self._has_warned = False

    def check(self, now: int, naive_dates: Mapping[str, object]) -> None:
        """Warn once about dates without a time zone, given by the names of their arguments."""
        if self._has_warned or clock.is_frozen():
            return
        for name, given in naive_dates.items():
            if clock.local_offset(clock.to_moment(given, now)):
                warn(
                    f"{name} {given!s} has no time zone and was read as UTC: add one, such as the Z in "
                    f"'2026-01-10T02:00:00Z'."
                )
                self._has_warned = True
                return


def warn_about_future(start_date: object, start: int, *, name: str = "start_date", kind: str = "execution") -> None:
    """Warn about a start after now; `start_date` is the argument from the test."""
    read_as = " (it has no time zone and was read as UTC)" if clock.is_naive(start_date) else ""
    warn(f"{name} {clock.describe(start)}{read_as} is after now: the {kind} is not listed until the clock reaches it.")


def warn_if_date_decides(
    now: int,
    status: str,
    last: Attempt,
    *,
    start_date: clock.Date | None,
    stop_date: clock.Date | None = None,
    kind: str = "execution",
) -> None:
    """Warn about a seed that is RUNNING until a fixed date, if the clock is not frozen.

    `last` is the last attempt of the seed, or of the newest seed. No warning is given for a stop within a day, because
    it was most likely computed from now.
    """
    fixed = clock.is_fixed(start_date if stop_date is None else stop_date)
    if last.stop is None or last.since > now or not fixed or clock.is_frozen():
        return
    if status == "RUNNING" or last.stop > now + _DAY:
        warn(
            f"The {kind} is RUNNING until {clock.describe(last.stop)}, a fixed date, so that the test changes its "
            f"result on that day: freeze the clock, or count the dates from now, as in '-2h'."
        )


def warn_if_expired(now: int, lasts: Iterable[Attempt], retention: int) -> None:
    """Warn once about seeds whose retention has passed; `lasts` are their last attempts.

    Call it after all checks and before storing, so that nothing is stored if the warning is an error.
    """
    for last in lasts:
        expiry = last.expires_at(retention)
        if last.stop is not None and expiry is not None and expiry <= now:
            warn(
                f"The execution stopped at {clock.describe(last.stop)}, longer ago than the mock's retention of "
                f"{timedelta(milliseconds=retention)}: it is no longer listed."
            )
            return
