"""Calls without botocore: signed, and sent with requests or urllib3, also with the user's mocks of them."""

from __future__ import annotations

import gzip
import io
import json
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import boto3
import pytest
import requests
import responses
import urllib3
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto import mock_aws
from responses import RequestsMock, matchers
from urllib3 import HTTPConnectionPool

from sfn_mock import UnmockedServiceError, mock_sfn_executions

URL = "https://states.us-east-1.amazonaws.com/"
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
TARGET = {"X-Amz-Target": "AWSStepFunctions.ListExecutions", "Content-Type": "application/x-amz-json-1.0"}
OTHER = "https://example.com/weather"


def signed(service: str, url: str, headers: dict | None = None, body: str = "", region: str = "us-east-1", keys=None):
    """The headers with a signature, as code that signs by itself sends them."""
    request = AWSRequest("POST", url, headers=dict(headers or {}), data=body)
    SigV4Auth(keys or Credentials("real", "real"), service, region).add_auth(request)
    return dict(request.headers)


def list_executions(arn: str = ARN, *, url: str = URL, region: str = "us-east-1", keys=None, **options):
    body = json.dumps({"stateMachineArn": arn})
    return requests.post(
        url, data=body, headers=signed("states", url, TARGET, body, region, keys), timeout=5, **options
    )


def names(response: requests.Response) -> list[str]:
    return [execution["name"] for execution in response.json()["executions"]]


def seed(sfn) -> None:
    sfn.add_state_machine("orders").add_execution("nightly", status="RUNNING", start_date="2026-01-10T02:00:00.250Z")


# --- Answers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "with mock_aws"])
def test_signed_call_is_answered(with_moto):
    """The answer has AWS's HTTP form: status, headers, and JSON with dates in seconds."""
    with mock_sfn_executions() as sfn, mock_aws() if with_moto else mock_sfn_executions():
        seed(sfn)
        response = list_executions()

    assert (response.status_code, response.reason) == (200, "OK")
    assert response.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert response.json() == {
        "executions": [
            {
                "executionArn": "arn:aws:states:us-east-1:123456789012:execution:orders:nightly",
                "stateMachineArn": ARN,
                "name": "nightly",
                "status": "RUNNING",
                "startDate": 1768010400.25,
                "redriveCount": 0,
            }
        ]
    }


@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "with mock_aws"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "host",
    [
        "states.us-east-1.amazonaws.com",
        "sync-states.us-east-1.amazonaws.com",
        "states-fips.us-gov-west-1.amazonaws.com",
        "states.eu-west-1.api.aws",
        "states.cn-north-1.amazonaws.com.cn",
        "vpce-1-a.states.us-east-1.vpce.amazonaws.com",
    ],
)
def test_a_request_without_a_target(host, method, with_moto):
    """A request to a host of Step Functions that names no operation gets AWS's error, and is recorded."""
    with mock_sfn_executions() as sfn, mock_aws() if with_moto else mock_sfn_executions():
        response = requests.request(method, f"https://{host}/", timeout=5)

        assert (response.status_code, response.json()) == (
            400,
            {"__type": "com.amazon.coral.service#UnknownOperationException"},
        )
        assert [(call.operation, call.error) for call in sfn.calls] == [("", "UnknownOperationException")]


def test_a_bucket_whose_name_is_states():
    """A host of S3 is not one of Step Functions, whatever the name of the bucket is."""
    with mock_aws(), mock_sfn_executions() as sfn:
        s3 = boto3.client("s3", "us-east-1")
        s3.create_bucket(Bucket="states")
        s3.put_object(Bucket="states", Key="list", Body=b"[]")

        assert s3.get_object(Bucket="states", Key="list")["Body"].read() == b"[]"
        assert sfn.calls == []


@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "with mock_aws"])
def test_error_is_answered(with_moto):
    """An error has status 400 and a body with the type."""
    with mock_sfn_executions(), mock_aws() if with_moto else mock_sfn_executions():
        response = list_executions()

    assert (response.status_code, response.reason) == (400, "Bad Request")
    assert response.json() == {
        "__type": "com.amazonaws.swf.service.v2.model#StateMachineDoesNotExist",
        "message": f"State Machine Does Not Exist: '{ARN}'",
    }


