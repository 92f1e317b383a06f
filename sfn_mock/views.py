"""What a test sees of the records: state machines, versions, aliases, executions and map runs.

A view holds a record and nothing else; it is made when somebody looks. Two views of one record are equal. Dates are
aware datetimes in UTC. What a test author gives is checked here or in ``state``, and what AWS could never show is a
ValueError, with nothing stored. A view whose record was deleted, reset or rolled back raises
RuntimeError; one whose mock has ended can be read as it last stood, and not changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import repeat
from typing import Any, Generic, Protocol, TypeVar, cast, overload

from sfn_mock import types
from sfn_mock.argument_errors import ArgumentError, must_be
from sfn_mock.asl.nodes import ABSENT
from sfn_mock.instruments import replays, task_mocks
from sfn_mock.instruments.coverage import Coverage
from sfn_mock.instruments.coverage_log import CoverageLog
from sfn_mock.instruments.recorded_events import History
from sfn_mock.instruments.replay_differences import ReplayDifference
from sfn_mock.instruments.task_mocks import Outcome as TaskOutcome
from sfn_mock.instruments.task_mocks import TaskOutcomes
from sfn_mock.operations import execution_mode, status_events
from sfn_mock.state import clock, outcomes, progress, waiting
from sfn_mock.state import executions as execution_records
from sfn_mock.state import map_runs as map_run_records
from sfn_mock.state import seeds as seeding
from sfn_mock.state import state_machines as machine_records
from sfn_mock.state.execution_scopes import ExecutionScope, Qualifiers
from sfn_mock.state.outcome_plans import plan
from sfn_mock.state.state_machines import Route, check_alias_name
from sfn_mock.suggestions import did_you_mean
from sfn_mock.types import Duration, Json, Outcomes

#: A status of an execution; PENDING_REDRIVE belongs to child executions of map runs alone.
Status = types.Status
MapRunStatus = types.MapRunStatus
MachineType = types.MachineType


class _Readable(Protocol):
    """A record that says when it is gone."""

    @property
    def arn(self) -> str:
        """Its ARN."""

    def check_readable(self) -> None:
        """Raise RuntimeError when this record is gone; after the mock's end it can still be read."""


_Record = TypeVar("_Record", bound=_Readable)


_ROUTES = "a version, or pairs such as [(v1, 90), (v2, 10)]"


class _View(Generic[_Record]):
    """A record, as a test sees it."""

    __slots__ = ("_kept_record",)

    def __init__(self, record: _Record) -> None:
        self._kept_record = record

    @property
    def _record(self) -> _Record:
        self._kept_record.check_readable()
        return self._kept_record

    def __eq__(self, other: object) -> bool:
        return self._kept_record is other._kept_record if isinstance(other, _View) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._kept_record)

    def __repr__(self) -> str:
        name = type(self).__name__
        try:
            return f"<{name} {self._describe()}>"
        except RuntimeError:
            return f"<{name} that is gone>"

    def _describe(self) -> str:
        """Return what the repr says of it."""
        return self._record.arn


# --- Executions --------------------------------------------------------------------------------------------------


