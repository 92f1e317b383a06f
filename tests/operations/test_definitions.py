"""ValidateStateMachineDefinition: AWS's diagnostics of a definition without a state machine."""

from __future__ import annotations

import json

import pytest
from answers import members, needs_member, refusal

NOW = "2026-01-10T12:00:00Z"

# Older versions of botocore know only the first form of these operations.
pytestmark = [pytest.mark.usefixtures("clock"), needs_member("TestState", "mock")]
ROLE = "arn:aws:iam::123456789012:role/orders"
PASS = {"Type": "Pass", "End": True}
WAITING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "Parameters": {"QueueUrl": "https://sqs/orders", "MessageBody.$": "$$.Task.Token"},
    "End": True,
}
SYNCING = {
    "Type": "Task",
    "Resource": "arn:aws:states:::states:startExecution.sync:2",
    "Parameters": {"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:orders"},
    "End": True,
}
NOT_AN_OBJECT = {
    "severity": "ERROR",
    "code": "SCHEMA_VALIDATION_FAILED",
    "message": "Definition must be a valid JSON object",
}
CUT_OFF = '[Source: (String)"{"StartAt": "Pack""; line: 1, column: 19]'


def workflow(**states) -> dict:
    return {"StartAt": next(iter(states)), "States": states}


def text(definition: object) -> str:
    return definition if isinstance(definition, str) else json.dumps(definition)


# --- ValidateStateMachineDefinition ------------------------------------------------------------------------------


def validate(client, definition, **arguments):
    return members(client.validate_state_machine_definition(definition=text(definition), **arguments))


def missing(fields: str) -> dict:
    return {
        "severity": "ERROR",
        "code": "SCHEMA_VALIDATION_FAILED",
        "message": f"These fields are required: [{fields}]",
        "location": "/",
    }


def cannot_wait(pattern: str, state: str) -> dict:
    # Only AWS's sentence about task tokens ends with a blank.
    blank = " " if pattern == ".waitForTaskToken" else ""
    return {
        "severity": "ERROR",
        "code": "SCHEMA_VALIDATION_FAILED",
        "message": f"Express state machine does not support '{pattern}' service integration{blank}",
        "location": f"/States/{state}/Resource",
    }


@pytest.mark.parametrize("type", ["STANDARD", "EXPRESS"])
def test_valid_definition(client, type):
    """A definition that CreateStateMachine accepts is OK, without diagnostics."""
    assert validate(client, workflow(Pack=PASS), type=type) == {"result": "OK", "diagnostics": [], "truncated": False}


@pytest.mark.parametrize(
    ("definition", "diagnostic"),
    [
        pytest.param('""', NOT_AN_OBJECT, id="recorded: the JSON of empty text"),
        pytest.param(" ", NOT_AN_OBJECT, id="blank"),
        pytest.param("[]", NOT_AN_OBJECT, id="another kind of JSON"),
        pytest.param(
            '{"StartAt": "Pack"',
            {
                "severity": "ERROR",
                "code": "INVALID_JSON_DESCRIPTION",
                "message": "Unexpected end-of-input: expected close marker for Object "
                f'(start marker at [Source: (String)"{{"StartAt": "Pack""; line: 1, column: 1])\n at {CUT_OFF}',
                "location": CUT_OFF,
            },
            id="cut off",
        ),
        pytest.param("{}", missing("States, StartAt"), id="empty object"),
        pytest.param({"States": {"Pack": PASS}}, missing("StartAt"), id="no StartAt"),
        pytest.param({"StartAt": "Pack"}, missing("States"), id="no States"),
    ],
)
def test_invalid_definition(client, definition, diagnostic):
    """A definition that CreateStateMachine refuses is FAIL, which is an answer and not an error."""
    assert validate(client, definition) == {"result": "FAIL", "diagnostics": [diagnostic], "truncated": False}


def test_validation_agrees_with_creation(client):
    """Code, message and location of the first diagnostic are the sentence of InvalidDefinition."""
    definition = text(workflow(Ask=WAITING))
    (fault,) = validate(client, definition, type="EXPRESS")["diagnostics"]

    assert refusal(client.create_state_machine, name="orders", definition=definition, roleArn=ROLE, type="EXPRESS") == (
        "InvalidDefinition",
        f"Invalid State Machine Definition: '{fault['code']}: {fault['message']} at {fault['location']}'",
    )


def test_type_decides(client):
    """A definition is checked as STANDARD unless the request says EXPRESS."""
    definition = workflow(Ask={**WAITING, "Next": "Nest"}, Nest=SYNCING)
    del definition["States"]["Ask"]["End"]

    assert validate(client, definition)["result"] == "OK"
    assert validate(client, definition, type="EXPRESS") == {
        "result": "FAIL",
        "diagnostics": [cannot_wait(".waitForTaskToken", "Ask"), cannot_wait(".sync", "Nest")],
        "truncated": False,
    }


@pytest.mark.parametrize(
    ("arguments", "shown", "truncated"),
    [
        pytest.param({}, 100, True, id="default"),
        pytest.param({"maxResults": 0}, 100, True, id="0 is the default"),
        pytest.param({"maxResults": 100}, 100, True, id="the most"),
        pytest.param({"maxResults": 1}, 1, True, id="fewer"),
    ],
)
@pytest.mark.parametrize("severity", ["ERROR", "WARNING"])
def test_diagnostics_are_truncated(client, arguments, shown, truncated, severity):
    """At most maxResults diagnostics are shown, with ``truncated`` if there are more."""
    branches = [workflow(**{f"Ask{index}": WAITING}) for index in range(101)]
    definition = workflow(All={"Type": "Parallel", "Branches": branches, "End": True})
    answer = validate(client, definition, type="EXPRESS", severity=severity, **arguments)

    assert answer["diagnostics"] == [
        cannot_wait(".waitForTaskToken", f"All/Branches[{index}]/States/Ask{index}") for index in range(shown)
    ]
    assert (answer["result"], answer["truncated"]) == ("FAIL", truncated)


def test_diagnostics_that_fit_are_not_truncated(client):
    """If there are exactly maxResults diagnostics, ``truncated`` is false."""
    assert validate(client, workflow(Ask=WAITING), type="EXPRESS", maxResults=1)["truncated"] is False


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        pytest.param({}, [], id="by default"),
        pytest.param({"severity": "ERROR"}, [], id="errors"),
        pytest.param({"severity": "WARNING"}, ["PASS_RESULT_IS_STATIC"], id="warnings"),
    ],
)
def test_warnings_need_a_severity(client, arguments, codes):
    """A definition with warnings is OK, and they are shown only with severity WARNING."""
    answer = validate(client, workflow(Pack={**PASS, "Result": "$.parcel"}), **arguments)

    assert (answer["result"], [found["code"] for found in answer["diagnostics"]]) == ("OK", codes)


def test_fault_without_a_location(client):
    """CreateStateMachine writes null for a diagnostic without a location."""
    endless = text(workflow(Pack={"Type": "Pass", "Next": "Pack"}))
    [found] = validate(client, workflow(Pack={"Type": "Pass", "Next": "Pack"}))["diagnostics"]

    assert "location" not in found
    assert refusal(client.create_state_machine, name="orders", definition=endless, roleArn=ROLE) == (
        "InvalidDefinition",
        "Invalid State Machine Definition: 'MISSING_END_STATE: Workflow has no terminal state at null'",
    )


def test_nothing_is_created(client):
    """ValidateStateMachineDefinition and TestState create no state machine."""
    validate(client, workflow(Pack=PASS))
    refusal(client.test_state, definition="{}")

    assert client.list_state_machines()["stateMachines"] == []
