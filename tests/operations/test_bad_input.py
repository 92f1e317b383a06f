"""Any input to any operation gets an answer of AWS, and an error changes nothing."""

from __future__ import annotations

import json
from datetime import timedelta

import boto3
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.exceptions import ClientError, ParamValidationError
from botocore.model import ServiceModel
from botocore.session import get_session
from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sfn_mock.aws.http_answers import in_seconds
from sfn_mock.operations import pipeline
from sfn_mock.operations.registry import DatesBy
from sfn_mock.transport.wire import Wire

NOON = "2026-01-10T12:00:00Z"
ACCOUNT = "123456789012"
PREFIX = f"arn:aws:states:us-east-1:{ACCOUNT}"
MACHINE = f"{PREFIX}:stateMachine:orders"
FAST = f"{PREFIX}:stateMachine:fast"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/orders"
DEFINITION = '{"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": true}}}'

MODEL = ServiceModel(get_session().get_service_model("stepfunctions")._service_description, "stepfunctions")

#: Whether botocore's model has all members of today's answers of AWS.
IS_CURRENT = "mock" in MODEL.operation_model("TestState").input_shape.members

#: Errors that any operation may have, in addition to those that its model declares.
COMMON = {"SerializationException", "UnknownOperationException", "ValidationException"}
NAMESPACES = {"com.amazonaws.swf.service.v2.model", "com.amazon.coral.validate", "com.amazon.coral.service"}


# --- One record of each kind --------------------------------------------------------------------------------------


def seed(sfn, client):
    """Seed one of everything, the same each time; return by kind what requests may name."""
    orders = sfn.add_state_machine("orders")
    first, second = orders.publish_version(), orders.publish_version("second")
    live = orders.add_alias("live", second)
    fast = sfn.add_state_machine("fast", type="EXPRESS")
    failed = orders.add_execution("failed", status="FAILED", start_date="2026-01-10T09:00:00Z", error="E")
    orders.add_execution("done", status="SUCCEEDED", start_date="2026-01-10T08:00:00Z", alias=live)
    parent = orders.add_execution("parent", status="RUNNING", start_date="2026-01-10T10:00:00Z")
    batch = parent.add_map_run("Items")
    child = batch.add_execution("child", status="FAILED", start_date="now", duration=timedelta(minutes=1))
    quick = parent.add_map_run("Quick", execution_type="EXPRESS").add_execution(status="RUNNING")
    activity = client.create_activity(name="pack", tags=[{"key": "team", "value": "orders"}])["activityArn"]
    parent.wait_for_task("token", activity="pack")
    page = client.list_executions(stateMachineArn=MACHINE, maxResults=1)["nextToken"]
    return {
        "batch": batch.arn,
        "page": page,
        "first": first.arn,
        "live": live.arn,
        "failed": failed.arn,
        "parent": parent.arn,
        "child": child.arn,
        "quick": quick.arn,
        "sync": f"{PREFIX}:express:fast:done:e0a1c7f4-3a0c-4a55-9d5c-1f0e6f7c9a10",
        "activity": activity,
        "machine": orders.arn,
        "fast": fast.arn,
        "labelled": f"{MACHINE}/Items",
    }


def snapshot(sfn):
    """Everything that is stored, as far as a call can show it; read without boto3, to save time."""
    everything = []

    def show(operation, **arguments):
        answer = pipeline.run(operation, sfn._session.records(), arguments, DatesBy(in_seconds))
        everything.append(answer)
        return answer

    for activity in show("ListActivities")["activities"]:
        show("ListTagsForResource", resourceArn=activity["activityArn"])
    for machine in show("ListStateMachines")["stateMachines"]:
        arn = machine["stateMachineArn"]
        show("DescribeStateMachine", stateMachineArn=arn)
        show("ListTagsForResource", resourceArn=arn)
        show("ListStateMachineVersions", stateMachineArn=arn)
        for alias in show("ListStateMachineAliases", stateMachineArn=arn)["stateMachineAliases"]:
            show("DescribeStateMachineAlias", stateMachineAliasArn=alias["stateMachineAliasArn"])
        if machine["type"] == "EXPRESS":
            continue
        for execution in show("ListExecutions", stateMachineArn=arn)["executions"]:
            execution_arn = execution["executionArn"]
            show("DescribeExecution", executionArn=execution_arn)
            show("GetExecutionHistory", executionArn=execution_arn)
            for map_run in show("ListMapRuns", executionArn=execution_arn)["mapRuns"]:
                show("DescribeMapRun", mapRunArn=map_run["mapRunArn"])
                show("ListExecutions", mapRunArn=map_run["mapRunArn"])
    return everything


