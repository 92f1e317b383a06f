"""TestState: one state of a definition, with or without a mock."""

from __future__ import annotations

import json

import boto3
import pytest
from answers import members, needs_member, refusal
from moto import mock_aws

from sfn_mock import UnmockedServiceError

NOW = "2026-01-10T12:00:00Z"

# Older versions of botocore know only the first form of these operations.
pytestmark = [pytest.mark.usefixtures("clock"), needs_member("TestState", "mock")]
ROLE = "arn:aws:iam::123456789012:role/orders"
PASS = {"Type": "Pass", "End": True}
INVOKE = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
INVOKE["Parameters"] = {"FunctionName": "pack"}
WAITING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"QueueUrl": "orders", "MessageBody": {"token.$": "$$.Task.Token"}},
    "End": True,
}
SYNCING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::states:startExecution.sync:2",
    "Parameters": {"StateMachineArn": "pack"},
    "End": True,
}
ACTIVITY = {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:pack", "End": True}
MAP = {"Type": "Map", "ItemProcessor": {"StartAt": "Each", "States": {"Each": PASS}}, "End": True}
DISTRIBUTED = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **MAP["ItemProcessor"]}
PARALLEL = {"Type": "Parallel", "Branches": [{"StartAt": "One", "States": {"One": PASS}}], "Next": "Ship"}
RESULT = {"result": "[1]"}
TELL_ITEM = {**PASS, "OutputPath": "$$.Map.Item"}


@pytest.fixture
def run(client):
    def run(definition, **arguments):
        return members(client.test_state(definition=text(definition), **arguments))

    return run


def text(definition: object) -> str:
    return definition if isinstance(definition, str) else json.dumps(definition)


def workflow(**states) -> dict:
    return {"StartAt": next(iter(states)), "States": states}


def nesting(kind: str, **fields) -> dict:
    return {"Type": kind, "End": True, **fields}


def jsonata(state: dict, **fields) -> dict:
    return {"QueryLanguage": "JSONata", **state, **fields}


# --- Refused tests -----------------------------------------------------------------------------------------------


def invalid(reason: str) -> tuple[str, str]:
    return "InvalidDefinition", f"Invalid State Machine Definition: '{reason}'"


def wrong(reason: str) -> tuple[str, str]:
    return "ValidationException", reason


def schema(reason: str) -> tuple[str, str]:
    return wrong(f"Mock result schema validation error: {reason}")


MAP_OR_PARALLEL = (
    "InvalidDefinition",
    "TestState API does not support Map or Parallel states. "
    "Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]",
)
ONLY_WITH_A_MOCK = (
    "InvalidDefinition",
    "TestState API supports activities and the .sync and .waitForTaskToken patterns only with a mock",
)
ONE_FIELD = wrong("A test mock should have only one of the following fields: [result, errorOutput].")
LONG_NUMBER = "Number value length exceeds the maximum allowed"
START = {
    "Type": "Task",
    "Resource": "arn:aws:states:::states:startExecution",
    "Parameters": {"StateMachineArn": "orders"},
    "End": True,
}
READING = {
    **MAP,
    "ItemProcessor": DISTRIBUTED,
    "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}},
}
READING["ItemReader"]["Parameters"] = {"Bucket": "orders", "Key": "today"}


