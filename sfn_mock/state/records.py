"""The records of one account and region: state machines, versions, aliases, executions, map runs, activities, tasks.

Records are data that refer to each other: an execution has a state machine, which has executions. They are therefore in
one module. The rules are functions over records, in the modules that import this one.
"""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, NamedTuple

from sfn_mock.asl.routes import read_time_limit
from sfn_mock.aws.arns import activity_arn, execution_arn, map_run_arn, parse_execution_arn, state_machine_arn
from sfn_mock.aws.exceptions import InvalidArn
from sfn_mock.state import clock
from sfn_mock.state.execution_index import ExecutionIndex
from sfn_mock.state.live_runs import Run, StateTests, WaitingTask
from sfn_mock.state.outcome_plans import Plan
from sfn_mock.state.outcomes import Outcome
from sfn_mock.state.quotas import RateLimiter
from sfn_mock.state.revisions import Origin, Revision, Route
from sfn_mock.state.seed_warnings import NaiveDateCheck
from sfn_mock.state.simulation import NO_SIMULATION, Simulation
from sfn_mock.state.store import Store
from sfn_mock.state.task_mocks import TaskMocks
from sfn_mock.state.time_lines import Attempt, TimeLine
from sfn_mock.state.tolerance import Tolerance


class Execution(TimeLine):
    """One execution of a state machine or, as a child, of a map run."""

    # There may be a million executions, so data that few of them have, such as a task, is stored elsewhere.
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
        """The state machine that runs."""
        return self.owner.state_machine

    @property
    def map_run(self) -> MapRun | None:
        """The map run that started it, None unless it is a child execution."""
        return self.owner.as_map_run

    @property
    def map_runs(self) -> list[MapRun]:
        """The map runs that it started, in order of adding; a child execution has none."""
        started = [] if self.map_run is not None else self.state_machine.map_runs.get(self, [])
        return sorted(started, key=lambda map_run: map_run.sequence)

    @property
    def arn(self) -> str:
        """The ARN of the execution."""
        return execution_arn(self.owner.records.arn_prefix, self.owner.path, self.name, self.express_id)

    @property
    def state_machine_arn(self) -> str:
        """The unqualified ARN of its state machine; for a child execution with the label."""
        return self.owner.state_machine_arn

    @property
    def version_arn(self) -> str | None:
        """The ARN of the version that was started, None without one; the version may be deleted."""
        number = self.origin.version_number
        return None if number is None else f"{self.state_machine.arn}:{number}"

    @property
    def alias_arn(self) -> str | None:
        """The ARN of the alias that was used to start it, None without one; the alias may be deleted."""
        name = self.origin.alias_name
        return None if name is None else f"{self.state_machine.arn}:{name}"

    def is_kept_at(self, moment: int) -> bool:
        """Return whether the execution's retention has not passed at a moment; true before its start."""
        attempt = self.attempt_at(moment)
        expiry = None if attempt is None else attempt.expires_at(self.owner.index.retention)
        return expiry is None or expiry > moment

    @property
    def exists(self) -> bool:
        """Whether calls can find it: its machine was not deleted, and no newer execution has its name."""
        return self.owner.records.holds(self.state_machine) and self.owner.names.get(self.name) is self

    def using(self) -> AbstractContextManager[int]:
        """Lock the records and yield the current moment; RuntimeError if this record no longer exists."""
        self.check_readable()
        return self.owner.records.using(self._check_current)

    def _check_current(self) -> None:
        self.check_readable()
        if self.owner.names.get(self.name) is not self:
            raise RuntimeError(
                f"{self.arn} is now a newer execution: this one stopped so long ago that its name was free again; "
                f"use get_execution() for the newer one."
            )

    def check_readable(self) -> None:
        """Raise RuntimeError if this record no longer exists; after the mock's end it can still be read."""
        self.owner.check_readable()


