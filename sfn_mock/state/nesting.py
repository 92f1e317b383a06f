"""Executions that start one another: how deeply their runs are nested on Python's stack, and whether they ever end.

StartExecution answers a task after the started execution has run, so that its run advances inside the run of the task.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from sfn_mock.state import clock

#: How many runs may advance inside one another in a thread; each takes some fifty of Python's thousand frames.
_DEEPEST = 10
#: How often executions of a state machine may lead to another one of it at one moment.
_MOST_REPEATS = 1000


class NestingError(RuntimeError):
    """Executions start one another without end, or StartSyncExecution is nested too deeply."""


class StartChain(NamedTuple):
    """The executions that started one another at one moment, up to a new one.

    Attributes:
        moment: When they started.
        machines: The ARNs of their state machines.
        repeats: How often each state machine has started itself, also through others. All executions that one start
            has led to share it, so that a tree of starts has an end too.
    """

    moment: int
    machines: frozenset[str]
    repeats: Counter[str]


#: The chains of the runs that are advancing in this thread, the innermost last.
_advancing: ContextVar[tuple[StartChain, ...]] = ContextVar("advancing", default=())


def chain_of(machine_arn: str, moment: int) -> StartChain:
    """Return the chain of an execution that starts now.

    Raises:
        NestingError: If the state machine keeps starting itself at one moment.
    """
    starters = _advancing.get()
    if not starters or starters[-1].moment != moment:
        return StartChain(moment, frozenset({machine_arn}), Counter())
    _, machines, repeats = starters[-1]
    if machine_arn in machines:
        repeats[machine_arn] += 1
        if repeats[machine_arn] > _MOST_REPEATS:
            raise NestingError(
                f"{machine_arn} keeps starting itself at {clock.describe(moment)}: one start of it has led to "
                f"{_MOST_REPEATS} others without a pause. Let the definition stop, or wait before it starts the next "
                f"one; with wait_scale=0 no Wait state takes time."
            )
    return StartChain(moment, machines | {machine_arn}, repeats)


@contextmanager
def nested(chain: StartChain) -> Iterator[None]:
    """Nest a run that advances inside the block in those that are advancing in this thread."""
    before = _advancing.get()
    try:
        try:
            _advancing.set((*before, chain))
            yield
        finally:
            _advancing.set(before)
    finally:
        # An interrupt may have come just before this line.
        _advancing.set(before)


def is_outermost() -> bool:
    """Return whether no run is advancing in this thread."""
    return not _advancing.get()


def is_deepest() -> bool:
    """Return whether so many runs are nested in this thread that another one must wait."""
    return len(_advancing.get()) >= _DEEPEST


def refuse_deepest(execution_arn: str) -> None:
    """Raise NestingError if an execution cannot run to its end now, inside so many others."""
    if is_deepest():
        raise NestingError(
            f"{execution_arn} cannot run inside {_DEEPEST} executions, each of which waits in a task for "
            f"StartSyncExecution: the mock runs them on Python's stack. Nest fewer of them, or mock_task() one."
        )
