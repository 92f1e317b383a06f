"""Recorded histories: read in each form, and refused with a clear error."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
from answers import unchecked_machine

DEFINITION = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}


def event(number, kind, **members):
    """Return an event that follows the one before it."""
    return {"id": number, "previousEventId": number - 1, "timestamp": 1768000000 + number, "type": kind, **members}


STARTED = event(1, "ExecutionStarted", executionStartedEventDetails={"input": "{}"})
ENTERED = event(2, "PassStateEntered", stateEnteredEventDetails={"name": "A", "input": "{}"}) | {"previousEventId": 0}
EXITED = event(3, "PassStateExited", stateExitedEventDetails={"name": "A", "output": "{}"})
SUCCEEDED = event(4, "ExecutionSucceeded", executionSucceededEventDetails={"output": "{}"})
EVENTS = [STARTED, ENTERED, EXITED, SUCCEEDED]


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(EVENTS, id="events"),
        pytest.param(tuple(reversed(EVENTS)), id="newest first"),
        pytest.param(iter(EVENTS), id="iterator"),
        pytest.param({"events": EVENTS}, id="answer"),
        pytest.param([{"events": EVENTS[:2]}, {"events": EVENTS[1:]}], id="pages with an event twice"),
        pytest.param([{"events": EVENTS[:2], "nextToken": "x"}, {"events": EVENTS[2:]}], id="pages with tokens"),
        pytest.param([{"events": EVENTS[2:]}, {"events": EVENTS[:2], "nextToken": "x"}], id="pages in another order"),
        pytest.param({"events": EVENTS, "nextToken": None}, id="answer with the token null"),
        pytest.param(json.dumps({"events": EVENTS}), id="JSON text of an answer"),
        pytest.param(json.dumps(EVENTS), id="JSON text of events"),
        pytest.param([{**given, "timestamp": float(given["timestamp"])} for given in EVENTS], id="CLI version 1"),
        pytest.param(
            [{**given, "timestamp": f"2026-01-09T23:06:4{given['id']}+00:00"} for given in EVENTS], id="CLI version 2"
        ),
        pytest.param(
            [
                {**given, "timestamp": datetime(2026, 1, 9, 23, 6, 40 + given["id"], tzinfo=timezone.utc)}
                for given in EVENTS
            ],
            id="boto3",
        ),
    ],
)
def test_forms(sfn, history):
    """A history can have each form of AWS's tools."""
    replay = sfn.replay(definition=DEFINITION, history=history)

    assert replay.differences == []
    assert replay.execution.start_date == datetime(2026, 1, 9, 23, 6, 41, tzinfo=timezone.utc)


@pytest.mark.parametrize("as_path", [pytest.param(str, id="text"), pytest.param(lambda path: path, id="Path")])
def test_file(sfn, tmp_path, as_path):
    """A path is that of a JSON file."""
    path = tmp_path / "history.json"
    path.write_text(json.dumps({"events": EVENTS}))

    assert sfn.replay(definition=DEFINITION, history=as_path(path)).differences == []


