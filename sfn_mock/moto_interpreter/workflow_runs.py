"""An execution at work in moto's interpreter, and what the interpreter finds as our records have it.

Importing this room takes what ``moto[stepfunctions]`` installs.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from datetime import datetime
from threading import Thread
from typing import Any

from moto.stepfunctions.parser.api import HistoryEventType, MapRunStatus, StateMachineType
from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor.map_run_record import (
    MapRunRecord,
    MapRunRecordPoolManager,
    ProgressCounter,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackEndpoint,
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
    CallbackPoolManager,
    HeartbeatEndpoint,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import (
    AWSExecutionDetails,
    EvaluationDetails,
    ExecutionDetails,
    StateMachineDetails,
)
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.asl.eval.program_state import ProgramEnded, ProgramError, ProgramTimedOut
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.backend.execution_worker_comm import ExecutionWorkerCommunication

from sfn_mock.aws.arns import parse_map_run_arn
from sfn_mock.moto_interpreter import service_tasks
from sfn_mock.state import clock
from sfn_mock.state import seeds as seeding
from sfn_mock.state.executions import Attempt, Execution
from sfn_mock.state.history import Event
from sfn_mock.state.map_runs import MapRun, MapRunState, Tolerance
from sfn_mock.state.outcomes import Ending

#: Events of an execution's end, which its record tells.
_CLOSING = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted")


class WorkflowRun(ExecutionWorkerCommunication):
    """``execution`` in moto's interpreter, from its start to the end of its definition."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution
        self._worker = _Worker(execution, self)
        self._thread = Thread(target=self._interpret, name=execution.arn, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._worker.stop_now()

    def wait(self, seconds: float | None = None) -> bool:
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def events(self) -> list[Event]:
        env = self._worker.env
        events: list[Any] = [] if env is None else env.event_manager.get_event_history()
        return [_event(event) for event in events if event["type"] not in _CLOSING]

    def find_task(self, token: str) -> _InterpretedTask | None:
        callbacks = self._worker.callbacks
        endpoint = callbacks.get(token)
        return None if endpoint is None else _InterpretedTask(self._execution, callbacks, endpoint)

    # --- In its thread -------------------------------------------------------------------------------------------

    def _interpret(self) -> None:
        try:
            self._worker.run()
        except Exception as failure:  # whatever the interpreter cannot read or do; nobody else would hear of it
            self._end(Ending("FAILED", error="States.Runtime", cause=str(failure)))

    def terminated(self) -> None:
        """The interpreter has come to an end: so has the execution, unless something else ended it before."""
        env: Any = self._worker.env
        state = env.program_state()
        if isinstance(state, ProgramEnded):
            self._end(Ending("SUCCEEDED", to_json_str(env.states.get_input(), separators=(",", ":"))))
        elif isinstance(state, ProgramError):
            failure = state.error or {}
            self._end(Ending("FAILED", error=failure.get("error"), cause=failure.get("cause")))
        elif isinstance(state, ProgramTimedOut):
            self._end(Ending("TIMED_OUT"))

    def _end(self, ending: Ending) -> None:
        # The mock may have ended meanwhile, or the machine been deleted.
        with suppress(RuntimeError), self._execution.using() as moment:
            attempt = self._execution.attempt_at(moment)
            if attempt is not None and attempt.is_open(moment) and attempt.redrive_count == 0:
                self._execution.end(moment, ending)


class _Worker(ExecutionWorker):
    """moto's, with our clock, our map runs and callbacks that can be answered at any time."""

    def __init__(self, execution: Execution, run: WorkflowRun) -> None:
        machine, revision = execution.state_machine, execution.revision
        records = machine.records
        start = clock.describe(execution.start)
        details: Any = EvaluationDetails(
            aws_execution_details=AWSExecutionDetails(records.account_id, records.region, revision.role_arn),
            execution_details=ExecutionDetails(execution.arn, execution.name, revision.role_arn, None, start),
            state_machine_details=StateMachineDetails(
                machine.arn, machine.name, StateMachineType(machine.type), revision.definition
            ),
        )
        super().__init__(details, run, None, {})
        self._details = details
        self._execution = execution
        self._told_to_stop = False
        self.callbacks = _Callbacks(activity_store={})

    def run(self) -> None:
        # Not before: an input that Python cannot make, such as a number without end, fails the run and not the start.
        self._details.execution_details.inpt = json.loads(self._execution.input)
        self._execution_logic()  # type: ignore[no-untyped-call]  # moto's

    def stop_now(self) -> None:
        """Let it enter no other state, and none at all if it has not begun to."""
        self._told_to_stop = True
        if self.env is not None:
            if self.env.program_state() is None:
                # Only what has begun can be stopped; what has an end cannot begin.
                self.env.set_timed_out()
            self.env.set_stop(clock.to_datetime(clock.now()), None, None)
            self.callbacks.interrupt_all()

    def _get_evaluation_entrypoint(self) -> EvalComponent:
        program: EvalComponent = super()._get_evaluation_entrypoint()
        service_tasks.complete(program)
        return program

    def _get_evaluation_environment(self) -> Environment:
        env: Environment = super()._get_evaluation_environment()
        env.event_manager = _Events()
        env.callback_pool_manager = self.callbacks
        env.map_run_record_pool_manager = _MapRuns(self._execution)
        # Before it looks, so that whoever stops it at this very time is seen by it or sees the environment.
        self.env = env
        if self._told_to_stop:
            self.stop_now()
        return env


class _Events(EventManager):
    """moto's, at the test's time: freezegun hides that from code which runs as the target of a thread."""

    @staticmethod
    def _get_current_timestamp() -> datetime:
        return clock.to_datetime(clock.now())


def _event(event: dict[str, Any]) -> Event:
    """An event of the interpreter's, which spells all names as the API does."""
    details = next((value for name, value in event.items() if name.endswith("EventDetails")), None)
    if details is not None:
        # The answer says of data that they are whole, where it has any.
        details = {name: value for name, value in details.items() if name not in ("inputDetails", "outputDetails")}
    moment = clock.to_moment(event["timestamp"], 0)
    return Event(event["id"], moment, HistoryEventType(event["type"]).value, details, event["previousEventId"])


class _Callback(CallbackEndpoint):
    """moto's, which would wait for another heartbeat where the answer has come before it expects the first."""

    def setup_heartbeat_endpoint(self, heartbeat_seconds: int) -> HeartbeatEndpoint:
        heartbeats = super().setup_heartbeat_endpoint(heartbeat_seconds)
        if self.get_outcome() is not None:
            heartbeats.notify()  # type: ignore[no-untyped-call]  # moto's
        return heartbeats


class _Callbacks(CallbackPoolManager):
    """What an execution's states wait for, by task token."""

    def add(self, callback_id: str) -> CallbackEndpoint:
        callback = self._pool[callback_id] = _Callback(callback_id)
        return callback

    def interrupt_all(self) -> None:
        """Let whoever waits look whether the execution still runs."""
        for callback in list(self._pool.values()):
            callback.interrupt_all()


class _InterpretedTask:
    """What the interpreter waits for in one of its states."""

    def __init__(self, execution: Execution, pool: CallbackPoolManager, endpoint: CallbackEndpoint) -> None:
        self._execution = execution
        self._pool = pool
        self._endpoint = endpoint
        self._token = endpoint.callback_id

    def is_open(self) -> bool:
        answered = self._endpoint.consumer_error is not None or self._endpoint.get_outcome() is not None
        return self._execution.status == "RUNNING" and not answered

    def succeed(self, moment: int, output: str) -> None:
        self._pool.notify(self._token, CallbackOutcomeSuccess(self._token, output))

    def fail(self, moment: int, error: str | None, cause: str | None) -> None:
        self._pool.notify(self._token, CallbackOutcomeFailure(self._token, error, cause))

    def beat(self, moment: int) -> None:
        self._pool.heartbeat(self._token)


# --- Map runs ----------------------------------------------------------------------------------------------------


class _MapRuns(MapRunRecordPoolManager):
    """Makes each map run that the interpreter starts one of our records too."""

    def __init__(self, parent: Execution) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # moto's
        self._parent = parent

    def add(self, map_run_record: MapRunRecord) -> None:
        super().add(map_run_record)
        with suppress(RuntimeError), self._parent.using() as moment:
            map_run = _InterpretedMapRun(self._parent, map_run_record, moment)
            self._parent.state_machine.store_map_run(map_run)


class _InterpretedMapRun(MapRun):
    """A map run that stands as the interpreter has it. Its items are counted, but no child executions."""

    def __init__(self, parent: Execution, record: MapRunRecord, moment: int) -> None:
        self._record = record
        #: When the interpreter has come to its end, at the test's time.
        self._stop: int | None = None
        set_stop = record.set_stop

        def stopped(status: MapRunStatus) -> None:
            set_stop(status)
            self._stop = clock.now()

        record.set_stop = stopped  # type: ignore[method-assign]  # the interpreter tells nobody else
        arn = parse_map_run_arn(record.map_run_arn)
        super().__init__(
            parent.state_machine,
            parent,
            arn.label,
            arn.id,
            execution_type="STANDARD",
            max_concurrency=record.max_concurrency,
            tolerance=Tolerance(record.tolerated_failure_count, record.tolerated_failure_percentage),
            life=seeding.Life(moment, (Attempt(moment),)),
            follows_children=False,
        )

    @property
    def max_concurrency(self) -> int:
        return self._record.max_concurrency

    @max_concurrency.setter
    def max_concurrency(self, max_concurrency: int) -> None:
        if max_concurrency != self._record.max_concurrency:
            self._record.update(max_concurrency, None, None)

    def state_of(self, attempt: Attempt, moment: int) -> MapRunState:
        # An end that its parent made, and a redrive, are no business of the interpreter's.
        if self._stop is None or attempt.stop is not None or attempt.redrive_count:
            return super().state_of(attempt, moment)
        return MapRunState(self._record.status.value, self._stop, 0, None)

    def count_executions(self, moment: int) -> Counter[str]:
        return _counted(self._record.execution_counter)

    def count_items(self, moment: int) -> Counter[str]:
        return _counted(self._record.item_counter)


def _counted(counter: ProgressCounter) -> Counter[str]:
    return Counter(
        {
            "PENDING": counter.pending.get(),
            "RUNNING": counter.running.get(),
            "SUCCEEDED": counter.succeeded.get(),
            "FAILED": counter.failed.get(),
            "TIMED_OUT": counter.timed_out.get(),
            "ABORTED": counter.aborted.get(),
        }
    )
