"""DescribeMapRun, ListMapRuns, UpdateMapRun, and the child executions of map runs."""

from __future__ import annotations

import re
import warnings
from datetime import datetime, timedelta, timezone

import pytest
from answers import members, refusal

from sfn_mock.state.clock import to_moment

NOW = datetime(2026, 1, 10, 12, 0, 0, 250000, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
PARENT = f"{PREFIX}:execution:orders:nightly"
NO_SUCH_MAP_RUN = f"{PREFIX}:mapRun:orders/ProcessItems:0d9b3c1e-6a0f-4a57-9f6c-2b1b7f7a1c55"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
UNSUCCESSFUL = ["FAILED", "TIMED_OUT", "ABORTED"]


@pytest.fixture
def nightly(orders):
    """The parent execution."""
    return orders.add_execution("nightly", status="RUNNING")


@pytest.fixture
def batch(nightly):
    """A map run without a seeded status."""
    return nightly.add_map_run("ProcessItems")


def describe(client, map_run):
    return members(client.describe_map_run(mapRunArn=map_run.arn))


def counts(**more):
    """Ten counts: 0 except for ``more``."""
    names = ["pending", "running", "succeeded", "failed", "timedOut", "aborted", "total", "resultsWritten"]
    return {**dict.fromkeys([*names, "failuresNotRedrivable", "pendingRedrive"], 0), **more}


def counted(client, map_run, kind="executionCounts"):
    """The counts that are not 0."""
    return {name: count for name, count in describe(client, map_run)[kind].items() if count}


def status(client, map_run):
    """Status and stop date."""
    answer = describe(client, map_run)
    return answer["status"], answer.get("stopDate")


def children(client, map_run, **arguments):
    """Name, status and number of redrives of the children listed."""
    page = client.list_executions(mapRunArn=map_run.arn, **arguments)
    return [(item["name"], item["status"], item["redriveCount"]) for item in page["executions"]]


# --- DescribeMapRun --------------------------------------------------------------------------------------------


def test_running_map_run(client, nightly, clock):
    """A RUNNING map run has neither stop date nor redrive date, and has written no results."""
    batch = nightly.add_map_run(
        "ProcessItems", max_concurrency=40, tolerated_failure_count=5, tolerated_failure_percentage=12.5
    )
    batch.add_execution(status="SUCCEEDED", item_count=3)
    batch.add_execution(status="RUNNING")
    clock.tick(MINUTE)

    assert describe(client, batch) == {
        "mapRunArn": batch.arn,
        "executionArn": PARENT,
        "status": "RUNNING",
        "startDate": NOW,
        "maxConcurrency": 40,
        "toleratedFailurePercentage": 12.5,
        "toleratedFailureCount": 5,
        "itemCounts": counts(running=1, succeeded=3, total=4),
        "executionCounts": counts(running=1, succeeded=1, total=2),
        "redriveCount": 0,
    }


def test_closed_map_run(client, nightly):
    """When its children have ended, a map run has ended; both results are written without a ResultWriter."""
    batch = nightly.add_map_run("ProcessItems")
    batch.add_execution(status="SUCCEEDED", duration=timedelta(0))
    batch.add_execution(status="SUCCEEDED", item_count=20)

    assert describe(client, batch) == {
        "mapRunArn": batch.arn,
        "executionArn": PARENT,
        "status": "SUCCEEDED",
        "startDate": NOW,
        "stopDate": NOW,
        "maxConcurrency": 2_147_483_647,
        "toleratedFailurePercentage": 0.0,
        "toleratedFailureCount": 0,
        "itemCounts": counts(succeeded=21, total=21, resultsWritten=21),
        "executionCounts": counts(succeeded=2, total=2, resultsWritten=2),
        "redriveCount": 0,
    }


def test_seeded_map_run(client, orders):
    """Status, dates and redrives of a map run can be seeded."""
    nightly = orders.add_execution("nightly", status="FAILED", start_date=-DAY, stop_date=-MINUTE)
    batch = nightly.add_map_run(
        "ProcessItems",
        status="FAILED",
        start_date=-DAY + MINUTE,
        stop_date=-2 * MINUTE,
        redrive_count=2,
        redrive_date=-60 * MINUTE,
    )

    assert describe(client, batch) == {
        "mapRunArn": batch.arn,
        "executionArn": PARENT,
        "status": "FAILED",
        "startDate": NOW - DAY + MINUTE,
        "stopDate": NOW - 2 * MINUTE,
        "maxConcurrency": 2_147_483_647,
        "toleratedFailurePercentage": 0.0,
        "toleratedFailureCount": 0,
        "itemCounts": counts(),
        "executionCounts": counts(),
        "redriveCount": 2,
        "redriveDate": NOW - 60 * MINUTE,
    }


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        pytest.param(-61, {"status": "RUNNING", "redriveCount": 0}, id="before the redrive"),
        pytest.param(
            -60, {"status": "RUNNING", "redriveCount": 1, "redriveDate": NOW - 60 * MINUTE}, id="after the redrive"
        ),
        pytest.param(
            -2,
            {
                "status": "FAILED",
                "redriveCount": 1,
                "redriveDate": NOW - 60 * MINUTE,
                "stopDate": NOW - 2 * MINUTE,
            },
            id="after the stop",
        ),
    ],
)
def test_clock_decides_about_a_seeded_map_run(client, orders, clock, moment, shown):
    """A seeded map run is RUNNING until its stop date, and not redriven until its redrive date."""
    nightly = orders.add_execution(status="RUNNING", start_date=-DAY)
    batch = nightly.add_map_run(status="FAILED", stop_date=-2 * MINUTE, redrive_date=-60 * MINUTE)
    clock.move_to(NOW + moment * MINUTE)

    names = ("status", "stopDate", "redriveCount", "redriveDate")
    assert {name: value for name, value in describe(client, batch).items() if name in names} == shown


