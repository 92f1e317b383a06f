"""The mock over HTTP: its answers to clients of any language, together with moto's other services."""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Event, Timer

import boto3
import pytest
import urllib3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError
from botocore.parsers import create_parser
from every_operation import CALLS, NOW, answered, comparable, in_order, seed
from freezegun import freeze_time
from moto import mock_aws

import sfn_mock
from sfn_mock import PagingError, UnmockedServiceError, activation, get_mock, mock_sfn_executions

PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"


def client_of(sfn, service="stepfunctions", region=None, **config):
    return boto3.client(service, region, endpoint_url=sfn.endpoint_url, config=Config(**config))


def names(page):
    return [run["name"] for run in page["executions"]]


@pytest.fixture
def post(sfn):
    """Send a request with exactly these bytes and headers, without an SDK."""
    pool = urllib3.PoolManager(retries=False)
    return lambda body, headers, path="/": pool.request("POST", sfn.endpoint_url + path, body=body, headers=headers)


def target(operation):
    return {"X-Amz-Target": f"AWSStepFunctions.{operation}", "Content-Type": "application/x-amz-json-1.0"}


def scope(region, service="states", key="any"):
    credential = f"{key}/20260110/{region}/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"}


# --- Calls -------------------------------------------------------------------------------------------------------


def each_answer(sfn, client):
    """The answers to calls of all operations, each on a store with the same seeds."""
    for index, (operation, arguments) in enumerate(CALLS):
        sfn.reset()
        text = json.dumps(arguments)
        for name, arn in seed(sfn).items():
            text = text.replace("{" + name + "}", arn)
        response, error = answered(client, operation, json.loads(text))
        headers = response["ResponseMetadata"]["HTTPHeaders"]
        of_the_connection = {name: headers.pop(name) for name in ("connection", "content-length") if name in headers}
        yield f"{index}-{operation}", in_order(comparable(response)), error, list(of_the_connection)


@freeze_time(NOW)
def test_answers_are_those_of_the_mock(sfn):
    """Over HTTP boto3 gets the same values, errors and headers, except those of the connection."""
    over_http = list(each_answer(sfn, client_of(sfn, inject_host_prefix=False)))
    in_place = list(each_answer(sfn, boto3.client("stepfunctions")))

    assert [answer[:3] for answer in over_http] == [answer[:3] for answer in in_place]
    assert {tuple(answer[3]) for answer in over_http} == {("connection", "content-length")}


def test_clients_without_its_url_see_the_same_store(sfn, client):
    """A client of the same process without endpoint_url uses the same store."""
    sfn.add_state_machine("orders").add_execution("a", status="RUNNING")
    in_place = boto3.client("stepfunctions").list_executions(stateMachineArn=MACHINE)

    assert names(in_place) == names(client.list_executions(stateMachineArn=MACHINE)) == ["a"]
    assert [call.operation for call in sfn.calls] == ["ListExecutions", "ListExecutions"]


def test_paginators_walk(sfn, client):
    """Page tokens work over HTTP."""
    sfn.add_state_machine("orders").add_executions(250, status="RUNNING")
    pages = list(client.get_paginator("list_executions").paginate(stateMachineArn=MACHINE))

    assert [len(page["executions"]) for page in pages] == [100, 100, 50]


def test_host_prefix(sfn, client):
    """StartSyncExecution goes to the host "sync-...", unless the client leaves the prefix out."""
    fast = sfn.add_state_machine("fast", type="EXPRESS")
    unprefixed = client_of(sfn, inject_host_prefix=False)

    assert unprefixed.start_sync_execution(stateMachineArn=fast.arn)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("headers", "region"),
    [
        pytest.param(scope("eu-central-1"), "eu-central-1", id="signed"),
        pytest.param({}, "us-east-1", id="unsigned"),
        pytest.param({"x-sfn-mock-region": "eu-west-1"}, "eu-west-1", id="unsigned, with a header of ours"),
        pytest.param({"Host": "states.ap-southeast-2.amazonaws.com"}, "ap-southeast-2", id="unsigned, to AWS's host"),
        pytest.param({"Host": "sync-states.us-west-2.amazonaws.com"}, "us-west-2", id="unsigned, to the other host"),
        pytest.param({"Host": "sync-localhost:5000"}, "us-east-1", id="unsigned, to a host with a prefix"),
    ],
)
def test_region_of_a_call(sfn, post, headers, region):
    """The region of a call is that of its signature, else of its host, else the mock's."""
    answer = post('{"name": "a"}', {**target("CreateActivity"), **headers})

    assert answer.json()["activityArn"] == f"arn:aws:states:{region}:123456789012:activity:a"
    assert [call.region for call in sfn.calls] == [region]


