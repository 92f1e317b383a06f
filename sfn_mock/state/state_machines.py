"""State machines with their versions and aliases."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from sfn_mock.aws.arns import state_machine_arn
from sfn_mock.seeding import seeds as seeding
from sfn_mock.state import clock, outcomes
from sfn_mock.state.execution_scopes import ExecutionScope, Qualifiers
from sfn_mock.state.executions import Attempt, Execution, Origin
from sfn_mock.state.map_runs import MapRun, new_map_run
from sfn_mock.state.outcome_plans import Outcomes, Plan, plan
from sfn_mock.state.outcomes import RUNS_UNTIL_ENDED, Outcome, check_express

if TYPE_CHECKING:
    from sfn_mock.state.records import Records

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

    @property
    def qualifier(self) -> str:
        return str(self.number)

    @property
    def arn(self) -> str:
        return f"{self.state_machine.arn}:{self.number}"

    @property
    def creation_date(self) -> datetime:
        return clock.to_datetime(self.created)

    def __repr__(self) -> str:
        return f"<Version {self.arn}>"


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
        self.routes = routes
        self.credits = {}

    def update(self, routes: tuple[Route, ...] | None, description: str | None, moment: int) -> None:
        """Change what is given, and leave the rest as it is."""
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
        for route in self.routes:
            self.credits[route.qualifier] = self.credits.get(route.qualifier, 0) + route.weight
        chosen = max(self.routes, key=lambda route: self.credits[route.qualifier]).qualifier
        self.credits[chosen] -= 100
        return chosen

    def __repr__(self) -> str:
        return f"<Alias {self.arn}>"


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
        super().__init__(records, {})
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
        self._last_number = 0
        #: What a test has said that starts come to.
        self._start_plan: Plan | None = None
        self._children: dict[str, dict[str, Execution]] = {}
        #: Map runs by the execution that started them.
        self._map_runs: dict[Execution, list[MapRun]] = {}

    @property
    def arn(self) -> str:
        return state_machine_arn(self.records.arn_prefix, self.name)

    @property
    def state_machine(self) -> StateMachine:
        return self

    @property
    def as_map_run(self) -> MapRun | None:
        return None

    @property
    def path(self) -> str:
        return self.name

    @property
    def state_machine_arn(self) -> str:
        return self.arn

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
        if not revision.says_the_same_as(self.revision):
            self.revision = revision._replace(id=self.records.new_id(), updated=moment)
        self.updated = moment

    # --- Versions and aliases ------------------------------------------------------------------------------------

    def publish(self, description: str | None, moment: int, *, anew: bool = False) -> Version:
        """Publish the current revision; its newest version, where it is published already.

        With ``anew``, a description other than that version's is reason enough for another version.
        """
        published = [version for version in self.versions.values() if version.revision == self.revision]
        newest = max(published, key=lambda version: version.number, default=None)
        if newest is not None and not (anew and description not in (None, newest.description)):
            return newest
        return self.add_version(self._last_number + 1, description, moment)

    def add_version(self, number: int, description: str | None, moment: int) -> Version:
        """Store a version under a number of its own; the next published one gets a higher."""
        version = Version(self, number, self.revision, description, moment)
        self.versions[version.qualifier] = version
        self._last_number = max(self._last_number, number)
        return version

    def set_alias(self, name: str, routes: tuple[Route, ...], description: str | None, moment: int) -> Alias:
        # One that replaces another is listed as the newest.
        self.aliases.pop(name, None)
        alias = self.aliases[name] = Alias(self, name, routes, description, moment)
        return alias

    def aliases_of(self, qualifier: str) -> list[Alias]:
        """The aliases that route starts to the version of that number, oldest first."""
        return [alias for alias in self.aliases.values() if any(route.qualifier == qualifier for route in alias.routes)]

    def publish_version(self, description: str | None = None) -> Version:
        """Publish a new version of the machine as it stands, and return it; ``.number`` counts from 1."""
        with self.using() as moment:
            seeding.check_description(description)
            return self.add_version(self._last_number + 1, description, moment)

    def add_alias(
        self,
        name: str,
        version: Version | int | Sequence[tuple[Version | int, int]],
        *,
        description: str | None = None,
    ) -> Alias:
        """Seed an alias for one version, or for two with weights that sum to 100, and return it.

        Starts through a weighted alias get their versions in a fixed sequence that follows the weights. An alias of
        that name is replaced; executions already started keep theirs. ValueError for what AWS would refuse.
        """
        with self.using() as moment:
            routes = self._routes(version)
            check_alias_name(name)
            seeding.check_description(description)
            return self.set_alias(name, routes, description, moment)

    def _routes(self, version: Version | int | Sequence[tuple[Version | int, int]]) -> tuple[Route, ...]:
        weighted = version if isinstance(version, Sequence) else [(version, 100)]
        try:
            pairs = [(target, weight) for target, weight in weighted]
        except (TypeError, ValueError):
            raise ValueError(
                f"{version!r} routes to no version: give a version, or pairs such as [(v1, 90), (v2, 10)]."
            ) from None
        routes = tuple(Route(self._own_version(target).qualifier, weight) for target, weight in pairs)
        if not 1 <= len(routes) <= 2 or len({route.qualifier for route in routes}) < len(routes):
            raise ValueError(f"An alias routes to one version or to two different ones, not to {version!r}.")
        weights = [route.weight for route in routes]
        if any(isinstance(weight, bool) or not isinstance(weight, int) or weight < 0 for weight in weights):
            raise ValueError(f"Weights are whole numbers from 0 to 100, not {weights}.")
        if sum(weights) != 100:
            raise ValueError(f"The weights of an alias sum to 100, and {weights} sum to {sum(weights)}.")
        return routes

    def _own_version(self, version: Version | int) -> Version:
        if isinstance(version, Version):
            found = self.versions.get(version.qualifier)
            if found is version:
                return found
            raise ValueError(f"{version.arn} is no version of {self.arn} (any more): {self._versions_there_are()}.")
        if isinstance(version, bool) or not isinstance(version, int):
            raise ValueError(f"version={version!r} is no version: pass what publish_version returned, or a number.")
        if str(version) not in self.versions:
            raise ValueError(f"{self.arn} has no version {version}: {self._versions_there_are()}.")
        return self.versions[str(version)]

    def _versions_there_are(self) -> str:
        if not self.versions:
            return "it has none, publish_version() makes one"
        return f"it has {', '.join(self.versions)}"

    def _own_alias(self, alias: Alias | str) -> Alias:
        name = alias.name if isinstance(alias, Alias) else alias
        found = self.aliases.get(name) if isinstance(name, str) else None
        if found is None or (isinstance(alias, Alias) and found is not alias):
            there_are = ", ".join(self.aliases) or "none, add_alias() makes one"
            raise ValueError(f"{alias!r} is no alias of {self.arn} (any more): it has {there_are}.")
        return found

    def mark(self) -> Callable[[], None]:
        """The same of its versions, aliases, outcomes and map runs, whose children share names by label."""
        take_back_executions = super().mark()
        versions, aliases, last_number = self.versions.copy(), self.aliases.copy(), self._last_number
        credits = {alias: alias.credits.copy() for alias in aliases.values()}
        start_plan, map_runs = self._start_plan, self.records.map_runs.copy()
        children = {label: names.copy() for label, names in self._children.items()}

        def take_back() -> None:
            take_back_executions()
            self.versions, self.aliases, self._last_number = versions, aliases, last_number
            for alias, before in credits.items():
                alias.credits = before
            self._start_plan, self.records.map_runs = start_plan, map_runs
            for label, names in self._children.items():
                names.clear()
                names.update(children.get(label, {}))

        return take_back

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
        self.records.map_runs[map_run.arn] = map_run
        if map_run.parent is not None:
            self.give_parent(map_run, map_run.parent)

    def give_parent(self, map_run: MapRun, parent: Execution) -> None:
        """Let ``parent`` be who started ``map_run``."""
        map_run.parent = parent
        self._map_runs.setdefault(parent, []).append(map_run)

    def add_map_run(self, parent: Execution, label: str | None, **options: Any) -> MapRun:
        """``parent``'s seeding call; see ``Execution.add_map_run``."""
        with parent.using() as moment:
            if parent.map_run is not None:
                raise ValueError(f"{parent.arn} is a child execution: give the map run to an execution of the machine.")
            map_run = new_map_run(moment, self, parent, label, **options)
            self.store_map_run(map_run)
            return map_run

    # --- Starts --------------------------------------------------------------------------------------------------

    def on_start(
        self,
        outcomes: Outcomes | None = None,
        /,
        *,
        status: str | None = None,
        duration: timedelta | None = None,
        output: str | None = None,
        error: str | None = None,
        cause: str | None = None,
    ) -> None:
        """Say what future starts come to: ``status``, so long after the start (at once unless ``duration`` is given).

        Instead of keywords there may be a list of outcomes, one for each start, the last one also for all that follow;
        or a callable that is given the name and input of each start. An outcome is a status, or a dict of the keywords.

        Holds for starts by machine, version and alias, replaces what was said before, and never touches seeds.
        Without it, or with RUNNING, a start runs until something ends it, and StartSyncExecution, which waits for the
        end, SUCCEEDED at once with output ``{}``. ValueError for what no start can come to; a callable that gives such
        an outcome, or raises, fails the call that starts, and nothing is started.
        """
        with self.using():
            self._start_plan = plan(
                self.check_outcome, outcomes, status=status, duration=duration, output=output, error=error, cause=cause
            )

    def check_outcome(self, outcome: Outcome) -> Outcome:
        return check_express(outcome) if self.type == "EXPRESS" else outcome

    def outcome_of_start(self, name: str, input: str) -> Outcome | None:
        """What the next start, which has that name and input, will come to; None where no test has said so."""
        return None if self._start_plan is None else self._start_plan(name, input)

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
    ) -> Execution:
        """Start an execution, whose name is known to be free, at ``moment``; it comes to ``outcome``."""
        execution = Execution(
            self,
            name,
            self.records.next_sequence(),
            moment,
            Attempt(moment, outcome.stop_after(moment), outcome.ending),
            Origin(self.revision_for(version_number), version_number, alias_name, input, trace_header),
            self.records.new_id() if self.type == "EXPRESS" else None,
        )
        self.take_in([execution])
        return execution

    def is_running(self, moment: int) -> bool:
        """Whether any of its executions is RUNNING, or any child execution of its map runs."""
        scopes = [self, *(run for run in self.records.map_runs.values() if run.state_machine is self)]
        return any(scope.count_running(moment) for scope in scopes)

    # --- Seeding -------------------------------------------------------------------------------------------------

    def add_execution(
        self,
        name: str | None = None,
        *,
        status: str,
        start_date: clock.Date | None = None,
        stop_date: clock.Date | None = None,
        duration: timedelta | None = None,
        version: Version | int | None = None,
        alias: Alias | str | None = None,
        input: str = "{}",
        output: str | None = None,
        error: str | None = None,
        cause: str | None = None,
        redrive_count: int = 0,
        redrive_date: clock.Date | None = None,
    ) -> Execution:
        """Seed one execution and return it; ValueError for one that AWS could never show.

        ``status`` is how it ends: before its start date it is not listed, until its stop date it is RUNNING. Dates are
        datetimes (naive ones are UTC), ISO 8601 text, or a timedelta from now. It starts now unless ``start_date`` is
        given, and stops at ``stop_date`` or ``duration`` after the start, at its start unless one is given. ``name``
        is a UUID unless given. ``input`` and ``output`` are JSON text. ``redrive_date`` alone means one redrive;
        before it the execution shows as RUNNING and never redriven.
        """
        with self.using() as moment:
            self.refuse_express()
            return self._add_execution(
                moment,
                name,
                self._check_status(status),
                start_date=start_date,
                stop_date=stop_date,
                duration=duration,
                input=input,
                output=output,
                error=error,
                cause=cause,
                redrive_count=redrive_count,
                redrive_date=redrive_date,
                qualifiers=self._qualifiers(version, alias),
            )

    def add_executions(
        self,
        count: int,
        *,
        status: str,
        start_date: clock.Date | None = None,
        interval: timedelta = timedelta(seconds=1),
        duration: timedelta = seeding.DEFAULT_DURATION,
        name: str = seeding.DEFAULT_NAMES,
        version: Version | int | None = None,
        alias: Alias | str | None = None,
        input: str = "{}",
        output: str | None = None,
        error: str | None = None,
        cause: str | None = None,
    ) -> list[Execution]:
        """Seed ``count`` executions, the oldest first, and return them; all of them or, with a ValueError, none.

        They start one ``interval`` after the other: the first at ``start_date`` or, without it, the last now. Each
        runs for ``duration``; where neither is given, those that would still be running now have just stopped.
        ``{index}`` in ``name`` counts from 0 for the oldest; the default names run on from call to call.
        """
        with self.using() as moment:
            self.refuse_express()
            return self._add_executions(
                moment,
                count,
                self._check_status(status),
                start_date=start_date,
                interval=interval,
                duration=duration,
                name=name,
                input=input,
                output=output,
                error=error,
                cause=cause,
                qualifiers=self._qualifiers(version, alias),
            )

    def refuse_express(self) -> None:
        """ValueError for an EXPRESS machine: ListExecutions shows no execution of it."""
        if self.type == "EXPRESS":
            raise ValueError(
                f"{self.arn} is an EXPRESS state machine, whose executions AWS never lists: add them to a STANDARD one."
            )

    def _check_status(self, status: str) -> str:
        if status == "PENDING_REDRIVE":
            raise ValueError(
                "Only child executions of a map run are ever PENDING_REDRIVE: add it to what add_map_run returned."
            )
        return outcomes.check_status(status, outcomes.STATUSES_OUTSIDE_MAP_RUNS)

    def _qualifiers(self, version: Version | int | None, alias: Alias | str | None) -> Iterator[Qualifiers]:
        """Version number and alias name, one pair for each execution that is then seeded."""
        own_alias = None if alias is None else self._own_alias(alias)
        if version is not None or own_alias is None:
            number = None if version is None else self._own_version(version).qualifier
            return repeat((number, None if own_alias is None else own_alias.name))
        return ((own_alias.deal(), own_alias.name) for _ in repeat(None))

    def __repr__(self) -> str:
        return f"<StateMachine {self.arn}>"


def check_alias_name(name: object) -> None:
    """ValueError for what AWS would not take as the name of an alias."""
    if not isinstance(name, str) or not 1 <= len(name) <= seeding.LONGEST_NAME or not _ALIAS_NAME.fullmatch(name):
        raise ValueError(
            f"name={name!r} is no name of an alias: use up to {seeding.LONGEST_NAME} letters, digits, '-', '_' and "
            f"'.', with at least one that is no digit."
        )
