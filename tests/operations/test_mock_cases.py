"""Executions that are started with a test case of a mock config: ``arn#Case``."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import boto3
import pytest

from sfn_mock import SeedWarning, mock_sfn_executions

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:charge"
SEND = "arn:aws:states:::sqs:sendMessage"
RETRY = [{"ErrorEquals": ["Declined"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 1}]

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]


def task(resource=FUNCTION, **more):
    return {"Type": "Task", "Resource": resource, "End": True, **more}


def definition(states):
    return json.dumps({"StartAt": next(iter(states)), "States": states})


def config(responses, state="Charge"):
    """A mock config with cases that answer one state of the machine orders, each with its responses."""
    return {
        "StateMachines": {"orders": {"TestCases": {case: {state: case} for case in responses}}},
        "MockedResponses": responses,
    }


@pytest.fixture
def start(sfn, client):
    """Start an execution with a case, and return its view."""

    def start(machine, case, **more):
        answer = client.start_execution(stateMachineArn=f"{machine.arn}#{case}", **more)
        return sfn.get_execution(answer["executionArn"])

    return start


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        pytest.param({"Return": {"charged": True}}, ("SUCCEEDED", '{"charged":true}', None, None), id="Return"),
        pytest.param({"Throw": {"Error": "E", "Cause": "c"}}, ("FAILED", None, "E", "c"), id="Throw"),
        pytest.param({"Throw": {"Error": "E"}}, ("FAILED", None, "E", None), id="Throw without a cause"),
    ],
)
def test_a_response(sfn, start, response, outcome):
    """A mocked state returns or throws what its case says."""
    orders = sfn.add_state_machine("orders", definition=definition({"Charge": task()}))
    sfn.load_mock_config(config({"Case": {"0": response}}))
    run = start(orders, "Case")

    assert (run.status, run.output, run.error, run.cause) == outcome


def test_activity_that_does_not_exist(sfn, start):
    """A case may answer for an activity that does not exist; a state without responses needs its activity."""
    activity = "arn:aws:states:us-east-1:123456789012:activity:pack"
    states = {"Charge": {"Type": "Task", "Resource": activity, "Next": "Pack"}, "Pack": task(activity)}
    orders = sfn.add_state_machine("orders", definition=definition(states))
    sfn.load_mock_config(config({"Case": {"0": {"Return": 1}}}))
    run = start(orders, "Case")

    assert run.visited == ["Charge", "Pack"]
    assert run.cause.endswith(f"The activity {activity} does not exist.")


def test_a_timeout(client, sfn, start):
    """The error States.Timeout is a timeout of the task in the history."""
    orders = sfn.add_state_machine("orders", definition=definition({"Charge": task()}))
    sfn.load_mock_config(config({"Late": {"0": {"Throw": {"Error": "States.Timeout"}}}}))
    events = client.get_execution_history(executionArn=start(orders, "Late").arn)["events"]

    assert events[-2]["type"] == "LambdaFunctionTimedOut"


def test_a_return_is_not_checked(sfn, start):
    """A case may return a value that the service could not return."""
    parameters = {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/orders", "MessageBody": "x"}
    orders = sfn.add_state_machine("orders", definition=definition({"Charge": task(SEND, Parameters=parameters)}))
    sfn.load_mock_config(config({"Odd": {"0": {"Return": {"MessageId": 7}}}}))

    assert start(orders, "Odd").output == '{"MessageId":7}'


def test_ranges(clock, sfn, start):
    """Responses are numbered by invocation, including retries, from 0 in each execution."""
    orders = sfn.add_state_machine("orders", definition=definition({"Charge": task(Retry=RETRY)}))
    responses = {"2": {"Return": 2}, "0-1": {"Throw": {"Error": "Declined"}}}
    sfn.load_mock_config(config({"Twice": responses}))
    first = start(orders, "Twice")
    clock.tick(60)
    second = start(orders, "Twice")
    clock.tick(60)

    assert (first.output, first.stop_date) == ("2", NOW + timedelta(seconds=2))
    assert (second.output, second.stop_date) == ("2", NOW + timedelta(seconds=62))


def test_a_redrive_is_the_next_invocation(client, sfn, start):
    """After a redrive the numbers of invocations continue."""
    orders = sfn.add_state_machine("orders", definition=definition({"Charge": task()}))
    sfn.load_mock_config(config({"Twice": {"0": {"Throw": {"Error": "E"}}, "1": {"Return": 1}}}))
    run = start(orders, "Twice")
    before = run.status
    client.redrive_execution(executionArn=run.arn)

    assert (before, run.status, run.output) == ("FAILED", "SUCCEEDED", "1")


def test_more_invocations_than_responses(clock, sfn, start):
    """An invocation without a response is an error for the test's author."""
    orders = sfn.add_state_machine("orders", definition=definition({"Charge": task(Retry=RETRY)}))
    sfn.load_mock_config(config({"Once": {"0": {"Throw": {"Error": "Declined"}}}}))
    run = start(orders, "Once")
    clock.tick(2)
    with pytest.raises(ValueError) as error:
        _ = run.status

    assert str(error.value) == (
        "MockedResponses['Once'] has no response for invocation 1 of state 'Charge': add one under '1'."
    )