@pytest.mark.parametrize(
    ("moment", "executions", "items"),
    [
        pytest.param(
            0, {"pending": 2, "running": 3, "total": 5}, {"pending": 5, "running": 10, "total": 15}, id="start"
        ),
        pytest.param(
            1,
            {"pending": 2, "running": 2, "succeeded": 1, "total": 5},
            {"pending": 5, "running": 8, "succeeded": 2, "total": 15},
            id="one minute",
        ),
        pytest.param(
            2,
            {"pending": 1, "running": 2, "succeeded": 1, "failed": 1, "total": 5},
            {"pending": 1, "running": 8, "succeeded": 2, "failed": 4, "total": 15},
            id="two minutes",
        ),
        pytest.param(
            3,
            {"running": 1, "succeeded": 1, "failed": 1, "timedOut": 1, "aborted": 1, "total": 5},
            {"running": 4, "succeeded": 2, "failed": 4, "timedOut": 4, "aborted": 1, "total": 15},
            id="three minutes",
        ),
        pytest.param(
            4,
            {"succeeded": 2, "failed": 1, "timedOut": 1, "aborted": 1, "total": 5, "resultsWritten": 2},
            {"succeeded": 6, "failed": 4, "timedOut": 4, "aborted": 1, "total": 15, "resultsWritten": 6},
            id="four minutes",
        ),
    ],
)
@pytest.mark.parametrize("execution_type", ["STANDARD", "EXPRESS"])
def test_counts_move_with_the_clock(client, nightly, clock, moment, executions, items, execution_type):
    """A child that has not started is pending, and each child counts with its items."""
    batch = nightly.add_map_run("ProcessItems", execution_type=execution_type)
    batch.add_execution(status="SUCCEEDED", item_count=2, duration=MINUTE)
    batch.add_execution(status="TIMED_OUT", item_count=4, duration=3 * MINUTE)
    batch.add_execution(status="SUCCEEDED", item_count=4, duration=4 * MINUTE)
    with pytest.warns(match="is after now"):
        batch.add_execution(status="FAILED", item_count=4, start_date=2 * MINUTE)
    with pytest.warns(match="is after now"):
        batch.add_execution(status="ABORTED", item_count=1, start_date=3 * MINUTE)
    clock.tick(DAY)
    describe(client, batch)
    clock.move_to(NOW + moment * MINUTE)

    assert counted(client, batch) == executions
    assert counted(client, batch, "itemCounts") == items


def test_child_does_not_start_before_its_map_run(nightly):
    """A child cannot start before its map run."""
    batch = nightly.add_map_run("ProcessItems")

    with pytest.raises(ValueError, match=r"^start_date must not be before the start of its map run at "):
        batch.add_execution(status="SUCCEEDED", start_date=-DAY, duration=MINUTE)
    assert batch.executions == []


def test_failures_that_cannot_be_redriven(client, nightly, clock):
    """failuresNotRedrivable counts the unsuccessful children that can no longer be redriven."""
    nightly.start_date = NOW - 20 * DAY
    batch = nightly.add_map_run("ProcessItems")
    batch.add_execution(status="FAILED", item_count=2, start_date=-15 * DAY)
    batch.add_execution(status="ABORTED", item_count=3, start_date=-20 * DAY)
    batch.add_execution(status="SUCCEEDED", item_count=4, start_date=-20 * DAY)
    batch.add_execution(status="TIMED_OUT", item_count=5, start_date=-DAY)
    with pytest.warns(match="is after now"):
        batch.add_execution(status="FAILED", item_count=6, start_date=DAY)

    answer = describe(client, batch)
    assert answer["executionCounts"] == counts(
        pending=1, succeeded=1, failed=1, timedOut=1, aborted=1, total=5, failuresNotRedrivable=2
    )
    assert answer["itemCounts"] == counts(
        pending=6, succeeded=4, failed=2, timedOut=5, aborted=3, total=20, failuresNotRedrivable=5
    )


@pytest.mark.parametrize(
    ("closed", "shown", "waiting"),
    [
        pytest.param(None, {"failed": 1, "pendingRedrive": 2, "total": 3}, "PENDING_REDRIVE", id="RUNNING"),
        *(pytest.param(end, {"failed": 3, "total": 3}, "FAILED", id=end) for end in ("SUCCEEDED", "FAILED", "ABORTED")),
    ],
)
def test_pending_redrives(client, nightly, closed, shown, waiting):
    """Children wait for their redrive while the map run is RUNNING; after it the count is 0."""
    batch = nightly.add_map_run("ProcessItems", status=closed)
    batch.add_execution("failed", status="FAILED")
    batch.add_executions(2, status="PENDING_REDRIVE", name="{index}")

    assert counted(client, batch) == shown
    assert children(client, batch) == [("1", waiting, 0), ("0", waiting, 0), ("failed", "FAILED", 0)]


def test_waiting_children_end_with_the_map_run(client, nightly, clock):
    """When the clock passes the map run's end, counts and list agree, and stop dates stay."""
    batch = nightly.add_map_run("ProcessItems", status="FAILED", stop_date=MINUTE)
    waiting = batch.add_execution("waiting", status="PENDING_REDRIVE", item_count=7)
    assert children(client, batch, statusFilter="PENDING_REDRIVE") == [("waiting", "PENDING_REDRIVE", 0)]
    assert counted(client, batch, "itemCounts") == {"pendingRedrive": 7, "total": 7}
    clock.tick(MINUTE)

    assert children(client, batch, statusFilter="FAILED") == [("waiting", "FAILED", 0)]
    assert counted(client, batch, "itemCounts") == {"failed": 7, "total": 7}
    assert waiting.stop_date == NOW


def test_redriven_children_that_wait_again(client, nightly, clock):
    """A child that was redriven before and waits again ends with the map run too."""
    batch = nightly.add_map_run("ProcessItems", status="FAILED", stop_date=MINUTE)
    batch.add_execution("again", status="PENDING_REDRIVE", redrive_date=NOW)
    assert children(client, batch) == [("again", "PENDING_REDRIVE", 1)]
    clock.tick(MINUTE)

    assert children(client, batch) == [("again", "FAILED", 1)]


def test_waiting_children_of_a_running_parent(client, nightly, clock):
    """A future stop date assigned to a RUNNING parent does not end its waiting children."""
    nightly.stop_date = NOW + MINUTE
    batch = nightly.add_map_run("ProcessItems")
    batch.add_execution("waiting", status="PENDING_REDRIVE")
    clock.tick(2 * MINUTE)

    assert children(client, batch) == [("waiting", "PENDING_REDRIVE", 0)]
    assert (status(client, batch), counted(client, batch)) == (("RUNNING", None), {"pendingRedrive": 1, "total": 1})


# --- Status by children, tolerance and parent ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tolerance", "failed", "closed"),
    [
        pytest.param({}, 0, "SUCCEEDED", id="none, no failure"),
        pytest.param({}, 1, "FAILED", id="none"),
        pytest.param({"tolerated_failure_count": 5}, 5, "SUCCEEDED", id="count, reached"),
        pytest.param({"tolerated_failure_count": 5}, 6, "FAILED", id="count, exceeded"),
        pytest.param({"tolerated_failure_percentage": 30}, 3, "SUCCEEDED", id="percentage, reached"),
        pytest.param({"tolerated_failure_percentage": 30}, 4, "FAILED", id="percentage, exceeded"),
        pytest.param({"tolerated_failure_percentage": 29.9}, 3, "FAILED", id="percentage with a fraction, exceeded"),
        pytest.param({"tolerated_failure_percentage": 100}, 10, "SUCCEEDED", id="all"),
        pytest.param(
            {"tolerated_failure_count": 3, "tolerated_failure_percentage": 50}, 4, "FAILED", id="both, count exceeded"
        ),
        pytest.param(
            {"tolerated_failure_count": 9, "tolerated_failure_percentage": 50},
            6,
            "FAILED",
            id="both, percentage exceeded",
        ),
        pytest.param(
            {"tolerated_failure_count": 5, "tolerated_failure_percentage": 50}, 5, "SUCCEEDED", id="both, reached"
        ),
    ],
)
@pytest.mark.parametrize("kind", ["FAILED", "TIMED_OUT"])
def test_tolerance(client, nightly, tolerance, failed, closed, kind):
    """A map run fails when its failed items exceed one of the two limits."""
    batch = nightly.add_map_run("ProcessItems", **tolerance)
    batch.add_execution(status=kind, item_count=failed)
    batch.add_execution(status="SUCCEEDED", item_count=10 - failed)

    assert status(client, batch) == (closed, NOW)


