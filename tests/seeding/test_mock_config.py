"""`load_mock_config`: mock configs of AWS Step Functions Local, and their mistakes."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest

NOW = datetime(2026, 1, 10, 3, tzinfo=timezone.utc)
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:charge"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.sfn_executions(execute=True)]


def config(responses=None, states=None):
    """A config of one case, with one mocked response."""
    return {
        "StateMachines": {"orders": {"TestCases": {"Happy": {"Charge": "Charged"} if states is None else states}}},
        "MockedResponses": {"Charged": {"0": {"Return": 1}} if responses is None else responses},
    }


def add(sfn, name="orders"):
    states = {
        "Hold": {"Type": "Wait", "Seconds": 1, "Next": "Charge"},
        "Charge": {"Type": "Task", "Resource": FUNCTION, "End": True},
    }
    return sfn.add_state_machine(name, definition=json.dumps({"StartAt": "Hold", "States": states}))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "MockConfigFile.json"


@pytest.mark.parametrize("kind", [pytest.param(str, id="text"), pytest.param(Path, id="path")])
def test_a_file(clock, client, sfn, path, kind):
    """The file of AWS Step Functions Local can be loaded unchanged."""
    path.write_text(json.dumps(config()), encoding="utf-8")
    orders = add(sfn)
    sfn.load_mock_config(kind(path))
    client.start_execution(stateMachineArn=f"{orders.arn}#Happy")
    clock.tick(2)

    assert orders.executions[0].output == "1"


def test_a_machine_that_comes_later(clock, client, sfn):
    """A config may name machines that are created later."""
    sfn.load_mock_config(config())
    orders = add(sfn)
    client.start_execution(stateMachineArn=f"{orders.arn}#Happy")
    clock.tick(2)

    assert orders.executions[0].output == "1"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        pytest.param(7, "source must be a path or a dict, got 7.", id="no source"),
        pytest.param({}, "mock config must have StateMachines, got [].", id="no machines"),
        pytest.param(
            {"StateMachine": {}},
            "Unknown key 'StateMachine' in mock config. Did you mean 'StateMachines'?",
            id="unknown key",
        ),
        pytest.param(
            {"StateMachines": []}, "StateMachines must be an object with strings for keys, got [].", id="list"
        ),
        pytest.param(
            {"StateMachines": {7: {}}},
            "StateMachines must be an object with strings for keys, got {7: {}}.",
            id="key that is not a string",
        ),
        pytest.param(
            {"StateMachines": {"orders": {}}},
            "StateMachines['orders'] must have TestCases, got [].",
            id="no cases",
        ),
        pytest.param(
            {"StateMachines": {"orders": {"TestCases": {"Happy": []}}}},
            "StateMachines['orders'].TestCases['Happy'] must be an object with strings for keys, got [].",
            id="case",
        ),
        pytest.param(
            config(states={"Charge": 7}),
            "StateMachines['orders'].TestCases['Happy']['Charge'] must be the name of a response, got 7.",
            id="name of a response",
        ),
        pytest.param(
            config(states={"Charge": "Chraged"}),
            "StateMachines['orders'].TestCases['Happy']['Charge'] must be a response of MockedResponses, got "
            "'Chraged'. Did you mean 'Charged'?",
            id="unknown response",
        ),
        pytest.param(
            config({}),
            "MockedResponses['Charged'] must have a response, such as {'0': {'Return': {}}}.",
            id="no response",
        ),
        pytest.param(
            config({"first": {"Return": 1}}),
            "MockedResponses['Charged'] must have keys such as '0' or '1-2', the numbers of invocations, got 'first'.",
            id="no number",
        ),
        pytest.param(
            config({"2-1": {"Return": 1}}),
            "MockedResponses['Charged'] must have keys such as '0' or '1-2', the numbers of invocations, got '2-1'.",
            id="range backwards",
        ),
        pytest.param(
            config({"0-2": {"Return": 1}, "2": {"Return": 2}}),
            "MockedResponses['Charged'] must have one response for each invocation, got two for number 2.",
            id="overlap",
        ),
        pytest.param(
            config({"0": {"Retrun": 1}}),
            "Unknown key 'Retrun' in MockedResponses['Charged']['0']. Did you mean 'Return'?",
            id="mistyped Return",
        ),
        pytest.param(
            config({"0": {}}),
            "MockedResponses['Charged']['0'] must have either Return or Throw, got [].",
            id="neither",
        ),
        pytest.param(
            config({"0": {"Return": 1, "Throw": {"Error": "E"}}}),
            "MockedResponses['Charged']['0'] must have either Return or Throw, got ['Return', 'Throw'].",
            id="both",
        ),
        pytest.param(
            config({"0": {"Throw": {"Cause": "c"}}}),
            "MockedResponses['Charged']['0'].Throw must have Error, got ['Cause'].",
            id="no error",
        ),
        pytest.param(
            config({"0": {"Throw": {"Error": "E", "Cause": 7}}}),
            "MockedResponses['Charged']['0'].Throw.Cause must be a string, got 7.",
            id="cause",
        ),
        pytest.param(
            config({"0": {"Throw": {"Error": "E" * 257}}}),
            "MockedResponses['Charged']['0'].Throw.Error must have at most 256 characters, got 257",
            id="long error",
        ),
        pytest.param(
            config({"0": {"Return": {1, 2}}}),
            "MockedResponses['Charged']['0'].Return must be a JSON value: Object of type set is not JSON serializable",
            id="no JSON value",
        ),
        pytest.param(
            config(states={"Chrage": "Charged"}),
            f"Test case 'Happy' of state machine 'orders': state must be a Task state of {MACHINE}, "
            "got 'Chrage'. Did you mean 'Charge'?",
            id="unknown state",
        ),
        pytest.param(
            config(states={"Hold": "Charged"}),
            f"Test case 'Happy' of state machine 'orders': state must be a Task state of {MACHINE}, "
            "got the Wait state 'Hold'.",
            id="no task",
        ),
    ],
)
def test_a_mistake(sfn, source, problem):
    """A mistake is a ValueError that names its position."""
    add(sfn)
    with pytest.raises(ValueError) as error:
        sfn.load_mock_config(source)

    assert str(error.value) == problem


def test_a_number_that_is_not_json(sfn):
    """NaN cannot be returned."""
    with pytest.raises(
        ValueError, match=r"^MockedResponses\['Charged'\]\['0'\]\.Return must be a JSON value: Out of range"
    ):
        sfn.load_mock_config(config({"0": {"Return": float("nan")}}))


def test_a_file_that_is_not_json(sfn, path):
    """The error names the file and the line."""
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError) as error:
        sfn.load_mock_config(path)

    assert str(error.value).startswith(f"cannot read mock config {str(path)!r} (Expecting property name")


def test_no_file(sfn, path):
    """A missing file is a FileNotFoundError."""
    with pytest.raises(FileNotFoundError):
        sfn.load_mock_config(path)


def test_a_mistake_stores_nothing(client, sfn):
    """After a mistake the cases of an earlier config still apply."""
    orders = add(sfn)
    sfn.load_mock_config(config())
    with pytest.raises(ValueError, match="got 'Pay'"):
        sfn.load_mock_config(config(states={"Pay": "Charged"}))

    assert client.start_execution(stateMachineArn=f"{orders.arn}#Happy")["executionArn"] == orders.executions[0].arn


@pytest.mark.sfn_executions(execute=False)
def test_a_mock_that_runs_nothing(sfn):
    """load_mock_config needs a mock that runs definitions."""
    with pytest.raises(
        ValueError, match=r"^cannot use load_mock_config\(\): this mock does not run definitions; use mock_sfn"
    ):
        sfn.load_mock_config(config())
