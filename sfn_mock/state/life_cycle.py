"""End and redrive executions and map runs, with their children and parents."""

from __future__ import annotations

from heapq import heappop, heappush

from sfn_mock.asl.map_runs import MOST_REDRIVES, too_many_redrives
from sfn_mock.state.map_run_states import (
    attempt_at,
    attempts_until,
    attempts_with_ends,
    follows_children,
    known_end,
    map_runs_at,
    state_at,
)
from sfn_mock.state.outcomes import OPEN, RUNS_UNTIL_ENDED, UNSUCCESSFUL, Ending, Outcome
from sfn_mock.state.records import Execution, ExecutionScope, MapRun, PendingRedrive
from sfn_mock.state.time_line_changes import (
    add_redrive,
    change,
    keep_pending_redrive,
    never_start,
    start_late,
    wait_for_redrive,
)
from sfn_mock.state.time_lines import Attempt


class _WithParent(Ending):
    """The ending of a child execution that ends with its parent, unless a test changes it."""

    __slots__ = ()


_ABORTED_WITH_PARENT = _WithParent("ABORTED")

# --- Executions ------------------------------------------------------------------------------------------------------


def end_execution(execution: Execution, moment: int, ending: Ending) -> None:
    """End the running attempt of an execution and its unfinished map runs; later changes are dropped."""
    _drop_later_redrives(execution, moment)
    # The state of a map run depends on this execution, so it is read before the execution ends.
    running = [run for run in map_runs_at(execution, moment) if state_at(run, moment).status == "RUNNING"]
    attempt = execution.attempt_in_force(moment)
    # The route of the history stays the same, so that its events do not change.
    failed_in = attempt.ending.failed_in if ending.failed_in is None else ending.failed_in
    _replace_attempt(execution, moment, attempt._replace(stop=moment, ending=ending._replace(failed_in=failed_in)))
    for map_run in running:
        _end_with_parent(map_run, moment)


def replace_attempt(execution: Execution, moment: int, attempt: Attempt) -> None:
    """Replace the attempt in force at a moment and all later ones."""
    _drop_later_redrives(execution, moment)
    _replace_attempt(execution, moment, attempt)


def _replace_attempt(execution: Execution, moment: int, attempt: Attempt) -> None:
    change(execution, moment, (*execution.attempts_until(moment)[:-1], attempt))
    if execution.map_run is not None:
        schedule_redrives(execution.map_run, moment)


def plan_end(execution: Execution, moment: int, attempt: Attempt) -> None:
    """Replace the attempt in force by one whose end may be planned; children of its map runs end with it."""
    replace_attempt(execution, moment, attempt)
    _end_children_as_planned(execution, moment)


def _end_children_as_planned(execution: Execution, moment: int) -> None:
    """Plan the end of the child executions for the planned end of an execution.

    Child executions that are RUNNING at that end are ABORTED, and later ones never start. Those that were to be ABORTED
    at another end run on. Child executions of a running definition are not changed, because they end with that run.
    """
    for map_run in execution.map_runs:
        if not follows_children(map_run, attempt_at(map_run, moment)):
            continue
        end = known_end(map_run)
        for child in map_run.index.executions:
            if map_run.records.run_of(child) is None:
                _plan_end_with_map_run(child, moment, end)
        schedule_redrives(map_run, moment)


def _plan_end_with_map_run(child: Execution, moment: int, end: int | None) -> None:
    has_started = child.attempt_at(moment) is not None
    if has_started and child.is_pending_redrive(moment):
        keep_pending_redrive(child, moment, until=end)
    elif not has_started and (child.never_starts or (end is not None and end <= child.start)):
        never_start(child, moment)
    else:
        last = child.last
        if isinstance(last.ending, _WithParent) and last.is_open(moment):
            last = last._replace(stop=None, ending=OPEN._replace(failed_in=last.ending.failed_in))
        if end is not None and last.is_open(max(end, moment)):
            last = last._replace(stop=max(end, last.since), ending=_ABORTED_WITH_PARENT)
        change(child, moment, (*child.earlier, last))


def _end_with_map_run(child: Execution, moment: int) -> None:
    """Abort a child that is running at ``moment``; a child that has not started never starts.

    A child that waits for its redrive is not redriven.
    """
    attempt = child.attempt_at(moment)
    if attempt is None:
        never_start(child, moment)
    elif attempt.is_open(moment):
        end_execution(child, moment, _ABORTED_WITH_PARENT)
    elif child.is_pending_redrive(moment):
        keep_pending_redrive(child, moment, until=moment)


