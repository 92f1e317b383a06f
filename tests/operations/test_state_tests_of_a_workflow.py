"""TestState for each state of a whole definition in JSONata, as in a team's own test suite."""

from __future__ import annotations

import json

import pytest
from answers import members
from freezegun import freeze_time

NOW = "2026-01-10T12:00:00Z"
RETRY = [
    {"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2},
    {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 30, "MaxAttempts": 1, "MaxDelaySeconds": 20},
]
REPORT = [
    {
        "ErrorEquals": ["States.ALL"],
        "Assign": {"reason": "{% $states.errorOutput.Cause %}"},
        "Output": {"failed": "{% $states.errorOutput.Error %}", "order": "{% $states.input.order %}"},
        "Next": "Report",
    }
]
INVOKE = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke"}
DEFINITION = {
    "QueryLanguage": "JSONata",
    "StartAt": "Check",
    "States": {
        "Check": {
            **INVOKE,
            "Arguments": {"FunctionName": "check", "Payload": "{% $states.input %}"},
            "Assign": {"customer": "{% $states.result.Payload.customer %}"},
            "Output": "{% $merge([$states.input, {'valid': $states.result.Payload.valid}]) %}",
            "Retry": RETRY,
            "Catch": REPORT,
            "Next": "Is it valid",
        },
        "Is it valid": {
            "Type": "Choice",
            "Choices": [
                {"Condition": "{% $states.input.valid and $count($states.input.items) > 0 %}", "Next": "Pack all"}
            ],
            "Default": "Report",
        },
        "Pack all": {
            "Type": "Map",
            "Items": "{% $states.input.items %}",
            "MaxConcurrency": "{% $count($states.input.items) %}",
            "ItemSelector": {
                "item": "{% $states.context.Map.Item.Value %}",
                "place": "{% $states.context.Map.Item.Index + 1 %}",
            },
            "ItemProcessor": {
                "StartAt": "Pack",
                "States": {
                    "Pack": {
                        **INVOKE,
                        "Arguments": {"FunctionName": "pack", "Payload": "{% $states.context.Map.Item.Value %}"},
                        "Output": "{% $states.result.Payload %}",
                        "End": True,
                    }
                },
            },
            "ToleratedFailureCount": 1,
            "Retry": [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "MaxAttempts": 1}],
            "Catch": REPORT,
            "Output": {"parcels": "{% $states.result %}", "weight": "{% $sum($states.result.weight) %}"},
            "Next": "Tell everybody",
        },
        "Tell everybody": {
            "Type": "Parallel",
            "Arguments": {"to": "{% $customer %}"},
            "Branches": [
                {"StartAt": "Write", "States": {"Write": {"Type": "Pass", "End": True}}},
                {"StartAt": "Book", "States": {"Book": {"Type": "Pass", "End": True}}},
            ],
            "Assign": {"letter": "{% $states.result[0] %}"},
            "Output": "{% $states.result[1] %}",
            "Catch": REPORT,
            "Next": "Wait for approval",
        },
        "Wait for approval": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "HeartbeatSeconds": 60,
            "Arguments": {
                "QueueUrl": "approvals",
                "MessageBody": {
                    "token": "{% $states.context.Task.Token %}",
                    "execution": "{% $states.context.Execution.Name %}",
                },
            },
            "Output": "{% $states.result.approved %}",
            "Catch": [{"ErrorEquals": ["States.Timeout", "States.HeartbeatTimeout"], "Next": "Report"}],
            "Next": "Report",
        },
        "Report": {"Type": "Succeed", "Output": {"reason": "{% $exists($reason) ? $reason : 'none' %}"}},
    },
}


