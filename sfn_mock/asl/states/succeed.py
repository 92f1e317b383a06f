"""Succeed: ends its sequence of states successfully."""

from __future__ import annotations

from sfn_mock.asl.nodes import SucceedState
from sfn_mock.asl.scheduler import ProcessGenerator
from sfn_mock.asl.state_visit import StateVisit


def run_succeed(visit: StateVisit, state: SucceedState) -> ProcessGenerator:
    """Run a Succeed state without waiting."""
    yield from ()
    return visit.finish_without_result(visit.effective_input())