#: A call of each operation that is answered, to be spoiled; "{failed}" and the like stand for the world's ARNs.
GOOD_CALLS = {
    "CreateActivity": {"name": "hand", "tags": [{"key": "team", "value": "orders"}]},
    "CreateStateMachine": {
        "name": "more",
        "definition": DEFINITION,
        "roleArn": ROLE,
        "type": "STANDARD",
        "publish": True,
        "versionDescription": "first",
        "loggingConfiguration": {"level": "OFF", "includeExecutionData": False, "destinations": []},
        "tracingConfiguration": {"enabled": True},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        "tags": [{"key": "team", "value": "orders"}],
    },
    "CreateStateMachineAlias": {
        "name": "next",
        "description": "which comes next",
        "routingConfiguration": [{"stateMachineVersionArn": "{first}", "weight": 100}],
    },
    "DeleteActivity": {"activityArn": "{activity}"},
    "DeleteStateMachine": {"stateMachineArn": "{fast}"},
    "DeleteStateMachineAlias": {"stateMachineAliasArn": "{live}"},
    "DeleteStateMachineVersion": {"stateMachineVersionArn": "{first}"},
    "DescribeActivity": {"activityArn": "{activity}"},
    "DescribeExecution": {"executionArn": "{failed}", "includedData": "ALL_DATA"},
    "DescribeMapRun": {"mapRunArn": "{batch}"},
    "DescribeStateMachine": {"stateMachineArn": "{first}", "includedData": "ALL_DATA"},
    "DescribeStateMachineAlias": {"stateMachineAliasArn": "{live}"},
    "DescribeStateMachineForExecution": {"executionArn": "{child}", "includedData": "ALL_DATA"},
    "GetActivityTask": {"activityArn": "{activity}", "workerName": "worker"},
    "GetExecutionHistory": {"executionArn": "{failed}", "maxResults": 2, "reverseOrder": True},
    "ListActivities": {"maxResults": 1},
    "ListExecutions": {"stateMachineArn": "{machine}", "statusFilter": "RUNNING", "maxResults": 1},
    "ListMapRuns": {"executionArn": "{parent}", "maxResults": 1},
    "ListStateMachineAliases": {"stateMachineArn": "{machine}", "maxResults": 1},
    "ListStateMachineVersions": {"stateMachineArn": "{machine}", "maxResults": 1},
    "ListStateMachines": {"maxResults": 1},
    "ListTagsForResource": {"resourceArn": "{activity}"},
    "PublishStateMachineVersion": {"stateMachineArn": "{machine}", "description": "third"},
    "RedriveExecution": {"executionArn": "{failed}", "clientToken": "once"},
    "SendTaskFailure": {"taskToken": "token", "error": "E", "cause": "C"},
    "SendTaskHeartbeat": {"taskToken": "token"},
    "SendTaskSuccess": {"taskToken": "token", "output": "{}"},
    "StartExecution": {"stateMachineArn": "{live}", "name": "new", "input": "{}", "traceHeader": "Root=1"},
    "StartSyncExecution": {"stateMachineArn": "{fast}", "name": "sync", "input": "{}", "includedData": "ALL_DATA"},
    "StopExecution": {"executionArn": "{parent}", "error": "E", "cause": "C"},
    "TagResource": {"resourceArn": "{machine}", "tags": [{"key": "team", "value": "orders"}]},
    "TestState": {
        "definition": '{"Type": "Pass", "End": true}',
        "roleArn": ROLE,
        "input": "{}",
        "inspectionLevel": "DEBUG",
    },
    "UntagResource": {"resourceArn": "{activity}", "tagKeys": ["team"]},
    "UpdateMapRun": {"mapRunArn": "{batch}", "maxConcurrency": 3, "toleratedFailurePercentage": 12.5},
    "UpdateStateMachine": {
        "stateMachineArn": "{machine}",
        "definition": DEFINITION,
        "roleArn": ROLE,
        "publish": True,
        "versionDescription": "third",
    },
    "UpdateStateMachineAlias": {
        "stateMachineAliasArn": "{live}",
        "routingConfiguration": [{"stateMachineVersionArn": "{first}", "weight": 100}],
    },
    "ValidateStateMachineDefinition": {"definition": DEFINITION, "type": "EXPRESS", "severity": "WARNING"},
}


