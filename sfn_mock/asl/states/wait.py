"""Wait: continues after a number of seconds or at a timestamp."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.errors import RUNTIME
from sfn_mock.asl.nodes import WaitState
from sfn_mock.asl.paths import PathError, parse_path
from sfn_mock.asl.scheduler import ProcessGenerator
from sfn_mock.asl.state_visit import StateVisit
from sfn_mock.asl.texts import json_text
from sfn_mock.asl.timestamps import parse_timestamp

#: The longest delay in seconds.
LONGEST_DELAY = 2**31 - 1


def run_wait(visit: StateVisit, state: WaitState) -> ProcessGenerator:
    """Run a Wait state until its delay is over."""
    value = visit.effective_input()
    delay = _delay(visit, state, value)
    if delay > LONGEST_DELAY * 1000:
        raise visit.failure(RUNTIME, "Wait state delay is too long")
    yield from visit.run.scheduler.pause(delay, visit.run.wait_scale)
    return visit.finish_without_result(value)


def _delay(visit: StateVisit, state: WaitState, value: Any) -> float:
    """Return the delay from now in milliseconds; negative for a timestamp in the past."""
    if state.timestamp is not None or state.timestamp_path is not None:
        moment = _timestamp(visit, state, value) // 1_000_000
        return moment - visit.run.scheduler.now
    return _seconds(visit, state, value) * 1000


def _seconds(visit: StateVisit, state: WaitState, value: Any) -> int | float:
    if state.seconds_path is None:
        seconds: Any = visit.evaluate(state.seconds, "Seconds", expected="number")
        if isinstance(state.seconds, str) and not (seconds >= 0 and seconds == int(seconds)):
            raise visit.out_of_range(state.seconds, "Seconds", "an integer of at least 0", seconds)
        return float(seconds)
    seconds = _referenced(visit, state.seconds_path, "SecondsPath", value)
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        fault = "cannot be parsed as a long value"
    elif seconds < 0:
        fault = "references a negative value"
    else:
        return float(seconds)
    raise visit.failure(RUNTIME, f"The SecondsPath parameter {fault}: {state.seconds_path} == {_shown(seconds)}")


def _referenced(visit: StateVisit, path: str, field: str, value: Any) -> Any:
    """Return the value that SecondsPath or TimestampPath refers to."""
    try:
        return parse_path(path).evaluate(value, context=visit.context(), variables=visit.frame.variables)
    except PathError:
        raise visit.failure(RUNTIME, f"The {field} parameter does not reference an input value: {path}") from None


def _timestamp(visit: StateVisit, state: WaitState, value: Any) -> int:
    """Return the moment of Timestamp or TimestampPath in nanoseconds since 1970."""
    if state.timestamp_path is None:
        text = visit.evaluate(state.timestamp, "Timestamp", expected="string")
    else:
        text = _referenced(visit, state.timestamp_path, "TimestampPath", value)
    moment = parse_timestamp(text)
    if moment is not None:
        return moment
    if state.timestamp_path is None:
        raise visit.out_of_range(
            state.timestamp, "Timestamp", "an ISO-8601 extended offset date-time format string", text
        )
    raise visit.failure(
        RUNTIME,
        "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: "
        f"{state.timestamp_path} == {_shown(text)}",
    )


def _shown(value: Any) -> str:
    """Return a value as AWS writes it into these sentences: a string without quotes."""
    return value if isinstance(value, str) else json_text(value)
