"""The number of fuzz cases, their seeds, and the limits of time and memory for each."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from types import FrameType

#: The part of all cases to try: 1 in `tox -e fuzz`. Without it each kind tries as many as the suite has time for.
_SCALE = float(os.environ.get("SFN_MOCK_FUZZ", "0"))
_ONE = os.environ.get("SFN_MOCK_SEED")
#: The most cases of one test, so that the processes of pytest-xdist share the cases of a kind.
_CASES_OF_A_TEST = 10_000
#: Processor time that one case may take, in seconds.
_LONGEST = 20
#: By how much memory may grow after the first tenth of the cases, in MiB. The record of calls alone keeps up to 32.
_MOST_GROWTH = 96

#: Seeds that found a fault before, by kind of case: every run tries them.
KEPT: dict[str, tuple[int, ...]] = {
    # half a surrogate in the payload of a function
    "definitions": (4165,),
    # targets that moto cannot read, and a failure within one of its services
    "sockets": (66, 1408),
}


class HangError(BaseException):
    """A case does not end. It is not an Exception, so that handlers in the code under test do not catch it."""


def seeds(whole: int, part: int) -> list[range]:
    """Return the seeds of one kind of case: ``whole`` of them in `tox -e fuzz`, ``part`` of them in the suite.

    They are cut into ranges, one for each test.
    """
    if _ONE:
        return [range(int(_ONE), int(_ONE) + 1)]
    how_many = max(part, round(whole * _SCALE))
    firsts = range(0, how_many, _CASES_OF_A_TEST)
    return [range(first, min(first + _CASES_OF_A_TEST, how_many)) for first in firsts]


def cases(kind: str, numbers: range) -> Iterator[Random]:
    """Yield a random generator for each seed, the kept ones before seed 0; a failure prints the seed."""
    kept = KEPT.get(kind, ()) if numbers[0] == 0 else ()
    settled = 0
    for index, number in enumerate([*kept, *numbers]):
        try:
            with _in_time():
                yield Random(f"{kind} {number}")
        except BaseException:
            print(f"The same again: SFN_MOCK_SEED={number} pytest tests/fuzzing -k {kind}")
            raise
        if index == len(numbers) // 10:
            settled = _memory()
    growth = _memory() - settled

    assert growth < _MOST_GROWTH, f"{len(numbers)} cases took {growth} MiB that were not given back"


def _memory() -> int:
    """Return the peak memory of the process, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # In bytes on macOS, in KiB elsewhere.
    return most >> (20 if sys.platform == "darwin" else 10)


@contextmanager
def _in_time() -> Iterator[None]:
    """Raise HangError if the block takes too much processor time, which other processes do not use up."""

    def give_up(number: int, frame: FrameType | None) -> None:
        raise HangError(f"A case takes more than {_LONGEST} seconds.")

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, _LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
