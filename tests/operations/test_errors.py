"""The six errors of ListExecutions: code, sentence, members, and which one comes first."""

from __future__ import annotations

import json
from uuid import UUID

import boto3
import pytest
import requests
from botocore.exceptions import ClientError, ParamValidationError
from freezegun import freeze_time
from moto import mock_aws

from sfn_mock import mock_sfn_executions

PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
MISSING = f"{PREFIX}:stateMachine:missing"
MAP_RUN = f"{PREFIX}:mapRun:orders/ProcessItems:0d9b3c1e-6a0f-4a57-9f6c-2b1b7f7a1c55"
ENUM = "[SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]"


@pytest.fixture
def client(client, sfn_executions):
    orders = sfn_executions.add_state_machine("orders")
    orders.add_execution("nightly", status="FAILED")
    sfn_executions.add_state_machine("fast", type="EXPRESS").publish_version()
    return client


def refused(value: str, member: str, constraint: str) -> str:
    return f"Value '{value}' at '{member}' failed to satisfy constraint: Member must {constraint}"


def one_violation(value: str, member: str, constraint: str) -> str:
    return f"1 validation error detected: {refused(value, member, constraint)}"


@pytest.mark.parametrize(
    ("arguments", "code", "message", "members"),
    [
        # ValidationException: the model's constraints
        pytest.param(
            {"stateMachineArn": MACHINE, "statusFilter": "succeeded"},
            "ValidationException",
            one_violation("succeeded", "statusFilter", f"satisfy enum value set: {ENUM}"),
            {},
            id="status filter in lower case",
        ),
        pytest.param(
            {"stateMachineArn": MACHINE, "redriveFilter": "x"},
            "ValidationException",
            one_violation("x", "redriveFilter", "satisfy enum value set: [REDRIVEN, NOT_REDRIVEN]"),
            {},
            id="unknown redrive filter",
        ),
        pytest.param(
            {"stateMachineArn": MACHINE, "maxResults": 1001},
            "ValidationException",
            one_violation("1001", "maxResults", "have value less than or equal to 1000"),
            {},
            id="more than 1000 results",
        ),
        pytest.param(
            {"stateMachineArn": MACHINE, "nextToken": "t" * 3097},
            "ValidationException",
            one_violation("t" * 3097, "nextToken", "have length less than or equal to 3096"),
            {},
            id="token too long, echoed whole",
        ),
        pytest.param(
            {"stateMachineArn": "a" * 257},
            "ValidationException",
            one_violation("a" * 257, "stateMachineArn", "have length less than or equal to 256"),
            {},
            id="state machine ARN too long",
        ),
        pytest.param(
            {"mapRunArn": "a" * 2001},
            "ValidationException",
            one_violation("a" * 2001, "mapRunArn", "have length less than or equal to 2000"),
            {},
            id="map run ARN too long",
        ),
        pytest.param(
            {"stateMachineArn": MACHINE, "statusFilter": "x", "maxResults": 2000},
            "ValidationException",
            "2 validation errors detected: "
            + refused("x", "statusFilter", f"satisfy enum value set: {ENUM}")
            + "; "
            + refused("2000", "maxResults", "have value less than or equal to 1000"),
            {},
            id="several violations in one answer",
        ),
        # ValidationException: arguments that do not go together
        pytest.param({}, "ValidationException", "Must provide a StateMachine ARN or MapRun ARN", {}, id="neither ARN"),
        pytest.param(
            {"stateMachineArn": MACHINE, "mapRunArn": MAP_RUN},
            "ValidationException",
            "Must provide either a StateMachine ARN or MapRun ARN, but not both",
            {},
            id="both ARNs",
        ),
        pytest.param(
            {"stateMachineArn": MACHINE, "statusFilter": "PENDING_REDRIVE"},
            "ValidationException",
            "The PENDING_REDRIVE status filter requires a MapRun ARN",
            {},
            id="PENDING_REDRIVE with a state machine",
        ),
        pytest.param(
            {"stateMachineArn": MACHINE, "redriveFilter": "REDRIVEN"},
            "ValidationException",
            "A redrive filter requires a MapRun ARN",
            {},
            id="redrive filter with a state machine",
        ),
        pytest.param(
            {"stateMachineArn": f"{MACHINE}/ProcessItems"},
            "ValidationException",
            f"This operation does not support labeled state machine ARNs: '{MACHINE}/ProcessItems'",
            {"reason": "API_DOES_NOT_SUPPORT_LABELED_ARNS"},
            id="labelled ARN, with its reason",
        ),
        # InvalidArn
        *(
            pytest.param(
                {member: arn}, "InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'", {}, id=f"{member}: {label}"
            )
            for member in ("stateMachineArn", "mapRunArn")
            for arn, label in [
                ("invalid_state_machine_arn", "no ARN at all"),
                (f"  {MACHINE}", "blanks before an ARN"),
                (f"Output:\n{MACHINE}", "text before an ARN"),
                ("arn:aws:lambda:us-east-1:123456789012:function:orders", "another service"),
                ("arn:aws:states:us-east-1", "too few fields"),
                (f"{MACHINE}:1:2", "too many fields") if member == "stateMachineArn" else (f"{MAP_RUN}:x", "too many"),
            ]
        ),
        pytest.param(
            {"stateMachineArn": "arn:aws:states:us-east-1:${AWS::AccountId}:stateMachine:orders"},
            "InvalidArn",
            "Invalid Arn: 'Resource type can not be empty: "
            "arn:aws:states:us-east-1:${AWS::AccountId}:stateMachine:orders'",
            {},
            id="a placeholder left in, whose colons shift the fields",
        ),
        pytest.param(
            {"stateMachineArn": f"{PREFIX}:cluster"},
            "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: cluster'",
            {},
            id="a resource type and nothing else",
        ),
        *(
            pytest.param(
                {member: f"{PREFIX}:{resource}"},
                "InvalidArn",
                f"Invalid Arn: 'Resource type not valid in this context: {resource.partition(':')[0]}'",
                {},
                id=f"{member}: {resource.partition(':')[0]}",
            )
            for member, resources in {
                "stateMachineArn": ["execution:orders:nightly", "express:a:b:c", "mapRun:orders/a:b", "activity:a"],
                "mapRunArn": ["stateMachine:orders", "execution:orders:nightly", "activity:a"],
            }.items()
            for resource in resources
        ),
        # StateMachineDoesNotExist
        *(
            pytest.param(
                {"stateMachineArn": arn},
                "StateMachineDoesNotExist",
                f"State Machine Does Not Exist: '{arn}'",
                {},
                id=label,
            )
            for arn, label in [
                (MISSING, "no such machine"),
                (f"{MACHINE}:7", "no such version"),
                (f"{MACHINE}:live", "no such alias"),
                (MACHINE.replace("us-east-1", "eu-west-1"), "machine of another region"),
                (MACHINE.replace("123456789012", "210987654321"), "machine of another account"),
                (MACHINE.replace("arn:aws:", "arn:aws-cn:"), "machine of another partition"),
            ]
        ),
        # StateMachineTypeNotSupported
        *(
            pytest.param(
                {"stateMachineArn": f"{PREFIX}:stateMachine:fast{qualifier}"},
                "StateMachineTypeNotSupported",
                "This operation is not supported by this type of state machine",
                {},
                id=f"EXPRESS machine{qualifier}",
            )
            for qualifier in ("", ":1")
        ),
        # ResourceNotFound
        pytest.param(
            {"mapRunArn": MAP_RUN},
            "ResourceNotFound",
            f"Resource not found: '{MAP_RUN}'",
            {"resourceName": MAP_RUN},
            id="no such map run, with its name",
        ),
        # InvalidToken
        pytest.param(
            {"stateMachineArn": MACHINE, "nextToken": "garbage"},
            "InvalidToken",
            "Invalid Token: 'Invalid token'",
            {},
            id="garbage token",
        ),
    ],
)
def test_error(client, arguments, code, message, members):
    """Each error is botocore's modelled exception with AWS's code, sentence and members, and HTTP status 400."""
    with pytest.raises(client.exceptions.from_code(code)) as caught:
        client.list_executions(**arguments)

    response = dict(caught.value.response)
    metadata = response.pop("ResponseMetadata")
    assert response == {"Error": {"Code": code, "Message": message}, "message": message, **members}
    assert metadata["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param({"maxResults": 1001}, "have value less", id="constraints before missing ARN"),
        pytest.param({"stateMachineArn": "x", "mapRunArn": "x"}, "but not both", id="both ARNs before their syntax"),
        pytest.param({"stateMachineArn": "x", "statusFilter": "PENDING_REDRIVE"}, "prefix", id="syntax before filters"),
        pytest.param({"stateMachineArn": MISSING, "redriveFilter": "REDRIVEN"}, "Exist", id="existence before filters"),
        pytest.param(
            {"stateMachineArn": f"{PREFIX}:stateMachine:fast", "statusFilter": "PENDING_REDRIVE"},
            "not supported",
            id="type before filters",
        ),
        pytest.param(
            {"stateMachineArn": MACHINE, "statusFilter": "PENDING_REDRIVE", "nextToken": "x"},
            "requires a MapRun",
            id="filters before token",
        ),
    ],
)
def test_first_error_wins(client, arguments, code):
    """The first error counts: constraints, ARNs, syntax, existence, type, filters, then token."""
    with pytest.raises(ClientError, match=code):
        client.list_executions(**arguments)


