"""Definitions that nobody writes on purpose."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asl_diagnosed import DISTRIBUTED_MAP, PASS, diagnose, machine

from sfn_mock.asl.checks.definitions import MOST_DIAGNOSTICS


def nested_states(kind: str, inner: dict[str, Any]) -> dict[str, Any]:
    """Return a state within a hundred states."""
    for level in range(100):
        workflow = {"StartAt": f"N{level}", "States": {f"N{level}": inner}}
        part = {"ItemProcessor": workflow} if kind == "Map" else {"Branches": [workflow]}
        inner = {"Type": kind, "End": True, **part}
    return inner


def nested_rules(inner: dict[str, Any]) -> dict[str, Any]:
    """Return a Choice whose rule is nested two hundred times."""
    for level in range(200):
        inner = {"Not": inner} if level % 2 else {"Or": [inner]}
    return {"Type": "Choice", "Choices": [{**inner, "Next": "End"}]}


def nested_values(inner: object) -> dict[str, Any]:
    """Return a template nested four hundred times."""
    for _ in range(200):
        inner = {"a": [inner]}
    return {"a": inner}


@pytest.mark.parametrize("kind", ["Map", "Parallel"])
def test_nested_states(kind: str) -> None:
    """A fault is found within a hundred states."""
    assert diagnose(machine(nested_states(kind, PASS))) == []
    (found,) = diagnose(machine(nested_states(kind, {**PASS, "Foo": 1})))

    assert found.message == "Field 'Foo' is not supported"
    assert str(found.location).count("/States/") == 101


def test_nested_rules() -> None:
    """A fault is found within two hundred rules."""
    assert diagnose(machine(nested_rules({"Variable": "$.a", "IsNull": True}))) == []
    (found,) = diagnose(machine(nested_rules({"Variable": "$.a", "IsNull": 5})))

    assert (found.message, str(found.location).count("/Not")) == ("Expected value of type [BOOLEAN]", 100)


def test_nested_values() -> None:
    """A fault is found within a deeply nested template, in either query language."""
    template = nested_values({"b.$": "x"})
    (found,) = diagnose(machine({**PASS, "Parameters": template}))
    (other,) = diagnose(machine({**PASS, "Output": nested_values("{% 1 + %}")}, QueryLanguage="JSONata"))

    assert found.message.startswith("The value for the field 'b.$' must be")
    assert (other.message, str(other.location).count("/a[0]")) == ("Unexpected end of expression", 200)


def test_many_states() -> None:
    """A definition near the size limit, whose states go round in a circle, is checked."""
    count = 12_000
    states = {f"S{index}": {"Type": "Pass", "Next": f"S{(index + 1) % count}"} for index in range(count)}
    text = json.dumps({"StartAt": "S0", "States": states})

    assert 500_000 < len(text) < 1_048_576
    assert [found.code for found in diagnose(text)] == ["MISSING_END_STATE"]


def test_many_faults() -> None:
    """No more than a thousand diagnostics are given."""
    states = {f"S{index}": {**PASS, "Foo": 1} for index in range(2000)}

    assert len(diagnose({"StartAt": "S0", "States": states})) == MOST_DIAGNOSTICS


FIELDS = [
    "QueryLanguage",
    "Comment",
    "Type",
    "Next",
    "End",
    "InputPath",
    "OutputPath",
    "ResultPath",
    "ItemsPath",
    "Items",
    "ItemProcessor",
    "Iterator",
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "ItemSelector",
    "Label",
    "Retry",
    "Catch",
    "Assign",
    "Output",
    "Parameters",
    "Arguments",
    "Branches",
    "Choices",
    "Default",
    "Resource",
    "Credentials",
    "Seconds",
    "Timestamp",
    "SecondsPath",
    "TimestampPath",
    "Error",
    "Cause",
    "ErrorPath",
    "CausePath",
    "Result",
    "MaxConcurrency",
    "ToleratedFailurePercentage",
    "TimeoutSeconds",
    "HeartbeatSeconds",
]


@pytest.mark.parametrize("value", [None, True, 5, -1.5, "x", "$", "{% 1 %}", [], [5], {}, {"a": [None]}])
@pytest.mark.parametrize("language", ["JSONPath", "JSONata"])
def test_every_value_in_every_field(language: str, value: object) -> None:
    """Any JSON value may stand in any field; the answer is a list of diagnostics with locations, no exception."""
    for kind in ("Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map"):
        for field in FIELDS:
            state = {**DISTRIBUTED_MAP, "Type": kind, field: value}
            for found in diagnose(machine(state, QueryLanguage=language)):
                assert found.location is None or found.location.startswith("/States/S")
    for field in ("StartAt", "States", "Comment", "Version", "TimeoutSeconds", "QueryLanguage"):
        for found in diagnose({**machine(PASS), field: value}):
            assert found.location is None or found.location.startswith((f"/{field}", "/States", "/StartAt"))