def is_redrivable(execution: Execution, moment: int) -> bool:
    """Return whether an execution can be redriven: it is unsuccessful or PENDING_REDRIVE."""
    attempt = execution.attempt_at(moment)
    again = UNSUCCESSFUL | {"PENDING_REDRIVE"}
    return attempt is not None and attempt.status_at(moment) in again and execution.is_kept_at(moment)


def redrive_execution(execution: Execution, moment: int) -> None:
    """Redrive an execution and its unsuccessful map runs: start a new attempt with the planned outcome.

    An error of the test's plan is raised before anything changes.
    """
    outcome = _outcome_of_redrive(execution.owner, execution)
    _drop_later_redrives(execution, moment)
    # As in end_execution(), the states are read before the execution changes.
    # A map run whose failure was caught or retried is in the past of a running definition.
    live = execution.owner.records.run_of(execution)
    left = [] if live is None else [run for run in map_runs_at(execution, moment) if live.has_left(run.arn, moment)]
    states = [(run, state_at(run, moment)) for run in map_runs_at(execution, moment) if run not in left]
    unsuccessful = [(run, state) for run, state in states if state.status in UNSUCCESSFUL]
    redriven = [(run, state) for run, state in unsuccessful if state.redrive_count < MOST_REDRIVES]
    if len(redriven) < len(unsuccessful) and live is None:
        spent = next(run for run, state in unsuccessful if state.redrive_count >= MOST_REDRIVES)
        error = too_many_redrives(spent.arn)
        outcome, redriven = Outcome(Ending("FAILED", error=error.error, cause=error.cause), 0), []
    attempts = [attempts_with_ends(run, moment) for run, _ in redriven]
    pending_redrives = [_pending_redrives(run, moment) for run, _ in redriven]
    add_redrive(execution, moment, moment, outcome)
    for (map_run, _), so_far, redrives_of_children in zip(redriven, attempts, pending_redrives, strict=True):
        _redrive_with_parent(map_run, moment, so_far, redrives_of_children)
    _end_children_as_planned(execution, moment)
    if execution.map_run is not None:
        schedule_redrives(execution.map_run, moment)
    execution.owner.records.schedule.reactivate(execution)


def _outcome_of_redrive(scope: ExecutionScope, execution: Execution) -> Outcome:
    """Return the planned outcome of the redrive of an execution."""
    return RUNS_UNTIL_ENDED if scope.redrive_plan is None else scope.redrive_plan(execution.name, execution.input)


# --- Map runs --------------------------------------------------------------------------------------------------------


def _end_with_parent(map_run: MapRun, moment: int) -> None:
    """End a RUNNING map run: running children are ABORTED, and pending children never start.

    Children that wait for their redrive return to their earlier status.
    """
    map_run.records.undo.save(map_run, "pending_redrives", "attempts")
    map_run.pending_redrives = []
    *earlier, current = attempts_until(map_run, moment)
    if not follows_children(map_run, current):
        current = current._replace(stop=moment, ending=Ending("ABORTED"))
    map_run.attempts = (*earlier, current)
    for child in map_run.index.executions:
        _end_with_map_run(child, moment)


def _drop_later_redrives(execution: Execution, moment: int) -> None:
    """Drop the redrives of map runs after a moment, and what their child executions did since the first of them.

    The redrives of an execution are dropped if it is changed at an earlier moment, and they caused these. A running
    definition drops the later redrives of its map runs itself.
    """
    if execution.owner.records.run_of(execution) is not None:
        return
    for map_run in execution.map_runs:
        first, *redrives = map_run.attempts
        kept = [first, *(attempt for attempt in redrives if attempt.since <= moment)]
        later = [attempt.since for attempt in redrives if attempt.since > moment]
        if not later:
            continue
        map_run.records.undo.save(map_run, "attempts", "follows_from", "pending_redrives")
        *earlier, current = kept
        follows_again = current.redrive_count >= map_run.first_to_follow
        map_run.attempts = (*earlier, current._replace(stop=None, ending=OPEN) if follows_again else current)
        map_run.follows_from = current.redrive_count if follows_again else None
        map_run.pending_redrives = []
        for child in map_run.index.executions:
            if child.start in later:
                never_start(child, moment)
            elif child.start < later[0] <= child.last.since:
                change(child, moment, child.attempts_until(later[0] - 1))


def _split_attempts(map_run: MapRun, moment: int) -> tuple[tuple[Attempt, ...], Attempt, tuple[Attempt, ...]]:
    """Return the attempts before the one in force at a moment, that attempt, and the later ones."""
    *earlier, current = attempts_until(map_run, moment)
    return tuple(earlier), current, map_run.attempts[len(earlier) + 1 :]


