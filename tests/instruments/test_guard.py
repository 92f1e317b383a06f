"""Calls to other services: refused with their names, never retried, never lost, and never sent."""

from __future__ import annotations

import builtins
import sys
import threading
from contextlib import suppress
from contextvars import copy_context
from unittest import IsolatedAsyncioTestCase, TestCase, TestResult, defaultTestLoader

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.stub import Stubber
from moto import mock_aws

from sfn_mock import UnmockedServiceError, mock_sfn_executions

LIST_BUCKETS = (
    "s3 ListBuckets is not mocked: mock_sfn_executions mocks Step Functions only. Add moto's mock_aws to this test, "
    "or stub the client."
)
TestResult.__test__ = False


def swallowed(calls: str) -> str:
    return (
        f"The code under test called AWS services that are not mocked, and swallowed the error: {calls}. Add moto's "
        f"mock_aws to this test, or stub the client."
    )


def list_buckets(**options) -> dict:
    return boto3.client("s3", **options).list_buckets()


def swallow(call=list_buckets) -> None:
    """Swallow exceptions, as some code under test does."""
    with suppress(Exception):
        call()


# --- Refused calls -----------------------------------------------------------------------------------------------


def test_other_service_is_refused():
    """The error names service, operation and remedy, and ends the test."""
    with pytest.raises(UnmockedServiceError) as error, mock_sfn_executions():
        list_buckets()

    assert str(error.value) == LIST_BUCKETS


@pytest.mark.parametrize(
    ("service", "operation", "name"),
    [
        ("sts", "get_caller_identity", "sts GetCallerIdentity"),
        ("secretsmanager", "list_secrets", "secrets-manager ListSecrets"),
        ("swf", "list_domains", "swf ListDomains"),
        ("events", "list_rules", "eventbridge ListRules"),
    ],
)
def test_services_by_name(service, operation, name):
    """Services have the names of botocore's events."""
    arguments = {"registrationStatus": "REGISTERED"} if service == "swf" else {}

    with pytest.raises(UnmockedServiceError, match=f"^{name} is not mocked: "), mock_sfn_executions():
        getattr(boto3.client(service), operation)(**arguments)


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_refusal_is_not_retried(mode):
    """A refused call is not retried."""
    sent = []

    @mock_sfn_executions
    def run() -> None:
        client = boto3.client("s3", config=Config(retries={"mode": mode, "max_attempts": 4}))
        client.meta.events.register("before-send.s3", lambda **_: sent.append("attempt"))
        client.list_buckets()

    with pytest.raises(UnmockedServiceError):
        run()

    assert sent == ["attempt"]


def test_refusal_is_not_an_error_of_botocore():
    """Code that catches errors of botocore does not catch it."""
    assert not issubclass(UnmockedServiceError, (BotoCoreError, ClientError, OSError))


def test_client_without_credentials_is_refused_by_name():
    """A client without credentials gets the same error."""
    early = boto3.client("s3", "us-east-1")

    with pytest.raises(UnmockedServiceError) as error, mock_sfn_executions():
        early.list_buckets()

    assert str(error.value) == LIST_BUCKETS


