"""CreateStateMachine, DescribeStateMachine, ListStateMachines, UpdateStateMachine and DeleteStateMachine."""

from __future__ import annotations

import re
from contextlib import suppress
from copy import deepcopy
from typing import Any, TypeVar

from sfn_mock.aws import arns, configurations
from sfn_mock.aws.exceptions import (
    InvalidRoleArn,
    MissingRequiredParameter,
    StateMachineAlreadyExists,
    StateMachineDeleting,
    StateMachineDoesNotExist,
    VersionDescriptionWithoutPublish,
)
from sfn_mock.aws.names import check_name
from sfn_mock.operations.definition_checks import checked_definition, find_variable_references
from sfn_mock.operations.finding import find_qualified, find_state_machine
from sfn_mock.operations.limits import check_number
from sfn_mock.operations.paging import list_page
from sfn_mock.operations.registry import Answer, DateForm, includes_data, operation, present
from sfn_mock.operations.tags import read_tags
from sfn_mock.state.records import Alias, Records, StateMachine
from sfn_mock.state.revisions import Revision, new_revision
from sfn_mock.state.state_machines import add_state_machine, publish_version, published_version, update

_ROLE_ARN = re.compile(r"arn:[^:]+:iam::[0-9]{12}:role/.+")

_Value = TypeVar("_Value")


@operation
def create_state_machine(
    records: Records,
    date: DateForm,
    *,
    name: str,
    definition: str,
    role_arn: str,
    type: str | None = None,
    logging_configuration: dict[str, Any] | None = None,
    tracing_configuration: dict[str, Any] | None = None,
    encryption_configuration: dict[str, Any] | None = None,
    publish: bool | None = None,
    version_description: str | None = None,
    tags: list[dict[str, Any]] | None = None,
) -> Answer:
    """Create the state machine; a repeated call returns the machine of the first call."""
    with records.using() as moment:
        check_name(name)
        _check_version_description(version_description, publish)
        machine_type = type or "STANDARD"
        revision = new_revision(
            checked_definition(definition, machine_type),
            checked_role(role_arn),
            logging_configuration=configurations.logging_configuration(logging_configuration),
            tracing_configuration=configurations.tracing_configuration(tracing_configuration),
            encryption_configuration=configurations.encryption_configuration(encryption_configuration),
        )
        given_tags = read_tags(tags or [], arns.state_machine_arn(records.arn_prefix, name))
        publication = (bool(publish), version_description)
        machine = records.state_machines.get(name)
        if machine is None:
            machine = add_state_machine(records, name, type=machine_type, revision=revision, moment=moment)
            machine.tags = given_tags
            machine.published_at_creation = publication
            version = publish_version(machine, version_description, moment) if publish else None
        else:
            refuse_deleting(machine)
            if machine.published_at_creation != publication or not _is_like(machine, machine_type, revision):
                raise StateMachineAlreadyExists(arn=machine.arn)
            version = machine.versions.get("1") if publish else None
        return present(
            stateMachineArn=machine.arn,
            creationDate=date(machine.created),
            stateMachineVersionArn=None if version is None else version.arn,
        )


def _is_like(machine: StateMachine, type: str, revision: Revision) -> bool:
    """Return whether ``machine`` matches the request; a repeated call may name another role (CreateStateMachine)."""
    return machine.type == type and machine.revision.has_same_content_as(
        revision._replace(role_arn=machine.revision.role_arn)
    )


@operation
def describe_state_machine(
    records: Records, date: DateForm, *, state_machine_arn: str, included_data: str | None = None
) -> Answer:
    """Describe a state machine or version; StateMachineDoesNotExist for an alias."""
    with records.using():
        machine, version = find_qualified(records, state_machine_arn)
        if isinstance(version, Alias):
            raise StateMachineDoesNotExist(arn=state_machine_arn)
        shown = machine if version is None else version
        return present(
            stateMachineArn=shown.arn,
            name=machine.name,
            status="DELETING" if machine.deleting else "ACTIVE",
            type=machine.type,
            creationDate=date(shown.created),
            description=None if version is None else version.description,
            **describe_revision(shown.revision, included_data),
        )