@pytest.mark.parametrize(
    ("definition", "arguments", "refused"),
    [
        pytest.param(INVOKE, {}, wrong("RoleArn must be specified when testing a Task state"), id="role"),
        pytest.param(
            workflow(Pack=PASS), {"stateName": "Ship"}, wrong("State not found in definition"), id="missing state"
        ),
        pytest.param(
            PASS,
            {"mock": RESULT},
            wrong("State type 'Pass' is not supported when a mock is specified"),
            id="a mock of a state without work",
        ),
        pytest.param(INVOKE, {"mock": {"result": "1", "errorOutput": {}}}, ONE_FIELD, id="a mock of two fields"),
        pytest.param(INVOKE, {"mock": {}}, ONE_FIELD, id="a mock of none"),
        pytest.param(
            INVOKE,
            {"mock": {"errorOutput": {"cause": "why"}}},
            wrong("The errorOutput of a test mock should have the field error."),
            id="an error without a name",
        ),
        pytest.param(
            INVOKE,
            {"mock": RESULT, "revealSecrets": True},
            wrong("TestState does not support RevealSecrets when a mock is specified."),
            id="secrets of a mock",
        ),
        pytest.param(MAP, {}, MAP_OR_PARALLEL, id="Map"),
        pytest.param(PARALLEL, {}, MAP_OR_PARALLEL, id="Parallel"),
        pytest.param(
            MAP,
            {"stateConfiguration": {"mapIterationFailureCount": 0}},
            wrong("TestState does not support MapIterationFailureCount when a mock is not specified."),
            id="failed iterations without a mock",
        ),
        pytest.param(
            PARALLEL,
            {"stateConfiguration": {"errorCausedByState": "One"}},
            wrong("TestState does not support ErrorCausedByState when a mock is not specified."),
            id="a state to blame without a mock",
        ),
        pytest.param(
            PARALLEL,
            {"mock": {"errorOutput": {"error": "NoStock"}}, "stateConfiguration": {"errorCausedByState": "Two"}},
            wrong("State not found in definition"),
            id="a missing errorCausedByState",
        ),
        pytest.param(
            MAP,
            {"mock": RESULT, "input": "[1, 2]", "stateConfiguration": {"mapIterationFailureCount": 3}},
            wrong("Map iteration failure count must be less than or equal to the number of Map iterations"),
            id="more failed iterations than iterations",
        ),
        pytest.param(ACTIVITY, {"roleArn": ROLE}, ONLY_WITH_A_MOCK, id="activity"),
        pytest.param(SYNCING, {"roleArn": ROLE}, ONLY_WITH_A_MOCK, id=".sync"),
        pytest.param(WAITING, {"roleArn": ROLE}, ONLY_WITH_A_MOCK, id=".waitForTaskToken"),
        pytest.param(
            PASS,
            {"context": "{}"},
            wrong("Context can only be specified when a mock is specified"),
            id="a context without a mock",
        ),
        pytest.param(
            INVOKE,
            {"mock": {"result": "done"}},
            wrong("Mocked result must be valid JSON"),
            id="a mocked result that is not JSON",
        ),
        pytest.param(
            INVOKE, {"mock": RESULT}, schema("Mock result must be an object"), id="a service answers with an object"
        ),
        pytest.param(
            INVOKE,
            {"mock": {"result": '{"StatusCode": "200"}'}},
            schema("Field 'StatusCode' must be a number"),
            id="a member of another type",
        ),
        pytest.param(
            START,
            {"mock": {"result": "{}"}},
            schema("Required field 'ExecutionArn' is missing"),
            id="a member that is missing",
        ),
        pytest.param(
            START,
            {"mock": {"result": '{"StartDate": true}', "fieldValidationMode": "PRESENT"}},
            schema("Field 'StartDate' must be a string"),
            id="PRESENT looks at what is there",
        ),
        pytest.param(MAP, {"mock": {"result": "{}"}}, wrong("Mocked result must be an array."), id="Map, an object"),
        pytest.param(
            PARALLEL,
            {"mock": {"result": "[1, 2]"}},
            wrong("Mocked result must contain the same number of items as number of Parallel branches."),
            id="Parallel, a result too many",
        ),
        pytest.param(
            READING,
            {"mock": RESULT, "stateConfiguration": {"mapItemReaderData": "{"}},
            wrong("MapItemReaderData must be valid JSON"),
            id="items that are not JSON",
        ),
        pytest.param(
            INVOKE,
            {"mock": {"errorOutput": {"error": "NoStock"}}, "context": "[]"},
            wrong("context must be a JSON object"),
            id="a context that is not an object",
        ),
        pytest.param(PASS, {"variables": "{"}, wrong("variables must be a JSON object"), id="variables, no JSON"),
        pytest.param(
            PASS, {"roleArn": "orders"}, ("InvalidArn", "Invalid Role Arn: 'orders'"), id="not the ARN of a role"
        ),
        pytest.param(
            PASS,
            {"input": ""},
            ("InvalidExecutionInput", "Invalid State Machine Execution Input: 'Invalid execution input.'"),
            id="empty input",
        ),
        pytest.param(
            PASS,
            {"input": "9" * 5000},
            ("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{LONG_NUMBER}'"),
            id="a number without end as input",
        ),
        pytest.param(
            "[]", {}, invalid("SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at null"), id="a list"
        ),
        pytest.param(
            {"Type": "Bogus"},
            {},
            invalid(
                "SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, "
                "Succeed, Fail, Choice, Parallel, Map] at /States/StateName/Type"
            ),
            id="no type of states",
        ),
        pytest.param(
            {"States": {"Pack": PASS}},
            {"stateName": "Pack"},
            invalid("SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt] at /"),
            id="a definition that is not a machine's",
        ),
    ],
)
def test_state_that_is_refused(client, definition, arguments, refused):
    """A state that cannot be tested is refused with AWS's sentence."""
    assert refusal(client.test_state, definition=text(definition), **arguments) == refused


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param({"Map": {}}, "'Map' field is not supported when mocking a Context object", id="Map"),
        pytest.param({"Order": {}}, "Field 'Order' is not allowed", id="another member"),
        pytest.param({"Execution": {"Order": 1}}, "Field 'Order' is not allowed", id="another member within"),
        pytest.param({"Execution": {"Id": 1}}, "Execution.Id must be a string", id="not a string"),
        pytest.param({"State": {"RetryCount": True}}, "State.RetryCount must be a number", id="not a number"),
        pytest.param({"Task": "token"}, "Task must be an object", id="not an object"),
    ],
)
def test_context_that_is_refused(client, given, reason):
    """A context object may have only AWS's members, with their types."""
    mock = {"errorOutput": {"error": "NoStock"}}
    refused = refusal(client.test_state, definition=text(INVOKE), mock=mock, context=json.dumps(given))

    assert refused == wrong(f"Invalid Context object provided: {reason}")


