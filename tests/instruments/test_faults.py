"""add_fault: requests that fail with an error of AWS or of the connection, and botocore's retries."""

from __future__ import annotations

from threading import Thread

import boto3
import pytest
from answers import members
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from freezegun import freeze_time
from moto import mock_aws

from sfn_mock import Fault, mock_sfn_executions

PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
DENIED = (
    "User: arn:aws:iam::123456789012:user/sfn-mock is not authorized to perform: states:{operation} on resource: "
    "{resource} because no identity-based policy allows the states:{operation} action"
)


@pytest.fixture(autouse=True)
def orders(sfn_executions):
    """A machine with an execution, at a frozen time."""
    with freeze_time("2026-01-10 12:00:00"):
        orders = sfn_executions.add_state_machine("orders")
        orders.add_execution("nightly", status="RUNNING")
        yield orders


def new_client(attempts: int = 1, mode: str = "standard"):
    """A client that sends each request up to this number of times."""
    return boto3.client("stepfunctions", config=Config(retries={"total_max_attempts": attempts, "mode": mode}))


def outcomes(count: int, client=None) -> list[str]:
    """The outcomes of this number of listings: the code of an error, or the names of executions."""
    client = client or new_client()
    found = []
    for _ in range(count):
        try:
            found.append(",".join(run["name"] for run in client.list_executions(stateMachineArn=MACHINE)["executions"]))
        except ClientError as error:
            found.append(error.response["Error"]["Code"])
    return found


# --- Requests that fail ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({}, ["InvalidToken", "nightly", "nightly", "nightly"], id="once"),
        pytest.param({"times": 2}, ["InvalidToken", "InvalidToken", "nightly", "nightly"], id="times"),
        pytest.param({"skip": 2}, ["nightly", "nightly", "InvalidToken", "nightly"], id="skip"),
        pytest.param({"skip": 1, "times": 2}, ["nightly", "InvalidToken", "InvalidToken", "nightly"], id="both"),
        pytest.param({"times": None}, ["InvalidToken"] * 4, id="for ever"),
        pytest.param({"times": None, "skip": 3}, ["nightly"] * 3 + ["InvalidToken"], id="for ever after some"),
    ],
)
def test_requests_that_a_fault_fails(sfn_executions, options, expected):
    """The first ``skip`` requests succeed, the next ``times`` fail, and count is their number."""
    fault = sfn_executions.add_fault("ListExecutions", error="InvalidToken", **options)

    assert outcomes(4) == expected
    assert fault.count == expected.count("InvalidToken")


@pytest.mark.parametrize("operation", ["ListExecutions", "list_executions"])
def test_operation_by_either_name(sfn_executions, operation):
    """An operation has the API's name or that of boto3's method; other operations do not fail."""
    fault = sfn_executions.add_fault(operation, error="InvalidToken")

    assert new_client().list_state_machines()["stateMachines"][0]["name"] == "orders"
    assert outcomes(2) == ["InvalidToken", "nightly"]
    assert (fault.operation, repr(fault)) == ("ListExecutions", "<Fault InvalidToken of ListExecutions, 1 so far>")


def test_predicate(sfn_executions):
    """``when`` gets the parameters as they were sent; requests that it does not choose are not counted."""
    asked = []

    def is_second_page(parameters):
        asked.append(parameters)
        return "maxResults" in parameters

    fault = sfn_executions.add_fault("ListExecutions", error="InvalidToken", skip=1, when=is_second_page)
    client = new_client()
    for _ in range(2):
        client.list_executions(stateMachineArn=MACHINE)
    client.list_executions(stateMachineArn=MACHINE, maxResults=5)
    with pytest.raises(client.exceptions.InvalidToken):
        client.list_executions(stateMachineArn=MACHINE, maxResults=5)

    assert asked == [{"stateMachineArn": MACHINE}] * 2 + [{"stateMachineArn": MACHINE, "maxResults": 5}] * 2
    assert fault.count == 1


def test_faults_in_a_row(sfn_executions):
    """Each request meets the faults in the order of adding; one applies, and the others do not count it."""
    first = sfn_executions.add_fault("ListExecutions", error="InvalidArn", times=2)
    second = sfn_executions.add_fault("ListExecutions", error="InvalidToken", skip=1)

    assert outcomes(5) == ["InvalidArn", "InvalidArn", "nightly", "InvalidToken", "nightly"]
    assert (first.count, second.count) == (2, 1)