def end_map_run(map_run: MapRun, moment: int, status: str) -> None:
    """End a map run with the status of its run."""
    map_run.records.undo.save(map_run, "attempts", "follows_from")
    earlier, current, later = _split_attempts(map_run, moment)
    map_run.attempts = (*earlier, current._replace(stop=moment, ending=Ending(status)), *later)
    map_run.follows_from = None


def forget_end(map_run: MapRun, moment: int, *, with_redrives: bool) -> None:
    """Make a map run RUNNING from a moment on, if it ends later; `with_redrives` drops its later redrives.

    This is for the map runs of running definitions, which end them again.
    """
    records = map_run.records
    records.undo.save(map_run, "attempts", "pending_redrives")
    earlier, current, later = _split_attempts(map_run, moment)
    if with_redrives:
        later = ()
        map_run.pending_redrives = []
        for child in map_run.index.executions:
            if child.attempt_at(moment) is not None and child.last.since > moment:
                change(child, moment, child.attempts_until(moment))
    if not later and current.stop is not None and current.stop > moment:
        current = current._replace(stop=None, ending=OPEN)
    map_run.attempts = (*earlier, current, *later)


def _pending_redrives(map_run: MapRun, moment: int) -> list[PendingRedrive]:
    """Return its unsuccessful children in order of adding, each with the outcome of its redrive."""
    unsuccessful = [child for child in map_run.index.executions if is_redrivable(child, moment)]
    return [PendingRedrive(child, _outcome_of_redrive(map_run, child)) for child in unsuccessful]


def _redrive_with_parent(
    map_run: MapRun, moment: int, attempts: list[Attempt], pending_redrives: list[PendingRedrive]
) -> None:
    """Run a map run again from ``moment``, with its unsuccessful children, up to its concurrency at once.

    ``attempts`` are its attempts so far, which keep their ends whatever its children do. The children beyond
    its concurrency are PENDING_REDRIVE until `schedule_redrives` finds a start for them.
    """
    again = Attempt(moment, redrive_count=attempts[-1].redrive_count + 1, redrive=moment)
    map_run.records.undo.save(map_run, "attempts", "follows_from", "pending_redrives")
    map_run.attempts = (*attempts, again)
    map_run.follows_from = again.redrive_count
    for child in map_run.index.executions:
        start_late(child, moment)
    at_once = map_run.max_concurrency or len(pending_redrives)
    for child, outcome in pending_redrives[:at_once]:
        add_redrive(child, moment, moment, outcome)
    for child, _ in pending_redrives[at_once:]:
        wait_for_redrive(child, moment)
    map_run.pending_redrives = pending_redrives[at_once:]
    schedule_redrives(map_run, moment)


def schedule_redrives(map_run: MapRun, moment: int) -> None:
    """Start each pending redrive at the moment when another child execution ends and the concurrency allows it.

    A redrive stays pending if no such end is known, or if the map run ends before. This function is called again
    whenever the end of a child execution changes. If the clock is back before the redrive of the map run, the moment of
    that redrive counts.
    """
    moment = max(moment, map_run.attempts[-1].since)
    map_run.records.undo.save(map_run, "pending_redrives")
    map_run.pending_redrives = [
        pending for pending in map_run.pending_redrives if pending.child.is_pending_redrive(moment)
    ]
    if not map_run.pending_redrives:
        return
    running = [
        attempt
        for child in map_run.index.executions
        if (attempt := child.attempt_at(moment)) is not None and attempt.is_open(moment)
    ]
    more = (map_run.max_concurrency or len(running) + len(map_run.pending_redrives)) - len(running)
    stopping = [attempt for attempt in running if attempt.ending.status != "RUNNING"]
    ends = sorted(attempt.stop for attempt in stopping if attempt.stop is not None)
    # If more are running than the concurrency allows, the first ends start none.
    free = [moment] * more + ends[max(0, -more) :]
    last = known_end(map_run)
    for child, outcome in map_run.pending_redrives:
        if not free or (last is not None and last <= free[0]):
            keep_pending_redrive(child, moment, until=last)
            continue
        since = heappop(free)
        add_redrive(child, moment, since, outcome)
        stop = outcome.stop_after(since)
        if stop is not None:
            heappush(free, stop)


def set_max_concurrency(map_run: MapRun, moment: int, max_concurrency: int) -> None:
    """Set the concurrency from ``moment`` on; 0 for no limit. Running children are not stopped."""
    map_run.records.undo.save(map_run, "max_concurrency")
    map_run.max_concurrency = max_concurrency
    schedule_redrives(map_run, moment)
