"""``load`` of sources other than listings: descriptions, files of a ResultWriter, YAML."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from answers import members

from sfn_mock import SeedWarning, mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")

ARNS = "arn:aws:states:us-east-1:123456789012:"
MINUTE = timedelta(minutes=1)


def described(name="nightly", **more):
    """An answer of DescribeExecution."""
    everything = {
        "executionArn": f"{ARNS}execution:orders:{name}",
        "stateMachineArn": f"{ARNS}stateMachine:orders",
        "name": name,
        "status": "SUCCEEDED",
        "startDate": "2026-01-10T02:00:00Z",
        "stopDate": "2026-01-10T02:05:00Z",
        **more,
    }
    return {member: value for member, value in everything.items() if value is not None}


def written(name="first", label="Each", **more):
    """A ResultWriter's description of a child execution."""
    return {
        "ExecutionArn": f"{ARNS}execution:orders/{label}:{name}",
        "Input": "[1]",
        "InputDetails": {"Included": True},
        "Name": name,
        "StartDate": "2026-01-10T02:00:00Z",
        "StateMachineArn": f"{ARNS}stateMachine:orders/{label}",
        "Status": "SUCCEEDED",
        "StopDate": "2026-01-10T02:01:00Z",
        **more,
    }


def child(id=None, **more):
    """ListExecutions' item of a child execution."""
    kind, ending = ("execution", "") if id is None else ("express", f":{id}")
    name = more.get("name", "first")
    return described(
        **{
            "name": name,
            "executionArn": f"{ARNS}{kind}:orders/Each:{name}{ending}",
            "stateMachineArn": f"{ARNS}stateMachine:orders/Each",
            "mapRunArn": f"{ARNS}mapRun:orders/Each:1",
            "itemCount": 2,
            **more,
        }
    )


def test_loaded_descriptions_are_shown_unchanged():
    """Listings and descriptions of the mock, loaded into a new mock, are listed and described the same."""
    with mock_sfn_executions() as sfn:
        client = boto3.client("stepfunctions", "us-east-1")
        orders = sfn.add_state_machine("orders")
        orders.add_execution("a", status="SUCCEEDED", input={"id": 1}, output=[1], duration=MINUTE, start_date=-MINUTE)
        orders.add_execution("b", status="FAILED", input="2", error="Late", cause="Rain")
        orders.add_execution("c", status="ABORTED", error="Halt")
        orders.add_execution("d", status="TIMED_OUT")
        parent = orders.add_execution("e", status="RUNNING", input="[5]")
        batch = parent.add_map_run("Each")
        batch.add_execution("f", status="FAILED", error="Late", item_count=7)
        batch.add_execution("g", status="PENDING_REDRIVE", item_count=3)
        scopes = [{"stateMachineArn": orders.arn}, {"mapRunArn": batch.arn}]
        listed = [client.list_executions(**scope)["executions"] for scope in scopes]
        answers = [
            members(client.describe_execution(executionArn=item["executionArn"])) for items in listed for item in items
        ]
    with mock_sfn_executions() as sfn:
        sfn.load([{"executions": listed[0]}, *listed[1], *answers])

        assert [client.list_executions(**scope)["executions"] for scope in scopes] == listed
        assert [members(client.describe_execution(executionArn=item["executionArn"])) for item in answers] == answers


@pytest.mark.parametrize("whole", [False, True], ids=["a description", "a list"])
def test_a_description_is_loaded(client, sfn, whole):
    """A source may be one answer of DescribeExecution, with input, output and trace header, or a list."""
    answer = described(input='{"id": 7}', output="[7]", traceHeader="Root=1", inputDetails={"included": True})
    [run] = sfn.load([answer] if whole else answer)

    assert (run.input, run.output) == ('{"id": 7}', "[7]")
    assert client.describe_execution(executionArn=run.arn)["traceHeader"] == "Root=1"


def test_error_of_a_timeout_is_left_out(sfn):
    """Error and cause are kept only for FAILED and ABORTED executions."""
    [run] = sfn.load(described(status="TIMED_OUT", error="States.Timeout", cause="late"))

    assert (run.error, run.cause) == (None, None)