# --- Output, error and next state --------------------------------------------------------------------------------

CHOICE = {
    "Type": "Choice",
    "Choices": [{"Variable": "$.total", "NumericGreaterThan": 100, "Next": "Approve"}],
    "Default": "Ship",
}
HTTP = {
    "Type": "Task",
    "Resource": "arn:aws:states:::http:invoke",
    "Parameters": {
        "ApiEndpoint": "https://example.com/orders",
        "Method": "GET",
        "InvocationConfig": {"ConnectionArn": "arn:aws:events:us-east-1:123456789012:connection/orders/1"},
    },
    "End": True,
}
CONTEXT = {
    "Execution": {"Id": "arn", "Input": {"id": 4}, "Name": "order-4", "RoleArn": "role", "StartTime": "early"},
    "StateMachine": {"Id": "arn", "Name": "orders"},
    "State": {"EnteredTime": "late", "Name": "Pack", "RetryCount": 2},
    "Task": {"Token": "secret"},
}


@pytest.mark.parametrize(
    ("definition", "arguments", "answer"),
    [
        pytest.param(PASS, {}, {"output": "{}"}, id="Pass, the end"),
        pytest.param(
            {"Type": "Pass", "Result": 7, "ResultPath": "$.total", "Next": "Ship"},
            {"input": '{"id": 1}'},
            {"output": '{"id":1,"total":7}', "nextState": "Ship"},
            id="Pass, and what is next",
        ),
        pytest.param({"Type": "Succeed"}, {"input": "[1]"}, {"output": "[1]"}, id="Succeed"),
        pytest.param(
            {"Type": "Wait", "Seconds": 600, "Next": "Ship"}, {}, {"output": "{}", "nextState": "Ship"}, id="Wait"
        ),
        pytest.param(
            CHOICE, {"input": '{"total":101}'}, {"output": '{"total":101}', "nextState": "Approve"}, id="Choice"
        ),
        pytest.param(
            CHOICE, {"input": '{"total":1}'}, {"output": '{"total":1}', "nextState": "Ship"}, id="Choice, the default"
        ),
        pytest.param(
            jsonata(PASS, Output="{% $states.input.a + $b %}"),
            {"input": '{"a": 1}', "variables": '{"b": 2}'},
            {"output": "3"},
            id="JSONata and variables",
        ),
        pytest.param(
            {**PASS, "Parameters": {"b.$": "$b"}}, {"variables": '{"b": 2}'}, {"output": '{"b":2}'}, id="variables"
        ),
        pytest.param(
            jsonata(PASS, Output="{% $states.input %}"),
            {"input": "[" * 900 + "]" * 900},
            {"output": "[" * 900 + "]" * 900},
            id="JSONata, an input of many levels",
        ),
        pytest.param(MAP, {"mock": RESULT, "input": "[3]"}, {"output": "[1]"}, id="Map, mocked"),
        pytest.param(PARALLEL, {"mock": RESULT}, {"output": "[1]", "nextState": "Ship"}, id="Parallel, mocked"),
        pytest.param(WAITING, {"mock": RESULT}, {"output": "[1]"}, id="a task that waits, mocked"),
        pytest.param(ACTIVITY, {"mock": RESULT}, {"output": "[1]"}, id="an activity, mocked"),
        pytest.param(HTTP, {"mock": RESULT}, {"output": "[1]"}, id="an HTTP task, mocked"),
        pytest.param(
            START,
            {"mock": {"result": '{"StartDate": true}', "fieldValidationMode": "NONE"}},
            {"output": '{"StartDate":true}'},
            id="NONE takes any result",
        ),
        pytest.param(
            workflow(Pack={"Type": "Pass", "Next": "Both"}, Both={**PARALLEL, "Next": "Last"}, Last=PASS),
            {"stateName": "One"},
            {"output": "{}"},
            id="a state inside another",
        ),
        pytest.param(
            workflow(All=nesting("Map", ItemProcessor=workflow(Each=TELL_ITEM))),
            {"stateName": "Each", "input": '{"order": 7}'},
            {"output": '{"Index":0,"Value":{"order":7}}'},
            id="a state inside a Map gets its input as the first item",
        ),
        pytest.param(
            workflow(
                All=nesting("Map", Iterator=workflow(Both=nesting("Parallel", Branches=[workflow(One=TELL_ITEM)])))
            ),
            {"stateName": "One", "input": "[7]"},
            {"output": '{"Index":0,"Value":[7]}'},
            id="also deeper inside",
        ),
        pytest.param(
            {**workflow(Pack={**PASS, "Output": "{% 1 + 1 %}"}), "QueryLanguage": "JSONata"},
            {"stateName": "Pack"},
            {"output": "2"},
            id="JSONata all through",
        ),
        pytest.param(
            {**PASS, "Parameters": {"at.$": "$$.Execution.StartTime", "in.$": "$$.State.Name"}},
            {},
            {"output": '{"at":"2026-01-10T12:00:00.000Z","in":"StateName"}'},
            id="the context object",
        ),
        pytest.param(
            jsonata(WAITING, Arguments={"MessageBody": "{% $states.context.Task.Token %}", "QueueUrl": "orders"})
            | {"Parameters": None, "Output": "{% $states.context %}"},
            {"mock": RESULT, "context": json.dumps(CONTEXT)},
            {"output": json.dumps(CONTEXT, separators=(",", ":"))},
            id="a context object given",
        ),
    ],
)
def test_state_that_succeeds(run, definition, arguments, answer):
    """Output and next state of each type of state; a Wait state takes no time."""
    given = {field: value for field, value in definition.items() if value is not None}

    assert run(given, **arguments) == {"status": "SUCCEEDED", **answer}


