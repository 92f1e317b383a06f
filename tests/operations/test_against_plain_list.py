"""Any history of seeds, calls and clock, compared with the rules restated over a plain list.

The restatement keeps each execution with all it will ever show, from when on; a listing is a filter, ``sorted()`` and
a slice of that list. It shares no code with the package. What is compared is what a boto3 client gets.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from itertools import count, cycle
from types import MappingProxyType
from typing import Any, NamedTuple

import boto3
import pytest
from botocore.exceptions import ClientError
from freezegun import freeze_time
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sfn_mock import SeedWarning, mock_sfn_executions

NOON = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
#: What AWS cuts off every date, and the tests put on every reading of the clock.
BELOW_A_MILLISECOND = timedelta(microseconds=999)

PREFIX = "arn:aws:states:us-east-1:123456789012:"
STOPPED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
UNSUCCESSFUL = ("FAILED", "TIMED_OUT", "ABORTED")
#: What DescribeMapRun counts, and what the children that it counts there show.
COUNTS = {
    "pending": "PENDING",
    "running": "RUNNING",
    "succeeded": "SUCCEEDED",
    "failed": "FAILED",
    "timedOut": "TIMED_OUT",
    "aborted": "ABORTED",
    "pendingRedrive": "PENDING_REDRIVE",
}


@cache
def client():
    """One client for all examples: making one costs more than a hundred calls."""
    return boto3.client("stepfunctions", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")


# --- The rules, over a plain list --------------------------------------------------------------------------------


class Shown(NamedTuple):
    """What an execution shows from ``since`` on, until the next in its line takes over."""

    since: datetime
    status: str
    stop_date: datetime | None = None
    redrive_count: int = 0
    redrive_date: datetime | None = None
    #: Output, error and cause, as DescribeExecution spells them.
    details: Mapping[str, str] = MappingProxyType({})
    #: Whether it has waited for a redrive until its map run ended.
    in_vain: bool = False

    def given_up(self, now: datetime) -> Shown:
        """What follows it, PENDING_REDRIVE as it is, when its map run ends."""
        return self._replace(since=max(now, self.stop_date), status="FAILED", in_vain=True)


@dataclass(eq=False)
class Listed:
    """An execution: all it will ever show, in order of ``since``, and what never changes."""

    scope: Scope
    name: str
    arn: str
    #: Its place in the order of adding.
    place: int
    line: list[Shown]
    record: Any
    input: str = "{}"
    version: int | None = None
    alias: str | None = None
    item_count: int | None = None

    @property
    def start_date(self) -> datetime:
        return self.line[0].since

    def at(self, now: datetime) -> Shown | None:
        """The last that has begun; before its start an execution is not there."""
        return next((shown for shown in reversed(self.line) if shown.since <= now), None)

    def status(self, now: datetime) -> str | None:
        shown = self.at(now)
        return None if shown is None else shown.status

    def change(self, shown: Shown) -> None:
        """What is done now erases what the line held later."""
        self.line = [*(earlier for earlier in self.line if earlier.since <= shown.since), shown]

    def sort_key(self, now: datetime) -> tuple[datetime, int]:
        """Running: since its start or redrive; others: their stop date. Equal dates: by the order of adding."""
        shown = self.at(now)
        return (shown.stop_date or shown.since, self.place)

    def item(self, now: datetime) -> dict[str, Any]:
        """Its item in ListExecutions: absent keys, never null."""
        shown = self.at(now)
        item = {
            "executionArn": self.arn,
            "stateMachineArn": self.scope.shown_arn,
            "name": self.name,
            "status": shown.status,
            "startDate": self.start_date,
            "stopDate": shown.stop_date,
            "redriveCount": shown.redrive_count,
            "redriveDate": shown.redrive_date,
            "stateMachineVersionArn": None if self.version is None else f"{self.scope.shown_arn}:{self.version}",
            "stateMachineAliasArn": None if self.alias is None else f"{self.scope.shown_arn}:{self.alias}",
        }
        if self.scope.is_map_run:
            item.update(mapRunArn=self.scope.arn, itemCount=self.item_count)
        return {member: value for member, value in item.items() if value is not None}


@dataclass(eq=False)
class Scope:
    """A state machine, or a map run with its child executions."""

    arn: str
    #: The stateMachineArn that its executions show.
    shown_arn: str
    record: Any
    #: MACHINE, or the execution type of a map run.
    kind: str = "MACHINE"
    machine: Scope | None = None
    label: str | None = None
    #: The execution that started it, for a map run.
    parent: Listed | None = None
    executions: list[Listed] = field(default_factory=list)
    #: How future starts end, and after how long.
    outcome: tuple[str, timedelta] = ("RUNNING", timedelta(0))
    deleting: bool = False
    gone: bool = False

    @property
    def is_map_run(self) -> bool:
        return self.kind != "MACHINE"

    @property
    def start(self) -> datetime | None:
        """When a map run starts: with its parent."""
        return None if self.parent is None else self.parent.start_date

    @property
    def stop(self) -> datetime | None:
        """When a map run ends at the latest: with its parent, as far as that end is known."""
        return None if self.parent is None else self.parent.line[-1].stop_date

    def has_time_for(self, line: list[Shown]) -> bool:
        """Whether an execution with that line begins and ends while the map run lasts."""
        first, last = line[0], line[-1]
        if self.start is not None and first.since < self.start:
            return False
        return self.stop is None or (last.status != "RUNNING" and max(first.since, last.stop_date) <= self.stop)

    def listing(self, now: datetime, qualifier=None, status=None, redriven=None) -> list[Listed]:
        """Everything that has started and passes the filters, newest first."""
        found = [
            execution
            for execution in self.executions
            if execution.at(now) is not None
            and qualifier in (None, execution.version, execution.alias)
            and status in (None, execution.status(now))
            and redriven in (None, execution.at(now).redrive_count > 0)
        ]
        return sorted(found, key=lambda execution: execution.sort_key(now), reverse=True)


def seeded_line(seed: dict[str, Any], scope: Scope, now: datetime) -> list[Shown] | None:
    """The line of a seeded execution; None for one that AWS could never show."""
    status, kind = seed["status"], scope.kind
    start = seed.get("start_date", scope.start or now)
    stop = seed.get("stop_date", start + seed.get("duration", timedelta(0)))
    redrive = seed.get("redrive_date")
    redrives = seed.get("redrive_count", 0)
    details = {member: seed[member] for member in ("output", "error", "cause") if member in seed}
    ends = status != "RUNNING"
    impossible = (
        (status == "PENDING_REDRIVE" and kind == "MACHINE")
        or (not ends and bool({"stop_date", "duration"} & set(seed)))
        or ("output" in seed and status != "SUCCEEDED")
        or ("error" in seed and status not in ("FAILED", "ABORTED"))
        or seed.get("input") == "no JSON"
        or seed.get("version") == 3
        or (ends and stop < start)
        or (redrives > 0 and redrive is None and kind != "EXPRESS")
        or (redrive is not None and (kind == "EXPRESS" or not start <= redrive <= now or (ends and redrive > stop)))
    )
    if impossible:
        return None
    if status == "SUCCEEDED":
        details.setdefault("output", "{}")
    if redrive is not None:
        redrives = redrives or 1
    line = [Shown(start, "RUNNING", redrive_count=0 if redrive else redrives)]
    if redrive is not None:
        line.append(Shown(redrive, "RUNNING", None, redrives, redrive))
    if ends:
        line.append(Shown(stop, status, stop, redrives, redrive, details))
    return line if scope.has_time_for(line) else None


# --- What histories are made of ----------------------------------------------------------------------------------


def minutes(least: int, most: int):
    """Lengths of time of few different sizes, so that many dates are equal."""
    return st.integers(least, most).map(lambda number: number * MINUTE)


statuses = st.sampled_from(["RUNNING", "PENDING_REDRIVE", *STOPPED])
page_sizes = st.sampled_from([0, 1, 2, 3, 5, 1000])
qualifiers = st.sampled_from([1, 2, "live", "split"])
filters = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"status": statuses}),
    st.fixed_dictionaries({"qualifier": qualifiers}),
    st.fixed_dictionaries({"redriven": st.booleans()}),
    st.fixed_dictionaries({"qualifier": qualifiers, "status": statuses}),
    st.fixed_dictionaries({"redriven": st.booleans(), "status": statuses}),
)

# A seed's dates are told from now, and become dates only in the rule, where now is known.
dates = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"start_date": minutes(-9, 3)}),
    st.fixed_dictionaries({"start_date": minutes(-9, 0), "redrive_date": minutes(-6, 1)}),
    st.fixed_dictionaries({"start_date": minutes(-9, -5), "redrive_date": minutes(-5, 0), "redrive_count": st.just(3)}),
    st.just({"redrive_count": 2}),
)
stops = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"stop_date": minutes(-6, 6)}),
    st.fixed_dictionaries({"duration": minutes(0, 12)}),
)
DETAILS = [{}, {"input": "7"}, {"output": '{"ok": true}'}, {"error": "Late", "cause": "Rain"}, {"input": "no JSON"}]
FITTING_DETAILS = {"SUCCEEDED": DETAILS[:3], "FAILED": [*DETAILS[:2], DETAILS[3]]}
routes = st.sampled_from(
    [{}, {}, {"alias": "live"}, {"alias": "split"}, {"version": 2, "alias": "live"}]
    # only 1 and 2 are published
    + [{"version": number} for number in (1, 2, 3)]
)


@st.composite
def seeds(draw):
    """Arguments of add_execution, of the machine's and the map runs' alike; one in four without looking what fits."""
    status = draw(statuses)
    anything = draw(st.integers(0, 3)) == 3
    return {
        "status": status,
        **draw(dates),
        **(draw(stops) if anything or status != "RUNNING" else {}),
        **draw(st.sampled_from(DETAILS if anything else FITTING_DETAILS.get(status, DETAILS[:2]))),
        **draw(routes),
        "name": draw(st.sampled_from([None, None, None, "nightly"])),
        "item_count": draw(st.integers(0, 3)),
    }


def dated(seed: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {argument: now + value if argument.endswith("_date") else value for argument, value in seed.items()}


class Token(NamedTuple):
    """A page token, what it was given for, and the place in the order that it marks."""

    text: str
    arguments: dict[str, Any]
    scope: Scope
    filters: dict[str, Any]
    position: tuple[datetime, int]
    given: datetime

    def page_follows(self, listing: list[Listed], now: datetime) -> list[Listed]:
        """What is behind the place; not what was ahead of it when the token was given, if the clock has gone back."""
        moments = (now, max(now, self.given))
        return [
            execution for execution in listing if all(execution.sort_key(moment) < self.position for moment in moments)
        ]


class Histories(RuleBasedStateMachine):
    """One account through one history. Listing is a rule like any other: the mock must not need it to keep up."""

    scopes = Bundle("scopes")
    executions = Bundle("executions")

    def __init__(self):
        super().__init__()
        self._freezer = freeze_time(NOON)
        self._clock = self._freezer.start()
        self._mock = mock_sfn_executions()
        self.sfn = self._mock.start()
        self.alive: list[Scope] = []
        self.tokens: list[Token] = []
        self._places = count()
        self._steps = count()
        self._move_to(NOON)
        self._add_orders()

    def teardown(self):
        self._mock.stop()
        self._freezer.stop()

    # --- The clock, and what it does by itself --------------------------------------------------------------------

    def _move_to(self, moment: datetime) -> None:
        self._moment = moment
        self._clock.move_to(moment + BELOW_A_MILLISECOND)

    def now(self) -> datetime:
        """The current moment, of a call to come: a machine in deletion goes when one comes and nothing of it runs."""
        for machine in [scope for scope in self.alive if scope.deleting]:
            self._finish_deletion(machine)
        return self._moment

    def _finish_deletion(self, machine: Scope) -> None:
        executions = self._executions_of(machine)
        if not any(execution.status(self._moment) == "RUNNING" for execution in executions):
            for scope in [scope for scope in self.alive if machine in (scope, scope.machine)]:
                scope.gone = True
                self.alive.remove(scope)

    def _executions_of(self, machine: Scope) -> list[Listed]:
        """Its own, then the child executions of its map runs."""
        scopes = [scope for scope in self.alive if machine in (scope, scope.machine)]
        return [execution for scope in scopes for execution in scope.executions]

    @rule(by=minutes(-5, 5) | st.sampled_from([DAY - timedelta(milliseconds=1), DAY, -DAY, 14 * DAY]))
    def move_clock(self, by):
        self._move_to(self._moment + by)

    # --- Finding ----------------------------------------------------------------------------------------------------

    def scope_at(self, arn: str) -> Scope | None:
        """The one alive: an ARN may come back after a deletion or a reset."""
        return next((scope for scope in self.alive if scope.arn == arn), None)

    def execution_at(self, arn: str) -> Listed | None:
        return next((run for scope in self.alive for run in scope.executions if run.arn == arn), None)

    def names_beside(self, scope: Scope) -> set[str]:
        """The names an execution of ``scope`` cannot have: map runs of one machine and label share theirs."""
        return {
            execution.name
            for other in self.alive
            if other is scope or (scope.is_map_run and (other.machine, other.label) == (scope.machine, scope.label))
            for execution in other.executions
        }

    @contextmanager
    def refused(self, code: str | None):
        """AWS's error with that code, or none."""
        if code is None:
            yield
        else:
            with pytest.raises(ClientError) as caught:
                yield

            assert caught.value.response["Error"]["Code"] == code

    # --- State machines and map runs --------------------------------------------------------------------------------

    def _add_orders(self) -> list[Scope]:
        """A machine with versions, aliases and a map run of either type."""
        record = self.sfn.add_state_machine("orders")
        versions = [record.publish_version(), record.publish_version()]
        record.add_alias("live", versions[0])
        record.add_alias("split", [(versions[0], 50), (versions[1], 50)])
        orders = Scope(f"{PREFIX}stateMachine:orders", f"{PREFIX}stateMachine:orders", record)
        self.alive.append(orders)
        # It has been at work for longer than the old child executions.
        start = self._moment - timedelta(hours=3)
        running = record.add_execution(status="RUNNING", start_date=start)
        parent = self._listed(orders, running, [Shown(start, "RUNNING")], {})
        scopes = [orders, self._add_map_run(parent, "STANDARD", "Files"), self._add_map_run(parent, "EXPRESS", "Rows")]
        for scope in scopes:
            self._add_old_ones(scope)
        return scopes

    def _add_old_ones(self, scope: Scope) -> None:
        """So many that a few others may move among them: where most of a list moves, order is made anew."""
        start = self._moment - timedelta(hours=2)
        for record in scope.record.add_executions(
            9, status="FAILED", start_date=start, interval=MINUTE, duration=MINUTE
        ):
            line = [Shown(start, "RUNNING"), Shown(start + MINUTE, "FAILED", start + MINUTE)]
            self._listed(scope, record, line, {"item_count": 1} if scope.is_map_run else {})
            start += MINUTE

    @initialize(target=scopes)
    def scopes_to_begin_with(self):
        return multiple(*self.alive)

    @initialize(target=executions, seeds=st.lists(st.tuples(st.integers(0, 2), seeds()), min_size=6, max_size=18))
    def executions_to_begin_with(self, seeds):
        seeded = [self._seed(self.alive[scope], seed) for scope, seed in seeds]
        return multiple(*filter(None, seeded))

    @precondition(lambda self: sum(scope.is_map_run for scope in self.alive) < 3)
    @rule(
        target=scopes,
        parent=executions,
        execution_type=st.sampled_from(["STANDARD", "EXPRESS"]),
        label=st.sampled_from(["Files", "Rows"]),
    )
    def add_map_run(self, parent, execution_type, label):
        self.now()
        if parent.scope.gone or parent.scope.is_map_run:
            with pytest.raises(RuntimeError if parent.scope.gone else ValueError):
                parent.record.add_map_run(label)
            return multiple()
        return self._add_map_run(parent, execution_type, label)

    def _add_map_run(self, parent: Listed, execution_type: str, label: str) -> Scope:
        record = parent.record.add_map_run(label, execution_type=execution_type)
        scope = Scope(record.arn, f"{parent.scope.arn}/{label}", record, execution_type, parent.scope, label, parent)
        self.alive.append(scope)
        return scope

    # Histories that begin anew again and again would never come far.
    def _has_come_far(self) -> bool:
        return sum(len(scope.executions) for scope in self.alive) > 40

    @precondition(_has_come_far)
    @rule(target=scopes, ended=st.sampled_from(["before", "after", "never"]))
    def delete_machine(self, ended):
        """DELETING while an execution runs, then gone with all that is its own."""
        now = self.now()
        if not self.alive:
            return multiple(*self._add_orders())
        machine = self.alive[0]
        if ended == "before":
            self._end_all(machine, now)
        client().delete_state_machine(stateMachineArn=machine.arn)
        machine.deleting = True
        self._finish_deletion(machine)
        if ended == "after":
            self._end_all(machine, now)
        return multiple(*([] if self.alive else self._add_orders()))

    def _end_all(self, machine: Scope, now: datetime) -> None:
        for execution in self._executions_of(machine):
            if execution.status(now) == "RUNNING":
                execution.record.time_out()
                self._end(execution, now, "TIMED_OUT", {})

    @precondition(lambda self: not self.alive)
    @rule(target=scopes)
    def begin_anew(self):
        return multiple(*self._add_orders())

    @precondition(_has_come_far)
    @rule(target=scopes)
    def reset(self):
        self.sfn.reset()
        for scope in self.alive:
            scope.gone = True
        self.alive = []
        return multiple(*self._add_orders())

    # --- Seeds ------------------------------------------------------------------------------------------------------

    @contextmanager
    def _seeding(self, scope: Scope, possible: bool, latest_start: datetime):
        """Around a seeding call: it works, and warns of the future; or is refused in one sentence, and never warns."""
        if possible and not scope.gone:
            with pytest.warns(SeedWarning) if latest_start > self._moment else nullcontext():
                yield
        else:
            with pytest.raises(RuntimeError if scope.gone else ValueError, match=r"\w+( \S+)+"):
                yield

    @rule(target=executions, scope=scopes, seed=seeds())
    def seed(self, scope, seed):
        execution = self._seed(scope, seed)
        return multiple() if execution is None else execution

    def _seed(self, scope: Scope, seed: dict[str, Any]) -> Listed | None:
        now = self.now()
        strange = ("version", "alias") if scope.is_map_run else ("item_count",)
        seed = dated({argument: value for argument, value in seed.items() if argument not in strange}, now)
        name = seed.pop("name")
        line = seeded_line(seed, scope, now)
        possible = line is not None and name not in self.names_beside(scope)
        # A default start, also one with a map run that starts later, is no surprise.
        with self._seeding(scope, possible, seed.get("start_date", now)):
            return self._listed(scope, scope.record.add_execution(name, **seed), line, seed)
        return None

    def _listed(self, scope: Scope, record: Any, line: list[Shown], seed: dict[str, Any]) -> Listed:
        """The execution that ``record`` is, put down in the list."""
        version, alias = seed.get("version"), seed.get("alias")
        if alias is not None and version is None:
            version = record.version.number

            assert version in {"live": [1], "split": [1, 2]}[alias]

        if line[-1].status == "PENDING_REDRIVE" and scope.parent.line[-1].stop_date is not None:
            line = [*line, line[-1].given_up(scope.parent.line[-1].stop_date)]
        execution = Listed(
            scope,
            record.name,
            record.arn,
            next(self._places),
            line,
            record,
            seed.get("input", "{}"),
            version,
            alias,
            seed.get("item_count"),
        )
        scope.executions.append(execution)
        return execution

    @rule(
        target=executions,
        scope=scopes,
        how_many=st.integers(0, 6),
        status=statuses,
        times=st.fixed_dictionaries(
            {"interval": minutes(0, 2)}, optional={"start_date": minutes(-9, 3), "duration": minutes(0, 5)}
        ),
        route=routes,
    )
    def seed_many(self, scope, how_many, status, times, route):
        """The oldest first; without a start date the newest starts now, and without a duration none ends later.

        Of child executions without a start date the oldest starts with its map run, and none starts after now.
        """
        now = self.now()
        arguments = {"status": status, **({} if scope.is_map_run else route)}
        given = {**arguments, **dated(times, now)}
        starts = self._starts_of_many(how_many, given, scope, now)
        lengths = {"duration": times["duration"]} if "duration" in times else {}
        lines = [self._line_of_many(start, given, scope, now) for start in starts]
        # What the arguments alone make impossible is so for none, too.
        alone = seeded_line({**arguments, **lengths}, Scope("", "", None, scope.kind), now)
        possible = alone is not None and all(line is not None for line in lines)
        with self._seeding(scope, possible, max(starts, default=now) if "start_date" in given else now):
            names = self._default_names(scope, how_many)
            records = scope.record.add_executions(how_many, **given)

            assert [record.name for record in records] == names

            return multiple(
                *(
                    self._listed(scope, record, line, {**arguments, "item_count": 1})
                    for record, line in zip(records, lines, strict=True)
                )
            )
        return multiple()

    def _latest(self, scope: Scope, now: datetime) -> datetime:
        """The latest moment until now at which something may happen that belongs to ``scope``."""
        if scope.start is None:
            return now
        return max(scope.start, now if scope.stop is None else min(now, scope.stop))

    def _starts_of_many(self, how_many: int, given: dict[str, Any], scope: Scope, now: datetime) -> list[datetime]:
        step = given["interval"]
        if "start_date" in given:
            return [given["start_date"] + index * step for index in range(how_many)]
        if scope.start is None:
            return [now - (how_many - 1 - index) * step for index in range(how_many)]
        return [min(scope.start + index * step, self._latest(scope, now)) for index in range(how_many)]

    def _default_names(self, scope: Scope, how_many: int) -> list[str]:
        taken = self.names_beside(scope)
        free = (name for name in (f"execution-{index}" for index in count()) if name not in taken)
        return [next(free) for _ in range(how_many)]

    def _line_of_many(self, start: datetime, given: dict[str, Any], scope: Scope, now: datetime) -> list[Shown] | None:
        seed = {"status": given["status"], "start_date": start}
        if given["status"] == "RUNNING":
            return seeded_line(seed, scope, now)
        stop = start + given.get("duration", timedelta(seconds=30))
        if "duration" not in given and "start_date" not in given:
            stop = min(stop, self._latest(scope, now))
        elif "duration" not in given and scope.stop is not None:
            stop = min(stop, scope.stop)
        return seeded_line({**seed, "stop_date": stop}, scope, now)

    # --- Calls on one execution -------------------------------------------------------------------------------------

    @rule(
        target=executions,
        scope=scopes,
        qualifier=st.none() | qualifiers | st.just(3),
        name=st.sampled_from([None, None, "nightly"]),
        input=st.sampled_from(["{}", "7"]),
        outcome=st.none() | st.tuples(st.sampled_from(["RUNNING", *STOPPED]), minutes(0, 4)),
    )
    def start(self, scope, qualifier, name, input, outcome):
        """Comes to what the test last said of starts."""
        if scope.is_map_run:
            return multiple()
        now = self.now()
        if outcome is not None:
            status, duration = outcome
            with self._seeding(scope, True, now):
                scope.record.on_start(status=status, **({} if status == "RUNNING" else {"duration": duration}))
                scope.outcome = outcome
        machine = self.scope_at(scope.arn)
        namesake = (
            None
            if machine is None or name is None
            else next((execution for execution in machine.executions if execution.name == name), None)
        )
        repeated = namesake is not None and (namesake.status(now), namesake.input) == ("RUNNING", input)
        code = None
        if machine is None or qualifier == 3:
            code = "StateMachineDoesNotExist"
        elif machine.deleting:
            code = "StateMachineDeleting"
        elif namesake is not None and not repeated:
            code = "ExecutionAlreadyExists"
        arguments = {"stateMachineArn": scope.arn if qualifier is None else f"{scope.arn}:{qualifier}", "input": input}
        with self.refused(code):
            answer = client().start_execution(**arguments, **({} if name is None else {"name": name}))
            started = namesake.start_date if repeated else now

            assert answer["startDate"] == started

            if repeated:
                assert answer["executionArn"] == namesake.arn
                return multiple()
            status, duration = machine.outcome
            line = [Shown(now, "RUNNING")]
            if status != "RUNNING":
                output = {"output": "{}"} if status == "SUCCEEDED" else {}
                line.append(Shown(now + duration, status, now + duration, details=output))
            record = self.sfn.get_execution(answer["executionArn"])
            through = {"version" if isinstance(qualifier, int) else "alias": qualifier}
            return self._listed(machine, record, line, {"input": input, **through})
        return multiple()

    @rule(
        execution=executions,
        end=st.sampled_from(
            [
                ("succeed", "SUCCEEDED", {"output": "[1]"}),
                ("succeed", "SUCCEEDED", {}),
                ("fail", "FAILED", {"error": "Late", "cause": "Rain"}),
                ("time_out", "TIMED_OUT", {}),
                ("abort", "ABORTED", {}),
            ]
        ),
        fitting=st.sampled_from([True, True, True, False]),
        back=minutes(0, 4),
    )
    def change_by_test(self, execution, end, fitting, back):
        """Also with the clock put back meanwhile: what the time line held after that never happens."""
        moment = self._moment
        self._move_to(moment - back)
        is_running = execution.status(self._moment) == "RUNNING"
        self._change_by_test(execution, *(end if is_running == fitting else ("redrive", "RUNNING", {})))
        self._move_to(moment)

    def _change_by_test(self, execution: Listed, method: str, status: str, given: dict[str, str]) -> None:
        now = self.now()
        changeable = ("RUNNING",) if status != "RUNNING" else (*UNSUCCESSFUL, "PENDING_REDRIVE")
        if execution.scope.gone or execution.status(now) not in changeable:
            with pytest.raises(RuntimeError):
                getattr(execution.record, method)(**given)
            return
        getattr(execution.record, method)(**given)
        if status == "RUNNING":
            self._redrive(execution, now)
        else:
            self._end(execution, now, status, {"output": "{}", **given} if status == "SUCCEEDED" else given)

    def _end(self, execution: Listed, now: datetime, status: str, details: dict[str, str]) -> None:
        """It takes its unfinished map runs with it: running children are ABORTED, those to come never start.

        Those that wait for their redrive have waited in vain.
        """
        running = execution.at(now)
        execution.change(Shown(now, status, now, running.redrive_count, running.redrive_date, details))
        for child in self._children(execution, lambda children: not self._all_stopped(children, now)):
            if child.at(now) is None:
                child.line = []
            elif child.status(now) == "RUNNING":
                self._end(child, now, "ABORTED", {})
            elif child.status(now) == "PENDING_REDRIVE":
                child.change(child.at(now).given_up(now))

    def _children(self, parent: Listed, of_which) -> list[Listed]:
        """The children of those map runs of ``parent`` whose children are as asked."""
        map_runs = [scope for scope in self.alive if scope.parent is parent]
        return [child for scope in map_runs if of_which(scope.executions) for child in scope.executions]

    def _all_stopped(self, children: list[Listed], now: datetime) -> bool:
        return all(child.status(now) in STOPPED and not child.at(now).in_vain for child in children)

    def _redrive(self, execution: Listed, now: datetime) -> None:
        """Its unsuccessful map runs are redriven with it. Redrives of EXPRESS child executions have no date."""
        date = None if execution.scope.kind == "EXPRESS" else now
        execution.change(Shown(now, "RUNNING", None, execution.at(now).redrive_count + 1, date))
        for child in self._children(execution, lambda children: not self._all_successful(children, now)):
            if not child.line:
                child.line = [Shown(now, "RUNNING")]
            elif child.status(now) in (*UNSUCCESSFUL, "PENDING_REDRIVE"):
                self._redrive(child, now)

    def _all_successful(self, children: list[Listed], now: datetime) -> bool:
        """No failure is tolerated, and a failure of no item is none."""
        return self._all_stopped(children, now) and not any(
            child.status(now) == "ABORTED" or (child.status(now) != "SUCCEEDED" and child.item_count)
            for child in children
        )

    @rule(execution=executions, call=st.sampled_from(["_stop", "_redrive_by_call", "_describe"]))
    def call(self, execution, call):
        """An ARN may come back after a deletion or a reset, and then names another execution."""
        now = self.now()
        getattr(self, call)(execution, self.execution_at(execution.arn), now)

    def _stop(self, execution: Listed, found: Listed | None, now: datetime) -> None:
        """A closed execution is left as it is."""
        with self.refused(self._obstacle_to_find(execution, found, now)):
            answer = client().stop_execution(executionArn=execution.arn, error="Halt")
            stopped = found.at(now).stop_date

            assert answer["stopDate"] == (stopped or now)

            if stopped is None:
                self._end(found, now, "ABORTED", {"error": "Halt"})

    def _obstacle_to_find(self, execution: Listed, found: Listed | None, now: datetime) -> str | None:
        if execution.scope.kind == "EXPRESS":
            return "InvalidArn"
        return "ExecutionDoesNotExist" if found is None or found.at(now) is None else None

    def _redrive_by_call(self, execution: Listed, found: Listed | None, now: datetime) -> None:
        """Unsuccessful ones, within 14 days, of a machine that stays, and no child executions."""
        code = self._obstacle_to_find(execution, found, now)
        if code is None and not self._is_redrivable(found, now):
            code = "ExecutionNotRedrivable"
        with self.refused(code):
            answer = client().redrive_execution(executionArn=execution.arn)

            assert answer["redriveDate"] == now

            self._redrive(found, now)

    def _is_redrivable(self, execution: Listed, now: datetime) -> bool:
        shown = execution.at(now)
        return (
            shown.status in UNSUCCESSFUL
            and now - shown.stop_date <= 14 * DAY
            and not execution.scope.is_map_run
            and not execution.scope.deleting
        )

    def _describe(self, execution: Listed, found: Listed | None, now: datetime) -> None:
        """Describing and listing agree; what a record says of itself agrees with both."""
        there = found is not None and found.at(now) is not None
        with self.refused(None if there else "ExecutionDoesNotExist"):
            answer = client().describe_execution(executionArn=execution.arn)
            shown, record = found.at(now), found.record
            item = {**found.item(now), "input": found.input, **shown.details}
            item.pop("itemCount", None)
            beside = {"inputDetails", "outputDetails", "redriveStatus", "redriveStatusReason", "ResponseMetadata"}

            assert {member: value for member, value in answer.items() if member not in beside} == item
            assert (record.status, record.start_date, record.stop_date) == (
                shown.status,
                found.start_date,
                shown.stop_date,
            )
            assert (record.redrive_count, record.redrive_date) == (shown.redrive_count, shown.redrive_date)

    # --- Listings ---------------------------------------------------------------------------------------------------

    @invariant()
    def listing_keeps_up(self):
        """Every part of every listing in turn; not after each step, so that changes pile up in between."""
        step = next(self._steps)
        if step % 3:
            return
        parts = [{}, *({"status": status} for status in ("RUNNING", *STOPPED))]
        of_map_runs = [*parts, {"redriven": True}, {"redriven": False}]
        of_machines = [*parts, *({"qualifier": qualifier} for qualifier in (1, 2, "live", "split"))]
        for scope in list(self.alive):
            turns = of_map_runs if scope.is_map_run else of_machines
            self._list(scope, turns[step % len(turns)], [20])

            assert scope.gone or scope.record.executions == [execution.record for execution in scope.executions]

            if scope.is_map_run:
                self._count(scope)

    def _count(self, scope: Scope) -> None:
        """DescribeMapRun counts what is listed, and as pending what is not listed yet."""
        now = self.now()
        # A map run starts with its parent, and is unknown before.
        if scope.gone or now < scope.parent.start_date:
            return
        shown = [(execution.status(now) or "PENDING", execution.item_count) for execution in scope.executions]
        answer = client().describe_map_run(mapRunArn=scope.arn)
        for member, status in COUNTS.items():
            assert answer["executionCounts"][member] == sum(found == status for found, _ in shown)
            assert answer["itemCounts"][member] == sum(items for found, items in shown if found == status)

    @rule(scope=scopes, filters=filters, sizes=st.lists(page_sizes, min_size=1, max_size=3))
    def walk(self, scope, filters, sizes):
        if scope.is_map_run:
            filters = {name: value for name, value in filters.items() if name != "qualifier"}
        self._list(scope, filters, sizes)

    def _list(self, scope: Scope, filters: dict[str, Any], sizes: list[int]) -> None:
        """Page by page, of any sizes, a listing is the list filtered, sorted and cut."""
        now = self.now()
        arguments = self._arguments(scope, **filters)
        code = self._obstacle_to_list(arguments)
        if (
            code is None
            and not scope.is_map_run
            and (filters.get("status") == "PENDING_REDRIVE" or "redriven" in filters)
        ):
            code = "ValidationException"
        if code is None:
            self._walk(self.scope_at(scope.arn), arguments, filters, sizes, now)
        else:
            with self.refused(code):
                client().list_executions(**arguments)

    def _arguments(self, scope, qualifier=None, status=None, redriven=None) -> dict[str, Any]:
        if scope.is_map_run:
            arguments = {"mapRunArn": scope.arn}
        else:
            arguments = {"stateMachineArn": scope.arn if qualifier is None else f"{scope.arn}:{qualifier}"}
        if status is not None:
            arguments["statusFilter"] = status
        if redriven is not None:
            arguments["redriveFilter"] = "REDRIVEN" if redriven else "NOT_REDRIVEN"
        return arguments

    def _obstacle_to_list(self, arguments: dict[str, Any]) -> str | None:
        if "mapRunArn" in arguments:
            return None if self.scope_at(arguments["mapRunArn"]) else "ResourceNotFound"
        unqualified = ":".join(arguments["stateMachineArn"].split(":")[:7])
        return None if self.scope_at(unqualified) else "StateMachineDoesNotExist"

    def _walk(self, scope, arguments, filters, sizes, now):
        rest = scope.listing(now, **filters)
        page: dict[str, Any] = {}
        for size in cycle(sizes):
            token = {"nextToken": page["nextToken"]} if page else {}
            page = client().list_executions(**arguments, **token, maxResults=size)
            shown, rest = rest[: size or 100], rest[size or 100 :]

            assert page["executions"] == [execution.item(now) for execution in shown]
            assert ("nextToken" in page) == bool(rest)

            if not rest:
                return
            token = Token(page["nextToken"], arguments, scope, filters, shown[-1].sort_key(now), now)
            self.tokens.append(token)

    @precondition(lambda self: self.tokens)
    @rule(age=st.integers(0, 20), size=page_sizes, other_filter=st.sampled_from([False, False, False, True]))
    def next_page(self, age, size, other_filter):
        """However long ago a token was given, and whatever moved since: what now comes behind the place it marks."""
        now = self.now()
        token = self.tokens[-1 - age % len(self.tokens)]
        arguments = dict(token.arguments)
        if other_filter:
            arguments["statusFilter"] = "FAILED" if arguments.get("statusFilter") != "FAILED" else "ABORTED"
        code = self._obstacle_to_list(arguments)
        if code is None and (token.scope.gone or now - token.given >= DAY or other_filter):
            code = "InvalidToken"
        with self.refused(code):
            page = client().list_executions(**arguments, maxResults=size, nextToken=token.text)
            listing = token.scope.listing(now, **token.filters)
            behind = token.page_follows(listing, now)

            assert page["executions"] == [execution.item(now) for execution in behind[: size or 100]]
            assert ("nextToken" in page) == (len(behind) > (size or 100))