def test_unsigned_clients_are_answered(sfn):
    """Unsigned calls are answered."""
    assert client_of(sfn, signature_version=UNSIGNED).list_state_machines()["stateMachines"] == []


@pytest.mark.sfn_executions(account_id="210987654321", region="eu-central-1")
def test_account_of_a_call(sfn, post):
    """The account of a call is the mock's, for all services, unless moto's header names another."""
    own = post('{"name": "a"}', target("CreateActivity")).json()
    other = post('{"name": "a"}', {**target("CreateActivity"), "x-moto-account-id": "111111111111"}).json()

    assert own["activityArn"] == "arn:aws:states:eu-central-1:210987654321:activity:a"
    assert other["activityArn"] == "arn:aws:states:eu-central-1:111111111111:activity:a"
    assert client_of(sfn, "sts").get_caller_identity()["Account"] == "210987654321"


def test_account_of_a_role(sfn):
    """Calls with keys of an assumed role belong to the role's account, for all services."""
    role = client_of(sfn, "sts").assume_role(RoleArn="arn:aws:iam::111111111111:role/other", RoleSessionName="test")[
        "Credentials"
    ]
    keys = {
        "aws_access_key_id": role["AccessKeyId"],
        "aws_secret_access_key": role["SecretAccessKey"],
        "aws_session_token": role["SessionToken"],
    }
    assumed = boto3.Session(**keys)

    activity = assumed.client("stepfunctions", endpoint_url=sfn.endpoint_url).create_activity(name="a")
    identity = assumed.client("sts", endpoint_url=sfn.endpoint_url).get_caller_identity()

    assert activity["activityArn"] == "arn:aws:states:us-east-1:111111111111:activity:a"
    assert identity["Account"] == "111111111111"


def test_call_of_a_form(sfn, post):
    """A body is read with any Content-Type, such as curl's default."""
    machine = sfn.add_state_machine("orders")
    headers = {**target("DescribeStateMachine"), "Content-Type": FORM}
    answer = post(json.dumps({"stateMachineArn": machine.arn}), headers)

    assert (answer.status, answer.json()["name"]) == (200, "orders")


def test_iam_knows_when_a_key_was_used(sfn):
    """moto's IAM shows the last use of an access key, with its region."""
    iam = client_of(sfn, "iam")
    iam.create_user(UserName="reader")
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    reader = boto3.client(
        "stepfunctions",
        "eu-west-1",
        endpoint_url=sfn.endpoint_url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    reader.list_state_machines()

    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("stepfunctions", "eu-west-1")


def test_calls_at_once(sfn):
    """If several clients start and list at once, nothing is lost or doubled."""
    sfn.add_state_machine("orders")
    client = client_of(sfn, max_pool_connections=8)

    def start(index):
        client.start_execution(stateMachineArn=MACHINE, name=f"run-{index}")
        return len(client.list_executions(stateMachineArn=MACHINE, maxResults=1)["executions"])

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(start, range(120)))
    pages = client.get_paginator("list_executions").paginate(stateMachineArn=MACHINE)

    assert seen == [1] * 120
    assert sorted(name for page in pages for name in names(page)) == sorted(f"run-{index}" for index in range(120))
    assert len(sfn.calls.of("StartExecution")) == 120


# --- The protocol ------------------------------------------------------------------------------------------------


