"""Unusual definitions: deeply nested, very large, or with values of wrong types."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asl_diagnosed import DISTRIBUTED_MAP, PASS, diagnose, machine


def nested_states(kind: str, levels: int, inner: dict[str, Any]) -> dict[str, Any]:
    """Return a state with nested states."""
    for level in range(levels):
        workflow = {"StartAt": f"N{level}", "States": {f"N{level}": inner}}
        part = {"ItemProcessor": workflow} if kind == "Map" else {"Branches": [workflow]}
        inner = {"Type": kind, "End": True, **part}
    return inner


def nested_rules(levels: int, inner: dict[str, Any]) -> dict[str, Any]:
    """Return a Choice with nested rules."""
    for level in range(levels):
        inner = {"Not": inner} if level % 2 else {"Or": [inner]}
    return {"Type": "Choice", "Choices": [{**inner, "Next": "End"}]}


def nested_values(levels: int, inner: object) -> dict[str, Any]:
    """Return a template nested twice as many levels deep."""
    for _ in range(levels):
        inner = {"a": [inner]}
    return {"a": inner}


@pytest.mark.parametrize("kind", ["Map", "Parallel"])
def test_nested_states(kind: str) -> None:
    """Workflows may be nested fifty levels deep, including the machine; a fault at any level is found."""
    assert diagnose(machine(nested_states(kind, 49, PASS))) == []
    (found,) = diagnose(machine(nested_states(kind, 49, {**PASS, "Foo": 1})))
    (deeper,) = diagnose(machine(nested_states(kind, 50, PASS)))

    assert found.message == "Field 'Foo' is not supported"
    assert str(found.location).count("/States/") == 50
    assert (deeper.code, deeper.message) == (
        "TOO_DEEPLY_NESTED",
        "Workflows and rules are nested more than 50 levels deep",
    )
    assert str(deeper.location).count("/States/") == 50


def test_nested_rules() -> None:
    """Rules may be nested fifty levels deep; the machine and the outermost rule count as one level."""
    assert diagnose(machine(nested_rules(49, {"Variable": "$.a", "IsNull": True}))) == []
    (found,) = diagnose(machine(nested_rules(49, {"Variable": "$.a", "IsNull": 5})))
    (deeper,) = diagnose(machine(nested_rules(50, {"Variable": "$.a", "IsNull": True})))

    assert (found.message, str(found.location).count("/Not")) == ("Expected value of type [BOOLEAN]", 24)
    assert (deeper.code, str(deeper.location).count("/Not")) == ("TOO_DEEPLY_NESTED", 25)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(nested_states("Map", 100, PASS), id="map"),
        pytest.param(nested_states("Parallel", 100, PASS), id="parallel"),
        pytest.param(nested_rules(200, {"Variable": "$.a", "IsNull": True}), id="rules"),
    ],
)
def test_nested_far_too_deep(state: dict[str, Any]) -> None:
    """A definition that is nested far deeper is refused as a whole."""
    assert [(found.code, found.location) for found in diagnose(machine(state))] == [("TOO_DEEPLY_NESTED", None)]


def test_nested_values() -> None:
    """A fault in a deeply nested template is found, in both query languages."""
    template = nested_values(120, {"b.$": "x"})
    (found,) = diagnose(machine({**PASS, "Parameters": template}))
    (other,) = diagnose(machine({**PASS, "Output": nested_values(120, "{% 1 + %}")}, QueryLanguage="JSONata"))

    assert found.message.startswith("The value for the field 'b.$' must be")
    assert (other.message, str(other.location).count("/a[0]")) == ("Unexpected end of expression", 120)


def test_many_states() -> None:
    """A large definition whose states form a circle is checked."""
    count = 12_000
    states = {f"S{index}": {"Type": "Pass", "Next": f"S{(index + 1) % count}"} for index in range(count)}
    text = json.dumps({"StartAt": "S0", "States": states})

    assert 500_000 < len(text) < 1_048_576
    assert [found.code for found in diagnose(text)] == ["MISSING_END_STATE"]


def test_many_faults() -> None:
    """At most a thousand diagnostics are returned."""
    states = {f"S{index}": {**PASS, "Foo": 1} for index in range(2000)}

    assert len(diagnose({"StartAt": "S0", "States": states})) == 1000


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
    """For any JSON value in any field the result is a list of diagnostics, not an exception."""
    for kind in ("Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map"):
        for field in FIELDS:
            state = {**DISTRIBUTED_MAP, "Type": kind, field: value}
            for found in diagnose(machine(state, QueryLanguage=language)):
                assert found.location is None or found.location.startswith("/States/S")
    for field in ("StartAt", "States", "Comment", "Version", "TimeoutSeconds", "QueryLanguage"):
        for found in diagnose({**machine(PASS), field: value}):
            assert found.location is None or found.location.startswith((f"/{field}", "/States", "/StartAt"))
