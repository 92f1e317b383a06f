"""End and redrive executions and map runs, with their children and parents."""

from __future__ import annotations

from heapq import heappop, heappush

from sfn_mock.asl.map_runs import MOST_REDRIVES, too_many_redrives
from sfn_mock.state.map_run_states import (
    MapRunState,
    attempt_at,
    attempts_until,
    end_ahead,
    follows_children,
    map_runs_at,
    state_at,
)
from sfn_mock.state.outcomes import OPEN, RUNS_UNTIL_ENDED, UNSUCCESSFUL, Ending, Outcome
from sfn_mock.state.records import Execution, ExecutionScope, MapRun, Turn
from sfn_mock.state.time_line_changes import change, never_start, run_again, start_late, wait, wait_for_redrive
from sfn_mock.state.time_lines import Attempt

#: The ending of children whose parent has a planned end. It is told by its identity, as that end may still change.
_ABORTED_AS_PLANNED = Ending("ABORTED")

# --- Executions ------------------------------------------------------------------------------------------------------


def end_execution(execution: Execution, moment: int, ending: Ending) -> None:
    """End the running attempt at ``moment``, with its unfinished map runs.

    Later changes of the time line are dropped.
    """
    # The state of a map run depends on this execution, so it is read before the execution ends.
    running = [run for run in map_runs_at(execution, moment) if state_at(run, moment).status == "RUNNING"]
    attempt = execution.attempt_in_force(moment)
    # It stays on its way, so that its history goes on with what was told of it.
    failed_in = attempt.ending.failed_in if ending.failed_in is None else ending.failed_in
    go_on(execution, moment, attempt._replace(stop=moment, ending=ending._replace(failed_in=failed_in)))
    for map_run in running:
        _end_with_parent(map_run, moment)


def go_on(execution: Execution, moment: int, attempt: Attempt) -> None:
    """Replace the attempt in force at ``moment``, and all later ones, with ``attempt``."""
    change(execution, moment, (*execution.attempts_until(moment)[:-1], attempt))
    if execution.map_run is not None:
        take_turns(execution.map_run, moment)


def plan_end(execution: Execution, moment: int, attempt: Attempt) -> None:
    """Do as ``go_on`` with an attempt whose end may be planned or past; the children of its map runs end with it."""
    go_on(execution, moment, attempt)
    _end_children_as_planned(execution, moment)


def _end_children_as_planned(execution: Execution, moment: int) -> None:
    """Abort the children that run when ``execution`` ends as planned; without a planned end they run on.

    A child that starts later never does. Children that a run of a definition has started end with that run.
    """
    for map_run in execution.map_runs:
        if not follows_children(map_run, attempt_at(map_run, moment)):
            continue
        end = end_ahead(map_run)
        for child in map_run.index.executions:
            if map_run.records.run_of(child) is None:
                _plan_end_with_map_run(child, moment, end)
        take_turns(map_run, moment)


def _plan_end_with_map_run(child: Execution, moment: int, end: int | None) -> None:
    has_started = child.attempt_at(moment) is not None
    if has_started and child.waits_at(moment):
        wait(child, moment, until=end)
    elif not has_started and (child.never_starts or (end is not None and end <= child.start)):
        never_start(child, moment)
    else:
        last = child.last
        if last.ending is _ABORTED_AS_PLANNED and last.is_open(moment):
            last = last._replace(stop=None, ending=OPEN)
        if end is not None and last.is_open(max(end, moment)):
            last = last._replace(stop=max(end, last.since), ending=_ABORTED_AS_PLANNED)
        change(child, moment, (*child.earlier, last))


def _end_with_map_run(child: Execution, moment: int) -> None:
    """Abort a child that is running at ``moment``; a child that has not started never starts.

    A child that waits for its redrive is not redriven.
    """
    attempt = child.attempt_at(moment)
    if attempt is None:
        never_start(child, moment)
    elif attempt.is_open(moment):
        end_execution(child, moment, Ending("ABORTED"))
    elif child.waits_at(moment):
        wait(child, moment, until=moment)


def may_run_again(execution: Execution, moment: int) -> bool:
    """Return whether the execution can be redriven: it is unsuccessful, or waits for a redrive."""
    attempt = execution.attempt_at(moment)
    again = UNSUCCESSFUL | {"PENDING_REDRIVE"}
    return attempt is not None and attempt.status_at(moment) in again and execution.is_kept_at(moment)


def redrive_execution(execution: Execution, moment: int) -> None:
    """Redrive an execution with its unsuccessful map runs: a new attempt with the planned outcome.

    An error of a test's plan is raised before anything is changed.
    """
    outcome = _outcome_of_redrive(execution.owner, execution)
    # As in end_execution(): asked before this execution runs again.
    states = [(run, state_at(run, moment)) for run in map_runs_at(execution, moment)]
    unsuccessful = [(run, state) for run, state in states if state.status in UNSUCCESSFUL]
    redriven = [(run, state) for run, state in unsuccessful if state.redrive_count < MOST_REDRIVES]
    if len(redriven) < len(unsuccessful) and execution.owner.records.run_of(execution) is None:
        spent = next(run for run, state in unsuccessful if state.redrive_count >= MOST_REDRIVES)
        error = too_many_redrives(spent.arn)
        outcome, redriven = Outcome(Ending("FAILED", error=error.error, cause=error.cause), 0), []
    turns = [_turns(run, moment) for run, _ in redriven]
    run_again(execution, moment, moment, outcome)
    for (map_run, state), turns_of_children in zip(redriven, turns, strict=True):
        _redrive_with_parent(map_run, moment, state, turns_of_children)
    _end_children_as_planned(execution, moment)
    if execution.map_run is not None:
        take_turns(execution.map_run, moment)
    execution.owner.records.revive(execution)