# Several short runs, as of one long run most examples would be variations of a few. They do not shrink what they find:
# whoever breaks a rule would wait for many runs of minutes. Add Phase.shrink for the shortest history that fails.
HISTORIES = settings(
    phases=[Phase.generate],
    max_examples=10,
    stateful_step_count=30,
    deadline=None,
    database=None,
    report_multiple_bugs=False,
)


@pytest.mark.parametrize("number", range(12))
def test_any_history(number):
    """Whatever happened, in whatever order, a client gets what the rules say. The same histories in every run."""
    run_state_machine_as_test(seed(number)(Histories), settings=HISTORIES)


# --- A walk while things move --------------------------------------------------------------------------------------

EVENTS = {
    "stop": lambda orders, run: client().stop_execution(executionArn=run.arn),
    "start": lambda orders, run: client().start_execution(stateMachineArn=orders.arn),
    "succeed": lambda orders, run: run.status == "RUNNING" and run.succeed(),
    "redrive": lambda orders, run: run.status in UNSUCCESSFUL and run.redrive(),
    "seed": lambda orders, run: orders.add_execution(status="FAILED", start_date=run.start_date),
    "wait": lambda orders, run: None,
}


@given(
    seeds=st.lists(st.tuples(st.sampled_from(["RUNNING", "FAILED"]), minutes(-9, 0), minutes(0, 9)), min_size=1),
    status=st.sampled_from([None, "RUNNING", "FAILED"]),
    size=st.integers(1, 4),
    events=st.lists(st.lists(st.tuples(st.sampled_from(sorted(EVENTS)), st.integers(0, 9), minutes(0, 1)), max_size=4)),
)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_walk_among_moving_executions(seeds, status, size, events):
    """Whatever starts, stops or vanishes meanwhile: nobody is listed twice, and nobody who stayed is missed."""
    with freeze_time(NOON) as clock, mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        for seeded, start, duration in seeds:
            ends = {} if seeded == "RUNNING" else {"duration": duration}
            orders.add_execution(status=seeded, start_date=start, **ends)
        runs = orders.executions
        arguments = {"stateMachineArn": orders.arn, **({"statusFilter": status} if status else {})}
        before = client().list_executions(**arguments, maxResults=1000)["executions"]
        shown = []
        page = client().list_executions(**arguments, maxResults=size)
        shown += page["executions"]
        while "nextToken" in page:
            for event, index, pause in events.pop() if events else []:
                clock.tick(pause)
                EVENTS[event](orders, runs[index % len(runs)])
            page = client().list_executions(**arguments, maxResults=size, nextToken=page["nextToken"])
            shown += page["executions"]
        after = client().list_executions(**arguments, maxResults=1000)["executions"]

    arns = [item["executionArn"] for item in shown]
    stayed = [item["executionArn"] for item in before if item in after]

    assert len(set(arns)) == len(arns)
    assert [arn for arn in arns if arn in stayed] == stayed


