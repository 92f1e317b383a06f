"""ListExecutions in four steps: resolve the ARN, check the filters, update the order, cut the page."""

from __future__ import annotations

from sfn_mock.aws.exceptions import (
    BothArnsGiven,
    NoArnGiven,
    PendingRedriveNeedsMapRun,
    RedriveFilterNeedsMapRun,
    StateMachineTypeNotSupported,
)
from sfn_mock.operations.finding import find_map_run, find_qualified
from sfn_mock.operations.paging import DEFAULT_PAGE_SIZE, first_page, page_start
from sfn_mock.operations.registry import Answer, DateForm, LongAnswer, operation
from sfn_mock.state.execution_index import Entry, Position
from sfn_mock.state.records import Execution, ExecutionScope, Records


@operation
def list_executions(
    records: Records,
    date: DateForm,
    *,
    state_machine_arn: str | None = None,
    map_run_arn: str | None = None,
    status_filter: str | None = None,
    redrive_filter: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Answer:
    """List executions, newest first, as they are now or were the consistency lag ago."""
    with records.using() as moment:
        owner, qualifier = resolve_owner(records, state_machine_arn, map_run_arn)
        check_filters(map_run_arn, status_filter, redrive_filter)
        request = ("ListExecutions", owner.sequence, qualifier, map_run_arn, status_filter, redrive_filter)
        start = page_start(records, moment, request, next_token)
        before = None if start.after is None else (start.after[0], start.after[1])
        size = max_results or DEFAULT_PAGE_SIZE
        redriven = None if redrive_filter is None else redrive_filter == "REDRIVEN"
        # Time lines keep the past, so the past is listed like the present.
        lag = records.simulation.consistency_lag
        owner.index.update_to(moment - lag)
        entries = owner.index.page(qualifier, status_filter, redriven, before, size + 1, start.seen_until - lag)
        page, token = first_page(records, moment, request, start, entries, _position, size)
        # Of all that an item shows, a test can change only this before the answer is made again.
        starts = [entry[2].start for entry in page]

        def make() -> Answer:
            described: Answer = {"executions": describe_items(owner, page, starts, date)}
            if token is not None:
                described["nextToken"] = token
            return described

        answer = LongAnswer(make())
        answer.make = make
        return answer


def _position(entry: Entry[Execution]) -> Position:
    return entry[0], entry[1]


def resolve_owner(
    records: Records, state_machine_arn: str | None, map_run_arn: str | None
) -> tuple[ExecutionScope, str | None]:
    """Return the state machine or map run of the ARN, and the version or alias that filters its executions."""
    if state_machine_arn is None and map_run_arn is None:
        raise NoArnGiven
    if state_machine_arn is not None and map_run_arn is not None:
        raise BothArnsGiven
    if map_run_arn is not None:
        return find_map_run(records, map_run_arn), None
    assert state_machine_arn is not None
    machine, qualified = find_qualified(records, state_machine_arn)
    if machine.type == "EXPRESS":
        raise StateMachineTypeNotSupported
    return machine, None if qualified is None else qualified.qualifier


def check_filters(map_run_arn: str | None, status_filter: str | None, redrive_filter: str | None) -> None:
    """Refuse filters by PENDING_REDRIVE and by redrives, except for child executions of a map run."""
    if map_run_arn is not None:
        return
    if status_filter == "PENDING_REDRIVE":
        raise PendingRedriveNeedsMapRun
    if redrive_filter is not None:
        raise RedriveFilterNeedsMapRun


def describe_items(
    owner: ExecutionScope, entries: list[Entry[Execution]], starts: list[int], date: DateForm
) -> list[Answer]:
    """Return the items of a page, with members in the model's order; in bulk, because there may be a thousand.

    ``starts`` has the start of each execution.
    """
    items = []
    state_machine_arn, arn_prefix = owner.state_machine_arn, owner.execution_arn_prefix
    qualified_arns = _QualifiedArns(owner.state_machine.arn)
    map_run_arn = None if owner.as_map_run is None else owner.arn
    # Items by status, to be copied: that takes less time than making a dict of so many members.
    templates: dict[str, Answer] = {}
    dates = date.each(starts + [entry[0] for entry in entries if entry[3] != "RUNNING"])
    stops = iter(dates[len(starts) :])
    for entry, start in zip(entries, dates, strict=False):
        # Not unpacked: reading unneeded fields, far apart in memory, would be slower.
        execution, status, redriven = entry[2], entry[3], entry[4]
        name, origin = execution.name, execution.origin
        if status not in templates:
            templates[status] = {
                "executionArn": None,
                "stateMachineArn": state_machine_arn,
                "name": None,
                "status": status,
                "startDate": None,
                **({} if status == "RUNNING" else {"stopDate": None}),
                "redriveCount": 0,
            }
        item = templates[status].copy()
        item["executionArn"] = arn_prefix + name if execution.express_id is None else execution.arn
        item["name"] = name
        item["startDate"] = start
        if status != "RUNNING":
            item["stopDate"] = next(stops)
        items.append(item)
        version_number, alias_name = origin.version_number, origin.alias_name
        if redriven is None and map_run_arn is None and version_number is None and alias_name is None:
            continue
        del item["redriveCount"]  # redriveDate comes after these
        if map_run_arn is not None:
            item["mapRunArn"] = map_run_arn
            item["itemCount"] = origin.item_count
        if version_number is not None:
            item["stateMachineVersionArn"] = qualified_arns[version_number]
        if alias_name is not None:
            item["stateMachineAliasArn"] = qualified_arns[alias_name]
        item["redriveCount"] = 0 if redriven is None else redriven.redrive_count
        if redriven is not None and redriven.redrive is not None:
            item["redriveDate"] = date(redriven.redrive)
    return items


class _QualifiedArns(dict[str, str]):
    """ARNs by version number or alias name, each made once."""

    def __init__(self, unqualified_arn: str) -> None:
        self._unqualified_arn = unqualified_arn

    def __missing__(self, qualifier: str) -> str:
        arn = self[qualifier] = f"{self._unqualified_arn}:{qualifier}"
        return arn
