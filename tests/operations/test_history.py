"""GetExecutionHistory: events of an execution's time line, definition, redrives and map runs, and its pages."""

from __future__ import annotations

import json
import warnings
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from answers import made_client, members, refusal, unchecked_machine
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from sfn_mock import SeedWarning, mock_sfn_executions

NOW = datetime(2026, 1, 10, 12, 0, 0, 250000, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
MILLISECOND = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
EXECUTION = f"{PREFIX}:execution:orders:nightly"
ROLE = "arn:aws:iam::123456789012:role/orders"
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:pack"
ACTIVITY = f"{PREFIX}:activity:pack"
WHOLE = {"truncated": False}


@pytest.fixture
def orders(sfn_executions):
    """A machine with a single Pass state."""
    return sfn_executions.add_state_machine("orders", role_arn=ROLE)


@pytest.fixture
def machine_of(sfn_executions):
    """Create a machine of states, beginning with the first."""
    return lambda states: unchecked_machine(sfn_executions, workflow(states))


def workflow(states):
    return json.dumps({"StartAt": next(iter(states)), "States": states})


def history(client, arn=EXECUTION, **arguments):
    return client.get_execution_history(executionArn=arn, **arguments)["events"]


def story(client, arn=EXECUTION):
    """Each event as one line: seconds since NOW, type and, if it belongs to a state, the state's name."""
    return [
        " ".join(
            [
                f"{(event['timestamp'] - NOW).total_seconds():g}",
                event["type"],
                *[details["name"] for member, details in event.items() if member.startswith("state")],
            ]
        )
        for event in history(client, arn)
    ]


def details(client, event_type, arn=EXECUTION):
    """The details of each event of that type."""
    return [
        next((value for member, value in event.items() if member.endswith("EventDetails")), None)
        for event in history(client, arn)
        if event["type"] == event_type
    ]


def previous(client):
    """The previousEventId of each event."""
    return [event["previousEventId"] for event in history(client)]


def chain(*states):
    """States by name, each but the last with the next one's name."""
    names = [name for name, _ in states]
    ends = [*({"Next": name} for name in names[1:]), {"End": True}]
    return {name: {**state, **end} for (name, state), end in zip(states, ends, strict=True)}


PASS = {"Type": "Pass"}
TASK = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage"}
DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
MAP = {
    "Type": "Map",
    "Label": "items",
    "ItemProcessor": {**DISTRIBUTED, "StartAt": "Pack", "States": chain(("Pack", TASK))},
}
INLINE = {"Type": "Map", "ItemProcessor": {"StartAt": "Each", "States": chain(("Each", TASK))}}
SUCCEED = {"Type": "Succeed"}
FAIL = {"Type": "Fail"}


# --- Whole histories -------------------------------------------------------------------------------------------


def test_history_of_a_successful_execution(client, orders, clock):
    """Ids count from 1, the first two events follow none, and each event has the details of its type."""
    orders.add_execution("nightly", status="SUCCEEDED", duration=MINUTE, input="[7]", output="[8]")
    clock.tick(DAY)

    assert members(client.get_execution_history(executionArn=EXECUTION)) == {
        "events": [
            {
                "timestamp": NOW,
                "type": "ExecutionStarted",
                "id": 1,
                "previousEventId": 0,
                "executionStartedEventDetails": {"input": "[7]", "inputDetails": WHOLE, "roleArn": ROLE},
            },
            {
                "timestamp": NOW,
                "type": "PassStateEntered",
                "id": 2,
                "previousEventId": 0,
                "stateEnteredEventDetails": {"name": "Pass", "input": "[7]", "inputDetails": WHOLE},
            },
            {
                "timestamp": NOW + MINUTE,
                "type": "PassStateExited",
                "id": 3,
                "previousEventId": 2,
                "stateExitedEventDetails": {"name": "Pass", "output": "[8]", "outputDetails": WHOLE},
            },
            {
                "timestamp": NOW + MINUTE,
                "type": "ExecutionSucceeded",
                "id": 4,
                "previousEventId": 3,
                "executionSucceededEventDetails": {"output": "[8]", "outputDetails": WHOLE},
            },
        ]
    }


@pytest.mark.parametrize(
    ("qualifier", "arns"),
    [
        pytest.param({"version": 1}, {"stateMachineVersionArn": f"{MACHINE}:1"}, id="version"),
        pytest.param(
            {"alias": "live"},
            {"stateMachineVersionArn": f"{MACHINE}:2", "stateMachineAliasArn": f"{MACHINE}:live"},
            id="alias, and the version it chose",
        ),
    ],
)
def test_start_shows_version_and_alias(client, orders, qualifier, arns):
    """ExecutionStarted has the ARNs of version and alias, if the execution has them."""
    orders.publish_version()
    orders.add_alias("live", orders.publish_version())
    orders.add_execution("nightly", status="RUNNING", **qualifier)

    assert details(client, "ExecutionStarted") == [
        {"input": "{}", "inputDetails": WHOLE, "roleArn": ROLE, **arns},
    ]


def test_execution_keeps_the_definition_it_started_with(client, orders):
    """An update of the machine does not change the history."""
    orders.add_execution("nightly", status="RUNNING")
    client.update_state_machine(
        stateMachineArn=MACHINE, definition=workflow(chain(("New", PASS))), roleArn=f"{ROLE}-new"
    )

    assert story(client) == ["0 ExecutionStarted", "0 PassStateEntered Pass"]
    assert details(client, "ExecutionStarted")[0]["roleArn"] == ROLE


# --- The end ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "event_type", "expected"),
    [
        pytest.param({"status": "FAILED"}, "ExecutionFailed", {}, id="failed"),
        pytest.param(
            {"status": "FAILED", "error": "Late", "cause": "Rain"},
            "ExecutionFailed",
            {"error": "Late", "cause": "Rain"},
            id="failed, saying why",
        ),
        pytest.param({"status": "TIMED_OUT"}, "ExecutionTimedOut", {"error": "States.Timeout"}, id="timed out"),
        pytest.param({"status": "ABORTED"}, "ExecutionAborted", {}, id="aborted"),
        pytest.param({"status": "ABORTED", "error": "Late"}, "ExecutionAborted", {"error": "Late"}, id="with an error"),
        pytest.param(
            {"status": "SUCCEEDED"}, "ExecutionSucceeded", {"output": "{}", "outputDetails": WHOLE}, id="succeeded"
        ),
    ],
)
def test_last_event_shows_the_end(client, orders, seed, event_type, expected):
    """The last event always has details; error and cause are absent if they were not set."""
    orders.add_execution("nightly", start_date=-MINUTE, duration=SECOND, **seed)

    last = history(client)[-1]
    assert (last["type"], last["timestamp"]) == (event_type, NOW - MINUTE + SECOND)
    assert details(client, event_type) == [expected]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param({}, {}, id="without a word"),
        pytest.param({"error": "Late", "cause": "Rain"}, {"error": "Late", "cause": "Rain"}, id="saying why"),
    ],
)
def test_stopped_execution_was_aborted(client, orders, clock, arguments, expected):
    """ExecutionAborted has StopExecution's error and cause, and the current state is never exited."""
    orders.add_execution("nightly", status="SUCCEEDED", duration=DAY)
    clock.tick(MINUTE)
    client.stop_execution(executionArn=EXECUTION, **arguments)
    clock.tick(2 * DAY)

    assert story(client) == ["0 ExecutionStarted", "0 PassStateEntered Pass", "60 ExecutionAborted"]
    assert details(client, "ExecutionAborted") == [expected]


