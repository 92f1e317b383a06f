"""The interfaces of running definitions and waiting tasks that records use."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Protocol

from sfn_mock.asl.events import Event
from sfn_mock.asl.steps import Step


class AnyTask(Protocol):
    """A task that takes an answer, given at a moment in UTC milliseconds."""

    def succeed(self, moment: int, output: str) -> None: ...
    def fail(self, moment: int, error: str | None, cause: str | None) -> None: ...
    def beat(self, moment: int) -> None: ...


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

    @property
    def is_carried(self) -> bool:
        """Whether it is being carried just now, perhaps by another thread."""

    @property
    def waits_for_jobs(self) -> bool:
        """Whether it has to ask again and again for the end of a job."""

    def carry(self, moment: int, *, in_turn: bool = False) -> None:
        """Do all that is due by ``moment`` or, in turn, until another run has something due before."""

    def events(self, moment: int) -> list[Event]:
        """Return what has happened in the execution by ``moment``."""

    def steps(self) -> Iterator[Step]:
        """Yield the steps that were taken, also in child executions."""

    def run_of(self, child: Hashable) -> Run | None:
        """Return the run of a child execution, None if it is none of this run's."""

    def context(self, moment: int) -> dict[str, Any]:
        """Return the context object as it stood at ``moment``."""

    def next_due(self) -> int | None:
        """Return the moment of the next action, None if there is none."""

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
