"""`mock_task`: the outcomes of the tasks of a state or resource."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from answers import event_types, unchecked_machine

from sfn_mock import TaskError, mock_sfn_executions

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
PREFIX = "arn:aws:states:us-east-1:123456789012"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:charge"
INVOKE = "arn:aws:states:::lambda:invoke"
SDK_INVOKE = "arn:aws:states:::aws-sdk:lambda:invoke"
SEND = "arn:aws:states:::sqs:sendMessage"
MESSAGE = {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/orders", "MessageBody": "x"}


@pytest.fixture
def sfn(clock):
    with mock_sfn_executions(execute=True) as sfn:
        yield sfn


def task(resource, **more):
    return {"Type": "Task", "Resource": resource, "End": True, **more}


@pytest.fixture
def add(sfn):
    """Add a state machine of the given states."""

    def add(states, name="orders", **more):
        definition = json.dumps({"StartAt": next(iter(states)), "States": states})
        return sfn.add_state_machine(name, definition=definition, **more)

    return add


@pytest.fixture
def start(sfn, client):
    """Start an execution of a machine, and return its view."""

    def start(machine, input="{}", **more):
        answer = client.start_execution(stateMachineArn=machine.arn, input=input, **more)
        return sfn.get_execution(answer["executionArn"])

    return start


# --- Outcomes of tasks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "status", "output", "error", "cause"),
    [
        pytest.param({"result": {"charged": True}}, "SUCCEEDED", '{"charged":true}', None, None, id="result"),
        pytest.param({"result": None}, "SUCCEEDED", "null", None, None, id="null"),
        pytest.param({"error": "Declined", "cause": "no funds"}, "FAILED", None, "Declined", "no funds", id="error"),
        pytest.param({"error": "Declined"}, "FAILED", None, "Declined", None, id="error alone"),
    ],
)
def test_an_outcome(add, start, said, status, output, error, cause):
    """A task has the given result or error."""
    orders = add({"Charge": task(FUNCTION)})
    orders.mock_task("Charge", **said)
    run = start(orders)

    assert (run.status, run.output, run.error, run.cause) == (status, output, error, cause)


@pytest.mark.parametrize(
    "duration", [pytest.param(timedelta(seconds=3), id="timedelta"), pytest.param("3s", id="text")]
)
def test_a_duration(clock, add, start, duration):
    """A task with a duration of three seconds ends three seconds after its start."""
    orders = add({"Charge": task(FUNCTION)})
    orders.mock_task("Charge", result={}, duration=duration)
    run = start(orders)
    before = run.status
    clock.tick(10)

    assert (before, run.status, run.stop_date) == ("RUNNING", "SUCCEEDED", NOW + timedelta(seconds=3))


def test_a_duration_longer_than_the_timeout(clock, add, start):
    """A task that takes longer than its state allows times out."""
    orders = add({"Charge": task(FUNCTION, TimeoutSeconds=2)})
    orders.mock_task("Charge", result={}, duration="5s")
    run = start(orders)
    clock.tick(10)

    assert (run.status, run.error, run.stop_date) == ("FAILED", "States.Timeout", NOW + timedelta(seconds=2))


def test_an_error_that_is_a_timeout(client, add, start):
    """The error States.Timeout is a timeout of the task in the history."""
    orders = add({"Charge": task(FUNCTION)})
    orders.mock_task("Charge", error="States.Timeout")
    run = start(orders)

    assert (run.error, event_types(client, run)[-2]) == ("States.Timeout", "LambdaFunctionTimedOut")


def test_retries_take_one_outcome_after_the_other(clock, add, start):
    """Each retry has the next outcome, and the last one is repeated."""
    retry = [{"ErrorEquals": ["Declined"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 1}]
    orders = add({"Charge": task(FUNCTION, Retry=retry)})
    orders.mock_task(
        "Charge", [{"error": "Declined"}, {"error": "Declined", "cause": "x"}, {"result": 1}], duration="1s"
    )
    first = start(orders)
    clock.tick(60)
    second = start(orders)
    clock.tick(60)

    assert (first.status, first.stop_date) == ("SUCCEEDED", NOW + timedelta(seconds=5))
    assert (second.output, second.stop_date) == ("1", NOW + timedelta(seconds=61))


def test_a_clock_that_moves_back_takes_no_other_outcome(clock, client, add, start):
    """If the clock goes back and on, a task has the same outcome."""
    orders = add({"Hold": {"Type": "Wait", "Seconds": 60, "Next": "Charge"}, "Charge": task(FUNCTION)})
    orders.mock_task("Charge", [{"result": 1}, {"result": 2}])
    first = start(orders)
    clock.tick(120)
    assert first.output == "1"
    clock.move_to(NOW + timedelta(seconds=30))
    assert first.status == "RUNNING"
    clock.tick(120)
    second = start(orders)
    clock.tick(120)

    assert (first.output, second.output) == ("1", "2")


def test_a_redrive_takes_the_next_outcome(client, add, start):
    """A task that a redrive runs again has the next outcome."""
    orders = add({"Charge": task(FUNCTION)})
    orders.mock_task("Charge", [{"error": "Declined"}, {"result": 2}])
    run = start(orders)
    assert run.status == "FAILED"
    client.redrive_execution(executionArn=run.arn)

    assert (run.status, run.output, run.redrive_count) == ("SUCCEEDED", "2", 1)


def test_a_callable(add, start):
    """A callable gets the task's input, and returns its result."""
    orders = add({"Charge": task(FUNCTION)})
    orders.mock_task("Charge", lambda input: {"charged": input["amount"]})

    assert start(orders, '{"amount": 7}').output == '{"charged":7}'


