"""Tracebacks of errors for a test's author show the lines of the test, and no lines of sfn_mock."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent
from xml.etree import ElementTree

import pytest

TEST = """
    import boto3
    import pytest
    from sfn_mock import mock_sfn_executions
    from sfn_mock.views import Execution

    # The first test: nothing has activated a mock before.
    @pytest.mark.sfn_executions(exceute=True)
    def test_option(sfn_executions):
        pass

    @pytest.mark.sfn_executions(wait_scale=-1)
    def test_value(sfn_executions):
        pass

    def test_seed(sfn_executions):
        sfn_executions.add_state_machine("orders").add_execution(status="FALED")

    def test_service(sfn_executions):
        boto3.client("s3").list_buckets()

    def test_wait(sfn_executions):
        sfn_executions.add_state_machine("orders").add_execution(status="RUNNING").wait_until_done("0s")

    def test_bug_of_ours(sfn_executions):
        Execution(None).arn

    def test_bug_of_the_test(sfn_executions):
        def choose(name, input):
            raise ValueError("mine")

        orders = sfn_executions.add_state_machine("orders")
        orders.on_start(choose)
        boto3.client("stepfunctions").start_execution(stateMachineArn=orders.arn)

    def test_swallowed(sfn_executions):
        try:
            boto3.client("s3").list_buckets()
        except Exception:
            pass

    @mock_sfn_executions
    class TestClass:
        def setup_method(self):
            pass

        def test_swallowed_in_a_class(self):
            test_swallowed(None)
"""


@pytest.fixture(scope="module")
def tracebacks(tmp_path_factory):
    """The tracebacks that pytest printed, by name of the test: one process runs all tests."""
    folder = tmp_path_factory.mktemp("tracebacks")
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    (folder / "test_tracebacks_of_users.py").write_text(dedent(TEST))
    report = folder / "report.xml"
    options = ["-p", "no:xdist", "-p", "no:randomly", "--tb=short", f"--junit-xml={report}"]
    command = [sys.executable, "-m", "pytest", *options, folder]
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    tests = ElementTree.parse(report).iter("testcase")
    return {test.get("name"): [child.text for child in test if child.tag in ("failure", "error")] for test in tests}


@pytest.mark.parametrize(
    ("test", "error", "shows_ours"),
    [
        pytest.param("test_seed", "ArgumentError", False, id="impossible seed"),
        pytest.param("test_service", "UnmockedServiceError", False, id="service that is not mocked"),
        pytest.param("test_wait", "TimeoutError", False, id="wait that takes too long"),
        pytest.param("test_option", "UsageError", False, id="misspelt option of the marker"),
        pytest.param("test_bug_of_ours", "AttributeError", True, id="bug of sfn_mock"),
        pytest.param("test_bug_of_the_test", "ValueError: mine", True, id="error of a function of the test"),
    ],
)
def test_frames(tracebacks, test, error, shows_ours):
    """An error that sfn_mock raises on purpose hides its own frames; other errors show them."""
    [text] = tracebacks[test]

    assert error in text
    assert ("sfn_mock/" in text.replace("sfn_mock/instruments/guard", "")) is shows_ours


@pytest.mark.parametrize(
    ("test", "place"),
    [
        pytest.param("test_option", "test_tracebacks_of_users.py:8: in test_option", id="misspelt option"),
        pytest.param("test_value", "test_tracebacks_of_users.py:12: in test_value", id="value that is refused"),
        pytest.param(
            "test_swallowed", "test_tracebacks_of_users.py:36: in test_swallowed", id="error at the mock's end"
        ),
    ],
)
def test_error_of_the_fixture(tracebacks, test, place):
    """An error of the fixture shows where the test is, and no frames of other plugins."""
    [text] = tracebacks[test]

    assert text.splitlines()[-1] == place
    assert "hidden" not in text
    assert "pytest_fixture_setup" not in text


def test_error_at_the_end_of_a_decorated_class(tracebacks):
    """A finding at the end of a test of a decorated class shows no frames of context managers."""
    [text] = tracebacks["test_swallowed_in_a_class"]

    assert "UnmockedServiceError" in text
    assert "contextlib" not in text