def test_context_object_of_a_lone_state(run):
    """Without a context object the state runs in a new execution, without a role unless one is given."""
    context = json.loads(run(jsonata(PASS, Output="{% $states.context %}"), input='{"a": 1}')["output"])

    machine, name = context["StateMachine"]["Name"], context["Execution"]["Name"]
    assert context == {
        "Execution": {
            "Id": f"arn:aws:states:us-east-1:123456789012:express:{machine}:{name}",
            "Input": {"a": 1},
            "Name": name,
            "RoleArn": None,
            "StartTime": "2026-01-10T12:00:00.000Z",
        },
        "StateMachine": {"Id": f"arn:aws:states:us-east-1:123456789012:stateMachine:{machine}", "Name": machine},
        "State": {"Name": "StateName", "EnteredTime": "2026-01-10T12:00:00.000Z"},
    }


@pytest.mark.parametrize(
    ("definition", "arguments", "answer"),
    [
        pytest.param(
            {"Type": "Fail", "Error": "NoStock", "Cause": "sold out"},
            {},
            {"error": "NoStock", "cause": "sold out"},
            id="Fail",
        ),
        pytest.param({"Type": "Fail"}, {}, {}, id="Fail, without a word"),
        pytest.param(
            MAP, {"mock": {"errorOutput": {"error": "NoStock"}}, "input": "[]"}, {"error": "NoStock"}, id="Map"
        ),
        pytest.param(
            PARALLEL,
            {"mock": {"errorOutput": {"error": "NoStock"}}, "stateConfiguration": {"errorCausedByState": "One"}},
            {"error": "NoStock"},
            id="Parallel",
        ),
        pytest.param(
            {**PASS, "InputPath": "$.missing"},
            {},
            {
                "error": "States.Runtime",
                "cause": "An error occurred while executing the state 'StateName' (entered at the event id #2). "
                "Invalid path '$.missing' : No results for path: $['missing']",
            },
            id="a path that finds nothing",
        ),
        pytest.param(
            {
                **INVOKE,
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Ship", "ResultPath": "$[0]"}],
            },
            {"mock": {"errorOutput": {"error": "NoStock"}}},
            {
                "error": "States.ResultPathMatchFailure",
                "cause": "An error occurred while executing the state 'StateName' (entered at the event id #2). "
                'Unable to apply step "0" to input {}',
            },
            id="a catcher that fails",
        ),
    ],
)
def test_state_that_fails(run, definition, arguments, answer):
    """A failure has the given error and cause, but no output or next state."""
    assert run(definition, **arguments) == {"status": "FAILED", **answer}


# --- Retry and Catch ---------------------------------------------------------------------------------------------

GUARDED = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": "pack", "Payload.$": "$.id"},
    "ResultSelector": {"total.$": "$.Payload"},
    "ResultPath": "$.found",
    "Retry": [
        {"ErrorEquals": ["Busy"], "IntervalSeconds": 3, "BackoffRate": 2.0, "MaxAttempts": 3, "MaxDelaySeconds": 10},
        {"ErrorEquals": ["States.Timeout"], "BackoffRate": 9e99, "MaxAttempts": 99, "MaxDelaySeconds": 60},
        {"ErrorEquals": ["Endless"], "BackoffRate": 9e99, "MaxAttempts": 99},
    ],
    "Catch": [
        {"ErrorEquals": ["NoStock"], "Next": "Order"},
        {"ErrorEquals": ["Busy", "States.Permissions"], "Next": "Report", "ResultPath": "$.error"},
    ],
    "Next": "Ship",
}
INPUT = '{"id":1}'
STEPS = {"input": INPUT, "afterInputPath": INPUT, "afterParameters": '{"FunctionName":"pack","Payload":1}'}


