"""Convert the arguments of seeds to time lines; raise ValueError for seeds that AWS could never show."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from itertools import count as count_from
from itertools import filterfalse, islice
from typing import NamedTuple

from sfn_mock.argument_errors import ArgumentError, must_be
from sfn_mock.aws.names import forbidden_character
from sfn_mock.state import clock
from sfn_mock.state.outcomes import OPEN, Ending
from sfn_mock.state.time_lines import Attempt
from sfn_mock.types import Duration

#: Longest name of an execution or a state machine, in characters.
LONGEST_NAME = 80
#: Longest description of a version or an alias, in characters.
LONGEST_DESCRIPTION = 256
DEFAULT_NAMES = "execution-{index}"
_BEFORE_INDEX, _AFTER_INDEX = DEFAULT_NAMES.split("{index}")
#: A width or precision of three digits or more, or one from another field; names are shorter.
_TOO_WIDE = re.compile(r"\{index[^{}]*:(?:[^}]*[1-9][0-9]{2}|[^}]*\{)")
_TEMPLATE = "a str whose only field is {index}, such as 'nightly-{index}'"
DEFAULT_DURATION = timedelta(seconds=30)
_DAY = 24 * 60 * 60 * 1000


class SeedWarning(UserWarning):
    """Warns of a seed or call that AWS would accept but that is probably a mistake."""


class Span(NamedTuple):
    """The time span in which a child execution or map run may run: from the start of its owner to its end."""

    #: The owner in error messages.
    owner: str
    start: int
    #: The end, None if unknown.
    stop: int | None
    #: Whether the owner has an end, perhaps that of its last child execution.
    ends: bool

    def check(self, status: str, start: int, stop: int | None) -> None:
        """Raise ArgumentError for dates outside the time span."""
        if start < self.start:
            raise self._outside("start_date", "before the start", self.start, start)
        if self.ends and status == "RUNNING":
            raise ArgumentError("status", f"must be a closing status, as {self.owner} has one, got 'RUNNING'")
        if self.stop is not None and start > self.stop:
            raise self._outside("start_date", "after the stop", self.stop, start)
        if self.stop is not None and stop is not None and stop > self.stop:
            raise self._outside("stop_date", "after the stop", self.stop, stop)

    def latest(self, now: int) -> int:
        """Return the latest moment in the time span that is not after now; the start if it is in the future."""
        return max(self.start, now if self.stop is None else min(now, self.stop))

    def _outside(self, name: str, where: str, limit: int, moment: int) -> ArgumentError:
        limit_text, got = clock.describe(limit), clock.describe(moment)
        return ArgumentError(name, f"must not be {where} of {self.owner} at {limit_text}, got {got}")


class NaiveDateCheck:
    """Warns of the first date without a time zone if local time is not UTC.

    Under a frozen clock there is no warning, because freezegun reads such dates as UTC too.
    """

    def __init__(self) -> None:
        self._has_warned = False

    def check(self, now: int, **dates: object) -> None:
        """Warn once if one of the dates has no time zone."""
        if self._has_warned or clock.is_frozen():
            return
        for name, given in dates.items():
            if clock.is_naive(given) and clock.local_offset(clock.to_moment(given, now)):
                warn(
                    f"{name} {given!s} has no time zone and was read as UTC: add one, such as the Z in "
                    f"'2026-01-10T02:00:00Z'."
                )
                self._has_warned = True
                return


def seeded_attempts(
    now: int,
    status: str,
    ending: Ending,
    *,
    start_date: clock.Date | None,
    stop_date: clock.Date | None,
    duration: Duration | None,
    redrive_count: int,
    redrive_date: clock.Date | None,
    express: bool = False,
    within: Span | None = None,
) -> tuple[Attempt, ...]:
    """Return the attempts of a seeded execution or map run; redrives of `express` children have no date."""
    default_start = now if within is None else within.start
    start = default_start if start_date is None else clock.to_moment(start_date, now, name="start_date")
    stop = _stop(now, start, status, stop_date, duration)
    if within is not None:
        within.check(status, start, stop)
    redrive, redrives = _redrive(now, start, stop, status, redrive_count, redrive_date, express)
    last = Attempt(start if redrive is None else redrive, stop, OPEN if stop is None else ending, redrives, redrive)
    return (last,) if redrive is None else (Attempt(start), last)


def _stop(now: int, start: int, status: str, stop_date: clock.Date | None, duration: Duration | None) -> int | None:
    if stop_date is not None and duration is not None:
        raise ArgumentError("duration", "must be left out where stop_date is given, got both")
    if status == "RUNNING":
        for name, given in (("stop_date", stop_date), ("duration", duration)):
            if given is not None:
                raise ArgumentError(
                    name,
                    "must be left out if the status is RUNNING; give the closing status instead: the execution is "
                    "RUNNING until it stops",
                )
        return None
    if duration is not None:
        return clock.check(start + clock.to_milliseconds(duration, name="duration"), "stop_date")
    if stop_date is None:
        return start
    stop = clock.to_moment(stop_date, now, name="stop_date")
    if stop < start:
        problem = f"must not be before the start at {clock.describe(start)}, got {clock.describe(stop)}"
        raise ArgumentError("stop_date", problem)
    return stop


def _redrive(
    now: int,
    start: int,
    stop: int | None,
    status: str,
    redrive_count: int,
    redrive_date: clock.Date | None,
    express: bool,
) -> tuple[int | None, int]:
    """Return the date of the last redrive and the number of redrives."""
    check_count(redrive_count, "redrive_count")
    if redrive_date is None:
        if redrive_count and not express:
            raise ArgumentError("redrive_count", f"must come with a redrive_date, got {redrive_count} without one")
        return None, redrive_count
    if express:
        problem = "must be left out for EXPRESS child executions, which have none on AWS; redrive_count may stay"
        raise ArgumentError("redrive_date", problem)
    redrive = clock.to_moment(redrive_date, now, name="redrive_date")
    got = clock.describe(redrive)
    if redrive < start:
        raise ArgumentError("redrive_date", f"must not be before the start at {clock.describe(start)}, got {got}")
    if redrive > now:
        problem = (
            f"must not be after now ({clock.describe(now)}), got {got}; call redrive() when the clock has reached it"
        )
        raise ArgumentError("redrive_date", problem)
    if stop is not None and redrive > stop:
        raise ArgumentError("redrive_date", f"must not be after the stop at {clock.describe(stop)}, got {got}")
    return redrive, redrive_count or 1


def warn_if_upcoming(
    now: int, start_date: clock.Date | None, starts: Sequence[int], *, kind: str = "execution"
) -> None:
    """Warn once about seeds that start after now; `starts` has the earliest one first.

    Call it after all checks and before storing, so that nothing is stored if the warning is an error.
    """
    if start_date is None or not starts:
        return
    first, last = starts[0], starts[-1]
    if first > now:
        warn_about_future(start_date, first, kind=kind)
    elif last > now:
        warn_about_future(start_date, last, name="the newest start_date", kind=kind)


def warn_about_future(start_date: object, start: int, *, name: str = "start_date", kind: str = "execution") -> None:
    """Warn about a start after now; `start_date` is the argument from the test."""
    read_as = " (it has no time zone and was read as UTC)" if clock.is_naive(start_date) else ""
    warn(f"{name} {clock.describe(start)}{read_as} is after now: the {kind} is not listed until the clock reaches it.")


def warn_if_date_decides(
    now: int,
    status: str,
    last: Attempt,
    *,
    start_date: clock.Date | None,
    stop_date: clock.Date | None = None,
    kind: str = "execution",
) -> None:
    """Warn about a seed that is RUNNING until a fixed date, if the clock is not frozen.

    `last` is the last attempt of the seed, or of the newest seed. No warning is given for a stop within a day, because
    it was most likely computed from now.
    """
    fixed = clock.is_fixed(start_date if stop_date is None else stop_date)
    if last.stop is None or last.since > now or not fixed or clock.is_frozen():
        return
    if status == "RUNNING" or last.stop > now + _DAY:
        warn(
            f"The {kind} is RUNNING until {clock.describe(last.stop)}, a fixed date, so that the test changes its "
            f"result on that day: freeze the clock, or count the dates from now, as in '-2h'."
        )


def warn_if_expired(now: int, lasts: Iterable[Attempt], retention: int | None) -> None:
    """Warn once about seeds whose retention has passed; `lasts` are their last attempts.

    Call it where `warn_if_upcoming` is called.
    """
    if retention is None:
        return
    for last in lasts:
        expiry = last.expires_at(retention)
        if last.stop is not None and expiry is not None and expiry <= now:
            warn(
                f"The execution stopped at {clock.describe(last.stop)}, longer ago than the mock's retention of "
                f"{timedelta(milliseconds=retention)}: it is no longer listed."
            )
            return


def check_time_limit(last: Attempt, time_limit: int | None, name: str) -> None:
    """Raise ArgumentError about an argument if a seed lasts longer than the TimeoutSeconds of its definition."""
    if time_limit is None or last.stop is None or last.stop <= last.since + time_limit:
        return
    end, got = clock.describe(last.since + time_limit), clock.describe(last.stop)
    raise ArgumentError(name, f"must not be after the TimeoutSeconds of the definition, which end at {end}, got {got}")


#: The list that collects SeedWarnings instead of Python's warnings; None for Python's.
_collected: ContextVar[list[str] | None] = ContextVar("collected", default=None)


@contextmanager
def collected_warnings() -> Iterator[list[str]]:
    """Collect the SeedWarnings of this thread as sentences, for callers outside Python."""
    sentences: list[str] = []
    token = _collected.set(sentences)
    try:
        yield sentences
    finally:
        _collected.reset(token)


def warn(sentence: str) -> None:
    """Emit a SeedWarning at the line of the test."""
    collected = _collected.get()
    if collected is not None:
        collected.append(sentence)
        return
    warnings.warn(sentence, SeedWarning, stacklevel=_frames_to_the_test())


def _frames_to_the_test() -> int:
    """Return the stack level of the first frame outside this package."""
    package = __name__.partition(".")[0] + "."
    frame = sys._getframe(1)
    level = 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(package):
        frame = frame.f_back
        level += 1
    return level


def check_count(number: object, name: str) -> int:
    """Return a number; raise ArgumentError unless it is an int >= 0."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise must_be(name, "an int >= 0", number)
    return number


