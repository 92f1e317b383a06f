"""Definitions that run on the test's clock, and are listed as AWS lists them."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import datetime, timedelta, timezone
from operator import methodcaller

import boto3
import pytest
from answers import event_types, refusal
from freezegun import freeze_time
from moto import mock_aws

from sfn_mock import Execution, mock_sfn_executions

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
PREFIX = "arn:aws:states:us-east-1:123456789012"
ARN = f"{PREFIX}:stateMachine:orders"
PASS = {"Type": "Pass", "End": True}
ANY = {"ErrorEquals": ["States.ALL"]}
ASK = {
    "Type": "Task",
    "Resource": f"{PREFIX}:activity:pack",
    "TimeoutSeconds": 600,
    "HeartbeatSeconds": 300,
    "End": True,
}


@pytest.fixture
def start(sfn, client):
    """Start an execution of the given states, and return its view."""

    def start(states, input="{}", type="STANDARD", **top):
        definition = json.dumps({"StartAt": next(iter(states)), "States": states, **top})
        sfn.add_state_machine("orders", type=type, definition=definition)
        answer = client.start_execution(stateMachineArn=ARN, name="nightly", input=input)
        return sfn.get_execution(answer["executionArn"])

    return start


def distributed(state, **more):
    """A Distributed Map whose children run one state."""
    return {
        "Type": "Map",
        "Label": "Items",
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "One",
            "States": {"One": state},
        },
        "End": True,
        **more,
    }


# --- Time --------------------------------------------------------------------------------------------------------


def test_a_wait_that_the_clock_has_passed_ended_when_it_was_due(clock, client, start):
    """A Wait of an hour has ended an hour ago if the clock moves by two hours."""
    run = start({"Hold": {"Type": "Wait", "Seconds": 3600, "Next": "Done"}, "Done": {"Type": "Succeed"}})
    before = run.status
    clock.tick(7200)
    [item] = client.list_executions(stateMachineArn=ARN)["executions"]

    assert before == "RUNNING"
    assert (item["status"], item["stopDate"]) == ("SUCCEEDED", NOW + timedelta(hours=1))
    assert (run.status, run.stop_date, run.redrive_count) == ("SUCCEEDED", NOW + timedelta(hours=1), 0)


def test_a_clock_that_moves_back_shows_the_run_as_it_was(clock, client, start):
    """A change at an earlier moment replaces what the run did later."""
    run = start({"Hold": {"Type": "Wait", "Seconds": 3600, "End": True}})
    clock.tick(7200)
    assert run.status == "SUCCEEDED"
    clock.move_to(NOW + timedelta(minutes=30))
    assert (run.status, event_types(client, run)) == ("RUNNING", ["ExecutionStarted", "WaitStateEntered"])
    client.stop_execution(executionArn=run.arn, error="Enough")
    clock.tick(7200)

    assert (run.status, run.error, run.stop_date) == ("ABORTED", "Enough", NOW + timedelta(minutes=30))
    assert event_types(client, run) == ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted"]


def test_before_its_start_nothing_runs(clock, sfn, client, start):
    """Before the start of an execution nothing has run."""
    run = start({"Hold": {"Type": "Wait", "Seconds": 3600, "End": True}})
    clock.move_to(NOW - timedelta(hours=1))

    assert run.status is None
    assert client.list_executions(stateMachineArn=ARN)["executions"] == []


def test_history_without_data(client, start):
    """Without execution data, inputs and outputs are left out."""
    run = start({"Add": {**PASS, "Result": 7}})
    events = client.get_execution_history(executionArn=run.arn, includeExecutionData=False)["events"]

    assert [event.get("stateExitedEventDetails") for event in events] == [None, None, {"name": "Add"}, None]


def test_an_express_execution_ends_after_five_minutes(clock, sfn, client):
    """StartSyncExecution answers the timeout at once."""
    definition = json.dumps({"StartAt": "Hold", "States": {"Hold": {"Type": "Wait", "Seconds": 3600, "End": True}}})
    fast = sfn.add_state_machine("fast", type="EXPRESS", definition=definition)
    answer = client.start_sync_execution(stateMachineArn=fast.arn)

    assert (answer["status"], answer["stopDate"] - answer["startDate"]) == ("TIMED_OUT", timedelta(minutes=5))


# --- Tasks -------------------------------------------------------------------------------------------------------


def test_an_activity(clock, client, start):
    """A worker takes the task of an activity, sends a heartbeat, and answers."""
    client.create_activity(name="pack")
    client.create_activity(name="ship")
    run = start({"Pack": ASK}, input='{"id": 7}')
    task = client.get_activity_task(activityArn=f"{PREFIX}:activity:pack", workerName="w")
    nothing = client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")
    clock.tick(200)
    client.send_task_heartbeat(taskToken=task["taskToken"])
    clock.tick(200)
    client.send_task_success(taskToken=task["taskToken"], output='{"packed": true}')

    assert (json.loads(task["input"]), "taskToken" in nothing) == ({"id": 7}, False)
    assert (run.status, run.output, run.stop_date) == ("SUCCEEDED", '{"packed":true}', NOW + timedelta(seconds=400))
    assert event_types(client, run)[2:5] == ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded"]


def test_an_activity_within_a_map_run(client, start):
    """A worker takes the task of a child execution, and its failure is the child's."""
    client.create_activity(name="pack")
    client.create_activity(name="ship")
    run = start({"Each": distributed(ASK)}, input="[1, 2]")
    tokens = [client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")["taskToken"] for _ in range(2)]
    nothing = client.get_activity_task(activityArn=f"{PREFIX}:activity:ship")
    client.send_task_failure(taskToken=tokens[1], error="Broken", cause="It broke.")
    [batch] = run.map_runs

    assert "taskToken" not in nothing
    assert (run.status, run.error, batch.status) == ("FAILED", "States.ExceedToleratedFailureThreshold", "FAILED")
    assert {child.status for child in batch.executions} == {"FAILED", "ABORTED"}
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=tokens[0], output="{}")
    with pytest.raises(client.exceptions.InvalidToken):
        client.send_task_success(taskToken="none", output="{}")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(("send_task_success", {"output": "{}"}), id="success"),
        pytest.param(("send_task_failure", {}), id="failure"),
        pytest.param(("send_task_heartbeat", {}), id="heartbeat"),
    ],
)
def test_task_of_a_deleted_activity(client, start, answer):
    """After an activity was deleted, its tasks take no answer, and the workers of a new one do not get them."""
    operation, arguments = answer
    activity = client.create_activity(name="pack")["activityArn"]
    run = start({"Each": distributed(ASK)}, input="[1, 2]")
    token = client.get_activity_task(activityArn=activity)["taskToken"]
    client.delete_activity(activityArn=activity)
    deleted = refusal(getattr(client, operation), taskToken=token, **arguments)
    client.create_activity(name="pack")

    assert refusal(getattr(client, operation), taskToken=token, **arguments) == deleted
    assert deleted == (
        "TaskDoesNotExist",
        f"Task Does Not Exist: 'Activity does not exist anymore: {activity}'",
    )
    assert "taskToken" not in client.get_activity_task(activityArn=activity)
    assert run.status == "RUNNING"


