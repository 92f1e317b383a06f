"""``load``: ListExecutions lists the output of ``aws stepfunctions list-executions``, or answers of boto3, again."""

from __future__ import annotations

import json
import re
import warnings
from datetime import datetime, timedelta, timezone
from pathlib import Path

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfn_mock import SeedWarning, mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
DATA = Path(__file__).parent / "data"
V1 = DATA / "invoices.cli-v1.json"
V2 = DATA / "thumbnails.cli-v2.json"

ARNS = "arn:aws:states:us-east-1:123456789012:"
INVOICES = f"{ARNS}stateMachine:invoices"
GALLERY = f"{ARNS}stateMachine:gallery"
THUMBNAILS = f"{ARNS}mapRun:gallery/Thumbnails:a4d0b7c6-92f3-3b18-9d6e-5f20c81e7a34"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def in_file(path: Path) -> list[dict]:
    """The items of a file, as boto3 would answer them."""
    return [
        {member: _date(value) if member.endswith("Date") else value for member, value in item.items()}
        for item in json.loads(path.read_text())["executions"]
    ]


def _date(value: float | str) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=round(value * 1000))


def item(name: str = "nightly", **members) -> dict:
    """One item of a state machine's list; a member with the value None is left out."""
    everything = {
        "executionArn": f"{ARNS}execution:invoices:{name}",
        "stateMachineArn": INVOICES,
        "name": name,
        "status": "SUCCEEDED",
        "startDate": "2026-01-10T02:00:00Z",
        "stopDate": "2026-01-10T02:05:00Z",
        "redriveCount": 0,
        **members,
    }
    return {member: value for member, value in everything.items() if value is not None}


def child(name: str = "first", **members) -> dict:
    """One item of a map run's list."""
    return item(
        name,
        **{
            "executionArn": f"{ARNS}execution:gallery/Thumbnails:{name}",
            "stateMachineArn": f"{GALLERY}/Thumbnails",
            "mapRunArn": THUMBNAILS,
            "itemCount": 1,
            **members,
        },
    )


def express_child(name: str = "first", id: str = "0e5c", **members) -> dict:
    arn = f"{ARNS}express:gallery/Thumbnails:{name}:{id}"
    return child(name, **{"executionArn": arn, **members})


def listed(client, **arguments) -> list[dict]:
    return client.list_executions(**arguments)["executions"]


def names(client, **arguments) -> list[str]:
    return [execution["name"] for execution in listed(client, **arguments)]


# --- Listings that are loaded again ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        pytest.param(V1, {"stateMachineArn": INVOICES}, id="cli v1, a state machine's"),
        pytest.param(V2, {"mapRunArn": THUMBNAILS}, id="cli v2, a map run's"),
    ],
)
def test_a_loaded_file_is_listed_unchanged(client, sfn, path, scope):
    """The items of a loaded file are listed with the same members, dates and order."""
    sfn.load(path)

    assert listed(client, **scope) == in_file(path)


def test_a_loaded_file_is_listed_in_pages(client, sfn):
    """The order of the file is kept across pages, also between equal dates."""
    sfn.load(V1)

    pages = client.get_paginator("list_executions").paginate(stateMachineArn=INVOICES, PaginationConfig={"PageSize": 2})

    assert [[execution["name"] for execution in page["executions"]] for page in pages] == [
        ["2025-12-03", "2025-12-02-retry"],
        ["2025-12-02", "backfill"],
        ["2025-12-01"],
    ]


def test_loaded_items_of_one_date_keep_their_order(client, sfn):
    """If all dates are equal, the order of the file decides."""
    sfn.load([item(f"{index}") for index in range(250)])

    pages = client.get_paginator("list_executions").paginate(stateMachineArn=INVOICES)

    assert [execution["name"] for page in pages for execution in page["executions"]] == [
        f"{index}" for index in range(250)
    ]


def test_a_loaded_answer_of_boto3_is_listed_unchanged(client, sfn):
    """An answer of the mock can be loaded after a reset, with its token and ResponseMetadata."""
    machine = sfn.add_state_machine("invoices")
    machine.add_alias("prod", machine.publish_version())
    machine.add_executions(3, status="FAILED", alias="prod")
    machine.add_execution("slow", status="RUNNING", start_date=timedelta(days=-1), redrive_date=timedelta(hours=-1))
    answer = client.list_executions(stateMachineArn=INVOICES, maxResults=3)
    sfn.reset()

    sfn.load(answer)

    assert listed(client, stateMachineArn=INVOICES) == answer["executions"]


@st.composite
def seeds(draw, *, child: bool = False, express: bool = False) -> dict:
    """Arguments of ``add_execution``, with dates so close together that many are equal."""
    status = draw(st.sampled_from(["RUNNING", "SUCCEEDED", "FAILED", *(["PENDING_REDRIVE"] if child else [])]))
    start = draw(st.integers(-4, 0))
    stop = 0 if status == "RUNNING" else draw(st.integers(start, 0))
    seed = {"status": status, "start_date": timedelta(seconds=start)}
    if status != "RUNNING":
        seed["stop_date"] = timedelta(seconds=stop)
    if draw(st.booleans()):
        seed["redrive_count"] = draw(st.integers(1, 3))
        if not express:
            seed["redrive_date"] = timedelta(seconds=draw(st.integers(start, stop)))
    through = {"item_count": st.integers(0, 9)} if child else {"version": st.sampled_from([None, 1, 2])}
    return seed | {name: draw(values) for name, values in through.items()}


def every_page(client, **arguments) -> list[dict]:
    pages = client.get_paginator("list_executions").paginate(PaginationConfig={"PageSize": 3}, **arguments)
    return [execution for page in pages for execution in page["executions"]]


