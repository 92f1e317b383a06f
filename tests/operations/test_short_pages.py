"""``short_pages``: pages with fewer items than asked for, sometimes none, which together are the whole listing."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import boto3
import pytest
from freezegun import freeze_time

from sfn_mock import mock_sfn_executions

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"

pytestmark = pytest.mark.sfn_executions(short_pages=True)


@pytest.fixture
def client():
    return boto3.client("stepfunctions", "us-east-1")


def walk(operation, result, **arguments):
    """The pages of a listing: the items of each, and whether it had a token."""
    pages, tokens, answer = [], [], {"nextToken": None}
    while "nextToken" in answer:
        token = answer["nextToken"]
        answer = operation(**arguments, **({} if token is None else {"nextToken": token}))
        pages.append(answer[result])
        tokens.append("nextToken" in answer)
    return pages, tokens


def executions(client, **arguments):
    return walk(client.list_executions, "executions", stateMachineArn=MACHINE, **arguments)


@pytest.mark.parametrize("size", [0, 1, 2, 7, 100, 1000])
@pytest.mark.parametrize("count", [0, 1, 2, 7, 100, 250])
def test_a_walk_by_short_pages(sfn_executions, client, count, size):
    """All pages together have each execution once, in order; no two pages in a row are empty."""
    sfn_executions.add_state_machine("orders").add_executions(count, status="SUCCEEDED")
    pages, tokens = executions(client, maxResults=size)

    assert [run["name"] for page in pages for run in page] == [f"execution-{index}" for index in reversed(range(count))]
    assert tokens == [True] * (len(pages) - 1) + [False]
    lengths = [len(page) for page in pages]
    assert (0, 0) not in pairwise(lengths)
    # A page after an empty one has at least one item.
    assert all(length < max(size or 100, 2) for length in lengths)
    assert (0 in lengths, len(pages) > 1) == (True, count > 0)


@freeze_time("2026-01-10 03:00:00")
def test_sizes_are_the_same_on_every_run(sfn_executions, client):
    """The sizes depend only on page size and position."""
    sfn_executions.add_state_machine("orders").add_executions(250, status="SUCCEEDED")
    lengths = [len(page) for page in executions(client)[0]]
    with freeze_time("2027-02-03 04:05:06"):
        sfn_executions.reset()
        sfn_executions.add_state_machine("orders").add_executions(250, status="FAILED", interval=timedelta(hours=1))

        assert [len(page) for page in executions(client)[0]] == lengths
    assert lengths == [15, 76, 81, 66, 11, 0, 1]


def test_a_repeated_page_has_the_same_size(sfn_executions, client):
    """A token gives the same page again, also an empty one."""
    sfn_executions.add_state_machine("orders").add_executions(20, status="SUCCEEDED")
    answer = client.list_executions(stateMachineArn=MACHINE)
    while "nextToken" in answer:
        token = answer["nextToken"]
        answer = client.list_executions(stateMachineArn=MACHINE, nextToken=token)
        again = client.list_executions(stateMachineArn=MACHINE, nextToken=token)

        assert again["executions"] == answer["executions"]


def test_the_paginator_sees_each_execution_once(sfn_executions, client):
    """botocore's paginator continues after empty pages, also with PageSize and MaxItems."""
    sfn_executions.add_state_machine("orders").add_executions(50, status="SUCCEEDED")
    paginator = client.get_paginator("list_executions")

    def names(**config):
        result = paginator.paginate(stateMachineArn=MACHINE, PaginationConfig=config).build_full_result()
        return [run["name"] for run in result["executions"]]

    newest_first = [f"execution-{index}" for index in reversed(range(50))]
    assert names() == names(PageSize=9) == newest_first
    assert names(MaxItems=12) == newest_first[:12]


def test_stopping_all_page_by_page(sfn_executions, client):
    """Executions that leave the list between two pages neither shift nor repeat the others."""
    orders = sfn_executions.add_state_machine("orders")
    orders.add_executions(120, status="RUNNING")
    for page in client.get_paginator("list_executions").paginate(stateMachineArn=MACHINE, statusFilter="RUNNING"):
        for run in page["executions"]:
            client.stop_execution(executionArn=run["executionArn"])

    assert {run.status for run in orders.executions} == {"ABORTED"}


def test_every_list_operation_has_short_pages(sfn_executions, client):
    """Every operation with pages has short pages, including GetExecutionHistory."""
    orders = sfn_executions.add_state_machine("orders")
    for name in ("a", "b"):
        sfn_executions.add_state_machine(name)
        client.create_activity(name=name)
        orders.add_alias(name, orders.publish_version())
    parent = orders.add_execution("parent", status="SUCCEEDED")
    batches = [parent.add_map_run(label) for label in ("First", "Second", "Third")]
    batches[0].add_executions(3, status="SUCCEEDED")
    whole = [
        (client.list_state_machines, "stateMachines", {}, 3),
        (client.list_activities, "activities", {}, 2),
        (client.list_state_machine_versions, "stateMachineVersions", {"stateMachineArn": MACHINE}, 2),
        (client.list_state_machine_aliases, "stateMachineAliases", {"stateMachineArn": MACHINE}, 2),
        (client.list_map_runs, "mapRuns", {"executionArn": parent.arn}, 3),
        (client.list_executions, "executions", {"mapRunArn": batches[0].arn}, 3),
        (client.get_execution_history, "events", {"executionArn": parent.arn}, 10),
        (client.get_execution_history, "events", {"executionArn": parent.arn, "reverseOrder": True}, 10),
    ]
    for operation, result, arguments, count in whole:
        pages, _ = walk(operation, result, **arguments)

        assert (sum(map(len, pages)), len(pages) > 1) == (count, True)


@pytest.mark.parametrize("value", [None, 1, "yes"])
def test_value_that_is_not_a_bool(value):
    """A value that is not a bool is refused before a mock begins."""
    with pytest.raises(ValueError) as refusal:
        mock_sfn_executions(short_pages=value)

    assert str(refusal.value) == f"short_pages must be True or False, got {value!r}."
