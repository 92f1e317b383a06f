"""Coverage: what runs take of a definition, and what they never take."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import boto3
import pytest
from answers import needs_member, unchecked_machine

import sfn_mock
from sfn_mock.instruments.coverage_log import CoverageLog

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
PREFIX = "arn:aws:states:us-east-1:123456789012"
FETCH = {
    "Type": "Task",
    "Resource": f"{PREFIX}:activity:fetch",
    "Retry": [
        {"ErrorEquals": ["Slow"], "IntervalSeconds": 1, "MaxAttempts": 1},
        {"ErrorEquals": ["Never"], "MaxAttempts": 0},
    ],
    "Catch": [{"ErrorEquals": ["Slow"], "Next": "Done"}, {"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
    "Next": "Check",
}
CHECK = {
    "Type": "Choice",
    "Choices": [
        {"Variable": "$.kind", "StringEquals": "new", "Next": "Each"},
        {"Variable": "$.kind", "StringEquals": "old", "Next": "Both"},
    ],
    "Default": "Failed",
}
EACH = {
    "Type": "Map",
    "ItemsPath": "$.items",
    "ItemProcessor": {"StartAt": "Item", "States": {"Item": {"Type": "Pass", "End": True}}},
    "Next": "Done",
}
BOTH = {
    "Type": "Parallel",
    "Branches": [
        {"StartAt": "Left", "States": {"Left": {"Type": "Pass", "End": True}}},
        {
            "StartAt": "Right",
            "States": {
                "Right": {
                    "Type": "Choice",
                    "Choices": [
                        {"Variable": "$.kind", "IsPresent": False, "Next": "Over"},
                        {"Variable": "$.kind", "IsPresent": True, "Next": "Over"},
                    ],
                },
                "Over": {"Type": "Succeed"},
            },
        },
    ],
    "End": True,
}
ORDERS = {
    "StartAt": "Fetch",
    "States": {
        "Fetch": FETCH,
        "Check": CHECK,
        "Each": EACH,
        "Both": BOTH,
        "Done": {"Type": "Succeed"},
        "Failed": {"Type": "Fail"},
    },
}
FEW = {"StartAt": "Check", "States": {"Check": CHECK, "Each": {"Type": "Pass", "End": True}}}
FEW["States"] |= {"Both": {"Type": "Wait", "Seconds": 3600, "End": True}, "Failed": {"Type": "Fail"}}


@pytest.fixture
def sfn(clock):
    with sfn_mock.mock_sfn_executions(execute=True) as sfn:
        boto3.client("stepfunctions", "us-east-1").create_activity(name="fetch")
        yield sfn


@pytest.fixture
def orders(sfn):
    return sfn.add_state_machine("orders", definition=json.dumps(ORDERS))


@pytest.fixture
def few(sfn):
    return sfn.add_state_machine("few", definition=json.dumps(FEW))


@pytest.fixture
def run(client):
    """Start an execution with an input, and answer its activity tasks with outputs or names of errors."""

    def run(machine, *answers, **input):
        client.start_execution(stateMachineArn=machine.arn, input=json.dumps(input))
        for answer in answers:
            token = client.get_activity_task(activityArn=FETCH["Resource"])["taskToken"]
            if isinstance(answer, str):
                client.send_task_failure(taskToken=token, error=answer)
            else:
                client.send_task_success(taskToken=token, output=json.dumps(answer))

    return run


def test_nothing_taken(orders):
    """All parts of a definition are listed, those of branches and processors after their state."""
    coverage = orders.coverage()

    assert (coverage.name, coverage.definition, coverage.runs) == ("orders", json.dumps(ORDERS), 0)
    assert (coverage.taken, coverage.percentage) == ([], 0.0)
    assert coverage.missed == [
        "Fetch",
        "Fetch: Next -> Check",
        "Fetch: Catch[0] -> Done",
        "Fetch: Catch[1] -> Failed",
        "Fetch: Retry[0]",
        "Check",
        "Check: Choices[0] -> Each",
        "Check: Choices[1] -> Both",
        "Check: Default -> Failed",
        "Each",
        "Each: Next -> Done",
        "Item",
        "Item: End",
        "Both",
        "Both: End",
        "Left",
        "Left: End",
        "Right",
        "Right: Choices[0] -> Over",
        "Right: Choices[1] -> Over",
        "Over",
        "Done",
        "Failed",
    ]


def test_parts_that_runs_take(orders, run, clock):
    """States, transitions, rules, Default, catchers and retriers are counted, in iterations and branches too."""
    run(orders, {"kind": "new", "items": [1, 2]})
    run(orders, {"kind": "old"})
    run(orders, "Slow")
    clock.tick(1)
    run(orders, "Broken", {"kind": "odd"})

    assert orders.coverage().counts == {
        "Fetch": 4,
        "Fetch: Next -> Check": 3,
        "Fetch: Catch[0] -> Done": 0,
        "Fetch: Catch[1] -> Failed": 1,
        "Fetch: Retry[0]": 1,
        "Check": 3,
        "Check: Choices[0] -> Each": 1,
        "Check: Choices[1] -> Both": 1,
        "Check: Default -> Failed": 1,
        "Each": 1,
        "Each: Next -> Done": 1,
        "Item": 2,
        "Item: End": 2,
        "Both": 1,
        "Both: End": 1,
        "Left": 1,
        "Left: End": 1,
        "Right": 1,
        "Right: Choices[0] -> Over": 0,
        "Right: Choices[1] -> Over": 1,
        "Over": 1,
        "Done": 1,
        "Failed": 2,
    }
    assert orders.coverage().missed == ["Fetch: Catch[0] -> Done", "Right: Choices[0] -> Over"]


def test_table_and_dict(few, run):
    """str() is a table, and as_dict() has the same for programs."""
    run(few, kind="new")
    run(few, kind="new")
    coverage = few.coverage()

    assert str(coverage) == (
        "few: 4 of 9 parts taken, 44.4 %, runs: 2\n"
        "part                       taken\n"
        "Check                      2\n"
        "Check: Choices[0] -> Each  2\n"
        "Check: Choices[1] -> Both  never\n"
        "Check: Default -> Failed   never\n"
        "Each                       2\n"
        "Each: End                  2\n"
        "Both                       never\n"
        "Both: End                  never\n"
        "Failed                     never"
    )
    assert repr(coverage) == "<Coverage few: 4 of 9 parts taken, 44.4 %>"
    counts = coverage.as_dict()
    assert (counts["name"], counts["runs"], counts["percentage"]) == ("few", 2, 400 / 9)
    assert counts["parts"][:3] == [
        {"kind": "state", "state": "Check", "number": None, "next": None, "taken": 2},
        {"kind": "choice", "state": "Check", "number": 0, "next": "Each", "taken": 2},
        {"kind": "choice", "state": "Check", "number": 1, "next": "Both", "taken": 0},
    ]
    assert len(counts["parts"]) == 9


def test_the_clock_decides(few, run, clock):
    """If the clock moves back, later parts are not taken; if it moves forwards again, nothing counts twice."""
    run(few, kind="old")
    waiting = few.coverage().counts
    clock.tick(3600)
    over = few.coverage().counts

    assert (waiting["Both"], waiting["Both: End"]) == (1, 0)
    assert (over["Both"], over["Both: End"]) == (1, 1)
    clock.move_to(NOW)
    assert few.coverage().counts == waiting
    clock.tick(3600)
    assert few.coverage().counts == over


def test_children_of_map_runs(sfn, client):
    """Child executions count for the machine of their parent."""
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **EACH["ItemProcessor"]}
    batch = {"Type": "Map", "ItemProcessor": processor, "End": True}
    machine = sfn.add_state_machine("batch", definition=json.dumps({"StartAt": "Batch", "States": {"Batch": batch}}))
    client.start_execution(stateMachineArn=machine.arn, input="[1, 2, 3]")

    assert machine.coverage().counts == {"Batch": 1, "Batch: End": 1, "Item": 3, "Item: End": 3}


def state_test(client, name, definition=ORDERS, **parameters):
    return client.test_state(definition=json.dumps(definition), stateName=name, **parameters)["status"]


@needs_member("TestState", "stateName")
def test_parts_that_test_state_takes(orders, client):
    """TestState with a definition and a state's name takes that state, and its exit or retry."""
    slow = {"errorOutput": {"error": "Slow", "cause": ""}}
    never = {"errorOutput": {"error": "Never", "cause": ""}}
    statuses = [
        state_test(client, "Check", input='{"kind": "new"}'),
        state_test(client, "Check", input='{"kind": "odd"}'),
        state_test(client, "Failed"),
        state_test(client, "Fetch", mock=slow),
        state_test(client, "Fetch", mock=slow, stateConfiguration={"retrierRetryCount": 1}),
        state_test(client, "Fetch", mock=never),
    ]
    client.test_state(definition='{"Type": "Pass", "End": true}')

    assert statuses == ["SUCCEEDED", "SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR", "CAUGHT_ERROR"]
    assert {part: count for part, count in orders.coverage().counts.items() if count} == {
        "Fetch": 3,
        "Fetch: Catch[0] -> Done": 1,
        "Fetch: Catch[1] -> Failed": 1,
        "Fetch: Retry[0]": 1,
        "Check": 2,
        "Check: Choices[0] -> Each": 1,
        "Check: Default -> Failed": 1,
        "Failed": 1,
    }
    assert orders.coverage().runs == 0


