"""Histories under ``consistency_lag``, ``short_pages`` and ``retention``, compared with the rules over a plain list.

Executions and their time lines are those of test_against_plain_list; what a rough edge does is restated here: a lag
lists the world of so long ago, a retention hides what closed longer ago, and short pages come to the same whole.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from itertools import count, pairwise

import pytest
from botocore.exceptions import ClientError
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st
from test_against_plain_list import MINUTE, NOON, PREFIX, STOPPED, UNSUCCESSFUL, Listed, Scope, Shown, client, minutes

from sfn_mock import SeedWarning, mock_sfn_executions

MACHINE = f"{PREFIX}stateMachine:orders"


@contextmanager
def refused(code: str | None):
    """AWS's error with that code, or none."""
    if code is None:
        yield
    else:
        with pytest.raises(ClientError) as caught:
            yield

        assert caught.value.response["Error"]["Code"] == code


class World:
    """One machine under one set of rough edges, and the plain list of what should be there."""

    def __init__(self, clock, sfn, lag: timedelta, retention: timedelta | None):
        self._clock = clock
        self._sfn = sfn
        self._lag = lag
        self._retention = retention
        self._places = count()
        self.now = NOON
        record = sfn.add_state_machine("orders")
        # With a past that does not move: where most of a list moves, order is made anew.
        first = NOON - 7 * MINUTE
        with nullcontext() if retention is None or NOON - first < retention else pytest.warns(SeedWarning):
            past = record.add_executions(
                6, status="FAILED", start_date=first, interval=MINUTE, duration=timedelta(0), name="{index}"
            )
        self.orders = Scope(MACHINE, MACHINE, record)
        for run in past:
            self._listed(run, [Shown(run.start_date, "RUNNING"), Shown(run.stop_date, "FAILED", run.stop_date)])

    def _listed(self, record, line: list[Shown]) -> None:
        self.orders.executions.append(Listed(self.orders, record.name, record.arn, next(self._places), line, record))

    # --- What the rough edges make of it ----------------------------------------------------------------------------

    def is_kept(self, execution: Listed, moment: datetime) -> bool:
        shown = execution.at(moment)
        stopped = None if shown is None else shown.stop_date
        return stopped is None or self._retention is None or moment - stopped < self._retention

    def exists(self, execution: Listed) -> bool:
        return execution.at(self.now) is not None and self.is_kept(execution, self.now)

    def listing(self, status: str | None) -> list[dict]:
        moment = self.now - self._lag
        found = self.orders.listing(moment, status=status)
        return [execution.item(moment) for execution in found if self.is_kept(execution, moment)]

    # --- What happens -----------------------------------------------------------------------------------------------

    def wait(self, execution: Listed, length: timedelta) -> None:
        self.now += length
        self._clock.move_to(self.now)

    def start(self, execution: Listed, length: timedelta) -> None:
        """A name is taken as long as its execution is kept, also before its start."""
        taken = self.is_kept(execution, self.now)
        running = execution.status(self.now) == "RUNNING"
        with refused("ExecutionAlreadyExists" if taken and not running else None):
            answer = client().start_execution(stateMachineArn=MACHINE, name=execution.name)

            assert answer["startDate"] == (execution.start_date if running else self.now)

            if not running:
                self.orders.executions.remove(execution)
                self._listed(self._sfn.get_execution(execution.arn), [Shown(self.now, "RUNNING")])

    def start_another(self, execution: Listed, length: timedelta) -> None:
        answer = client().start_execution(stateMachineArn=MACHINE)
        self._listed(self._sfn.get_execution(answer["executionArn"]), [Shown(self.now, "RUNNING")])

    def seed(self, execution: Listed, length: timedelta) -> None:
        """One that is at work now, and stops some time ahead."""
        start, stop = self.now - MINUTE, self.now + abs(length)
        record = self.orders.record.add_execution(status="FAILED", start_date=start, stop_date=stop)
        self._listed(record, [Shown(start, "RUNNING"), Shown(stop, "FAILED", stop)])

    def stop(self, execution: Listed, length: timedelta) -> None:
        with refused(None if self.exists(execution) else "ExecutionDoesNotExist"):
            client().stop_execution(executionArn=execution.arn)
            shown = execution.at(self.now)
            if shown.status == "RUNNING":
                execution.change(Shown(self.now, "ABORTED", self.now, shown.redrive_count, shown.redrive_date))

    def redrive(self, execution: Listed, length: timedelta) -> None:
        code = None if self.exists(execution) else "ExecutionDoesNotExist"
        if code is None and execution.status(self.now) not in UNSUCCESSFUL:
            code = "ExecutionNotRedrivable"
        with refused(code):
            client().redrive_execution(executionArn=execution.arn)
            redrives = execution.at(self.now).redrive_count + 1
            execution.change(Shown(self.now, "RUNNING", None, redrives, self.now))

    # --- What a client sees -----------------------------------------------------------------------------------------

    def describe_all(self) -> None:
        """Without a lag, and only what is kept."""
        for execution in self.orders.executions:
            with refused(None if self.exists(execution) else "ExecutionDoesNotExist"):
                answer = client().describe_execution(executionArn=execution.arn)

                assert execution.item(self.now).items() <= answer.items()

    def walk(self, status: str | None, size: int) -> list[int]:
        """How long the pages are, which together are the listing."""
        arguments = {"stateMachineArn": MACHINE, "maxResults": size, **({"statusFilter": status} if status else {})}
        pages = list(client().get_paginator("list_executions").paginate(**arguments))

        assert [item for page in pages for item in page["executions"]] == self.listing(status)
        assert ["nextToken" in page for page in pages] == [True] * (len(pages) - 1) + [False]

        return [len(page["executions"]) for page in pages]


EVENTS = st.sampled_from(["start", "start_another", "seed", "stop", "redrive", "wait", "wait", "wait"])
#: An event, which of the executions it concerns, and a length of time.
events = st.lists(st.tuples(EVENTS, st.integers(0, 9), minutes(-4, 6)), min_size=1, max_size=12)


@given(
    lag=minutes(0, 3),
    retention=st.none() | minutes(1, 9),
    short_pages=st.booleans(),
    size=st.integers(1, 4),
    status=st.sampled_from([None, "RUNNING", *STOPPED]),
    events=events,
)
@settings(derandomize=True, deadline=None, max_examples=100)
def test_any_history(lag, retention, short_pages, size, status, events):
    """Whatever happens, a client sees each execution of the world a lag ago that is kept, once, and no other."""
    rough_edges = {"consistency_lag": lag, "retention": retention, "short_pages": short_pages}
    with freeze_time(NOON) as clock, mock_sfn_executions(**rough_edges) as sfn:
        world = World(clock, sfn, lag, retention)
        for event, index, length in events:
            executions = world.orders.executions
            getattr(world, event)(executions[-1 - index % len(executions)], length)
            lengths = world.walk(status, size)
            world.describe_all()

            assert (0, 0) not in pairwise(lengths)
            assert short_pages or lengths[:-1] == [size] * (len(lengths) - 1)
