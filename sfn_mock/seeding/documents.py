"""Seed documents in JSON, YAML or dicts, whose keys are the names of the seeding methods' arguments.

A document is stored like the seeding calls of a test, one after the other. If one is refused, the earlier ones are
undone.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sfn_mock.argument_errors import ArgumentError, must_be
from sfn_mock.aws.accounts import check_account_id, check_region
from sfn_mock.seeding.export_sources import naming
from sfn_mock.seeding.state_machines import seed_state_machine
from sfn_mock.seeding.texts import is_text, parse, read_file
from sfn_mock.state.execution_names import check_name
from sfn_mock.state.joint_use import using_all
from sfn_mock.state.records import Records
from sfn_mock.suggestions import closest, did_you_mean
from sfn_mock.views import Execution, MapRun, StateMachine

#: A path, JSON or YAML text, or the same as a dict.
Document = str | os.PathLike[str] | Mapping[str, Any]


# --- The document ----------------------------------------------------------------------------------------------


def seed(records_of: Callable[[str | None, str | None], Records], source: object) -> list[StateMachine]:
    """Store a document, and return its state machines in its order.

    ``records_of`` takes None for the mock's own account and region. An impossible part is a ValueError with its path;
    then nothing is stored.
    """
    if isinstance(source, str) and is_text(source):
        with naming("The seed document"):
            document = parse(source)
        return _seed(records_of, document)
    if isinstance(source, (str, os.PathLike)):
        with naming(os.fspath(source)):
            return _seed(records_of, parse(read_file(source)))
    return _seed(records_of, source)


def _seed(records_of: Callable[[str | None, str | None], Records], document: object) -> list[StateMachine]:
    if not isinstance(document, Mapping) or "state_machines" not in document:
        meant = closest("state_machines", map(str, document)) if isinstance(document, Mapping) else None
        hint = "" if meant is None else f"Did you mean 'state_machines' by {meant!r}?"
        raise must_be("The seed document", "an object with 'state_machines', a list", document, hint)
    _Entry("The seed document", document, _DOCUMENT)
    entries = [
        _Entry(path, entry, _MACHINE, required=("name",))
        for path, entry in _items("state_machines", document["state_machines"])
    ]
    locations = [_location(entry) for entry in entries]
    records = {location: records_of(*location) for location in locations}
    with using_all(records.values()) as moment:
        machines = [
            _seed_machine(entry, records[location], moment) for entry, location in zip(entries, locations, strict=True)
        ]
        return list(dict.fromkeys(machines))


def _location(entry: _Entry) -> tuple[str | None, str | None]:
    account_id, region = entry.get("account_id"), entry.get("region")
    with entry.naming():
        if account_id is not None:
            check_account_id(account_id)
        if region is not None:
            check_region(region)
    return account_id, region


def _seed_machine(entry: _Entry, records: Records, moment: int) -> StateMachine:
    """Return the state machine of an entry, new or existing, with the entry's records added."""
    with entry.naming():
        machine = records.state_machines.get(check_name(entry.get("name")))
    if machine is None:
        with entry.naming():
            given = entry.arguments("name", *_OF_NEW_MACHINES)
            machine = seed_state_machine(records, moment, given.pop("name"), **given)
    else:
        with entry.naming():
            for key in _OF_NEW_MACHINES:
                if key in entry.keys:
                    raise ArgumentError(key, f"must be left out to add to {machine.arn}, which exists already")
    view = StateMachine(machine)
    for version in entry.entries("versions", _VERSION):
        with version.naming():
            view.publish_version(**version.arguments())
    for alias in entry.entries("aliases", _ALIAS, required=("name", "version")):
        with alias.naming():
            given = alias.arguments()
            view.add_alias(given.pop("name"), given.pop("version"), **given)
    _seed_executions(entry, view, _EXECUTION, _EXECUTIONS)
    _seed_outcomes(entry, "on_start", view.on_start)
    _seed_outcomes(entry, "on_redrive", view.on_redrive)
    return view


def _seed_executions(
    entry: _Entry, owner: StateMachine | MapRun, of_one: frozenset[str], of_many: frozenset[str]
) -> None:
    for execution in entry.entries("executions", of_one | of_many, required=("status",)):
        if "count" in execution.keys:
            execution.check(of_many)
            with execution.naming():
                given = execution.arguments()
                owner.add_executions(given.pop("count"), **given)
            continue
        execution.check(of_one)
        with execution.naming():
            made = owner.add_execution(**execution.arguments())
        for map_run in execution.entries("map_runs", _MAP_RUN):
            _seed_map_run(map_run, made)


def _seed_map_run(entry: _Entry, parent: Execution) -> None:
    with entry.naming():
        map_run = parent.add_map_run(**entry.arguments())
    _seed_executions(entry, map_run, _CHILD, _CHILDREN)
    _seed_outcomes(entry, "on_redrive", map_run.on_redrive)


