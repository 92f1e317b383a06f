"""The mock as a decorator: functions and classes run under the mock and keep their kind and signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, aclosing
from functools import wraps
from types import FunctionType, TracebackType
from typing import Any, TypeVar
from unittest import TestCase, TestLoader

Target = TypeVar("Target", bound=Callable[..., Any])
Function = Callable[..., Any]

_TEST_METHODS = TestLoader.testMethodPrefix
_TEST_CLASSES = "Test"
#: The attribute in which a test's instance keeps its mock from setup_method to teardown_method, and a class its mock
#: from setUpClass or setup_class on.
_STARTED = "_sfn_mock_started"


Context = AbstractContextManager[Any]
#: Returns the context manager for a call, given its positional arguments.
ContextOf = Callable[[tuple[Any, ...]], Context]


def decorated(mock: Context, target: Target) -> Target:
    """Return ``target`` under ``mock``: a function of the same kind and signature, or the same class."""
    if inspect.isclass(target):
        _decorate_class(mock, target)
        return target
    if not (inspect.isfunction(target) or inspect.ismethod(target) or inspect.isbuiltin(target)):
        raise TypeError(
            f"mock_sfn_executions must decorate a function or a class, got {target!r}. Pass options as keywords, and "
            f"put it below decorators such as @pytest.fixture or @staticmethod."
        )
    return _within(lambda args: mock, target)  # type: ignore[return-value]  # functools.wraps keeps the signature


# --- Functions ---------------------------------------------------------------------------------------------------


def _within(context_of: ContextOf, function: Function) -> Function:
    """Return a function that runs each call of ``function`` in its context."""
    if inspect.isasyncgenfunction(function):
        within = _async_generator(context_of, function)
    elif inspect.iscoroutinefunction(function):
        within = _coroutine(context_of, function)
    elif inspect.isgeneratorfunction(function):
        within = _generator(context_of, function)
    else:
        within = _call(context_of, function)
    return wraps(function)(within)


def _call(context_of: ContextOf, function: Function) -> Function:
    def within(*args: Any, **kwargs: Any) -> Any:
        with context_of(args):
            return function(*args, **kwargs)

    return within


def _generator(context_of: ContextOf, function: Function) -> Function:
    def within(*args: Any, **kwargs: Any) -> Any:
        with context_of(args):
            return (yield from function(*args, **kwargs))

    return within


def _coroutine(context_of: ContextOf, function: Function) -> Function:
    async def within(*args: Any, **kwargs: Any) -> Any:
        with context_of(args):
            return await function(*args, **kwargs)

    return within


def _async_generator(context_of: ContextOf, function: Function) -> Function:
    async def within(*args: Any, **kwargs: Any) -> Any:
        with context_of(args):
            async with aclosing(function(*args, **kwargs)) as generator:
                step = generator.asend(None)
                while True:
                    try:
                        produced = await step
                    except StopAsyncIteration:
                        return
                    try:
                        step = generator.asend((yield produced))
                    except GeneratorExit:
                        raise
                    except BaseException as thrown:
                        step = generator.athrow(thrown)

    return within


# --- Classes -----------------------------------------------------------------------------------------------------


def _decorate_class(mock: Context, cls: type[Any]) -> None:
    """Run each test of the class and its subclasses under the mock, with its setup and teardown."""
    _decorate_members(mock, cls, inherited=True)
    own = vars(cls).get("__init_subclass__")

    def __init_subclass__(subclass: type[Any], /, **kwargs: Any) -> None:
        if own is None:
            super(cls, subclass).__init_subclass__(**kwargs)
        else:
            own.__func__(subclass, **kwargs)
        becomes_test_case = issubclass(subclass, TestCase) and not issubclass(cls, TestCase)
        _decorate_members(mock, subclass, inherited=becomes_test_case)

    cls.__init_subclass__ = classmethod(__init_subclass__)  # type: ignore[assignment]  # bound when it is looked up


def _decorate_members(mock: Context, cls: type[Any], *, inherited: bool) -> None:
    _pair_up(cls)
    for name in dir(cls) if inherited else list(vars(cls)):
        member = inspect.getattr_static(cls, name)
        wrapper = _wrapper(cls, name)
        if inspect.isclass(member):
            # Only the tests that pytest collects with this class, not every class that it names.
            if name.startswith(_TEST_CLASSES) and member.__qualname__ == f"{cls.__qualname__}.{name}":
                _decorate_class(mock, member)
        elif wrapper is not None and isinstance(member, FunctionType):
            setattr(cls, name, wrapper(mock, member))
        elif (
            wrapper is not None
            and isinstance(member, classmethod)
            and name in _CLASS_LEVEL
            and member is not vars(TestCase).get("setUpClass")
        ):
            setattr(cls, name, classmethod(wrapper(mock, member.__func__)))


def _pair_up(cls: type[Any]) -> None:
    """Give the class setup_method and teardown_method, between which the mock is active: both or none.

    A plain class always gets them: pytest calls them around a test's fixtures, which then run under the mock too.
    """
    names = ("setup_method", "teardown_method")
    if not issubclass(cls, TestCase) or any(hasattr(cls, name) for name in names):
        for name in names:
            if not hasattr(cls, name):
                setattr(cls, name, _nothing)
    if hasattr(cls, "setup_class") and not hasattr(cls, "teardown_class"):
        setattr(cls, "teardown_class", _nothing)  # noqa: B010  # mypy knows of no such attribute


def _nothing(self: object) -> None:
    """Replace a setup or teardown method that a class does not have."""


def _wrapper(cls: type, name: str) -> Callable[[Context, Function], Function] | None:
    """Return the wrapper for the member of that name; None for a member that is not wrapped."""
    if name in _CLASS_LEVEL:
        return _CLASS_LEVEL[name]
    if name in _AROUND_TESTS:
        return _AROUND_TESTS[name]
    if issubclass(cls, TestCase):
        return _OF_TEST_CASES.get(name)
    return _of_instance if name.startswith(_TEST_METHODS) else None


class _Reporting:
    """The context of one part of a test: a failure that leaves it is not swallowed.

    A class of this package, and no ExitStack: pytest hides its frames from a test's author.
    """

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        from sfn_mock import activation

        if failure is not None:
            activation.report_findings(failure)
            activation.keep_report()


class _Ending:
    """The context of the last part of a test, which ends the mock that was started for the test."""

    def __init__(self, started: Context) -> None:
        self._started = started

    def __enter__(self) -> None:
        """Do nothing: the mock is already active."""

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        from sfn_mock import activation

        try:
            activation.report_findings(failure)
        except BaseException as found:
            self._started.__exit__(type(found), found, found.__traceback__)
            raise
        self._started.__exit__(kind, failure, traceback)


def _reported(mock: Context, function: Function) -> Function:
    return _within(lambda args: _Reporting(), function)


def _of_instance(mock: Context, function: Function) -> Function:
    """Run a test method of a plain class in the mock that its setup_method started, or in a new one."""

    def context(args: tuple[Any, ...]) -> Context:
        return _Reporting() if _is_started(args[0]) else mock

    return _within(context, function)


def _debugged(mock: Context, function: Function) -> Function:
    return _within(lambda args: mock, function)


def _running(mock: Context, run: Function) -> Function:
    """Wrap unittest's ``run``: setup, test, teardown and cleanups. It reports their errors and raises none."""
    from sfn_mock import activation

    @wraps(run)
    def running(self: TestCase, *args: Any, **kwargs: Any) -> Any:
        with mock:
            self.addCleanup(activation.report_findings, None)
            return run(self, *args, **kwargs)

    return running


