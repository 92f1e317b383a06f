"""Pass, Succeed, Fail, Wait and Choice, in both query languages."""

import pytest
from engine_host import START, outline, result, seconds, single, start, types

HEAD = "An error occurred while executing the state 'S' (entered at the event id #2). "
JSONATA = {"QueryLanguage": "JSONata"}
LEADS = "Invalid path '$.no' : No results for path: $['no']"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param({}, {"a": {"b": 1}}, id="input"),
        pytest.param({"InputPath": "$.a"}, {"b": 1}, id="InputPath"),
        pytest.param({"InputPath": None}, {}, id="InputPath null"),
        pytest.param({"InputPath": "$$.State.Name"}, "S", id="InputPath context"),
        pytest.param({"Parameters": {"c.$": "$.a.b"}}, {"c": 1}, id="Parameters"),
        pytest.param({"Result": None}, None, id="Result null"),
        pytest.param({"Result": 5, "ResultPath": "$.a.c"}, {"a": {"b": 1, "c": 5}}, id="ResultPath"),
        pytest.param({"Result": 5, "ResultPath": None}, {"a": {"b": 1}}, id="ResultPath null"),
        pytest.param({"OutputPath": "$.a.b"}, 1, id="OutputPath"),
        pytest.param({"OutputPath": None}, {}, id="OutputPath null"),
        pytest.param(JSONATA, {"a": {"b": 1}}, id="JSONata input"),
        pytest.param({**JSONATA, "Output": {"c": "{% $states.input.a.b + 1 %}"}}, {"c": 2}, id="JSONata Output"),
        pytest.param({**JSONATA, "Output": "{% $states.context.State.Name %}"}, "S", id="JSONata context"),
        pytest.param({"InputPath": "$.no"}, ("FAILED", "States.Runtime", HEAD + LEADS), id="missing input"),
        pytest.param(
            {"Parameters": {"c.$": "$.no"}},
            (
                "FAILED",
                "States.Runtime",
                HEAD + "The JSONPath '$.no' specified for the field 'c.$' could not be found in the input "
                '\'{"a":{"b":1}}\'',
            ),
            id="missing parameter",
        ),
        pytest.param(
            {"ResultPath": "$.a.b.c"},
            ("FAILED", "States.ResultPathMatchFailure", HEAD + 'Unable to apply step "c" to input 1'),
            id="ResultPath through a number",
        ),
    ],
)
def test_pass(state, expected):
    """A Pass state gives its input, or its Result, through the fields of its query language."""
    assert result(start(single({"Type": "Pass", **state}), {"a": {"b": 1}})) == expected


def test_jsonata_that_cannot_be_evaluated():
    """The EvaluationFailed event has the same previous id as the entry of the state."""
    run = start(single({"Type": "Pass", **JSONATA, "Output": {"c": "{% $states.input.no %}"}}))
    cause = HEAD + "The JSONata expression '$states.input.no' specified for the field 'Output/c' returned nothing "
    cause += "(undefined)."

    assert outline(run)[1:] == [(2, 0, "PassStateEntered"), (3, 0, "EvaluationFailed"), (4, 3, "ExecutionFailed")]
    assert run.events[2].details == {
        "error": "States.QueryEvaluationError",
        "cause": cause,
        "location": "Output/c",
        "state": "S",
    }
    assert result(run) == ("FAILED", "States.QueryEvaluationError", cause)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param({"OutputPath": "$.a"}, 1, id="OutputPath"),
        pytest.param({**JSONATA, "Output": "{% $states.input.a + 1 %}"}, 2, id="Output"),
    ],
)
def test_succeed(state, expected):
    """A Succeed state ends the run with its input."""
    assert result(start(single({"Type": "Succeed", **state}), {"a": 1})) == expected