def filled(value, world):
    """A generated value in which the placeholders are replaced by the ARNs of the world."""
    if isinstance(value, dict):
        return {key: filled(member, world) for key, member in value.items()}
    if isinstance(value, list):
        return [filled(element, world) for element in value]
    if isinstance(value, str) and value.startswith("{") and value[1:-1] in world:
        return world[value[1:-1]]
    return value


# --- Wrong requests -------------------------------------------------------------------------------------------------

KINDS = ["batch", "page", "first", "live", "failed", "parent", "child", "quick", "sync", "activity", "machine"]
TEXTS = st.sampled_from(
    [
        *("{" + kind + "}" for kind in [*KINDS, "fast", "labelled"]),
        ROLE,
        "arn:aws:lambda:us-east-1:123456789012:function:pack",
        "arn:aws:states:us-east-1:123456789012:",
        "arn:aws:states:us-east-1:123456789012::orders",
        "arn:aws:states:us-east-1:123456789012:stateMachine:",
        "arn:aws:states:us-east-1:123456789012:stateMachine:none",
        "arn:aws:states:us-east-1:123456789012:stateMachine:orders:none",
        "arn:aws:states:us-east-1:123456789012:stateMachine:orders:1:2:3",
        "arn:aws:states:us-east-1:123456789012:stateMachine:orders/",
        "arn:aws:states:us-east-1:123456789012:execution:orders:none",
        "arn:aws:states:us-east-1:123456789012:execution:orders",
        "arn:aws:states:us-east-1:123456789012:mapRun:orders:none",
        "arn:aws:states:us-east-1:123456789012:mapRun:orders/Items:none",
        "arn:aws:states:us-east-1:123456789012:activity:none",
        "arn:aws:states:us-east-1:123456789012:activity:pack:pack",
        "arn:aws:states:eu-west-1:123456789012:stateMachine:orders",
        "arn:aws:states:us-east-1:210987654321:execution:orders:failed",
        "arn:aws-cn:states:us-east-1:123456789012:activity:pack",
        "arn:aws:states",
        "token",
        "",
        " ",
        "no",
        "no/name",
        "\N{WHITE HEAVY CHECK MARK}",
        "\ud800",
        "\0",
        "{",
        "[]",
        '"text"',
        '{"StartAt": "A"}',
        '{"StartAt": "A", "States": {"A": []}}',
        '{"Type": "Task", "Resource": 7}',
        "NaN",
        "9" * 5000,
        "[" * 20000,
        "RUNNING",
        "PENDING_REDRIVE",
        "NOT_REDRIVEN",
        "EXPRESS",
        "x" * 80,
        "x" * 81,
        "x" * 257,
        "x" * 1025,
        "x" * 3097,
        "x" * 262145,
    ]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.sampled_from([-1, 0, 1, 2, 100, 101, 1000, 1001, 2**31, 2**63, 10**400, 0.5, 1e308, float("nan")])
    | TEXTS
    | st.text(max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=5), values, max_size=3),
    max_leaves=4,
)


def values_for(shape):
    """Right and wrong values for a member; most parts are as the model says."""
    if shape.type_name == "structure":
        return spoiled({}, shape) | VALUES
    if shape.type_name == "list":
        return st.lists(values_for(shape.member), max_size=3) | VALUES
    if shape.metadata.get("enum"):
        return st.sampled_from(shape.metadata["enum"]) | VALUES
    if shape.type_name == "string":
        return TEXTS | VALUES
    return VALUES


