"""The activation of the mock: one for the whole process, from the first start to the last stop."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing, nullcontext
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
from sfn_mock.options import NAMES, Options, run_defaults
from sfn_mock.session import Session
from sfn_mock.state import clock
from sfn_mock.state.undo_log import UndoLog
from sfn_mock.transport import (
    connections,
    environment,
    expected_errors,
    interception,
    patching,
    plain_http,
    retry_sleeps,
)
from sfn_mock.transport.direct import Direct
from sfn_mock.transport.wire import Wire

_DEFAULTS = Options()
#: Reports what was found: as a note of the failure given, or as an error of its own if that is None.
_Settle = Callable[[BaseException | None], None]


class _Level:
    """One mock among those that are nested, with how many have begun it at once."""

    def __init__(self, roll_back: Callable[[], None] | None) -> None:
        self.users = 0
        #: Brings the store back to how it stood; None for the outermost, whose end ends the store.
        self.roll_back = roll_back


class _Entry(NamedTuple):
    """Which mock the current context uses: the level of that mock, and the entry to return to when it ends."""

    level: _Level
    before: _Entry | None


#: A mock that begins in the context of the innermost one is nested in it. Other threads and tasks share that one.
_entry: ContextVar[_Entry | None] = ContextVar("sfn_mock_entry", default=None)


class _Activation:
    """All that is in effect while any mock is active, and how to undo it."""

    def __init__(self, options: Options, undo: UndoLog) -> None:
        self._levels: list[_Level] = []
        self.starts = Starts()
        #: The report for a failure that a test's runner keeps to itself.
        self.kept_report = ""
        self.guard = Guard()
        self.paging = PagingCheck(options.check_paging or run_defaults().check_paging)
        self._options = options
        self._changes = UndoLog()
        in_effect = self._enter(options)
        self._end: Callable[[], object] = in_effect.close
        # Before it begins, so that it ends whatever comes between.
        undo.note(self.finish)
        try:
            patching.note_in(self._changes)
            self.session = next(in_effect)
            # Going on costs less than closing.
            self._end = partial(next, in_effect, None)
        except BaseException:
            self._changes.take_back()
            raise
        finally:
            patching.note_in(None)
        self.handle = StepFunctionsMock(self.session)

    def finish(self) -> None:
        """End all that is in effect, if it is not ended."""
        try:
            self._end()
        except BaseException:
            self._changes.take_back()
            raise

    def _enter(self, options: Options) -> Generator[Session, None, None]:
        with environment.faked(options.region or run_defaults().region) as region:
            simulation = options.simulation()
            # Within a mock_aws whose Step Functions is ours already, the store is that one's.
            session_class = SessionWithinMockAWS if takeover.is_shared() else Session
            session = session_class(
                options.account_id, region, self.paging, self.guard, simulation=simulation, executes=options.execute
            )
            patching.note(session.close)
            service = session.service()
            wire = Wire(service, session.account_id)
            wire_only = operations() if options.transport == "wire" else simulation.quotas.buckets
            direct = Direct(service, session.account_id, wire_only=wire_only)
            with (
                active_mock.active(session),
                takeover.taken(session.backend, session.backends, wire) as self.prepare_service,
                interception.installed(direct, wire, self.guard, self.paging, session.endpoint_urls),
                plain_http.installed(wire, self.guard),
                connections.refused(self.guard),
                expected_errors.accepted(self.guard),
                nullcontext() if options.retry_sleeps else retry_sleeps.skipped(session.endpoint_urls),
                # First of all: what is executed still may make calls, and none is to get past the mock.
                closing(session),
            ):
                yield session

    def enter(self, undo: UndoLog) -> None:
        """Begin a mock: the first one, one nested in the innermost, or one that shares the innermost."""
        entry = _entry.get()
        undo.keep(self, "_levels")
        undo.note(partial(_entry.set, entry))
        if not self._levels:
            self._levels.append(_Level(None))
        elif entry is not None and entry.level is self._levels[-1]:
            undo.note(partial(self.guard.unnest, len(self._levels)))
            undo.note(partial(self.paging.unnest, len(self._levels)))
            self._levels.append(_Level(self.session.savepoint()))
            self.guard.nest()
            self.paging.nest()
        level = self._levels[-1]
        undo.keep(level, "users")
        level.users += 1
        _entry.set(_Entry(level, entry))

    def leave(self, failure: BaseException | None, leaving: Leaving) -> str | None:
        """End what one ``enter`` began; return the report, empty without a failure, if this ends a mock.

        Whatever the report meets, what there is to undo is undone.
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
            # What was cut short comes to its end.
            self._end_unused(None, entry)
            raise

    def _end_unused(self, failure: BaseException | None, entry: _Entry | None) -> str | None:
        """End the mocks that nobody uses any longer, the innermost first; whoever leaves had ``entry``."""
        if entry is not None:
            _entry.set(entry.before)
        words = None
        while self._levels and not self._levels[-1].users:
            roll_back = self._levels[-1].roll_back
            if roll_back is None:
                self.finish()
                self._levels.pop()
                return self._take_report(failure)
            try:
                words = self._take_report(failure)
            finally:
                roll_back()
            self._levels.pop()
        return words

    def _take_report(self, failure: BaseException | None) -> str:
        kept, self.kept_report = self.kept_report, ""
        if failure is None:
            return kept
        # Whoever ends the run by hand waits for no report, which nobody would see.
        return "" if isinstance(failure, KeyboardInterrupt) else _report(self.session)

    @property
    def is_over(self) -> bool:
        """Whether the last mock has ended."""
        return not self._levels

    def check_shared(self, options: Options) -> None:
        """RuntimeError unless ``options`` ask for nothing that this activation does not have."""
        active_options = replace(self._options, region=self.handle.region, check_paging=self.paging.mode)
        for name in NAMES:
            asked, active = getattr(options, name), getattr(active_options, name)
            if asked not in (getattr(_DEFAULTS, name), active):
                raise RuntimeError(
                    f"A mock with {name}={active!r} is active, and an inner mock_sfn_executions shares it, so it "
                    f"cannot have {name}={asked!r}: leave the option out, or give the outer mock the same."
                )

    def settle(self, failure: BaseException | None) -> None:
        """Tell what guard and paging check have found, with ``failure`` or, if it is None, as one of its own."""
        _tell_both(self.guard.settle, self.paging.settle, failure)

    def settlement_of_ended(self) -> _Settle:
        """Return the function that reports on the mocks that have just ended: on all, or on the inner ones alone."""
        if self.is_over:
            return self.settle
        depth = len(self._levels)
        guard = partial(self.guard.settle_inner, self.guard.unnest(depth))
        paging = partial(self.paging.settle_inner, self.paging.unnest(depth))
        return partial(_tell_both, guard, paging)


