"""Rules of Choice states."""

from __future__ import annotations

from typing import Any

import pytest
from asl_diagnosed import messages

RULE = "/States/S/Choices[0]"
TEXTS = {"String": "m", "Numeric": 1.5, "Timestamp": "2030-01-01T00:00:00Z"}
COMPARISONS = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
LITERALS = {
    **{f"{kind}{comparison}": value for kind, value in TEXTS.items() for comparison in COMPARISONS},
    "BooleanEquals": True,
    "StringMatches": "a*\\*",
    **{f"Is{kind}": False for kind in ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")},
}
PATHS = [f"{kind}{comparison}Path" for kind in TEXTS for comparison in COMPARISONS] + ["BooleanEqualsPath"]
SELECTORS = f"The object must have only one of the following fields, [And, Or, Not, Variable, Condition] at {RULE}"
TEST = {"Variable": "$.a", "IsPresent": True}
ALL_OPERATORS = (
    [f"{kind}{comparison}{path}" for kind in TEXTS for comparison in COMPARISONS for path in ("", "Path")]
    + ["BooleanEquals", "BooleanEqualsPath", "StringMatches"]
    + [f"Is{kind}" for kind in ("Null", "Present", "Numeric", "String", "Boolean", "Timestamp")]
)


def choose(rule: object, **top: Any) -> list[str]:
    """Return the messages about a Choice with one rule, and a Default that makes all states reachable."""
    return messages(
        {
            "StartAt": "S",
            "States": {"S": {"Type": "Choice", "Choices": [rule], "Default": "End"}, "End": {"Type": "Succeed"}},
            **top,
        }
    )


@pytest.mark.parametrize("operator", LITERALS)
def test_operator(operator: str) -> None:
    """An operator takes a literal of its type."""
    rule = {"Variable": "$.a", "Next": "End"}

    assert choose({**rule, operator: LITERALS[operator]}) == []
    assert choose({**rule, operator: {}})[0].startswith("Expected value of type [")
    assert choose({**rule, operator: {}})[0].endswith(f"] at {RULE}/{operator}")


@pytest.mark.parametrize("operator", PATHS)
def test_path_operator(operator: str) -> None:
    """An operator whose name ends in Path takes a Reference Path."""
    rule = {"Variable": "$.a", "Next": "End"}

    assert choose({**rule, operator: "$.b"}) == []
    assert choose({**rule, operator: "$$.Execution.Input.b"}) == []
    assert choose({**rule, operator: "b"}) == [
        f"Value is not a Reference Path: Reference path didn't start with '$' at {RULE}/{operator}"
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param({**TEST, "Next": "End"}, [], id="good"),
        pytest.param({**TEST, "Variable": "$", "Next": "End"}, [], id="dollar-alone"),
        pytest.param({**TEST, "Variable": "$$.Execution.Name", "Next": "End"}, [], id="context"),
        pytest.param({**TEST, "Comment": "c", "Assign": {"v.$": "$.a"}, "Next": "End"}, [], id="all-fields"),
        pytest.param(
            {"And": [TEST, {"Or": [TEST, {"Not": TEST}]}, {"And": [TEST], "Comment": "c"}], "Next": "End"},
            [],
            id="nested",
        ),
        pytest.param(5, ["Expected value of type [OBJECT] at /States/S/Choices[0]"], id="number"),
        pytest.param(TEST, [f"These fields are required: [Next] at {RULE}"], id="no-next"),
        pytest.param({"Next": "End"}, [SELECTORS], id="no-selector"),
        pytest.param({"StringEquals": "x", "Next": "End"}, [SELECTORS], id="no-variable"),
        pytest.param({**TEST, "Not": TEST, "Next": "End"}, [SELECTORS], id="two-selectors"),
        pytest.param(
            {"Variable": "$.a", "Next": "End"},
            [f"This object should have only one of the following fields: [{', '.join(ALL_OPERATORS)}] at {RULE}"],
            id="no-operator",
        ),
        pytest.param(
            {**TEST, "StringEquals": "x", "Next": "End"},
            [f"There should only be one of the following fields: [IsPresent, StringEquals] at {RULE}"],
            id="two-operators",
        ),
        pytest.param({**TEST, "Foo": 1, "Next": "End"}, [f"Field 'Foo' is not supported at {RULE}"], id="unknown"),
        pytest.param(
            {**TEST, "Variable": "Test", "Next": "End"},
            [f"Value is not a Reference Path: Reference path didn't start with '$' at {RULE}/Variable"],
            id="variable-without-dollar",
        ),
        pytest.param(
            {**TEST, "Variable": "$[Test]", "Next": "End"},
            [f"Value is not a Reference Path: '[' must be followed by ' or '[' at {RULE}/Variable"],
            id="variable-with-bare-bracket",
        ),
        pytest.param({"And": [], "Next": "End"}, [f"Value cannot be empty at {RULE}/And"], id="and-empty"),
        pytest.param({"Or": [], "Next": "End"}, [f"Value cannot be empty at {RULE}/Or"], id="or-empty"),
        pytest.param({"Or": {}, "Next": "End"}, [f"Expected value of type [ARRAY] at {RULE}/Or"], id="or-object"),
        pytest.param({"Not": [], "Next": "End"}, [f"Expected value of type [OBJECT] at {RULE}/Not"], id="not-array"),
        pytest.param(
            {"And": [TEST, {**TEST, "Next": "End"}], "Next": "End"},
            [f"Field 'Next' is not supported at {RULE}/And[1]"],
            id="next-within-and",
        ),
        pytest.param(
            {"Not": {**TEST, "Next": "End"}, "Next": "End"},
            [f"Field 'Next' is not supported at {RULE}/Not"],
            id="next-within-not",
        ),
        pytest.param(
            {"Not": TEST, "IsNull": True, "StringEquals": "x", "Next": "End"},
            [f"Field 'IsNull' is not supported at {RULE}", f"Field 'StringEquals' is not supported at {RULE}"],
            id="operators-of-a-combination",
        ),
        pytest.param(
            {"Or": [{"IsNull": True}], "Next": "End"},
            [f"The object must have only one of the following fields, [And, Or, Not, Variable] at {RULE}/Or[0]"],
            id="no-selector-within",
        ),
        pytest.param(
            {"Condition": True, "Next": "End"},
            [
                "The QueryLanguage is set to 'JSONPath', but field 'Condition' is only supported for the 'JSONata' "
                f"QueryLanguage at {RULE}"
            ],
            id="condition",
        ),
    ],
)
def test_rule(rule: object, expected: list[str]) -> None:
    """A rule has a test or a combination of tests; only the outermost rule has Next."""
    assert choose(rule) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param({"Condition": "{% $states.input.a > 1 %}", "Next": "End"}, [], id="expression"),
        pytest.param({"Condition": False, "Next": "End"}, [], id="literal"),
        pytest.param({"Condition": True, "Assign": {"v": 1}, "Output": "{% 1 %}", "Next": "End"}, [], id="all-fields"),
        pytest.param({"Next": "End"}, [SELECTORS], id="none"),
        pytest.param(
            {"Condition": "true", "Next": "End"}, [f"Expected value of type [BOOLEAN] at {RULE}/Condition"], id="text"
        ),
        pytest.param(
            {"Condition": "{% 1 + %}", "Next": "End"},
            [f"INVALID_JSONATA_EXPRESSION: Unexpected end of expression at {RULE}/Condition"],
            id="broken",
        ),
        pytest.param(
            {**TEST, "Next": "End"},
            [
                f"The QueryLanguage is set to 'JSONata', but field '{field}' is only supported for the 'JSONPath' "
                f"QueryLanguage at {RULE}"
                for field in TEST
            ],
            id="variable",
        ),
    ],
)
def test_jsonata_rule(rule: object, expected: list[str]) -> None:
    """In JSONata a rule has a Condition."""
    assert choose(rule, QueryLanguage="JSONata") == expected


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        pytest.param([], "Value cannot be empty", id="empty"),
        pytest.param({}, "Expected value of type [ARRAY]", id="object"),
    ],
)
def test_choices(choices: object, message: str) -> None:
    """A Choice has a list of at least one rule."""
    state = {"Type": "Choice", "Choices": choices, "Default": "End"}
    definition = {"StartAt": "S", "States": {"S": state, "End": {"Type": "Succeed"}}}

    assert messages(definition) == [f"{message} at /States/S/Choices"]
