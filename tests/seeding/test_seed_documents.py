"""Seed documents: files, texts and dicts."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import boto3
import pytest
from freezegun import freeze_time

from sfn_mock import SeedWarning

PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)

IN_YAML = Path(__file__).with_name("data").joinpath("orders.yaml").read_text(encoding="utf-8")


@pytest.fixture
def sfn(sfn_executions):
    with freeze_time(NOW):
        yield sfn_executions


def with_orders(**parts):
    return {"state_machines": [{"name": "orders", **parts}]}


# --- Stored records ----------------------------------------------------------------------------------------------


def test_everything_is_stored(sfn, client):
    """Each key is an argument of a seeding method, and each list has several calls of it."""
    orders, fast = sfn.seed(IN_YAML)
    nightly, *batch, parent = orders.executions
    [items] = parent.map_runs

    assert [machine.arn for machine in sfn.state_machines] == [MACHINE, f"{PREFIX}:stateMachine:fast"]
    assert (orders.type, fast.type) == ("STANDARD", "EXPRESS")
    assert json.loads(orders.definition) == {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    assert orders.role_arn == "arn:aws:iam::123456789012:role/orders"
    assert orders.creation_date == datetime(2025, 1, 1, tzinfo=timezone.utc)
    assert [version.description for version in orders.versions.values()] == ["first", None]
    assert [(alias.name, alias.versions, alias.description) for alias in orders.aliases.values()] == [
        ("live", [(1, 90), (2, 10)], None),
        ("next", [(2, 100)], "soon"),
    ]
    assert (nightly.status, nightly.start_date, nightly.stop_date) == (
        "FAILED",
        NOW - timedelta(hours=2),
        NOW - timedelta(hours=1, minutes=55),
    )
    assert (nightly.alias_arn, nightly.input, nightly.error) == (f"{MACHINE}:live", '{"order":7}', "OutOfStock")
    assert [(run.name, run.start_date.minute, run.stop_date.second, run.output) for run in batch] == [
        ("batch-0", 0, 30, "[1, 2]"),
        ("batch-1", 1, 30, "[1, 2]"),
        ("batch-2", 2, 30, "[1, 2]"),
    ]
    assert {run.version_arn for run in batch} == {f"{MACHINE}:2"}
    assert (items.label, items.max_concurrency) == ("Items", 1)
    assert (items.tolerated_failure_count, items.tolerated_failure_percentage) == (0, 5.0)
    assert [(child.name, child.status, child.item_count) for child in items.executions] == [
        *((f"execution-{index}", "SUCCEEDED", 25) for index in range(4)),
        ("bad", "FAILED", 1),
    ]


def test_outcomes_are_stored(sfn, client):
    """An outcome is a status, an object, or a list of them."""
    orders, fast = sfn.seed(IN_YAML)
    for _ in range(2):
        client.start_execution(stateMachineArn=MACHINE)
    failed, succeeding = orders.executions[-2:]
    client.redrive_execution(executionArn=failed.arn)
    child = orders.executions[-3].map_runs[0].executions[-1]
    child.redrive()
    sync = boto3.client("stepfunctions").start_sync_execution(stateMachineArn=fast.arn)

    assert (failed.status, failed.error, failed.redrive_count) == ("FAILED", "Again", 1)
    assert (succeeding.status, succeeding._record.attempts[-1].ending.output) == ("RUNNING", '{"ok":true}')
    assert (child.status, child.redrive_count) == ("SUCCEEDED", 1)
    assert (sync["status"], sync["stopDate"] - sync["startDate"]) == ("TIMED_OUT", timedelta(minutes=1))


def test_json_document(sfn):
    """The same document may be JSON."""
    document = with_orders(executions=[{"name": "a", "status": "ABORTED", "start_date": "-1d"}])
    [orders] = sfn.seed(json.dumps(document))

    assert [(run.name, run.start_date) for run in orders.executions] == [("a", NOW - timedelta(days=1))]


@pytest.mark.parametrize("form", [str, Path])
def test_file(sfn, tmp_path, form):
    """A document may be a path of a JSON or YAML file."""
    path = tmp_path / "seeds.yaml"
    path.write_text(IN_YAML, encoding="utf-8")

    assert [machine.name for machine in sfn.seed(form(path))] == ["orders", "fast"]


def test_dict_may_have_python_dates(sfn):
    """A dict may have Python's dates and timedeltas."""
    run = {"name": "a", "status": "FAILED", "start_date": timedelta(hours=-1), "duration": timedelta(minutes=1)}
    [orders] = sfn.seed(with_orders(executions=[run, {"status": "RUNNING", "start_date": NOW}]))

    assert [run.start_date for run in orders.executions] == [NOW - timedelta(hours=1), NOW]


