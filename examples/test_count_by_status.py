"""Dashboard: how many executions a state machine has in each status.

The production bug: a loop over all statuses the API knows. AWS refuses one of them here: only child executions of a
Distributed Map are ever PENDING_REDRIVE, so that filter goes with a map run's ARN, and with a state machine's it is a
ValidationException. The dashboard goes dark the first time it runs on AWS.
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
    """The number of executions in each status that an execution of a state machine can have."""
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
    """The decorator serves unittest's classes as well: each test has a store of its own, seeded by setUp."""

    def setUp(self):
        self.orders = get_mock().add_state_machine("orders")
        self.orders.add_executions(120, status="SUCCEEDED")
        self.orders.add_executions(2, status="FAILED")
        self.orders.add_execution(status="RUNNING")
        self.client = boto3.client("stepfunctions")

    def test_each_execution_is_counted_once(self):
        """All pages are counted, and a status that no execution has counts zero."""
        counts = count_by_status(self.client, self.orders.arn)

        assert counts == {"RUNNING": 1, "SUCCEEDED": 120, "FAILED": 2, "TIMED_OUT": 0, "ABORTED": 0}

    def test_not_every_status_goes_with_a_state_machine(self):
        """The naive dashboard works until it asks for PENDING_REDRIVE."""
        refused = pytest.raises(self.client.exceptions.ValidationException, match="PENDING_REDRIVE")
        with refused, get_mock().partial_listing():  # it does not count beyond a hundred either
            count_by_status_naively(self.client, self.orders.arn)
