"""StartExecution, StartSyncExecution, StopExecution, DescribeExecution and DescribeStateMachineForExecution."""

from __future__ import annotations

from moto import settings

from sfn_mock.aws.exceptions import ExecutionAlreadyExists, InvalidExecutionInput, StateMachineTypeNotSupported
from sfn_mock.aws.names import check_name
from sfn_mock.aws.payloads import json_fault
from sfn_mock.operations import execution_mode
from sfn_mock.operations.finding import find_execution, find_qualified
from sfn_mock.operations.limits import check_open_executions
from sfn_mock.operations.mock_cases import split_case
from sfn_mock.operations.redrives import redrive_status
from sfn_mock.operations.registry import Answer, DateForm, date_or_none, includes_data, operation, present
from sfn_mock.operations.state_machines import describe_revision, refuse_deleting
from sfn_mock.operations.task_calls import ServicesOfMocks
from sfn_mock.state.life_cycle import end_execution
from sfn_mock.state.nesting import refuse_deepest
from sfn_mock.state.outcomes import FAILS_AT_ONCE, LONGEST_EXPRESS, RUNS_UNTIL_ENDED, SUCCEEDS_AT_ONCE, Ending, Outcome
from sfn_mock.state.records import Alias, Execution, Records, StateMachine, Version
from sfn_mock.state.runs import start_run
from sfn_mock.state.state_machines import choose_version, start
from sfn_mock.state.task_mocks import Case, CaseRun

#: The billing units of an EXPRESS execution: megabytes of memory, and milliseconds of duration (recorded on AWS).
_BILLED_MEMORY = 64
_BILLED_CHUNK = 100


@operation
def start_execution(
    records: Records,
    date: DateForm,
    *,
    state_machine_arn: str,
    name: str | None = None,
    input: str | None = None,
    trace_header: str | None = None,
) -> Answer:
    """Start an execution; if one with this name and input is running, return that one."""
    with records.using() as moment:
        arn, case = split_case(records, state_machine_arn)
        machine, qualified = find_qualified(records, arn)
        refuse_deleting(machine)
        text = _checked_input(name, input)
        execution = None
        if machine.type == "STANDARD":
            if name is not None:
                execution = _running_already(machine, name, text, moment)
            if execution is None:
                check_open_executions(records, moment)
        if execution is None:
            execution = _start(machine, qualified, moment, name, text, trace_header, case)
        return {"executionArn": execution.arn, "startDate": date(execution.start)}


@operation
def start_sync_execution(
    records: Records,
    date: DateForm,
    *,
    state_machine_arn: str,
    name: str | None = None,
    input: str | None = None,
    trace_header: str | None = None,
    included_data: str | None = None,
) -> Answer:
    """Start an EXPRESS execution and return its end. The call does not wait, and does not move the clock."""
    with records.using() as moment:
        arn, case = split_case(records, state_machine_arn)
        machine, qualified = find_qualified(records, arn)
        if machine.type != "EXPRESS":
            raise StateMachineTypeNotSupported
        refuse_deleting(machine)
        text = _checked_input(name, input)
        execution = _start(machine, qualified, moment, name, text, trace_header, case, sync=True)
        if execution in records.schedule.runs:
            # The caller gets the end, however far in the future it is.
            refuse_deepest(execution.arn)
            records.schedule.advance(execution, moment + LONGEST_EXPRESS)
    return _sync_execution(execution, date, with_data=includes_data(included_data))