def test_a_task_answered_in_the_past(clock, client, start):
    """An answer after the clock went back applies from that moment."""
    client.create_activity(name="pack")
    run = start({"Pack": ASK})
    clock.tick(900)
    assert (run.status, run.error) == ("FAILED", "States.Timeout")
    clock.move_to(NOW + timedelta(seconds=60))
    task = client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")
    client.send_task_success(taskToken=task["taskToken"], output="1")

    assert (run.status, run.output, run.stop_date) == ("SUCCEEDED", "1", NOW + timedelta(seconds=60))


def test_a_token_before_and_after_its_answer(clock, client, start):
    """A token is valid while its task is open at the moment of the clock, and not before the start of the execution."""
    client.create_activity(name="pack")
    run = start({"Pack": ASK})
    token = client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")["taskToken"]
    clock.tick(60)
    client.send_task_success(taskToken=token, output="1")
    clock.move_to(NOW - timedelta(seconds=1))
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=token, output="2")
    clock.move_to(NOW + timedelta(seconds=90))
    assert (run.status, run.output) == ("SUCCEEDED", "1")
    clock.move_to(NOW + timedelta(seconds=30))
    client.send_task_success(taskToken=token, output="3")
    clock.move_to(NOW + timedelta(seconds=90))

    assert (run.output, run.stop_date) == ("3", NOW + timedelta(seconds=30))


@pytest.mark.parametrize("has_inner", [pytest.param(True, id="inner mock"), pytest.param(False, id="same mock")])
def test_refused_answers_change_nothing(clock, client, start, has_inner):
    """Answers that are refused before the start of an execution leave its later events as they were."""
    client.create_activity(name="pack")
    run = start({"Pack": ASK})
    token = client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")["taskToken"]
    client.send_task_success(taskToken=token, output="1")
    before = event_types(client, run)
    clock.move_to(NOW - timedelta(seconds=1))
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=token, output="2")
    with mock_sfn_executions() if has_inner else nullcontext(), pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=token, output="2")
    clock.move_to(NOW)

    assert event_types(client, run) == before
    assert before[-2:] == ["TaskStateExited", "ExecutionSucceeded"]


@pytest.mark.sfn_executions(execute=True, retention=timedelta(days=1))
@pytest.mark.parametrize("is_deleted", [pytest.param(True, id="deleted machine"), pytest.param(False, id="retention")])
def test_tokens_of_executions_with_the_same_arn(clock, client, start, is_deleted):
    """An execution with the ARN of an earlier one has other tokens, and the earlier ones are no longer valid."""
    activity = client.create_activity(name="pack")["activityArn"]
    run = start({"Pack": ASK})
    first = client.get_activity_task(activityArn=activity)["taskToken"]
    client.stop_execution(executionArn=run.arn)
    if is_deleted:
        client.delete_state_machine(stateMachineArn=ARN)
        run = start({"Pack": ASK})
    else:
        clock.tick(timedelta(days=2))
        client.start_execution(stateMachineArn=ARN, name="nightly")
    second = client.get_activity_task(activityArn=activity)["taskToken"]
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=first, output="1")
    client.send_task_success(taskToken=second, output="2")

    assert client.describe_execution(executionArn=run.arn)["output"] == "2"


