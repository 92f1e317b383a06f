"""Replays of recorded histories: today's definition with the recorded outcomes."""

from __future__ import annotations

import json

import boto3
import pytest

from sfn_mock import mock_sfn_executions

CUT = {"output": "[1", "outputDetails": {"truncated": True}}
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:charge"


def definition(**charge):
    """Return a definition whose only state charges an amount."""
    state = {"Type": "Task", "Resource": FUNCTION, "Parameters": {"amount.$": "$.amount"}, "End": True, **charge}
    return {"StartAt": "Charge", "States": {"Charge": state}}


def numbered(*events):
    """Return events of one sequence, each given as (second, type, member, details), as GetExecutionHistory does."""
    return [
        {
            "id": number,
            "previousEventId": 0 if number == 2 else number - 1,
            "timestamp": f"2026-01-09T03:00:0{second}Z",
            "type": kind,
            **({} if member is None else {f"{member}EventDetails": details}),
        }
        for number, (second, kind, member, details) in enumerate(events, 1)
    ]


def history():
    """Return the history of an execution that charged an amount for two seconds."""
    return numbered(
        (1, "ExecutionStarted", "executionStarted", {"input": '{"amount":5}', "roleArn": "arn:aws:iam::1:role/r"}),
        (2, "TaskStateEntered", "stateEntered", {"name": "Charge", "input": '{"amount":5}'}),
        (3, "LambdaFunctionScheduled", "lambdaFunctionScheduled", {"resource": FUNCTION, "input": '{"amount":5}'}),
        (4, "LambdaFunctionStarted", None, None),
        (5, "LambdaFunctionSucceeded", "lambdaFunctionSucceeded", {"output": '{"charged":true}'}),
        (6, "TaskStateExited", "stateExited", {"name": "Charge", "output": '{"charged":true}'}),
        (7, "ExecutionSucceeded", "executionSucceeded", {"output": '{"charged":true}'}),
    )


def test_same_definition(sfn):
    """The same definition has no differences, and its execution has the recorded start date."""
    replay = sfn.replay(definition=definition(), history={"events": history()})

    assert replay.differences == []
    assert (replay.execution.status, json.loads(replay.execution.output)) == ("SUCCEEDED", {"charged": True})
    assert replay.execution.start_date.isoformat() == "2026-01-09T03:00:01+00:00"
    assert replay.execution.state_machine.name == "replay-1"


@pytest.mark.parametrize(
    ("charge", "kinds", "first"),
    [
        pytest.param(
            {"Parameters": {"total.$": "$.amount"}},
            ["input"],
            'Event 3: \'Charge\' calls its task with {"total":5} instead of {"amount":5}.',
            id="input",
        ),
        pytest.param(
            {"TimeoutSeconds": 1},
            ["output", "end"],
            "Event 5: The task of 'Charge' ends TIMED_OUT instead of SUCCEEDED.",
            id="timeout",
        ),
    ],
)
def test_changed_definition(sfn, charge, kinds, first):
    """A difference names the first event that differs, and why."""
    machine = sfn.add_state_machine("orders", definition=json.dumps(definition(**charge)))
    replay = machine.replay(history())

    assert [difference.kind for difference in replay.differences] == kinds
    assert str(replay.differences[0]) == first


def test_new_task(sfn):
    """A task that the recording does not have calls no service, and stops the replay."""
    states = {
        **definition(End=False, Next="Ship")["States"],
        "Ship": {"Type": "Task", "Resource": FUNCTION, "End": True},
    }
    del states["Charge"]["End"]
    replay = sfn.replay(definition={"StartAt": "Charge", "States": states}, history=history())

    assert [str(difference) for difference in replay.differences] == [
        "The execution enters 'Ship', where the recorded part had ended after 'Charge'. "
        "The history has no outcome for it; the replay stops."
    ]
    assert replay.execution.status == "RUNNING"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param([], "history must be the events of an execution, got none.", id="empty"),
        pytest.param(history()[1:], "history must be complete, got no event 1 of 7: read all pages.", id="gap"),
        pytest.param(
            [*history()[:6], {**history()[6], "executionSucceededEventDetails": CUT}],
            "history must be whole, got event 7 with truncated output: use the answers of GetExecutionHistory instead "
            "of logs.",
            id="truncated",
        ),
        pytest.param(3, "history must be what GetExecutionHistory answered or the path of a file, got 3.", id="type"),
    ],
)
def test_unusable_history(sfn, given, reason):
    """A value that is not a history of an execution is a ValueError."""
    with pytest.raises(ValueError, match=r"^history must be") as caught:
        sfn.replay(definition=definition(), history=given)

    assert str(caught.value) == reason