@st.composite
def spoiled(draw, good, shape):
    """The good members with some removed, some replaced, and others added, known or unknown to the model."""
    request = dict(good)
    names = [*shape.members, "notAMember"]
    for name in draw(st.lists(st.sampled_from(names), max_size=3, unique=True)):
        if name in request and draw(st.booleans()):
            del request[name]
        else:
            request[name] = draw(values_for(shape.members[name]) if name in shape.members else VALUES)
    return request


@st.composite
def bodies(draw, operation):
    """The bytes of a request: most often a JSON object, sometimes other JSON, sometimes not JSON."""
    request = draw(spoiled(GOOD_CALLS[operation], MODEL.operation_model(operation).input_shape))
    kind = draw(st.sampled_from(["object"] * 7 + ["value", "cut off", "bytes"]))
    if kind == "object":
        return request
    if kind == "value":
        return draw(VALUES)
    text = json.dumps(request).encode()
    return text[: draw(st.integers(0, len(text) - 1))] if kind == "cut off" else draw(st.binary(max_size=9))


# --- Correct answers --------------------------------------------------------------------------------------------------


def fits(shape, value):
    """Whether a JSON value of an answer fits the shape: known members, required ones present, none null."""
    if shape.type_name == "structure":
        return (
            isinstance(value, dict)
            and set(shape.required_members) <= set(value)
            and (set(value) <= set(shape.members) or not IS_CURRENT)
            and all(fits(shape.members[name], member) for name, member in value.items() if name in shape.members)
        )
    if shape.type_name == "list":
        return isinstance(value, list) and all(fits(shape.member, element) for element in value)
    if shape.type_name == "string":
        return isinstance(value, str) and value in (shape.metadata.get("enum") or [value])
    if shape.type_name == "boolean":
        return isinstance(value, bool)
    whole = shape.type_name in ("integer", "long")
    return isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)


def errors_of(operation):
    return COMMON | {shape.name for shape in MODEL.operation_model(operation).error_shapes}


def send(sfn, target, body):
    """Status, headers and JSON of the answer to these bytes, as a client without an SDK reads them."""
    request = AWSPreparedRequest(
        "POST",
        "https://states.us-east-1.amazonaws.com/",
        HeadersDict({"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"}),
        body,
        stream_output=False,
    )
    response = Wire(sfn._session.service(), ACCOUNT).respond(request)
    return response.status_code, response.headers, json.loads(response.content)


def is_for_the_author(operation, error):
    """Whether the error is one of TestState for the test's author: nothing here can do a task."""
    return operation == "TestState" and str(error).startswith("TestState runs ")


ANY_CALL = settings(
    # The examples are the same in each run, and are not shrunk, because that would take minutes.
    phases=[Phase.generate],
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)

EACH_OPERATION = pytest.mark.parametrize("operation", sorted(GOOD_CALLS))


class World:
    """One of everything in a store that was empty before, at noon."""

    def __init__(self, sfn):
        self.sfn = sfn
        self.client = boto3.client("stepfunctions", "us-east-1")
        self.begin()
        self.before = snapshot(self.sfn)

    def begin(self):
        """Begin again with the same world; only its page tokens are new."""
        self.sfn.reset()
        self.arns = seed(self.sfn, self.client)

    def is_unchanged(self):
        return snapshot(self.sfn) == self.before


@pytest.fixture
def world(sfn_executions):
    with freeze_time(NOON):
        yield World(sfn_executions)


# --- The rule ------------------------------------------------------------------------------------------------------


def test_every_operation_has_a_valid_call():
    """Each operation of the API has a good call here."""
    assert set(GOOD_CALLS) == set(MODEL.operation_names)


@EACH_OPERATION
def test_valid_call_is_answered(world, operation):
    """The good calls, which the tests below spoil, succeed as they are."""
    body = json.dumps(filled(GOOD_CALLS[operation], world.arns)).encode()
    status, _, answer = send(world.sfn, f"AWSStepFunctions.{operation}", body)

    assert (status, answer.get("message")) == (200, None)