@settings(deadline=None, max_examples=40)
@given(own=st.lists(seeds(), min_size=1), express=st.booleans(), data=st.data())
def test_whatever_the_mock_lists_can_be_loaded(own, express, data):
    """Every listing of the mock can be loaded into an empty mock, which then lists the same."""
    children = data.draw(st.lists(seeds(child=True, express=express), min_size=1))
    with mock_sfn_executions() as sfn:
        client = boto3.client("stepfunctions", "us-east-1")
        gallery = sfn.add_state_machine("gallery")
        gallery.publish_version()
        gallery.publish_version()
        for seed in own:
            gallery.add_execution(**seed)
        parent = gallery.add_execution("parent", status="RUNNING", start_date="-4s")
        run = parent.add_map_run(execution_type="EXPRESS" if express else "STANDARD")
        for seed in children:
            run.add_execution(**seed)
        scopes = [{"stateMachineArn": gallery.arn}, {"mapRunArn": run.arn}]
        before = [every_page(client, **scope) for scope in scopes]
        sfn.reset()

        sfn.load([{"executions": items} for items in before])

        assert [every_page(client, **scope) for scope in scopes] == before


def as_text(path: Path) -> str:
    return f"\n {path.read_text()}"


def as_answer(path: Path) -> dict:
    return {"executions": in_file(path), "nextToken": "x", "NextToken": "y", "ResponseMetadata": {"RetryAttempts": 0}}


def as_pages(path: Path) -> list[dict]:
    items = in_file(path)
    return [{"executions": items[:2], "nextToken": "x"}, {"executions": []}, {"executions": items[2:]}]


