"""DescribeMapRun, ListMapRuns and UpdateMapRun."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from sfn_mock.aws.exceptions import MapRunCompleted, NoMapRunSettingGiven, ResourceNotFound
from sfn_mock.operations.finding import find_execution, find_map_run
from sfn_mock.operations.paging import Page, cut_page
from sfn_mock.operations.redrives import obstacle
from sfn_mock.state.executions import Execution
from sfn_mock.state.map_runs import MapRun, MapRunState, Tolerance
from sfn_mock.state.outcomes import UNSUCCESSFUL
from sfn_mock.state.records import Records


class Counts(NamedTuple):
    """Child executions, or the items in them, by where they stand."""

    #: Those that have not started are PENDING.
    by_status: Counter[str]
    #: Unsuccessful and beyond redrive.
    not_redrivable: int
    #: Known once the map run has ended.
    results_written: int


class MapRunDescription(NamedTuple):
    """A map run as it stood at one moment."""

    map_run: MapRun
    state: MapRunState
    executions: Counts
    items: Counts


def describe_map_run(records: Records, *, map_run_arn: str) -> MapRunDescription:
    with records.using() as moment:
        map_run = _find_started(records, map_run_arn, moment)
        state = map_run.state_at(moment)
        lost = [child for child in map_run.executions if _is_lost(child, moment)]
        return MapRunDescription(
            map_run,
            state,
            _counts(state, map_run.count_executions(moment), len(lost)),
            _counts(state, map_run.count_items(moment), sum(child.item_count or 0 for child in lost)),
        )


def _find_started(records: Records, arn: str, moment: int) -> MapRun:
    map_run = find_map_run(records, arn)
    if map_run.start > moment:
        raise ResourceNotFound(arn=arn)
    return map_run


def _is_lost(child: Execution, moment: int) -> bool:
    """Whether no redrive of its map run can make it succeed any more."""
    attempt = child.attempt_at(moment)
    return (
        attempt is not None
        and attempt.status_at(moment) in UNSUCCESSFUL
        and obstacle(child, attempt, moment) is not None
    )


def _counts(state: MapRunState, by_status: Counter[str], lost: int) -> Counts:
    return Counts(by_status, lost, 0 if state.stop is None else by_status["SUCCEEDED"])


class ListedMapRun(NamedTuple):
    map_run: MapRun
    state: MapRunState


def list_map_runs(
    records: Records, *, execution_arn: str, max_results: int | None = None, next_token: str | None = None
) -> Page[ListedMapRun]:
    """The map runs an execution started, in order of adding."""
    with records.using() as moment:
        execution, _ = find_execution(records, execution_arn, moment)
        page = cut_page(
            records,
            moment,
            ("ListMapRuns", execution.sequence),
            execution.map_runs_at(moment),
            lambda map_run: map_run.sequence,
            max_results=max_results,
            next_token=next_token,
        )
        return Page([ListedMapRun(map_run, map_run.state_at(moment)) for map_run in page.items], page.next_token)


def update_map_run(
    records: Records,
    *,
    map_run_arn: str,
    max_concurrency: int | None = None,
    tolerated_failure_count: int | None = None,
    tolerated_failure_percentage: float | None = None,
) -> None:
    """Change the settings that are given; ValidationException when none is, or when the map run has ended."""
    with records.using() as moment:
        map_run = _find_started(records, map_run_arn, moment)
        if max_concurrency is None and tolerated_failure_count is None and tolerated_failure_percentage is None:
            raise NoMapRunSettingGiven
        if map_run.state_at(moment).stop is not None:
            raise MapRunCompleted(arn=map_run_arn)
        failures, percentage = map_run.tolerance
        if max_concurrency is not None:
            map_run.set_max_concurrency(moment, max_concurrency)
        map_run.tolerance = Tolerance(
            failures if tolerated_failure_count is None else tolerated_failure_count,
            percentage if tolerated_failure_percentage is None else float(tolerated_failure_percentage),
        )
