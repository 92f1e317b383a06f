"""Executions that wait for a task: wait_for_task, SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import boto3
import pytest
from answers import members, refusal
from moto.stepfunctions.models import stepfunctions_backends

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=timezone.utc)

pytestmark = pytest.mark.usefixtures("clock")
PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
MINUTE = timedelta(minutes=1)
MILLISECOND = timedelta(milliseconds=1)
INVALID_TOKEN = ("InvalidToken", "Invalid Token: 'Invalid token'")
TIMED_OUT = ("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")


@pytest.fixture
def run(orders):
    """An execution that has been running for an hour."""
    return orders.add_execution("nightly", status="RUNNING", start_date=-timedelta(hours=1))


def succeed(client, token: str, output: str = "{}"):
    return client.send_task_success(taskToken=token, output=output)


ANSWERS = [
    pytest.param(("send_task_success", {"output": "{}"}), id="success"),
    pytest.param(("send_task_failure", {}), id="failure"),
    pytest.param(("send_task_heartbeat", {}), id="heartbeat"),
]


def refused(client, answer, token: str):
    operation, arguments = answer
    return refusal(getattr(client, operation), taskToken=token, **arguments)


# --- Answers -----------------------------------------------------------------------------------------------------


def test_success(client, run, clock):
    """SendTaskSuccess ends the waiting execution now, with its output."""
    token = run.wait_for_task()
    clock.move_to(NOW + MINUTE)

    assert members(succeed(client, token, '{"picked": 3}')) == {}

    described = client.describe_execution(executionArn=run.arn)

    assert described["status"] == "SUCCEEDED"
    assert described["stopDate"] == NOW + MINUTE
    assert described["output"] == '{"picked": 3}'
    assert (run.status, run.output) == ("SUCCEEDED", '{"picked": 3}')
    assert client.list_executions(stateMachineArn=MACHINE, statusFilter="RUNNING")["executions"] == []


@pytest.mark.parametrize(
    "details",
    [
        pytest.param({"error": "OutOfStock", "cause": "no apples"}, id="error and cause"),
        pytest.param({"error": "OutOfStock"}, id="error"),
        pytest.param({}, id="neither"),
    ],
)
def test_failure(client, run, details):
    """SendTaskFailure ends the waiting execution as FAILED, with error and cause if given."""
    token = run.wait_for_task()

    assert members(client.send_task_failure(taskToken=token, **details)) == {}

    described = client.describe_execution(executionArn=run.arn)

    assert (described["status"], described["stopDate"]) == ("FAILED", NOW)
    assert {member: described[member] for member in ("error", "cause", "output") if member in described} == details


def test_heartbeat(client, run):
    """After SendTaskHeartbeat the execution still waits."""
    token = run.wait_for_task()

    assert members(client.send_task_heartbeat(taskToken=token)) == {}
    assert run.status == "RUNNING"

    succeed(client, token)

    assert run.status == "SUCCEEDED"


def test_answer_of_an_activity(client, run):
    """A worker answers with the token of GetActivityTask."""
    activity = client.create_activity(name="pick")["activityArn"]
    run.wait_for_task(activity=activity)
    succeed(client, client.get_activity_task(activityArn=activity)["taskToken"], "[1, 2]")

    assert (run.status, run.output) == ("SUCCEEDED", "[1, 2]")


def test_started_execution(client, sfn_executions, orders):
    """A started execution can wait too."""
    arn = client.start_execution(stateMachineArn=MACHINE)["executionArn"]
    succeed(client, sfn_executions.get_execution(arn).wait_for_task())

    assert client.describe_execution(executionArn=arn)["status"] == "SUCCEEDED"


def test_child_execution(client, run):
    """A child execution of a map run can wait too."""
    child = run.add_map_run("ProcessItems").add_execution(status="RUNNING")
    client.send_task_failure(taskToken=child.wait_for_task(), error="OutOfStock")

    assert (child.status, child.error, run.status) == ("FAILED", "OutOfStock", "RUNNING")


def test_map_runs_end_with_it(client, run):
    """The answer of a task also ends unfinished map runs of the execution."""
    batch = run.add_map_run("ProcessItems")
    batch.add_execution(status="RUNNING")
    client.send_task_failure(taskToken=run.wait_for_task())

    assert client.describe_map_run(mapRunArn=batch.arn)["status"] == "ABORTED"


def test_clock_that_moves_back(client, run, clock):
    """At a moment before the answer the execution waits."""
    token = run.wait_for_task()
    clock.move_to(NOW + MINUTE)
    succeed(client, token, "1")
    clock.move_to(NOW)

    assert run.status == "RUNNING"

    succeed(client, token, "2")

    assert (run.output, run.stop_date) == ("2", NOW)


# --- Tokens ------------------------------------------------------------------------------------------------------


def test_default_tokens(orders):
    """Each token that is not given is a new UUID."""
    tokens = [orders.add_execution(status="RUNNING").wait_for_task() for _ in range(3)]

    assert [len(token) for token in tokens] == [36, 36, 36]
    assert len(set(tokens)) == 3


@pytest.mark.parametrize("token", [pytest.param("t", id="shortest"), pytest.param("AAAAKg+/" * 256, id="longest")])
def test_given_token(client, run, token):
    """A token may be any text that AWS could give."""
    assert run.wait_for_task(token) == token

    succeed(client, token)

    assert run.status == "SUCCEEDED"


@pytest.mark.parametrize("answer", ANSWERS)
def test_unknown_token(client, run, answer):
    """The error for an unknown task token has the sentence of page tokens."""
    run.wait_for_task("token")

    assert refused(client, answer, "unknown") == INVALID_TOKEN
    assert run.status == "RUNNING"


@pytest.mark.parametrize("answer", ANSWERS)
def test_token_of_another_region(sfn_executions, run, answer):
    """A token is valid only in its own region."""
    run.wait_for_task("token")

    assert refused(boto3.client("stepfunctions", "eu-west-1"), answer, "token") == INVALID_TOKEN


@pytest.mark.parametrize("answer", ANSWERS)
def test_token_after_reset(client, sfn_executions, run, answer):
    """A token is not valid after a reset."""
    run.wait_for_task("token")
    sfn_executions.reset()

    assert refused(client, answer, "token") == INVALID_TOKEN


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize(
    "close",
    [
        pytest.param(lambda client, run: run.succeed(), id="succeeded"),
        pytest.param(lambda client, run: run.time_out(), id="timed out"),
        pytest.param(lambda client, run: client.stop_execution(executionArn=run.arn), id="stopped"),
        pytest.param(lambda client, run: succeed(client, "token"), id="answered"),
        pytest.param(lambda client, run: (run.fail(), run.redrive()), id="redriven"),
    ],
)
def test_token_of_a_closed_task(client, run, close, answer):
    """A token is not valid after its execution has closed, or after a redrive."""
    run.wait_for_task("token")
    close(client, run)
    status = run.status

    assert refused(client, answer, "token") == TIMED_OUT
    assert run.status == status


@pytest.mark.parametrize("answer", ANSWERS)
def test_token_after_the_stop_date(client, orders, clock, answer):
    """Without an answer, a waiting execution follows its time line."""
    run = orders.add_execution(status="TIMED_OUT", duration=MINUTE)
    run.wait_for_task("token")
    clock.move_to(NOW + MINUTE)

    assert refused(client, answer, "token") == TIMED_OUT
    assert (run.status, run.stop_date) == ("TIMED_OUT", NOW + MINUTE)


def test_answer_before_the_stop_date(client, orders, clock):
    """An answer replaces the later part of the time line."""
    run = orders.add_execution(status="TIMED_OUT", duration=MINUTE)
    succeed(client, run.wait_for_task())
    clock.move_to(NOW + MINUTE)

    assert (run.status, run.stop_date) == ("SUCCEEDED", NOW)


@pytest.mark.parametrize("answer", ANSWERS)
def test_token_of_a_deleted_machine(client, run, clock, answer):
    """A token is not valid after its machine was deleted, also if the clock goes back."""
    run.wait_for_task("token")
    client.delete_state_machine(stateMachineArn=MACHINE)
    clock.move_to(NOW + MINUTE)
    succeed(client, "token")
    client.list_state_machines()
    clock.move_to(NOW)

    assert refused(client, answer, "token") == TIMED_OUT


@pytest.mark.sfn_executions(retention=timedelta(days=1))
@pytest.mark.parametrize("answer", ANSWERS)
def test_token_of_a_replaced_execution(client, orders, run, clock, answer):
    """A token is not valid after a newer execution got the name of its own, also if the clock goes back."""
    run.wait_for_task("token")
    clock.move_to(NOW + MINUTE)
    run.fail()
    clock.move_to(NOW + timedelta(days=2))
    orders.add_execution("nightly", status="RUNNING", start_date=NOW)
    clock.move_to(NOW)

    assert refused(client, answer, "token") == TIMED_OUT


@pytest.mark.parametrize("answer", ANSWERS)
def test_token_of_a_deleted_activity(client, run, answer):
    """A token is not valid after its activity was deleted, even if a new one has its name."""
    activity = client.create_activity(name="pick")["activityArn"]
    run.wait_for_task("token", activity=activity)
    client.delete_activity(activityArn=activity)
    client.create_activity(name="pick")

    assert refused(client, answer, "token") == (
        "TaskDoesNotExist",
        f"Task Does Not Exist: 'Activity does not exist anymore: {activity}'",
    )
    assert run.status == "RUNNING"


def test_wait_again_after_a_redrive(client, run):
    """After a redrive an execution waits for a new task, one at a time."""
    run.wait_for_task("first")
    client.send_task_failure(taskToken="first")
    client.redrive_execution(executionArn=run.arn)
    run.wait_for_task("second")

    with pytest.raises(RuntimeError, match=r"already waits for a task: answer its task token 'second' first\.$"):
        run.wait_for_task("third")
    assert refusal(client.send_task_success, taskToken="first", output="{}") == TIMED_OUT

    succeed(client, "second")

    assert (run.status, run.redrive_count) == ("SUCCEEDED", 1)


# --- Members of the request --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        pytest.param(
            "not some json",
            "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or "
            "'false')",
            id="words",
        ),
        pytest.param(
            "{'not': 'json'",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
            id="single quotes",
        ),
        pytest.param("", "Invalid execution output.", id="nothing"),
    ],
)
def test_output_that_is_not_json(client, run, output, reason):
    """An output that is not JSON is refused, and the execution still waits."""
    token = run.wait_for_task()

    assert refusal(client.send_task_success, taskToken=token, output=output) == (
        "InvalidOutput",
        f"Invalid Output: '{reason}'",
    )
    assert run.status == "RUNNING"

    succeed(client, token)

    assert run.status == "SUCCEEDED"


@pytest.mark.parametrize(
    ("operation", "arguments", "violation"),
    [
        pytest.param(
            "send_task_success",
            {"output": f'"{"o" * 262143}"'},
            "Value at 'output' failed to satisfy constraint: Member must have size less than or equal to 262144 bytes "
            "in UTF-8 encoding",
            id="output",
        ),
        pytest.param(
            "send_task_failure",
            {"error": "e" * 257},
            "Value at 'error' failed to satisfy constraint: Member must have length less than or equal to 256",
            id="error",
        ),
        pytest.param(
            "send_task_failure",
            {"cause": "c" * 32769},
            "Value at 'cause' failed to satisfy constraint: Member must have length less than or equal to 32768",
            id="cause",
        ),
    ],
)
def test_too_long(client, run, operation, arguments, violation):
    """A value that is too long is refused, and the error does not repeat it."""
    token = run.wait_for_task()

    assert refusal(getattr(client, operation), **{"taskToken": token, **arguments}) == (
        "ValidationException",
        f"1 validation error detected: {violation}",
    )
    assert run.status == "RUNNING"


# --- Heartbeats --------------------------------------------------------------------------------------------------


def test_missed_heartbeat(client, run, clock):
    """An execution that expects heartbeats fails when one is late."""
    token = run.wait_for_task(heartbeat=MINUTE)
    clock.move_to(NOW + MINUTE - MILLISECOND)

    assert run.status == "RUNNING"

    clock.move_to(NOW + MINUTE)
    described = client.describe_execution(executionArn=run.arn)

    assert (described["status"], described["error"]) == ("FAILED", "States.Timeout")
    assert described["stopDate"] == NOW + MINUTE
    assert "cause" not in described
    assert refusal(client.send_task_heartbeat, taskToken=token) == TIMED_OUT


def test_heartbeats(client, run, clock):
    """Each heartbeat starts the time for the next one, and an answer in time ends the waiting."""
    token = run.wait_for_task(heartbeat=MINUTE)
    for seconds in (50, 100, 150):
        clock.move_to(NOW + timedelta(seconds=seconds))
        client.send_task_heartbeat(taskToken=token)
    clock.move_to(NOW + timedelta(seconds=209))

    assert run.status == "RUNNING"

    succeed(client, token)
    clock.move_to(NOW + timedelta(seconds=210))

    assert (run.status, run.stop_date) == ("SUCCEEDED", NOW + timedelta(seconds=209))


@pytest.mark.parametrize("seconds", [1, 99_999_999], ids=["shortest", "longest"])
def test_lengths_of_heartbeats(run, clock, seconds):
    """A heartbeat may take as long as the language allows."""
    run.wait_for_task(heartbeat=timedelta(seconds=seconds))
    clock.tick(seconds)

    assert (run.status, run.stop_date) == ("FAILED", NOW + timedelta(seconds=seconds))


def test_last_heartbeat(client, run, clock):
    """The execution fails when the time after the last heartbeat is over."""
    token = run.wait_for_task(heartbeat=MINUTE)
    clock.move_to(NOW + timedelta(seconds=30))
    client.send_task_heartbeat(taskToken=token)
    clock.move_to(NOW + timedelta(hours=1))

    assert (run.status, run.stop_date) == ("FAILED", NOW + timedelta(seconds=90))


def test_heartbeats_do_not_prolong(client, orders, clock):
    """Heartbeats do not move the stop date of a seed."""
    run = orders.add_execution(status="TIMED_OUT", duration=timedelta(seconds=90))
    token = run.wait_for_task(heartbeat=MINUTE)
    clock.move_to(NOW + timedelta(seconds=50))
    client.send_task_heartbeat(taskToken=token)
    clock.move_to(NOW + timedelta(seconds=90))

    assert (run.status, run.stop_date) == ("TIMED_OUT", NOW + timedelta(seconds=90))


# --- Refusals of wait_for_task -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param({"token": ""}, "token must be a str of 1 to 2048 characters, got ''", id="no text"),
        pytest.param({"token": 7}, "token must be a str of 1 to 2048 characters, got 7", id="a number"),
        pytest.param(
            {"token": "t" * 2049},
            (
                "token must be a str of 1 to 2048 characters, got "
                "'ttttttttttttttttttttttttttttttttttttttttttttttt...tttttttttttttttttttttttttttttttttttttttttttttttt'"
            ),
            id="token too long",
        ),
        pytest.param(
            {"token": "taken"},
            (
                "token must be other than that of "
                "arn:aws:states:us-east-1:123456789012:execution:orders:other, got 'taken'"
            ),
            id="token taken",
        ),
        pytest.param(
            {"activity": "pack"},
            (
                "activity must be the ARN or name of an activity of account 123456789012 in us-east-1, got 'pack'. "
                "Did you mean 'pick'?"
            ),
            id="no such activity",
        ),
        pytest.param(
            {"activity": ["pick"]},
            (
                "activity must be the ARN or name of an activity of account 123456789012 in us-east-1, got "
                "['pick']. Did you mean 'pick'?"
            ),
            id="no name of an activity",
        ),
        pytest.param(
            {"heartbeat": 60, "activity": "pick"},
            "heartbeat must be a timedelta >= 0 or text like '5m', '1h30m', '250ms' or 'PT1H30M', got 60",
            id="a number of seconds",
        ),
        *(
            pytest.param(
                {"heartbeat": heartbeat, "activity": "pick"},
                f"heartbeat must be from 1 to 99999999 seconds, got {heartbeat!r}",
                id=label,
            )
            for heartbeat, label in [
                (timedelta(seconds=1) - MILLISECOND, "heartbeat too short"),
                (timedelta(seconds=100_000_000), "heartbeat too long"),
            ]
        ),
    ],
)
def test_wait_refused(client, orders, run, arguments, sentence):
    """An impossible wait_for_task is a ValueError that says what is wrong, and nothing waits."""
    for name in ["pick", "sort"]:
        client.create_activity(name=name)
    orders.add_execution("other", status="RUNNING").wait_for_task("taken")
    with pytest.raises(ValueError) as refused:
        run.wait_for_task(**arguments)

    assert str(refused.value) == sentence
    assert members(client.get_activity_task(activityArn=f"{PREFIX}:activity:pick")) == {}

    run.wait_for_task("token")

    assert run.status == "RUNNING"


@pytest.mark.sfn_executions(execute=True)
@pytest.mark.parametrize(
    "state",
    [
        pytest.param(
            {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {"FunctionName": "tell", "Payload": {"token.$": "$$.Task.Token"}},
                "End": True,
            },
            id="task",
        ),
        pytest.param({"Type": "Wait", "Seconds": 3600, "End": True}, id="wait"),
    ],
)
def test_wait_of_a_running_definition(client, sfn_executions, state):
    """An execution whose definition runs waits only where its definition says so, and is left as it was."""
    orders = sfn_executions.add_state_machine("orders", definition={"StartAt": "A", "States": {"A": state}})
    sfn_executions.mock_lambda("tell", lambda event, context: None)
    arn = client.start_execution(stateMachineArn=orders.arn, name="nightly")["executionArn"]
    run = sfn_executions.get_execution(arn)
    with pytest.raises(RuntimeError) as refused:
        run.wait_for_task()

    assert str(refused.value) == (
        f"{arn} cannot wait for a task: its definition runs, and waits in Task states with .waitForTaskToken or of an "
        "activity."
    )
    assert (run.status, run.visited) == ("RUNNING", ["A"])


def test_wait_without_any_activity(run):
    """If there is no activity, the sentence says how to create one."""
    with pytest.raises(ValueError) as refused:
        run.wait_for_task(activity="pick")

    assert str(refused.value) == (
        "activity must be the ARN or name of an activity of account 123456789012 in us-east-1, got 'pick'. Known: none."
    )


def test_express_child_does_not_wait(run):
    """EXPRESS executions wait neither for a token nor for an activity."""
    child = run.add_map_run("ProcessItems", execution_type="EXPRESS").add_execution("first", status="RUNNING")
    with pytest.raises(ValueError) as refused:
        child.wait_for_task()

    assert str(refused.value) == (
        f"cannot make {child.arn} wait for a task: EXPRESS executions cannot; use a STANDARD one instead."
    )


@pytest.mark.parametrize(
    ("arguments", "state"),
    [
        pytest.param({"status": "SUCCEEDED"}, "is SUCCEEDED", id="closed"),
        pytest.param(
            {"status": "RUNNING", "start_date": NOW + MINUTE},
            "starts only at 2026-01-10T12:01:00.000Z",
            id="not started",
            marks=pytest.mark.filterwarnings("ignore::sfn_mock.SeedWarning"),
        ),
    ],
)
def test_wait_needs_a_running_execution(orders, arguments, state):
    """Only a RUNNING execution can wait."""
    run = orders.add_execution("nightly", **arguments)
    with pytest.raises(RuntimeError) as refused:
        run.wait_for_task()

    assert str(refused.value) == (
        f"{run.arn} cannot wait for a task: it {state}, and only a RUNNING execution can wait."
    )


def test_wait_twice(client, run):
    """An execution waits for one task at a time."""
    run.wait_for_task("first")
    with pytest.raises(RuntimeError) as refused:
        run.wait_for_task("second")

    assert str(refused.value) == (f"{run.arn} already waits for a task: answer its task token 'first' first.")
    assert refusal(client.send_task_heartbeat, taskToken="second") == INVALID_TOKEN


def test_wait_after_reset(sfn_executions, run):
    """After a reset the old record raises an error."""
    sfn_executions.reset()

    with pytest.raises(RuntimeError, match="are gone, because their mock has ended or was reset"):
        run.wait_for_task()


# --- moto's backend ----------------------------------------------------------------------------------------------


def test_backend(orders):
    """Code that uses moto's backend answers the same tasks."""
    backend = stepfunctions_backends["123456789012"]["us-east-1"]
    first, second = (orders.add_execution(name, status="RUNNING") for name in ["first", "second"])
    backend.send_task_heartbeat(first.wait_for_task("1"))
    backend.send_task_success("1", "[]")
    second.wait_for_task("2")
    backend.send_task_failure("2", error="OutOfStock")

    assert (first.status, first.output) == ("SUCCEEDED", "[]")
    assert (second.status, second.error) == ("FAILED", "OutOfStock")
