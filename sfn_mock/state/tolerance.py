"""The tolerated failures of a map run."""

from __future__ import annotations

from typing import NamedTuple

from sfn_mock.asl.map_runs import is_exceeded


class Tolerance(NamedTuple):
    """How many items may fail, as a number and a percentage; on AWS 0 means "not given" if the other is given."""

    failures: int
    percentage: float

    def is_exceeded_by(self, failed: int, total: int) -> bool:
        """Return whether more items have failed than tolerated."""
        count = None if self.percentage and not self.failures else self.failures
        return is_exceeded(failed, total, count, self.percentage or None)
