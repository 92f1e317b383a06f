"""The versions and aliases of a state machine that a test names: as views, by number or by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any

from sfn_mock import views
from sfn_mock.argument_errors import must_be
from sfn_mock.state import records as kept
from sfn_mock.state.executions import Qualifiers
from sfn_mock.state.revisions import Route
from sfn_mock.state.state_machines import choose_version
from sfn_mock.suggestions import did_you_mean

_ROUTES = "a version, or pairs such as [(v1, 90), (v2, 10)]"


def qualifiers_of(
    machine: kept.StateMachine, version: views.Version | int | None, alias: views.Alias | str | None
) -> Iterator[Qualifiers]:
    """Yield version number and alias name, one pair for each execution that is then seeded; one of them is given."""
    own_alias = None if alias is None else _own_alias(machine, alias)
    if version is None and own_alias is not None:
        return ((choose_version(own_alias), own_alias.name) for _ in repeat(None))
    return repeat((_own_version(machine, version).qualifier, None if own_alias is None else own_alias.name))


def read_routes(
    machine: kept.StateMachine, version: views.Version | int | Sequence[tuple[views.Version | int, int]]
) -> tuple[Route, ...]:
    """Return the routes of an alias: one version, or two with weights that sum to 100; ArgumentError for others."""
    weighted: Iterable[Any] = version if isinstance(version, Sequence) else [(version, 100)]
    try:
        pairs = [(target, weight) for target, weight in weighted]
    except (TypeError, ValueError):
        raise must_be("version", _ROUTES, version) from None
    routes = tuple(Route(_own_version(machine, target).qualifier, weight) for target, weight in pairs)
    if not 1 <= len(routes) <= 2 or len({route.qualifier for route in routes}) < len(routes):
        raise must_be("version", "one version, or pairs of two different ones", version)
    weights = [route.weight for route in routes]
    if any(isinstance(weight, bool) or not isinstance(weight, int) or weight < 0 for weight in weights):
        raise must_be("version", "given with weights that are ints from 0 to 100", weights)
    if sum(weights) != 100:
        raise must_be("version", "given with weights that sum to 100", weights)
    return routes


def _own_version(machine: kept.StateMachine, version: views.Version | int | None) -> kept.Version:
    versions = machine.versions
    if isinstance(version, views.Version):
        record = version._record
        if versions.get(record.qualifier) is record:
            return record
    elif isinstance(version, bool) or not isinstance(version, int):
        raise must_be("version", "what publish_version() returned, or its number", version)
    elif str(version) in versions:
        return versions[str(version)]
    expected = f"a version of {machine.arn}, which has {', '.join(versions) or 'none'}"
    raise must_be("version", expected, version)


def _own_alias(machine: kept.StateMachine, alias: views.Alias | str) -> kept.Alias:
    name = alias.name if isinstance(alias, views.Alias) else alias
    found = machine.aliases.get(name) if isinstance(name, str) else None
    if found is None or (isinstance(alias, views.Alias) and found is not alias._record):
        hint = did_you_mean(name, machine.aliases)
        raise must_be("alias", f"an alias of {machine.arn}", alias, hint)
    return found
