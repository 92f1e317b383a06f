"""A cleanup job that deletes the files of each failed execution.

The production bug: the job stops at the first short or empty page. AWS may return fewer executions than asked for, or
none, together with a token for more. The list ends only when there is no token.
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
    """250 failures and 250 successes."""
    orders = sfn_executions.add_state_machine("orders")
    for status in ("FAILED", "SUCCEEDED"):
        orders.add_executions(250, status=status, start_date="2026-01-10T08:00:00Z", name=status.lower() + "-{index}")
    return orders


def deleted(job, orders):
    names = []
    job(boto3.client("stepfunctions"), orders.arn, names.append)
    return names


def test_everything_is_cleaned_up(orders):
    """The files of each failed execution are deleted once, newest first."""
    assert deleted(clean_up, orders) == [f"failed-{index}" for index in range(249, -1, -1)]


@pytest.mark.parametrize(
    ("job", "found"),
    [
        pytest.param(clean_up_until_a_short_page, 15, id="until a page is shorter than asked"),
        pytest.param(clean_up_until_an_empty_page, 249, id="until a page is empty"),
    ],
)
def test_jobs_that_stop_too_early(orders, sfn_executions, job, found):
    """The naive jobs report success and leave files, the same number in each run."""
    with sfn_executions.partial_listing():  # this test shows the unread pages itself, so check_paging is off
        assert len(deleted(job, orders)) == found
