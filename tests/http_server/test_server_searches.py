"""Searches for executions by name, and their totals, as the server answers them."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import boto3
import pytest
import urllib3
from freezegun import freeze_time

import sfn_mock

NOW = "2026-01-10T03:00:00Z"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"


@pytest.fixture
def sfn():
    with freeze_time(NOW), sfn_mock.server() as sfn:
        yield sfn


@pytest.fixture
def orders(sfn):
    """Five executions of which one is in the future, an alias, and a map run with two children."""
    orders = sfn.add_state_machine("orders")
    live = orders.add_alias("live", orders.publish_version())
    orders.add_executions(2, status="SUCCEEDED", start_date="2026-01-10T01:00:00Z", name="Nightly-{index}")
    parent = orders.add_execution("night", status="RUNNING", start_date="2026-01-10T02:00:00Z", alias=live)
    orders.add_execution("weekly", status="FAILED", start_date="2026-01-09T00:00:00Z")
    with pytest.warns(sfn_mock.SeedWarning):
        orders.add_execution("nightly-9", status="RUNNING", start_date="2026-01-10T04:00:00Z")
    batches = parent.add_map_run("Batches", start_date="2026-01-10T02:00:00Z")
    batches.add_execution("one", status="PENDING_REDRIVE", item_count=1)
    batches.add_execution("two", status="SUCCEEDED", redrive_date="2026-01-10T02:30:00Z", stop_date=NOW, item_count=1)
    return orders


def search(sfn, **arguments):
    response = urllib3.request("GET", f"{sfn.endpoint_url}/sfn-mock/executions?{urlencode(arguments)}")
    return response.status, response.json()


def names(answer):
    status, page = answer
    assert status == 200
    return [execution["name"] for execution in page["executions"]]


def test_all_executions(sfn, orders):
    """Without a name all are returned, newest first, counted by status, with the members of ListExecutions."""
    status, answer = search(sfn, of=orders.arn)
    executions = answer.pop("executions")

    assert status == 200
    assert answer == {
        "total": 4,
        "matching": 4,
        "by_status": {"FAILED": 1, "RUNNING": 1, "SUCCEEDED": 2},
        "last_start": "2026-01-10T02:00:00.000Z",
    }
    listed = boto3.client("stepfunctions").list_executions(stateMachineArn=orders.arn)["executions"]
    assert [execution["name"] for execution in executions] == [execution["name"] for execution in listed]
    assert executions[0] == {
        "executionArn": f"{MACHINE.replace('stateMachine', 'execution')}:night",
        "stateMachineArn": MACHINE,
        "name": "night",
        "status": "RUNNING",
        "startDate": "2026-01-10T02:00:00.000Z",
        "stateMachineVersionArn": f"{MACHINE}:1",
        "stateMachineAliasArn": f"{MACHINE}:live",
        "redriveCount": 0,
    }


def test_a_part_of_the_name(sfn, orders):
    """A part of the name matches in any case; the total still counts all listed executions."""
    status, answer = search(sfn, of=orders.arn, name="nIGHTly")

    assert names((status, answer)) == ["Nightly-1", "Nightly-0"]
    assert (answer["total"], answer["matching"], answer["by_status"]) == (4, 2, {"SUCCEEDED": 2})


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        pytest.param({"of": f"{MACHINE}:live"}, ["night"], id="alias"),
        pytest.param({"of": f"{MACHINE}:1"}, ["night"], id="version"),
        pytest.param({"of": MACHINE, "status": "FAILED"}, ["weekly"], id="status"),
        pytest.param({"of": MACHINE, "status": "FAILED", "name": "night"}, [], id="status and name"),
        pytest.param({"of": MACHINE, "first": "1", "size": "2"}, ["Nightly-1", "Nightly-0"], id="part"),
        pytest.param({"of": MACHINE, "size": "0"}, [], id="counts alone"),
    ],
)
def test_search_results(sfn, orders, arguments, found):
    """A version, an alias, a status and a page restrict a search."""
    assert names(search(sfn, **arguments)) == found


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        pytest.param({}, ["two", "one"], id="all"),
        pytest.param({"redrive": "REDRIVEN"}, ["two"], id="redriven"),
        pytest.param({"redrive": "NOT_REDRIVEN", "status": "PENDING_REDRIVE"}, ["one"], id="not redriven"),
    ],
)
def test_child_executions(sfn, orders, arguments, found):
    """Child executions of a map run can be searched, also by redrive."""
    [batches] = orders.executions[2].map_runs

    assert names(search(sfn, of=batches.arn, **arguments)) == found


def test_no_executions(sfn):
    """A state machine without executions has no last start."""
    machine = sfn.add_state_machine("idle")

    assert search(sfn, of=machine.arn) == (
        200,
        {"total": 0, "matching": 0, "by_status": {}, "last_start": None, "executions": []},
    )


def test_consistency_lag():
    """A search sees executions with the consistency lag of ListExecutions."""
    with freeze_time(NOW) as frozen, sfn_mock.server(consistency_lag=timedelta(seconds=5)) as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_execution("late", status="RUNNING")
        before = names(search(sfn, of=orders.arn))
        frozen.tick(5)

        assert (before, names(search(sfn, of=orders.arn))) == ([], ["late"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            {},
            "of must be given: the ARN of a state machine, version, alias or map run.",
            id="nothing",
        ),
        pytest.param(
            {"of": "orders"},
            "of must be an ARN of Step Functions, in an account and region that are in use, got 'orders'",
            id="name",
        ),
        pytest.param(
            {"of": f"{MACHINE}x"},
            f"StateMachineDoesNotExist: State Machine Does Not Exist: '{MACHINE}x'",
            id="unknown",
        ),
        pytest.param(
            {"of": MACHINE, "status": "PENDING_REDRIVE"},
            "ValidationException: The PENDING_REDRIVE status filter requires a MapRun ARN",
            id="filter of map runs",
        ),
        pytest.param(
            {"of": MACHINE, "status": "FAILD"},
            "status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE, got 'FAILD'. "
            "Did you mean 'FAILED'?",
            id="status",
        ),
        pytest.param(
            {"of": MACHINE, "redrive": "yes"},
            "redrive must be one of REDRIVEN, NOT_REDRIVEN, got 'yes'",
            id="redrive",
        ),
        pytest.param({"of": MACHINE, "first": "-1"}, "first must be a whole number, got '-1'", id="first"),
        pytest.param({"of": MACHINE, "size": "x"}, "size must be a whole number, got 'x'", id="size"),
    ],
)
def test_search_that_is_refused(sfn, orders, arguments, message):
    """A wrong search is refused with one sentence, AWS's with its code."""
    assert search(sfn, **arguments) == (400, {"message": message})
