"""The schedule of runs: which run advances next, and how far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from heapq import heappop, heappush
from threading import local
from typing import Generic, TypeVar

from sfn_mock.state import nesting
from sfn_mock.state.live_runs import Run
from sfn_mock.state.time_lines import TimeLine
from sfn_mock.state.undo_log import UndoLog

_Execution = TypeVar("_Execution", bound=TimeLine)


class _RaisedInThread(local):
    """The exception that a task raised last in the current thread, if any."""

    error: Exception | None = None


class RunSchedule(Generic[_Execution]):
    """The runs of the executions of one account and region, in order of what they do next.

    The clock may have jumped. One loop therefore advances the run that has something due first, until nothing is due.
    A run that waits for a nested execution has something due when that execution changes.

    A task may call Step Functions, in its own thread or in others. Such a call has a loop of its own, which leaves out
    the runs that are advancing. Runs that would be nested too deeply in a thread wait for the loop of an outer call.
    """

    def __init__(self, undo: UndoLog) -> None:
        self._undo = undo
        #: The runs of all executions whose definitions run.
        self.runs: dict[_Execution, Run] = {}
        #: The runs that have not ended, and do not wait for a task that nothing answers.
        self.live: dict[_Execution, Run] = {}
        #: The executions whose runs advance before all others, because they were changed or interrupted.
        self._awake: dict[_Execution, None] = {}
        #: The executions whose runs poll jobs of other services at each use.
        self._polling: dict[_Execution, None] = {}
        #: By nested execution, what wakes the child executions that wait for its end, with their outermost executions.
        self._waiting: dict[_Execution, dict[Callable[[], None], _Execution]] = {}
        #: A heap of the moments at which runs have something due. Outdated entries are ignored when they come up.
        self._due: list[tuple[int, int, _Execution]] = []
        #: The valid moment in `_due` of each execution.
        self._due_of: dict[_Execution, int] = {}
        #: The executions whose runs are advancing now, perhaps in other threads.
        self._advancing: set[_Execution] = set()
        self._raised = _RaisedInThread()

    # --- What is due -------------------------------------------------------------------------------------------------

    def has_due(self, moment: int) -> bool:
        """Return whether a run may have something due by a moment."""
        # One read, because another thread may remove the entry meanwhile.
        first = self._due[:1]
        return bool(self._awake or self._polling or (first and first[0][0] <= moment))

    def has_due_before(self, moment: int) -> bool:
        """Return whether another run is awake, or may have something due before a moment."""
        return self._first_awake() is not None or bool(self._due and self._due[0][0] < moment)

    def note_task_error(self, error: Exception) -> None:
        """Note an exception that a task has raised in this thread: the call that advances the run raises it once."""
        self._raised.error = error

    @property
    def is_advancing(self) -> bool:
        """Whether a run is advancing now, perhaps in another thread."""
        return bool(self._advancing)

    def wake(self, execution: _Execution) -> None:
        """Advance the run of an execution at the next use, because it was changed or interrupted."""
        self._awake[execution] = None

    def wait_for(self, nested: _Execution, execution: _Execution, wake: Callable[[], None]) -> None:
        """Advance the run of an execution whenever the time line of a nested execution changes.

        Before it advances, `wake` makes it advance the child execution that waits, if it is one of these.
        """
        self._waiting.setdefault(nested, {})[wake] = execution

    def follow(self, execution: _Execution, moment: int) -> None:
        """Make the run of an execution follow a change to the execution, when the clock reaches the change.

        A run that is advancing needs no notice: it looks at its execution at its end.
        """
        if execution not in self.live:
            # The clock may have gone back to a moment before its end.
            self.reactivate(execution)
        elif execution not in self._advancing:
            self._plan(execution, moment)

    def follow_nested(self, nested: _Execution, moment: int) -> None:
        """Advance the runs that wait for an execution when the clock reaches the moment of a change to it."""
        for wake, execution in self._waiting.get(nested, {}).items():
            wake()
            self._plan(execution, moment)

    def move_back_waiting(self, nested: _Execution, moment: int) -> None:
        """Move the runs that waited for an execution back to a change of it, if the clock was ahead."""
        for execution in self._waiting.get(nested, {}).values():
            if execution not in self._advancing:
                self.runs[execution].follow_nested(nested, moment)

    def _plan(self, execution: _Execution, due: int) -> None:
        """Advance the run of an execution when the clock reaches a moment, if it is live then."""
        if self._due_of.get(execution) != due:
            heappush(self._due, (due, execution.sequence, execution))
            self._due_of[execution] = due

    def _first_awake(self) -> _Execution | None:
        return next((execution for execution in self._awake if execution not in self._advancing), None)

    def _next(self, moment: int) -> _Execution | None:
        """Return the execution whose run is the next to advance, None if nothing is due by a moment."""
        execution = self._first_awake()
        if execution is None and self._due and self._due[0][0] <= moment:
            due, _, execution = self._due[0]
            # An interrupt loses nothing, because the execution is awake before its entry is removed.
            self.wake(execution)
            if self._due_of.get(execution) == due:
                del self._due_of[execution]
            heappop(self._due)
        return execution

    # --- Advancing ---------------------------------------------------------------------------------------------------

    def advance_all(self, moment: int) -> None:
        """Advance the live runs in order of the moments, until nothing is due by a moment; first poll their jobs."""
        self._awake.update(self._polling)
        self._advance_due(moment)

    def _advance_due(self, moment: int) -> None:
        while not nesting.is_deepest() and (execution := self._next(moment)) is not None:
            if execution in self.live:
                self.advance(execution, moment, in_turn=True)
            else:
                # It has ended, or waits for a task that nothing answers.
                self._awake.pop(execution, None)

    def advance(self, execution: _Execution, moment: int, *, in_turn: bool = False) -> None:
        """Advance the run of an execution to a moment, unless it is advancing already or nested too deeply.

        Args:
            execution: The execution.
            moment: The moment in milliseconds since 1970.
            in_turn: Whether to stop early when another run has something due before.

        Raises:
            Exception: Any exception of a task.
        """
        if execution in self._advancing:
            return
        if nesting.is_deepest():
            self.wake(execution)
            return
        run = self.runs[execution]
        try:
            with self._marked(execution), nesting.nested(run.chain):
                run.advance_to(moment, in_turn=in_turn)
        except Exception as error:
            if error is self._raised.error:
                # The caller gets this error once; the run then waits for the task that nothing answers.
                self._raised.error = None
                self.live.pop(execution, None)
            if isinstance(error, nesting.NestingError):
                self._give_up(run.chain)
            raise
        self._note_advanced(execution, run, moment)

    def _give_up(self, chain: nesting.StartChain) -> None:
        """Advance no run of a chain any more, because all of them would raise the same error."""
        for execution, run in list(self.live.items()):
            if run.chain.repeats is chain.repeats:
                self.live.pop(execution, None)

    @contextmanager
    def _marked(self, execution: _Execution) -> Iterator[None]:
        """Mark the run of an execution as advancing inside the block."""
        try:
            try:
                self._advancing.add(execution)
                yield
            finally:
                self._advancing.discard(execution)
        finally:
            # An interrupt may have come just before this line.
            self._advancing.discard(execution)

    def _note_advanced(self, execution: _Execution, run: Run, moment: int) -> None:
        """Plan what a run does next after a moment, or remove it from the live ones if it has ended."""
        # Another thread may have stopped the execution later than that moment, or a call before the clock went back.
        change = execution.last.next_change_after(moment)
        dues = [due for due in (run.next_due() if run.is_running else None, change) if due is not None]
        if dues:
            self._plan(execution, min(dues))
        else:
            # While a run is running, its time limit is due.
            self._save(execution)
            self.live.pop(execution, None)
        if run.is_running and run.polls_jobs:
            self._polling[execution] = None
        else:
            self._polling.pop(execution, None)
        self._awake.pop(execution, None)

    def advance_first(self, execution: _Execution, moment: int) -> None:
        """Advance the run of an execution to the current moment, and then those for which it has made something due."""
        self.advance(execution, moment)
        if nesting.is_outermost():
            self._advance_due(moment)

    # --- Adding and resuming -----------------------------------------------------------------------------------------

    def start(self, execution: _Execution, run: Run, moment: int) -> None:
        """Start the run of an execution and advance it to the current moment."""
        self._save(execution)
        self.runs[execution] = self.live[execution] = run
        self.advance_first(execution, moment)

    def resume(self, execution: _Execution, moment: int) -> None:
        """Advance a run once more that waits for a task that nothing answers."""
        run = self.runs.get(execution)
        if run is not None and run.is_running and execution not in self.live:
            self.advance(execution, moment)

    @contextmanager
    def attached(self, execution: _Execution, run: Run) -> Iterator[None]:
        """Attach a run that the block advances itself; a later change makes the run live."""
        self._save(execution)
        self.runs[execution] = run
        with self._marked(execution):
            yield

    def reactivate(self, execution: _Execution) -> None:
        """Make the run of an execution live again, if it has one that is not advancing."""
        if execution in self.runs and execution not in self._advancing:
            self._save(execution)
            self.live[execution] = self.runs[execution]
            self.wake(execution)

    def _save(self, execution: _Execution) -> None:
        """Save in the undo log whether an execution has a run and whether it is live."""
        self._undo.add(partial(self.wake, execution))
        self._undo.save_item(self.runs, execution)
        self._undo.save_item(self.live, execution)
