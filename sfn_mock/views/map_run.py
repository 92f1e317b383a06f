"""The view of a map run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from sfn_mock import views
from sfn_mock.state import clock
from sfn_mock.state import records as kept
from sfn_mock.state.bulk_seeds import DEFAULT_DURATION, add_seeds
from sfn_mock.state.execution_names import DEFAULT_NAMES
from sfn_mock.state.executions import add_seed, check_count
from sfn_mock.state.map_run_states import MapRunState, state_at
from sfn_mock.state.outcomes import check_status
from sfn_mock.types import Duration, Json, MachineType, MapRunStatus, Status
from sfn_mock.views.scope import ScopeView


class MapRun(ScopeView[kept.MapRun]):
    """A map run: the child executions that a Distributed Map state of one execution has started."""

    __slots__ = ()

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
        """The execution that started the map run; None if it was loaded without its parent."""
        return None if self._record.parent is None else views.Execution(self._record.parent)

    @property
    def state_machine(self) -> views.StateMachine:
        """The state machine of its parent."""
        return views.StateMachine(self._record.state_machine)

    @property
    def execution_type(self) -> MachineType:
        """The type of its child executions: STANDARD or EXPRESS."""
        return cast(MachineType, self._record.execution_type)

    @property
    def max_concurrency(self) -> int:
        """The number of child executions that may run at once; 0 for no limit."""
        return self._record.max_concurrency

    @property
    def tolerated_failure_count(self) -> int:
        """The number of items that may fail before the map run fails."""
        return self._record.tolerance.failures

    @property
    def tolerated_failure_percentage(self) -> float:
        """The percentage of items that may fail before the map run fails, from 0 to 100."""
        return self._record.tolerance.percentage

    @property
    def status(self) -> MapRunStatus:
        """The status now: RUNNING, SUCCEEDED, FAILED or ABORTED."""
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
        """Seed one child execution.

        Arguments are those of ``StateMachine.add_execution``, without version and alias. Only child executions can have
        the status PENDING_REDRIVE; their stop date is that of their last attempt. A child execution must start and
        stop within its map run.

        Args:
            item_count: The number of items that it processes.
            start_date: When it starts. Default: when the map run starts.

        Returns:
            The child execution.

        Raises:
            ValueError: If an argument has a value that AWS could never show; then nothing is stored.
            RuntimeError: If the map run no longer exists, or the mock has ended.
        """
        map_run = self._kept_record
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
                item_count=check_count(item_count, "item_count"),
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
        duration: Duration = DEFAULT_DURATION,
        name: str = DEFAULT_NAMES,
        input: Json = "{}",
        output: Json | None = None,
        error: str | None = None,
        cause: str | None = None,
    ) -> views.Executions:
        """Seed ``count`` child executions, the oldest first.

        Arguments are those of ``StateMachine.add_executions``, without version and alias.

        Args:
            item_count: The number of items that each of them processes.
            start_date: When the first one starts. Default: when the map run starts; then none starts after now.

        Returns:
            The child executions, the oldest first.

        Raises:
            ValueError: If an argument has a value that AWS could never show; then nothing is stored.
            RuntimeError: If the map run no longer exists, or the mock has ended.
        """
        map_run = self._kept_record
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
                item_count=check_count(item_count, "item_count"),
            )
            return views.Executions(executions)

    def _state(self) -> MapRunState:
        record = self._record
        return state_at(record, record.now())

    def _describe(self) -> str:
        return f"{self.arn} {self.status}"