@freeze_time("2026-01-10 02:00:00")
def test_answer_on_the_wire(sfn, post):
    """An answer is JSON with dates in seconds, and has each of AWS's headers once."""
    sfn.add_state_machine("orders")
    answer = post("{}", target("ListStateMachines"))

    assert answer.status == 200
    assert answer.json() == {
        "stateMachines": [
            {"stateMachineArn": MACHINE, "name": "orders", "type": "STANDARD", "creationDate": 1768010400.0}
        ]
    }
    headers = answer.headers
    assert headers.getlist("Content-Type") == ["application/x-amz-json-1.0"]
    assert headers.getlist("Date") == ["Sat, 10 Jan 2026 02:00:00 GMT"]
    assert "Server" not in headers
    assert headers.getlist("Content-Length") == [str(len(answer.data))]
    assert headers.getlist("Connection") == ["keep-alive"]
    assert len(headers["x-amzn-RequestId"]) == 36


@freeze_time("2026-01-10 02:00:00")
def test_date_header_is_the_clients(sfn, post):
    """The Date header of an answer is that of the call's signature, because SDKs compare it."""
    signed = {**target("ListStateMachines"), **scope("us-east-1"), "X-Amz-Date": "20250203T040506Z"}

    assert post("{}", signed).headers.getlist("Date") == ["Mon, 03 Feb 2025 04:05:06 GMT"]
    signed["X-Amz-Date"] = "yesterday"
    assert post("{}", signed).headers.getlist("Date") == ["Sat, 10 Jan 2026 02:00:00 GMT"]


@pytest.mark.parametrize(
    ("headers", "body", "error"),
    [
        pytest.param(
            target("ListExecutions"),
            '{"stateMachineArn": "nonsense"}',
            {
                "__type": "com.amazonaws.swf.service.v2.model#InvalidArn",
                "message": "Invalid Arn: 'Invalid ARN prefix: nonsense'",
            },
            id="an error of the service",
        ),
        pytest.param(
            target("ListExecutions"),
            '{"maxResults": 1001}',
            {
                "__type": "com.amazon.coral.validate#ValidationException",
                "message": "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: "
                "Member must have value less than or equal to 1000",
            },
            id="an error of the model",
        ),
        pytest.param(
            target("ListExecutions"),
            "not some json",
            {"__type": "com.amazon.coral.service#SerializationException"},
            id="no JSON",
        ),
        pytest.param(
            target("ListExecution"),
            "{}",
            {"__type": "com.amazon.coral.service#UnknownOperationException"},
            id="no operation",
        ),
        pytest.param(
            scope("us-east-1"),
            "{}",
            {"__type": "com.amazon.coral.service#UnknownOperationException"},
            id="no target",
        ),
    ],
)
def test_error_on_the_wire(sfn, post, headers, body, error):
    """An error is 400 with its type in AWS's namespace, and its sentence in ``message``."""
    answer = post(body, headers)

    assert (answer.status, answer.json()) == (400, error)
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.0"


# --- Errors ------------------------------------------------------------------------------------------------------


@pytest.mark.sfn_executions(retry_sleeps=False)
def test_faults_apply(sfn, client):
    """Faults of the handle apply to calls over HTTP, and the client retries."""
    fault = sfn.add_fault("ListStateMachines", error="ThrottlingException", times=2)

    assert client.list_state_machines()["ResponseMetadata"]["RetryAttempts"] == fault.count == 2


def test_faults_of_the_connection_close_it(sfn):
    """For a fault of the connection the server closes the connection."""
    sfn.add_fault("ListStateMachines", error="ReadTimeout")
    client = client_of(sfn, retries={"total_max_attempts": 1})

    with pytest.raises(ConnectionClosedError):
        client.list_state_machines()
    assert [call.error for call in sfn.calls] == ["ReadTimeoutError"]


@pytest.mark.sfn_executions(quotas={"ListStateMachines": (1, 0)})
def test_quotas_count(sfn):
    """The options of the mock apply to the server."""
    client = client_of(sfn, retries={"total_max_attempts": 1})
    client.list_state_machines()

    with pytest.raises(ClientError) as error:
        client.list_state_machines()
    assert error.value.response["Error"]["Code"] == "ThrottlingException"