@pytest.fixture
def run(client):
    if "mock" not in client.meta.service_model.operation_model("TestState").input_shape.members:
        pytest.skip("This botocore knows only the first form of the operation.")

    def run(state, input=None, *, result=None, error=None, **arguments):
        """Test a state at level DEBUG; return its answer with JSON texts read."""
        mock = {"result": json.dumps(result)} if error is None else {"errorOutput": error}
        given = {name: json.dumps(arguments[name]) for name in ("variables", "context") if name in arguments}
        with freeze_time(NOW):
            answer = members(
                client.test_state(
                    definition=json.dumps(DEFINITION),
                    stateName=state,
                    inspectionLevel="DEBUG",
                    input=json.dumps(input or {}),
                    **({} if result is error is None else {"mock": mock}),
                    **{**arguments, **given},
                )
            )
        seen = answer.pop("inspectionData")
        return read(answer), read(seen)

    return run


def read(answer: dict) -> dict:
    """Return the members of an answer with JSON texts read; other texts as they are."""
    return {name: json.loads(value) if value[:1] in ("{", "[", '"') else value for name, value in texts(answer)} | {
        name: value for name, value in answer.items() if not isinstance(value, str)
    }


def texts(answer: dict) -> list[tuple[str, str]]:
    return [(name, value) for name, value in answer.items() if isinstance(value, str)]


ORDER = {"order": 7, "items": ["lamp", "desk"]}


def test_task_that_succeeds(run):
    """Assign and Output see the mocked result of a Lambda Task, and the answer has the next state."""
    answer, seen = run("Check", ORDER, result={"Payload": {"valid": True, "customer": "Ann"}, "StatusCode": 200})

    assert answer == {"status": "SUCCEEDED", "output": {**ORDER, "valid": True}, "nextState": "Is it valid"}
    assert seen == {
        "input": ORDER,
        "afterArguments": {"FunctionName": "check", "Payload": ORDER},
        "result": {"Payload": {"valid": True, "customer": "Ann"}, "StatusCode": 200},
        "variables": {"customer": "Ann"},
    }


@pytest.mark.parametrize(
    ("error", "retries", "details"),
    [
        pytest.param("Lambda.TooManyRequestsException", 0, (0, 2), id="the first retry"),
        pytest.param("Lambda.TooManyRequestsException", 2, (0, 8), id="the third, after a growing pause"),
        pytest.param("Lambda.ServiceException", 0, (1, 20), id="of another retrier, after its longest pause"),
    ],
)
def test_task_that_is_retried(run, error, retries, details):
    """An error that a retrier matches is RETRIABLE, with the retrier's index and pause."""
    answer, seen = run(
        "Check", ORDER, error={"error": error, "cause": "busy"}, stateConfiguration={"retrierRetryCount": retries}
    )

    assert answer == {"status": "RETRIABLE", "error": error, "cause": "busy"}
    assert seen["errorDetails"] == {"retryIndex": details[0], "retryBackoffIntervalSeconds": details[1]}


def test_task_without_a_retry_left(run):
    """After the last retry the catcher gets the error, and its Assign and Output see it."""
    error = {"error": "Lambda.TooManyRequestsException", "cause": "busy"}
    answer, seen = run("Check", ORDER, error=error, stateConfiguration={"retrierRetryCount": 3})

    assert answer == {
        "status": "CAUGHT_ERROR",
        **error,
        "output": {"failed": error["error"], "order": 7},
        "nextState": "Report",
    }
    assert (seen["errorDetails"], seen["variables"]) == ({"catchIndex": 0}, {"reason": "busy"})


@pytest.mark.parametrize(
    ("input", "following"),
    [
        pytest.param({"valid": True, "items": [1]}, "Pack all", id="a rule"),
        pytest.param({"valid": True, "items": []}, "Report", id="the default"),
    ],
)
def test_choice(run, input, following):
    """A Choice needs no mock, and the answer has the next state."""
    answer, _ = run("Is it valid", input)

    assert answer == {"status": "SUCCEEDED", "output": input, "nextState": following}


def test_map_that_succeeds(run):
    """A Map shows the input of each iteration, and its mocked result becomes the output."""
    answer, seen = run("Pack all", ORDER, result=[{"weight": 2}, {"weight": 3}])

    assert answer == {
        "status": "SUCCEEDED",
        "output": {"parcels": [{"weight": 2}, {"weight": 3}], "weight": 5},
        "nextState": "Tell everybody",
    }
    assert seen == {
        "input": ORDER,
        "afterItemSelector": [{"item": "lamp", "place": 1}, {"item": "desk", "place": 2}],
        "maxConcurrency": 2,
        "toleratedFailureCount": 1,
    }