def _seed_outcomes(entry: _Entry, key: str, seed_outcomes: Callable[..., None]) -> None:
    given, path = entry.get(key), f"{entry.path}.{key}"
    if given is None:
        return
    if isinstance(given, (str, Mapping)):
        outcome = _Entry(path, _outcome(given), _OUTCOME, required=("status",))
        with outcome.naming():
            seed_outcomes(**outcome.arguments())
        return
    outcomes = [_Entry(item, _outcome(value), _OUTCOME, required=("status",)) for item, value in _items(path, given)]
    with _at(path):
        seed_outcomes([outcome.arguments() for outcome in outcomes])


def _outcome(given: object) -> object:
    """Return an outcome as an object; it may be only a status."""
    return {"status": given} if isinstance(given, str) else given


# --- Its parts -------------------------------------------------------------------------------------------------


def _arguments_of(call: Callable[..., object], *others: str) -> frozenset[str]:
    return frozenset({*list(inspect.signature(call).parameters)[1:], *others})


#: By "$schema" an editor finds the schema of a JSON file.
_DOCUMENT = frozenset({"$schema", "state_machines"})
_MACHINE = frozenset(
    {"name", "type", "definition", "role_arn", "creation_date", "region", "account_id"}
    | {"versions", "aliases", "executions", "on_start", "on_redrive"}
)
#: Keys of new machines.
_OF_NEW_MACHINES = ("type", "definition", "role_arn", "creation_date")
_VERSION = _arguments_of(StateMachine.publish_version)
_ALIAS = _arguments_of(StateMachine.add_alias)
_EXECUTION = _arguments_of(StateMachine.add_execution, "map_runs")
_EXECUTIONS = _arguments_of(StateMachine.add_executions)
_MAP_RUN = _arguments_of(Execution.add_map_run, "executions", "on_redrive")
_CHILD = _arguments_of(MapRun.add_execution)
_CHILDREN = _arguments_of(MapRun.add_executions)
_OUTCOME = frozenset({"status", "duration", "output", "error", "cause", "failed_in"})

#: The name of a list of outcomes in the method that takes it.
_OUTCOMES = "outcomes"

#: Keys whose objects are seeded by other methods.
_PARTS = frozenset({"versions", "aliases", "executions", "map_runs", "on_start", "on_redrive"})


class _Entry:
    """One object of the document. A key with the value null counts as absent."""

    def __init__(self, path: str, value: object, known: frozenset[str], *, required: tuple[str, ...] = ()) -> None:
        self.path = path
        if not isinstance(value, Mapping):
            raise must_be(path, f"an object with any of {', '.join(sorted(known))}", value)
        self._value = {key: part for key, part in value.items() if part is not None}
        self.check(known)
        for key in required:
            if key not in self._value:
                raise ArgumentError(f"{path}.{key}", "must be given, got nothing")

    @property
    def keys(self) -> set[str]:
        return set(self._value)

    def check(self, known: frozenset[str]) -> None:
        """Raise ArgumentError for a key that is not ``known``."""
        for key in self._value:
            if key not in known:
                raise ArgumentError(self.path, f"has the unknown key {key!r}. {did_you_mean(key, sorted(known))}")

    def get(self, key: str) -> Any:
        return self._value.get(key)

    def entries(self, key: str, known: frozenset[str], *, required: tuple[str, ...] = ()) -> list[_Entry]:
        """Return the objects in the list under ``key``."""
        parts = _items(f"{self.path}.{key}", self._value.get(key, []))
        return [_Entry(path, part, known, required=required) for path, part in parts]

    def arguments(self, *names: str) -> dict[str, Any]:
        """Return the values as the seeding method takes them, all or those of ``names``."""
        return {key: value for key, value in self._value.items() if (key in names if names else key not in _PARTS)}

    def naming(self) -> AbstractContextManager[None]:
        """Add the path in the document to a ValueError, with the key if it is about an argument."""
        return _at(self.path, self.keys)


def _items(path: str, value: object) -> Iterator[tuple[str, object]]:
    if not isinstance(value, (list, tuple)):
        raise must_be(path, "a list", value)
    return ((f"{path}[{index}]", item) for index, item in enumerate(value))


@contextmanager
def _at(path: str, keys: Collection[str] = ()) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        if isinstance(error, ArgumentError) and error.name in keys:
            raise ArgumentError(f"{path}.{error.name}", error.problem) from None
        if isinstance(error, ArgumentError) and error.name.startswith(_OUTCOMES):
            raise ArgumentError(f"{path}{error.name.removeprefix(_OUTCOMES)}", error.problem) from None
        raise ValueError(f"{path}: {error}") from None
