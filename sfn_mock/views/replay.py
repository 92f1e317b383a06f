"""The result of replaying a recorded execution."""

from __future__ import annotations

from dataclasses import dataclass

from sfn_mock.instruments.replay_differences import ReplayDifference
from sfn_mock.views.execution import Execution


@dataclass(frozen=True)
class Replay:
    """The result of replaying a recorded execution.

    Attributes:
        execution: The replayed execution.
        differences: The first event that differs from the recorded one in each branch, iteration and child execution,
            and a different end of the execution; empty if there are none.
    """

    execution: Execution
    differences: list[ReplayDifference]
