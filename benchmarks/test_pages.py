"""A page of ListExecutions that nobody has seen before, and a walk of many."""

from __future__ import annotations

import pytest
from conftest import Rival


@pytest.mark.parametrize(
    ("page_size", "times", "of_moto", "of_stubber"),
    [(100, 20, 1 / 50, 1 / 4), (1000, 5, 1 / 80, 1 / 8)],
    ids=["100", "1000"],
)
def test_page(race, ours, moto, stubbed, page_size, times, of_moto, of_stubber):
    """The next page of a walk, for a client that has read those before it."""
    race(
        f"a page of {page_size:,}",
        lambda: ours.walker.turn(page_size),
        Rival("plain moto", lambda times: moto.turn(times, page_size), of_moto, times=1),
        Rival("Stubber", lambda times: stubbed.turn(times, page_size), of_stubber, times=times),
        times=times,
    )


def test_walk(race, ours, moto, executions):
    """A tenth of the executions by botocore's paginator."""
    items = executions // 10
    race(
        f"a walk of {items:,} by pages of 1,000",
        lambda: ours.walker.walk(items, 1000),
        Rival("plain moto", lambda times: moto.walk(times, items, 1000), 1 / 60, times=1),
        times=1,
    )
