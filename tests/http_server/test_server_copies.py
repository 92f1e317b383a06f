"""Copies of a server's contents: tests that run, and seed documents that can be loaded."""

from __future__ import annotations

import json
from datetime import timedelta
from textwrap import dedent
from urllib.parse import urlencode

import boto3
import pytest
import urllib3
from moto import mock_aws

import sfn_mock
from sfn_mock import mock_sfn_executions
from sfn_mock.http_server.copies import MOST, write_copy

NOW = "2026-01-10T03:00:00Z"
MINUTE = timedelta(minutes=1)
DEFINITION = {
    "StartAt": "Work",
    "States": {"Work": {"Type": "Pass", "Next": "Ship"}, "Ship": {"Type": "Succeed"}},
}

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.usefixtures("clock")


def copy(sfn, of, form="yaml", **arguments):
    return write_copy(sfn._session, {"of": of.arn, "as": form, **arguments})


def seed(sfn):
    """Seed versions, an alias, an execution of each status and kind, and a map run; return the state machine."""
    orders = sfn.add_state_machine(
        "orders",
        definition=DEFINITION,
        role_arn="arn:aws:iam::123456789012:role/orders",
        creation_date="2026-01-01T00:00:00Z",
    )
    v1, v2 = orders.publish_version(), orders.publish_version("faster")
    orders.add_alias("live", [(v1, 90), (v2, 10)], description="weighted")
    orders.add_alias("stable", v1)
    same = {"start_date": "2026-01-10T01:00:00Z", "duration": 5 * MINUTE}
    orders.add_execution("good", status="SUCCEEDED", output={"ok": True}, input='{"spaced": 1}', alias="live", **same)
    orders.add_execution("bad", status="FAILED", error="Out", cause='of "stock"', failed_in="Work", **same)
    orders.add_execution("late", status="TIMED_OUT", version=v2, **same)
    orders.add_execution("off", status="ABORTED", error="Why", input=[1, {"a": None}, "é\ud800"], **same)
    orders.add_execution("again", status="SUCCEEDED", redrive_count=2, redrive_date="2026-01-10T01:01:00Z", **same)
    parent = orders.add_execution("night", status="RUNNING", start_date="2026-01-10T02:00:00Z")
    done = parent.add_map_run("Done", status="FAILED", tolerated_failure_count=2, stop_date="2026-01-10T02:30:00Z")
    done.add_execution("a", status="FAILED", error="Out", start_date="2026-01-10T02:00:00Z", item_count=3)
    going = parent.add_map_run("Going", max_concurrency=2, tolerated_failure_percentage=2.5, execution_type="EXPRESS")
    going.add_executions(2, status="SUCCEEDED", item_count=2)
    going.add_execution("b", status="RUNNING", start_date="2026-01-10T02:59:00Z", redrive_count=1, item_count=2)
    return orders


def shown(client, machine_arn):
    """The answers of AWS's operations about a state machine, without what differs in each copy."""
    own = ("executionArn", "mapRunArn", "ResponseMetadata", "revisionId", "updateDate")

    def shown_members(answer):
        return {name: value for name, value in answer.items() if name not in own}

    listed = client.list_executions(stateMachineArn=machine_arn)["executions"]
    aliases = client.list_state_machine_aliases(stateMachineArn=machine_arn)["stateMachineAliases"]
    map_runs = [
        run["mapRunArn"]
        for execution in listed
        for run in client.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    ]
    return {
        "machine": shown_members(client.describe_state_machine(stateMachineArn=machine_arn)),
        "versions": len(client.list_state_machine_versions(stateMachineArn=machine_arn)["stateMachineVersions"]),
        "aliases": [
            shown_members(client.describe_state_machine_alias(stateMachineAliasArn=alias["stateMachineAliasArn"]))
            for alias in aliases
        ],
        "executions": [
            shown_members(client.describe_execution(executionArn=execution["executionArn"])) for execution in listed
        ],
        "events": [
            [event["type"] for event in client.get_execution_history(executionArn=each["executionArn"])["events"]]
            for each in listed
        ],
        "map runs": [shown_members(client.describe_map_run(mapRunArn=arn)) for arn in map_runs],
        "children": [
            shown_members(child) for arn in map_runs for child in client.list_executions(mapRunArn=arn)["executions"]
        ],
    }


