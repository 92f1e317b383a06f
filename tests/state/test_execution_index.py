"""The kept order of executions, compared with a plain sort."""

from __future__ import annotations

import random

import pytest
from interrupts import check_order, executed_lines, interrupted_after

from sfn_mock.state.execution_index import ExecutionIndex
from sfn_mock.state.outcomes import Ending
from sfn_mock.state.revisions import Origin, new_revision
from sfn_mock.state.time_lines import Attempt, TimeLine

REVISION = new_revision("{}", "arn:aws:iam::123456789012:role/r")
ORIGINS = [Origin(REVISION), Origin(REVISION, "1"), Origin(REVISION, "2", "live"), Origin(REVISION, "1", "live")]
STATUSES = ["SUCCEEDED", "FAILED", "PENDING_REDRIVE"]


class Line(TimeLine):
    """A time line without an owner."""

    def __init__(self, sequence, attempts, origin=ORIGINS[0]):
        self.sequence = sequence
        self.attempts = tuple(attempts)
        self.start = attempts[0].since
        self.origin = origin
        self.express_id = None
        self.questions = 0

    def next_change_after(self, moment, retention):
        self.questions += 1
        return super().next_change_after(moment, retention)

    def __repr__(self):
        return f"Line({self.sequence}, {[tuple(attempt) for attempt in self.attempts]})"


def entry_at(line, moment, retention):
    """The entry of an execution at a moment, found from its first attempt to its last; None if it is not listed."""
    current = None
    for attempt in line.attempts:
        if attempt.since <= moment:
            current = attempt
    if current is None:
        return None
    redriven = current if current.redrive_count > 0 else None
    if current.ending.status == "RUNNING" or current.stop is None or moment < current.stop:
        return current.since, line.sequence, line, "RUNNING", redriven
    kept = retention is None or current.ending.status == "PENDING_REDRIVE" or moment < current.stop + retention
    return (current.stop, line.sequence, line, current.ending.status, redriven) if kept else None


def entries_at(lines, moment, retention, scope=None, status=None, redriven=None):
    """What a listing has at a moment, the oldest first."""
    return sorted(
        entry
        for entry in (entry_at(line, moment, retention) for line in lines)
        if entry is not None
        and (scope is None or scope in (entry[2].origin.version_number, entry[2].origin.alias_name))
        and (status is None or status == entry[3])
        and (redriven is None or redriven == (entry[4] is not None))
    )


def attempts_of(chance):
    """The attempts of some execution: one or two, of which each but the last has stopped."""
    since = chance.randrange(100)
    stop = chance.choice([None, since, since + chance.randrange(1, 40)])
    first = Attempt(since, stop) if stop is None else Attempt(since, stop, Ending(chance.choice(STATUSES)))
    if stop is None or chance.random() < 0.6:
        return [first]
    # what is redriven is still kept
    redriven = stop + chance.randrange(10)
    last = Attempt(redriven, redriven + chance.randrange(30), Ending("FAILED"), redrive_count=1, redrive=redriven)
    return [first, last]


def assert_order(index, moment):
    """Compare each listing with a sort of all executions."""
    for scope in (None, "1", "2", "live"):
        for status in (None, "RUNNING", *STATUSES):
            for redriven in (None, True, False):
                expected = entries_at(index.executions, moment, index.retention, scope, status, redriven)
                assert list(index.newest(scope, status, redriven)) == expected
                newest_first = expected[::-1]
                assert index.page(scope, status, redriven, None, 2, 0) == newest_first[:2]
                for position, entry in enumerate(newest_first[:3], 1):
                    page = index.page(scope, status, redriven, entry[:2], 100, 0)
                    assert page == newest_first[position:]


@pytest.mark.parametrize("seed", range(8))
def test_order_is_that_of_a_sort(seed):
    """After adding, removing, changing, and moving the clock both ways, each listing is what a sort would give."""
    chance = random.Random(seed)
    index = ExecutionIndex(retention=chance.choice([None, 10]), lists_redriven=True)
    moment = added = 0
    for _ in range(30):
        # several steps may come between two updates
        for step in chance.choices(["add", "remove", "change", "keep", "lose", "none"], [4, 2, 3, 1, 1, 9], k=2):
            if step == "add":
                number = chance.randrange(1, 6)
                index.executions.extend(
                    [Line(added + i, attempts_of(chance), chance.choice(ORIGINS)) for i in range(number)]
                )
                added += number
            elif step == "remove" and index.executions:
                index.remove(chance.choice(index.executions))
            elif step == "change" and index.executions:
                index.change(chance.choice(index.executions), tuple(attempts_of(chance)))
            elif step == "keep":
                index.set_retention(chance.choice([None, 10, 30]))
            elif step == "lose":
                index.invalidate()
        moment = max(0, moment + chance.choice([0, 1, 1, 7, 25, -1, -10, -60]))
        index.update_to(moment)
        assert_order(index, moment)