def test_history_of_a_running_execution(client, orders, clock):
    """The last event appears exactly at the stop date."""
    orders.add_execution("nightly", status="SUCCEEDED", duration=MINUTE)
    running = ["0 ExecutionStarted", "0 PassStateEntered Pass"]

    clock.tick(MINUTE - MILLISECOND)

    assert story(client) == running

    clock.tick(MILLISECOND)

    assert story(client) == [*running, "60 PassStateExited Pass", "60 ExecutionSucceeded"]


# --- States ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "running", "succeeded"),
    [
        pytest.param(
            chain(("A", PASS), ("B", PASS)),
            ["0 PassStateEntered A", "0 PassStateExited A", "0 PassStateEntered B"],
            ["60 PassStateExited B"],
            id="passes take no time, and it ends in the last",
        ),
        pytest.param(
            chain(("A", {"Type": "Wait", "Seconds": 20}), ("B", PASS)),
            ["0 WaitStateEntered A", "20 WaitStateExited A", "20 PassStateEntered B"],
            ["60 PassStateExited B"],
            id="a wait takes its seconds",
        ),
        pytest.param(
            chain(("A", {"Type": "Wait", "Seconds": 61}), ("B", PASS)),
            ["0 WaitStateEntered A"],
            ["60 WaitStateExited A", "60 PassStateEntered B", "60 PassStateExited B"],
            id="no wait outlasts the execution",
        ),
        pytest.param(
            chain(("A", {"Type": "Wait", "Seconds": -5}), ("B", PASS)),
            ["0 WaitStateEntered A", "0 WaitStateExited A", "0 PassStateEntered B"],
            ["60 PassStateExited B"],
            id="no wait turns the clock back",
        ),
        pytest.param(
            chain(("A", {"Type": "Wait", "SecondsPath": "$.seconds"}), ("B", PASS)),
            ["0 WaitStateEntered A"],
            ["60 WaitStateExited A", "60 PassStateEntered B", "60 PassStateExited B"],
            id="a wait of unknown length",
        ),
        pytest.param(
            chain(("A", {"Type": "Task", "Resource": "unknown"}), ("B", {"Type": "Task", "Resource": "arn:other"})),
            ["0 TaskStateEntered A"],
            ["60 TaskStateExited A", "60 TaskStateEntered B", "60 TaskStateExited B"],
            id="tasks of unknown kinds",
        ),
        pytest.param(
            chain(("A", {"Type": "Parallel", "Branches": []}), ("B", INLINE), ("C", SUCCEED)),
            ["0 ParallelStateEntered A", "0 ParallelStateStarted"],
            [
                "60 ParallelStateSucceeded",
                "60 ParallelStateExited A",
                "60 MapStateEntered B",
                "60 MapStateStarted",
                "60 MapStateSucceeded",
                "60 MapStateExited B",
                "60 SucceedStateEntered C",
                "60 SucceedStateExited C",
            ],
            id="no states inside Parallel and Map",
        ),
        pytest.param(
            {"A": {"Type": "Choice", "Default": "B"}, "B": PASS},
            ["0 ChoiceStateEntered A"],
            ["60 ChoiceStateExited A"],
            id="nor what was chosen",
        ),
        pytest.param({"A": SUCCEED}, [], ["60 SucceedStateEntered A", "60 SucceedStateExited A"], id="succeed only"),
        pytest.param({"A": {**FAIL, "Next": "B"}, "B": PASS}, [], [], id="fail only"),
        pytest.param(
            chain(("A", PASS), ("B", FAIL)),
            ["0 PassStateEntered A"],
            ["60 PassStateExited A"],
            id="no Fail state before a success",
        ),
        pytest.param(
            chain(("A", {"Type": "Wait", "Seconds": 90}), ("B", PASS), ("C", FAIL)),
            ["0 WaitStateEntered A"],
            ["60 WaitStateExited A", "60 PassStateEntered B", "60 PassStateExited B"],
            id="no Fail state, but those before it",
        ),
        pytest.param(
            {"A": {**PASS, "Next": "B"}, "B": {**PASS, "Next": "A"}},
            ["0 PassStateEntered A", "0 PassStateExited A", "0 PassStateEntered B"],
            ["60 PassStateExited B"],
            id="a cycle is followed once",
        ),
        pytest.param({"A": {**PASS, "Next": "B"}}, [], [], id="next state missing"),
        pytest.param({"A": {"Type": ["Pass"]}}, [], [], id="a type of no type"),
        pytest.param({"A": {"Type": "Fly"}}, [], [], id="an unknown type"),
        pytest.param({"A": []}, [], [], id="a state that is not an object"),
    ],
)
def test_states_up_to_the_first_that_takes_time(client, machine_of, clock, states, running, succeeded):
    """A running execution is in its first state that takes time, or in its last."""
    machine_of(states).add_execution("nightly", status="SUCCEEDED", duration=MINUTE)

    clock.tick(MINUTE - MILLISECOND)

    assert story(client) == ["0 ExecutionStarted", *running]

    clock.tick(MILLISECOND)

    assert story(client) == ["0 ExecutionStarted", *running, *succeeded, "60 ExecutionSucceeded"]


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param("[]", id="no object"),
        pytest.param("{}", id="nothing"),
        pytest.param('{"StartAt": ["A"], "States": {"A": {"Type": "Pass"}}}', id="StartAt is not a name"),
        pytest.param('{"StartAt": "A", "States": ["A"]}', id="States is not an object"),
    ],
)
def test_history_of_a_definition_without_states(client, sfn_executions, definition):
    """Every seeded definition has a history, at least of its start and end."""
    unchecked_machine(sfn_executions, definition).add_execution("nightly", status="FAILED")

    assert story(client) == ["0 ExecutionStarted", "0 ExecutionFailed"]


