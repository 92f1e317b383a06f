"""Pass: gives its result, or its input."""

from __future__ import annotations

from sfn_mock.asl.activation import Activation, Outcome
from sfn_mock.asl.nodes import ABSENT, PassState
from sfn_mock.asl.scheduler import Steps


def run_pass(activation: Activation, state: PassState) -> Steps:
    """Run a Pass state; it waits for nothing."""
    yield from ()
    return _outcome(activation, state)


def _outcome(activation: Activation, state: PassState) -> Outcome:
    value = activation.effective_input()
    if state.is_jsonata:
        return activation.pass_on(value)
    value = activation.payload(state.payload.parameters, ABSENT, value)
    if state.result is not ABSENT:
        value = state.result
    activation.observe("result", value)
    return activation.finish(value, result_path=state.payload.result_path)
