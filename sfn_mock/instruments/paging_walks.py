"""The calls that read pages, the walks that they are part of, and the mistakes found in these."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sfn_mock.instruments import failures
from sfn_mock.instruments.callers import Caller
from sfn_mock.instruments.watched_answers import TOKEN

#: The list operations, with the member of their answers that has a page's items.
LISTINGS = {
    "GetExecutionHistory": "events",
    "ListActivities": "activities",
    "ListExecutions": "executions",
    "ListMapRuns": "mapRuns",
    "ListStateMachineAliases": "stateMachineAliases",
    "ListStateMachineVersions": "stateMachineVersions",
    "ListStateMachines": "stateMachines",
}

#: The default page size. A caller that asks for fewer items and gets them all may stop.
_DEFAULT_PAGE_SIZE = 100
#: The number of calls shown from each end of a long list.
_SHOWN = 2


class PagingError(AssertionError):
    """The code under test would miss executions on AWS, or would read the same page forever."""


class PagingWarning(UserWarning):
    """A paging mistake that does not fail the test, or that is not certain."""


@dataclass(eq=False)
class Call:
    """A call of a list operation: its arguments, its answer, and the use of the answer's token."""

    operation: str
    parameters: Mapping[str, Any]
    #: Account and region.
    location: tuple[str, str]
    moment: int
    caller: Caller
    #: Made in ``partial_listing()``.
    partial: bool
    walk: Walk
    #: The call whose answer had its token; None without one.
    giver: Call | None = None
    #: The number of items in the answer; None for an error.
    size: int | None = None
    token: str | None = None
    reads_seen: bool = False
    looked_at: bool = False
    sent: bool = False
    #: The next call of the same thread or task failed.
    cut_short: bool = False

    def look(self) -> None:
        """Record that the caller looked at the page token."""
        self.looked_at = True

    @property
    def bound_to(self) -> dict[str, Any]:
        """The values that a token is bound to, by argument name."""
        account_id, region = self.location
        filters = {name: value for name, value in self.parameters.items() if name not in (TOKEN, "maxResults")}
        return {"operation": self.operation, "account": account_id, "region": region, **filters}

    @property
    def asked_for(self) -> tuple[object, ...]:
        """The values by which two calls are identical, with the moment."""
        return self.operation, self.parameters, self.location, self.moment

    @property
    def has_what_was_asked_for(self) -> bool:
        """Whether the caller chose a page size below the default and got a full page."""
        size = self.parameters.get("maxResults", 0)
        return bool(0 < size < _DEFAULT_PAGE_SIZE and self.size == size)

    @property
    def outcome(self) -> str:
        """The answer in a few words, such as `executions: 100, nextToken`."""
        if self.size is None:
            return "InvalidToken"
        return f"{LISTINGS[self.operation]}: {self.size}{'' if self.token is None else ', nextToken'}"


@dataclass(eq=False)
class Walk:
    """A call without a token, and the calls with tokens that follow it."""

    calls: list[Call] = field(default_factory=list)


@dataclass
class Course:
    """The calls of one thread or task so far."""

    #: The list call just answered, if it was the last call.
    last: Call | None = None
    #: By token: the calls with it since the last error.
    with_token: dict[str, list[Call]] = field(default_factory=dict)
    #: Identical calls in a row at one moment, without a token, each answered with a token.
    first_pages: list[Call] = field(default_factory=list)


class Finding(NamedTuple):
    """A finding of the paging check: its rule, and the walk or call that breaks it."""

    mistake: str
    #: The calls that prove the mistake; the last one made it.
    calls: list[Call]
    #: Whether the mistake is certain, although not everything that the code does is visible.
    certain: bool = True
    #: The error that was raised at once.
    errors: Sequence[PagingError] = ()
    #: How often the mistake was found at this line.
    times: int = 1

    @property
    def caller(self) -> Caller:
        """The line of code that made the last of the calls."""
        return self.calls[-1].caller

    def __str__(self) -> str:
        again = f" ({self.times} times at this line; these are the calls of the first.)" if self.times > 1 else ""
        return "\n".join([f"{self.caller}: {self.mistake}{again}", *_lines(self.calls)])

    def is_among(self, shown: list[BaseException]) -> bool:
        """Return whether one of these errors was raised for it at once."""
        return any(failures.is_among(error, shown) for error in self.errors)

    def warn(self) -> None:
        """Emit a PagingWarning at the line of the caller."""
        warnings.warn_explicit(str(self), PagingWarning, self.caller.file, self.caller.line)


@dataclass
class Pending:
    """The walks and findings of one mock, reported at its end."""

    #: Walks that are not checked yet, or have new calls, in order.
    walks: dict[Walk, None] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def _lines(calls: list[Call]) -> Iterator[str]:
    """Yield the calls as a numbered list; the middle of a long list is left out."""
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