def test_tasks_of_a_deleted_machine(clock, client, start):
    """A machine stays deleted if the clock goes back: no worker gets its tasks, and their tokens are not valid."""
    activity = client.create_activity(name="pack")["activityArn"]
    run = start({"Pack": ASK})
    other = client.start_execution(stateMachineArn=ARN)["executionArn"]
    token = client.get_activity_task(activityArn=activity)["taskToken"]
    clock.tick(60)
    for arn in (run.arn, other):
        client.stop_execution(executionArn=arn)
    client.delete_state_machine(stateMachineArn=ARN)
    clock.move_to(NOW)

    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=token, output="1")
    assert "taskToken" not in client.get_activity_task(activityArn=activity)


@pytest.mark.parametrize(
    ("language", "field"),
    [pytest.param("JSONPath", "Parameters", id="JSONPath"), pytest.param("JSONata", "Arguments", id="JSONata")],
)
def test_parameters_that_cannot_be_used(client, start, language, field):
    """A task with parameters that its service refuses is not scheduled: the state fails with AWS's sentence."""
    task = {
        "Type": "Task",
        "QueryLanguage": language,
        "Resource": "arn:aws:states:::sqs:sendMessage",
        field: {"QueueUrl": "q", "MessageBody": "m", "DelaySeconds": "soon"},
        "End": True,
    }
    run = start({"Send": task})

    assert (run.status, run.error) == ("FAILED", "States.Runtime")
    assert run.cause == (
        f"An error occurred while executing the state 'Send' (entered at the event id #2). The {field} "
        '\'{"QueueUrl":"q","MessageBody":"m","DelaySeconds":"soon"}\' could not be used to start the Task: '
        "[The value for the field 'DelaySeconds' must be a NUMBER]"
    )
    assert event_types(client, run) == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]


