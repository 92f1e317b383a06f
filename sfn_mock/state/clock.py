"""The one room that reads the time, and turns every form of date into it.

A moment is a whole number of milliseconds since 1970 in UTC, as AWS keeps its dates. Reading rounds down: rounding
up would hide what was started within the same millisecond.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta, timezone
from typing import Any, NamedTuple

from dateutil.parser import isoparse

from sfn_mock.argument_errors import ArgumentError, must_be
from sfn_mock.state.durations import read_duration, read_offset
from sfn_mock.types import Date as Date

_ISO_FORMS = "ISO 8601 text like '2026-01-10T02:00:00Z'"
_OFFSETS = "'-2h', '+5m' or 'now'"

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NAIVE_EPOCH = datetime(1970, 1, 1)
_MILLISECOND = timedelta(milliseconds=1)
#: The last moment a datetime can show in every time zone.
_LAST = (datetime(9999, 12, 31, tzinfo=timezone.utc) - EPOCH) // _MILLISECOND
#: Later than every moment the clock can show.
NEVER = _LAST + 1
#: The reading that all others within ``read_once`` come to.
_reading: ContextVar[int | None] = ContextVar("reading", default=None)
#: What the clock showed when it was last read, by whatever in the process.
_last_reading = 0


def now() -> int:
    """Return the current moment, frozen or not; within ``read_once`` or ``at`` the moment that these hold."""
    reading = _reading.get()
    return shown() if reading is None else reading


def shown() -> int:
    """Return the moment that the test's clock shows, frozen or not.

    A frozen clock is asked directly: freezegun hides its time from code that runs as the bare target of a thread,
    and every reading through several of its fakes would move an auto-ticking clock several times.
    """
    global _last_reading
    freezegun: Any = sys.modules.get("freezegun.api")
    # In one step: a test may let go of the time while a server's thread looks.
    innermost = () if freezegun is None else freezegun.freeze_factories[-1:]
    if innermost:
        _last_reading = (innermost[0]() - _NAIVE_EPOCH) // _MILLISECOND
    else:
        setting = _setting  # which a server's other threads may take back meanwhile
        _last_reading = _machines_time() if setting is None else setting.read()
    return _last_reading


def _machines_time() -> int:
    return time.time_ns() // 1_000_000


# --- A clock that was set ----------------------------------------------------------------------------------------


class Setting(NamedTuple):
    """The time that the clock was set to, and whether it goes on from there."""

    moment: int
    #: What the machine's own clock showed then.
    since: int
    tick: bool

    def read(self) -> int:
        """Return what the clock shows now: the test's own time, where a test in the same process travels meanwhile."""
        time = _machines_time()
        if _is_travelling():
            return time
        return self.moment + time - self.since if self.tick else self.moment


#: None unless somebody has set the clock. For the whole process, as freezegun's and time-machine's clocks are.
_setting: Setting | None = None


def setting() -> Setting | None:
    """Return what the clock was set to, if it was."""
    return _setting


def set_to(moment: int, *, tick: bool) -> None:
    """Set the clock, to stand still there or to ``tick``. ValueError while freezegun or time-machine moves it."""
    global _setting
    if _is_test_moving():
        raise ValueError(
            "cannot set the clock: the test has frozen it; move it with freezegun or time-machine instead."
        )
    _setting = Setting(moment, _machines_time(), tick)


def is_frozen() -> bool:
    """Return whether the time is a test's own: freezegun's, time-machine's, or one that was set."""
    return _setting is not None or _is_test_moving()


