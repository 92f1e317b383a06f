"""``check_paging``: the judge of how the code under test reads pages.

A walk is a call to a listing without a token, and the calls joined to it by the tokens that it gave. Five mistakes are
found. Two are told at once, since the code would go on for ever: the same token, or the same first page, again and
again. Three are told when the outcome of the test is known: pages left unread, an empty page taken for the end, and a
token sent with other arguments than it was given for.
"""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sfn_mock.instruments import failures, paging_sentences
from sfn_mock.instruments.callers import Caller, find_caller
from sfn_mock.instruments.requests import Request
from sfn_mock.instruments.watched_answers import TOKEN, WatchedAnswer
from sfn_mock.options import CheckPaging

Answer = dict[str, Any]

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
#: How often one token may be answered, and how often the same first page, before it counts as going on for ever.
_SAME_TOKEN = 3
_SAME_FIRST_PAGE = 100
#: Of a longer row of calls, this many are shown from either end.
_SHOWN = 2


class PagingError(AssertionError):
    """The code under test would miss executions on AWS, or read the same page for ever."""


class PagingWarning(UserWarning):
    """The same as a PagingError tells, where it is not to fail the test, or is not certain."""


# --- What is known of a call -------------------------------------------------------------------------------------


@dataclass(eq=False)
class _Call:
    """A call to a listing: what was asked for, what it was answered with, and what became of the token it gave."""

    operation: str
    parameters: Mapping[str, Any]
    #: Account and region.
    place: tuple[str, str]
    moment: int
    caller: Caller
    #: Made in ``partial_listing()``.
    partial: bool
    walk: _Walk
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
class _Walk:
    """A call without a token, and those joined to it by tokens."""

    calls: list[_Call] = field(default_factory=list)


@dataclass
class _Course:
    """What one thread or task has done up to now."""

    #: The listing just answered, if that was its last call.
    last: _Call | None = None
    #: By token: the calls that it was answered in since the last error.
    with_token: dict[str, list[_Call]] = field(default_factory=dict)
    #: The same call over and over at one moment, without a token and each time answered with one.
    first_pages: list[_Call] = field(default_factory=list)


class _Finding(NamedTuple):
    mistake: str
    #: Those that prove it; the last one is where it was made.
    calls: list[_Call]
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
class _Pending:
    """The walks and findings of one mock that are reported when it ends."""

    #: Walks not judged yet, or with calls since, in order.
    walks: dict[_Walk, None] = field(default_factory=dict)
    findings: list[_Finding] = field(default_factory=list)


# --- The judge ---------------------------------------------------------------------------------------------------


