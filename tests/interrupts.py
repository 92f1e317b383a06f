"""Interrupts between lines, and checks of the state after one."""

from __future__ import annotations

import gc
import linecache
import os
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NamedTuple

import sfn_mock
from sfn_mock.state import clock, seed_warnings
from sfn_mock.state.execution_index import ExecutionIndex
from sfn_mock.state.records import Records

#: Whether each execution of a line is interrupted, not only the first.
SOAK = "SFN_MOCK_SOAK" in os.environ
PACKAGE = str(Path(sfn_mock.__file__).parent)


class Interrupt(BaseException):
    """The exception of a signal, like those of Ctrl-C and pytest-timeout."""


class Line(NamedTuple):
    """One execution of a line."""

    file: str
    number: int
    #: Counted from 1.
    execution: int


class executed_lines:
    """Counts the lines of the package that are executed."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, int]] = Counter()

    def __enter__(self) -> executed_lines:
        self._before = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        sys.settrace(self._before)

    def _trace(self, frame: FrameType, event: str, argument: object) -> Any:
        file = frame.f_code.co_filename
        if not file.startswith(PACKAGE):
            return None
        if event == "line" and _takes_signals(file, frame.f_lineno):
            self._counts[file, frame.f_lineno] += 1
        return self._trace

    def within(self, *places: str) -> Counter[tuple[str, int]]:
        """Return how often each line of these files or folders, by default of all, was executed."""
        starts = tuple(f"{PACKAGE}{os.sep}{place}" for place in places or ("",))
        return Counter({line: count for line, count in self._counts.items() if line[0].startswith(starts)})

    def chosen(self, *places: str, besides: Collection[tuple[str, int]] = ()) -> list[Line]:
        """Return the first execution of each line of these files or folders, or every one if SFN_MOCK_SOAK is set.

        The executions ``besides``, which another test interrupts, are left out.
        """
        chosen: list[Line] = []
        for (file, number), count in self.within(*places).items():
            if (file, number) not in besides:
                tried = count if os.environ.get("SFN_MOCK_SOAK") else 1
                chosen += (Line(file, number, execution + 1) for execution in range(tried))
        return chosen


def interrupted_at(line: Line) -> AbstractContextManager[None]:
    """Raise an Interrupt before one execution of a line, and catch it at the end of the block."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename != line.file:
            return None
        if event == "line" and frame.f_lineno == line.number:
            count += 1
            if count == line.execution:
                raise Interrupt
        return trace

    return _interrupted_by(trace)


def interrupted_after(lines: int) -> AbstractContextManager[None]:
    """Raise an Interrupt after a number of lines of the package, and catch it at the end of the block."""
    left = lines

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal left
        file = frame.f_code.co_filename
        if not file.startswith(PACKAGE):
            return None
        if event == "line":
            left -= 1
            if left < 0 and _takes_signals(file, frame.f_lineno):
                # Only once, so that the cleanup after it is not interrupted.
                sys.settrace(None)
                raise Interrupt
        return trace

    return _interrupted_by(trace)


@contextmanager
def _interrupted_by(trace: Callable[[FrameType, str, object], Any]) -> Iterator[None]:
    """Trace the block with a function that may raise an Interrupt, and catch that."""
    before = sys.gettrace()
    # The collector may close generators of earlier tests, and would ignore an Interrupt in one.
    gc.disable()
    sys.settrace(trace)
    try:
        yield
    except Interrupt:
        pass
    finally:
        sys.settrace(before)
        gc.enable()


@cache
def _takes_signals(file: str, number: int) -> bool:
    """Return whether Python may handle a signal before a line.

    It does not between a with or try and its first line, nor before the end of a with, where a line is traced again.
    """
    return not linecache.getline(file, number).lstrip().startswith(("with ", "async with ", "try:"))


def check_order(index: ExecutionIndex) -> None:
    """Compare every sorted list with a new sort of its items."""
    anew = ExecutionIndex(retention=index.retention, lists_redriven=index._lists_redriven)
    anew.executions.extend(index.executions)
    anew.update_to(index._moment)
    kept = {key: list(entries) for key, entries in index._lists.items() if entries}

    assert kept == {key: list(entries) for key, entries in anew._lists.items()}
    assert list(index._upcoming) == list(anew._upcoming)


def check_sound(sfn: Any) -> None:
    """Check that lists are sorted, that no lock is held, and that no use is unfinished."""
    for records in sfn._session.all_records():
        with records.using() as moment:
            for scope in (*records.state_machines.values(), *records.map_runs.values()):
                scope.index.update_to(moment)
                check_order(scope.index)

        for execution, run in records.schedule.live.items():
            assert execution in records.schedule._awake or records.schedule._due_of.get(execution) == run.next_due()
        assert records.undo.steps == []
        assert not records.status_changes._is_silenced
        assert (records._in_use, records.schedule.is_advancing) == (False, False)
        assert not records._lock._is_owned()
    assert clock._reading.get() is None
    assert seed_warnings._collected.get() is None


def contents(records: Records) -> Any:
    """All that the records contain, without ids from a counter."""
    machines = [
        (
            *(machine.name, machine.type, machine.revision, machine.updated, machine.tags, machine.deleting),
            [(version.number, version.description) for version in machine.versions.values()],
            [(alias.name, alias.routes, alias.description, alias.credits) for alias in machine.aliases.values()],
            machine.last_number,
            machine.published_at_creation,
            _executions_of(machine),
        )
        for machine in records.state_machines.values()
    ]
    map_runs = [
        (
            *(run.label, run.parent and run.parent.name, run.attempts, run.tolerance),
            *(run.max_concurrency, [turn.child.name for turn in run.pending_redrives], _executions_of(run)),
            run.parent is None or run in run.parent.map_runs,
        )
        for run in records.map_runs.values()
    ]
    upcoming = sorted((moment, since, run.name) for moment, _, since, run in records.status_changes.upcoming)
    tasks = [(token, task.execution.name) for token, task in records.tasks.items()]
    tokens = [(run.name, tokens) for run, tokens in records.redrive_tokens.items()]
    activities = [
        (activity.name, [task.token for task in activity.scheduled]) for activity in records.activities.values()
    ]
    return machines, map_runs, upcoming, tasks, tokens, activities


def _executions_of(scope: Any) -> Any:
    lines = [
        (run.name, run.start, run.attempts, run.origin.version_number, run.origin.alias_name)
        for run in scope.index.executions
    ]
    return lines, [name for name, run in scope.names.items() if run.owner is scope], scope.default_names
