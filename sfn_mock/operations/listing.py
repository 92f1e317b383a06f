"""ListExecutions, read downwards: resolve the ARN, check the filters, settle the order, cut the page."""

from __future__ import annotations

from typing import NamedTuple

from sfn_mock.aws.exceptions import (
    BothArnsGiven,
    NoArnGiven,
    PendingRedriveNeedsMapRun,
    RedriveFilterNeedsMapRun,
    StateMachineTypeNotSupported,
)
from sfn_mock.operations.finding import find_map_run, find_qualified
from sfn_mock.operations.paging import DEFAULT_PAGE_SIZE, first_page, place_of
from sfn_mock.state.execution_index import Entry, Position
from sfn_mock.state.execution_scopes import ExecutionScope
from sfn_mock.state.executions import Execution
from sfn_mock.state.records import Records


class ExecutionPage(NamedTuple):
    """One page of an owner's executions, newest first, as they stood when asked for, or the consistency lag before."""

    owner: ExecutionScope
    entries: list[Entry]
    next_token: str | None

    @property
    def executions(self) -> list[Execution]:
        return [execution for _, _, execution, *_ in self.entries]


def list_executions(
    records: Records,
    *,
    state_machine_arn: str | None = None,
    map_run_arn: str | None = None,
    status_filter: str | None = None,
    redrive_filter: str | None = None,
    max_results: int | None = None,
    next_token: str | None = None,
) -> ExecutionPage:
    with records.using() as moment:
        owner, qualifier = _resolve(records, state_machine_arn, map_run_arn)
        _check_filters(map_run_arn, status_filter, redrive_filter)
        request = ("ListExecutions", owner.sequence, qualifier, map_run_arn, status_filter, redrive_filter)
        place = place_of(records, moment, request, next_token)
        before: Position | None = None
        if place.after is not None:
            date, sequence = place.after
            before = date, sequence
        size = max_results or DEFAULT_PAGE_SIZE
        redriven = None if redrive_filter is None else redrive_filter == "REDRIVEN"
        # Time lines keep what was, whatever becomes of an execution later: the past is listed like the present.
        lag = records.simulation.consistency_lag
        owner.index.settle(moment - lag)
        entries = owner.index.page(qualifier, status_filter, redriven, before, size + 1, place.seen_until - lag)
        page = first_page(records, moment, request, place, entries, _position, size)
        return ExecutionPage(owner, page.items, page.next_token)


def _position(entry: Entry) -> Position:
    return entry[0], entry[1]


def _resolve(
    records: Records, state_machine_arn: str | None, map_run_arn: str | None
) -> tuple[ExecutionScope, str | None]:
    """What the ARN names: a machine or map run, and the version or alias to narrow a machine's executions to."""
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


def _check_filters(map_run_arn: str | None, status_filter: str | None, redrive_filter: str | None) -> None:
    """Only child executions of a map run are ever pending redrive, or told apart by redrives."""
    if map_run_arn is not None:
        return
    if status_filter == "PENDING_REDRIVE":
        raise PendingRedriveNeedsMapRun
    if redrive_filter is not None:
        raise RedriveFilterNeedsMapRun