def _outcome_of_redrive(scope: ExecutionScope, execution: Execution) -> Outcome:
    """Return the outcome of the next redrive, a redrive of ``execution``."""
    return RUNS_UNTIL_ENDED if scope.redrive_plan is None else scope.redrive_plan(execution.name, execution.input)


# --- Map runs --------------------------------------------------------------------------------------------------------


def _end_with_parent(map_run: MapRun, moment: int) -> None:
    """End a RUNNING map run: running children are ABORTED, and pending children never start.

    Children that wait for their redrive return to their earlier status.
    """
    map_run.records.undo.keep(map_run, "turns", "attempts")
    map_run.turns = []
    *earlier, current = attempts_until(map_run, moment)
    if not follows_children(map_run, current):
        current = current._replace(stop=moment, ending=Ending("ABORTED"))
    map_run.attempts = (*earlier, current)
    for child in map_run.index.executions:
        _end_with_map_run(child, moment)


def end_map_run(map_run: MapRun, moment: int, status: str) -> None:
    """End a map run with the status of its run."""
    map_run.records.undo.keep(map_run, "attempts", "follows_from")
    *earlier, current = attempts_until(map_run, moment)
    map_run.attempts = (*earlier, current._replace(stop=moment, ending=Ending(status)))
    map_run.follows_from = None


def _turns(map_run: MapRun, moment: int) -> list[Turn]:
    """Return its unsuccessful children in order of adding, each with the outcome of its redrive."""
    unsuccessful = [child for child in map_run.index.executions if may_run_again(child, moment)]
    return [Turn(child, _outcome_of_redrive(map_run, child)) for child in unsuccessful]


def _redrive_with_parent(map_run: MapRun, moment: int, state: MapRunState, turns: list[Turn]) -> None:
    """Run a map run again from ``moment``, with its unsuccessful children, up to its concurrency at once.

    ``state`` is its state so far, which its earlier attempt keeps whatever its children do. The children beyond
    its concurrency are PENDING_REDRIVE until it is their turn.
    """
    *earlier, current = attempts_until(map_run, moment)
    closed = current._replace(stop=state.stop, ending=Ending(state.status))
    again = Attempt(moment, redrive_count=current.redrive_count + 1, redrive=moment)
    map_run.records.undo.keep(map_run, "attempts", "follows_from", "turns")
    map_run.attempts = (*earlier, closed, again)
    map_run.follows_from = again.redrive_count
    for child in map_run.index.executions:
        start_late(child, moment)
    at_once = map_run.max_concurrency or len(turns)
    for child, outcome in turns[:at_once]:
        run_again(child, moment, moment, outcome)
    for child, _ in turns[at_once:]:
        wait_for_redrive(child, moment)
    map_run.turns = turns[at_once:]
    take_turns(map_run, moment)


def take_turns(map_run: MapRun, moment: int) -> None:
    """Give each waiting child the moment at which another child's end lets it run.

    Those for which no end is in sight wait on, as do those whose turn would come after the map run's own end;
    whatever ends one or changes its end later asks again. If the clock is back before the redrive, the redrive's own
    moment counts.
    """
    moment = max(moment, map_run.attempts[-1].since)
    map_run.records.undo.keep(map_run, "turns")
    map_run.turns = [turn for turn in map_run.turns if turn.child.waits_at(moment)]
    if not map_run.turns:
        return
    running = [
        attempt
        for child in map_run.index.executions
        if (attempt := child.attempt_at(moment)) is not None and attempt.is_open(moment)
    ]
    more = (map_run.max_concurrency or len(running) + len(map_run.turns)) - len(running)
    stopping = [attempt for attempt in running if attempt.ending.status != "RUNNING"]
    ends = sorted(attempt.stop for attempt in stopping if attempt.stop is not None)
    # Where more are running than may, the first ends let none run.
    free = [moment] * more + ends[max(0, -more) :]
    last = end_ahead(map_run)
    for child, outcome in map_run.turns:
        if not free or (last is not None and last <= free[0]):
            wait(child, moment, until=last)
            continue
        since = heappop(free)
        run_again(child, moment, since, outcome)
        stop = outcome.stop_after(since)
        if stop is not None:
            heappush(free, stop)


def set_max_concurrency(map_run: MapRun, moment: int, max_concurrency: int) -> None:
    """Set the concurrency from ``moment`` on; 0 for no limit. Running children are not stopped."""
    map_run.records.undo.keep(map_run, "max_concurrency")
    map_run.max_concurrency = max_concurrency
    take_turns(map_run, moment)
