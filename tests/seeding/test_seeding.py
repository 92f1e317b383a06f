"""Seeds: what a test can add, the defaults, and what a client sees."""

from __future__ import annotations

import gc
import warnings
from collections import Counter
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from sfn_mock import SeedWarning

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"


@pytest.fixture
def batch(orders):
    return orders.add_execution("parent", status="RUNNING", start_date=-DAY).add_map_run("Items")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-01-10T{text}+00:00")


def items(client, **arguments):
    """The listed items, newest first, by default by the machine's ARN."""
    return client.list_executions(**(arguments or {"stateMachineArn": MACHINE}))["executions"]


def names(client, **arguments):
    return [item["name"] for item in items(client, **arguments)]


# --- Defaults ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"])
def test_a_closed_seed_starts_and_stops_now(client, orders, status):
    """Without dates an execution starts now, and an ended one stops at its start."""
    orders.add_execution("one", status=status)

    (item,) = items(client)
    assert (item["status"], item["startDate"], item["stopDate"], item["redriveCount"]) == (status, NOW, NOW, 0)


def test_a_closed_seed_stops_at_the_start_it_was_given(client, orders):
    """With only a start_date, an execution stops at its start."""
    orders.add_execution("one", status="FAILED", start_date=at("02:00:00"))

    assert [(item["startDate"], item["stopDate"]) for item in items(client)] == [(at("02:00:00"), at("02:00:00"))]


@pytest.mark.parametrize(
    ("how", "stop"),
    [
        pytest.param({"stop_date": "2026-01-10T02:05:00.250Z"}, at("02:05:00.250000"), id="stop_date"),
        pytest.param({"stop_date": timedelta(hours=-1)}, at("11:00:00"), id="stop_date from now"),
        pytest.param({"duration": 5 * MINUTE}, at("02:05:00"), id="duration from the start"),
        pytest.param({"duration": timedelta(microseconds=1999)}, at("02:00:00.001000"), id="duration is cut"),
        pytest.param({"duration": timedelta(0)}, at("02:00:00"), id="no duration"),
        pytest.param({"stop_date": at("02:00:00")}, at("02:00:00"), id="stop at the start"),
    ],
)
def test_a_seed_stops_at_the_given_date(client, orders, how, stop):
    """`stop_date` is when it stops, and `duration` how long after the start."""
    orders.add_execution(status="SUCCEEDED", start_date=at("02:00:00"), **how)

    assert [item["stopDate"] for item in items(client)] == [stop]


@pytest.mark.parametrize(
    ("seed", "shown"),
    [
        pytest.param({"status": "SUCCEEDED"}, {"input": "{}", "output": "{}"}, id="SUCCEEDED has an output"),
        pytest.param({"status": "FAILED"}, {"input": "{}"}, id="FAILED has none"),
        pytest.param({"status": "RUNNING", "input": "[1]"}, {"input": "[1]"}, id="RUNNING has an input only"),
        pytest.param(
            {"status": "SUCCEEDED", "input": ' {"a": 1}', "output": "null"},
            {"input": ' {"a": 1}', "output": "null"},
            id="any JSON text, kept as it is",
        ),
        pytest.param(
            {"status": "SUCCEEDED", "output": "1" * 5000}, {"input": "{}", "output": "1" * 5000}, id="a long number"
        ),
        pytest.param(
            {"status": "FAILED", "error": "Boom", "cause": "why"},
            {"input": "{}", "error": "Boom", "cause": "why"},
            id="FAILED with error and cause",
        ),
        pytest.param(
            {"status": "ABORTED", "error": "", "cause": "operator"},
            {"input": "{}", "error": "", "cause": "operator"},
            id="ABORTED with them, an empty one",
        ),
        pytest.param({"status": "TIMED_OUT"}, {"input": "{}"}, id="TIMED_OUT has neither"),
    ],
)
def test_a_seed_is_described_with_the_members_of_its_status(client, orders, seed, shown):
    """Only SUCCEEDED has an output; only FAILED and ABORTED have error and cause."""
    run = orders.add_execution("one", **seed)

    answer = client.describe_execution(executionArn=run.arn)
    assert {name: answer[name] for name in ("input", "output", "error", "cause") if name in answer} == shown
    assert (run.input, run.output, run.error, run.cause) == tuple(
        shown.get(name) for name in ("input", "output", "error", "cause")
    )