@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "with mock_aws"])
@pytest.mark.parametrize(
    ("region", "partition", "url"),
    [
        pytest.param("eu-central-1", "aws", "https://states.eu-central-1.amazonaws.com", id="another region"),
        pytest.param("cn-north-1", "aws-cn", "https://states.cn-north-1.amazonaws.com.cn", id="China"),
        pytest.param("us-gov-west-1", "aws-us-gov", "https://states.us-gov-west-1.amazonaws.com", id="GovCloud"),
        pytest.param("eu-west-1", "aws", "https://sync-states.eu-west-1.amazonaws.com", id="host of sync executions"),
        pytest.param("eu-west-1", "aws", "https://states-fips.EU-WEST-1.api.aws", id="dual stack"),
        pytest.param("eu-west-1", "aws", "https://vpce-1-x.states.eu-west-1.vpce.amazonaws.com", id="VPC endpoint"),
        pytest.param("eu-west-1", "aws", "https://gateway.example.com/states", id="another host"),
    ],
)
def test_every_host_is_answered(region, partition, url, with_moto):
    """The call goes to the region in the host name, or else in the signature."""
    arn = f"arn:{partition}:states:{region}:123456789012:stateMachine:orders"

    with mock_sfn_executions() as sfn, mock_aws() if with_moto else mock_sfn_executions():
        sfn.add_state_machine("orders", region=region).add_execution("nightly", status="RUNNING")

        assert names(list_executions(arn, url=url, region=region)) == ["nightly"]


@pytest.mark.parametrize(
    ("url", "authorization", "region"),
    [
        pytest.param("https://states.eu-west-1.amazonaws.com", None, "eu-west-1", id="host"),
        pytest.param("https://vpce-1-x.states.eu-west-1.vpce.amazonaws.com", None, "eu-west-1", id="VPC endpoint"),
        pytest.param("https://states.us-iso-east-1.c2s.ic.gov", None, "us-iso-east-1", id="another partition"),
        pytest.param("https://states.amazonaws.com", None, "us-east-1", id="host without a region"),
        pytest.param("https://states.amazonaws.com", "AWS4-HMAC-SHA256", "us-east-1", id="no signature"),
        pytest.param(
            "https://example.com", "AWS4-HMAC-SHA256 Credential=a/b/eu-west-3/states/c", "eu-west-3", id="signed"
        ),
    ],
)
def test_region_of_a_call_without_a_signature(sfn_executions, url, authorization, region):
    """Without a region in host and signature, it is moto's default."""
    headers = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines"}
    if authorization is not None:
        headers["Authorization"] = authorization
    requests.post(url, data=b"{}", headers=headers)

    assert [call.region for call in sfn_executions.calls] == [region]


def test_call_of_an_assumed_role_belongs_to_its_account():
    """The key of a signature leads to the account of the role in moto's STS."""
    with mock_aws(), mock_sfn_executions() as sfn:
        orders = sfn.add_state_machine("orders", account_id="210987654321")
        orders.add_execution("nightly", status="RUNNING")
        answer = boto3.client("sts").assume_role(RoleArn="arn:aws:iam::210987654321:role/a", RoleSessionName="reader")
        keys = Credentials(answer["Credentials"]["AccessKeyId"], answer["Credentials"]["SecretAccessKey"])

        assert names(list_executions(orders.arn, keys=keys)) == ["nightly"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(lambda text: text, id="text"),
        pytest.param(str.encode, id="bytes"),
        pytest.param(lambda text: io.BytesIO(text.encode()), id="file"),
        pytest.param(lambda text: iter([text[:9].encode(), text[9:].encode()]), id="parts"),
    ],
)
@pytest.mark.parametrize("with_responses", [False, True], ids=["alone", "with responses"])
def test_every_kind_of_body_is_read(body, with_responses):
    """The mock reads every kind of body that requests can send."""
    with mock_sfn_executions() as sfn, RequestsMock() if with_responses else mock_sfn_executions():
        seed(sfn)
        response = requests.post(URL, data=body(json.dumps({"stateMachineArn": ARN})), headers=TARGET, timeout=5)

        assert names(response) == ["nightly"]