def test_custom_endpoint_is_refused():
    """A call to another endpoint on another machine is refused."""
    with pytest.raises(UnmockedServiceError), mock_sfn_executions():
        list_buckets(endpoint_url="https://s3.example.com")


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        pytest.param({"config": Config(proxies={"https": "http://proxy.example.com:8080"})}, {}, id="of the client"),
        pytest.param({}, {"HTTPS_PROXY": "http://127.0.0.1:1"}, id="of the environment"),
    ],
)
def test_proxy_is_not_used(options, environment, monkeypatch):
    """A call by a proxy, even on this machine, is refused."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(UnmockedServiceError) as error, mock_sfn_executions():
        list_buckets(**options)

    assert str(error.value) == LIST_BUCKETS


def test_no_call_is_refused_after_the_mock():
    """After the mock, the client sends its calls again."""
    client = boto3.client("s3", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with mock_sfn_executions():
        pass
    client.meta.events.register("before-send.s3", lambda request, **_: AWSResponse(request.url, 200, {}, _Body(b"")))

    assert client.list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200


# --- Allowed calls -----------------------------------------------------------------------------------------------


class _Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self):
        yield self._content


def test_stubbed_client_passes():
    """A call that a Stubber answers is not refused."""
    with mock_sfn_executions():
        client = boto3.client("s3")
        with Stubber(client) as stubber:
            stubber.add_response("list_buckets", {"Buckets": []})

            assert client.list_buckets() == {"Buckets": []}


def test_handler_of_the_user_passes():
    """A call that a before-send handler answers is not refused."""
    with mock_sfn_executions():
        client = boto3.client("sts")
        body = b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"  # noqa: E501  # as it comes
        client.meta.events.register(
            "before-send.sts", lambda request, **_: AWSResponse(request.url, 200, {}, _Body(body))
        )

        assert client.get_caller_identity()["Account"] == "1"


@pytest.mark.parametrize(
    "endpoint", ["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1", "http://bucket.localhost:1"]
)
def test_loopback_endpoint_passes(endpoint, monkeypatch):
    """A call to an endpoint on this machine is sent, signed as usual."""
    sent = []
    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", lambda self, request: _remember(sent, request))

    with mock_sfn_executions():
        list_buckets(endpoint_url=endpoint, config=Config(s3={"addressing_style": "path"}))

    assert [url for url, _ in sent] == [f"{endpoint}/"]
    assert [b"Credential=sfn-mock/" in authorization for _, authorization in sent] == [True]


def _remember(sent: list, request) -> AWSResponse:
    sent.append((request.url, request.headers["Authorization"]))
    return AWSResponse(request.url, 200, {}, _Body(b""))


@pytest.mark.parametrize("outside", [True, False], ids=["mock_aws outside", "mock_aws inside"])
def test_with_mock_aws_other_services_are_motos(outside):
    """Under mock_aws, inside or outside, moto answers other services."""
    first, second = (mock_aws(), mock_sfn_executions()) if outside else (mock_sfn_executions(), mock_aws())

    with first, second:
        client = boto3.client("s3")
        client.create_bucket(Bucket="reports")

        assert [bucket["Name"] for bucket in client.list_buckets()["Buckets"]] == ["reports"]


def test_after_mock_aws_other_services_are_refused_again():
    """What is active at the moment of the call decides."""

    @mock_sfn_executions
    def run() -> None:
        client = boto3.client("s3")
        with mock_aws():
            client.list_buckets()
        client.list_buckets()

    with pytest.raises(UnmockedServiceError):
        run()


# --- Swallowed errors --------------------------------------------------------------------------------------------


def test_swallowed_refusal_is_reported_at_exit():
    """A swallowed error is raised at the mock's end, with the first one as its cause."""

    @mock_sfn_executions
    def run() -> None:
        swallow()
        swallow()
        swallow(lambda: boto3.client("sts").get_caller_identity())

    with pytest.raises(UnmockedServiceError) as error:
        run()

    assert str(error.value) == swallowed("s3 ListBuckets (2 times), sts GetCallerIdentity")
    assert str(error.value.__cause__) == LIST_BUCKETS


def test_swallowed_in_a_thread():
    """An error that ends only a thread is raised at the mock's end."""

    @mock_sfn_executions
    def run() -> None:
        thread = threading.Thread(target=swallow)
        thread.start()
        thread.join()

    with pytest.raises(UnmockedServiceError) as error:
        run()

    assert str(error.value) == swallowed("s3 ListBuckets")


def test_swallowed_refusal_does_not_mask_a_failure():
    """The test's own failure is raised, with the finding as a note."""

    @mock_sfn_executions
    def run() -> None:
        swallow()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as error:
        run()

    assert error.value.__notes__ == [swallowed("s3 ListBuckets")]


def test_notes_of_a_failure_are_kept():
    """The note is added to the notes that the failure has."""

    @mock_sfn_executions
    def run() -> None:
        swallow()
        failure = ZeroDivisionError()
        failure.__notes__ = ["while dividing"]
        raise failure

    with pytest.raises(ZeroDivisionError) as error:
        run()

    assert error.value.__notes__ == ["while dividing", swallowed("s3 ListBuckets")]


class _Group(Exception):
    """Like ExceptionGroup, which Python 3.10 does not have."""

    def __init__(self, *exceptions: Exception) -> None:
        super().__init__()
        self.exceptions = exceptions