def test_yaml_loads_again():
    """The YAML of a state machine, loaded elsewhere, creates all that AWS's operations show."""
    with mock_sfn_executions(region="eu-central-1", account_id="210987654321") as sfn:
        orders = seed(sfn)
        before = shown(boto3.client("stepfunctions"), orders.arn)
        text = copy(sfn, orders)
    with mock_sfn_executions(region="us-east-1") as sfn:
        [elsewhere] = sfn.seed(text)
    with mock_sfn_executions(region="eu-central-1", account_id="210987654321") as sfn:
        [again] = sfn.seed(text)
        client = boto3.client("stepfunctions")

        assert elsewhere.arn == again.arn
        assert shown(client, again.arn) == before
        assert (len(before["executions"]), len(before["map runs"]), len(before["children"])) == (6, 2, 4)
        assert copy(sfn, again) == text


def test_yaml():
    """The document has only values that are not defaults, with dates in UTC, below a comment."""
    with mock_sfn_executions(region="us-east-1") as sfn:
        orders = sfn.add_state_machine("orders", creation_date="2026-01-01T00:00:00Z")
        orders.add_execution("a", status="FAILED", start_date="2026-01-10T02:00:00.250Z", error="Out", input={"n": [1]})

        assert copy(sfn, orders) == dedent(
            """\
            # The state machine orders as a server showed it at 2026-01-10T03:00:00.000Z.
            state_machines:
            - name: orders
              creation_date: '2026-01-01T00:00:00Z'
              region: us-east-1
              account_id: '123456789012'
              executions:
              - name: a
                status: FAILED
                start_date: '2026-01-10T02:00:00.250Z'
                stop_date: '2026-01-10T02:00:00.250Z'
                input:
                  n:
                  - 1
                error: Out
            """
        )


def test_pytest():
    """The test seeds what exists, and asserts the answer of ListExecutions."""
    with mock_sfn_executions(region="us-east-1") as sfn:
        orders = sfn.add_state_machine("nightly-orders", creation_date="2026-01-01T00:00:00Z")
        orders.add_execution("a", status="FAILED", start_date="2026-01-10T02:00:00Z", error="Out", cause="of stock")

        assert copy(sfn, orders, "pytest") == dedent(
            '''\
            """The state machine nightly-orders as a server showed it at 2026-01-10T03:00:00.000Z, as a test."""

            import boto3
            import pytest
            from freezegun import freeze_time


            @freeze_time("2026-01-10T03:00:00.000Z")
            @pytest.mark.sfn_executions(region="us-east-1")
            def test_nightly_orders(sfn_executions):
                machine = sfn_executions.add_state_machine("nightly-orders", creation_date="2026-01-01T00:00:00Z")
                execution = machine.add_execution(
                    "a",
                    status="FAILED",
                    start_date="2026-01-10T02:00:00Z",
                    stop_date="2026-01-10T02:00:00Z",
                    error="Out",
                    cause="of stock",
                )
                client = boto3.client("stepfunctions")

                listed = client.list_executions(stateMachineArn=machine.arn, maxResults=1000)["executions"]

                assert [(each["name"], each["status"]) for each in listed] == [("a", "FAILED")]
            '''
        )


def run(text):
    """Run the only test of a text as pytest would, with the options of its marker."""
    names = {}
    exec(compile(text, "copied.py", "exec"), names)
    [test] = [value for name, value in names.items() if name.startswith("test_")]
    [marker] = test.pytestmark
    with mock_sfn_executions(**marker.kwargs) as sfn:
        test(sfn)


def test_tests_pass():
    """Copied tests of machines, map runs, executions, children and filtered lists pass."""
    with mock_sfn_executions(region="eu-central-1", account_id="210987654321") as sfn:
        orders = seed(sfn)
        good, bad, *_, night = orders.executions
        done, going = night.map_runs
        idle = sfn.add_state_machine("idle")
        clicks = sfn.add_state_machine("clicks", type="EXPRESS")
        copies = [
            *(copy(sfn, each, "pytest") for each in (orders, good, bad, night, done, going, idle, clicks)),
            *(copy(sfn, child, "pytest") for child in (*done.executions, *going.executions[-1:])),
            copy(sfn, orders, "pytest", status="FAILED"),
            copy(sfn, orders, "pytest", name="o"),
            copy(sfn, going, "pytest", status="SUCCEEDED"),
            copy(sfn, orders.aliases["live"], "pytest"),
        ]
    for text in copies:
        run(text)

    assert 'assert described["error"] == "Out"' in copies[2]
    assert 'account_id="210987654321"' in copies[0]
    with pytest.raises(AssertionError):
        run(copies[0].replace('("good", "SUCCEEDED")', '("good", "FAILED")'))


