"""sfn.calls: the record of requests and their answers."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timedelta, timezone
from itertools import count
from threading import Thread

import boto3
import pytest
from answers import members
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from botocore.stub import Stubber
from freezegun import freeze_time
from moto import mock_aws

from sfn_mock import Call, Calls
from sfn_mock.instruments import calls
from sfn_mock.instruments.calls import is_kept

PREFIX = "arn:aws:states:us-east-1:123456789012"
MACHINE = f"{PREFIX}:stateMachine:orders"
# The form of parameters in tables.
SHORT = "stateMachineArn='stateMachine:orders'"
FILTER = "statusFilter='RUNNING'"
STOP = "executionArn='execution:orders:second', cause='a long story a long story a long story a long story …"


@pytest.fixture(autouse=True)
def clock(sfn_executions):
    """Noon, with a machine and two executions."""
    with freeze_time("2026-01-10 12:00:00") as clock:
        orders = sfn_executions.add_state_machine("orders")
        orders.add_execution("first", status="FAILED", start_date="2026-01-10T01:00:00Z")
        orders.add_execution("second", status="RUNNING", start_date="2026-01-10T02:00:00Z")
        yield clock


@pytest.fixture(params=["direct", "wire"])
def client(request, sfn_executions):
    """A client of each transport."""
    client = boto3.client("stepfunctions", config=Config(retries={"total_max_attempts": 1}))
    if request.param == "wire":
        # A handler for this event makes the call go over the wire.
        client.meta.events.register("before-send.sfn", lambda request, **_: None)
    return client


# --- Recorded calls ----------------------------------------------------------------------------------------------


def test_answered_call(client, sfn_executions):
    """A call has its operation, parameters, answer, date, account and region, and no error."""
    answer = client.list_executions(stateMachineArn=MACHINE, maxResults=1)
    [call] = sfn_executions.calls

    assert isinstance(call, Call)
    assert call.operation == "ListExecutions"
    assert call.parameters == {"stateMachineArn": MACHINE, "maxResults": 1}
    assert call.response == members(answer)
    assert call.response["executions"][0]["startDate"] == datetime(2026, 1, 10, 2, tzinfo=timezone.utc)
    assert call.error is None
    assert call.date == datetime(2026, 1, 10, 12, tzinfo=timezone.utc)
    assert (call.account_id, call.region) == ("123456789012", "us-east-1")


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        pytest.param("list_executions", {"mapRunArn": f"{PREFIX}:mapRun:o/I:none"}, "ResourceNotFound", id="members"),
        pytest.param("list_executions", {"stateMachineArn": MACHINE, "nextToken": "none"}, "InvalidToken", id="plain"),
        pytest.param("stop_execution", {"executionArn": "nonsense"}, "InvalidArn", id="another operation"),
    ],
)
def test_failed_call(client, sfn_executions, operation, arguments, code):
    """A call with an error has its code, and the response of the ClientError."""
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**arguments)
    [call] = sfn_executions.calls

    assert (call.parameters, call.error, call.response) == (arguments, code, members(refused.value.response))


def test_call_without_an_answer(client, sfn_executions):
    """A call without an answer has no response, and the name of botocore's error."""
    sfn_executions.add_fault("ListExecutions", error="ReadTimeout")
    with pytest.raises(ReadTimeoutError):
        client.list_executions(stateMachineArn=MACHINE)
    [call] = sfn_executions.calls

    assert (call.operation, call.error, call.response) == ("ListExecutions", "ReadTimeoutError", None)


def test_errors_that_the_model_does_not_have(client, sfn_executions):
    """A throttled call has its code too."""
    sfn_executions.add_fault("ListExecutions", error="ThrottlingException")
    with pytest.raises(ClientError) as struck:
        client.list_executions(stateMachineArn=MACHINE)
    [call] = sfn_executions.calls

    assert (call.error, call.response) == ("ThrottlingException", members(struck.value.response))


