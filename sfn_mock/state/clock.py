"""Read the time, and convert dates of all forms to moments. No other module reads the clock.

A moment is a whole number of milliseconds since 1970 in UTC, the precision of AWS's dates. Readings are rounded down:
rounding up would hide executions that started in the same millisecond.
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
#: The last moment that a datetime can show in every time zone.
_LAST = (datetime(9999, 12, 31, tzinfo=timezone.utc) - EPOCH) // _MILLISECOND
#: Later than every moment that the clock can show.
NEVER = _LAST + 1
#: The reading inside `read_once`, `at` and `last_read`.
_reading: ContextVar[int | None] = ContextVar("reading", default=None)
#: The last reading of the clock in this process.
_last_reading = 0


def now() -> int:
    """Return the current moment; inside `read_once` or `at` the moment of that block."""
    reading = _reading.get()
    return test_time() if reading is None else reading


def test_time() -> int:
    """Return the moment of the test's clock, which freezegun or time-machine may control.

    Freezegun's clock is read directly. Its time is invisible in the target function of a thread, and a reading through
    several of its fakes would move an auto-ticking clock several times.
    """
    global _last_reading
    freezegun: Any = sys.modules.get("freezegun.api")
    # One step, because a test may unfreeze the time while a server's thread reads it.
    innermost = () if freezegun is None else freezegun.freeze_factories[-1:]
    if innermost:
        _last_reading = (innermost[0]() - _NAIVE_EPOCH) // _MILLISECOND
    else:
        setting = _setting  # another thread of a server may unset it in between
        _last_reading = _machines_time() if setting is None else setting.read()
    return _last_reading


def _machines_time() -> int:
    return time.time_ns() // 1_000_000


# --- Setting the clock -------------------------------------------------------------------------------------------


class Setting(NamedTuple):
    """The time that the clock was set to, and whether it ticks."""

    moment: int
    #: The computer's time when the clock was set.
    since: int
    tick: bool

    def read(self) -> int:
        """Return the current moment of this setting; while time-machine controls the clock, its time."""
        time = _machines_time()
        if _is_travelling():
            return time
        return self.moment + time - self.since if self.tick else self.moment


#: The setting of the clock, None if it is not set. It is global, as freezegun's and time-machine's clocks are.
_setting: Setting | None = None


def setting() -> Setting | None:
    """Return the setting of the clock; None if it is not set."""
    return _setting


def set_to(moment: int, *, tick: bool) -> None:
    """Set the clock; with `tick` it continues from there. Raise ValueError if the test controls the clock."""
    global _setting
    if _is_test_moving():
        raise ValueError(
            "cannot set the clock: the test has frozen it; move it with freezegun or time-machine instead."
        )
    _setting = Setting(moment, _machines_time(), tick)


def is_frozen() -> bool:
    """Return whether the time is controlled: by freezegun, time-machine or a setting."""
    return _setting is not None or _is_test_moving()


def local_offset(moment: int) -> timedelta:
    """Return the UTC offset of the computer's time zone at a moment."""
    return timedelta(seconds=time.localtime(moment // 1000).tm_gmtoff)


def unset() -> None:
    """Return to the computer's time."""
    global _setting
    _setting = None


@contextmanager
def restored() -> Iterator[None]:
    """Restore the setting of the clock at the end of the block."""
    global _setting
    before = _setting
    try:
        yield
    finally:
        _setting = before


def _is_test_moving() -> bool:
    """Return whether freezegun or time-machine controls the clock."""
    freezegun: Any = sys.modules.get("freezegun.api")
    return _is_travelling() or (freezegun is not None and bool(freezegun.freeze_factories))


def _is_travelling() -> bool:
    """Return whether time-machine controls the clock."""
    time_machine: Any = sys.modules.get("time_machine")
    return time_machine is not None and bool(time_machine.escape_hatch.is_travelling())


# --- One reading -------------------------------------------------------------------------------------------------


def read_once() -> AbstractContextManager[int]:
    """Read the clock once; all readings inside the block return this moment, so that a call has one date."""
    return _fixed_reading(now())


def at(moment: int) -> AbstractContextManager[int]:
    """Make a moment the current one inside the block, because a run executes actions that were due earlier."""
    return _fixed_reading(moment)


def last_read() -> AbstractContextManager[int]:
    """Make the last reading the current moment inside the block.

    A report can therefore show what a test saw, after its frozen clock is gone.
    """
    return _fixed_reading(_last_reading)


@contextmanager
def _fixed_reading(moment: int) -> Iterator[int]:
    before = _reading.get()
    try:
        try:
            _reading.set(moment)
            yield moment
        finally:
            _reading.set(before)
    finally:
        # An interrupt may have come just before this line.
        _reading.set(before)


# --- Dates -------------------------------------------------------------------------------------------------------


def to_moment(value: object, now: int, *, name: str = "date") -> int:
    """Return the moment of a date; raise ArgumentError about an argument if the value is not a date."""
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
    """Return a moment; raise ArgumentError about an argument if it is outside the years 1970 to 9999."""
    if not 0 <= moment <= _LAST:
        raise ArgumentError(name, "must be in the years 1970 to 9999, as AWS's dates are")
    return moment


def read_iso(text: str, name: str, expected: str = _ISO_FORMS) -> datetime:
    """Parse ISO 8601 text; raise ArgumentError about an argument for other text."""
    try:
        return isoparse(text)
    except (ValueError, OverflowError):  # 24:00 on the calendar's last day overflows
        raise must_be(name, expected, text) from None


def is_naive(value: object) -> bool:
    """Return whether a value is a date without a time zone, which counts as UTC."""
    if isinstance(value, str):
        if read_offset(value) is not None:
            return False
        value = isoparse(value)
    if isinstance(value, datetime):
        return value.utcoffset() is None
    return isinstance(value, date)


def naive_dates(**dates: object) -> dict[str, object]:
    """Return the dates that have no time zone, by the names of their arguments."""
    return {name: value for name, value in dates.items() if is_naive(value)}


def is_fixed(value: object) -> bool:
    """Return whether a value is a fixed date, not one relative to now."""
    return read_offset(value) is None if isinstance(value, str) else isinstance(value, date)


def to_milliseconds(duration: object, *, name: str) -> int:
    """Return a duration in whole milliseconds; raise ArgumentError if it is negative or not a duration."""
    length = read_duration(duration) if isinstance(duration, str) else duration
    if not isinstance(length, timedelta) or length < timedelta(0):
        raise must_be(name, "a timedelta >= 0 or text like '5m', '1h30m', '250ms' or 'PT1H30M'", duration)
    return length // _MILLISECOND


def to_datetime(moment: int) -> datetime:
    """Return a moment as an aware datetime in UTC."""
    return EPOCH + timedelta(milliseconds=moment)


def describe(moment: int) -> str:
    """Return a moment as ISO 8601 text in UTC, for messages."""
    return to_datetime(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def describe_date(date: datetime) -> str:
    """Return a date in the form of `describe`."""
    return describe(_moment_of(date))