def test_remove(sfn_executions):
    """A removed fault applies no more, keeps its count, and may be removed again."""
    fault = sfn_executions.add_fault("ListExecutions", error="InvalidToken", times=None)
    before = outcomes(2)
    fault.remove()
    fault.remove()

    assert (before, outcomes(1), fault.count) == (["InvalidToken"] * 2, ["nightly"], 2)
    assert isinstance(fault, Fault)


def test_predicate_may_remove_its_fault(sfn_executions):
    """A fault that its own ``when`` removes does not apply to that request."""
    fault = sfn_executions.add_fault("ListExecutions", error="InvalidToken", when=lambda _: fault.remove() or True)

    assert (outcomes(2), fault.count) == (["nightly", "nightly"], 0)


def test_reset_removes_faults(sfn_executions):
    """After reset() there are no faults."""
    fault = sfn_executions.add_fault("ListStateMachines", error="ServiceUnavailable", times=None)
    sfn_executions.reset()

    assert members(new_client().list_state_machines()) == {"stateMachines": []}
    assert fault.count == 0


def test_threads_share_a_fault(sfn_executions):
    """If many threads call at once, a fault applies exactly ``times`` times."""
    fault = sfn_executions.add_fault("ListExecutions", error="InvalidToken", skip=10, times=20)
    found = []
    threads = [Thread(target=lambda: found.extend(outcomes(10))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(found), found.count("InvalidToken"), fault.count) == (40, 20, 20)


def test_request_with_a_fault_changes_nothing(sfn_executions, orders):
    """A failed start starts nothing, even if only the answer seems to be lost."""
    for error in ("ThrottlingException", "ReadTimeout"):
        sfn_executions.add_fault("StartExecution", error=error)
    client = new_client(attempts=2)
    with pytest.raises(ReadTimeoutError):
        client.start_execution(stateMachineArn=MACHINE, name="mine")

    assert [execution.name for execution in orders.executions] == ["nightly"]


# --- Results of faults -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "sentence", "further"),
    [
        pytest.param("ThrottlingException", 400, "Rate exceeded", {}, id="throttled"),
        pytest.param(
            "AccessDeniedException", 400, DENIED.format(operation="ListExecutions", resource=MACHINE), {}, id="denied"
        ),
        pytest.param(
            "UnrecognizedClientException",
            400,
            "The security token included in the request is invalid.",
            {},
            id="unknown key",
        ),
        pytest.param(
            "ExpiredTokenException", 400, "The security token included in the request is expired", {}, id="expired key"
        ),
        pytest.param(
            "InternalServerError",
            500,
            "The request processing has failed because of an unknown error, exception or failure.",
            {},
            id="server error",
        ),
        pytest.param(
            "InternalFailure",
            500,
            "The request processing has failed because of an unknown error, exception or failure.",
            {},
            id="failure",
        ),
        pytest.param(
            "ServiceUnavailable",
            503,
            "The request has failed due to a temporary failure of the server.",
            {},
            id="unavailable",
        ),
        pytest.param(
            "StateMachineDoesNotExist",
            400,
            f"State Machine Does Not Exist: '{MACHINE}'",
            {"message": f"State Machine Does Not Exist: '{MACHINE}'"},
            id="sentence filled from the request",
        ),
        pytest.param(
            "ResourceNotFound",
            400,
            f"Resource not found: '{MACHINE}'",
            {"message": f"Resource not found: '{MACHINE}'", "resourceName": MACHINE},
            id="further members",
        ),
        pytest.param(
            "ValidationException",
            400,
            "The input does not satisfy the constraints specified by an Amazon Web Services service.",
            {"message": "The input does not satisfy the constraints specified by an Amazon Web Services service."},
            id="sentence of the model",
        ),
    ],
)
def test_error(sfn_executions, error, status, sentence, further):
    """The client gets the error as from AWS: code, sentence, status and members."""
    sfn_executions.add_fault("ListExecutions", error=error)
    with pytest.raises(ClientError) as struck:
        new_client().list_executions(stateMachineArn=MACHINE)

    assert members(struck.value.response) == {"Error": {"Message": sentence, "Code": error}, **further}
    assert struck.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("operation", "error", "arguments", "sentence"),
    [
        pytest.param(
            "ListStateMachines",
            "AccessDeniedException",
            {},
            DENIED.format(operation="ListStateMachines", resource=f"{PREFIX}:*"),
            id="denied, of no resource",
        ),
        pytest.param(
            "CreateActivity", "InvalidName", {"name": "hand"}, "Invalid Name: 'hand'", id="filled with the name"
        ),
        pytest.param(
            "StartExecution",
            "ExecutionAlreadyExists",
            {"stateMachineArn": MACHINE},
            "The execution has the same name as another execution (but a different input). Executions with the same "
            "name and input are considered idempotent.",
            id="of an ARN that the request does not name",
        ),
        pytest.param(
            "StartExecution",
            "ExecutionLimitExceeded",
            {"stateMachineArn": MACHINE},
            "The maximum number of running executions has been reached",
            id="of a limit",
        ),
    ],
)
def test_sentence(sfn_executions, operation, error, arguments, sentence):
    """If AWS's sentence is not known, it is the model's description of the error."""
    sfn_executions.add_fault(operation, error=error)
    with pytest.raises(ClientError) as struck:
        new_client()._make_api_call(operation, arguments)

    assert struck.value.response["Error"] == {"Message": sentence, "Code": error}


