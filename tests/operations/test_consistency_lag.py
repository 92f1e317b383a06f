"""``consistency_lag``: ListExecutions shows executions as they were that long ago, and nothing else lags."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from sfn_mock import mock_sfn_executions

NOW = "2026-01-10T03:00:00Z"
SECOND = timedelta(seconds=1)
LAG = 5 * SECOND


@pytest.fixture
def orders(clock):
    with mock_sfn_executions(consistency_lag=LAG) as sfn:
        yield sfn.add_state_machine("orders")


def listed(client, **arguments):
    arguments = arguments or {"stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:orders"}
    return [(run["name"], run["status"]) for run in client.list_executions(**arguments)["executions"]]


def test_a_start_is_listed_later(clock, orders, client):
    """DescribeExecution shows a new execution at once, and the list shows it after the lag."""
    arn = client.start_execution(stateMachineArn=orders.arn, name="nightly")["executionArn"]

    assert client.describe_execution(executionArn=arn)["status"] == "RUNNING"
    clock.move_to("2026-01-10 03:00:04.999")
    assert listed(client) == []
    clock.move_to("2026-01-10 03:00:05")
    assert listed(client) == [("nightly", "RUNNING")]


def test_a_stop_is_listed_later(clock, orders, client):
    """Until the lag has passed, a stopped execution is listed, filtered and sorted as RUNNING."""
    old = orders.add_execution("old", status="RUNNING", start_date="2026-01-10T01:00:00Z")
    orders.add_execution("new", status="RUNNING", start_date="2026-01-10T02:00:00Z")
    client.stop_execution(executionArn=old.arn)

    assert listed(client, stateMachineArn=orders.arn, statusFilter="RUNNING") == [
        ("new", "RUNNING"),
        ("old", "RUNNING"),
    ]
    clock.move_to("2026-01-10 03:00:05")
    assert listed(client) == [("old", "ABORTED"), ("new", "RUNNING")]


def test_a_replaced_end_is_never_listed(clock, orders, client):
    """A planned end that a stop replaced is never listed."""
    run = orders.add_execution(
        "nightly", status="FAILED", start_date="2026-01-10T02:00:00Z", duration=timedelta(hours=1, seconds=2)
    )
    run.succeed()
    clock.move_to("2026-01-10 03:00:04")

    assert listed(client) == [("nightly", "RUNNING")]
    clock.move_to("2026-01-10 03:00:07")
    assert listed(client) == [("nightly", "SUCCEEDED")]


def test_a_redrive_is_listed_later(clock, orders, client):
    """Until the lag has passed, the list shows the failure, with its stop date and without a redrive."""
    run = orders.add_execution("nightly", status="FAILED", start_date="2026-01-10T02:00:00Z")
    client.redrive_execution(executionArn=run.arn)

    [item] = client.list_executions(stateMachineArn=orders.arn)["executions"]
    assert (item["status"], item["redriveCount"], "redriveDate" in item, "stopDate" in item) == (
        "FAILED",
        0,
        False,
        True,
    )
    clock.move_to("2026-01-10 03:00:05")
    [item] = client.list_executions(stateMachineArn=orders.arn)["executions"]
    assert (item["status"], item["redriveCount"], "redriveDate" in item, "stopDate" in item) == (
        "RUNNING",
        1,
        True,
        False,
    )


def test_seeds_of_the_past_are_listed_at_once(orders, client):
    """The lag counts from the dates of a seed, not from the moment of seeding."""
    orders.add_execution("a", status="SUCCEEDED", start_date="2026-01-10T02:59:50Z", stop_date="2026-01-10T02:59:55Z")
    orders.add_execution("b", status="SUCCEEDED", start_date="2026-01-10T02:59:50Z", stop_date="2026-01-10T02:59:56Z")
    orders.add_execution("c", status="RUNNING")

    assert listed(client) == [("a", "SUCCEEDED"), ("b", "RUNNING")]


def test_children_of_a_map_run_lag_too(clock, orders, client):
    """The list of children lags, and DescribeMapRun counts their current statuses."""
    batch = orders.add_execution("parent", status="RUNNING", start_date="2026-01-10T02:00:00Z").add_map_run("Process")
    child = batch.add_execution("child", status="RUNNING", start_date="2026-01-10T02:00:00Z")
    child.succeed()

    counts = client.describe_map_run(mapRunArn=batch.arn)["executionCounts"]
    assert (counts["running"], counts["succeeded"]) == (0, 1)
    assert listed(client, mapRunArn=batch.arn) == [("child", "RUNNING")]


def test_nothing_else_lags(orders, client):
    """Machines, versions, aliases, map runs and activities exist at once, and can be listed by at once."""
    client.create_activity(name="packing")
    version = orders.publish_version()
    alias = orders.add_alias("live", version)
    parent = client.start_execution(stateMachineArn=alias.arn, name="parent")["executionArn"]
    run = orders.executions[0].add_map_run("Process")

    assert [machine["name"] for machine in client.list_state_machines()["stateMachines"]] == ["orders"]
    assert [activity["name"] for activity in client.list_activities()["activities"]] == ["packing"]
    assert len(client.list_state_machine_versions(stateMachineArn=orders.arn)["stateMachineVersions"]) == 1
    assert len(client.list_state_machine_aliases(stateMachineArn=orders.arn)["stateMachineAliases"]) == 1
    assert [item["mapRunArn"] for item in client.list_map_runs(executionArn=parent)["mapRuns"]] == [run.arn]
    for arguments in ({"stateMachineArn": version.arn}, {"stateMachineArn": alias.arn}, {"mapRunArn": run.arn}):
        assert listed(client, **arguments) == []


def test_a_walk_while_executions_become_visible(clock, orders, client):
    """An execution that becomes visible between two pages is listed at most once."""
    orders.add_executions(
        4, status="RUNNING", name="old-{index}", start_date="2026-01-10T02:00:00Z", interval=timedelta(minutes=1)
    )
    client.start_execution(stateMachineArn=orders.arn, name="new")
    first = client.list_executions(stateMachineArn=orders.arn, maxResults=2)
    orders.executions[0].abort()
    clock.move_to("2026-01-10 03:00:05")
    second = client.list_executions(stateMachineArn=orders.arn, maxResults=2, nextToken=first["nextToken"])

    assert [run["name"] for run in first["executions"]] == ["old-3", "old-2"]
    # old-0 was aborted at three o'clock, and so has moved to the front.
    assert [run["name"] for run in second["executions"]] == ["old-1"]
    assert listed(client) == [("new", "RUNNING"), ("old-0", "ABORTED")] + [
        (f"old-{index}", "RUNNING") for index in (3, 2, 1)
    ]


def test_a_token_is_valid_for_24_hours_without_the_lag(clock, orders, client):
    """The lag does not change how long a token is valid."""
    orders.add_executions(2, status="RUNNING", start_date="2026-01-10T02:00:00Z")
    token = client.list_executions(stateMachineArn=orders.arn, maxResults=1)["nextToken"]

    clock.move_to("2026-01-11 02:59:59.999")
    assert len(client.list_executions(stateMachineArn=orders.arn, nextToken=token)["executions"]) == 1
    clock.move_to("2026-01-11 03:00:00")
    with pytest.raises(client.exceptions.InvalidToken):
        client.list_executions(stateMachineArn=orders.arn, nextToken=token)


def test_a_machine_is_deleted_without_the_lag(clock, orders, client):
    """The lag does not delay the end of a DELETING machine."""
    run = orders.add_execution("nightly", status="RUNNING", start_date="2026-01-10T02:00:00Z")
    client.delete_state_machine(stateMachineArn=orders.arn)
    assert listed(client) == [("nightly", "RUNNING")]
    client.stop_execution(executionArn=run.arn)

    with pytest.raises(client.exceptions.StateMachineDoesNotExist):
        listed(client)


def test_the_clock_may_go_back(clock, orders, client):
    """The lag is subtracted from the current time, also after the clock went back."""
    orders.add_execution(
        "nightly", status="SUCCEEDED", start_date="2026-01-10T02:00:00Z", duration=timedelta(minutes=5)
    )
    seen = []
    for moment in ("02:05:05", "02:05:04.999", "02:00:05", "02:00:04.999", "02:05:05"):
        clock.move_to(f"2026-01-10 {moment}")
        seen.append(listed(client))

    assert seen == [
        [("nightly", "SUCCEEDED")],
        [("nightly", "RUNNING")],
        [("nightly", "RUNNING")],
        [],
        [("nightly", "SUCCEEDED")],
    ]


@pytest.mark.parametrize("seed", range(8))
def test_all_changes_are_listed_after_the_lag(clock, orders, client, seed):
    """At each second the list shows what DescribeExecution showed one lag earlier."""
    draw = random.Random(seed)
    orders.on_start(lambda name, input: draw.choice(["RUNNING", {"status": "FAILED", "duration": 3 * SECOND}]))
    parent = orders.add_execution("parent", status="RUNNING", start_date="2026-01-10T02:00:00Z")
    batch = parent.add_map_run("Process", max_concurrency=1)
    batch.on_redrive(lambda name, input: draw.choice(["RUNNING", {"status": "SUCCEEDED", "duration": 2 * SECOND}]))
    batch.add_executions(4, status="FAILED", name="child-{index}", start_date="2026-01-10T02:00:00Z")
    described = []
    for second in range(40):
        running = [run for run in orders.executions if run.status == "RUNNING"]
        ended = [run for run in orders.executions if run.status not in ("RUNNING", "SUCCEEDED")]
        happens = draw.choice(["start", "start", "stop", "end", "redrive", "child", "nothing"])
        if happens == "start":
            client.start_execution(stateMachineArn=orders.arn, name=f"started-{second}")
        elif happens == "stop" and running:
            client.stop_execution(executionArn=draw.choice(running).arn)
        elif happens == "end" and running:
            draw.choice(running).fail()
        elif happens == "redrive" and ended:
            client.redrive_execution(executionArn=draw.choice(ended).arn)
        elif happens == "child":
            for child in batch.executions:
                if child.status == "RUNNING":
                    child.fail()
        described.append({run.name: standing(client, run) for run in (*orders.executions, *batch.executions)})
        if second >= LAG // SECOND:
            shown = {
                run["name"]: (run["status"], run["redriveCount"], run.get("redriveDate"), run.get("stopDate"))
                for scope in ({"stateMachineArn": orders.arn}, {"mapRunArn": batch.arn})
                for run in client.list_executions(**scope)["executions"]
            }
            assert shown == described[second - LAG // SECOND]
        clock.tick(1)


def standing(client, run):
    described = client.describe_execution(executionArn=run.arn)
    return tuple(described.get(member) for member in ("status", "redriveCount", "redriveDate", "stopDate"))


@pytest.mark.parametrize(
    ("lag", "sentence"),
    [
        pytest.param(
            timedelta(seconds=-1),
            "consistency_lag must be a datetime.timedelta >= 0, got datetime.timedelta(days=-1, seconds=86399).",
            id="negative",
        ),
        pytest.param(5, "consistency_lag must be a datetime.timedelta >= 0, got 5.", id="number"),
    ],
)
def test_wrong_lag(lag, sentence):
    """A wrong lag is refused before a mock begins."""
    with pytest.raises(ValueError) as refusal:
        mock_sfn_executions(consistency_lag=lag)

    assert str(refusal.value) == sentence
