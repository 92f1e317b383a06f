"""GetExecutionHistory."""

from __future__ import annotations

from sfn_mock.asl.events import Event
from sfn_mock.operations.finding import find_execution
from sfn_mock.operations.paging import list_page
from sfn_mock.operations.registry import Answer, DateForm, operation
from sfn_mock.state.history import events_until
from sfn_mock.state.records import Execution, Records

#: The members that events without execution data do not have.
_DATA = ("input", "output", "assignedVariables")


@operation
def get_execution_history(
    records: Records,
    date: DateForm,
    *,
    execution_arn: str,
    reverse_order: bool | None = None,
    include_execution_data: bool | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Answer:
    """Return the history of the execution, oldest first or in reverse. EXPRESS executions have none."""
    with_data = include_execution_data is not False
    with records.using() as moment:
        execution, _ = find_execution(records, execution_arn, moment)
        return list_page(
            records,
            moment,
            ("GetExecutionHistory", execution.sequence, bool(reverse_order), with_data),
            events_of(records, execution, moment),
            key=lambda event: event.id,
            member="events",
            describe=lambda event: _event(event, date, with_data=with_data),
            max_results=max_results,
            next_token=next_token,
            descending=bool(reverse_order),
        )


def _event(event: Event, date: DateForm, *, with_data: bool) -> Answer:
    answer = {"timestamp": date(event.moment), **event.describe()}
    if event.details is not None and not with_data:
        left_out = {*_DATA, *(f"{member}Details" for member in _DATA)}
        details = {member: value for member, value in event.details.items() if member not in left_out}
        answer[event.details_member] = details
    return answer


def events_of(records: Records, execution: Execution, moment: int) -> list[Event]:
    """Return the events of the definition's run or, without one, events that fit the execution's dates."""
    run = records.run_of(execution)
    return events_until(execution, moment) if run is None else run.events(moment)