def test_a_callable_that_raises_a_task_error(add, start):
    """A TaskError of a callable is the task's error."""

    def decline(input):
        raise TaskError("Declined", f"no {input['amount']}")

    orders = add({"Charge": task(FUNCTION)})
    orders.mock_task("Charge", decline)
    run = start(orders, '{"amount": 7}')

    assert (run.status, run.error, run.cause) == ("FAILED", "Declined", "no 7")


def test_another_exception_of_a_callable_is_raised_unchanged(client, add):
    """Another exception of a callable is raised by the call that continued the execution."""

    def check(input):
        assert "amount" in input, "no amount"

    orders = add({"Charge": task(FUNCTION)})
    orders.mock_task("Charge", check)

    with pytest.raises(AssertionError, match="no amount"):
        client.start_execution(stateMachineArn=orders.arn)


def test_a_callable_gets_a_copy(add, start):
    """If a callable changes its input, the execution does not change."""
    orders = add({"Charge": task(FUNCTION, ResultPath="$.charged")})
    orders.mock_task("Charge", lambda input: input.pop("amount"))

    assert json.loads(start(orders, '{"amount": 7}').output) == {"amount": 7, "charged": 7}


@pytest.mark.parametrize(
    ("error", "text"),
    [
        pytest.param(TaskError("Declined"), "Declined", id="error"),
        pytest.param(TaskError("Declined", "no funds"), "Declined: no funds", id="error and cause"),
    ],
)
def test_a_task_error_as_text(error, text):
    """str() of a TaskError is its name and cause."""
    assert str(error) == text


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param((7,), "error must be a string that is not empty, got 7.", id="error"),
        pytest.param(("",), "error must be a string that is not empty, got ''.", id="empty error"),
        pytest.param(("Declined", 7), "cause must be a string, got 7.", id="cause"),
        pytest.param(("E" * 257,), "error must have at most 256 characters, got 257", id="long error"),
        pytest.param(("E" * 256, "c" * 32769), "cause must have at most 32768 characters, got 32769", id="long cause"),
    ],
)
def test_an_invalid_task_error(arguments, problem):
    """The name and cause of a TaskError are strings of the lengths that AWS allows."""
    with pytest.raises(ValueError) as error:
        TaskError(*arguments)

    assert str(error.value) == problem


