"""The tree of a definition, and the errors about invalid definitions."""

import json
from typing import Any

import pytest

from sfn_mock.asl.definition import parse_definition, parse_state
from sfn_mock.asl.nodes import ABSENT, Comparison, Conjunction, Disjunction, MapState, Negation, Retrier, TaskState

PASS = {"Type": "Pass", "End": True}


def machine(state: Any, **more: Any) -> str:
    """Return a definition of one state."""
    return json.dumps({"StartAt": "S", "States": {"S": state}, **more})


def test_definition_has_the_fields_of_the_machine():
    """The tree has the first state, comment, timeout and query language."""
    parsed = parse_definition(machine(PASS, Comment="nightly", TimeoutSeconds=60, QueryLanguage="JSONata"))

    assert (parsed.start_at, parsed.comment, parsed.timeout_seconds, parsed.query_language) == (
        "S",
        "nightly",
        60,
        "JSONata",
    )
    assert parsed.states["S"].is_jsonata


@pytest.mark.parametrize(
    ("of_machine", "of_state", "expected"),
    [
        pytest.param({}, {}, "JSONPath", id="default"),
        pytest.param({"QueryLanguage": "JSONata"}, {}, "JSONata", id="of the machine"),
        pytest.param({"QueryLanguage": "JSONata"}, {"QueryLanguage": "JSONPath"}, "JSONPath", id="state's own"),
        pytest.param({}, {"QueryLanguage": "jsonpath"}, "JSONata", id="any other text is JSONata"),
    ],
)
def test_query_language_of_a_state(of_machine, of_state, expected):
    """The query language of a state is its own, else the machine's, else JSONPath."""
    parsed = parse_definition(machine({**PASS, **of_state}, **of_machine))

    assert parsed.states["S"].query_language == expected


def test_defaults_of_a_retrier():
    """By default a retrier retries three times, after one, two and four seconds."""
    state = parse_state("S", {"Type": "Task", "Resource": "r", "Retry": [{"ErrorEquals": ["E"]}]})

    assert state.retry == (Retrier(("E",), 1, 3, 2.0, None, False),)
    assert isinstance(state, TaskState)
    assert state.payload.parameters is ABSENT


def test_choice_rules_nest():
    """And, Or and Not contain other tests."""
    rule = {
        "And": [
            {"Or": [{"Variable": "$.a", "IsNull": True}]},
            {"Not": {"Comment": "no", "Variable": "$.b", "StringEquals": "x"}},
        ],
        "Next": "S",
    }
    state = parse_state("S", {"Type": "Choice", "Choices": [rule]})

    assert state.choices[0].test == Conjunction(  # type: ignore[attr-defined]
        (Disjunction((Comparison("$.a", "IsNull", True),)), Negation(Comparison("$.b", "StringEquals", "x")))
    )


