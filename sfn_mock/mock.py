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

    Use it as a decorator, bare or with options, of functions, coroutine functions, methods and test classes, each of
    whose tests has a store of its own, shared with its setup; as a context manager, which gives the handle to seed
    and inspect with; or by ``start()``, which gives the handle too, and ``stop()``. Nested mocks share one store.

    ``account_id`` owns the seeds and the calls. ``region`` is where the handle seeds, and AWS_DEFAULT_REGION
    meanwhile; by default what AWS_DEFAULT_REGION says already, or else us-east-1.
    With ``retry_sleeps=False`` botocore repeats what failed at once, as often as ever, without its pauses in between.

    ``check_paging`` fails the test with PagingError, or only warns, where the code under test would miss what later
    pages hold, or would read one page for ever; the handle's ``partial_listing()`` says that stopping early is meant.

    AWS's rough edges, none of them unless asked for: ListExecutions shows executions as they were ``consistency_lag``
    ago; with ``short_pages`` pages have fewer items than asked for, at times none; closed executions are gone after
    ``retention``; ``quotas`` limit the calls of operations, as in ``{"ListExecutions": (200, 5)}``, which is a bucket
    and what refills it each second, and the ``"open_executions"``; ``"default"`` stands for AWS's own numbers.

    With ``execute=True`` the definition of what is started runs on the test's clock, unless ``on_start`` controls its
    outcome; the services that its tasks call are those of ``mock_aws``. ``wait_scale`` multiplies the delays of its
    Wait states and the pauses of its retries; with ``wait_scale=0`` they take no time.
    With ``transport="wire"`` botocore signs and serialises each request to the bytes of HTTP, and parses the answer's,
    as it does with AWS; by default calls are answered before that, with the same answers in a fraction of the time.
    ValueError for an option that says nothing of its kind.

    A call to another AWS service raises UnmockedServiceError unless moto's ``mock_aws`` is active too.
    """
    mock = MockSFNExecutions(read_options(Options, options))
    return mock if target is None else mock(target)


def get_mock() -> StepFunctionsMock:
    """The handle of the innermost active mock; RuntimeError when none is active."""
    from sfn_mock import activation

    return activation.active()
