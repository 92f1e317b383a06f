"""The simulated limits and delays of AWS. Durations are in milliseconds."""

from __future__ import annotations

from typing import NamedTuple

from sfn_mock.state.quotas import NO_QUOTAS, Quotas


class Simulation(NamedTuple):
    """The limits and delays of one mock; the defaults simulate none."""

    #: How old the state of executions in listings is.
    consistency_lag: int = 0
    #: Whether pages have fewer items than requested, sometimes none.
    short_pages: bool = False
    #: How long closed executions are kept, None for no limit.
    retention: int | None = None
    quotas: Quotas = NO_QUOTAS
    #: The factor for the delays of Wait states and retries.
    wait_scale: float = 1.0


NO_SIMULATION = Simulation()
