"""Resources of Tasks, their parameters, and limits of EXPRESS state machines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from asl_diagnosed import FUNCTION, PASS, TASK, machine, messages

from sfn_mock.asl.checks import check_definition, check_state
from sfn_mock.asl.resources import Resource

HTTP = "arn:aws:states:::http:invoke"
INVOKE = "arn:aws:states:::lambda:invoke"
ACTIVITY = "arn:aws:states:us-east-1:123456789012:activity:pack"
SYNC = "arn:aws:states:::glue:startJobRun.sync"
CALLBACK = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
MESSAGE = {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/q", "MessageBody": "m"}


def task(resource: object, **fields: Any) -> dict[str, Any]:
    """Return a Task state."""
    return {"Type": "Task", "Resource": resource, "End": True, **fields}


def not_recognized(arn: str) -> str:
    """Return the diagnostic of an unknown resource."""
    return (
        f"The resource provided {arn} is not recognized. The value is not a valid resource ARN, or the resource is not "
        "available in this region. at /States/S/Resource"
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(task(FUNCTION), [], id="function"),
        pytest.param(task(ACTIVITY), [], id="activity"),
        pytest.param(task(INVOKE, Parameters={"FunctionName": "f"}), [], id="optimised"),
        pytest.param(task("arn:aws:states:::aws-sdk:s3:listBuckets"), [], id="sdk"),
        pytest.param(task("pack"), ["Value is not a valid resource ARN at /States/S/Resource"], id="no-arn"),
        pytest.param(
            task("arn:aws:states:::dynamodb:query", Parameters={}),
            [not_recognized("arn:aws:states:::dynamodb:query")],
            id="unknown-action",
        ),
        pytest.param(
            task(f"{INVOKE}.sync", Parameters={"FunctionName": "f"}), [not_recognized(f"{INVOKE}.sync")], id="pattern"
        ),
        pytest.param(
            task(INVOKE),
            [f"Parameters field is required for resource ARN: {INVOKE} at /States/S/Resource"],
            id="no-parameters",
        ),
        pytest.param(
            task("arn:aws:states:::dynamodb:putItem", Parameters={"Foo.$": "$"}),
            [
                "The field 'TableName' is required but was missing at /States/S/Parameters",
                "The field 'Item' is required but was missing at /States/S/Parameters",
            ],
            id="parameters-missing",
        ),
        pytest.param(
            task("arn:aws:states:::dynamodb:putItem", Parameters={"TableName.$": "$.t", "Item.$": "$.i"}),
            [],
            id="parameters-from-paths",
        ),
        pytest.param(
            task(HTTP, Parameters={"ApiEndpoint": "a", "Method": "GET"}),
            ["The field 'Authentication' is required but was missing at /States/S/Parameters"],
            id="http-without-connection",
        ),
        pytest.param(
            task(HTTP, Parameters={"ApiEndpoint": "a", "Method": "GET", "InvocationConfig.$": "$.c"}), [], id="http"
        ),
        pytest.param(task(FUNCTION, Credentials={"RoleArn": "arn:aws:iam::123456789012:role/r"}), [], id="credentials"),
        pytest.param(task(FUNCTION, Credentials={"RoleArn.$": "$.role"}), [], id="credentials-from-path"),
        pytest.param(
            task(FUNCTION, Credentials={"Foo": "x"}),
            ["The field 'RoleArn' is required but was missing at /States/S/Credentials"],
            id="credentials-without-role",
        ),
        pytest.param(
            task(ACTIVITY, Credentials={"RoleArn": "r"}),
            ["The field 'Credentials' is not supported for activities at /States/S"],
            id="credentials-of-activity",
        ),
    ],
)
def test_resource(state: dict[str, Any], expected: list[str]) -> None:
    """A Task may call the resources that Step Functions knows, with the required parameters."""
    assert messages(machine(state)) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(task(INVOKE, Arguments={"FunctionName": "f"}), [], id="good"),
        pytest.param(task(INVOKE, Arguments="{% $states.input %}"), [], id="expression"),
        pytest.param(
            task(INVOKE),
            [f"Arguments field is required for resource ARN: {INVOKE} at /States/S/Resource"],
            id="none",
        ),
        pytest.param(
            task(INVOKE, Arguments={"FunctionName.$": "$.f"}),
            ["The field 'FunctionName' is required but was missing at /States/S/Arguments"],
            id="path-name",
        ),
        pytest.param(
            task(FUNCTION, Credentials={"RoleArn.$": "$.role"}),
            ["The field 'RoleArn' is required but was missing at /States/S/Credentials"],
            id="role-path-name",
        ),
    ],
)
def test_arguments(state: dict[str, Any], expected: list[str]) -> None:
    """In JSONata the parameters are Arguments, whose names are used unchanged."""
    assert messages(machine(state, QueryLanguage="JSONata")) == expected


@pytest.mark.parametrize(
    ("state", "message"),
    [
        pytest.param(task(ACTIVITY), "Express state machine does not support Activity ARN", id="activity"),
        pytest.param(
            task(SYNC, Parameters={"JobName": "j"}),
            "Express state machine does not support '.sync' service integration",
            id="sync",
        ),
        pytest.param(
            task("arn:aws:states:::states:startExecution.sync:2", Parameters={"StateMachineArn": "a"}),
            "Express state machine does not support '.sync' service integration",
            id="sync-2",
        ),
        pytest.param(
            task(CALLBACK, Parameters=MESSAGE),
            "Express state machine does not support '.waitForTaskToken' service integration ",
            id="callback",
        ),
    ],
)
def test_express(state: dict[str, Any], message: str) -> None:
    """EXPRESS machines, and EXPRESS children, refuse tasks that wait."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    processor = {"StartAt": "T", "States": {"T": state}, "ProcessorConfig": config}
    parent = {"Type": "Map", "ItemProcessor": processor, "End": True}

    assert messages(machine(state)) == []
    assert messages(machine(state), "EXPRESS") == [f"{message} at /States/S/Resource"]
    assert messages(machine(parent)) == [f"{message} at /States/S/ItemProcessor/States/T/Resource"]


