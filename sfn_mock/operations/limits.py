"""AWS's answers to calls that exceed a quota."""

from __future__ import annotations

from sfn_mock.aws.exceptions import ExecutionLimitExceeded, ServiceQuotaExceeded, ThrottlingException
from sfn_mock.state.quotas import RateLimiter
from sfn_mock.state.records import Records, StateMachine


def check_rate(records: Records, operation: str) -> None:
    """Raise ThrottlingException if a call of ``operation``, which has a quota, exceeds it."""
    with records.using() as moment:
        if not _acquire_call(records, operation, moment):
            raise ThrottlingException


def _acquire_call(records: Records, operation: str, moment: int) -> bool:
    """Take one call from the quota of ``operation``, and return whether there was one."""
    if operation not in records.rate_limiters:
        bucket = records.simulation.quotas.bucket(operation, records.region)
        records.rate_limiters[operation] = RateLimiter(bucket, moment)
    return records.rate_limiters[operation].acquire(moment)


def check_open_executions(records: Records, moment: int) -> None:
    """Raise ExecutionLimitExceeded if no other execution may be open."""
    limit = records.simulation.quotas.open_executions
    if limit is not None and _count_open_executions(records, moment) >= limit:
        raise ExecutionLimitExceeded


def _count_open_executions(records: Records, moment: int) -> int:
    """Return the number of RUNNING executions, child executions included; EXPRESS executions do not count."""
    scopes = [*records.state_machines.values(), *records.map_runs.values()]
    return sum(scope.count_running(moment) for scope in scopes if scope.execution_type != "EXPRESS")


def check_number_of_aliases(machine: StateMachine) -> None:
    """Raise ServiceQuotaExceeded if the state machine may not have another alias."""
    if len(machine.aliases) >= machine.records.simulation.quotas.aliases:
        raise ServiceQuotaExceeded(arn=machine.arn, quota="aliases")


def check_number_of_versions(machine: StateMachine) -> None:
    """Raise ServiceQuotaExceeded if the state machine may not have another version."""
    if len(machine.versions) >= machine.records.simulation.quotas.versions:
        raise ServiceQuotaExceeded(arn=machine.arn, quota="versions")
