"""Paths, payload templates, variables and expressions in fields."""

from __future__ import annotations

from typing import Any

import pytest
from asl_diagnosed import (
    DISTRIBUTED_MAP,
    FUNCTION,
    MAP,
    PARALLEL,
    PASS,
    REQUIRED_OF_TYPES,
    TASK,
    machine,
    messages,
)

PATH_FIELDS = [
    pytest.param(PASS, "InputPath", id="input"),
    pytest.param(PASS, "OutputPath", id="output"),
    pytest.param(MAP, "ItemsPath", id="items"),
]
NUMBER_PATH_FIELDS = [
    pytest.param(TASK, "TimeoutSecondsPath", id="timeout"),
    pytest.param(TASK, "HeartbeatSecondsPath", id="heartbeat"),
    pytest.param({"Type": "Wait", "End": True}, "SecondsPath", id="seconds"),
    pytest.param(MAP, "MaxConcurrencyPath", id="concurrency"),
    pytest.param(MAP, "ToleratedFailureCountPath", id="failures"),
    pytest.param(MAP, "ToleratedFailurePercentagePath", id="percentage"),
]
NO_START = "Value is not a Reference Path: Reference path didn't start with '$'"
NO_DATA = "Value is not a Reference Path: Variables and the context object are not supported at /States/S/ResultPath"
BRACKET = "Value is not a Reference Path: '[' must be followed by ' or '['"


@pytest.mark.parametrize(("state", "field"), PATH_FIELDS)
def test_path(state: dict[str, Any], field: str) -> None:
    """A path field accepts only a JSONPath into the input, the context object or a variable."""
    for path in ("$", "$.a", "$$.Execution.Input.l", "$v", "$v.a", "$.a[*].b", "$.a[?(@.b > 1)]", "$['a']"):
        assert messages(machine({**state, field: path})) == []
    for text in ("Test", "", "a.b", "States.UUID()", "$.a[", "{% 1 %}"):
        assert messages(machine({**state, field: text})) == [f"Value must be a valid JSONPath. at /States/S/{field}"]


@pytest.mark.parametrize("field", ["InputPath", "OutputPath", "ResultPath"])
def test_null_path(field: str) -> None:
    """Input, output and result may be null."""
    assert messages(machine({**PASS, field: None})) == []


@pytest.mark.parametrize(("state", "field"), NUMBER_PATH_FIELDS)
def test_number_path(state: dict[str, Any], field: str) -> None:
    """A path to a number is a Reference Path, and cannot lead into the context object."""
    location = f"/States/S/{field}"
    for path in ("$.a", "$.a[0]", "$v"):
        assert messages(machine({**state, field: path})) == []
    assert messages(machine({**state, field: "a"})) == [f"{NO_START} at {location}"]
    assert messages(machine({**state, field: "$.a[*]"})) == [f"{BRACKET} at {location}"]
    assert messages(machine({**state, field: "$$.Execution.Input.n"})) == [
        f"Value is not a Reference Path: The context object is not supported at {location}"
    ]


def test_timestamp_path() -> None:
    """A path to a timestamp may lead into the context object."""
    state = {"Type": "Wait", "TimestampPath": "$$.Execution.StartTime", "End": True}

    assert messages(machine(state)) == []
    assert messages(machine({**state, "TimestampPath": "t"})) == [f"{NO_START} at /States/S/TimestampPath"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("$", [], id="whole"),
        pytest.param("$.a[0].b", [], id="element"),
        pytest.param("$['a b']", [], id="quoted"),
        pytest.param("a", [f"{NO_START} at /States/S/ResultPath"], id="no-dollar"),
        pytest.param("$.a[*]", [f"{BRACKET} at /States/S/ResultPath"], id="wildcard"),
        pytest.param(
            "$v",
            [NO_DATA],
            id="variable",
        ),
        pytest.param(
            "$$.a",
            [NO_DATA],
            id="context",
        ),
    ],
)
def test_result_path(path: str, expected: list[str]) -> None:
    """ResultPath is a Reference Path into the state's data."""
    assert messages(machine({**PASS, "ResultPath": path})) == expected


