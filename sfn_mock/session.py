"""The life of the mock: one for the whole process, from the first start to the last stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from threading import Lock

from sfn_mock.aws.constraints import operations
from sfn_mock.handle import StepFunctionsMock
from sfn_mock.instruments import paging_check, report
from sfn_mock.instruments.guard import Guard, UnmockedServiceError
from sfn_mock.instruments.paging_check import PagingCheck
from sfn_mock.moto_integration import takeover as moto_place
from sfn_mock.moto_integration.installation import MockWithinMockAWS, mock_of_mock_aws
from sfn_mock.moto_interpreter import execution_mode
from sfn_mock.options import NAMES, Options
from sfn_mock.transport import environment, interception, plain_http, retry_sleeps
from sfn_mock.transport.direct import Direct
from sfn_mock.transport.wire import Wire

_DEFAULTS = Options()


class _Life:
    """All that is in place while any mock is active, and what undoes it."""

    def __init__(self, options: Options) -> None:
        self.depth = 0
        self.guard = Guard()
        self.paging = PagingCheck(options.check_paging or paging_check.default())
        self._place = self._in_place(options)
        self.handle = self._place.__enter__()
        self._options = options

    @contextmanager
    def _in_place(self, options: Options) -> Iterator[StepFunctionsMock]:
        with environment.faked(options.region) as region:
            simulation = options.simulation()
            # Within a mock_aws whose Step Functions is ours already, the store is that one's.
            handle_class = MockWithinMockAWS if moto_place.is_shared() else StepFunctionsMock
            handle = handle_class(options.account_id, region, self.paging, simulation)
            wire = Wire(handle.backend, self.paging, handle.account_id, handle.faults, handle.record)
            direct = Direct(
                handle.backend,
                self.paging,
                handle.account_id,
                handle.faults,
                handle.record,
                wire_only=operations() if options.transport == "wire" else simulation.quotas.buckets,
            )
            with (
                moto_place.taken(handle.backend, wire) as self.prepare_service,
                interception.installed(direct, wire, self.guard, self.paging),
                plain_http.installed(wire, self.guard),
                nullcontext() if options.retry_sleeps else retry_sleeps.skipped(handle.endpoint_urls),
                execution_mode.switched_on() if options.execute else nullcontext(),
                # First of all: what is executed still may make calls, and none is to get past the mock.
                closing(handle),
            ):
                yield handle

    def undo(self) -> None:
        self._place.__exit__(None, None, None)

    def check_shared(self, options: Options) -> None:
        """RuntimeError unless ``options`` ask for nothing that this life does not have."""
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
        try:
            self.guard.settle(failure)
        except UnmockedServiceError as error:
            self.paging.settle(error)
            raise
        self.paging.settle(failure)


_lock = Lock()
_life: _Life | None = None
#: What the last mock that a failure has ended would tell of itself.
_last_words = ""


def begin(options: Options) -> StepFunctionsMock:
    """Begin the mock, or share the one that is active. RuntimeError if that one has other options."""
    global _life
    with _lock:
        if _life is None:
            life = _Life(options)
        else:
            life = _life
            life.check_shared(options)
        life.depth += 1
        _life = life
    return life.handle


def end(failure: BaseException | None) -> None:
    """Undo one ``begin``; the last one ends the mock, with ``failure``, or nothing, on its way to the test's runner.

    UnmockedServiceError, without a failure, if the code under test swallowed one; PagingError if check_paging is on
    and found a mistake.
    """
    global _life, _last_words
    with _lock:
        life = _life
        assert life is not None, "each end has its begin"
        life.depth -= 1
        if life.depth:
            return
        _last_words = "" if failure is None else report.of(life.handle)
        _life = None
        life.undo()
    life.settle(failure)


def active() -> StepFunctionsMock:
    """The handle of the active mock, which may be an installed one; RuntimeError when there is none."""
    life = _life
    handle = mock_of_mock_aws() if life is None else life.handle
    if handle is None:
        raise RuntimeError(
            "No mock_sfn_executions is active: call get_mock() inside one or, after install(), inside a mock_aws."
        )
    return handle


def prepare_service(name: str) -> None:
    """Ready one of moto's services for a request that comes to it through a server."""
    life = _life
    assert life is not None, "a server answers while its mock is active"
    life.prepare_service(name)


def settle(failure: BaseException | None) -> None:
    """Account for refused calls and mistakes found while the mock goes on, now that a test's outcome is known."""
    life = _life
    if life is not None:
        life.settle(failure)


def tell() -> str:
    """What the report of a failed test tells of the active mock; empty without one, or if it has nothing to tell."""
    life = _life
    return "" if life is None else report.of(life.handle)


def take_last_words() -> str:
    """The same of the mock that a failure has ended since somebody asked; empty without one."""
    global _last_words
    words, _last_words = _last_words, ""
    return words