def _raise_from() -> None:
    try:
        list_buckets()
    except UnmockedServiceError as error:
        raise LookupError from error


def _raise_while_handling() -> None:
    try:
        list_buckets()
    except UnmockedServiceError:
        raise LookupError  # noqa: B904  # the context is the point


def _raise_in_a_group(make_group=_Group) -> None:
    try:
        list_buckets()
    except UnmockedServiceError as error:
        group = make_group(ValueError(), error)
    raise group


def _raise_after_a_retry() -> None:
    swallow()
    list_buckets()


@pytest.mark.parametrize("run", [_raise_from, _raise_while_handling, _raise_in_a_group, _raise_after_a_retry])
def test_refusal_within_a_failure_is_not_swallowed(run):
    """A failure that contains the refusal gets no note."""
    with pytest.raises(Exception) as error, mock_sfn_executions():  # each raises its own
        run()

    assert not hasattr(error.value, "__notes__")


def test_refusal_beside_another_failure():
    """Of two refusals, only the one that the failure does not contain is added."""

    @mock_sfn_executions
    def run() -> None:
        swallow(lambda: boto3.client("sts").get_caller_identity())
        list_buckets()

    with pytest.raises(UnmockedServiceError) as error:
        run()

    assert str(error.value) == LIST_BUCKETS
    assert error.value.__notes__ == [swallowed("sts GetCallerIdentity")]


def test_inner_mock_reports_errors_swallowed_in_it():
    """The mock in which a call was made raises the error at its end."""

    @mock_sfn_executions
    def run() -> None:
        swallow(lambda: boto3.client("sts").get_caller_identity())
        with pytest.raises(UnmockedServiceError) as inner, mock_sfn_executions():
            swallow()
        assert str(inner.value) == swallowed("s3 ListBuckets")

    with pytest.raises(UnmockedServiceError) as outer:
        run()

    assert str(outer.value) == swallowed("sts GetCallerIdentity")


def test_swallowed_call_joins_a_failure_that_leaves_an_inner_mock():
    """The failure gets one note from the inner mock, and none from the outer one."""

    @mock_sfn_executions
    def run() -> None:
        with mock_sfn_executions():
            swallow()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as error:
        run()

    assert error.value.__notes__ == [swallowed("s3 ListBuckets")]


def test_refusal_that_leaves_an_inner_mock_may_be_swallowed_later():
    """A refusal that leaves an inner mock and is swallowed is reported by the outer one."""

    @mock_sfn_executions
    def run() -> None:
        with suppress(UnmockedServiceError), mock_sfn_executions():
            list_buckets()

    with pytest.raises(UnmockedServiceError) as error:
        run()

    assert str(error.value) == swallowed("s3 ListBuckets")


def test_inner_mocks_that_end_together():
    """A mock that ends after its outer one reports what was swallowed in both."""
    middle, inner = mock_sfn_executions(), mock_sfn_executions()
    with mock_sfn_executions():
        middle.start()
        swallow()
        task = copy_context()
        task.run(inner.start)
        swallow()
        middle.stop()
        with pytest.raises(UnmockedServiceError) as error:
            task.run(inner.stop)

    assert str(error.value) == swallowed("s3 ListBuckets (2 times)")


def test_next_mock_does_not_report_earlier_errors():
    """A refusal is reported once."""
    mock = mock_sfn_executions()
    with pytest.raises(UnmockedServiceError), mock:
        swallow()

    with mock:
        pass


# --- Expected errors ---------------------------------------------------------------------------------------------


def _with_pytest() -> None:
    with pytest.raises(UnmockedServiceError):
        list_buckets()


def _with_pytest_and_a_function() -> None:
    pytest.raises(UnmockedServiceError, list_buckets)  # noqa: RUF061  # the form that is tested


def _with_unittest() -> None:
    with TestCase().assertRaises(UnmockedServiceError):  # noqa: PT027  # the form that is tested
        list_buckets()


def _as_the_cause() -> None:
    with pytest.raises(LookupError):
        _raise_from()


#: Python 3.10 has no ExceptionGroup, and old versions of pytest have no RaisesGroup.
EXCEPTION_GROUP = getattr(builtins, "ExceptionGroup", None)


