"""The records of one account and region: state machines, versions, aliases, executions, map runs, activities, tasks.

Records are data, and belong to each other: an execution has a state machine, which has executions. So all of them are
in this module, and the rules, which are functions over them, in the modules that import it.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from sfn_mock.asl.routes import read_time_limit
from sfn_mock.aws.arns import activity_arn, execution_arn, map_run_arn, parse_execution_arn, state_machine_arn
from sfn_mock.aws.exceptions import InvalidArn
from sfn_mock.state import clock
from sfn_mock.state.execution_index import ExecutionIndex
from sfn_mock.state.live_runs import Run, StateTests
from sfn_mock.state.outcome_plans import Plan
from sfn_mock.state.outcomes import Outcome
from sfn_mock.state.quotas import Allowance
from sfn_mock.state.revisions import Origin, Revision, Route
from sfn_mock.state.seeds import Life, NaiveDateCheck
from sfn_mock.state.simulation import NO_SIMULATION, Simulation
from sfn_mock.state.store import Store
from sfn_mock.state.task_mocks import TaskMocks
from sfn_mock.state.time_lines import Attempt, TimeLine
from sfn_mock.state.tolerance import Tolerance


class Execution(TimeLine):
    """One execution of a state machine or, as a child, of a map run."""

    # What few executions have, such as a task, is kept elsewhere: there may be a million of them.
    __slots__ = ("name", "owner")

    def __init__(
        self,
        owner: ExecutionScope,
        name: str,
        sequence: int,
        start: int,
        last: Attempt,
        origin: Origin,
        express_id: str | None = None,
        earlier: tuple[Attempt, ...] = (),
    ) -> None:
        self.owner = owner
        self.name = name
        self.sequence = sequence
        self.start = start
        self.last = last
        self.earlier = earlier
        self.origin = origin
        self.express_id = express_id

    @property
    def state_machine(self) -> StateMachine:
        return self.owner.state_machine

    @property
    def map_run(self) -> MapRun | None:
        """The map run that started it, for a child execution."""
        return self.owner.as_map_run

    @property
    def map_runs(self) -> list[MapRun]:
        """The map runs it started, in order of adding; a child execution has none."""
        return [] if self.map_run is not None else self.state_machine.map_runs_of(self)

    @property
    def arn(self) -> str:
        return execution_arn(self.owner.records.arn_prefix, self.owner.path, self.name, self.express_id)

    @property
    def state_machine_arn(self) -> str:
        """Its machine's unqualified ARN; for a child execution the labelled one."""
        return self.owner.state_machine_arn

    @property
    def version_arn(self) -> str | None:
        """The ARN of the version it was started through, which may be gone."""
        return None if self.version_number is None else f"{self.state_machine.arn}:{self.version_number}"

    @property
    def alias_arn(self) -> str | None:
        """The ARN of the alias it was started through, which may be gone."""
        return None if self.alias_name is None else f"{self.state_machine.arn}:{self.alias_name}"

    def is_kept_at(self, moment: int) -> bool:
        """Return whether the execution is within its retention at ``moment``; true before its start."""
        attempt = self.attempt_at(moment)
        forgotten = None if attempt is None else attempt.forgotten_after(self.owner.index.retention)
        return forgotten is None or forgotten > moment

    @contextmanager
    def using(self) -> Iterator[int]:
        """Lock the records and yield the current moment; RuntimeError if this record no longer exists."""
        with self.owner.using() as moment:
            if self.owner.names.get(self.name) is not self:
                raise RuntimeError(
                    f"{self.arn} is now a newer execution: this one stopped so long ago that its name was free again; "
                    f"use get_execution() for the newer one."
                )
            yield moment

    def check_readable(self) -> None:
        """Raise RuntimeError if this record no longer exists; after the mock's end it can still be read."""
        self.owner.check_readable()


