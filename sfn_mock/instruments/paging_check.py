"""``check_paging``: find paging mistakes in the code under test.

A walk is a call of a list operation without a token, and the calls that use the tokens of its answers. There are five
mistakes. Two are raised at once, because the code would never end: the same token or the same first page is requested
again and again. Three are reported at the end of the test: unread pages, an empty page taken for the last one, and a
token sent with other arguments than those of its call.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from sfn_mock.instruments import failures, paging_sentences
from sfn_mock.instruments.callers import find_caller
from sfn_mock.instruments.paging_walks import LISTINGS, Call, Course, Finding, PagingError, Pending, Walk
from sfn_mock.instruments.requests import Request
from sfn_mock.instruments.watched_answers import TOKEN, WatchedAnswer
from sfn_mock.options import CheckPaging

Answer = dict[str, Any]

#: How often one token, and the same first page, may be requested before that counts as an endless loop.
_SAME_TOKEN = 3
_SAME_FIRST_PAGE = 100

# --- The check ---------------------------------------------------------------------------------------------------


class PagingCheck:
    """Watches the calls of one mock, and reports paging mistakes."""

    def __init__(self, mode: CheckPaging) -> None:
        self.mode = mode
        self._lock = threading.RLock()
        self._partial = 0
        #: By thread or task.
        self._courses: WeakKeyDictionary[Any, Course] = WeakKeyDictionary()
        #: By token: the call whose answer has it.
        self._given: dict[str, Call] = {}
        #: One for each nested mock, the innermost last.
        self._pending = [Pending()]

    def nest(self) -> None:
        """Start a separate list of walks for an inner mock."""
        with self._lock:
            self._pending.append(Pending())

    def unnest(self, depth: int) -> list[Pending]:
        """Remove the lists of ended inner mocks, keep ``depth``; return their walks and findings."""
        with self._lock:
            ended = self._pending[depth:]
            del self._pending[depth:]
        return ended

    @contextmanager
    def partial(self) -> Iterator[None]:
        """Mark calls made inside the block, in any thread, as allowed to stop early."""
        with self._lock:
            self._partial += 1
        try:
            yield
        finally:
            with self._lock:
                self._partial -= 1

    # --- Events --------------------------------------------------------------------------------------------------

    def answered(self, request: Request, parameters: Answer, answer: Answer) -> None:
        """Record a call and its answer; PagingError if the code is in an endless loop."""
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
                # botocore's paginator sends each token once, and always ends.
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
        """Record a call that was answered with the error ``code``."""
        with self._lock:
            self.failed()
            if request.operation not in LISTINGS:
                return
            call = self._call(request, parameters)
            if call.giver is not None and code == "InvalidToken":
                differences = paging_sentences.differences(call.giver.bound_to, call.bound_to)
                if differences:
                    self._pending[-1].findings.append(
                        Finding(paging_sentences.OTHER_ARGUMENTS.format(differences=differences), [call.giver, call])
                    )

    def failed(self) -> None:
        """Record that a call of this thread or task, to any service, ended in an error."""
        with self._lock:
            # Calls before an error do not count as repetitions of calls after it.
            course = self._courses.pop(_thread_or_task(), None)
            if course is not None and course.last is not None:
                course.last.cut_short = True

    def watched(self, answer: Answer) -> Answer:
        """Return ``answer`` in a form that notes whether the code under test reads its token."""
        call = self._given.get(answer.get(TOKEN, ""))
        if call is None:
            return answer
        call.reads_seen = True
        return WatchedAnswer(answer, call.look)

    def _course(self) -> Course:
        return self._courses.setdefault(_thread_or_task(), Course())

    def _call(self, request: Request, parameters: Answer) -> Call:
        token = parameters.get(TOKEN)
        giver = self._given.get(token) if isinstance(token, str) else None
        walk = Walk() if giver is None else giver.walk
        location = request.account_id, request.region
        is_partial = self._partial > 0
        if giver is not None:
            giver.sent = True
        return Call(request.operation, parameters, location, request.moment, find_caller(), is_partial, walk, giver)

    # --- The rules -----------------------------------------------------------------------------------------------

    def _judge_at_once(self, course: Course, call: Call) -> None:
        if call.giver is not None:
            course.first_pages.clear()
            same = course.with_token.setdefault(call.parameters[TOKEN], [])
            same.append(call)
            if len(same) == _SAME_TOKEN:
                self._raise_at_once(Finding(paging_sentences.TOKEN_AGAIN, [call.giver, *same]))
            return
        same = course.first_pages
        if call.token is None or (same and same[-1].asked_for != call.asked_for):
            same.clear()
        if call.token is not None:
            same.append(call)
            if len(same) == _SAME_FIRST_PAGE:
                self._raise_at_once(Finding(paging_sentences.FIRST_PAGE_AGAIN, list(same)))

    def _raise_at_once(self, finding: Finding) -> None:
        if self.mode == "warn":
            finding.warn()
            return
        error = PagingError(str(finding))
        self._pending[-1].findings.append(finding._replace(errors=[error]))
        self.failed()
        raise error

    def _judge(self, walk: Walk) -> Finding | None:
        """Return the mistake at the end of a walk, if any."""
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
            return Finding(mistake, walk.calls)
        return Finding(f"{mistake} {paging_sentences.UNSEEN}", walk.calls, certain=False)

    # --- The report ----------------------------------------------------------------------------------------------

    def report_findings(self, failure: BaseException | None) -> None:
        """Report the findings with the ``failure`` that reaches the test runner, or as an error without one.

        They are a note on the failure, unless it shows them already. Without a failure they are a PagingError or, in
        the mode "warn" and for uncertain findings, a PagingWarning for each line of the code.
        """
        if not self.mode:
            return
        with self._lock:
            found = self._found(self._pending)
            self._pending = [Pending() for _ in self._pending]
        self._raise_or_note(found, failure)

    def report_inner_findings(self, ended: list[Pending], failure: BaseException | None) -> None:
        """Report the findings of an inner mock in the same way, with the ``failure`` that leaves it, if any.

        Findings that the failure shows move to the outer mock, because it may still be swallowed there.
        """
        shown = failures.shown_with(failure)
        with self._lock:
            found = self._found(ended)
            self._pending[-1].findings += [finding for finding in found if finding.is_among(shown)]
        self._raise_or_note(found, failure)

    def _found(self, ended: list[Pending]) -> list[Finding]:
        found = [finding for pending in ended for finding in pending.findings]
        judged = [self._judge(walk) for pending in ended for walk in pending.walks]
        return [*found, *(finding for finding in judged if finding is not None)]

    def _raise_or_note(self, found: list[Finding], failure: BaseException | None) -> None:
        shown = failures.shown_with(failure)
        findings = [finding for finding in _by_line(found) if not finding.is_among(shown)]
        if not findings:
            return
        text = "\n\n".join(map(str, findings))
        if failure is not None:
            failures.join(failure, f"check_paging has also found:\n{text}")
        elif self.mode == "warn" or not any(finding.certain for finding in findings):
            for finding in findings:
                finding.warn()
        else:
            raise PagingError(text)


def _thread_or_task() -> object:
    """Return the current asyncio task or, without one, the current thread."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop runs in this thread
        task = None
    return task or threading.current_thread()


# --- Sentences -----------------------------------------------------------------------------------------------------


def _by_line(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, with equal mistakes at one line of the code merged."""
    groups: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        line = (finding.mistake, str(finding.caller))
        first = groups.get(line)
        groups[line] = (
            finding if first is None else first._replace(times=first.times + 1, errors=[*first.errors, *finding.errors])
        )
    return list(groups.values())
