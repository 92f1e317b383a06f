"""Check the rules of Choice states."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.checks.diagnostics import Check, Checks, Scope, error
from sfn_mock.asl.checks.paths import reference_path
from sfn_mock.asl.checks.shapes import Field, Group, Shape, nested, shaped
from sfn_mock.asl.checks.templates import assignments, template
from sfn_mock.asl.checks.values import boolean, each, joined, number, or_expression, string, timestamp

_TYPES: dict[str, Check] = {"String": string, "Numeric": number, "Timestamp": timestamp}
_COMPARISONS = ("Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals")
_COMBINATIONS = ("And", "Or", "Not")
_PATH = Field(reference_path(context=True), "JSONPath")


def _operators() -> dict[str, Field]:
    """Return the comparison operators of a rule with a Variable, by name."""
    operators = {}
    for kind, check in _TYPES.items():
        for comparison in _COMPARISONS:
            operators[f"{kind}{comparison}"] = Field(check, "JSONPath")
            operators[f"{kind}{comparison}Path"] = _PATH
    operators |= {
        "BooleanEquals": Field(boolean, "JSONPath"),
        "BooleanEqualsPath": _PATH,
        "StringMatches": Field(string, "JSONPath"),
    }
    tests = ("IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp")
    return operators | {name: Field(boolean, "JSONPath") for name in tests}


OPERATORS = _operators()


def _condition(value: Any, location: str, scope: Scope) -> Checks:
    if isinstance(value, bool):
        return
    yield or_expression(boolean)(value, location, scope)


def _nested(value: Any, location: str, scope: Scope) -> Checks:
    # _NESTED refers to this function, so it is looked up only when a rule is checked.
    yield nested(_NESTED)(value, location, scope)


def _operator(value: dict[str, Any], location: str, scope: Scope) -> Checks:
    """Check that a rule with a Variable has exactly one comparison operator, and a combination of rules has none."""
    found = [name for name in value if name in OPERATORS]
    if "Variable" in value:
        if len(found) != 1:
            group = Group(tuple(found or OPERATORS))
            yield error(f"{group.several if found else group.none}{joined(group.names)}", location)
    elif value.keys() & set(_COMBINATIONS):
        for name in found:
            yield error(f"Field '{name}' is not supported", location)


_SELECTOR = Group(
    (*_COMBINATIONS, "Variable", "Condition"),
    needed=True,
    none="The object must have only one of the following fields, ",
    several="The object must have only one of the following fields, ",
)
_FIELDS = {
    "Variable": Field(reference_path(context=True), "JSONPath"),
    "And": Field(each(_nested, needed=True), "JSONPath"),
    "Or": Field(each(_nested, needed=True), "JSONPath"),
    "Not": Field(_nested, "JSONPath"),
    "Comment": Field(string),
    **OPERATORS,
}
_NESTED = Shape(
    _FIELDS, groups=(Group(_SELECTOR.names[:4], True, _SELECTOR.none, _SELECTOR.several),), rules=(_operator,)
)
_TOP = Shape(
    {
        **_FIELDS,
        "Condition": Field(_condition, "JSONata"),
        "Next": Field(string),
        "Assign": Field(assignments),
        "Output": Field(template, "JSONata"),
    },
    required=("Next",),
    groups=(_SELECTOR,),
    rules=(_operator,),
)


def choice_rule(value: Any, location: str, scope: Scope) -> Checks:
    """Check one of the Choices of a state."""
    yield shaped(_TOP)(value, location, scope)