@pytest.mark.parametrize(
    ("state", "error", "cause"),
    [
        pytest.param({}, None, None, id="neither"),
        pytest.param({"Error": "E", "Cause": "why"}, "E", "why", id="texts"),
        pytest.param({"ErrorPath": "$.e", "CausePath": "$$.State.Name"}, "E1", "S", id="paths"),
        pytest.param({"CausePath": "States.Format('{}!', $.e)"}, None, "E1!", id="function"),
        pytest.param({**JSONATA, "Error": "{% $states.input.e %}", "Cause": "why"}, "E1", "why", id="JSONata"),
        pytest.param({**JSONATA, "Error": "E"}, "E", None, id="JSONata without a cause"),
        pytest.param({"Error": "{% 1 %}", "Cause": "why"}, "{% 1 %}", "why", id="text like JSONata"),
        pytest.param(
            {"ErrorPath": "$.n"},
            "States.Runtime",
            HEAD + "The ErrorPath parameter does not reference a string value: $.n",
            id="number",
        ),
        pytest.param(
            {"CausePath": "$.no"},
            "States.Runtime",
            HEAD + "The JSONPath '$.no' specified for the field 'CausePath' could not be found in the input "
            '\'{"e":"E1","n":1}\'',
            id="missing cause",
        ),
        pytest.param(
            {"CausePath": "States.ArrayGetItem($.n, 0)"},
            "States.IntrinsicFailure",
            None,
            id="failing function",
        ),
    ],
)
def test_fail(state, error, cause):
    """A Fail state fails the run with its error and cause, and is entered but not left."""
    run = start(single({"Type": "Fail", **state}), {"e": "E1", "n": 1})

    assert types(run) == ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]
    assert (run.status, run.error) == ("FAILED", error)
    assert run.cause == cause or error == "States.IntrinsicFailure"


@pytest.mark.parametrize(
    ("state", "delay"),
    [
        pytest.param({"Seconds": 5}, 5, id="Seconds"),
        pytest.param({"SecondsPath": "$.n"}, 7, id="SecondsPath"),
        pytest.param({**JSONATA, "Seconds": "{% $states.input.n + 1 %}"}, 8, id="JSONata"),
        pytest.param({**JSONATA, "Seconds": "{% $states.input.n - 7 %}"}, 0, id="no second"),
        pytest.param({"SecondsPath": "$.most"}, 2_147_483_647, id="68 years"),
        pytest.param({"Timestamp": "2026-01-10T06:00:00Z"}, 10_800, id="Timestamp"),
        pytest.param({"TimestampPath": "$.t"}, 60.5, id="TimestampPath"),
        pytest.param({**JSONATA, "Timestamp": "{% $states.input.t %}"}, 60.5, id="JSONata Timestamp"),
        pytest.param({"Timestamp": "2020-01-01T00:00:00Z"}, 0, id="past"),
        pytest.param({"Seconds": 99_999_999}, 99_999_999, id="three years"),
    ],
)
def test_wait(state, delay):
    """A Wait state passes its input on after its delay."""
    given = {"n": 7, "t": "2026-01-10T05:01:00.5+02:00", "most": 2_147_483_647}
    run = start(single({"Type": "Wait", **state}), given)
    run.advance_to(START + 3_000_000_000_000)

    assert result(run) == given
    assert seconds(run)[-1] == delay


