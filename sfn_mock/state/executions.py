"""An execution is a time line: when it started, how each attempt ends. Its state is a function of the moment asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from sfn_mock.argument_errors import ArgumentError
from sfn_mock.asl.map_runs import MOST_REDRIVES, too_many_redrives
from sfn_mock.aws.arns import execution_arn
from sfn_mock.state import clock
from sfn_mock.state.outcomes import (
    OPEN,
    STATUSES,
    STATUSES_OUTSIDE_MAP_RUNS,
    UNSUCCESSFUL,
    Ending,
    Outcome,
    check_status,
    ending,
    turned,
)
from sfn_mock.types import Json

if TYPE_CHECKING:
    from sfn_mock.state.execution_index import ExecutionIndex
    from sfn_mock.state.execution_scopes import ExecutionScope
    from sfn_mock.state.map_runs import MapRun
    from sfn_mock.state.state_machines import Alias, Revision, StateMachine, Version


class Attempt(NamedTuple):
    """One run of an execution, from its start or a redrive on: it is RUNNING until it stops with its ending."""

    #: When this attempt takes over from the one before it.
    since: int
    #: When it stops; None for one that runs until it is ended. Earlier than ``since`` only for a child execution that
    #: waits for its redrive, and goes on showing when the attempt before it stopped.
    stop: int | None = None
    #: While its status is RUNNING, it and the stop only note what a test has assigned ahead of a closing status.
    ending: Ending = OPEN
    redrive_count: int = 0
    #: None before the first redrive, and for EXPRESS child executions, whose redrives have no date.
    redrive: int | None = None

    def is_open(self, moment: int) -> bool:
        return self.stop is None or self.stop > moment or self.ending.status == "RUNNING"

    def status_at(self, moment: int) -> str:
        return "RUNNING" if self.is_open(moment) else self.ending.status

    def stop_at(self, moment: int) -> int | None:
        """When it stopped, if it has."""
        return None if self.is_open(moment) else self.stop

    def next_change_after(self, moment: int) -> int | None:
        """When it begins or, if it has begun, stops, if that is yet to come."""
        if self.since > moment:
            return self.since
        # A stop that only notes what a test has assigned changes nothing.
        if self.stop is None or self.stop <= moment or self.ending.status == "RUNNING":
            return None
        return self.stop

    def forgotten_after(self, retention: int | None) -> int | None:
        """When nothing shows the execution any more, if nothing happens to it; what waits for its redrive is kept."""
        if retention is None or self.stop is None or self.ending.status in ("RUNNING", "PENDING_REDRIVE"):
            return None
        return self.stop + retention

    def ending_at(self, moment: int) -> Ending:
        return OPEN if self.is_open(moment) else self.ending


def within(attempt: Attempt, time_limit: int | None) -> Attempt:
    """Return an attempt that is TIMED_OUT after so many milliseconds, unless it has stopped by then."""
    if time_limit is None:
        return attempt
    due = attempt.since + time_limit
    if attempt.stop is not None and attempt.stop <= due:
        return attempt
    return attempt._replace(stop=due, ending=Ending("TIMED_OUT", failed_in=attempt.ending.failed_in))


class Origin(NamedTuple):
    """How an execution was started; all that were started alike, as thousands of seeds are, share one."""

    #: What it runs, however its machine is updated later.
    revision: Revision
    #: Of the version and of the alias it was started through.
    version_number: str | None = None
    alias_name: str | None = None
    input: str = "{}"
    trace_header: str | None = None
    #: How many items of its map run a child execution processes.
    item_count: int | None = None


class Execution:
    """One execution of a state machine or, as a child, of a map run.

    Attributes are as they stand at the test's current time: ``status`` is RUNNING until the stop date is reached,
    and None before the start date. Dates are aware datetimes in UTC. ``status``, ``start_date``, ``stop_date``,
    ``output``, ``error`` and ``cause`` may be assigned to: a closing status stops the execution now, unless a stop
    date was assigned before it. ValueError for what AWS could never show.
    """

    # What few executions have, such as a task, is kept elsewhere: there may be a million of them.
    __slots__ = ("_earlier", "_last", "express_id", "name", "origin", "owner", "sequence", "start")

    def __init__(
        self,
        owner: ExecutionScope,
        name: str,
        sequence: int,
        start: int,
        last: Attempt,
        origin: Origin,
        express_id: str | None = None,
        earlier: tuple[Attempt, ...] = (),
    ) -> None:
        self.owner = owner
        self.name = name
        #: Its place in the order of adding, which decides between equal dates.
        self.sequence = sequence
        self.start = start
        #: Its last attempt, which for nearly all is the only one, and those before.
        self._last = last
        self._earlier = earlier
        self.origin = origin
        #: The id at the end of an EXPRESS execution's ARN; None for STANDARD.
        self.express_id = express_id

    # --- What and whose it is ------------------------------------------------------------------------------------

    @property
    def state_machine(self) -> StateMachine:
        return self.owner.state_machine

    @property
    def map_run(self) -> MapRun | None:
        """The map run that started it, for a child execution."""
        return self.owner.as_map_run

    @property
    def arn(self) -> str:
        return execution_arn(self.owner.records.arn_prefix, self.owner.path, self.name, self.express_id)

    @property
    def execution_arn(self) -> str:
        """The ARN by the name that moto's executions have for it."""
        return self.arn

    @property
    def revision(self) -> Revision:
        """What it runs, however its machine is updated later."""
        return self.origin.revision

    @property
    def version_number(self) -> str | None:
        return self.origin.version_number

    @property
    def alias_name(self) -> str | None:
        return self.origin.alias_name

    @property
    def state_machine_arn(self) -> str:
        """Its machine's unqualified ARN; for a child execution the labelled one."""
        return self.owner.state_machine_arn

    @property
    def version(self) -> Version | None:
        """The version it was started through, or None when that is gone or there was none."""
        return None if self.version_number is None else self.state_machine.versions.get(self.version_number)

    @property
    def alias(self) -> Alias | None:
        """The alias it was started through, or None when that is gone or there was none."""
        return None if self.alias_name is None else self.state_machine.aliases.get(self.alias_name)

    @property
    def version_arn(self) -> str | None:
        return None if self.version_number is None else f"{self.state_machine.arn}:{self.version_number}"

    @property
    def alias_arn(self) -> str | None:
        return None if self.alias_name is None else f"{self.state_machine.arn}:{self.alias_name}"

    @property
    def item_count(self) -> int | None:
        """How many items of the map run it processes; None when it is no child execution."""
        return self.origin.item_count

    @property
    def input(self) -> str:
        return self.origin.input

    @property
    def trace_header(self) -> str | None:
        return self.origin.trace_header

    @property
    def map_runs(self) -> list[MapRun]:
        """The map runs it started, in order of adding; a child execution has none."""
        return [] if self.map_run is not None else self.state_machine.map_runs_of(self)

    def map_runs_at(self, moment: int) -> list[MapRun]:
        """The map runs it has started by ``moment``, in order of adding."""
        return [map_run for map_run in self.map_runs if map_run.start <= moment]

    # --- How it stands now ---------------------------------------------------------------------------------------

    @property
    def status(self) -> str | None:
        moment = self._now()
        attempt = self.attempt_at(moment)
        return None if attempt is None else attempt.status_at(moment)

    @status.setter
    def status(self, status: str | None) -> None:
        self._assign_status(status)

    @property
    def start_date(self) -> datetime:
        return clock.to_datetime(self.start)

    @start_date.setter
    def start_date(self, date: clock.Date) -> None:
        self._assign_start(date)

    @property
    def stop_date(self) -> datetime | None:
        moment = self._now()
        attempt = self.attempt_at(moment)
        return None if attempt is None else _date(attempt.stop_at(moment))

    @stop_date.setter
    def stop_date(self, date: clock.Date | None) -> None:
        self._assign_stop(date)

    @property
    def redrive_count(self) -> int:
        attempt = self.attempt_at(self._now())
        return 0 if attempt is None else attempt.redrive_count

    @property
    def redrive_date(self) -> datetime | None:
        attempt = self.attempt_at(self._now())
        return None if attempt is None else _date(attempt.redrive)

    @property
    def output(self) -> str | None:
        return self._ending.output

    @output.setter
    def output(self, output: Json | None) -> None:
        self._assign_detail(output=output)

    @property
    def error(self) -> str | None:
        return self._ending.error

    @error.setter
    def error(self, error: str | None) -> None:
        self._assign_detail(error=error)

    @property
    def cause(self) -> str | None:
        return self._ending.cause

    @cause.setter
    def cause(self, cause: str | None) -> None:
        self._assign_detail(cause=cause)

    def _now(self) -> int:
        """Return the current moment, to which the definitions at work are carried first."""
        moment = self.owner.records.now()
        self.owner.records.carry_runs(moment)
        return moment

    @property
    def _ending(self) -> Ending:
        moment = self._now()
        attempt = self.attempt_at(moment)
        return OPEN if attempt is None else attempt.ending_at(moment)

    # --- Its time line -------------------------------------------------------------------------------------------

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """One since its start, and one since each redrive. Only its index may give it others."""
        return (*self._earlier, self._last)

    @attempts.setter
    def attempts(self, attempts: tuple[Attempt, ...]) -> None:
        *earlier, last = attempts
        # In one line that calls nothing, between whose halves no interrupt comes.
        rest = tuple(earlier)
        self._earlier, self._last = rest, last

    def attempt_at(self, moment: int) -> Attempt | None:
        """The attempt in force at ``moment``; None before the start."""
        if self._last.since <= moment:
            return self._last
        for attempt in reversed(self._earlier):
            if attempt.since <= moment:
                return attempt
        return None

    @property
    def retention(self) -> int | None:
        """How many milliseconds after it closes it is kept; None for ever."""
        return self.owner.records.simulation.retention

    def is_kept_at(self, moment: int) -> bool:
        """Whether it is not yet so long closed that AWS has forgotten it; also before the start."""
        attempt = self.attempt_at(moment)
        forgotten = None if attempt is None else attempt.forgotten_after(self.retention)
        return forgotten is None or forgotten > moment

    def next_change_after(self, moment: int, retention: int | None) -> int | None:
        """When its state next changes by itself, if ever; ``retention`` is its own."""
        change = self._last.next_change_after(moment)
        if self._earlier:
            changes = [attempt.next_change_after(moment) for attempt in self.attempts]
            change = min((change for change in changes if change is not None), default=None)
        if change is not None:
            return change
        # What is redriven was kept until then, so only the last attempt can come to be forgotten.
        forgotten = self._last.forgotten_after(retention)
        return None if forgotten is None or forgotten <= moment else forgotten

    def end(self, moment: int, ending: Ending) -> None:
        """Stop the running attempt at ``moment``, and the map runs it left unfinished with it.

        Whatever the time line held after it never happens.
        """
        # How a map run stands depends on this execution, so it is asked before that ends.
        running = [run for run in self.map_runs_at(moment) if run.state_at(moment).status == "RUNNING"]
        attempt = self._attempt_in_force(moment)
        # It stays on its way, so that its history goes on with what was told of it.
        failed_in = attempt.ending.failed_in if ending.failed_in is None else ending.failed_in
        self.go_on(moment, attempt._replace(stop=moment, ending=ending._replace(failed_in=failed_in)))
        for map_run in running:
            map_run.end_with_parent(moment)

    def check_failed_in(self, failed_in: str | None) -> None:
        """Raise ValueError for what is no state that it can fail in; None says nothing."""
        if failed_in is not None and self.owner.records.run_of(self) is not None:
            problem = (
                f"must be left out, got {failed_in!r}: the definition of {self.arn} runs, and fails where it is; let "
                f"mock_task() give the state's task an error instead"
            )
            raise ArgumentError("failed_in", problem)
        self.owner.check_failed_in(failed_in, self.revision)

    def _change(self, moment: int, attempts: tuple[Attempt, ...]) -> None:
        """Give it another time line, whose changes of status are news from ``moment`` on.

        An execution that does not run by its definition ends when its machine's TimeoutSeconds are over.
        """
        if self.owner.records.run_of(self) is None:
            *earlier, last = attempts
            attempts = (*earlier, within(last, self.owner.time_limit_of(self.revision)))
        self._keep()
        self._index.change(self, attempts)
        self.owner.records.status_changes.follow(self, moment)

    def _keep(self) -> None:
        """Note the time line as it stands, for the case that a change of it is cut short."""
        self.owner.records.undo.note(partial(self._restore, self.start, self._last, self._earlier))

    def _restore(self, start: int, last: Attempt, earlier: tuple[Attempt, ...]) -> None:
        self.start, self._last, self._earlier = start, last, earlier
        self._index.lose_order()

    def go_on(self, moment: int, attempt: Attempt) -> None:
        """Let what runs at ``moment`` go on as ``attempt``, which takes its place and that of all later ones."""
        self._change(moment, (*self._history_until(moment)[:-1], attempt))
        if self.map_run is not None:
            self.map_run.take_turns(moment)

    def end_with_map_run(self, moment: int) -> None:
        """Abort it if it is running at ``moment``; if it has not started by then, it never does.

        One that waits for its redrive has waited in vain.
        """
        attempt = self.attempt_at(moment)
        if attempt is None:
            self._change(moment, (Attempt(clock.NEVER),))
        elif attempt.is_open(moment):
            self.end(moment, Ending("ABORTED"))
        elif self.waits_at(moment):
            self.wait(moment, until=moment)

    def _history_until(self, moment: int) -> Sequence[Attempt]:
        return [attempt for attempt in self.attempts if attempt.since <= moment]

    def _attempt_in_force(self, moment: int) -> Attempt:
        return self._history_until(moment)[-1]

    @property
    def _index(self) -> ExecutionIndex:
        return self.owner.index

    # --- Lock and life cycle -------------------------------------------------------------------------------------

    @contextmanager
    def using(self) -> Iterator[int]:
        """The current moment, with the records to oneself. RuntimeError when this record is no longer alive."""
        with self.owner.using() as moment:
            if self.owner.names.get(self.name) is not self:
                raise RuntimeError(
                    f"{self.arn} is another execution by now, started when the name was free again so long after "
                    f"this one had stopped: get_execution() gives that one."
                )
            yield moment

    def check_readable(self) -> None:
        """Raise RuntimeError when this record is gone; after the mock's end it can still be read."""
        self.owner.check_readable()

    def may_run_again(self, moment: int) -> bool:
        """Whether it is unsuccessful, or waits for a redrive."""
        attempt = self.attempt_at(moment)
        again = UNSUCCESSFUL | {"PENDING_REDRIVE"}
        return attempt is not None and attempt.status_at(moment) in again and self.is_kept_at(moment)

    def redrive_at(self, moment: int) -> None:
        """The redrive itself, with that of its unsuccessful map runs: a new attempt, which comes to what was planned.

        Whatever a test's own plan raises comes before anything is changed.
        """
        outcome = self.owner.outcome_of_redrive(self)
        # As in end(): asked before this execution runs again.
        states = [(run, run.state_at(moment)) for run in self.map_runs_at(moment)]
        unsuccessful = [(run, state) for run, state in states if state.status in UNSUCCESSFUL]
        redriven = [(run, state) for run, state in unsuccessful if state.redrive_count < MOST_REDRIVES]
        if len(redriven) < len(unsuccessful) and self.owner.records.run_of(self) is None:
            spent = next(run for run, state in unsuccessful if state.redrive_count >= MOST_REDRIVES)
            error = too_many_redrives(spent.arn)
            outcome, redriven = Outcome(Ending("FAILED", error=error.error, cause=error.cause), 0), []
        turns = [run.turns(moment) for run, _ in redriven]
        self.run_again(moment, moment, outcome)
        for (map_run, state), turns_of_children in zip(redriven, turns, strict=True):
            map_run.redrive_with_parent(moment, state, turns_of_children)
        if self.map_run is not None:
            self.map_run.take_turns(moment)
        self.owner.records.revive(self)

    def run_again(self, moment: int, since: int, outcome: Outcome) -> None:
        """Let its next attempt begin ``since`` then, instead of what its time line held after ``moment``."""
        redrives = self._attempt_in_force(moment).redrive_count + 1
        date = None if self.express_id is not None else since
        again = Attempt(since, outcome.stop_after(since), outcome.ending, redrives, date)
        self._change(moment, (*self._history_until(moment), again))

    def wait_for_redrive(self, moment: int) -> None:
        """Let it be PENDING_REDRIVE from ``moment`` on: its map run was redriven and has not come to it yet."""
        waiting = self._attempt_in_force(moment)._replace(since=moment, ending=Ending("PENDING_REDRIVE"))
        self._change(moment, (*self._history_until(moment), waiting))

    def waits_at(self, moment: int) -> bool:
        """Whether it is PENDING_REDRIVE."""
        return self._attempt_in_force(moment).status_at(moment) == "PENDING_REDRIVE"

    def wait(self, moment: int, *, until: int | None) -> None:
        """Let it, which is PENDING_REDRIVE at ``moment``, wait on: in vain, if its map run ends ``until`` then.

        From there on it is what it was before it waited; a seed that tells of no time before is FAILED.
        """
        *earlier, waiting = self._history_until(moment)
        line = [*earlier, waiting]
        if until is not None:
            before = earlier[-1].ending if earlier else OPEN
            ending = before if before.status in UNSUCCESSFUL else Ending("FAILED")
            line.append(waiting._replace(since=max(until, waiting.since, waiting.stop or 0), ending=ending))
        self._change(moment, tuple(line))

    def waited_in_vain_at(self, moment: int) -> bool:
        """Whether its map run has ended before it came to be redriven."""
        # Each new run counts one redrive more.
        *_, before, current = (None, None, *self._history_until(moment))
        return before is not None and before.redrive_count == current.redrive_count and not self.waits_at(moment)

    def start_late(self, moment: int) -> None:
        """Start it at ``moment`` if an end of its map run kept it from starting."""
        if self._never_starts:
            self._keep()
            self.start = moment
            self._change(moment, (Attempt(moment),))

    @property
    def _never_starts(self) -> bool:
        return self.attempts[0].since == clock.NEVER

    # --- What a test assigns to it -------------------------------------------------------------------------------
    #
    # As suites do that were written for moto, which has no other way to a chosen status or date. They assign in any
    # order: what a RUNNING execution cannot show yet is noted until a closing status is assigned.

    def _assign_status(self, status: str | None) -> None:
        with self.using() as moment:
            check_status(status, STATUSES_OUTSIDE_MAP_RUNS if self.map_run is None else STATUSES)
            attempt = self._attempt_to_change(moment)
            if status == "RUNNING":
                self.go_on(moment, attempt._replace(stop=None, ending=OPEN))
                return
            end = turned(attempt.ending, str(status))
            is_stop_assigned = not attempt.is_open(moment) or attempt.ending.status == "RUNNING"
            if attempt.stop is not None and is_stop_assigned:
                self._stop_at(moment, attempt._replace(ending=end), attempt.stop)
            elif attempt.since > moment:
                self._stop_at(moment, attempt._replace(ending=end), attempt.since)
            else:
                self.end(moment, end)

    def _assign_start(self, date: clock.Date) -> None:
        with self.using() as moment:
            start = clock.to_moment(date, moment, name="start_date")
            first, *redrives = self.attempts
            if redrives and redrives[0].since < start:
                limit, got = clock.describe(redrives[0].since), clock.describe(start)
                raise ArgumentError("start_date", f"must not lie after the redrive at {limit}, got {got}")
            stop = None if first.stop is None else max(first.stop, start)
            self._keep()
            self.start = start
            self._change(moment, (first._replace(since=start, stop=stop), *redrives))

    def _assign_stop(self, date: clock.Date | None) -> None:
        with self.using() as moment:
            attempt = self._attempt_to_change(moment)
            if date is not None:
                self._stop_at(moment, attempt, clock.to_moment(date, moment, name="stop_date"))
            elif attempt.is_open(moment):
                self.go_on(moment, attempt._replace(stop=None, ending=attempt.ending._replace(status="RUNNING")))
            else:
                raise ValueError(
                    f"cannot take the stop date from {self.arn}: it {self.describe_status(moment)}; assign status = "
                    f"'RUNNING' instead."
                )

    def _stop_at(self, moment: int, attempt: Attempt, stop: int) -> None:
        """Change the attempt in force to stop then; an execution never redriven starts no later than that."""
        if stop < attempt.since:
            if len(self._history_until(moment)) > 1:
                limit, got = clock.describe(attempt.since), clock.describe(stop)
                raise ArgumentError("stop_date", f"must not lie before the last redrive at {limit}, got {got}")
            self._keep()
            self.start = stop
            attempt = attempt._replace(since=stop)
        self.go_on(moment, attempt._replace(stop=stop))

    def _assign_detail(self, **detail: Any) -> None:
        with self.using() as moment:
            attempt = self._attempt_to_change(moment)
            status = attempt.ending.status
            if status == "RUNNING":
                # As a closing status that can carry it would.
                closed = ending("SUCCEEDED" if "output" in detail else "FAILED", **detail)
                changed = attempt.ending._replace(**{name: getattr(closed, name) for name in detail})
            else:
                before = attempt.ending
                kept = {"output": before.output, "error": before.error, "cause": before.cause}
                changed = ending(status, **{**kept, **detail})._replace(failed_in=before.failed_in)
            self.go_on(moment, attempt._replace(ending=changed))

    def _attempt_to_change(self, moment: int) -> Attempt:
        """The attempt in force at ``moment`` or, before the start, the first."""
        return self.attempt_at(moment) or self.attempts[0]

    def describe_status(self, moment: int) -> str:
        attempt = self.attempt_at(moment)
        if not self.is_kept_at(moment):
            return "stopped so long ago that the mock's retention has passed"
        if self._never_starts:
            return "never started, because its map run ended before"
        if attempt is None:
            return f"starts only at {clock.describe(self.start)}"
        return f"is {attempt.status_at(moment)}"


def _date(moment: int | None) -> datetime | None:
    return None if moment is None else clock.to_datetime(moment)
