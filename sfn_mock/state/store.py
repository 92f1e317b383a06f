"""The locking of records: one user at a time, at one moment, with changes kept or undone as a whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from heapq import heappop, heappush
from operator import attrgetter
from threading import RLock
from typing import Any, Generic, TypeVar
from uuid import NAMESPACE_URL, uuid3

from sfn_mock.aws.arns import arn_prefix
from sfn_mock.state import clock
from sfn_mock.state.live_runs import Run
from sfn_mock.state.status_changes import StatusChange, StatusChanges, tell
from sfn_mock.state.time_lines import TimeLine
from sfn_mock.state.undo_log import UndoLog

_Execution = TypeVar("_Execution", bound=TimeLine)
_T = TypeVar("_T")

#: How many seconds the end of a mock waits for a thread that holds the records.
_LONGEST_WAIT = 1.0


class RecordsGone(RuntimeError):
    """A use of records after their end."""


class Store(ABC, Generic[_Execution]):
    """The base of `Records`: locking, the current moment, and undo.

    A use locks the records, reads the clock once and advances running definitions to that moment. Its changes are
    undone as a whole if an error or an interrupt ends it.
    """

    #: What is DELETING until nothing of it is RUNNING any longer.
    deleting: list[Any]

    def __init__(self, region: str, account_id: str, partition: str) -> None:
        self.region = region
        self.account_id = account_id
        self.partition = partition
        self.arn_prefix = arn_prefix(partition, region, account_id)
        #: The runs of executions that were started to be executed.
        self.runs: dict[_Execution, Run] = {}
        #: Those of them that are still at work.
        self.live_runs: dict[_Execution, Run] = {}
        #: The executions whose runs the next use carries: something has happened to them, or they wait for a job.
        self._awake: dict[_Execution, None] = {}
        #: When runs have something due, soonest first. Moments that no longer count only cost a look.
        self._due: list[tuple[int, int, _Execution]] = []
        #: The moment in ``_due`` that counts, for each execution.
        self._due_of: dict[_Execution, int] = {}
        #: The moment of the last use; later than all before the first.
        self.moment = clock.NEVER
        #: What takes back the changes of the current use, until that has come to its end.
        self.undo = UndoLog()
        #: What EventBridge is still to be told.
        self.status_changes: StatusChanges[_Execution] = StatusChanges(self.undo)
        #: How many uses of these records are within one another.
        self._uses = 0
        #: What the last call that was made outside the records has raised, if any has.
        self._refusal: Exception | None = None
        #: How many definitions are just being carried.
        self._carrying = 0
        self._lock = RLock()
        self._closed = False
        self._was_reset = False
        #: The moment up to which their mock has lived, once it has ended.
        self._ended_at: int | None = None
        self._sequence = 0
        self._ids = 0

    @abstractmethod
    def finish_deletions(self, moment: int) -> None:
        """Delete the machines that are DELETING and have nothing RUNNING any longer."""

    @contextmanager
    def using(self) -> Iterator[int]:
        """The current moment, read once, with these records to oneself. RecordsGone after their end.

        What is changed meanwhile is taken back if an error or an interrupt ends the outermost use. When that ends, the
        changes of status that it has brought are told; the records are free then.
        """
        news: list[StatusChange[_Execution]] = []
        try:
            uses = self._uses_within()
            with self._lock:
                try:
                    self._begin_use(uses)
                    self._check_open()
                    moment = self.moment = clock.now()
                    self.carry_runs(moment)
                    # What tasks have called may have ended the records.
                    self._check_open()
                    if self.deleting:
                        self.finish_deletions(moment)
                    if not uses:
                        # What time alone has brought stays, independently of this use.
                        if self.status_changes.upcoming:
                            news = self.status_changes.take_due(moment)
                        self._keep_changes()
                    yield moment
                    if not uses:
                        if self.status_changes.upcoming:
                            news += self.status_changes.take_due(moment)
                        self._keep_changes()
                finally:
                    self._end_use(uses)
        finally:
            if news:
                tell(news)

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """These records to oneself, as they are, to change them as a whole or not at all."""
        uses = self._uses_within()
        with self._lock:
            try:
                self._begin_use(uses)
                yield
                if not uses:
                    self._keep_changes()
            finally:
                self._end_use(uses)

    def _uses_within(self) -> int:
        """Return within how many uses of this thread another one begins."""
        lock: Any = self._lock
        # What an interrupt has left of an earlier use does not count.
        return self._uses if lock._is_owned() else 0

    def _begin_use(self, uses: int) -> None:
        """Begin a use nested in ``uses`` others; the outermost one undoes what an interrupt has left."""
        if self.undo.steps and not uses:
            self.undo.take_back()
        self._uses = uses + 1

    def _keep_changes(self) -> None:
        """Keep the changes made so far."""
        if self.undo.steps:
            self.undo.clear()

    def _end_use(self, uses: int) -> None:
        """End a use nested in ``uses`` others; the outermost one undoes the changes that were cut short."""
        self._uses = uses
        if self.undo.steps and not uses:
            self.undo.take_back()

    def keep_up(self) -> None:
        """Do what is due and send the status events before another service is asked about them."""
        moment = clock.now()
        if (self._has_due(moment) or self.status_changes.is_due(moment)) and not (self._carrying or self._closed):
            with self.using():
                pass

    def _check_open(self) -> None:
        if self._closed:
            raise self._gone()

    def leave(self, ask: Callable[[], _T]) -> _T:
        """Return what a call gives, with these records left to other threads while it is made.

        A task may do its work in threads that it waits for, and these may call Step Functions.
        """
        # All that was changed so far stays, independently of the call.
        self.undo.clear()
        # All levels of the lock at once, as threading.Condition gives it up and takes it back.
        lock: Any = self._lock
        held = None
        uses = self._uses
        try:
            self._uses = 0
            held = lock._release_save()
            return ask()
        except Exception as error:  # noted, so that its run is held where it was raised, and raised again
            self._refusal = error
            raise
        finally:
            if held is not None:
                lock._acquire_restore(held)
            self._uses = uses

    def locked(self) -> AbstractContextManager[bool]:
        """Lock these records without moving them to the present; works after their end, too."""
        return self._lock

    @contextmanager
    def locked_soon(self) -> Iterator[None]:
        """Lock these records; if a thread keeps them locked for long, continue without the lock.

        So a mock can end, and be reported, while a thread is held in a function of the test's that waits.
        """
        got = self._lock.acquire(timeout=_LONGEST_WAIT)
        try:
            yield
        finally:
            if got:
                self._lock.release()

    def now(self) -> int:
        """Return the current moment; after their mock's end, the last one that it has seen."""
        return clock.now() if self._ended_at is None else self._ended_at

    @contextmanager
    def reading(self) -> Iterator[int]:
        """The moment as of which to read these records, to oneself; after their mock's end the last that it has seen.

        Definitions at work are carried to it first.
        """
        with self._changing():
            moment = self.now()
            self.carry_runs(moment)
            yield moment

    def _gone(self) -> RecordsGone:
        return RecordsGone(
            f"The records of account {self.account_id} in {self.region} are gone, because their mock has ended "
            f"or was reset: seed again inside an active mock."
        )

    # --- Definitions at work -----------------------------------------------------------------------------------------

    def carry_runs(self, moment: int) -> None:
        """Carry the definitions at work that have something to do by ``moment``; not after the records' end.

        What is due in several of them happens in order of the moments, however far the clock has jumped.
        """
        if self._closed or not self._has_due(moment):
            return
        with self._changing():
            awake = sorted(self._awake, key=attrgetter("sequence"))
            for execution in awake:
                if execution in self.live_runs:
                    self._schedule(execution, self.live_runs[execution].next_due())
            for execution in awake:
                self._carry_in_turn(execution, moment)
            while self._due and self._due[0][0] <= moment:
                self._carry_in_turn(self._wake_next(), moment)

    def _has_due(self, moment: int) -> bool:
        """Return whether a run has something to do by ``moment``, or may have."""
        return bool(self._awake) or bool(self._due and self._due[0][0] <= moment)

    def has_due_before(self, moment: int) -> bool:
        """Return whether another definition at work may have something due before ``moment``."""
        return bool(self._due) and self._due[0][0] < moment

    def _wake_next(self) -> _Execution:
        """Wake the execution whose run has something due first, and return it.

        Each step is safe to interrupt: the execution is awake before its moment is removed.
        """
        due, _, execution = self._due[0]
        self._awake[execution] = None
        if self._due_of.get(execution) == due:
            del self._due_of[execution]
        heappop(self._due)
        return execution

    def _carry_in_turn(self, execution: _Execution, moment: int) -> None:
        """Carry the run of an execution to ``moment``, or to where another run has something due before."""
        run = self.live_runs.get(execution)
        if run is None:
            # It has ended, or is held at a task that nothing answers.
            self._awake.pop(execution, None)
        elif not run.is_carried:
            self._carry_run(execution, moment, in_turn=True)

    def wake(self, execution: _Execution) -> None:
        """Have the next use carry the run of an execution, as something has happened to it."""
        self._awake[execution] = None

    def start_run(self, execution: _Execution, run: Run, moment: int) -> None:
        """Put a definition to work, and do at once what takes no time."""
        self._note_run(execution)
        self.runs[execution] = self.live_runs[execution] = run
        self._carry_run(execution, moment)

    def resume_run(self, execution: _Execution, moment: int) -> None:
        """Carry the definition of an execution once more, if it is held where nothing answers its task."""
        run = self.runs.get(execution)
        if run is not None and run.is_running and execution not in self.live_runs:
            self._carry_run(execution, moment)

    def keep_run(self, execution: _Execution, run: Run) -> None:
        """Show the events of a run that somebody else carries."""
        self._note_run(execution)
        self.runs[execution] = run
        self.live_runs.pop(execution, None)

    def revive(self, execution: _Execution) -> None:
        """Have the definition of an execution at work again, if it is one that runs."""
        if execution in self.runs:
            self._note_run(execution)
            self.live_runs[execution] = self.runs[execution]
            self.wake(execution)

    def _note_run(self, execution: _Execution) -> None:
        """Note for the undo log whether an execution has a run, and whether that is at work."""
        self.undo.note(partial(self.wake, execution))
        self.undo.keep_item(self.runs, execution)
        self.undo.keep_item(self.live_runs, execution)

    def _carry_run(self, execution: _Execution, moment: int, *, in_turn: bool = False) -> None:
        run = self.runs[execution]
        carrying = self._carrying
        try:
            try:
                self._carrying = carrying + 1
                run.carry(moment, in_turn=in_turn)
            finally:
                self._carrying = carrying
        except Exception as error:
            if error is self._refusal:
                # The caller gets it once: from then on a run stays at its task that nothing answers.
                self._refusal = None
                self.live_runs.pop(execution, None)
            raise
        finally:
            # An interrupt may have come just before this line.
            self._carrying = carrying
        if not run.is_running:
            self._note_run(execution)
            self.live_runs.pop(execution, None)
        else:
            self._schedule(execution, run.next_due())
            if run.waits_for_jobs:
                self.wake(execution)
                return
        self._awake.pop(execution, None)

    def _schedule(self, execution: _Execution, due: int | None) -> None:
        """Have an execution carried when its run has something due."""
        if due is not None and self._due_of.get(execution) != due:
            heappush(self._due, (due, execution.sequence, execution))
            self._due_of[execution] = due

    # --- Their end -----------------------------------------------------------------------------------------------

    def close(self) -> None:
        """End the records with their mock: they can be read in their last state, and not changed."""
        with self.locked_soon(), clock.last_read() as moment:
            self._closed, self._ended_at = True, moment

    @property
    def has_ended(self) -> bool:
        """Whether their mock has ended."""
        return self._ended_at is not None

    def drop(self) -> None:
        """End the records: they can neither be read nor changed."""
        with self._lock:
            self._closed = self._was_reset = True

    # --- Numbers and ids -----------------------------------------------------------------------------------------

    def next_sequence(self) -> int:
        """Return the next place in the order of adding."""
        return self.next_sequences(1)[0]

    def next_sequences(self, how_many: int) -> range:
        """Return the next places in the order of adding."""
        first = self._sequence + 1
        self._sequence += how_many
        return range(first, first + how_many)

    def new_id(self) -> str:
        """Return the next UUID of a fixed sequence, so that ids are the same in each run."""
        id = uuid3(NAMESPACE_URL, f"{self.arn_prefix}{self._ids}")
        self._ids += 1
        return str(id)
