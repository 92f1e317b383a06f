"""Tracebacks of what the mock tells a test's author show the test's lines, and none of ours."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    ("test", "error", "shows_ours"),
    [
        pytest.param("test_seed", "ArgumentError", False, id="a seed that cannot be"),
        pytest.param("test_service", "UnmockedServiceError", False, id="a service that nothing mocks"),
        pytest.param("test_fault_of_ours", "AttributeError", True, id="a fault of ours"),
        pytest.param("test_fault_of_the_test", "ValueError: mine", True, id="an error of the test's own function"),
    ],
)
def test_frames(pytester, test, error, shows_ours):
    """Only an error that we raise on purpose hides where."""
    pytester.makepyfile(TEST)

    result = pytester.runpytest_subprocess("--tb=short", "-k", test)

    text = result.stdout.str()
    result.assert_outcomes(failed=1, deselected=3)
    assert error in text
    assert ("sfn_mock/" in text.split("captured")[0].replace("sfn_mock/instruments/guard", "")) is shows_ours
