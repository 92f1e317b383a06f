"""Add executions to the records and remove them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from itertools import islice, repeat
from typing import Any

from sfn_mock.state import clock
from sfn_mock.state import seeds as seeding
from sfn_mock.state.garbage_collection import collector_paused
from sfn_mock.state.map_run_states import known_end, span_of
from sfn_mock.state.outcome_checks import check_failed_in
from sfn_mock.state.outcomes import ending, json_text
from sfn_mock.state.records import Execution, ExecutionScope, MapRun
from sfn_mock.state.revisions import Origin
from sfn_mock.state.time_line_changes import keep_pending_redrive
from sfn_mock.state.time_lines import Attempt, apply_time_limit
from sfn_mock.types import Duration, Json

#: The number of the version and the name of the alias that were used to start an execution.
Qualifiers = tuple[str | None, str | None]
UNQUALIFIED: Iterator[Qualifiers] = repeat((None, None))


class NamesTaken:
    """The taken names at a moment: those of executions whose retention has not passed, started or not."""

    def __init__(self, names: dict[Any, Execution], moment: int) -> None:
        self._names = names
        self._moment = moment

    def __contains__(self, name: object) -> bool:
        execution = self._names.get(name)
        return execution is not None and execution.is_kept_at(self._moment)


def add_seed(
    scope: ExecutionScope,
    moment: int,
    name: str | None,
    status: str,
    *,
    start_date: clock.Date | None,
    stop_date: clock.Date | None,
    duration: Duration | None,
    input: Json,
    output: Json | None,
    error: str | None,
    cause: str | None,
    failed_in: str | None,
    redrive_count: int,
    redrive_date: clock.Date | None,
    express: bool = False,
    qualifiers: Iterator[Qualifiers] = UNQUALIFIED,
    item_count: int | None = None,
) -> Execution:
    """Check and store a seeded execution; raise ValueError for one that AWS could never show."""
    refuse_express(scope)
    if name is not None:
        seeding.check_free(seeding.check_name(name), NamesTaken(scope.names, moment))
    end = ending(status, output=output, error=error, cause=cause, failed_in=failed_in)
    text = json_text(input, "input")
    *earlier, last = seeding.seeded_attempts(
        moment,
        status,
        end,
        start_date=start_date,
        stop_date=stop_date,
        duration=duration,
        redrive_count=redrive_count,
        redrive_date=redrive_date,
        express=express,
        within=_span_of(scope),
    )
    start = earlier[0].since if earlier else last.since
    origin = next(_origins(scope, qualifiers, text, item_count))
    if failed_in is not None:
        check_failed_in(scope, failed_in, origin.revision)
    is_over = last.stop is not None and last.stop <= moment
    limit = scope.time_limit_of(origin.revision)
    if limit is not None:
        seeding.check_time_limit(last, limit, "stop_date" if duration is None else "duration")
        # An execution that was redriven after its time limit was TIMED_OUT before.
        if earlier and start + limit < last.since:
            earlier = [apply_time_limit(earlier[0], limit)]
        last = apply_time_limit(last, limit)
    scope.records.naive_dates.check(moment, start_date=start_date, stop_date=stop_date, redrive_date=redrive_date)
    seeding.warn_if_upcoming(moment, start_date, [start])
    seeding.warn_if_expired(moment, [last], scope.records.simulation.retention)
    # Closed executions, such as most seeds, need no check.
    if not is_over:
        seeding.warn_if_date_decides(moment, status, last, start_date=start_date, stop_date=stop_date)
    execution = Execution(
        scope,
        scope.records.new_id() if name is None else name,
        scope.records.next_sequence(),
        start,
        last,
        origin,
        scope.records.new_id() if express else None,
        tuple(earlier),
    )
    store_executions(scope, [execution])
    return execution


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
    unbounded_origins = _origins(scope, qualifiers, json_text(input, "input"), item_count)
    with collector_paused():
        attempts = seeding.bulk_attempts(
            moment, count, end, start_date=start_date, interval=interval, duration=duration, within=_span_of(scope)
        )
        names = seeding.names(name, count, NamesTaken(scope.names, moment), given=scope.default_names)
        origins = list(islice(unbounded_origins, len(attempts)))
        limits = {id(origin): scope.time_limit_of(origin.revision) for origin in {id(o): o for o in origins}.values()}
        if any(limit is not None for limit in limits.values()):
            own_limits = [limits[id(origin)] for origin in origins]
            if duration is not seeding.DEFAULT_DURATION:
                for attempt, limit in zip(attempts, own_limits, strict=True):
                    seeding.check_time_limit(attempt, limit, "duration")
            attempts = [_shortened(attempt, limit) for attempt, limit in zip(attempts, own_limits, strict=True)]
        scope.records.naive_dates.check(moment, start_date=start_date)
        seeding.warn_if_upcoming(moment, start_date, [attempt.since for attempt in (*attempts[:1], *attempts[-1:])])
        seeding.warn_if_expired(moment, attempts, scope.records.simulation.retention)
        if attempts:
            seeding.warn_if_date_decides(moment, status, attempts[-1], start_date=start_date)
        sequences, new_id = scope.records.next_sequences(len(attempts)), scope.records.new_id
        executions = [
            Execution(scope, name, sequence, attempt.since, attempt, origin, new_id() if express else None)
            for name, sequence, attempt, origin in zip(names, sequences, attempts, origins, strict=True)
        ]
        store_executions(scope, executions)
    if name == seeding.DEFAULT_NAMES:
        scope.records.undo.save(scope, "default_names")
        scope.default_names += count
    return executions


def _origins(
    scope: ExecutionScope, qualifiers: Iterator[Qualifiers], input: str, item_count: int | None
) -> Iterator[Origin]:
    """Return an iterator over the origins for qualifiers; equal origins are shared."""

    @cache
    def origin(qualifiers: Qualifiers) -> Origin:
        return Origin(scope.revision_for(qualifiers[0]), *qualifiers, input, item_count=item_count)

    return map(origin, qualifiers)


def _span_of(scope: ExecutionScope) -> seeding.Span | None:
    """Return the time span of child executions, None for executions of a state machine."""
    return None if scope.as_map_run is None else span_of(scope.as_map_run)


def _shortened(attempt: Attempt, time_limit: int | None) -> Attempt:
    """Return the attempt of a seed within its time limit; an attempt without a stop is TIMED_OUT."""
    if time_limit is None or attempt.stop is None:
        return apply_time_limit(attempt, time_limit)
    return attempt._replace(stop=min(attempt.stop, attempt.since + time_limit))


def refuse_express(scope: ExecutionScope) -> None:
    """Raise ValueError for an EXPRESS state machine, because ListExecutions never shows its executions."""
    if scope.as_map_run is None and scope.execution_type == "EXPRESS":
        raise ValueError(
            f"cannot add executions to {scope.arn}: AWS never lists executions of an EXPRESS state machine; add "
            f"them to a STANDARD one instead."
        )


# --- Storing and removing --------------------------------------------------------------------------------------------


def store_executions(scope: ExecutionScope, executions: list[Execution]) -> None:
    """Store executions with free names, and remove expired executions with the same names.

    Status changes until now are not reported, only later ones.
    """
    named = {execution.name: execution for execution in executions}
    for name in scope.names.keys() & named.keys():
        earlier = scope.names[name]
        # The names of EXPRESS executions are free at any time.
        if earlier.express_id is None:
            remove(earlier)
    before = {name: scope.names[name] for name in scope.names.keys() & named.keys()}
    scope.records.undo.add(partial(_remove_stored, scope, named, before, len(scope.index.executions)))
    scope.names.update(named)
    scope.index.add(executions)
    now = scope.records.moment
    # There may be a million executions, nearly all of them closed.
    moving = [
        run for run in executions if run.last.since >= now or (run.last.stop is not None and run.last.stop >= now)
    ]
    if moving:
        scope.records.status_changes.follow_seeds(moving, now)
    if scope.as_map_run is not None:
        _follow_map_run(scope.as_map_run, executions)


def _remove_stored(scope: ExecutionScope, named: dict[str, Execution], before: dict[str, Execution], kept: int) -> None:
    """Undo the storing of executions; `kept` is the number of executions before."""
    for name in named:
        scope.names.pop(name, None)
    scope.names.update(before)
    del scope.index.executions[kept:]
    scope.index.invalidate()


def remove(execution: Execution) -> None:
    """Remove an execution, so that its name is free."""
    scope = execution.owner
    scope.records.undo.add(partial(_restore_removed, scope, execution, list(scope.index.executions)))
    del scope.names[execution.name]
    scope.index.remove(execution)


def _restore_removed(scope: ExecutionScope, execution: Execution, executions: list[Execution]) -> None:
    """Undo the removal of an execution."""
    scope.names[execution.name] = execution
    scope.index.executions = executions
    scope.index.invalidate()


def _follow_map_run(map_run: MapRun, children: list[Execution]) -> None:
    """Adjust the stop of a map run that stops with its last child, and the end of redrives that are pending."""
    if map_run.stops_with_children:
        *earlier, last = map_run.attempts
        stops = [child.attempts[-1].stop for child in children]
        stop = max(stop for stop in (last.stop, *stops) if stop is not None)
        map_run.records.undo.save(map_run, "attempts")
        map_run.attempts = (*earlier, last._replace(stop=stop))
    for child in children:
        last = child.attempts[-1]
        if last.ending.status == "PENDING_REDRIVE":
            keep_pending_redrive(child, last.since, until=known_end(map_run))