@pytest.mark.parametrize(
    ("seeds", "expected"),
    [
        pytest.param([], ("RUNNING", None), id="no children yet"),
        pytest.param(["FAILED", "RUNNING"], ("RUNNING", None), id="one runs"),
        pytest.param(["FAILED", "PENDING_REDRIVE"], ("RUNNING", None), id="one waits for its redrive"),
        pytest.param(["SUCCEEDED", "FAILED"], ("FAILED", NOW), id="one failed"),
        pytest.param(["SUCCEEDED", "TIMED_OUT"], ("FAILED", NOW), id="one timed out"),
        pytest.param(["SUCCEEDED", "ABORTED"], ("ABORTED", NOW), id="one was stopped"),
        pytest.param(["FAILED", "ABORTED"], ("FAILED", NOW), id="one failed, one was stopped"),
    ],
)
def test_status_follows_from_children(client, batch, seeds, expected):
    """A map run is RUNNING while a child is; then its children decide its status."""
    for seed in seeds:
        batch.add_execution(status=seed)

    assert status(client, batch) == expected


def test_map_run_stops_with_its_last_child(client, batch, clock):
    """The stop date is that of the last child; a child that starts later counts too."""
    batch.add_execution(status="SUCCEEDED", duration=3 * MINUTE)
    with pytest.warns(match="is after now"):
        batch.add_execution(status="SUCCEEDED", start_date=5 * MINUTE)

    clock.tick(4 * MINUTE)
    assert status(client, batch) == ("RUNNING", None)

    clock.tick(DAY)
    assert status(client, batch) == ("SUCCEEDED", NOW + 5 * MINUTE)


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        pytest.param("SUCCEEDED", "SUCCEEDED", id="nothing to do"),
        pytest.param("FAILED", "FAILED", id="failed before the first child"),
        pytest.param("TIMED_OUT", "ABORTED", id="cut short"),
        pytest.param("ABORTED", "ABORTED", id="stopped"),
    ],
)
def test_map_run_without_children_follows_its_parent(client, orders, clock, parent, expected):
    """A map run without children is RUNNING while its parent is, and then ends like it."""
    batch = orders.add_execution(status=parent, duration=MINUTE).add_map_run()
    assert status(client, batch) == ("RUNNING", None)

    clock.tick(DAY)

    assert status(client, batch) == (expected, NOW + MINUTE)