def test_wait_scale():
    """With a scale of 0 a Wait takes no time; other scales shorten it."""
    fast = start(single({"Type": "Wait", "Seconds": 3600}), wait_scale=0.0)
    half = start(single({"Type": "Wait", "Seconds": 3600}), wait_scale=0.5)
    thousandth = start(single({"Type": "Wait", "Seconds": 1}), wait_scale=0.001)

    assert (fast.status, half.next_due()) == ("SUCCEEDED", START + 1_800_000)
    assert (thousandth.status, thousandth.next_due()) == ("RUNNING", START + 1)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        pytest.param({"SecondsPath": "$.far"}, "Wait state delay is too long", id="more than 2^31 seconds"),
        pytest.param(
            {"SecondsPath": "$.t"},
            "The SecondsPath parameter cannot be parsed as a long value: $.t == x",
            id="seconds of text",
        ),
        pytest.param(
            {"SecondsPath": "$.minus"},
            "The SecondsPath parameter references a negative value: $.minus == -1",
            id="negative seconds",
        ),
        pytest.param(
            {"SecondsPath": "$.yes"},
            "The SecondsPath parameter cannot be parsed as a long value: $.yes == true",
            id="boolean seconds",
        ),
        pytest.param(
            {"TimestampPath": "$.t"},
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format "
            "string: $.t == x",
            id="not a timestamp",
        ),
        pytest.param(
            {"TimestampPath": "$.minus"},
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format "
            "string: $.minus == -1",
            id="timestamp of a number",
        ),
        pytest.param(
            {"SecondsPath": "$.none"},
            "The SecondsPath parameter does not reference an input value: $.none",
            id="no seconds",
        ),
        pytest.param(
            {"TimestampPath": "$.none.at"},
            "The TimestampPath parameter does not reference an input value: $.none.at",
            id="no timestamp",
        ),
    ],
)
def test_invalid_wait(state, reason):
    """A Wait whose delay is invalid or too long fails at once."""
    run = start(single({"Type": "Wait", **state}), {"t": "x", "minus": -1, "yes": True, "far": 2_147_483_648})

    assert result(run) == ("FAILED", "States.Runtime", HEAD + reason)