def test_each_try_is_recorded(sfn_executions, clock):
    """Each retry of botocore is recorded, with its own date and outcome."""
    sfn_executions.add_fault("ListExecutions", error="ThrottlingException", times=2)
    client = boto3.client("stepfunctions", config=Config(retries={"total_max_attempts": 3, "mode": "standard"}))
    client.meta.events.register("needs-retry.sfn", lambda **_: clock.tick(timedelta(seconds=1)) and None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.sleep", lambda seconds: None)
        client.list_executions(stateMachineArn=MACHINE)

    assert [(call.error, f"{call.date:%S}") for call in sfn_executions.calls] == [
        ("ThrottlingException", "00"),
        ("ThrottlingException", "01"),
        (None, "02"),
    ]


def test_order_and_clock(client, sfn_executions, clock):
    """Calls are in the order of their answers, each with its date."""
    client.list_state_machines()
    clock.tick(timedelta(milliseconds=250))
    client.start_execution(stateMachineArn=MACHINE)

    assert [(call.operation, call.date) for call in sfn_executions.calls] == [
        ("ListStateMachines", datetime(2026, 1, 10, 12, tzinfo=timezone.utc)),
        ("StartExecution", datetime(2026, 1, 10, 12, microsecond=250_000, tzinfo=timezone.utc)),
    ]


def test_other_regions_and_accounts(sfn_executions):
    """The region is the client's, and the account that of an assumed role."""
    boto3.client("stepfunctions", "eu-west-1").list_state_machines()
    with mock_aws():
        role = "arn:aws:iam::210987654321:role/elsewhere"
        keys = boto3.client("sts", "us-east-1").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        client = boto3.client(
            "stepfunctions",
            "us-west-2",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
        client.list_state_machines()
        client.meta.events.register("before-send.sfn", lambda request, **_: None)
        client.list_state_machines()

    assert [(call.account_id, call.region) for call in sfn_executions.calls] == [
        ("123456789012", "eu-west-1"),
        ("210987654321", "us-west-2"),
        ("210987654321", "us-west-2"),
    ]


def test_stubbed_calls_are_not_recorded(sfn_executions):
    """Calls of a stubbed client are not recorded."""
    client = boto3.client("stepfunctions")
    with Stubber(client) as stubber:
        stubber.add_response("list_state_machines", {"stateMachines": []})
        client.list_state_machines()

    assert sfn_executions.calls == []


def test_seeds_are_not_recorded_as_calls(sfn_executions):
    """Methods of the handle are not recorded."""
    sfn_executions.get_state_machine("orders").executions[1].fail(error="OutOfStock")

    assert sfn_executions.calls == []


def test_changed_answer_does_not_change_the_record(client, sfn_executions):
    """A change of an answer's members or lists does not change the record."""
    answer = client.list_executions(stateMachineArn=MACHINE)
    answer.pop("ResponseMetadata")
    answer["executions"].reverse()
    answer["executions"].clear()
    answer["more"] = True
    [call] = sfn_executions.calls

    assert [list(call.response), *(run["name"] for run in call.response["executions"])] == [
        ["executions"],
        "second",
        "first",
    ]


def test_changed_executions_do_not_change_the_record(client, sfn_executions, clock):
    """A listing is recorded as it was given, whatever the test and its caller do to its items and executions later."""
    orders = sfn_executions.get_state_machine("orders")
    live = orders.add_alias("live", orders.publish_version())
    third = orders.add_execution("third", status="ABORTED", alias=live, start_date="2026-01-10T03:00:00Z")
    third.redrive()
    answer = client.list_executions(stateMachineArn=MACHINE, maxResults=2)
    before = deepcopy(members(answer))
    answer["executions"][0].clear()
    clock.tick(timedelta(minutes=1))
    for execution in orders.executions:
        execution.start_date = "2026-01-10T00:30:00Z"
    third.succeed()
    client.delete_state_machine_alias(stateMachineAliasArn=live.arn)
    client.stop_execution(executionArn=f"{PREFIX}:execution:orders:second")
    client.delete_state_machine(stateMachineArn=MACHINE)
    [call] = sfn_executions.calls.of("ListExecutions")

    assert [item["name"] for item in before["executions"]] == ["third", "second"]
    assert call.response == before
    assert list(map(list, call.response["executions"])) == list(map(list, before["executions"]))


def test_paginator(client, sfn_executions):
    """The record has the pages as they came, although botocore's full result extends the first one."""
    full = client.get_paginator("list_executions").paginate(stateMachineArn=MACHINE, PaginationConfig={"PageSize": 1})

    assert len(full.build_full_result()["executions"]) == 2
    assert [len(call.response["executions"]) for call in sfn_executions.calls] == [1, 1]


def test_threads(sfn_executions):
    """The calls of all threads are recorded."""
    client = boto3.client("stepfunctions")
    threads = [Thread(target=lambda: [client.list_state_machines() for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [call.operation for call in sfn_executions.calls] == ["ListStateMachines"] * 20


def test_old_answers_are_dropped(client, sfn_executions, monkeypatch):
    """The record keeps all calls, but drops the oldest of many large answers."""
    monkeypatch.setattr(calls, "KEPT_BYTES", 32 * 1024)
    sfn_executions.get_state_machine("orders").add_executions(48, status="FAILED", start_date="2026-01-01")
    for size in (3, 50, 50):
        client.list_executions(stateMachineArn=MACHINE, maxResults=size)
    with pytest.raises(ClientError):
        client.list_executions(stateMachineArn="nonsense")
    first, second, third, refused = sfn_executions.calls
    with pytest.raises(RuntimeError) as gone:
        print(second.response)

    assert str(gone.value) == (
        "cannot read the answer to this ListExecutions: sfn.calls keeps only the newest answers, up "
        "to 0.03125 MiB in all; read it earlier, or call sfn.reset() in between instead."
    )
    assert (first.parameters["maxResults"], first.error) == (3, None)
    assert repr(first) == "<ListExecutions(stateMachineArn='stateMachine:orders', maxResults=3) -> (kept no more)>"
    assert (len(third.response["executions"]), refused.error) == (50, "InvalidArn")


def test_old_calls_are_dropped(client, sfn_executions, monkeypatch):
    """If requests are too large, the oldest calls are dropped, with one warning."""
    monkeypatch.setattr(calls, "KEPT_BYTES", 1024 * 1024)
    machine = sfn_executions.get_state_machine("orders")
    for number in range(6):
        client.start_execution(stateMachineArn=machine.arn, name=f"run-{number}", input=f'"{"x" * 250_000}"')
    with pytest.warns(UserWarning, match=r"^sfn\.calls has dropped") as warned:
        kept = [call.parameters["name"] for call in sfn_executions.calls]

    assert [str(warning.message) for warning in warned] == [
        "sfn.calls has dropped its oldest calls, 2 so far: it keeps only the newest, up to 1 MiB in "
        "all. Read them earlier, or call sfn.reset() in between."
    ]
    assert kept == ["run-2", "run-3", "run-4", "run-5"]
    assert len(sfn_executions.calls) == 4


def test_last_call_is_kept(client, sfn_executions, monkeypatch):
    """The last call is kept with its answer, even if it is larger than the limit."""
    monkeypatch.setattr(calls, "KEPT_BYTES", 1)
    client.list_executions(stateMachineArn=MACHINE)
    client.list_executions(stateMachineArn=MACHINE, maxResults=1)
    with pytest.warns(UserWarning, match=r"oldest calls, 1 so far"):
        [call] = sfn_executions.calls

    assert call.parameters["maxResults"] == 1
    assert len(call.response["executions"]) == 1


def test_long_answers_count_by_their_size(client, sfn_executions, monkeypatch):
    """The size of a history includes its inputs and outputs."""
    monkeypatch.setattr(calls, "KEPT_BYTES", 1024 * 1024)
    run = sfn_executions.get_state_machine("orders").add_execution(status="RUNNING", input=f'"{"x" * 200_000}"')
    for _ in range(6):
        client.get_execution_history(executionArn=run.arn)

    assert [is_kept(call) for call in sfn_executions.calls] == [False, False, False, False, True, True]


def test_sentences_of_errors_count(client, sfn_executions, monkeypatch):
    """The parts of a request that AWS's errors quote count too."""
    monkeypatch.setattr(calls, "KEPT_BYTES", 1024 * 1024)
    for number in range(8):
        with pytest.raises(ClientError):
            client.create_activity(name=f"{number}" + "x" * 100_000)
    with pytest.warns(UserWarning, match=r"oldest calls, 4 so far"):
        assert [call.parameters["name"][0] for call in sfn_executions.calls] == ["4", "5", "6", "7"]


# --- Tables of calls ---------------------------------------------------------------------------------------------


def test_calls_of_an_operation(sfn_executions):
    """``of`` returns the calls of an operation, by either of its names."""
    client = boto3.client("stepfunctions")
    client.list_state_machines()
    client.list_executions(stateMachineArn=MACHINE)
    listings = sfn_executions.calls.of("list_executions")

    assert isinstance(listings, Calls)
    assert listings == sfn_executions.calls.of("ListExecutions") == [sfn_executions.calls[1]]
    assert sfn_executions.calls.of("StopExecution") == []


def test_calls_of_an_unknown_operation(sfn_executions):
    """``of`` with an unknown operation is a ValueError."""
    with pytest.raises(ValueError) as error:
        sfn_executions.calls.of("list_execution")

    assert str(error.value) == (
        "operation must be an operation of Step Functions, got 'list_execution'. Did you mean 'ListExecutions'?"
    )


def test_table(client, sfn_executions, clock):
    """str() is a table, in which ARNs of the call's own account and region are short."""
    elsewhere = MACHINE.replace("us-east", "eu-west")
    client.list_executions(stateMachineArn=MACHINE, statusFilter="RUNNING")
    clock.tick(timedelta(milliseconds=500))
    client.stop_execution(executionArn=f"{PREFIX}:execution:orders:second", cause="a long story " * 20)
    client.delete_state_machine(stateMachineArn=elsewhere)
    client.list_executions(stateMachineArn=MACHINE, maxResults=1)
    for error in ("InvalidToken", "ConnectTimeout"):
        sfn_executions.add_fault("ListStateMachines", error=error)
        with pytest.raises((ClientError, ConnectTimeoutError)):
            client.list_state_machines()

    assert str(sfn_executions.calls).splitlines() == [
        f"date                      operation           {'parameters':100}  answer",
        f"2026-01-10T12:00:00.000Z  ListExecutions      {SHORT + ', ' + FILTER:100}  executions: 1",
        f"2026-01-10T12:00:00.500Z  StopExecution       {STOP}  stopDate=2026-01-10T12:00:00.500Z",
        f"2026-01-10T12:00:00.500Z  DeleteStateMachine  {f'stateMachineArn={elsewhere!r}':100}  (no members)",
        f"2026-01-10T12:00:00.500Z  ListExecutions      {SHORT + ', maxResults=1':100}  executions: 1, nextToken",
        f"2026-01-10T12:00:00.500Z  ListStateMachines   {'':100}  InvalidToken: Invalid Token: 'Invalid token'",
        f"2026-01-10T12:00:00.500Z  ListStateMachines   {'':100}  ConnectTimeoutError",
    ]


def test_text_of_a_call(client, sfn_executions):
    """The repr of a call is one short line."""
    client.list_executions(stateMachineArn=MACHINE)

    assert repr(sfn_executions.calls) == "[<ListExecutions(stateMachineArn='stateMachine:orders') -> executions: 2>]"


# --- Reset and limits --------------------------------------------------------------------------------------------


def interrupt_once(then):
    """A function that is interrupted (Ctrl-C) when it is called first, and later does what `then` does."""
    numbers = count()

    def function(*arguments):
        if next(numbers) == 0:
            raise KeyboardInterrupt
        return then(*arguments)

    return function


def test_interrupted_call_is_not_recorded(client, sfn_executions, monkeypatch):
    """A call that is interrupted while it is recorded is not in the record, and the next call is."""
    client.list_executions(stateMachineArn=MACHINE)
    monkeypatch.setattr(calls, "KEPT_BYTES", 1)
    monkeypatch.setattr(calls, "drop_answer", interrupt_once(calls.drop_answer))
    with pytest.raises(KeyboardInterrupt):
        client.list_executions(stateMachineArn=MACHINE, maxResults=1)
    after_interrupt = [call.parameters.get("maxResults") for call in sfn_executions.calls]
    client.list_executions(stateMachineArn=MACHINE, maxResults=2)
    with pytest.warns(UserWarning, match=r"oldest calls, 1 so far"):
        last = [call.parameters.get("maxResults") for call in sfn_executions.calls]

    assert after_interrupt == [None]
    assert last == [2]


def test_interrupted_reset_is_completed(client, sfn_executions, monkeypatch):
    """A reset that is interrupted leaves nothing, as if it had been complete."""
    client.list_executions(stateMachineArn=MACHINE)
    sfn_executions.add_fault("ListExecutions", error="ThrottlingException")
    monkeypatch.setattr(calls.Calls, "clear", interrupt_once(list.clear), raising=False)
    with pytest.raises(KeyboardInterrupt):
        sfn_executions.reset()

    assert sfn_executions.calls == []
    with pytest.raises(client.exceptions.StateMachineDoesNotExist):
        client.list_executions(stateMachineArn=MACHINE)


def test_reset_forgets_the_calls(client, sfn_executions):
    """After reset() the record is empty, and new calls are recorded."""
    record = sfn_executions.calls
    client.list_state_machines()
    sfn_executions.reset()
    before = list(record)
    client.list_state_machines()

    assert (before, len(record), record is sfn_executions.calls) == ([], 1, True)
