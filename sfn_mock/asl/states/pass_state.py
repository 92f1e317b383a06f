"""Pass: returns its Result, or its input."""

from __future__ import annotations

from sfn_mock.asl.activation import Activation, Outcome
from sfn_mock.asl.nodes import ABSENT, PassState
from sfn_mock.asl.scheduler import ProcessGenerator


def run_pass(activation: Activation, state: PassState) -> ProcessGenerator:
    """Run a Pass state without waiting."""
    yield from ()
    return _outcome(activation, state)


def _outcome(activation: Activation, state: PassState) -> Outcome:
    if state.is_jsonata:
        return activation.finish_without_result(activation.effective_input())
    if state.result is ABSENT:
        value = activation.payload(state.payload.parameters, ABSENT, activation.effective_input())
    else:
        # With a Result AWS ignores InputPath and Parameters.
        value = state.result
        activation.observe("input", activation.input)
        activation.observe("result", value)
    return activation.finish(value, result_path=state.payload.result_path)
