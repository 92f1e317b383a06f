"""A mock that was started and is not stopped is named when the next one begins."""

from __future__ import annotations

import re
import warnings

import pytest

from sfn_mock import get_mock, mock_sfn_executions

SENTENCE = " was never stopped and is still active: call stop(), or use it as a context manager or decorator."


def line_here() -> int:
    """The line that calls."""
    import inspect

    return inspect.currentframe().f_back.f_lineno


def stop_all() -> None:
    """End what a test of this file has left, by an object that has as many starts."""
    from sfn_mock import activation

    activation.end(None, None, activation.Leaving())


def test_a_mock_that_nobody_can_stop_is_named():
    """Its object is gone: the next start says where it was started, once."""
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
        rf"\S*test_starts\.py::test_a_mock_that_nobody_can_stop_is_named{re.escape(SENTENCE)}",
        str(warning.message),
    )


def test_without_pytest_the_line_is_named(monkeypatch):
    """Other runners say nothing of the test."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    mock_sfn_executions().start()
    try:
        with pytest.warns(UserWarning, match=r"started at \S*test_starts\.py:\d+ was never"), mock_sfn_executions():
            pass
    finally:
        stop_all()


def test_a_mock_of_another_test_is_named(monkeypatch):
    """What was started in the body of a test that is over is forgotten, though its object lives."""
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
    """A module's fixture holds it through many tests; a test stops what it started before it ends."""
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


def test_each_stop_takes_back_one_start():
    """A mock may be started again and again."""
    first, second = mock_sfn_executions(), mock_sfn_executions()
    for mock in (first, second, first):
        mock.start()
    for mock in (second, first, first):
        mock.stop()

    with pytest.raises(RuntimeError):
        get_mock()
