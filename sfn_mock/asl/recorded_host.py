"""A host that records its answers, so that a run can be repeated without asking twice.

A run repeats its actions after an interrupt, or to show an earlier moment.
"""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.errors import HostStopIteration, StateError, StoppedError
from sfn_mock.asl.host import (
    ChildEnd,
    ChildStart,
    Host,
    KnownMapRun,
    MapRunRequest,
    ReadItem,
    ReadRequest,
    TaskAnswer,
    TaskCall,
    WriteRequest,
)
from sfn_mock.asl.resources import Resource


class RecordedHost:
    """A host that first repeats recorded answers and then asks another host.

    Attributes:
        answers: The recorded answers in order; a StateError or a StoppedError for a call that raised one.
        asked: How many answers this object has given.
    """

    def __init__(self, host: Host, answers: list[Any]) -> None:
        self.answers = answers
        self.asked = 0
        self._host = host

    def check_parameters(self, resource: Resource, parameters: Any) -> tuple[str, ...]:
        """Return what is wrong with parameters; see Host. The answer is always the same and not recorded."""
        return self._host.check_parameters(resource, parameters)

    def enter_state(self, moment: int) -> None:
        """Record that a state is about to be entered; see Host."""
        self._ask("enter_state", moment)

    def has_activity(self, call: TaskCall) -> bool:
        """Return whether the activity of a task exists; see Host."""
        exists: bool = self._ask("has_activity", call)
        return exists

    def start_task(self, call: TaskCall) -> TaskAnswer:
        """Run a task; see Host."""
        answer: TaskAnswer = self._ask("start_task", call)
        return answer

    def abandon_task(self, token: str, moment: int) -> None:
        """Record that a task is abandoned; see Host."""
        self._ask("abandon_task", token, moment)

    def read_items(self, request: ReadRequest) -> list[ReadItem]:
        """Return items; see Host."""
        items: list[ReadItem] = self._ask("read_items", request)
        return items

    def start_map_run(self, request: MapRunRequest) -> str:
        """Start a map run; see Host."""
        arn: str = self._ask("start_map_run", request)
        return arn

    def recall_map_run(self, map_run_arn: str) -> KnownMapRun:
        """Return what is known about a map run; see Host."""
        known: KnownMapRun = self._ask("recall_map_run", map_run_arn)
        return known

    def plan_children(self, map_run_arn: str, item_counts: list[int]) -> None:
        """Record the planned child executions; see Host."""
        self._ask("plan_children", map_run_arn, item_counts)

    def start_child(self, start: ChildStart) -> None:
        """Start a child execution; see Host."""
        self._ask("start_child", start)

    def end_map_run(self, map_run_arn: str, status: str, moment: int) -> dict[int, ChildEnd]:
        """Record that a map run has ended; see Host."""
        stopped: dict[int, ChildEnd] = self._ask("end_map_run", map_run_arn, status, moment)
        return stopped

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
            except (StateError, StoppedError) as error:
                answer = error
            except StopIteration as stop:
                raise HostStopIteration(stop) from stop
            self.answers.append(answer)
        answer = self.answers[self.asked]
        self.asked += 1
        if isinstance(answer, (StateError, StoppedError)):
            raise answer
        return answer
