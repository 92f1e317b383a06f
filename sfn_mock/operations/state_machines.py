"""CreateStateMachine, DescribeStateMachine, ListStateMachines, UpdateStateMachine and DeleteStateMachine."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from sfn_mock.aws.arns import state_machine_arn
from sfn_mock.aws.configurations import encryption_configuration, logging_configuration, tracing_configuration
from sfn_mock.aws.definitions import check_definition
from sfn_mock.aws.exceptions import (
    InvalidRoleArn,
    MissingRequiredParameter,
    StateMachineAlreadyExists,
    StateMachineDeleting,
    StateMachineDoesNotExist,
    VersionDescriptionWithoutPublish,
)
from sfn_mock.aws.names import check_name
from sfn_mock.operations.finding import find_qualified, find_state_machine
from sfn_mock.operations.paging import Page, cut_page
from sfn_mock.operations.tags import read_tags
from sfn_mock.state.records import Records
from sfn_mock.state.state_machines import Alias, Revision, StateMachine, Version, new_revision

_ROLE_ARN = re.compile(r"arn:[^:]+:iam::[0-9]{12}:role/.+")

_Value = TypeVar("_Value")


class Created(NamedTuple):
    """What CreateStateMachine made or, for a repeat of such a call, what it had made."""

    machine: StateMachine
    #: Version 1, where it was published.
    version: Version | None


def create_state_machine(
    records: Records,
    *,
    name: str,
    definition: str,
    role_arn: str,
    type: str | None = None,
    logging: dict[str, Any] | None = None,
    tracing: dict[str, Any] | None = None,
    encryption: dict[str, Any] | None = None,
    publish: bool | None = None,
    version_description: str | None = None,
    tags: list[dict[str, Any]] | None = None,
) -> Created:
    with records.using() as moment:
        check_name(name)
        _check_version_description(version_description, publish)
        machine_type = type or "STANDARD"
        revision = new_revision(
            _checked_definition(definition, machine_type),
            checked_role(role_arn),
            logging_configuration=logging_configuration(logging),
            tracing_configuration=tracing_configuration(tracing),
            encryption_configuration=encryption_configuration(encryption),
        )
        given_tags = read_tags(tags or [], state_machine_arn(records.arn_prefix, name))
        publication = (bool(publish), version_description)
        machine = records.state_machines.get(name)
        if machine is not None:
            refuse_deleting(machine)
            if machine.published_at_creation != publication or not _is_like(machine, machine_type, revision):
                raise StateMachineAlreadyExists(arn=machine.arn)
            return Created(machine, machine.versions.get("1") if publish else None)
        machine = records.add_state_machine(name, type=machine_type, revision=revision, moment=moment)
        machine.tags = given_tags
        machine.published_at_creation = publication
        return Created(machine, machine.publish(version_description, moment) if publish else None)


def _is_like(machine: StateMachine, type: str, revision: Revision) -> bool:
    """Whether ``machine`` is what is asked for: a repeat may name another role (CreateStateMachine)."""
    return machine.type == type and machine.revision.says_the_same_as(revision._replace(role_arn=machine.role_arn))


class Description(NamedTuple):
    machine: StateMachine
    #: The version asked for; None when the machine itself was.
    version: Version | None
    #: The revision to show: the machine's current one, or the one that the version keeps.
    revision: Revision


def describe_state_machine(records: Records, *, arn: str) -> Description:
    """The machine or version of that ARN. An alias is neither: StateMachineDoesNotExist."""
    with records.using():
        machine, version = find_qualified(records, arn)
        if isinstance(version, Alias):
            raise StateMachineDoesNotExist(arn=arn)
        revision = machine.revision if version is None else version.revision
        return Description(machine, version, revision)


def list_state_machines(
    records: Records, *, max_results: int | None = None, next_token: str | None = None
) -> Page[StateMachine]:
    """The machines by name, in the order of code points."""
    with records.using() as moment:
        return cut_page(
            records,
            moment,
            ("ListStateMachines",),
            records.state_machines.values(),
            lambda machine: machine.name,
            max_results=max_results,
            next_token=next_token,
        )


class Updated(NamedTuple):
    machine: StateMachine
    #: The update date, in UTC milliseconds.
    date: int
    #: None for a machine that no update has changed yet.
    revision_id: str | None
    #: The version of the revision, where it was to be published.
    version: Version | None


def update_state_machine(
    records: Records,
    *,
    arn: str,
    definition: str | None = None,
    role_arn: str | None = None,
    logging: dict[str, Any] | None = None,
    tracing: dict[str, Any] | None = None,
    encryption: dict[str, Any] | None = None,
    publish: bool | None = None,
    version_description: str | None = None,
) -> Updated:
    """Change what is given. What says the same as before makes no new revision.

    Nor does it make a new version, unless a description is given that the version there is does not have.
    """
    with records.using() as moment:
        machine = find_state_machine(records, arn)
        refuse_deleting(machine)
        if all(given is None for given in (definition, role_arn, logging, tracing, encryption)):
            raise MissingRequiredParameter
        _check_version_description(version_description, publish)
        current = machine.revision
        revision = new_revision(
            current.definition if definition is None else _checked_definition(definition, machine.type),
            current.role_arn if role_arn is None else checked_role(role_arn),
            logging_configuration=_either(logging_configuration(logging), current.logging_configuration),
            tracing_configuration=_either(tracing_configuration(tracing), current.tracing_configuration),
            encryption_configuration=_either(encryption_configuration(encryption), current.encryption_configuration),
        )
        machine.update(revision, moment)
        version = machine.publish(version_description, moment, anew=True) if publish else None
        return Updated(machine, moment, machine.revision.id, version)


def delete_state_machine(records: Records, *, arn: str) -> None:
    """Let the machine go, at once or when its running executions have ended; there may be none of that ARN."""
    with records.using() as moment, suppress(StateMachineDoesNotExist):
        records.delete(find_state_machine(records, arn), moment)


def refuse_deleting(machine: StateMachine) -> None:
    """StateMachineDeleting for a machine that is on its way out."""
    if machine.deleting:
        raise StateMachineDeleting(arn=machine.arn)


# --- What a request says -----------------------------------------------------------------------------------------


def _check_version_description(description: str | None, publish: bool | None) -> None:
    if description is not None and not publish:
        raise VersionDescriptionWithoutPublish


def _checked_definition(definition: str, machine_type: str) -> str:
    check_definition(definition, machine_type)
    return definition


def checked_role(arn: str) -> str:
    """The ARN again; InvalidArn for one that is no role's."""
    if not _ROLE_ARN.fullmatch(arn):
        raise InvalidRoleArn(arn=arn)
    return arn


def _either(given: _Value | None, current: _Value) -> _Value:
    return current if given is None else given
