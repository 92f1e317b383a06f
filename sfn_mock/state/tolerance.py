"""How many items may fail before a map run does."""

from __future__ import annotations

from typing import NamedTuple


class Tolerance(NamedTuple):
    """How many items may fail before the map run does; AWS reads 0 as "not given" where the other is."""

    failures: int
    percentage: float

    def is_exceeded_by(self, failed: int, total: int) -> bool:
        if not self.failures and not self.percentage:
            return failed > 0
        return bool(self.failures and failed > self.failures) or bool(
            self.percentage and failed * 100 > self.percentage * total
        )