@pytest.mark.parametrize("parent", ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"])
@pytest.mark.parametrize(
    ("seed", "sentence"),
    [
        pytest.param({"status": "RUNNING"}, "status must be a closing status, as its map run has one", id="running"),
        pytest.param(
            {"status": "SUCCEEDED", "duration": 5 * MINUTE},
            "stop_date must not be after the stop of its map run at 2026-01-10T12:01:00.250Z, got "
            "2026-01-10T12:05:00.250Z",
            id="stops later",
        ),
        pytest.param(
            {"status": "SUCCEEDED", "start_date": 5 * MINUTE},
            "start_date must not be after the stop of its map run at 2026-01-10T12:01:00.250Z, got "
            "2026-01-10T12:05:00.250Z",
            id="starts later",
        ),
    ],
)
def test_child_ends_within_its_map_runs_parent(orders, parent, seed, sentence):
    """If a map run ends with its parent, it cannot have a child that is still running."""
    batch = orders.add_execution(status=parent, duration=MINUTE).add_map_run()

    with pytest.raises(ValueError, match=sentence):
        batch.add_execution(**seed)
    assert batch.executions == []


def test_map_run_with_only_a_status_stops_with_its_last_child(client, orders):
    """A map run with a status but no stop date stops with its last child."""
    parent = orders.add_execution(status="RUNNING", start_date=-HOUR)
    batch = parent.add_map_run(status="SUCCEEDED", tolerated_failure_count=1)
    assert status(client, batch) == ("SUCCEEDED", NOW - HOUR)

    batch.add_execution(status="SUCCEEDED", duration=10 * MINUTE)
    batch.add_execution(status="FAILED", duration=5 * MINUTE)

    assert status(client, batch) == ("SUCCEEDED", NOW - 50 * MINUTE)
    batch.add_execution(status="SUCCEEDED", redrive_date=-30 * MINUTE, stop_date=-20 * MINUTE)
    assert status(client, batch) == ("SUCCEEDED", NOW - 20 * MINUTE)
    with pytest.raises(ValueError, match=r"^status must be a closing status, as its map run has one, got 'RUNNING'$"):
        batch.add_execution(status="RUNNING")


def test_map_run_is_within_its_parent(orders):
    """A map run starts and stops while its parent runs."""
    parent = orders.add_execution(status="SUCCEEDED", start_date=-HOUR, duration=MINUTE)

    for seed, sentence in [
        ({"start_date": -2 * HOUR}, "start_date must not be before the start of its parent execution"),
        ({"start_date": -MINUTE}, "start_date must not be after the stop of its parent execution"),
        ({"status": "FAILED", "stop_date": -MINUTE}, "stop_date must not be after the stop of its parent execution"),
        ({"status": "RUNNING"}, "status must be a closing status, as its parent execution has one"),
    ]:
        with pytest.raises(ValueError, match=f"^{sentence}"):
            parent.add_map_run(**seed)
    assert parent.map_runs == []


@pytest.mark.parametrize(
    ("seed", "dates"),
    [
        pytest.param({}, [(-60, -59), (-59, -58), (-58, -57)], id="from the map run's start"),
        pytest.param({"interval": 40 * MINUTE}, [(-60, -59), (-20, -19), (0, 1)], id="none after now"),
        pytest.param({"start_date": -MINUTE}, [(-1, 0), (0, 1), (1, 2)], id="as given"),
    ],
)
def test_many_children_start_with_their_map_run(orders, seed, dates):
    """Without a start date the oldest child starts with the map run, and none after now."""
    batch = orders.add_execution(status="RUNNING", start_date=-HOUR).add_map_run()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        children = batch.add_executions(3, status="FAILED", **{"interval": MINUTE, "duration": MINUTE} | seed)

    lines = [child._record.attempts[-1] for child in children]
    assert [(line.since, line.stop) for line in lines] == [
        tuple(to_moment(NOW + minute * MINUTE, 0) for minute in line) for line in dates
    ]


def test_failed_map_run_leaves_items_pending(client, orders):
    """If a failure is not tolerated, the parent fails, and children that have not started stay pending."""
    parent = orders.add_execution(status="RUNNING")
    batch = parent.add_map_run()
    batch.add_execution(status="FAILED")
    with pytest.warns(match="is after now"):
        batch.add_execution(status="SUCCEEDED", start_date=MINUTE)
    parent.fail()

    assert status(client, batch) == ("FAILED", NOW)
    assert counted(client, batch) == {"pending": 1, "failed": 1, "total": 2}


# --- The parent ends -------------------------------------------------------------------------------------------


def end_of(how, client, nightly):
    if how == "StopExecution":
        client.stop_execution(executionArn=nightly.arn)
    else:
        getattr(nightly, how)()


@pytest.mark.parametrize("how", ["StopExecution", "abort", "fail", "time_out", "succeed"])
def test_end_of_the_parent_aborts_its_children(client, nightly, batch, clock, how):
    """When the parent ends, running children are ABORTED, and pending ones never start."""
    batch.add_execution("done", status="SUCCEEDED")
    batch.add_execution("running", status="RUNNING")
    batch.add_execution("ending", status="SUCCEEDED", duration=DAY)
    with pytest.warns(match="is after now"):
        batch.add_execution("later", status="SUCCEEDED", start_date=DAY)
    clock.tick(MINUTE)
    end_of(how, client, nightly)
    clock.tick(2 * DAY)

    assert status(client, batch) == ("ABORTED", NOW + MINUTE)
    assert counted(client, batch) == {"pending": 1, "succeeded": 1, "aborted": 2, "total": 4, "resultsWritten": 1}
    assert children(client, batch) == [("ending", "ABORTED", 0), ("running", "ABORTED", 0), ("done", "SUCCEEDED", 0)]


def test_end_of_the_parent_ends_a_map_run_of_seeded_status(client, nightly, clock):
    """When the parent ends, a map run with another planned end ends too."""
    batches = [
        nightly.add_map_run("First", status="RUNNING"),
        nightly.add_map_run("Second", status="SUCCEEDED", stop_date=DAY),
        nightly.add_map_run("Third", status="SUCCEEDED", stop_date=timedelta(0)),
    ]
    clock.tick(MINUTE)
    client.stop_execution(executionArn=PARENT)
    clock.tick(2 * DAY)

    assert [status(client, batch) for batch in batches] == [
        ("ABORTED", NOW + MINUTE),
        ("ABORTED", NOW + MINUTE),
        ("SUCCEEDED", NOW),
    ]


def test_map_run_to_start_later_is_not_touched(client, nightly, clock):
    """The end of the parent does not change a map run that starts later."""
    with pytest.warns(match="is after now"):
        batch = nightly.add_map_run(start_date=MINUTE)
    batch.add_execution("early", status="RUNNING")
    client.stop_execution(executionArn=PARENT)
    clock.tick(MINUTE)

    assert children(client, batch) == [("early", "RUNNING", 0)]


def test_other_executions_map_runs_are_not_touched(client, orders, nightly, batch):
    """The end of an execution does not change map runs of other executions."""
    other = orders.add_execution("other", status="RUNNING")
    batch.add_execution("child", status="RUNNING")
    other.abort()

    assert status(client, batch) == ("RUNNING", None)


# --- The parent is redriven ------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_test", [False, True])
@pytest.mark.parametrize("execution_type", ["STANDARD", "EXPRESS"])
def test_redrive_of_the_parent(client, nightly, clock, execution_type, by_test):
    """A redrive of the parent runs the map run and its unsuccessful children again, with their ARNs."""
    batch = nightly.add_map_run("ProcessItems", execution_type=execution_type)
    arns = [batch.add_execution(end.lower(), status=end).arn for end in ("SUCCEEDED", *UNSUCCESSFUL)]
    nightly.fail()
    clock.tick(MINUTE)
    if by_test:
        nightly.redrive()
    else:
        client.redrive_execution(executionArn=PARENT)
    clock.tick(MINUTE)

    answer = describe(client, batch)
    assert (answer["status"], answer["redriveCount"], answer["redriveDate"]) == ("RUNNING", 1, NOW + MINUTE)
    assert answer["executionCounts"] == counts(running=3, succeeded=1, total=4)
    page = client.list_executions(mapRunArn=batch.arn)["executions"]
    assert {item["executionArn"] for item in page} == set(arns)
    assert {(item["name"], item["status"], item["redriveCount"], item.get("redriveDate")) for item in page} == {
        ("succeeded", "SUCCEEDED", 0, None),
        *((end.lower(), "RUNNING", 1, NOW + MINUTE if execution_type == "STANDARD" else None) for end in UNSUCCESSFUL),
    }


def test_redriven_map_run_ends_with_its_children(client, nightly, batch, clock):
    """After the redrive the children decide the status again."""
    child = batch.add_execution(status="FAILED")
    nightly.fail()
    clock.tick(MINUTE)
    client.redrive_execution(executionArn=PARENT)
    clock.tick(MINUTE)
    child.succeed()

    assert status(client, batch) == ("SUCCEEDED", NOW + 2 * MINUTE)


def test_redriven_map_run_of_seeded_status(client, orders, clock):
    """A seeded status applies until the redrive; after it the children decide."""
    nightly = orders.add_execution("nightly", status="FAILED")
    batch = nightly.add_map_run(status="FAILED", redrive_date=timedelta(0))
    child = batch.add_execution(status="FAILED")
    clock.tick(MINUTE)
    client.redrive_execution(executionArn=PARENT)
    assert status(client, batch) == ("RUNNING", None)
    clock.tick(MINUTE)
    child.succeed()

    assert status(client, batch) == ("SUCCEEDED", NOW + 2 * MINUTE)
    assert describe(client, batch)["redriveCount"] == 2
    clock.move_to(NOW)
    assert status(client, batch) == ("FAILED", NOW)


def test_a_map_run_is_redriven_1000_times(client, orders, clock):
    """After 1,000 redrives of a map run its execution's next redrive fails at once with States.Runtime."""
    nightly = orders.add_execution("nightly", status="FAILED")
    batch = nightly.add_map_run(status="FAILED", redrive_count=999, redrive_date=timedelta(0))
    other = nightly.add_map_run()
    other.add_execution("failed", status="FAILED")
    for _ in range(2):
        clock.tick(MINUTE)
        client.redrive_execution(executionArn=PARENT)
        clock.tick(MINUTE)
        if nightly.status == "RUNNING":
            nightly.fail()
    answer = members(client.describe_execution(executionArn=PARENT))

    assert (answer["status"], answer["error"], answer["redriveCount"]) == ("FAILED", "States.Runtime", 2)
    assert answer["cause"] == f"The Map Run {batch.arn} was redriven 1000 times, the most allowed"
    assert answer["redriveDate"] == answer["stopDate"] == NOW + 3 * MINUTE
    assert [describe(client, run)["redriveCount"] for run in (batch, other)] == [1000, 1]


def test_redrive_does_not_change_a_successful_map_run(client, orders):
    """A map run that SUCCEEDED is not redriven with its parent."""
    nightly = orders.add_execution("nightly", status="FAILED")
    batch = nightly.add_map_run(tolerated_failure_count=1)
    batch.add_execution("failed", status="FAILED")
    client.redrive_execution(executionArn=PARENT)

    assert status(client, batch) == ("SUCCEEDED", NOW)
    assert children(client, batch) == [("failed", "FAILED", 0)]


def test_children_wait_for_their_redrive(client, nightly, clock):
    """Within max_concurrency children run; the others are PENDING_REDRIVE, with their old stop date."""
    batch = nightly.add_map_run("ProcessItems", max_concurrency=1)
    batch.add_execution("first", status="FAILED")
    second = batch.add_execution("second", status="TIMED_OUT")
    nightly.fail()
    clock.tick(MINUTE)
    client.redrive_execution(executionArn=PARENT)

    assert children(client, batch) == [("first", "RUNNING", 1), ("second", "PENDING_REDRIVE", 0)]
    assert children(client, batch, statusFilter="PENDING_REDRIVE") == [("second", "PENDING_REDRIVE", 0)]
    assert counted(client, batch) == {"running": 1, "pendingRedrive": 1, "total": 2}
    assert client.describe_execution(executionArn=second.arn)["stopDate"] == NOW

    second.redrive()

    assert children(client, batch) == [("second", "RUNNING", 1), ("first", "RUNNING", 1)]


def test_a_waiting_child_with_a_later_start_date(client, nightly, clock):
    """A child that waits for its redrive stopped no earlier than at the start date that a test assigns."""
    batch = nightly.add_map_run("ProcessItems", max_concurrency=1)
    batch.add_execution("first", status="FAILED")
    second = batch.add_execution("second", status="FAILED")
    nightly.fail()
    clock.tick(2 * MINUTE)
    nightly.redrive()
    second.start_date = NOW + MINUTE
    shown = (second.status, second.start_date, second.stop_date)
    nightly.abort()

    assert shown == ("PENDING_REDRIVE", NOW + MINUTE, NOW + MINUTE)
    assert (second.status, second.stop_date) == ("FAILED", NOW + MINUTE)


def test_waiting_children_are_part_of_the_next_redrive(client, nightly, clock):
    """A child that still waited when the parent ended is part of the next redrive."""
    batch = nightly.add_map_run("ProcessItems")
    batch.add_execution("waiting", status="PENDING_REDRIVE")
    clock.tick(MINUTE)
    nightly.abort()
    assert counted(client, batch) == {"failed": 1, "total": 1}
    assert children(client, batch) == [("waiting", "FAILED", 0)]
    assert status(client, batch) == ("ABORTED", NOW + MINUTE)

    client.redrive_execution(executionArn=PARENT)

    assert children(client, batch) == [("waiting", "RUNNING", 1)]


def test_child_that_was_never_redriven_has_its_earlier_status(client, nightly, clock):
    """A TIMED_OUT child whose redrive never came is TIMED_OUT again."""
    batch = nightly.add_map_run("ProcessItems", max_concurrency=1)
    first = batch.add_execution("first", status="FAILED")
    second = batch.add_execution("second", status="TIMED_OUT")
    for _ in range(2):
        nightly.fail()
        clock.tick(MINUTE)
        client.redrive_execution(executionArn=PARENT)
        assert (first.status, second.status) == ("RUNNING", "PENDING_REDRIVE")
    nightly.fail()

    assert counted(client, batch) == {"aborted": 1, "timedOut": 1, "total": 2}
    described = client.describe_execution(executionArn=second.arn)
    assert (described["status"], described["stopDate"], described["redriveCount"]) == ("TIMED_OUT", NOW, 0)


def test_child_that_waits_again_has_its_last_status(client, nightly):
    """A TIMED_OUT child that was aborted after its redrive, and whose next redrive never came, is ABORTED again."""
    batch = nightly.add_map_run("ProcessItems", max_concurrency=1)
    first = batch.add_execution("first", status="FAILED")
    second = batch.add_execution("second", status="TIMED_OUT")
    nightly.fail()
    nightly.redrive()
    first.fail()
    second.abort()
    nightly.fail()
    nightly.redrive()
    assert (first.status, second.status) == ("RUNNING", "PENDING_REDRIVE")
    nightly.fail()

    assert (first.status, second.status) == ("ABORTED", "ABORTED")


def test_redrive_starts_children_that_never_started(client, nightly, batch, clock):
    """A redrive starts children that never started; this is not a redrive of theirs."""
    with pytest.warns(match="is after now"):
        batch.add_execution("later", status="SUCCEEDED", start_date=DAY)
    client.stop_execution(executionArn=PARENT)
    clock.tick(2 * DAY)
    client.redrive_execution(executionArn=PARENT)
    clock.tick(MINUTE)

    assert counted(client, batch) == {"running": 1, "total": 1}
    assert children(client, batch) == [("later", "RUNNING", 0)]
    assert batch.executions[0].start_date == NOW + 2 * DAY


def test_child_that_never_started_can_neither_end_nor_be_redriven(client, nightly, batch):
    """To end or redrive such a child is a RuntimeError that says why."""
    with pytest.warns(match="is after now"):
        later = batch.add_execution("later", status="SUCCEEDED", start_date=DAY)
    nightly.abort()

    never = "it never started, because its map run ended before, and only a"
    with pytest.raises(RuntimeError) as refused:
        later.fail()
    assert str(refused.value) == f"{later.arn} cannot be made FAILED: {never} RUNNING execution can end."
    with pytest.raises(RuntimeError) as refused:
        later.redrive()
    assert str(refused.value) == (
        f"cannot redrive {later.arn}: {never} FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE execution can be redriven."
    )


def test_end_at_an_earlier_time_drops_later_redrives(client, nightly, clock):
    """If the parent ends at a moment before its redrive, its map run and its children are not redriven."""
    batch = nightly.add_map_run("ProcessItems", max_concurrency=1)
    batch.add_executions(2, status="FAILED")
    batch.add_execution("running", status="RUNNING")
    clock.move_to(NOW + 2 * MINUTE)
    nightly.abort()
    clock.move_to(NOW + 3 * MINUTE)
    nightly.redrive()
    redriven = counted(client, batch)
    clock.move_to(NOW + MINUTE)
    nightly.fail()
    clock.move_to(NOW + 5 * MINUTE)

    assert redriven == {"running": 1, "pendingRedrive": 2, "total": 3}
    assert status(client, batch) == ("FAILED", NOW + MINUTE)
    assert describe(client, batch)["redriveCount"] == 0
    assert counted(client, batch) == {"failed": 2, "aborted": 1, "total": 3}


def test_a_seeded_redrive_keeps_the_end_before_it(client, nightly, clock):
    """The end of a map run before a seeded redrive does not change if the parent is redriven later."""
    clock.move_to(NOW + 2 * MINUTE)
    nightly.fail()
    clock.move_to(NOW + 5 * MINUTE)
    batch = nightly.add_map_run("ProcessItems", start_date=NOW, redrive_date=NOW + 5 * MINUTE)
    nightly.redrive()
    redriven = status(client, batch), describe(client, batch)["redriveCount"]
    clock.move_to(NOW + 3 * MINUTE)

    assert redriven == (("RUNNING", None), 2)
    assert status(client, batch) == ("FAILED", NOW + 2 * MINUTE)


def test_redrive_at_an_earlier_time_replaces_a_later_one(client, nightly, batch, clock):
    """A redrive of the parent before a later one starts the children at that moment."""
    batch.add_execution("failed", status="FAILED")
    with pytest.warns(match="is after now"):
        batch.add_execution("later", status="SUCCEEDED", start_date=DAY)
    nightly.abort()
    clock.move_to(NOW + 3 * MINUTE)
    nightly.redrive()
    clock.move_to(NOW + MINUTE)
    nightly.redrive()
    clock.move_to(NOW + 5 * MINUTE)
    failed, later = batch.executions

    assert describe(client, batch)["redriveDate"] == NOW + MINUTE
    assert describe(client, batch)["redriveCount"] == 1
    assert (failed.redrive_count, failed.redrive_date) == (1, NOW + MINUTE)
    assert (later.redrive_count, later.start_date) == (0, NOW + MINUTE)


@pytest.mark.parametrize(
    ("seeded", "redrives"),
    [pytest.param({}, 0, id="first"), pytest.param({"redrive_count": 1, "redrive_date": NOW}, 1, id="second")],
)
def test_map_run_of_seeded_status_loses_a_later_redrive(client, orders, clock, seeded, redrives):
    """If a detail of the parent is changed at a moment before its redrive, the map run has its seeded status again."""
    parent = orders.add_execution(status="FAILED")
    batch = parent.add_map_run("ProcessItems", status="ABORTED", stop_date=NOW, **seeded)
    batch.add_execution("failed", status="FAILED")
    clock.move_to(NOW + 2 * MINUTE)
    parent.redrive()
    redriven = counted(client, batch)
    clock.move_to(NOW + MINUTE)
    parent.error = "Late"
    clock.move_to(NOW + 3 * MINUTE)

    assert redriven == {"running": 1, "total": 1}
    assert status(client, batch) == ("ABORTED", NOW)
    assert describe(client, batch)["redriveCount"] == redrives
    assert counted(client, batch) == {"failed": 1, "total": 1}


def test_map_run_of_seeded_status_keeps_an_earlier_redrive(client, orders, clock):
    """After a change of the parent between two redrives, the children again decide the status from the first one on."""
    parent = orders.add_execution(status="FAILED")
    batch = parent.add_map_run("ProcessItems", status="FAILED", stop_date=NOW)
    child = batch.add_execution("failed", status="FAILED")
    clock.move_to(NOW + 2 * MINUTE)
    parent.redrive()
    clock.move_to(NOW + 4 * MINUTE)
    parent.fail()
    clock.move_to(NOW + 6 * MINUTE)
    parent.redrive()
    clock.move_to(NOW + 5 * MINUTE)
    parent.error = "Late"
    closed = status(client, batch)
    clock.move_to(NOW + 3 * MINUTE)
    child.succeed()
    clock.move_to(NOW + 8 * MINUTE)

    assert closed == ("ABORTED", NOW + 4 * MINUTE)
    assert status(client, batch) == ("SUCCEEDED", NOW + 3 * MINUTE)
    assert describe(client, batch)["redriveCount"] == 1


def test_clock_that_moves_back_undoes_the_redrive(client, nightly, batch, clock):
    """Before the redrive's date the map run shows its old state; if it is ended there, the redrive is undone."""
    batch.add_execution("failed", status="FAILED")
    nightly.fail()
    clock.tick(MINUTE)
    client.redrive_execution(executionArn=PARENT)
    clock.move_to(NOW)
    assert status(client, batch) == ("FAILED", NOW)
    assert describe(client, batch)["redriveCount"] == 0
    nightly.redrive()
    clock.tick(2 * MINUTE)

    assert describe(client, batch)["redriveCount"] == 1


# --- Child executions ------------------------------------------------------------------------------------------


def test_standard_child_is_described(client, batch):
    """A child shows the labelled machine, and its map run in its own member."""
    child = batch.add_execution("child", status="FAILED", error="Late", input="[7]")

    assert members(client.describe_execution(executionArn=child.arn)) == {
        "executionArn": f"{PREFIX}:execution:orders/ProcessItems:child",
        "stateMachineArn": f"{MACHINE}/ProcessItems",
        "mapRunArn": batch.arn,
        "name": "child",
        "status": "FAILED",
        "startDate": NOW,
        "stopDate": NOW,
        "input": "[7]",
        "inputDetails": {"included": True},
        "error": "Late",
        "redriveCount": 0,
        "redriveStatus": "REDRIVABLE_BY_MAP_RUN",
    }


def test_express_child_is_described(client, nightly):
    """Only EXPRESS executions of map runs can be described; their redrives have no date."""
    batch = nightly.add_map_run("ProcessItems", execution_type="EXPRESS")
    child = batch.add_execution("child", status="SUCCEEDED", output="[8]", redrive_count=2)

    assert re.fullmatch(f"{PREFIX}:express:orders/ProcessItems:child:{UUID}", child.arn)
    assert members(client.describe_execution(executionArn=child.arn)) == {
        "executionArn": child.arn,
        "stateMachineArn": f"{MACHINE}/ProcessItems",
        "mapRunArn": batch.arn,
        "name": "child",
        "status": "SUCCEEDED",
        "startDate": NOW,
        "stopDate": NOW,
        "input": "{}",
        "inputDetails": {"included": True},
        "output": "[8]",
        "outputDetails": {"included": True},
        "redriveCount": 2,
        "redriveStatus": "NOT_REDRIVABLE",
        "redriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
    }


@pytest.mark.parametrize("operation", ["stop_execution", "list_map_runs", "describe_state_machine_for_execution"])
def test_express_child_can_only_be_described(client, nightly, operation):
    """All other operations refuse the ARN of an EXPRESS child."""
    child = nightly.add_map_run(execution_type="EXPRESS").add_execution(status="RUNNING")

    assert refusal(getattr(client, operation), executionArn=child.arn) == (
        "InvalidArn",
        "Invalid Arn: 'Resource type not valid in this context: express'",
    )


def test_unknown_express_child(client, nightly):
    """Both the name and the id must be those of a child."""
    child = nightly.add_map_run("ProcessItems", execution_type="EXPRESS").add_execution(status="RUNNING")
    arn = child.arn[:-1] + ("0" if child.arn[-1] != "0" else "1")

    assert refusal(client.describe_execution, executionArn=arn) == (
        "ExecutionDoesNotExist",
        f"Execution Does Not Exist: '{arn}'",
    )


def test_standard_child_can_be_stopped(client, batch):
    """StopExecution stops a child like any other execution."""
    child = batch.add_execution("child", status="RUNNING")
    answer = client.stop_execution(executionArn=child.arn)

    assert members(answer) == {"stopDate": NOW}
    assert children(client, batch) == [("child", "ABORTED", 0)]


# --- Labels ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["ProcessItems", "a" * 40, "Größe_1.2-3"])
def test_label_is_in_the_arns(client, nightly, label):
    """The ARNs of map runs and children contain the label of the Map state."""
    batch = nightly.add_map_run(label)
    child = batch.add_execution("child", status="RUNNING")

    assert re.fullmatch(f"{PREFIX}:mapRun:orders/{re.escape(label)}:{UUID}", batch.arn)
    assert child.arn == f"{PREFIX}:execution:orders/{label}:child"
    assert describe(client, batch)["mapRunArn"] == batch.arn


def test_label_and_names_are_uuids_unless_given(client, nightly):
    """Labels that are not given, and names of children, are UUIDs."""
    batch = nightly.add_map_run()
    child = batch.add_execution(status="RUNNING")

    assert re.fullmatch(f"{PREFIX}:mapRun:orders/{UUID}:{UUID}", batch.arn)
    assert re.fullmatch(f"{PREFIX}:execution:orders/{batch.label}:{UUID}", child.arn)


@pytest.mark.parametrize("label", ["é", "a!b", "A-1_b.c"])
def test_label_of_other_characters(nightly, label):
    """A label may have all characters that names may have."""
    assert nightly.add_map_run(label).label == label


@pytest.mark.parametrize(
    ("label", "rule"),
    [
        ("", "a str of 1 to 40 characters"),
        ("a" * 41, "a str of 1 to 40 characters"),
        (7, "a str of 1 to 40 characters"),
        ("a b", "free of ' ', which AWS refuses in labels"),
        ("a/b", "free of '/', which AWS refuses in labels"),
        ("a:b", "free of ':', which AWS refuses in labels"),
        ("a\x00b", "free of '\\x00', which AWS refuses in labels"),
    ],
)
def test_label_aws_would_refuse(nightly, label, rule):
    """A label has up to 40 characters, and none that is forbidden in names."""
    with pytest.raises(ValueError) as refused:
        nightly.add_map_run(label)

    assert str(refused.value) == f"label must be {rule}, got {label!r}"
    assert nightly.map_runs == []


# --- ListMapRuns -----------------------------------------------------------------------------------------------


def list_map_runs(client, **arguments):
    return members(client.list_map_runs(**{"executionArn": PARENT} | arguments))


def test_map_runs_of_an_execution(client, nightly, clock):
    """Items have the labelled ARN as stateMachineArn, and a stop date if stopped; the oldest is first."""
    first = nightly.add_map_run("First")
    first.add_execution(status="SUCCEEDED", duration=MINUTE)
    second = nightly.add_map_run("Second", status="RUNNING")
    clock.tick(2 * MINUTE)

    assert list_map_runs(client) == {
        "mapRuns": [
            {
                "executionArn": PARENT,
                "mapRunArn": first.arn,
                "stateMachineArn": f"{MACHINE}/First",
                "startDate": NOW,
                "stopDate": NOW + MINUTE,
            },
            {
                "executionArn": PARENT,
                "mapRunArn": second.arn,
                "stateMachineArn": f"{MACHINE}/Second",
                "startDate": NOW,
            },
        ]
    }


def test_execution_without_map_runs(client, orders, nightly, batch):
    """Map runs are listed by the execution that started them, and children have none."""
    other = orders.add_execution("other", status="RUNNING")
    child = batch.add_execution("child", status="RUNNING")

    assert list_map_runs(client, executionArn=other.arn) == {"mapRuns": []}
    assert list_map_runs(client, executionArn=child.arn) == {"mapRuns": []}


def test_map_run_is_unknown_before_its_start(client, nightly, clock):
    """A map run does not exist before its start date."""
    with pytest.warns(match="is after now"):
        batch = nightly.add_map_run(start_date=MINUTE)
    unknown = ("ResourceNotFound", f"Resource not found: '{batch.arn}'", {"resourceName": batch.arn})
    assert list_map_runs(client) == {"mapRuns": []}
    assert refusal(client.describe_map_run, mapRunArn=batch.arn) == unknown
    assert refusal(client.update_map_run, mapRunArn=batch.arn, maxConcurrency=1) == unknown

    clock.tick(MINUTE)

    assert [item["mapRunArn"] for item in list_map_runs(client)["mapRuns"]] == [batch.arn]
    assert status(client, batch) == ("RUNNING", None)


def test_children_of_a_map_run_that_has_not_started(client, nightly, clock):
    """ListExecutions accepts a map run before its start, and lists each child by its dates."""
    with pytest.warns(match="is after now"):
        batch = nightly.add_map_run(start_date=MINUTE)
    with pytest.warns(match="is after now"):
        batch.add_execution("later", status="RUNNING", start_date=2 * MINUTE)
    assert children(client, batch) == []

    clock.tick(2 * MINUTE)

    assert children(client, batch) == [("later", "RUNNING", 0)]


@pytest.mark.parametrize(
    ("sizes", "pages"),
    [
        pytest.param([None], [100, 5], id="100 by default"),
        pytest.param([0], [100, 5], id="0 means 100"),
        pytest.param([1000], [105], id="the most"),
        pytest.param([35], [35, 35, 35], id="a full last page has no token"),
        pytest.param([50, 3, 60], [50, 3, 52], id="sizes may change between pages"),
    ],
)
def test_pages(client, nightly, sizes, pages):
    """The pages have each map run once, in the order of adding."""
    arns = [nightly.add_map_run().arn for _ in range(105)]
    found, lengths, token = [], [], {}
    for number in range(len(pages)):
        size = sizes[number % len(sizes)]
        page = list_map_runs(client, **({} if size is None else {"maxResults": size}), **token)
        found += [item["mapRunArn"] for item in page["mapRuns"]]
        lengths.append(len(page["mapRuns"]))
        token = {"nextToken": page["nextToken"]} if "nextToken" in page else {}

    assert lengths == pages
    assert found == arns
    assert token == {}


def test_paginator(client, nightly):
    """botocore's paginator gets all pages."""
    arns = [nightly.add_map_run().arn for _ in range(5)]
    pages = client.get_paginator("list_map_runs").paginate(executionArn=PARENT, PaginationConfig={"PageSize": 2})

    assert [[item["mapRunArn"] for item in page["mapRuns"]] for page in pages] == [arns[:2], arns[2:4], arns[4:]]


def test_token_is_bound_to_its_execution_for_24_hours(client, orders, nightly, clock):
    """A token is valid for one execution, one operation and 24 hours."""
    orders.add_execution("other", status="RUNNING")
    for _ in range(2):
        nightly.add_map_run()
    token = list_map_runs(client, maxResults=1)["nextToken"]
    foreign = client.list_executions(stateMachineArn=MACHINE, maxResults=1)["nextToken"]
    invalid = ("InvalidToken", "Invalid Token: 'Invalid token'")

    assert refusal(client.list_map_runs, executionArn=f"{PREFIX}:execution:orders:other", nextToken=token) == invalid
    assert refusal(client.list_map_runs, executionArn=PARENT, nextToken=foreign) == invalid
    assert refusal(client.list_map_runs, executionArn=PARENT, nextToken="garbage") == invalid

    clock.tick(DAY - timedelta(milliseconds=1))
    assert len(list_map_runs(client, nextToken=token)["mapRuns"]) == 1

    clock.tick(timedelta(milliseconds=1))
    assert refusal(client.list_map_runs, executionArn=PARENT, nextToken=token) == invalid


def test_page_size_and_token_have_limits(client, nightly):
    """A page has at most 1,000 map runs, and a token at most 1,024 characters."""
    assert refusal(client.list_map_runs, executionArn=PARENT, maxResults=1001, nextToken="a" * 1025) == (
        "ValidationException",
        "2 validation errors detected: Value '1001' at 'maxResults' failed to satisfy constraint: "
        f"Member must have value less than or equal to 1000; Value '{'a' * 1025}' at 'nextToken' failed to satisfy "
        "constraint: Member must have length less than or equal to 1024",
    )


# --- UpdateMapRun ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        pytest.param({"maxConcurrency": 7}, (7, 3, 12.5), id="concurrency"),
        pytest.param({"toleratedFailureCount": 0}, (40, 0, 12.5), id="count"),
        pytest.param({"toleratedFailurePercentage": 50}, (40, 3, 50.0), id="percentage"),
        pytest.param(
            {"maxConcurrency": 0, "toleratedFailureCount": 9, "toleratedFailurePercentage": 0},
            (2_147_483_647, 9, 0.0),
            id="all",
        ),
    ],
)
def test_update_changes_only_given_settings(client, nightly, change, shown):
    """The answer is empty, and other settings do not change."""
    batch = nightly.add_map_run(max_concurrency=40, tolerated_failure_count=3, tolerated_failure_percentage=12.5)
    batch.add_execution(status="RUNNING")
    answer = client.update_map_run(mapRunArn=batch.arn, **change)

    assert members(answer) == {}
    settings = ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")
    assert tuple(describe(client, batch)[setting] for setting in settings) == shown


