"""Map runs: start the child executions of a Distributed Map state and count how many items fail."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.host import ChildEnd, ChildStart, Host, WriteRequest
from sfn_mock.asl.nodes import ResultWriter
from sfn_mock.asl.scheduler import Future, Scheduler
from sfn_mock.asl.texts import json_text

#: The most redrives of a map run (Developer Guide, redriving Map Runs).
MOST_REDRIVES = 1000
#: The error of a map run with too many failed items.
TOLERANCE_EXCEEDED = "States.ExceedToleratedFailureThreshold"


@dataclass(frozen=True)
class Child:
    """A child execution to start: its input, and how many items it processes."""

    input: Any
    item_count: int


def is_exceeded(failed: int, total: int, count: int | None, percentage: float | None) -> bool:
    """Return whether more items have failed than tolerated.

    Args:
        failed: The number of failed items.
        total: The number of all items.
        count: How many items may fail, None if only a percentage is given.
        percentage: The percentage of items that may fail, None if only a count is given.
    """
    too_many = count is not None and failed > count
    return too_many or (percentage is not None and failed * 100 > percentage * total)


def exceeded_failure() -> StateError:
    """Return the error of a Map state with too many failed items."""
    return StateError(TOLERANCE_EXCEEDED, "The specified tolerated failure threshold was exceeded")


def too_many_redrives(map_run_arn: str) -> StateError:
    """Return the error of an execution whose map run was redriven too often."""
    return StateError(
        "States.Runtime", f"The Map Run {map_run_arn} was redriven {MOST_REDRIVES} times, the most allowed"
    )


def _pending(child: Child) -> ChildEnd:
    """Return what a ResultWriter tells of a child execution that has not started."""
    return ChildEnd("PENDING", description={"Input": json_text(child.input), "InputDetails": {"Included": True}})


class MapRun:
    """A map run.

    Attributes:
        arn: The ARN.
        children: All child executions, in order.
        has_children: Whether the child executions are known, even if there are none: the items may not be read yet.
        item_count: The number of items of all child executions.
        failed_item_count: The number of items of child executions that ended with a status other than SUCCEEDED.
        ends: The ends of the ended child executions, by index.
        running: The indexes of the running child executions.
        max_concurrency: How many child executions may run at the same time, 0 for no limit.
        tolerated_count: How many items may fail, None if only a percentage is given.
        tolerated_percentage: The percentage of items that may fail, None if only a count is given.
        writer: The ResultWriter, None if there is none.
        destination: The evaluated parameters of the ResultWriter, an empty object if there is none.
        redrive_count: How often the map run was redriven.
        done: A future: it resolves when all child executions have ended, and fails when too many items have failed.
    """

    def __init__(
        self,
        arn: str,
        *,
        max_concurrency: int,
        tolerated_count: int | None,
        tolerated_percentage: float | None,
        writer: ResultWriter | None,
        destination: Any,
        host: Host,
        scheduler: Scheduler,
    ) -> None:
        """Create a map run without child executions."""
        self.arn = arn
        self.children: list[Child] = []
        self.has_children = False
        self.item_count = 0
        self.failed_item_count = 0
        self.ends: dict[int, ChildEnd] = {}
        self.running: set[int] = set()
        self.max_concurrency = max_concurrency
        self.tolerated_count = tolerated_count
        self.tolerated_percentage = tolerated_percentage
        self.writer = writer
        self.destination = destination
        self.redrive_count = 0
        self.done = Future()
        self._host = host
        self._scheduler = scheduler
        self._next = 0

    def add_children(self, children: list[Child]) -> None:
        """Set the child executions, which `start` then starts."""
        self.children = children
        self.has_children = True
        item_counts = [child.item_count for child in children]
        self.item_count = sum(item_counts)
        self._host.plan_children(self.arn, item_counts)

    def start(self) -> None:
        """Start as many child executions as the limit allows; end the map run if none is running or left."""
        while self._next < len(self.children) and not (0 < self.max_concurrency <= len(self.running)):
            index = self._next
            child = self.children[index]
            self._next += 1
            self.running.add(index)
            self._host.start_child(ChildStart(self.arn, index, child.input, child.item_count, self._scheduler.now))
        if not self.running:
            self.done.resolve()

    def end_unsuccessfully(self, status: str, *, writes: bool) -> None:
        """End a map run that has failed or is aborted.

        Args:
            status: FAILED or ABORTED.
            writes: Whether the ResultWriter writes the results so far.
        """
        stopped = self._host.end_map_run(self.arn, status, self._scheduler.now)
        if writes and self.writer is not None and self.writer.resource is not None:
            # The error of the map run stays, even if its results cannot be written.
            with suppress(StateError):
                self._write(self.writer, self._list_ends(stopped), is_needed=False)

    def result(self) -> Any:
        """Return the outputs of the child executions, or the result of the ResultWriter."""
        ends = self._list_ends({})
        if self.writer is None:
            return [end.output for end in ends if end.status == "SUCCEEDED"]
        return self._write(self.writer, ends, is_needed=True)

    def _write(self, writer: ResultWriter, ends: list[ChildEnd], *, is_needed: bool) -> Any:
        now = self._scheduler.now
        request = WriteRequest(self.arn, writer.resource, self.destination, dict(writer.config), now, ends, is_needed)
        return self._host.write_results(request)

    def _list_ends(self, stopped: Mapping[int, ChildEnd]) -> list[ChildEnd]:
        """Return the ends of all child executions, in order.

        Args:
            stopped: The ends of those that were stopped, by index. All others that have not ended have not started.
        """
        known = {**stopped, **self.ends}
        return [known.get(index) or _pending(child) for index, child in enumerate(self.children)]

    def check_redrives(self) -> None:
        """Raise a StateError if the map run was already redriven the maximum number of times."""
        if self.redrive_count >= MOST_REDRIVES:
            raise too_many_redrives(self.arn)

    def redrive(self) -> None:
        """Run the unsuccessful child executions again; `start` then starts those that never started."""
        self.redrive_count += 1
        self.done = Future()
        for index in self._host.redrive_map_run(self.arn, self._scheduler.now):
            self._forget_end(index)
            self.running.add(index)

    def child_ended(self, index: int, end: ChildEnd) -> None:
        """Record the end of a child execution, then start the next one or end the map run."""
        self.ends[index] = end
        self.running.discard(index)
        if end.status != "SUCCEEDED":
            self.failed_item_count += self.children[index].item_count
        if self._has_too_many_failures():
            self.done.fail(exceeded_failure())
        else:
            self.start()

    def _forget_end(self, index: int) -> None:
        # A child execution that was running when the map run ended has no recorded end.
        end = self.ends.pop(index, None)
        if end is not None and end.status != "SUCCEEDED":
            self.failed_item_count -= self.children[index].item_count

    def _has_too_many_failures(self) -> bool:
        return is_exceeded(self.failed_item_count, self.item_count, self.tolerated_count, self.tolerated_percentage)