@needs_member("TestState", "stateName")
def test_test_state_alone(sfn, client):
    """A definition that no machine has is reported separately."""
    state_test(client, "Check", FEW, input='{"kind": "new"}')

    [alone] = sfn.coverage().machines
    assert (alone.name, alone.runs, alone.taken) == ("(TestState alone)", 0, ["Check", "Check: Choices[0] -> Each"])


# --- Several machines --------------------------------------------------------------------------------------------


def test_report(sfn, orders, few, run):
    """The handle's report has all machines by name, and what they never took."""
    sfn.add_state_machine("seeded").add_execution(status="SUCCEEDED")
    run(few, kind="new")
    report = sfn.coverage()

    assert [coverage.name for coverage in report.machines] == ["few", "orders"]
    assert report.percentage == 400 / 32
    lines = str(report).splitlines()
    assert lines[:5] == [
        "state machine  runs  parts  missed  taken",
        "few            1     9      5       44.4 %",
        "orders         0     23     23      0.0 %",
        "all                  32     28      12.5 %",
        "few, never taken: Check: Choices[1] -> Both",
    ]
    assert (len(lines), lines[-1]) == (32, "orders, never taken: Failed")
    assert repr(report) == "<CoverageReport of 2 state machines, 12.5 %>"
    assert report.as_dict() == {"percentage": 12.5, "machines": [machine.as_dict() for machine in report.machines]}


