"""Seed arguments become time lines, or a ValueError that says in one sentence why AWS could never show them."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from itertools import count as count_from
from itertools import islice
from typing import NamedTuple

from sfn_mock.aws.names import forbidden_character
from sfn_mock.state import clock
from sfn_mock.state.executions import Attempt
from sfn_mock.state.outcomes import OPEN, Ending

#: Longest name of an execution or a state machine, in characters.
LONGEST_NAME = 80
#: Longest description of a version or an alias, in characters.
LONGEST_DESCRIPTION = 256
DEFAULT_NAMES = "execution-{index}"
_BEFORE_INDEX, _AFTER_INDEX = DEFAULT_NAMES.split("{index}")
DEFAULT_DURATION = timedelta(seconds=30)


class SeedWarning(UserWarning):
    """A seed or a call that AWS takes, and that most likely is not what the test's author meant."""


class Life(NamedTuple):
    """A time line: the start and the attempts since."""

    start: int
    attempts: tuple[Attempt, ...]


def life(
    now: int,
    status: str,
    ending: Ending,
    *,
    start_date: clock.Date | None,
    stop_date: clock.Date | None,
    duration: timedelta | None,
    redrive_count: int,
    redrive_date: clock.Date | None,
    express: bool = False,
) -> Life:
    """The time line of one seeded execution or map run; redrives of ``express`` child executions have no date."""
    start = now if start_date is None else clock.to_moment(start_date, now, name="start_date")
    stop = _stop(now, start, status, stop_date, duration)
    redrive, redrives = _redrive(now, start, stop, status, redrive_count, redrive_date, express)
    last = Attempt(start if redrive is None else redrive, stop, OPEN if stop is None else ending, redrives, redrive)
    return Life(start, (last,) if redrive is None else (Attempt(start), last))


def _stop(now: int, start: int, status: str, stop_date: clock.Date | None, duration: timedelta | None) -> int | None:
    if stop_date is not None and duration is not None:
        raise ValueError("stop_date and duration both say when the execution stopped: give one of them.")
    if status == "RUNNING":
        if stop_date is not None or duration is not None:
            raise ValueError(
                f"What is RUNNING has not stopped: leave {'duration' if stop_date is None else 'stop_date'} out, or "
                f"give the status it ends with; it is RUNNING until its stop date anyway."
            )
        return None
    if duration is not None:
        return clock.check(start + clock.to_milliseconds(duration, name="duration"), "The stop date")
    if stop_date is None:
        return start
    stop = clock.to_moment(stop_date, now, name="stop_date")
    if stop < start:
        raise ValueError(
            f"stop_date {clock.describe(stop)} lies before the start at {clock.describe(start)}: give a date from the "
            f"start on."
        )
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
    """Date and number of the redrives."""
    check_count(redrive_count, "redrive_count")
    if redrive_date is None:
        if redrive_count and not express:
            raise ValueError(
                f"redrive_count={redrive_count} needs a redrive_date: AWS shows the date of the last redrive too."
            )
        return None, redrive_count
    if express:
        raise ValueError(
            "AWS keeps no redrive date for EXPRESS child executions: leave redrive_date out; redrive_count may stay."
        )
    redrive = clock.to_moment(redrive_date, now, name="redrive_date")
    if redrive < start:
        raise ValueError(
            f"redrive_date {clock.describe(redrive)} lies before the start at {clock.describe(start)}: only what has "
            f"started can be redriven."
        )
    if redrive > now:
        raise ValueError(
            f"redrive_date {clock.describe(redrive)} lies after now ({clock.describe(now)}): seed redrives of the "
            f"past here, and call redrive() when the clock gets to a later one."
        )
    if stop is not None and redrive > stop:
        raise ValueError(
            f"redrive_date {clock.describe(redrive)} lies after the stop at {clock.describe(stop)}: what stopped "
            f"{status} was last redriven before that."
        )
    return redrive, redrive_count or 1


def warn_if_upcoming(
    now: int, start_date: clock.Date | None, starts: Sequence[int], *, kind: str = "execution"
) -> None:
    """Warn, once, about seeds that start after now; ``starts`` are theirs, the earliest first.

    Comes when all else was found right and before anything is stored: a warning made an error stores nothing either.
    """
    if start_date is None or not starts:
        return
    first, last = starts[0], starts[-1]
    if first > now:
        warn_about_future(start_date, first, kind=kind)
    elif last > now:
        warn_about_future(start_date, last, name="the newest start_date", kind=kind)


def warn_about_future(start_date: object, start: int, *, name: str = "start_date", kind: str = "execution") -> None:
    """Warn about a start after now, that was given as ``start_date``."""
    read_as = " (it has no time zone and was read as UTC)" if clock.is_naive(start_date) else ""
    warn(
        f"{name} {clock.describe(start)}{read_as} lies after now: the {kind} is not listed before the clock gets there."
    )


def warn_if_forgotten(now: int, lasts: Iterable[Attempt], retention: int | None) -> None:
    """Warn, once, about seeds that closed so long ago that nothing shows them any more. For when, as above.

    ``lasts`` are their last attempts.
    """
    if retention is None:
        return
    for last in lasts:
        forgotten = last.forgotten_after(retention)
        if last.stop is not None and forgotten is not None and forgotten <= now:
            warn(
                f"The stop at {clock.describe(last.stop)} lies {timedelta(milliseconds=retention)} or more before now, "
                f"which is the mock's retention: the execution is not listed any more."
            )
            return


