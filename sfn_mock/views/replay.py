"""The result of replaying a recorded execution."""

from __future__ import annotations

from dataclasses import dataclass

from sfn_mock.instruments.replay_differences import ReplayDifference
from sfn_mock.views.execution import Execution


@dataclass(frozen=True)
class Replay:
    """What came of replaying a recorded execution.

    Attributes:
        execution: The replayed execution.
        differences: Where it does not do what the recorded one did: of each branch, iteration and child execution the
            first event, and how the execution ends; empty where it does the same.
    """

    execution: Execution
    differences: list[ReplayDifference]
