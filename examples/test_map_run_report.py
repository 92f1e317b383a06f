"""A report on a Distributed Map: the items that are done, and the batches that failed finally.

Two production bugs. The child executions of a map run are not in the list of its state machine, so a report that
lists by the state machine's ARN never finds a failure. And a child execution that processes a batch is not an item: a
report that counts executions shows two failures if fifty items are lost.
"""

from collections import Counter

import boto3
import pytest
from freezegun import freeze_time

# --- The code under test -------------------------------------------------------------------------------------------


def children(client, map_run_arn, **filters):
    pages = client.get_paginator("list_executions").paginate(mapRunArn=map_run_arn, **filters)
    return [child for page in pages for child in page["executions"]]


def items_by_status(client, execution_arn):
    """Return the number of items by status in the map runs of one execution."""
    items = Counter()
    for page in client.get_paginator("list_map_runs").paginate(executionArn=execution_arn):
        for map_run in page["mapRuns"]:
            for child in children(client, map_run["mapRunArn"]):
                items[child["status"]] += child["itemCount"]
    return items


def failed_for_good(client, map_run_arn):
    """Return the names of the batches that failed again after a redrive, which a person must look at."""
    return [child["name"] for child in children(client, map_run_arn, statusFilter="FAILED", redriveFilter="REDRIVEN")]


def failed_batches_naively(client, state_machine_arn):
    runs = client.list_executions(stateMachineArn=state_machine_arn, statusFilter="FAILED")["executions"]
    return [run["name"] for run in runs]


# --- Its tests -----------------------------------------------------------------------------------------------------


@pytest.fixture
def batches(sfn_executions):
    """A map run with ten batches of 25 items. Three failed at first, and were redriven at three o'clock."""
    orders = sfn_executions.add_state_machine("orders")
    nightly = orders.add_execution(
        "nightly", status="RUNNING", start_date="2026-01-10T02:00:00Z", redrive_date="2026-01-10T03:00:00Z"
    )
    batches = nightly.add_map_run("ProcessOrders", max_concurrency=2, redrive_date="2026-01-10T03:00:00Z")
    batch = {"start_date": "2026-01-10T02:00:00Z", "item_count": 25}
    batches.add_executions(7, status="SUCCEEDED", **batch)
    batches.add_execution(
        "batch-8", status="FAILED", stop_date="2026-01-10T03:01:00Z", redrive_date="2026-01-10T03:00:00Z", **batch
    )
    batches.add_execution("batch-9", status="RUNNING", redrive_date="2026-01-10T03:00:30Z", **batch)
    batches.add_execution("batch-10", status="PENDING_REDRIVE", stop_date="2026-01-10T02:04:00Z", **batch)
    return batches


@freeze_time("2026-01-10 03:02:00")
def test_items_are_counted_not_batches(batches):
    """Each batch counts as many items as it processes."""
    items = items_by_status(boto3.client("stepfunctions"), batches.parent.arn)

    assert items == {"SUCCEEDED": 175, "FAILED": 25, "RUNNING": 25, "PENDING_REDRIVE": 25}


@freeze_time("2026-01-10 03:02:00")
def test_a_batch_that_failed_again_is_a_case_for_a_human(batches):
    """One batch has failed after its redrive; another is running, and a third waits."""
    assert failed_for_good(boto3.client("stepfunctions"), batches.arn) == ["batch-8"]


@freeze_time("2026-01-10 03:02:00")
def test_child_executions_are_not_listed_by_state_machine(batches):
    """The naive report finds no failure."""
    assert failed_batches_naively(boto3.client("stepfunctions"), batches.state_machine.arn) == []
