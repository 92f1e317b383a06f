"""Fail: fails with an error and a cause."""

from __future__ import annotations

from sfn_mock.asl.errors import RUNTIME, StateError
from sfn_mock.asl.nodes import FailState
from sfn_mock.asl.scheduler import ProcessGenerator
from sfn_mock.asl.state_visit import StateVisit


def run_fail(visit: StateVisit, state: FailState) -> ProcessGenerator:
    """Run a Fail state without waiting; raise its StateError."""
    yield from ()
    visit.effective_input()
    raise StateError(
        _text(visit, state.error, state.error_path, "Error"),
        _text(visit, state.cause, state.cause_path, "Cause"),
    )


def _text(visit: StateVisit, text: str | None, path: str | None, field: str) -> str | None:
    if path is not None:
        found = visit.resolve_field(path, f"{field}Path", visit.input)
        if not isinstance(found, str):
            raise visit.failure(RUNTIME, f"The {field}Path parameter does not reference a string value: {path}")
        return found
    if text is not None and visit.state.is_jsonata:
        computed: str = visit.evaluate(text, field, expected="string")
        return computed
    return text