def test_results_of_a_map_run(client, sfn, tmp_path):
    """A ResultWriter's files are the children of one map run; PENDING ones have not started."""
    ended = [written(Output="[2]"), written("second", Status="FAILED", Error="Late", Cause="Rain")]
    path = tmp_path / "SUCCEEDED_0.json"
    path.write_text(json.dumps([*ended, written("third", Status="PENDING", StartDate=None, StopDate=None)]))
    first, second = sfn.load(path)

    assert (first.input, first.output, first.item_count) == ("[1]", "[2]", 1)
    assert (second.status, second.error, second.cause) == ("FAILED", "Late", "Rain")
    items = client.list_executions(mapRunArn=first.map_run.arn)["executions"]
    assert [item["name"] for item in items] == ["first", "second"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_results_in_json_lines(sfn, tmp_path, encoding):
    """A ResultWriter's file may be in JSON Lines, with one child in each line."""
    path = tmp_path / "SUCCEEDED_0.jsonl"
    lines = [json.dumps(written(Output='"\u2028"'), ensure_ascii=False), "", json.dumps(written("second"))]
    path.write_text("\n".join(lines), encoding=encoding)
    first, second = sfn.load(path)

    assert (first.name, first.output, second.name) == ("first", '"\u2028"', "second")


def test_results_of_a_known_map_run(sfn):
    """Children without a map run belong to the known map run with their label."""
    batch = sfn.add_state_machine("orders").add_execution(status="RUNNING", start_date="-12h").add_map_run("Each")
    [run] = sfn.load([written()])

    assert run.map_run == batch


def test_results_of_several_map_runs(sfn):
    """If several map runs have the label, a child must name its own."""
    parent = sfn.add_state_machine("orders").add_execution(status="RUNNING")
    parent.add_map_run("Each")
    parent.add_map_run("Each")
    with pytest.raises(ValueError) as refused:
        sfn.load([written()])

    assert str(refused.value) == (
        f"Item 1 ({ARNS}execution:orders/Each:first): mapRunArn must be given, got nothing: several "
        "map runs have the label 'Each'."
    )


@pytest.mark.parametrize(
    "redrive", [{}, {"redriveCount": 1, "redriveDate": "2026-01-10T03:00:00Z"}], ids=["never", "redriven"]
)
def test_pending_child_without_a_stop_date(client, sfn, redrive):
    """A PENDING_REDRIVE child without a stop date stopped at its last redrive or start."""
    [run] = sfn.load([child(status="PENDING_REDRIVE", stopDate=None, **redrive)])

    assert (run.status, run.stop_date.hour) == ("PENDING_REDRIVE", 3 if redrive else 2)


def test_redriven_express_children_keep_their_order(client, sfn):
    """EXPRESS redrives have no date, so the order of the source is kept."""
    running = {"status": "RUNNING", "stopDate": None}
    items = [
        child("1", name="a", redriveCount=1, **running),
        child("2", name="b", stopDate="2026-01-10T04:00:00Z"),
        child("3", name="c", startDate="2026-01-10T03:00:00Z", redriveCount=0, **running),
        child("4", name="d", redriveCount=2, **running),
    ]
    runs = sfn.load(items)

    listed = client.list_executions(mapRunArn=f"{ARNS}mapRun:orders/Each:1")["executions"]
    assert [(item["name"], item["redriveCount"]) for item in listed] == [("a", 1), ("b", 0), ("c", 0), ("d", 2)]
    assert sfn.load(items) == runs


def test_redriven_express_child_that_has_ended(client, sfn, clock):
    """An EXPRESS child that has ended has one attempt: before its stop it is RUNNING, with all its redrives."""
    first = child("1", name="a", redriveCount=2, stopDate="2026-01-10T02:30:00Z")
    never = child("2", name="b", redriveCount=0, stopDate="2026-01-10T02:20:00Z")
    sfn.load([first, never])
    clock.move_to("2026-01-10T02:10:00Z")
    listed = client.list_executions(mapRunArn=f"{ARNS}mapRun:orders/Each:1")["executions"]

    assert {(item["name"], item["status"], item["redriveCount"]) for item in listed} == {
        ("a", "RUNNING", 2),
        ("b", "RUNNING", 0),
    }


def test_yaml_of_the_cli(client, sfn, tmp_path):
    """Output of ``--output yaml`` can be loaded as text of several lines and as a file."""
    text = "executions:\n" + "".join(
        f"{'-' if member == 'executionArn' else ' '} {member}: '{value}'\n" for member, value in described().items()
    )
    path = tmp_path / "executions.yaml"
    path.write_text(text)

    assert [run.name for run in sfn.load(text)] == ["nightly"]
    assert [run.name for run in sfn.load(path)] == ["nightly"]


def test_text_that_is_not_yaml(sfn):
    """The error names the position."""
    with pytest.raises(ValueError, match=r"^source: invalid YAML in line 2, column \d+: "):
        sfn.load("executions:\n  - [")


def test_unknown_members_warn(sfn):
    """Unknown members are ignored, and the warning suggests the right name."""
    with pytest.warns(SeedWarning) as warned:
        sfn.load([described(inptu="{}"), described(inptu="{}", billed=True)])

    first, second = (f"Item {number} ({ARNS}execution:orders:nightly)" for number in (1, 2))
    assert [str(warning.message) for warning in warned] == [
        f"Members that AWS does not have were ignored: 'inptu' of {first} (did you mean 'input'?), "
        f"'billed' of {second}."
    ]


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [
        pytest.param({"input": "1"}, {"input": "2"}, "input 2 instead of 1", id="input"),
        pytest.param({"output": "1"}, {"output": "2"}, "output 2 instead of 1", id="output"),
    ],
)
@pytest.mark.parametrize("together", [True, False], ids=["in one source", "stored"])
def test_data_that_differs(sfn, first, second, difference, together):
    """Two items of one execution must have equal data, or none."""
    if not together:
        sfn.load(described(**first))
    with pytest.raises(ValueError, match=rf"with other values \({difference}\)"):
        sfn.load([described(**first), described(**second)])


