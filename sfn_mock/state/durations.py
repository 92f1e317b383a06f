"""Read durations such as ``1h30m`` and ``PT1H30M``, and offsets from now such as ``-2h``."""

from __future__ import annotations

import re
from datetime import timedelta

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_FORMS = (
    re.compile(
        rf"(?:(?P<weeks>{_NUMBER})w)?(?:(?P<days>{_NUMBER})d)?(?:(?P<hours>{_NUMBER})h)?"
        rf"(?:(?P<minutes>{_NUMBER})m)?(?:(?P<seconds>{_NUMBER})s)?(?:(?P<milliseconds>{_NUMBER})ms)?"
    ),
    # ISO 8601 without years and months, which have no fixed length.
    re.compile(
        rf"P(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
        rf"(?:T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?"
    ),
)
_NOW = "now"


def read_duration(text: str) -> timedelta | None:
    """Return the duration in a text such as `5m`, None if it is not a duration."""
    for form in _FORMS:
        match = form.fullmatch(text)
        parts = {unit: float(number) for unit, number in match.groupdict().items() if number} if match else {}
        if parts:
            try:
                return timedelta(**parts)
            except OverflowError:
                return None
    return None


def read_offset(text: str) -> timedelta | None:
    """Return the offset from now in a text such as `-2h`, `+5m` or `now`, None if it is not an offset."""
    if text == _NOW:
        return timedelta(0)
    length = read_duration(text[1:]) if text[:1] in ("-", "+") else None
    return -length if length is not None and text[0] == "-" else length
