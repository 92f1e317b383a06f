"""The jobs that the tasks of a run wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sfn_mock.asl.host import Failed, Succeeded
from sfn_mock.state import clock
from sfn_mock.state.records import Records

End = Succeeded | Failed
#: A function that polls a job; it returns the end of the task, None while the job is running.
Poll = Callable[[], End | None]


class Jobs:
    """The jobs of the tasks of one run, by token.

    If the clock jumps, a job may have stopped long before the moment to which its run advances. The jobs are therefore
    polled before the run advances, and their stops are due like other actions of the run.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._polls: dict[str, Poll] = {}
        #: When the jobs stopped that have ended.
        self._stops: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self._polls)

    def __contains__(self, token: str) -> bool:
        return token in self._polls

    def add(self, token: str, poll: Poll) -> None:
        """Add the job of a task that has just started."""
        self._polls[token] = poll

    def forget(self, token: str) -> None:
        """Remove the job of a task that no longer waits for it."""
        self._records.undo.save_item(self._polls, token)
        self._polls.pop(token, None)
        self._stops.pop(token, None)

    def poll_all(self, latest: int) -> None:
        """Poll all jobs; `latest` is the stop of an ended job whose service does not give one."""
        self._stops.clear()
        for token, poll in list(self._polls.items()):
            self._ask(token, poll, latest)

    def poll_new(self, token: str, latest: int) -> None:
        """Poll a new job, which may have ended already."""
        self._ask(token, self._polls[token], latest)

    def next_stop(self) -> int | None:
        """Return the earliest stop of the ended jobs, None if none has ended."""
        return min(self._stops.values(), default=None)

    def stopped(self, moment: int, latest: int) -> Iterator[tuple[str, End, int]]:
        """Yield the token, the end and the stop of each job that stopped by a moment."""
        for token, poll in list(self._polls.items()):
            if self._stops.get(token, clock.NEVER) <= moment:
                # Later calls of the run may have changed the end.
                end = self._ask(token, poll, latest)
                if end is not None and self._stops[token] <= moment:
                    yield token, end, self._stops[token]

    def _ask(self, token: str, poll: Poll, latest: int) -> End | None:
        """Poll a job and remember its stop; return None if the job is running or its task has ended."""
        end = self._records.call_unlocked(poll)
        if end is None or token not in self._polls:
            self._stops.pop(token, None)
            return None
        self._stops[token] = latest if end.stop is None else min(end.stop, latest)
        return end