def test_deleted_machine_does_not_exist(client):
    """A deleted machine is StateMachineDoesNotExist."""
    client.delete_state_machine(stateMachineArn=MACHINE)

    with pytest.raises(client.exceptions.StateMachineDoesNotExist, match="State Machine Does Not Exist"):
        client.list_executions(stateMachineArn=MACHINE)


def test_deleting_machine_is_listed_until_it_is_deleted(client, sfn_executions):
    """A DELETING machine can be listed while one of its executions runs."""
    run = sfn_executions.get_state_machine("orders").add_execution("live", status="RUNNING")
    client.delete_state_machine(stateMachineArn=MACHINE)
    assert len(client.list_executions(stateMachineArn=MACHINE)["executions"]) == 2

    run.succeed()

    with pytest.raises(client.exceptions.StateMachineDoesNotExist):
        client.list_executions(stateMachineArn=MACHINE)


def test_deleted_version_and_alias_are_missing(client, sfn_executions):
    """Executions of a deleted version or alias stay in the machine's list, and show its ARN."""
    orders = sfn_executions.get_state_machine("orders")
    alias = orders.add_alias("live", orders.publish_version())
    live = alias.arn
    orders.add_execution("by-alias", status="SUCCEEDED", alias=alias)
    client.delete_state_machine_alias(stateMachineAliasArn=live)
    client.delete_state_machine_version(stateMachineVersionArn=f"{MACHINE}:1")

    for arn in (live, f"{MACHINE}:1"):
        with pytest.raises(client.exceptions.StateMachineDoesNotExist) as caught:
            client.list_executions(stateMachineArn=arn)
        assert caught.value.response["message"] == f"State Machine Does Not Exist: '{arn}'"
    newest, _ = client.list_executions(stateMachineArn=MACHINE)["executions"]
    assert (newest["stateMachineAliasArn"], newest["stateMachineVersionArn"]) == (live, f"{MACHINE}:1")


