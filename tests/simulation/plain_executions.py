"""A model of executions as plain data: everything that each of them will show, and since when.

It imports nothing from the package, so that the package can be compared with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

STOPPED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
UNSUCCESSFUL = ("FAILED", "TIMED_OUT", "ABORTED")
MINUTE = timedelta(minutes=1)

Definition = Mapping[str, Any]


class Work(NamedTuple):
    """The work of a job from its start or a redrive on: its Task, then a pause; or only the pause."""

    duration: timedelta
    error: str | None = None
    #: Whether the Task succeeded before the redrive.
    only_pause: bool = False
    #: The length of its pause in the definition that it was started with.
    pause: timedelta = MINUTE

    def is_pausing(self, since: datetime, now: datetime) -> bool:
        return self.only_pause or (self.error is None and now >= since + self.duration)

    def end(self, since: datetime) -> datetime:
        """Return when the job ends by itself."""
        if self.only_pause:
            return since + self.pause
        return since + self.duration + (self.pause if self.error is None else timedelta(0))


class Shown(NamedTuple):
    """What an execution shows from ``since`` until the next entry of its line."""

    since: datetime
    status: str
    stop_date: datetime | None = None
    redrive_count: int = 0
    redrive_date: datetime | None = None
    #: Output, error and cause, as DescribeExecution spells them.
    details: Mapping[str, str] = {}
    #: Whether it waited for a redrive until its map run ended, and was never redriven.
    never_redriven: bool = False
    #: The work of a job, or what it waits for.
    work: Any = None
    #: Whether it is ABORTED because its parent ends by itself.
    ends_with_parent: bool = False
    #: The stop date and the details that a test assigned while it was RUNNING.
    assigned_stop: datetime | None = None
    assigned: Mapping[str, str] = {}

    def forgotten(self, retention: timedelta | None, moment: datetime) -> bool:
        """Return whether it closed so long ago that its retention is over."""
        if retention is None or self.stop_date is None or self.status == "PENDING_REDRIVE":
            return False
        return moment - self.stop_date >= retention


@dataclass(eq=False)
class Execution:
    """An execution: everything it will show, in order of ``since``, and its constant data."""

    #: The variable of the script that holds it.
    key: str
    scope: Scope
    name: str
    arn: str
    #: Its number in the order of adding.
    number: int
    line: list[Shown]
    input: str = "{}"
    version: int | None = None
    alias: str | None = None
    item_count: int | None = None
    #: The definition that it was started with; empty for child executions.
    definition: Definition = field(default_factory=dict)
    #: Whether a newer execution has its name.
    replaced: bool = False

    @property
    def time_limit(self) -> timedelta | None:
        return time_limit(self.definition)

    @property
    def start_date(self) -> datetime:
        return self.line[0].since

    def at(self, moment: datetime) -> Shown | None:
        """Return what it shows at a moment; None before its start."""
        return next((shown for shown in reversed(self.line) if shown.since <= moment), None)

    def status(self, moment: datetime) -> str | None:
        shown = self.at(moment)
        return None if shown is None else shown.status

    def is_kept(self, moment: datetime, retention: timedelta | None) -> bool:
        """Return whether its retention is not over; true before its start."""
        shown = self.at(moment)
        return shown is None or not shown.forgotten(retention, moment)

    def change(self, shown: Shown) -> None:
        """Add an entry to the line, and delete later ones."""
        self.line = [*(earlier for earlier in self.line if earlier.since <= shown.since), shown]

    def cut(self, now: datetime) -> None:
        """Delete the entries after now."""
        self.line = [shown for shown in self.line if shown.since <= now]

    def forget_attempts(self, first: datetime) -> None:
        """Delete its redrives and waits since a moment, but not the end of what began before."""
        kept = [shown for shown in self.line if shown.since < first]
        if kept[-1].status == "RUNNING":
            # Nothing follows if it does not end, or if a seeded redrive comes later.
            kept += [shown for shown in self.line[len(kept) :][:1] if shown.status != "RUNNING"]
        self.line = kept

    def run_again(self, now: datetime, since: datetime, outcome: tuple[str, timedelta]) -> datetime | None:
        """Redrive it at ``since`` instead of its later entries; return when it ends by itself, None if it does not.

        Redrives of EXPRESS child executions have no date.
        """
        status, duration = outcome
        counts = (self.at(now).redrive_count + 1, None if self.scope.kind == "EXPRESS" else since)
        self.cut(now)
        self.line.append(Shown(since, "RUNNING", None, *counts))
        if status != "RUNNING":
            stop = since + duration
            self.line.append(Shown(stop, status, stop, *counts, {"output": "{}"} if status == "SUCCEEDED" else {}))
        self.line = limited(self.line, self.time_limit)
        return self.line[-1].stop_date

    def wait(self, now: datetime) -> None:
        """Make it wait for its redrive from now on."""
        self.cut(now)
        self.line.append(self.at(now)._replace(since=now, status="PENDING_REDRIVE", details={}, never_redriven=False))

    def end_waiting(self, now: datetime, until: datetime) -> None:
        """End its waiting for a redrive at ``until``: it shows its previous end again, or FAILED if that is unknown."""
        self.cut(now)
        *_, before, waiting = [None, *self.line]
        known = before is not None and before.status in UNSUCCESSFUL
        status, details = (before.status, before.details) if known else ("FAILED", {})
        since = max(until, waiting.since, waiting.stop_date)
        self.line.append(waiting._replace(since=since, status=status, details=details, never_redriven=True))

    def next_stop(self, now: datetime) -> datetime | None:
        """Return when it, RUNNING now, ends by itself; None if it does not."""
        later = [shown for shown in self.line if shown.since > now]
        return later[0].stop_date if later else None

    def sort_key(self, moment: datetime) -> tuple[datetime, int]:
        """Return its stop date or, while it is RUNNING, its start or redrive date; equal dates: its number."""
        shown = self.at(moment)
        return (shown.stop_date or shown.since, self.number)

    def item(self, moment: datetime) -> dict[str, Any]:
        """Return its item in ListExecutions, without keys for None."""
        shown = self.at(moment)
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

    key: str
    arn: str
    #: The stateMachineArn that its executions show.
    shown_arn: str
    #: MACHINE, or the execution type of a map run.
    kind: str = "MACHINE"
    machine: Scope | None = None
    label: str | None = None
    #: The execution that started it, for a map run.
    parent: Execution | None = None
    executions: list[Execution] = field(default_factory=list)
    #: For a map run: its start and its redrives, and how many items may fail.
    rounds: list[Any] = field(default_factory=list)
    tolerated: int = 0
    #: How many children may run at once after a redrive, 0 for any number, and the children that wait for it, each
    #: with its outcome.
    max_concurrency: int = 0
    turns: list[tuple[Execution, tuple[str, timedelta]]] = field(default_factory=list)
    #: The status and the duration of future starts.
    outcome: tuple[str, timedelta] = ("RUNNING", timedelta(0))
    #: The status and the duration of future redrives.
    redriven: tuple[str, timedelta] = ("RUNNING", timedelta(0))
    #: The current definition, and the definition of each version.
    definition: Definition = field(default_factory=dict)
    published: dict[int, Definition] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    #: The work of future jobs, or what they wait for, for a machine whose executions run its definition.
    work: Any = None
    versions: list[int] = field(default_factory=list)
    last_version: int = 0
    #: The versions that each alias routes to.
    aliases: dict[str, list[int]] = field(default_factory=dict)
    #: How many executions were given default names.
    default_names: int = 0
    deleting: bool = False

    def definition_of(self, version: int | None) -> Definition:
        return self.definition if version is None else self.published.get(version, {})

    @property
    def is_map_run(self) -> bool:
        return self.kind != "MACHINE"

    @property
    def start(self) -> datetime | None:
        """The start of a map run: the start date that its parent had when it was added."""
        return self.rounds[0].since if self.rounds else None

    @property
    def stop(self) -> datetime | None:
        """The latest end of a map run, if that is known: its seeded stop date, or that of its parent."""
        if self.parent is None:
            return None
        kept = self.rounds[-1].kept
        if kept is None:
            return self.parent.line[-1].stop_date
        return None if kept[0] == "RUNNING" else kept[1]

    def latest(self, now: datetime) -> datetime:
        """Return the latest moment, at most now, at which its executions may change."""
        if self.start is None:
            return now
        return max(self.start, now if self.stop is None else min(now, self.stop))

    def has_time_for(self, line: list[Shown]) -> bool:
        """Return whether an execution with that line starts and ends within the map run."""
        first, last = line[0], line[-1]
        if self.start is not None and first.since < self.start:
            return False
        return self.stop is None or (last.status != "RUNNING" and max(first.since, last.stop_date) <= self.stop)

    def starts_of_many(self, how_many: int, start: datetime | None, step: timedelta, now: datetime) -> list[datetime]:
        """Return the start dates of executions that are seeded together, the oldest first."""
        if start is not None:
            return [start + index * step for index in range(how_many)]
        if self.start is None:
            return [now - (how_many - 1 - index) * step for index in range(how_many)]
        return [min(self.start + index * step, self.latest(now)) for index in range(how_many)]


def time_limit(definition: Definition) -> timedelta | None:
    seconds = definition.get("TimeoutSeconds")
    return None if seconds is None else timedelta(seconds=seconds)


def limited(line: list[Shown], limit: timedelta | None) -> list[Shown]:
    """Return the line with TIMED_OUT wherever it is RUNNING for longer than ``limit`` after its start or a redrive."""
    if limit is None:
        return line
    shown: list[Shown] = []
    for each, after in zip(line, [*line[1:], None], strict=True):
        due = each.since + limit
        if shown and shown[-1].status == "TIMED_OUT" and each.stop_date is not None:
            # This end came after the timeout.
            continue
        shown.append(each)
        if each.status == "RUNNING" and (after is None or after.since > due):
            shown.append(Shown(due, "TIMED_OUT", due, each.redrive_count, each.redrive_date))
    return shown


def seeded_line(seed: Mapping[str, Any], scope: Scope, now: datetime) -> list[Shown] | None:
    """Return the line of a seeded execution; None if AWS could never show it."""
    status, kind = seed["status"], scope.kind
    start = seed.get("start_date", scope.start or now)
    stop = seed.get("stop_date", start + seed.get("duration", timedelta(0)))
    redrive = seed.get("redrive_date")
    redrives = seed.get("redrive_count", 0)
    details = {member: seed[member] for member in ("output", "error", "cause") if member in seed}
    ends = status != "RUNNING"
    version = seed.get("version")
    impossible = (
        (status == "PENDING_REDRIVE" and kind == "MACHINE")
        or (not ends and bool({"stop_date", "duration"} & set(seed)))
        or ("output" in seed and status != "SUCCEEDED")
        or ("error" in seed and status not in ("FAILED", "ABORTED"))
        or seed.get("input") == "no JSON"
        or (version is not None and version not in scope.versions)
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
    limit = time_limit(scope.definition_of(version))
    if limit is not None and ends and stop > line[-2].since + limit:
        return None
    line = limited(line, limit)
    return line if scope.has_time_for(line) else None


def line_of_many(
    start: datetime,
    status: str,
    duration: timedelta | None,
    scope: Scope,
    now: datetime,
    *,
    dated: bool,
    version: int | None,
) -> list[Shown] | None:
    """Return the line of one of several executions seeded together; a default duration never passes a limit."""
    if status == "RUNNING":
        return seeded_line({"status": status, "start_date": start, "version": version}, scope, now)
    stop = start + (timedelta(seconds=30) if duration is None else duration)
    if duration is None and not dated:
        stop = min(stop, scope.latest(now))
    elif duration is None and scope.stop is not None:
        stop = min(stop, scope.stop)
    limit = time_limit(scope.definition_of(version))
    if duration is None and limit is not None:
        stop = min(stop, start + limit)
    return seeded_line({"status": status, "start_date": start, "stop_date": stop, "version": version}, scope, now)


def worked_line(now: datetime, work: Work, redrives: int = 0, redrive: datetime | None = None) -> list[Shown]:
    """Return the line of a job from its start or a redrive on."""
    end = work.end(now)
    details = {"output": "7"} if work.error is None or work.only_pause else {"error": work.error, "cause": "Rain"}
    status = "SUCCEEDED" if "output" in details else "FAILED"
    return [
        Shown(now, "RUNNING", None, redrives, redrive, work=work),
        Shown(end, status, end, redrives, redrive, details, work=work),
    ]
