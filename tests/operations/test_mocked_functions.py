"""`mock_lambda`: handlers that are called instead of Lambda functions."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from freezegun import freeze_time

from sfn_mock import TaskError, UnmockedServiceError, mock_sfn_executions

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:charge"
INVOKE = "arn:aws:states:::lambda:invoke"
SDK_INVOKE = "arn:aws:states:::aws-sdk:lambda:invoke"

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]


@pytest.fixture
def add(sfn):
    """Add a state machine of one Task state."""

    def add(resource, name="orders", **more):
        states = {"Charge": {"Type": "Task", "Resource": resource, "End": True, **more}}
        return sfn.add_state_machine(name, definition=json.dumps({"StartAt": "Charge", "States": states}))

    return add


@pytest.fixture
def start(sfn, client):
    """Start an execution of a machine, and return its view."""

    def start(machine, input="{}"):
        answer = client.start_execution(stateMachineArn=machine.arn, input=input)
        return sfn.get_execution(answer["executionArn"])

    return start


def echo(event, context):
    return {"event": event}


def decline(event, context):
    raise ValueError("no funds")


async def charge_later(event, context):
    """A handler that Lambda does not accept."""


class ChargeLater:
    async def __call__(self, event, context):
        """The same as a method."""


LATER = ChargeLater()
ASYNC = (
    "handler must be a plain function, got the async {!r}: Lambda's Python runtime does not await. "
    "Run its coroutine with asyncio.run() in a plain function."
)


def details(client, run, event_type):
    """The details of the only event of a type."""
    events = client.get_execution_history(executionArn=run.arn)["events"]
    [event] = [event for event in events if event["type"] == event_type]
    return event[f"{event_type[0].lower()}{event_type[1:]}EventDetails"]


# --- Calls of a handler ------------------------------------------------------------------------------------------


def test_a_functions_own_arn(sfn, add, start):
    """The event is the task's input, and the result is the handler's."""
    sfn.mock_lambda("charge", echo)

    assert start(add(FUNCTION), '{"amount": 7}').output == '{"event":{"amount":7}}'


@pytest.mark.parametrize(
    ("parameters", "event", "version"),
    [
        pytest.param({"FunctionName": "charge", "Payload": {"amount": 7}}, {"amount": 7}, "$LATEST", id="name"),
        pytest.param({"FunctionName": FUNCTION, "Payload": "text"}, "text", "$LATEST", id="ARN"),
        pytest.param({"FunctionName": "123456789012:function:charge"}, {}, "$LATEST", id="partial ARN"),
        pytest.param({"FunctionName": "charge:7"}, {}, "7", id="version"),
        pytest.param({"FunctionName": "charge", "Qualifier": "7"}, {}, "7", id="version as qualifier"),
        pytest.param({"FunctionName": f"{FUNCTION}:live"}, {}, "$LATEST", id="alias"),
    ],
)
def test_an_invocation(sfn, add, start, parameters, event, version):
    """`lambda:invoke` returns version and HTTP answer in addition to the handler's result."""
    sfn.mock_lambda("charge", echo)
    output = json.loads(start(add(INVOKE, Parameters=parameters)).output)

    assert output.pop("SdkHttpMetadata")["HttpHeaders"]["X-Amz-Executed-Version"] == version
    assert list(output.pop("SdkResponseMetadata")) == ["RequestId"]
    assert output == {"ExecutedVersion": version, "Payload": {"event": event}, "StatusCode": 200}


@pytest.mark.parametrize(
    ("kind", "status", "called"),
    [pytest.param("Event", 202, [{}], id="Event"), pytest.param("DryRun", 204, [], id="DryRun")],
)
def test_an_asynchronous_invocation(sfn, add, start, kind, status, called):
    """An Event gets an empty answer though the handler runs; a DryRun does not run it."""
    events = []
    sfn.mock_lambda("charge", lambda event, context: events.append(event))
    output = json.loads(start(add(INVOKE, Parameters={"FunctionName": "charge", "InvocationType": kind})).output)

    assert (output["StatusCode"], output["SdkHttpMetadata"]["HttpStatusCode"], events) == (status, status, called)


def test_an_invocation_by_the_sdk(sfn, add, start):
    """`aws-sdk:lambda:invoke` gives the payload as text."""
    sfn.mock_lambda("charge", echo)
    output = start(add(SDK_INVOKE, Parameters={"FunctionName": "charge", "Payload": {"amount": 7}})).output

    assert json.loads(output) == {
        "ExecutedVersion": "$LATEST",
        "StatusCode": 200,
        "Payload": '{"event": {"amount": 7}}',
    }