# --- Calls that botocore refuses -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(
            {"stateMachineArn": MACHINE, "nextToken": ""},
            "Invalid length for parameter nextToken, value: 0, valid min length: 1",
            id="empty token",
        ),
        pytest.param(
            {"stateMachineArn": ""},
            "Invalid length for parameter stateMachineArn, value: 0, valid min length: 1",
            id="empty state machine ARN",
        ),
        pytest.param(
            {"mapRunArn": ""},
            "Invalid length for parameter mapRunArn, value: 0, valid min length: 1",
            id="empty map run",
        ),
        pytest.param(
            {"stateMachineArn": MACHINE, "maxResults": -1},
            "Invalid value for parameter maxResults, value: -1, valid min value: 0",
            id="negative page size",
        ),
        pytest.param(
            {"stateMachineArn": MACHINE, "statusFilter": None},
            "Invalid type for parameter statusFilter, value: None, type: <class 'NoneType'>, "
            "valid types: <class 'str'>",
            id="None for an absent filter",
        ),
        pytest.param(
            {"stateMachineArn": MACHINE, "MaxResults": 10},
            'Unknown parameter in input: "MaxResults", must be one of: '
            "stateMachineArn, statusFilter, maxResults, nextToken, mapRunArn, redriveFilter",
            id="unknown parameter",
        ),
    ],
)
def test_botocore_refuses_before_the_call(client, arguments, complaint):
    """botocore checks types, minimum lengths and values, and names of parameters."""
    with pytest.raises(ParamValidationError) as caught:
        client.list_executions(**arguments)

    assert str(caught.value) == f"Parameter validation failed:\n{complaint}"