def test_history_of_a_definition_with_a_very_long_number(client):
    """A definition may have an integer of thousands of digits; its history has no states."""
    state = f'{{"Type": "Pass", "Result": [{5000 * "9"}], "End": true}}'
    definition = f'{{"StartAt": "A", "States": {{"A": {state}}}}}'
    client.create_state_machine(name="orders", definition=definition, roleArn=ROLE)
    client.start_execution(stateMachineArn=MACHINE, name="nightly")

    assert story(client) == ["0 ExecutionStarted"]


def test_history_of_a_definition_that_is_not_json():
    """If moto accepted a definition that is not JSON, the history has no states."""
    with mock_aws():
        client = boto3.client("stepfunctions", "us-east-1")
        arn = client.create_state_machine(name="orders", definition="{", roleArn=ROLE)["stateMachineArn"]
        execution_arn = client.start_execution(stateMachineArn=arn)["executionArn"]
        with mock_sfn_executions():
            events = history(client, execution_arn)

    assert [event["type"] for event in events] == ["ExecutionStarted"]


def test_states_pass_their_input_on(client, machine_of):
    """The state in which it succeeds gives the output, and later states pass it on."""
    states = chain(("A", PASS), ("B", TASK), ("C", SUCCEED))
    machine_of(states).add_execution("nightly", status="SUCCEEDED", input="[7]", output="[8]")

    assert details(client, "PassStateExited") == [{"name": "A", "output": "[7]", "outputDetails": WHOLE}]
    assert details(client, "TaskStateEntered") == [{"name": "B", "input": "[7]", "inputDetails": WHOLE}]
    assert details(client, "TaskStateExited") == [{"name": "B", "output": "[8]", "outputDetails": WHOLE}]
    assert details(client, "SucceedStateEntered") == [{"name": "C", "input": "[8]", "inputDetails": WHOLE}]
    assert details(client, "SucceedStateExited") == [{"name": "C", "output": "[8]", "outputDetails": WHOLE}]


def test_first_state_gets_the_input_whatever_it_is(client, machine_of):
    """A first Succeed state gets the execution's input, and exits with its output."""
    machine_of({"A": SUCCEED}).add_execution("nightly", status="SUCCEEDED", input="[7]", output="[8]")

    assert details(client, "SucceedStateEntered") == [{"name": "A", "input": "[7]", "inputDetails": WHOLE}]
    assert details(client, "SucceedStateExited") == [{"name": "A", "output": "[8]", "outputDetails": WHOLE}]


SEND = {"resourceType": "sqs", "resource": "sendMessage"}


@pytest.mark.parametrize(
    ("resource", "kind", "scheduled", "started", "ended"),
    [
        pytest.param(
            LAMBDA, "LambdaFunction", {"resource": LAMBDA, "input": "[7]", "inputDetails": WHOLE}, None, {}, id="Lambda"
        ),
        pytest.param(
            ACTIVITY, "Activity", {"resource": ACTIVITY, "input": "[7]", "inputDetails": WHOLE}, {}, {}, id="activity"
        ),
        pytest.param(
            TASK["Resource"],
            "Task",
            {**SEND, "region": "us-east-1", "parameters": "[7]"},
            SEND,
            SEND,
            id="integration",
        ),
    ],
)
def test_events_of_a_task(client, machine_of, resource, kind, scheduled, started, ended):
    """A Task state schedules and starts its work when it is entered, and ends as the execution does."""
    machine = machine_of(chain(("A", {"Type": "Task", "Resource": resource})))
    machine.add_execution("nightly", status="SUCCEEDED", duration=MINUTE, start_date=-MINUTE, input="[7]", output="[8]")
    late = machine.add_execution("late", status="FAILED", input="[7]", error="Late", cause="Rain")

    assert story(client) == [
        "-60 ExecutionStarted",
        "-60 TaskStateEntered A",
        f"-60 {kind}Scheduled",
        f"-60 {kind}Started",
        f"0 {kind}Succeeded",
        "0 TaskStateExited A",
        "0 ExecutionSucceeded",
    ]
    assert details(client, f"{kind}Scheduled") == [scheduled]
    assert details(client, f"{kind}Started") == [started]
    assert details(client, f"{kind}Succeeded") == [{**ended, "output": "[8]", "outputDetails": WHOLE}]
    assert story(client, late.arn)[3:] == [f"0 {kind}Started", f"0 {kind}Failed", "0 ExecutionFailed"]
    assert details(client, f"{kind}Failed", late.arn) == [{**ended, "error": "Late", "cause": "Rain"}]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(
            {"Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"FunctionName": "pack"}},
            {"resourceType": "lambda", "resource": "invoke.waitForTaskToken", "parameters": '{"FunctionName":"pack"}'},
            id="with a callback",
        ),
        pytest.param(
            {"Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {"Input.$": "$"}},
            {"resourceType": "states", "resource": "startExecution.sync:2", "parameters": '{"Input.$":"$"}'},
            id="a job, and a path that stays as it is written",
        ),
        pytest.param(
            {
                "QueryLanguage": "JSONata",
                "Resource": "arn:aws:states:::aws-sdk:dynamodb:getItem",
                "Arguments": {"TableName": "{% $t %}"},
            },
            {"resourceType": "aws-sdk:dynamodb", "resource": "getItem", "parameters": '{"TableName":"{% $t %}"}'},
            id="AWS SDK, JSONata",
        ),
    ],
)
def test_events_of_an_integration(client, machine_of, state, expected):
    """Service and action are those of Resource, and the parameters are the definition's."""
    machine_of(chain(("A", {"Type": "Task", **state}))).add_execution("nightly", status="RUNNING")

    assert details(client, "TaskScheduled") == [{**expected, "region": "us-east-1"}]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        pytest.param(
            chain(("A", TASK), ("B", PASS), ("C", FAIL)),
            [
                "0 TaskSucceeded",
                "0 TaskStateExited A",
                "0 PassStateEntered B",
                "0 PassStateExited B",
                "0 FailStateEntered C",
            ],
            id="into the Fail state",
        ),
        pytest.param({"A": FAIL}, ["0 ExecutionStarted", "0 FailStateEntered A"], id="which comes first"),
        pytest.param(
            chain(("A", PASS), ("B", SUCCEED)),
            ["0 ExecutionStarted", "0 PassStateEntered A"],
            id="not through a Succeed state",
        ),
    ],
)
def test_failed_execution_goes_into_the_fail_state_at_the_end(client, machine_of, states, expected):
    """If the path ends in a Fail state, the execution fails there."""
    machine_of(states).add_execution("nightly", status="FAILED")

    events = story(client)
    assert events[-1] == "0 ExecutionFailed"
    assert events[-1 - len(expected) : -1] == expected


