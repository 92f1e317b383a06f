"""``mock_sfn_executions`` and ``get_mock``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, overload

from sfn_mock.decoration import decorated
from sfn_mock.options import Options, keyword_signature, read_options

# Early, for all others: what its constants are must not depend on whether the clock is frozen at the first mock.
from sfn_mock.state import clock as clock

if TYPE_CHECKING:
    from sfn_mock.activation import Leaving
    from sfn_mock.handle import StepFunctionsMock

# The life of the mock, and with it nearly every other room, is imported when the first mock is made: until then whoever
# imports this pays for neither boto3 nor moto.

Target = TypeVar("Target", bound=Callable[..., Any])
_Given = ParamSpec("_Given")


class MockSFNExecutions:
    """What ``mock_sfn_executions(...)`` gives: a decorator, a context manager, and ``start`` with ``stop``.

    One can be used again and again, also within itself and in several threads or tasks at once: all that is active
    at the same time shares one handle and one store.
    """

    def __init__(self, options: Options) -> None:
        # Here and not at the top, so that importing this stays light, and once, as it takes a while even so.
        from sfn_mock import activation

        self._activation = activation
        self._options = options
        self._lock = Lock()
        self._starts = 0

    def start(self) -> StepFunctionsMock:
        """Begin mocking and give the handle. RuntimeError if a mock with other options is active."""
        return self._start(self)

    def _start(self, started_by: object) -> StepFunctionsMock:
        with self._lock:
            self._starts += 1
        try:
            return self._activation.begin(self._options, started_by)
        except BaseException:
            with self._lock:
                self._starts -= 1
            raise

    def stop(self) -> None:
        """End what one ``start`` began. RuntimeError without one.

        If this ends a mock, inner or not: UnmockedServiceError if the code under test has swallowed such an error since
        it began, and PagingError if ``check_paging`` is on and has found a mistake.
        """
        self._stop(None, self, self._activation.Leaving())

    def _stop(self, failure: BaseException | None, started_by: object, leaving: Leaving) -> None:
        with self._lock:
            if not self._starts:
                raise RuntimeError("stop() without start(): this mock is not active.")
            self._starts -= 1
        try:
            self._activation.end(failure, started_by, leaving)
        except BaseException:
            if not leaving.is_done:
                with self._lock:
                    self._starts += 1
            raise

    def __enter__(self) -> StepFunctionsMock:
        return self._start(None)

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        leaving = self._activation.Leaving()
        try:
            self._stop(failure, None, leaving)
        finally:
            # An interrupt may have come before it began to end.
            if not leaving.is_done:
                self._stop(failure, None, leaving)

    def __call__(self, target: Target) -> Target:
        """Decorate a function, coroutine function, generator function or class; TypeError for anything else."""
        return decorated(self, target)


class _MockFactory(Protocol[_Given]):
    """``mock_sfn_executions`` as type checkers see it: bare as a decorator, or with the options by name."""

    @overload
    def __call__(self, *args: _Given.args, **options: _Given.kwargs) -> MockSFNExecutions: ...
    @overload
    def __call__(self, target: Target, /) -> Target: ...


def _mock_factory(options: Callable[_Given, Options]) -> Callable[[Callable[..., Any]], _MockFactory[_Given]]:
    def declared(function: Any) -> Any:
        target = inspect.Parameter("target", inspect.Parameter.POSITIONAL_ONLY, default=None)
        function.__signature__ = keyword_signature(options, target)
        return function

    return declared


@_mock_factory(Options)
def mock_sfn_executions(target: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Mock AWS Step Functions: every boto3 client of the process is answered from a store that starts empty.

    Use it as a decorator of functions, coroutine functions, methods and test classes, with or without options; each
    test has a store of its own, shared with its setup. Or use it as a context manager, which gives the handle, or
    by ``start()``, which returns the handle, and ``stop()``. Nested mocks share one store.

    A call to another AWS service raises UnmockedServiceError unless moto's ``mock_aws`` is active too.

    Args:
        target: What a decorator without options decorates.
        account_id: The account of seeds and calls.
        region: The region of seeds, which AWS_DEFAULT_REGION has meanwhile. None: what AWS_DEFAULT_REGION says
            already, or us-east-1.
        retry_sleeps: False makes botocore's pauses between retries take no time.
        check_paging: True fails a test with PagingError where the code under test would miss what later pages hold, or
            would read one page for ever; ``"warn"`` warns. ``partial_listing()`` of the handle says that stopping
            early is meant.
        consistency_lag: ListExecutions shows executions as they were this long ago.
        short_pages: Pages have fewer items than asked for, sometimes none.
        retention: Closed executions vanish this long after they stop.
        quotas: Limits of calls, such as ``{"ListExecutions": (200, 5)}``: the size of a bucket, and how much refills
            it each second. ``"open_executions"`` limits open executions; ``"default"`` stands for AWS's own numbers.
        execute: True runs the definition of each execution that is started on the test's clock, unless ``on_start``
            controls its outcome. The services that its tasks call are those of ``mock_aws``.
        wait_scale: Multiplies Wait states and the pauses of retries in definitions that run; with 0 they take no time.
        transport: ``"wire"`` lets botocore sign and serialise each request to the bytes of HTTP, and parse the
            answer's, as it does with AWS. ``"direct"`` answers before that, in a fraction of the time.

    Returns:
        The decorated target, or an object that is a decorator and a context manager, with ``start`` and ``stop``.

    Raises:
        TypeError: An option is unknown.
        ValueError: An option has a value that it cannot have.
    """
    mock = MockSFNExecutions(read_options(Options, options))
    return mock if target is None else mock(target)


def get_mock() -> StepFunctionsMock:
    """Return the handle of the innermost active mock.

    Raises:
        RuntimeError: No mock is active.
    """
    from sfn_mock import activation

    return activation.active()