def test_data_from_before_the_end(sfn):
    """An item may show a stored execution as it was before its end."""
    orders = sfn.add_state_machine("orders")
    run = orders.add_execution("nightly", status="FAILED", start_date=-MINUTE, duration=2 * MINUTE, error="Late")

    assert sfn.load(described(status="RUNNING", startDate=run.start_date, stopDate=None, input="{}")) == [run]


def test_item_count_of_two_forms(sfn):
    """If a source has both forms of a child, its item count is that of the listing."""
    assert [run.item_count for run in sfn.load([child(itemCount=None), child()])] == [2, 2]


def test_a_map_run_that_a_listing_names(client, sfn):
    """A map run that load creates with its children tolerates no failure, and ends with them."""
    arn = f"{ARNS}mapRun:orders/Each:1f2e"
    sfn.load(
        described(
            executionArn=f"{ARNS}execution:orders/Each:nightly",
            stateMachineArn=f"{ARNS}stateMachine:orders/Each",
            mapRunArn=arn,
        )
    )

    answer = client.describe_map_run(mapRunArn=arn)
    assert (answer["status"], answer["stopDate"]) == ("SUCCEEDED", datetime(2026, 1, 10, 2, 5, tzinfo=timezone.utc))
    assert (answer["toleratedFailureCount"], answer["toleratedFailurePercentage"]) == (0, 0.0)


def test_data_of_a_redriven_execution(client, sfn):
    """An item of an execution that has ended twice is compared with its last end."""
    run = sfn.add_state_machine("orders").add_execution("nightly", status="FAILED", start_date="-1h", error="E")
    run.redrive()
    run.succeed('{"ok":true}')
    answer = client.describe_execution(executionArn=run.arn)

    with pytest.raises(ValueError, match=r'output \{"ok":false\} instead of \{"ok":true\}'):
        sfn.load({**answer, "output": '{"ok":false}'})


def test_running_execution_is_compared_as_it_is_now(client, sfn):
    """An execution that ends later is compared with its current state."""
    run = sfn.add_state_machine("orders").add_execution(
        "nightly", status="SUCCEEDED", start_date="-1h", duration=timedelta(hours=2)
    )
    answer = client.describe_execution(executionArn=run.arn)

    with pytest.raises(ValueError, match=r"\(startDate \S+ instead of \S+\)"):
        sfn.load({**answer, "startDate": "2026-01-10T11:30:00Z"})


def test_retention_of_a_redriven_execution_counts_from_its_last_end():
    """Whether an execution is still kept depends on its last end."""
    with mock_sfn_executions(retention=timedelta(hours=1)) as sfn, pytest.warns(SeedWarning, match="retention"):
        sfn.load(described(status="FAILED", redriveCount=1, redriveDate="2026-01-10T02:03:00Z"))
