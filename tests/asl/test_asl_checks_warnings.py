"""Warnings, which do not make a definition invalid."""

from __future__ import annotations

from typing import Any

import pytest
from asl_diagnosed import DISTRIBUTED_MAP, MAP, PASS, TASK, diagnose, machine

STATIC = ("PASS_RESULT_IS_STATIC", "The Result of a Pass state is static: a path in it is not evaluated")


def no_dollar(name: str) -> tuple[str, str]:
    """Return code and message about a member whose name should perhaps end with `.$`."""
    return (
        "NO_DOLLAR",
        f"The value of '{name}' looks like a path or an intrinsic function, but the name does not end with '.$'",
    )


def no_path(name: str) -> tuple[str, str]:
    """Return code and message about a field that should perhaps end with Path."""
    return ("NO_PATH", f"The value of '{name}' looks like a path, but the name does not end with 'Path'")


def choice(rule: dict[str, Any]) -> dict[str, Any]:
    """Return a Choice with one rule."""
    return {"Type": "Choice", "Choices": [{**rule, "Next": "End"}]}


@pytest.mark.parametrize(
    ("state", "warning", "place"),
    [
        pytest.param({**PASS, "Result": {"a.$": "$.x"}}, STATIC, "/Result", id="result"),
        pytest.param({**PASS, "Result": [{"a": "States.UUID()"}]}, STATIC, "/Result", id="result-call"),
        pytest.param({**PASS, "Parameters": {"a": "$.x"}}, no_dollar("a"), "/Parameters", id="parameters"),
        pytest.param({**PASS, "Parameters": {"a": {"b": ["$$.x"]}}}, no_dollar("b"), "/Parameters", id="within"),
        pytest.param({**TASK, "ResultSelector": {"a": "$"}}, no_dollar("a"), "/ResultSelector", id="selector"),
        pytest.param({**MAP, "ItemSelector": {"a": "States.UUID()"}}, no_dollar("a"), "/ItemSelector", id="items"),
        pytest.param({**PASS, "Assign": {"v": "$.x"}}, no_dollar("v"), "/Assign", id="assign"),
        pytest.param(
            {**DISTRIBUTED_MAP, "ItemBatcher": {"MaxItemsPerBatch": 1, "BatchInput": {"a": "$.x"}}},
            no_dollar("a"),
            "/ItemBatcher/BatchInput",
            id="batch",
        ),
        pytest.param(
            {**TASK, "Credentials": {"RoleArn": "$.role"}}, no_dollar("RoleArn"), "/Credentials", id="credentials"
        ),
        pytest.param(
            {**TASK, "Catch": [{"ErrorEquals": ["E"], "Next": "End", "Assign": {"v": "$.Cause"}}]},
            no_dollar("v"),
            "/Catch[0]/Assign",
            id="catcher",
        ),
        pytest.param(
            choice({"Variable": "$.a", "IsNull": True, "Assign": {"v": "$.x"}}),
            no_dollar("v"),
            "/Choices[0]/Assign",
            id="assign-of-rule",
        ),
        pytest.param({"Type": "Fail", "Error": "$.e"}, no_path("Error"), "/Error", id="error"),
        pytest.param({"Type": "Fail", "Cause": "States.Format('x')"}, no_path("Cause"), "/Cause", id="cause"),
        pytest.param(
            choice({"Variable": "$.a", "StringEquals": "$.b"}),
            no_path("StringEquals"),
            "/Choices[0]/StringEquals",
            id="rule",
        ),
        pytest.param(
            choice({"And": [{"Not": {"Variable": "$.a", "StringLessThan": "$.b"}}]}),
            no_path("StringLessThan"),
            "/Choices[0]/And[0]/Not/StringLessThan",
            id="nested-rule",
        ),
    ],
)
def test_warning(state: dict[str, Any], warning: tuple[str, str], place: str) -> None:
    """A text that looks like a path but is not one gets a warning at its field."""
    (found,) = diagnose(machine(state))

    assert (found.severity, found.code, found.message, found.location) == ("WARNING", *warning, f"/States/S{place}")


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({**PASS, "Result": {"a": "text", "b": 5, "c": ["$5.00", None]}}, id="result"),
        pytest.param({**PASS, "Parameters": {"a": "$HOME", "b": "States of matter", "c.$": "$.x"}}, id="parameters"),
        pytest.param({"Type": "Fail", "Error": "E", "Cause": "It costs $5"}, id="fail"),
        pytest.param(choice({"Variable": "$.a", "StringMatches": "$.*"}), id="pattern"),
        pytest.param(choice({"Variable": "$.a", "NumericEquals": 5}), id="number"),
        pytest.param({**PASS, "QueryLanguage": "JSONata", "Assign": {"v": "$.x"}}, id="jsonata"),
    ],
)
def test_no_warning(state: dict[str, Any]) -> None:
    """Other texts, and states in JSONata, have no warning."""
    assert diagnose(machine(state)) == []


def test_no_warning_in_jsonata() -> None:
    """A machine in JSONata has no payload templates, so it has no warnings."""
    state = {**PASS, "Assign": {"v": "$.x"}}
    branch = {"StartAt": "I", "States": {"I": state}}
    parallel = {"Type": "Parallel", "Branches": [branch], "End": True}

    assert diagnose(machine(state, QueryLanguage="JSONata")) == []
    assert diagnose(machine(parallel, QueryLanguage="JSONata")) == []


def test_warnings_come_last() -> None:
    """Warnings come after all errors."""
    found = diagnose(machine({**PASS, "Parameters": {"a": "$.x"}, "Foo": 1}))

    assert [fault.severity for fault in found] == ["ERROR", "WARNING"]


def test_wrong_types_give_no_warning() -> None:
    """Parts that are not objects have errors only."""
    found = diagnose(machine({**DISTRIBUTED_MAP, "ItemBatcher": "$.x"})) + diagnose(
        machine({"Type": "Choice", "Choices": 5})
    )
    found += diagnose(machine({"Type": "Choice", "Choices": ["$.x"]}))

    assert {fault.severity for fault in found} == {"ERROR"}