def test_update_decides_how_the_map_run_ends(client, batch):
    """The tolerance at the end of the last child decides."""
    batch.add_execution(status="FAILED")
    last = batch.add_execution(status="RUNNING")
    client.update_map_run(mapRunArn=batch.arn, toleratedFailureCount=1)
    last.succeed()

    assert status(client, batch) == ("SUCCEEDED", NOW)


@pytest.mark.parametrize("closed", ["SUCCEEDED", "FAILED", "ABORTED"])
def test_closed_map_run_cannot_be_updated(client, nightly, closed):
    """UpdateMapRun refuses a map run that has ended."""
    batch = nightly.add_map_run(status=closed)

    assert refusal(client.update_map_run, mapRunArn=batch.arn, maxConcurrency=7) == (
        "ValidationException",
        f"Map Run has completed and cannot be updated: '{batch.arn}'",
        {"reason": "CANNOT_UPDATE_COMPLETED_MAP_RUN"},
    )
    assert describe(client, batch)["maxConcurrency"] == 2_147_483_647


@pytest.mark.parametrize("closed", ["RUNNING", "SUCCEEDED"])
def test_update_of_nothing(client, nightly, closed):
    """UpdateMapRun needs at least one setting."""
    batch = nightly.add_map_run(status=closed)

    assert refusal(client.update_map_run, mapRunArn=batch.arn) == (
        "ValidationException",
        "At least one of maxConcurrency, toleratedFailureCount and toleratedFailurePercentage must be specified",
        {"reason": "MISSING_REQUIRED_PARAMETER"},
    )


