"""Open tasks, with their heartbeats and timeouts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sfn_mock.asl.errors import TIMEOUT
from sfn_mock.asl.host import Failed, TaskAnswer, TaskStart
from sfn_mock.asl.scheduler import Future, Scheduler, Timer


class OpenTask(Future):
    """A task that has no result yet; the future's value is a Succeeded or a Failed.

    Attributes:
        is_started: Whether the task has started.
        missed_heartbeat: Whether the task failed because a heartbeat was missing.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        on_start: Callable[[str | None], None],
        timeout_seconds: int | None,
        heartbeat_seconds: int | None,
    ) -> None:
        """Schedule the timeout; heartbeats are expected only after `start`."""
        super().__init__()
        self.is_started = False
        self.missed_heartbeat = False
        self._scheduler = scheduler
        self._on_start = on_start
        self._heartbeat_seconds = heartbeat_seconds
        self._heartbeat: Timer | None = None
        self._timeout: Timer | None = None
        self._start: Timer | None = None
        if timeout_seconds is not None:
            self._timeout = scheduler.at(scheduler.now + timeout_seconds * 1000, self._time_out)

    def start(self, worker_name: str | None = None) -> None:
        """Start the task; `worker_name` is the name that an activity's worker gave."""
        self.is_started = True
        self._on_start(worker_name)
        self.record_heartbeat()

    def start_as(self, start: TaskStart) -> None:
        """Start the task now, or later if its start has a delay."""
        if start.delay_ms:
            moment = self._scheduler.now + start.delay_ms
            self._start = self._scheduler.at(moment, partial(self.start, start.worker_name))
        else:
            self.start(start.worker_name)

    def expect_no_heartbeats(self) -> None:
        """Disable the heartbeat timeout."""
        self._heartbeat_seconds = None

    def expect_no_timeout(self) -> None:
        """Disable the timeout."""
        self._stop(self._timeout)

    def record_heartbeat(self) -> None:
        """Record a heartbeat and restart the heartbeat timeout."""
        self._stop(self._heartbeat)
        if self._heartbeat_seconds is not None:
            moment = self._scheduler.now + self._heartbeat_seconds * 1000
            self._heartbeat = self._scheduler.at(moment, self._miss_heartbeat)

    def end(self, answer: TaskAnswer) -> None:
        """End the task with a result or an error."""
        self.close()
        self.resolve(answer)

    def close(self) -> None:
        """Cancel the timeouts, and a start that is still to come."""
        self._stop(self._start)
        self._stop(self._heartbeat)
        self._stop(self._timeout)

    def _stop(self, timer: Timer | None) -> None:
        if timer is not None:
            timer.cancel()

    def _time_out(self) -> None:
        self.end(Failed(TIMEOUT, is_timeout=True))

    def _miss_heartbeat(self) -> None:
        self.missed_heartbeat = True
        self._time_out()