class ExecutionScope(ABC):
    """Executions that are listed together and have unique names: those of a state machine or map run."""

    #: The state machine; of a map run the one that its parent execution runs.
    state_machine: StateMachine
    #: The label of the Map state of a map run, None for a state machine.
    label: str | None = None
    #: The scope itself if it is a map run, otherwise None.
    as_map_run: MapRun | None = None

    def __init__(
        self,
        records: Records,
        names: dict[str, Execution],
        arn: str,
        path: str,
        execution_type: str,
        *,
        lists_redriven: bool = False,
    ) -> None:
        self.records = records
        #: The ARN of the state machine or map run.
        self.arn = arn
        #: The part of the executions' ARNs between resource type and name.
        self.path = path
        #: The part of STANDARD executions' ARNs before the name.
        self.execution_arn_prefix = execution_arn(records.arn_prefix, path, "", None)
        #: The `stateMachineArn` of the executions.
        self.state_machine_arn = state_machine_arn(records.arn_prefix, path)
        #: STANDARD or EXPRESS.
        self.execution_type = execution_type
        #: The position in the order of adding; a later record of the same name has another one.
        self.sequence = records.next_sequence()
        retention = records.simulation.retention
        self.index: ExecutionIndex[Execution] = ExecutionIndex(retention=retention, lists_redriven=lists_redriven)
        #: The executions by name. Map runs with the same label share them, because the ARNs of child executions do.
        self.names = names
        #: How many default names were given so far.
        self.default_names = 0
        #: The planned outcomes of redrives; None without a plan.
        self.redrive_plan: Plan | None = None

    @abstractmethod
    def revision_for(self, version_number: str | None) -> Revision:
        """Return the revision that a new execution runs: that of a version, or the current one for None."""

    def time_limit_of(self, revision: Revision) -> int | None:
        """Return the TimeoutSeconds of a revision in milliseconds, None without one.

        It applies to executions of the state machine, not to child executions.
        """
        return read_time_limit(revision.definition) if self.label is None else None

    @property
    def executions(self) -> list[Execution]:
        """The executions in order of adding, including those that start in the future."""
        self.now()
        return list(self.index.executions)

    def now(self) -> int:
        """Advance all runs to the current moment and return it."""
        moment = self.records.now()
        self.records.advance_runs(moment)
        return moment

    def count_running(self, moment: int) -> int:
        """Return the number of executions that are RUNNING at a moment."""
        self.index.update_to(moment)
        return len(self.index.newest(status="RUNNING"))

    def using(self) -> AbstractContextManager[int]:
        """Lock the records and yield the current moment; RuntimeError if this record no longer exists."""
        # A deleted record says so even after the end of the mock, and another use may delete it before this one.
        self.check_readable()
        return self.records.using(self.check_readable)

    def check_readable(self) -> None:
        """Raise RuntimeError if this record no longer exists; after the mock's end it can still be read."""
        self.records.check_readable(self.state_machine)


class Version:
    """A published version: a number and a revision."""

    def __init__(
        self, state_machine: StateMachine, number: int, revision: Revision, description: str | None, created: int
    ) -> None:
        self.state_machine = state_machine
        self.number = number
        #: The number as text, for ARNs.
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
    """An alias, which routes starts to one version, or to two versions by weight."""

    def __init__(
        self,
        state_machine: StateMachine,
        name: str,
        routes: tuple[Route, ...],
        description: str | None,
        created: int,
    ) -> None:
        self.state_machine = state_machine
        #: The position in the order of adding, which is the order of listings.
        self.sequence = state_machine.records.next_sequence()
        self.name = self.qualifier = name
        self.arn = f"{state_machine.arn}:{name}"
        self.routes = routes
        self.description = description
        self.created = created
        self.updated = created
        #: The accumulated weights by version; see `choose_version`.
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
        #: Whether CreateStateMachine also published a version, and the description of that version.
        self.published_at_creation: tuple[bool, str | None] = (False, None)
        self.versions: dict[str, Version] = {}
        self.aliases: dict[str, Alias] = {}
        self.deleting = False
        self.last_number = 0
        #: The planned outcomes of starts, None without a plan.
        self.start_plan: Plan | None = None
        #: The child executions of all map runs, by label and name.
        self.children: dict[str, dict[str, Execution]] = {}
        #: The map runs by parent execution.
        self.map_runs: dict[Execution, list[MapRun]] = {}

    def revision_for(self, version_number: str | None) -> Revision:
        """Return the revision that a new execution runs; see ExecutionScope."""
        version = None if version_number is None else self.versions.get(version_number)
        return self.revision if version is None else version.revision

    def qualified(self, qualifier: str) -> Version | Alias | None:
        """Return the version or alias with a qualifier, None if there is none."""
        return self.versions.get(qualifier) or self.aliases.get(qualifier)

    def find_execution(self, label: str | None, name: str) -> Execution | None:
        """Return the execution with a name, or the child execution with a label and a name; None if there is none."""
        return (self.names if label is None else self.children.get(label, {})).get(name)

    def is_running(self, moment: int) -> bool:
        """Return whether any execution is RUNNING, child executions included."""
        scopes = [self, *(run for run in self.records.map_runs.values() if run.state_machine is self)]
        return any(scope.count_running(moment) for scope in scopes)


