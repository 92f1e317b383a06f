"""Activate and deactivate the mock: one activation for the whole process, from the first start to the last stop."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import NamedTuple

from sfn_mock import active_mock
from sfn_mock.aws.constraints import operations
from sfn_mock.handle import StepFunctionsMock
from sfn_mock.instruments import report
from sfn_mock.instruments.guard import Guard, UnmockedServiceError
from sfn_mock.instruments.paging_check import PagingCheck
from sfn_mock.instruments.starts import Starts
from sfn_mock.moto_integration import takeover
from sfn_mock.moto_integration.installation import SessionWithinMockAWS, session_of_mock_aws
from sfn_mock.options import DEFAULTS, NAMES, Options, run_defaults
from sfn_mock.session import Session
from sfn_mock.state import clock
from sfn_mock.state.undo_log import UndoLog
from sfn_mock.transport import (
    connections,
    environment,
    expected_errors,
    interception,
    plain_http,
    retry_sleeps,
)
from sfn_mock.transport.direct import Direct
from sfn_mock.transport.patching import Patches
from sfn_mock.transport.wire import Wire

#: Report findings: as a note on the given failure, or as an error if there is no failure.
_ReportFindings = Callable[[BaseException | None], None]


class _Level:
    """One of the nested mocks, with the number of its users that are active at once."""

    def __init__(self, roll_back: Callable[[], None] | None) -> None:
        self.users = 0
        #: Restores the store as it was at the start of this mock; None for the outermost mock, which ends the store.
        self.roll_back = roll_back


class _Entry(NamedTuple):
    """The mock that the current context uses: its level, and the entry to restore when it ends."""

    level: _Level
    before: _Entry | None


#: A mock that starts in the context of the innermost mock is nested in it; other threads and tasks share that mock.
_entry: ContextVar[_Entry | None] = ContextVar("sfn_mock_entry", default=None)


class _Activation:
    """Everything that is patched while a mock is active, and how to undo it."""

    def __init__(self, options: Options, undo: UndoLog) -> None:
        self._levels: list[_Level] = []
        self.starts = Starts()
        #: The report for a failure that the test runner catches.
        self.kept_report = ""
        self.guard = Guard()
        self.paging = PagingCheck(options.check_paging or run_defaults().check_paging)
        self._options = options
        #: How to end the mock; each part is noted before it begins, so that an interrupt leaves nothing of it.
        self._changes = UndoLog()
        undo.add(self.finish)
        self.session = self._begin(options, self._changes)
        self.handle = StepFunctionsMock(self.session)

    def finish(self) -> None:
        """Undo all patches, unless that is done."""
        try:
            self._changes.roll_back()
        except BaseException:
            # Run the interrupted step again, and those that are left.
            self._changes.roll_back()
            raise

    def _begin(self, options: Options, changes: UndoLog) -> Session:
        region = environment.fake(changes, options.region or run_defaults().region)
        simulation = options.simulation
        # Inside a mock_aws that install() already serves, share its store.
        session_class = SessionWithinMockAWS if takeover.is_shared() else Session
        session = session_class(
            options.account_id, region, self.paging, self.guard, simulation=simulation, executes=options.execute
        )
        changes.add(session.close)
        service = session.service()
        wire = Wire(service, session.account_id)
        wire_only = operations() if options.transport == "wire" else simulation.quotas.buckets
        direct = Direct(service, session.account_id, wire_only=wire_only)
        changes.add(partial(active_mock.set_session, None))
        active_mock.set_session(session)
        patches = Patches(changes)
        self.prepare_service = takeover.take(changes, patches, session.backend, session.backends, wire)
        interception.intercept(patches, direct, wire, self.guard, self.paging, session.endpoint_urls)
        plain_http.intercept(patches, wire, self.guard)
        connections.refuse(patches, self.guard)
        expected_errors.accept(patches, self.guard)
        if not options.retry_sleeps:
            retry_sleeps.skip(patches, session.endpoint_urls)
        # Again, so that it comes first: code that still runs may make calls, and none may get past the mock.
        changes.add(session.close)
        return session

    def enter(self, undo: UndoLog) -> None:
        """Start a mock: the first, one nested in the innermost, or one that shares the innermost."""
        entry = _entry.get()
        undo.save(self, "_levels")
        undo.add(partial(_entry.set, entry))
        if not self._levels:
            self._levels.append(_Level(None))
        elif entry is not None and entry.level is self._levels[-1]:
            undo.add(partial(self.guard.unnest, len(self._levels)))
            undo.add(partial(self.paging.unnest, len(self._levels)))
            self._levels.append(_Level(self.session.savepoint()))
            self.guard.nest()
            self.paging.nest()
        level = self._levels[-1]
        undo.save(level, "users")
        level.users += 1
        _entry.set(_Entry(level, entry))

    def leave(self, failure: BaseException | None, leaving: Leaving) -> str | None:
        """End one ``enter``; return the report if this ends a mock, empty without a failure.

        Everything is undone even if the report fails.
        """
        entry = _entry.get()
        level = self._levels[-1]
        if entry is not None and entry.level in self._levels:
            level = entry.level
        else:
            entry = None
        level.users, leaving.is_done = level.users - 1, True
        try:
            return self._end_unused(failure, entry)
        except BaseException:
            # Finish an end that was interrupted.
            self._end_unused(None, entry)
            raise

    def _end_unused(self, failure: BaseException | None, entry: _Entry | None) -> str | None:
        """End the mocks without users, the innermost first; the leaving user had ``entry``."""
        if entry is not None:
            _entry.set(entry.before)
        text = None
        while self._levels and not self._levels[-1].users:
            roll_back = self._levels[-1].roll_back
            if roll_back is None:
                self.finish()
                self._levels.pop()
                return self._take_report(failure)
            try:
                text = self._take_report(failure)
            finally:
                roll_back()
            self._levels.pop()
        return text

    def _take_report(self, failure: BaseException | None) -> str:
        kept, self.kept_report = self.kept_report, ""
        if failure is None:
            return kept
        # After Ctrl-C nobody reads a report.
        return "" if isinstance(failure, KeyboardInterrupt) else _report(self.session)

    @property
    def is_over(self) -> bool:
        """Return whether the last mock has ended."""
        return not self._levels

    def check_shared(self, options: Options) -> None:
        """Raise RuntimeError if ``options`` differ from the options of this activation."""
        active_options = replace(self._options, region=self.handle.region, check_paging=self.paging.mode)
        for name in NAMES:
            asked, active = getattr(options, name), getattr(active_options, name)
            if asked not in (getattr(DEFAULTS, name), active):
                raise RuntimeError(
                    f"cannot use {name}={asked!r} in an inner mock: it shares the active mock, which has "
                    f"{name}={active!r}; leave the option out, or give the outer mock the same value instead."
                )

    def report_findings(self, failure: BaseException | None) -> None:
        """Report the findings of guard and paging check: on ``failure`` or, if it is None, as an error."""
        _report_both(self.guard.report_findings, self.paging.report_findings, failure)

    def report_of_ended(self) -> _ReportFindings:
        """Return the function that reports on the mocks that have just ended: on all, or only on inner ones."""
        if self.is_over:
            return self.report_findings
        depth = len(self._levels)
        guard = partial(self.guard.report_inner_findings, self.guard.unnest(depth))
        paging = partial(self.paging.report_inner_findings, self.paging.unnest(depth))
        return partial(_report_both, guard, paging)


def _report_both(guard: _ReportFindings, paging: _ReportFindings, failure: BaseException | None) -> None:
    """Report both findings; an error of the guard has those of the paging check as a note."""
    try:
        guard(failure)
    except UnmockedServiceError as error:
        paging(error)
        raise
    paging(failure)


_lock = Lock()
#: The active mock. One for the whole process, as what it changes is the process's: botocore, moto, the environment.
_activation: _Activation | None = None
#: Makes the report of the last mock that ended with a failure; here, as it is asked for when that mock is over.
_last_report = ""


def begin(options: Options, started_by: object = None) -> StepFunctionsMock:
    """Start a mock, nested in the active one if there is one; RuntimeError if that one has other options.

    ``started_by`` is the object to stop, for a mock without a ``with`` block.
    """
    undo = UndoLog()
    with _lock:
        try:
            activation = _activation
            undo.add(partial(_set_activation, activation))
            if activation is None:
                activation = _Activation(options, undo)
            else:
                activation.starts.warn_of_forgotten()
                activation.check_shared(options)
            activation.enter(undo)
            if started_by is not None:
                activation.starts.add(started_by)
            _set_activation(activation)
            return activation.handle
        except BaseException:
            undo.roll_back()
            raise


def _set_activation(activation: _Activation | None) -> None:
    global _activation
    _activation = activation


def _forget_if_over(activation: _Activation) -> None:
    if activation.is_over:
        _set_activation(None)


class Leaving:
    """Whether the end of one ``begin`` is certain to be completed."""

    is_done = False


def end(failure: BaseException | None, started_by: object, leaving: Leaving) -> None:
    """Undo one ``begin``, with the ``failure`` that goes to the test runner, if any; the last one ends the mock.

    An interrupt leaves all undone or, as ``leaving`` shows, nothing.

    Raises:
        UnmockedServiceError: If a mock ends without a failure, and the code under test swallowed such an error.
        PagingError: If a mock ends, and ``check_paging`` found a mistake.
    """
    global _last_report
    with _lock:
        activation = _activation
        assert activation is not None, "each end has its begin"
        try:
            try:
                text = activation.leave(failure, leaving)
                activation.starts.remove(started_by)
            finally:
                _forget_if_over(activation)
        finally:
            # An interrupt may have come just before this line.
            _forget_if_over(activation)
        _last_report = _last_report if text is None else text
        report_ended = activation.report_of_ended()
    report_ended(failure)


def active() -> StepFunctionsMock:
    """Return the handle of the active mock, which may be an installed one; RuntimeError when there is none."""
    activation = _activation
    if activation is not None:
        return activation.handle
    session = session_of_mock_aws()
    if session is None:
        raise RuntimeError(
            "No mock_sfn_executions is active: call get_mock() inside one or, after install(), inside a mock_aws."
        )
    return StepFunctionsMock(session)


def current_session() -> Session:
    """Return the session of the active mock, which must be there."""
    activation = _activation
    assert activation is not None, "whoever asks has started a mock"
    return activation.session


def prepare_service(name: str) -> None:
    """Prepare one of moto's services for a request through a server."""
    activation = _activation
    assert activation is not None, "a server answers while its mock is active"
    activation.prepare_service(name)


def report_findings(failure: BaseException | None) -> None:
    """Report refused calls and paging mistakes of a test that has ended while the mock stays active."""
    activation = _activation
    if activation is not None:
        activation.report_findings(failure)


def describe_active_mock() -> str:
    """Return the report of the active mock for a failed test; empty without a mock or findings."""
    activation = _activation
    return "" if activation is None else _report(activation.session)


def keep_report() -> None:
    """Keep the report of the active mock for a failure that the test runner catches inside the mock."""
    activation = _activation
    if activation is not None:
        activation.kept_report = _report(activation.session)


def pop_last_report() -> str:
    """Return the report of the last mock that ended with an exception, once; empty without one."""
    global _last_report
    text, _last_report = _last_report, ""
    return text


def _report(session: Session) -> str:
    """Return the report of a mock, active or ended; if it cannot be made, the report says so."""
    try:
        # As of the last reading: the clock may be unfrozen since.
        with clock.last_read() as moment:
            return report.describe(session.call_log.calls, session.scopes_as_they_stand(), moment)
    except Exception as error:  # a report must never replace the failure of a test
        return f"The report of this mock cannot be made: {type(error).__name__}."