def test_machine_that_exists_is_added_to(sfn, client, orders):
    """A document adds executions to an existing machine; a machine may be named twice."""
    orders.add_execution("before", status="RUNNING")
    orders.publish_version()
    twice = {"name": "orders", "executions": [{"name": "twice", "status": "RUNNING", "version": 2}]}
    seeded = sfn.seed({"state_machines": [{"name": "orders", "versions": [{}]}, twice]})

    assert seeded == [orders]
    assert [run.name for run in orders.executions] == ["before", "twice"]
    assert list(orders.versions) == ["1", "2"]


def test_other_regions_and_accounts(sfn):
    """A machine may be in another account and region."""
    place = {"region": "eu-central-1", "account_id": "111111111111"}
    [abroad] = sfn.seed({"state_machines": [{"name": "orders", **place}]})

    assert abroad.arn == "arn:aws:states:eu-central-1:111111111111:stateMachine:orders"


def test_empty_document(sfn):
    """A document without machines stores nothing; null counts as nothing."""
    assert sfn.seed({"state_machines": []}) == []
    assert sfn.seed("state_machines: [{name: orders, type: null, executions: null}]\n")[0].executions == []


def test_seed_warning(sfn):
    """A start after now gives a warning at the test's line."""
    with pytest.warns(SeedWarning, match="start_date 2026-01-10T04:00:00.000Z is after now") as warned:
        sfn.seed(with_orders(executions=[{"status": "RUNNING", "start_date": "+1h"}]))

    assert warned[0].filename == __file__


# --- Dates and lengths of time -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "date"),
    [
        pytest.param("now", NOW, id="now"),
        pytest.param("-2h", NOW - timedelta(hours=2), id="hours ago"),
        pytest.param("-1w2d3h4m5s6ms", NOW - timedelta(9, 5, 0, 6, 4, 3), id="all units"),
        pytest.param("-1.5h", NOW - timedelta(hours=1.5), id="part of an hour"),
        pytest.param("-PT2H", NOW - timedelta(hours=2), id="ISO 8601, ago"),
        pytest.param("-P1W", NOW - timedelta(weeks=1), id="ISO 8601, weeks"),
        pytest.param("-P1DT2H3M4.5S", NOW - timedelta(1, 4.5, 0, 0, 3, 2), id="ISO 8601, all units"),
        pytest.param("2026-01-10", datetime(2026, 1, 10, tzinfo=timezone.utc), id="a day"),
        pytest.param("2026-01-10T03:00:00.250+01:00", NOW - timedelta(seconds=3599.75), id="a date with a zone"),
    ],
)
def test_dates(sfn, text, date):
    """Dates have the forms of the seeding methods, or are relative to now; YAML does not convert them."""
    [in_yaml] = sfn.seed(f"state_machines:\n- {{name: yaml, executions: [{{status: RUNNING, start_date: {text}}}]}}")
    [in_json] = sfn.seed(json.dumps({"state_machines": [{"name": "json", "creation_date": text}]}))

    assert in_yaml.executions[0].start_date == in_json.creation_date == date


@freeze_time(NOW)
def test_dates_may_be_in_the_future(sfn):
    """A relative date with a plus is in the future."""
    document = with_orders(executions=[{"status": "FAILED", "stop_date": "+PT90S"}])

    assert sfn.seed(document)[0].executions[0]._record.attempts[-1].stop == (NOW.timestamp() + 90) * 1000


@pytest.mark.parametrize("text", ["", "5", "5x", "-", "P", "PT", "P1Y", "1h -2m", "9999999999w", "-5m"])
def test_text_that_is_not_a_duration(sfn, text):
    """Another text is refused, with examples of correct ones."""
    with pytest.raises(ValueError) as error:
        sfn.seed(with_orders(executions=[{"status": "FAILED", "duration": text}]))

    assert str(error.value) == (
        f"state_machines[0].executions[0].duration must be a timedelta >= 0 or text like '5m', '1h30m', '250ms' or "
        f"'PT1H30M', got {text!r}"
    )


# --- Refused documents -------------------------------------------------------------------------------------------

