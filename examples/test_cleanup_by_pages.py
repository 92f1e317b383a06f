"""Cleanup job: delete the files that each failed execution has left behind.

The production bug: a job that stops turning pages at the first short or empty one. AWS may give fewer executions than
asked for, or none, and a token for more all the same; the listing ends where no token is given, and nowhere else.
"""

import boto3
import pytest

# --- The code under test -------------------------------------------------------------------------------------------


def clean_up(client, state_machine_arn, delete):
    """Call ``delete`` with the name of each FAILED execution."""
    arguments = {"stateMachineArn": state_machine_arn, "statusFilter": "FAILED", "maxResults": 100}
    while True:
        answer = client.list_executions(**arguments)
        for run in answer["executions"]:
            delete(run["name"])
        if "nextToken" not in answer:
            return
        arguments["nextToken"] = answer["nextToken"]


def clean_up_until_a_short_page(client, state_machine_arn, delete):
    arguments = {"stateMachineArn": state_machine_arn, "statusFilter": "FAILED", "maxResults": 100}
    while True:
        answer = client.list_executions(**arguments)
        for run in answer["executions"]:
            delete(run["name"])
        if len(answer["executions"]) < 100:
            return
        arguments["nextToken"] = answer["nextToken"]


def clean_up_until_an_empty_page(client, state_machine_arn, delete):
    arguments = {"stateMachineArn": state_machine_arn, "statusFilter": "FAILED", "maxResults": 100}
    while True:
        answer = client.list_executions(**arguments)
        if not answer["executions"]:
            return
        for run in answer["executions"]:
            delete(run["name"])
        if "nextToken" not in answer:
            return
        arguments["nextToken"] = answer["nextToken"]


# --- Its tests -----------------------------------------------------------------------------------------------------

pytestmark = pytest.mark.sfn_executions(short_pages=True)


@pytest.fixture
def orders(sfn_executions):
    """250 failures among as many successes."""
    orders = sfn_executions.add_state_machine("orders")
    for status in ("FAILED", "SUCCEEDED"):
        orders.add_executions(250, status=status, start_date="2026-01-10T08:00:00Z", name=status.lower() + "-{index}")
    return orders


def deleted(job, orders):
    names = []
    job(boto3.client("stepfunctions"), orders.arn, names.append)
    return names


def test_everything_is_cleaned_up(orders):
    """Each failed execution's files are deleted once, newest first."""
    assert deleted(clean_up, orders) == [f"failed-{index}" for index in range(249, -1, -1)]


@pytest.mark.parametrize(
    ("job", "found"),
    [
        pytest.param(clean_up_until_a_short_page, 15, id="until a page is shorter than asked"),
        pytest.param(clean_up_until_an_empty_page, 249, id="until a page is empty"),
    ],
)
def test_jobs_that_stop_too_early(orders, sfn_executions, job, found):
    """The naive jobs report success and leave files behind, the same number on every run."""
    with sfn_executions.partial_listing():  # this test means to show what is left, so check_paging need not
        assert len(deleted(job, orders)) == found
