"""All that one account has in one region, and the one lock that guards it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import NAMESPACE_URL, uuid3

from sfn_mock.aws.arns import arn_prefix, parse_execution_arn
from sfn_mock.aws.exceptions import InvalidArn
from sfn_mock.state import clock
from sfn_mock.state import seeds as seeding
from sfn_mock.state.activities import Activity, AnyTask, Task, new_task
from sfn_mock.state.execution_scopes import ExecutionScope
from sfn_mock.state.executions import Attempt, Execution
from sfn_mock.state.map_runs import MapRun
from sfn_mock.state.quotas import Allowance
from sfn_mock.state.simulation import NO_SIMULATION, Simulation
from sfn_mock.state.state_machines import Revision, StateMachine
from sfn_mock.state.status_changes import StatusChange, StatusChanges, tell
from sfn_mock.state.task_mocks import TaskMocks
from sfn_mock.state.undo_log import UndoLog
from sfn_mock.types import Duration

if TYPE_CHECKING:
    from sfn_mock.asl.events import Event
    from sfn_mock.asl.steps import Step

_T = TypeVar("_T")

#: How many seconds the end of a mock waits for a thread that holds the records.
_LONGEST_WAIT = 1.0


class WaitingTask(AnyTask, Protocol):
    """A task of a definition at work."""

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its answer."""


class Run(Protocol):
    """An execution whose definition is at work."""

    @property
    def is_running(self) -> bool:
        """Whether the definition is still at work."""

    def carry(self, moment: int) -> None:
        """Do all that is due by ``moment``."""

    def events(self, moment: int) -> list[Event]:
        """Return what has happened in the execution by ``moment``."""

    def steps(self) -> Iterator[Step]:
        """Yield the steps that were taken, also in child executions."""

    def run_of(self, child: Execution) -> Run | None:
        """Return the run of a child execution, None where it is none of this run's."""

    def context(self, moment: int) -> dict[str, Any]:
        """Return the context object as it stood at ``moment``."""

    def next_due(self) -> int | None:
        """Return the moment of the next action, None where there is none."""

    def open_tokens(self) -> list[str]:
        """Return the tokens of the tasks that somebody is to answer."""

    def find_task(self, token: str) -> WaitingTask | None:
        """Return the task of that token if it is one of the execution's."""

    def take_activity_task(self, activity_arn: str, moment: int, worker_name: str | None) -> tuple[str, str] | None:
        """Have a worker take up a task that waits for an activity; return its token and input."""

    def update_map_run(self, map_run_arn: str, moment: int, changes: dict[str, Any]) -> None:
        """Change the limits of a map run."""


class StateTests:
    """The steps that TestState took in states of one definition."""

    def __init__(self) -> None:
        self.steps: list[Step] = []


class RecordsGone(RuntimeError):
    """Records were asked for something after their end."""


