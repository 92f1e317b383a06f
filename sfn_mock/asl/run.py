"""Run: an execution of a definition in virtual time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sfn_mock.asl.context import ExecutionInfo
from sfn_mock.asl.engine import Engine
from sfn_mock.asl.events import Event
from sfn_mock.asl.host import ChildEnd, RunHost
from sfn_mock.asl.map_runs import MapRun
from sfn_mock.asl.nodes import Program
from sfn_mock.asl.state_visit import Observer
from sfn_mock.asl.steps import Step

#: A moment later than all others.
_LATEST = sys.maxsize


@dataclass(frozen=True)
class _Signal:
    """A call from outside the run that changes it, and how many actions came before it."""

    steps: int
    moment: int
    name: str
    arguments: tuple[Any, ...]


class Run:
    """A run of a definition; it advances only when its methods are called.

    The run keeps its host's answers and the signals from outside. It can therefore repeat its actions with the same
    result: after an interrupt in the middle of an action, or to show an earlier moment.
    """

    def __init__(
        self,
        program: Program,
        *,
        input: str,
        info: ExecutionInfo,
        start: int,
        host: RunHost,
        wait_scale: float = 1.0,
        observer: Observer | None = None,
        variables: Mapping[str, Any] | None = None,
        time_limit_seconds: int | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        """Create a run that has not started.

        Args:
            program: The parsed definition, or the processor of a Map state.
            input: The input as JSON text.
            info: The execution's ARN, name, role and state machine.
            start: When the run starts, in milliseconds since 1970.
            host: The host, which runs tasks and child executions.
            wait_scale: The factor for the delays of Wait states and retries.
            observer: A function that gets the intermediate values of states.
            variables: The initial values of variables by name.
            time_limit_seconds: The longest duration of executions of this type: a year for STANDARD, five minutes for
                EXPRESS. A shorter TimeoutSeconds in the definition wins. None for no limit.
            context: Members of the context object that replace those of the run: `Execution`, `StateMachine`, `State`
                or `Task`.
        """
        self._host = host
        self._new_engine = partial(
            Engine,
            program,
            input=input,
            info=info,
            start=start,
            host=host,
            wait_scale=wait_scale,
            observer=observer,
            variables=variables,
            time_limit_seconds=time_limit_seconds,
            context=context,
        )
        self._answers: list[Any] = []
        self._signals: list[_Signal] = []
        self._applied = 0
        #: Whether the last of the applied signals is still being processed.
        self._is_in_signal = False
        self._is_engine_valid = True
        self._is_advancing = False
        #: How many actions were taken before the run was moved back.
        self._known_steps = 0
        #: How many signals were applied before the run was moved back.
        self._known_signals = 0
        #: After a rollback, how many signals and actions remain; None if the engine shows all of them.
        self._shown: tuple[int, int] | None = None
        self._last_engine = self._new_engine(answers=self._answers)

    # --- Advance and rewind ------------------------------------------------------------------------------------------

    def advance_to(self, moment: int) -> None:
        """Run all actions that are due by a moment, in order.

        A call while the run is advancing does nothing, because a task may read its own run.

        Raises:
            Exception: Any exception of the host except StateError; the next call asks the host again.
        """
        self._advance(moment, moment)

    def _advance(self, moment: int, new_until: int) -> None:
        """Repeat what the run did by a moment, and do all that is new and due by another moment."""
        if self._is_advancing:
            return
        try:
            try:
                self._is_advancing = True
                self._rebuild_engine()
                self._shown = None
                while self._advance_once(moment if self._is_repeating else new_until):
                    pass
            finally:
                self._is_advancing = False
        finally:
            # An interrupt may arrive just before the line above.
            self._is_advancing = False

    def rewind_to(self, moment: int) -> None:
        """Show the run as it was at an earlier moment.

        When the run is advanced again, it repeats its later actions, unless a new signal comes first.
        """
        self._move_to_start()
        self.advance_to(moment)

    def repeat_to(self, moment: int) -> None:
        """Move the run to a moment, but of what is due at that very moment, only repeat what it did before."""
        self._move_to_start()
        self._advance(moment, moment - 1)

    def _move_to_start(self) -> None:
        """Make the run repeat itself from its start when it is advanced."""
        # A rollback sets how many signals are applied when the engine is read.
        self._known_steps = max(self._known_steps, self._engine.scheduler.steps)
        self._known_signals = max(self._known_signals, self._applied)
        self._is_engine_valid = False

    @property
    def _is_repeating(self) -> bool:
        """Whether the run was moved back, and what it does next is what it did before."""
        return self._applied < self._known_signals or self._engine.scheduler.steps < self._known_steps

    def next_due(self) -> int | None:
        """Return when the next action is due, None if the run has ended or waits for a signal."""
        due = self._engine.next_due()
        if self._applied < len(self._signals):
            moment = self._signals[self._applied].moment
            return moment if due is None else min(due, moment)
        return due

    def _rebuild_engine(self) -> None:
        """Start again with a new engine after an interrupt or a rewind; it repeats the run with the kept answers."""
        if not self._is_engine_valid:
            self._applied = 0
            self._is_in_signal = False
            self._last_engine = self._new_engine(answers=self._answers)
            self._is_engine_valid = True

    def _advance_once(self, moment: int) -> bool:
        """Process the next action or signal if it is due; return whether there was one."""
        if self._applied < len(self._signals):
            signal = self._signals[self._applied]
            if signal.steps <= self._engine.scheduler.steps:
                if signal.moment > moment:
                    return False
                self._is_engine_valid = False
                self._is_in_signal = True
                self._applied += 1
                self._engine.signal(signal.moment, signal.name, signal.arguments)
                self._is_in_signal = False
                self._is_engine_valid = True
                return True
        due = self._engine.next_due()
        if due is None or due > moment:
            return False
        self._is_engine_valid = False
        self._engine.step()
        self._is_engine_valid = True
        return True

    def _signal(self, moment: int, name: str, *arguments: Any) -> None:
        self._note(moment, name, *arguments)
        self.advance_to(moment)

    def _note(self, moment: int, name: str, *arguments: Any) -> None:
        """Add a signal, which is processed when the run advances, after all that is due by its moment."""
        self.advance_to(moment)
        self._note_here(moment, name, *arguments)

    def _note_here(self, moment: int, name: str, *arguments: Any) -> None:
        """Add a signal, which is processed when the run advances, before its next action."""
        # While the run is advancing, the signals that follow are those of the current action.
        if not self._is_advancing:
            self._forget_later(moment)
        steps = self._engine.scheduler.steps + self._is_advancing
        self._signals.append(_Signal(steps, moment, name, arguments))

    def forget_after(self, moment: int) -> None:
        """Forget all actions after a moment: when the run is advanced again, it asks its host again.

        A call while the run is advancing does nothing: what follows is not known yet.
        """
        if not self._is_advancing:
            self.rewind_to(moment)
            self._forget_later(moment)

    def _forget_later(self, moment: int) -> None:
        """Forget what the run did after the moment to which it was moved back, if it was."""
        engine = self._engine
        asked, steps = engine.recorded_host.asked, engine.scheduler.steps
        if self._applied < len(self._signals) or asked < len(self._answers) or steps < self._known_steps:
            self._known_steps = self._known_signals = 0
            # The lists are not changed in place, because a checkpoint may refer to them.
            self._signals = self._signals[: self._applied]
            self._answers = engine.recorded_host.answers = self._answers[:asked]
            self._host.forget_after(moment)

    def checkpoint(self) -> Callable[[], None]:
        """Return a function that undoes all actions and signals after this call.

        When the run is advanced after that, it asks its host again. A checkpoint copies nothing, unlike `snapshot`.
        """
        engine = self._engine
        shown = self._applied - self._is_in_signal, engine.scheduler.steps
        return partial(self._roll_back, self._answers, len(self._answers), self._signals, len(self._signals), shown)

    def _roll_back(
        self, answers: list[Any], answered: int, signals: list[_Signal], signalled: int, shown: tuple[int, int]
    ) -> None:
        self._answers, self._signals = answers, signals
        del answers[answered:]
        del signals[signalled:]
        # Another thread may be advancing the run.
        if not self._is_advancing:
            self._is_engine_valid, self._shown = False, shown

    @property
    def _engine(self) -> Engine:
        """The engine; after a rollback it first repeats the run, which also sets how many signals are applied."""
        if self._shown is not None and not self._is_advancing:
            self._repeat(*self._shown)
        return self._last_engine

    def _repeat(self, applied: int, steps: int) -> None:
        """Repeat the run from its start up to a number of signals and actions, with the kept answers."""
        self._is_engine_valid = False
        try:
            self._is_advancing = True
            self._rebuild_engine()
            while self._applied < applied or self._engine.scheduler.steps < steps:
                self._advance_once(_LATEST)
            self._shown = None
        finally:
            self._is_advancing = False

    def snapshot(self) -> Callable[[], None]:
        """Return a function that restores the run as it is now.

        A snapshot from the middle of an action restores nothing.
        """
        engine = self._engine
        answers, signals = self._answers.copy(), self._signals.copy()
        applied, steps = self._applied, engine.scheduler.steps
        is_advancing = self._is_advancing

        def restore() -> None:
            if is_advancing:
                return
            self._answers[:], self._signals[:] = answers, signals
            self._repeat(applied, steps)

        return restore

    # --- Signals -----------------------------------------------------------------------------------------------------

    def complete_task(self, token: str, result: Any, moment: int) -> None:
        """Give an open task its result; ignored if the task is not open."""
        self.note_result(token, result, moment)
        self.advance_to(moment)

    def note_result(self, token: str, result: Any, moment: int) -> None:
        """Note the result of an open task, which gets it when the run advances."""
        self._note(moment, "complete_task", token, result)

    def fail_task(self, token: str, error: str | None, cause: str | None, moment: int) -> None:
        """Give an open task its error; ignored if the task is not open."""
        self.note_failure(token, error, cause, moment)
        self.advance_to(moment)

    def note_failure(self, token: str, error: str | None, cause: str | None, moment: int) -> None:
        """Note the error of an open task, which gets it when the run advances."""
        self._note(moment, "fail_task", token, error, cause)

    def heartbeat(self, token: str, moment: int) -> None:
        """Record a heartbeat of an open task."""
        self._signal(moment, "heartbeat", token)

    def start_task(self, token: str, moment: int, worker_name: str | None = None) -> None:
        """Record that a worker has started an activity's task."""
        self._signal(moment, "start_task", token, worker_name)

    def child_ended(self, map_run_arn: str, index: int, end: ChildEnd, moment: int) -> None:
        """Record the end of a child execution."""
        self._signal(moment, "child_ended", map_run_arn, index, end)

    def update_map_run(self, map_run_arn: str, moment: int, **changes: Any) -> None:
        """Change a map run's limits.

        Args:
            map_run_arn: The ARN of the map run.
            moment: When the change takes effect.
            **changes: `max_concurrency`, `tolerated_count` or `tolerated_percentage`.

        Raises:
            ValueError: If a keyword is not one of these limits.
            LookupError: If the run has no map run with that ARN.
        """
        for name in changes:
            if name not in ("max_concurrency", "tolerated_count", "tolerated_percentage"):
                raise ValueError(f"limit must be max_concurrency, tolerated_count or tolerated_percentage, got {name}")
        if self._engine.map_run(map_run_arn) is None:
            raise LookupError(f"No map run {map_run_arn!r} in this run.")
        self._signal(moment, "update_map_run", map_run_arn, changes)

    def stop(
        self,
        moment: int,
        error: str | None = None,
        cause: str | None = None,
        *,
        status: str = "ABORTED",
        output: str | None = None,
        at_once: bool = False,
    ) -> None:
        """End the run from outside with a closing status; ignored if the run has ended.

        Args:
            moment: When the run ends.
            error: The error, or None.
            cause: The cause of the error, or None.
            status: The closing status.
            output: The output as JSON text, or None.
            at_once: Whether to leave out what is due at that moment but has not happened yet.
        """
        self._advance(moment, moment - 1 if at_once else moment)
        self._note_here(moment, "stop", status, output, error, cause)
        self.advance_to(moment)

    def redrive(self, moment: int, *, is_from_start: bool = False) -> None:
        """Redrive the run: continue from its unsuccessful states, or run it again from its start.

        Raises:
            ValueError: If the run is running or has succeeded.
        """
        self.advance_to(moment)
        if self.status in ("RUNNING", "SUCCEEDED"):
            raise ValueError(f"status must be FAILED, TIMED_OUT or ABORTED to redrive a run, got {self.status}")
        self._signal(moment, "redrive", is_from_start)

    # --- Properties --------------------------------------------------------------------------------------------------

    @property
    def events(self) -> list[Event]:
        """The events of the history, in order."""
        return self._engine.history.events

    @property
    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
        return self._engine.status

    @property
    def output(self) -> str | None:
        """The output as JSON text, None until the run has succeeded."""
        return self._engine.output

    @property
    def error(self) -> str | None:
        """The error of a run that failed or was aborted."""
        return self._engine.error

    @property
    def cause(self) -> str | None:
        """The cause of the error."""
        return self._engine.cause

    @property
    def stop_moment(self) -> int | None:
        """When the run ended, None while it is running."""
        return self.stop_of(self.redrive_count)

    def stop_of(self, attempt: int) -> int | None:
        """Return when an attempt ended, None if it did not; attempt 0 is the one before the first redrive."""
        return _item(self._engine.stops, attempt)

    @property
    def redrive_count(self) -> int:
        """How often the run was redriven."""
        return len(self._engine.redrives)

    def redrive_of(self, attempt: int) -> int | None:
        """Return when an attempt began; attempt 1 begins with the first redrive. None if it has not begun."""
        return _item(self._engine.redrives, attempt - 1)

    @property
    def visited(self) -> list[str]:
        """The names of the entered states, in order."""
        return self._engine.visited

    @property
    def steps(self) -> list[Step]:
        """The entered states and how each was left or retried, in order."""
        return self._engine.steps

    @property
    def context(self) -> dict[str, Any]:
        """The context object of the last entered state."""
        current = self._engine.current
        return {**self._engine.context, **self._engine.given_context} if current is None else current.context()

    @property
    def variables(self) -> Mapping[str, Any]:
        """The variables in the scope of the last entered state."""
        return self._engine.variables

    def has_task(self, token: str) -> bool:
        """Return whether a task with the token is open."""
        return self._engine.has_task(token)

    def is_answered(self, token: str, moment: int) -> bool:
        """Return whether a result or an error of a task is noted that came by a moment."""
        return any(
            signal.name in ("complete_task", "fail_task") and signal.arguments[0] == token and signal.moment <= moment
            for signal in self._signals[self._applied :]
        )

    def has_left(self, map_run_arn: str) -> bool:
        """Return whether the run has left or retried the state of a map run, so that no redrive continues it."""
        return self._engine.has_left(map_run_arn)

    def map_run(self, arn: str) -> MapRun | None:
        """Return the map run with an ARN, None if the run has not started it."""
        return self._engine.map_run(arn)


def _item(moments: list[int], index: int) -> int | None:
    return moments[index] if index < len(moments) else None