@pytest.mark.parametrize(
    ("resource", "event_type"),
    [
        pytest.param(LAMBDA, "LambdaFunctionTimedOut", id="Lambda"),
        pytest.param(ACTIVITY, "ActivityTimedOut", id="activity"),
        pytest.param(TASK["Resource"], "TaskTimedOut", id="integration"),
    ],
)
def test_missed_timeout_has_its_own_event(client, machine_of, resource, event_type):
    """A task that failed with States.Timeout has an event of a timeout; the execution FAILED."""
    machine_of(chain(("A", {"Type": "Task", "Resource": resource}))).add_execution(
        "nightly", status="FAILED", error="States.Timeout"
    )

    assert story(client)[-2:] == [f"0 {event_type}", "0 ExecutionFailed"]
    assert details(client, event_type)[0]["error"] == "States.Timeout"


def test_missed_heartbeat_is_a_timeout(client, machine_of, clock):
    """If a heartbeat is late, the task times out and the execution fails."""
    nightly = machine_of(chain(("A", TASK))).add_execution("nightly", status="RUNNING")
    nightly.wait_for_task(heartbeat=MINUTE)
    clock.tick(DAY)

    assert story(client)[-2:] == ["60 TaskTimedOut", "60 ExecutionFailed"]


@pytest.mark.parametrize(
    ("resource", "submits"),
    [
        pytest.param("arn:aws:states:::sqs:sendMessage.waitForTaskToken", True, id="token"),
        pytest.param("arn:aws:states:::states:startExecution.sync", True, id="sync"),
        pytest.param("arn:aws:states:::states:startExecution.sync:2", True, id="sync:2"),
        pytest.param("arn:aws:states:::states:startExecution", False, id="answer alone"),
    ],
)
def test_task_that_waits_is_submitted(client, machine_of, resource, submits):
    """A task that waits for a job or a token has an event for the service's answer."""
    machine_of(chain(("A", {"Type": "Task", "Resource": resource}))).add_execution("nightly", status="RUNNING")

    assert story(client)[2:] == ["0 TaskScheduled", "0 TaskStarted", *["0 TaskSubmitted"][: int(submits)]]


def test_events_of_an_activity_have_its_timeouts(client, machine_of):
    """ActivityScheduled has the state's TimeoutSeconds and HeartbeatSeconds if they are numbers."""
    task = {"Type": "Task", "Resource": ACTIVITY}
    states = chain(("A", {**task, "TimeoutSeconds": 60, "HeartbeatSeconds": 9}))
    machine_of(states).add_execution("nightly", status="RUNNING")

    assert details(client, "ActivityScheduled") == [
        {
            "resource": ACTIVITY,
            "input": "{}",
            "inputDetails": WHOLE,
            "timeoutInSeconds": 60,
            "heartbeatInSeconds": 9,
        }
    ]


@pytest.mark.parametrize("end", ["abort", "time_out"])
def test_end_from_outside_has_no_previous_event(client, orders, end):
    """ExecutionAborted and ExecutionTimedOut have previousEventId 0 in every state."""
    getattr(orders.add_execution("nightly", status="RUNNING"), end)()

    assert previous(client) == [0, 0, 0]


def test_no_event_follows_the_success_of_a_parallel_state(client, machine_of):
    """ParallelStateExited follows the same event as ParallelStateSucceeded."""
    machine_of(chain(("A", {"Type": "Parallel", "Branches": []}))).add_execution("nightly", status="SUCCEEDED")

    assert [(event["type"], event["previousEventId"]) for event in history(client)] == [
        ("ExecutionStarted", 0),
        ("ParallelStateEntered", 0),
        ("ParallelStateStarted", 2),
        ("ParallelStateSucceeded", 3),
        ("ParallelStateExited", 3),
        ("ExecutionSucceeded", 5),
    ]


