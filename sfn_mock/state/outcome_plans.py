"""The planned outcomes of starts or redrives: one for all, a list, or chosen by a callable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sfn_mock import types
from sfn_mock.argument_errors import ArgumentError, must_be
from sfn_mock.state.outcomes import Outcome, outcome
from sfn_mock.suggestions import did_you_mean

#: A function that returns the next outcome for an execution's name and input.
Plan = Callable[[str, str], Outcome]
#: A function that returns an outcome, or raises ValueError if it is not possible.
Check = Callable[[Outcome], Outcome]

_KEYWORDS = ("status", "duration", "output", "error", "cause", "failed_in")


def plan(
    check: Check,
    outcomes: types.Outcomes | str | None,
    *,
    status: str | None,
    **details: Any,
) -> Plan:
    """Return the plan for `outcomes` or, if it is None, for the keywords of `outcome`.

    `outcomes` may be a single status. The outcomes of a callable are checked when it is called.

    Raises:
        ValueError: If an argument is wrong.
    """
    if isinstance(outcomes, str):
        if status is not None:
            raise ArgumentError("status", "must be given once, got it by position and by keyword")
        outcomes, status = None, outcomes
    if outcomes is None:
        if status is None:
            raise must_be("outcomes", "a status, a list of outcomes or a callable(name, input)", None)
        single = check(outcome(status, **details))
        return lambda name, input: single
    if any(keyword is not None for keyword in (status, *details.values())):
        raise ArgumentError(
            "outcomes", "must be left out where keywords are given, got both: put the keywords into the outcomes"
        )
    if callable(outcomes):
        return lambda name, input: check(_read(outcomes(name, input), "The callable's outcome"))
    if isinstance(outcomes, Mapping) or not isinstance(outcomes, Sequence) or not outcomes:
        raise must_be("outcomes", "a status, a list like ['FAILED', 'SUCCEEDED'] or a callable(name, input)", outcomes)
    left = [check(_read(words, f"outcomes[{index}]")) for index, words in enumerate(outcomes)]
    left.reverse()
    return lambda name, input: left.pop() if len(left) > 1 else left[0]


def _read(words: object, name: str) -> Outcome:
    """Return the outcome for a status or a dict; raise ArgumentError about the argument or one of its keys."""
    if isinstance(words, str):
        words = {"status": words}
    if not isinstance(words, Mapping) or "status" not in words:
        raise must_be(name, "a status, or a dict with 'status'", words)
    for key in words:
        if key not in _KEYWORDS:
            raise ArgumentError(name, f"has the unknown key {key!r}. {did_you_mean(key, _KEYWORDS)}")
    try:
        return outcome(**words)
    except ArgumentError as error:
        raise ArgumentError(f"{name}.{error.name}", error.problem) from None
