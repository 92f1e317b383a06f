"""State machines with their versions and aliases."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sfn_mock.argument_errors import must_be
from sfn_mock.aws.arns import state_machine_arn
from sfn_mock.state import clock
from sfn_mock.state import seeds as seeding
from sfn_mock.state.execution_scopes import ExecutionScope
from sfn_mock.state.executions import Attempt, Execution, Origin, within
from sfn_mock.state.map_runs import MapRun
from sfn_mock.state.outcome_plans import Plan
from sfn_mock.state.outcomes import RUNS_UNTIL_ENDED, Outcome, check_express

if TYPE_CHECKING:
    from sfn_mock.state.records import Records

#: What a seeded machine runs unless it is told otherwise.
DEFAULT_DEFINITION = '{"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": true}}}'

_ALIAS_NAME = re.compile(r"(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+")


class Revision(NamedTuple):
    """What an update changes and a version keeps: definition, role and configuration."""

    definition: str
    role_arn: str
    logging_configuration: dict[str, Any]
    tracing_configuration: dict[str, Any]
    encryption_configuration: dict[str, Any]
    #: None until the first update; AWS gives the revision a machine is created with no id.
    id: str | None = None
    #: When an update made it; None for the revision a machine is created with.
    updated: int | None = None

    def says_the_same_as(self, other: Revision) -> bool:
        """Whether nothing but id and date differ; definitions are compared as text."""
        return self._replace(id=None, updated=None) == other._replace(id=None, updated=None)


def new_revision(
    definition: str,
    role_arn: str,
    *,
    logging_configuration: dict[str, Any] | None = None,
    tracing_configuration: dict[str, Any] | None = None,
    encryption_configuration: dict[str, Any] | None = None,
) -> Revision:
    """A machine's first revision, with AWS's defaults for what is not configured."""
    return Revision(
        definition,
        role_arn,
        {"level": "OFF", "includeExecutionData": False, **(logging_configuration or {})},
        {"enabled": False, **(tracing_configuration or {})},
        encryption_configuration or {"type": "AWS_OWNED_KEY"},
    )


class Version:
    """A published version: a number and the revision it keeps. Dates are aware datetimes in UTC."""

    def __init__(
        self, state_machine: StateMachine, number: int, revision: Revision, description: str | None, created: int
    ) -> None:
        self.state_machine = state_machine
        self.number = number
        self.revision = revision
        self.description = description
        self.created = created

    def check_readable(self) -> None:
        """Raise RuntimeError when this record is gone; after the mock's end it can still be read."""
        self.state_machine.check_readable()
        if self.state_machine.versions.get(self.qualifier) is not self:
            raise RuntimeError(f"{self.arn} was deleted: publish a version anew.")

    @property
    def qualifier(self) -> str:
        return str(self.number)

    @property
    def arn(self) -> str:
        return f"{self.state_machine.arn}:{self.number}"

    @property
    def creation_date(self) -> datetime:
        return clock.to_datetime(self.created)


class Route(NamedTuple):
    """A version, by its number, and how many of a hundred starts it gets."""

    qualifier: str
    weight: int


