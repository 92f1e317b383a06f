"""How an execution ends: its last status with what that status can carry, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, NamedTuple, get_args

from sfn_mock.aws.payloads import json_fault
from sfn_mock.state import clock

#: How long an EXPRESS execution may take, in milliseconds (Developer Guide, service quotas).
_LONGEST_EXPRESS = 5 * 60 * 1000

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]
STATUSES: tuple[str, ...] = get_args(Status)
#: Those of executions that no map run started.
STATUSES_OUTSIDE_MAP_RUNS = tuple(status for status in STATUSES if status != "PENDING_REDRIVE")
#: Statuses an execution may be redriven from.
UNSUCCESSFUL = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})

# Longest error and cause, in characters, and input and output, in bytes, by botocore's model of StopExecution.
_MOST = {"input": 262144, "output": 262144, "definition": 1048576, "error": 256, "cause": 32768}


class Ending(NamedTuple):
    """A closing status with output, error and cause, as DescribeExecution will show them."""

    status: str
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    #: The name of the state in which the execution fails; for another ending, of the one in which it was to fail.
    failed_in: str | None = None


#: For an attempt that runs until somebody ends it.
OPEN = Ending("RUNNING")


def check_status(status: object, choices: tuple[str, ...] = STATUSES) -> str:
    """``status``, if it is one of the ``choices``; ValueError otherwise."""
    if not isinstance(status, str) or status not in choices:
        raise ValueError(f"status={status!r} is no status of an execution: choose one of {', '.join(choices)}.")
    return status


def check_json_text(text: object, name: str) -> str:
    """``text``, if it is JSON text that AWS would take; ValueError otherwise."""
    if not isinstance(text, str):
        raise ValueError(f"{name}={text!r} is no JSON text: pass json.dumps(...) of the value.")
    fault = json_fault(text) if text.strip() else "it is empty"
    if fault is not None:
        raise ValueError(f"{name}={text!r} is no JSON text ({fault}): pass json.dumps(...) of the value.")
    _check_size(len(text.encode("utf-8", "surrogatepass")), name, "bytes in UTF-8")
    return text


def _check_size(size: int, name: str, unit: str) -> None:
    if size > _MOST[name]:
        raise ValueError(f"{name} has {size} {unit}, and AWS takes at most {_MOST[name]}: shorten it.")


def _check_text(text: object, name: str) -> None:
    if text is None:
        return
    if not isinstance(text, str):
        raise ValueError(f"{name}={text!r} is no text: pass a str.")
    _check_size(len(text), name, "characters")


def ending(
    status: str,
    *,
    output: str | None = None,
    error: str | None = None,
    cause: str | None = None,
    failed_in: str | None = None,
) -> Ending:
    """The ending with ``status``; ValueError for what that status cannot carry.

    Only SUCCEEDED has an output, ``{}`` unless given; only FAILED and ABORTED have an error and a cause, and only
    FAILED a state in which it failed.
    """
    if output is not None and status != "SUCCEEDED":
        raise ValueError(f"{status} executions have no output on AWS: leave output out, or choose SUCCEEDED.")
    if (error is not None or cause is not None) and status not in ("FAILED", "ABORTED"):
        raise ValueError(
            f"{status} executions have no error or cause on AWS: leave them out, or choose FAILED or ABORTED."
        )
    if failed_in is not None and status != "FAILED":
        raise ValueError(f"{status} executions have failed in no state: leave failed_in out, or choose FAILED.")
    _check_text(error, "error")
    _check_text(cause, "cause")
    if status == "SUCCEEDED":
        output = check_json_text("{}" if output is None else output, "output")
    return Ending(status, output, error, cause, failed_in)


def turned(before: Ending, status: str) -> Ending:
    """The ending with ``status``, and of what ``before`` has whatever that status can carry."""
    if status == "SUCCEEDED":
        return ending(status, output=before.output)
    if status in ("FAILED", "ABORTED"):
        return ending(status, error=before.error, cause=before.cause)
    return ending(status)


class Outcome(NamedTuple):
    """What a future start or redrive comes to: an ending, so many milliseconds after the start; or none."""

    ending: Ending
    #: None for a start that runs until it is ended.
    duration: int | None

    def stop_after(self, start: int) -> int | None:
        """When what started then stops; None where it runs until it is ended."""
        return None if self.duration is None else start + self.duration


RUNS_UNTIL_ENDED = Outcome(OPEN, None)
#: For a synchronous start that was told no other: its caller waits for an end.
SUCCEEDS_AT_ONCE = Outcome(ending("SUCCEEDED"), 0)
#: For a start in a process that has SF_EXECUTION_HISTORY_TYPE=FAILURE: what moto's history of it tells then.
FAILS_AT_ONCE = Outcome(ending("FAILED", error="AnError", cause="An error occurred!"), 0)


def outcome(
    status: str,
    *,
    duration: timedelta | None = None,
    output: str | None = None,
    error: str | None = None,
    cause: str | None = None,
    failed_in: str | None = None,
) -> Outcome:
    """The outcome for ``on_start`` and ``on_redrive``; ValueError for one that no start can come to."""
    if status == "PENDING_REDRIVE":
        raise ValueError("No start ends as PENDING_REDRIVE: choose SUCCEEDED, FAILED, TIMED_OUT, ABORTED or RUNNING.")
    check_status(status, STATUSES_OUTSIDE_MAP_RUNS)
    if status == "RUNNING" and duration is not None:
        raise ValueError("A start that stays RUNNING has no duration: leave duration out, or give a closing status.")
    end = ending(status, output=output, error=error, cause=cause, failed_in=failed_in)
    if status == "RUNNING":
        return RUNS_UNTIL_ENDED
    return Outcome(end, 0 if duration is None else clock.to_milliseconds(duration, name="duration"))


def check_express(outcome: Outcome) -> Outcome:
    """``outcome``, if an execution of an EXPRESS state machine can come to it; ValueError otherwise."""
    if outcome.ending.status == "ABORTED":
        raise ValueError(
            "Nothing aborts an execution of an EXPRESS state machine, as StopExecution refuses it: choose SUCCEEDED, "
            "FAILED, TIMED_OUT or RUNNING."
        )
    if outcome.duration is not None and outcome.duration > _LONGEST_EXPRESS:
        raise ValueError("AWS ends an EXPRESS execution after five minutes: give a shorter duration.")
    return outcome
