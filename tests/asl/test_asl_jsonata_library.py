"""Corrections of the package jsonata-python at its import."""

from __future__ import annotations

import datetime
import sys
from typing import Any

import pytest
from freezegun import freeze_time

from sfn_mock.asl.expressions import Bindings, parse_expression


def warn_of_deprecation() -> Any:
    """Raise a DeprecationWarning, as a deprecated function does."""
    raise DeprecationWarning("utcnow")


def test_date_pictures_use_no_deprecated_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture without a date uses the date of today, without a call that Python deprecates."""
    parse_expression("1").evaluate(Bindings({}, 0))
    module = sys.modules["jsonata.datetimeutils"]

    with freeze_time("2026-01-10T03:00:00Z"):
        monkeypatch.setattr(datetime.datetime, "utcnow", warn_of_deprecation)
        today = parse_expression("$toMillis('10:30', '[H]:[m]')").evaluate(Bindings({}, 0))
        given = parse_expression("$toMillis('2026-02-01', '[Y0001]-[M01]-[D01]')").evaluate(Bindings({}, 0))
        text = parse_expression("$fromMillis(0, '[Y0001]-[M01]-[D01]')").evaluate(Bindings({}, 0))

    assert (today, given, text) == (1_768_041_000_000, 1_769_904_000_000, "1970-01-01")
    assert module.datetime.datetime is not datetime.datetime