@pytest.mark.parametrize("resource", [pytest.param(INVOKE, id="optimised"), pytest.param(SDK_INVOKE, id="SDK")])
@pytest.mark.parametrize(
    ("payload", "event"),
    [
        pytest.param('{"amount": 7}', {"amount": 7}, id="JSON text"),
        pytest.param('"7"', "7", id="JSON text of a string"),
        pytest.param("seven", "seven", id="other text"),
        pytest.param([7], [7], id="list"),
    ],
)
def test_an_event(sfn, add, start, resource, payload, event):
    """The function gets the value of a payload that is JSON text; other values are sent as JSON."""
    events = []
    sfn.mock_lambda("charge", lambda event, context: events.append(event))
    start(add(resource, Parameters={"FunctionName": "charge", "Payload": payload}))

    assert events == [event]


@pytest.mark.parametrize("resource", [pytest.param(INVOKE, id="optimised"), pytest.param(SDK_INVOKE, id="SDK")])
def test_a_task_token(client, sfn, add, start, resource):
    """With a task token, the execution waits until the token of the handler is answered."""
    tokens = []
    sfn.mock_lambda("charge", lambda event, context: tokens.append(event["token"]))
    parameters = {"FunctionName": "charge", "Payload": {"token.$": "$$.Task.Token"}}
    run = start(add(f"{resource}.waitForTaskToken", Parameters=parameters))
    before = run.status
    client.send_task_success(taskToken=tokens[0], output='{"charged": true}')

    assert (before, run.status, json.loads(run.output)) == ("RUNNING", "SUCCEEDED", {"charged": True})


@pytest.mark.parametrize(
    ("name", "output"),
    [
        pytest.param("charge:7", '"other"', id="the mocked version"),
        pytest.param("charge:8", '"function"', id="another version"),
        pytest.param("charge", '"function"', id="no version"),
    ],
)
def test_a_handler_of_one_version(sfn, add, start, name, output):
    """A handler for a version or alias answers only for it, with priority over the function's."""
    sfn.mock_lambda("charge", lambda event, context: "function")
    sfn.mock_lambda(f"{FUNCTION}:7", lambda event, context: "other")

    assert start(add(FUNCTION.replace("charge", name))).output == output


@pytest.mark.parametrize(
    "name", [pytest.param("charge", id="no version"), pytest.param("charge:$LATEST", id="latest version")]
)
def test_a_handler_of_the_latest_version(sfn, add, start, name):
    """A handler for $LATEST also answers for the function without a version, and for no other version."""
    sfn.mock_lambda("charge:$LATEST", lambda event, context: "latest")
    sfn.mock_lambda("charge:7", lambda event, context: "other")

    assert start(add(FUNCTION.replace("charge", name))).output == '"latest"'


def test_a_function_of_another_region(sfn, add, start):
    """A handler answers for its function in every region and account."""
    sfn.mock_lambda(FUNCTION.replace("us-east-1:123456789012", "eu-west-1:210987654321"), echo)

    assert start(add(FUNCTION)).output == '{"event":{}}'


def test_a_later_handler(sfn, add, start):
    """A second handler of a function replaces the first."""
    sfn.mock_lambda("charge", lambda event, context: 1)
    sfn.mock_lambda("charge", lambda event, context: 2)

    assert start(add(FUNCTION)).output == "2"


def test_mock_task_has_priority(sfn, add, start):
    """`mock_task` has priority over the handler of the function."""
    orders = add(FUNCTION)
    sfn.mock_lambda("charge", decline)
    orders.mock_task("Charge", result="mocked")

    assert start(orders).output == '"mocked"'


@pytest.mark.parametrize(
    ("resource", "parameters"),
    [
        pytest.param(FUNCTION.replace("charge", "other"), {}, id="own ARN"),
        pytest.param(INVOKE, {"FunctionName": "other"}, id="invoke"),
        pytest.param(INVOKE, {"FunctionName": "no name"}, id="name that no function has"),
    ],
)
def test_a_function_without_a_handler(sfn, client, add, resource, parameters):
    """A function without a handler is a task that nothing answers."""
    orders = add(resource, Parameters=parameters)
    sfn.mock_lambda("charge", echo)

    with pytest.raises(UnmockedServiceError, match=r"^State 'Charge' .* which is not mocked: give "):
        client.start_execution(stateMachineArn=orders.arn)


# --- Errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "more", "event_type"),
    [
        pytest.param(FUNCTION, {}, "LambdaFunctionFailed", id="own ARN"),
        pytest.param(INVOKE, {"Parameters": {"FunctionName": "charge"}}, "TaskFailed", id="invoke"),
        pytest.param(
            f"{INVOKE}.waitForTaskToken", {"Parameters": {"FunctionName": "charge"}}, "TaskSubmitFailed", id="token"
        ),
    ],
)
def test_an_exception(client, sfn, add, start, resource, more, event_type):
    """An exception is an error with its class's name, and the cause of Lambda's Python runtime."""
    sfn.mock_lambda("charge", decline)
    run = start(add(resource, **more))
    cause = json.loads(run.cause)
    line = decline.__code__.co_firstlineno + 1

    assert (run.status, run.error) == ("FAILED", "ValueError")
    assert (cause["errorMessage"], cause["errorType"]) == ("no funds", "ValueError")
    assert cause["stackTrace"] == [f'  File "{__file__}", line {line}, in decline\n    raise ValueError("no funds")\n']
    assert len(cause["requestId"]) == 36
    assert details(client, run, event_type)["cause"] == run.cause


