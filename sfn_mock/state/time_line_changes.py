"""Change the time line of one execution, without its map runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sfn_mock.state import clock
from sfn_mock.state.outcomes import OPEN, UNSUCCESSFUL, Ending, Outcome
from sfn_mock.state.records import Execution
from sfn_mock.state.time_lines import Attempt, within


def change(execution: Execution, moment: int, attempts: Sequence[Attempt]) -> None:
    """Set another time line, whose status changes are reported from ``moment`` on.

    An execution that does not run by its definition ends when its machine's TimeoutSeconds are over.
    """
    scope = execution.owner
    scope.records.wake_run_of(execution)
    if scope.records.run_of(execution) is None:
        *earlier, last = attempts
        attempts = (*earlier, within(last, scope.time_limit_of(execution.revision)))
    _keep(execution)
    scope.index.change(execution, tuple(attempts))
    scope.records.status_changes.follow(execution, moment)


def move_start(execution: Execution, start: int) -> None:
    """Let it start at another moment; its first attempt is to follow."""
    _keep(execution)
    execution.start = start


def _keep(execution: Execution) -> None:
    """Note the time line as it stands, for the case that a change of it is cut short."""
    kept = (execution.start, execution.last, execution.earlier)
    execution.owner.records.undo.note(partial(_restore, execution, *kept))


def _restore(execution: Execution, start: int, last: Attempt, earlier: tuple[Attempt, ...]) -> None:
    execution.start, execution.last, execution.earlier = start, last, earlier
    execution.owner.index.lose_order()
    execution.owner.records.wake_run_of(execution)


def run_again(execution: Execution, moment: int, since: int, outcome: Outcome) -> None:
    """Let its next attempt begin ``since`` then, instead of what its time line held after ``moment``."""
    redrives = execution.attempt_in_force(moment).redrive_count + 1
    date = None if execution.express_id is not None else since
    again = Attempt(since, outcome.stop_after(since), outcome.ending, redrives, date)
    change(execution, moment, (*execution.attempts_until(moment), again))


def wait_for_redrive(execution: Execution, moment: int) -> None:
    """Make it PENDING_REDRIVE from ``moment`` on: its map run was redriven, but has not started it again yet."""
    waiting = execution.attempt_in_force(moment)._replace(since=moment, ending=Ending("PENDING_REDRIVE"))
    change(execution, moment, (*execution.attempts_until(moment), waiting))


def wait(execution: Execution, moment: int, *, until: int | None) -> None:
    """Keep it PENDING_REDRIVE, as it is at ``moment``, up to the end of its map run, ``until``, if there is one.

    From then on it has the status from before the redrive; a seed without an earlier status is FAILED.
    """
    *earlier, waiting = execution.attempts_until(moment)
    line = [*earlier, waiting]
    if until is not None:
        before = earlier[-1].ending if earlier else OPEN
        ending = before if before.status in UNSUCCESSFUL else Ending("FAILED")
        line.append(waiting._replace(since=max(until, waiting.since, waiting.stop or 0), ending=ending))
    change(execution, moment, line)


def start_late(execution: Execution, moment: int) -> None:
    """Start it at ``moment`` if an end of its map run kept it from starting."""
    if execution.never_starts:
        move_start(execution, moment)
        change(execution, moment, (Attempt(moment),))


def never_start(execution: Execution, moment: int) -> None:
    """Keep it, which has not started by ``moment``, from starting."""
    change(execution, moment, (Attempt(clock.NEVER),))


def describe_status(execution: Execution, moment: int) -> str:
    """Return its state at ``moment`` as the end of a sentence that starts with "it"."""
    attempt = execution.attempt_at(moment)
    if not execution.is_kept_at(moment):
        return "stopped so long ago that the mock's retention has passed"
    if execution.never_starts:
        return "never started, because its map run ended before"
    if attempt is None:
        return f"starts only at {clock.describe(execution.start)}"
    return f"is {attempt.status_at(moment)}"