def test_parameters_of_an_http_task(client, start):
    """The parameters of HTTP tasks are checked too."""
    parameters = {"ApiEndpoint": "a", "Method": "GET", "Authentication": {"ConnectionArn": "c"}, "Headers.$": "$.h"}
    task = {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": parameters, "End": True}
    run = start({"Get": task}, '{"h": 1}')

    assert (run.status, run.error) == ("FAILED", "States.Runtime")
    assert run.cause.endswith(
        "could not be used to start the Task: [The value for the field 'Headers' must be an OBJECT]"
    )


# --- Map runs ----------------------------------------------------------------------------------------------------


def test_failed_children_are_listed_redriven_and_counted(clock, client, start):
    """Children of a Distributed Map are executions, and redriven with their parent."""
    client.create_activity(name="pack")
    run = start({"Each": distributed(ASK, ToleratedFailurePercentage=100)}, input="[1, 2]")
    tokens = [client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")["taskToken"] for _ in range(2)]
    [batch] = run.map_runs
    client.update_map_run(mapRunArn=batch.arn, toleratedFailurePercentage=0, toleratedFailureCount=0)
    client.send_task_success(taskToken=tokens[0], output="1")
    client.send_task_failure(taskToken=tokens[1])
    assert (run.status, batch.status) == ("FAILED", "FAILED")
    clock.tick(60)
    client.redrive_execution(executionArn=run.arn)
    statuses = [child.status for child in batch.executions]
    task = client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")
    client.send_task_success(taskToken=task["taskToken"], output="2")
    described = client.describe_map_run(mapRunArn=batch.arn)

    assert statuses == ["SUCCEEDED", "RUNNING"]
    assert (run.status, run.output, run.redrive_count) == ("SUCCEEDED", "[1,2]", 1)
    assert (described["status"], described["executionCounts"]["succeeded"]) == ("SUCCEEDED", 2)


@pytest.mark.parametrize(
    ("handler", "states", "redriven"),
    [
        pytest.param({"Retry": [{**ANY, "MaxAttempts": 1}]}, {}, [("FAILED", 0), ("RUNNING", 1)], id="retried"),
        pytest.param({"Catch": [{**ANY, "Next": "No"}]}, {"No": {"Type": "Fail"}}, [("FAILED", 0)], id="caught"),
    ],
)
def test_a_redrive_leaves_the_map_runs_of_the_past(clock, client, start, handler, states, redriven):
    """A redrive does not continue a map run whose failure was retried or caught, nor its children."""
    client.create_activity(name="pack")
    run = start({"Each": distributed(ASK, **handler), **states}, input="[1]")
    while run.status == "RUNNING":
        task = client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")
        client.send_task_failure(taskToken=task["taskToken"])
        clock.tick(60)
    client.redrive_execution(executionArn=run.arn)
    children = [child for batch in run.map_runs for child in batch.executions]
    described = [client.describe_map_run(mapRunArn=batch.arn) for batch in run.map_runs]

    assert [(child.status, child.redrive_count) for child in children] == redriven
    assert [(batch["status"], batch["redriveCount"]) for batch in described] == redriven


def test_a_redrive_continues_the_map_run_of_a_branch(clock, client, start):
    """A redrive continues the failed map run of a branch, and leaves the map run of a branch that has ended."""
    client.create_activity(name="pack")
    caught = distributed(PASS, Label="Caught", Catch=[{**ANY, "Next": "Skip"}])
    # State names are unique in a definition.
    caught["ItemProcessor"] |= {"StartAt": "No", "States": {"No": {"Type": "Fail"}}}
    branches = [
        {"StartAt": "Caught", "States": {"Caught": caught, "Skip": PASS}},
        {"StartAt": "Each", "States": {"Each": distributed(ASK)}},
    ]
    run = start({"Both": {"Type": "Parallel", "Branches": branches, "End": True}}, input="[1]")
    task = client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")
    client.send_task_failure(taskToken=task["taskToken"])
    clock.tick(60)
    client.redrive_execution(executionArn=run.arn)

    described = [client.describe_map_run(mapRunArn=batch.arn) for batch in run.map_runs]

    assert [batch.label for batch in run.map_runs] == ["Caught", "Items"]
    assert [(batch["status"], batch["redriveCount"]) for batch in described] == [("FAILED", 0), ("RUNNING", 1)]


def test_children_of_a_redrive_while_time_passes(sfn, client):
    """A redriven run gets the end of a child that ended after the failure, also if time passes within the call."""
    load = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:load", "End": True}
    orders = sfn.add_state_machine("orders", definition={"StartAt": "Each", "States": {"Each": distributed(load)}})
    with freeze_time(NOW, auto_tick_seconds=1):
        orders.mock_task("One", [{"result": 1}, {"error": "Unreadable"}, {"result": 3}])
        client.start_execution(stateMachineArn=ARN, name="nightly", input="[1, 2, 3]")
        [run] = orders.executions
        failed = [child.status for child in run.map_runs[0].executions]
        orders.mock_task("One", result=2)
        client.redrive_execution(executionArn=run.arn)
        redriven = (run.status, run.redrive_count, run.output)

    assert failed == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    assert redriven == ("SUCCEEDED", 1, "[1,2,3]")


def counts(client, map_run, *statuses):
    """The numbers of child executions and of their items with each status, and of all."""
    described = client.describe_map_run(mapRunArn=map_run.arn)
    return [[described[of][status] for status in (*statuses, "total")] for of in ("executionCounts", "itemCounts")]


def test_children_that_have_not_started_are_pending(clock, client, start):
    """All child executions are counted from the start of their map run, also if the clock goes back."""
    fails = {
        "StartAt": "Hold",
        "States": {"Hold": {"Type": "Wait", "Seconds": 60, "Next": "Broken"}, "Broken": {"Type": "Fail"}},
    }
    state = distributed(PASS, MaxConcurrency=1, ItemBatcher={"MaxItemsPerBatch": 2}, ToleratedFailureCount=2)
    state["ItemProcessor"].update(fails)
    run = start({"Each": state}, input="[1, 2, 3, 4, 5, 6, 7]")
    [batch] = run.map_runs
    at_first = counts(client, batch, "pending", "running", "failed")
    clock.tick(60)
    later = counts(client, batch, "pending", "running", "failed")
    clock.tick(60)
    at_the_end = counts(client, batch, "pending", "running", "failed")
    clock.move_to(NOW)

    assert (at_first, later) == ([[3, 1, 0, 4], [5, 2, 0, 7]], [[2, 1, 1, 4], [3, 2, 2, 7]])
    assert at_the_end == [[2, 0, 2, 4], [3, 0, 4, 7]]
    assert counts(client, batch, "pending", "running", "failed") == at_first


def test_children_that_a_test_adds_to_a_running_map_run(clock, client, start):
    """A child execution that a test adds counts beside those that the definition is to start."""
    hold = {"Type": "Wait", "Seconds": 60, "End": True}
    run = start({"Each": distributed(hold, MaxConcurrency=1)}, input="[1, 2, 3]")
    [batch] = run.map_runs
    batch.add_execution("by-hand", status="SUCCEEDED", start_date=NOW, stop_date=NOW)
    at_first = counts(client, batch, "pending", "running", "succeeded")
    clock.tick(60)
    later = counts(client, batch, "pending", "running", "succeeded")
    clock.tick(120)

    assert (at_first, later) == ([[2, 1, 1, 4], [2, 1, 1, 4]], [[1, 1, 2, 4], [1, 1, 2, 4]])
    assert counts(client, batch, "pending", "running", "succeeded") == [[0, 0, 4, 4], [0, 0, 4, 4]]


def test_a_redrive_keeps_the_concurrency_of_a_map_run(clock, client, start):
    """Beyond MaxConcurrency, children of a redriven map run are PENDING_REDRIVE until others end."""
    client.create_activity(name="pack")
    run = start({"Each": distributed(ASK, MaxConcurrency=2, ToleratedFailurePercentage=100)}, input="[1, 2, 3, 4]")
    [batch] = run.map_runs

    def next_task():
        return client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")

    for _ in range(2):
        client.send_task_failure(taskToken=next_task()["taskToken"])
    run.abort()
    before = [child.status for child in batch.executions]
    clock.tick(60)
    run.redrive()
    redriven = [child.status for child in batch.executions]
    tasks = [next_task() for _ in range(3)]
    clock.tick(60)
    client.send_task_success(taskToken=tasks[0]["taskToken"], output="1")
    later = [child.status for child in batch.executions]
    third = next_task()
    client.send_task_failure(taskToken=third["taskToken"])
    for task in (tasks[1], next_task()):
        client.send_task_success(taskToken=task["taskToken"], output="2")

    assert before == ["FAILED", "FAILED", "ABORTED", "ABORTED"]
    assert redriven == ["RUNNING", "RUNNING", "PENDING_REDRIVE", "PENDING_REDRIVE"]
    assert ([task.get("input") for task in tasks], third["input"]) == (["1", "2", None], "3")
    assert later == ["SUCCEEDED", "RUNNING", "RUNNING", "PENDING_REDRIVE"]
    assert [(child.status, child.redrive_date) for child in batch.executions] == [
        ("SUCCEEDED", NOW + timedelta(seconds=60)),
        ("SUCCEEDED", NOW + timedelta(seconds=60)),
        ("FAILED", NOW + timedelta(seconds=120)),
        ("SUCCEEDED", NOW + timedelta(seconds=120)),
    ]
    assert (run.status, run.output) == ("SUCCEEDED", "[1,2,2]")


def test_children_follow_a_redrive_that_moves_to_an_earlier_moment(clock, client, start):
    """A second redrive at an earlier moment redrives the children then, and the parent waits for them."""
    client.create_activity(name="pack")
    run = start({"Each": distributed(ASK)}, input="[1]")
    [child] = run.map_runs[0].executions
    clock.tick(700)
    run.redrive()
    before = (child.status, child.redrive_date)
    clock.move_to(NOW + timedelta(seconds=650))
    run.redrive()
    task = client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")
    client.send_task_success(taskToken=task["taskToken"], output="2")

    moved = NOW + timedelta(seconds=650)
    assert before == ("RUNNING", NOW + timedelta(seconds=700))
    assert (child.status, child.redrive_count, child.redrive_date, child.stop_date) == ("SUCCEEDED", 1, moved, moved)
    assert (run.status, run.output, run.redrive_count, run.redrive_date) == ("SUCCEEDED", "[2]", 1, moved)


def test_a_redriven_express_child_execution_starts_again(clock, client, sfn, start):
    """A redrive of a map run starts EXPRESS child executions again, with their first state."""
    function = f"{PREFIX.replace('states', 'lambda')}:function"
    calls = []
    sfn.mock_task(f"{function}:prepare", lambda input: calls.append(input) or input)
    sfn.mock_task(f"{function}:pack", [{"error": "Broken"}, {"result": {"packed": True}}])
    prepare = {"Type": "Task", "Resource": f"{function}:prepare", "Next": "Pack"}
    pack = {"Type": "Task", "Resource": f"{function}:pack", "End": True}
    each = distributed(PASS)
    each["ItemProcessor"] = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        "StartAt": "Prepare",
        "States": {"Prepare": prepare, "Pack": pack},
    }
    run = start({"Each": each}, input="[1]")
    [child] = run.map_runs[0].executions
    before = (child.arn, child.status)
    clock.tick(60)
    run.redrive()

    assert before == (child.arn, "FAILED")
    assert (run.status, run.output) == ("SUCCEEDED", '[{"packed":true}]')
    assert (child.status, child.start_date, child.redrive_count, child.redrive_date) == ("SUCCEEDED", NOW, 1, None)
    assert calls == [1, 1]


def test_map_runs_that_started_meanwhile(clock, start):
    """map_runs runs the definition up to now, as other properties do."""
    run = start({"Hold": {"Type": "Wait", "Seconds": 60, "Next": "Each"}, "Each": distributed(PASS)}, input="[1, 2]")
    before = run.map_runs
    clock.tick(60)
    [batch] = run.map_runs

    assert before == []
    assert [child.status for child in batch.executions] == ["SUCCEEDED", "SUCCEEDED"]


def test_generated_label(sfn, client):
    """Map runs of one Map state without a Label have the same label, those of another state another."""
    each = {name: value for name, value in distributed(PASS).items() if name not in ("Label", "End")}
    other = {**each["ItemProcessor"], "StartAt": "Two", "States": {"Two": PASS}}
    states = {"Each": {**each, "Next": "Other"}, "Other": {**each, "ItemProcessor": other, "End": True}}
    machine = sfn.add_state_machine("orders", definition=json.dumps({"StartAt": "Each", "States": states}))
    for name in ("first", "second"):
        client.start_execution(stateMachineArn=ARN, name=name, input="[1]")
    labels = [[run.arn.split("/")[1].split(":")[0] for run in execution.map_runs] for execution in machine.executions]

    assert labels[0] == labels[1]
    assert len(set(labels[0])) == 2


def test_a_map_run_that_was_redriven_too_often_fails_its_run(clock, client, start, monkeypatch):
    """If its map run cannot be redriven again, a run fails in the Map state."""
    for module in ("asl.map_runs", "state.life_cycle"):
        monkeypatch.setattr(f"sfn_mock.{module}.MOST_REDRIVES", 1)
    run = start({"Each": distributed({"Type": "Fail", "Error": "Broken"})}, input="[1]")
    for _ in range(2):
        clock.tick(60)
        client.redrive_execution(executionArn=run.arn)
    [batch] = run.map_runs
    described = client.describe_map_run(mapRunArn=batch.arn)

    assert (run.status, run.error, run.redrive_count) == ("FAILED", "States.Runtime", 2)
    assert (described["redriveCount"], described["stopDate"]) == (1, NOW + timedelta(seconds=60))


def test_a_redrive_learns_of_children_that_ended_when_the_map_run_had_failed(sfn, client):
    """A redrive keeps children that succeeded when another one failed."""
    call = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pack", "End": True}
    definition = json.dumps({"StartAt": "Each", "States": {"Each": distributed(call)}})
    orders = sfn.add_state_machine("orders", definition=definition)
    orders.mock_task("One", [{"error": "Broken"}, {"result": 2}, {"result": 1}])
    client.start_execution(stateMachineArn=ARN, input="[1, 2]")
    [run] = orders.executions
    before = run.status
    client.redrive_execution(executionArn=run.arn)

    assert (before, run.status, run.output) == ("FAILED", "SUCCEEDED", "[1,2]")


@pytest.mark.parametrize(
    ("body", "reader", "items"),
    [
        pytest.param('[{"id": 1}, {"id": 2}]', {"InputType": "JSON"}, ['{"id":1}', '{"id":2}'], id="JSON"),
        pytest.param('{"id": 1}\n\n{"id": 2}', {"InputType": "JSONL"}, ['{"id":1}', '{"id":2}'], id="JSON lines"),
        pytest.param(
            "id,name\n1,a\n2,b",
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "MaxItems": 1},
            ['{"id":"1","name":"a"}'],
            id="CSV",
        ),
        pytest.param(
            "1;a",
            {
                "InputType": "CSV",
                "CSVHeaderLocation": "GIVEN",
                "CSVHeaders": ["id", "name"],
                "CSVDelimiter": "SEMICOLON",
            },
            ['{"id":"1","name":"a"}'],
            id="CSV with given headers",
        ),
    ],
)
def test_items_come_from_s3(sfn, client, start, body, reader, items):
    """An ItemReader reads an object of mock_aws's S3, and a ResultWriter writes the results there."""
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="lists")
        s3.put_object(Bucket="lists", Key="items", Body=body.encode())
        run = start(
            {
                "Each": distributed(
                    PASS,
                    ItemReader={
                        "Resource": "arn:aws:states:::s3:getObject",
                        "ReaderConfig": reader,
                        "Parameters": {"Bucket": "lists", "Key": "items"},
                    },
                    ResultWriter={
                        "Resource": "arn:aws:states:::s3:putObject",
                        "Parameters": {"Bucket": "lists", "Prefix": "results/"},
                    },
                )
            }
        )
        children = [child.input for child in run.map_runs[0].executions]
        result = json.loads(run.output)
        key = result["ResultWriterDetails"]["Key"]
        manifest = json.loads(s3.get_object(Bucket="lists", Key=key)["Body"].read())

    assert (run.status, children) == ("SUCCEEDED", items)
    assert key == f"results/{run.map_runs[0].id}/manifest.json"
    assert [len(manifest["ResultFiles"][status]) for status in ("SUCCEEDED", "FAILED", "PENDING")] == [1, 0, 0]


