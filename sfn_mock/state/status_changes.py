"""Status changes of executions for EventBridge, each reported once, when the clock reaches it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from heapq import heapify, heappop, heappush
from typing import Any, Generic, TypeVar

from sfn_mock.state.outcomes import OPEN
from sfn_mock.state.time_lines import Attempt, TimeLine
from sfn_mock.state.undo_log import UndoLog

_Execution = TypeVar("_Execution", bound=TimeLine)
#: What tells two changes of one execution apart: moment, status, and how often it was redriven before.
_Key = tuple[int, str, int]
#: When to look at an execution, in which order at one moment, since when its changes are told, and the execution.
_Upcoming = tuple[int, int, int, _Execution]


@dataclass(frozen=True)
class StatusChange(Generic[_Execution]):
    """One change of an execution's status."""

    execution: _Execution
    moment: int
    #: The attempt as it stands after the change.
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
    """Return the changes that the time line of an execution holds, in order, those to come included.

    PENDING_REDRIVE is not among them: what waits for its redrive has not begun it.
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
    """The changes that are still to be told, of the executions of one account and region."""

    def __init__(self, undo: UndoLog) -> None:
        self._undo = undo
        #: When to look at an execution next, in which order at one moment, and since when its changes are told; a heap.
        self.upcoming: list[_Upcoming[_Execution]] = []
        self._told: dict[_Execution, set[_Key]] = {}
        self._order = 0
        self._is_silenced = False

    def follow_seeds(self, executions: Iterable[_Execution], moment: int) -> None:
        """Tell what executions do after a moment; what their time lines hold by then has been."""
        for execution in executions:
            self._told[execution] = {change.key for change in changes_of(execution) if change.moment == moment}
            self.follow(execution, moment)

    def follow_start(self, execution: _Execution, moment: int) -> None:
        """Tell what an execution does that was started at a moment, the start included."""
        self._undo.keep_item(self._told, execution)
        self._told.pop(execution, None)
        self.follow(execution, moment)

    def follow(self, execution: _Execution, since: int) -> None:
        """Tell the changes of an execution from a moment on; EXPRESS ones send no events."""
        if execution.express_id is None and not self._is_silenced:
            self._push(since, since, execution)

    @contextmanager
    def silenced(self) -> Iterator[None]:
        """Report no changes inside the block, such as those of a replayed execution."""
        self._is_silenced = True
        try:
            yield
        finally:
            self._is_silenced = False

    def _push(self, moment: int, since: int, execution: _Execution) -> None:
        self._order += 1
        entry = (moment, self._order, since, execution)
        self._undo.note(partial(self._drop, entry))
        heappush(self.upcoming, entry)

    def _put_back(self, entry: _Upcoming[_Execution]) -> None:
        """Take back that an entry was taken."""
        if not any(other is entry for other in self.upcoming):
            heappush(self.upcoming, entry)

    def _drop(self, entry: _Upcoming[_Execution]) -> None:
        """Take back a push."""
        self.upcoming = [other for other in self.upcoming if other is not entry]
        heapify(self.upcoming)

    def take_due(self, moment: int) -> list[StatusChange[_Execution]]:
        """Return the changes that are due by a moment and were not told before, in order."""
        due: list[StatusChange[_Execution]] = []
        while self.is_due(moment):
            entry = self.upcoming[0]
            at, _, since, execution = entry
            told = set(self._told.get(execution, ()))
            self._undo.keep_item(self._told, execution)
            self._undo.note(partial(self._put_back, entry))
            self._told[execution] = told
            heappop(self.upcoming)
            for change in changes_of(execution):
                if change.moment > at:
                    self._push(change.moment, since, execution)
                    break
                if change.moment >= since and change.key not in told:
                    told.add(change.key)
                    due.append(change)
        return due

    def is_due(self, moment: int) -> bool:
        """Return whether some change may be due by a moment."""
        return bool(self.upcoming) and self.upcoming[0][0] <= moment


# --- Who is told -------------------------------------------------------------------------------------------------

#: Takes a change.
Listener = Callable[[StatusChange[Any]], None]

#: By a key of its own, the innermost last. For the whole process: while the mock is installed, moto makes the backends,
#: and no session knows them all.
_listeners: dict[object, Listener] = {}


@contextmanager
def told_to(listener: Listener) -> Iterator[None]:
    """Tell a listener of the changes in all records; of nested ones, the innermost."""
    key = object()
    try:
        try:
            _listeners[key] = listener
            yield
        finally:
            _listeners.pop(key, None)
    finally:
        # An interrupt may have come just before this line.
        _listeners.pop(key, None)


def tell(changes: Iterable[StatusChange[Any]]) -> None:
    """Tell the listener, if there is one, of changes."""
    for change in changes:
        for listener in list(_listeners.values())[-1:]:
            listener(change)