@pytest.mark.parametrize(("cause", "message"), [("no funds", "no funds"), (None, "")])
def test_a_task_error(sfn, add, start, cause, message):
    """A TaskError is an error with the name that it was given."""

    def decline_by_name(event, context):
        raise TaskError("CardDeclined", cause)

    sfn.mock_lambda("charge", decline_by_name)
    run = start(add(FUNCTION))
    cause = json.loads(run.cause)

    assert (run.error, cause["errorType"], cause["errorMessage"]) == ("CardDeclined", "CardDeclined", message)


def test_an_exception_in_an_answer_of_the_sdk(sfn, add, start):
    """`aws-sdk:lambda:invoke` succeeds, and its answer describes the error."""
    sfn.mock_lambda("charge", decline)
    output = json.loads(start(add(SDK_INVOKE, Parameters={"FunctionName": "charge"})).output)

    assert (output["FunctionError"], output["StatusCode"]) == ("Unhandled", 200)
    assert json.loads(output["Payload"])["errorType"] == "ValueError"


def test_a_catcher_of_an_exception(sfn, client, start):
    """Catch and Retry match the name of the exception's class."""
    catch = [{"ErrorEquals": ["ValueError"], "Next": "Refuse"}]
    states = {
        "Charge": {"Type": "Task", "Resource": FUNCTION, "Catch": catch, "End": True},
        "Refuse": {"Type": "Pass", "Result": "refused", "End": True},
    }
    orders = sfn.add_state_machine("orders", definition=json.dumps({"StartAt": "Charge", "States": states}))
    sfn.mock_lambda("charge", decline)

    assert start(orders).output == '"refused"'


def circle():
    items = []
    items.append(items)
    return items


def nested():
    items = []
    for _ in range(100_000):
        items = [items]
    return items


@pytest.mark.parametrize(
    ("result", "message"),
    [
        pytest.param({1, 2}, "Object of type set is not JSON serializable", id="set"),
        pytest.param(float("nan"), "Out of range float values are not JSON compliant", id="NaN"),
        pytest.param(circle(), "Circular reference detected", id="circle"),
    ],
)
def test_a_result_that_is_not_json(sfn, add, start, result, message):
    """A result that JSON cannot represent is Runtime.MarshalError."""
    sfn.mock_lambda("charge", lambda event, context: result)
    run = start(add(FUNCTION))
    cause = json.loads(run.cause)

    assert (run.status, run.error) == ("FAILED", "Runtime.MarshalError")
    assert cause["errorMessage"].startswith(f"Unable to marshal response: {message}")
    assert (cause["errorType"], cause["stackTrace"]) == ("Runtime.MarshalError", [])


def test_a_result_that_is_too_deep(sfn, add, start):
    """A result that is nested too deeply is Runtime.MarshalError too."""
    sfn.mock_lambda("charge", lambda event, context: nested())

    assert start(add(FUNCTION)).error == "Runtime.MarshalError"


def test_an_unmocked_service_within_a_handler(sfn, client, add):
    """If a handler calls a service that is not mocked, the test's author gets the error."""

    def upload(event, context):
        boto3.client("s3", "us-east-1").put_object(Bucket="receipts", Key="7", Body=b"")

    orders = add(FUNCTION)
    sfn.mock_lambda("charge", upload)

    with pytest.raises(UnmockedServiceError, match="PutObject"):
        client.start_execution(stateMachineArn=orders.arn)


# --- The context -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "parameters", "arn", "version"),
    [
        pytest.param(FUNCTION, {}, FUNCTION, "$LATEST", id="own ARN"),
        pytest.param(f"{FUNCTION}:7", {}, f"{FUNCTION}:7", "7", id="version"),
        pytest.param(INVOKE, {"FunctionName": "charge:live"}, f"{FUNCTION}:live", "$LATEST", id="alias"),
        pytest.param(
            FUNCTION.replace("us-east-1:123456789012", "eu-west-1:210987654321"),
            {},
            FUNCTION.replace("us-east-1:123456789012", "eu-west-1:210987654321"),
            "$LATEST",
            id="elsewhere",
        ),
    ],
)
def test_a_context(sfn, add, start, resource, parameters, arn, version):
    """The context names the function and its version, and has 128 MB."""
    contexts = []
    sfn.mock_lambda("charge", lambda event, context: contexts.append(context))
    start(add(resource, Parameters=parameters))
    [context] = contexts
    stream = f"2026/01/10/[{version}]{context.aws_request_id.replace('-', '')}"

    assert (context.function_name, context.function_version, context.invoked_function_arn) == ("charge", version, arn)
    assert (context.log_group_name, context.log_stream_name) == ("/aws/lambda/charge", stream)
    assert (context.memory_limit_in_mb, context.client_context, context.identity) == (128, None, None)