@pytest.mark.sfn_executions(quotas={"ListStateMachines": (1, 0)})
def test_calls_of_the_page_do_not_count(sfn, client, post):
    """Calls with the page's header use no quota and no fault, and are not recorded."""
    fault = sfn.add_fault("ListStateMachines", error="ThrottlingException", times=1, skip=1)
    for _ in range(3):
        answer = post("{}", {**target("ListStateMachines"), "x-sfn-mock-page": "1"})
        assert answer.json() == {"stateMachines": []}

    assert client.list_state_machines()["stateMachines"] == []
    assert fault.count == 0
    assert len(sfn.calls) == 1


def test_paging_is_checked():
    """check_paging finds what can be seen from the calls over HTTP."""
    server = sfn_mock.server(check_paging=True)
    sfn = server.start()
    sfn.add_state_machine("orders").add_executions(101, status="RUNNING")
    client = client_of(sfn)
    token = client.list_executions(stateMachineArn=MACHINE)["nextToken"]
    with pytest.raises(client.exceptions.InvalidToken):
        client.list_executions(stateMachineArn=MACHINE, nextToken=token, statusFilter="RUNNING")

    with pytest.raises(PagingError, match=r"^<over HTTP>:0: a nextToken was refused with InvalidToken"):
        server.stop()


# --- The clock ---------------------------------------------------------------------------------------------------


def test_server_follows_the_clock_of_the_test(sfn, client):
    """freezegun in the test moves the server's clock, in each thread."""
    sfn.add_state_machine("orders")
    with freeze_time("2026-01-10 02:00:00") as clock:
        first = client.start_execution(stateMachineArn=MACHINE, name="first")
        clock.tick(timedelta(minutes=5))
        stopped = client.stop_execution(executionArn=first["executionArn"])

    assert first["startDate"] == datetime(2026, 1, 10, 2, tzinfo=timezone.utc)
    assert stopped["stopDate"] == datetime(2026, 1, 10, 2, 5, tzinfo=timezone.utc)


# --- Other services ----------------------------------------------------------------------------------------------


def test_other_services_are_motos(sfn):
    """moto's other services are at the same URL, and share their stores with clients without it."""
    queues = client_of(sfn, "sqs")
    queues.create_queue(QueueName="failures")

    assert queues.list_queues()["QueueUrls"] == [f"{sfn.endpoint_url}/123456789012/failures"]
    assert boto3.client("sqs").list_queues()["QueueUrls"] == [
        "https://sqs.us-east-1.amazonaws.com/123456789012/failures"
    ]


def test_other_services_start_empty():
    """The stores of other services end with the server."""
    for _ in range(2):
        with sfn_mock.server() as sfn:
            queues = client_of(sfn, "sqs")
            assert "QueueUrls" not in queues.list_queues()
            queues.create_queue(QueueName="failures")


def test_other_services_reach_the_mock(sfn, client):
    """moto's CloudFormation creates versions in the mock."""
    template = {
        "Resources": {
            "Orders": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "StateMachineName": "orders",
                    "DefinitionString": '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
                    "RoleArn": "arn:aws:iam::123456789012:role/orders",
                },
            },
            "First": {
                "Type": "AWS::StepFunctions::StateMachineVersion",
                "Properties": {"StateMachineArn": {"Ref": "Orders"}},
            },
        }
    }
    client_of(sfn, "cloudformation").create_stack(StackName="stack", TemplateBody=json.dumps(template))

    assert [version.arn for version in sfn.get_state_machine("orders").versions.values()] == [f"{MACHINE}:1"]


def test_tagging_api_reaches_the_mock(sfn, client):
    """moto's tagging API finds a machine by its type."""
    pytest.importorskip("moto.core.resource_tagging", reason="older ones of moto need all its extras for that API")
    sfn.add_state_machine("orders")
    client.tag_resource(resourceArn=MACHINE, tags=[{"key": "team", "value": "orders"}])
    tagged = client_of(sfn, "resourcegroupstaggingapi").get_resources(ResourceTypeFilters=["states:stateMachine"])

    assert [resource["ResourceARN"] for resource in tagged["ResourceTagMappingList"]] == [MACHINE]