@pytest.mark.skipif(
    EXCEPTION_GROUP is None or not hasattr(pytest, "RaisesGroup"), reason="no ExceptionGroup, or no RaisesGroup"
)
def test_group_with_a_refusal_that_the_test_expects():
    """pytest.RaisesGroup catches the members of the group too."""
    with mock_sfn_executions() as sfn, pytest.RaisesGroup(ValueError, UnmockedServiceError):
        _raise_in_a_group(lambda *members: EXCEPTION_GROUP("two", members))

    assert sfn.region == "us-east-1"


@pytest.mark.parametrize("run", [_with_pytest, _with_pytest_and_a_function, _with_unittest, _as_the_cause])
def test_refusal_that_the_test_expects_is_not_raised_again(run):
    """A refusal that pytest.raises or assertRaises caught was not swallowed."""
    with mock_sfn_executions() as sfn:
        run()

    assert sfn.region == "us-east-1"


def test_refusal_beside_an_expected_one():
    """Another refusal that was swallowed is still reported."""

    @mock_sfn_executions
    def run() -> None:
        swallow()
        with pytest.raises(UnmockedServiceError):
            boto3.client("sts").get_caller_identity()
        with pytest.raises(ZeroDivisionError):
            raise ZeroDivisionError
        with suppress(UnmockedServiceError), pytest.raises(ZeroDivisionError):
            list_buckets()

    with pytest.raises(UnmockedServiceError) as error:
        run()

    assert str(error.value) == swallowed("s3 ListBuckets (2 times)")


def test_without_pytest_expected_errors_are_not_watched(monkeypatch):
    """With unittest, pytest is not needed."""
    monkeypatch.delitem(sys.modules, "pytest")

    with mock_sfn_executions() as sfn:
        _with_unittest()

    assert sfn.region == "us-east-1"


# --- Test classes ------------------------------------------------------------------------------------------------


def run_case(case: type[TestCase]) -> list[str]:
    """The last lines of unittest's report on the tests of the class."""
    result = TestResult()
    defaultTestLoader.loadTestsFromTestCase(case).run(result)
    return [text.strip().splitlines()[-1] for _, text in result.errors + result.failures]


def test_test_case_reports_errors_its_test_swallowed():
    """The test that swallowed it fails."""

    @mock_sfn_executions
    class Case(TestCase):
        def test_it(self):
            swallow()

    assert run_case(Case) == [f"sfn_mock.instruments.guard.UnmockedServiceError: {swallowed('s3 ListBuckets')}"]


@pytest.mark.parametrize("part", ["setUp", "test_it", "tearDown"])
def test_test_case_reports_a_refusal_once(part):
    """A refusal that unittest reports is not reported again, in whatever part of the test."""

    @mock_sfn_executions
    class Case(TestCase):
        def test_it(self):
            pass

    setattr(Case, part, lambda self: list_buckets())

    assert run_case(Case) == [f"sfn_mock.instruments.guard.UnmockedServiceError: {LIST_BUCKETS}"]


@pytest.mark.parametrize("part", ["asyncSetUp", "test_it", "asyncTearDown"])
def test_asyncio_test_case_reports_a_refusal_once(part):
    """This also applies to asynchronous parts."""

    async def refused(self):
        list_buckets()

    async def test_it(self):
        pass

    case = type("Case", (IsolatedAsyncioTestCase,), {"test_it": test_it, part: refused})

    assert run_case(mock_sfn_executions(case)) == [f"sfn_mock.instruments.guard.UnmockedServiceError: {LIST_BUCKETS}"]


def test_plain_class_reports_a_refusal_once():
    """If the test's own error is reported, the end of the mock adds none."""

    @mock_sfn_executions
    class Suite:
        def test_it(self):
            list_buckets()

    suite = Suite()
    suite.setup_method()
    with pytest.raises(UnmockedServiceError) as error:
        suite.test_it()
    suite.teardown_method()

    assert str(error.value) == LIST_BUCKETS


def test_plain_class_reports_errors_its_test_swallowed():
    """teardown_method, which ends the mock, raises what the test swallowed."""

    @mock_sfn_executions
    class Suite:
        def test_it(self):
            swallow()

    suite = Suite()
    suite.setup_method()
    suite.test_it()
    with pytest.raises(UnmockedServiceError) as error:
        suite.teardown_method()

    assert str(error.value) == swallowed("s3 ListBuckets")