class PagingCheck:
    """Watches the calls of one mock, and tells what is wrong with how they read pages."""

    def __init__(self, mode: CheckPaging) -> None:
        self.mode = mode
        self._lock = threading.RLock()
        self._partial = 0
        #: By thread or task.
        self._courses: WeakKeyDictionary[Any, _Course] = WeakKeyDictionary()
        #: By token: the call that gave it.
        self._given: dict[str, _Call] = {}
        #: One for each of the nested mocks, the innermost one's last.
        self._pending = [_Pending()]

    def nest(self) -> None:
        """Keep apart what is to be judged when an inner mock ends."""
        with self._lock:
            self._pending.append(_Pending())

    def unnest(self, depth: int) -> list[_Pending]:
        """Forget the inner mocks that have ended, all but ``depth``; return what is to be judged of them."""
        with self._lock:
            ended = self._pending[depth:]
            del self._pending[depth:]
        return ended

    @contextmanager
    def partial(self) -> Iterator[None]:
        """Calls made meanwhile, in any thread, mean to stop early."""
        with self._lock:
            self._partial += 1
        try:
            yield
        finally:
            with self._lock:
                self._partial -= 1

    # --- The record ----------------------------------------------------------------------------------------------

    def answered(self, request: Request, parameters: Answer, answer: Answer) -> None:
        """Take note of a call and its answer. PagingError if the code is going on like this for ever."""
        with self._lock:
            course = self._course()
            if request.operation not in LISTINGS:
                course.last = None
                course.first_pages.clear()
                return
            call = self._call(request, parameters)
            call.size = len(answer[LISTINGS[request.operation]])
            call.token = answer.get(TOKEN)
            if call.caller.paginated:
                # botocore's paginator sends each token once, and comes to an end by itself.
                course.first_pages.clear()
            else:
                self._judge_at_once(course, call)
            course.last = call
            call.walk.calls.append(call)
            if not any(call.walk in pending.walks for pending in self._pending):
                self._pending[-1].walks[call.walk] = None
            if call.token is not None:
                self._given[call.token] = call

    def refused(self, request: Request, parameters: Answer, code: str) -> None:
        """Take note of a call that was answered with the error ``code``."""
        with self._lock:
            self.failed()
            if request.operation not in LISTINGS:
                return
            call = self._call(request, parameters)
            giver = self._giver(call)
            if giver is not None and code == "InvalidToken":
                differences = paging_sentences.differences(giver.bound_to, call.bound_to)
                if differences:
                    self._pending[-1].findings.append(
                        _Finding(paging_sentences.OTHER_ARGUMENTS.format(differences=differences), [giver, call])
                    )

    def failed(self) -> None:
        """Take note that a call of this thread or task, to whatever service, came to an error."""
        with self._lock:
            # Nothing from before an error is held against what comes after it.
            course = self._courses.pop(_thread_or_task(), None)
            if course is not None and course.last is not None:
                course.last.cut_short = True

    def watched(self, answer: Answer) -> Answer:
        """``answer``, in a form that shows whether the code under test looks at its token."""
        call = self._given.get(answer.get(TOKEN, ""))
        if call is None:
            return answer
        call.reads_seen = True
        return WatchedAnswer(answer, call.look)

    def _course(self) -> _Course:
        return self._courses.setdefault(_thread_or_task(), _Course())

    def _giver(self, call: _Call) -> _Call | None:
        """Return the call that gave the token which ``call`` sent."""
        token = call.parameters.get(TOKEN)
        return self._given.get(token) if isinstance(token, str) else None

    def _call(self, request: Request, parameters: Answer) -> _Call:
        place = request.account_id, request.region
        caller = find_caller()
        call = _Call(request.operation, parameters, place, request.moment, caller, self._partial > 0, _Walk())
        giver = self._giver(call)
        if giver is not None:
            giver.sent = True
            call.walk = giver.walk
        return call

    # --- The rules -----------------------------------------------------------------------------------------------

    def _judge_at_once(self, course: _Course, call: _Call) -> None:
        giver = self._giver(call)
        if giver is not None:
            course.first_pages.clear()
            same = course.with_token.setdefault(call.parameters[TOKEN], [])
            same.append(call)
            if len(same) == _SAME_TOKEN:
                self._tell_at_once(_Finding(paging_sentences.TOKEN_AGAIN, [giver, *same]))
            return
        same = course.first_pages
        if call.token is None or (same and same[-1].asked_for != call.asked_for):
            same.clear()
        if call.token is not None:
            same.append(call)
            if len(same) == _SAME_FIRST_PAGE:
                self._tell_at_once(_Finding(paging_sentences.FIRST_PAGE_AGAIN, list(same)))

    def _tell_at_once(self, finding: _Finding) -> None:
        if self.mode == "warn":
            finding.warn()
            return
        error = PagingError(str(finding))
        self._pending[-1].findings.append(finding._replace(errors=[error]))
        self.failed()
        raise error

    def _judge(self, walk: _Walk) -> _Finding | None:
        """Return what is wrong with where the walk ended, if anything."""
        last = walk.calls[-1]
        if last.token is None or last.sent or last.partial or last.cut_short:
            return None
        if last.size == 0:
            mistake = paging_sentences.EMPTY_PAGE
        elif last.looked_at or last.caller.paginated or last.has_what_was_asked_for:
            return None
        else:
            mistake = paging_sentences.UNREAD
        if last.reads_seen:
            return _Finding(mistake, walk.calls)
        return _Finding(f"{mistake} {paging_sentences.UNSEEN}", walk.calls, certain=False)

    # --- The outcome ---------------------------------------------------------------------------------------------

    def settle(self, failure: BaseException | None) -> None:
        """Tell what was found so far, now that ``failure``, or nothing, goes out to the test's runner.

        It joins the report of the failure as a note, except for what that shows already. Without a failure it is a
        PagingError or, in the mode "warn" and where it is not certain, a PagingWarning for each line of the code.
        """
        with self._lock:
            found = self._found(self._pending)
            self._pending = [_Pending() for _ in self._pending]
        self._tell(found, failure)

    def settle_inner(self, ended: list[_Pending], failure: BaseException | None) -> None:
        """Tell in the same way what was found in an inner mock, now that ``failure``, or nothing, leaves it.

        What the failure shows stays with the outer mock, within which it may be swallowed still.
        """
        shown = failures.shown_with(failure)
        with self._lock:
            found = self._found(ended)
            self._pending[-1].findings += [finding for finding in found if finding.is_among(shown)]
        self._tell(found, failure)

    def _found(self, settled: list[_Pending]) -> list[_Finding]:
        found = [finding for pending in settled for finding in pending.findings]
        judged = [self._judge(walk) for pending in settled for walk in pending.walks]
        return [*found, *(finding for finding in judged if finding is not None)]

    def _tell(self, found: list[_Finding], failure: BaseException | None) -> None:
        shown = failures.shown_with(failure)
        findings = [finding for finding in _by_line(found) if not finding.is_among(shown)]
        if not findings:
            return
        text = "\n\n".join(map(str, findings))
        if failure is not None:
            failures.join(failure, f"check_paging has found, besides:\n{text}")
        elif self.mode == "warn" or not any(finding.certain for finding in findings):
            for finding in findings:
                finding.warn()
        else:
            raise PagingError(text)


def _thread_or_task() -> object:
    """Return what makes the current call: the task of asyncio that is at work, or else the thread."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop runs in this thread
        task = None
    return task or threading.current_thread()


# --- In words ------------------------------------------------------------------------------------------------------


def _by_line(findings: Iterable[_Finding]) -> list[_Finding]:
    """Return the findings, those of one mistake at one line of the code put together."""
    groups: dict[tuple[str, str], _Finding] = {}
    for finding in findings:
        line = (finding.mistake, str(finding.caller))
        first = groups.get(line)
        groups[line] = (
            finding if first is None else first._replace(times=first.times + 1, errors=[*first.errors, *finding.errors])
        )
    return list(groups.values())


def _lines(calls: list[_Call]) -> Iterator[str]:
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
