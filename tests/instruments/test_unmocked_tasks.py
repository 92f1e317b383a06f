"""Tasks that nothing answers: an error when they start, and again at the end if it was swallowed."""

from __future__ import annotations

import json
from contextlib import suppress

import boto3
import pytest
from moto import mock_aws

import sfn_mock
from sfn_mock import UnmockedServiceError, mock_sfn_executions

RUN = "arn:aws:states:us-east-1:123456789012:execution:orders:nightly"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:charge"
CHARGE = {"Type": "Task", "Resource": FUNCTION, "End": True}
GET = {
    "Type": "Task",
    "Resource": "arn:aws:states:::http:invoke",
    "Parameters": {"ApiEndpoint": "https://example.com", "Method": "GET", "Authentication": {"ConnectionArn": "a"}},
    "End": True,
}
CHARGE_IS_UNMOCKED = (
    f"State 'Charge' of {RUN} calls the Lambda function 'charge', which is not mocked: give it a handler with "
    "sfn.mock_lambda('charge', handler), give the state a result with "
    "sfn.get_state_machine('orders').mock_task('Charge', result=...), or add moto's mock_aws to this "
    "test."
)
SWALLOWED_TASK = (
    "Executions came to tasks that nothing answers, and the code under test swallowed the error: "
    f"state 'Charge' of {RUN}. Give their states results with mock_task(), or add moto's mock_aws to this test."
)
SWALLOWED_CALL = (
    "The code under test called AWS services that are not mocked, and swallowed the error: s3 ListBuckets. Add moto's "
    "mock_aws to this test, or stub the client."
)


def start(sfn, states, input="{}") -> None:
    definition = json.dumps({"StartAt": next(iter(states)), "States": states})
    machine = sfn.add_state_machine("orders", definition=definition)
    client = boto3.client("stepfunctions", "us-east-1")
    client.start_execution(stateMachineArn=machine.arn, name="nightly", input=input)


def start_and_swallow(sfn) -> None:
    """Start an execution and swallow exceptions, as some code under test does."""
    with suppress(Exception):
        start(sfn, {"Charge": CHARGE})


def swallow_all() -> None:
    with mock_sfn_executions(execute=True) as sfn:
        with suppress(Exception):
            boto3.client("s3").list_buckets()
        start_and_swallow(sfn)


def test_the_call_that_advances_the_run_raises():
    """The error names state, execution, service and remedy; the run stays in its state."""
    with mock_sfn_executions(execute=True) as sfn:
        with pytest.raises(UnmockedServiceError) as error:
            start(sfn, {"Charge": CHARGE})

        assert [run.status for run in sfn.get_state_machine("orders").executions] == ["RUNNING"]
    assert str(error.value) == CHARGE_IS_UNMOCKED


def charge_badly(input):
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("result", "error"),
    [
        pytest.param(None, UnmockedServiceError, id="task without a mock"),
        pytest.param(charge_badly, ZeroDivisionError, id="error of a function of the test"),
    ],
)
def test_the_call_is_recorded(result, error):
    """A call that raises the exception of a task is in sfn.calls and in the table, with the exception's name."""
    with mock_sfn_executions(execute=True) as sfn:
        definition = {"StartAt": "Charge", "States": {"Charge": CHARGE}}
        orders = sfn.add_state_machine("orders", definition=definition)
        if result is not None:
            orders.mock_task("Charge", result)
        with pytest.raises(error):
            boto3.client("stepfunctions", "us-east-1").start_execution(stateMachineArn=orders.arn, name="nightly")
        [call] = sfn.calls

        assert (call.operation, call.error, call.response) == ("StartExecution", error.__name__, None)
        assert call.parameters["name"] == "nightly"
        assert str(sfn.calls).splitlines()[-1].endswith(f"  {error.__name__}")


@pytest.mark.parametrize(
    ("handled", "hint"),
    [
        pytest.param(["chrge"], "Did you mean 'chrge', which has a handler?", id="similar name"),
        pytest.param(["charge:7"], "Did you mean 'charge:7', which has a handler?", id="version"),
        pytest.param(["pack", "ship"], "Functions with a handler: pack, ship.", id="other names"),
    ],
)
def test_a_function_with_another_name_than_the_handlers(handled, hint):
    """The error names the function, and the handler that was probably meant for it."""
    invoke = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}
    with mock_sfn_executions(execute=True) as sfn:
        for name in handled:
            sfn.mock_lambda(name, lambda event, context: None)
        with pytest.raises(UnmockedServiceError) as error:
            start(sfn, {"Charge": {**invoke, "Parameters": {"FunctionName": "charge"}}})

    assert str(error.value) == f"{CHARGE_IS_UNMOCKED} {hint}"


def test_a_task_that_no_client_can_do():
    """An HTTP task is not answered, also under mock_aws."""
    with pytest.raises(UnmockedServiceError) as error, mock_aws(), mock_sfn_executions(execute=True) as sfn:
        start(sfn, {"Get": GET})

    assert str(error.value).startswith(
        f"State 'Get' of {RUN} calls arn:aws:states:::http:invoke, which is not mocked: "
    )


def test_a_swallowed_error_is_raised_at_the_end():
    """The mock raises the swallowed error at its end, with its cause."""
    with pytest.raises(UnmockedServiceError) as error, mock_sfn_executions(execute=True) as sfn:
        start_and_swallow(sfn)

    assert str(error.value) == SWALLOWED_TASK
    assert str(error.value.__cause__) == CHARGE_IS_UNMOCKED


def test_a_swallowed_error_joins_another_failure():
    """Another failure of the test is raised, with the task as a note."""

    @mock_sfn_executions(execute=True)
    def fail():
        start_and_swallow(sfn_mock.get_mock())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as error:
        fail()

    assert error.value.__notes__ == [SWALLOWED_TASK]


def test_swallowed_calls_and_tasks():
    """Calls of clients and tasks of states are reported separately."""
    with pytest.raises(UnmockedServiceError) as error:
        swallow_all()

    assert str(error.value) == f"{SWALLOWED_CALL} {SWALLOWED_TASK}"


def test_behind_every_mock_aws():
    """After install() the call raises the error too, but not the end of mock_aws."""
    sfn_mock.install()
    try:
        with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}), pytest.raises(UnmockedServiceError):
            start(sfn_mock.get_mock(), {"Get": GET})
    finally:
        sfn_mock.uninstall()


READER = {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}}
WRITER = {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}}


@pytest.mark.parametrize(
    ("part", "operation"),
    [
        pytest.param({"ItemReader": READER}, "GetObject", id="reader"),
        pytest.param({"ItemsPath": "$.items", "ResultWriter": WRITER}, "PutObject", id="writer"),
    ],
)
def test_an_s3_that_nothing_mocks(part, operation):
    """Items and results in S3 need mock_aws; otherwise the test's author gets the error."""
    states = {
        "All": {
            "Type": "Map",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "One",
                "States": {"One": {"Type": "Pass", "End": True}},
            },
            **part,
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
            "Next": "Caught",
        },
        "Caught": {"Type": "Pass", "End": True},
    }
    with pytest.raises(UnmockedServiceError) as error, mock_sfn_executions(execute=True) as sfn:
        start(sfn, states, input='{"items": [1]}')

    assert str(error.value).startswith(f"s3 {operation} is not mocked: ")
