"""Find the record of an ARN in a request, or raise AWS's error."""

from __future__ import annotations

from sfn_mock.aws.arns import StateMachineArn, parse_execution_arn, parse_map_run_arn, parse_state_machine_arn
from sfn_mock.aws.exceptions import (
    ExecutionDoesNotExist,
    LabelledArnNotSupported,
    ResourceNotFound,
    ResourceTypeNotValid,
    StateMachineDoesNotExist,
)
from sfn_mock.state.records import Alias, Execution, MapRun, Records, StateMachine, Version
from sfn_mock.state.time_lines import Attempt


def unlabelled(arn: str) -> StateMachineArn:
    """Return the parts of the ARN; ValidationException for a labelled ARN, which most operations refuse."""
    parsed = parse_state_machine_arn(arn)
    if parsed.label is not None:
        raise LabelledArnNotSupported(arn=arn)
    return parsed


def find_state_machine(records: Records, arn: str) -> StateMachine:
    """Return the state machine of an unqualified ARN; the ARN of a version or alias is not found."""
    machine, qualified = find_qualified(records, arn)
    if qualified is not None:
        raise StateMachineDoesNotExist(arn=arn)
    return machine


def find_qualified(records: Records, arn: str) -> tuple[StateMachine, Version | Alias | None]:
    """Return the state machine of an ARN and, if the ARN is qualified, the version or alias."""
    parsed = unlabelled(arn)
    machine = records.state_machines.get(parsed.name) if parsed.prefix == records.arn_prefix else None
    qualified = None if machine is None or parsed.qualifier is None else machine.qualified(parsed.qualifier)
    if machine is None or (parsed.qualifier is not None and qualified is None):
        raise StateMachineDoesNotExist(arn=arn)
    return machine, qualified


def find_map_run(records: Records, arn: str) -> MapRun:
    """Return the map run with an ARN; raise ResourceNotFound if there is none."""
    parse_map_run_arn(arn)
    map_run = records.map_runs.get(arn)
    if map_run is None:
        raise ResourceNotFound(arn=arn)
    return map_run


def find_execution(
    records: Records, arn: str, moment: int, *, express_children: bool = False
) -> tuple[Execution, Attempt]:
    """Return the execution of an ARN and the attempt in force, if it has started and is not past retention.

    EXPRESS executions are found only with ``express_children``, which are those of map runs.
    """
    parsed = parse_execution_arn(arn)
    if parsed.express_id is not None and (parsed.label is None or not express_children):
        raise ResourceTypeNotValid(resource_type="express")
    execution = records.find_execution(arn)
    attempt = None if execution is None else execution.attempt_at(moment)
    if execution is None or attempt is None or not execution.is_kept_at(moment):
        raise ExecutionDoesNotExist(arn=arn)
    return execution, attempt
