"""The variables that each state of a definition refers to."""

from __future__ import annotations

import json

import pytest

from sfn_mock.asl.variable_references import variable_references

INNER = {"StartAt": "Inner", "States": {"Inner": {"Type": "Pass", "OutputPath": "$inner", "End": True}}}


@pytest.mark.parametrize(
    ("state", "names"),
    [
        pytest.param({"Type": "Pass"}, None, id="none"),
        pytest.param({"Type": "Pass", "InputPath": "$a.b", "OutputPath": None}, ["a"], id="path"),
        pytest.param({"Type": "Pass", "InputPath": "$$.Execution.Id", "OutputPath": "$.a"}, None, id="other roots"),
        pytest.param({"Type": "Pass", "Parameters": {"x": [{"y.$": "$b[0]"}], "z.$": "$a"}}, ["b", "a"], id="template"),
        pytest.param({"Type": "Pass", "Parameters": {"xPath": "$a"}}, None, id="text in a template"),
        pytest.param({"Type": "Pass", "Result": {"InputPath": "$a"}}, None, id="result"),
        pytest.param({"Type": "Pass", "Assign": {"x.$": "States.MathAdd($a, $b.c)"}}, ["a", "b"], id="intrinsic"),
        pytest.param({"Type": "Map", "ItemsPath": "States.Array($a)", "ItemProcessor": INNER}, ["a"], id="items"),
        pytest.param(
            {"Type": "Choice", "Choices": [{"And": [{"Variable": "$a", "NumericEqualsPath": "$b"}], "Next": "End"}]},
            ["a", "b"],
            id="choice",
        ),
        pytest.param(
            {"Type": "Task", "Catch": [{"Assign": {"x.$": "$a"}}], "TimeoutSecondsPath": "$b"}, ["a", "b"], id="catch"
        ),
        pytest.param(
            {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $b + $a + $sum([$b]) + $states.input %}"},
            ["b", "a"],
            id="JSONata",
        ),
    ],
)
def test_variables_of_a_state(state, names):
    """The variables in paths, templates, intrinsic functions and expressions are returned once each, in order."""
    definition = {"StartAt": "S", "States": {"S": {**state, "End": True}}}
    found = variable_references(json.dumps(definition))

    assert found.get("S") == names


def test_inner_states_have_their_own():
    """States of branches and processors have their own entries, read in their own query language."""
    parallel = {"Type": "Parallel", "Branches": [INNER], "Output": "{% $outer %}", "QueryLanguage": "JSONata"}
    definition = {"StartAt": "All", "States": {"All": {**parallel, "End": True}}}

    assert variable_references(json.dumps(definition)) == {"All": ["outer"], "Inner": ["inner"]}


def test_the_language_of_the_definition():
    """A state without a query language has that of the definition."""
    state = {"Type": "Pass", "Output": "{% $a %}", "End": True}

    assert variable_references(json.dumps({"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": state}})) == {
        "S": ["a"]
    }