VALUE = {
    "text": "b",
    "n": 2,
    "t": "2026-01-10T03:00:00Z",
    "yes": True,
    "none": None,
    "list": [1],
    "empty": [],
    "star": "a*b",
    "other": {"text": "b", "n": 2, "t": "2026-01-10T04:00:00+01:00", "yes": True},
}


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        pytest.param({"Variable": "$.text", "StringEquals": "b"}, True, id="StringEquals"),
        pytest.param({"Variable": "$.text", "StringEquals": "c"}, False, id="StringEquals other"),
        pytest.param({"Variable": "$.n", "StringEquals": "2"}, False, id="StringEquals of a number"),
        pytest.param({"Variable": "$.text", "StringEqualsPath": "$.other.text"}, True, id="StringEqualsPath"),
        pytest.param({"Variable": "$.text", "StringEqualsPath": "$.n"}, False, id="StringEqualsPath to a number"),
        pytest.param({"Variable": "$.text", "StringLessThan": "c"}, True, id="StringLessThan"),
        pytest.param({"Variable": "$.text", "StringGreaterThan": "b"}, False, id="StringGreaterThan"),
        pytest.param({"Variable": "$.text", "StringLessThanEquals": "b"}, True, id="StringLessThanEquals"),
        pytest.param({"Variable": "$.text", "StringGreaterThanEquals": "b"}, True, id="StringGreaterThanEquals"),
        pytest.param({"Variable": "$.text", "StringLessThanPath": "$.star"}, False, id="StringLessThanPath"),
        pytest.param({"Variable": "$.star", "StringMatches": "a*b"}, True, id="StringMatches"),
        pytest.param({"Variable": "$.star", "StringMatches": "a\\*b"}, True, id="StringMatches of a star"),
        pytest.param({"Variable": "$.text", "StringMatches": "a\\*b"}, False, id="StringMatches with an escaped star"),
        pytest.param({"Variable": "$.text", "StringMatches": "*"}, True, id="StringMatches of all"),
        pytest.param({"Variable": "$.text", "StringMatches": "."}, False, id="StringMatches of a dot"),
        pytest.param({"Variable": "$.n", "StringMatches": "*"}, False, id="StringMatches of a number"),
        pytest.param({"Variable": "$.n", "NumericEquals": 2.0}, True, id="NumericEquals"),
        pytest.param({"Variable": "$.yes", "NumericEquals": 1}, False, id="NumericEquals of a boolean"),
        pytest.param({"Variable": "$.n", "NumericGreaterThanPath": "$.other.n"}, False, id="NumericGreaterThanPath"),
        pytest.param({"Variable": "$.yes", "BooleanEquals": True}, True, id="BooleanEquals"),
        pytest.param({"Variable": "$.yes", "BooleanEqualsPath": "$.other.yes"}, True, id="BooleanEqualsPath"),
        pytest.param({"Variable": "$.n", "BooleanEquals": True}, False, id="BooleanEquals of a number"),
        pytest.param({"Variable": "$.t", "TimestampEquals": "2026-01-10T04:00:00+01:00"}, True, id="TimestampEquals"),
        pytest.param({"Variable": "$.t", "TimestampEqualsPath": "$.other.t"}, True, id="TimestampEqualsPath"),
        pytest.param({"Variable": "$.t", "TimestampLessThan": "2026-01-10T03:00:01Z"}, True, id="TimestampLessThan"),
        pytest.param({"Variable": "$.t", "TimestampLessThan": "2026-01-10T03:00:00.000001Z"}, True, id="microseconds"),
        pytest.param({"Variable": "$.text", "TimestampLessThan": "2026-01-10T03:00:01Z"}, False, id="not a timestamp"),
        pytest.param({"Variable": "$.none", "IsNull": True}, True, id="IsNull"),
        pytest.param({"Variable": "$.n", "IsNull": False}, True, id="IsNull false"),
        pytest.param({"Variable": "$.n", "IsPresent": True}, True, id="IsPresent"),
        pytest.param({"Variable": "$.no", "IsPresent": True}, False, id="IsPresent of nothing"),
        pytest.param({"Variable": "$.no", "IsPresent": False}, True, id="IsPresent false"),
        pytest.param({"Variable": "$.list[?(@ > 1)]", "IsPresent": True}, False, id="IsPresent of an empty list"),
        pytest.param({"Variable": "$.list[?(@ > 0)]", "IsPresent": True}, True, id="IsPresent of a list"),
        pytest.param({"Variable": "$.empty", "IsPresent": True}, True, id="IsPresent of an empty array"),
        pytest.param({"Variable": "$.n", "IsNumeric": True}, True, id="IsNumeric"),
        pytest.param({"Variable": "$.text", "IsString": True}, True, id="IsString"),
        pytest.param({"Variable": "$.yes", "IsBoolean": True}, True, id="IsBoolean"),
        pytest.param({"Variable": "$.text", "IsTimestamp": True}, False, id="IsTimestamp"),
        pytest.param({"Variable": "$$.State.Name", "StringEquals": "S"}, True, id="context"),
        pytest.param(
            {"And": [{"Variable": "$.n", "IsNull": False}, {"Variable": "$.n", "IsNull": True}]}, False, id="And"
        ),
        pytest.param(
            {"Or": [{"Variable": "$.n", "IsNull": True}, {"Variable": "$.n", "IsNull": False}]}, True, id="Or"
        ),
        pytest.param({"Not": {"Variable": "$.n", "IsNull": True}}, True, id="Not"),
    ],
)
def test_choice_operators(test, holds):
    """Each operator compares values of its own type, and is false for values of other types."""
    run = start(single({"Type": "Choice", "Choices": [{**test, "Next": "Done"}], "Default": "Caught"}), VALUE)

    assert run.visited == ["S", "Done" if holds else "Caught"]
    assert result(run) == VALUE


@pytest.mark.parametrize(
    ("n", "visited", "output", "variables"),
    [
        pytest.param(2, "Done", {"was": 2}, {"rule": 1}, id="rule"),
        pytest.param(3, "Caught", {"n": 3}, {"default": True}, id="default"),
    ],
)
def test_choice_in_jsonata(n, visited, output, variables):
    """A rule has its own Assign and Output; those of the state belong to its Default."""
    rule = {"Condition": "{% $states.input.n = 2 %}", "Next": "Done", "Assign": {"rule": 1}}
    rule["Output"] = {"was": "{% $states.input.n %}"}
    state = {"Type": "Choice", **JSONATA, "Choices": [rule], "Default": "Caught", "Assign": {"default": True}}
    run = start(single(state), {"n": n})

    assert (run.visited[1], result(run), run.variables) == (visited, output, variables)