def test_tasks_at_the_same_time(sfn):
    """Tasks of several branches end in the recorded order."""
    branches = [
        {"StartAt": name, "States": {name: {"Type": "Task", "Resource": FUNCTION, "End": True}}} for name in ("A", "B")
    ]
    both = {"Type": "Parallel", "Branches": branches, "End": True}
    scheduled = {"resource": FUNCTION, "input": "{}"}
    output = {"output": "1"}
    events = [
        (0, 0, "ExecutionStarted", "executionStarted", {"input": "{}", "roleArn": "arn:aws:iam::1:role/r"}),
        (0, 0, "ParallelStateEntered", "stateEntered", {"name": "Both", "input": "{}"}),
        (0, 2, "ParallelStateStarted", None, None),
        (0, 3, "TaskStateEntered", "stateEntered", {"name": "A", "input": "{}"}),
        (0, 4, "LambdaFunctionScheduled", "lambdaFunctionScheduled", scheduled),
        (0, 5, "LambdaFunctionStarted", None, None),
        (3, 3, "TaskStateEntered", "stateEntered", {"name": "B", "input": "{}"}),
        (3, 7, "LambdaFunctionScheduled", "lambdaFunctionScheduled", scheduled),
        (3, 8, "LambdaFunctionStarted", None, None),
        (5, 6, "LambdaFunctionSucceeded", "lambdaFunctionSucceeded", output),
        (5, 10, "TaskStateExited", "stateExited", {"name": "A", **output}),
        (6, 9, "LambdaFunctionSucceeded", "lambdaFunctionSucceeded", output),
        (6, 12, "TaskStateExited", "stateExited", {"name": "B", **output}),
        (6, 13, "ParallelStateSucceeded", None, None),
        (6, 13, "ParallelStateExited", "stateExited", {"name": "Both", "output": "[1,1]"}),
        (6, 15, "ExecutionSucceeded", "executionSucceeded", {"output": "[1,1]"}),
    ]
    recorded = [
        {
            "id": number,
            "previousEventId": previous,
            "timestamp": f"2026-01-09T03:00:0{second}Z",
            "type": kind,
            **({} if member is None else {f"{member}EventDetails": details}),
        }
        for number, (second, previous, kind, member, details) in enumerate(events, 1)
    ]
    replay = sfn.replay(definition={"StartAt": "Both", "States": {"Both": both}}, history=recorded)
    answer = boto3.client("stepfunctions").get_execution_history(executionArn=replay.execution.arn)
    ends = [
        (event["stateExitedEventDetails"]["name"], f"{event['timestamp']:%S}")
        for event in answer["events"]
        if "stateExitedEventDetails" in event
    ]

    assert replay.differences == []
    assert ends == [("A", "05"), ("B", "06"), ("Both", "06")]


def events_of(execution):
    """Return the second, type and details of each event in an execution's history."""
    answer = boto3.client("stepfunctions").get_execution_history(executionArn=execution.arn)
    return [
        (event["timestamp"].second, event["type"], next((event[key] for key in event if key.endswith("Details")), None))
        for event in answer["events"]
    ]


PICK = "arn:aws:states:us-east-1:123456789012:activity:pick"


def activity_task(*events, **members):
    """Return a definition with a task of an activity, and the history of an execution of it that ended with events."""
    state = {"Type": "Task", "Resource": PICK, "End": True, **members}
    seconds = {f"{key[0].lower()}{key[1:-7]}InSeconds": value for key, value in members.items()}
    first = (
        (1, "ExecutionStarted", "executionStarted", {"input": "{}", "roleArn": "arn:aws:iam::1:role/r"}),
        (1, "TaskStateEntered", "stateEntered", {"name": "Pick", "input": "{}"}),
        (1, "ActivityScheduled", "activityScheduled", {"resource": PICK, "input": "{}", **seconds}),
    )
    return {"StartAt": "Pick", "States": {"Pick": state}}, numbered(*first, *events)


TIMEOUT = {"error": "States.Timeout"}
WORKER = (4, "ActivityStarted", "activityStarted", {"workerName": "ann"})