def test_result_files(start):
    """The files of a ResultWriter have the members of DescribeExecution for each child."""
    each = {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 2, "Next": "Two"}], "Default": "Other"}
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "lists"}}
    state = distributed(each, ResultWriter=writer, ToleratedFailureCount=1)
    state["ItemProcessor"]["States"] |= {"Two": {"Type": "Fail", "Error": "E", "Cause": "c"}, "Other": PASS}
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="lists")
        run = start({"Each": state}, "[1, 2]")
        [map_run] = run.map_runs
        files = [s3.get_object(Bucket="lists", Key=f"{map_run.id}/{name}_0.json") for name in ("SUCCEEDED", "FAILED")]
        [[succeeded], [failed]] = [json.loads(file["Body"].read()) for file in files]
    first, second = map_run.executions
    both = {
        "InputDetails": {"Included": True},
        "RedriveCount": 0,
        "StartDate": "2026-01-10T03:00:00.000Z",
        "StateMachineArn": first.state_machine_arn,
        "StopDate": "2026-01-10T03:00:00.000Z",
    }

    assert succeeded == {
        **both,
        "ExecutionArn": first.arn,
        "Input": "1",
        "Name": first.name,
        "Output": "1",
        "OutputDetails": {"Included": True},
        "RedriveStatus": "NOT_REDRIVABLE",
        "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
        "Status": "SUCCEEDED",
    }
    assert failed == {
        **both,
        "Cause": "c",
        "Error": "E",
        "ExecutionArn": second.arn,
        "Input": "2",
        "Name": second.name,
        "RedriveStatus": "REDRIVABLE_BY_MAP_RUN",
        "Status": "FAILED",
    }


