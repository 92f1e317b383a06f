"""The coverage of all mocks of a process."""

from __future__ import annotations

import json

import boto3
import pytest
from moto import mock_aws

import sfn_mock
from sfn_mock.instruments.session_coverage import SessionCoverage

ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:ask"
DEFINITION = json.dumps(
    {
        "StartAt": "Check",
        "States": {
            "Check": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.big", "BooleanEquals": True, "Next": "Ask"}],
                "Default": "Done",
            },
            "Ask": {"Type": "Task", "Resource": ACTIVITY, "End": True},
            "Done": {"Type": "Succeed"},
        },
    }
)


def run(sfn, big):
    if not sfn.state_machines:
        sfn.add_state_machine("orders", definition=DEFINITION)
    client = boto3.client("stepfunctions", "us-east-1")
    client.start_execution(stateMachineArn=sfn.state_machines[0].arn, input=json.dumps({"big": big}))


@pytest.fixture
def coverage():
    """The coverage of this test; stop() ends it."""
    coverage = SessionCoverage()
    coverage.start()
    return coverage


def counted(coverage):
    coverage.stop()
    [machine] = coverage.log.report().machines
    return machine.runs, machine.counts["Check"], machine.counts["Check: Default -> Done"]


def test_one_mock_after_the_other(coverage):
    """Runs count when their mock ends."""
    for _ in range(3):
        with sfn_mock.mock_sfn_executions(execute=True) as sfn:
            run(sfn, big=False)

    assert counted(coverage) == (3, 3, 3)


def test_a_mock_that_has_not_ended(coverage):
    """Runs of a mock that is active at the end of the session count."""
    with sfn_mock.mock_sfn_executions(execute=True) as sfn:
        run(sfn, big=False)
        assert counted(coverage) == (1, 1, 1)


def test_reset(coverage):
    """Runs before a reset count."""
    with sfn_mock.mock_sfn_executions(execute=True) as sfn:
        run(sfn, big=False)
        sfn.reset()
        run(sfn, big=False)

    assert counted(coverage) == (2, 2, 2)


def test_runs_of_an_inner_mock_count(coverage):
    """Runs of an inner mock count, and earlier runs of the outer one count once."""
    with sfn_mock.mock_sfn_executions(execute=True) as sfn:
        run(sfn, big=False)
        with sfn_mock.mock_sfn_executions():
            run(sfn, big=False)
        run(sfn, big=False)

    assert counted(coverage) == (3, 3, 3)


def test_behind_every_mock_aws(coverage):
    """If the mock is installed, the runs in each mock_aws count."""
    sfn_mock.install()
    try:
        for _ in range(2):
            with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
                run(sfn_mock.get_mock(), big=False)
    finally:
        sfn_mock.uninstall()

    assert counted(coverage) == (2, 2, 2)


def test_innermost_counts(coverage):
    """A session inside another, as with pytester, counts for itself."""
    inner = SessionCoverage()
    inner.start()
    with sfn_mock.mock_sfn_executions(execute=True) as sfn:
        run(sfn, big=False)

    assert counted(inner) == (1, 1, 1)
    coverage.stop()
    assert coverage.log.report().machines == []