@pytest.mark.parametrize(
    "source_of",
    [
        pytest.param(str, id="path as str"),
        pytest.param(Path, id="path"),
        pytest.param(as_text, id="JSON text"),
        pytest.param(lambda path: json.dumps(json.loads(path.read_text())["executions"]), id="JSON text of a list"),
        pytest.param(as_answer, id="dict"),
        pytest.param(in_file, id="list of items"),
        pytest.param(lambda path: tuple(in_file(path)), id="tuple of items"),
        pytest.param(as_pages, id="list of pages"),
        pytest.param(lambda path: [*as_pages(path)[:1], *in_file(path)[2:]], id="page and items"),
    ],
)
def test_every_form_of_source(client, sfn, source_of):
    """A path, JSON text, an answer, a list of items and a list of pages are equivalent."""
    sfn.load(source_of(V1))

    assert listed(client, stateMachineArn=INVOICES) == in_file(V1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_may_be_in_any_encoding_of_json(client, sfn, tmp_path, encoding):
    """A file that PowerShell wrote with ``>`` can be loaded."""
    path = tmp_path / "executions.json"
    path.write_text(json.dumps({"executions": [item("Überweisung")]}, ensure_ascii=False), encoding=encoding)

    sfn.load(path)

    assert names(client, stateMachineArn=INVOICES) == ["Überweisung"]


@pytest.mark.parametrize("source", ['{"executions": []}', [], [{"executions": []}]])
def test_empty_source(sfn, source):
    """An empty list loads nothing, without an error."""
    loaded = sfn.load(source)

    assert (loaded, sfn.state_machines) == ([], [])


@pytest.mark.parametrize(
    ("written", "date"),
    [
        pytest.param(1689733388, at("2023-07-19T02:23:08"), id="epoch seconds, whole"),
        pytest.param(1689733388.393, at("2023-07-19T02:23:08.393"), id="epoch seconds"),
        pytest.param(1689733388.3929999, at("2023-07-19T02:23:08.393"), id="epoch seconds, next to a millisecond"),
        pytest.param(1.001, at("1970-01-01T00:00:01.001"), id="epoch seconds, a float below"),
        pytest.param("2023-07-19T04:23:08.393000+02:00", at("2023-07-19T02:23:08.393"), id="ISO 8601 with an offset"),
        pytest.param("2023-07-19T02:23:08Z", at("2023-07-19T02:23:08"), id="ISO 8601 in UTC"),
        pytest.param("2023-07-19T02:23:08.393", at("2023-07-19T02:23:08.393"), id="ISO 8601 without an offset"),
        pytest.param(
            datetime(2023, 7, 18, 21, 23, 8, 393000, tzinfo=timezone(timedelta(hours=-5))),
            at("2023-07-19T02:23:08.393"),
            id="datetime",
        ),
        pytest.param(datetime(2023, 7, 19, 2, 23, 8), at("2023-07-19T02:23:08"), id="naive datetime"),
    ],
)
def test_dates_are_read_to_the_millisecond(client, sfn, written, date):
    """Each form of date names one millisecond."""
    sfn.load([item(startDate=written)])

    assert [execution["startDate"] for execution in listed(client, stateMachineArn=INVOICES)] == [date]


def test_redrive_count_is_0_in_recordings_older_than_redrives(client, sfn):
    """An item without redriveCount, from before November 2023, has 0."""
    sfn.load([item(redriveCount=None)])

    assert listed(client, stateMachineArn=INVOICES)[0]["redriveCount"] == 0


def test_null_counts_as_an_absent_member(client, sfn):
    """A null counts as an absent member: ``--query`` of the AWS CLI writes it."""
    absent = ["mapRunArn", "itemCount", "stateMachineVersionArn", "stateMachineAliasArn", "redriveDate", "redriveCount"]

    sfn.load([item() | dict.fromkeys(absent)])

    assert sorted(listed(client, stateMachineArn=INVOICES)[0]) == [
        "executionArn",
        "name",
        "redriveCount",
        "startDate",
        "stateMachineArn",
        "status",
        "stopDate",
    ]


# --- Records that load creates ---------------------------------------------------------------------------------


def test_the_executions_are_returned_in_the_sources_order(sfn):
    """load returns one execution for each item, in order."""
    loaded = sfn.load(V1)

    assert [execution.arn for execution in loaded] == [item["executionArn"] for item in in_file(V1)]
    assert [execution.status for execution in loaded] == ["RUNNING", "SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"]


def test_loaded_executions_behave_like_seeded_ones(client, sfn):
    """Members that a list does not show have their defaults, and a running execution can be stopped."""
    running, succeeded, *_ = sfn.load(V1)

    client.stop_execution(executionArn=running.arn, error="Halt")

    assert (running.status, running.error, running.stop_date) == ("ABORTED", "Halt", NOW)
    assert (succeeded.input, succeeded.output) == ("{}", "{}")


def test_missing_state_machine_is_created(client, sfn):
    """A missing state machine is created now, as STANDARD."""
    sfn.load(V1)

    assert [(machine.arn, machine.type, machine.creation_date) for machine in sfn.state_machines] == [
        (INVOICES, "STANDARD", NOW)
    ]


def test_state_machine_that_exists_is_kept(client, sfn):
    """An existing state machine is not changed."""
    machine = sfn.add_state_machine("invoices", definition='{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}')
    machine.add_execution("before", status="SUCCEEDED", start_date="2025-12-02T00:00:00Z")

    sfn.load(V1)

    assert sfn.state_machines == [machine]
    assert names(client, stateMachineArn=INVOICES) == [
        "2025-12-03",
        "2025-12-02-retry",
        "2025-12-02",
        "backfill",
        "before",
        "2025-12-01",
    ]


def test_missing_versions_are_created(client, sfn):
    """Missing versions are created, and the next published one follows the highest number."""
    machine = sfn.load(V1)[0].state_machine

    next_version = machine.publish_version()

    answer = client.list_state_machine_versions(stateMachineArn=INVOICES)
    assert next_version.number == 8
    assert [version["stateMachineVersionArn"] for version in answer["stateMachineVersions"]] == [
        f"{INVOICES}:8",
        f"{INVOICES}:7",
        f"{INVOICES}:5",
    ]
    assert names(client, stateMachineArn=f"{INVOICES}:5") == ["2025-12-02-retry", "2025-12-02"]


def test_missing_alias_is_created(client, sfn):
    """A missing alias is created, and routes as its newest start shows."""
    sfn.load(V1)

    alias = client.describe_state_machine_alias(stateMachineAliasArn=f"{INVOICES}:prod")

    assert alias["routingConfiguration"] == [{"stateMachineVersionArn": f"{INVOICES}:7", "weight": 100}]
    assert names(client, stateMachineArn=f"{INVOICES}:prod") == ["2025-12-03", "2025-12-02"]


def test_alias_routes_as_the_newest_start_through_it(sfn):
    """The newest start is that with the latest start date, not stop date."""
    prod = f"{INVOICES}:prod"
    long = item(
        "long", startDate="2026-01-01T00:00:00Z", stateMachineVersionArn=f"{INVOICES}:1", stateMachineAliasArn=prod
    )
    late = item(
        "late", stopDate="2026-01-10T02:00:01Z", stateMachineVersionArn=f"{INVOICES}:2", stateMachineAliasArn=prod
    )

    machine = sfn.load([long, late])[0].state_machine

    assert machine.aliases["prod"].versions == [(2, 100)]


def test_version_and_alias_that_exist_are_kept(sfn):
    """Existing aliases are not routed again, and existing versions not published again."""
    machine = sfn.add_state_machine("invoices")
    versions = [machine.publish_version() for _ in range(5)]
    alias = machine.add_alias("prod", versions[0])

    sfn.load(V1)

    assert machine.versions["5"] == versions[4]
    assert machine.aliases["prod"] == alias
    assert alias.versions == [(1, 100)]


def test_every_account_and_region_gets_its_own(sfn):
    """Executions are stored by their ARNs, in several accounts, regions and partitions."""
    places = ["arn:aws:states:eu-west-1:123456789012:", "arn:aws-cn:states:cn-north-1:123456789012:", ARNS]
    source = [
        item(executionArn=f"{arns}execution:invoices:nightly", stateMachineArn=f"{arns}stateMachine:invoices")
        for arns in places
    ]

    loaded = sfn.load(source)

    assert [execution.arn for execution in loaded] == [f"{arns}execution:invoices:nightly" for arns in places]
    for region in ("eu-west-1", "cn-north-1", "us-east-1"):
        here = boto3.client("stepfunctions", region)
        machines = here.list_state_machines()["stateMachines"]
        found = [
            execution["executionArn"]
            for sm in machines
            for execution in listed(here, stateMachineArn=sm["stateMachineArn"])
        ]
        assert found == [arn for arn in (execution.arn for execution in loaded) if f":{region}:" in arn]


# --- Map runs --------------------------------------------------------------------------------------------------


def test_map_run_without_a_parent(client, sfn):
    """A map run with an unknown parent lists and describes its children, and has no parent."""
    sfn.load(V2)

    run = client.describe_map_run(mapRunArn=THUMBNAILS)

    assert (run["status"], run["startDate"], run["maxConcurrency"]) == (
        "RUNNING",
        at("2025-11-20T12:30:00.118"),
        2_147_483_647,
    )
    assert (run["executionCounts"]["total"], run["itemCounts"]["total"]) == (3, 83)
    assert listed(client, stateMachineArn=GALLERY) == []


def test_map_run_starts_with_its_first_child(sfn):
    """The list does not show its dates: a map run starts with its first child."""
    starts = ["2026-01-10T02:00:00Z", "2026-01-10T01:00:00Z", "2026-01-10T02:01:00Z"]

    loaded = sfn.load([child(name, startDate=start) for name, start in zip("abc", starts, strict=True)])

    assert loaded[0].map_run.start_date == at("2026-01-10T01:00:00")


def test_map_run_gets_a_parent(client, sfn):
    """The argument ``parent`` is the execution that started the map run."""
    parent = sfn.add_state_machine("gallery").add_execution(
        "nightly", status="RUNNING", start_date="2025-11-20T12:00:00Z"
    )

    first, *_ = sfn.load(V2, parent=parent)

    assert [run["mapRunArn"] for run in client.list_map_runs(executionArn=parent.arn)["mapRuns"]] == [THUMBNAILS]
    assert first.map_run.parent == parent
    assert parent.map_runs == [first.map_run]


def test_map_run_gets_a_parent_later(sfn):
    """A file that is loaded again with a parent gives its map run that parent."""
    sfn.load(V2)
    parent = sfn.get_state_machine("gallery").add_execution(status="RUNNING")

    first, *_ = sfn.load(V2, parent=parent)
    sfn.load(V2, parent=parent)
    sfn.load(V2)

    assert first.map_run.parent == parent


def test_seeded_map_run_gets_loaded_children(client, sfn):
    """Loaded children are added to an existing map run."""
    parent = sfn.add_state_machine("gallery").add_execution(status="RUNNING", start_date="2026-01-09")
    run = parent.add_map_run("Thumbnails")
    run.add_execution("seeded", status="SUCCEEDED")

    loaded = sfn.load([child("loaded", mapRunArn=run.arn)])

    assert names(client, mapRunArn=run.arn) == ["loaded", "seeded"]
    assert loaded[0].map_run == run


def test_loaded_express_children_are_listed_unchanged(client, sfn):
    """EXPRESS children keep the id in their ARNs; their redrives have a count and no date."""
    source = [express_child("b", "77aa", redriveCount=2), express_child("a", "19f0", status="FAILED", itemCount=7)]

    loaded = sfn.load(source)

    items = listed(client, mapRunArn=THUMBNAILS)
    assert [execution["executionArn"] for execution in items] == [item["executionArn"] for item in source]
    assert [(execution["redriveCount"], execution["itemCount"]) for execution in items] == [(2, 1), (0, 7)]
    assert all("redriveDate" not in execution for execution in items)
    assert loaded[0].map_run.execution_type == "EXPRESS"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        pytest.param(
            [child("a"), express_child("b")],
            f"Item 2 ({ARNS}express:gallery/Thumbnails:b:0e5c): executionArn must be STANDARD "
            f"like the other child executions of {THUMBNAILS}, got EXPRESS: AWS starts all children of a map run as "
            "one type.",
            id="one source",
        ),
        pytest.param(
            [express_child("b", mapRunArn=f"{ARNS}mapRun:gallery/Thumbnails:seeded")],
            f"Item 1 ({ARNS}express:gallery/Thumbnails:b:0e5c): executionArn must be STANDARD "
            f"like the other child executions of {ARNS}mapRun:gallery/Thumbnails:seeded, got EXPRESS: AWS starts all "
            "children of a map run as one type.",
            id="with what is stored",
        ),
    ],
)
def test_children_of_one_map_run_are_of_one_type(sfn, source, sentence):
    """STANDARD and EXPRESS children cannot be in one map run."""
    sfn.load([child("seeded", mapRunArn=f"{ARNS}mapRun:gallery/Thumbnails:seeded")])

    with pytest.raises(ValueError) as caught:
        sfn.load(source)

    assert str(caught.value) == sentence