def local_offset(moment: int) -> timedelta:
    """Return how far the machine's own time zone is from UTC at that moment."""
    return timedelta(seconds=time.localtime(moment // 1000).tm_gmtoff)


def unset() -> None:
    """Let the clock show the machine's time again."""
    global _setting
    _setting = None


@contextmanager
def put_back() -> Iterator[None]:
    """Whatever the clock is set to meanwhile, afterwards it is as it was."""
    global _setting
    before = _setting
    try:
        yield
    finally:
        _setting = before


def _is_test_moving() -> bool:
    """Return whether freezegun or time-machine moves the clock."""
    freezegun: Any = sys.modules.get("freezegun.api")
    return _is_travelling() or (freezegun is not None and bool(freezegun.freeze_factories))


def _is_travelling() -> bool:
    """Return whether time-machine is at work."""
    time_machine: Any = sys.modules.get("time_machine")
    return time_machine is not None and bool(time_machine.escape_hatch.is_travelling())


# --- One reading -------------------------------------------------------------------------------------------------


def read_once() -> AbstractContextManager[int]:
    """Return the current moment, which is the one for all that is done within, as one call has one date."""
    return _held(now())


def at(moment: int) -> AbstractContextManager[int]:
    """Have that moment be the current one for all that is done within, as a run does what was due earlier."""
    return _held(moment)


def last_read() -> AbstractContextManager[int]:
    """Return the moment at which somebody last looked, which is the current one for all that is done within.

    So what a test has seen can be shown after it has let go of a frozen clock.
    """
    return _held(_last_reading)


@contextmanager
def _held(moment: int) -> Iterator[int]:
    before = _reading.get()
    try:
        try:
            _reading.set(moment)
            yield moment
        finally:
            _reading.set(before)
    finally:
        # An interrupt may have come just before the line above.
        _reading.set(before)


# --- Dates -------------------------------------------------------------------------------------------------------


def to_moment(value: object, now: int, *, name: str = "date") -> int:
    """Return the moment that ``value`` names; ArgumentError, about ``name``, for anything that names none."""
    if isinstance(value, str):
        offset = read_offset(value)
        value = read_iso(value, name, f"{_ISO_FORMS}, or a time from now like {_OFFSETS}") if offset is None else offset
    if isinstance(value, timedelta):
        moment = now + value // _MILLISECOND
    elif isinstance(value, datetime):
        moment = _moment_of(value)
    elif isinstance(value, date):
        moment = (value - _NAIVE_EPOCH.date()) // _MILLISECOND
    else:
        raise must_be(name, f"a datetime, a date, {_ISO_FORMS}, or a timedelta from now like {_OFFSETS}", value)
    return check(moment, name)


def _moment_of(value: datetime) -> int:
    return (value - (_NAIVE_EPOCH if value.utcoffset() is None else EPOCH)) // _MILLISECOND


def check(moment: int, name: str) -> int:
    """``moment``, if it is one a datetime can show; ArgumentError, about ``name``, otherwise."""
    if not 0 <= moment <= _LAST:
        raise ArgumentError(name, "must be in the years 1970 to 9999, as AWS's dates are")
    return moment


def read_iso(text: str, name: str, expected: str = _ISO_FORMS) -> datetime:
    """The datetime that ISO 8601 text names; ArgumentError, about ``name`` and what is ``expected``, for other text."""
    try:
        return isoparse(text)
    except (ValueError, OverflowError):  # 24:00 on the calendar's last day overflows
        raise must_be(name, expected, text) from None


def is_naive(value: object) -> bool:
    """Return whether ``value`` is a date without a time zone, which is read as UTC."""
    if isinstance(value, str):
        value = timedelta(0) if read_offset(value) is not None else isoparse(value)
    if isinstance(value, datetime):
        return value.utcoffset() is None
    return isinstance(value, date)


def is_fixed(value: object) -> bool:
    """Return whether ``value`` is a date of the calendar, which does not go with now."""
    return read_offset(value) is None if isinstance(value, str) else isinstance(value, date)


def to_milliseconds(duration: object, *, name: str) -> int:
    """Return a length of time in whole milliseconds; ArgumentError for what is none or is negative."""
    length = read_duration(duration) if isinstance(duration, str) else duration
    if not isinstance(length, timedelta) or length < timedelta(0):
        raise must_be(name, "a timedelta >= 0 or text like '5m', '1h30m', '250ms' or 'PT1H30M'", duration)
    return length // _MILLISECOND


def to_datetime(moment: int) -> datetime:
    """Return the moment as an aware datetime in UTC."""
    return EPOCH + timedelta(milliseconds=moment)


def describe(moment: int) -> str:
    """Return the moment as a reader wants it in a sentence: ISO 8601 in UTC."""
    return to_datetime(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def describe_date(date: datetime) -> str:
    """Return a date as ``describe`` tells a moment, whatever year the clock shows."""
    return describe(_moment_of(date))
