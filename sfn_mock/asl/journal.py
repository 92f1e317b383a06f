"""The answers that a run has got, in the order of asking.

A run that was cut short by an interrupt, or that is shown as it stood earlier, is carried through its moments again.
It then takes the answers from here rather than asking twice.
"""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.host import (
    ChildStart,
    Host,
    KnownMapRun,
    MapRunRequest,
    ReadRequest,
    TaskAnswer,
    TaskCall,
    WriteRequest,
)
from sfn_mock.asl.resources import Resource


class RecordedHost:
    """A host that repeats the answers that are known, and asks another host for those that are not.

    Attributes:
        answers: What the other host has answered, a StateError where it raised one.
        asked: How many answers have been used since this host was made.
    """

    def __init__(self, host: Host, answers: list[Any]) -> None:
        self.answers = answers
        self.asked = 0
        self._host = host

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        """Return the faults of parameters, which are the same each time; see Host."""
        return self._host.check_parameters(resource, parameters)

    def start_task(self, call: TaskCall) -> TaskAnswer:
        """Do a task; see Host."""
        answer: TaskAnswer = self._ask("start_task", call)
        return answer

    def abandon_task(self, token: str, moment: int) -> None:
        """Record that a task is not waited for; see Host."""
        self._ask("abandon_task", token, moment)

    def read_items(self, request: ReadRequest) -> list[Any]:
        """Return items; see Host."""
        items: list[Any] = self._ask("read_items", request)
        return items

    def start_map_run(self, request: MapRunRequest) -> str:
        """Start a map run; see Host."""
        arn: str = self._ask("start_map_run", request)
        return arn

    def recall_map_run(self, map_run_arn: str) -> KnownMapRun:
        """Return what is known of a map run; see Host."""
        known: KnownMapRun = self._ask("recall_map_run", map_run_arn)
        return known

    def start_child(self, start: ChildStart) -> None:
        """Start a child execution; see Host."""
        self._ask("start_child", start)

    def end_map_run(self, map_run_arn: str, status: str, moment: int) -> None:
        """Record that a map run has ended; see Host."""
        self._ask("end_map_run", map_run_arn, status, moment)

    def redrive_map_run(self, map_run_arn: str, moment: int) -> list[int]:
        """Redrive a map run; see Host."""
        redriven: list[int] = self._ask("redrive_map_run", map_run_arn, moment)
        return redriven

    def write_results(self, request: WriteRequest) -> Any:
        """Write results; see Host."""
        return self._ask("write_results", request)

    def _ask(self, method: str, *arguments: Any) -> Any:
        if self.asked == len(self.answers):
            try:
                answer = getattr(self._host, method)(*arguments)
            except StateError as error:
                answer = error
            self.answers.append(answer)
        answer = self.answers[self.asked]
        self.asked += 1
        if isinstance(answer, StateError):
            raise answer
        return answer
