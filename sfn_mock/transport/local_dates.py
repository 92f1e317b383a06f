"""A date as botocore's parser makes it from the wire: aware, in local time, of the class that freezing put there.

botocore asks the zone anew for each date, which takes longer than all the rest of a page. The zone's offset is the same
all through most days, so it is asked once a day of the calendar; on the days around a change of it botocore is asked.
"""

from __future__ import annotations

import datetime
import time

from botocore.utils import parse_timestamp
from dateutil.tz import tzlocal

_HOUR = 3_600_000
_DAY = 86_400_000
#: Later than every hour that has dates.
_NO_HOUR = 10**18

# How far moments lie into their hours. Adding what is there already takes a fraction of what making it takes, and a
# page, which nobody may have seen before, has two thousand dates.
_SECONDS = [datetime.timedelta(seconds=second) for second in range(3600)]
_MILLISECONDS = [datetime.timedelta(milliseconds=millisecond) for millisecond in range(1000)]


class LocalDates:
    """The dates of one time zone and one class of datetimes."""

    def __init__(self) -> None:
        self._zone = time.tzname, time.timezone, time.altzone
        self._class = datetime.datetime
        self._epoch = datetime.datetime(1970, 1, 1, tzinfo=tzlocal())
        #: By day since 1970: the zone's offset in milliseconds; None where it changes nearby.
        self._offsets: dict[int, int | None] = {}
        #: The beginnings of hours, by moment, on days whose offset is known.
        self._hours: dict[int, datetime.datetime] = {}
        #: The one that was last asked for, as most of a page's dates lie close together.
        self._last_hour = _NO_HOUR, self._epoch

    def are_current(self) -> bool:
        """Whether the time zone is the same, and the class of datetimes, which freezing the clock replaces."""
        return self._class is datetime.datetime and self._zone == (time.tzname, time.timezone, time.altzone)

    def date(self, moment: int) -> datetime.datetime:
        """What botocore makes of a moment."""
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

    def _make(self, begin: int) -> datetime.datetime | None:
        """The beginning of an hour; None where the zone's offset changes nearby."""
        day = begin // _DAY
        if day not in self._offsets:
            self._offsets[day] = _offset(day)
        offset = self._offsets[day]
        if offset is None:
            return None
        hour = self._hours[begin] = self._epoch + datetime.timedelta(milliseconds=begin + offset)
        return hour


def _offset(day: int) -> int | None:
    """The zone's offset on a day, if it is the same from the day before to the day after."""
    try:
        summer = {time.localtime((day + shift) * _DAY // 1000).tm_isdst for shift in range(-1, 3)}
    except (OverflowError, ValueError, OSError):
        return None
    if len(summer) > 1:
        return None
    return -(time.altzone if summer == {1} else time.timezone) * 1000


_dates = LocalDates()


def current() -> LocalDates:
    """The dates of the time zone and the class of datetimes as they are now."""
    global _dates
    if not _dates.are_current():
        _dates = LocalDates()
    return _dates
