"""The interfaces of running definitions and waiting tasks that records use."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Protocol

from sfn_mock.asl.events import Event
from sfn_mock.asl.steps import Step
from sfn_mock.state.nesting import StartChain


class WaitingTask(Protocol):
    """A task that can get an answer; moments are in milliseconds since 1970."""

    @property
    def deleted_activity_arn(self) -> str | None:
        """The ARN of the task's activity if that was deleted, otherwise None."""

    def is_open_at(self, moment: int) -> bool:
        """Return whether the task waits for its answer at a moment."""

    def succeed(self, moment: int, output: str) -> None:
        """Give the task its result as JSON text."""

    def fail(self, moment: int, error: str | None, cause: str | None) -> None:
        """Give the task its error."""

    def heartbeat(self, moment: int) -> None:
        """Record a heartbeat of the task."""


class Run(Protocol):
    """The run of an execution by its definition.

    Attributes:
        chain: The executions that started one another at the moment of its start, up to this one.
    """

    chain: StartChain

    @property
    def is_running(self) -> bool:
        """Whether the run has not ended."""

    @property
    def polls_jobs(self) -> bool:
        """Whether the run has to poll a job of another service."""

    def wake(self) -> None:
        """Advance the run, if it is that of a child execution, when the outermost run advances next."""

    def advance_to(self, moment: int, *, in_turn: bool = False) -> None:
        """Run all actions that are due by a moment; with `in_turn` stop before another run has something due."""

    def events(self, moment: int) -> list[Event]:
        """Return the events until a moment."""

    def steps(self) -> Iterator[Step]:
        """Yield all steps, including those of child executions."""

    def run_of(self, child: Hashable) -> Run | None:
        """Return the run of a child execution, None if it does not belong to this run."""

    def context(self, moment: int) -> dict[str, Any]:
        """Return the context object at a moment."""

    def has_left(self, map_run_arn: str, moment: int) -> bool:
        """Return whether the run has left or retried the state of a map run by a moment; no redrive continues it."""

    def next_due(self) -> int | None:
        """Return when the next action is due, None if there is none."""

    def open_tokens(self) -> list[str]:
        """Return the tokens of the tasks that wait for an answer from outside."""

    def find_task(self, token: str) -> WaitingTask | None:
        """Return the task with a token, None if it does not belong to this run."""

    def start_activity_task(self, activity: Hashable, moment: int, worker_name: str | None) -> tuple[str, str] | None:
        """Start a waiting task of an activity for a worker; return its token and input, None if there is none."""

    def update_map_run(self, map_run_arn: str, moment: int, changes: dict[str, Any]) -> None:
        """Change the limits of a map run."""

    def follow_nested(self, nested: Hashable, moment: int) -> None:
        """Move the run back to a change of a nested execution, if the task that waited for it ended later."""


class StateTests:
    """The steps that TestState took in states of one definition."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
