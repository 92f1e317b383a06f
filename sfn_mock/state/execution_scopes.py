"""What executions belong to, a state machine or a map run: their names, their order, their seeds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from itertools import islice, repeat
from typing import TYPE_CHECKING, cast

from sfn_mock.argument_errors import ArgumentError, must_be
from sfn_mock.asl.routes import find_route, read_program, read_time_limit, state_names
from sfn_mock.aws.arns import execution_arn, state_machine_arn
from sfn_mock.state import clock
from sfn_mock.state import seeds as seeding
from sfn_mock.state.execution_index import ExecutionIndex
from sfn_mock.state.executions import Attempt, Execution, Origin, within
from sfn_mock.state.garbage_collection import left_alone
from sfn_mock.state.outcome_plans import Plan
from sfn_mock.state.outcomes import RUNS_UNTIL_ENDED, Outcome, check_status, ending, json_text
from sfn_mock.suggestions import did_you_mean
from sfn_mock.types import Duration, Json

if TYPE_CHECKING:
    from sfn_mock.state.map_runs import MapRun
    from sfn_mock.state.records import Records
    from sfn_mock.state.state_machines import Revision, StateMachine

#: Number of the version and name of the alias that an execution was started through.
Qualifiers = tuple[str | None, str | None]
UNQUALIFIED: Iterator[Qualifiers] = repeat((None, None))


class NamesTaken:
    """Which names are taken at ``moment``: those of the executions that are kept, also before their start."""

    def __init__(self, names: dict[str, Execution], moment: int) -> None:
        self._names = names
        self._moment = moment

    def __contains__(self, name: object) -> bool:
        execution = self._names.get(cast(str, name))
        return execution is not None and execution.is_kept_at(self._moment)


class ExecutionScope(ABC):
    """Executions that are listed together and whose names are kept apart."""

    #: The machine it is, or is a map run of.
    state_machine: StateMachine
    #: The label of the Map state that runs its executions, None for those of the machine itself.
    label: str | None = None
    #: Itself, if it is a map run.
    as_map_run: MapRun | None = None

    def __init__(
        self, records: Records, names: dict[str, Execution], arn: str, path: str, *, tells_redriven: bool = False
    ) -> None:
        self.records = records
        #: Its own ARN.
        self.arn = arn
        #: What its executions' ARNs hold between the resource type and their names.
        self.path = path
        #: What the ARNs of its STANDARD executions hold before their names.
        self.execution_arn_prefix = execution_arn(records.arn_prefix, path, "", None)
        #: What its executions show as ``stateMachineArn``.
        self.state_machine_arn = state_machine_arn(records.arn_prefix, path)
        #: Its place in the order of adding, which no later record of the same name shares.
        self.sequence = records.next_sequence()
        self.index = ExecutionIndex(tells_redriven=tells_redriven)
        #: Executions by name; map runs of one label share theirs, as their children's ARNs do not tell them apart.
        self.names = names
        #: How many of them were given default names.
        self._default_names = 0
        #: What redrives come to; None while they run until they are ended.
        self.redrive_plan: Plan | None = None

    @property
    def span(self) -> seeding.Span | None:
        """When its executions may run; None for at any time."""
        return None

    @abstractmethod
    def revision_for(self, version_number: str | None) -> Revision:
        """What an execution started now runs, through a version unless its number is None."""

    @property
    def executions(self) -> list[Execution]:
        """Its executions in order of adding, also those that the clock has not reached yet."""
        self.records.carry_runs(self.records.now())
        return list(self.index.executions)

    @contextmanager
    def using(self) -> Iterator[int]:
        """The current moment, with the records to oneself. RuntimeError when this record is no longer alive."""
        with self.records.using() as moment:
            self.check_readable()
            yield moment

    def check_readable(self) -> None:
        """Raise RuntimeError when this record is gone; after the mock's end it can still be read."""
        self.records.check_readable(self.state_machine)

    # --- Redrives ------------------------------------------------------------------------------------------------

    @abstractmethod
    def check_outcome(self, outcome: Outcome) -> Outcome:
        """``outcome``, if one of its executions can come to it; ValueError otherwise."""

    def check_failed_in(self, failed_in: str | None, revision: Revision) -> None:
        """Raise ArgumentError for what is no state that an execution of ``revision`` can fail in; None says nothing."""
        if failed_in is None:
            return
        program = read_program(revision.definition, self.label)
        names = state_names(program)
        if failed_in not in names:
            expected = f"a state that the definition of {self.state_machine_arn} has"
            raise must_be("failed_in", expected, failed_in, did_you_mean(failed_in, names))
        if find_route(program, failed_in) is None:
            problem = f"must be a state that can be reached, got {failed_in!r}: no state leads to it"
            raise ArgumentError("failed_in", problem)

    def time_limit_of(self, revision: Revision) -> int | None:
        """How many milliseconds after its start or redrive an execution of ``revision`` is TIMED_OUT; None for never.

        TimeoutSeconds is of the whole definition, not of what a Map state runs for its items.
        """
        return read_time_limit(revision.definition) if self.label is None else None

    def outcome_of_redrive(self, execution: Execution) -> Outcome:
        """What the next redrive, which is one of ``execution``, will come to."""
        return RUNS_UNTIL_ENDED if self.redrive_plan is None else self.redrive_plan(execution.name, execution.input)

    # --- Seeding -------------------------------------------------------------------------------------------------

    def add_seed(
        self,
        moment: int,
        name: str | None,
        status: str,
        *,
        start_date: clock.Date | None,
        stop_date: clock.Date | None,
        duration: Duration | None,
        input: Json,
        output: Json | None,
        error: str | None,
        cause: str | None,
        failed_in: str | None,
        redrive_count: int,
        redrive_date: clock.Date | None,
        express: bool = False,
        qualifiers: Iterator[Qualifiers] = UNQUALIFIED,
        item_count: int | None = None,
    ) -> Execution:
        if name is not None:
            seeding.check_free(seeding.check_name(name), NamesTaken(self.names, moment))
        life = seeding.life(
            moment,
            check_status(status),
            ending(status, output=output, error=error, cause=cause, failed_in=failed_in),
            start_date=start_date,
            stop_date=stop_date,
            duration=duration,
            redrive_count=redrive_count,
            redrive_date=redrive_date,
            express=express,
            within=self.span,
        )
        origins = self._origins(qualifiers, json_text(input, "input"), item_count)
        self.records.naive_dates.check(moment, start_date=start_date, stop_date=stop_date, redrive_date=redrive_date)
        seeding.warn_if_upcoming(moment, start_date, [life.start])
        *earlier, last = life.attempts
        seeding.warn_if_forgotten(moment, [last], self.records.simulation.retention)
        origin = next(origins)
        self.check_failed_in(failed_in, origin.revision)
        limit = self.time_limit_of(origin.revision)
        seeding.check_time_limit(last, limit, "stop_date" if duration is None else "duration")
        # What is over needs no look, as most seeds are.
        if last.stop is None or last.stop > moment:
            upcoming = within(last, limit)
            seeding.warn_if_the_day_decides(moment, status, upcoming, start_date=start_date, stop_date=stop_date)
        # What was redriven later than it may last was TIMED_OUT before.
        if earlier and limit is not None and life.start + limit < last.since:
            earlier = [within(earlier[0], limit)]
        execution = Execution(
            self,
            self.records.new_id() if name is None else name,
            self.records.next_sequence(),
            life.start,
            within(last, limit),
            origin,
            self.records.new_id() if express else None,
            tuple(earlier),
        )
        self.take_in([execution])
        return execution

    def add_seeds(
        self,
        moment: int,
        count: int,
        status: str,
        *,
        start_date: clock.Date | None,
        interval: Duration,
        duration: Duration,
        name: str,
        input: Json,
        output: Json | None,
        error: str | None,
        cause: str | None,
        qualifiers: Iterator[Qualifiers] = UNQUALIFIED,
        express: bool = False,
        item_count: int | None = None,
    ) -> list[Execution]:
        end = ending(check_status(status), output=output, error=error, cause=cause)
        unbounded_origins = self._origins(qualifiers, json_text(input, "input"), item_count)
        with left_alone():
            attempts = seeding.lives(
                moment, count, end, start_date=start_date, interval=interval, duration=duration, within=self.span
            )
            names = seeding.names(name, count, NamesTaken(self.names, moment), given=self._default_names)
            self.records.naive_dates.check(moment, start_date=start_date)
            seeding.warn_if_upcoming(moment, start_date, [attempt.since for attempt in attempts])
            seeding.warn_if_forgotten(moment, attempts, self.records.simulation.retention)
            origins = list(islice(unbounded_origins, len(attempts)))
            limits = {
                id(origin): self.time_limit_of(origin.revision) for origin in {id(o): o for o in origins}.values()
            }
            if duration is not seeding.DEFAULT_DURATION:
                for attempt, origin in zip(attempts, origins, strict=True):
                    seeding.check_time_limit(attempt, limits[id(origin)], "duration")
            if any(limit is not None for limit in limits.values()):
                attempts = [
                    _shortened(attempt, limits[id(origin)]) for attempt, origin in zip(attempts, origins, strict=True)
                ]
            if attempts:
                seeding.warn_if_the_day_decides(moment, status, attempts[-1], start_date=start_date)
            next_sequence, new_id = self.records.next_sequence, self.records.new_id
            executions = [
                Execution(self, name, next_sequence(), attempt.since, attempt, origin, new_id() if express else None)
                for name, attempt, origin in zip(names, attempts, origins, strict=False)
            ]
            self.take_in(executions)
        if name == seeding.DEFAULT_NAMES:
            self.records.undo.keep(self, "_default_names")
            self._default_names += count
        return executions

    def _origins(self, qualifiers: Iterator[Qualifiers], input: str, item_count: int | None) -> Iterator[Origin]:
        """One origin after the other for the ``qualifiers``, equal ones shared."""

        @cache
        def origin(qualifiers: Qualifiers) -> Origin:
            return Origin(self.revision_for(qualifiers[0]), *qualifiers, input, item_count=item_count)

        return map(origin, qualifiers)

    def take_in(self, executions: list[Execution]) -> None:
        """Store executions whose names are known to be free; one that had such a name, and is kept no longer, goes.

        What their time lines hold until now has been; what comes later is news.
        """
        named = {execution.name: execution for execution in executions}
        for name in self.names.keys() & named.keys():
            earlier = self.names[name]
            # The names of EXPRESS executions are free at any time.
            if earlier.express_id is None:
                earlier.owner.forget(earlier)
        before = {name: self.names[name] for name in self.names.keys() & named.keys()}
        self.records.undo.note(partial(self._leave_out, named, before, len(self.index.executions)))
        self.names.update(named)
        self.index.add(executions)
        self.records.status_changes.follow_seeds(executions, self.records.moment)

    def _leave_out(self, named: dict[str, Execution], before: dict[str, Execution], kept: int) -> None:
        """Let executions go that were being taken in, all but the first so many."""
        for name in named:
            self.names.pop(name, None)
        self.names.update(before)
        del self.index.executions[kept:]
        self.index.lose_order()

    def forget(self, execution: Execution) -> None:
        """Let ``execution`` and its name go."""
        self.records.undo.note(partial(self._remember, execution, list(self.index.executions)))
        del self.names[execution.name]
        self.index.remove(execution)

    def _remember(self, execution: Execution, executions: list[Execution]) -> None:
        """Have an execution again that was being forgotten."""
        self.names[execution.name] = execution
        self.index.executions = executions
        self.index.lose_order()

    def count_running(self, moment: int) -> int:
        self.index.settle(moment)
        return len(self.index.newest(status="RUNNING"))


def _shortened(attempt: Attempt, time_limit: int | None) -> Attempt:
    """Return a seed that ends within a time limit: as it ends, or TIMED_OUT if it would not end."""
    if time_limit is None or attempt.stop is None:
        return within(attempt, time_limit)
    return attempt._replace(stop=min(attempt.stop, attempt.since + time_limit))
