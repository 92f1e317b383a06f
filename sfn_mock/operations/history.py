"""GetExecutionHistory."""

from __future__ import annotations

from sfn_mock.operations.finding import find_execution
from sfn_mock.operations.paging import Page, cut_page
from sfn_mock.state.executions import Attempt, Execution
from sfn_mock.state.history import Event, closing, events_until
from sfn_mock.state.records import Records


def get_execution_history(
    records: Records,
    *,
    execution_arn: str,
    reverse_order: bool = False,
    include_data: bool = True,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Page[Event]:
    """What has happened in the execution by now, oldest first or in reverse. EXPRESS ones have no such history.

    ``include_data`` is no more here than an argument that page tokens are tied to.
    """
    with records.using() as moment:
        execution, attempt = find_execution(records, execution_arn, moment)
        return cut_page(
            records,
            moment,
            ("GetExecutionHistory", execution.sequence, reverse_order, include_data),
            _events(records, execution, attempt, moment),
            lambda event: event.id,
            max_results=max_results,
            next_token=next_token,
            descending=reverse_order,
        )


def _events(records: Records, execution: Execution, attempt: Attempt, moment: int) -> list[Event]:
    """What the interpreter has found, where one was at work; it knows nothing of a redrive."""
    run = records.runs.get(execution)
    if run is None or attempt.redrive_count:
        return events_until(execution, moment)
    # That it has started is known before the interpreter begins, and has the date of the execution.
    found = [events_until(execution, execution.start)[0], *run.events()[1:]]
    stop = attempt.stop_at(moment)
    if stop is None:
        return found
    events = [event for event in found if event.moment <= stop]
    type, details = closing(attempt.ending_at(moment))
    return [*events, Event(len(events) + 1, stop, type, details)]