def fail(error: str, retries: int = 0) -> dict:
    mock = {"errorOutput": {"error": error, "cause": "because"}}
    return {"mock": mock, "input": INPUT, "stateConfiguration": {"retrierRetryCount": retries}}


def retriable(error: str, index: int, seconds: int) -> dict:
    details = {"retryIndex": index, "retryBackoffIntervalSeconds": seconds}
    inspected = {**STEPS, "errorDetails": details}
    return {"status": "RETRIABLE", "error": error, "cause": "because", "inspectionData": inspected}


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        pytest.param(
            {"mock": {"result": '{"Payload": 5}'}, "input": INPUT},
            {
                "status": "SUCCEEDED",
                "output": '{"id":1,"found":{"total":5}}',
                "nextState": "Ship",
                "inspectionData": {
                    **STEPS,
                    "result": '{"Payload":5}',
                    "afterResultSelector": '{"total":5}',
                    "afterResultPath": '{"id":1,"found":{"total":5}}',
                },
            },
            id="a result",
        ),
        pytest.param(fail("Busy"), retriable("Busy", 0, 3), id="an error to be retried"),
        pytest.param(fail("Busy", 2), retriable("Busy", 0, 10), id="after the longest delay"),
        pytest.param(fail("States.Timeout", 98), retriable("States.Timeout", 1, 60), id="after a delay without end"),
        pytest.param(
            fail("Endless", 98), retriable("Endless", 2, 2**31 - 1), id="after a delay of the largest number of seconds"
        ),
        pytest.param(
            fail("Busy", 3),
            {
                "status": "CAUGHT_ERROR",
                "error": "Busy",
                "cause": "because",
                "output": '{"id":1,"error":{"Error":"Busy","Cause":"because"}}',
                "nextState": "Report",
                "inspectionData": {**STEPS, "errorDetails": {"catchIndex": 1}},
            },
            id="an error caught, with no attempt left",
        ),
        pytest.param(
            fail("NoStock"),
            {
                "status": "CAUGHT_ERROR",
                "error": "NoStock",
                "cause": "because",
                "output": '{"Error":"NoStock","Cause":"because"}',
                "nextState": "Order",
                "inspectionData": {**STEPS, "errorDetails": {"catchIndex": 0}},
            },
            id="an error caught",
        ),
        pytest.param(
            fail("States.OfNobody"),
            {"status": "FAILED", "error": "States.OfNobody", "cause": "because", "inspectionData": STEPS},
            id="an error that nobody handles",
        ),
    ],
)
@pytest.mark.parametrize("level", ["DEBUG", "TRACE"])
def test_mocked_task(run, arguments, answer, level):
    """A mocked result passes through the fields of the state; a mocked error is matched with Retry and Catch."""
    assert run(GUARDED, inspectionLevel=level, **arguments) == answer


def test_error_caught_in_jsonata(run):
    """Output and Assign of a catcher see the error; the shown variables are those after it."""
    catcher = {
        "ErrorEquals": ["States.TaskFailed"],
        "Output": {"why": "{% $states.errorOutput.Cause %}"},
        "Assign": {"failed": "{% $states.errorOutput.Error %}"},
        "Next": "Report",
    }
    state = jsonata(START, Arguments={"StateMachineArn": "{% $arn %}"}, Catch=[catcher])
    del state["Parameters"]

    assert run(state, variables='{"arn": "orders"}', inspectionLevel="DEBUG", **fail("Busy")) == {
        "status": "CAUGHT_ERROR",
        "error": "Busy",
        "cause": "because",
        "output": '{"why":"because"}',
        "nextState": "Report",
        "inspectionData": {
            "input": INPUT,
            "afterArguments": '{"StateMachineArn":"orders"}',
            "variables": '{"arn":"orders","failed":"Busy"}',
            "errorDetails": {"catchIndex": 0},
        },
    }


def test_retry_count_in_the_context_object(run):
    """The context object has the number of retries."""
    state = jsonata(START, Arguments={"StateMachineArn": "orders"}, Output="{% $states.context.State.RetryCount %}")
    del state["Parameters"]
    mock = {"result": "{}", "fieldValidationMode": "PRESENT"}

    assert run(state, mock=mock, stateConfiguration={"retrierRetryCount": 2})["output"] == "2"


# --- Map and Parallel --------------------------------------------------------------------------------------------


