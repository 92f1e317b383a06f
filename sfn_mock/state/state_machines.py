"""The rules of state machines: revisions, versions, aliases and map runs, and the starts of executions."""

from __future__ import annotations

import re

from sfn_mock.argument_errors import must_be
from sfn_mock.state.execution_names import LONGEST_NAME
from sfn_mock.state.executions import store_executions
from sfn_mock.state.outcomes import RUNS_UNTIL_ENDED, Outcome
from sfn_mock.state.records import Alias, Execution, MapRun, Records, StateMachine, Version
from sfn_mock.state.revisions import Origin, Revision, Route
from sfn_mock.state.time_lines import Attempt, apply_time_limit

#: Longest description of a version or an alias, in characters.
LONGEST_DESCRIPTION = 256
_ALIAS_NAME = re.compile(r"(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+")


def add_state_machine(records: Records, name: str, *, type: str, revision: Revision, moment: int) -> StateMachine:
    """Store a new state machine."""
    records.undo.save_item(records.state_machines, name)
    machine = records.state_machines[name] = StateMachine(records, name, type=type, revision=revision, created=moment)
    return machine


def update(machine: StateMachine, revision: Revision, moment: int) -> None:
    """Make a revision the current one, with a new id unless its content is that of the current one."""
    machine.records.undo.save(machine, "revision", "updated")
    if not revision.has_same_content_as(machine.revision):
        machine.revision = revision._replace(id=machine.records.new_id(), updated=moment)
    machine.updated = moment


# --- Versions and aliases --------------------------------------------------------------------------------------------


def publish_version(machine: StateMachine, description: str | None, moment: int, *, anew: bool = False) -> Version:
    """Publish the current revision, or return the version that already has it; see `published_version`."""
    version = published_version(machine, description, anew=anew)
    return add_version(machine, machine.last_number + 1, description, moment) if version is None else version


def published_version(machine: StateMachine, description: str | None, *, anew: bool = False) -> Version | None:
    """Return the newest version with the current revision, None if there is none.

    With `anew`, also return None if the version has another description than the given one.
    """
    same = [version for version in machine.versions.values() if version.revision == machine.revision]
    newest = max(same, key=lambda version: version.number, default=None)
    if newest is None or (anew and description not in (None, newest.description)):
        return None
    return newest


def add_version(machine: StateMachine, number: int, description: str | None, moment: int) -> Version:
    """Store a version under a given number; the next published version has a higher number."""
    version = Version(machine, number, machine.revision, description, moment)
    machine.records.undo.save_item(machine.versions, version.qualifier)
    machine.records.undo.save(machine, "last_number")
    machine.versions[version.qualifier] = version
    machine.last_number = max(machine.last_number, number)
    return version


def set_alias(
    machine: StateMachine, name: str, routes: tuple[Route, ...], description: str | None, moment: int
) -> Alias:
    """Store an alias; an alias that replaces another is listed as the newest."""
    machine.records.undo.save(machine, "aliases")
    machine.aliases.pop(name, None)
    alias = machine.aliases[name] = Alias(machine, name, routes, description, moment)
    return alias


def aliases_of(machine: StateMachine, qualifier: str) -> list[Alias]:
    """Return the aliases that route starts to a version, oldest first."""
    return [alias for alias in machine.aliases.values() if any(route.qualifier == qualifier for route in alias.routes)]


def update_alias(alias: Alias, routes: tuple[Route, ...] | None, description: str | None, moment: int) -> None:
    """Change the routes of future starts or the description of an alias, as far as they are given."""
    alias.state_machine.records.undo.save(alias, "routes", "credits", "description", "updated")
    if routes is not None:
        alias.routes = routes
        alias.credits = {}
    if description is not None:
        alias.description = description
    alias.updated = moment


def choose_version(alias: Alias) -> str:
    """Return the number of the version for the next start through an alias.

    AWS chooses at random by weight. This function follows a fixed sequence by weight, so that each run of a test is the
    same.
    """
    alias.state_machine.records.undo.save(alias, "credits")
    for route in alias.routes:
        alias.credits[route.qualifier] = alias.credits.get(route.qualifier, 0) + route.weight
    chosen = max(alias.routes, key=lambda route: alias.credits[route.qualifier]).qualifier
    alias.credits[chosen] -= 100
    return chosen


def check_alias_name(name: object) -> None:
    """Raise ValueError for an alias name that AWS would refuse."""
    if not isinstance(name, str) or len(name) > LONGEST_NAME or not _ALIAS_NAME.fullmatch(name):
        expected = f"1 to {LONGEST_NAME} letters, digits, '-', '_' and '.', at least one of them no digit"
        raise must_be("name", expected, name)


def check_description(description: object) -> None:
    """Raise ValueError unless it is None or a valid description of a version or alias."""
    if description is not None and (not isinstance(description, str) or len(description) > LONGEST_DESCRIPTION):
        raise must_be("description", f"a str of at most {LONGEST_DESCRIPTION} characters", description)


# --- Map runs and starts ---------------------------------------------------------------------------------------------


def store_map_run(map_run: MapRun) -> None:
    """Store a new map run."""
    records = map_run.records
    records.undo.save_item(records.map_runs, map_run.arn)
    records.map_runs[map_run.arn] = map_run
    if map_run.parent is not None:
        give_parent(map_run, map_run.parent)


def remove_map_run(map_run: MapRun, parent: Execution) -> None:
    """Remove a map run of a parent."""
    records, machine = map_run.records, map_run.state_machine
    records.undo.save_item(records.map_runs, map_run.arn)
    records.undo.save_item(machine.map_runs, parent)
    del records.map_runs[map_run.arn]
    machine.map_runs[parent] = [other for other in machine.map_runs[parent] if other is not map_run]


def give_parent(map_run: MapRun, parent: Execution) -> None:
    """Set the parent of ``map_run``."""
    machine = map_run.state_machine
    machine.records.undo.save(map_run, "parent")
    machine.records.undo.save_item(machine.map_runs, parent)
    map_run.parent = parent
    machine.map_runs[parent] = [*machine.map_runs.get(parent, ()), map_run]


def start(
    machine: StateMachine,
    moment: int,
    name: str,
    input: str,
    *,
    version_number: str | None = None,
    alias_name: str | None = None,
    trace_header: str | None = None,
    outcome: Outcome = RUNS_UNTIL_ENDED,
    runs: bool = False,
) -> Execution:
    """Start an execution at a moment; its name must be free.

    It ends with `outcome`, or is TIMED_OUT before; with `runs` its definition determines the end.
    """
    revision = machine.revision_for(version_number)
    attempt = Attempt(moment, outcome.stop_after(moment), outcome.ending)
    execution = Execution(
        machine,
        name,
        machine.records.next_sequence(),
        moment,
        attempt if runs else apply_time_limit(attempt, machine.time_limit_of(revision)),
        Origin(revision, version_number, alias_name, input, trace_header),
        machine.records.new_id() if machine.type == "EXPRESS" else None,
    )
    store_executions(machine, [execution])
    machine.records.status_changes.follow_start(execution, moment)
    return execution
