"""An interrupt between any two lines that keep the order of executions leaves every listing right."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import pytest
from freezegun import freeze_time

from sfn_mock import mock_sfn_executions
from sfn_mock.state import execution_index
from sfn_mock.state.execution_index import ExecutionIndex

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)


class Interrupt(BaseException):
    """What a signal raises, as Ctrl-C and pytest-timeout do."""


@contextmanager
def interrupted_at(number):
    """Raise an Interrupt before the line of that number that the index executes; tell whether it came so far."""
    left = number

    def trace(frame, event, argument):
        nonlocal left
        if frame.f_code.co_filename != execution_index.__file__:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise Interrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    except Interrupt:
        pass
    finally:
        sys.settrace(before)


def check(index: ExecutionIndex) -> None:
    """Compare every list with what sorting all anew gives."""
    anew = ExecutionIndex(tells_redriven=index._tells_redriven)
    anew.add(index.executions)
    anew.settle(index._settled)
    kept = {key: list(entries) for key, entries in index._lists.items() if entries}

    assert kept == {key: list(entries) for key, entries in anew._lists.items()}
    assert list(index._upcoming) == list(anew._upcoming)


def check_lock(orders) -> None:
    """Read a record in another thread, which waits for the lock."""
    thread = threading.Thread(target=lambda: orders._record.executions, daemon=True)
    thread.start()
    thread.join(10)

    assert not thread.is_alive()


def stop(orders, clock):
    orders.executions[0].abort()


def redrive(orders, clock):
    orders.executions[1].redrive()


def go_back(orders, clock):
    clock.move_to(NOW - 5 * MINUTE)
    settle(orders)


def settle(orders):
    with orders._record.using() as moment:
        orders._record.index.settle(moment)


def advance(orders, clock):
    clock.tick(2 * MINUTE)
    settle(orders)


def add(orders, clock):
    orders.add_execution("new", status="RUNNING")
    settle(orders)


@pytest.mark.parametrize("action", [stop, redrive, advance, go_back, add])
def test_interrupt_between_any_two_lines(action):
    """Whatever the line, the next settling has each execution in its lists once, and work goes on."""
    number = lines = 0
    while number <= lines:
        number += 1
        with freeze_time(NOW) as clock, mock_sfn_executions() as sfn:
            orders = sfn.add_state_machine("orders")
            orders.add_execution("running", status="RUNNING", start_date=-10 * MINUTE)
            orders.add_execution("failed", status="FAILED", start_date=-10 * MINUTE)
            orders.add_executions(9, status="SUCCEEDED", start_date=-8 * MINUTE, interval=MINUTE, duration=3 * MINUTE)
            settle(orders)
            with interrupted_at(number):
                action(orders, clock)
                break
            settle(orders)
            check(orders._record.index)
            check_lock(orders)
            clock.tick(30 * MINUTE)
            orders.executions[2].status = "RUNNING"
            settle(orders)
            check(orders._record.index)
            lines = number

    assert lines > 3


@pytest.mark.parametrize("action", [stop, redrive])
def test_change_before_the_healing(action):
    """An execution may change again, and another be forgotten, before the order is healed."""
    with freeze_time(NOW) as clock, mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_execution("running", status="RUNNING", start_date=-10 * MINUTE)
        orders.add_execution("failed", status="FAILED", start_date=-10 * MINUTE)
        orders.add_execution("other", status="SUCCEEDED", start_date=-MINUTE)
        settle(orders)
        orders._record.index.lose_order()
        action(orders, clock)
        orders._record.index.remove(orders._record.index.executions[2])
        settle(orders)
        check(orders._record.index)

        assert [run.name for run in orders.executions] == ["running", "failed"]
