"""The view of an execution."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sfn_mock import views
from sfn_mock.operations import status_events
from sfn_mock.state import assignments, clock, life_cycle, outcomes, progress, waiting, waiting_tasks
from sfn_mock.state import records as kept
from sfn_mock.state.map_runs import new_map_run
from sfn_mock.state.outcome_checks import check_fails_in
from sfn_mock.state.state_machines import store_map_run
from sfn_mock.state.time_line_changes import describe_status
from sfn_mock.state.time_lines import Attempt
from sfn_mock.types import Duration, Json, MachineType, MapRunStatus, Status
from sfn_mock.views.view import View


class Execution(View[kept.Execution]):
    """An execution of a state machine, or a child execution of a map run.

    Attributes show the execution at the test's current time: ``status`` is RUNNING until the stop date is reached.
    ``status``, ``start_date``, ``stop_date``, ``output``, ``error`` and ``cause`` can be assigned: a closing status
    stops the execution now, unless a stop date was assigned before.
    """

    __slots__ = ()

    @property
    def name(self) -> str:
        """The execution's name."""
        return self._record.name

    @property
    def state_machine(self) -> views.StateMachine:
        """The state machine of the execution; for a child execution, the state machine of its parent."""
        return views.StateMachine(self._record.state_machine)

    @property
    def state_machine_arn(self) -> str:
        """The unqualified ARN of the state machine; for a child execution, the labelled ARN of its Map state."""
        return self._record.state_machine_arn

    @property
    def map_run(self) -> views.MapRun | None:
        """The map run of a child execution; None for any other execution."""
        return None if self._record.map_run is None else views.MapRun(self._record.map_run)

    @property
    def map_runs(self) -> list[views.MapRun]:
        """The map runs that it started, in the order in which they were added; a child execution has none."""
        # A running definition may have started some by now.
        self._now()
        return [views.MapRun(record) for record in self._record.map_runs]

    @property
    def version(self) -> views.Version | None:
        """The version it was started through; None if there was none, or the version is deleted."""
        version = self._record.state_machine.versions.get(self._record.origin.version_number or "")
        return None if version is None else views.Version(version)

    @property
    def version_arn(self) -> str | None:
        """The ARN of the version it was started through, even if the version is deleted; None if there was none."""
        return self._record.version_arn

    @property
    def alias(self) -> views.Alias | None:
        """The alias it was started through; None if there was none, or the alias is deleted."""
        alias = self._record.state_machine.aliases.get(self._record.origin.alias_name or "")
        return None if alias is None else views.Alias(alias)

    @property
    def alias_arn(self) -> str | None:
        """The ARN of the alias it was started through, even if the alias is deleted; None if there was none."""
        return self._record.alias_arn

    @property
    def item_count(self) -> int | None:
        """The number of items that a child execution processes; None for any other execution."""
        return self._record.origin.item_count

    @property
    def input(self) -> str:
        """The input, as JSON text."""
        return self._record.input

    @property
    def trace_header(self) -> str | None:
        """The X-Ray trace header of its start; None without one."""
        return self._record.origin.trace_header

    @property
    def status(self) -> Status | None:
        """The status now; None before the start date, when AWS does not list it."""
        attempt, moment = self._now()
        return None if attempt is None else cast(Status, attempt.status_at(moment))

    @status.setter
    def status(self, status: Status) -> None:
        assignments.assign_status(self._record, status)

    @property
    def start_date(self) -> datetime:
        """When it starts, in UTC."""
        return clock.to_datetime(self._record.start)

    @start_date.setter
    def start_date(self, date: clock.Date) -> None:
        assignments.assign_start(self._record, date)

    @property
    def stop_date(self) -> datetime | None:
        """When it stopped, in UTC; None while it is RUNNING."""
        attempt, moment = self._now()
        return None if attempt is None else _date(attempt.stop_at(moment))

    @stop_date.setter
    def stop_date(self, date: clock.Date | None) -> None:
        assignments.assign_stop(self._record, date)

    @property
    def redrive_count(self) -> int:
        """The number of redrives so far."""
        attempt, _ = self._now()
        return 0 if attempt is None else attempt.redrive_count

    @property
    def redrive_date(self) -> datetime | None:
        """When it was last redriven, in UTC; None without a redrive and for EXPRESS child executions."""
        attempt, _ = self._now()
        return None if attempt is None else _date(attempt.redrive)

    @property
    def output(self) -> str | None:
        """The output, as JSON text; None unless it is SUCCEEDED."""
        return self._ending.output

    @output.setter
    def output(self, output: Json | None) -> None:
        assignments.assign_detail(self._record, output=output)

    @property
    def error(self) -> str | None:
        """The name of its error; None unless it is FAILED or ABORTED with one."""
        return self._ending.error

    @error.setter
    def error(self, error: str | None) -> None:
        assignments.assign_detail(self._record, error=error)

    @property
    def cause(self) -> str | None:
        """The cause of its error; None unless it is FAILED or ABORTED with one."""
        return self._ending.cause

    @cause.setter
    def cause(self, cause: str | None) -> None:
        assignments.assign_detail(self._record, cause=cause)

    @property
    def visited(self) -> list[str]:
        """The names of the states that it has entered so far, in order.

        If its definition does not run, these are the states in its history.
        """
        with self._record.owner.records.reading() as moment:
            return progress.visited(self._record, moment)

    @property
    def context(self) -> dict[str, Any]:
        """The context object now, as the last entered state sees it.

        If its definition does not run, it has ``Execution``, ``StateMachine`` and ``State`` from the history.
        """
        with self._record.owner.records.reading() as moment:
            return progress.context(self._record, moment)

    def wait_until_done(self, timeout: timedelta = timedelta(seconds=60)) -> None:
        """Wait until the execution has ended. This does not move a clock: under a frozen clock it raises at once.

        Args:
            timeout: The longest time to wait, by the machine's own clock: a timedelta or text such as ``5s``.

        Raises:
            RuntimeError: If the clock is frozen and the execution has not ended. The message names its state, the task
                tokens that it waits for, and when it continues by itself.
            TimeoutError: If it has not ended in time; the message has the same details. It is raised at once if
                nothing can end the execution in time: no step of a run, and no other thread of this process.
            UnmockedServiceError: If one of its tasks is not mocked.
            ValueError: If the timeout is not a duration.
        """
        waiting.wait_until_done(self._record, clock.to_milliseconds(timeout, name="timeout"))

    def status_change_event(self) -> dict[str, Any]:
        """Return the "Step Functions Execution Status Change" event of its current status, as EventBridge delivers it.

        Under ``mock_aws`` EventBridge gets the event when the status changes, without this call.

        Raises:
            RuntimeError: If it has not started, or is an EXPRESS execution: AWS sends no event then.
        """
        with self._record.owner.records.reading() as moment:
            return status_events.last_event(self._record, moment)

    def succeed(self, output: Json | None = None) -> None:
        """Make it SUCCEEDED now.

        Args:
            output: JSON text, or a dict, list or number that is written as compact JSON. Default: ``{}``.

        Raises:
            RuntimeError: If it is not RUNNING.
            ValueError: If the output is not JSON.
        """
        self._end("SUCCEEDED", output=output)

    def fail(self, error: str | None = None, cause: str | None = None, *, failed_in: str | None = None) -> None:
        """Make it FAILED now.

        Args:
            error: The error's name.
            cause: The error's cause.
            failed_in: The name of the state in which it fails. It must be left out if the definition runs: then the
                execution fails in its current state.

        Raises:
            RuntimeError: If it is not RUNNING.
            ValueError: If the definition has no such state, or runs.
        """
        self._end("FAILED", error=error, cause=cause, failed_in=failed_in)

    def time_out(self) -> None:
        """Make it TIMED_OUT now.

        Raises:
            RuntimeError: If it is not RUNNING.
        """
        self._end("TIMED_OUT")

    def abort(self, error: str | None = None, cause: str | None = None) -> None:
        """Make it ABORTED now, as StopExecution does.

        Args:
            error: The error's name.
            cause: The error's cause.

        Raises:
            RuntimeError: If it is not RUNNING.
        """
        self._end("ABORTED", error=error, cause=cause)

    def redrive(self) -> None:
        """Redrive it now: it is RUNNING again, and ``redrive_count`` is one more.

        AWS's other conditions, such as the 14 days, apply only to RedriveExecution.

        Raises:
            RuntimeError: If it is not FAILED, TIMED_OUT or ABORTED or, for a child execution, PENDING_REDRIVE.
        """
        record = self._kept_record
        with record.using() as moment:
            if not life_cycle.is_redrivable(record, moment):
                raise RuntimeError(
                    f"cannot redrive {self.arn}: it {describe_status(record, moment)}, and only a FAILED, TIMED_OUT, "
                    f"ABORTED or PENDING_REDRIVE execution can be redriven."
                )
            life_cycle.redrive_execution(record, moment)

    def wait_for_task(
        self, token: str | None = None, *, activity: str | None = None, heartbeat: Duration | None = None
    ) -> str:
        """Make it wait for a task token from now on, as a Task state with ``.waitForTaskToken`` or an activity does.

        SendTaskSuccess makes the execution SUCCEEDED, and SendTaskFailure makes it FAILED. Without them it ends as its
        dates say. An execution whose definition runs waits in its own Task states instead.

        Args:
            token: The task token. Default: a UUID.
            activity: The ARN or name of an activity in the same account and region: its workers get the token and this
                execution's input from GetActivityTask.
            heartbeat: The execution is FAILED with States.Timeout after this long without a SendTaskHeartbeat.

        Returns:
            The task token.

        Raises:
            RuntimeError: If it is not RUNNING, waits for another task token, or runs its definition.
            ValueError: If an argument has a value that AWS could never show.
        """
        record = self._kept_record
        with record.using() as moment:
            attempt = self._running_attempt(moment, "wait for a task", "wait")
            if record.owner.records.run_of(record) is not None:
                raise RuntimeError(
                    f"{self.arn} cannot wait for a task: its definition runs, and waits in Task states with "
                    ".waitForTaskToken or of an activity."
                )
            waiting = record.owner.records.task_of(record)
            if waiting is not None and waiting_tasks.is_open(waiting, moment):
                raise RuntimeError(
                    f"{self.arn} already waits for a task: answer its task token {waiting.token!r} first."
                )
            task = waiting_tasks.wait_for_task(record, moment, attempt, token, activity=activity, heartbeat=heartbeat)
            return task.token

    def add_map_run(
        self,
        label: str | None = None,
        *,
        execution_type: MachineType = "STANDARD",
        max_concurrency: int = 0,
        tolerated_failure_count: int = 0,
        tolerated_failure_percentage: float = 0.0,
        status: MapRunStatus | None = None,
        start_date: clock.Date | None = None,
        stop_date: clock.Date | None = None,
        redrive_count: int = 0,
        redrive_date: clock.Date | None = None,
    ) -> views.MapRun:
        """Seed a map run of this execution.

        Args:
            label: The Label of the Distributed Map state. Default: a UUID.
            execution_type: The type of its child executions: STANDARD or EXPRESS.
            max_concurrency: The number of child executions that may run at once; 0 for no limit.
            tolerated_failure_count: The number of items that may fail before the map run fails.
            tolerated_failure_percentage: The percentage of items that may fail, from 0 to 100.
            status: The status in which it ends. Default: it follows from its child executions, its tolerated failures
                and this execution.
            start_date: When it starts. Default: when this execution starts.
            stop_date: When it stops; only with a ``status``. Default: when the last of its child executions stops.
            redrive_count: The number of redrives.
            redrive_date: When it was last redriven.

        Returns:
            The map run, to which child executions can be added.

        Raises:
            ValueError: If an argument has a value that AWS could never show; then nothing is stored.
            RuntimeError: If the execution no longer exists, or the mock has ended.
        """
        record = self._kept_record
        with record.using() as moment:
            if record.map_run is not None:
                raise ValueError(
                    f"cannot add a map run to {self.arn}: it is a child execution; add it to the parent "
                    f"execution instead."
                )
            map_run = new_map_run(
                moment,
                record,
                label,
                execution_type=execution_type,
                max_concurrency=max_concurrency,
                tolerated_failure_count=tolerated_failure_count,
                tolerated_failure_percentage=tolerated_failure_percentage,
                status=status,
                start_date=start_date,
                stop_date=stop_date,
                redrive_count=redrive_count,
                redrive_date=redrive_date,
            )
            store_map_run(map_run)
            return views.MapRun(map_run)

    def _now(self) -> tuple[Attempt | None, int]:
        """Return the attempt in force now, None before the start, and the current moment."""
        record = self._record
        moment = record.owner.now()
        return record.attempt_at(moment), moment

    @property
    def _ending(self) -> outcomes.Ending:
        attempt, moment = self._now()
        return outcomes.OPEN if attempt is None else attempt.ending_at(moment)

    def _end(
        self,
        status: str,
        *,
        output: Json | None = None,
        error: str | None = None,
        cause: str | None = None,
        failed_in: str | None = None,
    ) -> None:
        record = self._kept_record
        with record.using() as moment:
            self._running_attempt(moment, f"be made {status}", "end")
            ending = outcomes.ending(status, output=output, error=error, cause=cause, failed_in=failed_in)
            check_fails_in(record, ending.failed_in)
            life_cycle.end_execution(record, moment, ending)

    def _running_attempt(self, moment: int, verb: str, short_verb: str) -> Attempt:
        """Return the attempt that runs at ``moment``; RuntimeError, which names the verb, if none runs."""
        attempt = self._record.attempt_at(moment)
        if attempt is None or not attempt.is_open(moment):
            raise RuntimeError(
                f"{self.arn} cannot {verb}: it {describe_status(self._record, moment)}, "
                f"and only a RUNNING execution can {short_verb}."
            )
        return attempt

    def _describe(self) -> str:
        return f"{self.arn} {self.status or 'not started'}"


def _date(moment: int | None) -> datetime | None:
    return None if moment is None else clock.to_datetime(moment)
