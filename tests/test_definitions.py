"""ValidateStateMachineDefinition and TestState: what AWS says of a definition that is nobody's yet."""

from __future__ import annotations

import importlib
import json
import sys

import boto3
import pytest
from answers import members, refusal
from freezegun import freeze_time
from moto import mock_aws

NOW = "2026-01-10T12:00:00Z"
ROLE = "arn:aws:iam::123456789012:role/orders"
PASS = {"Type": "Pass", "End": True}
WAITING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"QueueUrl": "https://sqs/orders", "MessageBody.$": "$$.Task.Token"},
    "End": True,
}
SYNCING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::states:startExecution.sync:2",
    "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:orders"},
    "End": True,
}
INVOKE = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
ACTIVITY = {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:pack", "End": True}
MAP = {"Type": "Map", "ItemProcessor": {"StartAt": "Each", "States": {"Each": PASS}}, "End": True}
PARALLEL = {"Type": "Parallel", "Branches": [{"StartAt": "One", "States": {"One": PASS}}], "Next": "Ship"}
NOT_AN_OBJECT = {
    "severity": "ERROR",
    "code": "SCHEMA_VALIDATION_FAILED",
    "message": "Definition must be a valid JSON object",
}
CUT_OFF = '[Source: (String)"{"StartAt": "Pack""; line: 1, column: 19]'


@pytest.fixture
def client(sfn_executions):
    with freeze_time(NOW):
        client = boto3.client("stepfunctions", "us-east-1")
        if "mock" not in client.meta.service_model.operation_model("TestState").input_shape.members:
            pytest.skip("This botocore knows only the first form of both operations.")
        yield client


def workflow(**states) -> dict:
    return {"StartAt": next(iter(states)), "States": states}


def text(definition: object) -> str:
    return definition if isinstance(definition, str) else json.dumps(definition)


# --- ValidateStateMachineDefinition ------------------------------------------------------------------------------


def validate(client, definition, **arguments):
    return members(client.validate_state_machine_definition(definition=text(definition), **arguments))


def missing(fields: str) -> dict:
    return {
        "severity": "ERROR",
        "code": "SCHEMA_VALIDATION_FAILED",
        "message": f"These fields are required: [{fields}]",
        "location": "/",
    }


def cannot_wait(pattern: str, state: str) -> dict:
    # AWS's sentence about task tokens, and only that one, ends in a blank.
    blank = " " if pattern == ".waitForTaskToken" else ""
    return {
        "severity": "ERROR",
        "code": "SCHEMA_VALIDATION_FAILED",
        "message": f"Express state machine does not support '{pattern}' service integration{blank}",
        "location": f"/States/{state}/Resource",
    }


@pytest.mark.parametrize("type", ["STANDARD", "EXPRESS"])
def test_valid_definition(client, type):
    """What CreateStateMachine would take is OK, without diagnostics."""
    assert validate(client, workflow(Pack=PASS), type=type) == {"result": "OK", "diagnostics": [], "truncated": False}


@pytest.mark.parametrize(
    ("definition", "diagnostic"),
    [
        pytest.param('""', NOT_AN_OBJECT, id="recorded: the JSON of empty text"),
        pytest.param(" ", NOT_AN_OBJECT, id="blank"),
        pytest.param("[]", NOT_AN_OBJECT, id="another kind of JSON"),
        pytest.param(
            '{"StartAt": "Pack"',
            {
                "severity": "ERROR",
                "code": "INVALID_JSON_DESCRIPTION",
                "message": "Unexpected end-of-input: expected close marker for Object "
                f'(start marker at [Source: (String)"{{"StartAt": "Pack""; line: 1, column: 1])\n at {CUT_OFF}',
                "location": CUT_OFF,
            },
            id="cut off",
        ),
        pytest.param("{}", missing("States, StartAt"), id="empty object"),
        pytest.param({"States": {"Pack": PASS}}, missing("StartAt"), id="no StartAt"),
        pytest.param({"StartAt": "Pack"}, missing("States"), id="no States"),
    ],
)
def test_invalid_definition(client, definition, diagnostic):
    """What CreateStateMachine would refuse is FAIL, and still an answer, not an error."""
    assert validate(client, definition) == {"result": "FAIL", "diagnostics": [diagnostic], "truncated": False}


def test_validation_says_what_creation_says(client):
    """Code, message and location of the first diagnostic are the sentence of InvalidDefinition."""
    definition = text(workflow(Ask=WAITING))
    (fault,) = validate(client, definition, type="EXPRESS")["diagnostics"]

    assert refusal(client.create_state_machine, name="orders", definition=definition, roleArn=ROLE, type="EXPRESS") == (
        "InvalidDefinition",
        f"Invalid State Machine Definition: '{fault['code']}: {fault['message']} at {fault['location']}'",
    )


def test_type_decides(client):
    """A definition is of a STANDARD machine unless it is said to be of an EXPRESS one."""
    definition = workflow(Ask={**WAITING, "Next": "Nest"}, Nest=SYNCING)
    del definition["States"]["Ask"]["End"]

    assert validate(client, definition)["result"] == "OK"
    assert validate(client, definition, type="EXPRESS") == {
        "result": "FAIL",
        "diagnostics": [cannot_wait(".waitForTaskToken", "Ask"), cannot_wait(".sync", "Nest")],
        "truncated": False,
    }


@pytest.mark.parametrize(
    ("arguments", "shown", "truncated"),
    [
        pytest.param({}, 100, True, id="default"),
        pytest.param({"maxResults": 0}, 100, True, id="0 is the default"),
        pytest.param({"maxResults": 100}, 100, True, id="the most"),
        pytest.param({"maxResults": 1}, 1, True, id="fewer"),
    ],
)
@pytest.mark.parametrize("severity", ["ERROR", "WARNING"])
def test_diagnostics_are_truncated(client, arguments, shown, truncated, severity):
    """No more diagnostics than asked for, and ``truncated`` where there are more; every one is an error."""
    branches = [workflow(**{f"Ask{index}": WAITING}) for index in range(101)]
    definition = workflow(All={"Type": "Parallel", "Branches": branches, "End": True})
    answer = validate(client, definition, type="EXPRESS", severity=severity, **arguments)

    assert answer["diagnostics"] == [
        cannot_wait(".waitForTaskToken", f"All/Branches[{index}]/States/Ask{index}") for index in range(shown)
    ]
    assert (answer["result"], answer["truncated"]) == ("FAIL", truncated)


def test_diagnostics_that_fit_are_not_truncated(client):
    """As many diagnostics as asked for are all there are."""
    assert validate(client, workflow(Ask=WAITING), type="EXPRESS", maxResults=1)["truncated"] is False


def test_nothing_is_created(client):
    """To validate a definition or to test a state makes no state machine."""
    validate(client, workflow(Pack=PASS))
    refusal(client.test_state, definition="{}")

    assert client.list_state_machines()["stateMachines"] == []


# --- TestState: what cannot be tested ----------------------------------------------------------------------------


def invalid(reason: str) -> tuple[str, str]:
    return "InvalidDefinition", f"Invalid State Machine Definition: '{reason}'"


MAP_OR_PARALLEL = (
    "InvalidDefinition",
    "TestState API does not support Map or Parallel states. "
    "Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]",
)
ONLY_WITH_A_MOCK = (
    "InvalidDefinition",
    "TestState API supports activities and the .sync and .waitForTaskToken patterns only with a mock",
)
ONE_FIELD = (
    "ValidationException",
    "A test mock should have only one of the following fields: [result, errorOutput].",
)
LONG_NUMBER = "Number value length exceeds the maximum allowed"
RESULT = {"result": "1"}


@pytest.mark.parametrize(
    ("definition", "arguments", "refused"),
    [
        pytest.param(
            INVOKE, {}, ("ValidationException", "RoleArn must be specified when testing a Task state"), id="role"
        ),
        pytest.param(
            workflow(Pack=PASS),
            {"stateName": "Ship"},
            ("ValidationException", "State not found in definition"),
            id="no such state",
        ),
        pytest.param(
            PASS,
            {"mock": RESULT},
            ("ValidationException", "State type 'Pass' is not supported when a mock is specified"),
            id="a mock for what does no work",
        ),
        pytest.param(INVOKE, {"mock": {"result": "1", "errorOutput": {}}}, ONE_FIELD, id="a mock of two fields"),
        pytest.param(INVOKE, {"mock": {}}, ONE_FIELD, id="a mock of none"),
        pytest.param(MAP, {}, MAP_OR_PARALLEL, id="Map"),
        pytest.param(PARALLEL, {}, MAP_OR_PARALLEL, id="Parallel"),
        pytest.param(ACTIVITY, {"roleArn": ROLE}, ONLY_WITH_A_MOCK, id="activity"),
        pytest.param(SYNCING, {"roleArn": ROLE}, ONLY_WITH_A_MOCK, id=".sync"),
        pytest.param(WAITING, {"roleArn": ROLE}, ONLY_WITH_A_MOCK, id=".waitForTaskToken"),
        pytest.param(
            PASS,
            {"context": "{}"},
            ("ValidationException", "Context can only be specified when a mock is specified"),
            id="a context without a mock",
        ),
        pytest.param(
            INVOKE,
            {"mock": {"result": "done"}},
            ("ValidationException", "mock.result must be valid JSON"),
            id="a mocked result that is no JSON",
        ),
        pytest.param(
            INVOKE,
            {"mock": RESULT, "context": "[]"},
            ("ValidationException", "context must be a JSON object"),
            id="a context that is no object",
        ),
        pytest.param(
            PASS,
            {"variables": "{"},
            ("ValidationException", "variables must be a JSON object"),
            id="variables that are no JSON",
        ),
        pytest.param(INVOKE, {"roleArn": "orders"}, ("InvalidArn", "Invalid Role Arn: 'orders'"), id="no role's ARN"),
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
        pytest.param("{", {}, invalid("INVALID_JSON_DESCRIPTION: Unexpected end-of-input"), id="no JSON"),
        pytest.param(
            "[]", {}, invalid("INVALID_JSON_DESCRIPTION: Definition must be a valid JSON object"), id="a list"
        ),
        pytest.param(
            '{"Type": "Pass", "Result": ' + "9" * 5000 + "}",
            {},
            invalid(f"INVALID_JSON_DESCRIPTION: {LONG_NUMBER}"),
            id="a number without end",
        ),
        pytest.param(
            workflow(Pack=PASS),
            {},
            invalid("SCHEMA_VALIDATION_FAILED: These fields are required: [Type] at /"),
            id="a machine's definition, and no state's name",
        ),
        pytest.param(
            {"States": {"Pack": PASS}},
            {"stateName": "Pack"},
            invalid("SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt] at /"),
            id="no machine's definition around the state",
        ),
    ],
)
def test_state_that_is_refused(client, definition, arguments, refused):
    """What AWS says before it runs anything, which takes no interpreter."""
    assert refusal(client.test_state, definition=text(definition), **arguments) == refused


# --- TestState: what takes an interpreter ------------------------------------------------------------------------


def test_without_the_interpreter(client, monkeypatch):
    """Without what moto's interpreter needs, one sentence tells the test's author how to get it."""
    monkeypatch.setitem(sys.modules, "sfn_mock.moto_interpreter.state_trials", None)

    with pytest.raises(NotImplementedError) as missing:
        client.test_state(definition=text(PASS))

    assert str(missing.value) == (
        "TestState runs the state with moto's interpreter, which is not installed: pip install 'moto[stepfunctions]'"
    )


@pytest.mark.parametrize(
    ("definition", "arguments"),
    [
        pytest.param({**PASS, "QueryLanguage": "JSONata"}, {}, id="JSONata"),
        pytest.param(
            {**workflow(Pack=PASS), "QueryLanguage": "JSONata"}, {"stateName": "Pack"}, id="JSONata all through"
        ),
        pytest.param(PASS, {"variables": '{"who": "me"}'}, id="variables"),
    ],
)
def test_what_the_interpreter_does_not_know(client, definition, arguments):
    """What moto's interpreter would get wrong is refused, to the test's author."""
    with pytest.raises(NotImplementedError) as refused:
        client.test_state(definition=text(definition), **arguments)

    assert str(refused.value) == (
        "TestState runs the state with moto's interpreter, which knows neither JSONata nor variables: test a state "
        "that needs neither."
    )


def test_task_of_a_service_that_nobody_mocks(client):
    """A Task without a mock of its own needs moto's mock of the service: nothing is called otherwise."""
    with pytest.raises(RuntimeError) as refused:
        client.test_state(definition=text(INVOKE), roleArn=ROLE)

    assert str(refused.value) == (
        "TestState runs a Task by calling its service, which nothing mocks: add mock_aws, or give the state a mock."
    )


@pytest.fixture
def run(client):
    """Test a state with moto's interpreter, if it is there."""
    pytest.importorskip("antlr4", reason="moto[stepfunctions] is not installed")
    pytest.importorskip("jsonpath_ng", reason="moto[stepfunctions] is not installed")

    # Imported here to be counted on below, and because it takes longer than any test.
    importlib.import_module("sfn_mock.moto_interpreter.state_trials")

    def run(definition, **arguments):
        return members(client.test_state(definition=text(definition), **arguments))

    return run


CHOICE = {
    "Type": "Choice",
    "Choices": [{"Variable": "$.total", "NumericGreaterThan": 100, "Next": "Approve"}],
    "Default": "Ship",
}


@pytest.mark.parametrize(
    ("definition", "arguments", "answer"),
    [
        pytest.param(PASS, {}, {"output": "{}"}, id="Pass, the end"),
        pytest.param(
            {"Type": "Pass", "Result": 7, "ResultPath": "$.total", "Next": "Ship"},
            {"input": '{"id": 1}'},
            {"output": '{"id": 1, "total": 7}', "nextState": "Ship"},
            id="Pass, and what is next",
        ),
        pytest.param({"Type": "Succeed"}, {"input": "[1]"}, {"output": "[1]"}, id="Succeed"),
        pytest.param(
            {"Type": "Wait", "Seconds": 600, "Next": "Ship"}, {}, {"output": "{}", "nextState": "Ship"}, id="Wait"
        ),
        pytest.param(
            CHOICE,
            {"input": '{"total": 101}'},
            {"output": '{"total": 101}', "nextState": "Approve"},
            id="Choice, a rule that matches",
        ),
        pytest.param(
            CHOICE,
            {"input": '{"total": 1}'},
            {"output": '{"total": 1}', "nextState": "Ship"},
            id="Choice, the default",
        ),
        pytest.param(MAP, {"mock": {"result": "[1, 2]"}, "input": "[3]"}, {"output": "[1, 2]"}, id="Map, mocked"),
        pytest.param(PARALLEL, {"mock": RESULT}, {"output": "1", "nextState": "Ship"}, id="Parallel, mocked"),
        pytest.param(WAITING, {"mock": RESULT}, {"output": "1"}, id="a task that waits, mocked"),
        pytest.param(ACTIVITY, {"mock": RESULT}, {"output": "1"}, id="an activity, mocked"),
        pytest.param(
            workflow(Pack={"Type": "Pass", "Next": "Both"}, Both={**PARALLEL, "End": True}),
            {"stateName": "One"},
            {"output": "{}"},
            id="a state inside another",
        ),
        pytest.param(
            {"Type": "Pass", "Parameters": {"at.$": "$$.Execution.StartTime", "in.$": "$$.State.Name"}, "End": True},
            {},
            {"output": '{"at": "2026-01-10T12:00:00.000+00:00", "in": "TestState"}'},
            id="the context object",
        ),
        pytest.param(
            {**INVOKE, "Parameters": {"index.$": "$$.Map.Item.Index"}, "ResultSelector": {"i.$": "$$.Map.Item.Index"}},
            {"mock": RESULT, "context": '{"Map": {"Item": {"Index": 4}}}'},
            {"output": '{"i": 4}'},
            id="a context object given",
        ),
    ],
)
def test_state_that_succeeds(run, definition, arguments, answer):
    """Output and next state of each type of state; a Wait state takes no time."""
    assert run(definition, **arguments) == {"status": "SUCCEEDED", **answer}


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
    ],
)
def test_state_that_fails(run, definition, arguments, answer):
    """A failure has error and cause where they are given, and neither output nor next state."""
    assert run(definition, **arguments) == {"status": "FAILED", **answer}


