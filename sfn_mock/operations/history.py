"""GetExecutionHistory."""

from __future__ import annotations

import re
from dataclasses import replace

from moto.core.utils import underscores_to_camelcase

from sfn_mock.asl.events import Event as RunEvent
from sfn_mock.operations.finding import find_execution
from sfn_mock.operations.paging import cut_page
from sfn_mock.operations.registry import Answer, DateForm, operation, present
from sfn_mock.state.executions import Attempt, Execution
from sfn_mock.state.history import Event, closing, events_until
from sfn_mock.state.records import Records

#: An event of a run, or one that follows from a time line.
Told = Event | RunEvent

#: What is left out of events without execution data.
_DATA = ("input", "output", "assignedVariables")

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


def _event(event: Told, date: DateForm, *, with_data: bool) -> Answer:
    if isinstance(event, RunEvent):
        return _run_event(event, date, with_data=with_data)
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


def _run_event(event: RunEvent, date: DateForm, *, with_data: bool) -> Answer:
    answer = {"timestamp": date(event.moment), **event.describe()}
    if event.details is not None and not with_data:
        left_out = {*_DATA, *(f"{member}Details" for member in _DATA)}
        details = {member: value for member, value in event.details.items() if member not in left_out}
        answer[event.details_member] = details
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


def _events(records: Records, execution: Execution, attempt: Attempt, moment: int) -> list[Told]:
    """Return the events of the definition's run where there is one; else those that follow from the time line."""
    run = records.run_of(execution)
    if run is None:
        return list(events_until(execution, moment))
    run.carry(moment)
    events = run.events(moment)
    if attempt.stop_at(moment) is not None:
        type, details = closing(attempt.ending_at(moment))
        if events[-1].type != type:
            # A test has ended the execution in a way that no call does.
            events[-1] = replace(events[-1], type=type, details=present(**details))
    return list(events)
