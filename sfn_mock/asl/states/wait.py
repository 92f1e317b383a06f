"""Wait: continues after a number of seconds or at a timestamp."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.activation import Activation
from sfn_mock.asl.errors import RUNTIME
from sfn_mock.asl.nodes import WaitState
from sfn_mock.asl.scheduler import ProcessGenerator
from sfn_mock.asl.texts import json_text
from sfn_mock.asl.timestamps import parse_timestamp

#: The longest delay in seconds.
LONGEST_DELAY = 2**31 - 1


def run_wait(activation: Activation, state: WaitState) -> ProcessGenerator:
    """Run a Wait state until its delay is over."""
    value = activation.effective_input()
    delay = _delay(activation, state, value)
    if delay > LONGEST_DELAY * 1000:
        raise activation.failure(RUNTIME, "Wait state delay is too long")
    yield from activation.run.scheduler.pause(delay, activation.run.wait_scale)
    return activation.finish_without_result(value)


def _delay(activation: Activation, state: WaitState, value: Any) -> float:
    """Return the delay from now in milliseconds; negative for a timestamp in the past."""
    if state.timestamp is not None or state.timestamp_path is not None:
        moment = _timestamp(activation, state, value)
        return moment - activation.run.scheduler.now
    return _seconds(activation, state, value) * 1000


def _seconds(activation: Activation, state: WaitState, value: Any) -> int | float:
    if state.seconds_path is None:
        seconds: Any = activation.evaluate(state.seconds, "Seconds", expected="number")
        if isinstance(state.seconds, str) and not (seconds >= 0 and seconds == int(seconds)):
            raise activation.out_of_range(state.seconds, "Seconds", "an integer of at least 0", seconds)
        return float(seconds)
    seconds = activation.resolve_field(state.seconds_path, "SecondsPath", value)
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        fault = "cannot be parsed as a long value"
    elif seconds < 0:
        fault = "references a negative value"
    else:
        return float(seconds)
    reason = f"The SecondsPath parameter {fault}: {state.seconds_path} == {json_text(seconds)}"
    raise activation.failure(RUNTIME, reason)


def _timestamp(activation: Activation, state: WaitState, value: Any) -> int:
    if state.timestamp_path is None:
        text = activation.evaluate(state.timestamp, "Timestamp", expected="string")
    else:
        text = activation.resolve_field(state.timestamp_path, "TimestampPath", value)
    moment = parse_timestamp(text)
    if moment is not None:
        return moment
    if state.timestamp_path is None:
        raise activation.out_of_range(
            state.timestamp, "Timestamp", "an ISO-8601 extended offset date-time format string", text
        )
    raise activation.failure(
        RUNTIME,
        "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: "
        f"{state.timestamp_path} == {text if isinstance(text, str) else json_text(text)}",
    )