class ExecutionScope(ABC):
    """Executions that are listed together and have unique names: those of a state machine or map run."""

    #: The machine it is, or is a map run of.
    state_machine: StateMachine
    #: The label of the Map state that runs its executions, None for those of the machine itself.
    label: str | None = None
    #: Itself, if it is a map run.
    as_map_run: MapRun | None = None

    def __init__(
        self,
        records: Records,
        names: dict[str, Execution],
        arn: str,
        path: str,
        execution_type: str,
        *,
        tells_redriven: bool = False,
    ) -> None:
        self.records = records
        #: Its own ARN.
        self.arn = arn
        #: The part of its executions' ARNs between resource type and name.
        self.path = path
        #: The part of its STANDARD executions' ARNs before the name.
        self.execution_arn_prefix = execution_arn(records.arn_prefix, path, "", None)
        #: The ``stateMachineArn`` of its executions.
        self.state_machine_arn = state_machine_arn(records.arn_prefix, path)
        #: STANDARD or EXPRESS.
        self.execution_type = execution_type
        #: Its place in the order of adding, which no later record of the same name shares.
        self.sequence = records.next_sequence()
        retention = records.simulation.retention
        self.index: ExecutionIndex[Execution] = ExecutionIndex(retention=retention, tells_redriven=tells_redriven)
        #: Executions by name; map runs of one label share theirs, as their children's ARNs do not tell them apart.
        self.names = names
        #: The number of default names given so far.
        self.default_names = 0
        #: The planned outcomes of redrives; None without a plan.
        self.redrive_plan: Plan | None = None

    @abstractmethod
    def revision_for(self, version_number: str | None) -> Revision:
        """Return what an execution started now runs, through a version unless its number is None."""

    def time_limit_of(self, revision: Revision) -> int | None:
        """Return the time limit of an attempt of ``revision`` in milliseconds; None without one.

        TimeoutSeconds is of the whole definition, not of what a Map state runs for its items.
        """
        return read_time_limit(revision.definition) if self.label is None else None

    @property
    def executions(self) -> list[Execution]:
        """Its executions in order of adding, also those that the clock has not reached yet."""
        self.now()
        return list(self.index.executions)

    def now(self) -> int:
        """Run definitions up to the current moment, and return it."""
        moment = self.records.now()
        self.records.carry_runs(moment)
        return moment

    def count_running(self, moment: int) -> int:
        self.index.settle(moment)
        return len(self.index.newest(status="RUNNING"))

    @contextmanager
    def using(self) -> Iterator[int]:
        """Lock the records and yield the current moment; RuntimeError if this record no longer exists."""
        with self.records.using() as moment:
            self.check_readable()
            yield moment

    def check_readable(self) -> None:
        """Raise RuntimeError if this record no longer exists; after the mock's end it can still be read."""
        self.records.check_readable(self.state_machine)


class Version:
    """A published version: a number and the revision it keeps."""

    def __init__(
        self, state_machine: StateMachine, number: int, revision: Revision, description: str | None, created: int
    ) -> None:
        self.state_machine = state_machine
        self.number = number
        #: The number as ARNs have it.
        self.qualifier = str(number)
        self.arn = f"{state_machine.arn}:{number}"
        self.revision = revision
        self.description = description
        self.created = created

    def check_readable(self) -> None:
        """Raise RuntimeError if this record no longer exists; after the mock's end it can still be read."""
        self.state_machine.check_readable()
        if self.state_machine.versions.get(self.qualifier) is not self:
            raise RuntimeError(f"{self.arn} was deleted: publish a version again.")


class Alias:
    """A name for one version, or for two with weights."""

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
        self.name = self.qualifier = name
        self.arn = f"{state_machine.arn}:{name}"
        self.routes = routes
        self.description = description
        self.created = created
        self.updated = created
        #: The accumulated weights of its versions, for the fixed sequence.
        self.credits: dict[str, int] = {}

    def check_readable(self) -> None:
        """Raise RuntimeError if this record no longer exists; after the mock's end it can still be read."""
        self.state_machine.check_readable()
        if self.state_machine.aliases.get(self.name) is not self:
            raise RuntimeError(f"{self.arn} was deleted or replaced: add the alias again.")


class StateMachine(ExecutionScope):
    """A state machine with its versions, aliases, executions and map runs."""

    def __init__(self, records: Records, name: str, *, type: str, revision: Revision, created: int) -> None:
        super().__init__(records, {}, state_machine_arn(records.arn_prefix, name), name, type)
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
        #: The planned outcomes of starts.
        self.start_plan: Plan | None = None
        #: Child executions by label and name, of all map runs with that label.
        self.children: dict[str, dict[str, Execution]] = {}
        #: Map runs by the execution that started them.
        self.map_runs: dict[Execution, list[MapRun]] = {}

    def revision_for(self, version_number: str | None) -> Revision:
        version = None if version_number is None else self.versions.get(version_number)
        return self.revision if version is None else version.revision

    def qualified(self, qualifier: str) -> Version | Alias | None:
        """Return the version of that number or the alias of that name, if there is one."""
        return self.versions.get(qualifier) or self.aliases.get(qualifier)

    def find_execution(self, label: str | None, name: str) -> Execution | None:
        """Return the execution of that name: the machine's own or, under a ``label``, a map run's child."""
        return (self.names if label is None else self.children.get(label, {})).get(name)

    def map_runs_of(self, parent: Execution) -> list[MapRun]:
        return sorted(self.map_runs.get(parent, ()), key=lambda map_run: map_run.sequence)

    def is_running(self, moment: int) -> bool:
        """Return whether any of its executions is RUNNING, or any child execution of its map runs."""
        scopes = [self, *(run for run in self.records.map_runs.values() if run.state_machine is self)]
        return any(scope.count_running(moment) for scope in scopes)


