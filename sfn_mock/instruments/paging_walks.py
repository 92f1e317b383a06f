"""The calls that read pages, the walks that they are part of, and the mistakes found in these."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sfn_mock.instruments import failures
from sfn_mock.instruments.callers import Caller
from sfn_mock.instruments.watched_answers import TOKEN

#: The operations that give pages, and the member of their answers that holds a page's items.
LISTINGS = {
    "GetExecutionHistory": "events",
    "ListActivities": "activities",
    "ListExecutions": "executions",
    "ListMapRuns": "mapRuns",
    "ListStateMachineAliases": "stateMachineAliases",
    "ListStateMachineVersions": "stateMachineVersions",
    "ListStateMachines": "stateMachines",
}

#: A page of this size is one that nobody chose; whoever asks for fewer items and gets them all has what was asked for.
_DEFAULT_PAGE_SIZE = 100
#: Of a longer row of calls, this many are shown from either end.
_SHOWN = 2


class PagingError(AssertionError):
    """The code under test would miss executions on AWS, or read the same page for ever."""


class PagingWarning(UserWarning):
    """The same as a PagingError tells, where it is not to fail the test, or is not certain."""


@dataclass(eq=False)
class Call:
    """A call to a listing: what was asked for, what it was answered with, and what became of the token it gave."""

    operation: str
    parameters: Mapping[str, Any]
    #: Account and region.
    place: tuple[str, str]
    moment: int
    caller: Caller
    #: Made in ``partial_listing()``.
    partial: bool
    walk: Walk
    #: How many items it was answered with; None if with an error.
    size: int | None = None
    token: str | None = None
    reads_seen: bool = False
    looked_at: bool = False
    sent: bool = False
    #: The next call of the same thread or task failed.
    cut_short: bool = False

    def look(self) -> None:
        self.looked_at = True

    @property
    def bound_to(self) -> dict[str, Any]:
        """All that a token is bound to, by the names that a reader knows."""
        account_id, region = self.place
        filters = {name: value for name, value in self.parameters.items() if name not in (TOKEN, "maxResults")}
        return {"operation": self.operation, "account": account_id, "region": region, **filters}

    @property
    def asked_for(self) -> tuple[object, ...]:
        """What is the same in calls that are identical, clock included."""
        return self.operation, self.parameters, self.place, self.moment

    @property
    def has_what_was_asked_for(self) -> bool:
        """Whether the caller chose a small page and got it full."""
        size = self.parameters.get("maxResults", 0)
        return bool(0 < size < _DEFAULT_PAGE_SIZE and self.size == size)

    @property
    def outcome(self) -> str:
        if self.size is None:
            return "InvalidToken"
        return f"{LISTINGS[self.operation]}: {self.size}{'' if self.token is None else ', nextToken'}"


@dataclass(eq=False)
class Walk:
    """A call without a token, and those joined to it by tokens."""

    calls: list[Call] = field(default_factory=list)


@dataclass
class Course:
    """What one thread or task has done up to now."""

    #: The listing just answered, if that was its last call.
    last: Call | None = None
    #: By token: the calls that it was answered in since the last error.
    with_token: dict[str, list[Call]] = field(default_factory=dict)
    #: The same call over and over at one moment, without a token and each time answered with one.
    first_pages: list[Call] = field(default_factory=list)


class Finding(NamedTuple):
    mistake: str
    #: Those that prove it; the last one is where it was made.
    calls: list[Call]
    #: Whether it would be the same if all that the code does could be seen.
    certain: bool = True
    #: What was raised at once.
    errors: Sequence[PagingError] = ()
    #: How often it was found at this line.
    times: int = 1

    @property
    def caller(self) -> Caller:
        return self.calls[-1].caller

    def __str__(self) -> str:
        again = f" ({self.times} times at this line; these are the calls of the first.)" if self.times > 1 else ""
        return "\n".join([f"{self.caller}: {self.mistake}{again}", *_lines(self.calls)])

    def is_among(self, shown: list[BaseException]) -> bool:
        """Return whether one of the errors shown has told it at once."""
        return any(failures.is_among(error, shown) for error in self.errors)

    def warn(self) -> None:
        warnings.warn_explicit(str(self), PagingWarning, self.caller.file, self.caller.line)


@dataclass
class Pending:
    """The walks and findings of one mock that are reported when it ends."""

    #: Walks not judged yet, or with calls since, in order.
    walks: dict[Walk, None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def _lines(calls: list[Call]) -> Iterator[str]:
    """Yield the calls in a numbered list, without the middle of a long one."""
    gave = {call.token: number for number, call in enumerate(calls, 1) if call.token is not None}
    numbered = list(enumerate(calls, 1))
    left_out = len(calls) - 2 * _SHOWN
    if left_out > 0:
        numbered[_SHOWN:-_SHOWN] = []
    for number, call in numbered:
        if number == len(calls) - _SHOWN + 1 and left_out > 0:
            yield f"   ... {left_out} more ..."
        arguments = ", ".join(
            f"{name}=<of call {gave[value]}>" if value in gave else f"{name}={value!r}"
            for name, value in call.parameters.items()
        )
        yield f"   {number}. {call.caller} {call.operation}({arguments}) -> {call.outcome}"