def describe_revision(revision: Revision, included_data: str | None) -> Answer:
    """Return the members of an answer that describe a revision."""
    with_data = includes_data(included_data)
    return {
        # Without data "the returned definition will be {}" (DescribeStateMachine).
        "definition": revision.definition if with_data else "{}",
        "roleArn": revision.role_arn,
        # Copies, because the caller may change the answer.
        "loggingConfiguration": deepcopy(revision.logging_configuration),
        "tracingConfiguration": deepcopy(revision.tracing_configuration),
        "encryptionConfiguration": deepcopy(revision.encryption_configuration),
        "revisionId": revision.id,
        **present(variableReferences=find_variable_references(revision.definition) if with_data else None),
    }


@operation
def list_state_machines(
    records: Records, date: DateForm, *, max_results: int | None = None, next_token: str | None = None
) -> Answer:
    """List the machines by name, in the order of code points."""
    with records.using() as moment:
        return list_page(
            records,
            moment,
            ("ListStateMachines",),
            records.state_machines.values(),
            key=lambda machine: machine.name,
            member="stateMachines",
            describe=lambda machine: {
                "stateMachineArn": machine.arn,
                "name": machine.name,
                "type": machine.type,
                "creationDate": date(machine.created),
            },
            max_results=max_results,
            next_token=next_token,
        )


@operation
def update_state_machine(
    records: Records,
    date: DateForm,
    *,
    state_machine_arn: str,
    definition: str | None = None,
    role_arn: str | None = None,
    logging_configuration: dict[str, Any] | None = None,
    tracing_configuration: dict[str, Any] | None = None,
    encryption_configuration: dict[str, Any] | None = None,
    publish: bool | None = None,
    version_description: str | None = None,
) -> Answer:
    """Change the given members. Equal values make no new revision.

    They make no new version either, unless a new version description is given.
    """
    with records.using() as moment:
        machine = find_state_machine(records, state_machine_arn)
        refuse_deleting(machine)
        logging = configurations.logging_configuration(logging_configuration)
        tracing = configurations.tracing_configuration(tracing_configuration)
        encryption = configurations.encryption_configuration(encryption_configuration)
        if all(given is None for given in (definition, role_arn, logging, tracing, encryption)):
            raise MissingRequiredParameter
        _check_version_description(version_description, publish)
        current = machine.revision
        revision = new_revision(
            current.definition if definition is None else checked_definition(definition, machine.type),
            current.role_arn if role_arn is None else checked_role(role_arn),
            logging_configuration=_either(logging, current.logging_configuration),
            tracing_configuration=_either(tracing, current.tracing_configuration),
            encryption_configuration=_either(encryption, current.encryption_configuration),
        )
        is_new = not revision.has_same_content_as(current)
        if publish and (is_new or published_version(machine, version_description, anew=True) is None):
            check_number(machine, "versions")
        update(machine, revision, moment)
        version = publish_version(machine, version_description, moment, anew=True) if publish else None
        return present(
            updateDate=date(moment),
            revisionId=machine.revision.id,
            stateMachineVersionArn=None if version is None else version.arn,
        )


@operation
def delete_state_machine(records: Records, date: DateForm, *, state_machine_arn: str) -> Answer:
    """Delete the state machine, at once or when its running executions have ended; an unknown ARN is not an error."""
    with records.using() as moment, suppress(StateMachineDoesNotExist):
        records.delete(find_state_machine(records, state_machine_arn), moment)
    return {}


def refuse_deleting(machine: StateMachine) -> None:
    """Raise StateMachineDeleting for a state machine that is being deleted."""
    if machine.deleting:
        raise StateMachineDeleting(arn=machine.arn)


# --- Requests ----------------------------------------------------------------------------------------------------


def _check_version_description(description: str | None, publish: bool | None) -> None:
    if description is not None and not publish:
        raise VersionDescriptionWithoutPublish


def checked_role(arn: str) -> str:
    """Return the ARN; InvalidArn if it is not a role's."""
    if not _ROLE_ARN.fullmatch(arn):
        raise InvalidRoleArn(arn=arn)
    return arn


def _either(given: _Value | None, current: _Value) -> _Value:
    return current if given is None else given