class Turn(NamedTuple):
    """A child execution to redrive, with its planned outcome."""

    child: Execution
    outcome: Outcome


class MapRun(ExecutionScope):
    """A map run and its child executions."""

    def __init__(
        self,
        state_machine: StateMachine,
        parent: Execution | None,
        label: str,
        id: str,
        *,
        execution_type: str,
        max_concurrency: int,
        tolerance: Tolerance,
        life: Life,
        follows_children: bool,
        stops_with_children: bool = False,
    ) -> None:
        records, names = state_machine.records, state_machine.children.setdefault(label, {})
        arn = map_run_arn(records.arn_prefix, state_machine.name, label, id)
        super().__init__(records, names, arn, f"{state_machine.name}/{label}", execution_type, tells_redriven=True)
        self.state_machine = state_machine
        self.as_map_run = self
        #: The execution that started it; None for one that was loaded without its parent.
        self.parent = parent
        self.label: str = label
        self.id = id
        self.max_concurrency = max_concurrency
        self.tolerance = tolerance
        self.start = life.start
        #: The attempt of its start and those of its redrives.
        self.attempts = life.attempts
        #: From which of its redrives on, 0 being its start, its status follows from its children; before, and where
        #: this is None, it is as seeded or as it was when it was redriven.
        self.follows_from = 0 if follows_children else None
        #: Whether it has a closing status and no stop date: it stops with the last of its children.
        self.stops_with_children = stops_with_children
        #: Those of its redriven children that were still waiting when it was last looked.
        self.turns: list[Turn] = []

    def revision_for(self, version_number: str | None) -> Revision:
        return self.state_machine.revision if self.parent is None else self.parent.revision

    @property
    def execution_arn(self) -> str:
        """The parent execution's ARN; for a map run loaded without its parent, one that names no execution."""
        if self.parent is not None:
            return self.parent.arn
        return f"{self.records.arn_prefix}execution:{self.state_machine.name}:{self.id}"

    def check_readable(self) -> None:
        super().check_readable()
        if self.records.map_runs.get(self.arn) is not self:
            raise RuntimeError(f"{self.arn} no longer exists: the inner mock, fixture or test that added it has ended.")


class Activity:
    """An activity, which workers poll for tasks."""

    def __init__(
        self,
        records: Records,
        name: str,
        *,
        encryption_configuration: dict[str, Any] | None,
        tags: dict[str, str],
        created: int,
    ) -> None:
        self.records = records
        self.name = name
        self.arn = activity_arn(records.arn_prefix, name)
        self.encryption_configuration = encryption_configuration or {"type": "AWS_OWNED_KEY"}
        self.tags = tags
        self.created = created
        #: Tasks that no worker has been given, in the order in which they were scheduled.
        self.scheduled: list[Task] = []

    @property
    def creation_date(self) -> datetime:
        """When it was made, in UTC, for callers of moto's that are given it."""
        return clock.to_datetime(self.created)

    def __repr__(self) -> str:
        return f"<Activity {self.arn}>"


class Taken(NamedTuple):
    """When a worker has taken a task, and the name that the worker gave."""

    moment: int
    worker_name: str | None


class Task:
    """A task that an execution waits for: an answer with its token ends it."""

    def __init__(
        self, execution: Execution, attempt: Attempt, token: str, activity: Activity | None, heartbeat: int | None
    ) -> None:
        self.execution = execution
        #: The attempt that waits, as it goes on while heartbeats come.
        self.attempt = attempt
        self.token = token
        #: None for a task whose token reaches its worker by another way than GetActivityTask.
        self.activity = activity
        #: How many milliseconds may lie between two heartbeats; None if none are expected.
        self.heartbeat = heartbeat
        #: None while no worker has the task.
        self.taken: Taken | None = None