def test_service_that_needs_more(sfn, monkeypatch):
    """If a service of moto needs a package, the answer says so, and other services work."""
    monkeypatch.setitem(sys.modules, "moto.sns", None)
    topics = client_of(sfn, "sns").meta.endpoint_url
    headers = {**scope("us-east-1", "sns"), "Content-Type": FORM}
    answer = urllib3.PoolManager().request("POST", topics, body=b"Action=ListTopics", headers=headers)

    assert read_error("query", answer) == (
        501,
        "NotImplemented",
        "moto needs more than is installed for this (import of moto.sns halted; None in sys.modules): pip install "
        "'moto[server]'.",
    )
    assert client_of(sfn, "sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("method", "path", "headers", "error"),
    [
        pytest.param(
            "POST",
            "/",
            scope("us-east-1", "fortunes"),
            (501, "NotImplemented", "No service 'fortunes': this server has Step Functions, and what moto has."),
            id="service",
        ),
        pytest.param(
            "POST",
            "/fortunes_us-east-1/today",
            {},
            (
                501,
                "NotImplemented",
                "No service '/fortunes_us-east-1/today': this server has Step Functions, and what moto has.",
            ),
            id="service in the path, as moto has it",
        ),
        pytest.param(
            "POST",
            "/",
            {**scope("us-east-1", "secretsmanager"), "X-Amz-Target": "secretsmanager.Tell"},
            (501, "NotImplemented", "moto does not have this operation: The tell action has not been implemented"),
            id="operation",
        ),
        pytest.param(
            "POST",
            "/",
            {"X-Amz-Target": "Fortunes"},
            (
                400,
                "UnknownOperationException",
                "The service of POST / is unknown: X-Amz-Target must be SERVICE.OPERATION, got 'Fortunes'.",
            ),
            id="target without a dot",
        ),
        pytest.param(
            "POST",
            "/",
            scope("us-east-1", "dynamodb"),
            (
                400,
                "UnknownOperationException",
                "The service of POST / is unknown: X-Amz-Target must be SERVICE.OPERATION, got None.",
            ),
            id="no target",
        ),
        pytest.param(
            "TRACE", "/", {}, (405, "UnknownOperationException", "moto does not answer TRACE /."), id="method"
        ),
        pytest.param(
            "GET",
            "/moto-api/fortunes",
            {},
            (404, "UnknownOperationException", "moto does not answer GET /moto-api/fortunes."),
            id="route",
        ),
        pytest.param(
            "POST",
            "/",
            {"Authorization": "AWS4-HMAC-SHA256 Credential=a/us-east-1"},
            (
                400,
                "IncompleteSignatureException",
                "The Authorization header must have a Credential with key, date, region and service.",
            ),
            id="signature",
        ),
    ],
)
def test_unknown_service(sfn, caplog, method, path, headers, error):
    """An unknown service is an error in AWS's form, which SDKs can read, without HTML or traceback."""
    answer = urllib3.PoolManager().request(method, sfn.endpoint_url + path, headers=headers)

    assert (answer.status, answer.headers["x-amzn-ErrorType"], answer.json()["message"]) == error
    assert answer.json()["__type"] == error[1]
    assert caplog.text == ""


FORM = "application/x-www-form-urlencoded"


def read_error(protocol, answer):
    """Status, code and sentence of an error, as botocore reads them in that protocol."""
    response = {"status_code": answer.status, "headers": dict(answer.headers), "body": answer.data}
    parsed = create_parser(protocol).parse(response, None)
    return answer.status, parsed["Error"]["Code"], parsed["Error"]["Message"]