class Alias:
    """A name for one version, or for two with weights. Dates are aware datetimes in UTC."""

    def __init__(
        self,
        state_machine: StateMachine,
        name: str,
        routes: tuple[Route, ...],
        description: str | None,
        created: int,
    ) -> None:
        self.state_machine = state_machine
        #: Its place in the order of adding, by which aliases are listed.
        self.sequence = state_machine.records.next_sequence()
        self.name = name
        self.routes = routes
        self.description = description
        self.created = created
        self.updated = created
        #: How much of their share its versions have waited for.
        self.credits: dict[str, int] = {}

    def check_readable(self) -> None:
        """Raise RuntimeError when this record is gone; after the mock's end it can still be read."""
        self.state_machine.check_readable()
        if self.state_machine.aliases.get(self.name) is not self:
            raise RuntimeError(f"{self.arn} was deleted or replaced: add the alias anew.")

    @property
    def qualifier(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        return f"{self.state_machine.arn}:{self.name}"

    @property
    def creation_date(self) -> datetime:
        return clock.to_datetime(self.created)

    @property
    def update_date(self) -> datetime:
        return clock.to_datetime(self.updated)

    def route(self, routes: tuple[Route, ...]) -> None:
        """Route future starts; executions already started keep the version they got."""
        self.state_machine.records.undo.keep(self, "routes", "credits")
        self.routes = routes
        self.credits = {}

    def update(self, routes: tuple[Route, ...] | None, description: str | None, moment: int) -> None:
        """Change what is given, and leave the rest as it is."""
        self.state_machine.records.undo.keep(self, "description", "updated")
        if routes is not None:
            self.route(routes)
        if description is not None:
            self.description = description
        self.updated = moment

    def deal(self) -> str:
        """The number of the version that the next start gets.

        AWS draws one by weight. Here the draws come in a fixed sequence that follows the weights, so that a test
        sees the same each time: whoever has waited longest for its share is next.
        """
        self.state_machine.records.undo.keep(self, "credits")
        for route in self.routes:
            self.credits[route.qualifier] = self.credits.get(route.qualifier, 0) + route.weight
        chosen = max(self.routes, key=lambda route: self.credits[route.qualifier]).qualifier
        self.credits[chosen] -= 100
        return chosen


class StateMachine(ExecutionScope):
    """A state machine and all that was started on it. Dates are aware datetimes in UTC."""

    #: moto's face of its records, which gives itself here where moto looks for it.
    backend: object

    def __init__(
        self,
        records: Records,
        name: str,
        *,
        type: str,
        revision: Revision,
        created: int,
    ) -> None:
        super().__init__(records, {}, state_machine_arn(records.arn_prefix, name), name)
        self.state_machine = self
        self.name = name
        self.type = type
        self.revision = revision
        self.created = created
        self.updated = created
        self.tags: dict[str, str] = {}
        #: Whether CreateStateMachine published a version of it, and that version's description.
        self.published_at_creation: tuple[bool, str | None] = (False, None)
        self.versions: dict[str, Version] = {}
        self.aliases: dict[str, Alias] = {}
        self.deleting = False
        self.last_number = 0
        #: What a test has said that starts come to.
        self.start_plan: Plan | None = None
        self._children: dict[str, dict[str, Execution]] = {}
        #: Map runs by the execution that started them.
        self._map_runs: dict[Execution, list[MapRun]] = {}

    @property
    def definition(self) -> str:
        return self.revision.definition

    @property
    def role_arn(self) -> str:
        return self.revision.role_arn

    @property
    def creation_date(self) -> datetime:
        return clock.to_datetime(self.created)

    @property
    def update_date(self) -> datetime:
        return clock.to_datetime(self.updated)

    def revision_for(self, version_number: str | None) -> Revision:
        version = None if version_number is None else self.versions.get(version_number)
        return self.revision if version is None else version.revision

    def qualified(self, qualifier: str) -> Version | Alias | None:
        """The version of that number or the alias of that name, if there is one."""
        return self.versions.get(qualifier) or self.aliases.get(qualifier)

    def update(self, revision: Revision, moment: int) -> None:
        """Take on ``revision``, under an id of its own unless it says what the current one says."""
        self.records.undo.keep(self, "revision", "updated")
        if not revision.says_the_same_as(self.revision):
            self.revision = revision._replace(id=self.records.new_id(), updated=moment)
        self.updated = moment

    # --- Versions and aliases ------------------------------------------------------------------------------------

    def publish(self, description: str | None, moment: int, *, anew: bool = False) -> Version:
        """Publish the current revision, or return the version that it is published as already: see `published`."""
        published = self.published(description, anew=anew)
        return self.add_version(self.last_number + 1, description, moment) if published is None else published

    def published(self, description: str | None, *, anew: bool = False) -> Version | None:
        """Return the newest version of the current revision, if there is one.

        With ``anew``, a description other than that version's asks for another version.
        """
        same = [version for version in self.versions.values() if version.revision == self.revision]
        newest = max(same, key=lambda version: version.number, default=None)
        if newest is None or (anew and description not in (None, newest.description)):
            return None
        return newest

    def add_version(self, number: int, description: str | None, moment: int) -> Version:
        """Store a version under a number of its own; the next published one gets a higher."""
        version = Version(self, number, self.revision, description, moment)
        self.records.undo.keep_item(self.versions, version.qualifier)
        self.records.undo.keep(self, "last_number")
        self.versions[version.qualifier] = version
        self.last_number = max(self.last_number, number)
        return version

    def set_alias(self, name: str, routes: tuple[Route, ...], description: str | None, moment: int) -> Alias:
        # One that replaces another is listed as the newest.
        self.records.undo.keep(self, "aliases")
        self.aliases.pop(name, None)
        alias = self.aliases[name] = Alias(self, name, routes, description, moment)
        return alias

    def aliases_of(self, qualifier: str) -> list[Alias]:
        """The aliases that route starts to the version of that number, oldest first."""
        return [alias for alias in self.aliases.values() if any(route.qualifier == qualifier for route in alias.routes)]

    # --- Map runs ------------------------------------------------------------------------------------------------

    def names_of_children(self, label: str) -> dict[str, Execution]:
        """Child executions by name, of all map runs with that label: their ARNs do not tell map runs apart."""
        return self._children.setdefault(label, {})

    def find_execution(self, label: str | None, name: str) -> Execution | None:
        """The execution of that name: the machine's own or, under a ``label``, a map run's child."""
        return (self.names if label is None else self._children.get(label, {})).get(name)

    def map_runs_of(self, parent: Execution) -> list[MapRun]:
        return sorted(self._map_runs.get(parent, ()), key=lambda map_run: map_run.sequence)

    def store_map_run(self, map_run: MapRun) -> None:
        """Take in a new map run."""
        self.records.undo.keep_item(self.records.map_runs, map_run.arn)
        self.records.map_runs[map_run.arn] = map_run
        if map_run.parent is not None:
            self.give_parent(map_run, map_run.parent)

    def give_parent(self, map_run: MapRun, parent: Execution) -> None:
        """Let ``parent`` be who started ``map_run``."""
        self.records.undo.keep(map_run, "parent")
        self.records.undo.keep_item(self._map_runs, parent)
        map_run.parent = parent
        self._map_runs[parent] = [*self._map_runs.get(parent, ()), map_run]

    # --- Starts --------------------------------------------------------------------------------------------------

    def check_outcome(self, outcome: Outcome) -> Outcome:
        self.check_failed_in(outcome.ending.failed_in, self.revision)
        return check_express(outcome) if self.type == "EXPRESS" else outcome

    def outcome_of_start(self, name: str, input: str) -> Outcome | None:
        """What the next start, which has that name and input, will come to; None where no test has said so."""
        return None if self.start_plan is None else self.start_plan(name, input)

    def start(
        self,
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
        """Start an execution, whose name is known to be free, at ``moment``.

        It comes to ``outcome`` or is TIMED_OUT before; one that ``runs`` finds out itself.
        """
        revision = self.revision_for(version_number)
        attempt = Attempt(moment, outcome.stop_after(moment), outcome.ending)
        execution = Execution(
            self,
            name,
            self.records.next_sequence(),
            moment,
            attempt if runs else within(attempt, self.time_limit_of(revision)),
            Origin(revision, version_number, alias_name, input, trace_header),
            self.records.new_id() if self.type == "EXPRESS" else None,
        )
        self.take_in([execution])
        self.records.status_changes.follow_start(execution, moment)
        return execution

    def is_running(self, moment: int) -> bool:
        """Whether any of its executions is RUNNING, or any child execution of its map runs."""
        scopes = [self, *(run for run in self.records.map_runs.values() if run.state_machine is self)]
        return any(scope.count_running(moment) for scope in scopes)

    def refuse_express(self) -> None:
        """Raise ValueError for an EXPRESS machine: ListExecutions shows no execution of it."""
        if self.type == "EXPRESS":
            raise ValueError(
                f"cannot add executions to {self.arn}: AWS never lists those of an EXPRESS state machine; add them to "
                f"a STANDARD one instead."
            )


def check_alias_name(name: object) -> None:
    """ValueError for what AWS would not take as the name of an alias."""
    if not isinstance(name, str) or not 1 <= len(name) <= seeding.LONGEST_NAME or not _ALIAS_NAME.fullmatch(name):
        expected = f"1 to {seeding.LONGEST_NAME} letters, digits, '-', '_' and '.', at least one of them no digit"
        raise must_be("name", expected, name)
