"""Lengths of time as people write them in files: ``1h30m`` or ``PT1H30M``, and ``-2h`` for a date so long ago."""

from __future__ import annotations

import re
from datetime import timedelta

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


def from_now(text: str) -> timedelta | None:
    """What a date such as ``-2h``, ``+PT5M`` or ``now`` is away from now; None for text of another form."""
    if text == "now":
        return timedelta(0)
    sign, length = text[:1], _read(text[1:])
    if length is None or sign not in ("-", "+"):
        return None
    return -length if sign == "-" else length


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
