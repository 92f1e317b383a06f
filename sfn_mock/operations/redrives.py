"""RedriveExecution, and whether an execution can be redriven."""

from __future__ import annotations

from sfn_mock.aws.exceptions import ExecutionNotRedrivable
from sfn_mock.operations.finding import find_execution
from sfn_mock.operations.limits import check_open_executions
from sfn_mock.operations.registry import Answer, DateForm, operation
from sfn_mock.state import clock, life_cycle
from sfn_mock.state.history import events_until
from sfn_mock.state.outcomes import UNSUCCESSFUL, not_redrivable
from sfn_mock.state.records import Execution, Records
from sfn_mock.state.time_lines import Attempt

_MINUTE = 60 * 1000
_DAY = 24 * 60 * _MINUTE
#: Executions started before the launch of RedriveExecution cannot be redriven (Developer Guide, redriving executions).
_LAUNCH = clock.to_moment("2023-11-15T00:00:00Z", 0)
#: How long after its stop an execution can be redriven, and how long it may be open (RedriveExecution).
_REDRIVABLE_PERIOD = 14 * _DAY
_LONGEST_OPEN = 365 * _DAY
#: The most events of history with which a redrive is possible ("less than 24,999", Developer Guide).
_MOST_EVENTS = 24_998
#: How long a client token is remembered, and how many tokens are (RedriveExecutionInput).
_TOKEN_LIFETIME = 15 * _MINUTE
_TOKENS_KEPT = 10


def redrive_status(execution: Execution, attempt: Attempt, moment: int) -> tuple[str, str | None]:
    """Return DescribeExecution's redriveStatus of an execution, and the reason why it cannot be redriven."""
    reason = obstacle(execution, attempt, moment)
    if reason is not None:
        return "NOT_REDRIVABLE", reason
    return "REDRIVABLE" if execution.map_run is None else "REDRIVABLE_BY_MAP_RUN", None


def obstacle(execution: Execution, attempt: Attempt, moment: int) -> str | None:
    """Return DescribeExecution's reason why an execution cannot be redriven; None if it can."""
    status = attempt.status_at(moment)
    stop = attempt.stop_at(moment)
    if stop is None or status not in UNSUCCESSFUL:
        return not_redrivable(status)
    if execution.state_machine.deleting:
        return "State machine is in DELETING status"
    if execution.start < _LAUNCH:
        return "Execution was started before the launch of RedriveExecution"
    if _counts_days(execution):
        if stop - execution.start >= _LONGEST_OPEN:
            return "Execution has exceeded the max execution time"
        if moment - stop > _REDRIVABLE_PERIOD:
            return "Execution redrivable period exceeded"
    if _has_a_full_history(execution, attempt, moment):
        return "Execution history event limit exceeded"
    return None


def _counts_days(execution: Execution) -> bool:
    """Return whether AWS's periods apply; not on the real clock, because tests would fail on another day."""
    return clock.is_frozen() or execution.owner.index.retention is not None


def _has_a_full_history(execution: Execution, attempt: Attempt, moment: int) -> bool:
    # A run has fewer events than its definition has characters; counting is needed only for long ones.
    a_run = len(execution.revision.definition) + 2 * len(execution.map_runs)
    return (attempt.redrive_count + 1) * a_run > _MOST_EVENTS and len(events_until(execution, moment)) > _MOST_EVENTS


@operation
def redrive_execution(
    records: Records, date: DateForm, *, execution_arn: str, client_token: str | None = None
) -> Answer:
    """Redrive the execution; a client token of the last 15 minutes returns the earlier answer."""
    with records.using() as moment:
        execution, attempt = find_execution(records, execution_arn, moment)
        tokens = records.redrive_tokens.get(execution, ())
        earlier = dict(tokens)
        if client_token in earlier and 0 <= moment - earlier[client_token] <= _TOKEN_LIFETIME:
            return {"redriveDate": date(earlier[client_token])}
        reason = obstacle(execution, attempt, moment)
        if reason is None and execution.map_run is not None:
            reason = "Execution can be redriven only by redriving its Map Run"
        if reason is not None:
            raise ExecutionNotRedrivable(reason=reason)
        check_open_executions(records, moment)
        life_cycle.redrive_execution(execution, moment)
        if client_token is not None:
            records.undo.save_item(records.redrive_tokens, execution)
            records.redrive_tokens[execution] = (*tokens, (client_token, moment))[-_TOKENS_KEPT:]
        return {"redriveDate": date(moment)}