@pytest.mark.parametrize(
    ("operation", "error", "sentence", "further"),
    [
        pytest.param(
            "CreateActivity",
            "TooManyTags",
            "Too many tags: '{activity}'",
            {"resourceName": "{activity}"},
            id="activity",
        ),
        pytest.param(
            "CreateStateMachine",
            "TooManyTags",
            "Too many tags: '{machine}'",
            {"resourceName": "{machine}"},
            id="machine",
        ),
        pytest.param(
            "CreateActivity", "ActivityAlreadyExists", "Activity Already Exists: '{activity}'", {}, id="in the sentence"
        ),
        pytest.param(
            "CreateStateMachine",
            "InvalidArn",
            "The provided Amazon Resource Name (ARN) is not valid.",
            {},
            id="the role's",
        ),
    ],
)
def test_arn_of_a_resource_to_create(sfn_executions, operation, error, sentence, further):
    """The ARN of a resource that a request creates follows from the name in the request."""
    arns = {"activity": f"{PREFIX}:activity:hand", "machine": f"{PREFIX}:stateMachine:hand"}
    arguments = (
        {"name": "hand"} if operation == "CreateActivity" else {"name": "hand", "definition": "{}", "roleArn": "r"}
    )
    sfn_executions.add_fault(operation, error=error)
    with pytest.raises(ClientError) as struck:
        new_client()._make_api_call(operation, arguments)

    text = sentence.format(**arns)
    assert members(struck.value.response) == {
        "Error": {"Message": text, "Code": error},
        "message": text,
        **{member: value.format(**arns) for member, value in further.items()},
    }


def test_state_of_the_key(sfn_executions):
    """An error about a key has the key's state, as in the model."""
    sfn_executions.add_fault("StartExecution", error="KmsInvalidStateException")
    client = new_client()
    with pytest.raises(client.exceptions.KmsInvalidStateException) as struck:
        client.start_execution(stateMachineArn=MACHINE)

    assert struck.value.response["kmsKeyState"] == "DISABLED"


def test_message(sfn_executions):
    """``message`` replaces AWS's sentence; other members stay."""
    sfn_executions.add_fault("ListExecutions", error="ResourceNotFound", message="Not {here}.")
    client = new_client()
    with pytest.raises(client.exceptions.ResourceNotFound) as struck:
        client.list_executions(stateMachineArn=MACHINE)

    assert members(struck.value.response) == {
        "Error": {"Message": "Not {here}.", "Code": "ResourceNotFound"},
        "message": "Not {here}.",
        "resourceName": MACHINE,
    }


@pytest.mark.parametrize(
    ("error", "raised", "sentence"),
    [
        ("ConnectionError", EndpointConnectionError, 'Could not connect to the endpoint URL: "{url}"'),
        ("EndpointConnectionError", EndpointConnectionError, 'Could not connect to the endpoint URL: "{url}"'),
        ("ConnectTimeout", ConnectTimeoutError, 'Connect timeout on endpoint URL: "{url}"'),
        ("ConnectTimeoutError", ConnectTimeoutError, 'Connect timeout on endpoint URL: "{url}"'),
        ("ReadTimeout", ReadTimeoutError, 'Read timeout on endpoint URL: "{url}"'),
        ("ReadTimeoutError", ReadTimeoutError, 'Read timeout on endpoint URL: "{url}"'),
        (
            "ConnectionClosedError",
            ConnectionClosedError,
            'Connection was closed before we received a valid response from endpoint URL: "{url}".',
        ),
    ],
)
@pytest.mark.parametrize("with_moto", [False, True], ids=["alone", "under mock_aws"])
def test_connection_error(sfn_executions, error, raised, sentence, with_moto):
    """A fault of the connection is botocore's own error with the endpoint, also under moto."""
    with mock_aws() if with_moto else mock_sfn_executions():
        sfn_executions.add_fault("ListExecutions", error=error)
        with pytest.raises(raised) as struck:
            new_client().list_executions(stateMachineArn=MACHINE)

        assert str(struck.value) == sentence.format(url="https://states.us-east-1.amazonaws.com/")
        assert outcomes(1) == ["nightly"]


