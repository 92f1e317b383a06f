"""The view of a state machine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from sfn_mock import views
from sfn_mock.asl.nodes import ABSENT
from sfn_mock.instruments import replays, task_mocks
from sfn_mock.instruments.coverage import Coverage
from sfn_mock.instruments.coverage_log import CoverageLog
from sfn_mock.instruments.recorded_events import History
from sfn_mock.instruments.task_mocks import Outcome as TaskOutcome
from sfn_mock.instruments.task_mocks import TaskOutcomes
from sfn_mock.operations import execution_mode
from sfn_mock.state import clock
from sfn_mock.state import records as kept
from sfn_mock.state.bulk_seeds import DEFAULT_DURATION, add_seeds
from sfn_mock.state.execution_names import DEFAULT_NAMES
from sfn_mock.state.executions import UNQUALIFIED, add_seed
from sfn_mock.state.outcome_checks import check_outcome
from sfn_mock.state.outcome_plans import plan
from sfn_mock.state.outcomes import check_status_of_seed
from sfn_mock.state.state_machines import add_version, check_alias_name, check_description, set_alias
from sfn_mock.types import Duration, Json, MachineType, Outcomes, Status
from sfn_mock.views.qualifiers import qualifiers_of, read_routes
from sfn_mock.views.scope import ScopeView


class StateMachine(ScopeView[kept.StateMachine]):
    """A state machine, to which a test adds versions, aliases and executions."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The machine's name."""
        return self._record.name

    @property
    def type(self) -> MachineType:
        """STANDARD or EXPRESS."""
        return cast(MachineType, self._record.type)

    @property
    def definition(self) -> str:
        """The definition, as JSON text."""
        return self._record.revision.definition

    @property
    def role_arn(self) -> str:
        """The ARN of the role it runs under."""
        return self._record.revision.role_arn

    @property
    def creation_date(self) -> datetime:
        """When it was created, in UTC."""
        return clock.to_datetime(self._record.created)

    @property
    def update_date(self) -> datetime:
        """When it was last updated, in UTC."""
        return clock.to_datetime(self._record.updated)

    @property
    def versions(self) -> dict[str, views.Version]:
        """Its versions by number, as text, oldest first."""
        return {number: views.Version(record) for number, record in self._record.versions.items()}

    @property
    def aliases(self) -> dict[str, views.Alias]:
        """Its aliases by name, oldest first."""
        return {name: views.Alias(record) for name, record in self._record.aliases.items()}

    def coverage(self) -> Coverage:
        """Return the parts of its definition that executions and TestState have taken so far, and those never taken.

        Executions of another definition, with other states, rules, catchers or retriers, do not count, nor do
        executions whose definition does not run.

        Raises:
            ValueError: If the definition cannot run.
        """
        records = self._record.records
        with records.reading() as moment:
            log = CoverageLog()
            log.note(records, moment)
            return log.coverage(self.name, self.definition)

    def replay(self, history: History, *, children: replays.Children | None = None) -> views.Replay:
        """Run the current definition with the input and the task outcomes of a recorded execution.

        No service is called, and ``execute=True`` is not needed. The replayed execution has the start date of the
        recorded one; it is described and listed like any other. A task or map run that the recorded execution did not
        have stops the replay, and is one of the differences.

        Args:
            history: The recorded history: one answer of GetExecutionHistory, several answers, their events, JSON
                text, or the path of a JSON file, such as the AWS CLI's output.
            children: By name of a Distributed Map state, the histories of its child executions, in any order. Each
                history is used for the child with the same input. Without them the map run ends as it was recorded,
                and has no children.

        Returns:
            The replayed execution, and its differences from the recorded one.

        Raises:
            ValueError: If ``history`` or ``children`` are not complete histories of executions.
            FileNotFoundError: If a file does not exist.
        """
        recording = replays.read_recording(history, children)
        machine = self._kept_record
        with machine.using():
            execution, differences = replays.replay(machine, recording)
            return views.Replay(views.Execution(execution), differences)

    def publish_version(self, description: str | None = None) -> views.Version:
        """Publish a new version with the current definition, and return it.

        Args:
            description: The description of the version.

        Raises:
            ValueError: If the description is not text of at most 256 characters.
        """
        machine = self._kept_record
        with machine.using() as moment:
            check_description(description)
            return views.Version(add_version(machine, machine.last_number + 1, description, moment))

    def add_alias(
        self,
        name: str,
        version: views.Version | int | Sequence[tuple[views.Version | int, int]],
        *,
        description: str | None = None,
    ) -> views.Alias:
        """Seed an alias for one version, or for two with weights, and return it.

        Executions that are started through a weighted alias get their versions in a fixed sequence that follows the
        weights. An existing alias with this name is replaced; earlier executions keep their version.

        Args:
            name: The name of the alias. It needs a character that is not a digit.
            version: A version or its number, or pairs such as ``[(v1, 90), (v2, 10)]`` whose weights sum to 100.
            description: The description of the alias.

        Raises:
            ValueError: If AWS would refuse an argument.
        """
        machine = self._kept_record
        with machine.using() as moment:
            routes = read_routes(machine, version)
            check_alias_name(name)
            check_description(description)
            return views.Alias(set_alias(machine, name, routes, description, moment))

    def add_execution(
        self,
        name: str | None = None,
        *,
        status: Status,
        start_date: clock.Date | None = None,
        stop_date: clock.Date | None = None,
        duration: Duration | None = None,
        version: views.Version | int | None = None,
        alias: views.Alias | str | None = None,
        input: Json = "{}",
        output: Json | None = None,
        error: str | None = None,
        cause: str | None = None,
        failed_in: str | None = None,
        redrive_count: int = 0,
        redrive_date: clock.Date | None = None,
    ) -> views.Execution:
        """Seed one execution and return it.

        Dates are datetimes or dates (without a time zone: UTC), ISO 8601 text, a timedelta from now, or text such as
        ``-2h``. Durations are timedeltas or text such as ``5m``.

        Args:
            name: The name of the execution. Default: a UUID.
            status: The status in which it ends. Before its start date it is not listed; until its stop date it is
                RUNNING.
            start_date: When it starts. Default: now.
            stop_date: When it stops. Default: ``duration`` after its start, or at its start.
            duration: How long it runs, in place of ``stop_date``.
            version: The version it was started through, or its number.
            alias: The alias it was started through, or its name.
            input: The input: JSON text, or a dict, list or number that becomes compact JSON.
            output: The output, like ``input``; only for SUCCEEDED. Default: ``{}``.
            error: The error's name; only for FAILED and ABORTED.
            cause: The error's cause; only for FAILED and ABORTED.
            failed_in: The name of the state in which it failed; only for FAILED. Its history shows the shortest path
                to that state.
            redrive_count: The number of redrives; it needs a ``redrive_date``.
            redrive_date: When it was last redriven; without a ``redrive_count`` it means one redrive. Before this
                date the execution is RUNNING and not redriven.

        Raises:
            ValueError: If an argument has a value that AWS could never show; then nothing is stored.
        """
        machine = self._kept_record
        with machine.using() as moment:
            execution = add_seed(
                machine,
                moment,
                name,
                check_status_of_seed(status),
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
                qualifiers=UNQUALIFIED if version is None and alias is None else qualifiers_of(machine, version, alias),
            )
            return views.Execution(execution)

    def add_executions(
        self,
        count: int,
        *,
        status: Status,
        start_date: clock.Date | None = None,
        interval: Duration = timedelta(seconds=1),
        duration: Duration = DEFAULT_DURATION,
        name: str = DEFAULT_NAMES,
        version: views.Version | int | None = None,
        alias: views.Alias | str | None = None,
        input: Json = "{}",
        output: Json | None = None,
        error: str | None = None,
        cause: str | None = None,
    ) -> views.Executions:
        """Seed ``count`` executions, the oldest first, and return them.

        Args:
            count: The number of executions.
            status: The status in which they end.
            start_date: When the first one starts. Default: so that the last one starts now.
            interval: The time between two starts.
            duration: How long each one runs. Default: 30 seconds; without a ``start_date`` those that would stop
                after now stop now.
            name: Their names; ``{index}`` counts from 0 for the oldest. Default names continue from call to call.
            version: The version they were started through, or its number.
            alias: The alias they were started through, or its name.
            input: The input: JSON text, or a dict, list or number that becomes compact JSON.
            output: The output, like ``input``; only for SUCCEEDED. Default: ``{}``.
            error: The error's name; only for FAILED and ABORTED.
            cause: The error's cause; only for FAILED and ABORTED.

        Raises:
            ValueError: If an argument has a value that AWS could never show; then nothing is stored.
        """
        machine = self._kept_record
        with machine.using() as moment:
            executions = add_seeds(
                machine,
                moment,
                count,
                check_status_of_seed(status),
                start_date=start_date,
                interval=interval,
                duration=duration,
                name=name,
                input=input,
                output=output,
                error=error,
                cause=cause,
                qualifiers=UNQUALIFIED if version is None and alias is None else qualifiers_of(machine, version, alias),
            )
            return views.Executions(executions)

    def on_start(
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
        """Set the outcome of executions that are started from now on.

        It applies to starts by machine, version and alias, and not to seeds. It replaces the outcome of an earlier
        call. Without it, or with RUNNING, an execution runs until the code or the test ends it, and
        StartSyncExecution answers SUCCEEDED at once with output ``{}``.

        Args:
            outcomes: In place of keywords, a list of outcomes, one for each start; the last one applies to all later
                starts. Or a callable that gets the name and the input of each start and returns an outcome. An
                outcome is a status, or a dict of the keywords. If the callable raises an exception, nothing is
                started.
            status: The status in which they end.
            duration: How long they run. Default: no time.
            output: The output: JSON text, or a dict, list or number that becomes compact JSON; only for SUCCEEDED.
            error: The error's name; only for FAILED and ABORTED.
            cause: The error's cause; only for FAILED and ABORTED.
            failed_in: The name of the state in which they fail; only for FAILED.

        Raises:
            ValueError: If a start cannot have such an outcome.
        """
        machine = self._kept_record
        with machine.using():
            machine.records.undo.save(machine, "start_plan")
            machine.start_plan = plan(
                partial(check_outcome, machine),
                outcomes,
                status=status,
                duration=duration,
                output=output,
                error=error,
                cause=cause,
                failed_in=failed_in,
            )

    def mock_task(
        self,
        state: str,
        outcomes: TaskOutcomes | None = None,
        /,
        *,
        result: Any = ABSENT,
        error: str | None = None,
        cause: str | None = None,
        duration: Duration | None = None,
        strict: bool = True,
    ) -> None:
        """Set the results of a Task state in executions of this machine, from now on.

        This replaces earlier results for that state, and applies to children of Distributed Maps too. State names are
        those of the current definition.

        Args:
            state: The name of the state, which may be inside a Map or Parallel state.
            outcomes: In place of keywords, a list of dicts with ``result``, ``error``, ``cause`` and ``duration``: one
                for each start of the task, including retries; the last one is repeated. Or a callable that gets the
                input of each task and returns its result. If it raises ``TaskError``, the task has that error; any
                other exception is raised by the call during which the task started.
            result: The result, a JSON value in AWS's form. For a Lambda function it is the return value.
            error: The error's name, in place of a result.
            cause: The error's cause.
            duration: How long the task takes: a timedelta or text such as ``"3s"``. Default: no time.
            strict: Whether to refuse a result that the service's API cannot return.

        Raises:
            ValueError: If the machine has no such Task state, or an outcome is not possible.
        """
        execution_mode.check_on("mock_task")
        machine = self._kept_record
        with machine.using():
            outcome = TaskOutcome(result, error, cause, duration, strict)
            task_mocks.mock_state(machine, state, outcomes, outcome)