GUARDED = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"id.$": "$.id"},
    "ResultSelector": {"total.$": "$.Payload"},
    "ResultPath": "$.found",
    "Retry": [
        {"ErrorEquals": ["Busy"], "IntervalSeconds": 3, "BackoffRate": 2.0, "MaxAttempts": 3, "MaxDelaySeconds": 10},
        {"ErrorEquals": ["States.Timeout"], "BackoffRate": 9e99, "MaxAttempts": 99, "MaxDelaySeconds": 60},
    ],
    "Catch": [
        {"ErrorEquals": ["NoStock"], "Next": "Order"},
        {"ErrorEquals": ["Busy", "States.Permissions"], "Next": "Report", "ResultPath": "$.error"},
    ],
    "Next": "Ship",
}
INPUT = '{"id": 1}'
STEPS = {"input": INPUT, "afterParameters": '{"id": 1}'}


def fail(error: str, retries: int = 0) -> dict:
    mock = {"errorOutput": {"error": error, "cause": "because"}}
    return {"mock": mock, "input": INPUT, "stateConfiguration": {"retrierRetryCount": retries}}


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        pytest.param(
            {"mock": {"result": '{"Payload": 5}'}, "input": INPUT},
            {
                "status": "SUCCEEDED",
                "output": '{"id": 1, "found": {"total": 5}}',
                "nextState": "Ship",
                "inspectionData": {
                    **STEPS,
                    "result": '{"Payload": 5}',
                    "afterResultSelector": '{"total": 5}',
                    "afterResultPath": '{"id": 1, "found": {"total": 5}}',
                },
            },
            id="a result",
        ),
        pytest.param(
            fail("Busy"),
            {
                "status": "RETRIABLE",
                "error": "Busy",
                "cause": "because",
                "inspectionData": {**STEPS, "errorDetails": {"retryIndex": 0, "retryBackoffIntervalSeconds": 3}},
            },
            id="an error to be retried",
        ),
        pytest.param(
            fail("Busy", 2),
            {
                "status": "RETRIABLE",
                "error": "Busy",
                "cause": "because",
                "inspectionData": {**STEPS, "errorDetails": {"retryIndex": 0, "retryBackoffIntervalSeconds": 10}},
            },
            id="an error to be retried, after the longest delay",
        ),
        pytest.param(
            fail("States.Timeout", 98),
            {
                "status": "RETRIABLE",
                "error": "States.Timeout",
                "cause": "because",
                "inspectionData": {**STEPS, "errorDetails": {"retryIndex": 1, "retryBackoffIntervalSeconds": 60}},
            },
            id="an error to be retried, after more than a number can say",
        ),
        pytest.param(
            fail("Busy", 3),
            {
                "status": "CAUGHT_ERROR",
                "error": "Busy",
                "cause": "because",
                "output": '{"id": 1, "error": {"Error": "Busy", "Cause": "because"}}',
                "nextState": "Report",
                "inspectionData": {
                    **STEPS,
                    "afterResultPath": '{"id": 1, "error": {"Error": "Busy", "Cause": "because"}}',
                    "errorDetails": {"catchIndex": 1},
                },
            },
            id="an error caught, with no attempt left",
        ),
        pytest.param(
            fail("NoStock"),
            {
                "status": "CAUGHT_ERROR",
                "error": "NoStock",
                "cause": "because",
                "output": '{"Error": "NoStock", "Cause": "because"}',
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
def test_mocked_task(run, arguments, answer):
    """A mock's result takes its way through the state, its error is matched with retriers and catchers."""
    assert run(GUARDED, inspectionLevel="DEBUG", **arguments) == answer


def test_state_that_runs_for_too_long(run, monkeypatch):
    """After the five minutes that AWS gives it, which moto counts, a state fails with States.Timeout."""
    programs = sys.modules["moto.stepfunctions.parser.asl.component.test_state.program.test_state_program"]
    monkeypatch.setattr(programs.TestStateProgram, "eval", lambda program, environment: environment.set_timed_out())

    assert run(PASS) == {"status": "FAILED", "error": "States.Timeout"}


@pytest.mark.parametrize("level", [{}, {"inspectionLevel": "INFO"}], ids=["default", "INFO"])
def test_inspection_is_asked_for(run, level):
    """Only DEBUG and TRACE show how the data went."""
    assert run(PASS, **level) == {"status": "SUCCEEDED", "output": "{}"}


def test_task_calls_its_service(run):
    """With ``mock_aws`` active a Task's service is moto's."""
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
        answer = run(task, roleArn=ROLE, input=json.dumps({"queue": queue}))

        assert answer == {"status": "SUCCEEDED", "output": json.dumps({"queue": queue})}
        assert [message["Body"] for message in sqs.receive_message(QueueUrl=queue)["Messages"]] == ["packed"]


def test_task_calls_step_functions(run, client):
    """So is Step Functions the mock's, whose names begin with small letters where the definition's do not."""
    missing = "arn:aws:states:us-east-1:123456789012:stateMachine:missing"
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution",
        "Parameters": {"StateMachineArn": missing},
        "End": True,
    }
    with mock_aws():
        answer = run(task, roleArn=ROLE)

    assert (answer["status"], answer["error"]) == ("FAILED", "StepFunctions.StateMachineDoesNotExistException")
    assert answer["cause"].startswith(f"State Machine Does Not Exist: '{missing}' (Service: AWSStepFunctions; ")


def test_definition_that_the_interpreter_cannot_read(run, client):
    """What is no state's definition is InvalidDefinition, with the interpreter's words."""
    code, sentence = refusal(client.test_state, definition='{"Type": "Bogus"}')

    assert code == "InvalidDefinition"
    assert sentence.startswith("Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: ")
