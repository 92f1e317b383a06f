"""The store of records: one user at a time, one moment for each use, changes committed or rolled back as a whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import RLock
from typing import Any, Generic, TypeVar
from uuid import NAMESPACE_URL, uuid3

from sfn_mock.aws.arns import arn_prefix
from sfn_mock.state import clock
from sfn_mock.state.run_schedule import RunSchedule
from sfn_mock.state.status_changes import StatusChange, StatusChanges
from sfn_mock.state.status_listeners import notify
from sfn_mock.state.time_lines import TimeLine
from sfn_mock.state.undo_log import UndoLog

_Execution = TypeVar("_Execution", bound=TimeLine)
_T = TypeVar("_T")

#: How long the end of a mock waits for a thread that holds the lock, in seconds.
_LONGEST_WAIT = 1.0


class RecordsGone(RuntimeError):
    """Records were used after their end."""


class Store(ABC, Generic[_Execution]):
    """The base of `Records`: locking, the current moment, and undo.

    A use locks the records, reads the clock once and advances all runs to that moment. Its changes are rolled back as
    a whole if an error or an interrupt ends it.
    """

    #: The state machines that are DELETING.
    deleting: list[Any]

    def __init__(self, region: str, account_id: str, partition: str) -> None:
        self.region = region
        self.account_id = account_id
        self.partition = partition
        self.arn_prefix = arn_prefix(partition, region, account_id)
        #: The moment of the last use; NEVER before the first.
        self.moment = clock.NEVER
        #: The undo log of the current use.
        self.undo = UndoLog()
        #: The runs of definitions.
        self.schedule: RunSchedule[_Execution] = RunSchedule(self.undo)
        #: The status changes that EventBridge has not received yet.
        self.status_changes: StatusChanges[_Execution] = StatusChanges(self.undo)
        #: Whether the records are in use now.
        self._in_use = False
        self._lock = RLock()
        self._closed = False
        self._was_reset = False
        #: When the mock ended, None while it is active.
        self._ended_at: int | None = None
        self._sequence = 0
        self._ids = 0

    @abstractmethod
    def finish_deletions(self, moment: int) -> None:
        """Remove the DELETING state machines that have no RUNNING execution left."""

    @contextmanager
    def using(self, check: Callable[[], object] | None = None) -> Iterator[int]:
        """Lock the records, advance them to the current moment and yield it.

        Changes are rolled back if an error or an interrupt ends the outermost use. After the outermost use, when the
        lock is free, the listener is notified of status changes.

        Args:
            check: A function that raises an exception if the user's own record no longer exists at this moment.

        Raises:
            RecordsGone: If the records have ended.
        """
        news: list[StatusChange[_Execution]] = []
        try:
            is_nested = self._is_in_use_here()
            with self._lock:
                try:
                    self._begin_use(is_nested=is_nested)
                    self._check_open()
                    moment = self.moment = clock.now()
                    # A run that asks for the end of a nested execution advances nothing else.
                    if not (is_nested and self.schedule.is_advancing):
                        self.advance_runs(moment)
                    # A task may have ended the records.
                    self._check_open()
                    if self.deleting:
                        self.finish_deletions(moment)
                    if not is_nested:
                        # What happened by time alone is committed, whatever happens in this use.
                        if self.status_changes.upcoming:
                            news = self.status_changes.pop_due(moment)
                        self._commit()
                    if check is not None:
                        check()
                    yield moment
                    if not is_nested:
                        if self.status_changes.upcoming:
                            news += self.status_changes.pop_due(moment)
                        self._commit()
                finally:
                    self._end_use(is_nested=is_nested)
        finally:
            if news:
                notify(news)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Lock the records without advancing them; changes are committed or rolled back as a whole."""
        is_nested = self._is_in_use_here()
        with self._lock:
            try:
                self._begin_use(is_nested=is_nested)
                yield
                if not is_nested:
                    self._commit()
            finally:
                self._end_use(is_nested=is_nested)

    def _is_in_use_here(self) -> bool:
        """Return whether this thread uses the records now, so that a new use is nested."""
        lock: Any = self._lock
        # What an interrupt has left behind is ignored.
        return self._in_use and bool(lock._is_owned())

    def _begin_use(self, *, is_nested: bool) -> None:
        """Begin a use; the outermost one first rolls back what an interrupt has left."""
        if self.undo.steps and not is_nested:
            self.undo.roll_back()
        self._in_use = True

    def _commit(self) -> None:
        """Commit the changes so far."""
        if self.undo.steps:
            self.undo.commit()

    def _end_use(self, *, is_nested: bool) -> None:
        """End a use; the outermost one rolls back uncommitted changes."""
        self._in_use = is_nested
        if self.undo.steps and not is_nested:
            self.undo.roll_back()

    def catch_up(self) -> None:
        """Advance runs and send status events that are due, before a call to another service reads their effects."""
        moment = clock.now()
        if self.may_change_by(moment) and not (self.schedule.is_advancing or self._closed):
            with self.using():
                pass

    def _check_open(self) -> None:
        if self._closed:
            raise self._gone()

    def call_unlocked(self, ask: Callable[[], _T]) -> _T:
        """Call a function with the lock released, and return its result.

        A task may start threads that call Step Functions, and wait for them.
        """
        # The changes so far are committed, whatever the call does.
        self.undo.commit()
        # Release and acquire all levels of the lock at once, as threading.Condition does.
        lock: Any = self._lock
        held = None
        try:
            try:
                held = lock._release_save()
                return ask()
            except Exception as error:
                self.schedule.note_task_error(error)
                raise
            finally:
                self._take_again(held)
        finally:
            # An interrupt may have come just before the lock was taken.
            self._take_again(held)

    def _take_again(self, held: object) -> None:
        """Lock the records again as before, unless they are locked, and continue their use."""
        lock: Any = self._lock
        if held is not None and not lock._is_owned():
            lock._acquire_restore(held)
        self._in_use = True

    def locked(self) -> AbstractContextManager[bool]:
        """Lock the records without advancing them; this works after their end too."""
        return self._lock

    @contextmanager
    def locked_soon(self) -> Iterator[None]:
        """Lock the records; continue without the lock if another thread holds it for long.

        A mock can therefore end, and its report appear, while a thread is stuck in a function of the test.
        """
        got = self._lock.acquire(timeout=_LONGEST_WAIT)
        try:
            yield
        finally:
            if got:
                self._lock.release()

    def now(self) -> int:
        """Return the current moment; after the end of the mock, the moment of its end."""
        return clock.now() if self._ended_at is None else self._ended_at

    @contextmanager
    def reading(self) -> Iterator[int]:
        """Lock the records for reading, advance the runs to the current moment and yield it; see `now`."""
        with self._changing():
            moment = self.now()
            self.advance_runs(moment)
            yield moment

    def advance_runs(self, moment: int) -> None:
        """Advance the live runs that have something due by a moment; do nothing after the end of the records."""
        # Most mocks run no definitions.
        if not self._closed and self.schedule.runs and self.schedule.has_due(moment):
            with self._changing():
                self.schedule.advance_all(moment)

    def may_change_by(self, moment: int) -> bool:
        """Return whether a run or an execution may change by time alone until a moment."""
        return self.schedule.has_due(moment) or self.status_changes.is_due(moment)

    def _gone(self) -> RecordsGone:
        return RecordsGone(
            f"The records of account {self.account_id} in {self.region} are gone, because their mock has ended "
            f"or was reset: seed again inside an active mock."
        )

    # --- The end of the records ----------------------------------------------------------------------------------

    def close(self) -> None:
        """End the records with their mock, unless that is done: they can still be read, but not changed."""
        if self.has_ended:
            return
        with self.locked_soon(), clock.last_read() as moment:
            self._closed, self._ended_at = True, moment

    @property
    def has_ended(self) -> bool:
        """Whether their mock has ended."""
        return self._ended_at is not None

    def drop(self) -> None:
        """End the records, so that they can neither be read nor changed."""
        with self._lock:
            self._closed = self._was_reset = True

    # --- Numbers and ids -----------------------------------------------------------------------------------------

    def next_sequence(self) -> int:
        """Return the next position in the order of adding."""
        return self.next_sequences(1)[0]

    def next_sequences(self, how_many: int) -> range:
        """Return the next positions in the order of adding."""
        first = self._sequence + 1
        self._sequence += how_many
        return range(first, first + how_many)

    def new_id(self) -> str:
        """Return the next UUID of a fixed sequence, so that each run of a test gets the same ids."""
        id = uuid3(NAMESPACE_URL, f"{self.arn_prefix}{self._ids}")
        self._ids += 1
        return str(id)