def test_history_of_a_map_run_that_ends_with_its_parent(clock, client, start):
    """If its parent is stopped or times out, the end of a map run comes first, as in the history of a seed."""
    run = start({"Each": distributed({"Type": "Wait", "Seconds": 60, "End": True})}, "[1]", TimeoutSeconds=30)
    clock.tick(10)
    client.stop_execution(executionArn=run.arn)
    client.redrive_execution(executionArn=run.arn)
    clock.tick(30)
    events = client.get_execution_history(executionArn=run.arn)["events"][3:]

    assert [(event["id"], event["previousEventId"], event["type"]) for event in events] == [
        (4, 3, "MapRunStarted"),
        (5, 4, "MapRunAborted"),
        (6, 0, "ExecutionAborted"),
        (7, 6, "ExecutionRedriven"),
        (8, 7, "MapRunRedriven"),
        (9, 8, "MapRunAborted"),
        (10, 0, "ExecutionTimedOut"),
    ]


def test_result_files_of_a_map_run_that_fails(clock, start):
    """The files of a map run that fails have its failed and stopped child executions, and those that did not start."""
    each = {"Type": "Wait", "SecondsPath": "$", "Next": "Fail"}
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "lists"}}
    state = distributed(each, ResultWriter=writer, MaxConcurrency=2)
    state["ItemProcessor"]["States"]["Fail"] = {"Type": "Fail", "Error": "E"}
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="lists")
        run = start({"Each": state}, "[1, 60, 7]")
        clock.tick(1)
        status, [map_run] = run.status, run.map_runs
        files = [s3.get_object(Bucket="lists", Key=f"{map_run.id}/{name}_0.json") for name in ("FAILED", "PENDING")]
        failed, pending = [json.loads(file["Body"].read()) for file in files]
    first, second = map_run.executions

    assert status == "FAILED"
    assert [(end["ExecutionArn"], end["Status"], end["StopDate"]) for end in failed] == [
        (first.arn, "FAILED", "2026-01-10T03:00:01.000Z"),
        (second.arn, "ABORTED", "2026-01-10T03:00:01.000Z"),
    ]
    assert pending == [{"Input": "7", "InputDetails": {"Included": True}, "Status": "PENDING"}]


