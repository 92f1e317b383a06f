"""Map runs that a test seeds."""

from __future__ import annotations

from sfn_mock.argument_errors import ArgumentError, must_be, must_be_one_of
from sfn_mock.asl.map_runs import MOST_REDRIVES
from sfn_mock.aws.constraints import LARGEST_INTEGER, LARGEST_LONG
from sfn_mock.aws.names import forbidden_character
from sfn_mock.state import clock, seed_warnings
from sfn_mock.state.executions import check_count, seeded_attempts
from sfn_mock.state.outcomes import Ending
from sfn_mock.state.records import Execution, MapRun
from sfn_mock.state.spans import Span
from sfn_mock.state.tolerance import Tolerance

#: Longest Label of a Map state, in characters (Amazon States Language, Distributed Map).
LONGEST_LABEL = 40
STATUSES_OF_MAP_RUNS = ("RUNNING", "SUCCEEDED", "FAILED", "ABORTED")


def new_map_run(
    now: int,
    parent: Execution,
    label: str | None,
    *,
    execution_type: str,
    max_concurrency: int,
    tolerated_failure_count: int,
    tolerated_failure_percentage: float,
    status: str | None,
    start_date: clock.Date | None,
    stop_date: clock.Date | None,
    redrive_count: int,
    redrive_date: clock.Date | None,
) -> MapRun:
    """Return a seeded map run that is not stored yet; raise ValueError for one that AWS could never show."""
    if execution_type not in ("STANDARD", "EXPRESS"):
        raise must_be_one_of("execution_type", ("STANDARD", "EXPRESS"), execution_type)
    if status is not None and status not in STATUSES_OF_MAP_RUNS:
        raise must_be_one_of("status", STATUSES_OF_MAP_RUNS, status)
    if status is None and stop_date is not None:
        raise ArgumentError("stop_date", "must come with the status that the map run ends with")
    percentage = tolerated_failure_percentage
    if isinstance(percentage, bool) or not isinstance(percentage, (int, float)) or not 0 <= percentage <= 100:
        raise must_be("tolerated_failure_percentage", "a number from 0 to 100", percentage)
    if label is not None:
        check_label(label)
    check_count(max_concurrency, "max_concurrency", most=LARGEST_INTEGER)
    check_count(tolerated_failure_count, "tolerated_failure_count", most=LARGEST_LONG)
    if check_count(redrive_count, "redrive_count") > MOST_REDRIVES:
        raise ArgumentError("redrive_count", f"must be at most {MOST_REDRIVES} for a map run, got {redrive_count}")
    closing_status = "RUNNING" if status is None else status
    attempts = seeded_attempts(
        now,
        closing_status,
        Ending(closing_status),
        start_date=start_date,
        stop_date=stop_date,
        duration=None,
        redrive_count=redrive_count,
        redrive_date=redrive_date,
        within=_span_of(parent, follows_children=status is None),
    )
    start = attempts[0].since
    naive = clock.naive_dates(start_date=start_date, stop_date=stop_date, redrive_date=redrive_date)
    state_machine = parent.state_machine
    records = state_machine.records
    if naive:
        records.naive_dates.check(now, naive)
    if start > now and start_date is not None:
        seed_warnings.warn_about_future(start_date, start, kind="map run")
    seed_warnings.warn_if_date_decides(
        now, closing_status, attempts[-1], start_date=start_date, stop_date=stop_date, kind="map run"
    )
    return MapRun(
        state_machine,
        parent,
        records.new_id() if label is None else label,
        records.new_id(),
        execution_type=execution_type,
        max_concurrency=max_concurrency,
        tolerance=Tolerance(tolerated_failure_count, float(percentage)),
        attempts=attempts,
        follows_children=status is None,
        stops_with_children=closing_status != "RUNNING" and stop_date is None,
    )


def _span_of(parent: Execution, *, follows_children: bool) -> Span:
    """Return the time span of a map run of an execution."""
    stop = parent.last.stop_at(clock.NEVER)
    return Span("its parent execution", parent.start, stop, ends=stop is not None and not follows_children)


def check_label(label: object) -> str:
    """``label``, if a Map state may have it; ValueError otherwise."""
    if not isinstance(label, str) or not 1 <= len(label) <= LONGEST_LABEL:
        raise must_be("label", f"a str of 1 to {LONGEST_LABEL} characters", label)
    character = forbidden_character(label)
    if character is not None:
        raise must_be("label", f"free of {character!r}, which AWS refuses in labels", label)
    return label
