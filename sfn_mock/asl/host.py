"""The interface of a run's host: tasks, child executions of map runs, items and results in S3.

A run calls its host while it advances. It keeps each answer, so that it can be repeated without calling the host again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from sfn_mock.asl.nodes import Program
from sfn_mock.asl.resources import Resource


@dataclass(frozen=True)
class TaskCall:
    """A call of a task by a state.

    Attributes:
        state: The state's name.
        resource: What the state calls.
        parameters: The evaluated Parameters or Arguments; without these the state's input.
        token: The task's token, the same when a run asks again.
        moment: When the task is scheduled, in milliseconds since 1970.
        attempt: 0 for the first attempt, 1 for the first retry, and so on.
        context: The context object.
        role_arn: The role of the state's Credentials, if it has any.
        timeout_seconds: The state's timeout, if it has one.
        heartbeat_seconds: The state's heartbeat, if it has one.
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
class Succeeded:
    """A task's result.

    Attributes:
        result: A JSON value.
        duration_ms: How long the task takes, counted from when it is scheduled.
        submitted: What the service answers to the call of a task that waits for a job or a token; such a task is
            TaskSubmitted at once.
        sends_heartbeats: Whether heartbeats come all the time, so that none is missed.
    """

    result: Any
    duration_ms: int = 0
    submitted: Any = None
    sends_heartbeats: bool = False


@dataclass(frozen=True)
class Failed:
    """A task's error.

    Attributes:
        error: The error's name.
        cause: Its cause.
        duration_ms: How long the task takes.
        submitted: As of Succeeded.
        is_refused: Whether the call itself was refused, for a task that would go on waiting.
        is_timeout: Whether the task is told to have timed out.
        sends_heartbeats: As of Succeeded.
    """

    error: str | None
    cause: str | None = None
    duration_ms: int = 0
    submitted: Any = None
    is_refused: bool = False
    is_timeout: bool = False
    sends_heartbeats: bool = False


@dataclass(frozen=True)
class Pending:
    """A task that goes on until somebody tells its result by its token.

    Attributes:
        is_started: Whether it has been taken up; an activity's task is not until a worker asks for it.
        submitted: As of Succeeded.
    """

    is_started: bool = True
    submitted: Any = None


TaskAnswer = Succeeded | Failed | Pending


@dataclass(frozen=True)
class MapRunRequest:
    """A map run that a Distributed Map state wants started.

    Attributes:
        state: The state's name.
        label: The state's label, if it has one.
        execution_type: STANDARD or EXPRESS, of the child executions.
        processor: What each child execution runs.
        moment: When it starts.
        item_count: How many items there are.
        max_concurrency: How many child executions run at the same time, 0 for no limit.
        tolerated_failure_count: How many items may fail.
        tolerated_failure_percentage: How many of a hundred items may fail.
        token: The same when a run asks again.
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
    """What is known of a map run before its children run, because it has run elsewhere.

    Attributes:
        end: How the Map state ends: Succeeded with its output, Failed, or Pending for one that does not end; None for
            a map run whose children are run.
        assigned: The variables that the state assigns if it succeeds.
        inputs: The inputs of the children, in place of the items that an ItemReader would read; None to read them.
    """

    end: TaskAnswer | None = None
    assigned: dict[str, Any] = field(default_factory=dict)
    inputs: list[Any] | None = None


@dataclass(frozen=True)
class ChildStart:
    """The start of a child execution by a map run.

    Attributes:
        map_run_arn: The map run.
        index: The number of the child within the map run, from 0 on.
        input: The child's input.
        item_count: How many items it works on.
        moment: When it starts.
    """

    map_run_arn: str
    index: int
    input: Any
    item_count: int
    moment: int


@dataclass(frozen=True)
class ChildEnd:
    """How a child execution of a map run has ended.

    Attributes:
        status: SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        output: The output of one that succeeded, a JSON value.
        error: The error of one that failed.
        cause: Its cause.
        description: What else a ResultWriter tells of it, as AWS spells that: ARN, input, dates.
    """

    status: str
    output: Any = None
    error: str | None = None
    cause: str | None = None
    description: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReadRequest:
    """Items that a Distributed Map state wants read: the evaluated ItemReader."""

    resource: str
    parameters: Any
    config: dict[str, Any]
    moment: int


@dataclass(frozen=True)
class WriteRequest:
    """Results that a Distributed Map state wants written: the evaluated ResultWriter and the ends of all children.

    Attributes:
        map_run_arn: The map run.
        resource: The ARN of the action, None if the results are only put into another form.
        parameters: Where to write them.
        config: `WriterConfig`.
        ends: How each child ended, in order of the children.
        moment: When the map run ends.
    """

    map_run_arn: str
    resource: str | None
    parameters: Any
    config: dict[str, Any]
    moment: int
    ends: list[ChildEnd] = field(default_factory=list)


class Host(Protocol):
    """The host of a run, which answers its calls.

    A method may raise a StateError, with which the state fails. Any other exception is raised from the call that
    advances the run, and the run calls the method again the next time.
    """

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        """Return what is wrong with evaluated parameters, in AWS's words; a task with a fault is not scheduled.

        It depends on nothing but the arguments.
        """

    def start_task(self, call: TaskCall) -> TaskAnswer:
        """Run a task, or return Pending."""

    def abandon_task(self, token: str, moment: int) -> None:
        """Record that nobody waits any longer for a task that was Pending."""

    def read_items(self, request: ReadRequest) -> list[Any]:
        """Return the items of a Distributed Map state."""

    def start_map_run(self, request: MapRunRequest) -> str:
        """Start a map run without child executions and return its ARN."""

    def recall_map_run(self, map_run_arn: str) -> KnownMapRun:
        """Return what is known of a map run that has just been started or redriven."""

    def start_child(self, start: ChildStart) -> None:
        """Start a child execution; its end is told to the run by `child_ended`."""

    def end_map_run(self, map_run_arn: str, status: str, moment: int) -> None:
        """Record that a map run has ended SUCCEEDED, FAILED or ABORTED; children that still run are stopped."""

    def redrive_map_run(self, map_run_arn: str, moment: int) -> list[int]:
        """Redrive a map run and its failed children; return the numbers of the children that run again."""

    def write_results(self, request: WriteRequest) -> Any:
        """Write the results of a map run and return the state's result."""
