"""AWS's answers to calls that exceed a quota."""

from __future__ import annotations

from typing import Literal

from sfn_mock.aws.exceptions import ExecutionLimitExceeded, ServiceQuotaExceeded, ThrottlingException
from sfn_mock.state.quotas import RateLimiter
from sfn_mock.state.records import Records, StateMachine


def check_rate(records: Records, operation: str) -> None:
    """Raise ThrottlingException if a call of ``operation``, which has a quota, exceeds it."""
    with records.using() as moment:
        if operation not in records.rate_limiters:
            bucket = records.simulation.quotas.bucket(operation, records.region)
            records.rate_limiters[operation] = RateLimiter(bucket, moment)
        if not records.rate_limiters[operation].acquire(moment):
            raise ThrottlingException


def check_open_executions(records: Records, moment: int) -> None:
    """Raise ExecutionLimitExceeded if no other execution may be open; child executions count, EXPRESS ones do not."""
    limit = records.simulation.quotas.open_executions
    if limit is None:
        return
    scopes = [scope for scope in records.scopes() if scope.execution_type != "EXPRESS"]
    if sum(scope.count_running(moment) for scope in scopes) >= limit:
        raise ExecutionLimitExceeded


def check_number(machine: StateMachine, quota: Literal["aliases", "versions"]) -> None:
    """Raise ServiceQuotaExceeded if the state machine may not have another alias or version."""
    if len(getattr(machine, quota)) >= getattr(machine.records.simulation.quotas, quota):
        raise ServiceQuotaExceeded(arn=machine.arn, quota=quota)