def test_call_without_a_body():
    """A call without a body has no parameters."""
    with mock_sfn_executions():
        response = requests.post(URL, headers=TARGET, timeout=5)

    assert response.json()["message"] == "Must provide a StateMachine ARN or MapRun ARN"


@pytest.mark.parametrize(
    ("proxies", "environment"),
    [
        pytest.param({"https": "http://proxy.example.com:8080"}, {}, id="proxy of the call"),
        pytest.param(None, {"HTTPS_PROXY": "http://127.0.0.1:1"}, id="proxy of the environment"),
    ],
)
def test_proxy_is_not_used(proxies, environment, monkeypatch):
    """A call by a proxy is answered without the proxy."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with mock_sfn_executions() as sfn:
        seed(sfn)

        assert names(list_executions(proxies=proxies)) == ["nightly"]

    with pytest.raises(UnmockedServiceError), mock_sfn_executions():
        requests.post("https://s3.amazonaws.com/b", headers=signed("s3", URL), proxies=proxies, timeout=5)


def test_plain_proxy_is_not_a_loopback_endpoint():
    """A call to AWS by a proxy on this machine is a call to AWS."""
    with mock_sfn_executions() as sfn:
        seed(sfn)
        url = URL.replace("https:", "http:")

        assert names(list_executions(url=url, proxies={"http": "http://127.0.0.1:1"})) == ["nightly"]


@pytest.mark.parametrize("options", [{}, {"preload_content": False}], ids=["read at once", "read later"])
def test_urllib3_itself_is_answered(options):
    """Calls of urllib3 itself are answered, with headers of the call or of the pool."""
    body = json.dumps({"stateMachineArn": ARN})
    with mock_sfn_executions() as sfn:
        seed(sfn)
        first = urllib3.PoolManager().request("POST", URL, body=body, headers=TARGET, **options)
        pool = urllib3.HTTPSConnectionPool("states.us-east-1.amazonaws.com", headers=TARGET)
        second = pool.urlopen("POST", "/", body, **options)

        bodies = [response.read() if options else response.data for response in (first, second)]

    assert [json.loads(body)["executions"][0]["name"] for body in bodies] == ["nightly", "nightly"]


def test_headers_may_be_bytes():
    """Headers may be bytes, as some signers make them."""
    headers = {name: value.encode() for name, value in TARGET.items()}
    with mock_sfn_executions() as sfn:
        seed(sfn)

        assert names(requests.post(URL, json={"stateMachineArn": ARN}, headers=headers, timeout=5)) == ["nightly"]


# --- With the user's own mocks -----------------------------------------------------------------------------------


def both(outside: bool):
    """Our mock and one of `responses`, in either order."""
    mocks = mock_sfn_executions(), RequestsMock(assert_all_requests_are_fired=False)
    return mocks if outside else mocks[::-1]


@pytest.mark.parametrize("outside", [True, False], ids=["responses inside", "responses outside"])
def test_mock_of_the_user_keeps_working(outside):
    """The user's mock answers its own URLs and refuses others; Step Functions is answered."""
    first, second = both(outside)
    with first as one, second as other:
        sfn, mock = (one, other) if outside else (other, one)
        mock.add("GET", OTHER, json={"sky": "blue"})
        seed(sfn)

        assert requests.get(OTHER, timeout=5).json() == {"sky": "blue"}
        assert names(list_executions()) == ["nightly"]
        with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
            requests.get("https://example.com/elsewhere", timeout=5)
        assert [call.request.url for call in mock.calls] == [OTHER, URL, "https://example.com/elsewhere"]


@pytest.mark.parametrize("outside", [True, False], ids=["responses inside", "responses outside"])
def test_mock_of_the_user_has_priority(outside):
    """If the user's mock has an answer for Step Functions, it has priority."""
    first, second = both(outside)
    with first as one, second as other:
        mock = other if outside else one
        mock.add("POST", URL, json={"executions": []}, match=[matchers.header_matcher(TARGET)])

        assert names(list_executions()) == []


def test_registered_with_responses_beside_mock_aws():
    """An answer that is registered with moto's mock has priority too."""
    with mock_aws(), mock_sfn_executions():
        responses.add("POST", URL, json={"executions": []})
        try:
            assert names(list_executions()) == []
        finally:
            responses.reset()