@pytest.mark.parametrize(
    ("protocol", "service", "method", "path", "headers"),
    [
        pytest.param("json", "fortunes", "POST", "/", {}, id="JSON"),
        pytest.param("query", "fortunes", "POST", "/", {"Content-Type": f"{FORM}; charset=utf-8"}, id="form"),
        pytest.param("query", "fortunes", "GET", "/?Action=Tell&Version=2026-01-10", {}, id="form in the URL"),
        pytest.param("ec2", "ec2", "POST", "/", {"Content-Type": FORM}, id="EC2"),
    ],
)
def test_errors_are_of_the_protocol(sfn, monkeypatch, protocol, service, method, path, headers):
    """A client that reads XML gets an error in XML, and others in JSON."""
    monkeypatch.setitem(sys.modules, "moto.ec2", None)
    url, headers = sfn.endpoint_url + path, {**headers, **scope("us-east-1", service)}
    status, code, sentence = read_error(protocol, urllib3.PoolManager().request(method, url, headers=headers))

    assert (status, code) == (501, "NotImplemented")
    assert sentence.startswith(("No service 'fortunes': ", "moto needs more than is installed for this (import of "))


@pytest.mark.parametrize(
    ("service", "path", "shown"),
    [
        pytest.param("route53", "/2013-04-01/a&b%01", r"/2013-04-01/a&b\x01", id="Route 53"),
        pytest.param("cloudfront", "/2020-05-31/<c>", "/2020-05-31/<c>", id="CloudFront"),
    ],
)
def test_errors_in_xml_say_any_path(sfn, service, path, shown):
    """Characters that XML does not allow are escaped."""
    url = sfn.endpoint_url + path
    answer = urllib3.PoolManager().request("GET", url, headers=scope("us-east-1", service))

    assert answer.headers["Content-Type"] == "text/xml"
    assert read_error("rest-xml", answer) == (404, "UnknownOperationException", f"moto does not answer GET {shown}.")


def test_an_exception_within_a_service(sfn):
    """An exception in a service of moto is an InternalFailure that its client can read."""
    client_of(sfn, "s3").create_bucket(Bucket="orders")
    url = f"{sfn.endpoint_url}/orders/key?restore"
    answer = urllib3.PoolManager().request("POST", url, headers=scope("us-east-1", "s3"))

    assert read_error("rest-xml", answer) == (
        500,
        "InternalFailure",
        "The server has failed: its log has the traceback.",
    )


def test_head_of_an_unknown_service(sfn):
    """The answer to HEAD has only status and headers of the error."""
    answer = urllib3.PoolManager().request("HEAD", f"{sfn.endpoint_url}/moto-api/fortunes")

    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/json")


def test_error_of_a_service_without_a_page(sfn):
    """An answer of a service of moto is not changed, also without a body."""
    answer = urllib3.PoolManager().request("OPTIONS", f"{sfn.endpoint_url}/bucket")

    assert (answer.status, answer.data) == (403, b"")


@pytest.mark.sfn_executions(execute=True)
def test_task_that_nothing_answers(sfn, post):
    """A task that nothing answers is an error in the answer over HTTP."""
    parameters = {"ApiEndpoint": "https://example.com", "Method": "GET", "Authentication": {"ConnectionArn": "a"}}
    task = {"Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": parameters, "End": True}
    sfn.add_state_machine("orders", definition=json.dumps({"StartAt": "Get", "States": {"Get": task}}))
    answer = post(json.dumps({"stateMachineArn": MACHINE, "name": "nightly"}), target("StartExecution"))

    assert answer.status == 501
    assert answer.json()["message"].startswith("State 'Get' of arn:aws:states:us-east-1:123456789012:execution:orders:")
    with pytest.raises(UnmockedServiceError, match=r"^Executions came to tasks that nothing answers"):
        activation.report_findings(None)  # as the mock raises it at its end


def test_motos_own_reset_resets_all(sfn, client, post):
    """moto's own reset route resets Step Functions too."""
    sfn.add_state_machine("orders")
    client_of(sfn, "sqs").create_queue(QueueName="failures")
    answer = post(None, {}, "/moto-api/reset")

    assert answer.json() == {"status": "ok"}
    assert client.list_state_machines()["stateMachines"] == []
    assert "QueueUrls" not in client_of(sfn, "sqs").list_queues()


