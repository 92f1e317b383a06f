"""A time line: when an execution starts, and how each attempt ends. How it stands is a function of the moment asked."""

from __future__ import annotations

from typing import NamedTuple

from sfn_mock.state import clock
from sfn_mock.state.outcomes import OPEN, Ending
from sfn_mock.state.revisions import Origin, Revision


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
        """Return when it stopped, if it has."""
        return None if self.is_open(moment) else self.stop

    def next_change_after(self, moment: int) -> int | None:
        """Return when it begins or, if it has begun, stops, if that is yet to come."""
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


class TimeLine:
    """An execution without its owner: how it was started, and its attempts.

    It has no constructor: the record of an execution, of which there may be a million, sets all of it.
    """

    __slots__ = ("earlier", "express_id", "last", "origin", "sequence", "start")

    #: Its place in the order of adding, which decides between equal dates.
    sequence: int
    start: int
    #: Its last attempt, which for nearly all is the only one, and those before.
    last: Attempt
    earlier: tuple[Attempt, ...]
    origin: Origin
    #: The id at the end of an EXPRESS execution's ARN; None for STANDARD.
    express_id: str | None

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
    def input(self) -> str:
        return self.origin.input

    @property
    def trace_header(self) -> str | None:
        return self.origin.trace_header

    @property
    def item_count(self) -> int | None:
        """How many items of its map run it processes; None when it is not a child execution."""
        return self.origin.item_count

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """One since its start, and one since each redrive. Only its index may give it others."""
        return (*self.earlier, self.last)

    @attempts.setter
    def attempts(self, attempts: tuple[Attempt, ...]) -> None:
        *earlier, last = attempts
        # In one line that calls nothing, between whose halves no interrupt comes.
        rest = tuple(earlier)
        self.earlier, self.last = rest, last

    def attempt_at(self, moment: int) -> Attempt | None:
        """Return the attempt in force at ``moment``; None before the start."""
        if self.last.since <= moment:
            return self.last
        for attempt in reversed(self.earlier):
            if attempt.since <= moment:
                return attempt
        return None

    def next_change_after(self, moment: int, retention: int | None) -> int | None:
        """Return when its state next changes by itself, if ever; ``retention`` is how long it is kept."""
        change = self.last.next_change_after(moment)
        if self.earlier:
            changes = [attempt.next_change_after(moment) for attempt in self.attempts]
            change = min((change for change in changes if change is not None), default=None)
        if change is not None:
            return change
        # What is redriven was kept until then, so only the last attempt can come to be forgotten.
        forgotten = self.last.forgotten_after(retention)
        return None if forgotten is None or forgotten <= moment else forgotten

    def attempts_until(self, moment: int) -> list[Attempt]:
        """Return the attempts that have begun by ``moment``."""
        return [attempt for attempt in self.attempts if attempt.since <= moment]

    def attempt_in_force(self, moment: int) -> Attempt:
        """Return the attempt in force at ``moment`` of what has started by then."""
        return self.attempts_until(moment)[-1]

    def waits_at(self, moment: int) -> bool:
        """Return whether it is PENDING_REDRIVE."""
        return self.attempt_in_force(moment).status_at(moment) == "PENDING_REDRIVE"

    def waited_in_vain_at(self, moment: int) -> bool:
        """Return whether its map run has ended before it came to be redriven."""
        # Each new run counts one redrive more.
        *_, before, current = (None, None, *self.attempts_until(moment))
        return before is not None and before.redrive_count == current.redrive_count and not self.waits_at(moment)

    @property
    def never_starts(self) -> bool:
        """Whether an end of its map run kept it from starting."""
        return self.attempts[0].since == clock.NEVER