def test_tolerated_failures(run):
    """A Map state succeeds if no more iterations fail than it tolerates."""
    state = {**MAP, "ItemProcessor": DISTRIBUTED, "ToleratedFailureCount": 1}
    arguments = {"mock": RESULT, "input": "[1, 2]"}

    assert run(state, stateConfiguration={"mapIterationFailureCount": 1}, **arguments)["status"] == "SUCCEEDED"
    assert run(state, stateConfiguration={"mapIterationFailureCount": 2}, **arguments) == {
        "status": "FAILED",
        "error": "States.ExceedToleratedFailureThreshold",
        "cause": "The specified tolerated failure threshold was exceeded",
    }


def inspect(run, state: dict, **arguments) -> dict:
    return run(state, inspectionLevel="TRACE", **arguments)["inspectionData"]


def test_inspection_of_a_map_state(run):
    """A Map state shows its settings and the inputs of its iterations."""
    state = {
        **MAP,
        "InputPath": "$.order",
        "ItemsPath": "$.lines",
        "ItemSelector": {"line.$": "$$.Map.Item.Value"},
        "ItemProcessor": DISTRIBUTED,
        "ItemBatcher": {"MaxItemsPerBatch": 1},
        "MaxConcurrency": 4,
        "ToleratedFailureCount": 2,
        "ToleratedFailurePercentage": 50,
    }

    assert inspect(run, state, mock=RESULT, input='{"order": {"lines": [1, 2]}}') == {
        "input": '{"order":{"lines":[1,2]}}',
        "afterInputPath": '{"lines":[1,2]}',
        "afterItemsPath": "[1,2]",
        "afterItemSelector": '[{"line":1},{"line":2}]',
        "afterItemBatcher": '[{"Items":[{"line":1}]},{"Items":[{"line":2}]}]',
        "maxConcurrency": 4,
        "toleratedFailureCount": 2,
        "toleratedFailurePercentage": 50.0,
        "afterResultSelector": "[1]",
        "afterResultPath": "[1]",
    }


def test_inspection_of_a_map_state_in_jsonata(run):
    """A Map state in JSONata shows its input and settings."""
    state = jsonata(MAP, Items="{% $states.input.lines %}", Output="{% $sum($states.result) %}")

    assert run(state, mock=RESULT, input='{"lines": [1, 2]}', inspectionLevel="DEBUG") == {
        "status": "SUCCEEDED",
        "output": "1",
        "inspectionData": {"input": '{"lines":[1,2]}', "maxConcurrency": 0},
    }