# --- Start and end of the server ---------------------------------------------------------------------------------


def test_the_handle_is_that_of_the_mock_around_it():
    """Inside a mock, a server answers for that mock."""
    with mock_sfn_executions() as outer:
        with sfn_mock.server() as first, sfn_mock.server() as second:
            assert first is second is outer is get_mock()
            url = outer.endpoint_url
        with sfn_mock.server(), pytest.raises(EndpointConnectionError):
            boto3.client("stepfunctions", endpoint_url=url).list_state_machines()
        with pytest.raises(RuntimeError) as error:
            _ = outer.endpoint_url

    assert str(error.value) == "This mock has no server: start one with sfn_mock.server()."


def test_server_ends_with_the_mock():
    """After the end no server listens, no mock is active, and the handle raises an error."""
    server = sfn_mock.server()
    sfn = server.start()
    url = sfn.endpoint_url
    server.stop()

    with pytest.raises(urllib3.exceptions.NewConnectionError):
        urllib3.PoolManager(retries=False).request("GET", url)
    with pytest.raises(RuntimeError):
        get_mock()
    with pytest.raises(RuntimeError):
        _ = sfn.endpoint_url


def test_running_requests_are_answered_before_the_end():
    """A request that has arrived is answered before the server ends."""
    server = sfn_mock.server()
    sfn = server.start()
    asked, go_on = Event(), Event()

    def held_up(parameters):
        asked.set()
        return not go_on.wait(20)

    sfn.add_fault("ListStateMachines", error="InternalServerError", when=held_up)
    pool = urllib3.PoolManager(retries=False)
    with ThreadPoolExecutor() as threads:
        answer = threads.submit(pool.request, "POST", sfn.endpoint_url, body="{}", headers=target("ListStateMachines"))
        asked.wait(20)
        ended = threads.submit(server.stop)
        Timer(0.1, go_on.set).start()
        ended.result()

    assert (answer.result().status, answer.result().json()) == (200, {"stateMachines": []})


def test_server_starts_again():
    """A server can be started several times, and is empty each time; a second start or stop is an error."""
    server = sfn_mock.server()
    with server as sfn:
        sfn.add_state_machine("orders")
        with pytest.raises(RuntimeError) as started:
            server.start()
    with server as sfn:
        assert sfn.state_machines == []
    with pytest.raises(RuntimeError) as stopped:
        server.stop()

    assert str(started.value) == ("cannot start(): this server is already listening; call stop() first.")
    assert str(stopped.value) == "cannot stop(): this server is not listening; call start() first."


def test_port_in_use():
    """If the port is in use, one sentence says so, and nothing is left."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError) as error:
            sfn_mock.server(port=port).start()

    assert error.value.strerror == (
        f"cannot listen on port {port} of 127.0.0.1 (Address already in use): choose another port, or 0 for a free one."
    )
    with pytest.raises(RuntimeError):
        get_mock()


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


with_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine, as many a container, has no IPv6")


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        pytest.param("127.0.0.1", "127.0.0.1", id="loopback"),
        pytest.param("localhost", "127.0.0.1", id="by name"),
        pytest.param("0.0.0.0", "127.0.0.1", id="all addresses"),
        pytest.param("::1", "[::1]", id="IPv6", marks=with_ipv6),
        pytest.param("::", "[::1]", id="all addresses, IPv6", marks=with_ipv6),
    ],
)
def test_host(host, shown):
    """Clients on this machine can use the URL, whatever address the server listens on."""
    with sfn_mock.server(host=host) as sfn:
        assert sfn.endpoint_url.rpartition(":")[0] == f"http://{shown}"
        assert client_of(sfn).list_state_machines()["stateMachines"] == []


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ({"host": None}, "host must be an address as text, such as '127.0.0.1', got None."),
        ({"port": "5000"}, "port must be an int from 0 to 65535, got '5000'."),
    ],
    ids=["host", "port"],
)
def test_wrong_host_or_port(option, sentence):
    """A wrong host or port is refused at once."""
    with pytest.raises(ValueError) as error:
        sfn_mock.server(**option)

    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(b"hello\r\n\r\n", b"400", id="no request"),
        pytest.param(b"\x16\x03\x01\x02\x00\r\n", b"400", id="TLS"),
        pytest.param(b"GET / HTTP/9.9\r\n\r\n", b"505", id="another version"),
    ],
)
def test_request_that_is_not_http(sfn, client, capfd, sent, status):
    """A client that does not speak HTTP, such as one with https, is refused."""
    with socket.create_connection(("127.0.0.1", int(sfn.endpoint_url.rpartition(":")[2]))) as connection:
        connection.sendall(sent)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))

    assert status in answer
    assert "Traceback" not in capfd.readouterr().err
    assert client.list_state_machines()["stateMachines"] == []


def test_within_mock_aws():
    """Inside mock_aws, the server's other services use its stores, which stay."""
    with mock_sfn_executions(), mock_aws():
        boto3.client("sqs").create_queue(QueueName="before")
        with sfn_mock.server() as sfn:
            url = sfn.endpoint_url
            assert client_of(sfn, "sqs").list_queues()["QueueUrls"] == [f"{url}/123456789012/before"]
        assert len(boto3.client("sqs").list_queues()["QueueUrls"]) == 1


