"""What the starts or redrives of one state machine or map run will come to: one outcome, several, or by choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sfn_mock.state.outcomes import Outcome, outcome

#: A status, or the keywords that say the same: ``{"status": "FAILED", "duration": ..., "error": ...}``.
OutcomeWords = str | Mapping[str, Any]
#: One outcome after the other, of which the last holds on; or what gives one for a name and an input.
Outcomes = Sequence[OutcomeWords] | Callable[[str, str], OutcomeWords]
#: Gives the next outcome, for an execution's name and input.
Plan = Callable[[str, str], Outcome]
#: Gives back an outcome that may be; ValueError for another.
Check = Callable[[Outcome], Outcome]

_KEYWORDS = ("status", "duration", "output", "error", "cause", "failed_in")


def plan(
    check: Check,
    outcomes: Outcomes | None,
    *,
    status: str | None,
    duration: timedelta | None,
    output: str | None,
    error: str | None,
    cause: str | None,
    failed_in: str | None,
) -> Plan:
    """The plan that ``outcomes`` or, without them, the keywords describe; ValueError for what cannot be.

    A callable's ValueErrors come when it is asked.
    """
    details: dict[str, Any] = {
        "duration": duration,
        "output": output,
        "error": error,
        "cause": cause,
        "failed_in": failed_in,
    }
    if outcomes is None:
        if status is None:
            raise ValueError("Nothing says what is to come: give status=..., a list of outcomes, or a callable.")
        return _always(check(outcome(status, **details)))
    if any(keyword is not None for keyword in (status, *details.values())):
        raise ValueError("Outcomes and keywords both say what is to come: put the keywords into the outcomes.")
    if callable(outcomes):
        return _chosen_by(outcomes, check)
    if isinstance(outcomes, (str, Mapping)) or not isinstance(outcomes, Sequence) or not outcomes:
        raise ValueError(
            f"{outcomes!r} is neither a list of outcomes nor a callable of name and input: write it like "
            f"['FAILED', 'SUCCEEDED'], or give one outcome by keywords."
        )
    return _one_after_the_other([check(_read(words)) for words in outcomes])


def _read(words: object) -> Outcome:
    if isinstance(words, str):
        return outcome(words)
    if not isinstance(words, Mapping) or "status" not in words or not set(words) <= set(_KEYWORDS):
        raise ValueError(
            f"{words!r} is no outcome: give a status, or a dict with 'status' and any of {', '.join(_KEYWORDS[1:])}."
        )
    return outcome(**words)


def _always(single: Outcome) -> Plan:
    return lambda name, input: single


def _one_after_the_other(outcomes: Sequence[Outcome]) -> Plan:
    left = list(reversed(outcomes))
    return lambda name, input: left.pop() if len(left) > 1 else left[0]


def _chosen_by(choose: Callable[[str, str], OutcomeWords], check: Check) -> Plan:
    return lambda name, input: check(_read(choose(name, input)))