@pytest.mark.parametrize(
    ("settings", "input", "expected"),
    [
        pytest.param({}, "[7, 8]", {"length": 2}, id="the input"),
        pytest.param({"ItemsPath": "$.orders"}, '{"orders": [7]}', {"length": 1}, id="ItemsPath"),
        pytest.param({"QueryLanguage": "JSONata"}, "[7]", {"length": 1}, id="JSONata, the input"),
        pytest.param({"QueryLanguage": "JSONata", "Items": [7, 8]}, "{}", {"length": 2}, id="JSONata, a list"),
        pytest.param({"QueryLanguage": "JSONata", "Items": "{% $o %}"}, "[7]", {}, id="JSONata, an expression"),
        pytest.param({"ItemsPath": "$.orders"}, "{}", {}, id="a path without a value"),
        pytest.param({}, f"[{5000 * '9'}]", {}, id="an input that Python does not read"),
    ],
)
def test_map_state_started_has_the_number_of_items(client, machine_of, settings, input, expected):
    """MapStateStarted has the number of items, if the input shows it."""
    machine_of(chain(("A", {**INLINE, **settings}))).add_execution("nightly", status="RUNNING", input=input)

    assert story(client)[1:] == ["0 MapStateEntered A", "0 MapStateStarted"]
    assert details(client, "MapStateStarted") == [expected]


# --- Redrives --------------------------------------------------------------------------------------------------


def test_redrive_continues_at_the_failed_task(client, machine_of, clock):
    """After a redrive the failed task is scheduled again; its state is not entered again."""
    nightly = machine_of(chain(("A", PASS), ("B", TASK))).add_execution("nightly", status="FAILED")
    clock.tick(MINUTE)
    client.redrive_execution(executionArn=EXECUTION)
    clock.tick(MINUTE)
    nightly.time_out()
    nightly.redrive()
    clock.tick(MINUTE)
    nightly.succeed()

    assert story(client)[3:] == [
        "0 TaskStateEntered B",
        "0 TaskScheduled",
        "0 TaskStarted",
        "0 TaskFailed",
        "0 ExecutionFailed",
        "60 ExecutionRedriven",
        "60 TaskScheduled",
        "60 TaskStarted",
        "120 ExecutionTimedOut",
        "120 ExecutionRedriven",
        "120 TaskScheduled",
        "120 TaskStarted",
        "180 TaskSucceeded",
        "180 TaskStateExited B",
        "180 ExecutionSucceeded",
    ]
    assert details(client, "ExecutionRedriven") == [{"redriveCount": 1}, {"redriveCount": 2}]
    assert previous(client) == [0, 0, *range(2, 11), 0, *range(12, 18)]


def test_redriven_fail_state_is_entered_again(client, machine_of, clock):
    """After a redrive of a Fail state the execution fails there again, unless the test ends it otherwise."""
    nightly = machine_of(chain(("A", PASS), ("B", FAIL))).add_execution("nightly", status="FAILED")
    nightly.redrive()
    clock.tick(SECOND)
    nightly.fail()
    nightly.redrive()
    clock.tick(SECOND)
    nightly.succeed()

    assert story(client)[3:] == [
        "0 FailStateEntered B",
        "0 ExecutionFailed",
        "0 ExecutionRedriven",
        "1 FailStateEntered B",
        "1 ExecutionFailed",
        "1 ExecutionRedriven",
        "2 ExecutionSucceeded",
    ]


def test_redriven_wait_waits_again(client, machine_of, clock):
    """A Wait state that a stop has cut short waits its whole time after the redrive."""
    nightly = machine_of(chain(("A", {"Type": "Wait", "Seconds": 10}), ("B", PASS))).add_execution(
        "nightly", status="RUNNING"
    )
    clock.tick(6 * SECOND)
    nightly.abort()
    clock.tick(6 * SECOND)
    nightly.redrive()
    clock.tick(DAY)

    assert story(client) == [
        "0 ExecutionStarted",
        "0 WaitStateEntered A",
        "6 ExecutionAborted",
        "12 ExecutionRedriven",
        "22 WaitStateExited A",
        "22 PassStateEntered B",
    ]


def test_seeded_redrives_have_the_date_of_the_last(client, orders):
    """All redrives of a seed are at the date of the last one."""
    orders.add_execution(
        "nightly",
        status="TIMED_OUT",
        start_date=-MINUTE,
        stop_date=NOW,
        redrive_count=2,
        redrive_date=-SECOND,
    )

    assert story(client) == [
        "-60 ExecutionStarted",
        "-60 PassStateEntered Pass",
        "-1 ExecutionFailed",
        "-1 ExecutionRedriven",
        "-1 ExecutionFailed",
        "-1 ExecutionRedriven",
        "0 ExecutionTimedOut",
    ]
    assert details(client, "ExecutionRedriven") == [{"redriveCount": 1}, {"redriveCount": 2}]
    assert details(client, "ExecutionFailed") == [{}, {}]


def test_clock_that_moves_back_removes_events(client, orders, clock):
    """The history before a redrive does not show the redrive."""
    nightly = orders.add_execution("nightly", status="FAILED")
    clock.tick(MINUTE)
    nightly.redrive()
    clock.move_to(NOW + SECOND)

    assert story(client) == ["0 ExecutionStarted", "0 PassStateEntered Pass", "0 ExecutionFailed"]


# --- Map runs --------------------------------------------------------------------------------------------------


@pytest.fixture
def packing(machine_of):
    """An execution whose second state is a Distributed Map."""
    return machine_of(chain(("A", TASK), ("B", MAP), ("C", TASK))).add_execution("nightly", status="RUNNING")


@pytest.mark.parametrize(
    ("status", "event_type", "expected"),
    [
        pytest.param("SUCCEEDED", "MapRunSucceeded", None, id="succeeded"),
        pytest.param("FAILED", "MapRunFailed", {}, id="failed"),
        pytest.param("ABORTED", "MapRunAborted", None, id="aborted"),
    ],
)
def test_map_run_starts_in_its_map_state_and_ends(client, packing, clock, status, event_type, expected):
    """When a map run starts, its execution is in the Map state with its label."""
    clock.tick(MINUTE)
    batch = packing.add_map_run("items", start_date=timedelta(0))
    batch.add_execution(status=status, start_date=timedelta(0), duration=SECOND)
    clock.tick(MINUTE)

    assert story(client)[3:] == [
        "0 TaskStarted",
        "60 TaskSucceeded",
        "60 TaskStateExited A",
        "60 MapStateEntered B",
        "60 MapStateStarted",
        "60 MapRunStarted",
        f"61 {event_type}",
    ]
    assert details(client, "MapRunStarted") == [{"mapRunArn": batch.arn}]
    assert details(client, event_type) == [expected]


