"""What a test sees of a map run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from sfn_mock import views
from sfn_mock.state import clock
from sfn_mock.state import records as kept
from sfn_mock.state import seeds as seeding
from sfn_mock.state.executions import add_seed, add_seeds
from sfn_mock.state.map_run_states import MapRunState, state_at
from sfn_mock.state.outcomes import check_status
from sfn_mock.types import Duration, Json, MachineType, MapRunStatus, Outcomes, Status
from sfn_mock.views.redrive_plans import set_redrive_plan
from sfn_mock.views.view import View


class MapRun(View[kept.MapRun]):
    """A map run: the child executions that one Distributed Map state of one execution started."""

    __slots__ = ()

    @property
    def arn(self) -> str:
        """The map run's ARN."""
        return self._record.arn

    @property
    def label(self) -> str:
        """The Label of its Distributed Map state."""
        return self._record.label

    @property
    def id(self) -> str:
        """The id at the end of its ARN."""
        return self._record.id

    @property
    def parent(self) -> views.Execution | None:
        """The execution that started it; None for one that was loaded without its parent."""
        return None if self._record.parent is None else views.Execution(self._record.parent)

    @property
    def state_machine(self) -> views.StateMachine:
        """Its parent's state machine."""
        return views.StateMachine(self._record.state_machine)

    @property
    def execution_type(self) -> MachineType:
        """The type of its child executions."""
        return cast(MachineType, self._record.execution_type)

    @property
    def max_concurrency(self) -> int:
        """How many child executions run at once; 0 for any number."""
        return self._record.max_concurrency

    @property
    def tolerated_failure_count(self) -> int:
        """How many items may fail before the map run does."""
        return self._record.tolerance.failures

    @property
    def tolerated_failure_percentage(self) -> float:
        """How many items of a hundred may fail before the map run does."""
        return self._record.tolerance.percentage

    @property
    def status(self) -> MapRunStatus:
        """The status now."""
        return cast(MapRunStatus, self._state().status)

    @property
    def start_date(self) -> datetime:
        """When it starts, in UTC."""
        return clock.to_datetime(self._record.start)

    @property
    def stop_date(self) -> datetime | None:
        """When it stopped, in UTC; None while it is RUNNING."""
        stop = self._state().stop
        return None if stop is None else clock.to_datetime(stop)

    @property
    def executions(self) -> views.Executions:
        """Its child executions in order of adding, also those that have not started yet."""
        return views.Executions(self._record.executions)

    def add_execution(
        self,
        name: str | None = None,
        *,
        status: Status,
        item_count: int = 1,
        start_date: clock.Date | None = None,
        stop_date: clock.Date | None = None,
        duration: Duration | None = None,
        input: Json = "{}",
        output: Json | None = None,
        error: str | None = None,
        cause: str | None = None,
        failed_in: str | None = None,
        redrive_count: int = 0,
        redrive_date: clock.Date | None = None,
    ) -> views.Execution:
        """Seed one child execution and return it.

        Arguments are those of ``StateMachine.add_execution``, without version and alias. PENDING_REDRIVE is a status
        that only child executions have; their stop date is that of the attempt before. A child starts with its map
        run unless told otherwise, and neither starts nor stops outside it.

        Args:
            item_count: How many items of the map run it processes.

        Raises:
            ValueError: For what AWS could never show.
        """
        map_run = self._record
        with map_run.using() as moment:
            execution = add_seed(
                map_run,
                moment,
                name,
                check_status(status),
                start_date=start_date,
                stop_date=stop_date,
                duration=duration,
                input=input,
                output=output,
                error=error,
                cause=cause,
                failed_in=failed_in,
                redrive_count=redrive_count,
                redrive_date=redrive_date,
                express=map_run.execution_type == "EXPRESS",
                item_count=seeding.check_count(item_count, "item_count"),
            )
            return views.Execution(execution)

    def add_executions(
        self,
        count: int,
        *,
        status: Status,
        item_count: int = 1,
        start_date: clock.Date | None = None,
        interval: Duration = timedelta(seconds=1),
        duration: Duration = seeding.DEFAULT_DURATION,
        name: str = seeding.DEFAULT_NAMES,
        input: Json = "{}",
        output: Json | None = None,
        error: str | None = None,
        cause: str | None = None,
    ) -> views.Executions:
        """Seed ``count`` child executions, the oldest first, and return them.

        Arguments are those of ``StateMachine.add_executions``, without version and alias; without ``start_date``
        the first one starts with the map run, and none after now.

        Args:
            item_count: How many items of the map run each one processes.

        Raises:
            ValueError: For what AWS could never show; then none of them is stored.
        """
        map_run = self._record
        with map_run.using() as moment:
            executions = add_seeds(
                map_run,
                moment,
                count,
                check_status(status),
                start_date=start_date,
                interval=interval,
                duration=duration,
                name=name,
                input=input,
                output=output,
                error=error,
                cause=cause,
                express=map_run.execution_type == "EXPRESS",
                item_count=seeding.check_count(item_count, "item_count"),
            )
            return views.Executions(executions)

    def on_redrive(
        self,
        outcomes: Outcomes | Status | None = None,
        /,
        *,
        status: Status | None = None,
        duration: Duration | None = None,
        output: Json | None = None,
        error: str | None = None,
        cause: str | None = None,
        failed_in: str | None = None,
    ) -> None:
        """Control the outcome of redrives of its child executions, which come with their parent's.

        Raises:
            ValueError: For an outcome that no redrive can have.
        """
        set_redrive_plan(
            self._record,
            outcomes,
            status=status,
            duration=duration,
            output=output,
            error=error,
            cause=cause,
            failed_in=failed_in,
        )

    def _state(self) -> MapRunState:
        record = self._record
        return state_at(record, record.now())

    def _describe(self) -> str:
        return f"{self.arn} {self.status}"