class Execution(_View[execution_records.Execution]):
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
    def state_machine(self) -> StateMachine:
        """The state machine it runs on; of a child execution, its parent's."""
        return StateMachine(self._record.state_machine)

    @property
    def state_machine_arn(self) -> str:
        """The machine's unqualified ARN; of a child execution, the labelled ARN of its Map state."""
        return self._record.state_machine_arn

    @property
    def map_run(self) -> MapRun | None:
        """The map run that started it; None unless it is a child execution."""
        return None if self._record.map_run is None else MapRun(self._record.map_run)

    @property
    def map_runs(self) -> list[MapRun]:
        """The map runs it started, in order of adding; a child execution has none."""
        return [MapRun(record) for record in self._record.map_runs]

    @property
    def version(self) -> Version | None:
        """The version it was started through; None if there was none or it is deleted."""
        return None if self._record.version is None else Version(self._record.version)

    @property
    def version_arn(self) -> str | None:
        """The ARN of the version it was started through, also after that is deleted."""
        return self._record.version_arn

    @property
    def alias(self) -> Alias | None:
        """The alias it was started through; None if there was none or it is deleted."""
        return None if self._record.alias is None else Alias(self._record.alias)

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
        return cast("Status | None", self._record.status)

    @status.setter
    def status(self, status: Status) -> None:
        self._record.status = status

    @property
    def start_date(self) -> datetime:
        """When it starts, in UTC."""
        return self._record.start_date

    @start_date.setter
    def start_date(self, date: clock.Date) -> None:
        self._record.start_date = date

    @property
    def stop_date(self) -> datetime | None:
        """When it stopped, in UTC; None while it is RUNNING."""
        return self._record.stop_date

    @stop_date.setter
    def stop_date(self, date: clock.Date | None) -> None:
        self._record.stop_date = date

    @property
    def redrive_count(self) -> int:
        """How often it was redriven by now."""
        return self._record.redrive_count

    @property
    def redrive_date(self) -> datetime | None:
        """When it was last redriven, in UTC; None for never, and for EXPRESS child executions."""
        return self._record.redrive_date

    @property
    def output(self) -> str | None:
        """The output, as JSON text; None unless it is SUCCEEDED."""
        return self._record.output

    @output.setter
    def output(self, output: Json | None) -> None:
        self._record.output = output

    @property
    def error(self) -> str | None:
        """The name of the error; None unless it is FAILED or ABORTED with one."""
        return self._record.error

    @error.setter
    def error(self, error: str | None) -> None:
        self._record.error = error

    @property
    def cause(self) -> str | None:
        """The cause of the error; None unless it is FAILED or ABORTED with one."""
        return self._record.cause

    @cause.setter
    def cause(self, cause: str | None) -> None:
        self._record.cause = cause

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
        with self._record.using() as moment:
            if not self._record.may_run_again(moment):
                raise RuntimeError(
                    f"{self.arn} cannot be redriven: it {self._record.describe_status(moment)}, and only a FAILED, "
                    f"TIMED_OUT, ABORTED or PENDING_REDRIVE execution can."
                )
            self._record.redrive_at(moment)

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
        with self._record.using() as moment:
            attempt = self._running_attempt(moment, "wait for a task", "wait")
            records = self._record.owner.records
            waiting = records.task_of(self._record)
            if waiting is not None and waiting.is_open(moment):
                raise RuntimeError(
                    f"{self.arn} waits for a task already: answer that one, whose token is {waiting.token!r}, first."
                )
            task = records.add_task(moment, self._record, attempt, token, activity=activity, heartbeat=heartbeat)
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
    ) -> MapRun:
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
        with self._record.using() as moment:
            if self._record.map_run is not None:
                raise ValueError(
                    f"cannot add a map run to {self.arn}: it is a child execution; add it to one that is none instead."
                )
            machine = self._record.state_machine
            map_run = map_run_records.new_map_run(
                moment,
                machine,
                self._record,
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
            machine.store_map_run(map_run)
            return MapRun(map_run)

    def _end(
        self,
        status: str,
        *,
        output: Json | None = None,
        error: str | None = None,
        cause: str | None = None,
        failed_in: str | None = None,
    ) -> None:
        with self._record.using() as moment:
            self._running_attempt(moment, f"be made {status}", "end")
            ending = outcomes.ending(status, output=output, error=error, cause=cause, failed_in=failed_in)
            self._record.check_failed_in(ending.failed_in)
            self._record.end(moment, ending)

    def _running_attempt(self, moment: int, verb: str, short_verb: str) -> execution_records.Attempt:
        """Return the attempt that runs at ``moment``; RuntimeError, saying what it cannot do, if none does."""
        attempt = self._record.attempt_at(moment)
        if attempt is None or not attempt.is_open(moment):
            raise RuntimeError(
                f"{self.arn} cannot {verb}: it {self._record.describe_status(moment)}, "
                f"and only a RUNNING execution can {short_verb}."
            )
        return attempt

    def _describe(self) -> str:
        return f"{self.arn} {self.status or 'not started'}"


@dataclass(frozen=True)
class Replay:
    """What came of replaying a recorded execution.

    Attributes:
        execution: The replayed execution.
        differences: Where it does not do what the recorded one did: of each branch, iteration and child execution the
            first event, and how the execution ends; empty where it does the same.
    """

    execution: Execution
    differences: list[ReplayDifference]


class Executions(Sequence[Execution]):
    """Executions in order of adding; their views are made when somebody looks at them."""

    __slots__ = ("_records",)

    def __init__(self, records: Sequence[execution_records.Execution]) -> None:
        self._records = records

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, index: int) -> Execution: ...
    @overload
    def __getitem__(self, index: slice) -> Executions: ...
    def __getitem__(self, index: int | slice) -> Execution | Executions:
        if isinstance(index, slice):
            return Executions(self._records[index])
        return Execution(self._records[index])

    def __iter__(self) -> Iterator[Execution]:
        return map(Execution, self._records)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, Executions)):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    def __repr__(self) -> str:
        return repr(list(self))