def test_map_run_of_another_label_moves_nothing(client, packing):
    """A map run without a Map state of its label is shown in the current state."""
    packing.add_map_run("parcels")

    assert story(client)[-2:] == ["0 TaskStarted", "0 MapRunStarted"]


def test_map_run_ends_before_its_execution(client, packing, clock):
    """If the execution is stopped, the end of its map run comes first."""
    packing.add_map_run("items").add_execution(status="RUNNING")
    clock.tick(MINUTE)
    client.stop_execution(executionArn=EXECUTION)
    clock.tick(MINUTE)

    assert story(client)[-3:] == ["0 MapRunStarted", "60 MapRunAborted", "60 ExecutionAborted"]


def test_map_run_is_redriven_with_its_execution(client, packing, clock):
    """MapRunRedriven follows ExecutionRedriven, also at the date of the stop before."""
    batch = packing.add_map_run("items")
    child = batch.add_execution(status="FAILED")
    packing.fail()
    before = story(client)
    packing.redrive()
    clock.tick(SECOND)
    child.succeed()

    assert before[-4:] == ["0 MapRunStarted", "0 MapRunFailed", "0 MapStateFailed", "0 ExecutionFailed"]
    assert story(client) == [*before, "0 ExecutionRedriven", "0 MapRunRedriven", "1 MapRunSucceeded"]
    assert details(client, "MapRunRedriven") == [{"mapRunArn": batch.arn, "redriveCount": 1}]


def test_no_event_follows_the_abort_of_a_map_run(client, packing):
    """The event after MapRunAborted follows the same event as MapRunAborted."""
    packing.add_map_run("items").add_execution(status="ABORTED")
    packing.add_map_run("items").add_execution(status="SUCCEEDED")

    types = ["MapStateStarted", "MapRunStarted", "MapRunAborted", "MapRunStarted", "MapRunSucceeded"]
    assert story(client)[7:] == [f"0 {event_type}" for event_type in types]
    assert previous(client)[7:] == [7, 8, 9, 9, 11]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param(SECOND, ["1 MapRunStarted", "60 MapRunFailed"], id="before its execution failed"),
        pytest.param(2 * MINUTE, [], id="after it"),
    ],
)
def test_map_run_is_redriven_at_each_redrive_of_a_date(client, orders, clock, start, expected):
    """Each redrive of the execution has that of the map run, whose start is shown if the execution ran then."""
    nightly = orders.add_execution("nightly", status="FAILED", duration=2 * MINUTE)
    with pytest.warns(SeedWarning):
        nightly.add_map_run("items", start_date=start)
    nightly.stop_date = NOW + MINUTE
    clock.tick(5 * MINUTE)
    nightly.redrive()
    nightly.fail()
    nightly.redrive()

    redriven = ["300 ExecutionRedriven", "300 MapRunRedriven"]
    assert story(client)[2:] == [
        *(*expected, "60 ExecutionFailed", *redriven, "300 MapRunFailed", "300 ExecutionFailed", *redriven),
    ]


def test_map_run_seeded_with_more_redrives_than_its_execution(client, orders):
    """The last redrive of the execution has that of the map run."""
    redrive = {"status": "FAILED", "start_date": -MINUTE, "stop_date": NOW, "redrive_date": -SECOND}
    orders.add_execution("nightly", **redrive, redrive_count=2).add_map_run("items", **redrive, redrive_count=5)

    assert story(client)[2:] == [
        *("-60 MapRunStarted", "-1 ExecutionFailed", "-1 ExecutionRedriven", "-1 ExecutionFailed"),
        *("-1 ExecutionRedriven", "-1 MapRunRedriven", "0 MapRunFailed", "0 ExecutionFailed"),
    ]


def test_settings_of_a_redriven_map_run_do_not_rewrite_its_past(client, packing, clock):
    """A tolerance that is set after a redrive applies only to later events."""
    batch = packing.add_map_run("items")
    batch.add_execution(status="FAILED")
    packing.fail()
    packing.redrive()
    before = story(client)
    client.update_map_run(mapRunArn=batch.arn, toleratedFailureCount=5)

    assert "0 MapRunFailed" in before
    assert story(client) == before


def test_map_run_that_succeeded_is_not_redriven(client, packing):
    """A redrive of the execution does not redrive a map run that succeeded."""
    packing.add_map_run("items").add_execution(status="SUCCEEDED")
    packing.fail()
    before = story(client)
    packing.redrive()

    assert story(client) == [*before, "0 ExecutionRedriven"]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param(timedelta(0), ["1 MapRunStarted", "60 PassStateExited Pass"], id="before its execution"),
        pytest.param(2 * MINUTE, ["1 PassStateEntered Pass", "60 PassStateExited Pass"], id="after it"),
    ],
)
def test_map_run_events_are_within_the_execution(client, orders, clock, start, expected):
    """The events are between start and stop, also if a test assigns earlier or later dates."""
    nightly = orders.add_execution("nightly", status="SUCCEEDED", duration=2 * MINUTE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SeedWarning)
        nightly.add_map_run("items", start_date=start)
    nightly.start_date = NOW + SECOND
    nightly.stop_date = NOW + MINUTE
    clock.tick(DAY)

    events = story(client)
    assert events[-1] == "60 ExecutionSucceeded"
    assert [line for line in events if line in expected] == expected
    assert len(events) == 4 + expected.count("1 MapRunStarted") * 2


