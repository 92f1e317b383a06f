"""ListExecutions: which executions, in what order, with which members."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import boto3
import pytest

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:orders"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-01-10T{text}+00:00")


def listed(client, **arguments) -> list[str]:
    return [execution["name"] for execution in client.list_executions(**arguments)["executions"]]


# --- Members ---------------------------------------------------------------------------------------------------


def test_closed_execution_has_exactly_these_members(client, orders):
    """A STANDARD execution that was never redriven shows redriveCount 0 and no redriveDate."""
    orders.add_execution(
        "nightly", status="FAILED", start_date="2026-01-10T02:00:00.250Z", duration=timedelta(minutes=5)
    )

    assert client.list_executions(stateMachineArn=MACHINE)["executions"] == [
        {
            "executionArn": f"{EXECUTION}:nightly",
            "stateMachineArn": MACHINE,
            "name": "nightly",
            "status": "FAILED",
            "startDate": at("02:00:00.250000"),
            "stopDate": at("02:05:00.250000"),
            "redriveCount": 0,
        }
    ]


def test_running_execution_has_no_stop_date(client, orders):
    """stopDate is an absent key while an execution runs, not null."""
    orders.add_execution("live", status="RUNNING", start_date=at("11:00:00"))

    assert client.list_executions(stateMachineArn=MACHINE)["executions"] == [
        {
            "executionArn": f"{EXECUTION}:live",
            "stateMachineArn": MACHINE,
            "name": "live",
            "status": "RUNNING",
            "startDate": at("11:00:00"),
            "redriveCount": 0,
        }
    ]


def test_redriven_execution_shows_count_and_date(client, orders):
    """A redriven execution shows redriveCount and redriveDate."""
    orders.add_execution(
        "again",
        status="SUCCEEDED",
        start_date=at("01:00:00"),
        redrive_count=2,
        redrive_date=at("02:00:00"),
        stop_date=at("03:00:00"),
    )

    (item,) = client.list_executions(stateMachineArn=MACHINE)["executions"]

    assert (item["redriveCount"], item["redriveDate"], item["stopDate"]) == (2, at("02:00:00"), at("03:00:00"))


@pytest.mark.parametrize(
    ("through", "members"),
    [
        pytest.param("machine", {}, id="bare ARN: neither key"),
        pytest.param("version", {"stateMachineVersionArn": f"{MACHINE}:1"}, id="version: its ARN only"),
        pytest.param(
            "alias",
            {"stateMachineVersionArn": f"{MACHINE}:1", "stateMachineAliasArn": f"{MACHINE}:live"},
            id="alias: both ARNs",
        ),
    ],
)
def test_version_and_alias_arns_are_present_only_if_they_apply(client, orders, through, members):
    """Version and alias ARNs that do not apply are absent keys."""
    version = orders.publish_version()
    alias = orders.add_alias("live", version)
    given = {"machine": {}, "version": {"version": version}, "alias": {"alias": alias}}[through]
    orders.add_execution("one", status="RUNNING", **given)

    (item,) = client.list_executions(stateMachineArn=MACHINE)["executions"]

    assert item == {
        "executionArn": f"{EXECUTION}:one",
        "stateMachineArn": MACHINE,
        "name": "one",
        "status": "RUNNING",
        "startDate": NOW,
        "redriveCount": 0,
        **members,
    }


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"])
def test_every_closed_status_shows_its_stop_date(client, orders, status):
    """Each closed status has a stopDate."""
    orders.add_execution(status=status, start_date=at("01:00:00"), stop_date=at("01:30:00"))

    (item,) = client.list_executions(stateMachineArn=MACHINE)["executions"]

    assert (item["status"], item["stopDate"]) == (status, at("01:30:00"))


def test_empty_list_is_a_list_without_token(client, orders):
    """An empty listing is an empty list without a token."""
    answer = client.list_executions(stateMachineArn=MACHINE)

    assert {key: value for key, value in answer.items() if key != "ResponseMetadata"} == {"executions": []}


# --- Which executions ------------------------------------------------------------------------------------------


@pytest.fixture
def qualified(orders):
    """Executions started by the bare ARN, through versions 1 and 2, and through an alias of version 1."""
    first, second = orders.publish_version(), orders.publish_version()
    live = orders.add_alias("live", first)
    orders.add_execution("bare", status="RUNNING", start_date=at("01:00:00"))
    orders.add_execution("first", status="RUNNING", start_date=at("02:00:00"), version=first)
    orders.add_execution("second", status="RUNNING", start_date=at("03:00:00"), version=second)
    orders.add_execution("live", status="RUNNING", start_date=at("04:00:00"), alias=live)
    return orders


@pytest.mark.parametrize(
    ("arn", "names"),
    [
        pytest.param(MACHINE, ["live", "second", "first", "bare"], id="bare ARN lists all"),
        pytest.param(f"{MACHINE}:1", ["live", "first"], id="version lists also what its alias started"),
        pytest.param(f"{MACHINE}:2", ["second"], id="version lists its own"),
        pytest.param(f"{MACHINE}:live", ["live"], id="alias lists what was started through it"),
    ],
)
def test_arn_decides_which_executions_are_listed(client, qualified, arn, names):
    """The ARN of a machine lists all executions; a version's or alias's ARN lists its own."""
    assert listed(client, stateMachineArn=arn) == names


def test_rerouted_alias_keeps_its_past_executions(client, qualified):
    """After an alias is routed to another version, its earlier executions stay with the old one."""
    qualified.add_alias("live", 2)

    assert listed(client, stateMachineArn=f"{MACHINE}:live") == ["live"]
    assert listed(client, stateMachineArn=f"{MACHINE}:1") == ["live", "first"]
    assert listed(client, stateMachineArn=f"{MACHINE}:2") == ["second"]


def test_new_alias_lists_executions_of_a_deleted_one(client, qualified):
    """A new alias lists the executions of a deleted alias with its ARN."""
    client.delete_state_machine_alias(stateMachineAliasArn=f"{MACHINE}:live")
    qualified.add_alias("live", 2)
    qualified.add_execution("live-again", status="RUNNING", start_date=at("05:00:00"), alias="live")

    assert listed(client, stateMachineArn=f"{MACHINE}:live") == ["live-again", "live"]


def test_machines_accounts_and_regions_are_separate(client, sfn_executions, orders):
    """Machines with the same name in other accounts and regions have other executions."""
    sfn_executions.add_state_machine("orders", region="eu-west-1").add_execution("abroad", status="RUNNING")
    sfn_executions.add_state_machine("other").add_execution("elsewhere", status="RUNNING")
    orders.add_execution("here", status="RUNNING")
    abroad = boto3.client("stepfunctions", "eu-west-1")

    assert listed(client, stateMachineArn=MACHINE) == ["here"]
    assert listed(abroad, stateMachineArn=MACHINE.replace("us-east-1", "eu-west-1")) == ["abroad"]


STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]


@pytest.mark.parametrize("status", STATUSES)
def test_status_filter_matches_exactly(client, orders, status):
    """statusFilter lists exactly the executions with that current status."""
    for other in STATUSES:
        orders.add_execution(other, status=other)

    assert listed(client, stateMachineArn=MACHINE, statusFilter=status) == [status]


def test_status_filter_of_a_version(client, orders):
    """statusFilter also filters the executions of a version."""
    version = orders.publish_version()
    orders.add_execution("failed-by-version", status="FAILED", version=version)
    orders.add_execution("running-by-version", status="RUNNING", version=version)
    orders.add_execution("failed-bare", status="FAILED")

    assert listed(client, stateMachineArn=f"{MACHINE}:1", statusFilter="FAILED") == ["failed-by-version"]


def test_nothing_is_listed_before_its_start(client, orders, clock):
    """An execution is not listed before its start date."""
    with pytest.warns(UserWarning, match="is after now"):
        orders.add_execution("tomorrow", status="RUNNING", start_date=timedelta(days=1))

    assert listed(client, stateMachineArn=MACHINE) == []
    clock.move_to(NOW + timedelta(days=1))
    assert listed(client, stateMachineArn=MACHINE) == ["tomorrow"]


# --- Order -----------------------------------------------------------------------------------------------------


def test_closed_executions_sort_by_stop_date(client, orders):
    """The execution that started first but stopped last is listed first."""
    orders.add_execution("long", status="SUCCEEDED", start_date=at("01:00:00"), stop_date=at("05:00:00"))
    orders.add_execution("short", status="SUCCEEDED", start_date=at("02:00:00"), stop_date=at("03:00:00"))

    assert listed(client, stateMachineArn=MACHINE) == ["long", "short"]


def test_running_executions_sort_by_start_or_redrive_date(client, orders):
    """Running executions are sorted by redrive or start date, newest first."""
    orders.add_execution("early", status="RUNNING", start_date=at("01:00:00"))
    orders.add_execution("redriven", status="RUNNING", start_date=at("00:30:00"), redrive_date=at("03:00:00"))
    orders.add_execution("later", status="RUNNING", start_date=at("02:00:00"))

    assert listed(client, stateMachineArn=MACHINE) == ["redriven", "later", "early"]


def test_running_and_closed_executions_share_one_order(client, orders):
    """Running and closed executions are in one list, each by its own date."""
    orders.add_execution("stopped-at-4", status="FAILED", start_date=at("00:00:00"), stop_date=at("04:00:00"))
    orders.add_execution("running-since-3", status="RUNNING", start_date=at("03:00:00"))
    orders.add_execution("stopped-at-2", status="ABORTED", start_date=at("01:00:00"), stop_date=at("02:00:00"))
    orders.add_execution("running-since-5", status="RUNNING", start_date=at("05:00:00"))

    assert listed(client, stateMachineArn=MACHINE) == [
        "running-since-5",
        "stopped-at-4",
        "running-since-3",
        "stopped-at-2",
    ]


def test_equal_dates_sort_by_order_of_adding(client, orders):
    """Of equal dates the execution that was added last is listed first."""
    for name in ("first", "second", "third"):
        orders.add_execution(name, status="SUCCEEDED", start_date=at("01:00:00"))

    assert listed(client, stateMachineArn=MACHINE) == ["third", "second", "first"]


def test_stopping_moves_an_execution_to_its_stop_date(client, orders, clock):
    """A stopped execution moves to the position of its stop date."""
    oldest = orders.add_execution("oldest", status="RUNNING", start_date=at("01:00:00"))
    orders.add_execution("newest", status="RUNNING", start_date=at("02:00:00"))
    assert listed(client, stateMachineArn=MACHINE) == ["newest", "oldest"]

    oldest.fail()

    assert listed(client, stateMachineArn=MACHINE) == ["oldest", "newest"]


# --- Child executions of a map run -----------------------------------------------------------------------------


@pytest.fixture
def batch(orders):
    parent = orders.add_execution("parent", status="RUNNING", start_date=at("01:00:00"))
    return parent.add_map_run("ProcessItems")


def test_child_execution_has_exactly_these_members(client, batch):
    """Only a listing by map run has mapRunArn and itemCount, and the labelled machine ARN."""
    batch.add_execution(
        "child",
        status="FAILED",
        item_count=25,
        start_date=at("02:00:00"),
        stop_date=at("03:00:00"),
        redrive_date=at("02:30:00"),
    )

    assert client.list_executions(mapRunArn=batch.arn)["executions"] == [
        {
            "executionArn": f"{EXECUTION}/ProcessItems:child",
            "stateMachineArn": f"{MACHINE}/ProcessItems",
            "name": "child",
            "status": "FAILED",
            "startDate": at("02:00:00"),
            "stopDate": at("03:00:00"),
            "mapRunArn": batch.arn,
            "itemCount": 25,
            "redriveCount": 1,
            "redriveDate": at("02:30:00"),
        }
    ]


def test_express_child_execution_is_listed_by_its_map_run(client, orders):
    """EXPRESS children have another form of ARN, and no redrive date."""
    parent = orders.add_execution("parent", status="RUNNING")
    batch = parent.add_map_run("Fast", execution_type="EXPRESS")
    child = batch.add_execution("child", status="SUCCEEDED", redrive_count=1)

    (item,) = client.list_executions(mapRunArn=batch.arn)["executions"]

    assert item == {
        "executionArn": child.arn,
        "stateMachineArn": f"{MACHINE}/Fast",
        "name": "child",
        "status": "SUCCEEDED",
        "startDate": NOW,
        "stopDate": NOW,
        "mapRunArn": batch.arn,
        "itemCount": 1,
        "redriveCount": 1,
    }
    assert child.arn.startswith("arn:aws:states:us-east-1:123456789012:express:orders/Fast:child:")


def test_children_are_not_listed_with_the_parents_executions(client, batch):
    """Child executions are not listed by the ARN of the parent's machine."""
    batch.add_execution("child", status="SUCCEEDED")

    assert listed(client, stateMachineArn=MACHINE) == ["parent"]