def test_update_outside_the_limits(client, batch):
    """More than 100 percent is refused by AWS, and a value below 0 by botocore."""
    assert refusal(client.update_map_run, mapRunArn=batch.arn, toleratedFailurePercentage=100.5) == (
        "ValidationException",
        "1 validation error detected: Value '100.5' at 'toleratedFailurePercentage' failed to satisfy constraint: "
        "Member must have value less than or equal to 100",
    )


# --- ARNs without a map run ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "error"),
    [
        pytest.param("invalid_arn", ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: invalid_arn'"), id="no ARN"),
        *(
            pytest.param(
                f"{PREFIX}:{resource}",
                ("InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {resource.partition(':')[0]}'"),
                id=f"of another kind: {resource}",
            )
            for resource in ("stateMachine:orders/ProcessItems", "execution:orders:nightly", "activity:pick")
        ),
        *(
            pytest.param(
                f"{PREFIX}:{resource}",
                ("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {PREFIX}:{resource}'"),
                id=f"incomplete: {resource}",
            )
            for resource in (
                "mapRun:orders/ProcessItems",
                "mapRun:orders:a",
                "mapRun:/ProcessItems:a",
                "mapRun:orders/:a",
            )
        ),
        *(
            pytest.param(arn, ("ResourceNotFound", f"Resource not found: '{arn}'", {"resourceName": arn}), id=what)
            for what, arn in {
                "no such map run": NO_SUCH_MAP_RUN,
                "no such machine": NO_SUCH_MAP_RUN.replace("orders", "missing"),
                "another region": NO_SUCH_MAP_RUN.replace("us-east-1", "eu-west-1"),
                "another account": NO_SUCH_MAP_RUN.replace("123456789012", "210987654321"),
            }.items()
        ),
    ],
)
def test_arn_without_a_map_run(client, batch, arn, error):
    """DescribeMapRun and UpdateMapRun refuse the same ARNs, before they check the settings."""
    assert refusal(client.describe_map_run, mapRunArn=arn) == error
    assert refusal(client.update_map_run, mapRunArn=arn) == error


def test_map_run_is_deleted_with_its_machine(client, orders, nightly, batch):
    """While the machine is DELETING its map runs exist; afterwards they do not."""
    client.delete_state_machine(stateMachineArn=MACHINE)
    assert status(client, batch) == ("RUNNING", None)

    nightly.abort()

    assert refusal(client.describe_map_run, mapRunArn=batch.arn)[0] == "ResourceNotFound"
    assert refusal(client.list_map_runs, executionArn=PARENT)[0] == "ExecutionDoesNotExist"