def _sync_execution(execution: Execution, date: DateForm, *, with_data: bool) -> Answer:
    attempt = execution.attempts[0]
    ending = attempt.ending
    assert attempt.stop is not None, "a synchronous execution comes to an end"
    return present(
        executionArn=execution.arn,
        stateMachineArn=execution.state_machine_arn,
        name=execution.name,
        startDate=date(execution.start),
        stopDate=date(attempt.stop),
        status=ending.status,
        inputDetails={"included": with_data},
        # Recorded on AWS for failed executions too, which have no output.
        outputDetails={"included": with_data},
        traceHeader=execution.origin.trace_header,
        billingDetails={
            "billedMemoryUsedInMB": _BILLED_MEMORY,
            # Whole units, at least one.
            "billedDurationInMilliseconds": max(1, -(-(attempt.stop - execution.start) // _BILLED_CHUNK))
            * _BILLED_CHUNK,
        },
        **_data(execution, ending, with_data=with_data),
    )


def _data(execution: Execution, ending: Ending, *, with_data: bool) -> Answer:
    """Return the members that ``includedData`` can leave out."""
    if not with_data:
        return {}
    return {"input": execution.input, "output": ending.output, "error": ending.error, "cause": ending.cause}


def _checked_input(name: str | None, input: str | None) -> str:
    """Return the input of a start; raise InvalidName or InvalidExecutionInput for a wrong name or input."""
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
    case: Case | None,
    *,
    sync: bool = False,
) -> Execution:
    name = machine.records.new_id() if name is None else name
    # A test case is named by this start, so it has priority over ``on_start``.
    outcome = _outcome(machine, name, input, sync=sync) if case is None else None
    version_number = alias_name = None
    if isinstance(qualified, Alias):
        version_number, alias_name = choose_version(qualified), qualified.name
    elif qualified is not None:
        version_number = qualified.qualifier
    execution = start(
        machine,
        moment,
        name,
        input,
        version_number=version_number,
        alias_name=alias_name,
        trace_header=trace_header,
        outcome=RUNS_UNTIL_ENDED if outcome is None else outcome,
        runs=outcome is None,
    )
    if outcome is None:
        start_run(execution, moment, ServicesOfMocks(None if case is None else CaseRun(case)))
    return execution


def _outcome(machine: StateMachine, name: str, input: str, *, sync: bool) -> Outcome | None:
    """Return the outcome of a start: from the test or from moto's configuration; None if the definition runs."""
    said = None if machine.start_plan is None else machine.start_plan(name, input)
    if said is None:
        if execution_mode.is_on():
            return None
        if settings.get_sf_execution_history_type() == "FAILURE":
            return FAILS_AT_ONCE
    if sync and (said is None or said is RUNS_UNTIL_ENDED):
        return SUCCEEDS_AT_ONCE
    return said or RUNS_UNTIL_ENDED


def _running_already(machine: StateMachine, name: str, input: str, moment: int) -> Execution | None:
    """Return the running execution of a repeated start; ExecutionAlreadyExists if the name is taken otherwise."""
    execution = machine.names.get(name)
    if execution is None:
        return None
    attempt = execution.attempt_at(moment)
    stop = None if attempt is None else attempt.stop_at(moment)
    if attempt is not None and stop is None and execution.input == input:
        return execution
    if not execution.is_kept_at(moment):
        return None
    raise ExecutionAlreadyExists(arn=execution.arn)


@operation
def stop_execution(
    records: Records, date: DateForm, *, execution_arn: str, error: str | None = None, cause: str | None = None
) -> Answer:
    """Abort the execution; for a closed one, only return its stop date."""
    with records.using() as moment:
        execution, attempt = find_execution(records, execution_arn, moment)
        stop = attempt.stop_at(moment)
        if stop is None:
            stop = moment
            end_execution(execution, moment, Ending("ABORTED", error=error, cause=cause))
        return {"stopDate": date(stop)}


@operation
def describe_execution(
    records: Records, date: DateForm, *, execution_arn: str, included_data: str | None = None
) -> Answer:
    """Describe the execution as it is now."""
    with_data = includes_data(included_data)
    with records.using() as moment:
        execution, attempt = find_execution(records, execution_arn, moment, express_children=True)
        ending = attempt.ending_at(moment)
        map_run = execution.map_run
        redrivable, reason = redrive_status(execution, attempt, moment)
        return present(
            executionArn=execution.arn,
            stateMachineArn=execution.state_machine_arn,
            name=execution.name,
            status=attempt.status_at(moment),
            startDate=date(execution.start),
            stopDate=date_or_none(date, attempt.stop_at(moment)),
            inputDetails={"included": with_data},
            outputDetails=None if ending.output is None else {"included": with_data},
            traceHeader=execution.origin.trace_header,
            mapRunArn=None if map_run is None else map_run.arn,
            stateMachineVersionArn=execution.version_arn,
            stateMachineAliasArn=execution.alias_arn,
            redriveCount=attempt.redrive_count,
            redriveDate=date_or_none(date, attempt.redrive),
            redriveStatus=redrivable,
            redriveStatusReason=reason,
            **_data(execution, ending, with_data=with_data),
        )


@operation
def describe_state_machine_for_execution(
    records: Records, date: DateForm, *, execution_arn: str, included_data: str | None = None
) -> Answer:
    """Describe the revision of the state machine that the execution runs, with its date."""
    with records.using() as moment:
        execution, _ = find_execution(records, execution_arn, moment)
        machine, map_run, revision = execution.state_machine, execution.map_run, execution.revision
        return present(
            stateMachineArn=execution.state_machine_arn,
            name=machine.name,
            updateDate=date(machine.created if revision.updated is None else revision.updated),
            mapRunArn=None if map_run is None else map_run.arn,
            label=None if map_run is None else map_run.label,
            **describe_revision(revision, included_data),
        )
