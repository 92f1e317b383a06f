"""The executions of one state machine or map run in the order of ListExecutions.

There is a sorted list for each possible listing: of all executions, one version or one alias; of all statuses or one;
of redriven executions or others. `update_to` brings the lists to a moment and moves only the executions whose state
has changed. A page then takes one search and time in proportion to its length.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar, cast

from sortedcontainers import SortedList

from sfn_mock.state.garbage_collection import collector_paused
from sfn_mock.state.time_lines import Attempt, TimeLine

_Execution = TypeVar("_Execution", bound=TimeLine)

#: A position in a list: the date by which an execution sorts and, for equal dates, its position in the order of adding.
Position = tuple[int, int]
#: An execution in a list: the date and sequence of its position, the execution, its status, and the attempt in force if
#: that is a redrive. The date is that of the stop unless the execution is RUNNING. Entries are plain tuples, because a
#: page has up to a thousand.
Entry = tuple[int, int, _Execution, str, Attempt | None]

#: The key of a list: version number or alias name, status, and whether redriven; None for all.
_Key = tuple[str | None, str | None, bool | None]
#: The traits that decide which lists an entry is in: version number, alias name, status, and whether redriven.
_Traits = tuple[str | None, str | None, str, bool]


_NO_ENTRIES: SortedList[Any] = SortedList()


class ExecutionIndex(Generic[_Execution]):
    """The executions of a state machine or map run, sorted for all listings."""

    def __init__(self, *, retention: int | None, lists_redriven: bool = False) -> None:
        """Create an empty index; only with `lists_redriven` it has listings by redrives."""
        #: In the order of adding. The next update sorts in those appended since the last one.
        self.executions: list[_Execution] = []
        #: How long closed executions are kept in milliseconds, None for no limit.
        self.retention = retention
        self._lists_redriven = lists_redriven
        self._indexed = 0
        self._moment = 0
        self._upcoming: SortedList[tuple[int, int, _Execution]] = SortedList()
        self._lists: dict[_Key, SortedList[Entry[_Execution]]] = {}
        #: False while the lists change. If an interrupt leaves it False, the next update sorts everything again.
        self._is_valid = True

    def remove(self, execution: _Execution) -> None:
        """Remove an execution."""
        was_valid, self._is_valid = self._is_valid, False
        if was_valid and self._is_indexed(execution):
            self._remove(execution)
            self._indexed -= 1
        self.executions.remove(execution)
        self._is_valid = was_valid

    def change(self, execution: _Execution, attempts: tuple[Attempt, ...]) -> None:
        """Change the time line of an execution."""
        if not self._is_valid or not self._is_indexed(execution):
            execution.attempts = attempts
            return
        self._is_valid = False
        self._remove(execution)
        execution.attempts = attempts
        self._insert([execution])
        self._is_valid = True

    def invalidate(self) -> None:
        """Make the next update sort everything again."""
        self._is_valid = False

    def set_retention(self, retention: int | None) -> None:
        """Set how long closed executions are kept in milliseconds; it applies to those already closed too."""
        self._is_valid = False
        self.retention = retention

    def update_to(self, moment: int) -> None:
        """Update all lists to a moment, which may be later or earlier than the last one."""
        if not self._is_valid:
            with collector_paused():
                self._rebuild(moment)
            return
        changed = list(self._changed_by(moment)) if moment != self._moment else []
        if not changed and self._indexed == len(self.executions):
            self._moment = moment
            return
        with collector_paused():
            if 4 * len(changed) > self._indexed:
                self._rebuild(moment)
            else:
                self._move(changed, moment)

    def page(
        self,
        scope: str | None,
        status: str | None,
        redriven: bool | None,
        before: Position | None,
        size: int,
        seen_until: int,
    ) -> list[Entry[_Execution]]:
        """Return up to `size` entries, newest first, that sort before `before`, as of the last update.

        If the clock has moved back since `seen_until`, entries that were further to the front then are omitted. An
        earlier page may have shown them, because time moves executions only to the front.
        """
        entries = self._lists.get((scope, status, redriven), _NO_ENTRIES)
        bound: Any = before  # a shorter tuple sorts before every longer one that starts the same
        found = entries.irange(None, bound, reverse=True)
        if before is not None and seen_until > self._moment:
            found = (entry for entry in found if _position(entry[2], seen_until) < before)
        return list(islice(found, size))

    def newest(
        self, scope: str | None = None, status: str | None = None, redriven: bool | None = None
    ) -> Sequence[Entry[_Execution]]:
        """Return all entries that `page` can return, the newest last, as of the last update."""
        return cast("Sequence[Entry[_Execution]]", self._lists.get((scope, status, redriven), _NO_ENTRIES))

    # --- Sorted lists --------------------------------------------------------------------------------------------

    def _is_indexed(self, execution: _Execution) -> bool:
        return self._indexed > 0 and execution.sequence <= self.executions[self._indexed - 1].sequence

    def _changed_by(self, moment: int) -> Iterator[_Execution]:
        """Yield the executions whose state at a moment differs from the last update."""
        if moment > self._moment:
            bound: Any = (moment + 1,)
            for _, _, execution in self._upcoming.irange(None, bound):
                yield execution
        else:
            # The clock rarely moves back, so there is no index for it; each execution is checked.
            for execution in islice(self.executions, self._indexed):
                if _unchanged_since(execution, self._moment, self.retention) > moment:
                    yield execution

    def _move(self, changed: list[_Execution], moment: int) -> None:
        self._is_valid = False
        for execution in changed:
            self._remove(execution)
        self._moment = moment
        new = self.executions[self._indexed :]
        self._indexed += len(new)
        self._insert([*changed, *new])
        self._is_valid = True

    def _rebuild(self, moment: int) -> None:
        self._is_valid = False
        self._moment = moment
        self._upcoming = SortedList()
        self._lists = {}
        self._indexed = len(self.executions)
        self._insert(self.executions)
        self._is_valid = True

    def _insert(self, executions: Sequence[_Execution]) -> None:
        moment, retention = self._moment, self.retention
        upcoming: list[tuple[int, int, _Execution]] = []
        alike: dict[_Traits, list[Entry[_Execution]]] = {}
        for execution in executions:
            until = execution.next_change_after(moment, retention)
            if until is not None:
                upcoming.append((until, execution.sequence, execution))
            entry = _entry(execution, moment, retention)
            if entry is not None:
                alike.setdefault(_traits(entry), []).append(entry)
        self._upcoming.update(upcoming)
        new: dict[_Key, list[Entry[_Execution]]] = {}
        for traits, entries in alike.items():
            for key in self._keys(*traits):
                new.setdefault(key, []).extend(entries)
        for key, entries in new.items():
            self._lists.setdefault(key, SortedList()).update(entries)

    def _remove(self, execution: _Execution) -> None:
        retention = self.retention
        until = execution.next_change_after(self._moment, retention)
        if until is not None:
            self._upcoming.remove((until, execution.sequence, execution))
        entry = _entry(execution, self._moment, retention)
        if entry is not None:
            for key in self._keys(*_traits(entry)):
                self._lists[key].remove(entry)

    def _keys(self, version: str | None, alias: str | None, status: str, redriven: bool) -> Iterator[_Key]:
        """Yield the keys of the lists that contain executions with these traits."""
        for scope in {None, version, alias}:
            yield scope, None, None
            yield scope, status, None
            if self._lists_redriven:
                yield scope, None, redriven
                yield scope, status, redriven


def _entry(execution: _Execution, moment: int, retention: int | None) -> Entry[_Execution] | None:
    """Return the entry of an execution at a moment, None before its start and after its retention.

    RUNNING executions sort by their start or last redrive, all others by their stop date (ListExecutions). This also
    holds for EXPRESS child executions, although their redrives show no date: sorted by their start, they could come
    after the page that has already shown them.
    """
    attempt = execution.attempt_at(moment)
    if attempt is None:
        return None
    redriven = attempt if attempt.redrive_count else None
    stop = attempt.stop_at(moment)
    if stop is None:
        return attempt.since, execution.sequence, execution, "RUNNING", redriven
    expiry = attempt.expires_at(retention)
    if expiry is not None and expiry <= moment:
        return None
    return stop, execution.sequence, execution, attempt.ending.status, redriven


def _position(execution: TimeLine, moment: int) -> Position:
    """Return the position of a started execution at a moment, even if its retention has passed."""
    attempt = execution.attempt_at(moment)
    assert attempt is not None
    stop = attempt.stop_at(moment)
    return attempt.since if stop is None else stop, execution.sequence


def _traits(entry: Entry[TimeLine]) -> _Traits:
    _, _, execution, status, redriven = entry
    return execution.origin.version_number, execution.origin.alias_name, status, redriven is not None


def _unchanged_since(execution: TimeLine, moment: int, retention: int | None) -> int:
    """Return since when the state of an execution has been as it is at a moment; 0 if it has not started."""
    attempt = execution.attempt_at(moment)
    if attempt is None:
        return 0
    expiry = attempt.expires_at(retention)
    if expiry is not None and expiry <= moment:
        # A child that has waited for its redrive in vain shows a stop long before that.
        return max(attempt.since, expiry)
    return max(attempt.since, attempt.stop_at(moment) or 0)