def test_remaining_time(clock, sfn, add, start):
    """A function has 15 minutes, minus what passes in the handler on the test's clock."""
    remaining = []

    def work(event, context):
        remaining.append(context.get_remaining_time_in_millis())
        clock.tick(timedelta(minutes=1))
        remaining.append(context.get_remaining_time_in_millis())
        clock.tick(timedelta(minutes=20))
        remaining.append(context.get_remaining_time_in_millis())

    sfn.mock_lambda("charge", work)
    start(add(FUNCTION))

    assert remaining == [900_000, 840_000, 0]


def test_the_moment_of_a_call(clock, client, sfn, start):
    """A call of a handler to Step Functions is answered for the moment at which the task was due."""
    listed = []

    def look(event, context):
        listed.extend(client.list_executions(stateMachineArn=orders.arn, statusFilter="RUNNING")["executions"])
        return len(listed)

    states = {
        "Hold": {"Type": "Wait", "Seconds": 60, "Next": "Charge"},
        "Charge": {"Type": "Task", "Resource": FUNCTION, "End": True},
    }
    orders = sfn.add_state_machine("orders", definition=json.dumps({"StartAt": "Hold", "States": states}))
    sfn.mock_lambda("charge", look)
    run = start(orders)
    clock.tick(timedelta(hours=1))

    assert (run.output, run.stop_date) == ("1", NOW + timedelta(minutes=1))
    assert [item["executionArn"] for item in listed] == [run.arn]


# --- Mistakes, and the end of a handler --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "handler", "problem"),
    [
        pytest.param(
            "no name", echo, "name must be the name or ARN of a Lambda function, got 'no name'.", id="no name"
        ),
        pytest.param(7, echo, "name must be the name or ARN of a Lambda function, got 7.", id="no text"),
        pytest.param("charge", {}, "handler must be callable(event, context), got {}.", id="no handler"),
        pytest.param("charge", charge_later, ASYNC.format(charge_later), id="async function"),
        pytest.param("charge", LATER, ASYNC.format(LATER), id="async callable"),
    ],
)
def test_a_mistake(sfn, name, handler, problem):
    """A wrong function name or handler is a ValueError at once."""
    with pytest.raises(ValueError) as error:
        sfn.mock_lambda(name, handler)

    assert str(error.value) == problem


@pytest.mark.sfn_executions(execute=False)
def test_a_mock_that_runs_nothing(sfn):
    """mock_lambda needs a mock that runs definitions."""
    with pytest.raises(
        ValueError, match=r"^cannot use mock_lambda\(\): this mock does not run definitions; use mock_sfn_executions"
    ):
        sfn.mock_lambda("charge", echo)


def test_handlers_of_an_inner_mock_end_with_it():
    """The mocked functions of an inner mock are removed at its end, and earlier ones are restored."""
    with freeze_time(NOW), mock_sfn_executions(execute=True) as sfn:
        states = {"Charge": {"Type": "Task", "Resource": FUNCTION, "End": True}}
        orders = sfn.add_state_machine("orders", definition=json.dumps({"StartAt": "Charge", "States": states}))
        sfn.mock_lambda("charge", lambda event, context: "outer")
        client = boto3.client("stepfunctions", "us-east-1")

        def output():
            return sfn.get_execution(client.start_execution(stateMachineArn=orders.arn)["executionArn"]).output

        with mock_sfn_executions():
            sfn.mock_lambda("charge", lambda event, context: "inner")
            inner = output()
            orders.mock_task("Charge", result="mocked")
            mocked = output()

        assert (inner, mocked, output()) == ('"inner"', '"mocked"', '"outer"')


@pytest.mark.parametrize(
    ("resource", "more"),
    [
        pytest.param(FUNCTION, {}, id="the function itself"),
        pytest.param(INVOKE, {"Parameters": {"FunctionName": "charge", "Payload.$": "$"}}, id="lambda:invoke"),
    ],
)
def test_half_a_surrogate(sfn, add, start, resource, more):
    """A function gets ``?`` for half a surrogate pair, which UTF-8 cannot encode."""
    events = []
    sfn.mock_lambda("charge", lambda event, context: events.append(event))
    run = start(add(resource, **more), '{"text": "a\\ud800"}')

    assert (run.status, events) == ("SUCCEEDED", [{"text": "a?"}])
