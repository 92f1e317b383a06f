"""Succeed: ends its sequence of states."""

from __future__ import annotations

from sfn_mock.asl.activation import Activation
from sfn_mock.asl.nodes import SucceedState
from sfn_mock.asl.scheduler import Steps


def run_succeed(activation: Activation, state: SucceedState) -> Steps:
    """Run a Succeed state; it waits for nothing."""
    yield from ()
    return activation.pass_on(activation.effective_input())