def test_within_an_installed_mock_aws():
    """Inside an installed mock_aws, a server answers for it."""
    sfn_mock.install()
    try:
        with mock_aws():
            boto3.client("stepfunctions", "us-east-1").create_activity(name="hand")
            with sfn_mock.server() as sfn:
                [activity] = client_of(sfn, region="us-east-1").list_activities()["activities"]
            assert activity["name"] == "hand"
            with pytest.raises(RuntimeError):
                _ = get_mock().endpoint_url
    finally:
        sfn_mock.uninstall()


def test_without_flask(monkeypatch):
    """Without the extra, one sentence says what to install."""
    for module in [name for name in sys.modules if name.partition(".")[0] == "flask" or "moto_server" in name]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "flask", None)

    with pytest.raises(ImportError) as error:
        sfn_mock.server().start()
    assert str(error.value) == (
        "import of flask halted; None in sys.modules, which a server needs: install it with "
        "pip install 'sfn_mock[server]'."
    )


def test_fixture_takes_the_markers_options(pytester):
    """The fixture takes the marker's options, and shares its store with sfn_executions."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.sfn_executions(account_id="210987654321")
        def test_it(sfn_executions, sfn_executions_server):
            assert sfn_executions is sfn_executions_server
            assert sfn_executions.account_id == "210987654321"
        """
    )

    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=1)


def test_the_package_carries_the_page():
    """The files of the page are installed with the package."""
    setup = (Path(__file__).parents[2] / "setup.cfg").read_text(encoding="utf-8")

    assert "http_server/page_files/*" in setup
    assert "sfn-mock-server = sfn_mock.http_server.command:main" in setup


FORGOTTEN = """
import gc
import boto3
import sfn_mock
url = sfn_mock.server().start().endpoint_url
gc.collect()
client = boto3.client("stepfunctions", "us-east-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b")
print(client.list_state_machines()["stateMachines"])
"""


def test_a_started_server_listens_until_the_interpreter_exits():
    """A server listens even if nothing refers to it, and does not prevent the exit."""
    ended = subprocess.run([sys.executable, "-c", FORGOTTEN], capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "[]\n", "")


def test_a_forked_process_does_not_serve(monkeypatch):
    """The exit of a forked process stops nothing and waits for nothing."""
    registered = []
    monkeypatch.setattr(atexit, "register", registered.append)
    sfn = sfn_mock.server().start()
    [at_exit] = registered
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: 0)
        at_exit()

    assert urllib3.PoolManager().request("GET", f"{sfn.endpoint_url}/moto-api/data.json").status == 200
    at_exit()
    with pytest.raises(RuntimeError, match="mock has ended"):
        assert sfn.state_machines == []