def test_result_files_of_a_map_run_that_is_aborted(clock, client, start):
    """The files of a map run whose parent is stopped have all its child executions, and those that did not start."""
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "lists"}}
    state = distributed({"Type": "Wait", "SecondsPath": "$", "End": True}, ResultWriter=writer, MaxConcurrency=2)
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="lists")
        run = start({"Each": state}, "[1, 60, 61, 62]")
        clock.tick(2)
        client.stop_execution(executionArn=run.arn)
        [map_run] = run.map_runs
        files = {
            name: json.loads(s3.get_object(Bucket="lists", Key=f"{map_run.id}/{name}_0.json")["Body"].read())
            for name in ("SUCCEEDED", "FAILED", "PENDING")
        }
    first, second, third = map_run.executions

    assert (run.status, map_run.status, event_types(client, run)[-2:]) == (
        "ABORTED",
        "ABORTED",
        ["MapRunAborted", "ExecutionAborted"],
    )
    assert {name: [(end.get("ExecutionArn"), end["Status"]) for end in ends] for name, ends in files.items()} == {
        "SUCCEEDED": [(first.arn, "SUCCEEDED")],
        "FAILED": [(second.arn, "ABORTED"), (third.arn, "ABORTED")],
        "PENDING": [(None, "PENDING")],
    }


def test_map_run_that_is_aborted_without_s3(clock, client, start):
    """Without mock_aws, a map run whose parent is stopped writes no files, and no call of S3 is refused."""
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "lists"}}
    run = start({"Each": distributed({"Type": "Wait", "SecondsPath": "$", "End": True}, ResultWriter=writer)}, "[60]")

    client.stop_execution(executionArn=run.arn)

    assert (run.status, run.map_runs[0].status) == ("ABORTED", "ABORTED")


