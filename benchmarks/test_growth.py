"""A page costs its length, however many executions there are."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from statistics import median

import boto3
import pytest
from contestants import INTERVAL, NEWEST, Elsewhere, Moto, Pages, seconds, seed
from plot import Curve, plot

from sfn_mock import mock_sfn_executions

PAGE_SIZE = 100
FILTERS = {
    "all of a state machine": lambda crowd: {"stateMachineArn": crowd.machine.arn},
    "one status": lambda crowd: {"stateMachineArn": crowd.machine.arn, "statusFilter": "FAILED"},
    "RUNNING": lambda crowd: {"stateMachineArn": crowd.machine.arn, "statusFilter": "RUNNING"},
    "an alias": lambda crowd: {"stateMachineArn": crowd.alias.arn},
    "one status of a version": lambda crowd: {"stateMachineArn": crowd.version.arn, "statusFilter": "ABORTED"},
    "all of a map run": lambda crowd: {"mapRunArn": crowd.map_run.arn},
    "never redriven": lambda crowd: {"mapRunArn": crowd.map_run.arn, "redriveFilter": "NOT_REDRIVEN"},
    "redriven, one status": lambda crowd: {
        "mapRunArn": crowd.map_run.arn,
        "redriveFilter": "REDRIVEN",
        "statusFilter": "FAILED",
    },
}


class Crowd:
    """A state machine, half of whose executions were started through an alias, and a map run; each has so many."""

    def __init__(self, sfn, executions):
        self.executions = executions
        self.machine = sfn.add_state_machine(f"orders-{executions}")
        self.version = self.machine.publish_version()
        self.alias = self.machine.add_alias("live", self.version)
        seed(self.machine, executions // 2, "direct")
        seed(self.machine, executions // 2, "live", alias=self.alias)
        # Children lie within their map run, so the parent starts with the oldest of them.
        parent = self.machine.add_execution("parent", status="RUNNING", start_date=NEWEST - executions * INTERVAL)
        self.map_run = parent.add_map_run()
        seed(self.map_run, executions, "child")
        for index in range(2 * PAGE_SIZE):
            self.map_run.add_execution(
                f"redriven-{index}", status="FAILED", start_date=NEWEST, stop_date=NEWEST, redrive_date=NEWEST
            )


class Middle:
    """A page from the middle of a listing, to be read again and again. The shortest listing has two."""

    def __init__(self, client, page_size, arguments):
        for step in (1000, page_size):
            tokens = list(Pages(client, step, **arguments).tokens())
            if len(tokens) > 2:
                break
        self._arguments = {**arguments, "maxResults": page_size, "nextToken": tokens[len(tokens) // 2]}
        self._page_size = page_size
        self._client = client

    def read(self):
        assert len(self._client.list_executions(**self._arguments)["executions"]) == self._page_size


@pytest.fixture(scope="module")
def sizes(executions):
    """A hundredth of the executions, a tenth, all, and ten times as many."""
    return sorted({max(executions // 100, 100), executions // 10, executions, 10 * executions})


@pytest.fixture(scope="module")
def sfn():
    with mock_sfn_executions() as handle:
        yield handle


@pytest.fixture(scope="module")
def client(sfn):
    return boto3.client("stepfunctions")


@pytest.fixture(scope="module")
def crowds(sfn, sizes):
    return [Crowd(sfn, size) for size in (sizes[0], sizes[-1])]


@pytest.mark.parametrize("kind", FILTERS)
def test_growth(told, client, crowds, rounds, kind):
    """A page from the middle of the fewest and of the most executions, in turns."""
    page_size = min(50, crowds[0].executions // 20)
    few, many = (Middle(client, page_size, FILTERS[kind](crowd)) for crowd in crowds)
    turns = [(seconds(few.read, 20), seconds(many.read, 20)) for _ in range(2 * rounds)]
    of_few, of_many = (median(turn) for turn in zip(*turns, strict=True))

    told(f"a page from {crowds[1].executions:,}: {kind}", f"from {crowds[0].executions:,}", of_many, of_few, 1.3)


def test_curves(pytestconfig, sfn, client, stubbed, sizes):
    """A page that nobody has seen before, over the number of executions, as a drawing."""
    ours, ours_long, motos, stubs = [], [], [], []
    for size in sizes:
        machine = sfn.add_state_machine(f"curve-{size}")
        seed(machine, size, "nightly")
        pages, long_pages = (Pages(client, length, stateMachineArn=machine.arn) for length in (PAGE_SIZE, 1000))
        with Elsewhere(partial(Moto, size)) as moto:
            turns = [
                (
                    seconds(pages.turn, 5),
                    seconds(long_pages.turn, 5),
                    moto.turn(1, PAGE_SIZE),
                    stubbed.turn(5, PAGE_SIZE),
                )
                for _ in range(5)
            ]
        for points, turn in zip((ours, ours_long, motos, stubs), zip(*turns, strict=True), strict=True):
            points.append((size, median(turn)))
    drawing = plot(
        "A page that nobody has seen before",
        [
            Curve("sfn_mock, 100 items", ours),
            Curve("sfn_mock, 1,000 items", ours_long),
            Curve("Stubber, 100 items", stubs),
            Curve("plain moto, 100 items", motos),
        ],
    )
    path = pytestconfig.getoption("plot")
    if path is not None:
        Path(path).write_text(drawing, encoding="utf-8")