# --- Child executions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "processor",
    [pytest.param("ItemProcessor", id="ItemProcessor"), pytest.param("Iterator", id="Iterator, its older name")],
)
def test_child_execution_runs_the_map_states_processor(client, machine_of, processor):
    """A child's states are those of the processor of its Map state."""
    states = {processor: MAP["ItemProcessor"], "Type": "Map", "Label": "items"}
    parent = machine_of(chain(("A", PASS), ("B", states))).add_execution("nightly", status="RUNNING")
    child = parent.add_map_run("items").add_execution(status="SUCCEEDED", input="[7]")
    other = parent.add_map_run("parcels").add_execution(status="SUCCEEDED")

    assert story(client, child.arn) == [
        "0 ExecutionStarted",
        "0 TaskStateEntered Pack",
        "0 TaskScheduled",
        "0 TaskStarted",
        "0 TaskSucceeded",
        "0 TaskStateExited Pack",
        "0 ExecutionSucceeded",
    ]
    assert details(client, "TaskStateEntered", child.arn) == [{"name": "Pack", "input": "[7]", "inputDetails": WHOLE}]
    assert story(client, other.arn) == ["0 ExecutionStarted", "0 ExecutionSucceeded"]


def test_child_that_waits_for_its_redrive_has_only_failed(client, packing, clock):
    """PENDING_REDRIVE has no event: the history continues with the redrive."""
    batch = packing.add_map_run("items", max_concurrency=1)
    first, second = (batch.add_execution(status="FAILED", error=error) for error in ("Late", "Lost"))
    seeded = batch.add_execution(status="PENDING_REDRIVE")
    failed = ["0 TaskStateEntered Pack", "0 TaskScheduled", "0 TaskStarted", "0 TaskFailed", "0 ExecutionFailed"]
    packing.fail()
    clock.tick(SECOND)
    packing.redrive()

    assert story(client, first.arn)[1:] == [*failed, "1 ExecutionRedriven", "1 TaskScheduled", "1 TaskStarted"]
    assert second.status == "PENDING_REDRIVE"
    assert story(client, second.arn)[1:] == failed
    assert details(client, "ExecutionFailed", second.arn) == [{"error": "Lost"}]
    assert story(client, seeded.arn)[1:] == failed
    assert details(client, "ExecutionFailed", seeded.arn) == [{}]

    clock.tick(SECOND)
    second.redrive()

    assert story(client, second.arn)[1:] == [*failed, "2 ExecutionRedriven", "2 TaskScheduled", "2 TaskStarted"]


# --- Order, data, pages ----------------------------------------------------------------------------------------


def test_reverse_order_starts_with_the_latest(client, orders):
    """reverseOrder reverses the list of events, and does not change the events."""
    orders.add_execution("nightly", status="SUCCEEDED")

    assert history(client, reverseOrder=True) == history(client)[::-1]
    assert history(client, reverseOrder=False) == history(client)


def test_data_is_left_out_on_demand(client, machine_of):
    """includeExecutionData=False leaves out only inputs and outputs with their details."""
    machine_of(chain(("A", {"Type": "Task", "Resource": LAMBDA}))).add_execution("nightly", status="SUCCEEDED")
    data = {"input", "inputDetails", "output", "outputDetails"}

    without = history(client, includeExecutionData=False)

    assert without == [
        {
            member: {name: value for name, value in value.items() if name not in data}
            if member.endswith("EventDetails")
            else value
            for member, value in event.items()
        }
        for event in history(client)
    ]
    assert [event.get("stateEnteredEventDetails") for event in without].count({"name": "A"}) == 1
    assert history(client, includeExecutionData=True) == history(client)


def test_error_and_cause_are_not_execution_data(client, orders):
    """includeExecutionData does not leave out error and cause."""
    orders.add_execution("nightly", status="FAILED", error="Late", cause="Rain")

    last = history(client, includeExecutionData=False)[-1]

    assert last["executionFailedEventDetails"] == {"error": "Late", "cause": "Rain"}


@pytest.fixture
def long(machine_of):
    """An execution with 1003 events."""
    states = chain(*((f"S{number}", PASS) for number in range(500)), ("Last", {"Type": "Wait"}))
    return machine_of(states).add_execution("nightly", status="FAILED")


@pytest.mark.parametrize(
    ("arguments", "size"),
    [
        pytest.param({}, 100, id="default"),
        pytest.param({"maxResults": 0}, 100, id="zero"),
        pytest.param({"maxResults": 300}, 300, id="asked for"),
        pytest.param({"maxResults": 1000}, 1000, id="most"),
    ],
)
@pytest.mark.parametrize("reverse", [pytest.param(False, id="forwards"), pytest.param(True, id="backwards")])
def test_pages_join_to_the_whole_history(client, long, arguments, size, reverse):
    """The pages have each event once, in order; a page has 100 by default."""
    sizes, ids, token = [], [], {}
    while True:
        page = client.get_execution_history(executionArn=long.arn, reverseOrder=reverse, **arguments, **token)
        sizes.append(len(page["events"]))
        ids += [event["id"] for event in page["events"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}

    assert ids == (list(range(1003, 0, -1)) if reverse else list(range(1, 1004)))
    assert sizes == [*[size] * (1003 // size), 1003 % size]


def test_paginator_of_boto3_walks_through(client, long):
    """boto3's paginator gets the same events as single calls."""
    pages = client.get_paginator("get_execution_history").paginate(executionArn=long.arn)

    assert len(pages.build_full_result()["events"]) == 1003


def test_next_page_has_later_events(client, machine_of, clock):
    """The next page also has the events since the first page."""
    nightly = machine_of(chain(("A", PASS), ("B", PASS))).add_execution("nightly", status="RUNNING")
    page = client.get_execution_history(executionArn=EXECUTION, maxResults=2)
    nightly.succeed()

    rest = client.get_execution_history(executionArn=EXECUTION, nextToken=page["nextToken"])

    assert [event["id"] for event in page["events"] + rest["events"]] == [1, 2, 3, 4, 5, 6]
    assert "nextToken" not in rest


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"reverseOrder": True}, id="other order"),
        pytest.param({"includeExecutionData": False}, id="without data"),
        pytest.param({"executionArn": f"{PREFIX}:execution:orders:late"}, id="other execution"),
        pytest.param({"nextToken": "no token"}, id="never given"),
    ],
)
def test_token_of_another_request_is_invalid(client, orders, change):
    """A token is valid only with the same other arguments, but with any page size."""
    orders.add_execution("late", status="SUCCEEDED")
    orders.add_execution("nightly", status="SUCCEEDED")
    token = client.get_execution_history(executionArn=EXECUTION, maxResults=1)["nextToken"]
    request = {"executionArn": EXECUTION, "nextToken": token}

    assert len(client.get_execution_history(**request, maxResults=3, reverseOrder=False)["events"]) == 3
    assert refusal(client.get_execution_history, **request | change) == (
        "InvalidToken",
        "Invalid Token: 'Invalid token'",
    )