def _starting_class(mock: Context, setup: Function) -> Function:
    """Wrap ``setUpClass`` or ``setup_class``, which starts the mock until the class is done.

    It takes the class as an argument, because pytest counts the arguments before it calls.
    """

    @wraps(setup)
    def set_up_class(cls: type[Any], *args: Any, **kwargs: Any) -> Any:
        _start(mock, cls)
        try:
            with _Reporting():
                return setup(cls, *args, **kwargs)
        except BaseException as failure:
            # unittest still runs the cleanups of a class whose setUpClass failed; pytest is done with a plain class.
            if not issubclass(cls, TestCase):
                _stop(cls, failure)
            raise

    return set_up_class


def _ending_class(mock: Context, teardown: Function) -> Function:
    """Wrap ``teardown_class`` or ``doClassCleanups``, which ends the mock of the class."""

    @wraps(teardown)
    def tear_down_class(cls: type[Any], *args: Any, **kwargs: Any) -> Any:
        with _last(mock, cls):
            return teardown(cls, *args, **kwargs)

    return tear_down_class


def _within_class(mock: Context, teardown: Function) -> Function:
    @wraps(teardown)
    def tear_down_class(cls: type[Any], *args: Any, **kwargs: Any) -> Any:
        with _Reporting() if _is_started(cls) else mock:
            return teardown(cls, *args, **kwargs)

    return tear_down_class


def _starting(mock: Context, setup: Function) -> Function:
    """Wrap pytest's ``setup_method``, which starts the mock until ``teardown_method`` has returned."""
    takes_method = len(inspect.signature(setup).parameters) > 1

    @wraps(setup)
    def setup_method(self: object, method: object = None) -> None:
        # A call of the base class's method finds the mock started.
        _start(mock, self)
        try:
            with _Reporting():
                setup(self, *([method] if takes_method else []))
        except BaseException as failure:
            _stop(self, failure)
            raise

    return setup_method


def _stopping(mock: Context, teardown: Function) -> Function:
    takes_method = len(inspect.signature(teardown).parameters) > 1

    @wraps(teardown)
    def teardown_method(self: object, method: object = None) -> None:
        with _last(mock, self):
            teardown(self, *([method] if takes_method else []))

    return teardown_method


def _is_started(target: object) -> bool:
    return _STARTED in vars(target)


def _start(mock: Context, target: object) -> None:
    if not _is_started(target):
        mock.__enter__()
        setattr(target, _STARTED, mock)


def _stop(target: object, failure: BaseException) -> None:
    if _is_started(target):
        started: Context = getattr(target, _STARTED)
        delattr(target, _STARTED)
        started.__exit__(type(failure), failure, failure.__traceback__)


def _last(mock: Context, target: object) -> Context:
    """Return the context of the last part of ``target``: the mock that was started for it, or a new one."""
    if not _is_started(target):
        return mock
    started: Context = getattr(target, _STARTED)
    delattr(target, _STARTED)
    return _Ending(started)


_CLASS_LEVEL = {
    "setUpClass": _starting_class,
    "tearDownClass": _within_class,
    "doClassCleanups": _ending_class,
    "setup_class": _starting_class,
    "teardown_class": _ending_class,
}
_AROUND_TESTS = {"setup_method": _starting, "teardown_method": _stopping}
_OF_TEST_CASES = {
    "run": _running,
    "debug": _debugged,
    # Python's own names for the three parts of a test. `run` reports what they raise.
    "_callSetUp": _reported,
    "_callTestMethod": _reported,
    "_callTearDown": _reported,
}
