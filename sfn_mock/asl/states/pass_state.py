"""Pass: returns its Result, or its input."""

from __future__ import annotations

from sfn_mock.asl.nodes import ABSENT, PassState
from sfn_mock.asl.scheduler import ProcessGenerator
from sfn_mock.asl.state_visit import Outcome, StateVisit


def run_pass(visit: StateVisit, state: PassState) -> ProcessGenerator:
    """Run a Pass state without waiting."""
    yield from ()
    return _outcome(visit, state)


def _outcome(visit: StateVisit, state: PassState) -> Outcome:
    if state.is_jsonata:
        return visit.finish_without_result(visit.effective_input())
    if state.result is ABSENT:
        value = visit.payload(state.payload.parameters, ABSENT, visit.effective_input())
    else:
        # With a Result AWS ignores InputPath and Parameters.
        value = state.result
        visit.observe("input", visit.input)
        visit.observe("result", value)
    return visit.finish(value, result_path=state.payload.result_path)
