"""Status changes of executions for EventBridge, each reported once, when the clock reaches it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

from sfn_mock.state.outcomes import OPEN
from sfn_mock.state.time_lines import Attempt, TimeLine
from sfn_mock.state.undo_log import UndoLog

_Execution = TypeVar("_Execution", bound=TimeLine)
#: The key that distinguishes the changes of one execution: moment, status and number of redrives.
_Key = tuple[int, str, int]
#: When to check an execution, a number for the order, since when its changes are reported, and the execution.
_Upcoming = tuple[int, int, int, _Execution]


@dataclass(frozen=True)
class StatusChange(Generic[_Execution]):
    """One change of an execution's status."""

    execution: _Execution
    moment: int
    #: The attempt after the change.
    attempt: Attempt

    @property
    def status(self) -> str:
        """The status after the change."""
        return self.attempt.ending.status

    @property
    def key(self) -> _Key:
        """The key that distinguishes it from other changes of the execution."""
        return self.moment, self.status, self.attempt.redrive_count


def changes_of(execution: _Execution) -> list[StatusChange[_Execution]]:
    """Return all changes in the time line of an execution, in order, future ones included.

    PENDING_REDRIVE is not a change, because the redrive has not begun.
    """
    changes: list[StatusChange[_Execution]] = []
    redrives = -1
    for attempt in execution.attempts:
        if attempt.redrive_count > redrives and attempt.ending.status != "PENDING_REDRIVE":
            redrives = attempt.redrive_count
            changes.append(StatusChange(execution, attempt.since, attempt._replace(stop=None, ending=OPEN)))
        if attempt.stop is not None and attempt.ending.status not in ("RUNNING", "PENDING_REDRIVE"):
            changes.append(StatusChange(execution, attempt.stop, attempt))
    return changes


class StatusChanges(Generic[_Execution]):
    """The changes of the executions of one account and region that are not reported yet."""

    def __init__(self, undo: UndoLog) -> None:
        self._undo = undo
        #: A heap of the executions to check, soonest first.
        self.upcoming: list[_Upcoming[_Execution]] = []
        self._reported: dict[_Execution, set[_Key]] = {}
        self._order = 0
        self._is_silenced = False

    def follow_seeds(self, executions: Iterable[_Execution], moment: int) -> None:
        """Report the changes of seeded executions after a moment; earlier ones are in the past."""
        for execution in executions:
            self._reported[execution] = {change.key for change in changes_of(execution) if change.moment == moment}
            self.follow(execution, moment)

    def follow_start(self, execution: _Execution, moment: int) -> None:
        """Report the changes of a started execution, including its start."""
        self._undo.save_item(self._reported, execution)
        self._reported.pop(execution, None)
        self.follow(execution, moment)

    def follow(self, execution: _Execution, since: int) -> None:
        """Report the changes of an execution from a moment on; EXPRESS executions send no events."""
        if execution.express_id is None and not self._is_silenced:
            self._push(since, since, execution)

    @contextmanager
    def silenced(self) -> Iterator[None]:
        """Report no changes inside the block, such as those of a replayed execution."""
        try:
            try:
                self._is_silenced = True
                yield
            finally:
                self._is_silenced = False
        finally:
            # An interrupt may have come just before this line.
            self._is_silenced = False

    def _push(self, moment: int, since: int, execution: _Execution) -> None:
        self._order += 1
        entry = (moment, self._order, since, execution)
        self._undo.add(partial(self._remove, entry))
        heappush(self.upcoming, entry)

    def _restore(self, entry: _Upcoming[_Execution]) -> None:
        """Undo the removal of an entry."""
        if not any(other is entry for other in self.upcoming):
            heappush(self.upcoming, entry)

    def _remove(self, entry: _Upcoming[_Execution]) -> None:
        """Undo a push."""
        self.upcoming = [other for other in self.upcoming if other is not entry]
        heapify(self.upcoming)

    def pop_due(self, moment: int) -> list[StatusChange[_Execution]]:
        """Remove and return the changes that are due by a moment and were not reported before, in order."""
        due: list[StatusChange[_Execution]] = []
        while self.is_due(moment):
            entry = self.upcoming[0]
            at, _, since, execution = entry
            reported = set(self._reported.get(execution, ()))
            self._undo.save_item(self._reported, execution)
            self._undo.add(partial(self._restore, entry))
            self._reported[execution] = reported
            heappop(self.upcoming)
            for change in changes_of(execution):
                if change.moment > at:
                    self._push(change.moment, since, execution)
                    break
                if change.moment >= since and change.key not in reported:
                    reported.add(change.key)
                    due.append(change)
        return due

    def is_due(self, moment: int) -> bool:
        """Return whether some change may be due by a moment."""
        # One read, because another thread may remove the entry meanwhile.
        first = self.upcoming[:1]
        return bool(first) and first[0][0] <= moment
