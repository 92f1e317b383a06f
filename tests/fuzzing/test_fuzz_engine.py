"""Generated definitions, expressions and paths are refused with an error of AWS, or run to a status of AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from freezegun import freeze_time
from fuzz_cases import cases, seeds
from fuzz_definitions import INPUT, definition, expression, intrinsic, path, state

from sfn_mock import TaskError, mock_sfn_executions

ROLE = "arn:aws:iam::123456789012:role/orders"
#: The codes with which a definition or a tested state may be refused.
REFUSALS = {"InvalidDefinition", "ValidationException", "InvalidExecutionInput"}
STATUSES = {"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"}


def refused(call: Any, **arguments: Any) -> dict[str, Any] | None:
    """Return the answer of a call; None if it is refused with a sentence."""
    try:
        return call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] in REFUSALS
        assert error.response["Error"]["Message"]
        return None


def echo(event: Any, context: Any) -> Any:
    """Return the input of a task as its result, or fail for some inputs."""
    if isinstance(event, (str, list)):
        raise TaskError("Odd", "neither text nor a list")
    return event


@pytest.mark.parametrize("numbers", seeds(20_000, 20), ids="from {0.start}".format)
def test_definitions(kept_client, numbers):
    """A definition is refused, or its run ends with a status and a history with the right first and last event."""
    with freeze_time("2026-01-10T12:00:00Z") as clock, mock_sfn_executions(execute=True, wait_scale=0) as sfn:
        sfn.mock_lambda("echo", echo)
        for number, random in enumerate(cases("definitions", numbers)):
            if number % 100 == 99:
                sfn.reset()
                sfn.mock_lambda("echo", echo)
            made = definition(random)
            created = refused(kept_client.create_state_machine, name=f"m{number}", definition=made, roleArn=ROLE)
            assert kept_client.validate_state_machine_definition(definition=made)["result"] == (
                "FAIL" if created is None else "OK"
            )
            if created is None:
                continue
            arn = kept_client.start_execution(stateMachineArn=created["stateMachineArn"], input=json.dumps(INPUT))
            clock.tick(3600)
            answer = kept_client.describe_execution(executionArn=arn["executionArn"])
            events = kept_client.get_execution_history(executionArn=arn["executionArn"], maxResults=3)["events"]

            assert answer["status"] in STATUSES
            assert ("output" in answer) == (answer["status"] == "SUCCEEDED")
            assert events[0]["type"] == "ExecutionStarted"
            json.loads(answer.get("output", "null"))
            if answer["status"] == "RUNNING":
                kept_client.stop_execution(executionArn=arn["executionArn"])


def _check_tested(answer: dict[str, Any] | None) -> None:
    """A tested state succeeds with JSON, or fails with an error."""
    if answer is None:
        return
    assert answer["status"] in {"SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR"}
    if answer["status"] == "SUCCEEDED":
        json.loads(answer.get("output", "null"))
    else:
        # A Fail state need not name its error.
        assert isinstance(answer.get("error", ""), str)


@pytest.mark.parametrize("numbers", seeds(20_000, 20), ids="from {0.start}".format)
@pytest.mark.parametrize("kind", ["expressions", "intrinsics", "paths", "states"])
def test_one_state(kept_client, kind, numbers):
    """TestState of any expression, function, path or state succeeds, or fails as on AWS."""
    with mock_sfn_executions(execute=True) as sfn:
        sfn.mock_lambda("echo", echo)
        for random in cases(kind, numbers):
            if kind == "expressions":
                made = {"Type": "Pass", "QueryLanguage": "JSONata", "Output": f"{{% {expression(random)} %}}"}
            elif kind == "intrinsics":
                made = {"Type": "Pass", "Parameters": {"x.$": intrinsic(random)}}
            elif kind == "paths":
                field = random.choice(["InputPath", "OutputPath", "ResultPath"])
                made = {"Type": "Pass", field: path(random), "Parameters": {"x.$": path(random)}}
            else:
                made = state(random, random.random() < 0.5, "B")
            ended = made if {"Next", "End"} & set(made) or kind == "states" else {**made, "End": True}
            _check_tested(
                refused(kept_client.test_state, definition=json.dumps(ended), roleArn=ROLE, input=json.dumps(INPUT))
            )