def test_requests_of_express() -> None:
    """An EXPRESS machine may have request-response tasks and inline Maps."""
    state = task(INVOKE, Parameters={"FunctionName": "f"})
    parent = {"Type": "Map", "ItemProcessor": {"StartAt": "T", "States": {"T": state}}, "End": True}

    assert messages(machine(parent), "EXPRESS") == []


def test_distributed_map_of_express() -> None:
    """An EXPRESS machine cannot start child executions."""
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    processor = {"StartAt": "T", "States": {"T": TASK}, "ProcessorConfig": config}
    parent = {"Type": "Map", "ItemProcessor": processor, "End": True}

    assert messages(machine(parent), "EXPRESS") == [
        "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines "
        "at /States/S/ItemProcessor/ProcessorConfig/Mode"
    ]


def unknown_fields(resource: Resource, parameters: dict[str, Any]) -> Iterator[str]:
    """Return the parameters in lower case, as a service does that does not know them."""
    assert resource.service == "lambda"
    return (name for name in parameters if name.islower())


def test_unknown_parameters() -> None:
    """The caller of the checks may give the parameters that the service does not know."""
    state = task(INVOKE, Parameters={"FunctionName": "f", "payload": {}})
    definition = json.dumps(machine(state))
    message = 'The field "payload" is not supported by Step Functions'

    assert check_definition(definition) == ()
    for found, name in (
        (check_definition(definition, unknown_fields=unknown_fields), "S"),
        (check_state(json.dumps(state), unknown_fields=unknown_fields), "StateName"),
    ):
        assert [(fault.message, fault.location) for fault in found] == [(message, f"/States/{name}/Parameters")]


def test_an_action_that_does_not_exist() -> None:
    """An action that the caller of the checks does not know has the diagnostic of an unknown resource."""
    arn = "arn:aws:states:::aws-sdk:sqs:sendMesage"
    definition = json.dumps(machine(task(arn, Parameters={"Body": "b"})))
    faults = check_definition(definition, type="EXPRESS", unknown_fields=lambda resource, parameters: None)

    assert [str(fault) for fault in faults] == [
        f"SCHEMA_VALIDATION_FAILED: The resource provided {arn} is not recognized. The value is not a valid resource "
        "ARN, or the resource is not available in this region. at /States/S/Resource"
    ]


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        pytest.param({"Type1": ["value"], "Accept": ["text/plain"]}, [], id="others"),
        pytest.param({"Authorization": ["x"], "host.$": "$.host"}, ["Authorization", "host"], id="names"),
        pytest.param({"X-Amz-Date": ["x"], "X-Amzn-Trace-Id": ["x"]}, ["X-Amz-Date", "X-Amzn-Trace-Id"], id="Amazon's"),
        pytest.param({"x-forwarded-for": ["x"]}, ["x-forwarded-for"], id="forwarded"),
        pytest.param("x", [], id="not an object"),
    ],
)
def test_headers_of_an_api(headers: object, refused: list[str]) -> None:
    """A task of API Gateway must not set headers that belong to the request or to Amazon."""
    parameters = {"ApiEndpoint": "a", "Method": "GET", "Headers": headers}

    assert messages(machine(task("arn:aws:states:::apigateway:invoke", Parameters=parameters))) == [
        f"The 'Headers' field contains unsupported values: {name} at /States/S/Parameters" for name in refused
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(json.dumps({"Type": "Pass", "Next": "Elsewhere"}), [], id="next"),
        pytest.param(json.dumps({**PASS, "QueryLanguage": "JSONata", "Output": "{% 1 %}"}), [], id="language"),
        pytest.param(
            json.dumps({"Type": "Parallel", "Branches": [], "End": True}),
            [("Value cannot be empty", "/States/StateName/Branches")],
            id="fault",
        ),
        pytest.param(
            json.dumps({"Type": "Parallel", "Branches": [{"StartAt": "X", "States": {"A": PASS}}], "End": True}),
            [
                ("Missing 'Next' target: X", "/States/StateName/Branches[0]/StartAt"),
                ('State "A" is not reachable.', "/States/StateName/Branches[0]/States/A"),
            ],
            id="branch",
        ),
        pytest.param(
            json.dumps(
                {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:pick", "End": True}
            ),
            [],
            id="activity",
        ),
        pytest.param("[]", [("Definition must be a valid JSON object", None)], id="no-object"),
    ],
)
def test_single_state(text: str, expected: list[tuple[str, str | None]]) -> None:
    """A state that is given alone is named StateName, and its next states are not checked."""
    assert [(fault.message, fault.location) for fault in check_state(text)] == expected