def test_parent_belongs_to_the_same_state_machine(sfn):
    """The parent must be an execution of the map run's machine, and no child execution."""
    elsewhere = sfn.add_state_machine("invoices").add_execution("nightly", status="RUNNING")
    sibling = (
        sfn.add_state_machine("gallery")
        .add_execution(status="RUNNING")
        .add_map_run("Thumbnails")
        .add_execution("sibling", status="RUNNING")
    )

    for parent in (elsewhere, sibling):
        with pytest.raises(ValueError) as caught:
            sfn.load([child()], parent=parent)

        assert str(caught.value) == (
            f"Item 1 ({ARNS}execution:gallery/Thumbnails:first): parent must be an execution of the "
            f"state machine of {THUMBNAILS} and not a child execution, got {parent.arn}."
        )


def test_map_run_keeps_its_parent(sfn):
    """A map run with a parent cannot get another one."""
    gallery = sfn.add_state_machine("gallery")
    first, second = gallery.add_executions(2, status="RUNNING")
    sfn.load([child()], parent=first)

    with pytest.raises(ValueError) as caught:
        sfn.load([child()], parent=second)

    assert str(caught.value) == (
        f"Item 1 ({ARNS}execution:gallery/Thumbnails:first): parent must be left out: {THUMBNAILS} "
        f"already has the parent {first.arn}."
    )


@pytest.mark.parametrize(
    ("source", "parent", "sentence"),
    [
        pytest.param(
            [item()],
            "seeded",
            "parent must be left out unless an item is a child execution, got items without any.",
            id="for no child",
        ),
        pytest.param([child()], "arn", "parent must be what add_execution() returned, got 'arn'.", id="no execution"),
    ],
)
def test_parent_is_an_execution_for_child_executions(sfn, source, parent, sentence):
    """A ``parent`` without child executions, or of another type, is refused."""
    if parent == "seeded":
        parent = sfn.add_state_machine("gallery").add_execution(status="RUNNING")

    with pytest.raises(ValueError) as caught:
        sfn.load(source, parent=parent)

    assert str(caught.value) == sentence


def test_parent_must_exist(sfn):
    """A parent from before a reset is refused."""
    parent = sfn.add_state_machine("gallery").add_execution(status="RUNNING")
    sfn.reset()

    with pytest.raises(RuntimeError):
        sfn.load([child()], parent=parent)

    assert sfn.state_machines == []


# --- Items that are stored already -----------------------------------------------------------------------------


def test_loading_twice_stores_once(client, sfn):
    """An item that is stored already is skipped, and its execution returned."""
    first = sfn.load(V1)
    second = sfn.load(V1)

    assert second == first
    assert listed(client, stateMachineArn=INVOICES) == in_file(V1)


def test_pages_that_overlap_are_loaded_once(client, sfn):
    """An item that is on two pages is one execution."""
    items = in_file(V1)

    loaded = sfn.load([{"executions": items[:3]}, {"executions": items[2:]}])

    assert len(loaded) == 6
    assert loaded[2] == loaded[3]
    assert listed(client, stateMachineArn=INVOICES) == items


def test_seeded_execution_is_skipped(client, sfn):
    """An item that equals a seeded execution is skipped."""
    machine = sfn.add_state_machine("invoices")
    seeded = machine.add_execution(
        "nightly", status="SUCCEEDED", start_date="2026-01-10T02:00:00Z", duration=timedelta(minutes=5), input="[1]"
    )

    assert sfn.load([item()]) == [seeded]
    assert seeded.input == "[1]"


@pytest.mark.parametrize("now", ["2026-01-10T01:00:00Z", "2026-01-10T02:01:00Z", "2026-01-10T02:05:00Z"])
def test_item_with_a_later_end_is_equal_to_the_stored_one(sfn, clock, now):
    """Items that start or stop later are skipped too if they are loaded again."""
    first = sfn.load([item()])
    clock.move_to(now)

    assert sfn.load([item()]) == first


def test_item_of_an_earlier_moment_is_equal_to_the_stored_one(client, sfn, clock):
    """An item from the time when the execution ran is equal to the stored one."""
    loaded = sfn.load([item()])
    clock.move_to("2026-01-10T02:01:00Z")

    assert sfn.load(client.list_executions(stateMachineArn=INVOICES)) == loaded


