"""Derive the history of an execution from its time line, its definition and its map runs.

Nothing is executed; see `derived_history` for the states that appear.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sfn_mock.asl.events import Event
from sfn_mock.asl.routes import read_program
from sfn_mock.state.derived_history import DerivedHistory
from sfn_mock.state.map_run_states import attempts_until, map_runs_at, state_of
from sfn_mock.state.outcomes import Ending
from sfn_mock.state.records import ActivityStart, Execution, MapRun

#: The end of a run of which only the following redrive is known.
_REDRIVABLE = Ending("FAILED")


def events_until(execution: Execution, moment: int) -> list[Event]:
    """Return the events of a started execution until `moment`, oldest first."""
    runs = list(_runs(execution, moment))
    events_by_run = _events_of_map_runs(execution, runs, moment)
    tasks = {task.attempt.redrive_count: task for task in execution.state_machine.records.tasks_of(execution)}
    program = read_program(execution.revision.definition, execution.owner.label)
    history = DerivedHistory(program, execution.input, execution.state_machine.records.region)
    for run, map_run_events in zip(runs, events_by_run, strict=True):
        task = tasks.get(run.redrive_count)
        history.await_worker(None if task is None or task.activity is None else task.activity.arn)
        if history.events:
            history.redrive(run.since, run.redrive_count, run.failed_in)
        else:
            history.start(
                run.since,
                execution.revision.role_arn,
                alias_arn=execution.alias_arn,
                version_arn=execution.version_arn,
                target=run.failed_in,
            )
        started = None if task is None or task.started is None or task.started.moment > moment else task.started
        _add_run(history, run, map_run_events, started)
    return history.events


def _add_run(
    history: DerivedHistory, run: _Run, map_run_events: list[_MapRunEvent], started: ActivityStart | None
) -> None:
    for event in map_run_events:
        started = _add_activity_start(history, started, event.moment)
        history.pass_states(event.moment)
        if event.label is not None:
            history.enter_map(event.moment, event.label)
        history.add(event.moment, (event.type, event.details), advance=event.type != "MapRunAborted")
    _add_activity_start(history, started, run.until)
    history.pass_states(run.until)
    if run.ending is not None:
        history.end(run.until, run.ending)


def _add_activity_start(history: DerivedHistory, started: ActivityStart | None, until: int) -> ActivityStart | None:
    """Add the start of the activity's task if it is due; return None once it is added."""
    if started is None or started.moment > until:
        return started
    history.pass_states(started.moment)
    history.start_activity_task(started.moment, started.worker_name)
    return None


# --- Runs and events of map runs ---------------------------------------------------------------------------------


class _Run(NamedTuple):
    """The execution from its start or a redrive until it stops, or until now if it is running."""

    since: int
    until: int
    #: None if it has not stopped.
    ending: Ending | None
    redrive_count: int
    #: The state in which it fails or would have failed.
    failed_in: str | None


def _runs(execution: Execution, moment: int) -> Iterator[_Run]:
    """Yield each run until `moment`. Redrives that were seeded as a number only have the date of the last one."""
    attempts = execution.attempts_until(moment)
    # An attempt that is only PENDING_REDRIVE is not a new run.
    starts = [
        attempt
        for before, attempt in zip([None, *attempts], attempts, strict=False)
        if before is None or attempt.redrive_count > before.redrive_count
    ]
    for attempt, after in zip(starts, [*starts[1:], None], strict=True):
        stop, ending = attempt.stop_at(moment), attempt.ending_at(moment)
        if stop is not None and ending.status == "PENDING_REDRIVE":
            ending = _REDRIVABLE
        elif stop is None and after is not None:
            stop, ending = after.since, _REDRIVABLE
        until, ended = (moment, None) if stop is None else (stop, ending)
        yield _Run(attempt.since, until, ended, attempt.redrive_count, attempt.ending.failed_in)
        if after is not None:
            for redrive_count in range(attempt.redrive_count + 1, after.redrive_count):
                yield _Run(after.since, after.since, _REDRIVABLE, redrive_count, None)


class _MapRunEvent(NamedTuple):
    """The start, redrive or end of a map run."""

    moment: int
    type: str
    details: dict[str, Any] | None
    #: The label of the Map state, for the start of a map run.
    label: str | None = None


def _events_of_map_runs(execution: Execution, runs: list[_Run], moment: int) -> list[list[_MapRunEvent]]:
    """Return the events of map runs in each run of the execution, in order."""
    events: list[list[_MapRunEvent]] = [[] for _ in runs]
    for map_run in map_runs_at(execution, moment):
        for index, event in _events_of_map_run(map_run, runs, moment):
            events[index].append(event)
    return [sorted(events_of_run, key=lambda event: event.moment) for events_of_run in events]


def _events_of_map_run(map_run: MapRun, runs: list[_Run], moment: int) -> Iterator[tuple[int, _MapRunEvent]]:
    """Yield the events of a map run, each with the index of its run; events outside all runs are omitted."""
    redrives_before = 0
    for attempt in attempts_until(map_run, moment):
        # A map run may be seeded with a date before the start of its execution.
        since = max(attempt.since, runs[0].since)
        around = [index for index, run in enumerate(runs) if run.since <= since <= run.until]
        if not around:
            continue
        if attempt.redrive is None:
            index = around[0]
            redrives_before = runs[index].redrive_count
            yield index, _MapRunEvent(since, "MapRunStarted", {"mapRunArn": map_run.arn}, map_run.label)
        else:
            # A map run is redriven with its execution, perhaps several times on one date.
            count = redrives_before + attempt.redrive_count
            index = next((index for index in around if runs[index].redrive_count == count), around[-1])
            redriven = {"mapRunArn": map_run.arn, "redriveCount": attempt.redrive_count}
            yield index, _MapRunEvent(since, "MapRunRedriven", redriven)
        status, stop, *_ = state_of(map_run, attempt, runs[index].until)
        if stop is not None:
            # Of these events, only MapRunFailed has details.
            details: dict[str, Any] | None = {} if status == "FAILED" else None
            yield index, _MapRunEvent(max(since, stop), f"MapRun{status.capitalize()}", details)
