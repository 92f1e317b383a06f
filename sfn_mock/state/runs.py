"""Run definitions in virtual time: each use of the records first advances the runs to the current moment.

The run determines the end of its execution. No thread waits and nothing sleeps: if the clock has passed the end of a
Wait state, the state ended at its due moment.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator
from typing import Any, Protocol, TypeVar
from uuid import NAMESPACE_URL, uuid3

from sfn_mock.asl.context import format_moment
from sfn_mock.asl.definition import parse_definition
from sfn_mock.asl.events import Event
from sfn_mock.asl.host import (
    ChildEnd,
    ChildStart,
    KnownMapRun,
    MapRunRequest,
    Pending,
    ReadItem,
    ReadRequest,
    Succeeded,
    TaskAnswer,
    TaskCall,
    WriteRequest,
)
from sfn_mock.asl.nodes import Program
from sfn_mock.asl.resources import Resource
from sfn_mock.asl.run import Run
from sfn_mock.asl.steps import Step
from sfn_mock.state import clock
from sfn_mock.state.executions import remove, store_executions
from sfn_mock.state.jobs import Job, Jobs
from sfn_mock.state.life_cycle import end_execution, end_map_run, forget_end, replace_attempt
from sfn_mock.state.nesting import StartChain, chain_of
from sfn_mock.state.outcomes import LONGEST_EXPRESS, OPEN, Ending, not_redrivable
from sfn_mock.state.progress import execution_info
from sfn_mock.state.records import Execution, MapRun
from sfn_mock.state.revisions import Origin
from sfn_mock.state.state_machines import remove_map_run, store_map_run
from sfn_mock.state.time_lines import Attempt
from sfn_mock.state.tolerance import Tolerance

#: The longest duration of a STANDARD execution, in seconds (Developer Guide, service quotas).
_LONGEST_STANDARD = 31_536_000

_T = TypeVar("_T")


class Services(Protocol):
    """The services that a run calls: those of tasks, and the storage of items and results."""

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        """Return what is wrong with the parameters of a task; see Host."""

    def has_activity(self, execution: Execution, call: TaskCall) -> bool:
        """Return whether the activity of a task exists, or the task needs none; see Host."""

    def start_task(self, execution: Execution, call: TaskCall) -> tuple[TaskAnswer, Job | None]:
        """Run a task; return its answer, and its job if it waits for one.

        A Pending answer that is not started means that a worker of an activity will start the task.
        """

    def read_items(self, execution: Execution, request: ReadRequest) -> list[ReadItem]:
        """Return the items of a Distributed Map state."""

    def write_results(self, execution: Execution, request: WriteRequest) -> Any:
        """Write the results of a map run, and return the state's result."""


def start_run(execution: Execution, moment: int, services: Services) -> None:
    """Start to run the definition of a stored execution without a planned end, and advance the run to the moment.

    Exceptions of the services are raised here, except StateError.
    """
    try:
        run = DefinitionRun(execution, parse_definition(execution.revision.definition), services)
    except ValueError as error:
        end_execution(execution, moment, Ending("FAILED", error="States.Runtime", cause=str(error)))
        return
    execution.owner.records.schedule.start(execution, run, moment)