def test_items_are_the_objects_of_a_bucket(client, start):
    """listObjectsV2 gives an item for each object."""
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="lists")
        s3.put_object(Bucket="lists", Key="one", Body=b"1")
        reader = {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "lists"}}
        run = start({"Each": distributed(PASS, ItemReader=reader)})
        [child] = run.map_runs[0].executions

    assert json.loads(child.input) == {
        "Etag": '"c4ca4238a0b923820dcc509a6f75849b"',
        "Key": "one",
        "LastModified": 1768014000,
        "Size": 1,
        "StorageClass": "STANDARD",
    }


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        pytest.param(
            {
                "ItemReader": {
                    "Resource": "arn:aws:states:::s3:getObject",
                    "ReaderConfig": {"InputType": "JSON"},
                    "Parameters": {"Bucket": "lists", "Key": "items"},
                }
            },
            "States.ItemReaderFailed",
            id="an object that is not a list",
        ),
        pytest.param(
            {"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "none"}}},
            "States.ResultWriterFailed",
            id="a bucket that is not there",
        ),
    ],
)
def test_items_and_results_that_fail(client, start, parts, error):
    """An error of S3, or a missing object, fails the state."""
    with mock_aws():
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="lists")
        s3.put_object(Bucket="lists", Key="items", Body=b'{"id": 1}')
        run = start({"Each": distributed(PASS, **parts)}, input="[1]")

    assert (run.status, run.error) == ("FAILED", error)


# --- Redrives ----------------------------------------------------------------------------------------------------


def test_a_redrive_continues_at_the_failed_state(clock, client, start):
    """After a redrive, states that succeeded do not run again, and the history continues."""
    client.create_activity(name="pack")
    run = start({"Add": {"Type": "Pass", "Result": 7, "Next": "Pack"}, "Pack": ASK})
    clock.tick(900)
    assert run.error == "States.Timeout"
    client.redrive_execution(executionArn=run.arn)
    task = client.get_activity_task(activityArn=f"{PREFIX}:activity:pack")
    client.send_task_success(taskToken=task["taskToken"], output="8")

    assert (run.status, run.output, run.redrive_count) == ("SUCCEEDED", "8", 1)
    assert event_types(client, run).count("PassStateEntered") == 1
    assert "ExecutionRedriven" in event_types(client, run)


@pytest.mark.parametrize(
    ("end", "last_event"),
    [
        pytest.param(methodcaller("fail", "Late", "Rain"), "ExecutionFailed", id="failed"),
        pytest.param(Execution.time_out, "ExecutionTimedOut", id="timed out"),
        pytest.param(methodcaller("abort", "Halt"), "ExecutionAborted", id="aborted"),
    ],
)
def test_a_redrive_leaves_the_history_before_it_as_it_was(client, start, end, last_event):
    """After a redrive, the history keeps an earlier end by the test."""
    run = start({"Pause": {"Type": "Wait", "Seconds": 60, "End": True}})
    end(run)
    before = client.get_execution_history(executionArn=run.arn)["events"]
    run.redrive()
    after = client.get_execution_history(executionArn=run.arn)["events"]

    assert before[-1]["type"] == last_event
    assert after[: len(before)] == before
    assert [event["type"] for event in after[len(before) :]] == ["ExecutionRedriven"]


@pytest.mark.parametrize(
    ("stop", "redrive"), [pytest.param(0, 0, id="at the start"), (1, 2), pytest.param(1, 1, id="at its stop")]
)
@pytest.mark.parametrize("is_seen", [pytest.param(True, id="seen"), pytest.param(False, id="not seen")])
@pytest.mark.parametrize("look", ["list_executions", "get_activity_task"])
def test_a_redrive_outlasts_a_clock_that_moves_back(clock, client, start, stop, redrive, is_seen, look):
    """A redriven run goes on after a look at a moment before its start."""
    client.create_activity(name="pack")
    run = start({"Pause": {"Type": "Wait", "Seconds": 60, "End": True}})
    looks = {
        "list_executions": lambda: client.list_executions(stateMachineArn=ARN)["executions"],
        "get_activity_task": lambda: client.get_activity_task(activityArn=f"{PREFIX}:activity:pack").get("taskToken"),
    }
    clock.tick(stop)
    run.abort("Halt")
    clock.tick(redrive - stop)
    run.redrive()
    if is_seen:
        assert event_types(client, run)[-1] == "ExecutionRedriven"
    clock.move_to(NOW - timedelta(minutes=2))
    assert not looks[look]()
    clock.move_to(NOW + timedelta(seconds=30))

    assert (run.status, run.redrive_count) == ("RUNNING", 1)
    assert event_types(client, run) == ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted", "ExecutionRedriven"]
    clock.move_to(NOW + timedelta(seconds=redrive + 60))
    assert (run.status, run.stop_date) == ("SUCCEEDED", NOW + timedelta(seconds=redrive + 60))


def test_a_test_may_end_a_run(client, start):
    """succeed() ends the execution and its history with the test's output."""
    run = start({"Hold": {"Type": "Wait", "Seconds": 3600, "End": True}})
    run.succeed('{"ok": true}')
    events = client.get_execution_history(executionArn=run.arn)["events"]

    assert [event["type"] for event in events][-1] == "ExecutionSucceeded"
    assert events[-1]["executionSucceededEventDetails"] == {
        "output": '{"ok": true}',
        "outputDetails": {"truncated": False},
    }
