"""The jobs that the tasks of a run wait for: whether each has ended, and when it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sfn_mock.asl.host import Failed, Succeeded
from sfn_mock.state import clock
from sfn_mock.state.records import Records

End = Succeeded | Failed
#: Returns the end of a job; None while the job is running.
Poll = Callable[[], End | None]


class Jobs:
    """The jobs of one run's tasks, by token.

    A job may have stopped long before the moment to which its run is carried, because the clock jumps. So the jobs are
    polled before the run goes on, and each one's stop is then due like everything else in the run.
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
        """Forget the job of a task that waits no longer."""
        self._records.undo.keep_item(self._polls, token)
        self._polls.pop(token, None)
        self._stops.pop(token, None)

    def poll_all(self, latest: int) -> None:
        """Poll all jobs; one whose service does not tell when it stopped, stopped at the moment ``latest``."""
        self._stops.clear()
        for token, poll in list(self._polls.items()):
            self._ask(token, poll, latest)

    def poll_new(self, token: str, latest: int) -> None:
        """Poll a job that was added, and that may have ended since it started."""
        self._ask(token, self._polls[token], latest)

    def next_stop(self) -> int | None:
        """Return when the first of the ended jobs stopped, None if none has ended."""
        return min(self._stops.values(), default=None)

    def stopped(self, moment: int, latest: int) -> Iterator[tuple[str, End, int]]:
        """Yield the jobs that stopped by a moment: token, end, and when it stopped."""
        for token, poll in list(self._polls.items()):
            if self._stops.get(token, clock.NEVER) <= moment:
                # What the run has called since may have changed the end.
                end = self._ask(token, poll, latest)
                if end is not None and self._stops[token] <= moment:
                    yield token, end, self._stops[token]

    def _ask(self, token: str, poll: Poll, latest: int) -> End | None:
        """Return the end of a job, and keep when it stopped; None if the job is running or its task has ended."""
        end = self._records.leave(poll)
        if end is None or token not in self._polls:
            self._stops.pop(token, None)
            return None
        self._stops[token] = latest if end.stop is None else min(end.stop, latest)
        return end
