"""Retriers and catchers."""

from __future__ import annotations

from typing import Any

import pytest
from asl_diagnosed import MAP, PARALLEL, TASK, machine, messages

STATES = [pytest.param(TASK, id="task"), pytest.param(PARALLEL, id="parallel"), pytest.param(MAP, id="map")]
ALL_LAST = "States.ALL must appear alone and at end of list"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("retriers", "expected"),
    [
        pytest.param([], [], id="none"),
        pytest.param(
            [
                {
                    "Comment": "c",
                    "ErrorEquals": ["E", "States.Timeout"],
                    "IntervalSeconds": 2,
                    "MaxAttempts": 0,
                    "BackoffRate": 1.5,
                    "MaxDelaySeconds": 30,
                    "JitterStrategy": "FULL",
                },
                {"ErrorEquals": ["States.ALL"], "JitterStrategy": "NONE"},
            ],
            [],
            id="all-fields",
        ),
        pytest.param([{}], ["These fields are required: [ErrorEquals] at /States/S/Retry[0]"], id="no-errors"),
        pytest.param([5], ["Expected value of type [OBJECT] at /States/S/Retry[0]"], id="number"),
        pytest.param(
            [{"ErrorEquals": []}], ["Value cannot be empty at /States/S/Retry[0]/ErrorEquals"], id="errors-empty"
        ),
        pytest.param(
            [{"ErrorEquals": "E"}],
            ["Expected value of type [ARRAY] at /States/S/Retry[0]/ErrorEquals"],
            id="errors-text",
        ),
        pytest.param(
            [{"ErrorEquals": [5]}],
            ["Expected value of type [STRING] at /States/S/Retry[0]/ErrorEquals[0]"],
            id="error-number",
        ),
        pytest.param(
            [{"ErrorEquals": ["E"], "Next": "S"}], ["Field 'Next' is not supported at /States/S/Retry[0]"], id="unknown"
        ),
        pytest.param(
            [{"ErrorEquals": ["E"], "JitterStrategy": "SOME"}],
            ["Value should be one of the following: [NONE, FULL] at /States/S/Retry[0]/JitterStrategy"],
            id="jitter",
        ),
        pytest.param(
            [{"ErrorEquals": ["E", "States.ALL"]}],
            [f"{ALL_LAST} at /States/S/Retry[0]/ErrorEquals[1]"],
            id="all-not-alone",
        ),
        pytest.param(
            [{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["E"]}],
            [f"{ALL_LAST} at /States/S/Retry[0]/ErrorEquals[0]"],
            id="all-not-last",
        ),
    ],
)
def test_retry(state: dict[str, Any], retriers: list[Any], expected: list[str]) -> None:
    """A retrier names errors, States.ALL only alone in the last one, and its numbers have ranges."""
    assert messages(machine({**state, "Retry": retriers})) == expected


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("catchers", "expected"),
    [
        pytest.param(
            [{"Comment": "c", "ErrorEquals": ["E"], "Next": "S", "ResultPath": "$.e", "Assign": {"v.$": "$.Cause"}}],
            [],
            id="all-fields",
        ),
        pytest.param([{"ErrorEquals": ["States.ALL"], "Next": "S", "ResultPath": None}], [], id="result-dropped"),
        pytest.param([{}], ["These fields are required: [ErrorEquals, Next] at /States/S/Catch[0]"], id="empty"),
        pytest.param(
            [{"ErrorEquals": [], "Next": "S"}],
            ["Value cannot be empty at /States/S/Catch[0]/ErrorEquals"],
            id="errors-empty",
        ),
        pytest.param(
            [{"ErrorEquals": ["E"], "Next": "S", "ResultPath": "e"}],
            ["Value is not a Reference Path: Reference path didn't start with '$' at /States/S/Catch[0]/ResultPath"],
            id="result-path",
        ),
        pytest.param(
            [{"ErrorEquals": ["E"], "Next": "S", "Output": 1}],
            [
                "The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' "
                "QueryLanguage at /States/S/Catch[0]"
            ],
            id="output",
        ),
        pytest.param(
            [{"ErrorEquals": ["States.ALL"], "Next": "S"}, {"ErrorEquals": ["E"], "Next": "S"}],
            [f"{ALL_LAST} at /States/S/Catch[0]/ErrorEquals[0]"],
            id="all-not-last",
        ),
        pytest.param(
            [{"ErrorEquals": ["E"], "Next": "Ghost"}],
            ["MISSING_TRANSITION_TARGET: Missing 'Next' target: Ghost at /States/S/Catch[0]/Next"],
            id="no-such-state",
        ),
    ],
)
def test_catch(state: dict[str, Any], catchers: list[Any], expected: list[str]) -> None:
    """A catcher names errors and a next state."""
    assert messages(machine({**state, "Catch": catchers})) == expected