# --- On the wire -----------------------------------------------------------------------------------------------


def posted(body: str, operation: str = "ListExecutions") -> requests.Response:
    """The answer to a request that no SDK has checked."""
    with mock_aws():
        return requests.post(
            "https://states.us-east-1.amazonaws.com/",
            data=body,
            headers={"X-Amz-Target": f"AWSStepFunctions.{operation}", "Content-Type": "application/x-amz-json-1.0"},
            timeout=5,
        )


@pytest.mark.parametrize(
    ("operation", "body", "error"),
    [
        pytest.param(
            "ListExecutions",
            json.dumps({"mapRunArn": MAP_RUN}),
            {
                "__type": "com.amazonaws.swf.service.v2.model#ResourceNotFound",
                "message": f"Resource not found: '{MAP_RUN}'",
                "resourceName": MAP_RUN,
            },
            id="error of the service",
        ),
        pytest.param(
            "PublishStateMachineVersion",
            json.dumps({"stateMachineArn": MACHINE, "revisionId": "r-1"}),
            {
                "__type": "com.amazonaws.swf.service.v2.model#ConflictException",
                "message": "Failed to publish the State Machine version for revision r-1. "
                "The current State Machine revision is INITIAL.",
            },
            id="conflict",
        ),
        pytest.param(
            "ListExecutions",
            json.dumps({"stateMachineArn": MACHINE, "maxResults": -1}),
            {
                "__type": "com.amazon.coral.validate#ValidationException",
                "message": one_violation("-1", "maxResults", "have value greater than or equal to 0"),
            },
            id="constraint of the model",
        ),
        pytest.param(
            "DescribeStateMachine",
            "{}",
            {
                "__type": "com.amazon.coral.validate#ValidationException",
                "message": "1 validation error detected: Value null at 'stateMachineArn' failed to satisfy constraint: "
                "Member must not be null",
            },
            id="required member missing",
        ),
        pytest.param(
            "ListExecutions",
            "{",
            {"__type": "com.amazon.coral.service#SerializationException"},
            id="no JSON",
        ),
        pytest.param(
            "ListExecutions",
            "[]",
            {"__type": "com.amazon.coral.service#SerializationException"},
            id="no JSON object",
        ),
        pytest.param(
            "ListMachines",
            "{}",
            {"__type": "com.amazon.coral.service#UnknownOperationException"},
            id="no such operation",
        ),
    ],
)
def test_error_on_the_wire(client, operation, body, error):
    """An error is HTTP 400 with a qualified ``__type`` and, unless it is the protocol's own, a ``message``."""
    answer = posted(body, operation)

    assert (answer.status_code, answer.json()) == (400, error)
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"


def test_dates_on_the_wire(client, sfn_executions):
    """A date is a JSON number: seconds since 1970, with milliseconds."""
    sfn_executions.add_state_machine("dated").add_execution(status="RUNNING", start_date="2026-01-10T02:00:00.250Z")

    answer = posted(json.dumps({"stateMachineArn": f"{PREFIX}:stateMachine:dated"}))

    assert answer.status_code == 200
    assert [execution["startDate"] for execution in answer.json()["executions"]] == [1768010400.25]
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert answer.headers["x-amzn-RequestId"]


@pytest.mark.parametrize("arguments", [{"stateMachineArn": MACHINE}, {}], ids=["answer", "error"])
@pytest.mark.parametrize("transport", ["direct", "wire"])
def test_headers_of_an_answer(transport, arguments):
    """An answer has AWS's headers except those of a connection, and the date of the clock."""
    with freeze_time("2026-01-10T12:00:00Z"), mock_sfn_executions(transport=transport) as sfn:
        sfn.add_state_machine("orders")
        client = boto3.client("stepfunctions", "us-east-1")
        try:
            metadata = client.list_executions(**arguments)["ResponseMetadata"]
        except ClientError as error:
            metadata = error.response["ResponseMetadata"]

    assert metadata["HTTPHeaders"] == {
        "x-amzn-requestid": metadata["RequestId"],
        "content-type": "application/x-amz-json-1.0",
        "date": "Sat, 10 Jan 2026 12:00:00 GMT",
    }
    assert str(UUID(metadata["RequestId"])) == metadata["RequestId"]