@EACH_OPERATION
@given(data=st.data())
@ANY_CALL
def test_any_bytes_get_an_answer(world, operation, data):
    """Over HTTP every request gets an answer of the model's form, or a known error that changes nothing."""
    body = data.draw(bodies(operation))
    if not isinstance(body, bytes):
        body = json.dumps(filled(body, world.arns)).encode()
    try:
        status, headers, answer = send(world.sfn, f"AWSStepFunctions.{operation}", body)
    except RuntimeError as error:
        assert is_for_the_author(operation, error)
        assert world.is_unchanged()
        return

    assert headers["Content-Type"] == "application/x-amz-json-1.0"
    assert len(headers["x-amzn-RequestId"]) == 36
    if status == 200:
        output = MODEL.operation_model(operation).output_shape
        assert fits(output, answer) if output else answer == {}
        world.begin()
    else:
        namespace, _, code = answer["__type"].partition("#")
        assert (status, namespace in NAMESPACES) == (400, True)
        assert code in errors_of(operation)
        assert all(isinstance(member, str) for member in answer.values())
        assert world.is_unchanged()


@EACH_OPERATION
@given(data=st.data())
@ANY_CALL
def test_any_arguments_get_an_answer(world, operation, data):
    """Through boto3 every call gets an answer, botocore's own error, or a known error that changes nothing."""
    model = MODEL.operation_model(operation)
    arguments = filled(data.draw(spoiled(GOOD_CALLS[operation], model.input_shape)), world.arns)
    method = getattr(world.client, xform_name(operation))
    try:
        answer = method(**arguments)
    except (ParamValidationError, RuntimeError) as error:
        assert isinstance(error, ParamValidationError) or is_for_the_author(operation, error)
        assert world.is_unchanged()
    except ClientError as error:
        assert error.response["Error"]["Code"] in errors_of(operation)
        assert world.is_unchanged()
    else:
        assert answer.pop("ResponseMetadata")["HTTPStatusCode"] == 200
        assert set(answer) <= set(model.output_shape.members if model.output_shape else [])
        world.begin()


# --- Wrong values of each member -------------------------------------------------------------------------------------

#: A value of each JSON type, and the model's types for which it is valid.
KINDS_OF_JSON = {
    "text": ("text", {"string"}),
    "flag": (True, {"boolean"}),
    "whole number": (1, {"integer", "long", "float", "double"}),
    "number": (1.5, {"float", "double"}),
    "array": ([], {"list"}),
    "object": ({}, {"structure"}),
}

#: The resource types that the ARN in a member may have, by name of the member.
ACCEPTED_TYPES = {
    "activityArn": {"activity"},
    "executionArn": {"execution"},
    "mapRunArn": {"mapRun"},
    "resourceArn": {"stateMachine", "activity"},
    "stateMachineArn": {"stateMachine"},
    "stateMachineAliasArn": {"stateMachine"},
    "stateMachineVersionArn": {"stateMachine"},
}


def places(shape, path=(), required=False):
    """Every value that a request may have: the path to it, its shape, and whether it is required."""
    if path:
        yield path, shape, required
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from places(member, (*path, name), name in shape.required_members)
    elif shape.type_name == "list":
        yield from places(shape.member, (*path, 0), True)


def put(container, path, value):
    """A copy of ``container`` with ``value`` at ``path``; missing parents are created."""
    (key, *rest) = path
    if isinstance(key, int):
        elements = list(container or [None])
        return [put(elements[0], rest, value) if rest else value, *elements[1:]]
    within = dict(container or {})
    return {**within, key: put(within.get(key), rest, value) if rest else value}


def values_out_of_bounds(shape):
    """A value that violates each constraint of the shape."""
    limits = shape.metadata
    if shape.type_name == "string":
        if "enum" in limits:
            yield limits["enum"][0].lower()
        if "max" in limits:
            yield "x" * (limits["max"] + 1)
        if limits.get("min"):
            yield ""
        if "pattern" in limits:
            yield "\N{LATIN SMALL LETTER E WITH ACUTE}"
    elif shape.type_name == "list":
        if limits.get("min"):
            yield []
        if "max" in limits:
            yield [{}] * (limits["max"] + 1)
    else:
        if "max" in limits:
            yield limits["max"] + 1
        if "min" in limits:
            yield limits["min"] - 1