class DefinitionRun:
    """The run of an execution, with the runs of its child executions."""

    def __init__(
        self, execution: Execution, program: Program, services: Services, parent: DefinitionRun | None = None
    ) -> None:
        self._execution = execution
        self._undo = execution.owner.records.undo
        self._schedule = execution.owner.records.schedule
        #: The generation of the undo log in which the state of the run was last saved.
        self._saved_generation = -1
        self._parent = parent
        self.chain: StartChain = (
            chain_of(execution.state_machine.arn, execution.start) if parent is None else parent.chain
        )
        self._program = program
        self._services = services
        self._children: dict[tuple[str, int], DefinitionRun] = {}
        #: The child executions whose ends the run waits for, with the number of redrives before that end.
        self._awaited_ends: dict[tuple[str, int], int] = {}
        #: When the run itself ended its execution, by the number of redrives before.
        self._own_stops: dict[int, int] = {}
        #: When the end of its map run aborted this child execution, None if that did not happen.
        self._aborted_at: int | None = None
        #: When the ends of this child execution reached the parent's run, by the number of redrives before.
        self._reported: dict[int, int] = {}
        #: The map runs and the programs of their child executions, by ARN.
        self._processors: dict[str, tuple[MapRun, Program]] = {}
        #: The tokens of all tasks so far, in order.
        self._tokens: dict[str, None] = {}
        #: The activity's ARN and the input of tasks that no worker has started, by token.
        self._activity_tasks: dict[str, tuple[str, str]] = {}
        self._advanced_to = execution.start
        #: The moment to which the run is advancing, or last advanced.
        self._target = execution.start
        self._run = Run(
            program,
            input=execution.input,
            info=execution_info(execution),
            start=execution.start,
            host=self,
            wait_scale=self._wait_scale(execution),
            time_limit_seconds=_LONGEST_STANDARD if execution.express_id is None else LONGEST_EXPRESS // 1000,
        )
        self._jobs = Jobs(execution.owner.records, self._run.has_task)

    def _wait_scale(self, execution: Execution) -> float:
        """Return the factor for the delays of Wait states and retries."""
        return execution.owner.records.simulation.wait_scale

    # --- Advance ---------------------------------------------------------------------------------------------------

    def advance_to(self, moment: int, *, in_turn: bool = False) -> None:
        """Run all actions that are due by a moment, here and in child executions, in order.

        With `in_turn` the run stops early when another run has something due before this one.
        """
        self._follow_execution(moment)
        self._target = moment
        self._poll_jobs()
        self._advance(moment, in_turn=in_turn)
        # A task may have stopped the execution.
        self._follow_execution(moment)

    @property
    def polls_jobs(self) -> bool:
        """Whether a task, here or in a child execution, waits for a job that must be polled."""
        return self._jobs.need_polling or any(child.polls_jobs for child in self._children.values())

    def _wake(self) -> None:
        """Make the next use of the records advance the outermost run that this one belongs to."""
        self._schedule.wake(self._root._execution)

    def _save(self) -> None:
        """Wake the run, and save its state in the undo log before a change."""
        self._wake()
        if self._saved_generation != self._undo.generation:
            self._undo.add(self._wake)
            self._undo.add(self._run.checkpoint())
            self._undo.save(self, "_advanced_to")
            self._saved_generation = self._undo.generation

    def _advance(self, moment: int, *, in_turn: bool = False) -> None:
        self._step(self._advanced_to)
        while (due := self.next_due()) is not None and due <= moment:
            if in_turn and self._schedule.has_due_before(due):
                return
            self._step(max(due, self._advanced_to))
        self._step(max(moment, self._advanced_to))

    def _step(self, moment: int) -> None:
        self._save()
        self._advanced_to = max(moment, self._advanced_to)
        self._end_jobs(moment)
        self._run.advance_to(moment)
        for key in [key for key in self._children if key in self._awaited_ends]:
            child = self._children[key]
            # The concurrency of its redriven map run decides when it is redriven.
            child._follow_execution(moment)
            child._advance(moment)
            self._report_end(key, child)
        self._end_execution()

    def _report_end(self, key: tuple[str, int], child: DefinitionRun) -> None:
        run = child._run
        stop = run.stop_of(self._awaited_ends[key])
        if stop is None or stop > self._advanced_to or not self._takes_ends:
            return
        self._save()
        self._undo.save_item(child._reported, self._awaited_ends[key])
        child._reported[self._awaited_ends[key]] = stop
        self._stop_awaiting(key)
        output = None if run.output is None else json.loads(run.output)
        end = ChildEnd(run.status, output, run.error, run.cause, child._describe(stop))
        self._run.child_ended(*key, end, stop)

    @property
    def _takes_ends(self) -> bool:
        """Whether the ends of child executions reach the run; if not, it gets them when it is redriven."""
        if not self.is_running:
            return False
        attempt = self._execution.attempt_at(self._advanced_to)
        if attempt is None or attempt.redrive_count != self._run.redrive_count:
            return True
        # Another thread may have stopped the execution, and the run is about to follow.
        return self._stop_from_outside(attempt, self._advanced_to) is None

    def _stop_from_outside(self, attempt: Attempt, moment: int) -> int | None:
        """Return when a call or a test stopped an attempt, None if it is open or the run itself ended it."""
        stop = attempt.stop_at(moment)
        return None if stop == self._own_stops.get(attempt.redrive_count) else stop

    def _describe(self, stop: int) -> dict[str, Any]:
        """Return the description of a child execution for a ResultWriter."""
        execution = self._execution
        redrive = {"RedriveCount": self._run.redrive_count, "RedriveStatus": "REDRIVABLE_BY_MAP_RUN"}
        if self._run.status == "SUCCEEDED":
            redrive |= {"RedriveStatus": "NOT_REDRIVABLE", "RedriveStatusReason": not_redrivable("SUCCEEDED")}
        return {
            **redrive,
            "ExecutionArn": execution.arn,
            "Input": execution.input,
            "InputDetails": {"Included": True},
            "Name": execution.name,
            "StartDate": format_moment(execution.start),
            "StateMachineArn": execution.state_machine_arn,
            "StopDate": format_moment(stop),
        }

    def next_due(self) -> int | None:
        """Return when the next action is due, here or in a child execution; None if there is none."""
        dues = [self._run.next_due(), self._jobs.next_stop(), *(child.next_due() for child in self._children.values())]
        if self._awaited_ends and self._takes_ends:
            # A run that was moved back gets the ends of its child executions again.
            dues += [self._children[key]._run.stop_of(number) for key, number in self._awaited_ends.items()]
        return min((due for due in dues if due is not None), default=None)

    # --- Jobs --------------------------------------------------------------------------------------------------------

    @property
    def _root(self) -> DefinitionRun:
        """The outermost run that this one belongs to."""
        return self if self._parent is None else self._parent._root

    def _poll_jobs(self) -> None:
        """Poll the jobs of tasks, here and in child executions."""
        self._jobs.poll_all(self._root._target)
        for child in list(self._children.values()):
            child._poll_jobs()

    def follow_nested(self, nested: Hashable, moment: int) -> None:
        """Move the run back to a change of a nested execution, if the task that waited for it ended later."""
        if moment < self._advanced_to and self._jobs.has_ended(nested):
            self.rewind(moment)
        for child in list(self._children.values()):
            child.follow_nested(nested, moment)

    def _end_jobs(self, moment: int) -> None:
        """Answer the tasks whose jobs have stopped by a moment."""
        for token, end, stop in self._jobs.stopped(moment):
            self._save()
            # If the clock went back, the run repeats what it did before, perhaps with this end.
            self._run.advance_to(stop)
            if not self._run.has_task(token):
                continue
            if isinstance(end, Succeeded):
                self._run.complete_task(token, end.result, stop)
            else:
                self._run.fail_task(token, end.error, end.cause, stop)

    @property
    def is_running(self) -> bool:
        """Whether the run has not ended."""
        return self._run.status == "RUNNING"

    def _end_execution(self) -> None:
        """End the execution if the run has ended."""
        run, execution = self._run, self._execution
        if run.stop_moment is None:
            return
        attempt = execution.attempt_at(run.stop_moment)
        if attempt is None or attempt.redrive_count != run.redrive_count:
            # The run has to follow a redrive, which began another attempt.
            return
        if attempt.is_open(run.stop_moment):
            fault = run.status in ("FAILED", "ABORTED")
            error, cause = (run.error, run.cause) if fault else (None, None)
            self._undo.save_item(self._own_stops, run.redrive_count)
            self._own_stops[run.redrive_count] = run.stop_moment
            end_execution(execution, run.stop_moment, Ending(run.status, run.output, error, cause))

    def _follow_execution(self, moment: int) -> None:
        """Stop the run where a call or a test stopped the execution, and redrive it where they redrove it."""
        self._save()
        run = self._run
        redrives = 0
        for attempt in self._execution.attempts_until(moment):
            number = attempt.redrive_count
            if number > redrives:
                redrives = number
                if not self._repeats(run.redrive_of, number, attempt.since):
                    # EXPRESS child executions have no history to continue from.
                    run.redrive(attempt.since, is_from_start=self._execution.express_id is not None)
            # A run that was moved back repeats its own end when it is advanced.
            stop = self._stop_from_outside(attempt, moment)
            if stop is not None and not self._repeats(run.stop_of, number, stop):
                ending = attempt.ending
                run.stop(stop, ending.error, ending.cause, status=ending.status, output=ending.output)
        for child in list(self._children.values()):
            child._follow_execution(moment)

    def _repeats(self, moment_of: Callable[[int], int | None], number: int, moment: int) -> bool:
        """Return whether the run stops or is redriven at a moment; if not, move it to that moment."""
        if moment_of(number) != moment:
            # After a rewind, the run repeats what it did until then.
            self._run.rewind_to(moment)
        return moment_of(number) == moment

    def events(self, moment: int) -> list[Event]:
        """Return the events until a moment."""
        return [event for event in self._run.events if event.moment <= moment]

    def steps(self) -> Iterator[Step]:
        """Yield all steps, here and in child executions."""
        yield from self._run.steps
        for child in self._children.values():
            yield from child.steps()

    def run_of(self, child: Hashable) -> DefinitionRun | None:
        """Return the run of a child execution, None if it does not belong to this run."""
        return next((run for run in self._children.values() if run._execution is child), None)

    def context(self, moment: int) -> dict[str, Any]:
        """Return the context object at a moment."""
        if moment >= self._advanced_to:
            return self._run.context
        self._run.rewind_to(moment)
        try:
            return self._run.context
        finally:
            self._run.advance_to(self._advanced_to)

    # --- Waiting tasks ---------------------------------------------------------------------------------------------

    def open_tokens(self) -> list[str]:
        """Return the tokens of the tasks that wait for an answer from outside, here and in child executions."""
        own = [token for token in self._tokens if self._run.has_task(token) and token not in self._jobs]
        return [*own, *(token for child in self._children.values() for token in child.open_tokens())]

    def find_task(self, token: str) -> WaitingTask | None:
        """Return the task with a token, here or in a child execution; None if there is none."""
        if token in self._tokens:
            return WaitingTask(self, token)
        # A call in another thread may search here while this run advances.
        for child in list(self._children.values()):
            task = child.find_task(token)
            if task is not None:
                return task
        return None

    def start_activity_task(self, activity_arn: str, moment: int, worker_name: str | None) -> tuple[str, str] | None:
        """Start a waiting task of an activity for a worker; return its token and input, None if there is none."""
        self.rewind(moment)
        for token, (arn, input) in list(self._activity_tasks.items()):
            if arn == activity_arn and self._run.has_task(token):
                self._save()
                self._undo.save_item(self._activity_tasks, token)
                del self._activity_tasks[token]
                self._run.start_task(token, moment, worker_name)
                return token, input
        children = self._children.values()
        return next(
            (t for child in children if (t := child.start_activity_task(activity_arn, moment, worker_name))), None
        )

    def update_map_run(self, map_run_arn: str, moment: int, changes: dict[str, Any]) -> None:
        """Change the limits of a map run."""
        self.prepare(moment)
        self._run.update_map_run(map_run_arn, moment, **changes)
        self.advance_whole_run(moment)

    def rewind(self, moment: int) -> None:
        """Move the run to a moment for a change from outside, backwards if the clock went back."""
        if self._parent is not None:
            self._parent.rewind(moment)
        if moment > self._advanced_to:
            # Nothing is due until then.
            self._save()
            self._advanced_to = moment
        elif moment < self._advanced_to:
            self._move_back(moment)
            self._schedule.reactivate(self._root._execution)

    def _move_back(self, moment: int) -> None:
        """Move the run back to a moment if it is ahead; it then repeats what it did, unless a change comes first."""
        if moment < self._advanced_to:
            self._save()
            self._run.rewind_to(moment)
            self._advanced_to = moment

    def prepare(self, moment: int) -> None:
        """Prepare the run for a change from outside at a moment."""
        self.rewind(moment)
        self._save()

    def advance_whole_run(self, moment: int) -> None:
        """Advance the outermost run that this one belongs to."""
        self._schedule.advance_first(self._root._execution, moment)

    def _call_unlocked(self, ask: Callable[[], _T]) -> _T:
        """Call a function with the lock of the records released."""
        return self._execution.owner.records.call_unlocked(ask)

    # --- The interface asl.host.RunHost ----------------------------------------------------------------------------

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        """Return what is wrong with the parameters of a task."""
        return self._services.check_parameters(resource, parameters)

    def has_activity(self, call: TaskCall) -> bool:
        """Return whether the activity of a task exists."""
        return self._services.has_activity(self._execution, call)

    def start_task(self, call: TaskCall) -> TaskAnswer:
        """Run a task; a task of an activity waits for GetActivityTask."""
        self._tokens[call.token] = None
        before = self._execution.attempt_at(call.moment)
        answer, job = self._call_unlocked(lambda: self._services.start_task(self._execution, call))
        self._jobs.add(call.token, job)
        after = self._execution.attempt_at(call.moment)
        stop = None if after is None or after is before else after.stop_at(clock.NEVER)
        # A stop at a later moment to which the run is advancing comes after all that is due before.
        if stop is not None and not call.moment < stop <= self._root._target:
            # The task has stopped the execution, so the run stops in this state, whatever the answer.
            return Pending()
        if isinstance(answer, Pending) and answer.start is None:
            self._activity_tasks[call.token] = (call.resource.arn, json.dumps(call.parameters, separators=(",", ":")))
        if job is not None:
            if job.nested is not None:
                self._schedule.wait_for(job.nested, self._root._execution)
            if call.moment < self._root._target:
                # The job may have started in the past and ended meanwhile.
                self._jobs.poll(call.token, self._root._target)
        return answer

    def abandon_task(self, token: str, moment: int) -> None:
        """Stop the job that an aborted task waits for, such as a nested execution."""
        self._save()
        self._jobs.abandon(token, moment)

    def read_items(self, request: ReadRequest) -> list[ReadItem]:
        """Read the items of a Distributed Map state."""
        return self._call_unlocked(lambda: self._services.read_items(self._execution, request))

    def write_results(self, request: WriteRequest) -> Any:
        """Write the results of a map run."""
        return self._call_unlocked(lambda: self._services.write_results(self._execution, request))

    def start_map_run(self, request: MapRunRequest) -> str:
        """Store a map run without children, and return its ARN."""
        self._save()
        machine = self._execution.state_machine
        records = machine.records
        map_run = MapRun(
            machine,
            self._execution,
            # A Map state keeps the label that AWS generates for it.
            request.label or str(uuid3(NAMESPACE_URL, f"{machine.arn}/{request.state}")),
            records.new_id(),
            execution_type=request.execution_type,
            max_concurrency=request.max_concurrency,
            tolerance=Tolerance(request.tolerated_failure_count, request.tolerated_failure_percentage),
            attempts=(Attempt(request.moment),),
            follows_children=False,
        )
        store_map_run(map_run)
        self._undo.save_item(self._processors, map_run.arn)
        self._processors[map_run.arn] = map_run, request.processor
        return map_run.arn

    def recall_map_run(self, map_run_arn: str) -> KnownMapRun:
        """Return that nothing is known about a map run."""
        return KnownMapRun()

    def plan_children(self, map_run_arn: str, item_counts: list[int]) -> None:
        """Store the number of items of each child execution that is to start."""
        self._save()
        map_run, _ = self._processors[map_run_arn]
        self._undo.save(map_run, "planned_items")
        map_run.planned_items = tuple(item_counts)

    def start_child(self, start: ChildStart) -> None:
        """Store a child execution and create its run."""
        self._save()
        map_run, processor = self._processors[start.map_run_arn]
        records = map_run.records
        child = Execution(
            map_run,
            records.new_id(),
            records.next_sequence(),
            start.moment,
            Attempt(start.moment),
            Origin(
                self._execution.revision,
                input=json.dumps(start.input, separators=(",", ":")),
                item_count=start.item_count,
            ),
            records.new_id() if map_run.execution_type == "EXPRESS" else None,
        )
        store_executions(map_run, [child])
        records.status_changes.follow_start(child, start.moment)
        self._undo.save_item(self._children, (start.map_run_arn, start.index))
        self._children[start.map_run_arn, start.index] = self._new_child(child, processor, start)
        self._await_end((start.map_run_arn, start.index), 0)

    def _new_child(self, child: Execution, processor: Program, start: ChildStart) -> DefinitionRun:
        """Return the run of a child execution."""
        return DefinitionRun(child, processor, self._services, self)

    def end_map_run(self, map_run_arn: str, status: str, moment: int) -> dict[int, ChildEnd]:
        """End a map run and stop its running child executions; return their ends."""
        self._save()
        map_run, _ = self._processors[map_run_arn]
        end_map_run(map_run, moment, status)
        stopped = {}
        for (arn, index), child in self._children.items():
            if arn != map_run_arn:
                continue
            child._move_back(moment)
            if child.is_running:
                child._save()
                child._run.stop(moment, None, None)
                child._end_execution()
                self._undo.save(child, "_aborted_at")
                child._aborted_at = moment
                stopped[index] = ChildEnd("ABORTED", description=child._describe(moment))
        return stopped

    def redrive_map_run(self, map_run_arn: str, moment: int) -> list[int]:
        """Return the indexes of the unsuccessful child executions of a map run, whose time lines redrive them."""
        self._save()
        redriven = []
        for (arn, index), child in self._children.items():
            attempt = child._execution.attempt_in_force(moment)
            is_pending = attempt.status_at(moment) == "PENDING_REDRIVE"
            if arn == map_run_arn and (is_pending or (attempt.redrive_count and attempt.since == moment)):
                self._await_end((arn, index), attempt.redrive_count + is_pending)
                redriven.append(index)
        return redriven

    def forget_after(self, moment: int) -> None:
        """Remove map runs, child executions and ends after a moment, because the run continues in another way."""
        self._save()
        self._advanced_to = min(self._advanced_to, moment)
        is_reopened = self._reopen(moment)
        for arn, (map_run, _) in list(self._processors.items()):
            if map_run.start > moment:
                self._undo.save_item(self._processors, arn)
                del self._processors[arn]
                remove_map_run(map_run, self._execution)
            else:
                forget_end(map_run, moment, with_redrives=is_reopened)
        for key, child in list(self._children.items()):
            if child._execution.start > moment:
                self._remove_child(key)
            else:
                self._await_again(key, moment)
        if self._parent is not None:
            self._parent._run.forget_after(moment)

    def _remove_child(self, key: tuple[str, int]) -> None:
        """Remove a child execution; if its map run was removed, it went with it."""
        child = self._children[key]
        self._undo.save_item(self._children, key)
        del self._children[key]
        self._stop_awaiting(key)
        if key[0] in self._processors:
            remove(child._execution)

    def _await_again(self, key: tuple[str, int], moment: int) -> None:
        """Move a child execution back to a moment, and wait for its end if that has not reached the run by then."""
        child = self._children[key]
        if child._aborted_at is not None and child._aborted_at > moment:
            self._undo.save(child, "_aborted_at")
            child._aborted_at = None
            child._run.forget_after(moment)
        child._move_back(moment)
        self._undo.save(child, "_reported")
        child._reported = {number: stop for number, stop in child._reported.items() if stop <= moment}
        attempt = child._execution.attempt_in_force(moment)
        number = attempt.redrive_count + (attempt.status_at(moment) == "PENDING_REDRIVE")
        if number in child._reported:
            self._stop_awaiting(key)
        else:
            self._await_end(key, number)

    def _reopen(self, moment: int) -> bool:
        """Make the execution RUNNING from a moment on, if its run ends it later; return whether it does."""
        attempt = self._execution.attempt_in_force(moment)
        stop = attempt.stop
        if stop is None or stop <= moment or self._own_stops.get(attempt.redrive_count) != stop:
            return False
        self._undo.save_item(self._own_stops, attempt.redrive_count)
        del self._own_stops[attempt.redrive_count]
        replace_attempt(self._execution, moment, attempt._replace(stop=None, ending=OPEN))
        return True

    def _await_end(self, key: tuple[str, int], redrives: int) -> None:
        """Wait for the end of a child execution after a number of redrives."""
        self._undo.save_item(self._awaited_ends, key)
        self._awaited_ends[key] = redrives

    def _stop_awaiting(self, key: tuple[str, int]) -> None:
        """Wait no longer for the end of a child execution."""
        self._undo.save_item(self._awaited_ends, key)
        self._awaited_ends.pop(key, None)


class WaitingTask:
    """A task of a run that waits for an answer with its token."""

    def __init__(self, run: DefinitionRun, token: str) -> None:
        self._run = run
        self._token = token

    def is_open_at(self, moment: int) -> bool:
        """Return whether the task waits for its answer at a moment."""
        if not self._run._root._execution.exists:
            return False
        self._run.rewind(moment)
        return self._run._run.has_task(self._token)

    def succeed(self, moment: int, output: str) -> None:
        """Give the task its result, as JSON text."""
        self._run.prepare(moment)
        self._run._run.complete_task(self._token, json.loads(output), moment)
        self._run.advance_whole_run(moment)

    def fail(self, moment: int, error: str | None, cause: str | None) -> None:
        """Give the task its error."""
        self._run.prepare(moment)
        self._run._run.fail_task(self._token, error, cause, moment)
        self._run.advance_whole_run(moment)

    def heartbeat(self, moment: int) -> None:
        """Record a heartbeat of the task."""
        self._run.prepare(moment)
        self._run._run.heartbeat(self._token, moment)