def test_map_runs_of_one_execution_have_separate_children(client, orders):
    """Each map run of an execution lists only its own children."""
    parent = orders.add_execution("parent", status="RUNNING")
    first, second = parent.add_map_run("Same"), parent.add_map_run("Same")
    first.add_execution("one", status="RUNNING")
    second.add_execution("two", status="RUNNING")

    assert listed(client, mapRunArn=first.arn) == ["one"]
    assert listed(client, mapRunArn=second.arn) == ["two"]


@pytest.fixture
def mixed_batch(batch):
    batch.add_execution("fresh", status="SUCCEEDED", start_date=at("02:00:00"))
    batch.add_execution("redriven", status="SUCCEEDED", start_date=at("02:00:00"), redrive_date=at("02:00:00"))
    batch.add_execution("waiting", status="PENDING_REDRIVE", start_date=at("03:00:00"))
    batch.add_execution("running", status="RUNNING", start_date=at("04:00:00"), redrive_date=at("05:00:00"))
    return batch


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        pytest.param({}, ["running", "waiting", "redriven", "fresh"], id="no filter"),
        pytest.param({"statusFilter": "PENDING_REDRIVE"}, ["waiting"], id="PENDING_REDRIVE"),
        pytest.param({"redriveFilter": "REDRIVEN"}, ["running", "redriven"], id="REDRIVEN"),
        pytest.param({"redriveFilter": "NOT_REDRIVEN"}, ["waiting", "fresh"], id="NOT_REDRIVEN"),
        pytest.param({"redriveFilter": "REDRIVEN", "statusFilter": "SUCCEEDED"}, ["redriven"], id="both filters"),
    ],
)
def test_filters_over_child_executions(client, mixed_batch, filters, names):
    """REDRIVEN means redriven at least once; only children can be PENDING_REDRIVE."""
    assert listed(client, mapRunArn=mixed_batch.arn, **filters) == names


def test_pending_redrive_keeps_the_stop_date_of_the_attempt_before(client, batch):
    """A PENDING_REDRIVE child shows the stop date of its last attempt."""
    batch.add_execution("waiting", status="PENDING_REDRIVE", start_date=at("02:00:00"), stop_date=at("03:00:00"))

    (item,) = client.list_executions(mapRunArn=batch.arn)["executions"]

    assert (item["status"], item["stopDate"], item["redriveCount"]) == ("PENDING_REDRIVE", at("03:00:00"), 0)
