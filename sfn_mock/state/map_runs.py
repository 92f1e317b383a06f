"""A map run: the child executions that one Distributed Map state of one execution started."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from sfn_mock.argument_errors import ArgumentError, must_be, must_be_one_of
from sfn_mock.asl.map_runs import MOST_REDRIVES
from sfn_mock.aws.arns import map_run_arn
from sfn_mock.aws.names import forbidden_character
from sfn_mock.state import clock
from sfn_mock.state import seeds as seeding
from sfn_mock.state.execution_scopes import ExecutionScope
from sfn_mock.state.executions import Attempt, Execution
from sfn_mock.state.outcomes import Ending, Outcome, check_express

if TYPE_CHECKING:
    from sfn_mock.state.state_machines import Revision, StateMachine

#: Longest Label of a Map state, in characters (Amazon States Language, Distributed Map).
LONGEST_LABEL = 40
STATUSES_OF_MAP_RUNS = ("RUNNING", "SUCCEEDED", "FAILED", "ABORTED")
#: Where children stand that a map run still waits for; PENDING are those that have not started.
_UNFINISHED = ("PENDING", "RUNNING", "PENDING_REDRIVE")


class Tolerance(NamedTuple):
    """How many items may fail before the map run does; AWS reads 0 as "not given" where the other is."""

    failures: int
    percentage: float

    def is_exceeded_by(self, failed: int, total: int) -> bool:
        if not self.failures and not self.percentage:
            return failed > 0
        return bool(self.failures and failed > self.failures) or bool(
            self.percentage and failed * 100 > self.percentage * total
        )


def _one(child: Execution) -> int:
    return 1


def _items(child: Execution) -> int:
    return child.item_count or 0


def _standing(child: Execution, moment: int) -> str:
    attempt = child.attempt_at(moment)
    return "PENDING" if attempt is None else attempt.status_at(moment)


def _standing_unfinished(child: Execution, moment: int) -> str:
    return "PENDING_REDRIVE" if child.waited_in_vain_at(moment) else _standing(child, moment)


class MapRunState(NamedTuple):
    """How a map run stands at a moment."""

    status: str
    stop: int | None
    redrive_count: int
    redrive: int | None


class Turn(NamedTuple):
    """A child that is to be redriven, and what it will come to."""

    child: Execution
    outcome: Outcome


class MapRun(ExecutionScope):
    """A map run and its child executions. Dates are aware datetimes in UTC."""

    def __init__(
        self,
        state_machine: StateMachine,
        parent: Execution | None,
        label: str,
        id: str,
        *,
        execution_type: str,
        max_concurrency: int,
        tolerance: Tolerance,
        life: seeding.Life,
        follows_children: bool,
        stops_with_children: bool = False,
    ) -> None:
        records, names = state_machine.records, state_machine.names_of_children(label)
        arn = map_run_arn(records.arn_prefix, state_machine.name, label, id)
        super().__init__(records, names, arn, f"{state_machine.name}/{label}", tells_redriven=True)
        self.state_machine = state_machine
        self.as_map_run = self
        #: The execution that started it; None for one that was loaded without its parent.
        self.parent = parent
        self.label: str = label
        self.id = id
        self.execution_type = execution_type
        self.max_concurrency = max_concurrency
        self.tolerance = tolerance
        self.start = life.start
        self._attempts = life.attempts
        #: From which of its redrives on, 0 being its start, its status follows from its children; before, and where
        #: this is None, it is as seeded or as it was when it was redriven.
        self._follows_from = 0 if follows_children else None
        #: Whether it has a closing status and no stop date: it stops with the last of its children.
        self._stops_with_children = stops_with_children
        #: Those of its redriven children that were still waiting when it was last looked.
        self._turns: list[Turn] = []

    def check_readable(self) -> None:
        super().check_readable()
        if self.records.map_runs.get(self.arn) is not self:
            raise RuntimeError(f"{self.arn} is gone: the inner mock, fixture or test that added it has ended.")

    def revision_for(self, version_number: str | None) -> Revision:
        return self.state_machine.revision if self.parent is None else self.parent.revision

    @property
    def execution_arn(self) -> str:
        """The parent execution's ARN; for a map run loaded without its parent, one that names no execution."""
        if self.parent is not None:
            return self.parent.arn
        return f"{self.records.arn_prefix}execution:{self.state_machine.name}:{self.id}"

    @property
    def start_date(self) -> datetime:
        return clock.to_datetime(self.start)

    @property
    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED or ABORTED, as it stands now."""
        return self.state_at(self._now()).status

    @property
    def stop_date(self) -> datetime | None:
        stop = self.state_at(self._now()).stop
        return None if stop is None else clock.to_datetime(stop)

    def _now(self) -> int:
        moment = self.records.now()
        self.records.carry_runs(moment)
        return moment

    # --- How it stands -------------------------------------------------------------------------------------------

    def state_at(self, moment: int) -> MapRunState:
        """As it was seeded; where it was not, and after a redrive, as children, tolerance and parent have it."""
        return self.state_of(self._attempt_at(moment), moment)

    def state_of(self, attempt: Attempt, moment: int) -> MapRunState:
        """The same for one of its attempts, whichever is in force."""
        if self._follows_children(attempt):
            status, stop = self._status_and_stop(moment)
            # Children may be seeded with dates before the map run's own.
            stop = None if stop is None else max(stop, attempt.since)
        else:
            status, stop = attempt.status_at(moment), attempt.stop_at(moment)
        return MapRunState(status, stop, attempt.redrive_count, attempt.redrive)

    def _follows_children(self, attempt: Attempt) -> bool:
        return self._follows_from is not None and attempt.redrive_count >= self._follows_from

    def _attempt_at(self, moment: int) -> Attempt:
        """The attempt in force; the first one also before its start."""
        return next((attempt for attempt in reversed(self._attempts) if attempt.since <= moment), self._attempts[0])

    def _status_and_stop(self, moment: int) -> tuple[str, int | None]:
        # What waits in vain since an end of the parent's is as unfinished as it was then.
        children = self._count(moment, _one, _standing_unfinished)
        unfinished = sum(children[status] for status in _UNFINISHED)
        parent_status, parent_stop = self._parent_at(moment)
        if parent_stop is None and (unfinished or not children):
            return "RUNNING", None
        # A parent that has ended has ended what its map runs left unfinished.
        stop = parent_stop if unfinished or not children else self._last_stop(moment)
        items = self._count(moment, _items, _standing_unfinished)
        if self.tolerance.is_exceeded_by(items["FAILED"] + items["TIMED_OUT"], items.total()):
            return "FAILED", stop
        if unfinished or children["ABORTED"]:
            return "ABORTED", stop
        if not children and parent_status != "SUCCEEDED":
            return "FAILED" if parent_status == "FAILED" else "ABORTED", stop
        return "SUCCEEDED", stop

    def _parent_at(self, moment: int) -> tuple[str | None, int | None]:
        attempt = None if self.parent is None else self.parent.attempt_at(moment)
        return (None, None) if attempt is None else (attempt.status_at(moment), attempt.stop_at(moment))

    def _last_stop(self, moment: int) -> int:
        stops = [attempt.stop_at(moment) for child in self.index.executions if (attempt := child.attempt_at(moment))]
        return max(stop for stop in stops if stop is not None)

    def count_executions(self, moment: int) -> Counter[str]:
        """How many child executions have each status; those not started yet are PENDING."""
        return self._count(moment, _one, _standing)

    def count_items(self, moment: int) -> Counter[str]:
        """How many items are in child executions of each status."""
        return self._count(moment, _items, _standing)

    def _count(
        self, moment: int, weight: Callable[[Execution], int], standing: Callable[[Execution, int], str]
    ) -> Counter[str]:
        counter: Counter[str] = Counter()
        for child in self.index.executions:
            counter[standing(child, moment)] += weight(child)
        return counter

    # --- What its parent does to it ------------------------------------------------------------------------------

    def end_with_parent(self, moment: int) -> None:
        """End it, RUNNING as it is: its running children are ABORTED, and those still pending never start.

        Those that wait for their redrive are what they were before.
        """
        self.records.undo.keep(self, "_turns", "_attempts")
        self._turns = []
        *earlier, current = self.attempts_until(moment)
        if not self._follows_children(current):
            current = current._replace(stop=moment, ending=Ending("ABORTED"))
        self._attempts = (*earlier, current)
        for child in self.index.executions:
            child.end_with_map_run(moment)

    def end_as(self, moment: int, status: str) -> None:
        """End it with a status that its run has found out."""
        self.records.undo.keep(self, "_attempts", "_follows_from")
        *earlier, current = self.attempts_until(moment)
        self._attempts = (*earlier, current._replace(stop=moment, ending=Ending(status)))
        self._follows_from = None

    def turns(self, moment: int) -> list[Turn]:
        """Its unsuccessful children in order of adding, with what their redrives will come to."""
        unsuccessful = [child for child in self.index.executions if child.may_run_again(moment)]
        return [Turn(child, self.outcome_of_redrive(child)) for child in unsuccessful]

    def redrive_with_parent(self, moment: int, state: MapRunState, turns: list[Turn]) -> None:
        """Run again from ``moment`` on, and with it the unsuccessful children: as many at once as may run at once.

        ``state`` is what it has come to, and stays, whatever becomes of its children and its tolerance. The children
        beyond its concurrency are PENDING_REDRIVE until it is their turn.
        """
        *earlier, current = self.attempts_until(moment)
        closed = current._replace(stop=state.stop, ending=Ending(state.status))
        again = Attempt(moment, redrive_count=current.redrive_count + 1, redrive=moment)
        self.records.undo.keep(self, "_attempts", "_follows_from", "_turns")
        self._attempts = (*earlier, closed, again)
        self._follows_from = again.redrive_count
        for child in self.index.executions:
            child.start_late(moment)
        at_once = self.max_concurrency or len(turns)
        for child, outcome in turns[:at_once]:
            child.run_again(moment, moment, outcome)
        for child, _ in turns[at_once:]:
            child.wait_for_redrive(moment)
        self._turns = turns[at_once:]
        self.take_turns(moment)

    def take_turns(self, moment: int) -> None:
        """Give each child that waits for its redrive the moment when another's end will make room for it.

        Those for which no end is in sight wait on, as do those whose turn would come after the map run's own end;
        whatever ends one or changes its end later asks again.
        """
        self.records.undo.keep(self, "_turns")
        self._turns = self._waiting_at(moment)
        if not self._turns:
            return
        running = [
            attempt
            for child in self.index.executions
            if (attempt := child.attempt_at(moment)) is not None and attempt.is_open(moment)
        ]
        room = (self.max_concurrency or len(running) + len(self._turns)) - len(running)
        stopping = [attempt for attempt in running if attempt.ending.status != "RUNNING"]
        ends = sorted(attempt.stop for attempt in stopping if attempt.stop is not None)
        # Where more are running than may, the first ends make no room.
        free = [moment] * room + ends[max(0, -room) :]
        end = self._end_ahead
        for child, outcome in self._turns:
            if not free or (end is not None and end <= free[0]):
                child.wait(moment, until=end)
                continue
            since = heappop(free)
            child.run_again(moment, since, outcome)
            stop = outcome.stop_after(since)
            if stop is not None:
                heappush(free, stop)

    @property
    def _end_ahead(self) -> int | None:
        """When it ends, as far as it was said, whatever becomes of its children."""
        own = self._attempts[-1]
        return self._parent_end if self._follows_children(own) else own.stop

    @property
    def _parent_end(self) -> int | None:
        """When its parent ends, as far as that was said."""
        if self.parent is None:
            return None
        last = self.parent.attempts[-1]
        # What a test has assigned ahead of a closing status is no end yet.
        return None if last.ending.status == "RUNNING" else last.stop

    @property
    def span(self) -> seeding.Span:
        """From its start to its stop or, while that depends on its children, to its parent's."""
        stop = self._parent_end if self._stops_with_children else self._end_ahead
        return seeding.Span("its map run", self.start, stop, ends=self._stops_with_children or stop is not None)

    def take_in(self, executions: list[Execution]) -> None:
        """The same; what is seeded to wait for its redrive waits no longer than the map run lasts."""
        super().take_in(executions)
        if self._stops_with_children:
            *earlier, last = self._attempts
            stops = [child.attempts[-1].stop for child in executions]
            stop = max(stop for stop in (last.stop, *stops) if stop is not None)
            self.records.undo.keep(self, "_attempts")
            self._attempts = (*earlier, last._replace(stop=stop))
        for child in executions:
            last = child.attempts[-1]
            if last.ending.status == "PENDING_REDRIVE":
                child.wait(last.since, until=self._end_ahead)

    def _waiting_at(self, moment: int) -> list[Turn]:
        return [turn for turn in self._turns if turn.child.waits_at(moment)]

    def set_max_concurrency(self, moment: int, max_concurrency: int) -> None:
        """Let so many children run at once from ``moment`` on; 0 for any number. None that runs is stopped."""
        self.records.undo.keep(self, "max_concurrency")
        self.max_concurrency = max_concurrency
        self.take_turns(moment)

    def attempts_until(self, moment: int) -> list[Attempt]:
        """The attempt of its start and those of its redrives, as far as they have begun by ``moment``."""
        return [attempt for attempt in self._attempts if attempt.since <= moment]

    # --- Redrives ------------------------------------------------------------------------------------------------

    def check_outcome(self, outcome: Outcome) -> Outcome:
        self.check_failed_in(outcome.ending.failed_in, self.revision_for(None))
        return check_express(outcome) if self.execution_type == "EXPRESS" else outcome