@pytest.mark.parametrize(
    ("stored", "second", "sentence"),
    [
        pytest.param(
            item(),
            item(status="FAILED", stopDate="2026-01-10T02:06:00Z"),
            "The mock already has an execution of this name with other values (status FAILED "
            "instead of SUCCEEDED, stopDate 2026-01-10T02:06:00.000Z instead of "
            "2026-01-10T02:05:00.000Z)",
            id="status and stop date",
        ),
        pytest.param(
            item(status="RUNNING", stopDate=None),
            item(),
            "The mock already has an execution of this name with other values (status SUCCEEDED "
            "instead of RUNNING, stopDate 2026-01-10T02:05:00.000Z instead of none)",
            id="an older recording",
        ),
        pytest.param(
            item(),
            item(redriveCount=1, redriveDate="2026-01-10T02:04:00Z"),
            "The mock already has an execution of this name with other values (redriveCount 1 "
            "instead of 0, redriveDate 2026-01-10T02:04:00.000Z instead of none)",
            id="redrive",
        ),
        pytest.param(
            item(stateMachineVersionArn=f"{INVOICES}:1"),
            item(stateMachineVersionArn=f"{INVOICES}:2", stateMachineAliasArn=f"{INVOICES}:prod"),
            "The mock already has an execution of this name with other values "
            f"(stateMachineVersionArn {INVOICES}:2 instead of {INVOICES}:1, stateMachineAliasArn "
            f"{INVOICES}:prod instead of none)",
            id="version and alias",
        ),
        pytest.param(
            child(),
            child(mapRunArn=f"{THUMBNAILS}0", itemCount=2),
            "The mock already has an execution of this name with other values (mapRunArn "
            f"{THUMBNAILS}0 instead of {THUMBNAILS}, itemCount 2 instead of 1)",
            id="map run and item count",
        ),
        pytest.param(
            express_child(id="0e5c"),
            express_child(id="77aa"),
            "The mock already has an execution of this name with other values (executionArn "
            f"{ARNS}express:gallery/Thumbnails:first:77aa instead of {ARNS}"
            "express:gallery/Thumbnails:first:0e5c)",
            id="id of an EXPRESS child",
        ),
        pytest.param(
            item(startDate="2027-01-01T00:00:00Z", stopDate="2027-01-02T00:00:00Z"),
            item(startDate="2027-01-01T00:00:00Z", stopDate="2027-01-03T00:00:00Z"),
            "The mock already has an execution of this name with other values (stopDate "
            "2027-01-03T00:00:00.000Z instead of 2027-01-02T00:00:00.000Z)",
            id="not started yet",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::sfn_mock.SeedWarning")
def test_item_that_differs_from_a_stored_one_is_refused(sfn, stored, second, sentence):
    """A differing item is refused with the name of the member, and nothing is stored."""
    (execution,) = sfn.load([stored])

    with pytest.raises(ValueError) as caught:
        sfn.load([item("fine"), second])

    assert str(caught.value) == (
        f"Item 2 ({second['executionArn']}): {sentence}: leave this item out, or call reset() before load()."
    )
    assert [found for machine in sfn.state_machines for found in machine.executions] in ([execution], [])
    assert execution.state_machine.versions.keys() <= {"1"}


@pytest.mark.parametrize(
    ("source", "difference"),
    [
        pytest.param([item(), item(status="ABORTED")], "status ABORTED instead of SUCCEEDED", id="status"),
        pytest.param(
            [express_child(id="0e5c"), express_child(id="77aa")],
            f"executionArn {ARNS}express:gallery/Thumbnails:first:77aa instead of "
            f"{ARNS}express:gallery/Thumbnails:first:0e5c",
            id="id of an EXPRESS child",
        ),
    ],
)
def test_items_of_one_name_that_differ_are_refused(sfn, source, difference):
    """If two items of a source contradict each other, nothing is stored."""
    with pytest.raises(ValueError) as caught:
        sfn.load(source)

    assert str(caught.value) == (
        f"Item 2 ({source[1]['executionArn']}): An earlier item has this name with other values ("
        f"{difference}): leave this item out, or call reset() before load()."
    )
    assert sfn.state_machines == []


def test_executions_of_an_express_machine_are_refused(sfn):
    """Executions of an EXPRESS state machine are refused, because no list shows them."""
    machine = sfn.add_state_machine("invoices", type="EXPRESS")

    with pytest.raises(ValueError) as caught:
        sfn.load([item()])

    assert str(caught.value) == (
        "Item 1 (arn:aws:states:us-east-1:123456789012:execution:invoices:nightly): cannot add "
        "executions to arn:aws:states:us-east-1:123456789012:stateMachine:invoices: AWS never lists "
        "executions of an EXPRESS state machine; add them to a STANDARD one instead."
    )
    assert machine.executions == []


# --- The clock -------------------------------------------------------------------------------------------------


def test_item_of_the_future_follows_the_clock(client, sfn, clock):
    """A loaded execution starts, is redriven and stops as the clock passes its dates."""
    source = item(
        status="FAILED",
        startDate="2026-01-10T13:00:00Z",
        stopDate="2026-01-10T16:00:00Z",
        redriveCount=2,
        redriveDate="2026-01-10T15:00:00Z",
    )
    with pytest.warns(SeedWarning):
        sfn.load([source])

    seen = []
    for hour in (12, 13, 14, 15, 16):
        clock.move_to(f"2026-01-10T{hour}:00:00Z")
        seen += [
            (hour, found["status"], found["redriveCount"], found.get("redriveDate"), found.get("stopDate"))
            for found in listed(client, stateMachineArn=INVOICES)
        ]

    redriven, stopped = at("2026-01-10T15:00:00"), at("2026-01-10T16:00:00")
    assert seen == [
        (13, "RUNNING", 0, None, None),
        (14, "RUNNING", 0, None, None),
        (15, "RUNNING", 2, redriven, None),
        (16, "FAILED", 2, redriven, stopped),
    ]


def test_clock_may_go_back_before_loaded_executions(client, sfn, clock):
    """Before its stop a loaded execution is RUNNING, and before its start not listed."""
    sfn.load([item()])

    clock.move_to("2026-01-10T02:04:59Z")
    running = [execution["status"] for execution in listed(client, stateMachineArn=INVOICES)]
    clock.move_to("2026-01-10T01:59:59Z")

    assert running == ["RUNNING"]
    assert listed(client, stateMachineArn=INVOICES) == []


# --- Warnings --------------------------------------------------------------------------------------------------


def caught_warnings(sfn, source) -> list[warnings.WarningMessage]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sfn.load(source)
    return caught


def test_start_after_now_warns_once(sfn):
    """One warning names the latest start after now, at the test's line."""
    source = [
        item("c", startDate="2026-01-12", stopDate="2026-01-14"),
        item("b", startDate="2026-01-13T00:00:00Z", stopDate="2026-01-13T01:00:00Z"),
        item("a"),
    ]

    (warning,) = caught_warnings(sfn, source)

    assert warning.category is SeedWarning
    assert str(warning.message) == (
        f"Item 2 ({ARNS}execution:invoices:b): startDate 2026-01-13T00:00:00.000Z is after now: the "
        "execution is not listed until the clock reaches it."
    )
    assert warning.filename == __file__


def test_start_after_now_without_a_time_zone_says_how_it_was_read(sfn):
    """The warning says that a date without a time zone was read as UTC."""
    (warning,) = caught_warnings(sfn, [item(startDate="2026-01-12", stopDate="2026-01-14")])

    assert str(warning.message) == (
        f"Item 1 ({ARNS}execution:invoices:nightly): startDate 2026-01-12T00:00:00.000Z (it has no "
        "time zone and was read as UTC) is after now: the execution is not listed until the clock "
        "reaches it."
    )


def test_start_after_now_warns_only_when_stored(sfn):
    """Items that are skipped do not warn."""
    source = [item(startDate="2026-01-12T00:00:00Z", stopDate="2026-01-14T00:00:00Z")]

    assert len(caught_warnings(sfn, source)) == 1
    assert caught_warnings(sfn, source) == []


def test_several_other_accounts_warn(sfn):
    """A warning about several other accounts names all, and the first one as an example."""
    pages = [
        json.loads(V1.read_text().replace("123456789012", account)) for account in ("310987654321", "210987654321")
    ]

    (warning,) = caught_warnings(sfn, pages)

    assert str(warning.message) == (
        "The loaded executions belong to account 210987654321 and 310987654321, but calls use account 123456789012 "
        "and do not list them: use mock_sfn_executions(account_id='210987654321')."
    )


def test_an_equal_item_that_was_redriven_is_skipped(sfn):
    """An item that tells the end of a redriven execution is equal to the stored one before that end, too."""
    source = [
        item(
            startDate="2026-01-08T00:00:00Z",
            stopDate="2026-01-14T00:00:00Z",
            redriveCount=1,
            redriveDate="2026-01-09T00:00:00Z",
        )
    ]
    stored = sfn.load(source)

    assert [execution.redrive_count for execution in stored] == [1]
    assert [execution.arn for execution in sfn.load(source)] == [execution.arn for execution in stored]


def test_another_account_warns(sfn):
    """Executions of another account than the mock's warn, and the warning names the option."""
    source = V1.read_text().replace("123456789012", "210987654321")

    (warning,) = caught_warnings(sfn, source)

    assert warning.category is SeedWarning
    assert str(warning.message) == (
        "The loaded executions belong to account 210987654321, but calls use account 123456789012 "
        "and do not list them: use mock_sfn_executions(account_id='210987654321')."
    )
    assert warning.filename == __file__
    assert [machine.arn for machine in sfn.state_machines] == [INVOICES.replace("123456789012", "210987654321")]


def test_warning_made_an_error_stores_nothing(sfn):
    """If the warning is an error, nothing is stored."""
    with pytest.raises(SeedWarning):
        sfn.load(V1.read_text().replace("123456789012", "210987654321"))

    assert sfn.state_machines == []


@pytest.mark.sfn_executions(account_id="210987654321", region="eu-central-1")
def test_account_and_region_of_the_file_do_not_warn(sfn):
    """In a mock with the file's account and region, a plain client lists it."""
    sfn.load(V1.read_text().replace("us-east-1:123456789012", "eu-central-1:210987654321"))

    client = boto3.client("stepfunctions")

    assert len(listed(client, stateMachineArn="arn:aws:states:eu-central-1:210987654321:stateMachine:invoices")) == 5


# --- Impossible items ------------------------------------------------------------------------------------------

NIGHTLY = f"{ARNS}execution:invoices:nightly"
FIRST = f"{ARNS}execution:gallery/Thumbnails:first"
EXECUTION_SHAPE = "arn:aws:states:us-east-1:123456789012:execution:orders:nightly"
MAP_RUN_SHAPE = f"{ARNS}mapRun:gallery/Thumbnails:25bc2fbb-0f1d-3c4e-8a5b-6d7e8f901234"


def missing(member: str, wrong: dict):
    return pytest.param(wrong, f"{member} must be given, got nothing.", id=f"no {member}")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        missing("stateMachineArn", item(stateMachineArn=None)),
        missing("name", item(name=None)),
        missing("status", item(status=None)),
        missing("startDate", item(startDate=None)),
        pytest.param(
            {**item(status=None), "Satus": "FAILED"},
            "status must be given, got nothing. Did you mean it by 'Satus'?",
            id="status misspelt",
        ),
        pytest.param(
            item(stopDate=None), "stopDate must be given where status is SUCCEEDED, got nothing.", id="no stopDate"
        ),
        pytest.param(item(name=7), "name must be a string, got 7.", id="name of another type"),
        pytest.param(
            item(stateMachineVersionArn=["x"]),
            "stateMachineVersionArn must be a string, got ['x'].",
            id="version of another type",
        ),
        pytest.param(
            item(name="other", executionArn=NIGHTLY),
            "name must be 'nightly', as in executionArn, got 'other'.",
            id="name and ARN disagree",
        ),
        pytest.param(
            item(stateMachineArn=GALLERY),
            f"stateMachineArn must be '{INVOICES}', as in executionArn, got '{GALLERY}'.",
            id="machine and ARN disagree",
        ),
        pytest.param(
            child(stateMachineArn=GALLERY),
            f"stateMachineArn must be '{GALLERY}/Thumbnails', as in executionArn, got '{GALLERY}'.",
            id="child without a label",
        ),
        pytest.param(
            item(mapRunArn=THUMBNAILS),
            f"mapRunArn must be left out unless executionArn is a child execution's, got '{THUMBNAILS}'.",
            id="mapRunArn without label",
        ),
        pytest.param(
            item(itemCount=3),
            "itemCount must be left out unless executionArn is a child execution's.",
            id="itemCount without mapRunArn",
        ),
        pytest.param(child(itemCount=-1), "itemCount must be an int >= 0, got -1", id="negative itemCount"),
        pytest.param(
            child(mapRunArn=f"{ARNS}mapRun:gallery/Previews:a4d0"),
            f"mapRunArn must be an ARN like '{MAP_RUN_SHAPE}', got '{ARNS}mapRun:gallery/Previews:a4d0'.",
            id="map run of another label",
        ),
        pytest.param(
            child(mapRunArn=f"{ARNS}mapRun:gallery/Thumbnails"),
            f"mapRunArn must be an ARN like '{MAP_RUN_SHAPE}', got '{ARNS}mapRun:gallery/Thumbnails'.",
            id="malformed mapRunArn",
        ),
        pytest.param(
            item(stateMachineVersionArn=f"{GALLERY}:1"),
            f"stateMachineVersionArn must start with '{INVOICES}', as in executionArn, got '{GALLERY}:1'.",
            id="version of another machine",
        ),
        pytest.param(
            item(stateMachineVersionArn=INVOICES),
            f"stateMachineVersionArn must start with '{INVOICES}', as in executionArn, got '{INVOICES}'.",
            id="version without a number",
        ),
        pytest.param(
            item(stateMachineVersionArn=f"{INVOICES}:prod"),
            f"stateMachineVersionArn must be an ARN like '{INVOICES}:1', got '{INVOICES}:prod'.",
            id="alias for a version",
        ),
        pytest.param(
            item(stateMachineVersionArn=f"{INVOICES}:{'9' * 5000}"),
            f"stateMachineVersionArn must be an ARN like '{INVOICES}:1', got '{INVOICES}:{'9' * 5000}'.",
            id="endless version",
        ),
        pytest.param(
            item(stateMachineVersionArn=f"{INVOICES}:1", stateMachineAliasArn=f"{INVOICES}:2"),
            "name must be 1 to 80 letters, digits, '-', '_' and '.', at least one of them no digit, got '2'",
            id="version for an alias",
        ),
        pytest.param(
            item(stateMachineAliasArn=f"{INVOICES}:prod"),
            "stateMachineVersionArn must be given beside stateMachineAliasArn, got nothing: AWS "
            "shows both for a start through an alias.",
            id="alias without version",
        ),
        pytest.param(
            item(status="PENDING_REDRIVE"),
            "status must not be PENDING_REDRIVE unless executionArn is a child execution's.",
            id="PENDING_REDRIVE of no child",
        ),
        pytest.param(
            item(redriveDate="2026-01-10T02:01:00Z"),
            "redriveCount must be 1 or more where redriveDate is given, got 0: AWS shows both or neither.",
            id="redriveDate without count",
        ),
        pytest.param(
            item(redriveCount="1"),
            "redriveCount must be an int >= 0, got '1'",
            id="redriveCount of another type",
        ),
        pytest.param(
            item(startDate="yesterday"),
            "startDate must be ISO 8601 text like '2026-01-10T02:00:00Z', got 'yesterday'",
            id="no date",
        ),
        *(
            pytest.param(
                item(startDate=value),
                f"startDate must be epoch seconds, ISO 8601 text or a datetime, got {value!r}.",
                id=f"{value!r} for a date",
            )
            for value in (True, float("nan"), float("inf"), 1e308, [2026], timedelta(hours=-1))
        ),
        *(
            pytest.param(
                item(startDate=value),
                "startDate must be in the years 1970 to 9999, as AWS's dates are",
                id=id,
            )
            for value, id in [(1689733388393, "milliseconds"), (-0.5, "before 1970"), (10**400, "many digits")]
        ),
        *(
            pytest.param(
                item(executionArn=arn),
                f"executionArn must be an ARN like '{EXECUTION_SHAPE}', got '{arn}'.",
                id=f"executionArn {arn}",
            )
            for arn in (
                "nightly",
                INVOICES,
                f"{ARNS}execution:invoices",
                f"{ARNS}execution:invoices:",
                "arn:aws:lambda:us-east-1:123456789012:execution:invoices:nightly",
                "arn:aws:states::123456789012:execution:invoices:nightly",
                "arn:aws:states:us-east-1:1234:execution:invoices:nightly",
                "arn:gcp:states:us-east-1:123456789012:execution:invoices:nightly",
            )
        ),
        pytest.param(
            item(executionArn=f"{ARNS}express:invoices:nightly:0e5c"),
            "executionArn must not be of an EXPRESS state machine, got 'nightly': AWS never lists its executions.",
            id="EXPRESS execution",
        ),
        pytest.param(
            item("night ly"),
            "name must be free of ' ', which AWS refuses in names, got 'night ly'",
            id="forbidden name",
        ),
        pytest.param(
            item(executionArn=f"{ARNS}execution:in voices:nightly"),
            "name must be free of ' ', which AWS refuses in names, got 'in voices'",
            id="forbidden name of a machine",
        ),
        pytest.param(
            item(executionArn=f"{ARNS}execution:gallery/{'x' * 41}:nightly"),
            f"label must be a str of 1 to 40 characters, got '{'x' * 41}'",
            id="label too long",
        ),
        pytest.param(
            item(
                executionArn="arn:aws-cn:states:us-east-1:123456789012:execution:invoices:nightly",
                stateMachineArn="arn:aws-cn:states:us-east-1:123456789012:stateMachine:invoices",
            ),
            f"executionArn must start with '{ARNS}', as ARNs of region us-east-1 do, got "
            "'arn:aws-cn:states:us-east-1:123456789012:'.",
            id="region of another partition",
        ),
    ],
)
def test_item_that_aws_could_never_show_is_refused(sfn, wrong, sentence):
    """The error names the item and what is wrong, and nothing of the source is stored."""
    with pytest.raises(ValueError) as caught:
        sfn.load([item("fine"), wrong])

    assert str(caught.value) == f"Item 2 ({wrong['executionArn']}): {sentence}"
    assert sfn.state_machines == []


SEEDED_BY = {
    "status": "status",
    "startDate": "start_date",
    "stopDate": "stop_date",
    "redriveCount": "redrive_count",
    "redriveDate": "redrive_date",
}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(item(status="Succeeded"), id="unknown status"),
        pytest.param(item(status="RUNNING"), id="RUNNING with stopDate"),
        pytest.param(item(stopDate="2026-01-10T01:00:00Z"), id="stopped before the start"),
        pytest.param(item(redriveCount=1, redriveDate="2026-01-10T01:00:00Z"), id="redriven before the start"),
        pytest.param(item(redriveCount=1, redriveDate="2026-01-10T03:00:00Z"), id="redriven after the stop"),
        pytest.param(item(redriveCount=2), id="redriveCount without redriveDate"),
        pytest.param(express_child(redriveCount=1, redriveDate="2026-01-10T02:01:00Z"), id="redriveDate, EXPRESS"),
    ],
)
def test_item_that_could_not_be_seeded_is_refused(sfn, wrong):
    """load and the seeding methods refuse the same statuses and dates; the error of load has the names of the item."""
    owner = sfn.add_state_machine("gallery")
    if ":express:" in wrong["executionArn"]:
        owner = owner.add_execution("parent", status="RUNNING", start_date="2026-01-01").add_map_run(
            "Thumbnails", execution_type="EXPRESS"
        )
    with pytest.raises(ValueError) as seeding:
        owner.add_execution(**{SEEDED_BY[member]: value for member, value in wrong.items() if member in SEEDED_BY})

    with pytest.raises(ValueError) as loading:
        sfn.load([wrong])

    sentence = str(seeding.value)
    for member, argument in SEEDED_BY.items():
        sentence = sentence.replace(argument, member)
    assert str(loading.value) == f"Item 1 ({wrong['executionArn']}): {sentence}"
    assert owner.executions == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        pytest.param("nightly", "item must be an object with the members of an execution, got 'nightly'.", id="text"),
        pytest.param(None, "item must be an object with the members of an execution, got None.", id="null"),
        pytest.param(
            [item()],
            "item must be an object with the members of an execution, got [{'executionArn': 'arn:aws:stat...",
            id="list",
        ),
        pytest.param({}, "executionArn must be given, got nothing.", id="no executionArn"),
        pytest.param({"executionArn": 7}, "executionArn must be a string, got 7.", id="executionArn no text"),
    ],
)
def test_item_without_an_arn_is_named_by_its_number(sfn, wrong, sentence):
    """An item without an ARN is named by its number, counted over all pages."""
    with pytest.raises(ValueError) as caught:
        sfn.load([{"executions": [item("fine")]}, {"executions": [item("too"), wrong]}])

    assert str(caught.value).startswith(f"Item 3: {sentence}")
    assert sfn.state_machines == []


