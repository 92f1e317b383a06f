"""Assignments to an execution: status, dates, output, error and cause.

Tests written for moto assign these, because moto has no other means to choose a status or date. They assign in any
order: a value that a RUNNING execution cannot show is kept until a closing status is assigned.
"""

from __future__ import annotations

from typing import Any

from sfn_mock.argument_errors import ArgumentError
from sfn_mock.state import clock
from sfn_mock.state.life_cycle import end_execution, plan_end, replace_attempt
from sfn_mock.state.outcomes import OPEN, STATUSES, STATUSES_OUTSIDE_MAP_RUNS, check_status, ending, with_status
from sfn_mock.state.records import Execution
from sfn_mock.state.time_line_changes import change, describe_status, move_start
from sfn_mock.state.time_lines import Attempt


def assign_status(execution: Execution, status: str | None) -> None:
    """Set the status; a closing status stops the execution now, unless a stop date was assigned before."""
    with execution.using() as moment:
        check_status(status, STATUSES_OUTSIDE_MAP_RUNS if execution.map_run is None else STATUSES)
        attempt = _attempt_to_change(execution, moment)
        if status == "RUNNING":
            plan_end(execution, moment, attempt._replace(stop=None, ending=OPEN))
            return
        closing = with_status(attempt.ending, str(status))
        is_stop_assigned = not attempt.is_open(moment) or attempt.ending.status == "RUNNING"
        if attempt.stop is not None and is_stop_assigned:
            _stop_at(execution, moment, attempt._replace(ending=closing), attempt.stop)
        elif attempt.since > moment:
            _stop_at(execution, moment, attempt._replace(ending=closing), attempt.since)
        else:
            end_execution(execution, moment, closing)


def assign_start(execution: Execution, date: clock.Date) -> None:
    """Set the start date; the execution does not stop earlier."""
    with execution.using() as moment:
        start = clock.to_moment(date, moment, name="start_date")
        first, *redrives = execution.attempts
        if redrives and redrives[0].since < start:
            limit, got = clock.describe(redrives[0].since), clock.describe(start)
            raise ArgumentError("start_date", f"must not be after the redrive at {limit}, got {got}")
        move_start(execution, start)
        # While it waits for a redrive, an execution has the stop date of the attempt before.
        attempts = (first._replace(since=start), *redrives)
        change(execution, moment, [_stop_no_earlier(each, start) for each in attempts])


def _stop_no_earlier(attempt: Attempt, start: int) -> Attempt:
    return attempt if attempt.stop is None else attempt._replace(stop=max(attempt.stop, start))


def assign_stop(execution: Execution, date: clock.Date | None) -> None:
    """Set the stop date; with None the execution is RUNNING again."""
    with execution.using() as moment:
        attempt = _attempt_to_change(execution, moment)
        if date is not None:
            _stop_at(execution, moment, attempt, clock.to_moment(date, moment, name="stop_date"))
        elif attempt.is_open(moment):
            plan_end(execution, moment, attempt._replace(stop=None, ending=attempt.ending._replace(status="RUNNING")))
        else:
            raise ValueError(
                f"cannot remove the stop date of {execution.arn}: it {describe_status(execution, moment)}; assign "
                f"status = 'RUNNING' instead."
            )


def _stop_at(execution: Execution, moment: int, attempt: Attempt, stop: int) -> None:
    """Set the stop of the current attempt; an execution without redrive starts no later."""
    if stop < attempt.since:
        if len(execution.attempts_until(moment)) > 1:
            limit, got = clock.describe(attempt.since), clock.describe(stop)
            raise ArgumentError("stop_date", f"must not be before the last redrive at {limit}, got {got}")
        move_start(execution, stop)
        attempt = attempt._replace(since=stop)
    plan_end(execution, moment, attempt._replace(stop=stop))


def assign_detail(execution: Execution, **detail: Any) -> None:
    """Set output, error or cause; ArgumentError if its status cannot have it."""
    with execution.using() as moment:
        attempt = _attempt_to_change(execution, moment)
        status = attempt.ending.status
        if status == "RUNNING":
            # Checked like a closing status that can have it.
            closed = ending("SUCCEEDED" if "output" in detail else "FAILED", **detail)
            changed = attempt.ending._replace(**{name: getattr(closed, name) for name in detail})
        else:
            before = attempt.ending
            kept = {"output": before.output, "error": before.error, "cause": before.cause}
            changed = ending(status, **{**kept, **detail})._replace(failed_in=before.failed_in)
        replace_attempt(execution, moment, attempt._replace(ending=changed))


def _attempt_to_change(execution: Execution, moment: int) -> Attempt:
    """Return the attempt in force at ``moment`` or, before the start, the first."""
    return execution.attempt_at(moment) or execution.attempts[0]