def test_an_execution_may_be_older_than_all_it_belongs_to(client, sfn_executions):
    """An execution may start before its machine and version were created."""
    orders = sfn_executions.add_state_machine("orders")
    version = orders.publish_version()
    parent = orders.add_execution("parent", status="RUNNING", start_date=-2 * DAY, version=version)
    batch = parent.add_map_run("Items", start_date=-DAY)
    batch.add_execution("child", status="FAILED")

    assert orders.creation_date == version.creation_date == NOW
    assert [item["startDate"] for item in items(client, stateMachineArn=version.arn)] == [NOW - 2 * DAY]
    assert [item["startDate"] for item in items(client, mapRunArn=batch.arn)] == [NOW - DAY]


def test_default_names_are_uuids_and_the_same_in_each_run(sfn_executions):
    """Default names and ids come from a counter, so they are the same in each run."""

    def seed():
        orders = sfn_executions.add_state_machine("orders")
        first, second = orders.add_execution(status="RUNNING"), orders.add_execution(status="RUNNING")
        map_run = first.add_map_run()
        child = map_run.add_execution(status="RUNNING")
        express = first.add_map_run("Fast", execution_type="EXPRESS").add_execution("child", status="RUNNING")
        return [first.name, second.name, map_run.label, map_run.id, child.name, express.arn.rpartition(":")[2]]

    once = seed()
    sfn_executions.reset()

    assert seed() == once
    assert [str(UUID(name)) for name in once] == once
    assert len(set(once)) == len(once)
    assert once[0] == "5d2b7efd-2008-3835-94c7-605fb3270e4e"


def test_a_machine_seeded_with_its_name_alone(client, sfn_executions):
    """By default a machine is STANDARD, created now in the mock's account and region, with one Pass state."""
    orders = sfn_executions.add_state_machine("orders")

    answer = client.describe_state_machine(stateMachineArn=MACHINE)
    assert orders.arn == answer["stateMachineArn"] == MACHINE
    assert (answer["name"], answer["type"], answer["creationDate"]) == ("orders", "STANDARD", NOW)
    assert answer["roleArn"] == "arn:aws:iam::123456789012:role/service-role/orders"
    assert answer["definition"] == '{"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": true}}}'


@pytest.mark.parametrize(
    ("place", "arn"),
    [
        pytest.param({}, MACHINE, id="the mock's own"),
        pytest.param({"region": "eu-west-1"}, MACHINE.replace("us-east-1", "eu-west-1"), id="region"),
        pytest.param({"account_id": "210987654321"}, MACHINE.replace("123456789012", "210987654321"), id="account"),
        pytest.param(
            {"region": "cn-north-1"}, "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:orders", id="partition"
        ),
    ],
)
def test_a_machine_is_seeded_in_the_given_region_and_account(sfn_executions, place, arn):
    """`region` and `account_id` of a machine are also those of its executions."""
    orders = sfn_executions.add_state_machine("orders", **place)
    run = orders.add_execution("one", status="RUNNING")

    assert orders.arn == arn
    assert run.arn == arn.replace("stateMachine", "execution") + ":one"


# --- Redrives ----------------------------------------------------------------------------------------------------


def test_a_redrive_date_alone_means_one_redrive(client, orders):
    """The count follows from the date."""
    orders.add_execution("one", status="RUNNING", start_date=at("01:00:00"), redrive_date=at("02:00:00"))

    (item,) = items(client)
    assert (item["status"], item["redriveCount"], item["redriveDate"]) == ("RUNNING", 1, at("02:00:00"))


def test_before_its_redrive_a_seed_runs_and_was_never_redriven(client, clock, orders):
    """Before its redrive date a seed is RUNNING and not redriven."""
    run = orders.add_execution(
        "one",
        status="FAILED",
        start_date=at("01:00:00"),
        redrive_count=3,
        redrive_date=at("02:00:00"),
        stop_date=at("03:00:00"),
        error="Boom",
    )
    clock.move_to(at("01:59:59.999000"))

    (item,) = items(client)
    assert (item["status"], item["redriveCount"], "redriveDate" in item, "stopDate" in item) == (
        "RUNNING",
        0,
        False,
        False,
    )
    assert (run.redrive_count, run.redrive_date, run.stop_date, run.error) == (0, None, None, None)
    clock.move_to(at("02:00:00"))
    assert (run.status, run.redrive_count, run.redrive_date, run.stop_date) == ("RUNNING", 3, at("02:00:00"), None)
    clock.move_to(at("03:00:00"))
    assert (run.status, run.redrive_count, run.stop_date, run.error) == ("FAILED", 3, at("03:00:00"), "Boom")