@pytest.mark.parametrize(
    ("state", "error", "reason"),
    [
        pytest.param(
            {"Choices": [{"Variable": "$.no", "IsNull": True, "Next": "Done"}]},
            "States.Runtime",
            "Invalid path '$.no': The choice state's condition path references an invalid value.",
            id="missing variable",
        ),
        pytest.param(
            {"Choices": [{"Variable": "$.n", "IsNull": True, "Next": "Done"}]},
            "States.NoChoiceMatched",
            "Failed to transition out of the state. The state does not point to a next state.",
            id="no rule and no default",
        ),
        pytest.param(
            {**JSONATA, "Choices": [{"Condition": "{% 1 %}", "Next": "Done"}]},
            "States.QueryEvaluationError",
            "The JSONata expression '1' specified for the field 'Choices[0]/Condition' returned an unexpected result "
            "type. Expected 'boolean', but was 'number' for value: 1",
            id="condition of a number",
        ),
        pytest.param(
            {**JSONATA, "Choices": [{"Condition": True, "Output": {"a": "{% $x %}"}, "Next": "Done"}]},
            "States.QueryEvaluationError",
            "The JSONata expression '$x' specified for the field 'Choices[0]/Output/a' returned nothing (undefined).",
            id="output of a rule",
        ),
        pytest.param(
            {**JSONATA, "Choices": [{"Condition": True, "Assign": {"a": "{% $x %}"}, "Next": "Done"}]},
            "States.QueryEvaluationError",
            "The JSONata expression '$x' specified for the field 'Choices[0]/Assign/a' returned nothing (undefined).",
            id="variable of a rule",
        ),
        pytest.param(
            {
                **JSONATA,
                "Choices": [{"Condition": False, "Next": "Done"}],
                "Default": "Done",
                "Assign": {"a": "{% $x %}"},
            },
            "States.QueryEvaluationError",
            "The JSONata expression '$x' specified for the field 'Assign/a' returned nothing (undefined).",
            id="variable of the default",
        ),
    ],
)
def test_choice_that_fails(state, error, reason):
    """A Choice fails if no rule matches and it has no Default, or if a rule cannot be evaluated."""
    assert result(start(single({"Type": "Choice", **state}), {"n": 1})) == ("FAILED", error, HEAD + reason)


def test_choice_with_an_unknown_operator():
    """An unknown operator, which the checks of a definition refuse, raises a ValueError."""
    state = {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericIs": 1, "Next": "Done"}]}

    with pytest.raises(ValueError) as caught:
        start(single(state), {"n": 1})

    assert str(caught.value) == "operator must be one of Amazon States Language, got 'NumericIs'"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(
            {"InputPath": "$.a", "Parameters": {"c.$": "$.b"}, "ResultPath": "$.r", "Assign": {"v": 1}},
            [
                ("input", {"a": {"b": 1}}),
                ("afterInputPath", {"b": 1}),
                ("afterParameters", {"c": 1}),
                ("variables", {"v": 1}),
                ("afterResultSelector", {"c": 1}),
                ("afterResultPath", {"a": {"b": 1}, "r": {"c": 1}}),
            ],
            id="input",
        ),
        pytest.param(
            {"InputPath": "$.no", "Parameters": {"c.$": "$.no"}, "Result": 5},
            [("input", {"a": {"b": 1}}), ("result", 5), ("afterResultSelector", 5), ("afterResultPath", 5)],
            id="Result",
        ),
    ],
)
def test_observer_sees_intermediate_values(state, expected):
    """An observer receives the values between the steps of a state; a Result replaces the steps before it."""
    seen = []
    machine = {"StartAt": "S", "States": {"S": {"Type": "Pass", "End": True, **state}}}
    start(machine, {"a": {"b": 1}}, observer=lambda name, value: seen.append((name, value)))

    assert seen == expected