@pytest.mark.parametrize(
    ("config", "data", "items"),
    [
        pytest.param({"InputType": "JSON"}, "[1, 2, 3]", [1, 2], id="JSON"),
        pytest.param(
            {"InputType": "JSONL"}, '{"a": 1}\n\n{"a": 2}\n{"a": 3}', [{"a": 1}, {"a": 2}], id="JSON by lines"
        ),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            "id,name\n1,pen\n\n2,ink\n",
            [{"id": "1", "name": "pen"}, {"id": "2", "name": "ink"}],
            id="CSV",
        ),
        pytest.param({"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, "\n", [], id="CSV without rows"),
        pytest.param({"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}, " ", [], id="CSV of a blank"),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["id"], "CSVDelimiter": "PIPE"},
            "1|x\n2",
            [{"id": "1"}, {"id": "2"}],
            id="CSV with headers of the state",
        ),
        pytest.param(
            {"InputType": "JSON", "ItemsPointer": "/all"},
            '{"all": {"a": 1, "b": 2}}',
            [{"Key": "a", "Value": 1}, {"Key": "b", "Value": 2}],
            id="a JSON object",
        ),
    ],
)
def test_items_that_the_reader_has_read(run, config, data, items):
    """The items are read from the data of the ItemReader by its configuration."""
    reader = {**READING["ItemReader"], "ReaderConfig": {**config, "MaxItems": 2}}
    state = {**READING, "ItemReader": reader, "ItemSelector": {"item.$": "$$.Map.Item.Value"}}
    inspected = inspect(run, state, mock=RESULT, stateConfiguration={"mapItemReaderData": data})

    assert [each["item"] for each in json.loads(inspected["afterItemSelector"])] == items
    assert "afterItemsPath" not in inspected


@pytest.mark.parametrize(
    ("action", "parameters", "source"),
    [
        pytest.param("getObject", {"Bucket": "lists", "Key": "all"}, {"Source": "S3://lists/all"}, id="object"),
        pytest.param("listObjectsV2", {"Bucket": "lists"}, {"Source": "S3://lists"}, id="bucket"),
        pytest.param("getObject", "{% $states.input %}", {}, id="not an object of JSON"),
    ],
)
def test_source_of_items(run, action, parameters, source):
    """The context object of an item tells which bucket or object of S3 the reader names."""
    reader = {"Resource": f"arn:aws:states:::s3:{action}", "Arguments": parameters}
    state = {**READING, "QueryLanguage": "JSONata", "ItemReader": reader}
    state["ItemSelector"] = "{% $states.context.Map.Item %}"
    inspected = inspect(run, state, mock=RESULT, input="[]", stateConfiguration={"mapItemReaderData": "[7]"})

    assert json.loads(inspected["afterItemSelector"]) == [{"Index": 0, "Value": 7, **source}]


def test_items_pointer(run):
    """ItemsPointer is the path of the array in the data."""
    reader = {**READING["ItemReader"], "ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/a~1b/c"}}
    state = {**READING, "ItemReader": reader}
    data = {"mapItemReaderData": '{"a/b": {"c": [1, 2]}}'}

    assert inspect(run, state, mock=RESULT, stateConfiguration=data)["afterItemsPointer"] == "[1,2]"


@pytest.mark.parametrize(
    ("config", "data", "reason"),
    [
        pytest.param({}, "1", "must be a JSON array", id="a number"),
        pytest.param({}, '{"a": 1}', "must be a JSON array", id="an object"),
        pytest.param({}, "[NaN]", "must be valid JSON", id="not a number"),
        pytest.param(
            {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            "a\n" + "x" * 140_000,
            "must be valid CSV: field larger than field limit (131072)",
            id="a long field",
        ),
        pytest.param({"ItemsPointer": "/a"}, "[1]", "must have an array at ItemsPointer /a", id="no such member"),
    ],
)
def test_missing_items(client, config, data, reason):
    """Data without items is refused."""
    reader = {**READING["ItemReader"], "ReaderConfig": {"InputType": "JSON", **config}}
    state = {**READING, "ItemReader": reader}
    arguments = {"mock": RESULT, "stateConfiguration": {"mapItemReaderData": data}}

    assert refusal(client.test_state, definition=text(state), **arguments) == wrong(f"MapItemReaderData {reason}")


def test_items_of_a_state_without_a_reader(run):
    """A state without ItemReader ignores the reader's data."""
    assert run(MAP, mock=RESULT, input="[]", stateConfiguration={"mapItemReaderData": "{"})["status"] == "SUCCEEDED"


def test_items_that_are_not_known(run):
    """Without the reader's data, only the number of tolerated failures is compared."""
    configuration = {"mapIterationFailureCount": 1}

    assert run(READING, mock=RESULT)["status"] == "SUCCEEDED"
    assert run(READING, mock=RESULT, stateConfiguration=configuration)["status"] == "FAILED"


@pytest.mark.parametrize(
    ("fields", "steps"),
    [
        pytest.param({}, {}, id="no filter"),
        pytest.param(
            {"InputPath": "$.a", "Parameters": {"b.$": "$.b"}},
            {"afterInputPath": '{"b":2}', "afterParameters": '{"b":2}'},
            id="filters",
        ),
    ],
)
def test_inspection_of_a_parallel_state(run, fields, steps):
    """A Parallel state shows the results of its filters, and no result of branches."""
    value = '{"a":{"b":2}}'

    assert inspect(run, {**PARALLEL, **fields}, mock=RESULT, input=value) == {
        "input": value,
        **steps,
        "afterResultSelector": "[1]",
        "afterResultPath": "[1]",
    }


# --- Inspection --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [{}, {"inspectionLevel": "INFO"}], ids=["default", "INFO"])
def test_inspection_levels(run, level):
    """Only DEBUG and TRACE show the data of each step."""
    assert run(PASS, **level) == {"status": "SUCCEEDED", "output": "{}"}


@pytest.mark.parametrize(
    ("state", "inspected"),
    [
        pytest.param(
            PASS, ["input", "afterInputPath", "afterParameters", "afterResultSelector", "afterResultPath"], id="Pass"
        ),
        pytest.param(
            {**PASS, "Result": 1}, ["input", "result", "afterResultSelector", "afterResultPath"], id="Pass, a result"
        ),
        pytest.param({"Type": "Succeed"}, ["input", "afterInputPath"], id="Succeed"),
        pytest.param({"Type": "Fail"}, ["input", "afterInputPath"], id="Fail"),
        pytest.param(CHOICE, ["input", "afterInputPath"], id="Choice"),
        pytest.param(jsonata(PASS), ["input"], id="JSONata"),
        pytest.param(jsonata(PASS, Assign={"a": 1}), ["input", "variables"], id="JSONata, variables"),
    ],
)
def test_inspection(run, state, inspected):
    """Each type of state shows the steps that it has."""
    assert sorted(inspect(run, state, input='{"total": 1}')) == sorted(inspected)


def test_variables_that_a_state_assigns(run):
    """The shown variables are the given ones, with the changes of the state's Assign."""
    state = {**PASS, "Assign": {"b.$": "$.b"}}

    assert inspect(run, state, input='{"b": 3}', variables='{"a": 1, "b": 2}')["variables"] == '{"a":1,"b":3}'


# --- Services ----------------------------------------------------------------------------------------------------


def test_task_of_a_service_that_is_not_mocked(client):
    """A Task without a mock needs mock_aws; no service is called."""
    with pytest.raises(UnmockedServiceError) as refused:
        client.test_state(definition=text(INVOKE), roleArn=ROLE)

    assert str(refused.value) == (
        "TestState runs a Task by calling its service, which nothing mocks: add mock_aws or mock_lambda, or give the "
        "state a mock."
    )


@pytest.mark.sfn_executions(execute=True)
@pytest.mark.parametrize(
    ("state", "output"),
    [
        pytest.param(
            {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pack", "End": True},
            '["pack",{"order":7}]',
            id="by ARN",
        ),
        pytest.param(
            {**INVOKE, "Parameters": {"FunctionName": "pack"}, "OutputPath": "$.Payload"}, '["pack",{}]', id="invoke"
        ),
    ],
)
def test_task_with_a_mocked_function(sfn, run, state, output):
    """A handler of ``mock_lambda`` answers a Task without a mock, on the test's clock."""
    remaining = []

    def pack(event, context):
        remaining.append(context.get_remaining_time_in_millis())
        return [context.function_name, event]

    sfn.mock_lambda("pack", pack)
    answer = run(state, roleArn=ROLE, input='{"order": 7}')

    assert answer == {"status": "SUCCEEDED", "output": output}
    assert remaining == [15 * 60 * 1000]


@pytest.mark.sfn_executions(execute=True)
def test_error_of_a_mocked_function(sfn, run):
    """An exception of the handler is the Task's error, which Retry matches."""

    def pack(event, context):
        raise TimeoutError("no conveyor")

    sfn.mock_lambda("pack", pack)
    state = {**INVOKE, "Retry": [{"ErrorEquals": ["TimeoutError"], "IntervalSeconds": 7}]}
    answer = inspect(run, state, roleArn=ROLE)

    assert answer["errorDetails"] == {"retryIndex": 0, "retryBackoffIntervalSeconds": 7}


def test_task_without_a_service(client):
    """An HTTP task without a mock is an error for the test's author."""
    with mock_aws(), pytest.raises(UnmockedServiceError) as refused:
        client.test_state(definition=text(HTTP), roleArn=ROLE)

    assert str(refused.value) == (
        "TestState cannot call arn:aws:states:::http:invoke: boto3 has no such operation: give the state a mock."
    )


def test_task_calls_its_service(run):
    """If ``mock_aws`` is active, moto answers the Task."""
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl.$": "$.queue", "MessageBody": "packed"},
        "ResultPath": None,
        "End": True,
    }
    with mock_aws():
        sqs = boto3.client("sqs", "us-east-1")
        queue = sqs.create_queue(QueueName="orders")["QueueUrl"]
        answer = members(
            boto3.client("stepfunctions", "us-east-1").test_state(
                definition=text(task), roleArn=ROLE, input=json.dumps({"queue": queue})
            )
        )

        assert answer == {"status": "SUCCEEDED", "output": json.dumps({"queue": queue}, separators=(",", ":"))}
        assert [message["Body"] for message in sqs.receive_message(QueueUrl=queue)["Messages"]] == ["packed"]


def test_task_calls_step_functions(run):
    """A Task that calls Step Functions is answered by the mock, with members in PascalCase."""
    missing = "arn:aws:states:us-east-1:123456789012:stateMachine:missing"
    with mock_aws():
        answer = run({**START, "Parameters": {"StateMachineArn": missing}}, roleArn=ROLE)

    assert (answer["status"], answer["error"]) == ("FAILED", "StepFunctions.StateMachineDoesNotExistException")
    assert answer["cause"].startswith(f"State Machine Does Not Exist: '{missing}' (Service: AWSStepFunctions; ")


@pytest.mark.parametrize(
    ("state", "field"),
    [
        pytest.param({**START, "Parameters": {"StateMachineArn.$": "$.arn"}}, "Parameters", id="JSONPath"),
        pytest.param(
            {
                "Type": "Task",
                "Resource": START["Resource"],
                "QueryLanguage": "JSONata",
                "Arguments": {"StateMachineArn": "{% $states.input.arn %}"},
                "End": True,
            },
            "Arguments",
            id="JSONata",
        ),
    ],
)
def test_task_that_cannot_start(run, state, field):
    """Parameters of a wrong type fail the state with AWS's sentence."""
    with mock_aws():
        answer = run(state, roleArn=ROLE, input='{"arn": 1}')

    assert (answer["status"], answer["error"]) == ("FAILED", "States.Runtime")
    assert answer["cause"].startswith(
        "An error occurred while executing the state 'StateName' (entered at the event id #2). "
        f"The {field} '{{\"StateMachineArn\":1}}' could not be used to start the Task: ["
    )
