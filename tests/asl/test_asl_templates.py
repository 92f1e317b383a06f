"""Payload templates."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.intrinsics import Intrinsic, IntrinsicSyntaxError
from sfn_mock.asl.paths import Path, PathSyntaxError
from sfn_mock.asl.templates import describe_missing, evaluate_template, find_paths, parse_field
from sfn_mock.asl.texts import hash_order, json_text

INPUT: dict[str, Any] = {"id": 7, "tags": [{"n": 1}, {"n": 2}], "none": None}


@pytest.mark.parametrize(
    ("template", "result"),
    [
        pytest.param({"a": 1, "b": [None, "$.id"], "c": {}}, {"a": 1, "b": [None, "$.id"], "c": {}}, id="static"),
        pytest.param({"x.$": "$.id"}, {"x": 7}, id="path"),
        pytest.param({"x.$": "$"}, {"x": INPUT}, id="whole-input"),
        pytest.param({"x.$": "$.none"}, {"x": None}, id="null"),
        pytest.param({"x.$": "$$.State.Name"}, {"x": "S"}, id="context"),
        pytest.param({"x.$": "$v.w"}, {"x": "variable"}, id="variable"),
        pytest.param({"x.$": "$.tags[*].n"}, {"x": [1, 2]}, id="several-values"),
        pytest.param({"x.$": "$.gone[*].n"}, {"x": []}, id="no-values"),
        pytest.param({"x.$": "States.Format('{}-{}', $.id, $$.State.Name)"}, {"x": "7-S"}, id="call"),
        pytest.param({"a": {"b": {"c.$": "$.id"}}}, {"a": {"b": {"c": 7}}}, id="nested"),
        pytest.param({"a": [{"b.$": "$.id"}, [{"c.$": "$.id"}]]}, {"a": [{"b": 7}, [{"c": 7}]]}, id="in-arrays"),
        pytest.param([{"b.$": "$.id"}], [{"b": 7}], id="array"),
        pytest.param("$.id", "$.id", id="string"),
        pytest.param({".$": "$.id"}, {"": 7}, id="empty-name"),
        pytest.param({"x": 1, "x.$": "$.id"}, {"x": 7}, id="same-name-twice"),
    ],
)
def test_dynamic_members_are_replaced(template: Any, result: Any) -> None:
    """Members that end in `.$` take the value of their path or call, at any depth; others stay."""
    value = evaluate_template(
        template, INPUT, context={"State": {"Name": "S"}}, variables={"v": {"w": "variable"}}, randomness=Random(1)
    )

    assert value == result


def test_dynamic_members_come_after_static_ones() -> None:
    """Static members keep their order; dynamic ones follow in the order of their hash codes."""
    template = {"Question.$": "$.id", "late": 1, "Answer.$": "$.id", "early": {"Key.$": "$.id", "Bucket.$": "$.id"}}

    value = evaluate_template(template, INPUT, randomness=Random(1))

    assert json_text(value) == '{"late":1,"early":{"Bucket":7,"Key":7},"Answer":7,"Question":7}'


@pytest.mark.parametrize(
    ("names", "order"),
    [
        pytest.param(["b", "a"], ["a", "b"], id="letters"),
        pytest.param(["Name", "SecretString"], ["SecretString", "Name"], id="words"),
        pytest.param(["BB", "Aa"], ["BB", "Aa"], id="same-hash-codes-stay"),
        pytest.param(["a", "\uac00"], ["\uac00", "a"], id="two-bytes"),
        pytest.param(["é", "\U0001f600", "z"], ["\U0001f600", "é", "z"], id="code-units"),
        pytest.param(
            [str(number) for number in range(12)],
            ["0", "11", *map(str, range(1, 10)), "10"],
            id="twelve-in-the-smallest-table",
        ),
        pytest.param(
            [str(number) for number in range(13)],
            ["11", "12", *map(str, range(10)), "10"],
            id="thirteen-in-a-larger-table",
        ),
    ],
)
def test_names_are_ordered_as_in_a_hash_map(names: list[str], order: list[str]) -> None:
    """Names come in the order of their hash codes' buckets; the table grows with their number."""
    assert hash_order(names) == order


@pytest.mark.parametrize(
    ("template", "cause"),
    [
        pytest.param(
            {"a": {"x.$": "$.gone"}},
            "The JSONPath '$.gone' specified for the field 'x.$' could not be found in the input '{\"id\":7}'",
            id="path",
        ),
        pytest.param(
            [{"x.$": "$$.gone.y"}],
            "The JSONPath '$$.gone.y' specified for the field 'x.$' could not be found in the input '{\"id\":7}'",
            id="context",
        ),
        pytest.param(
            {"x.$": "States.Array($v)"},
            "The function 'States.Array($v)' had the following error: "
            "The JsonPath argument for the field '$v' could not be found in the input '{\"id\":7}'",
            id="argument",
        ),
    ],
)
def test_path_without_a_value_fails(template: Any, cause: str) -> None:
    """A path that leads to nothing fails the state with States.Runtime, and names the field and the input."""
    with pytest.raises(StateError) as raised:
        evaluate_template(template, {"id": 7}, randomness=Random(1))

    assert (raised.value.error, raised.value.cause) == ("States.Runtime", cause)


def test_sentence_about_a_missing_value() -> None:
    """The sentence names the path, the field and the input as compact JSON."""
    assert describe_missing("$.e", "ErrorPath", {"a": [1, 2.0]}) == (
        "The JSONPath '$.e' specified for the field 'ErrorPath' could not be found in the input '{\"a\":[1,2.0]}'"
    )


def test_randomness_is_passed_on() -> None:
    """Calls in templates take their randomness from the source that the caller passes."""
    template = {"a.$": "States.UUID()", "b": {"c.$": "States.UUID()"}, "d": [{"e.$": "States.UUID()"}]}

    first, second = (evaluate_template(template, {}, randomness=Random(3)) for _ in range(2))

    assert first == second
    assert len({first["a"], first["b"]["c"], first["d"][0]["e"]}) == 3


def test_paths_of_a_template_are_found() -> None:
    """All paths of a template are found, including those in arguments."""
    template = {"a.$": "$v", "b": [{"c.$": "States.Array($w.x, $.y)"}, "$.z"], "d": "$.e"}

    assert [path.text for path in find_paths(template)] == ["$v", "$w.x", "$.y"]


def test_field_is_a_path_or_a_call() -> None:
    """A text that starts with a dollar sign is a path; anything else must be a call."""
    assert isinstance(parse_field("$.a"), Path)
    assert isinstance(parse_field("States.UUID()"), Intrinsic)
    with pytest.raises(PathSyntaxError):
        parse_field("$.")
    with pytest.raises(IntrinsicSyntaxError):
        parse_field("Test")
