"""Succeed: ends its sequence of states successfully."""

from __future__ import annotations

from sfn_mock.asl.activation import Activation
from sfn_mock.asl.nodes import SucceedState
from sfn_mock.asl.scheduler import ProcessGenerator


def run_succeed(activation: Activation, state: SucceedState) -> ProcessGenerator:
    """Run a Succeed state without waiting."""
    yield from ()
    return activation.finish_without_result(activation.effective_input())