KEYS_OF_A_MACHINE = (
    "account_id, aliases, creation_date, definition, executions, name, on_redrive, on_start, region, role_arn, type, "
    "versions"
)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        pytest.param([], "The seed document must be an object with 'state_machines', a list, got []", id="no object"),
        pytest.param(
            {"machines": []},
            "The seed document must be an object with 'state_machines', a list, got {'machines': []}. "
            "Did you mean 'state_machines' by 'machines'?",
            id="no machines",
        ),
        pytest.param(
            {"state_machines": [], "executions": []},
            "The seed document has the unknown key 'executions'. Known: $schema, state_machines.",
            id="more than machines",
        ),
        pytest.param(
            {"state_machines": {}}, "state_machines must be a list, got {}", id="machines that are not a list"
        ),
        pytest.param(
            {"state_machines": ["orders"]},
            (
                "state_machines[0] must be an object with any of account_id, aliases, creation_date, definition, "
                "executions, name, on_redrive, on_start, region, role_arn, type, versions, got 'orders'"
            ),
            id="a machine that is not an object",
        ),
        pytest.param({"state_machines": [{}]}, "state_machines[0].name must be given, got nothing", id="no name"),
        pytest.param(
            {"state_machines": [{"name": 7}]},
            (
                "state_machines[0].name must be a str of 1 to 80 characters, got 7. YAML reads a bare no or 12 as "
                "false or a number: quote it."
            ),
            id="a number for a name",
        ),
        pytest.param(
            with_orders(kind="EXPRESS"),
            (
                "state_machines[0] has the unknown key 'kind'. Known: account_id, aliases, creation_date, "
                "definition, executions, name, on_redrive, on_start, region, role_arn, type, versions."
            ),
            id="an unknown key",
        ),
        pytest.param(
            {"state_machines": [{"name": "new", "account_id": 123456789012}]},
            "state_machines[0]: account_id must be a string of 12 digits, got 123456789012.",
            id="an account that is a number",
        ),
        pytest.param(
            {"state_machines": [{"name": "new", "region": "moon"}]},
            "state_machines[0]: region must be the name of an AWS region, such as 'us-east-1', got 'moon'.",
            id="no region",
        ),
        pytest.param(
            {"state_machines": [{"name": "new"}, {"name": "fast", "type": "FAST"}]},
            "state_machines[1].type must be one of STANDARD, EXPRESS, got 'FAST'",
            id="an unknown type",
        ),
        pytest.param(
            with_orders(type="STANDARD"),
            (
                "state_machines[0].type must be left out to add to "
                "arn:aws:states:us-east-1:123456789012:stateMachine:orders, which exists already"
            ),
            id="the type of one that exists",
        ),
        pytest.param(
            with_orders(definition={1, 2}),
            (
                "state_machines[0].definition must be left out to add to "
                "arn:aws:states:us-east-1:123456789012:stateMachine:orders, which exists already"
            ),
            id="the definition of one that exists",
        ),
        pytest.param(
            {"state_machines": [{"name": "new", "definition": {1}}]},
            "state_machines[0].definition must be JSON text, or a dict, list or number to be written as JSON, got {1}",
            id="a definition that JSON cannot represent",
        ),
        pytest.param(
            with_orders(versions=[{"description": "x" * 257}]),
            (
                "state_machines[0].versions[0].description must be a str of at most 256 characters, got "
                "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
            ),
            id="a description that is too long",
        ),
        pytest.param(
            with_orders(aliases=[{"name": "live"}]),
            "state_machines[0].aliases[0].version must be given, got nothing",
            id="an alias of no version",
        ),
        pytest.param(
            with_orders(versions=[{}], aliases=[{"name": "live", "version": 7}]),
            (
                "state_machines[0].aliases[0].version must be a version of "
                "arn:aws:states:us-east-1:123456789012:stateMachine:orders, which has 1, got 7"
            ),
            id="an alias of an unknown version",
        ),
        pytest.param(
            with_orders(executions=[{"name": "a"}]),
            "state_machines[0].executions[0].status must be given, got nothing",
            id="no status",
        ),
        pytest.param(
            with_orders(executions=[{"status": "RUNNING"}, {"status": "FAILD"}]),
            (
                "state_machines[0].executions[1].status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, "
                "ABORTED, got 'FAILD'. Did you mean 'FAILED'?"
            ),
            id="an unknown status",
        ),
        pytest.param(
            with_orders(executions=[{"status": "FAILED", "start_date": "2h"}]),
            (
                "state_machines[0].executions[0].start_date must be ISO 8601 text like '2026-01-10T02:00:00Z', or "
                "a time from now like '-2h', '+5m' or 'now', got '2h'"
            ),
            id="a length of time for a date",
        ),
        pytest.param(
            with_orders(executions=[{"status": "FAILED", "count": 2, "redrive_count": 1}]),
            (
                "state_machines[0].executions[0] has the unknown key 'redrive_count'. Known: alias, cause, count, "
                "duration, error, input, interval, name, output, start_date, status, version."
            ),
            id="a key that many have not",
        ),
        pytest.param(
            with_orders(executions=[{"status": "FAILED", "interval": "1m"}]),
            (
                "state_machines[0].executions[0] has the unknown key 'interval'. Known: alias, cause, duration, "
                "error, failed_in, input, map_runs, name, output, redrive_count, redrive_date, start_date, status, "
                "stop_date, version."
            ),
            id="a key that one has not",
        ),
        pytest.param(
            with_orders(executions=[{"status": "RUNNING", "map_runs": [{"label": "a/b"}]}]),
            (
                "state_machines[0].executions[0].map_runs[0].label must be free of '/', which AWS refuses in "
                "labels, got 'a/b'"
            ),
            id="a label that cannot be",
        ),
        pytest.param(
            with_orders(
                executions=[
                    {"status": "RUNNING", "map_runs": [{"executions": [{"status": "FAILED", "item_count": -1}]}]}
                ]
            ),
            "state_machines[0].executions[0].map_runs[0].executions[0].item_count must be an int >= 0, got -1",
            id="a child that cannot be",
        ),
        pytest.param(with_orders(on_start=7), "state_machines[0].on_start must be a list, got 7", id="no outcome"),
        pytest.param(
            with_orders(on_start={"duration": "5m"}),
            "state_machines[0].on_start.status must be given, got nothing",
            id="an outcome without a status",
        ),
        pytest.param(
            with_orders(on_start=["FAILED", {"status": "SUCCEEDED", "duration": 300}]),
            (
                "state_machines[0].on_start[1].duration must be a timedelta >= 0 or text like '5m', '1h30m', "
                "'250ms' or 'PT1H30M', got 300"
            ),
            id="a number for a length of time",
        ),
        pytest.param(
            with_orders(on_redrive=["FAILED", "FAILD"]),
            (
                "state_machines[0].on_redrive[1].status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, "
                "ABORTED, got 'FAILD'. Did you mean 'FAILED'?"
            ),
            id="an unknown outcome",
        ),
        pytest.param(
            with_orders(on_start=[]),
            (
                "state_machines[0].on_start must be a status, a list like ['FAILED', 'SUCCEEDED'] or a "
                "callable(name, input), got []"
            ),
            id="an empty list of outcomes",
        ),
        pytest.param("{\n}}", "The seed document: invalid JSON in line 2, column 2: Extra data.", id="no JSON"),
        pytest.param(
            '{"a": ' + "[" * 100_000,
            "The seed document: invalid JSON: it is nested too deeply.",
            id="JSON too deep",
        ),
        pytest.param(
            "a: b: c\n",
            "The seed document: invalid YAML in line 1, column 5: mapping values are not allowed here.",
            id="no YAML",
        ),
        pytest.param(
            "a: \x00\n",
            "The seed document: invalid YAML: unacceptable character #x0000: special characters are "
            'not allowed in "<unicode string>", position 3.',
            id="YAML that is not text",
        ),
        *(
            pytest.param(
                f"a: !!{tag} foo\n",
                "The seed document: invalid YAML: a tag such as !!bool does not fit its value.",
                id=f"a {tag} that is none",
            )
            for tag in ("bool", "timestamp")
        ),
    ],
)
def test_refused(sfn, orders, document, sentence):
    """The error names the position in the document and what is wrong, and nothing is stored."""
    with pytest.raises(ValueError) as error:
        sfn.seed(document)

    assert str(error.value) == sentence
    assert sfn.state_machines == [orders]
    assert orders.executions == []


