"""Ratios, measured in turns: a run shows each beside what it has to be, and fails nobody for being slow."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from statistics import median
from time import process_time
from typing import Any, NamedTuple

import pytest
from contestants import Elsewhere, Moto, MotoAfresh, Ours, Stubbed

os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, AWS_DEFAULT_REGION="us-east-1")

#: As many as the ratios are promised for.
EXECUTIONS = 100_000


def pytest_addoption(parser):
    parser.addoption(
        "--executions",
        type=int,
        default=EXECUTIONS,
        help="How many executions to measure with; with fewer than the default, a smoke test of one round.",
    )
    parser.addoption("--plot", help="Where to write page cost over the number of executions, as an SVG.")


class Ratio(NamedTuple):
    what: str
    against: str
    ratio: float
    #: What it must be at most.
    most: float

    def row(self) -> tuple[str, ...]:
        met = "yes" if self.ratio <= self.most else "NO"
        return self.what, self.against, as_text(self.ratio), as_text(self.most), met


def as_text(ratio: float) -> str:
    return f"1/{1 / ratio:.3g}" if ratio < 0.7 else f"{ratio:.2f}"


ratios = pytest.StashKey[list[Ratio]]()


def pytest_configure(config):
    config.stash[ratios] = []


def pytest_terminal_summary(terminalreporter, config):
    """The ratios as a table, in Markdown so that it can be pasted."""
    terminalreporter.section(f"ratios at {config.getoption('executions'):,} executions")
    for row in [
        ("measured", "against", "ratio", "must be", "holds"),
        ("---",) * 5,
        *sorted(ratio.row() for ratio in config.stash[ratios]),
    ]:
        terminalreporter.write_line(f"| {' | '.join(row)} |")


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.benchmark(timer=process_time))


@pytest.fixture(scope="session")
def executions(pytestconfig) -> int:
    return pytestconfig.getoption("executions")


@pytest.fixture(scope="session")
def rounds(executions) -> int:
    return 12 if executions >= EXECUTIONS else 1


@pytest.fixture
def told(pytestconfig, request) -> Callable[..., None]:
    """Takes down a ratio for the table at the end of the run."""

    def tell(what: str, against: str, ours: float, theirs: float, most: float) -> None:
        pytestconfig.stash[ratios].append(Ratio(what, against, ours / theirs, most))

    return tell


class Rival(NamedTuple):
    name: str
    #: Does the same so many times running, and gives the seconds that each took.
    run: Callable[[int], float]
    most: float
    #: How many times in each turn.
    times: int


@pytest.fixture
def race(benchmark, told, rounds) -> Callable[..., None]:
    """Runs ours and its rivals in turns, so that whatever else the machine does slows all of them; tells medians."""

    def run(what: str, ours: Callable[[], Any], *rivals: Rival, times: int) -> None:
        seconds: dict[str, list[float]] = {rival.name: [] for rival in rivals}

        def let_rivals_run() -> None:
            for rival in rivals:
                seconds[rival.name].append(rival.run(rival.times))
            ours()

        def run_ours() -> None:
            for _ in range(times):
                ours()

        benchmark.pedantic(run_ours, setup=let_rivals_run, rounds=rounds)
        for rival in rivals:
            told(what, rival.name, benchmark.stats.stats.median / times, median(seconds[rival.name]), rival.most)

    return run


# --- Who takes part ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours(executions):
    with Ours(executions) as contestant:
        yield contestant


@pytest.fixture(scope="module")
def moto(executions):
    with Elsewhere(partial(Moto, executions)) as contestant:
        yield contestant


@pytest.fixture(scope="session")
def moto_afresh():
    with Elsewhere(MotoAfresh) as contestant:
        yield contestant


@pytest.fixture(scope="session")
def stubbed():
    with Elsewhere(Stubbed) as contestant:
        yield contestant
