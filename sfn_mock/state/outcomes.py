"""The outcomes of executions: status, output, error, cause and duration."""

from __future__ import annotations

import json
from typing import NamedTuple, get_args

from sfn_mock.argument_errors import ArgumentError, must_be, must_be_one_of
from sfn_mock.aws.payloads import json_fault
from sfn_mock.state import clock
from sfn_mock.types import Duration, Json, Status

#: The default of inputs and outputs, which most seeds have.
EMPTY_OBJECT = "{}"
#: How long an EXPRESS execution may take, in milliseconds (Developer Guide, service quotas).
LONGEST_EXPRESS = 5 * 60 * 1000

STATUSES: tuple[str, ...] = get_args(Status)
#: The statuses of executions that are not child executions.
STATUSES_OUTSIDE_MAP_RUNS = tuple(status for status in STATUSES if status != "PENDING_REDRIVE")
_STATUSES_OF_EXPRESS = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT")
#: Statuses an execution may be redriven from.
UNSUCCESSFUL = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})

# Longest error and cause, in characters, and input and output, in bytes, by botocore's model of StopExecution.
_MOST = {"input": 262144, "output": 262144, "definition": 1048576, "error": 256, "cause": 32768}


class Ending(NamedTuple):
    """A closing status with the output, error and cause of DescribeExecution."""

    status: str
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    #: The name of the state in which the execution fails, or would have failed if it had not ended otherwise.
    failed_in: str | None = None


#: The ending of an attempt that has not stopped.
OPEN = Ending("RUNNING")


def not_redrivable(status: str) -> str:
    """Return the reason why an execution with a status outside UNSUCCESSFUL cannot be redriven."""
    return f"Execution is {status} and cannot be redriven"


def check_status(status: object, choices: tuple[str, ...] = STATUSES) -> str:
    """Return a status; raise ArgumentError unless it is one of the choices."""
    if not isinstance(status, str) or status not in choices:
        raise must_be_one_of("status", choices, status)
    return status


def check_status_of_seed(status: object) -> str:
    """Return the status of a seed that is not a child execution; raise ArgumentError unless it can have it."""
    if status == "PENDING_REDRIVE":
        raise ArgumentError("status", "must not be PENDING_REDRIVE outside a map run: add it to a map run")
    return check_status(status, STATUSES_OUTSIDE_MAP_RUNS)


def json_text(value: object, name: str) -> str:
    """Return JSON text: a str unchanged, other values as compact JSON; raise ArgumentError for invalid JSON."""
    text = value if isinstance(value, str) else _compact(value, name)
    if text == EMPTY_OBJECT:
        return text
    fault = json_fault(text) if text.strip() else "it is empty"
    if fault is not None:
        raise must_be(
            name, "JSON text, or a dict, list or number to be written as JSON", text, f"Invalid JSON: {fault}."
        )
    _check_size(len(text.encode("utf-8", "surrogatepass")), name, "bytes in UTF-8")
    return text


def _compact(value: object, name: str) -> str:
    try:
        if value is not None:
            return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        pass
    raise must_be(name, "JSON text, or a dict, list or number to be written as JSON", value)


def _check_size(size: int, member: str, unit: str, name: str | None = None) -> None:
    if size > _MOST[member]:
        raise ArgumentError(name or member, f"must have at most {_MOST[member]} {unit}, got {size}")


def _check_text(text: object, name: str) -> None:
    if text is None:
        return
    if not isinstance(text, str):
        raise must_be(name, "a str", text)
    check_length(text, name)


def check_length(text: str, member: str, name: str | None = None) -> None:
    """Raise ArgumentError if an error or cause is too long; ``name`` is that of the argument if it differs."""
    _check_size(len(text), member, "characters", name)


def ending(
    status: str,
    *,
    output: Json | None = None,
    error: str | None = None,
    cause: str | None = None,
    failed_in: str | None = None,
) -> Ending:
    """Return the ending with a status; raise ArgumentError for details that the status cannot have.

    Only SUCCEEDED has an output, which is `{}` by default. Only FAILED and ABORTED have an error and a cause. Only
    FAILED has a state in which it failed.
    """
    if output is not None and status != "SUCCEEDED":
        raise ArgumentError("output", f"must be left out unless the status is SUCCEEDED, got it with {status}")
    for name, detail in (("error", error), ("cause", cause)):
        if detail is not None and status not in ("FAILED", "ABORTED"):
            problem = f"must be left out unless the status is FAILED or ABORTED, got it with {status}"
            raise ArgumentError(name, problem)
        _check_text(detail, name)
    if failed_in is not None and status != "FAILED":
        raise ArgumentError("failed_in", f"must be left out unless the status is FAILED, got it with {status}")
    text = None if output is None else json_text(output, "output")
    return Ending(status, EMPTY_OBJECT if status == "SUCCEEDED" and text is None else text, error, cause, failed_in)


def with_status(before: Ending, status: str) -> Ending:
    """Return the ending with a status, and with those details of an earlier ending that the status can have."""
    if status == "SUCCEEDED":
        return ending(status, output=before.output)
    if status in ("FAILED", "ABORTED"):
        return ending(status, error=before.error, cause=before.cause)
    return ending(status)


class Outcome(NamedTuple):
    """The outcome of a start or redrive."""

    ending: Ending
    #: The milliseconds until the end, None if the execution runs until something ends it.
    duration: int | None

    def stop_after(self, start: int) -> int | None:
        """Return when an execution with a start stops, None if it runs until something ends it."""
        return None if self.duration is None else start + self.duration


RUNS_UNTIL_ENDED = Outcome(OPEN, None)
#: The default outcome of StartSyncExecution.
SUCCEEDS_AT_ONCE = Outcome(ending("SUCCEEDED"), 0)
#: The outcome of a start with SF_EXECUTION_HISTORY_TYPE=FAILURE in the environment, as in moto.
FAILS_AT_ONCE = Outcome(ending("FAILED", error="AnError", cause="An error occurred!"), 0)


def outcome(
    status: str,
    *,
    duration: Duration | None = None,
    output: Json | None = None,
    error: str | None = None,
    cause: str | None = None,
    failed_in: str | None = None,
) -> Outcome:
    """Return an outcome for `on_start` or `on_redrive`; raise ValueError for one that no start can have."""
    check_status(status, STATUSES_OUTSIDE_MAP_RUNS)
    if status == "RUNNING" and duration is not None:
        raise ArgumentError("duration", "must be left out if the status is RUNNING; give a closing status instead")
    end = ending(status, output=output, error=error, cause=cause, failed_in=failed_in)
    if status == "RUNNING":
        return RUNS_UNTIL_ENDED
    return Outcome(end, 0 if duration is None else clock.to_milliseconds(duration, name="duration"))


def check_express(outcome: Outcome) -> Outcome:
    """Return an outcome; raise ValueError if an EXPRESS execution cannot have it."""
    if outcome.ending.status == "ABORTED":
        raise must_be_one_of("status", _STATUSES_OF_EXPRESS, "ABORTED", "StopExecution refuses EXPRESS executions.")
    if outcome.duration is not None and outcome.duration > LONGEST_EXPRESS:
        seconds = outcome.duration / 1000
        raise ArgumentError("duration", f"must be at most five minutes for an EXPRESS execution, got {seconds:g} s")
    return outcome