class Records(Store[Execution]):
    """All records of one account in one region."""

    def __init__(self, region: str, account_id: str, partition: str) -> None:
        super().__init__(region, account_id, partition)
        #: By name, in order of adding.
        self.state_machines: dict[str, StateMachine] = {}
        #: By ARN, in order of adding.
        self.map_runs: dict[str, MapRun] = {}
        #: By name, in order of adding.
        self.activities: dict[str, Activity] = {}
        #: What executions wait or waited for, by task token.
        self.tasks: dict[str, Task] = {}
        #: All tasks that each of these executions has waited for, in order.
        self.waiting: dict[Execution, list[Task]] = {}
        #: Client tokens of executions' last successful redrives, with the date each was answered with.
        self.redrive_tokens: dict[Execution, tuple[tuple[str, int], ...]] = {}
        #: By definition.
        self.state_tests: dict[str, StateTests] = {}
        #: The signing key of page tokens; it is new after each reset.
        self.token_key = secrets.token_bytes(16)
        self.naive_dates = NaiveDateCheck()
        #: The simulated limits and delays of the mock.
        self.simulation = NO_SIMULATION
        #: The task mocks of the mock.
        self.task_mocks = TaskMocks()
        #: The fill of the operations' quotas.
        self.allowances: dict[str, Allowance] = {}
        #: How often waiting calls were released.
        self.releases = 0
        #: The state machines that are DELETING.
        self.deleting: list[StateMachine] = []

    def holds(self, machine: StateMachine) -> bool:
        """Return whether ``machine`` is (still) one of these."""
        return self.state_machines.get(machine.name) is machine

    def check_readable(self, machine: StateMachine) -> None:
        """Raise RuntimeError if they were reset or do not have the machine; after the mock's end they can be read."""
        if self._was_reset:
            raise self._gone()
        if self.holds(machine):
            return
        if machine.deleting:
            raise RuntimeError(
                f"{machine.arn} was deleted, with its versions, aliases and executions: add the state machine again."
            )
        raise RuntimeError(f"{machine.arn} no longer exists: the inner mock, fixture or test that added it has ended.")

    def find_execution(self, arn: str) -> Execution | None:
        """Return the execution of that ARN, if it is one of these."""
        try:
            parsed = parse_execution_arn(str(arn))
        except InvalidArn:
            return None
        machine = self.state_machines.get(parsed.state_machine_name) if parsed.prefix == self.arn_prefix else None
        execution = None if machine is None else machine.find_execution(parsed.label, parsed.name)
        if execution is None or execution.express_id == parsed.express_id:
            return execution
        # EXPRESS ones may share a name, which finds the newest of them.
        owners: list[ExecutionScope] = [*self.state_machines.values(), *self.map_runs.values()]
        return next((other for owner in owners for other in owner.executions if other.arn == arn), None)

    def run_of(self, execution: Execution) -> Run | None:
        """Return the run of an execution, also of a child execution, None if its definition is not run."""
        parent = None if execution.map_run is None else execution.map_run.parent
        if parent is None:
            return self.runs.get(execution)
        run = self.runs.get(parent)
        return None if run is None else run.run_of(execution)

    def wake_run_of(self, execution: Execution) -> None:
        """Have the next use carry the run that an execution is part of, if it is at work."""
        while execution.map_run is not None and execution.map_run.parent is not None:
            execution = execution.map_run.parent
        if execution in self.live_runs:
            self.wake(execution)

    def tasks_of(self, execution: Execution) -> list[Task]:
        """All that ``execution`` has waited for, in order."""
        return self.waiting.get(execution, [])

    def has_task(self, token: str) -> bool:
        """Return whether a task has that token, of an execution whose definition runs or not."""
        return token in self.tasks or any(run.find_task(token) is not None for run in list(self.runs.values()))

    def task_of(self, execution: Execution) -> Task | None:
        """Return what ``execution`` waits for, or waited for last."""
        tasks = self.tasks_of(execution)
        return tasks[-1] if tasks else None

    def delete(self, machine: StateMachine, moment: int) -> None:
        """Delete a state machine: it is DELETING while an execution is RUNNING, then removed with all its records."""
        if not machine.deleting:
            self.undo.keep(machine, "deleting")
            self.undo.keep(self, "deleting")
            machine.deleting = True
            self.deleting.append(machine)
        self.finish_deletions(moment)

    def finish_deletions(self, moment: int) -> None:
        for machine in [machine for machine in self.deleting if not machine.is_running(moment)]:
            self.undo.keep(self, "deleting")
            self.deleting.remove(machine)
            self.discard(machine)

    def discard(self, machine: StateMachine) -> None:
        """Remove a state machine with all its records at once."""
        self.undo.keep(self, "state_machines", "map_runs")
        del self.state_machines[machine.name]
        self.map_runs = {arn: run for arn, run in self.map_runs.items() if run.state_machine is not machine}

    def take_on(self, simulation: Simulation) -> None:
        """Apply these limits and delays from now on, also to existing executions."""
        with self.locked():
            if self.simulation is simulation:
                return
            self.simulation = simulation
            self.allowances.clear()
            for owner in (*self.state_machines.values(), *self.map_runs.values()):
                owner.index.keep_for(simulation.retention)
