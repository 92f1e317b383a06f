"""Delays of retries: interval, backoff rate, the longest delay, full jitter."""

from __future__ import annotations

from random import Random

import pytest

from sfn_mock.asl.nodes import Retrier
from sfn_mock.asl.retries import backoff_seconds


class Quarter(Random):
    """A random generator that always gives a quarter."""

    def random(self):
        return 0.25


@pytest.mark.parametrize(
    ("interval", "rate", "longest", "jitter", "retries", "expected"),
    [
        pytest.param(3, 2.0, None, False, 0, 3.0, id="the first retry"),
        pytest.param(3, 2.0, None, False, 2, 12.0, id="the third retry"),
        pytest.param(3, 1.0, None, False, 2, 3.0, id="the same interval each time"),
        pytest.param(3, 2.0, 10, False, 2, 10, id="the longest delay"),
        pytest.param(3, 2.0, 12, False, 2, 12.0, id="exactly the longest delay"),
        pytest.param(3, 10.0, 60, False, 400, 60, id="larger than every float"),
        pytest.param(3, 10.0, None, False, 400, float("inf"), id="larger than every float, without a limit"),
        pytest.param(8, 2.0, None, True, 0, 2.0, id="full jitter begins at 0"),
        pytest.param(8, 2.0, 4, True, 3, 1.0, id="full jitter of the longest delay"),
    ],
)
def test_delay(interval, rate, longest, jitter, retries, expected):
    """The delay grows by the rate up to MaxDelaySeconds; full jitter draws from 0 up to that."""
    retrier = Retrier(("States.ALL",), interval, 3, rate, longest, jitter)

    assert backoff_seconds(retrier, retries, Quarter()) == expected
