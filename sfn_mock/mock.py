"""``mock_sfn_executions`` and ``get_mock``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, overload

from sfn_mock.decoration import decorated
from sfn_mock.options import DEFAULTS, Options, keyword_signature, read_options

# Imported early, so that its constants do not depend on whether the clock is frozen at the first mock.
from sfn_mock.state import clock as clock

if TYPE_CHECKING:
    from sfn_mock.activation import Leaving
    from sfn_mock.handle import StepFunctionsMock

# Most modules are imported when the first mock is made, so that importing this one loads neither boto3 nor moto.

Target = TypeVar("Target", bound=Callable[..., Any])
_Given = ParamSpec("_Given")


class MockSFNExecutions:
    """The mock that ``mock_sfn_executions(...)`` returns: a decorator, a context manager, ``start()`` and ``stop()``.

    It can be used many times, also inside itself and in several threads or tasks at once. All mocks that are active at
    the same time share one handle and one store.
    """

    def __init__(self, options: Options) -> None:
        # Imported here so that importing this module stays fast, and once, because even this lookup takes time.
        from sfn_mock import activation

        self._activation = activation
        self._options = options
        self._lock = Lock()
        self._starts = 0

    def start(self) -> StepFunctionsMock:
        """Start the mock.

        Returns:
            The handle, with which the test seeds and inspects executions.

        Raises:
            RuntimeError: If a mock with other options is active.
        """
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
        """Stop the mock that one ``start()`` started.

        Raises:
            RuntimeError: If it was not started.
            UnmockedServiceError: If the code under test swallowed such an error while the mock was active.
            PagingError: If ``check_paging`` found a mistake.
        """
        self._stop(None, self, self._activation.Leaving())

    def _stop(self, failure: BaseException | None, started_by: object, leaving: Leaving) -> None:
        with self._lock:
            if not self._starts:
                raise RuntimeError("cannot stop(): this mock is not active; call start() first.")
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
            # An interrupt may have come before the end began.
            if not leaving.is_done:
                self._stop(failure, None, leaving)

    def __call__(self, target: Target) -> Target:
        """Decorate a function, coroutine function, generator function or class.

        Raises:
            TypeError: If the target is anything else.
        """
        return decorated(self, target)


class _MockFactory(Protocol[_Given]):
    """The types of ``mock_sfn_executions``: a decorator without parentheses, or a call with options as keywords."""

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
    """Mock AWS Step Functions: answer every boto3 client of the process from a store that starts empty.

    Use it as a decorator of functions, coroutine functions, methods and test classes, with or without options: each
    test has its own store, shared with its setup. Or use it as a context manager, or call ``start()`` and ``stop()``;
    both return the handle. Nested mocks share one store.

    A call to another AWS service raises UnmockedServiceError unless moto's ``mock_aws`` is active too.

    Args:
        target: What a decorator without options decorates.
        account_id: The account of seeds and calls.
        region: The region of seeds; AWS_DEFAULT_REGION is set to it while the mock is active. None: the value of
            AWS_DEFAULT_REGION, or us-east-1.
        retry_sleeps: False makes botocore's pauses between retries take no time.
        check_paging: True fails a test with PagingError if the code under test ignores later pages or reads one page
            forever; ``"warn"`` warns instead. ``partial_listing()`` of the handle allows to stop early.
        consistency_lag: ListExecutions shows executions as they were this long ago, a timedelta.
        short_pages: Pages have fewer items than asked for, sometimes none.
        retention: Closed executions vanish this long after they stop, a timedelta; AWS has 90 days. None: never.
        quotas: Limits of calls, such as ``{"ListExecutions": (200, 5)}``: the size of a bucket, and how much refills
            it each second. ``"open_executions"`` limits open executions; ``"default"`` stands for AWS's own numbers.
        execute: True runs the definition of each started execution on the test's clock, unless ``on_start`` controls
            its outcome. Its tasks call the services of ``mock_aws``.
        wait_scale: Multiplies the seconds of Wait states and of retry pauses in definitions that run; 0 for no time.
        transport: With ``"wire"`` botocore signs and serialises each request to HTTP and parses the HTTP answer, as it
            does with AWS. ``"direct"`` answers before that, which is much faster.

    Returns:
        The decorated target, or an object that is a decorator and a context manager, with ``start`` and ``stop``.

    Raises:
        TypeError: If an option is unknown; the message suggests the closest name.
        ValueError: If an option has a wrong value.
    """
    mock = MockSFNExecutions(read_options(Options, options) if options else DEFAULTS)
    return mock if target is None else mock(target)


def get_mock() -> StepFunctionsMock:
    """Return the handle of the innermost active mock.

    Raises:
        RuntimeError: If no mock is active.
    """
    from sfn_mock import activation

    return activation.active()