def check_description(description: object) -> None:
    """Raise ValueError unless it is None or a valid description of a version or alias."""
    if description is not None and (not isinstance(description, str) or len(description) > LONGEST_DESCRIPTION):
        raise must_be("description", f"a str of at most {LONGEST_DESCRIPTION} characters", description)


# --- Names -----------------------------------------------------------------------------------------------------


def check_name(name: object, *, argument: str = "name") -> str:
    """Return a name; raise ArgumentError if AWS would refuse it."""
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        hint = "YAML reads a bare no or 12 as false or a number: quote it." if isinstance(name, (bool, int)) else ""
        raise must_be(argument, f"a str of 1 to {LONGEST_NAME} characters", name, hint)
    character = forbidden_character(name)
    if character is not None:
        raise must_be(argument, f"free of {character!r}, which AWS refuses in names", name)
    return name


def names(template: str, how_many: int, taken: Container[str], *, given: int = 0) -> list[str]:
    """Return a number of free names from a template; default names continue after those already `given`."""
    if template == DEFAULT_NAMES:
        return _free_names(how_many, taken, given)
    if not isinstance(template, str):
        raise must_be("name", _TEMPLATE, template)
    made = [check_name(_fill(template, index)) for index in range(how_many)]
    if len(set(made)) < len(made):
        raise must_be("name", "a template with {index}, so that each execution has its own name", template)
    for name in made:
        check_free(name, taken)
    return made