def test_pytest_runs_it(pytester):
    """pytest runs the file of a copied test."""
    with mock_sfn_executions(region="eu-central-1") as sfn:
        text = copy(sfn, seed(sfn), "pytest")
    pytester.path.joinpath("test_copied.py").write_text(text, encoding="utf-8")

    pytester.runpytest_subprocess("-p", "no:randomly", "-W", "error").assert_outcomes(passed=1)


def test_copy_of_a_filtered_list():
    """A copy of a filtered list has only its executions; that of a child has its parent and map run."""
    with mock_sfn_executions(region="us-east-1") as sfn:
        orders = seed(sfn)
        failed = copy(sfn, orders, status="FAILED")
        child = copy(sfn, orders.executions[-1].map_runs[0].executions[0])
    with mock_sfn_executions(region="us-east-1") as sfn:
        [orders] = sfn.seed(failed)
        names = [execution.name for execution in orders.executions]
    with mock_sfn_executions(region="us-east-1") as sfn:
        [orders] = sfn.seed(child)
        [parent] = orders.executions
        map_runs = [(run.label, run.status, [each.name for each in run.executions]) for run in parent.map_runs]

    assert names == ["bad"]
    assert (parent.name, map_runs) == ("night", [("Done", "FAILED", ["a"])])


def test_copy_at_an_earlier_moment(clock):
    """Future executions are not copied, running ones are RUNNING, and deleted versions keep their numbers."""
    with mock_sfn_executions(region="us-east-1") as sfn:
        orders = sfn.add_state_machine("orders")
        v1 = orders.publish_version("first")
        orders.publish_version("second")
        alias = orders.add_alias("old", v1)
        parent = orders.add_execution("a", status="FAILED", duration=5 * MINUTE, alias=alias)
        batches = parent.add_map_run("Batches")
        with pytest.warns(sfn_mock.SeedWarning):
            batches.add_execution("later", status="SUCCEEDED", start_date="+2m", item_count=1)
        batches.add_execution("done", status="SUCCEEDED", item_count=1)
        client = boto3.client("stepfunctions")
        client.delete_state_machine_alias(stateMachineAliasArn=alias.arn)
        client.delete_state_machine_version(stateMachineVersionArn=v1.arn)
        clock.tick(MINUTE)
        text = copy(sfn, orders)
    with mock_sfn_executions(region="us-east-1") as sfn:
        [orders] = sfn.seed(text)
        [run] = orders.executions
        [batches] = run.map_runs
        shown = run.status, batches.status, [child.name for child in batches.executions]
        versions = boto3.client("stepfunctions").list_state_machine_versions(stateMachineArn=orders.arn)

    assert shown == ("RUNNING", "RUNNING", ["done"])
    assert run.version_arn == f"{orders.arn}:1"
    assert run.alias_arn is None
    assert len(versions["stateMachineVersions"]) == 2


@pytest.mark.parametrize(
    ("input", "written"),
    [
        pytest.param('{"a":[1,2]}', {"a": [1, 2]}, id="compact"),
        pytest.param('{"a": 1}', '{"a": 1}', id="with spaces"),
        pytest.param('{"a":1,"a":2}', '{"a":1,"a":2}', id="twice"),
        pytest.param('"text"', '"text"', id="text"),
        pytest.param("[" * 40 + "]" * 40, "[" * 40 + "]" * 40, id="deep"),
        pytest.param('{"a":"2026-01-01","b":"no","c":" x"}', {"a": "2026-01-01", "b": "no", "c": " x"}, id="like YAML"),
    ],
)
def test_inputs(input, written):
    """Input is written as lists and objects if that gives the same text, else as JSON text."""
    with mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        orders.add_execution("a", status="SUCCEEDED", input=input, output=input)
        text = copy(sfn, orders)
    with mock_sfn_executions() as sfn:
        [orders] = sfn.seed(text)

        assert (orders.executions[0].input, orders.executions[0].output) == (input, input)
    assert json.dumps(written) in json.dumps(sfn_mock.seeding.texts.parse(text))


def test_a_definition_that_cannot_be_read():
    """A definition that is not JSON is copied as its text."""
    with mock_aws():
        client = boto3.client("stepfunctions", "us-east-1")
        role = "arn:aws:iam::123456789012:role/orders"
        client.create_state_machine(name="orders", definition="nonsense", roleArn=role)
        with mock_sfn_executions(region="us-east-1") as sfn:
            text = copy(sfn, sfn.get_state_machine("orders"))

    assert "\n  definition: nonsense\n" in text


