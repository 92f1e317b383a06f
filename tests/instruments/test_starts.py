"""A mock that was started and not stopped is named when the next one starts."""

from __future__ import annotations

import re
import warnings

import pytest

from sfn_mock import get_mock, mock_sfn_executions

SENTENCE = " was never stopped and is still active: call stop(), or use it as a context manager or decorator."


def line_here() -> int:
    """The line of the caller."""
    import inspect

    return inspect.currentframe().f_back.f_lineno


def stop_all() -> None:
    """End all mocks that a test of this file has left."""
    from sfn_mock import activation

    activation.end(None, None, activation.Leaving())


def test_a_mock_without_a_reference_is_named():
    """If its object no longer exists, the next start names its line, once."""
    mock_sfn_executions().start()
    line = line_here() - 1
    try:
        with pytest.warns(UserWarning, match="was never stopped") as warned, mock_sfn_executions():
            pass
        with mock_sfn_executions():
            pass
    finally:
        stop_all()

    [warning] = warned
    assert re.fullmatch(
        rf"The mock_sfn_executions started at \S*test_starts\.py:{line}, in "
        rf"\S*test_starts\.py::test_a_mock_without_a_reference_is_named{re.escape(SENTENCE)}",
        str(warning.message),
    )


def test_without_pytest_the_line_is_named(monkeypatch):
    """Without pytest the warning names the line, not the test."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    mock_sfn_executions().start()
    try:
        with pytest.warns(UserWarning, match=r"started at \S*test_starts\.py:\d+ was never"), mock_sfn_executions():
            pass
    finally:
        stop_all()


def test_a_mock_of_another_test_is_named(monkeypatch):
    """A mock that was started in an earlier test is named, even if its object exists."""
    mock = mock_sfn_executions()
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "tests/test_it.py::test_one (call)")
    mock.start()
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "tests/test_it.py::test_two (setup)")
    try:
        with pytest.warns(UserWarning, match=r"\d, in tests/test_it\.py::test_one was never"), mock_sfn_executions():
            pass
    finally:
        mock.stop()


@pytest.mark.parametrize(
    ("began", "now"),
    [
        pytest.param("tests/test_it.py::test_one (setup)", "tests/test_it.py::test_two (call)", id="in a fixture"),
        pytest.param("tests/test_it.py::test_one (call)", "tests/test_it.py::test_one (call)", id="in the same test"),
    ],
)
def test_a_mock_that_may_still_be_stopped_is_not_named(monkeypatch, began, now):
    """A mock of a module's fixture, or of the current test, is not named."""
    mock = mock_sfn_executions()
    monkeypatch.setenv("PYTEST_CURRENT_TEST", began)
    mock.start()
    monkeypatch.setenv("PYTEST_CURRENT_TEST", now)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with mock_sfn_executions():
            handle = get_mock()
    mock.stop()

    assert handle.account_id == "123456789012"


def test_each_stop_ends_one_start():
    """A mock may be started several times, and each stop ends one start."""
    first, second = mock_sfn_executions(), mock_sfn_executions()
    for mock in (first, second, first):
        mock.start()
    for mock in (second, first, first):
        mock.stop()

    with pytest.raises(RuntimeError):
        get_mock()
