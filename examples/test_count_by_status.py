"""A dashboard that counts the executions of a state machine by status.

The production bug: a loop over all statuses of the API. Only child executions of a Distributed Map can be
PENDING_REDRIVE, so AWS accepts that filter with the ARN of a map run, and answers ValidationException for a state
machine. The dashboard fails when it first runs on AWS.
"""

from collections import Counter
from unittest import TestCase

import boto3
import pytest

from sfn_mock import get_mock, mock_sfn_executions

# --- The code under test -------------------------------------------------------------------------------------------


def statuses(client):
    """Every execution status that the API knows, read from boto3 itself."""
    return client.meta.service_model.shape_for("ExecutionStatus").enum


def count_by_status(client, state_machine_arn):
    """Return the number of executions for each status that an execution of a state machine can have."""
    counts = Counter(dict.fromkeys(statuses(client), 0))
    del counts["PENDING_REDRIVE"]
    for page in client.get_paginator("list_executions").paginate(stateMachineArn=state_machine_arn):
        counts.update(run["status"] for run in page["executions"])
    return counts


def count_by_status_naively(client, state_machine_arn):
    return {
        status: len(client.list_executions(stateMachineArn=state_machine_arn, statusFilter=status)["executions"])
        for status in statuses(client)
    }


# --- Its tests -----------------------------------------------------------------------------------------------------


@mock_sfn_executions
class CountByStatusTest(TestCase):
    """The decorator also works on unittest's classes: each test has its own store, with the seeds of setUp."""

    def setUp(self):
        self.orders = get_mock().add_state_machine("orders")
        self.orders.add_executions(120, status="SUCCEEDED")
        self.orders.add_executions(2, status="FAILED")
        self.orders.add_execution(status="RUNNING")
        self.client = boto3.client("stepfunctions")

    def test_each_execution_is_counted_once(self):
        """All pages are counted, and a status without executions counts zero."""
        counts = count_by_status(self.client, self.orders.arn)

        assert counts == {"RUNNING": 1, "SUCCEEDED": 120, "FAILED": 2, "TIMED_OUT": 0, "ABORTED": 0}

    def test_not_every_status_goes_with_a_state_machine(self):
        """The naive dashboard fails when it asks for PENDING_REDRIVE."""
        refused = pytest.raises(self.client.exceptions.ValidationException, match="PENDING_REDRIVE")
        with refused, get_mock().partial_listing():  # it also counts only the first hundred
            count_by_status_naively(self.client, self.orders.arn)
