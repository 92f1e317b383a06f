"""Executions that start one another: how deeply their runs are nested on Python's stack, and whether they ever end.

StartExecution answers a task after the started execution has run, so that its run advances inside the run of the task.
A rule of EventBridge starts executions too, when another one starts or ends.
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
#: How often executions of a state machine may lead to another one of it at one moment, and a change to another change.
_MOST_REPEATS = 1000


class NestingError(RuntimeError):
    """Executions start one another without end at one moment, or StartSyncExecution is nested too deeply.

    AWS would go on for ever; the call that began it raises this error. The executions so far exist.
    """


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


class ChangeChain(NamedTuple):
    """The status changes that led to one another during one call, through rules of EventBridge.

    Attributes:
        machines: The ARNs of their state machines.
        repeats: How often each state machine has caused a change of its own executions. All changes that one change has
            led to share it.
    """

    machines: frozenset[str] = frozenset()
    repeats: Counter[str] | None = None

    def followed_by(self, machine_arn: str, moment: int) -> ChangeChain:
        """Return the chain with another change.

        Raises:
            NestingError: If the state machine keeps causing its own changes.
        """
        repeats = Counter() if self.repeats is None else self.repeats
        if _is_endless(machine_arn, self.machines, repeats):
            raise NestingError(
                f"{machine_arn} keeps causing its own status changes at {clock.describe(moment)}: one change has led "
                f"to {_MOST_REPEATS} others through rules of EventBridge. Let the patterns of the rules match fewer "
                f"changes."
            )
        return ChangeChain(self.machines | {machine_arn}, repeats)


def _is_endless(machine_arn: str, machines: frozenset[str], repeats: Counter[str]) -> bool:
    """Count a state machine, if it is one of those that led to it; return whether that happens too often."""
    repeats[machine_arn] += machine_arn in machines
    return repeats[machine_arn] > _MOST_REPEATS


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
    if _is_endless(machine_arn, machines, repeats):
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
