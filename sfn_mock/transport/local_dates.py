"""Make dates as botocore's parser does: aware, in local time, of the datetime class that freezegun may have replaced.

botocore computes the zone's offset for each date, which takes longer than the rest of a page. The offset is the same
throughout most days, so it is computed once for each day; on days around a change of it, botocore's parser is used.
"""

from __future__ import annotations

import datetime
import time

from botocore.utils import parse_timestamp
from dateutil.tz import tzlocal

_HOUR = 3_600_000
_DAY = 86_400_000
#: Later than every hour with dates.
_NO_HOUR = 10**18

# Offsets of moments into their hours. Adding an existing timedelta is much faster than making one, and a page has two
# thousand dates.
_SECONDS = [datetime.timedelta(seconds=second) for second in range(3600)]
_MILLISECONDS = [datetime.timedelta(milliseconds=millisecond) for millisecond in range(1000)]


class LocalDates:
    """Dates of one time zone and one datetime class."""

    def __init__(self) -> None:
        self._zone = time.tzname, time.timezone, time.altzone
        self._class = datetime.datetime
        self._epoch = datetime.datetime(1970, 1, 1, tzinfo=tzlocal())
        #: By day since 1970: the zone's offset in milliseconds; None if it changes nearby.
        self._offsets: dict[int, int | None] = {}
        #: The starts of hours, by moment, on days with a known offset.
        self._hours: dict[int, datetime.datetime] = {}
        #: The last one used, because most dates of a page are close together.
        self._last_hour = _NO_HOUR, self._epoch

    def are_current(self) -> bool:
        """Return whether time zone and datetime class are unchanged; freezing the clock replaces the class."""
        return self._class is datetime.datetime and self._zone == (time.tzname, time.timezone, time.altzone)

    def __call__(self, moment: int, /) -> datetime.datetime:
        """Return the datetime that botocore would make for a moment."""
        begin, hour = self._last_hour
        length = moment - begin
        if not 0 <= length < _HOUR:
            length = moment % _HOUR
            begin = moment - length
            known = self._hours.get(begin) or self._make(begin)
            if known is None:
                return parse_timestamp(moment / 1000)  # type: ignore[no-any-return]  # botocore carries no types
            hour = known
            self._last_hour = begin, hour
        return hour + (_SECONDS[length // 1000] + _MILLISECONDS[length % 1000])

    def each(self, moments: list[int], /) -> list[datetime.datetime]:
        """Return the datetimes for many moments, which takes less time than one by one."""
        dates = []
        begin, hour = self._last_hour
        for moment in moments:
            length = moment - begin
            if 0 <= length < _HOUR:
                dates.append(hour + (_SECONDS[length // 1000] + _MILLISECONDS[length % 1000]))
            else:
                dates.append(self(moment))
                begin, hour = self._last_hour
        return dates

    def _make(self, begin: int) -> datetime.datetime | None:
        """Return the start of an hour; None if the zone's offset changes nearby."""
        day = begin // _DAY
        if day not in self._offsets:
            self._offsets[day] = _offset(day)
        offset = self._offsets[day]
        if offset is None:
            return None
        hour = self._hours[begin] = self._epoch + datetime.timedelta(milliseconds=begin + offset)
        return hour


def _offset(day: int) -> int | None:
    """Return the zone's offset on a day; None unless it is the same on the day before and after."""
    try:
        summer = {time.localtime((day + shift) * _DAY // 1000).tm_isdst for shift in range(-1, 3)}
    except (OverflowError, ValueError, OSError):
        return None
    if len(summer) > 1:
        return None
    return -(time.altzone if summer == {1} else time.timezone) * 1000


_dates = LocalDates()


def current() -> LocalDates:
    """Return the dates for the current time zone and datetime class."""
    global _dates
    if not _dates.are_current():
        _dates = LocalDates()
    return _dates
