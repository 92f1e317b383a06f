"""Seed many executions at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from sfn_mock.argument_errors import ArgumentError
from sfn_mock.state import clock, seed_warnings
from sfn_mock.state.execution_names import DEFAULT_NAMES, NamesTaken, check_arns, names_from
from sfn_mock.state.executions import (
    UNQUALIFIED,
    Qualifiers,
    check_count,
    check_time_limit,
    origins_of,
    refuse_express,
    span_of_scope,
    store_executions,
)
from sfn_mock.state.garbage_collection import collector_paused
from sfn_mock.state.outcomes import Ending, ending, json_text
from sfn_mock.state.records import Execution, ExecutionScope
from sfn_mock.state.spans import Span
from sfn_mock.state.time_lines import Attempt, apply_time_limit, new_attempts
from sfn_mock.types import Duration, Json

DEFAULT_DURATION = timedelta(seconds=30)


def add_seeds(
    scope: ExecutionScope,
    moment: int,
    count: int,
    status: str,
    *,
    start_date: clock.Date | None,
    interval: Duration,
    duration: Duration,
    name: str,
    input: Json,
    output: Json | None,
    error: str | None,
    cause: str | None,
    qualifiers: Iterator[Qualifiers] = UNQUALIFIED,
    express: bool = False,
    item_count: int | None = None,
) -> list[Execution]:
    """Check and store several seeded executions; raise ValueError for ones that AWS could never show."""
    refuse_express(scope)
    end = ending(status, output=output, error=error, cause=cause)
    unbounded_origins = origins_of(scope, qualifiers, json_text(input, "input"), item_count)
    with collector_paused():
        attempts = _attempts(
            moment, count, end, start_date=start_date, interval=interval, duration=duration, within=span_of_scope(scope)
        )
        names = names_from(name, count, NamesTaken(scope.names, moment), given=scope.default_names)
        check_arns(scope, names)
        origins = list(islice(unbounded_origins, len(attempts)))
        by_id = dict(zip(map(id, origins), origins, strict=True))
        limits = {key: scope.time_limit_of(origin.revision) for key, origin in by_id.items()}
        if any(limit is not None for limit in limits.values()):
            own_limits = [limits[id(origin)] for origin in origins]
            if duration is not DEFAULT_DURATION:
                for attempt, limit in zip(attempts, own_limits, strict=True):
                    check_time_limit(attempt, limit, "duration")
            attempts = [_shortened(attempt, limit) for attempt, limit in zip(attempts, own_limits, strict=True)]
        naive = clock.naive_dates(start_date=start_date)
        if naive:
            scope.records.naive_dates.check(moment, naive)
        if attempts:
            _warn(scope, moment, status, attempts, start_date)
        sequences, new_id = scope.records.next_sequences(len(attempts)), scope.records.new_id
        executions = [
            Execution(scope, name, sequence, attempt.since, attempt, origin, new_id() if express else None)
            for name, sequence, attempt, origin in zip(names, sequences, attempts, origins, strict=True)
        ]
        store_executions(scope, executions)
    if name == DEFAULT_NAMES:
        scope.records.undo.save(scope, "default_names")
        scope.default_names += count
    return executions


def _attempts(
    now: int,
    count: object,
    ending: Ending,
    *,
    start_date: clock.Date | None,
    interval: Duration,
    duration: Duration,
    within: Span | None = None,
) -> list[Attempt]:
    """Return the attempts of `count` executions with one attempt each, the oldest first.

    They start one `interval` after another. Without a `start_date` the newest execution starts now; of child
    executions the oldest starts with its map run, and none starts after now. If the duration is the default too, all
    stop by now, so that executions seeded with a closing status are closed.
    """
    count = check_count(count, "count")
    step = clock.to_milliseconds(interval, name="interval")
    length = clock.to_milliseconds(duration, name="duration")
    latest = now if within is None else within.latest(now)
    if start_date is not None:
        first = clock.to_moment(start_date, now, name="start_date")
    else:
        first = now - (count - 1) * step if within is None else within.start
    last = first + (count - 1) * step
    if count:
        clock.check(first, "start_date of the oldest")
        clock.check(last + length, "stop_date of the newest")
    starts = [first + index * step for index in range(count)]
    if start_date is None and within is not None:
        starts = [min(start, latest) for start in starts]
    if ending.status == "RUNNING":
        if duration is not DEFAULT_DURATION:
            raise ArgumentError("duration", "must be left out if the status is RUNNING; give a closing status instead")
        attempts = [Attempt(start) for start in starts]
    else:
        limit = last + length
        if duration is DEFAULT_DURATION and start_date is None:
            limit = latest
        elif duration is DEFAULT_DURATION and within is not None and within.stop is not None:
            limit = within.stop
        stops = [start + length for start in starts]
        if last + length > limit:
            stops = [min(stop, limit) for stop in stops]
        attempts = new_attempts(starts, stops, ending)
    if within is not None:
        for attempt in (*attempts[:1], *attempts[-1:]):
            within.check(ending.status, attempt.since, attempt.stop)
    return attempts


def _warn(
    scope: ExecutionScope, moment: int, status: str, attempts: list[Attempt], start_date: clock.Date | None
) -> None:
    """Warn about seeds that are probably mistakes; the earliest one is the first."""
    first, last = attempts[0].since, attempts[-1].since
    if start_date is not None and last > moment:
        if first > moment:
            seed_warnings.warn_about_future(start_date, first)
        else:
            seed_warnings.warn_about_future(start_date, last, name="the newest start_date")
    retention = scope.records.simulation.retention
    if retention is not None:
        seed_warnings.warn_if_expired(moment, attempts, retention)
    seed_warnings.warn_if_date_decides(moment, status, attempts[-1], start_date=start_date)


def _shortened(attempt: Attempt, time_limit: int | None) -> Attempt:
    """Return the attempt of a seed within its time limit; an attempt without a stop is TIMED_OUT."""
    if time_limit is None or attempt.stop is None:
        return apply_time_limit(attempt, time_limit)
    return attempt._replace(stop=min(attempt.stop, attempt.since + time_limit))
