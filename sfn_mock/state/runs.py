"""Run definitions in virtual time: each use of the records first advances the runs to the current moment.

The run determines the end of its execution. No thread waits and nothing sleeps: if the clock has passed the end of a
Wait state, the state ended at its due moment.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from sfn_mock.asl.definition import parse_definition
from sfn_mock.asl.errors import StoppedError
from sfn_mock.asl.events import Event
from sfn_mock.asl.host import (
    ChildEnd,
    ChildStart,
    KnownMapRun,
    MapRunRequest,
    ReadItem,
    ReadRequest,
    TaskAnswer,
    TaskCall,
    WriteRequest,
)
from sfn_mock.asl.nodes import Program
from sfn_mock.asl.resources import Resource
from sfn_mock.asl.steps import Step
from sfn_mock.state.child_runs import ChildRuns
from sfn_mock.state.execution_runs import ExecutionRun
from sfn_mock.state.life_cycle import end_execution
from sfn_mock.state.nesting import StartChain, chain_of
from sfn_mock.state.outcomes import Ending
from sfn_mock.state.records import Execution
from sfn_mock.state.run_environments import RunEnvironment
from sfn_mock.state.run_tasks import RunTask, RunTasks


def start_run(execution: Execution, moment: int, environment: RunEnvironment) -> None:
    """Start to run the definition of a stored execution without a planned end, and advance the run to the moment.

    Exceptions of the services are raised here, except StateError.
    """
    try:
        run = DefinitionRun(execution, parse_definition(execution.revision.definition), environment)
    except ValueError as error:
        end_execution(execution, moment, Ending("FAILED", error="States.Runtime", cause=str(error)))
        return
    execution.owner.records.schedule.start(execution, run, moment)


class DefinitionRun:
    """The run of an execution, with its tasks and the runs of its child executions.

    Attributes:
        chain: The executions that started one another at the moment of its start, up to this one.
        own: The run without those of its child executions.
    """

    def __init__(
        self,
        execution: Execution,
        program: Program,
        environment: RunEnvironment,
        parent: DefinitionRun | None = None,
    ) -> None:
        self._environment = environment
        self.chain: StartChain = (
            chain_of(execution.state_machine.arn, execution.start) if parent is None else parent.chain
        )
        self.own: ExecutionRun = ExecutionRun(
            execution, program, self, environment.wait_scale(execution), None if parent is None else parent.own
        )
        self._tasks = RunTasks(self.own, environment)
        self._children: ChildRuns[DefinitionRun] = ChildRuns(self.own, self._new_child)

    # --- Advance -----------------------------------------------------------------------------------------------------

    def advance_to(self, moment: int, *, in_turn: bool = False) -> None:
        """Run all actions that are due by a moment, here and in child executions, in order.

        With `in_turn` the run stops early when another run has something due before this one.
        """
        self.follow(moment)
        self.own.target = moment
        self.poll_jobs()
        redrives = self.own.run.redrive_count
        self._advance(moment, in_turn=in_turn)
        # A task may have stopped the execution.
        self.follow(moment)
        if self.own.run.redrive_count > redrives:
            # It has redriven it, too.
            self.advance_to(moment, in_turn=in_turn)

    def advance_with_parent(self, moment: int) -> None:
        """Advance the run of a child execution, in a step of its parent's run."""
        self.follow(moment)
        self._advance(moment)

    def _advance(self, moment: int, *, in_turn: bool = False) -> None:
        own, moment = self.own, min(moment, self._environment.limit)
        self._step(own.advanced_to)
        while (due := self.next_due()) is not None and due <= moment:
            if in_turn and own.schedule.has_due_before(due):
                return
            self._step(max(due, own.advanced_to))
        self._step(max(moment, own.advanced_to))

    def _step(self, moment: int) -> None:
        self.own.reach(moment)
        self._tasks.end_jobs(moment)
        self.own.run.advance_to(moment)
        self._children.advance(moment)
        self.own.end_execution()

    def next_due(self) -> int | None:
        """Return when the next action is due, here or in a child execution; None if there is none."""
        dues = [self.own.run.next_due(), self._tasks.next_stop(), self._children.next_due()]
        return min((due for due in dues if due is not None), default=None)

    @property
    def polls_jobs(self) -> bool:
        """Whether a task, here or in a child execution, waits for a job that must be polled."""
        return self._tasks.need_polling or any(child.polls_jobs for child in self._children.runs())

    def wake(self) -> None:
        """Advance the run, if it is that of a child execution, when the outermost run advances next."""
        self.own.wake_in_parents()

    def poll_jobs(self) -> None:
        """Poll the jobs of tasks, here and in child executions."""
        self._tasks.poll_jobs()
        for child in self._children.runs():
            child.poll_jobs()

    def follow(self, moment: int) -> None:
        """Stop or redrive the run where its execution was, and so the runs of child executions."""
        self.own.follow(moment)
        for child in self._children.runs():
            child.follow(moment)

    def follow_nested(self, nested: Hashable, moment: int) -> None:
        """Move the run back to a change of a nested execution, if the task that waited for it ended later."""
        self._tasks.follow_nested(nested, moment)
        for child in self._children.runs():
            child.follow_nested(nested, moment)

    # --- What has happened -------------------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether the run has not ended."""
        return self.own.is_running

    def events(self, moment: int) -> list[Event]:
        """Return the events until a moment."""
        return [event for event in self.own.run.events if event.moment <= moment]

    def steps(self) -> Iterator[Step]:
        """Yield all steps, here and in child executions."""
        yield from self.own.run.steps
        for child in self._children.runs():
            yield from child.steps()

    def run_of(self, child: Hashable) -> DefinitionRun | None:
        """Return the run of a child execution, None if it does not belong to this run."""
        return self._children.run_of(child)

    def context(self, moment: int) -> dict[str, Any]:
        """Return the context object at a moment."""
        return self.own.context(moment)

    def has_left(self, map_run_arn: str, moment: int) -> bool:
        """Return whether the run has left or retried the state of a map run by a moment; no redrive continues it."""
        return self.own.has_left(map_run_arn, moment)

    # --- Changes from outside ----------------------------------------------------------------------------------------

    def open_tokens(self) -> list[str]:
        """Return the tokens of the tasks that wait for an answer from outside, here and in child executions."""
        children = self._children.runs()
        return [*self._tasks.open_tokens(), *(token for child in children for token in child.open_tokens())]

    def find_task(self, token: str) -> RunTask | None:
        """Return the task with a token, here or in a child execution; None if there is none."""
        task = self._tasks.find(token)
        if task is not None:
            return task
        return next((task for child in self._children.runs() if (task := child.find_task(token))), None)

    def start_activity_task(self, activity: Hashable, moment: int, worker_name: str | None) -> tuple[str, str] | None:
        """Start a waiting task of an activity for a worker; return its token and input, None if there is none."""
        started = self._tasks.start_by_worker(activity, moment, worker_name)
        if started is not None:
            return started
        children = self._children.runs()
        return next((t for child in children if (t := child.start_activity_task(activity, moment, worker_name))), None)

    def update_map_run(self, map_run_arn: str, moment: int, changes: dict[str, Any]) -> None:
        """Change the limits of a map run."""
        self.own.prepare(moment)
        self.own.run.update_map_run(map_run_arn, moment, **changes)
        self.own.advance_whole_run(moment)

    # --- The interface asl.host.RunHost ------------------------------------------------------------------------------

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        """Return what is wrong with the parameters of a task."""
        return self._environment.check_parameters(resource, parameters)

    def enter_state(self, moment: int) -> None:
        """Abort the execution instead of a state transition, with the parent of a child, if its machine is DELETING."""
        own = self.own
        machine = own.execution.state_machine
        # AWS lets the executions of EXPRESS machines run to their ends.
        if machine.deleting and machine.type == "STANDARD":
            if own is not own.root:
                end_execution(own.root.execution, moment, Ending("ABORTED"))
            raise StoppedError("ABORTED", None, None, None)

    def has_activity(self, call: TaskCall) -> bool:
        """Return whether the activity of a task exists."""
        return self._environment.has_activity(self.own.execution, call)

    def start_task(self, call: TaskCall) -> TaskAnswer:
        """Run a task; a task of an activity waits for GetActivityTask."""
        return self._tasks.start(call)

    def abandon_task(self, token: str, moment: int) -> None:
        """Stop the job that an aborted task waits for, such as a nested execution."""
        self._tasks.abandon(token, moment)

    def read_items(self, request: ReadRequest) -> list[ReadItem]:
        """Read the items of a Distributed Map state."""
        execution, environment = self.own.execution, self._environment
        return environment.call(execution.owner.records, lambda: environment.read_items(execution, request))

    def write_results(self, request: WriteRequest) -> Any:
        """Write the results of a map run."""
        execution, environment = self.own.execution, self._environment
        return environment.call(execution.owner.records, lambda: environment.write_results(execution, request))

    def start_map_run(self, request: MapRunRequest) -> str:
        """Store a map run without children, and return its ARN."""
        return self._children.start_map_run(request)

    def recall_map_run(self, map_run_arn: str) -> KnownMapRun:
        """Return what is known about a map run that was just started or redriven."""
        return self._environment.recall_map_run(self.own.execution, map_run_arn)

    def plan_children(self, map_run_arn: str, item_counts: list[int]) -> None:
        """Store the number of items of each child execution that is to start."""
        self._children.plan(map_run_arn, item_counts)

    def start_child(self, start: ChildStart) -> None:
        """Store a child execution and create its run."""
        self._children.start(start)

    def _new_child(self, child: Execution, processor: Program, start: ChildStart) -> DefinitionRun:
        """Return the run of a child execution."""
        run = DefinitionRun(child, processor, self._environment, self)
        self._environment.note_child(self.own.execution, run.own, start)
        return run

    def end_map_run(self, map_run_arn: str, status: str, moment: int) -> dict[int, ChildEnd]:
        """End a map run and stop its running child executions; return their ends."""
        return self._children.end_map_run(map_run_arn, status, moment)

    def redrive_map_run(self, map_run_arn: str, moment: int) -> list[int]:
        """Return the indexes of the unsuccessful child executions of a map run, whose time lines redrive them."""
        return self._children.redrive_map_run(map_run_arn, moment)

    def forget_after(self, moment: int) -> None:
        """Remove map runs, child executions and ends after a moment, because the run continues in another way."""
        is_reopened = self.own.forget_after(moment)
        self._children.forget_after(moment, with_redrives=is_reopened)
        self.own.forget_in_parent(moment)