def _tell_both(guard: _Settle, paging: _Settle, failure: BaseException | None) -> None:
    """Report the findings of both; an error of the guard carries those of the paging check as a note."""
    try:
        guard(failure)
    except UnmockedServiceError as error:
        paging(error)
        raise
    paging(failure)


_lock = Lock()
_activation: _Activation | None = None
#: What the last mock that a failure has ended would tell of itself.
_last_words = ""


def begin(options: Options, started_by: object = None) -> StepFunctionsMock:
    """Begin the mock, or one within the one that is active. RuntimeError if that one has other options.

    ``started_by`` is what has to be stopped, for a mock that is not bound to a block of code.
    """
    undo = UndoLog()
    with _lock:
        try:
            activation = _activation
            undo.note(partial(_set_activation, activation))
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
            undo.take_back()
            raise


def _set_activation(activation: _Activation | None) -> None:
    global _activation
    _activation = activation


def _forget_if_over(activation: _Activation) -> None:
    if activation.is_over:
        _set_activation(None)


class Leaving:
    """Whether the end of one ``begin`` has come so far that nothing keeps it from being completed."""

    is_done = False


def end(failure: BaseException | None, started_by: object, leaving: Leaving) -> None:
    """Undo one ``begin``, with ``failure``, or nothing, on its way to the test's runner; the last one ends the mock.

    Cut short, it has either undone all or, as ``leaving`` tells, nothing. If a mock ends, inner or not:
    UnmockedServiceError, without a failure, if the code under test swallowed one since it began; PagingError if
    check_paging is on and found a mistake.
    """
    global _last_words
    with _lock:
        activation = _activation
        assert activation is not None, "each end has its begin"
        try:
            try:
                words = activation.leave(failure, leaving)
                activation.starts.remove(started_by)
            finally:
                _forget_if_over(activation)
        finally:
            # An interrupt may have come just before the line above.
            _forget_if_over(activation)
        _last_words = _last_words if words is None else words
        settle_ended = activation.settlement_of_ended()
    settle_ended(failure)


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
    """Ready one of moto's services for a request that comes to it through a server."""
    activation = _activation
    assert activation is not None, "a server answers while its mock is active"
    activation.prepare_service(name)


def settle(failure: BaseException | None) -> None:
    """Account for refused calls and mistakes found while the mock goes on, now that a test's outcome is known."""
    activation = _activation
    if activation is not None:
        activation.settle(failure)


def tell() -> str:
    """Return the report of the active mock for a failed test; empty without one, or if there is nothing to tell."""
    activation = _activation
    return "" if activation is None else _report(activation.session)


def keep_report() -> None:
    """Keep the report of the active mock for a failure that does not leave it, as the test's runner catches it."""
    activation = _activation
    if activation is not None:
        activation.kept_report = _report(activation.session)


def take_last_words() -> str:
    """Return the report of the last mock that ended with an exception, once; empty without one."""
    global _last_words
    words, _last_words = _last_words, ""
    return words


def _report(session: Session) -> str:
    """Return the report of a mock, also of one that has ended; a report that cannot be made says so."""
    try:
        # As of the last time that anybody looked: a frozen clock may have been let go since.
        with clock.last_read() as moment:
            return report.describe(session.call_log.calls, session.scopes_as_they_stand(), moment)
    except Exception as error:  # a report must never replace the failure of a test
        return f"The report of this mock cannot be made: {type(error).__name__}."
