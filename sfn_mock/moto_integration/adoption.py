"""Copy state machines, executions and activities that moto made before the mock started."""

from __future__ import annotations

from typing import Any

from moto.stepfunctions.models import Activity as MotoActivity
from moto.stepfunctions.models import Execution as MotoExecution
from moto.stepfunctions.models import StateMachine as MotoStateMachine
from moto.stepfunctions.models import StepFunctionBackend
from moto.utilities.tagging_service import TaggingService

from sfn_mock.aws.arns import parse_state_machine_arn
from sfn_mock.state import clock
from sfn_mock.state.executions import store_executions
from sfn_mock.state.outcomes import Ending
from sfn_mock.state.records import Activity, Execution, Records, StateMachine
from sfn_mock.state.revisions import Origin, Revision, Route, new_revision
from sfn_mock.state.state_machines import add_state_machine, add_version, set_alias
from sfn_mock.state.time_lines import Attempt


def adopt(records: Records, motos: StepFunctionBackend) -> None:
    """Store the contents of a plain moto backend."""
    with records.using():
        for machine in motos.state_machines:
            adopt_state_machine(records, machine, motos.tagger)
        for activity in motos.activities.values():
            adopt_activity(records, activity, motos.tagger)


def adopt_state_machine(records: Records, motos: MotoStateMachine, tagger: TaggingService) -> StateMachine:
    """Store a state machine of moto with its tags, versions, aliases and executions; return the record."""
    machine = add_state_machine(
        records, motos.name, type=motos.type, revision=_revision(motos), moment=_moment(motos.creation_date)
    )
    machine.updated = _moment(motos.update_date)
    machine.tags = _tags(tagger, motos.arn)
    for number, version in motos.versions.items():
        current, machine.revision = machine.revision, _revision(version)
        add_version(machine, number, version.description, _moment(version.creation_date))
        machine.revision = current
    for alias in motos.aliases.values():
        routes = tuple(_route(item) for item in alias.routing_configuration)
        set_alias(machine, alias.name, routes, alias.description, _moment(alias.creation_date))
    store_executions(machine, [_execution(machine, execution) for execution in motos.executions])
    return machine


def adopt_activity(records: Records, motos: MotoActivity, tagger: TaggingService) -> Activity:
    """Store an activity of moto with its tags; return the record."""
    activity = records.activities[motos.name] = Activity(
        records,
        motos.name,
        encryption_configuration=motos.encryption_configuration,
        tags=_tags(tagger, motos.arn),
        created=_moment(motos.creation_date),
    )
    return activity


def _tags(tagger: TaggingService, arn: str) -> dict[str, str]:
    # moto stores None for a tag without a value.
    return {key: value or "" for key, value in tagger.get_tag_dict_for_resource(arn).items()}


def _revision(motos: Any) -> Revision:
    return new_revision(
        motos.definition,
        motos.roleArn,
        logging_configuration=motos.loggingConfiguration,
        tracing_configuration=motos.tracingConfiguration,
        encryption_configuration=motos.encryptionConfiguration,
    )


def _route(item: dict[str, Any]) -> Route:
    return Route(parse_state_machine_arn(item["stateMachineVersionArn"]).qualifier or "", item["weight"])


def _execution(machine: StateMachine, motos: MotoExecution) -> Execution:
    start = _moment(motos.start_date)
    attempt = Attempt(start)
    if motos.status != "RUNNING":
        # In moto an execution that is FAILED at its start has no stop date.
        stop = start if motos.stop_date is None else max(start, _moment(motos.stop_date))
        attempt = Attempt(start, stop, Ending(motos.status, motos.output, motos.error, motos.cause))
    origin = Origin(machine.revision, input=motos.execution_input)
    return Execution(machine, motos.name, machine.records.next_sequence(), start, attempt, origin)


def _moment(date: Any) -> int:
    return clock.to_moment(date, 0)
