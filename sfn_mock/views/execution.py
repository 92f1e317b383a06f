"""What a test sees of an execution."""

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
    """One execution of a state machine or, as a child, of a map run.

    Attributes tell how it stands at the test's current time: ``status`` is RUNNING until the stop date is reached.
    ``status``, ``start_date``, ``stop_date``, ``output``, ``error`` and ``cause`` may be assigned to: a closing status
    stops the execution now, unless a stop date was assigned before.
    """

    __slots__ = ()

    @property
    def arn(self) -> str:
        """The execution's ARN."""
        return self._record.arn

    @property
    def name(self) -> str:
        """The execution's name."""
        return self._record.name

    @property
    def state_machine(self) -> views.StateMachine:
        """The state machine it runs on; of a child execution, its parent's."""
        return views.StateMachine(self._record.state_machine)

    @property
    def state_machine_arn(self) -> str:
        """The machine's unqualified ARN; of a child execution, the labelled ARN of its Map state."""
        return self._record.state_machine_arn

    @property
    def map_run(self) -> views.MapRun | None:
        """The map run that started it; None unless it is a child execution."""
        return None if self._record.map_run is None else views.MapRun(self._record.map_run)

    @property
    def map_runs(self) -> list[views.MapRun]:
        """The map runs it started, in order of adding; a child execution has none."""
        return [views.MapRun(record) for record in self._record.map_runs]

    @property
    def version(self) -> views.Version | None:
        """The version it was started through; None if there was none or it is deleted."""
        version = self._record.state_machine.versions.get(self._record.version_number or "")
        return None if version is None else views.Version(version)

    @property
    def version_arn(self) -> str | None:
        """The ARN of the version it was started through, also after that is deleted."""
        return self._record.version_arn

    @property
    def alias(self) -> views.Alias | None:
        """The alias it was started through; None if there was none or it is deleted."""
        alias = self._record.state_machine.aliases.get(self._record.alias_name or "")
        return None if alias is None else views.Alias(alias)

    @property
    def alias_arn(self) -> str | None:
        """The ARN of the alias it was started through, also after that is deleted."""
        return self._record.alias_arn

    @property
    def item_count(self) -> int | None:
        """How many items of its map run it processes; None unless it is a child execution."""
        return self._record.item_count

    @property
    def input(self) -> str:
        """The input, as JSON text."""
        return self._record.input

    @property
    def trace_header(self) -> str | None:
        """The X-Ray trace header that it was started with."""
        return self._record.trace_header

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
        """How often it was redriven by now."""
        attempt, _ = self._now()
        return 0 if attempt is None else attempt.redrive_count

    @property
    def redrive_date(self) -> datetime | None:
        """When it was last redriven, in UTC; None for never, and for EXPRESS child executions."""
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
        """The name of the error; None unless it is FAILED or ABORTED with one."""
        return self._ending.error

    @error.setter
    def error(self, error: str | None) -> None:
        assignments.assign_detail(self._record, error=error)

    @property
    def cause(self) -> str | None:
        """The cause of the error; None unless it is FAILED or ABORTED with one."""
        return self._ending.cause

    @cause.setter
    def cause(self, cause: str | None) -> None:
        assignments.assign_detail(self._record, cause=cause)

    @property
    def visited(self) -> list[str]:
        """The names of the states it has entered by now, in order.

        They are those of its definition's run; of one whose definition is not run, those that its history shows.
        """
        with self._record.owner.records.reading() as moment:
            return progress.visited(self._record, moment)

    @property
    def context(self) -> dict[str, Any]:
        """The context object as it stands now, as the state that was entered last sees it.

        Of one whose definition is not run it has ``Execution``, ``StateMachine`` and ``State`` as the history shows.
        """
        with self._record.owner.records.reading() as moment:
            return progress.context(self._record, moment)

    def wait_until_done(self, timeout: timedelta = timedelta(seconds=60)) -> None:
        """Wait until it has ended. It moves no clock: if that stands still, it only tells what is waited for.

        Args:
            timeout: How long to wait at most, by the machine's own clock.

        Raises:
            RuntimeError: The clock is frozen and it has not ended; the message names the state that it is in, the task
                tokens that it waits for, and when it goes on by itself.
            TimeoutError: It has not ended in time; the message tells the same.
            UnmockedServiceError: Nothing answers one of its tasks.
            ValueError: The timeout is not a timedelta, or negative.
        """
        waiting.wait_until_done(self._record, clock.to_milliseconds(timeout, name="timeout"))

    def status_change_event(self) -> dict[str, Any]:
        """Return the event that EventBridge gets of its status as it stands now, as a target of a rule gets it.

        Under ``mock_aws`` the event is put on the bus by itself when the status changes.

        Raises:
            RuntimeError: It has not started, or is EXPRESS: AWS sends no event then.
        """
        with self._record.owner.records.reading() as moment:
            return status_events.last_event(self._record, moment)

    def succeed(self, output: Json | None = None) -> None:
        """Make it SUCCEEDED now.

        Args:
            output: JSON text, or a dict or list that becomes compact JSON; ``{}`` unless given.

        Raises:
            RuntimeError: Unless it is RUNNING.
            ValueError: If the output cannot be JSON text.
        """
        self._end("SUCCEEDED", output=output)

    def fail(self, error: str | None = None, cause: str | None = None, *, failed_in: str | None = None) -> None:
        """Make it FAILED now.

        Args:
            error: The error's name.
            cause: The error's cause.
            failed_in: The name of the state in which it fails; an execution whose definition runs fails where it is.

        Raises:
            RuntimeError: Unless it is RUNNING.
            ValueError: If the definition has no such state, or runs.
        """
        self._end("FAILED", error=error, cause=cause, failed_in=failed_in)

    def time_out(self) -> None:
        """Make it TIMED_OUT now.

        Raises:
            RuntimeError: Unless it is RUNNING.
        """
        self._end("TIMED_OUT")

    def abort(self, error: str | None = None, cause: str | None = None) -> None:
        """Make it ABORTED now, as StopExecution does.

        Raises:
            RuntimeError: Unless it is RUNNING.
        """
        self._end("ABORTED", error=error, cause=cause)

    def redrive(self) -> None:
        """Redrive it now: it is RUNNING again, with one redrive more.

        A child execution may also be PENDING_REDRIVE. AWS's other conditions, such as the 14 days, hold for
        RedriveExecution and not here.

        Raises:
            RuntimeError: Unless it is FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE.
        """
        record = self._record
        with record.using() as moment:
            if not life_cycle.may_run_again(record, moment):
                raise RuntimeError(
                    f"{self.arn} cannot be redriven: it {describe_status(record, moment)}, and only a FAILED, "
                    f"TIMED_OUT, ABORTED or PENDING_REDRIVE execution can."
                )
            life_cycle.redrive_execution(record, moment)

    def wait_for_task(
        self, token: str | None = None, *, activity: str | None = None, heartbeat: Duration | None = None
    ) -> str:
        """Have it wait, from now on, for the answer to a task, and return the task token that the answer needs.

        A Task state with ``.waitForTaskToken`` or with an activity does the same: SendTaskSuccess makes the execution
        SUCCEEDED, SendTaskFailure FAILED; until then it goes on as its dates say.

        Args:
            token: The task token, a UUID unless given.
            activity: ARN or name of an activity in the same account and region: GetActivityTask gives the token to
                its workers, with this execution's input.
            heartbeat: Without a SendTaskHeartbeat for this long, the execution is FAILED with States.Timeout.

        Raises:
            RuntimeError: Unless it is RUNNING and waits for nothing else.
            ValueError: For what AWS could never show.
        """
        record = self._record
        with record.using() as moment:
            attempt = self._running_attempt(moment, "wait for a task", "wait")
            waiting = record.owner.records.task_of(record)
            if waiting is not None and waiting_tasks.is_open(waiting, moment):
                raise RuntimeError(
                    f"{self.arn} waits for a task already: answer that one, whose token is {waiting.token!r}, first."
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
        """Seed a map run that this execution started, and return it.

        Args:
            label: The Label of the Distributed Map state, a UUID unless given.
            execution_type: The type of its child executions.
            max_concurrency: How many children run at once; 0 for any number.
            tolerated_failure_count: How many items may fail before the map run does.
            tolerated_failure_percentage: How many items of a hundred may fail, from 0 to 100.
            status: How it ends. Without it, the status follows from its child executions, its tolerances and this
                execution.
            start_date: When it starts; with this execution unless given.
            stop_date: When it stops; needs a ``status``. A map run with a closing status and no stop date stops with
                the last of its child executions.
            redrive_count: How often it was redriven.
            redrive_date: When it was last redriven.

        Raises:
            ValueError: For what AWS could never show.
        """
        record = self._record
        with record.using() as moment:
            if record.map_run is not None:
                raise ValueError(
                    f"cannot add a map run to {self.arn}: it is a child execution; add it to one that is none instead."
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
        record = self._record
        with record.using() as moment:
            self._running_attempt(moment, f"be made {status}", "end")
            ending = outcomes.ending(status, output=output, error=error, cause=cause, failed_in=failed_in)
            check_fails_in(record, ending.failed_in)
            life_cycle.end_execution(record, moment, ending)

    def _running_attempt(self, moment: int, verb: str, short_verb: str) -> Attempt:
        """Return the attempt that runs at ``moment``; RuntimeError, saying what it cannot do, if none does."""
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