@pytest.mark.parametrize(
    ("recorded", "expected"),
    [
        pytest.param(
            activity_task(
                WORKER,
                (6, "ActivitySucceeded", "activitySucceeded", {"output": "1"}),
                (6, "TaskStateExited", "stateExited", {"name": "Pick", "output": "1"}),
                (6, "ExecutionSucceeded", "executionSucceeded", {"output": "1"}),
            ),
            [
                (4, "ActivityStarted", {"workerName": "ann"}),
                (6, "ActivitySucceeded", {"output": "1", "outputDetails": {"truncated": False}}),
            ],
            id="succeeded",
        ),
        pytest.param(
            activity_task(
                (4, "ActivityStarted", "activityStarted", {}),
                (6, "ActivityFailed", "activityFailed", {"error": "Lost"}),
                (6, "ExecutionFailed", "executionFailed", {"error": "Lost"}),
            ),
            [(4, "ActivityStarted", {}), (6, "ActivityFailed", {"error": "Lost"})],
            id="failed, a worker without a name",
        ),
        pytest.param(
            activity_task(
                WORKER,
                (6, "ActivityTimedOut", "activityTimedOut", TIMEOUT),
                (6, "ExecutionFailed", "executionFailed", TIMEOUT),
                TimeoutSeconds=9,
                HeartbeatSeconds=2,
            ),
            [(4, "ActivityStarted", {"workerName": "ann"}), (6, "ActivityTimedOut", TIMEOUT)],
            id="missed heartbeat",
        ),
        pytest.param(
            activity_task(
                (3, "ActivityTimedOut", "activityTimedOut", TIMEOUT),
                (3, "ExecutionFailed", "executionFailed", TIMEOUT),
                TimeoutSeconds=2,
            ),
            [(3, "ActivityTimedOut", TIMEOUT)],
            id="no worker",
        ),
        pytest.param(
            activity_task((3, "ExecutionAborted", "executionAborted", {})), [], id="stopped before a worker came"
        ),
        pytest.param(
            activity_task(
                (1, "ActivityScheduleFailed", "activityScheduleFailed", {"error": "E", "cause": "why"}),
                (1, "ExecutionFailed", "executionFailed", {"error": "E", "cause": "why"}),
            ),
            [(1, "ActivityScheduleFailed", {"error": "E", "cause": "why"})],
            id="schedule failed",
        ),
    ],
)
def test_task_of_an_activity(sfn, recorded, expected):
    """The task of an activity starts when the recorded one did, and with its worker."""
    definition, history = recorded
    replay = sfn.replay(definition=definition, history=history)
    happened = [event for event in events_of(replay.execution) if event[1].startswith("Activity")]

    assert replay.differences == []
    assert happened[0][1] == "ActivityScheduled"
    assert happened[1:] == expected


def charge_that_timed_out():
    """Return the history of an execution whose task timed out a second later than its TimeoutSeconds of 2."""
    called = {"resource": FUNCTION, "input": '{"amount":5}', "timeoutInSeconds": 2}
    return numbered(
        (1, "ExecutionStarted", "executionStarted", {"input": '{"amount":5}', "roleArn": "arn:aws:iam::1:role/r"}),
        (1, "TaskStateEntered", "stateEntered", {"name": "Charge", "input": '{"amount":5}'}),
        (1, "LambdaFunctionScheduled", "lambdaFunctionScheduled", called),
        (1, "LambdaFunctionStarted", None, None),
        (4, "LambdaFunctionTimedOut", "lambdaFunctionTimedOut", TIMEOUT),
        (4, "ExecutionFailed", "executionFailed", TIMEOUT),
    )


@pytest.mark.parametrize(
    ("members", "second"),
    [
        pytest.param({"TimeoutSeconds": 2}, 4, id="as recorded"),
        pytest.param({"TimeoutSeconds": 1}, 2, id="another timeout"),
        pytest.param({}, 4, id="no timeout"),
        pytest.param({"TimeoutSeconds": 5, "HeartbeatSeconds": 2}, 3, id="heartbeat"),
    ],
)
def test_timeout_of_a_task(sfn, members, second):
    """A task that timed out ends at its recorded date, unless its limits are others now."""
    replay = sfn.replay(definition=definition(**members), history=charge_that_timed_out())

    assert replay.differences == []
    assert events_of(replay.execution)[-2:] == [
        (second, "LambdaFunctionTimedOut", TIMEOUT),
        (second, "ExecutionFailed", TIMEOUT),
    ]