def test_definition_as_text(sfn):
    """A definition may be JSON text."""
    assert sfn.replay(definition=json.dumps(DEFINITION), history=EVENTS).differences == []


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        pytest.param(
            [*EVENTS, {**SUCCEEDED, "type": "ExecutionFailed"}],
            "history must be of one execution, got two different events with id 4.",
            id="two executions",
        ),
        pytest.param(
            [STARTED, {**ENTERED, "previousEventId": 2}],
            "history must have events that follow earlier events, got event 2 with previousEventId 2.",
            id="own predecessor",
        ),
        pytest.param(
            {"events": EVENTS[:2], "nextToken": "x"},
            "history must be complete, got no last page but a nextToken: read all pages.",
            id="first page",
        ),
        pytest.param(
            json.dumps({"events": EVENTS[:2], "NextToken": "x"}),
            "history must be complete, got no last page but a NextToken: read all pages.",
            id="JSON text of the CLI's --max-items",
        ),
        pytest.param(
            [{"events": EVENTS[:1], "nextToken": "x"}, {"events": EVENTS[1:3], "nextToken": "y"}],
            "history must be complete, got no last page but a nextToken: read all pages.",
            id="pages without the last",
        ),
        pytest.param("{", "history must be JSON, got '{': ", id="no JSON"),
        pytest.param("/", "history must be the path of a file that can be read, got '/': ", id="folder"),
        pytest.param({}, "history must have the member 'events', got [].", id="no events"),
        pytest.param({"events": 1}, "history must have a list as 'events', got 1.", id="events of a number"),
        pytest.param([1], "history must contain events only, got 1.", id="number for an event"),
        pytest.param(
            [{"id": 1}],
            "history must contain events with id, previousEventId and type, got {'id': 1}.",
            id="event without type",
        ),
        pytest.param(
            [{**STARTED, "executionStartedEventDetails": 1}],
            "history must have an object as the details of event 1, got 1.",
            id="details",
        ),
        pytest.param(
            [{**STARTED, "timestamp": None}],
            "history event 1 timestamp must be a datetime, ISO 8601 text or seconds since 1970, got None.",
            id="timestamp",
        ),
        pytest.param(
            [{**ENTERED, "id": 1}], "history must begin with ExecutionStarted, got PassStateEntered.", id="other start"
        ),
        pytest.param(
            [event(1, "ExecutionStarted")],
            "history must be read with includeExecutionData, got an ExecutionStarted without its input.",
            id="without data",
        ),
        pytest.param(
            [{**STARTED, "executionStartedEventDetails": {"input": "?"}}],
            "history input must be JSON, got '?': ",
            id="input",
        ),
    ],
)
def test_refused_history(sfn, history, reason):
    """A history that is incomplete, or of several executions, is a ValueError."""
    with pytest.raises(ValueError, match=r"^history ") as caught:
        sfn.replay(definition=DEFINITION, history=history)

    assert str(caught.value).startswith(reason)
    assert reason.endswith(": ") or str(caught.value) == reason


def test_missing_file(sfn, tmp_path):
    """A missing file is a FileNotFoundError with its absolute path, as for load and seed."""
    path = tmp_path / "none.json"
    with pytest.raises(FileNotFoundError) as missing:
        sfn.replay(definition=DEFINITION, history=path)

    assert str(missing.value) == (
        f"No file {str(path)!r}: history must be the path of a JSON file, or JSON text that starts with '{{' or '['."
    )


@pytest.mark.parametrize(
    ("children", "reason"),
    [
        pytest.param([], "children must be a dict from names of Map states to lists of histories, got [].", id="list"),
        pytest.param(
            {"A": []}, "children must name Map states that started a map run in history, got 'A'. ", id="other state"
        ),
    ],
)
def test_refused_children(sfn, children, reason):
    """Children must belong to Map states that started a map run."""
    with pytest.raises(ValueError, match=r"^children must ") as caught:
        sfn.replay(definition=DEFINITION, history=EVENTS, children=children)

    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    "given", [pytest.param(1, id="number"), pytest.param("x", id="text"), pytest.param({}, id="dict")]
)
def test_children_of_a_map_run(sfn, given):
    """The children of a map run are a list of histories."""
    details = {"mapRunArn": "arn:aws:states:us-east-1:123456789012:mapRun:m/Each:1"}
    events = [
        STARTED,
        event(2, "MapStateEntered", stateEnteredEventDetails={"name": "Each", "input": "{}"}) | {"previousEventId": 0},
        event(3, "MapStateStarted", mapStateStartedEventDetails={"length": 0}),
        event(4, "MapRunStarted", mapRunStartedEventDetails=details),
    ]
    with pytest.raises(ValueError, match=r"^children\['Each'\] must be a list of histories, got "):
        sfn.replay(definition=DEFINITION, history=events, children={"Each": given})


def test_definition_that_cannot_run(sfn):
    """The error names the machine whose definition cannot run."""
    orders = unchecked_machine(sfn, "{}")

    with pytest.raises(ValueError, match=r"^definition must be one that can run, got arn:aws:states:[\w:-]+:orders: "):
        orders.replay(EVENTS)
