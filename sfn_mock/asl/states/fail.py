"""Fail: fails with an error and a cause."""

from __future__ import annotations

from sfn_mock.asl.activation import Activation
from sfn_mock.asl.errors import RUNTIME, StateError
from sfn_mock.asl.nodes import FailState
from sfn_mock.asl.scheduler import ProcessGenerator


def run_fail(activation: Activation, state: FailState) -> ProcessGenerator:
    """Run a Fail state without waiting; raise its StateError."""
    yield from ()
    activation.effective_input()
    raise StateError(
        _text(activation, state.error, state.error_path, "Error"),
        _text(activation, state.cause, state.cause_path, "Cause"),
    )


def _text(activation: Activation, text: str | None, path: str | None, field: str) -> str | None:
    if path is not None:
        found = activation.resolve_field(path, f"{field}Path", activation.input)
        if not isinstance(found, str):
            raise activation.failure(RUNTIME, f"The {field}Path parameter does not reference a string value: {path}")
        return found
    if text is not None and activation.state.is_jsonata:
        computed: str = activation.evaluate(text, field, expected="string")
        return computed
    return text