def faults_of(operation, world):
    """Requests with one fault each: its path and name, the request, and the code of the error."""
    good = filled(GOOD_CALLS[operation], world.arns)
    for path, shape, required in places(MODEL.operation_model(operation).input_shape):
        for kind, (value, types) in KINDS_OF_JSON.items():
            if shape.type_name not in types:
                yield (path, kind), put(good, path, value), "SerializationException"
        for value in values_out_of_bounds(shape):
            yield (path, str(value)[:80]), put(good, path, value), "ValidationException"
        if required:
            yield (path, None), put(good, path, None), "ValidationException"
    for name in MODEL.operation_model(operation).input_shape.required_members:
        yield (name, "missing"), {key: good[key] for key in good if key != name}, "ValidationException"
    for name in ACCEPTED_TYPES.keys() & MODEL.operation_model(operation).input_shape.members.keys():
        others = {key: value for key, value in good.items() if not key.endswith("Arn")}
        for kind in ("activity", "failed", "quick", "batch", "machine", "sync"):
            arn = world.arns[kind]
            accepted = ACCEPTED_TYPES[name] | ({"express"} if operation == "DescribeExecution" else set())
            if arn.split(":")[5] not in accepted:
                yield (name, arn), {**others, name: arn}, "InvalidArn"
        for arn in (ROLE, "orders", f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"):
            yield (name, arn), {**others, name: arn}, "InvalidArn"


@EACH_OPERATION
def test_every_member_with_a_wrong_value(world, operation):
    """A wrong type, a broken constraint, a missing member and an ARN of another kind have their errors."""
    answers, expected = {}, {}
    for what, request, code in faults_of(operation, world):
        status, _, answer = send(world.sfn, f"AWSStepFunctions.{operation}", json.dumps(request).encode())
        answers[what] = (status, answer.get("__type", "").partition("#")[2])
        expected[what] = (400, code)

    assert answers == expected
    assert world.is_unchanged()


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("AWSStepFunctions.NoSuchOperation", id="no operation"),
        pytest.param("AWSStepFunctions.", id="none"),
        pytest.param("AWSStepFunctions.listExecutions", id="in another case"),
        pytest.param("AWSStepFunctions.list_executions", id="a method's name"),
        pytest.param("AWSStepFunctions.call_action", id="a method that is not an operation"),
        pytest.param("AWSStepFunctions.ListExecutions.ListExecutions", id="twice"),
    ],
)
@pytest.mark.parametrize("body", [b"{}", b"", b"[]", b"\xff"], ids=["object", "empty", "array", "no text"])
def test_unknown_target(sfn_executions, target, body):
    """A target without a known operation is UnknownOperationException, whatever the body is."""
    status, _, answer = send(sfn_executions, target, body)

    assert (status, answer) == (400, {"__type": "com.amazon.coral.service#UnknownOperationException"})


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[]", id="another kind of JSON"),
        pytest.param(b"{", id="cut off"),
        pytest.param(b"\xff", id="no text"),
        pytest.param("{}".encode("utf-16"), id="another encoding"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"maxResults": ' + b"9" * 5000 + b"}", id="a number without end"),
        pytest.param(b'{"maxResults": "1"}', id="a member of another type"),
        pytest.param(b"Action=ListStateMachines", id="a form"),
    ],
)
def test_body_that_cannot_be_read(sfn_executions, body):
    """A body that cannot be read as the operation's input is SerializationException, without a sentence."""
    status, _, answer = send(sfn_executions, "AWSStepFunctions.ListStateMachines", body)

    assert (status, answer) == (400, {"__type": "com.amazon.coral.service#SerializationException"})


def test_body_does_not_choose_the_operation(sfn_executions):
    """Only the target names the operation, whatever the text of a member is."""
    sfn_executions.add_state_machine("orders")
    body = json.dumps({"stateMachineArn": MACHINE, "notAMember": "&Action=DeleteStateMachine&"}).encode()
    status, _, answer = send(sfn_executions, "AWSStepFunctions.DescribeStateMachine", body)

    assert (status, answer["status"]) == (200, "ACTIVE")