def test_an_earlier_definition():
    """An execution of an earlier definition is copied without failed_in."""
    with mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders", definition=DEFINITION)
        orders.add_execution("a", status="FAILED", failed_in="Work")
        before = copy(sfn, orders)
        later = {"StartAt": "Other", "States": {"Other": {"Type": "Succeed"}}}
        boto3.client("stepfunctions").update_state_machine(stateMachineArn=orders.arn, definition=json.dumps(later))
        after = copy(sfn, orders)
        sfn.reset()
        sfn.seed(after)

    assert ("failed_in: Work" in before, "failed_in" in after) == (True, False)


@pytest.mark.parametrize(
    ("status", "stop_date", "parent"),
    [
        pytest.param("SUCCEEDED", "2026-01-10T02:01:00Z", "SUCCEEDED", id="ended"),
        pytest.param("FAILED", "2026-01-10T02:01:00Z", "FAILED", id="failed"),
        pytest.param("RUNNING", None, "RUNNING", id="running"),
    ],
)
@pytest.mark.parametrize("of", ["map run", "child"])
def test_a_map_run_without_a_parent(of, status, stop_date, parent):
    """A map run without a parent is copied with a parent with its dates and status."""
    map_run_arn = "arn:aws:states:us-east-1:123456789012:mapRun:orders/Batches:00000000-0000-0000-0000-000000000001"
    item = {
        "executionArn": "arn:aws:states:us-east-1:123456789012:execution:orders/Batches:a",
        "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:orders/Batches",
        "mapRunArn": map_run_arn,
        "name": "a",
        "status": status,
        "startDate": "2026-01-10T02:00:00Z",
        "stopDate": stop_date,
        "itemCount": 3,
    }
    with mock_sfn_executions(region="us-east-1") as sfn:
        [child] = sfn.load([item])
        listed = child if of == "child" else sfn.get_map_run(map_run_arn)
        test, document = copy(sfn, listed, "pytest"), copy(sfn, listed)
        sfn.reset()
        [orders] = sfn.seed(document)
        [execution] = orders.executions
        [batches] = execution.map_runs
        [again] = batches.executions

        assert (execution.name, execution.status) == ("00000000-0000-0000-0000-000000000001", parent)
        assert (execution.start_date, execution.stop_date) == (batches.start_date, batches.stop_date)
        assert (batches.status, again.name, again.status, again.item_count) == (parent, "a", status, 3)
        assert again.stop_date == execution.stop_date
    run(test)


def test_too_many():
    """A copy of too many executions is refused, including child executions."""
    with mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        parent = orders.add_execution("a", status="RUNNING", start_date="-1h")
        parent.add_map_run("Batches").add_executions(MOST, status="SUCCEEDED", item_count=1)
        with pytest.raises(ValueError) as error:
            copy(sfn, orders)

    assert str(error.value) == "A copy holds at most 1,000 executions, and these are 1,001: filter them first."


def test_without_pyyaml(monkeypatch):
    """Without PyYAML, YAML is an error that names it, and a test can be copied."""
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    with mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders")
        with pytest.raises(ValueError) as error:
            copy(sfn, orders)

        assert copy(sfn, orders, "pytest").count("def test_orders(") == 1
    assert str(error.value) == "YAML needs PyYAML: install it with pip install 'sfn_mock[server]'."


def test_over_http():
    """The route returns the text, or an error of one sentence."""
    with sfn_mock.server(region="us-east-1") as sfn:
        orders = sfn.add_state_machine("orders")
        clicks = sfn.add_state_machine("clicks", type="EXPRESS")
        client = boto3.client("stepfunctions")
        click = client.start_execution(stateMachineArn=clicks.arn)["executionArn"]

        def ask(**arguments):
            answer = urllib3.request("GET", f"{sfn.endpoint_url}/sfn-mock/copy?{urlencode(arguments)}")
            return answer.status, answer.json()

        assert ask(**{"as": "yaml", "of": orders.arn}) == (200, {"text": copy(sfn, orders)})
        assert ask(of=orders.arn) == (400, {"message": "as must be given: one of pytest, yaml."})
        assert ask(**{"as": "json", "of": orders.arn}) == (
            400,
            {"message": "as must be one of pytest, yaml, got 'json'"},
        )
        assert ask(**{"as": "yaml", "of": click}) == (
            400,
            {"message": "InvalidArn: Invalid Arn: 'Resource type not valid in this context: express'"},
        )
