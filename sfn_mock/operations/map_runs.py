"""DescribeMapRun, ListMapRuns and UpdateMapRun."""

from __future__ import annotations

from collections import Counter

from sfn_mock.aws.exceptions import MapRunCompleted, NoMapRunSettingGiven, ResourceNotFound
from sfn_mock.operations.finding import find_execution, find_map_run
from sfn_mock.operations.paging import list_page
from sfn_mock.operations.redrives import obstacle
from sfn_mock.operations.registry import Answer, DateForm, date_or_none, operation, present
from sfn_mock.state.life_cycle import set_max_concurrency
from sfn_mock.state.map_run_states import MapRunState, count, map_runs_at, state_at
from sfn_mock.state.outcomes import UNSUCCESSFUL
from sfn_mock.state.records import Execution, MapRun, Records
from sfn_mock.state.tolerance import Tolerance

#: AWS's maxConcurrency of a map run without a limit.
_NO_LIMIT = 2_147_483_647


@operation
def describe_map_run(records: Records, date: DateForm, *, map_run_arn: str) -> Answer:
    """Describe the map run as it is now, with the counts of its items and child executions."""
    with records.using() as moment:
        map_run = _find_started(records, map_run_arn, moment)
        state = state_at(map_run, moment)
        lost = [child for child in map_run.executions if _is_lost(child, moment)]
        children, items = count(map_run, moment)
        return present(
            mapRunArn=map_run.arn,
            executionArn=map_run.execution_arn,
            status=state.status,
            startDate=date(map_run.start),
            stopDate=date_or_none(date, state.stop),
            maxConcurrency=map_run.max_concurrency or _NO_LIMIT,
            toleratedFailurePercentage=map_run.tolerance.percentage,
            toleratedFailureCount=map_run.tolerance.failures,
            itemCounts=_counts(state, items, sum(child.origin.item_count or 0 for child in lost)),
            executionCounts=_counts(state, children, len(lost)),
            redriveCount=state.redrive_count,
            redriveDate=date_or_none(date, state.redrive),
        )


def _find_started(records: Records, arn: str, moment: int) -> MapRun:
    map_run = find_map_run(records, arn)
    if map_run.start > moment:
        raise ResourceNotFound(arn=arn)
    return map_run


def _is_lost(child: Execution, moment: int) -> bool:
    """Return whether no redrive of its map run can redrive the child execution."""
    attempt = child.attempt_at(moment)
    return (
        attempt is not None
        and attempt.status_at(moment) in UNSUCCESSFUL
        and obstacle(child, attempt, moment) is not None
    )


def _counts(state: MapRunState, by_status: Counter[str], not_redrivable: int) -> Answer:
    """Count child executions, or the items in them, by status; those that have not started are pending."""
    return {
        "pending": by_status["PENDING"],
        "running": by_status["RUNNING"],
        "succeeded": by_status["SUCCEEDED"],
        "failed": by_status["FAILED"],
        "timedOut": by_status["TIMED_OUT"],
        "aborted": by_status["ABORTED"],
        "total": by_status.total(),
        # Known once the map run has ended.
        "resultsWritten": 0 if state.stop is None else by_status["SUCCEEDED"],
        "failuresNotRedrivable": not_redrivable,
        "pendingRedrive": by_status["PENDING_REDRIVE"],
    }


@operation
def list_map_runs(
    records: Records,
    date: DateForm,
    *,
    execution_arn: str,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Answer:
    """List the map runs of an execution, in the order in which they were added."""
    with records.using() as moment:
        execution, _ = find_execution(records, execution_arn, moment)
        return list_page(
            records,
            moment,
            ("ListMapRuns", execution.sequence),
            map_runs_at(execution, moment),
            key=lambda map_run: map_run.sequence,
            member="mapRuns",
            describe=lambda map_run: present(
                executionArn=map_run.execution_arn,
                mapRunArn=map_run.arn,
                stateMachineArn=map_run.state_machine_arn,
                startDate=date(map_run.start),
                stopDate=date_or_none(date, state_at(map_run, moment).stop),
            ),
            max_results=max_results,
            next_token=next_token,
        )


@operation
def update_map_run(
    records: Records,
    date: DateForm,
    *,
    map_run_arn: str,
    max_concurrency: int | None = None,
    tolerated_failure_count: int | None = None,
    tolerated_failure_percentage: float | None = None,
) -> Answer:
    """Change the given settings; ValidationException if none is given or the map run has ended."""
    with records.using() as moment:
        map_run = _find_started(records, map_run_arn, moment)
        if max_concurrency is None and tolerated_failure_count is None and tolerated_failure_percentage is None:
            raise NoMapRunSettingGiven
        if state_at(map_run, moment).stop is not None:
            raise MapRunCompleted(arn=map_run_arn)
        failures, percentage = map_run.tolerance
        if max_concurrency is not None:
            set_max_concurrency(map_run, moment, max_concurrency)
        records.undo.save(map_run, "tolerance")
        map_run.tolerance = Tolerance(
            failures if tolerated_failure_count is None else tolerated_failure_count,
            percentage if tolerated_failure_percentage is None else float(tolerated_failure_percentage),
        )
        run = None if map_run.parent is None else records.schedule.runs.get(map_run.parent)
        if run is not None:
            changes = {
                "max_concurrency": max_concurrency,
                "tolerated_count": tolerated_failure_count,
                "tolerated_percentage": tolerated_failure_percentage,
            }
            given = {name: value for name, value in changes.items() if value is not None}
            run.update_map_run(map_run_arn, moment, given)
        return {}
