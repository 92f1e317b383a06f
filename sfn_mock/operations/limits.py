"""AWS's answers to calls that exceed a quota."""

from __future__ import annotations

from sfn_mock.aws.exceptions import ExecutionLimitExceeded, ServiceQuotaExceeded, ThrottlingException
from sfn_mock.state.records import Records
from sfn_mock.state.state_machines import StateMachine


def check_rate(records: Records, operation: str) -> None:
    """ThrottlingException for one call too many of ``operation``, which has a quota."""
    with records.using() as moment:
        if not records.take_call(operation, moment):
            raise ThrottlingException


def check_open_executions(records: Records, moment: int) -> None:
    """ExecutionLimitExceeded where one more execution may not be open."""
    limit = records.simulation.quotas.open_executions
    if limit is not None and records.count_open_executions(moment) >= limit:
        raise ExecutionLimitExceeded


def check_number_of_aliases(machine: StateMachine) -> None:
    """ServiceQuotaExceeded where the machine may not have one more alias."""
    if len(machine.aliases) >= machine.records.simulation.quotas.aliases:
        raise ServiceQuotaExceeded(arn=machine.arn, quota="aliases")


def check_number_of_versions(machine: StateMachine) -> None:
    """ServiceQuotaExceeded where the machine may not have one more version."""
    if len(machine.versions) >= machine.records.simulation.quotas.versions:
        raise ServiceQuotaExceeded(arn=machine.arn, quota="versions")
