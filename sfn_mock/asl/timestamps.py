"""Parse timestamps in the profile of ISO 8601 that Amazon States Language accepts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LARGEST_OFFSET = timedelta(hours=18)
_TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::([0-5]\d|60)(?:\.(\d+))?)?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII
)


def parse_timestamp(text: Any) -> int | None:
    """Parse a timestamp.

    Args:
        text: A timestamp such as `2026-01-10T06:00:00Z`; the `T` and a zone are required.

    Returns:
        The moment in nanoseconds since 1970, or None if the value is not a timestamp. As in Java, the zone is at most
        18 hours away from UTC.
    """
    match = _TIMESTAMP.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), tzinfo=timezone.utc)
    except ValueError:
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    if abs(offset) > _LARGEST_OFFSET:
        return None
    # A leap second, 60, counts as the first second of the next minute.
    nanoseconds = int(second or 0) * 1_000_000_000 + int((fraction or "0").ljust(9, "0")[:9])
    return (moment - _EPOCH - offset) // timedelta(microseconds=1) * 1000 + nanoseconds