class PendingRedrive(NamedTuple):
    """A child execution that is PENDING_REDRIVE, and the planned outcome of its redrive."""

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
        attempts: tuple[Attempt, ...],
        follows_children: bool,
        stops_with_children: bool = False,
    ) -> None:
        records, names = state_machine.records, state_machine.children.setdefault(label, {})
        arn = map_run_arn(records.arn_prefix, state_machine.name, label, id)
        super().__init__(records, names, arn, f"{state_machine.name}/{label}", execution_type, lists_redriven=True)
        self.state_machine = state_machine
        self.as_map_run = self
        #: The execution that started it, None if it was loaded without its parent.
        self.parent = parent
        self.label: str = label
        self.id = id
        self.max_concurrency = max_concurrency
        self.tolerance = tolerance
        self.start = attempts[0].since
        #: The attempt of its start and those of its redrives.
        self.attempts = attempts
        #: The number of the redrive, 0 for the start, from which on the status follows from the child executions. In
        #: earlier attempts, and if this is None, the status is that of the attempt.
        self.follows_from = 0 if follows_children else None
        #: The number of the first redrive, 0 for the start, whose status has ever followed from the child executions.
        self.first_to_follow = 0 if follows_children else attempts[-1].redrive_count + 1
        #: Whether it was seeded with a closing status but no stop date; it then stops with its last child execution.
        self.stops_with_children = stops_with_children
        #: The child executions that are PENDING_REDRIVE, as of the last call of `schedule_redrives`.
        self.pending_redrives: list[PendingRedrive] = []
        #: The number of items of each child execution that a running definition is to start, by index.
        self.planned_items: dict[int, int] = {}

    def revision_for(self, version_number: str | None) -> Revision:
        """Return the revision that a new child execution runs: that of the parent execution."""
        return self.state_machine.revision if self.parent is None else self.parent.revision

    @property
    def execution_arn(self) -> str:
        """The ARN of the parent execution; if there is none, an ARN of no execution."""
        if self.parent is not None:
            return self.parent.arn
        return f"{self.records.arn_prefix}execution:{self.state_machine.name}:{self.id}"

    def check_readable(self) -> None:
        """Raise RuntimeError if this record no longer exists; see ExecutionScope."""
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
        #: The tasks that no worker has started, in order of scheduling.
        self.scheduled: list[Task] = []

    @property
    def exists(self) -> bool:
        """Whether it was not deleted; a later activity of the same name is another one."""
        return self.records.activities.get(self.name) is self

    @property
    def creation_date(self) -> datetime:
        """The creation date in UTC, for moto's callers."""
        return clock.to_datetime(self.created)

    def __repr__(self) -> str:
        return f"<Activity {self.arn}>"


class ActivityStart(NamedTuple):
    """The start of an activity's task: the moment, and the name that the worker gave."""

    moment: int
    worker_name: str | None