def test_old_names_of_map_fields():
    """Iterator and Parameters are old names of ItemProcessor and ItemSelector."""
    inner = {"StartAt": "P", "States": {"P": PASS}}
    older = parse_state("S", {"Type": "Map", "Iterator": inner, "Parameters": {"a": 1}, "End": True})
    newer = parse_state("S", {"Type": "Map", "ItemProcessor": inner, "ItemSelector": {"a": 1}, "End": True})

    assert isinstance(older, MapState)
    assert isinstance(newer, MapState)
    assert (older.processor, older.item_selector) == (newer.processor, newer.item_selector)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("1", "/ must be an object, got 1", id="not an object"),
        pytest.param(
            json.dumps({"StartAt": ["x" * 200], "States": {}}),
            f'/StartAt must be a string, got ["{"x" * 98}',
            id="long value",
        ),
        pytest.param('{"States": {}}', "/StartAt must be a string, got nothing", id="no StartAt"),
        pytest.param('{"StartAt": "S"}', "/States must be an object, got nothing", id="no states"),
        pytest.param('{"StartAt": "S", "States": {}}', "/States/S must be a state, got nothing", id="missing state"),
        pytest.param(machine({}), "/States/S/Type must be a string, got nothing", id="no type"),
        pytest.param(
            machine({"Type": "Loop"}),
            "/States/S/Type must be one of Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map, got 'Loop'",
            id="unknown type",
        ),
        pytest.param(machine({**PASS, "InputPath": 3}), "/States/S/InputPath must be a string, got 3", id="text"),
        pytest.param(machine(PASS, TimeoutSeconds="x"), '/TimeoutSeconds must be a number, got "x"', id="number"),
        pytest.param(machine(PASS, TimeoutSeconds=True), "/TimeoutSeconds must be a number, got true", id="boolean"),
        pytest.param(
            machine({"Type": "Parallel", "Branches": {}, "End": True}),
            "/States/S/Branches must be an array, got {}",
            id="array",
        ),
        pytest.param(
            machine({"Type": "Task", "Resource": "r", "Retry": [{"ErrorEquals": "E"}]}),
            '/States/S/Retry[0]/ErrorEquals must be an array of strings, got "E"',
            id="array of strings",
        ),
        pytest.param(
            machine({"Type": "Task", "Resource": "r", "Retry": [{"ErrorEquals": [1]}]}),
            "/States/S/Retry[0]/ErrorEquals must be an array of strings, got [1]",
            id="array of numbers",
        ),
        pytest.param(
            machine({"Type": "Choice", "Choices": [{"Variable": "$.a", "Next": "S"}]}),
            "/States/S/Choices[0]/Variable must have an operator beside it, got nothing",
            id="no operator",
        ),
        pytest.param(
            machine({"Type": "Choice", "Choices": [{"Condition": "{% true %}", "Next": "X"}], "Default": "S"}),
            "/States/X must be a state, got nothing",
            id="missing state of a rule",
        ),
        pytest.param(
            machine({"Type": "Pass", "Next": "X"}), "/States/X must be a state, got nothing", id="missing next state"
        ),
        pytest.param(
            machine({"Type": "Task", "Resource": "r", "Catch": [{"ErrorEquals": ["E"], "Next": "X"}]}),
            "/States/X must be a state, got nothing",
            id="catch to a missing state",
        ),
    ],
)
def test_invalid_definition(text, message):
    """A ValueError names the wrong member and its valid values."""
    with pytest.raises(ValueError) as caught:
        parse_definition(text)

    assert str(caught.value) == message


def nested(depth: int, kind: str = "Parallel") -> Any:
    """Return a state of nested Parallel or Map states."""
    state: Any = PASS
    for _ in range(depth):
        inner = {"StartAt": "S", "States": {"S": state}}
        part = {"Branches": [inner]} if kind == "Parallel" else {"ItemProcessor": inner}
        state = {"Type": kind, **part, "End": True}
    return state


def deep_choice(depth: int, operator: str = "Not") -> Any:
    """Return a Choice state with a test of nested Not, And or Or."""
    test: Any = {"Variable": "$.a", "IsNull": True}
    for _ in range(depth):
        test = {operator: test if operator == "Not" else [test]}
    return {"Type": "Choice", "Choices": [{**test, "Next": "S"}]}


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(nested(49), id="states"),
        pytest.param(nested(49, "Map"), id="map states"),
        pytest.param(deep_choice(49), id="tests"),
        pytest.param(deep_choice(49, "And"), id="tests joined by And"),
        pytest.param(deep_choice(49, "Or"), id="tests joined by Or"),
    ],
)
def test_deepest_definition(state):
    """A definition may be nested 50 deep."""
    assert list(parse_definition(machine(state)).states) == ["S"]
    assert parse_state("S", state).name == "S"


@pytest.mark.parametrize("state", [pytest.param(nested(50), id="states"), pytest.param(deep_choice(50), id="tests")])
def test_depth_of_a_single_state(state):
    """A single state may be nested as deep as one in a definition."""
    with pytest.raises(ValueError, match=r"^definition must be nested at most 50 deep$"):
        parse_state("S", state)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(machine(nested(50)), id="states"),
        pytest.param(machine(nested(50, "Map")), id="map states"),
        pytest.param(machine(deep_choice(50)), id="tests"),
        pytest.param(machine(deep_choice(50, "And")), id="tests joined by And"),
        pytest.param(machine(deep_choice(50, "Or")), id="tests joined by Or"),
        pytest.param('{"States":' * 100_000, id="text"),
    ],
)
def test_depth_is_bounded(text):
    """A definition with states, tests or values that are nested too deeply is refused."""
    with pytest.raises(ValueError) as caught:
        parse_definition(text)

    assert str(caught.value) == "definition must be nested at most 50 deep"
