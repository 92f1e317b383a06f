"""Time lines: when an execution starts and how each attempt ends. The status is a function of the moment."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import NamedTuple

from sfn_mock.state import clock
from sfn_mock.state.outcomes import OPEN, Ending
from sfn_mock.state.revisions import Origin, Revision


class Attempt(NamedTuple):
    """One attempt of an execution, from its start or a redrive: it is RUNNING until it stops with its ending."""

    #: When the attempt begins and replaces the one before it.
    since: int
    #: When the attempt stops, None if it runs until something ends it. It is earlier than `since` only if a child
    #: execution is PENDING_REDRIVE; it is then the stop of the attempt before.
    stop: int | None = None
    #: The ending. If its status is RUNNING, ending and stop were assigned by a test before a closing status.
    ending: Ending = OPEN
    redrive_count: int = 0
    #: None before the first redrive, and for EXPRESS child executions, whose redrives have no date.
    redrive: int | None = None

    def is_open(self, moment: int) -> bool:
        """Return whether the attempt has not stopped by a moment."""
        return self.stop is None or self.stop > moment or self.ending.status == "RUNNING"

    def status_at(self, moment: int) -> str:
        """Return the status at a moment."""
        return "RUNNING" if self.is_open(moment) else self.ending.status

    def stop_at(self, moment: int) -> int | None:
        """Return when the attempt stopped, None if it has not stopped by a moment."""
        return None if self.is_open(moment) else self.stop

    def next_change_after(self, moment: int) -> int | None:
        """Return when the attempt begins or stops next after a moment, None if neither is to come."""
        if self.since > moment:
            return self.since
        # A stop that a test has assigned before a closing status changes nothing.
        if self.stop is None or self.stop <= moment or self.ending.status == "RUNNING":
            return None
        return self.stop

    def expires_at(self, retention: int | None) -> int | None:
        """Return when the retention of the execution ends, None if it does not end."""
        if retention is None or self.stop is None or self.ending.status in ("RUNNING", "PENDING_REDRIVE"):
            return None
        return self.stop + retention

    def ending_at(self, moment: int) -> Ending:
        """Return the ending at a moment, OPEN if the attempt has not stopped."""
        return OPEN if self.is_open(moment) else self.ending


def new_attempts(starts: Iterable[int], stops: Iterable[int], ending: Ending) -> list[Attempt]:
    """Return attempts without redrives, in a third of the time that the class takes: there may be a million."""
    fields = zip(starts, stops, repeat(ending), repeat(0), repeat(None), strict=False)
    return list(map(tuple.__new__, repeat(Attempt), fields))


def apply_time_limit(attempt: Attempt, time_limit: int | None) -> Attempt:
    """Return an attempt that is TIMED_OUT after a time limit in milliseconds, unless it stops before."""
    if time_limit is None:
        return attempt
    due = attempt.since + time_limit
    if attempt.stop is not None and attempt.stop <= due:
        return attempt
    return attempt._replace(stop=due, ending=Ending("TIMED_OUT", failed_in=attempt.ending.failed_in))


class TimeLine:
    """An execution without its owner: its origin and its attempts.

    It has no constructor. There may be a million executions, so the subclass sets all attributes itself.
    """

    __slots__ = ("earlier", "express_id", "last", "origin", "sequence", "start")

    #: The position in the order of adding, which decides between equal dates.
    sequence: int
    start: int
    #: The last attempt, which most executions have only, and the attempts before it.
    last: Attempt
    earlier: tuple[Attempt, ...]
    origin: Origin
    #: The id at the end of an EXPRESS execution's ARN, None for STANDARD.
    express_id: str | None

    @property
    def revision(self) -> Revision:
        """The revision that it runs, even if the state machine is updated later."""
        return self.origin.revision

    @property
    def input(self) -> str:
        """The input as JSON text."""
        return self.origin.input

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The attempts: one for the start and one for each redrive. Only the index may set them."""
        return (*self.earlier, self.last)

    @attempts.setter
    def attempts(self, attempts: tuple[Attempt, ...]) -> None:
        *earlier, last = attempts
        # One line without calls, so that no interrupt separates the two assignments.
        rest = tuple(earlier)
        self.earlier, self.last = rest, last

    def attempt_at(self, moment: int) -> Attempt | None:
        """Return the attempt in force at a moment, None before the start."""
        if self.last.since <= moment:
            return self.last
        for attempt in reversed(self.earlier):
            if attempt.since <= moment:
                return attempt
        return None

    def next_change_after(self, moment: int, retention: int | None) -> int | None:
        """Return when the state next changes by time alone, None if never; `retention` is in milliseconds."""
        change = self.last.next_change_after(moment)
        if self.earlier:
            changes = [attempt.next_change_after(moment) for attempt in self.attempts]
            change = min((change for change in changes if change is not None), default=None)
        if change is not None:
            return change
        # A redriven execution was kept until its redrive, so only the last attempt can expire.
        expiry = self.last.expires_at(retention)
        return None if expiry is None or expiry <= moment else expiry

    def attempts_until(self, moment: int) -> list[Attempt]:
        """Return the attempts that have begun by a moment."""
        return [attempt for attempt in self.attempts if attempt.since <= moment]

    def attempt_in_force(self, moment: int) -> Attempt:
        """Return the attempt in force at a moment; the execution must have started by then."""
        return self.attempts_until(moment)[-1]

    def is_pending_redrive(self, moment: int) -> bool:
        """Return whether the execution is PENDING_REDRIVE at a moment."""
        return self.attempt_in_force(moment).status_at(moment) == "PENDING_REDRIVE"

    def has_lost_redrive(self, moment: int) -> bool:
        """Return whether the map run ended while the execution was PENDING_REDRIVE."""
        # Each redrive that begins increases the count.
        *_, before, current = (None, None, *self.attempts_until(moment))
        return (
            before is not None and before.redrive_count == current.redrive_count and not self.is_pending_redrive(moment)
        )

    @property
    def never_starts(self) -> bool:
        """Whether the end of its map run prevented its start."""
        return self.attempts[0].since == clock.NEVER
