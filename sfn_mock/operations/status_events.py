"""The events that EventBridge gets when the status of an execution changes (Developer Guide, EventBridge events)."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid3

from sfn_mock.operations.redrives import redrive_status
from sfn_mock.state import clock
from sfn_mock.state.records import Execution
from sfn_mock.state.status_changes import StatusChange, changes_of
from sfn_mock.state.time_line_changes import describe_status

SOURCE = "aws.states"
DETAIL_TYPE = "Step Functions Execution Status Change"
#: The most bytes of input and output, escaped, that an event has.
_MOST_DATA = 248 * 1024


def last_event(execution: Execution, moment: int) -> dict[str, Any]:
    """Return the event of the last change of an execution's status.

    Raises:
        RuntimeError: If the execution is EXPRESS or has not started: AWS sends no event then.
    """
    if execution.express_id is not None:
        raise RuntimeError(f"{execution.arn} has no event: AWS sends none for EXPRESS executions.")
    changes = [change for change in changes_of(execution) if change.moment <= moment]
    if not changes:
        raise RuntimeError(f"{execution.arn} has no event yet: it {describe_status(execution, moment)}.")
    return event(changes[-1])


def event(change: StatusChange[Execution]) -> dict[str, Any]:
    """Return the event of a change of status, as the target of a rule receives it."""
    execution = change.execution
    records = execution.owner.records
    return {
        "version": "0",
        "id": str(uuid3(NAMESPACE_URL, f"{execution.arn}#{change.key}")),
        "detail-type": DETAIL_TYPE,
        "source": SOURCE,
        "account": records.account_id,
        "time": clock.to_datetime(change.moment).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": records.region,
        "resources": [execution.arn],
        "detail": detail(change),
    }


def detail(change: StatusChange[Execution]) -> dict[str, Any]:
    """Return the detail of an event: dates in milliseconds, null for members that do not apply."""
    execution, attempt = change.execution, change.attempt
    ending = attempt.ending
    redrivable, reason = redrive_status(execution, attempt, change.moment)
    has_input, has_output = _included(execution.input, ending.output)
    return {
        "executionArn": execution.arn,
        "stateMachineArn": execution.state_machine_arn,
        "name": execution.name,
        "status": change.status,
        "startDate": execution.start,
        "stopDate": attempt.stop,
        "input": execution.input if has_input else None,
        "inputDetails": {"included": has_input},
        "output": ending.output if has_output else None,
        "outputDetails": None if ending.output is None else {"included": has_output},
        "stateMachineVersionArn": execution.version_arn,
        "stateMachineAliasArn": execution.alias_arn,
        "redriveCount": attempt.redrive_count,
        "redriveDate": attempt.redrive,
        "redriveStatus": redrivable,
        "redriveStatusReason": reason,
        "error": ending.error,
        "cause": ending.cause,
    }


def _included(input: str, output: str | None) -> tuple[bool, bool]:
    """Return whether input and output are in the event: both if they fit together, else the output if it fits."""
    size = 0 if output is None else _escaped_size(output)
    return size + _escaped_size(input) <= _MOST_DATA, size <= _MOST_DATA


def _escaped_size(text: str) -> int:
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "surrogatepass")) - 2