@pytest.mark.parametrize("moment", [at("01:00:00"), at("03:00:00"), NOW], ids=["the start", "the stop", "now"])
def test_a_redrive_may_fall_on_the_start_the_stop_or_now(client, orders, moment):
    """A redrive date may be equal to the start, the stop or now."""
    stop = max(moment, at("03:00:00"))
    orders.add_execution("one", status="ABORTED", start_date=at("01:00:00"), stop_date=stop, redrive_date=moment)

    assert [(item["redriveDate"], item["stopDate"]) for item in items(client)] == [(moment, stop)]


# --- Child executions --------------------------------------------------------------------------------------------


def test_standard_children_are_seeded_as_executions_are(client, batch):
    """A child has a labelled ARN, an item count, and the members of other executions."""
    child = batch.add_execution(
        "one", status="FAILED", item_count=25, start_date=at("02:00:00"), duration=MINUTE, error="Boom"
    )

    assert child.arn == f"{PREFIX}:execution:orders/Items:one"
    assert (child.map_run, child.item_count, child.state_machine_arn) == (batch, 25, f"{MACHINE}/Items")
    assert [(item["name"], item["itemCount"], item["stopDate"]) for item in items(client, mapRunArn=batch.arn)] == [
        ("one", 25, at("02:01:00"))
    ]
    assert client.describe_execution(executionArn=child.arn)["error"] == "Boom"


def test_express_children_have_express_arns(client, orders):
    """The ARN of an EXPRESS child ends with an id; its redrives have a count and no date."""
    parent = orders.add_execution("parent", status="RUNNING")
    batch = parent.add_map_run("Items", execution_type="EXPRESS")
    one, *many = [
        batch.add_execution("one", status="FAILED", redrive_count=2),
        *batch.add_executions(2, status="SUCCEEDED", item_count=10),
    ]

    ids = [child.arn.removeprefix(f"{PREFIX}:express:orders/Items:{child.name}:") for child in (one, *many)]
    assert [str(UUID(id)) for id in ids] == ids
    assert [
        (item["executionArn"], item["itemCount"], item["redriveCount"], "redriveDate" in item)
        for item in items(client, mapRunArn=batch.arn)
    ] == [(many[1].arn, 10, 0, False), (many[0].arn, 10, 0, False), (one.arn, 1, 2, False)]


def test_a_child_may_be_pending_redrive(client, batch):
    """Only a child can be PENDING_REDRIVE; it shows the stop date of its last attempt."""
    batch.add_execution("waits", status="PENDING_REDRIVE", start_date=at("01:00:00"), stop_date=at("03:00:00"))
    batch.add_execution("failed", status="FAILED", start_date=at("01:00:00"), stop_date=at("02:00:00"))

    assert [
        (item["name"], item["status"], item["stopDate"], item["redriveCount"])
        for item in items(client, mapRunArn=batch.arn)
    ] == [("waits", "PENDING_REDRIVE", at("03:00:00"), 0), ("failed", "FAILED", at("02:00:00"), 0)]
    assert names(client, mapRunArn=batch.arn, statusFilter="PENDING_REDRIVE") == ["waits"]


def test_children_of_map_runs_of_one_label_have_different_names(orders):
    """Default names of children differ in all map runs of a label."""
    parent = orders.add_execution("parent", status="RUNNING")
    first, second, other = parent.add_map_run("Items"), parent.add_map_run("Items"), parent.add_map_run("Other")
    first.add_execution("one", status="RUNNING")

    with pytest.raises(ValueError, match=r"^name must be unused in the state machine or Map state, got 'one'$"):
        second.add_execution("one", status="RUNNING")
    assert other.add_execution("one", status="RUNNING").arn == f"{PREFIX}:execution:orders/Other:one"
    assert [child.name for child in first.add_executions(2, status="RUNNING")] == ["execution-0", "execution-1"]
    assert [child.name for child in second.add_executions(2, status="RUNNING")] == ["execution-2", "execution-3"]