# --- Which tasks -------------------------------------------------------------------------------------------------


def test_states_inside_of_states(client, add, start):
    """States of branches, iterations and child executions are mocked by their names too."""
    inner = {"StartAt": "Charge", "States": {"Charge": task(FUNCTION)}}
    other = {"StartAt": "Ship", "States": {"Ship": task(FUNCTION)}}
    batch = {"StartAt": "Pack", "States": {"Pack": task(FUNCTION)}}
    distributed = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **batch}
    orders = add(
        {
            "Both": {"Type": "Parallel", "Branches": [inner], "Next": "Each"},
            "Each": {"Type": "Map", "ItemProcessor": other, "Next": "Many"},
            "Many": {"Type": "Map", "ItemProcessor": distributed, "End": True},
        }
    )
    orders.mock_task("Charge", result="charged")
    orders.mock_task("Ship", result="shipped")
    orders.mock_task("Pack", result="packed")

    assert start(orders).output == '["packed"]'


def test_a_name_in_any_machine(sfn, add, start):
    """The handle's mock applies to all machines with such a state; a machine's own has priority."""
    first, second = (
        add({"Charge": task(FUNCTION)}),
        add({"Charge": task(INVOKE, Parameters={"FunctionName": "c"})}, "b"),
    )
    unchecked_machine(sfn, "{}", "broken")
    sfn.mock_task("Charge", result=1)
    first.mock_task("Charge", result=2)

    assert start(first).output == "2"
    assert json.loads(start(second).output)["Payload"] == 1


def test_a_nested_execution(sfn, add, start):
    """The tasks of a machine that another one starts are mocked too."""
    nested = add({"Charge": task(FUNCTION)}, name="nested")
    call = task("arn:aws:states:::states:startExecution.sync:2", Parameters={"StateMachineArn": nested.arn})
    orders = add({"Nested": {**call, "OutputPath": "$.Output"}})
    sfn.mock_task("Charge", result="charged")

    assert start(orders).output == '"charged"'


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(FUNCTION, id="whole"),
        pytest.param("arn:aws:lambda:*:charge", id="star"),
        pytest.param("arn:*", id="all"),
    ],
)
def test_a_resource(sfn, add, start, pattern):
    """A mock may be for the ARN of a resource, in which a star matches any text."""
    sfn.mock_task(pattern, result=1)
    sfn.mock_task("arn:aws:lambda:*:other", result=0)

    assert start(add({"Charge": task(FUNCTION)})).output == "1"


def test_the_latest_mock_of_a_resource_applies(sfn, add, start):
    """Of two patterns that match, the latest call applies."""
    orders = add({"Charge": task(FUNCTION)})
    sfn.mock_task("arn:aws:lambda:*", result=1)
    sfn.mock_task(FUNCTION, result=2)
    second = start(orders).output
    sfn.mock_task("arn:aws:lambda:*", result=3)

    assert (second, start(orders).output) == ("2", "3")


def test_reset_forgets_the_mocks(client, sfn, add, start):
    """After `reset` there are no mocks of tasks."""
    sfn.mock_task("arn:*:activity:*", result=1)
    sfn.reset()
    client.create_activity(name="pack")

    assert start(add({"Pack": task(f"{PREFIX}:activity:pack")})).status == "RUNNING"


