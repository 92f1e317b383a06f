"""Time lines: how an attempt and an execution stand at a moment, and when that changes."""

from __future__ import annotations

import pytest

from sfn_mock.state import clock
from sfn_mock.state.outcomes import OPEN, Ending
from sfn_mock.state.time_lines import Attempt, TimeLine, apply_time_limit

SUCCEEDED, FAILED, PENDING = Ending("SUCCEEDED"), Ending("FAILED", failed_in="Ship"), Ending("PENDING_REDRIVE")
CLOSED = Attempt(10, 20, FAILED)
ENDLESS = Attempt(10)
#: A test has assigned its stop; it runs until it has assigned a closing status too.
NOTED = Attempt(10, 20, Ending("RUNNING", error="E"))


def line_of(*attempts):
    """A time line with these attempts."""
    line = TimeLine()
    line.attempts = attempts
    return line


@pytest.mark.parametrize(
    ("attempt", "moment", "status", "stop", "ending", "change"),
    [
        pytest.param(CLOSED, 9, "RUNNING", None, OPEN, 10, id="before its start"),
        pytest.param(CLOSED, 10, "RUNNING", None, OPEN, 20, id="at its start"),
        pytest.param(CLOSED, 19, "RUNNING", None, OPEN, 20, id="before its stop"),
        pytest.param(CLOSED, 20, "FAILED", 20, FAILED, None, id="at its stop"),
        pytest.param(ENDLESS, 9, "RUNNING", None, OPEN, 10, id="endless, before its start"),
        pytest.param(ENDLESS, 99, "RUNNING", None, OPEN, None, id="endless, later"),
        pytest.param(NOTED, 15, "RUNNING", None, OPEN, None, id="noted, before its stop"),
        pytest.param(NOTED, 25, "RUNNING", None, OPEN, None, id="noted, after its stop"),
    ],
)
def test_an_attempt_at_a_moment(attempt, moment, status, stop, ending, change):
    """An attempt is RUNNING until the millisecond of its stop, and changes at its start and at its stop."""
    assert attempt.is_open(moment) == (status == "RUNNING")
    assert attempt.status_at(moment) == status
    assert attempt.stop_at(moment) == stop
    assert attempt.ending_at(moment) == ending
    assert attempt.next_change_after(moment) == change


@pytest.mark.parametrize(
    ("attempt", "retention", "expected"),
    [
        pytest.param(CLOSED, 5, 25, id="closed"),
        pytest.param(CLOSED, 0, 20, id="closed, kept for no time"),
        pytest.param(CLOSED, None, None, id="without a limit"),
        pytest.param(ENDLESS, 5, None, id="endless"),
        pytest.param(NOTED, 5, None, id="noted"),
        pytest.param(CLOSED._replace(ending=PENDING), 5, None, id="waits for its redrive"),
    ],
)
def test_forgotten_after(attempt, retention, expected):
    """An execution is forgotten a retention after its stop; one that runs or waits for its redrive is kept."""
    assert attempt.expires_at(retention) == expected


@pytest.mark.parametrize(
    ("attempt", "limit", "expected"),
    [
        pytest.param(CLOSED, None, CLOSED, id="no limit"),
        pytest.param(CLOSED, 11, CLOSED, id="stops in time"),
        pytest.param(CLOSED, 10, CLOSED, id="stops when it would time out"),
        pytest.param(CLOSED, 9, Attempt(10, 19, Ending("TIMED_OUT", failed_in="Ship")), id="times out before its stop"),
        pytest.param(ENDLESS, 9, Attempt(10, 19, Ending("TIMED_OUT")), id="endless"),
    ],
)
def test_time_limit(attempt, limit, expected):
    """An attempt that has not stopped within the time limit is TIMED_OUT at its end."""
    assert apply_time_limit(attempt, limit) == expected


REDRIVEN = Attempt(30, 40, SUCCEEDED, redrive_count=1, redrive=30)
ONCE, TWICE = line_of(CLOSED), line_of(CLOSED, REDRIVEN)


@pytest.mark.parametrize(
    ("line", "moment", "attempt", "until", "change"),
    [
        pytest.param(ONCE, 9, None, [], 10, id="before its start"),
        pytest.param(ONCE, 10, CLOSED, [CLOSED], 20, id="at its start"),
        pytest.param(ONCE, 20, CLOSED, [CLOSED], 27, id="at its stop"),
        pytest.param(ONCE, 26, CLOSED, [CLOSED], 27, id="just before it is forgotten"),
        pytest.param(ONCE, 27, CLOSED, [CLOSED], None, id="when it is forgotten"),
        pytest.param(TWICE, 9, None, [], 10, id="redriven: before its start"),
        pytest.param(TWICE, 10, CLOSED, [CLOSED], 20, id="redriven: at its start"),
        pytest.param(TWICE, 29, CLOSED, [CLOSED], 30, id="redriven: before its redrive"),
        pytest.param(TWICE, 30, REDRIVEN, [CLOSED, REDRIVEN], 40, id="redriven: at its redrive"),
        pytest.param(TWICE, 40, REDRIVEN, [CLOSED, REDRIVEN], 47, id="redriven: at its second stop"),
        pytest.param(TWICE, 47, REDRIVEN, [CLOSED, REDRIVEN], None, id="redriven: when it is forgotten"),
    ],
)
def test_an_execution_at_a_moment(line, moment, attempt, until, change):
    """The attempt in force is the last that has begun; the next change is a start, a stop, or the end of retention."""
    assert line.attempt_at(moment) == attempt
    assert line.attempts_until(moment) == until
    assert line.next_change_after(moment, 7) == change


WAITING = Attempt(10, 20, PENDING)
ABORTED = Attempt(30, 30, Ending("ABORTED"))


@pytest.mark.parametrize(
    ("line", "moment", "waits", "in_vain"),
    [
        pytest.param(line_of(CLOSED), 20, False, False, id="never waits"),
        pytest.param(line_of(WAITING), 19, False, False, id="still runs"),
        pytest.param(line_of(WAITING), 20, True, False, id="waits"),
        pytest.param(line_of(WAITING, ABORTED), 29, True, False, id="waits until its map run ends"),
        pytest.param(line_of(WAITING, ABORTED), 30, False, True, id="its map run has ended"),
        pytest.param(line_of(WAITING, REDRIVEN), 30, False, False, id="is redriven"),
        pytest.param(line_of(WAITING, REDRIVEN._replace(ending=PENDING)), 40, True, False, id="waits again"),
        pytest.param(line_of(CLOSED, WAITING), 20, True, False, id="waits after it has failed"),
    ],
)
def test_waiting_for_a_redrive(line, moment, waits, in_vain):
    """If a map run ends before a waiting child is redriven, the child's count of redrives does not change."""
    assert line.attempt_in_force(moment) == line.attempts_until(moment)[-1]
    assert line.is_pending_redrive(moment) == waits
    assert line.has_lost_redrive(moment) == in_vain


def test_execution_that_never_starts():
    """An execution whose start is never was kept from starting."""
    assert line_of(Attempt(clock.NEVER)).never_starts
    assert not line_of(CLOSED).never_starts
    assert not line_of(CLOSED, Attempt(clock.NEVER)).never_starts


def test_a_first_attempt_is_not_a_redrive():
    """An attempt without other arguments is RUNNING, with a redrive count of 0."""
    assert Attempt(10) == (10, None, OPEN, 0, None)
