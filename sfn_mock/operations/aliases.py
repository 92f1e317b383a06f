"""The operations of aliases: Create-, Describe-, Update- and DeleteStateMachineAlias, ListStateMachineAliases."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from sfn_mock.aws.arns import parse_state_machine_arn
from sfn_mock.aws.exceptions import (
    AliasAlreadyExists,
    AliasUpdateEmpty,
    InvalidArn,
    ReferenceNotFound,
    RoutingNeedsDistinctVersions,
    RoutingNeedsOneStateMachine,
    RoutingNeedsVersions,
    RoutingWeightsNotWhole,
    StateMachineDoesNotExist,
)
from sfn_mock.operations.finding import find_qualified, find_state_machine, unlabelled
from sfn_mock.operations.limits import check_number
from sfn_mock.operations.paging import list_page
from sfn_mock.operations.registry import Answer, DateForm, operation, present
from sfn_mock.operations.state_machines import refuse_deleting
from sfn_mock.operations.versions import is_version_number
from sfn_mock.state.records import Alias, Records, StateMachine, Version
from sfn_mock.state.revisions import Route
from sfn_mock.state.state_machines import aliases_of, set_alias, update_alias

#: A ``routingConfiguration``, each item with a ``stateMachineVersionArn`` and a ``weight``.
Routing = list[dict[str, Any]]


@operation
def create_state_machine_alias(
    records: Records,
    date: DateForm,
    *,
    name: str,
    routing_configuration: Routing,
    description: str | None = None,
) -> Answer:
    """Create the alias; a repeated call returns the alias of the first call."""
    with records.using() as moment:
        machine, routes = _read_routing(records, routing_configuration)
        refuse_deleting(machine)
        alias = machine.aliases.get(name)
        if alias is None:
            check_number(machine, "aliases")
            alias = set_alias(machine, name, routes, description, moment)
        elif (alias.routes, alias.description) != (routes, description):
            raise AliasAlreadyExists
        return _summary(alias, date)


@operation
def describe_state_machine_alias(records: Records, date: DateForm, *, state_machine_alias_arn: str) -> Answer:
    """Describe the alias and its routing."""
    with records.using():
        alias = _find_alias(records, state_machine_alias_arn)
        return present(
            **_summary(alias, date),
            name=alias.name,
            description=alias.description,
            routingConfiguration=[
                {"stateMachineVersionArn": f"{alias.state_machine.arn}:{route.qualifier}", "weight": route.weight}
                for route in alias.routes
            ],
            updateDate=date(alias.updated),
        )


@operation
def update_state_machine_alias(
    records: Records,
    date: DateForm,
    *,
    state_machine_alias_arn: str,
    routing_configuration: Routing | None = None,
    description: str | None = None,
) -> Answer:
    """Change the given members."""
    with records.using() as moment:
        if routing_configuration is None and description is None:
            raise AliasUpdateEmpty
        alias = _find_alias(records, state_machine_alias_arn)
        refuse_deleting(alias.state_machine)
        routes = None
        if routing_configuration is not None:
            _, routes = _read_routing(records, routing_configuration, alias.state_machine)
        # Equal values are not an update (API reference).
        if routes not in (None, alias.routes) or description not in (None, alias.description):
            update_alias(alias, routes, description, moment)
        return {"updateDate": date(alias.updated)}


@operation
def list_state_machine_aliases(
    records: Records,
    date: DateForm,
    *,
    state_machine_arn: str,
    max_results: int | None = None,
    next_token: str | None = None,
) -> Answer:
    """List the aliases of a machine or, for a version's ARN, those that route to it; oldest first, as recorded."""
    with records.using() as moment:
        parsed = unlabelled(state_machine_arn)
        machine = find_state_machine(records, parsed.unqualified)
        refuse_deleting(machine)
        aliases = list(machine.aliases.values())
        if parsed.qualifier is not None:
            if parsed.qualifier not in machine.versions:
                raise ReferenceNotFound(arn=state_machine_arn)
            aliases = aliases_of(machine, parsed.qualifier)
        return list_page(
            records,
            moment,
            ("ListStateMachineAliases", machine.sequence, parsed.qualifier),
            aliases,
            key=lambda alias: alias.sequence,
            member="stateMachineAliases",
            describe=lambda alias: _summary(alias, date),
            max_results=max_results,
            next_token=next_token,
        )


@operation
def delete_state_machine_alias(records: Records, date: DateForm, *, state_machine_alias_arn: str) -> Answer:
    """Delete the alias; its executions still show it. An unknown ARN is not an error."""
    with records.using(), suppress(ReferenceNotFound):
        alias = _find_alias(records, state_machine_alias_arn)
        del alias.state_machine.aliases[alias.name]
    return {}


def _summary(alias: Alias, date: DateForm) -> Answer:
    return {"stateMachineAliasArn": alias.arn, "creationDate": date(alias.created)}


# --- From ARNs to records ----------------------------------------------------------------------------------------


def _find_alias(records: Records, arn: str) -> Alias:
    if unlabelled(arn).qualifier is None:
        raise InvalidArn(arn=arn)
    _, alias = _find_referenced(records, arn)
    if not isinstance(alias, Alias):
        raise ReferenceNotFound(arn=arn)
    return alias


def _find_referenced(records: Records, arn: str) -> tuple[StateMachine, Version | Alias | None]:
    """Like ``find_qualified``, with one error for a missing state machine or qualifier."""
    try:
        return find_qualified(records, arn)
    except StateMachineDoesNotExist:
        raise ReferenceNotFound(arn=arn) from None


def _read_routing(
    records: Records, routing: Routing, owner: StateMachine | None = None
) -> tuple[StateMachine, tuple[Route, ...]]:
    """Return the state machine and the routes; the machine must be the ``owner`` of an existing alias."""
    arns = [item["stateMachineVersionArn"] for item in routing]
    weights = [item["weight"] for item in routing]
    received = ", ".join(arns)
    targets = [parse_state_machine_arn(arn) for arn in arns]
    numbers = [target.qualifier for target in targets if target.label is None and is_version_number(target.qualifier)]
    if len(numbers) < len(arns):
        raise RoutingNeedsVersions(arns=received)
    if len(set(arns)) < len(arns):
        raise RoutingNeedsDistinctVersions(arns=received)
    if sum(weights) != 100:
        raise RoutingWeightsNotWhole(weights=", ".join(map(str, weights)))
    machines = {_find_referenced(records, arn)[0] for arn in arns}
    if len(machines) > 1 or owner not in {None, *machines}:
        raise RoutingNeedsOneStateMachine(arns=received)
    return machines.pop(), tuple(map(Route, numbers, weights))
