"""Change the time line of one execution, without its map runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sfn_mock.state import clock
from sfn_mock.state.outcomes import OPEN, UNSUCCESSFUL, Ending, Outcome
from sfn_mock.state.records import Execution
from sfn_mock.state.time_lines import Attempt, apply_time_limit


def change(execution: Execution, moment: int, attempts: Sequence[Attempt]) -> None:
    """Replace the attempts of an execution; status changes are reported from a moment on.

    The TimeoutSeconds of the definition limit the last attempt, unless the definition runs.
    """
    scope = execution.owner
    scope.records.follow_change(execution, moment)
    scope.records.schedule.move_back_waiting(execution, moment)
    if scope.records.run_of(execution) is None:
        *earlier, last = attempts
        attempts = (*earlier, apply_time_limit(last, scope.time_limit_of(execution.revision)))
    _keep(execution)
    scope.index.change(execution, tuple(attempts))
    scope.records.status_changes.follow(execution, moment)


def move_start(execution: Execution, start: int) -> None:
    """Set the start of an execution; the caller then changes the first attempt."""
    _keep(execution)
    execution.start = start


def _keep(execution: Execution) -> None:
    """Save the time line in the undo log."""
    kept = (execution.start, execution.last, execution.earlier)
    execution.owner.records.undo.add(partial(_restore, execution, *kept))


def _restore(execution: Execution, start: int, last: Attempt, earlier: tuple[Attempt, ...]) -> None:
    execution.start, execution.last, execution.earlier = start, last, earlier
    execution.owner.index.invalidate()
    execution.owner.records.follow_change(execution, start)


def add_redrive(execution: Execution, moment: int, since: int, outcome: Outcome) -> None:
    """Add a redrive that begins at `since`, and drop what the time line has after a moment."""
    redrives = execution.attempt_in_force(moment).redrive_count + 1
    date = None if execution.express_id is not None else since
    again = Attempt(since, outcome.stop_after(since), outcome.ending, redrives, date)
    change(execution, moment, (*execution.attempts_until(moment), again))


def wait_for_redrive(execution: Execution, moment: int) -> None:
    """Make a child execution PENDING_REDRIVE from a moment on, until its redriven map run starts it."""
    waiting = execution.attempt_in_force(moment)._replace(since=moment, ending=Ending("PENDING_REDRIVE"))
    change(execution, moment, (*execution.attempts_until(moment), waiting))


def keep_pending_redrive(execution: Execution, moment: int, *, until: int | None) -> None:
    """Keep a child execution PENDING_REDRIVE until the end of its map run, if `until` is not None.

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
    """Start a child execution now if the end of its map run prevented its start."""
    if execution.never_starts:
        move_start(execution, moment)
        change(execution, moment, (Attempt(moment),))


def never_start(execution: Execution, moment: int) -> None:
    """Prevent the start of a child execution that has not started by a moment."""
    change(execution, moment, (Attempt(clock.NEVER),))


def describe_status(execution: Execution, moment: int) -> str:
    """Return the state at a moment as the end of a sentence that starts with "it"."""
    attempt = execution.attempt_at(moment)
    if not execution.is_kept_at(moment):
        return "stopped so long ago that the mock's retention has passed"
    if execution.never_starts:
        return "never started, because its map run ended before"
    if attempt is None:
        return f"starts only at {clock.describe(execution.start)}"
    return f"is {attempt.status_at(moment)}"
