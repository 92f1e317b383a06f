"""The run of one execution in virtual time: how far it has advanced, and how run and execution follow each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sfn_mock.asl.host import RunHost
from sfn_mock.asl.nodes import Program
from sfn_mock.asl.run import Run
from sfn_mock.state import clock
from sfn_mock.state.life_cycle import end_execution, replace_attempt
from sfn_mock.state.outcomes import LONGEST_EXPRESS, OPEN, Ending
from sfn_mock.state.progress import execution_info
from sfn_mock.state.records import Execution
from sfn_mock.state.time_lines import Attempt

_T = TypeVar("_T")

#: The longest duration of a STANDARD execution, in seconds (Developer Guide, service quotas).
_LONGEST_STANDARD = 31_536_000


class ExecutionRun:
    """The run of one execution, without those of its child executions.

    The run ends its execution, and follows it where a call or a test stopped or redrove it.

    Attributes:
        execution: The execution.
        run: The run of its program.
        undo: The undo log of the records.
        schedule: The schedule of the records.
        root: The run of the outermost execution that this one belongs to.
        advanced_to: The moment to which the run has advanced.
        target: The moment to which an outermost run is advancing, or last advanced.
        awake_children: The child executions whose runs advance next, because they were changed or interrupted.
    """

    def __init__(
        self,
        execution: Execution,
        program: Program,
        host: RunHost,
        wait_scale: float,
        parent: ExecutionRun | None,
    ) -> None:
        self.execution = execution
        self.undo = execution.owner.records.undo
        self.schedule = execution.owner.records.schedule
        self._parent = parent
        self.root: ExecutionRun = self if parent is None else parent.root
        #: The generation of the undo log in which the state of the run was last saved.
        self._saved_generation: object = None
        #: When the run itself ended its execution, by the number of redrives before.
        self._own_stops: dict[int, int] = {}
        self.advanced_to = execution.start
        self.target = execution.start
        self.awake_children: dict[Execution, None] = {}
        self.run = Run(
            program,
            input=execution.input,
            info=execution_info(execution),
            start=execution.start,
            host=host,
            wait_scale=wait_scale,
            time_limit_seconds=_LONGEST_STANDARD if execution.express_id is None else LONGEST_EXPRESS // 1000,
        )

    @property
    def is_running(self) -> bool:
        """Whether the run has not ended."""
        return self.run.status == "RUNNING"

    def context(self, moment: int) -> dict[str, Any]:
        """Return the context object at a moment."""
        return self._read_at(moment, lambda run: run.context)

    def has_left(self, map_run_arn: str, moment: int) -> bool:
        """Return whether the run has left or retried the state of a map run by a moment; no redrive continues it."""
        return self._read_at(moment, lambda run: run.has_left(map_run_arn))

    def _read_at(self, moment: int, read: Callable[[Run], _T]) -> _T:
        """Return what is read of the run as it was at a moment."""
        if moment >= self.advanced_to:
            return read(self.run)
        self.save()
        self.run.rewind_to(moment)
        try:
            return read(self.run)
        finally:
            self.run.advance_to(self.advanced_to)

    # --- Changes -----------------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Make the next use of the records advance the run, and the runs that it belongs to."""
        self.wake_in_parents()
        self.schedule.wake(self.root.execution)

    def wake_in_parents(self) -> None:
        """Make the run advance, if it is that of a child execution, when the outermost run advances next."""
        if self._parent is not None:
            self._parent.awake_children[self.execution] = None
            self._parent.wake_in_parents()

    def save(self) -> None:
        """Wake the run, and save its state in the undo log before a change."""
        self.wake()
        if self._saved_generation is not self.undo.generation:
            self.undo.add(self.wake)
            self.undo.add(self.run.checkpoint())
            self.undo.save(self, "advanced_to")
            self._saved_generation = self.undo.generation

    def reach(self, moment: int) -> None:
        """Record that the run advances to a moment, if it has not been there yet."""
        self.save()
        self.advanced_to = max(moment, self.advanced_to)

    def move_back(self, moment: int) -> None:
        """Move the run back to a moment if it is ahead; it then repeats what it did, unless a change comes first."""
        if moment < self.advanced_to:
            self.save()
            self.run.rewind_to(moment)
            self.advanced_to = moment

    def rewind(self, moment: int) -> None:
        """Move the run to a moment for a change from outside, backwards if the clock went back."""
        if self._parent is not None:
            self._parent.rewind(moment)
        if moment > self.advanced_to:
            # Nothing is due until then.
            self.save()
            self.advanced_to = moment
        elif moment < self.advanced_to:
            self.move_back(moment)
            self.schedule.reactivate(self.root.execution)

    def prepare(self, moment: int) -> None:
        """Prepare the run for a change from outside at a moment."""
        self.rewind(moment)
        self.save()

    def advance_whole_run(self, moment: int) -> None:
        """Advance the outermost run that this one belongs to."""
        self.schedule.advance_first(self.root.execution, moment)

    # --- Ends and redrives -------------------------------------------------------------------------------------------

    def follow(self, moment: int) -> None:
        """Stop the run where a call or a test stopped the execution, and redrive it where they redrove it."""
        run = self.run
        redrives = 0
        for attempt in self.execution.attempts_until(moment):
            number = attempt.redrive_count
            if number > redrives:
                redrives = number
                if not self._repeats(run.redrive_of, number, attempt.since):
                    # EXPRESS child executions have no history to continue from.
                    run.redrive(attempt.since, is_from_start=self.execution.express_id is not None)
            # A run that was moved back repeats its own end when it is advanced.
            stop = self._stop_from_outside(attempt, moment)
            if stop is not None and not self._repeats(run.stop_of, number, stop):
                ending = attempt.ending
                run.stop(stop, ending.error, ending.cause, status=ending.status, output=ending.output, at_once=True)

    def _repeats(self, moment_of: Callable[[int], int | None], number: int, moment: int) -> bool:
        """Return whether the run stops or is redriven at a moment; if not, move it to that moment."""
        if moment_of(number) != moment:
            self.save()
            # After a rewind, the run repeats what it did until then.
            self.run.repeat_to(moment)
        return moment_of(number) == moment

    @property
    def closed_attempt(self) -> Attempt | None:
        """The attempt that the run is in, if a call or a test has closed it, perhaps for a later moment; else None."""
        number = self.run.redrive_count
        attempts = (attempt for attempt in self.execution.attempts if attempt.redrive_count == number)
        return next((attempt for attempt in attempts if not attempt.is_open(clock.NEVER)), None)

    def _stop_from_outside(self, attempt: Attempt, moment: int) -> int | None:
        """Return when a call or a test stopped an attempt, None if it is open or the run itself ended it."""
        stop = attempt.stop_at(moment)
        return None if stop == self._own_stops.get(attempt.redrive_count) else stop

    @property
    def takes_ends(self) -> bool:
        """Whether the ends of child executions reach the run; if not, it gets them when it is redriven."""
        if not self.is_running:
            return False
        attempt = self.execution.attempt_at(self.advanced_to)
        # Another thread may have stopped the execution, and the run is about to follow.
        return attempt is None or self._stop_from_outside(attempt, self.advanced_to) is None

    def end_execution(self) -> None:
        """End the execution if the run has ended."""
        run, execution = self.run, self.execution
        if run.stop_moment is None:
            return
        attempt = execution.attempt_at(run.stop_moment)
        if attempt is None or attempt.redrive_count != run.redrive_count:
            # The run has to follow a redrive, which began another attempt.
            return
        if attempt.is_open(run.stop_moment):
            fault = run.status in ("FAILED", "ABORTED")
            error, cause = (run.error, run.cause) if fault else (None, None)
            self.undo.save_item(self._own_stops, run.redrive_count)
            self._own_stops[run.redrive_count] = run.stop_moment
            end_execution(execution, run.stop_moment, Ending(run.status, run.output, error, cause))

    def abort(self, moment: int) -> None:
        """Stop the run at a moment, and end its execution as ABORTED."""
        self.save()
        # Its execution may have been stopped with that of its parent.
        self.follow(moment)
        self.run.stop(moment, None, None)
        self.end_execution()

    def forget_after(self, moment: int) -> bool:
        """Forget an end of the run after a moment; return whether that makes the execution RUNNING again."""
        self.save()
        self.advanced_to = min(self.advanced_to, moment)
        return self._reopen(moment)

    def _reopen(self, moment: int) -> bool:
        """Make the execution RUNNING from a moment on, if its run ends it later; return whether it does."""
        attempt = self.execution.attempt_in_force(moment)
        stop = attempt.stop
        if stop is None or stop <= moment or self._own_stops.get(attempt.redrive_count) != stop:
            return False
        self.undo.save_item(self._own_stops, attempt.redrive_count)
        del self._own_stops[attempt.redrive_count]
        replace_attempt(self.execution, moment, attempt._replace(stop=None, ending=OPEN))
        return True

    def forget_in_parent(self, moment: int) -> None:
        """Let the run of the parent execution, if any, forget what came after a moment."""
        if self._parent is not None:
            self._parent.forget_later(moment)

    def forget_later(self, moment: int) -> None:
        """Let the run forget what it did after a moment, because it continues in another way."""
        self.save()
        self.run.forget_after(moment)
