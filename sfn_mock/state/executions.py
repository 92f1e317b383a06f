"""Seed executions, store them in the records and remove them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial
from itertools import repeat

from sfn_mock.argument_errors import ArgumentError, must_be
from sfn_mock.state import clock, seed_warnings
from sfn_mock.state.execution_names import NamesTaken, check_arns, check_free, check_name
from sfn_mock.state.map_run_states import known_end, span_of
from sfn_mock.state.outcome_checks import check_failed_in
from sfn_mock.state.outcomes import OPEN, Ending, ending, json_text
from sfn_mock.state.records import Execution, ExecutionScope, MapRun
from sfn_mock.state.revisions import Origin
from sfn_mock.state.spans import Span
from sfn_mock.state.time_line_changes import keep_pending_redrive
from sfn_mock.state.time_lines import Attempt, apply_time_limit
from sfn_mock.types import Duration, Json

#: The number of the version and the name of the alias that were used to start an execution.
Qualifiers = tuple[str | None, str | None]
UNQUALIFIED: Iterator[Qualifiers] = repeat((None, None))


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
        check_free(check_name(name), NamesTaken(scope.names, moment))
        check_arns(scope, [name])
    end = ending(status, output=output, error=error, cause=cause, failed_in=failed_in)
    text = json_text(input, "input")
    *earlier, last = seeded_attempts(
        moment,
        status,
        end,
        start_date=start_date,
        stop_date=stop_date,
        duration=duration,
        redrive_count=redrive_count,
        redrive_date=redrive_date,
        express=express,
        within=span_of_scope(scope),
    )
    start = earlier[0].since if earlier else last.since
    origin = next(origins_of(scope, qualifiers, text, item_count))
    if failed_in is not None:
        check_failed_in(scope, failed_in, origin.revision)
    is_over = last.stop is not None and last.stop <= moment
    limit = scope.time_limit_of(origin.revision)
    if limit is not None:
        check_time_limit(last, limit, "stop_date" if duration is None else "duration")
        # An execution that was redriven after its time limit was TIMED_OUT before.
        if earlier and start + limit < last.since:
            earlier = [apply_time_limit(earlier[0], limit)]
        last = apply_time_limit(last, limit)
    naive = clock.naive_dates(start_date=start_date, stop_date=stop_date, redrive_date=redrive_date)
    if naive:
        scope.records.naive_dates.check(moment, naive)
    if start > moment and start_date is not None:
        seed_warnings.warn_about_future(start_date, start)
    retention = scope.records.simulation.retention
    if retention is not None:
        seed_warnings.warn_if_expired(moment, [last], retention)
    # Closed executions, such as most seeds, need no check.
    if not is_over:
        seed_warnings.warn_if_date_decides(moment, status, last, start_date=start_date, stop_date=stop_date)
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


def seeded_attempts(
    now: int,
    status: str,
    ending: Ending,
    *,
    start_date: clock.Date | None,
    stop_date: clock.Date | None,
    duration: Duration | None,
    redrive_count: int,
    redrive_date: clock.Date | None,
    express: bool = False,
    within: Span | None = None,
) -> tuple[Attempt, ...]:
    """Return the attempts of a seeded execution or map run; redrives of `express` children have no date."""
    default_start = now if within is None else within.start
    start = default_start if start_date is None else clock.to_moment(start_date, now, name="start_date")
    stop = _stop(now, start, status, stop_date, duration)
    if within is not None:
        within.check(status, start, stop)
    redrive, redrives = _redrive(now, start, stop, status, redrive_count, redrive_date, express)
    last = Attempt(start if redrive is None else redrive, stop, OPEN if stop is None else ending, redrives, redrive)
    return (last,) if redrive is None else (Attempt(start), last)


def _stop(now: int, start: int, status: str, stop_date: clock.Date | None, duration: Duration | None) -> int | None:
    if stop_date is not None and duration is not None:
        raise ArgumentError("duration", "must be left out where stop_date is given, got both")
    if status == "RUNNING":
        for name, given in (("stop_date", stop_date), ("duration", duration)):
            if given is not None:
                raise ArgumentError(
                    name,
                    "must be left out if the status is RUNNING; give the closing status instead: the execution is "
                    "RUNNING until it stops",
                )
        return None
    if duration is not None:
        return clock.check(start + clock.to_milliseconds(duration, name="duration"), "stop_date")
    if stop_date is None:
        return start
    stop = clock.to_moment(stop_date, now, name="stop_date")
    if stop < start:
        problem = f"must not be before the start at {clock.describe(start)}, got {clock.describe(stop)}"
        raise ArgumentError("stop_date", problem)
    return stop


def _redrive(
    now: int,
    start: int,
    stop: int | None,
    status: str,
    redrive_count: int,
    redrive_date: clock.Date | None,
    express: bool,
) -> tuple[int | None, int]:
    """Return the date of the last redrive and the number of redrives."""
    check_count(redrive_count, "redrive_count")
    if redrive_date is None:
        if redrive_count and not express:
            raise ArgumentError("redrive_count", f"must come with a redrive_date, got {redrive_count} without one")
        return None, redrive_count
    if express:
        problem = "must be left out for EXPRESS child executions, which have none on AWS; redrive_count may stay"
        raise ArgumentError("redrive_date", problem)
    redrive = clock.to_moment(redrive_date, now, name="redrive_date")
    got = clock.describe(redrive)
    if redrive < start:
        raise ArgumentError("redrive_date", f"must not be before the start at {clock.describe(start)}, got {got}")
    if redrive > now:
        problem = (
            f"must not be after now ({clock.describe(now)}), got {got}; call redrive() when the clock has reached it"
        )
        raise ArgumentError("redrive_date", problem)
    if stop is not None and redrive > stop:
        raise ArgumentError("redrive_date", f"must not be after the stop at {clock.describe(stop)}, got {got}")
    return redrive, redrive_count or 1


def check_time_limit(last: Attempt, time_limit: int | None, name: str) -> None:
    """Raise ArgumentError about an argument if a seed lasts longer than the TimeoutSeconds of its definition."""
    if time_limit is None or last.stop is None or last.stop <= last.since + time_limit:
        return
    end, got = clock.describe(last.since + time_limit), clock.describe(last.stop)
    raise ArgumentError(name, f"must not be after the TimeoutSeconds of the definition, which end at {end}, got {got}")


def check_count(number: object, name: str, *, most: int | None = None) -> int:
    """Return a number; raise ArgumentError unless it is an int >= 0, and not more than `most`."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise must_be(name, "an int >= 0", number)
    if most is not None and number > most:
        raise ArgumentError(name, f"must be at most {most}, got {number}")
    return number


def origins_of(
    scope: ExecutionScope, qualifiers: Iterator[Qualifiers], input: str, item_count: int | None
) -> Iterator[Origin]:
    """Return an iterator over the origins for qualifiers; equal origins are shared."""

    @cache
    def origin(qualifiers: Qualifiers) -> Origin:
        return Origin(scope.revision_for(qualifiers[0]), *qualifiers, input, item_count=item_count)

    return map(origin, qualifiers)


def span_of_scope(scope: ExecutionScope) -> Span | None:
    """Return the time span of child executions, None for executions of a state machine."""
    return None if scope.as_map_run is None else span_of(scope.as_map_run)


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
    now = scope.records.moment
    # There may be a million executions, nearly all of them closed.
    moving = [
        run for run in executions if run.last.since >= now or (run.last.stop is not None and run.last.stop >= now)
    ]
    scope.records.undo.add(partial(_remove_stored, scope, named, before, len(scope.index.executions)))
    scope.names.update(named)
    scope.index.executions.extend(executions)
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