@pytest.mark.parametrize("field", ["ErrorPath", "CausePath"])
def test_text_path(field: str) -> None:
    """Error and cause may be a Reference Path or an intrinsic function."""

    def asked(text: str) -> list[str]:
        return messages(machine({"Type": "Fail", field: text}))

    for text in ("$.e", "$$.State.Name", "$v.e", "States.Format('{}', $.e)"):
        assert asked(text) == []
    assert asked("e") == [f"{NO_START} at /States/S/{field}"]
    assert asked("States.ArrayLength($.e)") == asked("States.Format('{}'")
    assert asked("States.Format('{}'") == [
        f"Value must be a valid JSONPath or a valid intrinsic function call at /States/S/{field}"
    ]


TEMPLATE_FIELDS = [
    pytest.param(PASS, ("Parameters",), id="parameters"),
    pytest.param(TASK, ("ResultSelector",), id="selector"),
    pytest.param(PASS, ("Assign",), id="assign"),
    pytest.param(MAP, ("ItemSelector",), id="item-selector"),
    pytest.param(DISTRIBUTED_MAP, ("ItemBatcher", "BatchInput"), id="batch-input"),
]


@pytest.mark.parametrize(("state", "place"), TEMPLATE_FIELDS)
def test_template(state: dict[str, Any], place: tuple[str, ...]) -> None:
    """A member whose name ends with `.$` has a path or a call; faults are at the whole template."""

    def asked(template: dict[str, Any]) -> list[str]:
        value: Any = template
        for name in reversed(place):
            value = {name: value}
        if place[0] == "ItemBatcher":
            value["ItemBatcher"]["MaxItemsPerBatch"] = 1
        return messages(machine({**state, **value}))

    assert asked({"a": {"b": 1, "b.$": "$.b"}}) == [
        f"The field 'b' must not be given twice: 'b.$' sets it, too at {'/'.join(('/States/S', *place))}"
    ]
    assert asked({"a.$": "$.b", "c": [1, {"d.$": "States.UUID()"}], "e": "text", "f": None}) == []
    for value in ("Test", "", "$.a[", "States.Format('{}'", "States.Unknown()", 5, None, ["$.a"], "{% 1 %}"):
        message = "The value for the field 'v.$' must be a valid JSONPath or a valid intrinsic function call"
        location = "/".join(("/States/S", *place))
        assert asked({"v.$": value}) == [f"{message} at {location}"]
        assert asked({"a": {"b": [{"v.$": value}]}}) == [f"{message} at {location}"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("a", [], id="letter"),
        pytest.param("größe_2", [], id="unicode"),
        pytest.param("a" * 80, [], id="longest"),
        pytest.param(
            "a-b",
            ["INVALID_VARIABLE_NAME: Invalid variable name 'a-b': the variable name contains invalid characters."],
            id="hyphen",
        ),
        pytest.param(
            "2a",
            ["INVALID_VARIABLE_NAME: Invalid variable name '2a': the variable name contains invalid characters."],
            id="digit-first",
        ),
        pytest.param(
            "a" * 81,
            [
                f"INVALID_VARIABLE_NAME: Invalid variable name '{'a' * 81}': the variable name exceeds the "
                "80-character limit."
            ],
            id="too-long",
        ),
        pytest.param(
            "states", ["RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'."], id="reserved"
        ),
    ],
)
def test_variable_name(name: str, expected: list[str]) -> None:
    """A variable's name is an identifier of at most 80 characters; in JSONPath `.$` is not part of it."""
    expected = [f"{message} at /States/S/Assign" for message in expected]

    assert messages(machine({**PASS, "Assign": {name: 1}})) == expected
    assert messages(machine({**PASS, "Assign": {f"{name}.$": "$.a"}})) == expected
    assert messages(machine({**PASS, "Assign": {name: "{% 1 %}"}}, QueryLanguage="JSONata")) == expected


def jsonata(state: dict[str, Any]) -> list[str]:
    """Return the messages about a state in JSONata."""
    return messages(machine(state, QueryLanguage="JSONata"))


