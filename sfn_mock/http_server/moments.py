"""The moments at which executions change, for setting the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sfn_mock.session import Session
from sfn_mock.state import clock
from sfn_mock.state.live_runs import Run
from sfn_mock.state.records import Execution, Records


def describe_moments(session: Session, now: int, state_machine_arn: str | None) -> dict[str, str | None]:
    """Return the first and last change, and the ones before and after a moment; None if there is none.

    With a state machine, only its executions and child executions count.
    """
    first = last = previous = following = None
    for moment in session.gather(lambda records: _moments(records, state_machine_arn)):
        first = moment if first is None else min(first, moment)
        last = moment if last is None else max(last, moment)
        if moment < now:
            previous = moment if previous is None else max(previous, moment)
        elif moment > now:
            following = moment if following is None else min(following, moment)
    found = {"first": first, "previous": previous, "next": following, "last": last}
    return {name: None if moment is None else clock.describe(moment) for name, moment in found.items()}


def _moments(records: Records, state_machine_arn: str | None) -> Iterator[int]:
    """Yield the moments at which executions start, stop or are redriven, and at which definitions act."""
    for scope in records.scopes():
        if state_machine_arn in (None, scope.state_machine.arn):
            yield from _changes(scope.index.executions)
    for execution, run in records.schedule.runs.items():
        if state_machine_arn in (None, execution.state_machine.arn):
            yield from _actions(run)


def _changes(executions: Iterable[Execution]) -> Iterator[int]:
    for execution in executions:
        for attempt in execution.attempts:
            yield attempt.since
            # A stop that was assigned before a closing status does not count yet.
            if attempt.stop is not None and attempt.ending.status != "RUNNING":
                yield attempt.stop


def _actions(run: Run) -> Iterator[int]:
    for event in run.events(clock.NEVER):
        yield event.moment
    due = run.next_due()
    if due is not None:
        yield due