def test_token_expires_after_24_hours(client, orders, clock):
    """A token is valid for 24 hours, not for a millisecond more."""
    orders.add_execution("nightly", status="SUCCEEDED")
    token = client.get_execution_history(executionArn=EXECUTION, maxResults=1)["nextToken"]
    clock.tick(DAY - MILLISECOND)
    alive = history(client, nextToken=token)
    clock.tick(MILLISECOND)

    assert len(alive) == 3
    assert refusal(client.get_execution_history, executionArn=EXECUTION, nextToken=token)[0] == "InvalidToken"


# --- Refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        pytest.param(
            f"{PREFIX}:execution:orders:never",
            ("ExecutionDoesNotExist", f"Execution Does Not Exist: '{PREFIX}:execution:orders:never'"),
            id="unknown execution",
        ),
        pytest.param(
            f"{PREFIX}:express:orders:nightly:1",
            ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'"),
            id="EXPRESS",
        ),
        pytest.param(
            MACHINE,
            ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: stateMachine'"),
            id="state machine",
        ),
        pytest.param("nightly", ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: nightly'"), id="name"),
    ],
)
def test_arn_without_a_history(client, orders, arn, expected):
    """Only STANDARD executions have a history."""
    orders.add_execution("nightly", status="SUCCEEDED")

    assert refusal(client.get_execution_history, executionArn=arn) == expected


def test_express_child_has_no_history(client, packing):
    """An EXPRESS child execution has no history."""
    child = packing.add_map_run("items", execution_type="EXPRESS").add_execution(status="SUCCEEDED")

    assert refusal(client.get_execution_history, executionArn=child.arn) == (
        "InvalidArn",
        "Invalid Arn: 'Resource type not valid in this context: express'",
    )


def test_execution_that_has_not_started_has_no_history(client, orders, clock):
    """Before its start date an execution does not exist."""
    with pytest.warns(SeedWarning):
        orders.add_execution("nightly", status="SUCCEEDED", start_date=MINUTE)

    assert refusal(client.get_execution_history, executionArn=EXECUTION)[0] == "ExecutionDoesNotExist"

    clock.tick(MINUTE)

    assert len(history(client)) == 4


def test_page_size_has_a_limit(client, orders):
    """A page has at most 1000 events."""
    orders.add_execution("nightly", status="SUCCEEDED")

    assert refusal(client.get_execution_history, executionArn=EXECUTION, maxResults=1001) == (
        "ValidationException",
        "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 1000",
    )


# --- Histories only grow -----------------------------------------------------------------------------------------


STATES = [PASS, TASK, MAP, {"Type": "Wait", "Seconds": 3}, {"Type": "Choice"}, SUCCEED, FAIL]
STATUSES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
ACTIONS = ["tick", "fail", "abort", "time_out", "succeed", "redrive", "tolerate", "succeed child", "fail child"]


def act(client, action, parent, batch, child, frozen):
    """Do what is possible now, through the handle or the API."""
    if action == "tick":
        frozen.tick(2 * SECOND)
    elif action == "redrive" and parent.status in {"FAILED", "TIMED_OUT", "ABORTED"}:
        parent.redrive()
    elif action == "tolerate" and batch.status == "RUNNING":
        client.update_map_run(mapRunArn=batch.arn, toleratedFailureCount=2)
    elif action.endswith("child") and child.status == "RUNNING":
        getattr(child, action.split()[0])()
    elif action in {"fail", "abort", "time_out", "succeed"} and parent.status == "RUNNING":
        getattr(parent, action)()


@settings(deadline=None)  # a slow machine must not fail the test
@given(
    states=st.lists(st.sampled_from(STATES), min_size=1, max_size=4),
    seed=st.sampled_from(STATUSES),
    seconds=st.integers(0, 9),
    child_status=st.sampled_from(STATUSES),
    child_seconds=st.integers(0, 9),
    actions=st.lists(st.sampled_from(ACTIONS), max_size=12),
)
def test_history_only_grows(states, seed, seconds, child_status, child_seconds, actions):
    """Earlier events never change, ids count from 1, and timestamps never go back."""

    def life(status, seconds):
        return {"status": status} if status == "RUNNING" else {"status": status, "duration": seconds * SECOND}

    with freeze_time(NOW) as frozen, mock_sfn_executions() as sfn:
        client = made_client()
        definition = workflow(chain(*((f"S{number}", state) for number, state in enumerate(states))))
        parent = unchecked_machine(sfn, definition).add_execution("nightly", **life(seed, seconds))
        batch = parent.add_map_run("items")
        # No child of a map run runs when the parent has stopped.
        if seed != "RUNNING":
            child_seconds, child_status = min(child_seconds, seconds), child_status.replace("RUNNING", "FAILED")
        child = batch.add_execution(**life(child_status, child_seconds))
        before = history(client)
        for action in actions:
            act(client, action, parent, batch, child, frozen)
            events = history(client)

            assert events[: len(before)] == before

            before = events

        assert [event["id"] for event in before] == list(range(1, len(before) + 1))
        timestamps = [event["timestamp"] for event in before]
        assert timestamps == sorted(timestamps)
        assert timestamps[0] == parent.start_date
        assert timestamps[-1] <= (parent.stop_date or datetime.now(timezone.utc))
