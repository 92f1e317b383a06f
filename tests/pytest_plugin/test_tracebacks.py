"""Tracebacks of what the mock tells a test's author show the test's lines, and none of ours."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent
from xml.etree import ElementTree

import pytest

TEST = """
    import boto3
    import pytest
    from sfn_mock.views import Execution

    def test_seed(sfn_executions):
        sfn_executions.add_state_machine("orders").add_execution(status="FALED")

    def test_service(sfn_executions):
        boto3.client("s3").list_buckets()

    def test_fault_of_ours(sfn_executions):
        Execution(None).arn

    def test_fault_of_the_test(sfn_executions):
        def choose(name, input):
            raise ValueError("mine")

        orders = sfn_executions.add_state_machine("orders")
        orders.on_start(choose)
        boto3.client("stepfunctions").start_execution(stateMachineArn=orders.arn)
"""


@pytest.fixture(scope="module")
def tracebacks(tmp_path_factory):
    """What pytest printed of each test, by its name: one process runs them all."""
    folder = tmp_path_factory.mktemp("tracebacks")
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    (folder / "test_tracebacks_of_users.py").write_text(dedent(TEST))
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", "--tb=short", f"--junit-xml={report}", folder]
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    tests = ElementTree.parse(report).iter("testcase")
    return {test.get("name"): [failure.text for failure in test.findall("failure")] for test in tests}


@pytest.mark.parametrize(
    ("test", "error", "shows_ours"),
    [
        pytest.param("test_seed", "ArgumentError", False, id="a seed that cannot be"),
        pytest.param("test_service", "UnmockedServiceError", False, id="a service that nothing mocks"),
        pytest.param("test_fault_of_ours", "AttributeError", True, id="a fault of ours"),
        pytest.param("test_fault_of_the_test", "ValueError: mine", True, id="an error of the test's own function"),
    ],
)
def test_frames(tracebacks, test, error, shows_ours):
    """Only an error that we raise on purpose hides where."""
    [text] = tracebacks[test]

    assert error in text
    assert ("sfn_mock/" in text.replace("sfn_mock/instruments/guard", "")) is shows_ours