def test_timeout_of_another_iteration(sfn):
    """A task that was aborted does not time out, though it began before the task that did."""
    charge = {"Type": "Task", "Resource": FUNCTION, "TimeoutSeconds": 2, "End": True}
    processor = {"StartAt": "Charge", "States": {"Charge": charge}}
    each = {"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemProcessor": processor, "End": True}}}

    def iteration(index):
        text = str(index + 7)
        called = {"resource": FUNCTION, "input": text, "timeoutInSeconds": 2}
        return (
            (index + 1, "MapIterationStarted", "mapIterationStarted", {"name": "Each", "index": index}),
            (index + 1, "TaskStateEntered", "stateEntered", {"name": "Charge", "input": text}),
            (index + 1, "LambdaFunctionScheduled", "lambdaFunctionScheduled", called),
            (index + 1, "LambdaFunctionStarted", None, None),
        )

    events = numbered(
        (1, "ExecutionStarted", "executionStarted", {"input": "[7,8]", "roleArn": "arn:aws:iam::1:role/r"}),
        (1, "MapStateEntered", "stateEntered", {"name": "Each", "input": "[7,8]"}),
        (1, "MapStateStarted", "mapStateStarted", {"length": 2}),
        *iteration(0),
        *iteration(1),
        (5, "LambdaFunctionTimedOut", "lambdaFunctionTimedOut", TIMEOUT),
        (5, "MapIterationFailed", "mapIterationFailed", {"name": "Each", "index": 1}),
        (5, "MapStateFailed", None, None),
        (5, "ExecutionFailed", "executionFailed", TIMEOUT),
    )
    events[7]["previousEventId"] = 3
    replay = sfn.replay(definition=each, history=events)

    assert replay.differences == []
    assert (5, "MapIterationFailed", {"name": "Each", "index": 1}) in events_of(replay.execution)


def test_worker_of_an_aborted_branch(sfn):
    """The worker does not start a task whose branch is aborted earlier than in the recording."""
    charge = {"Type": "Task", "Resource": FUNCTION, "TimeoutSeconds": 2, "End": True}
    branches = [
        {"StartAt": "Pick", "States": {"Pick": {"Type": "Task", "Resource": PICK, "End": True}}},
        {"StartAt": "Charge", "States": {"Charge": charge}},
    ]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Rest"}]
    states = {
        "Both": {"Type": "Parallel", "Branches": branches, "Catch": catch, "End": True},
        "Rest": {"Type": "Wait", "Seconds": 60, "End": True},
    }
    events = numbered(
        (1, "ExecutionStarted", "executionStarted", {"input": "{}", "roleArn": "arn:aws:iam::1:role/r"}),
        (1, "ParallelStateEntered", "stateEntered", {"name": "Both", "input": "{}"}),
        (1, "ParallelStateStarted", None, None),
        (1, "TaskStateEntered", "stateEntered", {"name": "Pick", "input": "{}"}),
        (1, "ActivityScheduled", "activityScheduled", {"resource": PICK, "input": "{}"}),
        (1, "TaskStateEntered", "stateEntered", {"name": "Charge", "input": "{}"}),
        (1, "LambdaFunctionScheduled", "lambdaFunctionScheduled", {"resource": FUNCTION, "input": "{}"}),
        (1, "LambdaFunctionStarted", None, None),
        (8, *WORKER[1:]),
        (9, "LambdaFunctionFailed", "lambdaFunctionFailed", {"error": "Declined"}),
        (9, "ParallelStateFailed", None, None),
        (9, "ExecutionFailed", "executionFailed", {"error": "Declined"}),
    )
    for number, previous in ((6, 3), (9, 5), (10, 8)):
        events[number - 1]["previousEventId"] = previous
    replay = sfn.replay(definition={"StartAt": "Both", "States": states}, history=events)

    assert [kind for _, kind, _ in events_of(replay.execution)][-7:] == [
        "LambdaFunctionTimedOut",
        "TaskStateAborted",
        "ParallelStateFailed",
        "ParallelStateExited",
        "WaitStateEntered",
        "WaitStateExited",
        "ExecutionSucceeded",
    ]


def test_wait_scale_does_not_apply_to_replays():
    """A replay waits as long as the recorded execution, whatever wait_scale is."""
    wait = {"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 3, "End": True}}}
    recorded = numbered(
        (1, "ExecutionStarted", "executionStarted", {"input": "{}", "roleArn": "arn:aws:iam::1:role/r"}),
        (1, "WaitStateEntered", "stateEntered", {"name": "Rest", "input": "{}"}),
        (4, "WaitStateExited", "stateExited", {"name": "Rest", "output": "{}"}),
        (4, "ExecutionSucceeded", "executionSucceeded", {"output": "{}"}),
    )

    with mock_sfn_executions(wait_scale=0) as sfn:
        replay = sfn.replay(definition=wait, history={"events": recorded})

        assert replay.differences == []
        assert replay.execution.stop_date.isoformat() == "2026-01-09T03:00:04+00:00"