def check_time_limit(last: Attempt, time_limit: int | None, name: str) -> None:
    """Raise ValueError, naming the argument ``name``, for a seed that outlives its machine's TimeoutSeconds."""
    if time_limit is None or last.stop is None or last.stop <= last.since + time_limit:
        return
    raise ValueError(
        f"{name} must be within the TimeoutSeconds of the definition, which end at "
        f"{clock.describe(last.since + time_limit)}, got a stop at {clock.describe(last.stop)}."
    )


#: Where SeedWarnings go instead of to Python's warnings; None where they go there.
_collected: ContextVar[list[str] | None] = ContextVar("collected", default=None)


@contextmanager
def collected_warnings() -> Iterator[list[str]]:
    """Meanwhile this thread's SeedWarnings are sentences of that list: their reader has no line of Python's."""
    sentences: list[str] = []
    token = _collected.set(sentences)
    try:
        yield sentences
    finally:
        _collected.reset(token)


def warn(sentence: str) -> None:
    """A SeedWarning that points at the test's own line."""
    collected = _collected.get()
    if collected is not None:
        collected.append(sentence)
        return
    warnings.warn(sentence, SeedWarning, stacklevel=_frames_to_the_test())


def _frames_to_the_test() -> int:
    """How far up the first frame outside this package is, so that the warning points at the test's own line."""
    package = __name__.partition(".")[0] + "."
    frame = sys._getframe(1)
    level = 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith(package):
        frame = frame.f_back
        level += 1
    return level


def check_count(number: object, name: str) -> int:
    """``number``, if it counts something; ValueError otherwise."""
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise ValueError(f"{name}={number!r} counts nothing: give a whole number from 0 on.")
    return number


def check_description(description: object) -> None:
    """ValueError for what is no description of a version or alias."""
    if description is not None and (not isinstance(description, str) or len(description) > LONGEST_DESCRIPTION):
        raise ValueError(
            f"description={description!r} is no description: pass a str of up to {LONGEST_DESCRIPTION} characters."
        )


# --- Places ----------------------------------------------------------------------------------------------------


# --- Names -----------------------------------------------------------------------------------------------------


def check_name(name: object) -> str:
    """``name``, if AWS would take it; ValueError otherwise."""
    if not isinstance(name, str):
        raise ValueError(f"name={name!r} is no name: pass a str.")
    if not 1 <= len(name) <= LONGEST_NAME:
        raise ValueError(f"name {name!r} has {len(name)} characters, and AWS takes 1 to {LONGEST_NAME}.")
    character = forbidden_character(name)
    if character is not None:
        raise ValueError(
            f"name {name!r} contains {character!r}, which AWS refuses: use letters, digits, '-', '_' and '.'."
        )
    return name


def names(template: str, how_many: int, taken: Container[str], *, given: int = 0) -> list[str]:
    """``how_many`` names from ``template``, none of them taken; the default one runs on after the ``given`` ones."""
    if template == DEFAULT_NAMES:
        return _free_names(how_many, taken, given)
    if not isinstance(template, str):
        raise ValueError(f"name={template!r} is no template for names: write it like 'nightly-{{index}}'.")
    made = [check_name(_fill(template, index)) for index in range(how_many)]
    if len(set(made)) < len(made):
        raise ValueError(f"name={template!r} gives several executions one name: put {{index}} into it.")
    for name in made:
        check_free(name, taken)
    return made


def _free_names(how_many: int, taken: Container[str], first: int) -> list[str]:
    names = (f"{_BEFORE_INDEX}{index}{_AFTER_INDEX}" for index in count_from(first))
    return list(islice((name for name in names if name not in taken), how_many))


def _fill(template: str, index: int) -> str:
    try:
        return template.format(index=index)
    except (LookupError, ValueError, AttributeError, TypeError):
        raise ValueError(
            f"name={template!r} is no template for names: its only field is {{index}}, as in 'nightly-{{index}}'."
        ) from None


def check_free(name: str, taken: Container[str]) -> None:
    if name in taken:
        raise ValueError(
            f"An execution named {name!r} exists already: AWS keeps the names of one state machine's executions apart."
        )


# --- Many at once ----------------------------------------------------------------------------------------------


def lives(
    now: int,
    count: object,
    ending: Ending,
    *,
    start_date: clock.Date | None,
    interval: timedelta,
    duration: timedelta,
) -> list[Attempt]:
    """The one attempt each of ``count`` executions started one ``interval`` after the other, the oldest first.

    Without ``start_date`` the newest starts now; and where the duration was left to us too, those that would go on
    beyond now have stopped by now, so that what is seeded as closed is closed.
    """
    count = check_count(count, "count")
    step = _step(interval)
    first = now - (count - 1) * step if start_date is None else clock.to_moment(start_date, now, name="start_date")
    last = first + (count - 1) * step
    length = clock.to_milliseconds(duration, name="duration")
    if count:
        clock.check(first, "The oldest start date")
        clock.check(last + length, "The newest stop date")
    if ending.status == "RUNNING":
        if duration is not DEFAULT_DURATION:
            raise ValueError(
                "RUNNING executions have not stopped: leave duration out, or give the status they end with."
            )
        return [Attempt(start) for start in _starts(first, step, count)]
    latest_stop = now if start_date is None and duration is DEFAULT_DURATION else last + length
    return [Attempt(start, min(start + length, latest_stop), ending) for start in _starts(first, step, count)]


def _starts(first: int, step: int, count: int) -> list[int]:
    return [first + index * step for index in range(count)]


def _step(interval: object) -> int:
    if not isinstance(interval, timedelta) or interval < timedelta(0):
        raise ValueError(f"interval={interval!r} is no time between two starts: give a timedelta, zero or longer.")
    return interval // timedelta(milliseconds=1)