def test_a_map_run_seeded_with_nothing(client, orders):
    """By default it starts with its parent, has a UUID as label, and runs while its parent runs."""
    parent = orders.add_execution("parent", status="RUNNING", start_date=at("02:00:00"))
    batch = parent.add_map_run()

    answer = client.describe_map_run(mapRunArn=batch.arn)
    assert batch.arn == f"{PREFIX}:mapRun:orders/{UUID(batch.label)}:{UUID(batch.id)}"
    assert (answer["status"], answer["startDate"], "stopDate" in answer) == ("RUNNING", at("02:00:00"), False)
    assert (answer["maxConcurrency"], answer["toleratedFailureCount"]) == (2_147_483_647, 0)
    assert (answer["toleratedFailurePercentage"], answer["redriveCount"]) == (0.0, 0)
    assert parent.map_runs == [batch]


def test_a_map_run_seeded_with_everything(client, orders):
    """DescribeMapRun shows each argument."""
    parent = orders.add_execution("parent", status="RUNNING", start_date=at("01:00:00"))
    batch = parent.add_map_run(
        "Items",
        max_concurrency=40,
        tolerated_failure_count=3,
        tolerated_failure_percentage=12.5,
        status="FAILED",
        start_date=at("02:00:00"),
        stop_date=at("04:00:00"),
        redrive_count=2,
        redrive_date=at("03:00:00"),
    )

    answer = client.describe_map_run(mapRunArn=batch.arn)
    assert (answer["executionArn"], answer["status"]) == (parent.arn, "FAILED")
    assert (answer["startDate"], answer["stopDate"]) == (at("02:00:00"), at("04:00:00"))
    assert (answer["redriveCount"], answer["redriveDate"]) == (2, at("03:00:00"))
    assert (answer["maxConcurrency"], answer["toleratedFailureCount"]) == (40, 3)
    assert answer["toleratedFailurePercentage"] == 12.5


# --- add_executions ----------------------------------------------------------------------------------------------


def test_many_start_one_interval_after_the_other_and_the_newest_now(client, orders):
    """Index 0 is the oldest; without dates the newest starts now, and none is RUNNING."""
    many = orders.add_executions(3, status="SUCCEEDED")

    assert [run.name for run in many] == ["execution-0", "execution-1", "execution-2"]
    assert [run.start_date for run in many] == [NOW - 2 * SECOND, NOW - SECOND, NOW]
    assert orders.executions == many
    assert [(item["name"], item["status"], item["stopDate"]) for item in items(client)] == [
        ("execution-2", "SUCCEEDED", NOW),
        ("execution-1", "SUCCEEDED", NOW),
        ("execution-0", "SUCCEEDED", NOW),
    ]


def test_many_without_dates_run_for_30_seconds_at_most(orders):
    """The default duration is 30 seconds, but ends at now."""
    many = orders.add_executions(61, status="FAILED")

    lengths = [run.stop_date - run.start_date for run in many]
    assert lengths == [30 * SECOND] * 30 + [seconds * SECOND for seconds in range(30, -1, -1)]


def test_many_from_a_start_date_on(client, orders):
    """With `start_date` the oldest starts then, and each has the `duration`."""
    orders.add_executions(
        3, status="ABORTED", start_date="2026-01-10T02:00:00Z", interval=timedelta(hours=1), duration=5 * MINUTE
    )

    assert [(item["name"], item["startDate"], item["stopDate"]) for item in items(client)] == [
        ("execution-2", at("04:00:00"), at("04:05:00")),
        ("execution-1", at("03:00:00"), at("03:05:00")),
        ("execution-0", at("02:00:00"), at("02:05:00")),
    ]


def test_many_with_a_duration_may_still_run(client, clock, orders):
    """With a `duration` an execution may still be RUNNING."""
    orders.add_executions(3, status="SUCCEEDED", interval=MINUTE, duration=2 * MINUTE)

    assert [(item["name"], item["status"]) for item in items(client)] == [
        ("execution-2", "RUNNING"),
        ("execution-0", "SUCCEEDED"),
        ("execution-1", "RUNNING"),
    ]
    clock.tick(2 * MINUTE)
    assert [(item["name"], item["stopDate"]) for item in items(client)] == [
        ("execution-2", NOW + 2 * MINUTE),
        ("execution-1", NOW + MINUTE),
        ("execution-0", NOW),
    ]


