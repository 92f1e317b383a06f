"""GetExecutionHistory."""

from __future__ import annotations

from sfn_mock.api.finding import find_execution
from sfn_mock.api.paging import Page, cut_page
from sfn_mock.store.history import Event, events_until
from sfn_mock.store.records import Records


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
        execution, _ = find_execution(records, execution_arn, moment)
        return cut_page(
            records,
            moment,
            ("GetExecutionHistory", execution.sequence, reverse_order, include_data),
            events_until(execution, moment),
            lambda event: event.id,
            max_results=max_results,
            next_token=next_token,
            descending=reverse_order,
        )