def _free_names(how_many: int, taken: Container[str], first: int) -> list[str]:
    names = (f"{_BEFORE_INDEX}{index}{_AFTER_INDEX}" for index in count_from(first))
    return list(islice(filterfalse(taken.__contains__, names), how_many))


def _fill(template: str, index: int) -> str:
    if _TOO_WIDE.search(template):
        raise must_be("name", "a template with at most two digits after the colon of {index}", template)
    try:
        return template.format(index=index)
    except (LookupError, ValueError, AttributeError, TypeError):
        raise must_be("name", _TEMPLATE, template) from None


def check_free(name: str, taken: Container[str]) -> None:
    """Raise ArgumentError if a name is taken."""
    if name in taken:
        raise must_be("name", "unused in the state machine or Map state", name)


# --- Many at once ----------------------------------------------------------------------------------------------


def bulk_attempts(
    now: int,
    count: object,
    ending: Ending,
    *,
    start_date: clock.Date | None,
    interval: Duration,
    duration: Duration,
    within: Span | None = None,
) -> list[Attempt]:
    """Return the attempts of `count` executions with one attempt each, the oldest first.

    They start one `interval` after another. Without a `start_date` the newest execution starts now; of child
    executions the oldest starts with its map run, and none starts after now. If the duration is the default too, all
    stop by now, so that executions seeded with a closing status are closed.
    """
    count = check_count(count, "count")
    step = clock.to_milliseconds(interval, name="interval")
    length = clock.to_milliseconds(duration, name="duration")
    latest = now if within is None else within.latest(now)
    if start_date is not None:
        first = clock.to_moment(start_date, now, name="start_date")
    else:
        first = now - (count - 1) * step if within is None else within.start
    last = first + (count - 1) * step
    if count:
        clock.check(first, "start_date of the oldest")
        clock.check(last + length, "stop_date of the newest")
    starts = [first + index * step for index in range(count)]
    if start_date is None and within is not None:
        starts = [min(start, latest) for start in starts]
    if ending.status == "RUNNING":
        if duration is not DEFAULT_DURATION:
            raise ArgumentError("duration", "must be left out if the status is RUNNING; give a closing status instead")
        attempts = [Attempt(start) for start in starts]
    else:
        limit = last + length
        if duration is DEFAULT_DURATION and start_date is None:
            limit = latest
        elif duration is DEFAULT_DURATION and within is not None and within.stop is not None:
            limit = within.stop
        attempts = [Attempt(start, min(start + length, limit), ending) for start in starts]
    if within is not None:
        for attempt in (*attempts[:1], *attempts[-1:]):
            within.check(ending.status, attempt.since, attempt.stop)
    return attempts