def test_many_from_a_start_date_on_keep_the_default_duration(client, orders):
    """With a `start_date` the default duration may end after now."""
    orders.add_executions(2, status="SUCCEEDED", start_date=-MINUTE, interval=MINUTE)

    assert [(item["status"], item.get("stopDate")) for item in items(client)] == [
        ("RUNNING", None),
        ("SUCCEEDED", NOW - 30 * SECOND),
    ]


def test_many_children_stop_with_their_map_run_at_the_latest(client, orders):
    """The default duration of children that have a start date ends with their map run."""
    parent = orders.add_execution("parent", status="ABORTED", start_date=at("02:00:00"), stop_date=at("02:01:00"))
    batch = parent.add_map_run("Items")
    batch.add_executions(2, status="FAILED", start_date=at("02:00:10"), interval=timedelta(seconds=30))

    assert [(item["startDate"], item["stopDate"]) for item in items(client, mapRunArn=batch.arn)] == [
        (at("02:00:40"), at("02:01:00")),
        (at("02:00:10"), at("02:00:40")),
    ]


def test_many_running(client, orders):
    """RUNNING executions have the same start dates, and do not stop."""
    orders.add_executions(2, status="RUNNING", start_date=at("02:00:00"), interval=MINUTE)

    assert [(item["name"], item["status"], item["startDate"]) for item in items(client)] == [
        ("execution-1", "RUNNING", at("02:01:00")),
        ("execution-0", "RUNNING", at("02:00:00")),
    ]


def test_many_at_one_moment_are_in_order_of_adding(client, orders):
    """With an interval of zero, the execution with the highest index is the newest."""
    orders.add_executions(3, status="SUCCEEDED", interval=timedelta(0))

    assert names(client) == ["execution-2", "execution-1", "execution-0"]
    assert {item["startDate"] for item in items(client)} == {NOW}


def test_many_share_input_output_error_and_cause(client, orders):
    """Input, output, error and cause are the same for all."""
    done = orders.add_executions(2, status="SUCCEEDED", input="[1]", output="[2]")
    failed = orders.add_executions(2, status="FAILED", error="Boom", cause="why")

    assert [(run.input, run.output, run.error, run.cause) for run in done] == [("[1]", "[2]", None, None)] * 2
    assert [(run.input, run.output, run.error, run.cause) for run in failed] == [("{}", None, "Boom", "why")] * 2


def test_none_of_many(client, orders):
    """A count of 0 adds nothing and does not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        nothing = orders.add_executions(0, status="SUCCEEDED", start_date=DAY)

    assert (nothing, items(client)) == ([], [])


def test_a_great_many(client, orders):
    """100,000 executions are listed page by page, each once, newest first."""
    orders.add_executions(100_000, status="SUCCEEDED", interval=timedelta(milliseconds=1))

    pages = client.get_paginator("list_executions").paginate(
        stateMachineArn=MACHINE, PaginationConfig={"PageSize": 1000, "MaxItems": 3000}
    )
    walked = [item["name"] for page in pages for item in page["executions"]]
    assert walked == [f"execution-{index}" for index in range(99_999, 96_999, -1)]
    assert orders.executions[0].start_date == NOW - timedelta(milliseconds=99_999)


@pytest.mark.parametrize(
    ("template", "first_and_last"),
    [
        pytest.param("nightly-{index}", ["nightly-0", "nightly-10"], id="index"),
        pytest.param("{index:03}", ["000", "010"], id="index with a format"),
        pytest.param("a{index}b{index}", ["a0b0", "a10b10"], id="index twice"),
    ],
)
def test_names_of_many_follow_their_template(orders, template, first_and_last):
    """`{index}` counts from 0 for the oldest, and may have a format."""
    many = orders.add_executions(11, status="SUCCEEDED", name=template)

    assert [many[0].name, many[-1].name] == first_and_last


def test_one_of_many_needs_no_index_in_its_name(orders):
    """With a count of 1 the name needs no `{index}`."""
    (one,) = orders.add_executions(1, status="SUCCEEDED", name="nightly")

    assert one.name == "nightly"


def test_latest_dates_of_many(orders):
    """The newest of many executions may stop at the last moment that AWS's dates have in each time zone."""
    with pytest.warns(SeedWarning, match="is after now"):
        runs = orders.add_executions(
            2, status="FAILED", start_date="9999-12-30T00:00:00Z", interval="12h", duration="12h"
        )

    assert [run.start_date.isoformat() for run in runs] == ["9999-12-30T00:00:00+00:00", "9999-12-30T12:00:00+00:00"]