def new_map_run(
    now: int,
    state_machine: StateMachine,
    parent: Execution,
    label: str | None,
    *,
    execution_type: str,
    max_concurrency: int,
    tolerated_failure_count: int,
    tolerated_failure_percentage: float,
    status: str | None,
    start_date: clock.Date | None,
    stop_date: clock.Date | None,
    redrive_count: int,
    redrive_date: clock.Date | None,
) -> MapRun:
    """A map run of ``parent``, not yet stored; ValueError for one that AWS could never show."""
    if execution_type not in ("STANDARD", "EXPRESS"):
        raise must_be_one_of("execution_type", ("STANDARD", "EXPRESS"), execution_type)
    if status is not None and status not in STATUSES_OF_MAP_RUNS:
        raise must_be_one_of("status", STATUSES_OF_MAP_RUNS, status)
    if status is None and stop_date is not None:
        raise ArgumentError("stop_date", "must come with the status that the map run ends with")
    percentage = tolerated_failure_percentage
    if isinstance(percentage, bool) or not isinstance(percentage, (int, float)) or not 0 <= percentage <= 100:
        raise must_be("tolerated_failure_percentage", "a number from 0 to 100", percentage)
    if label is not None:
        check_label(label)
    seeding.check_count(max_concurrency, "max_concurrency")
    seeding.check_count(tolerated_failure_count, "tolerated_failure_count")
    if seeding.check_count(redrive_count, "redrive_count") > MOST_REDRIVES:
        raise ArgumentError("redrive_count", f"must be at most {MOST_REDRIVES} for a map run, got {redrive_count}")
    closing_status = "RUNNING" if status is None else status
    life = seeding.life(
        now,
        closing_status,
        Ending(closing_status),
        start_date=start_date,
        stop_date=stop_date,
        duration=None,
        redrive_count=redrive_count,
        redrive_date=redrive_date,
        within=_span_of(parent, follows_children=status is None),
    )
    dates = {"start_date": start_date, "stop_date": stop_date, "redrive_date": redrive_date}
    state_machine.records.naive_dates.check(now, **dates)
    seeding.warn_if_upcoming(now, start_date, [life.start], kind="map run")
    last = life.attempts[-1]
    seeding.warn_if_the_day_decides(
        now, closing_status, last, start_date=start_date, stop_date=stop_date, kind="map run"
    )
    return MapRun(
        state_machine,
        parent,
        state_machine.records.new_id() if label is None else label,
        state_machine.records.new_id(),
        execution_type=execution_type,
        max_concurrency=max_concurrency,
        tolerance=Tolerance(tolerated_failure_count, float(percentage)),
        life=life,
        follows_children=status is None,
        stops_with_children=closing_status != "RUNNING" and stop_date is None,
    )


def _span_of(parent: Execution, *, follows_children: bool) -> seeding.Span:
    """When a map run of ``parent`` may run; what follows its children ends with its parent, whatever they do."""
    last = parent.attempts[-1]
    # What a test has assigned ahead of a closing status is no end yet.
    stop = None if last.ending.status == "RUNNING" else last.stop
    return seeding.Span("its parent execution", parent.start, stop, ends=stop is not None and not follows_children)


def check_label(label: object) -> str:
    """``label``, if a Map state may have it; ValueError otherwise."""
    if not isinstance(label, str) or not 1 <= len(label) <= LONGEST_LABEL or forbidden_character(label) is not None:
        raise must_be("label", f"1 to {LONGEST_LABEL} letters, digits, '-', '_' and '.'", label)
    return label