def test_mock_of_the_user_ends_first():
    """If the user's mock began before ours and ends within it, ours stays."""
    mock = RequestsMock()
    mock.start()
    with mock_sfn_executions() as sfn:
        seed(sfn)
        mock.stop()

        assert names(list_executions()) == ["nightly"]


def test_passed_through_by_the_user():
    """A request that the user's mock passes through is answered or refused like others."""
    with RequestsMock() as mock:
        mock.add_passthru("https://")
        with mock_sfn_executions() as sfn:
            seed(sfn)

            assert names(list_executions()) == ["nightly"]

        with pytest.raises(UnmockedServiceError), mock_sfn_executions():
            requests.post("https://s3.amazonaws.com/b", headers=signed("s3", URL), timeout=5)


def test_urllib3_and_responses_are_restored():
    """After the mock, urllib3 and `responses` are as before."""
    before = HTTPConnectionPool.urlopen, RequestsMock._find_match

    with mock_sfn_executions():
        assert HTTPConnectionPool.urlopen is not before[0]

    assert (HTTPConnectionPool.urlopen, RequestsMock._find_match) == before


def test_wrapper_of_another_tool_stays(monkeypatch):
    """A wrapper that another tool installs within the mock stays and works after it."""
    monkeypatch.setattr(
        HTTPConnectionPool,
        "urlopen",
        lambda *_, **__: urllib3.HTTPResponse(io.BytesIO(b"{}"), status=299, preload_content=False),
    )
    monkeypatch.setattr(RequestsMock, "_find_match", RequestsMock._find_match)
    with mock_sfn_executions():
        urlopen, find_match = HTTPConnectionPool.urlopen, RequestsMock._find_match
        HTTPConnectionPool.urlopen = lambda *args, **options: urlopen(*args, **options)
        RequestsMock._find_match = lambda mock, request: find_match(mock, request)

    assert list_executions().status_code == 299
    with RequestsMock(), pytest.raises(requests.ConnectionError):
        list_executions()


# --- Other services ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "url", "headers", "body", "name"),
    [
        pytest.param(
            "dynamodb",
            "https://dynamodb.us-east-1.amazonaws.com/",
            {"X-Amz-Target": "DynamoDB_20120810.ListTables"},
            "{}",
            "dynamodb ListTables",
            id="JSON: the target",
        ),
        pytest.param(
            "sts",
            "https://sts.amazonaws.com/",
            {},
            "Version=2011-06-15&Action=GetCallerIdentity",
            "sts GetCallerIdentity",
            id="form: the action",
        ),
        pytest.param(
            "ec2",
            "https://ec2.amazonaws.com/?Action=DescribeRegions",
            {},
            "",
            "ec2 DescribeRegions",
            id="query: the action",
        ),
        pytest.param(
            "s3",
            "https://reports.s3.amazonaws.com/failures.csv",
            {},
            "",
            "s3 POST /failures.csv",
            id="REST: method and path",
        ),
        pytest.param(
            "s3", "https://minio.example.com/a", {}, "", "s3 POST /a", id="a host of one's own on another machine"
        ),
    ],
)
def test_signed_call_to_another_service_is_refused(service, url, headers, body, name):
    """The error names the service and, if the request has it, the operation."""
    with pytest.raises(UnmockedServiceError) as error, mock_sfn_executions():
        requests.post(url, data=body, headers=signed(service, url, headers, body), timeout=5)

    assert str(error.value) == (
        f"{name} is not mocked: mock_sfn_executions mocks Step Functions only. Add moto's mock_aws to this test, or "
        "stub the client."
    )


def test_presigned_url_is_refused():
    """A request with a signature in its query is refused too."""
    request = AWSRequest("GET", "https://reports.s3.amazonaws.com/failures.csv")
    SigV4QueryAuth(Credentials("real", "real"), "s3", "us-east-1").add_auth(request)

    with pytest.raises(UnmockedServiceError, match=r"^s3 GET /failures.csv is not mocked"), mock_sfn_executions():
        requests.get(request.url, timeout=5)


