"""Timestamps of Amazon States Language: the profile of ISO 8601 that it accepts."""

from __future__ import annotations

import pytest

from sfn_mock.asl.timestamps import parse_timestamp

#: 2026-01-10T06:00:00Z.
SIX = 1_768_024_800_000_000_000
SECOND = 1_000_000_000
MINUTE, HOUR = 60 * SECOND, 3_600 * SECOND


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2026-01-10T06:00:00Z", SIX, id="UTC"),
        pytest.param("2026-01-10T06:00:07Z", SIX + 7 * SECOND, id="seconds"),
        pytest.param("2026-01-10T06:00Z", SIX, id="no seconds"),
        pytest.param("2026-01-10T06:00:00.5Z", SIX + SECOND // 2, id="tenths"),
        pytest.param("2026-01-10T06:00:00.123456789Z", SIX + 123_456_789, id="nanoseconds"),
        pytest.param("2026-01-10T06:00:00.1234567890Z", SIX + 123_456_789, id="ten digits are cut"),
        pytest.param("2026-01-10T05:59:60.5Z", SIX + SECOND // 2, id="leap second"),
        pytest.param("2026-01-10T05:59:61Z", None, id="second 61"),
        pytest.param("2026-01-10T06:00:00+02:30", SIX - 2 * HOUR - 30 * MINUTE, id="a zone ahead"),
        pytest.param("2026-01-10T06:00:00-02:30", SIX + 2 * HOUR + 30 * MINUTE, id="a zone behind"),
        pytest.param("2026-01-11T00:00:00+18:00", SIX, id="the largest offset"),
        pytest.param("2026-01-11T00:01:00+18:01", None, id="a larger offset"),
        pytest.param("1970-01-01T00:00:00Z", 0, id="1970"),
        pytest.param("2026-02-30T06:00:00Z", None, id="a day that does not exist"),
        pytest.param("2026-01-10 06:00:00Z", None, id="without the T"),
        pytest.param("2026-01-10T06:00:00", None, id="without a zone"),
        pytest.param(SIX, None, id="a number"),
    ],
)
def test_timestamp(text, moment):
    """A timestamp has a T and a zone; its moment is cut to whole nanoseconds."""
    assert parse_timestamp(text) == moment
