"""The interface of a run's host, which runs tasks and child executions, reads items and writes results.

A run calls its host while it advances. It keeps each answer, so that it can repeat its actions without a second call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from sfn_mock.asl.nodes import Program
from sfn_mock.asl.resources import Resource

#: The step at which a task failed: it could not be scheduled, could not start, its call was refused although it would
#: have waited for a job or a callback, or it ran.
FailedStep = Literal["schedule", "start", "submit", "run"]


@dataclass(frozen=True)
class TaskCall:
    """The call of a task by a Task state.

    Attributes:
        state: The state's name.
        resource: The state's Resource.
        parameters: The evaluated Parameters or Arguments; the state's input if it has neither.
        token: The task token; a repeated run gives the same one.
        moment: When the task is scheduled, in milliseconds since 1970.
        attempt: 0 for the first attempt, 1 for the first retry, and so on.
        context: The context object.
        role_arn: The role of the state's Credentials, None without one.
        timeout_seconds: The state's TimeoutSeconds, None without one.
        heartbeat_seconds: The state's HeartbeatSeconds, None without one.
    """

    state: str
    resource: Resource
    parameters: Any
    token: str
    moment: int
    attempt: int
    context: dict[str, Any]
    role_arn: str | None
    timeout_seconds: int | None
    heartbeat_seconds: int | None


@dataclass(frozen=True)
class TaskStart:
    """The start of a task.

    Attributes:
        delay_ms: How long after it is scheduled the task starts.
        worker_name: The name that an activity's worker gave, None without one.
    """

    delay_ms: int = 0
    worker_name: str | None = None


_AT_ONCE = TaskStart()


@dataclass(frozen=True)
class Succeeded:
    """A task's result.

    Attributes:
        result: A JSON value.
        duration_ms: How long the task takes from when it is scheduled.
        submitted: The output of the TaskSubmitted event, for a task that waits for a job or a callback; None for none.
        sends_heartbeats: Whether the task never misses a heartbeat.
        stop: When the job stopped that the task waited for, in UTC milliseconds; None if its service does not tell.
        start: The start of the task, None if it did not start.
        ignores_timeout: Whether the task never times out, whatever its TimeoutSeconds.
    """

    result: Any
    duration_ms: int = 0
    submitted: Any = None
    sends_heartbeats: bool = False
    stop: int | None = None
    start: TaskStart | None = _AT_ONCE
    ignores_timeout: bool = False


@dataclass(frozen=True)
class Failed:
    """A task's error.

    Attributes:
        error: The name of the error.
        cause: The cause of the error.
        duration_ms: How long the task takes from when it is scheduled.
        submitted: See Succeeded.
        step: The step at which the task failed.
        is_timeout: Whether the history shows the failure as a timeout.
        sends_heartbeats: See Succeeded.
        stop: See Succeeded.
        start: See Succeeded.
        ignores_timeout: See Succeeded.
    """

    error: str | None
    cause: str | None = None
    duration_ms: int = 0
    submitted: Any = None
    step: FailedStep = "run"
    is_timeout: bool = False
    sends_heartbeats: bool = False
    stop: int | None = None
    start: TaskStart | None = _AT_ONCE
    ignores_timeout: bool = False


@dataclass(frozen=True)
class Pending:
    """A task that stays open until somebody sends its result with its token.

    Attributes:
        start: The start of the task, None if it has not started; the task of an activity starts when a worker gets it.
        submitted: See Succeeded.
        ignores_timeout: See Succeeded.
    """

    start: TaskStart | None = _AT_ONCE
    submitted: Any = None
    ignores_timeout: bool = False


TaskAnswer = Succeeded | Failed | Pending


@dataclass(frozen=True)
class MapRunRequest:
    """The request of a Distributed Map state to start a map run.

    Attributes:
        state: The state's name.
        label: The state's Label, None without one.
        execution_type: The type of the child executions, STANDARD or EXPRESS.
        processor: The program that each child execution runs.
        moment: When the map run starts, in milliseconds since 1970.
        item_count: The number of items; 0 if an ItemReader is still to read them.
        max_concurrency: How many child executions may run at the same time, 0 for no limit.
        tolerated_failure_count: How many items may fail.
        tolerated_failure_percentage: The percentage of items that may fail.
        token: An identifier; a repeated run gives the same one.
    """

    state: str
    label: str | None
    execution_type: str
    processor: Program
    moment: int
    item_count: int
    max_concurrency: int
    tolerated_failure_count: int
    tolerated_failure_percentage: float
    token: str


@dataclass(frozen=True)
class KnownMapRun:
    """The known outcome of a map run, from a recorded history.

    Attributes:
        end: The end of the Map state: Succeeded with its output, Failed, or Pending if it does not end. None if the
            child executions are to run.
        assigned: The variables that the state assigns if it succeeds.
        inputs: The inputs of the child executions, which replace those from an ItemReader; None to read the items.
    """

    end: TaskAnswer | None = None
    assigned: dict[str, Any] = field(default_factory=dict)
    inputs: list[Any] | None = None


@dataclass(frozen=True)
class ChildStart:
    """The start of a child execution.

    Attributes:
        map_run_arn: The ARN of the map run.
        index: The index of the child execution within the map run.
        input: The input of the child execution, a JSON value.
        item_count: How many items the child execution processes.
        moment: When it starts, in milliseconds since 1970.
    """

    map_run_arn: str
    index: int
    input: Any
    item_count: int
    moment: int


@dataclass(frozen=True)
class ChildEnd:
    """The end of a child execution.

    Attributes:
        status: SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        output: The output as a JSON value, None unless the child execution succeeded.
        error: The name of the error, None if it succeeded.
        cause: The cause of the error, None if there is none.
        description: The other fields that a ResultWriter writes, with AWS's names: ARN, input, dates.
    """

    status: str
    output: Any = None
    error: str | None = None
    cause: str | None = None
    description: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadRequest:
    """The request of a Distributed Map state to read its items: the evaluated ItemReader."""

    resource: str
    parameters: Any
    config: dict[str, Any]
    moment: int


@dataclass(frozen=True)
class ReadItem:
    """An item that an ItemReader has read.

    Attributes:
        value: The item.
        source: The address of the bucket that was listed or of the object that contains the item, such as
            `S3://lists/items.json`.
    """

    value: Any
    source: str


@dataclass(frozen=True)
class WriteRequest:
    """The request of a Distributed Map state to write its results: the evaluated ResultWriter.

    Attributes:
        map_run_arn: The ARN of the map run.
        resource: The ARN of the action, None if the results are only transformed.
        parameters: The bucket and prefix to write to.
        config: `WriterConfig`.
        ends: The ends of the child executions, in their order.
        moment: When the map run ends, in milliseconds since 1970.
        is_needed: Whether the state goes on with the result, False if the map run fails or is aborted.
    """

    map_run_arn: str
    resource: str | None
    parameters: Any
    config: dict[str, Any]
    moment: int
    ends: list[ChildEnd]
    is_needed: bool


class Host(Protocol):
    """The host of a run.

    A method may raise a StateError; the state then fails with it. Any other exception ends the call that advances the
    run, and the next call repeats the method.
    """

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        """Return what is wrong with evaluated parameters, in AWS's words.

        The state fails, and its task is not scheduled, if there is a fault. The answer depends only on the arguments.
        """

    def enter_state(self, moment: int) -> None:
        """Let the run enter a state.

        Raises:
            StoppedError: If the run ends instead.
        """

    def has_activity(self, call: TaskCall) -> bool:
        """Return whether the activity of a task exists; the state fails, and its task is not scheduled, if not."""

    def start_task(self, call: TaskCall) -> TaskAnswer:
        """Run a task, or return Pending."""

    def abandon_task(self, token: str, moment: int) -> None:
        """Abort a task that was Pending, because the run no longer waits for it."""

    def read_items(self, request: ReadRequest) -> list[ReadItem]:
        """Return the items of a Distributed Map state."""

    def start_map_run(self, request: MapRunRequest) -> str:
        """Start a map run without child executions and return its ARN."""

    def recall_map_run(self, map_run_arn: str) -> KnownMapRun:
        """Return the known outcome of a map run that was just started or redriven."""

    def plan_children(self, map_run_arn: str, item_counts: list[int]) -> None:
        """Record the child executions that a map run is about to start: the number of items of each, in order."""

    def start_child(self, start: ChildStart) -> None:
        """Start a child execution; the host later calls the run's `child_ended`."""

    def end_map_run(self, map_run_arn: str, status: str, moment: int) -> dict[int, ChildEnd]:
        """Record that a map run has ended SUCCEEDED, FAILED or ABORTED, and stop its running child executions.

        Returns:
            The ends of the child executions that were stopped, by index.
        """

    def redrive_map_run(self, map_run_arn: str, moment: int) -> list[int]:
        """Redrive a map run; return the indexes of its unsuccessful child executions, which the host redrives.

        The host may redrive them one after another, and calls the run's `child_ended` for each.
        """

    def write_results(self, request: WriteRequest) -> Any:
        """Write the results of a map run and return the state's result."""


class RunHost(Host, Protocol):
    """The host of a run that can be moved back."""

    def forget_after(self, moment: int) -> None:
        """Undo what the run asked for after a moment, because it continues in another way."""
