"""The time spans in which map runs and child executions may run."""

from __future__ import annotations

from typing import NamedTuple

from sfn_mock.argument_errors import ArgumentError
from sfn_mock.state import clock


class Span(NamedTuple):
    """The time span in which a child execution or map run may run: from the start of its owner to its end."""

    #: The owner in error messages.
    owner: str
    start: int
    #: The end, None if unknown.
    stop: int | None
    #: Whether the owner has an end, perhaps that of its last child execution.
    ends: bool

    def check(self, status: str, start: int, stop: int | None) -> None:
        """Raise ArgumentError for dates outside the time span."""
        if start < self.start:
            raise self._outside("start_date", "before the start", self.start, start)
        if self.ends and status == "RUNNING":
            raise ArgumentError("status", f"must be a closing status, as {self.owner} has one, got 'RUNNING'")
        if self.stop is not None and start > self.stop:
            raise self._outside("start_date", "after the stop", self.stop, start)
        if self.stop is not None and stop is not None and stop > self.stop:
            raise self._outside("stop_date", "after the stop", self.stop, stop)

    def latest(self, now: int) -> int:
        """Return the latest moment in the time span that is not after now; the start if it is in the future."""
        return max(self.start, now if self.stop is None else min(now, self.stop))

    def _outside(self, name: str, where: str, limit: int, moment: int) -> ArgumentError:
        limit_text, got = clock.describe(limit), clock.describe(moment)
        return ArgumentError(name, f"must not be {where} of {self.owner} at {limit_text}, got {got}")