def test_report_of_nothing(sfn):
    """Without a definition nothing was taken."""
    report = sfn.coverage()

    assert (report.machines, report.percentage) == ([], 0.0)
    assert str(report) == "No definition of a state machine was there to run."


def test_default_definition_that_runs(sfn, client):
    """The definition that a seed has by default shows once it has run."""
    client.start_execution(stateMachineArn=sfn.add_state_machine("seeded").arn)

    assert [str(coverage.percentage) for coverage in sfn.coverage().machines] == ["100.0"]


def test_machines_of_one_name(sfn, client):
    """Machines with one name are joined if their definitions have the same parts."""
    other = {**FEW, "Comment": "elsewhere"}
    sfn.add_state_machine("few", definition=json.dumps(FEW))
    west = sfn.add_state_machine("few", definition=json.dumps(other), region="us-west-2")
    less = {"StartAt": "Failed", "States": {"Failed": {"Type": "Fail"}}}
    sfn.add_state_machine("few", definition=json.dumps(less), region="eu-west-1")
    boto3.client("stepfunctions", "us-west-2").start_execution(stateMachineArn=west.arn, input='{"kind": "new"}')

    assert [(coverage.name, len(coverage.taken), len(coverage.counts)) for coverage in sfn.coverage().machines] == [
        ("few", 4, 9),
        ("few", 0, 1),
    ]


def test_another_definition(few, run, client):
    """Executions from before an update of the states do not count."""
    run(few, kind="new")
    states = {**FEW["States"], "Failed": {"Type": "Succeed"}, "Each": {"Type": "Pass", "Next": "Failed"}}
    client.update_state_machine(stateMachineArn=few.arn, definition=json.dumps({**FEW, "States": states}))

    assert (few.coverage().runs, few.coverage().taken) == (0, [])


def test_invalid_definition_has_no_coverage(sfn):
    """A definition that cannot run has no coverage."""
    machine = unchecked_machine(sfn, "{}")

    with pytest.raises(ValueError, match="/States must be an object, got nothing"):
        machine.coverage()
    assert sfn.coverage().machines == []


@needs_member("TestState", "stateName")
def test_log_from_process_to_process(sfn, orders, few, run, client):
    """A log can be sent to another process as JSON, and added to its log."""
    run(few, kind="new")
    state_test(client, "Check", FEW, input='{"kind": "odd"}')
    log, other = CoverageLog(), CoverageLog()
    log.note(few._record.records)
    for _ in range(2):
        other.add_data(json.loads(json.dumps(log.as_data())))

    few_of_both = other.report().machines[0]
    assert (few_of_both.runs, few_of_both.counts["Check"], few_of_both.counts["Check: Default -> Failed"]) == (2, 4, 2)
    assert [coverage.name for coverage in other.report().machines] == ["few", "orders"]