@given(
    seeds=st.lists(st.tuples(minutes(-9, 0), minutes(0, 9), st.booleans()), min_size=2),
    status=st.sampled_from([None, "RUNNING", "FAILED"]),
    size=st.integers(1, 3),
    moves=st.lists(minutes(-6, 6), min_size=1, max_size=12),
)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_walk_while_the_clock_goes_to_and_fro(seeds, status, size, moves):
    """Nobody is listed twice, though he stood elsewhere at each page; nobody is missed who stood still."""
    with freeze_time(NOON) as clock, mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        for start, duration, redriven in seeds:
            redrive = {"redrive_date": start + duration / 2} if redriven and start + duration / 2 <= 0 * MINUTE else {}
            orders.add_execution(status="FAILED", start_date=start, duration=duration, **redrive)
        arguments = {"stateMachineArn": orders.arn, **({"statusFilter": status} if status else {})}
        visited, shown = [NOON], []
        page = client().list_executions(**arguments, maxResults=size)
        shown += page["executions"]
        for move in cycle(moves):
            if "nextToken" not in page:
                break
            visited.append(visited[-1] + move if abs(visited[-1] + move - NOON) < DAY else NOON)
            clock.move_to(visited[-1])
            page = client().list_executions(**arguments, maxResults=size, nextToken=page["nextToken"])
            shown += page["executions"]
        seen = []
        for moment in visited:
            clock.move_to(moment)
            seen.append(client().list_executions(**arguments, maxResults=1000)["executions"])

    arns = [item["executionArn"] for item in shown]
    stayed = [item["executionArn"] for item in seen[0] if all(item in listing for listing in seen)]

    assert len(set(arns)) == len(arns)
    assert [arn for arn in arns if arn in stayed] == stayed