def test_states_that_a_case_leaves_out(sfn, start):
    """A state that the case does not name runs as without a case; mock_task has priority."""
    states = {"Charge": task(), "Ship": task(ResultPath="$.shipped"), "Mail": task()}
    states["Charge"] = {**states["Charge"], "Next": "Ship"}
    states["Ship"]["Next"] = "Mail"
    for name in ("Charge", "Ship"):
        del states[name]["End"]
    orders = sfn.add_state_machine("orders", definition=definition(states))
    sfn.load_mock_config(
        {
            "StateMachines": {"orders": {"TestCases": {"Case": {"Charge": "Charged", "Mail": "Mailed"}}}},
            "MockedResponses": {"Charged": {"0": {"Return": {}}}, "Mailed": {"0": {"Return": "by the case"}}},
        }
    )
    sfn.mock_lambda("charge", lambda event, context: "by the function")
    first = start(orders, "Case")
    orders.mock_task("Mail", lambda input: input)

    assert (first.output, start(orders, "Case").output) == ('"by the case"', '{"shipped":"by the function"}')


def test_states_inside_of_states(sfn, start):
    """A case also answers states inside Map states and child executions."""
    distributed = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
    inner = {"StartAt": "Charge", "States": {"Charge": task()}}
    states = {"Each": {"Type": "Map", "ItemProcessor": {**distributed, **inner}, "End": True}}
    orders = sfn.add_state_machine("orders", definition=definition(states))
    sfn.load_mock_config(config({"Case": {"0": {"Return": "first"}, "1": {"Return": "second"}}}))

    assert start(orders, "Case", input="[1, 2]").output == '["first","second"]'


def test_a_synchronous_execution(client, sfn):
    """StartSyncExecution takes a case too."""
    orders = sfn.add_state_machine("orders", type="EXPRESS", definition=definition({"Charge": task()}))
    sfn.load_mock_config(config({"Case": {"0": {"Return": 1}}}))
    answer = client.start_sync_execution(stateMachineArn=f"{orders.arn}#Case")

    assert (answer["status"], answer["output"], answer["stateMachineArn"]) == ("SUCCEEDED", "1", orders.arn)


def test_a_version(sfn, client):
    """The ARN before the case may be that of a version."""
    orders = sfn.add_state_machine("orders", definition=definition({"Charge": task()}))
    version = orders.publish_version()
    sfn.load_mock_config(config({"Case": {"0": {"Return": 1}}}))
    client.start_execution(stateMachineArn=f"{version.arn}#Case")

    assert (orders.executions[0].output, orders.executions[0].version) == ("1", version)


