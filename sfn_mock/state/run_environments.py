"""The environment of a run: the services that it calls, its pace, and what is known about its map runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from sfn_mock.asl.host import (
    ChildStart,
    KnownMapRun,
    ReadItem,
    ReadRequest,
    TaskAnswer,
    TaskCall,
    WriteRequest,
)
from sfn_mock.asl.resources import Resource
from sfn_mock.state.execution_runs import ExecutionRun
from sfn_mock.state.jobs import Job
from sfn_mock.state.records import Execution, Records

_T = TypeVar("_T")


class RunEnvironment(Protocol):
    """The environment that a run shares with the runs of its child executions."""

    @property
    def limit(self) -> int:
        """The latest moment to which runs advance."""

    def wait_scale(self, execution: Execution) -> float:
        """Return the factor for the delays of Wait states and retries."""

    def call(self, records: Records, ask: Callable[[], _T]) -> _T:
        """Call a service; the lock of the records is released if the service may use them in another thread."""

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

    def recall_map_run(self, execution: Execution, map_run_arn: str) -> KnownMapRun:
        """Return what is known about a map run of an execution; see Host."""

    def note_child(self, parent: Execution, child: ExecutionRun, start: ChildStart) -> None:
        """Note the run of a child execution, before it advances."""
