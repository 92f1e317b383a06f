"""StartExecution, StartSyncExecution, StopExecution, DescribeExecution and DescribeStateMachineForExecution."""

from __future__ import annotations

from typing import NamedTuple

from moto import settings

from sfn_mock.aws.exceptions import ExecutionAlreadyExists, InvalidExecutionInput, StateMachineTypeNotSupported
from sfn_mock.aws.names import check_name
from sfn_mock.aws.payloads import json_fault
from sfn_mock.moto_interpreter import execution_mode, interpreter
from sfn_mock.operations.finding import find_execution, find_qualified
from sfn_mock.operations.limits import check_open_executions
from sfn_mock.operations.redrives import obstacle
from sfn_mock.operations.state_machines import refuse_deleting
from sfn_mock.state.executions import Attempt, Execution
from sfn_mock.state.outcomes import FAILS_AT_ONCE, RUNS_UNTIL_ENDED, SUCCEEDS_AT_ONCE, Ending, Outcome
from sfn_mock.state.records import Records
from sfn_mock.state.state_machines import Alias, StateMachine, Version

#: How long after its stop an execution keeps its name from others (StartExecution: "you can reuse the name 90 days
#: after it closes"), unless the mock has a retention: AWS has forgotten the execution itself by then.
_NAME_KEPT = 90 * 24 * 60 * 60 * 1000


def start_execution(
    records: Records,
    *,
    state_machine_arn: str,
    name: str | None = None,
    input: str | None = None,
    trace_header: str | None = None,
) -> Execution:
    """The execution started or, for a name and input that are running already, the one that runs."""
    with records.using() as moment:
        machine, qualified = find_qualified(records, state_machine_arn)
        refuse_deleting(machine)
        text = _checked_input(name, input)
        if name is not None and machine.type == "STANDARD":
            running = _running_already(machine, name, text, moment)
            if running is not None:
                return running
        if machine.type == "STANDARD":
            check_open_executions(records, moment)
        return _start(machine, qualified, moment, name, text, trace_header)


def start_sync_execution(
    records: Records,
    *,
    state_machine_arn: str,
    name: str | None = None,
    input: str | None = None,
    trace_header: str | None = None,
) -> tuple[Execution, Attempt]:
    """The execution, and its one attempt with how and when it stops. The call does not wait, and moves no clock."""
    with records.using() as moment:
        machine, qualified = find_qualified(records, state_machine_arn)
        if machine.type != "EXPRESS":
            raise StateMachineTypeNotSupported
        refuse_deleting(machine)
        text = _checked_input(name, input)
        execution = _start(machine, qualified, moment, name, text, trace_header, sync=True)
        run = records.runs.get(execution)
    if run is not None:
        # The records are others' meanwhile: its tasks may be calls to Step Functions.
        run.wait()
    return execution, execution.attempts[0]


def _checked_input(name: str | None, input: str | None) -> str:
    """The input of a start; InvalidName or InvalidExecutionInput for one that is refused."""
    if name is not None:
        check_name(name)
    text = "{}" if input is None else input
    fault = json_fault(text)
    if fault is not None:
        raise InvalidExecutionInput(reason=fault)
    return text


def _start(
    machine: StateMachine,
    qualified: Version | Alias | None,
    moment: int,
    name: str | None,
    input: str,
    trace_header: str | None,
    *,
    sync: bool = False,
) -> Execution:
    name = machine.records.new_id() if name is None else name
    outcome = _outcome(machine, name, input, sync=sync)
    version_number = alias_name = None
    if isinstance(qualified, Alias):
        version_number, alias_name = qualified.deal(), qualified.name
    elif qualified is not None:
        version_number = qualified.qualifier
    execution = machine.start(
        moment,
        name,
        input,
        version_number=version_number,
        alias_name=alias_name,
        trace_header=trace_header,
        outcome=RUNS_UNTIL_ENDED if outcome is None else outcome,
    )
    if outcome is None:
        interpreter.interpret(execution)
    return execution


def _outcome(machine: StateMachine, name: str, input: str, *, sync: bool) -> Outcome | None:
    """What a start comes to: as the test has said or, where it has not, as moto is told; None to find out."""
    said = machine.outcome_of_start(name, input)
    if said is None:
        if execution_mode.is_on():
            return None
        if settings.get_sf_execution_history_type() == "FAILURE":
            return FAILS_AT_ONCE
    if sync and (said is None or said is RUNS_UNTIL_ENDED):
        return SUCCEEDS_AT_ONCE
    return said or RUNS_UNTIL_ENDED


def _running_already(machine: StateMachine, name: str, input: str, moment: int) -> Execution | None:
    """The running execution that a repeated start means; ExecutionAlreadyExists when the name is taken otherwise."""
    execution = machine.names.get(name)
    if execution is None:
        return None
    attempt = execution.attempt_at(moment)
    stop = None if attempt is None else attempt.stop_at(moment)
    if attempt is not None and stop is None and execution.input == input:
        return execution
    retention = machine.records.simulation.retention
    if stop is not None and moment - stop >= (_NAME_KEPT if retention is None else retention):
        return None
    raise ExecutionAlreadyExists(arn=execution.arn)


def stop_execution(records: Records, *, execution_arn: str, error: str | None = None, cause: str | None = None) -> int:
    """The stop date: now, or when the execution stopped before; a closed one is left as it is."""
    with records.using() as moment:
        execution, attempt = find_execution(records, execution_arn, moment)
        stopped = attempt.stop_at(moment)
        if stopped is not None:
            return stopped
        execution.end(moment, Ending("ABORTED", error=error, cause=cause))
        if execution in records.runs:
            records.runs[execution].stop()
        return moment


class Description(NamedTuple):
    """An execution as it stood at ``moment``."""

    execution: Execution
    attempt: Attempt
    moment: int
    redrive_status: str
    #: Why it cannot be redriven; None when it can.
    redrive_obstacle: str | None


def describe_execution(records: Records, *, execution_arn: str) -> Description:
    with records.using() as moment:
        execution, attempt = find_execution(records, execution_arn, moment, express_children=True)
        reason = obstacle(execution, attempt, moment)
        if reason is not None:
            status = "NOT_REDRIVABLE"
        else:
            status = "REDRIVABLE" if execution.map_run is None else "REDRIVABLE_BY_MAP_RUN"
        return Description(execution, attempt, moment, status, reason)


def describe_state_machine_for_execution(records: Records, *, execution_arn: str) -> tuple[Execution, int]:
    """The execution, which keeps the revision it runs, and when that revision came to be."""
    with records.using() as moment:
        execution, _ = find_execution(records, execution_arn, moment)
        updated = execution.revision.updated
        return execution, execution.state_machine.created if updated is None else updated
