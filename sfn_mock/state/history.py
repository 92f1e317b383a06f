"""The events of GetExecutionHistory, built from an execution's time line, definition and map runs.

Nothing is executed; `drawn_history` describes which states appear.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sfn_mock.asl.events import Event
from sfn_mock.asl.routes import read_program
from sfn_mock.state.drawn_history import DrawnHistory
from sfn_mock.state.map_run_states import attempts_until, map_runs_at, state_of
from sfn_mock.state.outcomes import Ending
from sfn_mock.state.records import Execution, MapRun, Taken

#: The end of an attempt of which only its redrive is known.
_REDRIVABLE = Ending("FAILED")


def events_until(execution: Execution, moment: int) -> list[Event]:
    """Return the events of a started execution until ``moment``, oldest first."""
    runs = list(_runs(execution, moment))
    turns = _turns_of_map_runs(execution, runs, moment)
    tasks = {task.attempt.redrive_count: task for task in execution.state_machine.records.tasks_of(execution)}
    program = read_program(execution.revision.definition, execution.owner.label)
    history = DrawnHistory(program, execution.input, execution.state_machine.records.region)
    for run, turns_in_run in zip(runs, turns, strict=True):
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
        taken = None if task is None or task.taken is None or task.taken.moment > moment else task.taken
        _draw(history, run, turns_in_run, taken)
    return history.events


def _draw(history: DrawnHistory, run: _Run, turns: list[_Turn], taken: Taken | None) -> None:
    for turn in turns:
        taken = _take(history, taken, turn.moment)
        history.pass_states(turn.moment)
        if turn.label is not None:
            history.go_to_map(turn.moment, turn.label)
        history.tell(turn.moment, turn.type, turn.details, advance=turn.type != "MapRunAborted")
    _take(history, taken, run.until)
    history.pass_states(run.until)
    if run.ending is not None:
        history.end(run.until, run.ending)


def _take(history: DrawnHistory, taken: Taken | None, until: int) -> Taken | None:
    """Add that a worker took the task, if it had by then; return None once it is added."""
    if taken is None or taken.moment > until:
        return taken
    history.pass_states(taken.moment)
    history.hand_out(taken.moment, taken.worker_name)
    return None


# --- What there is to tell ---------------------------------------------------------------------------------------


class _Run(NamedTuple):
    """The execution from its start or a redrive until it stops; what has not stopped is told until now."""

    since: int
    until: int
    #: None for one that has not stopped.
    ending: Ending | None
    redrive_count: int
    #: The state in which it fails, or was to fail.
    failed_in: str | None


def _runs(execution: Execution, moment: int) -> Iterator[_Run]:
    """Yield each run by ``moment``. Of redrives seeded by their number alone, all come at the date of the last."""
    attempts = execution.attempts_until(moment)
    # One that only waits for its redrive has not run since the attempt before.
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
        if stop is None:
            yield _Run(attempt.since, moment, None, attempt.redrive_count, attempt.ending.failed_in)
        else:
            yield _Run(attempt.since, stop, ending, attempt.redrive_count, attempt.ending.failed_in)
        if after is not None:
            for redrive_count in range(attempt.redrive_count + 1, after.redrive_count):
                yield _Run(after.since, after.since, _REDRIVABLE, redrive_count, None)


class _Turn(NamedTuple):
    """A map run starts, is redriven or ends."""

    moment: int
    type: str
    details: dict[str, Any] | None
    #: That of the Map state which the execution has come to, where a map run starts.
    label: str | None = None


def _turns_of_map_runs(execution: Execution, runs: list[_Run], moment: int) -> list[list[_Turn]]:
    """For each run of the execution, what its map runs did in it, in order."""
    turns: list[list[_Turn]] = [[] for _ in runs]
    for map_run in map_runs_at(execution, moment):
        for index, turn in _turns(map_run, runs, moment):
            turns[index].append(turn)
    return [sorted(turns_in_run, key=lambda turn: turn.moment) for turns_in_run in turns]


def _turns(map_run: MapRun, runs: list[_Run], moment: int) -> Iterator[tuple[int, _Turn]]:
    """Yield what one map run did, each with the number of the run in which; what lies outside all runs is left out."""
    redrives_before = 0
    for attempt in attempts_until(map_run, moment):
        # It may be seeded with a date before its execution's start.
        since = max(attempt.since, runs[0].since)
        around = [index for index, run in enumerate(runs) if run.since <= since <= run.until]
        if not around:
            continue
        if attempt.redrive is None:
            index = around[0]
            redrives_before = runs[index].redrive_count
            yield index, _Turn(since, "MapRunStarted", {"mapRunArn": map_run.arn}, map_run.label)
        else:
            # It is redriven with the execution, perhaps several times at one date.
            count = redrives_before + attempt.redrive_count
            index = next((index for index in around if runs[index].redrive_count == count), around[-1])
            redriven = {"mapRunArn": map_run.arn, "redriveCount": attempt.redrive_count}
            yield index, _Turn(since, "MapRunRedriven", redriven)
        status, stop, *_ = state_of(map_run, attempt, runs[index].until)
        if stop is not None:
            # Of these, only MapRunFailed has details.
            details: dict[str, Any] | None = {} if status == "FAILED" else None
            yield index, _Turn(max(since, stop), f"MapRun{status.capitalize()}", details)