# --- botocore's own retries --------------------------------------------------------------------------------------

RETRIED = ["ThrottlingException", "InternalServerError", "ServiceUnavailable", "ConnectionError", "ReadTimeout"]


@pytest.mark.parametrize("error", RETRIED)
@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_botocore_retries(sfn_executions, pauses, mode, error):
    """botocore retries throttling, server errors and lost connections, and RetryAttempts is their number."""
    fault = sfn_executions.add_fault("ListExecutions", error=error, times=2)
    answer = new_client(attempts=4, mode=mode).list_executions(stateMachineArn=MACHINE)

    assert [run["name"] for run in answer["executions"]] == ["nightly"]
    assert answer["ResponseMetadata"]["RetryAttempts"] == fault.count == len(pauses) == 2


@pytest.mark.parametrize("error", RETRIED)
@pytest.mark.sfn_executions(retry_sleeps=False)
def test_botocore_retries_adaptively(sfn_executions, error):
    """The adaptive mode retries too, without waiting for the frozen clock."""
    fault = sfn_executions.add_fault("ListExecutions", error=error, times=2)
    answer = new_client(attempts=4, mode="adaptive").list_executions(stateMachineArn=MACHINE)

    assert [run["name"] for run in answer["executions"]] == ["nightly"]
    assert answer["ResponseMetadata"]["RetryAttempts"] == fault.count == 2


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_retries_are_used_up(sfn_executions, pauses, mode):
    """If the last try fails too, the call has its error."""
    fault = sfn_executions.add_fault("ListExecutions", error="ThrottlingException", times=None)
    with pytest.raises(ClientError) as struck:
        new_client(attempts=3, mode=mode).list_executions(stateMachineArn=MACHINE)

    assert struck.value.response["Error"] == {"Message": "Rate exceeded", "Code": "ThrottlingException"}
    assert struck.value.response["ResponseMetadata"]["RetryAttempts"] == 2
    assert (fault.count, len(pauses)) == (3, 2)


@pytest.mark.parametrize("error", ["AccessDeniedException", "InvalidToken", "ExpiredTokenException"])
def test_permanent_errors_are_not_retried(sfn_executions, pauses, error):
    """botocore does not retry permanent errors."""
    sfn_executions.add_fault("ListExecutions", error=error)

    assert (outcomes(2, new_client(attempts=4)), pauses) == ([error, "nightly"], [])


def test_answer_over_the_wire_is_the_same(sfn_executions):
    """Requests that a fault does not choose get their usual answers on the wire."""
    client = new_client(attempts=2)
    plain = client.list_executions(stateMachineArn=MACHINE)
    fault = sfn_executions.add_fault("ListExecutions", error="InvalidToken", when=lambda parameters: False)
    passed = client.list_executions(stateMachineArn=MACHINE)

    assert members(passed) == members(plain)
    assert passed["ResponseMetadata"].keys() == plain["ResponseMetadata"].keys()
    assert fault.count == 0


def test_predicate_sees_nothing_in_a_body_that_cannot_be_read(sfn_executions):
    """A body that is not a JSON object has no parameters."""
    asked = []
    sfn_executions.add_fault("ListExecutions", error="InvalidToken", when=asked.append)
    bodies = iter([b"nonsense", b"[]"])
    client = new_client()
    client.meta.events.register("before-sign.sfn", lambda request, **_: setattr(request, "data", next(bodies)))
    for _ in range(2):
        with pytest.raises(ClientError, match="SerializationException"):
            client.list_executions(stateMachineArn=MACHINE)

    assert asked == [{}, {}]
    assert [call.parameters for call in sfn_executions.calls] == [{}, {}]