def test_default_names_continue_from_call_to_call(orders):
    """Default names are never taken, also not by given names, and given names use up none of them."""
    orders.add_execution("execution-3", status="RUNNING")
    orders.add_executions(2, status="SUCCEEDED", name="other-{index}")
    calls = [orders.add_executions(2, status="SUCCEEDED") for _ in range(3)]

    assert [[run.name for run in call] for call in calls] == [
        ["execution-0", "execution-1"],
        ["execution-2", "execution-4"],
        ["execution-5", "execution-6"],
    ]


def test_default_names_of_each_machine_start_at_0(sfn_executions, orders):
    """Each machine counts its default names from 0, also after a reset."""
    orders.add_executions(2, status="SUCCEEDED")
    [other] = sfn_executions.add_state_machine("other").add_executions(1, status="SUCCEEDED")
    name = other.name
    sfn_executions.reset()
    [anew] = sfn_executions.add_state_machine("orders").add_executions(1, status="SUCCEEDED")

    assert (name, anew.name) == ("execution-0", "execution-0")


# --- Versions and aliases ----------------------------------------------------------------------------------------


@pytest.fixture
def versions(orders):
    return [orders.publish_version(), orders.publish_version()]


@pytest.mark.parametrize(
    "through",
    [
        pytest.param(lambda versions: versions[1], id="the version"),
        pytest.param(lambda versions: 2, id="its number"),
    ],
)
def test_a_seed_through_a_version(client, orders, versions, through):
    """A seed of a version is listed by the version's ARN, and has no alias."""
    run = orders.add_execution("one", status="RUNNING", version=through(versions))

    assert (run.version, run.version_arn) == (versions[1], f"{MACHINE}:2")
    assert (run.alias, run.alias_arn) == (None, None)
    assert [item["stateMachineVersionArn"] for item in items(client, stateMachineArn=f"{MACHINE}:2")] == [
        f"{MACHINE}:2"
    ]


@pytest.mark.parametrize("as_name", [False, True], ids=["the alias", "its name"])
def test_a_seed_through_an_alias(client, orders, versions, as_name):
    """A seed of an alias has the alias and the version to which it routes."""
    live = orders.add_alias("live", versions[0])
    run = orders.add_execution("one", status="RUNNING", alias="live" if as_name else live)

    assert (run.version, run.alias, run.alias_arn) == (versions[0], live, f"{MACHINE}:live")
    assert names(client, stateMachineArn=f"{MACHINE}:live") == names(client, stateMachineArn=f"{MACHINE}:1") == ["one"]


def test_a_version_beside_an_alias_chooses_the_version(client, orders, versions):
    """`version=` together with `alias=` chooses the version."""
    live = orders.add_alias("live", versions[0])
    orders.add_executions(2, status="SUCCEEDED", alias=live, version=versions[1])

    assert {(item["stateMachineVersionArn"], item["stateMachineAliasArn"]) for item in items(client)} == {
        (f"{MACHINE}:2", f"{MACHINE}:live")
    }


@pytest.mark.parametrize(
    ("weights", "dealt"),
    [
        pytest.param((100,), "11111111", id="one version"),
        pytest.param((50, 50), "12121212", id="halves"),
        pytest.param((75, 25), "11211121", id="three to one"),
        pytest.param((90, 10), "1111121111" * 2, id="nine to one"),
        pytest.param((100, 0), "11111111", id="all to nothing"),
        pytest.param((0, 100), "22222222", id="nothing to all"),
        pytest.param((33, 67), "2122122122", id="a third"),
    ],
)
def test_a_weighted_alias_gives_versions_in_a_fixed_sequence(client, orders, versions, weights, dealt):
    """Seeds and starts get versions in a fixed sequence that follows the weights."""
    orders.add_alias("live", list(zip(versions, weights, strict=False)))
    half = len(dealt) // 2
    seeded = [run.version_arn for run in orders.add_executions(half, status="SUCCEEDED", alias="live")]
    for _ in range(half, len(dealt) - 1):
        client.start_execution(stateMachineArn=f"{MACHINE}:live")
    orders.add_execution(status="RUNNING", alias="live")

    assert seeded == [f"{MACHINE}:{number}" for number in dealt[:half]]
    assert [run.version_arn for run in orders.executions] == [f"{MACHINE}:{number}" for number in dealt]