# --- Versions and aliases ----------------------------------------------------------------------------------------


class Version(_View[machine_records.Version]):
    """A published version of a state machine."""

    __slots__ = ()

    @property
    def arn(self) -> str:
        """The version's ARN, the machine's followed by the number."""
        return self._record.arn

    @property
    def number(self) -> int:
        """The version's number, counted from 1."""
        return self._record.number

    @property
    def state_machine(self) -> StateMachine:
        """The machine it is a version of."""
        return StateMachine(self._record.state_machine)

    @property
    def description(self) -> str | None:
        """The description it was published with."""
        return self._record.description

    @property
    def creation_date(self) -> datetime:
        """When it was published, in UTC."""
        return self._record.creation_date


class Alias(_View[machine_records.Alias]):
    """A name for one version of a state machine, or for two with weights."""

    __slots__ = ()

    @property
    def arn(self) -> str:
        """The alias's ARN, the machine's followed by the name."""
        return self._record.arn

    @property
    def name(self) -> str:
        """The alias's name."""
        return self._record.name

    @property
    def state_machine(self) -> StateMachine:
        """The machine whose versions it names."""
        return StateMachine(self._record.state_machine)

    @property
    def versions(self) -> list[tuple[int, int]]:
        """The numbers of the versions it routes to, each with its weight of 100."""
        return [(int(route.qualifier), route.weight) for route in self._record.routes]

    @property
    def description(self) -> str | None:
        """The description it was made with."""
        return self._record.description

    @property
    def creation_date(self) -> datetime:
        """When it was made, in UTC."""
        return self._record.creation_date

    @property
    def update_date(self) -> datetime:
        """When it was last updated, in UTC."""
        return self._record.update_date


# --- State machines and map runs ---------------------------------------------------------------------------------