def test_a_mocked_activity_has_no_work_for_a_worker(clock, client, sfn, add, start):
    """A worker does not get the task of an activity that a mock answers, also while the mocked task lasts."""
    activity = client.create_activity(name="pack")["activityArn"]
    sfn.mock_task(activity, result=1, duration="60s")
    run = start(add({"Pack": task(activity)}))
    work = client.get_activity_task(activityArn=activity)
    clock.tick(60)

    assert (work.get("taskToken"), run.status, run.output) == (None, "SUCCEEDED", "1")


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_missing_activity(client, add, start, region):
    """An activity that was deleted, or is in another region, fails the state before its task is scheduled."""
    client.create_activity(name="pack" if region == "eu-west-1" else "ship")
    arn = f"arn:aws:states:{region}:123456789012:activity:pack"
    run = start(add({"Pack": task(arn, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Pack"}])}))

    cause = "An error occurred while executing the state 'Pack' (entered at the event id #2). "
    assert (run.error, run.cause) == ("States.Runtime", f"{cause}The activity {arn} does not exist.")
    assert event_types(client, run) == ["ExecutionStarted", "TaskStateEntered", "ExecutionFailed"]


# --- The shape of results ----------------------------------------------------------------------------------------


def test_an_invocation(add, start):
    """The result of `lambda:invoke` has the function's answer as Payload."""
    orders = add({"Charge": task(INVOKE, Parameters={"FunctionName": "charge"})})
    orders.mock_task("Charge", result={"charged": True})
    output = json.loads(start(orders).output)

    assert (output["Payload"], output["StatusCode"], output["ExecutedVersion"]) == ({"charged": True}, 200, "$LATEST")
    assert output["SdkHttpMetadata"]["HttpHeaders"]["Date"] == "Sat, 10 Jan 2026 03:00:00 GMT"


@pytest.mark.parametrize(
    ("resource", "parameters", "result", "output"),
    [
        pytest.param(
            INVOKE,
            {"FunctionName": "c"},
            {"Payload": 7, "StatusCode": 200},
            {"Payload": 7, "StatusCode": 200},
            id="whole",
        ),
        pytest.param(
            SDK_INVOKE,
            {"FunctionName": "c"},
            {"a": 7},
            {"ExecutedVersion": "$LATEST", "Payload": '{"a":7}', "StatusCode": 200},
            id="SDK",
        ),
        pytest.param(SEND, MESSAGE, {"MessageId": "m"}, {"MessageId": "m"}, id="other service"),
        pytest.param(f"{SEND}.waitForTaskToken", MESSAGE, {"any": 1}, {"any": 1}, id="token"),
        pytest.param(f"{INVOKE}.waitForTaskToken", {"FunctionName": "c"}, {"any": 1}, {"any": 1}, id="invoke, token"),
        pytest.param(f"{PREFIX}:activity:pack", {}, [1], [1], id="activity"),
    ],
)
def test_a_shape(add, start, resource, parameters, result, output):
    """A result is the whole answer, except for the return value of a function."""
    orders = add({"Charge": task(resource, Parameters=parameters)})
    orders.mock_task("Charge", result=result)

    assert json.loads(start(orders).output) == output


@pytest.mark.parametrize(
    ("resource", "parameters", "submitted"),
    [
        pytest.param(f"{SEND}.waitForTaskToken", MESSAGE, {"SdkHttpMetadata", "SdkResponseMetadata"}, id="optimised"),
        pytest.param(
            f"{INVOKE}.waitForTaskToken",
            {"FunctionName": "c"},
            {"ExecutedVersion", "Payload", "SdkHttpMetadata", "SdkResponseMetadata", "StatusCode"},
            id="invoke",
        ),
        pytest.param("arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken", MESSAGE, set(), id="SDK"),
    ],
)
def test_a_task_that_waits_is_submitted(client, add, start, resource, parameters, submitted):
    """The history of a task that waits for a token or job has TaskSubmitted."""
    orders = add({"Charge": task(resource, Parameters=parameters)})
    orders.mock_task("Charge", error="Declined")
    run = start(orders)
    events = client.get_execution_history(executionArn=run.arn)["events"]

    assert [event["type"] for event in events[2:]] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskFailed",
        "ExecutionFailed",
    ]
    assert json.loads(events[4]["taskSubmittedEventDetails"]["output"]).keys() == submitted


def test_a_result_that_the_service_cannot_give(sfn, add, start):
    """A result is checked as in TestState, unless `strict` is False."""
    orders = add({"Send": task(SEND, Parameters=MESSAGE)})
    problem = (
        f'result must be one that {SEND} can give, got {{"MessageId":7}}: Mock result schema validation error: Field '
        "'MessageId' must be a string. Pass strict=False to mock it all the same."
    )
    for mock in (orders.mock_task, sfn.mock_task):
        with pytest.raises(ValueError) as error:
            mock("Send", result={"MessageId": 7})
        assert str(error.value) == problem
    with pytest.raises(ValueError, match="'MessageId' must be a string"):
        sfn.mock_task(SEND, result={"MessageId": 7})
    with pytest.raises(ValueError, match="'MessageId' must be a string"):
        sfn.mock_task("arn:aws:states:::sqs:*", result={"MessageId": 7})
    orders.mock_task("Send", result={"MessageId": 7}, strict=False)

    assert start(orders).output == '{"MessageId":7}'


def test_result_of_a_callable_is_checked_when_it_is_called(client, add):
    """A wrong result of a callable is an error of the call that continued the execution."""
    orders = add({"Send": task(SEND, Parameters=MESSAGE)})
    orders.mock_task("Send", lambda input: 7)

    with pytest.raises(ValueError, match="Mock result must be an object"):
        client.start_execution(stateMachineArn=orders.arn)


# --- Mistakes ----------------------------------------------------------------------------------------------------

DICTS = "[{'error': 'Declined'}, {'result': {}}]"


@pytest.mark.parametrize(
    ("arguments", "keywords", "problem"),
    [
        pytest.param(
            ("Chrage",),
            {"result": 1},
            f"state must be a Task state of {PREFIX}:stateMachine:orders, got 'Chrage'. Did you mean 'Charge'?",
            id="mistyped",
        ),
        pytest.param(
            ("Hold",),
            {"result": 1},
            f"state must be a Task state of {PREFIX}:stateMachine:orders, got the Wait state 'Hold'.",
            id="no task",
        ),
        pytest.param((7,), {"result": 1}, "state must be a string that is not empty, got 7.", id="no name"),
        pytest.param(
            ("Charge",),
            {},
            "mock_task() must get result, error or outcomes, got none of them.",
            id="nothing",
        ),
        pytest.param(
            ("Charge",),
            {"result": 1, "error": "E"},
            "result must be left out where error is given, got both.",
            id="result and error",
        ),
        pytest.param(("Charge",), {"cause": "c"}, "cause must come with error, got cause='c' alone.", id="cause alone"),
        pytest.param(("Charge",), {"error": ""}, "error must be a string that is not empty, got ''.", id="empty error"),
        pytest.param(
            ("Charge",), {"error": "E", "cause": 7}, "cause must be a string that is not empty, got 7.", id="no cause"
        ),
        pytest.param(
            ("Charge",), {"error": "E" * 257}, "error must have at most 256 characters, got 257", id="long error"
        ),
        pytest.param(
            ("Charge", [{"error": "E" * 256, "cause": "c" * 32769}]),
            {},
            "cause must have at most 32768 characters, got 32769",
            id="long cause",
        ),
        pytest.param(
            ("Charge",),
            {"result": {1, 2}},
            "result must be a JSON value, got set: Object of type set is not JSON serializable",
            id="no JSON",
        ),
        pytest.param(
            ("Charge",),
            {"result": 1, "duration": "soon"},
            "duration must be a timedelta >= 0 or text like '5m', '1h30m', '250ms' or 'PT1H30M', got 'soon'",
            id="no duration",
        ),
        pytest.param(
            ("Charge", [{"result": 1}]),
            {"error": "E"},
            "outcomes must be left out where result, error or cause is given, got both.",
            id="outcomes and keywords",
        ),
        pytest.param(
            ("Charge", []),
            {},
            f"outcomes must be a list of dicts such as {DICTS}, or callable(input), got [].",
            id="empty list",
        ),
        pytest.param(
            ("Charge", "E"),
            {},
            f"outcomes must be a list of dicts such as {DICTS}, or callable(input), got 'E'.",
            id="text",
        ),
        pytest.param(
            ("Charge", ["E"]),
            {},
            "outcome must be a dict with any of result, error, cause, duration, got 'E'.",
            id="no outcome",
        ),
        pytest.param(
            ("Charge", [{"eror": "E"}]),
            {},
            "Unknown key 'eror' in an outcome of mock_task. Did you mean 'error'?",
            id="mistyped key",
        ),
    ],
)
def test_a_mistake(add, arguments, keywords, problem):
    """A wrong argument is a ValueError at once."""
    orders = add({"Hold": {"Type": "Wait", "Seconds": 1, "Next": "Charge"}, "Charge": task(FUNCTION)})
    with pytest.raises(ValueError) as error:
        orders.mock_task(*arguments, **keywords)

    assert str(error.value) == problem


@pytest.mark.parametrize(
    ("definition", "problem"),
    [
        pytest.param(
            None,
            "its definition has no Task state; give add_state_machine(definition=...) the definition to run instead.",
            id="default",
        ),
        pytest.param("{}", "its definition cannot run (", id="broken"),
    ],
)
def test_a_machine_without_tasks(sfn, definition, problem):
    """mock_task needs a definition with Task states."""
    orders = sfn.add_state_machine("orders") if definition is None else unchecked_machine(sfn, definition)

    with pytest.raises(ValueError, match=f"^cannot mock tasks of {orders.arn}: ") as error:
        orders.mock_task("Charge", result=1)
    assert problem in str(error.value)


def test_a_name_in_no_machine(sfn, add):
    """The error suggests names of states of all machines."""
    add({"Charge": task(FUNCTION)})
    with pytest.raises(ValueError) as error:
        sfn.mock_task("Chrage", result=1)

    assert str(error.value) == (
        "state must be a Task state of a state machine in this mock, got 'Chrage'. Did you mean "
        "'Charge'? Add or create the state machine with its definition first, or mock the task by "
        "the ARN of its resource."
    )


def test_an_invalid_resource(sfn):
    """An ARN without a star must be one that a task can call."""
    with pytest.raises(ValueError, match="cannot mock resource 'arn:aws:states:::sqs:send': The resource"):
        sfn.mock_task("arn:aws:states:::sqs:send", result={})
    definition = json.dumps({"StartAt": "Charge", "States": {"Charge": task("arn:nothing")}})
    with pytest.raises(ValueError, match="cannot mock resource 'arn:nothing': Value is not"):
        unchecked_machine(sfn, definition).mock_task("Charge", result={})


def test_a_mock_that_runs_nothing(clock):
    """mock_task needs a mock that runs definitions."""
    with mock_sfn_executions() as sfn, pytest.raises(ValueError) as error:
        sfn.add_state_machine("orders").mock_task("Charge", result=1)

    assert str(error.value) == (
        "cannot use mock_task(): this mock does not run definitions; use "
        "mock_sfn_executions(execute=True), or @pytest.mark.sfn_executions(execute=True) for the "
        "fixture, instead."
    )


def test_an_update_of_the_definition(client, add, start):
    """Names are checked against the definition at the time of the call."""
    orders = add({"Charge": task(FUNCTION)})
    orders.mock_task("Charge", result=1)
    definition = json.dumps({"StartAt": "Pay", "States": {"Pay": task(FUNCTION)}})
    client.update_state_machine(stateMachineArn=orders.arn, definition=definition)
    orders.mock_task("Pay", result=2)

    assert start(orders).output == "2"