def test_update_asks_only_due_executions():
    """Settling moves what is due, and asks no other execution; an index that has lost its order asks all."""
    due, *others = lines = [Line(0, [Attempt(1, 20, Ending("FAILED"))]), *(Line(n, [Attempt(1)]) for n in range(1, 9))]
    index = ExecutionIndex(retention=None)
    index.executions.extend(lines)

    def asked(step, *arguments):
        for line in lines:
            line.questions = 0
        step(*arguments)
        return due.questions, [line.questions for line in others]

    assert asked(index.update_to, 10) == (1, [1] * 8)
    assert asked(index.update_to, 19) == (0, [0] * 8)
    assert asked(index.update_to, 20) == (2, [0] * 8)
    assert asked(index.update_to, 21) == (0, [0] * 8)
    assert asked(index.change, due, (Attempt(1, 30, Ending("FAILED")),)) == (2, [0] * 8)
    assert asked(index.update_to, 22) == (0, [0] * 8)
    index.invalidate()
    assert asked(index.update_to, 22) == (1, [1] * 8)
    assert asked(index.update_to, 23) == (0, [0] * 8)


def test_listings_by_redrives_are_kept_on_demand():
    """Only an index that distinguishes redriven executions has listings by redrives."""
    index = ExecutionIndex(retention=None)
    index.executions.extend([Line(0, [Attempt(5)])])
    index.update_to(5)

    assert [entry[:2] for entry in index.newest()] == [(5, 0)]
    assert list(index.newest(redriven=False)) == []


def test_update_moves_due_executions():
    """An execution is listed from the millisecond of its start on, and closed from that of its stop on."""
    line = Line(0, [Attempt(10, 20, Ending("SUCCEEDED"))])
    index = ExecutionIndex(retention=5)
    index.executions.extend([line, *(Line(n, [Attempt(1)]) for n in range(1, 9))])
    shown = []
    for moment in (9, 10, 19, 20, 24, 25, 24, 20, 19, 10, 9):
        index.update_to(moment)
        shown.append((moment, [entry[3] for entry in index.newest() if entry[2] is line]))

    there = [(9, []), (10, ["RUNNING"]), (19, ["RUNNING"]), (20, ["SUCCEEDED"]), (24, ["SUCCEEDED"]), (25, [])]
    assert shown == [*there, *reversed(there[:-1])]


def test_page_after_the_clock_moved_back():
    """After the clock has moved back, a page leaves out executions that an earlier page may have shown."""
    closing, running, older = (
        Line(0, [Attempt(3, 50, Ending("FAILED"))]),
        Line(1, [Attempt(2)]),
        Line(2, [Attempt(1)]),
    )
    index = ExecutionIndex(retention=None)
    index.executions.extend([closing, running, older])
    index.update_to(40)

    def names(before, seen_until):
        return [entry[1] for entry in index.page(None, None, None, before, 10, seen_until)]

    assert names(None, 50) == [0, 1, 2]
    assert names((10, 9), 49) == [0, 1, 2]
    assert names((10, 9), 50) == [1, 2]
    assert names((50, 0), 50) == [1, 2]
    assert names((50, 1), 50) == [0, 1, 2]


def change_first(index):
    index.change(index.executions[0], (Attempt(4, 6, Ending("FAILED")),))


def remove_first(index):
    index.remove(index.executions[0])


def update_again(index):
    index.update_to(12)


def update_all(index):
    index.invalidate()
    index.update_to(12)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(change_first, id="change"),
        pytest.param(remove_first, id="remove"),
        pytest.param(update_again, id="update"),
        pytest.param(update_all, id="update all"),
    ],
)
def test_an_interrupt_leaves_an_order_that_updates(step):
    """After an interrupt before any line of a step, the next update gives the order of a sort."""

    def given():
        index = ExecutionIndex(retention=None, lists_redriven=True)
        index.executions.extend(Line(n, [Attempt(n, 9 + 3 * n, Ending("FAILED"))]) for n in range(4))
        index.update_to(10)
        return index

    with executed_lines() as executed:
        step(given())
    for lines in range(sum(executed.within().values())):
        index = given()
        with interrupted_after(lines):
            step(index)
        index.update_to(12)
        check_order(index)