def test_refused_file(sfn, tmp_path):
    """For a file the error begins with its name."""
    path = tmp_path / "seeds.yaml"
    path.write_text("state_machines: [{name: a/b}]", encoding="utf-8")
    with pytest.raises(ValueError) as error:
        sfn.seed(path)

    assert str(error.value) == (
        f"{path}: state_machines[0].name must be free of '/', which AWS refuses in names, got 'a/b'"
    )


def test_no_file(sfn, tmp_path):
    """A path without a readable file is an error that says so."""
    missing = tmp_path / "seeds.yaml"
    with pytest.raises(FileNotFoundError) as not_found:
        sfn.seed(missing)
    with pytest.raises(ValueError) as unreadable:
        sfn.seed(tmp_path)

    assert str(not_found.value) == (
        f"No file {str(missing)!r}: give the path of a file, JSON text that starts with '{{' or '[', "
        "or YAML text of several lines."
    )
    assert str(unreadable.value).startswith(f"{tmp_path}: cannot read {str(tmp_path)!r} (")


def test_without_pyyaml(sfn, monkeypatch):
    """Without PyYAML, JSON works, and YAML is an error that names PyYAML."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    sfn.seed('{"state_machines": []}')
    with pytest.raises(ValueError) as error:
        sfn.seed("state_machines: []\n")

    assert str(error.value) == (
        "The seed document: cannot read YAML: PyYAML is not installed; pip install "
        "'sfn_mock[server]', or give JSON instead."
    )


# --- All or nothing ----------------------------------------------------------------------------------------------

#: The part of the document before the one that is refused.
ADDITIONS = [
    pytest.param({}, id="nothing"),
    pytest.param({"versions": [{}]}, id="a version"),
    pytest.param({"aliases": [{"name": "live", "version": 2}]}, id="an alias that replaces another"),
    pytest.param({"aliases": [{"name": "new", "version": 1}]}, id="an alias"),
    pytest.param({"executions": [{"name": "new", "status": "RUNNING"}]}, id="an execution"),
    pytest.param({"executions": [{"count": 3, "status": "FAILED"}]}, id="executions with default names"),
    pytest.param({"executions": [{"count": 5, "status": "FAILED", "alias": "live"}]}, id="turns of an alias"),
    pytest.param(
        {
            "executions": [
                {
                    "status": "RUNNING",
                    "map_runs": [
                        {"label": "Items", "executions": [{"name": "new", "status": "FAILED"}]},
                        {"label": "Others", "executions": [{"name": "new", "status": "FAILED"}]},
                    ],
                }
            ]
        },
        id="map runs, one with the label of another",
    ),
    pytest.param({"on_start": "SUCCEEDED"}, id="outcomes of starts"),
    pytest.param({"on_redrive": "SUCCEEDED"}, id="outcomes of redrives"),
]


@pytest.mark.parametrize("additions", ADDITIONS)
def test_all_or_nothing(sfn, client, orders, additions):
    """If a later part is refused, lists, counts, names, turns and outcomes are as before."""
    one, two = orders.publish_version(), orders.publish_version()
    orders.add_alias("live", [(one, 50), (two, 50)])
    first = orders.add_execution("first", status="FAILED", alias="live", start_date=timedelta(hours=-1))
    first.redrive()
    orders.add_executions(2, status="SUCCEEDED")
    batch = orders.add_execution("parent", status="RUNNING").add_map_run("Items")
    batch.add_execution("child", status="RUNNING")
    orders.on_start(status="FAILED", error="Mine")
    orders.on_redrive(status="TIMED_OUT")
    refused = {"name": "new", "executions": [{"status": "RUNNING"}, {"status": "FAILD"}]}
    with pytest.raises(ValueError, match="FAILD"):
        sfn.seed({"state_machines": [{"name": "orders", **additions}, refused]})

    assert sfn.state_machines == [orders]
    assert [machine["name"] for machine in client.list_state_machines()["stateMachines"]] == ["orders"]
    listed = client.list_executions(stateMachineArn=MACHINE)["executions"]
    assert sorted(run["name"] for run in listed) == ["execution-0", "execution-1", "first", "parent"]
    assert [run.arn for run in sfn.get_execution(f"{PREFIX}:execution:orders:parent").map_runs] == [batch.arn]
    assert [child["name"] for child in client.list_executions(mapRunArn=batch.arn)["executions"]] == ["child"]
    assert list(orders.aliases) == ["live"]
    # Later seeds and starts are the same as without the document.
    assert batch.add_execution("new", status="RUNNING").name == "new"
    assert orders.add_executions(1, status="SUCCEEDED")[0].name == "execution-2"
    assert orders.add_execution(status="RUNNING", alias="live").version_arn == two.arn
    started = sfn.get_execution(client.start_execution(stateMachineArn=MACHINE)["executionArn"])
    assert (started.status, started.error) == ("FAILED", "Mine")
    started.redrive()
    assert started.status == "TIMED_OUT"
    assert orders.publish_version().number == 3


def test_warning_made_an_error_stores_nothing(sfn, orders):
    """If the warning is an error, nothing is stored."""
    document = with_orders(executions=[{"name": "a", "status": "RUNNING"}, {"status": "RUNNING", "start_date": "+1h"}])
    with pytest.raises(SeedWarning):
        sfn.seed(document)

    assert orders.executions == []
