"""Lengths of time as people write them in files: ``1h30m`` or ``PT1H30M``, and ``-2h`` for a date so long ago."""

from __future__ import annotations

import re
from datetime import timedelta

from dateutil.parser import isoparse

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_FORMS = (
    re.compile(
        rf"(?:(?P<weeks>{_NUMBER})w)?(?:(?P<days>{_NUMBER})d)?(?:(?P<hours>{_NUMBER})h)?"
        rf"(?:(?P<minutes>{_NUMBER})m)?(?:(?P<seconds>{_NUMBER})s)?(?:(?P<milliseconds>{_NUMBER})ms)?"
    ),
    # ISO 8601, without the years and months that have no fixed length.
    re.compile(
        rf"P(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
        rf"(?:T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?"
    ),
)


def to_timedelta(text: object, *, name: str) -> timedelta:
    """The length of time that ``text`` says; ValueError, naming the argument ``name``, if it says none."""
    length = _read(text) if isinstance(text, str) else None
    if length is None:
        raise ValueError(f"{name}={text!r} is no length of time: write it like '5m', '1h30m', '250ms' or 'PT1H30M'.")
    return length


def to_date(value: object, *, name: str) -> object:
    """What seeding calls take for a date: text of how far it is from now, such as ``-2h``, becomes a timedelta.

    ValueError, naming the argument ``name``, for text that is neither that nor ISO 8601.
    """
    if not isinstance(value, str):
        return value
    if value == "now":
        return timedelta(0)
    length = _read(value[1:])
    if value[:1] in ("-", "+") and length is not None:
        return -length if value[0] == "-" else length
    try:
        isoparse(value)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{name}={value!r} is no date: write it in ISO 8601, like '2026-01-10T02:00:00Z', or how far it is from "
            f"now, like '-2h', '+PT5M' or 'now'."
        ) from None
    return value


def _read(text: str) -> timedelta | None:
    for form in _FORMS:
        match = form.fullmatch(text)
        parts = {unit: float(number) for unit, number in match.groupdict().items() if number} if match else {}
        if parts:
            try:
                return timedelta(**parts)
            except OverflowError:
                return None
    return None