def test_other_answers_have_priority(sfn_executions):
    """A request that a handler of the test answers is not seen by faults."""
    fault = sfn_executions.add_fault("ListExecutions", error="InvalidToken")
    client = new_client()

    class Body:
        def stream(self):
            yield b'{"executions": []}'

    client.meta.events.register("before-send.sfn", lambda request, **_: AWSResponse(request.url, 200, {}, Body()))

    assert (members(client.list_executions(stateMachineArn=MACHINE)), fault.count) == ({"executions": []}, 0)


# --- Refused faults ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param({"skip": -1}, "skip must be an int >= 0, got -1", id="negative skip"),
        pytest.param({"skip": None}, "skip must be an int >= 0, got None", id="no skip"),
        pytest.param(
            {"times": 0},
            "times must be an int >= 1, or None for all requests until remove(), got 0",
            id="never",
        ),
        pytest.param(
            {"times": 1.5},
            "times must be an int >= 1, or None for all requests until remove(), got 1.5",
            id="half a time",
        ),
        pytest.param(
            {"times": True},
            "times must be an int >= 1, or None for all requests until remove(), got True",
            id="truth",
        ),
        pytest.param(
            {"when": {"maxResults": 5}},
            "when must be callable(parameters: dict), got {'maxResults': 5}",
            id="when that cannot be called",
        ),
        pytest.param({"message": 7}, "message must be a str, got 7", id="number for message"),
        pytest.param(
            {"error": "ReadTimeout", "message": "Slow"},
            "message must be left out for ReadTimeout, whose message is botocore's own, got 'Slow'",
            id="message of a connection",
        ),
    ],
)
def test_impossible_fault(sfn_executions, arguments, sentence):
    """A wrong argument is a ValueError, and adds no fault."""
    with pytest.raises(ValueError) as error:
        sfn_executions.add_fault("ListExecutions", **{"error": "InvalidToken", **arguments})

    assert str(error.value) == sentence
    assert outcomes(1) == ["nightly"]


@pytest.mark.parametrize(
    ("operation", "hint"),
    [
        ("ListExecution", "Did you mean 'ListExecutions'?"),
        ("LISTEXECUTIONS", "Did you mean 'ListExecutions'?"),
        ("frobnicate", "Known: CreateActivity, CreateStateMachine, "),
        (["ListExecutions"], "Did you mean 'ListExecutions'?"),
        (None, "Known: CreateActivity, CreateStateMachine, "),
    ],
)
def test_unknown_operation(sfn_executions, operation, hint):
    """An unknown operation is a ValueError that suggests the closest name, or lists all names."""
    with pytest.raises(ValueError) as error:
        sfn_executions.add_fault(operation, error="ThrottlingException")

    assert str(error.value).startswith(f"operation must be an operation of Step Functions, got {operation!r}. {hint}")


KNOWN_ERRORS = (
    "Known: InvalidArn, InvalidToken, ResourceNotFound, StateMachineDoesNotExist, StateMachineTypeNotSupported, "
    "ValidationException, AccessDeniedException, ExpiredTokenException, InternalFailure, InternalServerError, "
    "ServiceUnavailable, ThrottlingException, UnrecognizedClientException, ConnectTimeout, ConnectTimeoutError, "
    "ConnectionClosedError, ConnectionError, EndpointConnectionError, ReadTimeout, ReadTimeoutError."
)


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        pytest.param("Throttling", "Did you mean 'ThrottlingException'?", id="shortened"),
        pytest.param("invalidtoken", "Did you mean 'InvalidToken'?", id="case"),
        pytest.param(["InvalidToken"], "Did you mean 'InvalidToken'?", id="list"),
        pytest.param("Frobnicated", KNOWN_ERRORS, id="unknown"),
        pytest.param(None, KNOWN_ERRORS, id="None"),
    ],
)
def test_unknown_error(sfn_executions, error, hint):
    """An error that the operation cannot have is a ValueError with the closest name, or all names."""
    with pytest.raises(ValueError) as unknown:
        sfn_executions.add_fault("list_executions", error=error)

    assert str(unknown.value) == (
        f"error must be an error of ListExecutions or of the connection, got {error!r}. {hint}"
    )


def test_error_of_another_operation(sfn_executions):
    """An error that only other operations have is refused too."""
    with pytest.raises(ValueError, match=r"^error must be an error of ListExecutions .*, got 'ExecutionDoesNotExist'"):
        sfn_executions.add_fault("list_executions", error="ExecutionDoesNotExist")
