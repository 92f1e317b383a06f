"""The tolerated failures of a map run."""

from __future__ import annotations

from typing import NamedTuple


class Tolerance(NamedTuple):
    """How many items may fail, as a number and a percentage; on AWS 0 means "not given" if the other is given."""

    failures: int
    percentage: float

    def is_exceeded_by(self, failed: int, total: int) -> bool:
        """Return whether more items have failed than tolerated."""
        if not self.failures and not self.percentage:
            return failed > 0
        return bool(self.failures and failed > self.failures) or bool(
            self.percentage and failed * 100 > self.percentage * total
        )
