"""The executions of one machine or map run, kept in the order that ListExecutions shows.

Order is kept, not made per call: for each scope (everything, one version, one alias) and each status and whether
redriven, one sorted list. ``settle`` brings the lists to a moment by moving only those executions whose state changed
since the moment before; a page then costs its own length and a search for where it begins.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sortedcontainers import SortedList

from sfn_mock.store.executions import Attempt, Execution

#: Newest last: the date it sorts by and, for equal dates, its place in the order of adding, in one number.
Entry = tuple[int, Execution]
#: Its status, and whether it has been redriven.
Bucket = tuple[str, bool]

_SEQUENCE_BITS = 32


class Placement(NamedTuple):
    """Where an execution stands in the index."""

    #: Since when it has been in this state.
    since: int
    #: When its state changes next, by itself.
    until: int | None
    #: None for one that has not started, or is kept no longer.
    bucket: Bucket | None
    entry: Entry


def sort_key(execution: Execution, attempt: Attempt, moment: int) -> int:
    """Running executions sort by their start or last redrive, all others by their stop date (ListExecutions).

    Also EXPRESS child executions, whose redrives have no date: sorted by their start again, they would fall back
    behind the page that showed them already.
    """
    stop = attempt.stop_at(moment)
    date = attempt.since if stop is None else stop
    return date << _SEQUENCE_BITS | execution.sequence


class ExecutionIndex:
    def __init__(self) -> None:
        #: In the order of adding.
        self.executions: list[Execution] = []
        self._placed = 0
        self._settled = 0
        self._upcoming: SortedList[tuple[int, int, Execution]] = SortedList()
        self._lists: dict[str | None, dict[Bucket, SortedList[Entry]]] = {}

    def add(self, executions: Iterable[Execution]) -> None:
        """Take in new executions; they are sorted in when the index is next settled."""
        self.executions.extend(executions)

    def remove(self, execution: Execution) -> None:
        self.executions.remove(execution)
        if execution.placement is not None:
            self._take_out(execution)
            self._placed -= 1
            execution.placement = None

    def change(self, execution: Execution, attempts: tuple[Attempt, ...]) -> None:
        """Give ``execution`` another time line."""
        if execution.placement is None:
            execution.attempts = attempts
            return
        self._take_out(execution)
        execution.attempts = attempts
        self._put_in([execution])

    def settle(self, moment: int) -> None:
        """Bring every list to ``moment``, be it later or earlier than the last."""
        changed = list(self._changed_by(moment))
        self._settled = moment
        if 4 * len(changed) > self._placed:
            self._rebuild()
        else:
            for execution in changed:
                self._take_out(execution)
            self._put_in(changed)
            new = self.executions[self._placed :]
            self._placed = len(self.executions)
            self._put_in(new)

    def page(
        self, scope: str | None, status: str | None, redriven: bool | None, before: int | None, size: int
    ) -> list[Entry]:
        """Up to ``size`` entries, newest first, that sort before the key ``before``; as of the last settling."""
        lists = [
            entries
            for bucket, entries in self._lists.get(scope, {}).items()
            if (status is None or bucket[0] == status) and (redriven is None or bucket[1] == redriven)
        ]
        walks = [entries.irange(None, _before(before), reverse=True) for entries in lists]
        newest_first: Iterator[Entry] = walks[0] if len(walks) == 1 else heapq.merge(*walks, reverse=True)
        return list(islice(newest_first, size))

    def count(self, status: str) -> int:
        """How many executions have ``status``, as of the last settling."""
        return sum(len(entries) for bucket, entries in self._lists.get(None, {}).items() if bucket[0] == status)

    # --- Keeping the order ---------------------------------------------------------------------------------------

    def _changed_by(self, moment: int) -> Iterator[Execution]:
        """Those whose state at ``moment`` is another than when last settled."""
        if moment >= self._settled:
            for _, _, execution in self._upcoming.irange(None, _before(moment + 1)):
                yield execution
        else:
            # Going back is rare, so nothing is kept for it: one look at each execution.
            for execution in islice(self.executions, self._placed):
                if execution.placement is not None and execution.placement.since > moment:
                    yield execution

    def _rebuild(self) -> None:
        self._upcoming = SortedList()
        self._lists = {}
        self._placed = len(self.executions)
        self._put_in(self.executions)

    def _put_in(self, executions: Sequence[Execution]) -> None:
        moment = self._settled
        upcoming: list[tuple[int, int, Execution]] = []
        entries: dict[tuple[str | None, Bucket], list[Entry]] = {}
        for execution in executions:
            placement = execution.placement = _placement(execution, moment)
            if placement.until is not None:
                upcoming.append((placement.until, execution.sequence, execution))
            if placement.bucket is not None:
                for scope in _scopes(execution):
                    entries.setdefault((scope, placement.bucket), []).append(placement.entry)
        self._upcoming.update(upcoming)
        for (scope, bucket), found in entries.items():
            self._lists.setdefault(scope, {}).setdefault(bucket, SortedList()).update(found)

    def _take_out(self, execution: Execution) -> None:
        placement = execution.placement
        assert placement is not None
        if placement.until is not None:
            self._upcoming.remove((placement.until, execution.sequence, execution))
        if placement.bucket is not None:
            for scope in _scopes(execution):
                self._lists[scope][placement.bucket].remove(placement.entry)


def _before(first: int | None) -> Any:
    """The bound below which all entries start with less than ``first``; none for None.

    A shorter tuple sorts before every longer one that starts the same.
    """
    return None if first is None else (first,)


def _scopes(execution: Execution) -> Iterator[str | None]:
    yield None
    if execution.version_number is not None:
        yield execution.version_number
    if execution.alias_name is not None:
        yield execution.alias_name


def _placement(execution: Execution, moment: int) -> Placement:
    attempt = execution.attempt_at(moment)
    until = execution.next_change_after(moment)
    if attempt is None:
        return Placement(0, until, None, (0, execution))
    forgotten = attempt.forgotten_after(execution.retention)
    if forgotten is not None and forgotten <= moment:
        return Placement(forgotten, until, None, (0, execution))
    status = attempt.status_at(moment)
    stop = attempt.stop_at(moment)
    since = attempt.since if stop is None else max(attempt.since, stop)
    entry = (sort_key(execution, attempt, moment), execution)
    return Placement(since, until, (status, attempt.redrive_count > 0), entry)