def test_a_nested_execution(sfn, start):
    """A task that starts an execution may name a case."""
    orders = sfn.add_state_machine("orders", definition=definition({"Charge": task()}))
    call = task(
        "arn:aws:states:::states:startExecution.sync:2",
        Parameters={"StateMachineArn": f"{orders.arn}#Case"},
        OutputPath="$.Output",
    )
    parent = sfn.add_state_machine("parent", definition=definition({"Start": call}))
    sfn.load_mock_config(
        {
            "StateMachines": {"parent": {"TestCases": {"Case": {}}}, **config({"Case": {}})["StateMachines"]},
            "MockedResponses": {"Case": {"0": {"Return": "charged"}}},
        }
    )

    assert start(parent, "Case").output == '"charged"'


def test_a_case_has_priority_over_on_start(sfn, start):
    """A case has priority over `on_start`, which applies to all starts."""
    orders = sfn.add_state_machine("orders", definition=definition({"Charge": task()}))
    orders.on_start(status="FAILED")
    sfn.load_mock_config(config({"Case": {"0": {"Return": 1}}}))

    assert start(orders, "Case").output == "1"


@pytest.mark.parametrize(
    ("machine", "case", "sentence"),
    [
        pytest.param(
            "orders",
            "Hapy",
            "The mock config has no test case 'Hapy' for state machine 'orders'. Did you mean 'Happy'?",
            id="mistyped",
        ),
        pytest.param(
            "other",
            "Happy",
            "The mock config has no test case 'Happy' for state machine 'other'. Known: none.",
            id="machine without cases",
        ),
    ],
)
def test_an_unknown_case(client, sfn, machine, case, sentence):
    """An unknown case gets StateMachineDoesNotExist, as on AWS, and a warning says why."""
    sfn.add_state_machine("orders", definition=definition({"Charge": task()}))
    other = sfn.add_state_machine("other")
    sfn.load_mock_config(config({"Happy": {"0": {"Return": 1}}}))
    arn = other.arn.replace("other", machine)
    with (
        pytest.warns(SeedWarning) as warnings,
        pytest.raises(client.exceptions.StateMachineDoesNotExist) as error,
    ):
        client.start_execution(stateMachineArn=f"{arn}#{case}")

    assert [str(warning.message) for warning in warnings] == [sentence]
    assert error.value.response["Error"]["Message"] == f"State Machine Does Not Exist: '{arn}#{case}'"


def test_no_config(client, sfn):
    """Without a mock config, an ARN with a case gets AWS's error."""
    orders = sfn.add_state_machine("orders", definition=definition({"Charge": task()}))
    with pytest.raises(client.exceptions.StateMachineDoesNotExist):
        client.start_execution(stateMachineArn=f"{orders.arn}#Happy")


def test_a_machine_that_has_changed(client, sfn):
    """A case is checked again when an execution starts with it."""
    sfn.load_mock_config(config({"Case": {"0": {"Return": 1}}}))
    orders = sfn.add_state_machine("orders", definition=definition({"Pay": task()}))
    with pytest.raises(ValueError, match=r"Test case 'Case' of state machine 'orders': state must be .*, got 'Charge'"):
        client.start_execution(stateMachineArn=f"{orders.arn}#Case")


def test_cases_of_an_inner_mock_end_with_it(clock):
    """The mock config of an inner mock is removed at its end, and the earlier one is restored."""
    with mock_sfn_executions(execute=True) as sfn:
        orders = sfn.add_state_machine("orders", definition=definition({"Charge": task()}))
        client = boto3.client("stepfunctions", "us-east-1")
        sfn.load_mock_config(config({"Case": {"0": {"Return": "outer"}}}))

        def output():
            answer = client.start_execution(stateMachineArn=f"{orders.arn}#Case")
            return sfn.get_execution(answer["executionArn"]).output

        with mock_sfn_executions():
            sfn.load_mock_config(config({"Case": {"0": {"Return": "inner"}}}))
            inner = output()

        assert (inner, output()) == ('"inner"', '"outer"')