class Task:
    """A task of an execution that does not run by its definition; a call with its token ends it."""

    def __init__(
        self, execution: Execution, attempt: Attempt, token: str, activity: Activity | None, heartbeat: int | None
    ) -> None:
        self.execution = execution
        #: The attempt that waits for the task, as it is while heartbeats come.
        self.attempt = attempt
        self.token = token
        #: The activity, None if the worker does not get the token from GetActivityTask.
        self.activity = activity
        #: The longest time between two heartbeats in milliseconds, None if no heartbeats are expected.
        self.heartbeat = heartbeat
        #: The start by a worker, None while no worker has started it.
        self.started: ActivityStart | None = None


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
        #: All tasks by token, ended ones included.
        self.tasks: dict[str, Task] = {}
        #: All tasks by execution, in order.
        self.waiting: dict[Execution, list[Task]] = {}
        #: The client tokens of successful redrives, with the dates of the answers, by execution.
        self.redrive_tokens: dict[Execution, tuple[tuple[str, int], ...]] = {}
        #: The steps of TestState by definition.
        self.state_tests: dict[str, StateTests] = {}
        #: The signing key of page tokens; it is new after each reset.
        self.token_key = secrets.token_bytes(16)
        self.naive_dates = NaiveDateCheck()
        #: The simulated limits and delays of the mock.
        self.simulation = NO_SIMULATION
        #: The task mocks of the mock.
        self.task_mocks = TaskMocks()
        #: The rate limiters by operation.
        self.rate_limiters: dict[str, RateLimiter] = {}
        #: How often waiting calls were released.
        self.releases = 0
        #: The state machines that are DELETING.
        self.deleting: list[StateMachine] = []

    def holds(self, machine: StateMachine) -> bool:
        """Return whether a state machine exists in these records."""
        return self.state_machines.get(machine.name) is machine

    def check_readable(self, machine: StateMachine) -> None:
        """Raise RuntimeError if the records were reset or do not contain a state machine.

        After the end of the mock they can still be read.
        """
        if self._was_reset:
            raise self._gone()
        if self.holds(machine):
            return
        if machine.deleting:
            raise RuntimeError(
                f"{machine.arn} was deleted, with its versions, aliases and executions: add the state machine again."
            )
        raise RuntimeError(f"{machine.arn} no longer exists: the inner mock, fixture or test that added it has ended.")

    def scopes(self) -> list[ExecutionScope]:
        """Return all state machines and map runs."""
        return [*self.state_machines.values(), *self.map_runs.values()]

    def find_activity(self, arn: str) -> Activity | None:
        """Return the activity with an ARN, None if there is none."""
        return next((activity for activity in self.activities.values() if activity.arn == arn), None)

    def find_execution(self, arn: str) -> Execution | None:
        """Return the execution with an ARN, None if there is none."""
        try:
            parsed = parse_execution_arn(str(arn))
        except InvalidArn:
            return None
        machine = self.state_machines.get(parsed.state_machine_name) if parsed.prefix == self.arn_prefix else None
        execution = None if machine is None else machine.find_execution(parsed.label, parsed.name)
        if execution is None or execution.express_id == parsed.express_id:
            return execution
        # EXPRESS executions may share a name; it finds only the newest one.
        return next((other for scope in self.scopes() for other in scope.executions if other.arn == arn), None)

    def run_of(self, execution: Execution) -> Run | None:
        """Return the run of an execution or child execution, None if its definition does not run."""
        parent = None if execution.map_run is None else execution.map_run.parent
        if parent is None:
            return self.schedule.runs.get(execution)
        run = self.run_of(parent)
        return None if run is None else run.run_of(execution)

    def follow_change(self, execution: Execution, moment: int) -> None:
        """Make the run of an execution, and the runs that wait for its end, follow a change at a moment."""
        self.schedule.follow_nested(execution, moment)
        run = self.run_of(execution)
        if run is not None:
            run.wake()
        while execution.map_run is not None and execution.map_run.parent is not None:
            execution = execution.map_run.parent
        self.schedule.follow(execution, moment)

    def tasks_of(self, execution: Execution) -> list[Task]:
        """Return all tasks of an execution, in order."""
        return self.waiting.get(execution, [])

    def has_task(self, token: str) -> bool:
        """Return whether a task has a token; also looks in the runs of definitions."""
        return token in self.tasks or self.find_task_of_run(token) is not None

    def find_task_of_run(self, token: str) -> WaitingTask | None:
        """Return the task of a run with a token, None if there is none."""
        found = (run.find_task(token) for run in list(self.schedule.runs.values()))
        return next((task for task in found if task is not None), None)

    def task_of(self, execution: Execution) -> Task | None:
        """Return the last task of an execution, None if it has none."""
        tasks = self.tasks_of(execution)
        return tasks[-1] if tasks else None

    def delete(self, machine: StateMachine, moment: int) -> None:
        """Delete a state machine: it is DELETING while an execution is RUNNING, then removed with all its records."""
        if not machine.deleting:
            self.undo.save(machine, "deleting")
            self.undo.save(self, "deleting")
            machine.deleting = True
            self.deleting.append(machine)
        self.finish_deletions(moment)

    def finish_deletions(self, moment: int) -> None:
        """Remove the DELETING state machines that have no RUNNING execution left."""
        for machine in [machine for machine in self.deleting if not machine.is_running(moment)]:
            self.undo.save(self, "deleting")
            self.deleting.remove(machine)
            self.discard(machine)

    def discard(self, machine: StateMachine) -> None:
        """Remove a state machine with all its records at once."""
        self.undo.save(self, "state_machines", "map_runs")
        del self.state_machines[machine.name]
        self.map_runs = {arn: run for arn, run in self.map_runs.items() if run.state_machine is not machine}

    def apply_simulation(self, simulation: Simulation) -> None:
        """Set the limits and delays; they apply to existing executions too."""
        with self.locked():
            if self.simulation is simulation:
                return
            self.simulation = simulation
            self.rate_limiters.clear()
            for scope in self.scopes():
                scope.index.set_retention(simulation.retention)
