"""Where a test asks for quotas, AWS's answers to those who exceed them."""

from __future__ import annotations

from sfn_mock.aws.exceptions import ExecutionLimitExceeded, ThrottlingException
from sfn_mock.state.records import Records


def check_rate(records: Records, operation: str) -> None:
    """ThrottlingException for one call of ``operation`` too many."""
    with records.using() as moment:
        if not records.take_call(operation, moment):
            raise ThrottlingException


def check_open_executions(records: Records, moment: int) -> None:
    """ExecutionLimitExceeded where one more execution may not be open."""
    limit = records.simulation.quotas.open_executions
    if limit is not None and records.count_open_executions(moment) >= limit:
        raise ExecutionLimitExceeded
