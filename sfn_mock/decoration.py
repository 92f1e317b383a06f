"""The mock as a decorator: what it decorates runs under the mock and stays what it was."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, aclosing
from functools import wraps
from types import FunctionType, TracebackType
from typing import Any, Protocol, TypeVar
from unittest import TestCase, TestLoader

Target = TypeVar("Target", bound=Callable[..., Any])
Function = Callable[..., Any]

_TEST_METHODS = TestLoader.testMethodPrefix
_TEST_CLASSES = "Test"
#: Where a test's instance keeps the mock that its setup_method started and its teardown_method stops.
_STARTED = "_sfn_mock_started"


class Mock(Protocol):
    """What decorates. It can be entered and started while it is active already."""

    def start(self) -> Any: ...
    def stop(self) -> None: ...
    def __enter__(self) -> Any: ...
    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


Context = AbstractContextManager[Any] | Mock


def decorated(mock: Mock, target: Target) -> Target:
    """``target`` under ``mock``: a function of the same kind and signature, or the same class."""
    if inspect.isclass(target):
        _decorate_class(mock, target)
        return target
    if not (inspect.isfunction(target) or inspect.ismethod(target) or inspect.isbuiltin(target)):
        raise TypeError(
            f"mock_sfn_executions decorates functions and classes, and {target!r} is neither: give options by their "
            f"names, and put it below decorators such as @pytest.fixture or @staticmethod."
        )
    return _within(mock, target)  # type: ignore[return-value]  # functools.wraps keeps the signature


# --- Functions ---------------------------------------------------------------------------------------------------


def _within(context: Context, function: Function) -> Function:
    """The function, each call of which is in the context from its first line to its last."""
    if inspect.isasyncgenfunction(function):
        within = _async_generator(context, function)
    elif inspect.iscoroutinefunction(function):
        within = _coroutine(context, function)
    elif inspect.isgeneratorfunction(function):
        within = _generator(context, function)
    else:
        within = _call(context, function)
    return wraps(function)(within)


def _call(context: Context, function: Function) -> Function:
    def within(*args: Any, **kwargs: Any) -> Any:
        with context:
            return function(*args, **kwargs)

    return within


def _generator(context: Context, function: Function) -> Function:
    def within(*args: Any, **kwargs: Any) -> Any:
        with context:
            return (yield from function(*args, **kwargs))

    return within


def _coroutine(context: Context, function: Function) -> Function:
    async def within(*args: Any, **kwargs: Any) -> Any:
        with context:
            return await function(*args, **kwargs)

    return within


def _async_generator(context: Context, function: Function) -> Function:
    async def within(*args: Any, **kwargs: Any) -> Any:
        with context:
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


def _decorate_class(mock: Mock, cls: type[Any]) -> None:
    """Each test of the class and of its subclasses under the mock, together with its setup and teardown."""
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


def _decorate_members(mock: Mock, cls: type[Any], *, inherited: bool) -> None:
    _pair_up(cls)
    for name in dir(cls) if inherited else list(vars(cls)):
        member = inspect.getattr_static(cls, name)
        wrapper = _wrapper(cls, name)
        if inspect.isclass(member):
            # Only what pytest collects with this class, not any class it has a name for.
            if name.startswith(_TEST_CLASSES) and member.__qualname__ == f"{cls.__qualname__}.{name}":
                _decorate_class(mock, member)
        elif wrapper is not None and isinstance(member, FunctionType):
            setattr(cls, name, wrapper(mock, member))
        elif wrapper is not None and isinstance(member, classmethod) and name in _CLASS_LEVEL:
            setattr(cls, name, classmethod(wrapper(mock, member.__func__)))


def _pair_up(cls: type[Any]) -> None:
    """setup_method and teardown_method, between which the mock goes on: both or none.

    A plain class gets them in any case: pytest calls them around a test's fixtures too, which so run under the mock.
    """
    names = ("setup_method", "teardown_method")
    if not issubclass(cls, TestCase) or any(hasattr(cls, name) for name in names):
        for name in names:
            if not hasattr(cls, name):
                setattr(cls, name, _nothing)


def _nothing(self: object) -> None:
    """Stand in for a setup_method or teardown_method that a class does without."""


def _wrapper(cls: type, name: str) -> Callable[[Mock, Function], Function] | None:
    """How the member of that name runs under the mock; None for what is left alone."""
    if name in _CLASS_LEVEL:
        return _class_level
    if name in _AROUND_TESTS:
        return _AROUND_TESTS[name]
    if issubclass(cls, TestCase):
        return _OF_TEST_CASES.get(name)
    return _reported if name.startswith(_TEST_METHODS) else None


class _Outcome:
    """The mock around what a test runner calls: a failure that leaves it is seen there, so nobody swallowed it."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock

    def __enter__(self) -> None:
        self._mock.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, traceback: TracebackType | None
    ) -> None:
        from sfn_mock import activation

        if failure is not None:
            activation.settle(failure)
        self._mock.__exit__(kind, failure, traceback)


def _reported(mock: Mock, function: Function) -> Function:
    return _within(_Outcome(mock), function)


def _running(mock: Mock, run: Function) -> Function:
    """unittest's ``run``: setup, test, teardown and cleanups. It reports what they raise, and raises nothing."""

    from sfn_mock import activation

    @wraps(run)
    def running(self: TestCase, *args: Any, **kwargs: Any) -> Any:
        with mock:
            self.addCleanup(activation.settle, None)
            return run(self, *args, **kwargs)

    return running


def _class_level(mock: Mock, function: Function) -> Function:
    """With the class as an argument of its own: pytest counts them before it calls."""

    @wraps(function)
    def class_level(cls: type[Any], *args: Any, **kwargs: Any) -> Any:
        with mock:
            return function(cls, *args, **kwargs)

    return class_level


def _starting(mock: Mock, setup: Function) -> Function:
    """pytest's ``setup_method``, behind which the mock goes on until ``teardown_method``."""
    takes_method = len(inspect.signature(setup).parameters) > 1

    @wraps(setup)
    def setup_method(self: object, method: object = None) -> None:
        with _Outcome(mock):
            try:
                setup(self, *([method] if takes_method else []))
            except BaseException:
                _stop_started(self)
                raise
            # Where it calls its base class's, that one has started the mock already.
            if _STARTED not in vars(self):
                mock.start()
                vars(self)[_STARTED] = mock

    return setup_method


def _stopping(mock: Mock, teardown: Function) -> Function:
    takes_method = len(inspect.signature(teardown).parameters) > 1

    @wraps(teardown)
    def teardown_method(self: object, method: object = None) -> None:
        with _Outcome(mock):
            try:
                teardown(self, *([method] if takes_method else []))
            finally:
                _stop_started(self)

    return teardown_method


def _stop_started(instance: object) -> None:
    started: Mock | None = vars(instance).pop(_STARTED, None)
    if started is not None:
        started.stop()


_CLASS_LEVEL = {"setUpClass", "tearDownClass", "doClassCleanups", "setup_class", "teardown_class"}
_AROUND_TESTS = {"setup_method": _starting, "teardown_method": _stopping}
_OF_TEST_CASES = {
    "run": _running,
    "debug": _within,
    # Python's own names for the three parts of a test. What they raise is what `run` reports.
    "_callSetUp": _reported,
    "_callTestMethod": _reported,
    "_callTearDown": _reported,
}