CATCH = [{"ErrorEquals": ["E"], "Next": "End", "Output": "{% $states.errorOutput %}"}]
UNKNOWN_ERROR = "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.errorOutput' does not exist."
UNKNOWN_RESULT = "UNSUPPORTED_JSONATA_EXPRESSION: Field '$states.result' does not exist."
RESULT = "{% $states.result %}"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param({**PASS, "Output": "{% $states.input.a %}"}, [], id="good"),
        pytest.param({**PASS, "Output": "no expression %}"}, [], id="text"),
        pytest.param(
            {**PASS, "Output": {"a": ["{% 1 %}", {"b": "{% 1 + %}"}, 2]}},
            ["INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/S/Output/a[1]/b"],
            id="within",
        ),
        pytest.param(
            {**PASS, "Assign": {"v": "{% phone %}"}},
            [
                "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported. "
                "at /States/S/Assign/v"
            ],
            id="bare-name",
        ),
        pytest.param(
            {**PASS, "Output": "{% $states.input"},
            ["JSONata string must start with {% and end with %} at /States/S/Output"],
            id="no-end",
        ),
        pytest.param(
            {**PASS, "Output": "{%}"},
            ["JSONata string must start with {% and end with %} at /States/S/Output"],
            id="shared-percent",
        ),
        pytest.param(
            {**PASS, "Output": "{%%}"},
            ["INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/S/Output"],
            id="no-expression",
        ),
        pytest.param({**TASK, "Arguments": {"x": "{% $states.context.State.Name %}"}}, [], id="arguments"),
        pytest.param({**TASK, "Catch": CATCH}, [], id="error-output-of-catcher"),
        pytest.param(
            {**TASK, "Output": "{% $states.errorOutput %}"}, [f"{UNKNOWN_ERROR} at /States/S/Output"], id="error-output"
        ),
        *(
            pytest.param({**state, field: {"r": RESULT}}, [], id=f"result-in-{field}-of-{state['Type']}")
            for state in (TASK, MAP, PARALLEL)
            for field in ("Output", "Assign")
        ),
        *(
            pytest.param({**state, "Output": RESULT}, [f"{UNKNOWN_RESULT} at /States/S/Output"], id=f"result-of-{kind}")
            for kind, state in REQUIRED_OF_TYPES.items()
            if kind in ("Wait", "Pass", "Succeed")
        ),
        pytest.param(
            {**TASK, "Arguments": {"a": RESULT}},
            [f"{UNKNOWN_RESULT} at /States/S/Arguments/a"],
            id="result-in-arguments",
        ),
        pytest.param({**MAP, "Items": RESULT}, [f"{UNKNOWN_RESULT} at /States/S/Items"], id="result-in-items"),
        pytest.param(
            {**TASK, "Catch": [{"ErrorEquals": ["E"], "Next": "End", "Assign": {"v": RESULT}}]},
            [f"{UNKNOWN_RESULT} at /States/S/Catch[0]/Assign/v"],
            id="result-in-catcher",
        ),
        pytest.param({**MAP, "Items": [1, 2]}, [], id="items"),
        pytest.param({**MAP, "Items": {"a": "{% 1 %}"}}, [], id="items-object"),
        pytest.param({**MAP, "Items": 5}, ["Expected value of type [ARRAY] at /States/S/Items"], id="items-number"),
        pytest.param({**MAP, "Items": "{% [1..3] %}"}, [], id="items-expression"),
        pytest.param(
            {**MAP, "Items": "$.a"},
            ["JSONata string must start with {% and end with %} at /States/S/Items"],
            id="items-path",
        ),
        pytest.param({**MAP, "ItemSelector": "{% $states.context %}"}, [], id="item-selector"),
        pytest.param({**TASK, "Credentials": {"RoleArn": "{% $states.input.role %}"}}, [], id="role"),
        pytest.param({**TASK, "Credentials": "{% $states.input %}"}, [], id="credentials"),
        pytest.param(
            {**TASK, "Credentials": "role"},
            ["JSONata string must start with {% and end with %} at /States/S/Credentials"],
            id="credentials-text",
        ),
        pytest.param({**TASK, "Resource": FUNCTION, "Arguments": 5}, [], id="number"),
    ],
)
def test_expressions(state: dict[str, Any], expected: list[str]) -> None:
    """Each expression in a JSONata state is parsed; its faults have the location of the string."""
    assert jsonata(state) == expected