class StateMachine(_View[machine_records.StateMachine]):
    """A state machine, to which a test adds versions, aliases and executions."""

    __slots__ = ()

    @property
    def arn(self) -> str:
        """The machine's ARN."""
        return self._record.arn

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
        return self._record.definition

    @property
    def role_arn(self) -> str:
        """The ARN of the role it runs under."""
        return self._record.role_arn

    @property
    def creation_date(self) -> datetime:
        """When it was made, in UTC."""
        return self._record.creation_date

    @property
    def update_date(self) -> datetime:
        """When it was last updated, in UTC."""
        return self._record.update_date

    @property
    def versions(self) -> dict[str, Version]:
        """Its versions by number, as text, oldest first."""
        return {number: Version(record) for number, record in self._record.versions.items()}

    @property
    def aliases(self) -> dict[str, Alias]:
        """Its aliases by name, oldest first."""
        return {name: Alias(record) for name, record in self._record.aliases.items()}

    @property
    def executions(self) -> Executions:
        """Its executions in order of adding, also those that have not started yet; no child executions."""
        return Executions(self._record.executions)

    def coverage(self) -> Coverage:
        """Return what its executions, and TestState, have taken of its definition by now, and what they never took.

        Executions that ran another definition, with other states, rules, catchers or retriers, do not count, nor do
        those whose definition is not run.

        Raises:
            ValueError: The definition is none that could run.
        """
        records = self._record.records
        with records.reading() as moment:
            log = CoverageLog()
            log.note(records, moment)
            return log.coverage(self.name, self.definition)

    def replay(self, history: History, *, children: replays.Children | None = None) -> Replay:
        """Run the definition of today with the input and the outcomes of tasks of a recorded execution.

        No service is called, and ``execute=True`` is not needed. The replayed execution starts when the recorded one
        did; it is described and listed like any other. A task or map run that the recorded execution did not have ends
        the replay, which ``differences`` tells.

        Args:
            history: What GetExecutionHistory answered: one answer, several, their events, JSON text, or the path of a
                JSON file, such as the AWS CLI's output.
            children: By name of a distributed Map state, the histories of its child executions, in any order: each
                goes to the child with the same input. A map run of which none are given ends as it did, without
                children.

        Returns:
            The replayed execution, and where it does not do what the recorded one did.

        Raises:
            ValueError: Unless ``history`` and ``children`` are histories of executions.
        """
        recording = replays.read_recording(history, children)
        with self._record.using():
            execution, differences = replays.replay(self._record, recording)
            return Replay(Execution(execution), differences)

    def publish_version(self, description: str | None = None) -> Version:
        """Publish a new version of the machine as it stands, and return it.

        Raises:
            ValueError: If the description is not text of at most 256 characters.
        """
        with self._record.using() as moment:
            seeding.check_description(description)
            return Version(self._record.add_version(self._record.last_number + 1, description, moment))

    def add_alias(
        self,
        name: str,
        version: Version | int | Sequence[tuple[Version | int, int]],
        *,
        description: str | None = None,
    ) -> Alias:
        """Seed an alias for one version, or for two with weights, and return it.

        Starts through a weighted alias get their versions in a fixed sequence that follows the weights. An alias of
        that name is replaced; executions already started keep theirs.

        Args:
            name: The alias's name, which must hold a character that is not a digit.
            version: A version or its number, or pairs such as ``[(v1, 90), (v2, 10)]`` whose weights sum to 100.
            description: A description.

        Raises:
            ValueError: For what AWS would refuse.
        """
        with self._record.using() as moment:
            routes = self._routes(version)
            check_alias_name(name)
            seeding.check_description(description)
            return Alias(self._record.set_alias(name, routes, description, moment))

    def add_execution(
        self,
        name: str | None = None,
        *,
        status: Status,
        start_date: clock.Date | None = None,
        stop_date: clock.Date | None = None,
        duration: Duration | None = None,
        version: Version | int | None = None,
        alias: Alias | str | None = None,
        input: Json = "{}",
        output: Json | None = None,
        error: str | None = None,
        cause: str | None = None,
        failed_in: str | None = None,
        redrive_count: int = 0,
        redrive_date: clock.Date | None = None,
    ) -> Execution:
        """Seed one execution and return it.

        Dates are datetimes or dates (naive ones are UTC), ISO 8601 text, a timedelta from now, or text such as
        ``-2h``. Lengths of time are timedeltas or text such as ``5m``.

        Args:
            name: The execution's name, a UUID unless given.
            status: How it ends: before its start date it is not listed, until its stop date it is RUNNING.
            start_date: When it starts; now unless given.
            stop_date: When it stops; at its start unless this or ``duration`` is given.
            duration: How long it runs, in place of ``stop_date``.
            version: The version it was started through, or its number.
            alias: The alias it was started through, or its name.
            input: JSON text, or a dict or list that becomes compact JSON.
            output: The same, for SUCCEEDED alone; ``{}`` unless given.
            error: The error's name, for FAILED and ABORTED alone.
            cause: The error's cause, for FAILED and ABORTED alone.
            failed_in: The name of the state in which it failed, for FAILED alone: its history leads there on the
                shortest way through the definition.
            redrive_count: How often it was redriven, which needs a ``redrive_date``.
            redrive_date: When it was last redriven; alone it means one redrive. Before it the execution shows as
                RUNNING and never redriven.

        Raises:
            ValueError: For what AWS could never show.
        """
        with self._record.using() as moment:
            self._record.refuse_express()
            execution = self._record.add_seed(
                moment,
                name,
                self._check_status(status),
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
                qualifiers=self._qualifiers(version, alias),
            )
            return Execution(execution)

    def add_executions(
        self,
        count: int,
        *,
        status: Status,
        start_date: clock.Date | None = None,
        interval: Duration = timedelta(seconds=1),
        duration: Duration = seeding.DEFAULT_DURATION,
        name: str = seeding.DEFAULT_NAMES,
        version: Version | int | None = None,
        alias: Alias | str | None = None,
        input: Json = "{}",
        output: Json | None = None,
        error: str | None = None,
        cause: str | None = None,
    ) -> Executions:
        """Seed ``count`` executions, the oldest first, and return them.

        Args:
            count: How many.
            status: How they end.
            start_date: When the first one starts; without it, the last one starts now.
            interval: How long after one the next one starts.
            duration: How long each one runs; where neither this nor ``start_date`` is given, those that would still
                be running now have just stopped.
            name: Their names; ``{index}`` counts from 0 for the oldest. Default names run on from call to call.
            version: The version they were started through, or its number.
            alias: The alias they were started through, or its name.
            input: JSON text, or a dict or list that becomes compact JSON.
            output: The same, for SUCCEEDED alone; ``{}`` unless given.
            error: The error's name, for FAILED and ABORTED alone.
            cause: The error's cause, for FAILED and ABORTED alone.

        Raises:
            ValueError: For what AWS could never show; then none of them is stored.
        """
        with self._record.using() as moment:
            self._record.refuse_express()
            executions = self._record.add_seeds(
                moment,
                count,
                self._check_status(status),
                start_date=start_date,
                interval=interval,
                duration=duration,
                name=name,
                input=input,
                output=output,
                error=error,
                cause=cause,
                qualifiers=self._qualifiers(version, alias),
            )
            return Executions(executions)

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
        """Control the outcome of executions that are started from now on.

        It holds for starts by machine, version and alias, replaces what was said before, and never touches seeds.
        Without it, or with RUNNING, an execution runs until something ends it, and StartSyncExecution, which waits for
        the end, answers SUCCEEDED at once with output ``{}``.

        Args:
            outcomes: In place of keywords, a list of outcomes, one for each start, of which the last holds on; or a
                callable that is given the name and input of each start. An outcome is a status, or a dict of the
                keywords. If a callable raises, the call that starts fails, and nothing is started.
            status: How they end.
            duration: How long they run; no time unless given.
            output: JSON text, or a dict or list that becomes compact JSON; for SUCCEEDED alone.
            error: The error's name, for FAILED and ABORTED alone.
            cause: The error's cause, for FAILED and ABORTED alone.
            failed_in: The name of the state in which they fail, for FAILED alone.

        Raises:
            ValueError: For an outcome that no start can have.
        """
        with self._record.using():
            self._record.start_plan = plan(
                self._record.check_outcome,
                outcomes,
                status=status,
                duration=duration,
                output=output,
                error=error,
                cause=cause,
                failed_in=failed_in,
            )

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
        """Control the outcome of redrives of its executions, as ``on_start`` does for starts.

        Without it a redriven execution runs until something ends it.

        Raises:
            ValueError: For an outcome that no redrive can have, and for an EXPRESS machine.
        """
        _set_redrive_plan(
            self._record,
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
        """Say what the tasks of a Task state come to in executions of this machine, from now on.

        It replaces what was said of the state before, and holds for children of Distributed Maps too. The names are
        those of the definition as it is now.

        Args:
            state: The name of the state, which may be inside a Map or a Parallel state.
            outcomes: In place of keywords, a list of dicts with ``result``, ``error``, ``cause`` and ``duration``: one
                for each task, retries included, of which the last holds on. Or a callable that is given each task's
                input and returns its result; it may raise ``TaskError``, and any other exception leaves the call that
                carried the execution there.
            result: The result, a JSON value as AWS would give it. For an invocation of a Lambda function it is what
                the function returns.
            error: The error's name, in place of a result.
            cause: The error's cause.
            duration: How long the task takes, a timedelta or text such as ``"3s"``; no time unless given.
            strict: Whether a result that the service's API could not give is refused.

        Raises:
            ValueError: If the machine has no such Task state, or for an outcome that cannot be.
        """
        execution_mode.check_on("mock_task")
        with self._record.using():
            said = TaskOutcome(result, error, cause, duration)
            task_mocks.mock_state(self._record, state, outcomes, said, strict)

    def _check_status(self, status: str) -> str:
        if status == "PENDING_REDRIVE":
            raise ArgumentError("status", "must not be PENDING_REDRIVE outside a map run: add it to a map run")
        return outcomes.check_status(status, outcomes.STATUSES_OUTSIDE_MAP_RUNS)

    def _qualifiers(self, version: Version | int | None, alias: Alias | str | None) -> Iterator[Qualifiers]:
        """Yield version number and alias name, one pair for each execution that is then seeded."""
        own_alias = None if alias is None else self._own_alias(alias)
        if version is not None or own_alias is None:
            number = None if version is None else self._own_version(version).qualifier
            return repeat((number, None if own_alias is None else own_alias.name))
        return ((own_alias.deal(), own_alias.name) for _ in repeat(None))

    def _routes(self, version: Version | int | Sequence[tuple[Version | int, int]]) -> tuple[Route, ...]:
        weighted: Iterable[Any] = version if isinstance(version, Sequence) else [(version, 100)]
        try:
            pairs = [(target, weight) for target, weight in weighted]
        except (TypeError, ValueError):
            raise must_be("version", _ROUTES, version) from None
        routes = tuple(Route(self._own_version(target).qualifier, weight) for target, weight in pairs)
        if not 1 <= len(routes) <= 2 or len({route.qualifier for route in routes}) < len(routes):
            raise must_be("version", "one version, or pairs of two different ones", version)
        weights = [route.weight for route in routes]
        if any(isinstance(weight, bool) or not isinstance(weight, int) or weight < 0 for weight in weights):
            raise must_be("version", "given weights that are ints from 0 to 100", weights)
        if sum(weights) != 100:
            raise must_be("version", "given weights that sum to 100", weights)
        return routes

    def _own_version(self, version: Version | int) -> machine_records.Version:
        versions = self._record.versions
        if isinstance(version, Version):
            record = version._record
            if versions.get(record.qualifier) is record:
                return record
        elif isinstance(version, bool) or not isinstance(version, int):
            raise must_be("version", "what publish_version returned, or its number", version)
        elif str(version) in versions:
            return versions[str(version)]
        expected = f"a version of {self.arn}, which has {', '.join(versions) or 'none'}"
        raise must_be("version", expected, version)

    def _own_alias(self, alias: Alias | str) -> machine_records.Alias:
        name = alias.name if isinstance(alias, Alias) else alias
        found = self._record.aliases.get(name) if isinstance(name, str) else None
        if found is None or (isinstance(alias, Alias) and found is not alias._record):
            hint = did_you_mean(name, self._record.aliases)
            raise must_be("alias", f"an alias of {self.arn}", alias, hint)
        return found


class MapRun(_View[map_run_records.MapRun]):
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
    def parent(self) -> Execution | None:
        """The execution that started it; None for one that was loaded without its parent."""
        return None if self._record.parent is None else Execution(self._record.parent)

    @property
    def state_machine(self) -> StateMachine:
        """Its parent's state machine."""
        return StateMachine(self._record.state_machine)

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
        return cast(MapRunStatus, self._record.status)

    @property
    def start_date(self) -> datetime:
        """When it starts, in UTC."""
        return self._record.start_date

    @property
    def stop_date(self) -> datetime | None:
        """When it stopped, in UTC; None while it is RUNNING."""
        return self._record.stop_date

    @property
    def executions(self) -> Executions:
        """Its child executions in order of adding, also those that have not started yet."""
        return Executions(self._record.executions)

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
    ) -> Execution:
        """Seed one child execution and return it.

        Arguments are those of ``StateMachine.add_execution``, without version and alias. PENDING_REDRIVE is a status
        that only child executions have; their stop date is that of the attempt before. A child starts with its map
        run unless told otherwise, and neither starts nor stops outside it.

        Args:
            item_count: How many items of the map run it processes.

        Raises:
            ValueError: For what AWS could never show.
        """
        with self._record.using() as moment:
            execution = self._record.add_seed(
                moment,
                name,
                status,
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
                express=self.execution_type == "EXPRESS",
                item_count=seeding.check_count(item_count, "item_count"),
            )
            return Execution(execution)

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
    ) -> Executions:
        """Seed ``count`` child executions, the oldest first, and return them.

        Arguments are those of ``StateMachine.add_executions``, without version and alias; without ``start_date``
        the first one starts with the map run, and none after now.

        Args:
            item_count: How many items of the map run each one processes.

        Raises:
            ValueError: For what AWS could never show; then none of them is stored.
        """
        with self._record.using() as moment:
            executions = self._record.add_seeds(
                moment,
                count,
                status,
                start_date=start_date,
                interval=interval,
                duration=duration,
                name=name,
                input=input,
                output=output,
                error=error,
                cause=cause,
                express=self.execution_type == "EXPRESS",
                item_count=seeding.check_count(item_count, "item_count"),
            )
            return Executions(executions)

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
        _set_redrive_plan(
            self._record,
            outcomes,
            status=status,
            duration=duration,
            output=output,
            error=error,
            cause=cause,
            failed_in=failed_in,
        )

    def _describe(self) -> str:
        return f"{self.arn} {self.status}"


def _set_redrive_plan(scope: ExecutionScope, outcomes: Outcomes | Status | None, **keywords: Any) -> None:
    with scope.using():
        if scope.state_machine.type == "EXPRESS":
            raise ValueError(
                f"cannot set on_redrive() of {scope.arn}: AWS redrives no executions of EXPRESS state machines; use "
                f"on_start() instead."
            )
        scope.redrive_plan = plan(scope.check_outcome, outcomes, **keywords)
