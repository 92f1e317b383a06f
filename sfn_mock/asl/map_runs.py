"""Map runs: which child executions of a Distributed Map run, wait or have ended, and how many may fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.host import ChildEnd, ChildStart, Host
from sfn_mock.asl.scheduler import Future, Scheduler

#: How often a map run can be redriven (Developer Guide, redriving Map Runs).
MOST_REDRIVES = 1000


@dataclass(frozen=True)
class Child:
    """A child execution to start: its input and how many items it works on."""

    input: Any
    item_count: int


def is_exceeded(failed: int, total: int, count: int | None, percentage: float | None) -> bool:
    """Return whether more items have failed than may.

    Args:
        failed: How many have failed.
        total: How many there are.
        count: How many may fail, None if only a percentage is given.
        percentage: How many of a hundred may fail, None if only a count is given.
    """
    too_many = count is not None and failed > count
    return too_many or (percentage is not None and failed * 100 > percentage * total)


def exceeded_failure() -> StateError:
    """Return what a Map state fails with when too many items have failed."""
    return StateError(
        "States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded"
    )


def too_many_redrives(map_run_arn: str) -> StateError:
    """Return what an execution fails with whose map run cannot be redriven once more."""
    return StateError(
        "States.Runtime", f"The Map Run {map_run_arn} was redriven {MOST_REDRIVES} times, the most allowed"
    )


class MapRun:
    """A map run.

    Attributes:
        arn: Its ARN.
        children: All child executions, in order.
        item_count: How many items they work on.
        failed_item_count: How many of these belong to children that ended otherwise than SUCCEEDED.
        ends: How those ended that did, by number.
        running: The numbers of those that run.
        max_concurrency: How many may run at the same time, 0 for no limit.
        tolerated_count: How many items may fail, None if only a percentage is given.
        tolerated_percentage: How many of a hundred items may fail, None if only a count is given.
        redrive_count: How often the map run was redriven.
        done: Resolved when all children have ended, failed when too many items have failed.
    """

    def __init__(
        self,
        arn: str,
        *,
        max_concurrency: int,
        tolerated_count: int | None,
        tolerated_percentage: float | None,
        host: Host,
        scheduler: Scheduler,
    ) -> None:
        """Make a map run that has no children yet."""
        self.arn = arn
        self.children: list[Child] = []
        self.item_count = 0
        self.failed_item_count = 0
        self.ends: dict[int, ChildEnd] = {}
        self.running: set[int] = set()
        self.max_concurrency = max_concurrency
        self.tolerated_count = tolerated_count
        self.tolerated_percentage = tolerated_percentage
        self.redrive_count = 0
        self.done = Future()
        self._host = host
        self._scheduler = scheduler
        self._next = 0

    def add_children(self, children: list[Child]) -> None:
        """Take in the child executions that `start` is to start."""
        self.children = children
        self.item_count = sum(child.item_count for child in children)

    def start(self) -> None:
        """Start as many children as may run; without any left the map run is done."""
        while self._next < len(self.children) and not (0 < self.max_concurrency <= len(self.running)):
            index = self._next
            child = self.children[index]
            self._next += 1
            self.running.add(index)
            self._host.start_child(ChildStart(self.arn, index, child.input, child.item_count, self._scheduler.now))
        if not self.running:
            self.done.resolve()

    def check_redrives(self) -> None:
        """Raise StateError if it cannot be redriven once more."""
        if self.redrive_count >= MOST_REDRIVES:
            raise too_many_redrives(self.arn)

    def redrive(self) -> None:
        """Run the failed children again, and those that were not started."""
        self.redrive_count += 1
        self.done = Future()
        for index in self._host.redrive_map_run(self.arn, self._scheduler.now):
            self._forget_end(index)
            self.running.add(index)

    def child_ended(self, index: int, end: ChildEnd) -> None:
        """Note how a child ended; start the next one, or end the map run."""
        self.ends[index] = end
        self.running.discard(index)
        if end.status != "SUCCEEDED":
            self.failed_item_count += self.children[index].item_count
        if self._has_too_many_failures():
            self.done.fail(exceeded_failure())
        else:
            self.start()

    def _forget_end(self, index: int) -> None:
        # A child that was running when the map run ended has no end yet.
        end = self.ends.pop(index, None)
        if end is not None and end.status != "SUCCEEDED":
            self.failed_item_count -= self.children[index].item_count

    def _has_too_many_failures(self) -> bool:
        return is_exceeded(self.failed_item_count, self.item_count, self.tolerated_count, self.tolerated_percentage)