def test_refused_upload_is_not_read():
    """A refused upload is not read, because a stream can be read only once."""
    body = io.BytesIO(b"Action=None")

    with pytest.raises(UnmockedServiceError, match=r"^s3 PUT /b is not mocked"), mock_sfn_executions():
        requests.put("https://s3.amazonaws.com/b", data=body, headers=signed("s3", URL), timeout=5)

    assert body.read() == b"Action=None"


def test_swallowed_refusal_is_reported():
    """The mock raises an error at its end that the code swallowed."""
    mock = mock_sfn_executions()
    mock.start()
    with suppress(Exception):
        requests.post("https://s3.amazonaws.com/b", headers=signed("s3", URL), timeout=5)

    with pytest.raises(UnmockedServiceError, match=r"and swallowed the error: s3 POST /b\. "):
        mock.stop()


def test_other_services_are_motos():
    """Under mock_aws moto answers a signed call."""
    with mock_sfn_executions(), mock_aws():
        boto3.client("s3").create_bucket(Bucket="reports")
        response = requests.get("https://s3.amazonaws.com/", headers=signed("s3", URL), timeout=5)

    assert "<Name>reports</Name>" in response.text


class _OwnServer(BaseHTTPRequestHandler):
    """A server of the user on this machine, with the same answer for everything."""

    def do_POST(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"executions": []}')

    def log_message(self, *_):
        pass


@pytest.fixture
def own_server():
    server = HTTPServer(("127.0.0.1", 0), _OwnServer)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("service", ["states", "s3"])
def test_loopback_is_not_intercepted(own_server, service):
    """A signed call to this machine goes to it."""
    with mock_sfn_executions() as sfn:
        seed(sfn)
        response = requests.post(own_server, headers=signed(service, own_server, TARGET), timeout=5)

        assert names(response) == []


def test_unsigned_calls_are_not_intercepted(monkeypatch):
    """A call without a signature is not intercepted."""
    gone = []
    monkeypatch.setattr(
        HTTPConnectionPool,
        "urlopen",
        lambda pool, method, url, *_, **__: gone.append((pool.host, url)) or urllib3.HTTPResponse(b""),
    )

    with mock_sfn_executions():
        requests.get("https://ip-ranges.amazonaws.com/ip-ranges.json", timeout=5)
        requests.get("https://[2001:db8::1]/", timeout=5)

    assert gone == [("ip-ranges.amazonaws.com", "/ip-ranges.json"), ("2001:db8::1", "/")]


# --- Malformed requests -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param({"X-Other": b"\xff\xfe"}, b"{}", id="header of no text"),
        pytest.param({"Authorization": b"\xff Credential=\xff/x"}, b"{}", id="signature of no text"),
        pytest.param({"Content-Encoding": "gzip"}, gzip.compress(b"{}"), id="gzip"),
        pytest.param({"Content-Encoding": "GZIP"}, gzip.compress(b"{") + gzip.compress(b"}"), id="gzip in parts"),
        pytest.param({"Content-Encoding": "gzip"}, b"{}", id="no gzip"),
        pytest.param({"Content-Encoding": "gzip"}, gzip.compress(b"{}")[:-4] + b"more", id="gzip that is cut off"),
        pytest.param({"Content-Encoding": "br"}, b"{}", id="no brotli"),
    ],
)
def test_wrong_headers(sfn_executions, headers, body):
    """A call with any headers is answered; a wrong Content-Encoding is ignored."""
    target = {"X-Amz-Target": "AWSStepFunctions.ListStateMachines"}
    answer = requests.post(URL, data=body, headers={**target, **headers})

    known = (200, {"stateMachines": []}), (400, {"__type": "com.amazon.coral.service#SerializationException"})
    assert (answer.status_code, answer.json()) == known["more" in body.decode("latin-1")]


@pytest.mark.parametrize(
    "target", [pytest.param({}, id="none"), pytest.param({"X-Amz-Target": b"AWSStepFunctions.\xff"}, id="no text")]
)
def test_a_signed_call_without_a_known_operation(sfn_executions, target):
    """A call signed for Step Functions without a known operation gets AWS's answer."""
    answer = requests.post(URL, data=b"{}", headers={**signed("states", URL, body="{}"), **target})

    assert answer.status_code == 400
    assert answer.json() == {"__type": "com.amazon.coral.service#UnknownOperationException"}
