"""The executions of one machine or map run, kept in the order that ListExecutions shows.

The order is kept, not made for each call: there is one sorted list for each possible listing (of everything, one
version or one alias; of all statuses or one; of redriven executions or others). ``settle`` updates the lists to a
moment by moving only the executions whose state has changed; a page then takes time for its length and for one search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar, cast

from sortedcontainers import SortedList

from sfn_mock.state.garbage_collection import left_alone
from sfn_mock.state.time_lines import Attempt, TimeLine

_Execution = TypeVar("_Execution", bound=TimeLine)

#: A place in the order: the date an execution sorts by and, for equal dates, its place in the order of adding.
Position = tuple[int, int]
#: An execution as it stands: date and sequence of its position, which sort it; itself; its status; and the attempt in
#: force if that is a redrive. The date is that of its stop unless it is RUNNING. A plain tuple, as pages are made of
#: them by the thousand.
Entry = tuple[int, int, _Execution, str, Attempt | None]

#: Which listing a list is for: version number or alias name, status, and whether redriven; None for all.
_Key = tuple[str | None, str | None, bool | None]
#: What decides which lists an entry is in: version number, alias name, status, and whether redriven.
_Traits = tuple[str | None, str | None, str, bool]


_NO_ENTRIES: SortedList[Any] = SortedList()


class ExecutionIndex(Generic[_Execution]):
    def __init__(self, *, retention: int | None, tells_redriven: bool = False) -> None:
        """Make an empty index; only with ``tells_redriven`` it has listings by redrives."""
        #: In the order of adding.
        self.executions: list[_Execution] = []
        #: How many milliseconds after they close its executions are kept; None for no limit.
        self.retention = retention
        self._tells_redriven = tells_redriven
        self._placed = 0
        self._settled = 0
        self._upcoming: SortedList[tuple[int, int, _Execution]] = SortedList()
        self._lists: dict[_Key, SortedList[Entry[_Execution]]] = {}
        #: False while the order changes: if an interrupt leaves it so, the next settling sorts everything again.
        self._is_sound = True

    def add(self, executions: Iterable[_Execution]) -> None:
        """Add executions; the next settling sorts them in."""
        self.executions.extend(executions)

    def remove(self, execution: _Execution) -> None:
        was_sound, self._is_sound = self._is_sound, False
        if was_sound and self._is_placed(execution):
            self._take_out(execution)
            self._placed -= 1
        self.executions.remove(execution)
        self._is_sound = was_sound

    def change(self, execution: _Execution, attempts: tuple[Attempt, ...]) -> None:
        """Change the time line of an execution."""
        if not self._is_sound or not self._is_placed(execution):
            execution.attempts = attempts
            return
        self._is_sound = False
        self._take_out(execution)
        execution.attempts = attempts
        self._put_in([execution])
        self._is_sound = True

    def lose_order(self) -> None:
        """Let the next settling sort everything again."""
        self._is_sound = False

    def keep_for(self, retention: int | None) -> None:
        """Set how many milliseconds executions are kept after they close; it applies to closed ones too."""
        self._is_sound = False
        self.retention = retention

    def settle(self, moment: int) -> None:
        """Update all lists to ``moment``, which may be later or earlier than the last one."""
        if not self._is_sound:
            with left_alone():
                self._rebuild(moment)
            return
        changed = list(self._changed_by(moment)) if moment != self._settled else []
        if not changed and self._placed == len(self.executions):
            self._settled = moment
            return
        with left_alone():
            if 4 * len(changed) > self._placed:
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
        """Return up to ``size`` entries, newest first, that sort before ``before``; as of the last settling.

        If the clock has moved back since ``seen_until``, entries that were further ahead then are left out: they may
        have been seen there, because time moves executions only to the front.
        """
        entries = self._lists.get((scope, status, redriven), _NO_ENTRIES)
        bound: Any = before  # a shorter tuple sorts before every longer one that starts the same
        found = entries.irange(None, bound, reverse=True)
        if before is not None and seen_until > self._settled:
            found = (entry for entry in found if _position(entry[2], seen_until) < before)
        return list(islice(found, size))

    def newest(
        self, scope: str | None = None, status: str | None = None, redriven: bool | None = None
    ) -> Sequence[Entry[_Execution]]:
        """Return all entries that ``page`` can return, the newest last; as of the last settling."""
        return cast("Sequence[Entry[_Execution]]", self._lists.get((scope, status, redriven), _NO_ENTRIES))

    # --- Keeping the order ---------------------------------------------------------------------------------------

    def _is_placed(self, execution: _Execution) -> bool:
        return self._placed > 0 and execution.sequence <= self.executions[self._placed - 1].sequence

    def _changed_by(self, moment: int) -> Iterator[_Execution]:
        """Yield the executions whose state at ``moment`` differs from the last settling."""
        if moment > self._settled:
            bound: Any = (moment + 1,)
            for _, _, execution in self._upcoming.irange(None, bound):
                yield execution
        else:
            # Moving back is rare, so it has no index: each execution is checked.
            for execution in islice(self.executions, self._placed):
                if _unchanged_since(execution, self._settled, self.retention) > moment:
                    yield execution

    def _move(self, changed: list[_Execution], moment: int) -> None:
        self._is_sound = False
        for execution in changed:
            self._take_out(execution)
        self._settled = moment
        new = self.executions[self._placed :]
        self._placed += len(new)
        self._put_in([*changed, *new])
        self._is_sound = True

    def _rebuild(self, moment: int) -> None:
        self._is_sound = False
        self._settled = moment
        self._upcoming = SortedList()
        self._lists = {}
        self._placed = len(self.executions)
        self._put_in(self.executions)
        self._is_sound = True

    def _put_in(self, executions: Sequence[_Execution]) -> None:
        moment, retention = self._settled, self.retention
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

    def _take_out(self, execution: _Execution) -> None:
        retention = self.retention
        until = execution.next_change_after(self._settled, retention)
        if until is not None:
            self._upcoming.remove((until, execution.sequence, execution))
        entry = _entry(execution, self._settled, retention)
        if entry is not None:
            for key in self._keys(*_traits(entry)):
                self._lists[key].remove(entry)

    def _keys(self, version: str | None, alias: str | None, status: str, redriven: bool) -> Iterator[_Key]:
        """Yield the lists that executions with these traits are in."""
        for scope in {None, version, alias}:
            yield scope, None, None
            yield scope, status, None
            if self._tells_redriven:
                yield scope, None, redriven
                yield scope, status, redriven


def _entry(execution: _Execution, moment: int, retention: int | None) -> Entry[_Execution] | None:
    """Return the entry of an execution at ``moment``; None before its start and after its retention.

    Running executions sort by their start or last redrive, all others by their stop date (ListExecutions). Also EXPRESS
    child executions, whose redrives have no date: sorted by their start again, they would fall back behind the page
    that showed them already.
    """
    attempt = execution.attempt_at(moment)
    if attempt is None:
        return None
    redriven = attempt if attempt.redrive_count else None
    stop = attempt.stop_at(moment)
    if stop is None:
        return attempt.since, execution.sequence, execution, "RUNNING", redriven
    forgotten = attempt.forgotten_after(retention)
    if forgotten is not None and forgotten <= moment:
        return None
    return stop, execution.sequence, execution, attempt.ending.status, redriven


def _position(execution: TimeLine, moment: int) -> Position:
    """Return the position at ``moment`` of an execution that has started, kept or not."""
    attempt = execution.attempt_at(moment)
    assert attempt is not None
    stop = attempt.stop_at(moment)
    return attempt.since if stop is None else stop, execution.sequence


def _traits(entry: Entry[TimeLine]) -> _Traits:
    _, _, execution, status, redriven = entry
    return execution.origin.version_number, execution.origin.alias_name, status, redriven is not None


def _unchanged_since(execution: TimeLine, moment: int, retention: int | None) -> int:
    """Return when its state at ``moment`` began; 0 if it has not started."""
    attempt = execution.attempt_at(moment)
    if attempt is None:
        return 0
    forgotten = attempt.forgotten_after(retention)
    if forgotten is not None and forgotten <= moment:
        # A child that has waited for its redrive in vain shows a stop long before that.
        return max(attempt.since, forgotten)
    return max(attempt.since, attempt.stop_at(moment) or 0)