def test_map_within_its_tolerance(run):
    """A Map succeeds if no more iterations fail than it tolerates."""
    answer, _ = run("Pack all", ORDER, result=[{"weight": 2}], stateConfiguration={"mapIterationFailureCount": 1})

    assert answer["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("retries", "status"),
    [pytest.param(0, "RETRIABLE", id="retried"), pytest.param(1, "CAUGHT_ERROR", id="then caught")],
)
def test_map_with_more_failures_than_tolerated(run, retries, status):
    """A Map with more failed iterations fails with AWS's error, which Retry and then Catch match."""
    answer, _ = run(
        "Pack all",
        ORDER,
        result=[{"weight": 2}],
        stateConfiguration={"mapIterationFailureCount": 2, "retrierRetryCount": retries},
    )

    assert (answer["status"], answer["error"]) == (status, "States.ExceedToleratedFailureThreshold")


def test_map_that_fails_with_the_error_of_a_state_within(run):
    """A mocked error may come from a state of the processor; the Map's catcher matches it."""
    error = {"error": "Torn", "cause": "the box"}
    answer, _ = run("Pack all", ORDER, error=error, stateConfiguration={"errorCausedByState": "Pack"})

    assert answer["status"] == "CAUGHT_ERROR"
    assert answer["output"] == {"failed": "Torn", "order": 7}


def test_state_within_the_map(run):
    """A state of the processor gets its input as the first item."""
    answer, seen = run("Pack", {"item": "lamp"}, result={"Payload": {"weight": 2}})

    assert answer == {"status": "SUCCEEDED", "output": {"weight": 2}}
    assert seen["afterArguments"] == {"FunctionName": "pack", "Payload": {"item": "lamp"}}


def test_parallel(run):
    """A Parallel reads variables, and its mocked result has one element for each branch."""
    answer, seen = run("Tell everybody", ORDER, result=["sent", {"van": 3}], variables={"customer": "Ann"})

    assert answer == {"status": "SUCCEEDED", "output": {"van": 3}, "nextState": "Wait for approval"}
    assert seen == {
        "input": ORDER,
        "afterArguments": {"to": "Ann"},
        "variables": {"customer": "Ann", "letter": "sent"},
    }


def test_parallel_that_fails(run):
    """The Parallel catches an error of a branch."""
    answer, _ = run(
        "Tell everybody",
        ORDER,
        error={"error": "NoVan"},
        variables={"customer": "Ann"},
        stateConfiguration={"errorCausedByState": "Book"},
    )

    assert (answer["status"], answer["output"], answer["nextState"]) == (
        "CAUGHT_ERROR",
        {"failed": "NoVan", "order": 7},
        "Report",
    )


def test_callback(run):
    """A Task that waits for a token reads the token and the execution from the given context object."""
    context = {"Task": {"Token": "token"}, "Execution": {"Name": "nightly"}}
    answer, seen = run("Wait for approval", ORDER, result={"approved": {"by": "Bob"}}, context=context)

    assert answer == {"status": "SUCCEEDED", "output": {"by": "Bob"}, "nextState": "Report"}
    assert seen["afterArguments"]["MessageBody"] == {"token": "token", "execution": "nightly"}


def test_callback_without_an_answer(run):
    """A missed heartbeat is an error like any other."""
    answer, _ = run("Wait for approval", ORDER, error={"error": "States.HeartbeatTimeout"})

    assert (answer["status"], answer["nextState"]) == ("CAUGHT_ERROR", "Report")


def test_variable_that_only_a_catcher_assigns(run):
    """A state can read only the given variables."""
    assert run("Report")[0]["output"] == {"reason": "none"}
    assert run("Report", variables={"reason": "busy"})[0]["output"] == {"reason": "busy"}
