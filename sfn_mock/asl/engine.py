"""The engine of a run: it runs the due actions and holds the history, the open tasks and the map runs."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any

from sfn_mock.asl import events
from sfn_mock.asl.context import ExecutionInfo, execution_context
from sfn_mock.asl.errors import RUNTIME, HostStopIteration, StateError, StoppedError
from sfn_mock.asl.events import Chain, History, HistoryFullError, execution_ended, execution_started
from sfn_mock.asl.host import ChildEnd, Failed, Host, Succeeded
from sfn_mock.asl.interpreter import run_sequence
from sfn_mock.asl.map_runs import MapRun
from sfn_mock.asl.nodes import Program, StateMachine
from sfn_mock.asl.open_tasks import OpenTask
from sfn_mock.asl.recorded_host import RecordedHost
from sfn_mock.asl.scheduler import Future, Process, ProcessGenerator, Scheduler
from sfn_mock.asl.state_visit import Frame, Observer, StateVisit
from sfn_mock.asl.steps import StateExit, Step
from sfn_mock.asl.texts import json_text


class Engine:
    """The engine of a run.

    Attributes:
        scheduler: The queue of due actions.
        randomness: The random generator, seeded with the execution's ARN.
        context: The members of the context object that are the same in all states.
        given_context: Members that a test gives; they replace those of the run.
        wait_scale: The factor for the delays of Wait states and retries.
        region: The region in the events of tasks.
        observer: A function that gets the intermediate values of states.
        host: The host, which runs tasks and child executions.
        history: The history of events.
        status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        output: The output as JSON text, None until the run has succeeded.
        error: The error of a run that failed or was aborted.
        cause: The cause of the error.
        stops: When the run ended: at first, and after each redrive.
        redrives: When the run was redriven.
        visited: The names of the entered states, in order.
        steps: The entered states and how each was left or retried, in order.
        current: The last entered state, None before the first.
    """

    def __init__(
        self,
        program: Program,
        *,
        input: str,
        info: ExecutionInfo,
        start: int,
        host: Host,
        answers: list[Any],
        wait_scale: float,
        observer: Observer | None = None,
        variables: Mapping[str, Any] | None = None,
        time_limit_seconds: int | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> None:
        """Schedule the start of the run."""
        self.scheduler = Scheduler(start)
        self.recorded_host = RecordedHost(host, answers)
        self.host: Host = self.recorded_host
        self.randomness = Random(info.id)
        self.given_context: Mapping[str, Any] = context or {}
        self.wait_scale = wait_scale
        self.region = info.region
        self.observer = observer
        self.history = History(events.ENDLESS_EXPRESS if info.is_express else events.HISTORY_LIMIT)
        self.status = "RUNNING"
        self.output: str | None = None
        self.error: str | None = None
        self.cause: str | None = None
        self.stops: list[int] = []
        self.redrives: list[int] = []
        self.visited: list[str] = []
        self.steps: list[Step] = []
        self.current: StateVisit | None = None
        self._program = program
        self._input = input
        self._info = info
        self._start_moment = start
        self._time_limit = time_limit_seconds
        #: When the run times out, None if it does not.
        self._times_out_at: int | None = None
        self._tokens = 0
        self._tasks: dict[str, OpenTask] = {}
        self._map_runs: dict[str, MapRun] = {}
        self._chains_of_map_runs: dict[str, Chain] = {}
        self._chain = Chain()
        self._value = value = json.loads(input)
        self._variables = variables or {}
        self._frame = self._first_frame()
        self.context: Mapping[str, Any] = execution_context(info, value, start, 0, None)
        self.scheduler.at(start, self._start)

    # --- Called by states --------------------------------------------------------------------------------------------

    def add_event(self, event_type: str, details: dict[str, Any] | None, chain: Chain, *, advance: bool = True) -> int:
        """Add an event at the current moment and return its id."""
        return self.history.add(self.scheduler.now, event_type, details, chain, advance=advance).id

    def new_token(self) -> str:
        """Return a new task token; a repeated run gets the same tokens."""
        self._tokens += 1
        digest = hashlib.sha512(f"{self._info.id}#{self._info.sequence}#{self._tokens}".encode()).digest()
        return base64.b64encode(digest).decode()

    def open_task(self, token: str, task: OpenTask) -> None:
        """Deliver results and heartbeats with a token to a task."""
        self._tasks[token] = task

    def close_task(self, token: str) -> None:
        """Ignore further results and heartbeats with a token."""
        self._tasks.pop(token, None)

    def open_map_run(self, map_run: MapRun, chain: Chain) -> None:
        """Deliver the ends of child executions to a map run, whose events are in a chain."""
        self._map_runs[map_run.arn] = map_run
        self._chains_of_map_runs[map_run.arn] = chain

    def record_entry(self, visit: StateVisit) -> None:
        """Record that a state was entered."""
        self.visited.append(visit.state.name)
        self.steps.append(Step(self.scheduler.now, visit.state.name, "state"))
        self.current = visit

    def record_exit(self, visit: StateVisit, exit: StateExit) -> None:
        """Record that a state was left or is retried."""
        self.steps.append(Step(self.scheduler.now, visit.state.name, *exit))

    def run_sequence(self, program: Program, frame: Frame, chain: Chain) -> ProcessGenerator:
        """Run a sequence of states."""
        return run_sequence(self, program, frame, chain)

    # --- Called by Run -----------------------------------------------------------------------------------------------

    def next_due(self) -> int | None:
        """Return when the next action is due, None if nothing is scheduled."""
        return self.scheduler.next_due()

    def step(self) -> None:
        """Run the next action."""
        self.scheduler.step(self._run)

    def signal(self, moment: int, name: str, arguments: tuple[Any, ...]) -> None:
        """Apply a signal from outside the run at a moment."""
        self.scheduler.now = max(self.scheduler.now, moment)
        self._run(partial(getattr(self, f"_on_{name}"), *arguments))

    def _run(self, action: Callable[[], None]) -> None:
        """Run an action; the run ends in the middle of it if its history is full, or if its host stops it."""
        try:
            action()
        except HistoryFullError as error:
            if self._info.is_express:
                # Like an endless loop on AWS, it does nothing more until its time is over.
                self.scheduler.clear()
                self._schedule_time_out()
            else:
                self._fail(StateError(RUNTIME, error.cause))
        except StoppedError as stop:
            self._on_stop(stop.status, stop.output, stop.error, stop.cause)
        except HostStopIteration as carrier:
            raise carrier.stop from carrier.stop.__cause__

    def has_task(self, token: str) -> bool:
        """Return whether a task with the token is open."""
        return token in self._tasks

    def has_left(self, map_run_arn: str) -> bool:
        """Return whether the run has left or retried the state of a map run, so that no redrive continues it."""
        return map_run_arn in self._map_runs and all(map_run.arn != map_run_arn for map_run in self._frame.map_runs())

    def map_run(self, arn: str) -> MapRun | None:
        """Return the map run with an ARN, None if the run has not started it."""
        return self._map_runs.get(arn)

    @property
    def variables(self) -> Mapping[str, Any]:
        """The variables in the scope of the last entered state."""
        return (self._frame if self.current is None else self.current.frame).variables

    # --- Start and end -----------------------------------------------------------------------------------------------

    def _first_frame(self) -> Frame:
        return Frame(self._program.start_at, self._value, dict(self._variables))

    def _start(self) -> None:
        self._add_start_event()
        self._run_program()

    def _add_start_event(self) -> None:
        event_type, details = execution_started(
            self._input, self._info.role_arn, alias_arn=self._info.alias_arn, version_arn=self._info.version_arn
        )
        self.history.add(self.scheduler.now, event_type, details, self._chain, advance=False)

    def _schedule_time_out(self) -> None:
        if self._times_out_at is not None:
            self.scheduler.at(self._times_out_at, self._time_out)

    def _run_program(self) -> None:
        timeout = self._program.timeout_seconds if isinstance(self._program, StateMachine) else None
        limits = [seconds for seconds in (timeout, self._time_limit) if seconds is not None]
        self._times_out_at = self.scheduler.now + int(min(limits) * 1000) if limits else None
        self._schedule_time_out()
        process = Process(self.run_sequence(self._program, self._frame, self._chain))
        process.when_done(self._finish)
        process.start()

    def _finish(self, process: Future) -> None:
        if process.error is not None:
            self._fail(process.error)
            return
        self.output = json_text(process.value)
        self._end("SUCCEEDED")

    def _fail(self, error: StateError) -> None:
        self.error, self.cause = error.error, error.cause
        self._end("FAILED")

    def _time_out(self) -> None:
        self._end("TIMED_OUT")

    def _end(self, status: str) -> None:
        open_map_runs = [map_run for map_run in self._map_runs.values() if not map_run.done.is_done]
        # The history may be full.
        with suppress(HistoryFullError):
            for map_run in open_map_runs:
                self.add_event("MapRunAborted", None, self._chains_of_map_runs[map_run.arn], advance=False)
        event_type, details = execution_ended(status, output=self.output, error=self.error, cause=self.cause)
        self.history.end(self.scheduler.now, event_type, details, self._chain)
        self.status = status
        self.stops.append(self.scheduler.now)
        self.scheduler.clear()
        now = self.scheduler.now
        tasks, self._tasks = self._tasks, {}
        for token in tasks:
            self.host.abandon_task(token, now)
        for map_run in open_map_runs:
            map_run.end_unsuccessfully("ABORTED", writes=True)

    # --- Signals -----------------------------------------------------------------------------------------------------

    def _on_complete_task(self, token: str, result: Any) -> None:
        if token in self._tasks:
            self._tasks[token].end(Succeeded(result))

    def _on_fail_task(self, token: str, error: str | None, cause: str | None) -> None:
        if token in self._tasks:
            self._tasks[token].end(Failed(error, cause))

    def _on_heartbeat(self, token: str) -> None:
        if token in self._tasks:
            self._tasks[token].record_heartbeat()

    def _on_start_task(self, token: str, worker_name: str | None) -> None:
        if token in self._tasks and not self._tasks[token].is_started:
            self._tasks[token].start(worker_name)

    def _on_child_ended(self, map_run_arn: str, index: int, end: ChildEnd) -> None:
        map_run = self._map_runs.get(map_run_arn)
        if map_run is not None and index in map_run.running and not map_run.done.is_done:
            map_run.child_ended(index, end)

    def _on_update_map_run(self, map_run_arn: str, changes: Mapping[str, Any]) -> None:
        map_run = self._map_runs[map_run_arn]
        for name, value in changes.items():
            setattr(map_run, name, value)
        if not map_run.done.is_done:
            map_run.start()

    def _on_stop(self, status: str, output: str | None, error: str | None, cause: str | None) -> None:
        if self.status == "RUNNING":
            if not self.history.events:
                self._add_start_event()
            self.output, self.error, self.cause = output, error, cause
            self._end(status)

    def _on_redrive(self, is_from_start: bool) -> None:
        self.status = "RUNNING"
        now = self.scheduler.now
        self.output = self.error = self.cause = None
        self.redrives.append(now)
        self.context = execution_context(self._info, self._value, self._start_moment, len(self.redrives), now)
        self.history.redrive(now, len(self.redrives), self._chain)
        if is_from_start:
            self._frame = self._first_frame()
        self._frame.mark_redriven()
        self._run_program()