def test_weights_are_shares(orders, versions):
    """Of many executions each version gets exactly the share of its weight."""
    orders.add_alias("live", [(versions[0], 90), (versions[1], 10)])
    runs = orders.add_executions(1000, status="SUCCEEDED", alias="live")

    assert Counter(run.version.number for run in runs) == {1: 900, 2: 100}


def test_re_routing_never_touches_past_executions(client, orders, versions):
    """New routing does not change earlier executions, and begins a new sequence."""
    orders.add_alias("live", [(versions[0], 50), (versions[1], 50)])
    past = orders.add_executions(3, status="SUCCEEDED", alias="live")
    orders.add_alias("live", ((versions[0], 50), (versions[1], 50)))
    later = orders.add_execution(status="RUNNING", alias="live")

    assert [run.version.number for run in past] == [1, 2, 1]
    assert later.version.number == 1
    assert names(client, stateMachineArn=f"{MACHINE}:live") == [later.name, *(run.name for run in reversed(past))]


# --- Order -------------------------------------------------------------------------------------------------------


def test_equal_dates_are_listed_in_order_of_adding_newest_first(client, orders, batch):
    """Of equal dates the execution that was added last is listed first."""
    orders.add_execution("a", status="RUNNING")
    orders.add_executions(2, status="SUCCEEDED", interval=timedelta(0), name="many-{index}")
    client.start_execution(stateMachineArn=MACHINE, name="started")
    orders.add_execution("z", status="FAILED", start_date=-MINUTE, stop_date=NOW)

    assert names(client) == ["z", "started", "many-1", "many-0", "a", "parent"]


def test_milliseconds_decide_the_order_and_microseconds_do_not(client, orders):
    """Dates in one millisecond are equal."""
    orders.add_execution("later", status="RUNNING", start_date=at("02:00:00.001000"))
    orders.add_execution("first", status="RUNNING", start_date=at("02:00:00.000999"))
    orders.add_execution("second", status="RUNNING", start_date=at("02:00:00.000001"))

    assert names(client) == ["later", "second", "first"]


def test_records_give_their_executions_in_order_of_adding(sfn_executions, orders, batch):
    """`executions` is in order of adding, whatever the dates."""
    old = orders.add_execution("old", status="SUCCEEDED", start_date=-DAY)
    with pytest.warns(SeedWarning):
        upcoming = batch.add_execution("upcoming", status="SUCCEEDED", start_date=DAY)
    child = batch.add_execution("child", status="SUCCEEDED")

    assert orders.executions == [batch.parent, old]
    assert batch.executions == [upcoming, child]


# --- Starts after now -------------------------------------------------------------------------------------------


def test_a_future_seed_is_listed_from_its_start(client, clock, orders):
    """Before its start an execution is neither listed nor described."""
    with pytest.warns(SeedWarning):
        run = orders.add_execution("later", status="FAILED", start_date=MINUTE, duration=MINUTE, error="Boom")

    assert (items(client), repr(run)) == ([], f"<Execution {PREFIX}:execution:orders:later not started>")
    assert (run.status, run.start_date, run.stop_date, run.error) == (None, NOW + MINUTE, None, None)
    assert (run.redrive_count, run.redrive_date) == (0, None)
    with pytest.raises(client.exceptions.ExecutionDoesNotExist):
        client.describe_execution(executionArn=run.arn)
    clock.tick(MINUTE)
    assert [item["status"] for item in items(client)] == ["RUNNING"]
    clock.tick(MINUTE)
    assert [(item["status"], item["stopDate"]) for item in items(client)] == [("FAILED", NOW + 2 * MINUTE)]


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_collection_is_restored(sfn_executions, enabled):
    """add_executions leaves Python's garbage collector on or off, as it was."""
    orders = sfn_executions.add_state_machine("orders")
    was_enabled = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        orders.add_executions(3, status="RUNNING", name="nightly-{index}")
        assert gc.isenabled() is enabled
        with pytest.raises(ValueError, match="name must be unused"):
            orders.add_executions(3, status="RUNNING", name="nightly-{index}")
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was_enabled else gc.disable)()
