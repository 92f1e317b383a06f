"""The jobs that the tasks of a run wait for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from sfn_mock.asl.host import Failed, Succeeded
from sfn_mock.state import clock
from sfn_mock.state.life_cycle import end_execution
from sfn_mock.state.outcomes import Ending
from sfn_mock.state.records import Execution, Records

End = Succeeded | Failed


@dataclass(frozen=True)
class Job:
    """A job that a task waits for.

    Attributes:
        poll: A function that polls the job; it returns the end of the task, None while the job is running.
        nested: The nested execution that the job is, None for a job of another service. Its time line tells when it
            stops, so that it needs no polling before.
        cancel: A function that stops a job of another service, as well as that service can.
    """

    poll: Callable[[], End | None]
    nested: Execution | None = None
    cancel: Callable[[], None] | None = None


class Jobs:
    """The jobs of the tasks of one run, by token.

    If the clock jumps, a job may have stopped long before the moment to which its run advances. Its stop is therefore
    due like other actions of the run. Jobs of other services are polled before the run advances.

    The job of a task that has ended is kept, because the task is open again if the clock goes back.
    """

    def __init__(self, records: Records, is_open: Callable[[str], bool]) -> None:
        self._records = records
        #: Returns whether the task with a token is open.
        self._is_open = is_open
        self._jobs: dict[str, Job] = {}
        #: The ends and stops of the polled jobs that have ended.
        self._ends: dict[str, tuple[End, int]] = {}

    def __contains__(self, token: str) -> bool:
        return token in self._jobs

    @property
    def need_polling(self) -> bool:
        """Whether some job must be polled, because only its service knows when it stops."""
        return any(job.nested is None for _, job in self._awaited())

    def add(self, token: str, job: Job | None) -> None:
        """Add the job of a task that has just started, None if it has no job.

        If the clock went back, this replaces the job of another task with that token, which the run no longer starts.
        """
        self._ends.pop(token, None)
        if job is None:
            self._jobs.pop(token, None)
        else:
            self._jobs[token] = job

    def _awaited(self) -> list[tuple[str, Job]]:
        """Return the jobs of open tasks, with their tokens."""
        return [(token, job) for token, job in self._jobs.items() if self._is_open(token)]

    def has_ended(self, nested: Hashable) -> bool:
        """Return whether the task that waited for a nested execution has ended."""
        return any(job.nested is nested and not self._is_open(token) for token, job in self._jobs.items())

    def abandon(self, token: str, moment: int) -> None:
        """Stop the job, if any, of a task that is aborted."""
        job = self._jobs.get(token)
        if job is None:
            return
        if job.cancel is not None:
            self._records.call_unlocked(job.cancel)
        if job.nested is not None and job.nested.attempt_in_force(moment).is_open(moment):
            end_execution(job.nested, moment, Ending("ABORTED"))

    def poll_all(self, latest: int) -> None:
        """Poll the jobs of other services; `latest` is the stop of an ended job whose service does not give one."""
        for token, _ in self._awaited():
            self.poll(token, latest)

    def poll(self, token: str, latest: int) -> None:
        """Poll a job, unless it is a nested execution; see `poll_all`."""
        job = self._jobs[token]
        if job.nested is not None:
            return
        self._ends.pop(token, None)
        end = self._records.call_unlocked(job.poll)
        if end is not None:
            self._ends[token] = end, latest if end.stop is None else min(end.stop, latest)

    def next_stop(self) -> int | None:
        """Return the earliest known stop of the jobs, None if none is known."""
        stops = (self._stop(token, job) for token, job in self._awaited())
        return min((stop for stop in stops if stop is not None), default=None)

    def stopped(self, moment: int) -> Iterator[tuple[str, End, int]]:
        """Yield the token, the end and the stop of each job that stopped by a moment while its task was open."""
        for token, job in self._awaited():
            stop = self._stop(token, job)
            # The answer to one task may have ended others.
            if stop is not None and stop <= moment and self._is_open(token):
                yield token, self._end(token, job, stop), stop

    def _stop(self, token: str, job: Job) -> int | None:
        """Return when a job stops or stopped, None if that is not known."""
        if job.nested is not None:
            return job.nested.last.stop_at(clock.NEVER)
        return self._ends[token][1] if token in self._ends else None

    def _end(self, token: str, job: Job, stop: int) -> End:
        """Return the end of a job that has stopped."""
        if job.nested is None:
            return self._ends[token][0]
        with clock.at(stop):
            end = job.poll()
        assert end is not None, "a nested execution has ended at its stop"
        return end