# --- Refused sources ----------------------------------------------------------------------------------------------

PRINTED = "what 'aws stepfunctions list-executions --output json' printed"


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        pytest.param(
            '{"executions": [',
            f"source must be {PRINTED}, got invalid JSON (Expecting value: line 1 column 17 (char 16)).",
            id="JSON cut short",
        ),
        pytest.param(
            {"stateMachines": []},
            f"source must be {PRINTED}, or a list of its items, got {{'stateMachines': []}}.",
            id="another answer",
        ),
        pytest.param(
            {"executions": {}},
            "executions must be a list, got {}.",
            id="no list in a page",
        ),
        pytest.param(7, f"source must be {PRINTED}, or a list of its items, got 7.", id="a number"),
        pytest.param(None, f"source must be {PRINTED}, or a list of its items, got None.", id="None"),
        pytest.param(b"[]", f"source must be {PRINTED}, or a list of its items, got b'[]'.", id="bytes"),
    ],
)
def test_source_without_executions_is_refused(sfn, source, sentence):
    """The error says what load() takes."""
    with pytest.raises(ValueError) as caught:
        sfn.load(source)

    assert str(caught.value) == sentence


def test_json_nested_too_deep_is_refused(sfn):
    """JSON that is nested too deeply for Python's parser is refused like invalid JSON."""
    with pytest.raises(ValueError) as caught:
        sfn.load("[" * 1_000_000)

    assert re.fullmatch(rf"source must be {re.escape(PRINTED)}, got invalid JSON \(.+\)\.", str(caught.value))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "Expecting value: line 1 column 1 (char 0)", id="empty"),
        pytest.param(
            b'["\xff"]', "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte", id="another encoding"
        ),
    ],
)
def test_file_that_is_not_json_is_refused(sfn, tmp_path, content, reason):
    """The error names the file."""
    path = tmp_path / "executions.json"
    path.write_bytes(content)

    with pytest.raises(ValueError) as caught:
        sfn.load(path)

    assert str(caught.value) == f"{path} must be {PRINTED}, got invalid JSON ({reason})."


def test_missing_file_is_not_found(sfn, tmp_path, monkeypatch):
    """A missing file is a FileNotFoundError with the absolute path."""
    monkeypatch.chdir(tmp_path)

    with pytest.raises(FileNotFoundError) as caught:
        sfn.load("executions.json")

    assert str(caught.value) == (
        f"No file '{tmp_path / 'executions.json'}': give the path of a file, JSON text that starts "
        f"with '{{' or '[', or YAML text of several lines."
    )


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        pytest.param(str(DATA), f"[Errno 21] Is a directory: {str(DATA)!r}", id="directory"),
        pytest.param("exe\0cutions.json", "embedded null byte", id="NUL"),
    ],
)
def test_path_that_cannot_be_read_is_refused(sfn, path, reason):
    """A path that the operating system cannot read is a ValueError."""
    with pytest.raises(ValueError) as caught:
        sfn.load(path)

    assert str(caught.value) == f"cannot read {path!r} ({reason}): give the path of a JSON file."


def test_handle_after_its_mock_cannot_load():
    """After the end of its mock, the handle raises RuntimeError."""
    with mock_sfn_executions() as ended:
        pass

    with pytest.raises(RuntimeError):
        ended.load(V1)
