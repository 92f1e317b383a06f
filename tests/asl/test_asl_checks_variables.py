"""The scopes of variables."""

from __future__ import annotations

from typing import Any

import pytest
from asl_diagnosed import machine, messages

PLACE = "/States/S/Branches[0]/States/Inner"


def inner(**fields: Any) -> dict[str, Any]:
    """Return a workflow of one state."""
    return {"StartAt": "Inner", "States": {"Inner": {"Type": "Pass", "End": True, **fields}}}


def parallel(branch: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a Parallel state with one branch."""
    return {"Type": "Parallel", "Branches": [branch], "End": True, **fields}


def taken(name: str, place: str) -> str:
    """Return the message about a name that an outer scope has."""
    return (
        f"INVALID_VARIABLE_NAME: Invalid variable name '{name}': a variable of an outer scope has this name. at {place}"
    )


CATCH = [{"ErrorEquals": ["E"], "Next": "End", "Assign": {"v.$": "$.Cause"}}]
CHOICE = {
    "StartAt": "Inner",
    "States": {
        "Inner": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.a", "IsNull": True, "Next": "Last", "Assign": {"v": 1}}],
        },
        "Last": {"Type": "Pass", "End": True},
    },
}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(parallel(inner(Assign={"v": 1}), Assign={"v": 2}), [taken("v", f"{PLACE}/Assign")], id="branch"),
        pytest.param(parallel(inner(Assign={"v.$": "$.a"}), Catch=CATCH), [taken("v", f"{PLACE}/Assign")], id="catch"),
        pytest.param(parallel(CHOICE, Assign={"v": 2}), [taken("v", f"{PLACE}/Choices[0]/Assign")], id="rule"),
        pytest.param(
            {"Type": "Map", "ItemProcessor": inner(Assign={"w": 1, "v": 1}), "End": True, "Assign": {"v": 2}},
            [taken("v", "/States/S/ItemProcessor/States/Inner/Assign")],
            id="map",
        ),
        pytest.param(
            parallel({"StartAt": "Middle", "States": {"Middle": parallel(inner(Assign={"v": 1}))}}, Assign={"v": 2}),
            [taken("v", "/States/S/Branches[0]/States/Middle/Branches[0]/States/Inner/Assign")],
            id="two-levels",
        ),
        pytest.param(parallel(inner(Assign={"w": 1}), Assign={"v": 2}), [], id="other-name"),
        pytest.param(
            {
                "Type": "Parallel",
                "Branches": [
                    inner(Assign={"v": 1}),
                    {"StartAt": "X", "States": {"X": {"Type": "Pass", "Assign": {"v": 1}, "End": True}}},
                ],
                "End": True,
            },
            [],
            id="branches-beside-each-other",
        ),
        pytest.param(
            {
                "Type": "Map",
                "ItemProcessor": {
                    **inner(Assign={"v": 1}),
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                },
                "End": True,
                "Assign": {"v": 2},
            },
            [],
            id="distributed-map",
        ),
    ],
)
def test_name_of_an_outer_scope(state: dict[str, Any], expected: list[str]) -> None:
    """A state of a branch or an inline Map must not assign a variable of an outer scope."""
    assert messages(machine(state)) == expected


def test_names_in_jsonata() -> None:
    """In JSONata the names of variables are used unchanged."""
    state = parallel(inner(Assign={"v": "{% 1 %}"}), Assign={"v": "{% $states.result %}"})

    assert messages(machine(state, QueryLanguage="JSONata")) == [taken("v", f"{PLACE}/Assign")]

    state = parallel(inner(Assign={"v.$": "{% 1 %}"}), Assign={"v": "{% $states.result %}"})
    reason = "the variable name contains invalid characters."

    assert messages(machine(state, QueryLanguage="JSONata")) == [
        f"INVALID_VARIABLE_NAME: Invalid variable name 'v.$': {reason} at {PLACE}/Assign"
    ]
