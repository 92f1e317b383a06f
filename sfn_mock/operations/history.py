"""GetExecutionHistory."""

from __future__ import annotations

import re

from moto.core.utils import underscores_to_camelcase

from sfn_mock.operations.finding import find_execution
from sfn_mock.operations.paging import cut_page
from sfn_mock.operations.registry import Answer, DateForm, operation, present
from sfn_mock.state.executions import Attempt, Execution
from sfn_mock.state.history import Event, closing, events_until
from sfn_mock.state.records import Records

# The states' own events, such as "PassStateEntered", have their details under one name for all types of states.
_STATE_EVENT = re.compile("^[A-Z][a-z]+State(?=Entered$|Exited$)")


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
    """Tell what has happened in the execution, oldest first or in reverse. EXPRESS ones have no such history."""
    with_data = include_execution_data is not False
    with records.using() as moment:
        execution, attempt = find_execution(records, execution_arn, moment)
        page = cut_page(
            records,
            moment,
            ("GetExecutionHistory", execution.sequence, bool(reverse_order), with_data),
            _events(records, execution, attempt, moment),
            lambda event: event.id,
            max_results=max_results,
            next_token=next_token,
            descending=bool(reverse_order),
        )
        return present(
            events=[_event(event, date, with_data=with_data) for event in page.items], nextToken=page.next_token
        )


def _event(event: Event, date: DateForm, *, with_data: bool) -> Answer:
    answer: Answer = {
        "timestamp": date(event.moment),
        "type": event.type,
        "id": event.id,
        "previousEventId": event.previous_id,
    }
    if event.details is not None:
        kind = _STATE_EVENT.sub("State", event.type)
        details = {underscores_to_camelcase(name): value for name, value in event.details.items()}
        answer[f"{kind[0].lower()}{kind[1:]}EventDetails"] = _details(details, with_data=with_data)
    return answer


def _details(details: Answer, *, with_data: bool) -> Answer:
    """Return the details that have a value. Without data, input and output are left out, and only they."""
    members = present(**details)
    for member in ("input", "output"):
        if member in members and with_data:
            members[f"{member}Details"] = {"truncated": False}
        else:
            members.pop(member, None)
    return members


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