class Records:
    def __init__(self, region: str, account_id: str, partition: str) -> None:
        self.region = region
        self.account_id = account_id
        self.partition = partition
        self.arn_prefix = arn_prefix(partition, region, account_id)
        #: By name, in order of adding.
        self.state_machines: dict[str, StateMachine] = {}
        #: By ARN, in order of adding.
        self.map_runs: dict[str, MapRun] = {}
        #: By name, in order of adding.
        self.activities: dict[str, Activity] = {}
        #: What executions wait or waited for, by task token.
        self.tasks: dict[str, Task] = {}
        #: All tasks that each of these executions has waited for, in order.
        self._waiting: dict[Execution, list[Task]] = {}
        #: Client tokens of executions' last successful redrives, with the date each was answered with.
        self.redrive_tokens: dict[Execution, tuple[tuple[str, int], ...]] = {}
        #: Those of executions that were started to be executed.
        self.runs: dict[Execution, Run] = {}
        #: Those of them that are still at work.
        self.live_runs: dict[Execution, Run] = {}
        #: By definition.
        self.state_tests: dict[str, StateTests] = {}
        #: What page tokens are signed with; another life of the same account and region has another.
        self.token_key = secrets.token_bytes(16)
        self.naive_dates = seeding.NaiveDateCheck()
        #: What the mock that holds these was asked for.
        self.simulation = NO_SIMULATION
        #: The moment of the last use; later than all before the first.
        self.moment = clock.NEVER
        #: What takes back the changes of the current use, until that has come to its end.
        self.undo = UndoLog()
        #: What EventBridge is still to be told.
        self.status_changes = StatusChanges(self.undo)
        #: How many uses of these records are within one another.
        self._uses = 0
        #: What the last call that was made outside the records has raised, if any has.
        self._refusal: Exception | None = None
        #: How many definitions are just being carried.
        self._carrying = 0
        #: The answers that the mock which holds these has for tasks.
        self.task_mocks = TaskMocks()
        self._allowances: dict[str, Allowance] = {}
        self._deleting: list[StateMachine] = []
        self._lock = RLock()
        self._closed = False
        self._was_reset = False
        #: The moment up to which their mock has lived, once it has ended.
        self._ended_at: int | None = None
        #: How often calls that wait were told to wait no longer.
        self.releases = 0
        self._sequence = 0
        self._ids = 0

    @contextmanager
    def using(self) -> Iterator[int]:
        """The current moment, read once, with these records to oneself. RecordsGone after their end.

        What is changed meanwhile is taken back if an error or an interrupt ends the outermost use. When that ends, the
        changes of status that it has brought are told; the records are free then.
        """
        news: list[StatusChange] = []
        try:
            uses = self._uses_within()
            with self._lock:
                try:
                    self._begin_use(uses)
                    self._check_open()
                    moment = self.moment = clock.now()
                    self.carry_runs(moment)
                    # What tasks have called may have ended the records.
                    self._check_open()
                    self._finish_deletions(moment)
                    if not uses:
                        # What time alone has brought stays, whatever becomes of this use.
                        if self.status_changes.upcoming:
                            news = self.status_changes.take_due(moment)
                        self._keep_changes()
                    yield moment
                    if not uses:
                        if self.status_changes.upcoming:
                            news += self.status_changes.take_due(moment)
                        self._keep_changes()
                finally:
                    self._end_use(uses)
        finally:
            if news:
                tell(news)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """These records to oneself, as they are, to change them as a whole or not at all."""
        uses = self._uses_within()
        with self._lock:
            try:
                self._begin_use(uses)
                yield
                if not uses:
                    self._keep_changes()
            finally:
                self._end_use(uses)

    def _uses_within(self) -> int:
        """Return within how many uses of this thread another one begins."""
        lock: Any = self._lock
        # What an interrupt has left of an earlier use does not count.
        return self._uses if lock._is_owned() else 0

    def _begin_use(self, uses: int) -> None:
        """Begin a use within so many others; the outermost one takes back what an interrupt has left."""
        if self.undo.steps and not uses:
            self.undo.take_back()
        self._uses = uses + 1

    def _keep_changes(self) -> None:
        """Let what was changed so far stay so."""
        if self.undo.steps:
            self.undo.clear()

    def _end_use(self, uses: int) -> None:
        """End a use within so many others; the outermost one takes back what was not brought to its end."""
        self._uses = uses
        if self.undo.steps and not uses:
            self.undo.take_back()

    def keep_up(self) -> None:
        """Do what is due, and tell what has changed, before somebody asks another service about it."""
        if (self.live_runs or self.status_changes.is_due(clock.now())) and not (self._carrying or self._closed):
            with self.using():
                pass

    def _check_open(self) -> None:
        if self._closed:
            raise self._gone()

    def leave(self, ask: Callable[[], _T]) -> _T:
        """Return what a call gives, with these records left to other threads while it is made.

        A task may do its work in threads that it waits for, and these may call Step Functions.
        """
        # All that was changed so far stays, whatever becomes of the call.
        self.undo.clear()
        # All levels of the lock at once, as threading.Condition gives it up and takes it back.
        lock: Any = self._lock
        held = None
        uses = self._uses
        try:
            self._uses = 0
            held = lock._release_save()
            return ask()
        except Exception as error:
            self._refusal = error
            raise
        finally:
            if held is not None:
                lock._acquire_restore(held)
            self._uses = uses

    def locked(self) -> AbstractContextManager[bool]:
        """These records to oneself, as they are, also after their end."""
        return self._lock

    @contextmanager
    def locked_soon(self) -> Iterator[None]:
        """These records to oneself or, if a thread holds them for long, as they are then.

        So a mock can end, and be reported, while a thread is held in a function of the test's that waits.
        """
        got = self._lock.acquire(timeout=_LONGEST_WAIT)
        try:
            yield
        finally:
            if got:
                self._lock.release()

    def check_readable(self, machine: StateMachine) -> None:
        """Raise RuntimeError if they were reset or hold a machine no longer; after the mock's end they can be read."""
        if self._was_reset:
            raise self._gone()
        if self.holds(machine):
            return
        if machine.deleting:
            raise RuntimeError(f"{machine.arn} was deleted, and all that belonged to it: add the state machine anew.")
        raise RuntimeError(f"{machine.arn} is gone: the inner mock, fixture or test that added it has ended.")

    def now(self) -> int:
        """Return the current moment; after their mock's end, the last one that it has seen."""
        return clock.now() if self._ended_at is None else self._ended_at

    @contextmanager
    def reading(self) -> Iterator[int]:
        """The moment as of which to read these records, to oneself; after their mock's end the last that it has seen.

        Definitions at work are carried to it first.
        """
        with self._changing():
            moment = self.now()
            self.carry_runs(moment)
            yield moment

    def _gone(self) -> RecordsGone:
        return RecordsGone(
            f"The records of account {self.account_id} in {self.region} are gone, because their mock has ended "
            f"or was reset: seed again inside an active mock."
        )

    def carry_runs(self, moment: int) -> None:
        """Carry the definitions at work to ``moment``; not after the records' end."""
        if not self.live_runs or self._closed:
            return
        with self._changing():
            for execution in list(self.live_runs):
                self._carry_run(execution, moment)

    def start_run(self, execution: Execution, run: Run, moment: int) -> None:
        """Put a definition to work, and do at once what takes no time."""
        self._note_run(execution)
        self.runs[execution] = self.live_runs[execution] = run
        self._carry_run(execution, moment)

    def run_of(self, execution: Execution) -> Run | None:
        """Return the run of an execution, also of a child execution, None where its definition is not run."""
        parent = None if execution.map_run is None else execution.map_run.parent
        if parent is None:
            return self.runs.get(execution)
        run = self.runs.get(parent)
        return None if run is None else run.run_of(execution)

    def resume_run(self, execution: Execution, moment: int) -> None:
        """Carry the definition of an execution once more, if it is held where nothing answers its task."""
        run = self.runs.get(execution)
        if run is not None and run.is_running and execution not in self.live_runs:
            self._carry_run(execution, moment)

    def keep_run(self, execution: Execution, run: Run) -> None:
        """Show the events of a run that somebody else carries."""
        self._note_run(execution)
        self.runs[execution] = run
        self.live_runs.pop(execution, None)

    def revive(self, execution: Execution) -> None:
        """Have the definition of an execution at work again, if it is one that runs."""
        if execution in self.runs:
            self._note_run(execution)
            self.live_runs[execution] = self.runs[execution]

    def _note_run(self, execution: Execution) -> None:
        """Note for the undo log whether an execution has a run, and whether that is at work."""
        self.undo.keep_item(self.runs, execution)
        self.undo.keep_item(self.live_runs, execution)

    def _carry_run(self, execution: Execution, moment: int) -> None:
        run = self.runs[execution]
        carrying = self._carrying
        try:
            try:
                self._carrying = carrying + 1
                run.carry(moment)
            finally:
                self._carrying = carrying
        except Exception as error:
            if error is self._refusal:
                # The caller gets it once: from then on a run stays at its task that nothing answers.
                self._refusal = None
                self.live_runs.pop(execution, None)
            raise
        finally:
            # An interrupt may have come just before the line above.
            self._carrying = carrying
        if not run.is_running:
            self._note_run(execution)
            self.live_runs.pop(execution, None)

    def close(self) -> None:
        """End them with their mock: from here on they can be read as they stand now, and not changed."""
        with self.locked_soon(), clock.last_read() as moment:
            self._closed, self._ended_at = True, moment

    @property
    def has_ended(self) -> bool:
        """Whether their mock has ended."""
        return self._ended_at is not None

    def drop(self) -> None:
        """End them for good: from here on they can neither be read nor changed."""
        with self._lock:
            self._closed = self._was_reset = True

    # --- Numbers and ids -----------------------------------------------------------------------------------------

    def next_sequence(self) -> int:
        """The next place in the order of adding."""
        self._sequence += 1
        return self._sequence

    def new_id(self) -> str:
        """The next of a fixed sequence of UUIDs, so that a test sees the same ones each time it runs."""
        id = uuid3(NAMESPACE_URL, f"{self.arn_prefix}{self._ids}")
        self._ids += 1
        return str(id)

    # --- State machines ------------------------------------------------------------------------------------------

    def add_state_machine(self, name: str, *, type: str, revision: Revision, moment: int) -> StateMachine:
        self.undo.keep_item(self.state_machines, name)
        machine = self.state_machines[name] = StateMachine(self, name, type=type, revision=revision, created=moment)
        return machine

    def discard(self, machine: StateMachine) -> None:
        """Let ``machine`` go with all that is its own, at once."""
        self.undo.keep(self, "state_machines", "map_runs")
        del self.state_machines[machine.name]
        self.map_runs = {arn: run for arn, run in self.map_runs.items() if run.state_machine is not machine}

    def holds(self, machine: StateMachine) -> bool:
        """Whether ``machine`` is (still) one of these."""
        return self.state_machines.get(machine.name) is machine

    def delete(self, machine: StateMachine, moment: int) -> None:
        """Let ``machine`` go: DELETING while anything of it is RUNNING, then gone with all that is its own."""
        if not machine.deleting:
            self.undo.keep(machine, "deleting")
            self.undo.keep(self, "_deleting")
            machine.deleting = True
            self._deleting.append(machine)
        self._finish_deletions(moment)

    def _finish_deletions(self, moment: int) -> None:
        for machine in [machine for machine in self._deleting if not machine.is_running(moment)]:
            self.undo.keep(self, "_deleting")
            self._deleting.remove(machine)
            self.discard(machine)

    def find_execution(self, arn: str) -> Execution | None:
        """The execution of that ARN, if it is one of these."""
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

    # --- Rough edges -----------------------------------------------------------------------------------------------

    def take_on(self, simulation: Simulation) -> None:
        """Have these rough edges from here on, whatever is stored already."""
        with self._lock:
            if self.simulation is simulation:
                return
            self.simulation = simulation
            self._allowances.clear()
            for owner in (*self.state_machines.values(), *self.map_runs.values()):
                owner.index.lose_order()

    # --- Quotas --------------------------------------------------------------------------------------------------

    def take_call(self, operation: str, moment: int) -> bool:
        """Whether one more call of ``operation``, which has a quota, is within it; the quota then has one less."""
        if operation not in self._allowances:
            bucket = self.simulation.quotas.bucket(operation, self.region)
            self._allowances[operation] = Allowance(bucket, moment)
        return self._allowances[operation].take(moment)

    def count_open_executions(self, moment: int) -> int:
        """How many are RUNNING, child executions among them; EXPRESS ones are outside the quota."""
        owners: list[ExecutionScope] = [
            machine for machine in self.state_machines.values() if machine.type != "EXPRESS"
        ]
        owners += [map_run for map_run in self.map_runs.values() if map_run.execution_type != "EXPRESS"]
        return sum(owner.count_running(moment) for owner in owners)

    # --- Tasks ---------------------------------------------------------------------------------------------------

    def add_task(
        self,
        moment: int,
        execution: Execution,
        attempt: Attempt,
        token: str | None,
        *,
        activity: str | None,
        heartbeat: Duration | None,
    ) -> Task:
        """``execution``'s seeding call; see ``Execution.wait_for_task``."""
        task = new_task(self, moment, execution, attempt, token, activity=activity, heartbeat=heartbeat)
        self.undo.keep_item(self.tasks, task.token)
        self.undo.keep_item(self._waiting, execution)
        self.tasks[task.token] = task
        self._waiting[execution] = [*self._waiting.get(execution, ()), task]
        return task

    def has_task(self, token: str) -> bool:
        """Whether a task has that token, of an execution whose definition runs or not."""
        return token in self.tasks or any(run.find_task(token) is not None for run in list(self.runs.values()))

    def task_of(self, execution: Execution) -> Task | None:
        """What ``execution`` waits for, or waited for last."""
        tasks = self.tasks_of(execution)
        return tasks[-1] if tasks else None

    def tasks_of(self, execution: Execution) -> list[Task]:
        """All that ``execution`` has waited for, in order."""
        return self._waiting.get(execution, [])
