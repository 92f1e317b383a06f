"""PublishStateMachineVersion, ListStateMachineVersions and DeleteStateMachineVersion."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeGuard

from sfn_mock.aws.exceptions import InvalidArn, RevisionConflict, StateMachineDoesNotExist, VersionReferencedByAlias
from sfn_mock.operations.finding import find_qualified, find_state_machine, unlabelled
from sfn_mock.operations.limits import check_number
from sfn_mock.operations.paging import list_page
from sfn_mock.operations.registry import Answer, DateForm, operation
from sfn_mock.operations.state_machines import refuse_deleting
from sfn_mock.state.records import Records, Version
from sfn_mock.state.state_machines import aliases_of, publish_version, published_version

#: The revision id of a revision without one (PublishStateMachineVersion).
_INITIAL = "INITIAL"


@operation
def publish_state_machine_version(
    records: Records,
    date: DateForm,
    *,
    state_machine_arn: str,
    revision_id: str | None = None,
    description: str | None = None,
) -> Answer:
    """Publish the current revision; if it is published already, return its version."""
    with records.using() as moment:
        machine = find_state_machine(records, state_machine_arn)
        refuse_deleting(machine)
        current = machine.revision.id or _INITIAL
        if revision_id is not None and revision_id != current:
            raise RevisionConflict(given=revision_id, current=current)
        if published_version(machine, description) is None:
            check_number(machine, "versions")
        return _summary(publish_version(machine, description, moment), date)


@operation
def list_state_machine_versions(
    records: Records,
    date: DateForm,
    *,
    state_machine_arn: str,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Answer:
    """List the versions, newest first; an unknown state machine has none, because the model has no error for it."""
    with records.using() as moment:
        machine = None
        with suppress(StateMachineDoesNotExist):
            machine = find_state_machine(records, state_machine_arn)
        return list_page(
            records,
            moment,
            ("ListStateMachineVersions", None if machine is None else machine.sequence),
            [] if machine is None else machine.versions.values(),
            key=lambda version: version.number,
            member="stateMachineVersions",
            describe=lambda version: _summary(version, date),
            max_results=max_results,
            next_token=next_token,
            descending=True,
        )


@operation
def delete_state_machine_version(records: Records, date: DateForm, *, state_machine_version_arn: str) -> Answer:
    """Delete the version; its executions still show it. An unknown ARN is not an error."""
    with records.using():
        number = unlabelled(state_machine_version_arn).qualifier
        if not is_version_number(number):
            raise InvalidArn(arn=state_machine_version_arn)
        with suppress(StateMachineDoesNotExist):
            machine, _ = find_qualified(records, state_machine_version_arn)
            aliases = aliases_of(machine, number)
            if aliases:
                raise VersionReferencedByAlias(aliases=", ".join(alias.name for alias in aliases))
            del machine.versions[number]
        return {}


def _summary(version: Version, date: DateForm) -> Answer:
    return {"stateMachineVersionArn": version.arn, "creationDate": date(version.created)}


def is_version_number(qualifier: str | None) -> TypeGuard[str]:
    """Return whether a qualifier is a version's; an alias's name must not consist of digits."""
    return qualifier is not None and qualifier.isascii() and qualifier.isdigit()
