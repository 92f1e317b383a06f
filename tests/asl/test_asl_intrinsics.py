"""Intrinsic functions."""

from __future__ import annotations

import uuid
from random import Random
from typing import Any

import pytest

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.intrinsics import IntrinsicSyntaxError, parse_intrinsic

DATA: dict[str, Any] = {
    "name": "Ada",
    "none": None,
    "half": 2.5,
    "list": [1, 2, 3, 4, 5],
    "mixed": [1, 1.0, True, "1", None, {"a": 1, "b": 2}, {"b": 2, "a": 1}, [1], [1], 1],
    "object": {"a": 1, "b": [], "c": None},
    "other": {"b": {"d": 4}, "e": 5},
    "template": r"{}, \{not me\} \\ \n {",
    "long": "x" * 10_001,
    "longest": "x" * 10_000,
    "surrogate": "\ud800",
    "infinite": float("inf"),
    "huge": 10**400,
}


def evaluate(text: str) -> Any:
    """Evaluate a call on the data above."""
    return parse_intrinsic(text).evaluate(
        DATA, context={"State": {"Name": "S"}}, variables={"v": [7, 8]}, randomness=Random(1)
    )


@pytest.mark.parametrize(
    ("call", "result"),
    [
        pytest.param("States.Array()", [], id="array-empty"),
        pytest.param(
            "States.Array('a', 1, -2.5, 1e2, true, false, null, $.name)",
            ["a", 1, -2.5, 100.0, True, False, None, "Ada"],
            id="array-of-literals",
        ),
        pytest.param("States.Array($$.State.Name,$v[1] , $v)", ["S", 8, [7, 8]], id="array-of-context-and-variables"),
        pytest.param("States.Array( )", [], id="blanks-between-parentheses"),
        pytest.param(" \nStates.Array ( 1\n,\t2 ) "[2:], [1, 2], id="blanks"),
        pytest.param("States.ArrayPartition($.list, 2)", [[1, 2], [3, 4], [5]], id="partition"),
        pytest.param("States.ArrayPartition(States.Array(1, 2), 1)", [[1], [2]], id="partition-of-one"),
        pytest.param("States.ArrayPartition($.list, 2.5)", [[1, 2, 3], [4, 5]], id="partition-rounds"),
        pytest.param("States.ArrayPartition(States.Array(), 3)", [], id="partition-of-nothing"),
        pytest.param("States.ArrayContains($.list, 3)", True, id="contains"),
        pytest.param("States.ArrayContains($.list, '3')", False, id="contains-not"),
        pytest.param("States.ArrayContains($.list, true)", False, id="contains-true-is-not-1"),
        pytest.param("States.ArrayContains($.mixed, States.Array(1))", True, id="contains-array"),
        pytest.param("States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9], id="range"),
        pytest.param("States.ArrayRange(1, 8, 2)", [1, 3, 5, 7], id="range-before-the-end"),
        pytest.param("States.ArrayRange(0, 2000, 1000)", [0, 1000, 2000], id="range-of-large-steps"),
        pytest.param("States.ArrayRange(3, 1, -1)", [3, 2, 1], id="range-down"),
        pytest.param("States.ArrayRange(0.5, 2.4, 1)", [1, 2], id="range-rounds"),
        pytest.param("States.ArrayRange(2, 1, 1)", [], id="range-empty"),
        pytest.param("States.ArrayLength(States.ArrayRange(1, 1000, 1))", 1000, id="range-largest"),
        pytest.param("States.ArrayGetItem($.list, 4)", 5, id="item"),
        pytest.param("States.ArrayGetItem($.list, 0)", 1, id="first-item"),
        pytest.param("States.ArrayLength($.list)", 5, id="length"),
        pytest.param(
            "States.ArrayUnique($.mixed)",
            [1, 1.0, True, "1", None, {"a": 1, "b": 2}, [1]],
            id="unique",
        ),
        pytest.param("States.Base64Encode('Data to encode')", "RGF0YSB0byBlbmNvZGU=", id="encode"),
        pytest.param("States.Base64Encode('é')", "w6k=", id="encode-utf-8"),
        pytest.param("States.Base64Encode($.surrogate)", "Pw==", id="encode-lone-surrogate"),
        pytest.param("States.Base64Decode('RGF0YSB0byBkZWNvZGU=')", "Data to decode", id="decode"),
        pytest.param("States.Base64Decode('w6k')", "é", id="decode-without-padding"),
        pytest.param("States.Base64Decode('RGF0YQ')", "Data", id="decode-without-two-signs"),
        pytest.param(
            "States.Hash($.longest, 'MD5')", "b567fcb68d8555227123ab87e255872e", id="hash-of-the-longest-text"
        ),
        pytest.param("States.Base64Decode('/w==')", "\ufffd", id="decode-no-text"),
        pytest.param("States.Hash('input data', 'MD5')", "812f45842bc6d66ee14572ce20db8e86", id="md5"),
        pytest.param("States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7", id="sha1"),
        pytest.param(
            "States.Hash('', 'SHA-256')",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            id="sha256",
        ),
        pytest.param(
            "States.Hash($.none, 'SHA-384')",
            "dbfcd0052a030664b0d73921cb85d3dc6b300f453095ecb454ae39bd92132db7844ad7a53069fe72e3b8e66d5a103aa3",
            id="sha384-of-json",
        ),
        pytest.param(
            "States.Hash('abc', 'SHA-512')",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            id="sha512",
        ),
        pytest.param(
            "States.JsonMerge($.object, $.other, false)", {"a": 1, "b": {"d": 4}, "c": None, "e": 5}, id="merge"
        ),
        pytest.param("States.MathAdd($.half, -1)", 2, id="add-rounds-halves-up"),
        pytest.param("States.MathAdd(-1.5, 0)", -1, id="add-rounds-negative-halves-up"),
        pytest.param("States.MathAdd(2147483646, 1)", 2**31 - 1, id="add-to-the-largest-sum"),
        pytest.param("States.MathAdd(-2147483647, -1)", -(2**31), id="add-to-the-smallest-sum"),
        pytest.param("States.MathAdd(-1.51, 0)", -2, id="add-rounds-to-the-nearest"),
        pytest.param("States.StringSplit('One.two+three=4', '.+,=')", ["One", "two", "three", "4"], id="split"),
        pytest.param("States.StringSplit(',,a,', ',')", ["a"], id="split-drops-empty-parts"),
        pytest.param("States.StringSplit('', ',')", [], id="split-of-nothing"),
        pytest.param("States.StringSplit('a,b', '')", ["a,b"], id="split-at-nothing"),
        pytest.param("States.StringToJson('[1, {\"a\": null}]')", [1, {"a": None}], id="parse"),
        pytest.param("States.StringToJson(' \n')", None, id="parse-blank"),
        pytest.param("States.JsonToString($.object)", '{"a":1,"b":[],"c":null}', id="to-string"),
        pytest.param("States.JsonToString('é\"')", '"é\\""', id="string-to-string"),
        pytest.param("States.Format('x')", "x", id="format-no-arguments"),
        pytest.param("States.Format('{} and {}.', 1, $.object)", "1 and {a=1, b=[], c=null}.", id="format"),
        pytest.param("States.Format('{}{}', true, 'it\\'s \\{\\}')", "trueit's {}", id="format-adjacent"),
        pytest.param(r"States.Format('\{\} {} \\ \'', null)", "{} null \\ '", id="format-escapes"),
        pytest.param("States.Format($.template, $.name)", r"Ada, {not me} \ \n {", id="format-of-path"),
        pytest.param('States.Format(\'{"a": "{}"}\', $.half)', '{"a": "2.5"}', id="format-of-json"),
        pytest.param("States.ArrayGetItem(States.StringSplit('a-b', '-'), States.MathAdd(0, 1))", "b", id="nested"),
        pytest.param("States.Array($.list[?(@ > 3)], $.list.length())", [[4, 5], 5], id="paths-with-commas"),
    ],
)
def test_function_gives_its_result(call: str, result: Any) -> None:
    """Each intrinsic function returns the result of the specification."""
    value = evaluate(call)

    assert value == result
    assert repr(value) == repr(result)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        pytest.param(
            "States.ArrayPartition($.list, 0)",
            "Invalid arguments in States.ArrayPartition: the chunk size must be greater than 0",
            id="partition-of-zero",
        ),
        pytest.param(
            "States.ArrayPartition($.name, 1)",
            'Invalid arguments in States.ArrayPartition: an array is expected, got "Ada"',
            id="no-array",
        ),
        pytest.param(
            "States.ArrayPartition($.list, 'x')",
            'Invalid arguments in States.ArrayPartition: a number is expected, got "x"',
            id="string-for-number",
        ),
        pytest.param(
            "States.ArrayGetItem($.list, true)",
            "Invalid arguments in States.ArrayGetItem: a number is expected, got true",
            id="boolean-for-number",
        ),
        pytest.param(
            "States.ArrayGetItem($.list, $.infinite)",
            "Invalid arguments in States.ArrayGetItem: a number is expected, got Infinity",
            id="infinite-number",
        ),
        pytest.param(
            "States.ArrayGetItem($.list, 5)",
            "Invalid arguments in States.ArrayGetItem: the index 5 is out of the range of an array of 5 elements",
            id="index-too-large",
        ),
        pytest.param(
            "States.ArrayGetItem($.list, -1)",
            "Invalid arguments in States.ArrayGetItem: the index -1 is out of the range of an array of 5 elements",
            id="index-negative",
        ),
        pytest.param(
            "States.ArrayRange(1, 2, 0)",
            "Invalid arguments in States.ArrayRange: the increment must not be 0",
            id="range-increment",
        ),
        pytest.param(
            "States.ArrayRange(0, 1000, 1)",
            "Invalid arguments in States.ArrayRange: the range must not have more than 1000 elements",
            id="range-too-long",
        ),
        pytest.param(
            "States.ArrayRange(0, 1e60, 1)",
            "Invalid arguments in States.ArrayRange: the range must not have more than 1000 elements",
            id="range-far-too-long",
        ),
        pytest.param(
            "States.Base64Encode(1)",
            "Invalid arguments in States.Base64Encode: a string is expected, got 1",
            id="no-string",
        ),
        pytest.param(
            "States.Base64Encode($.long)",
            "Invalid arguments in States.Base64Encode: the data must not have more than 10000 characters",
            id="long-string",
        ),
        pytest.param(
            "States.Base64Decode('a*b=')",
            "Invalid arguments in States.Base64Decode: the argument must be a Base64 string",
            id="no-base64",
        ),
        pytest.param(
            "States.Base64Decode('w6k=!')",
            "Invalid arguments in States.Base64Decode: the argument must be a Base64 string",
            id="base64-and-more",
        ),
        pytest.param(
            "States.Base64Decode('é')",
            "Invalid arguments in States.Base64Decode: the argument must be a Base64 string",
            id="no-ascii",
        ),
        pytest.param(
            "States.Hash('x', 'MD4')",
            "Invalid arguments in States.Hash: the algorithm must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512",
            id="hash-algorithm",
        ),
        pytest.param(
            "States.JsonMerge($.list, $.object, false)",
            "Invalid arguments in States.JsonMerge: the first two arguments must be objects",
            id="merge-array",
        ),
        pytest.param(
            "States.JsonMerge($.object, 1, false)",
            "Invalid arguments in States.JsonMerge: the first two arguments must be objects",
            id="merge-number",
        ),
        pytest.param(
            "States.JsonMerge($.object, $.other, true)",
            "Invalid arguments in States.JsonMerge: "
            "the third argument must be false: only shallow merging is supported",
            id="merge-deep",
        ),
        pytest.param(
            "States.MathRandom(3, 3)",
            "Invalid arguments in States.MathRandom: the start must be less than the end",
            id="random-range",
        ),
        pytest.param(
            "States.MathAdd(2147483648, 0)",
            "Invalid arguments in States.MathAdd: the numbers must be between -2147483648 and 2147483647",
            id="add-large-number",
        ),
        pytest.param(
            "States.MathAdd($.huge, 0)",
            "Invalid arguments in States.MathAdd: the numbers must be between -2147483648 and 2147483647",
            id="add-number-larger-than-every-double",
        ),
        pytest.param(
            "States.MathAdd(2147483647, 1)",
            "Invalid arguments in States.MathAdd: the sum must be between -2147483648 and 2147483647",
            id="add-large-sum",
        ),
        pytest.param(
            "States.MathAdd(-2147483648, -1)",
            "Invalid arguments in States.MathAdd: the sum must be between -2147483648 and 2147483647",
            id="add-small-sum",
        ),
        pytest.param(
            "States.StringToJson('{')",
            "Invalid arguments in States.StringToJson: the argument must be a string of JSON",
            id="parse-no-json",
        ),
        pytest.param(
            "States.StringToJson('NaN')",
            "Invalid arguments in States.StringToJson: the argument must be a string of JSON",
            id="parse-nan",
        ),
        pytest.param(
            "States.Format('{}')",
            "Invalid arguments in States.Format: 1 occurrences of {} need as many arguments, got 0",
            id="format-too-few",
        ),
        pytest.param(
            "States.Format('x', 1)",
            "Invalid arguments in States.Format: 0 occurrences of {} need as many arguments, got 1",
            id="format-too-many",
        ),
        pytest.param("States.Format()", "Invalid number of arguments for States.Format", id="fewer-arguments"),
        pytest.param("States.UUID(1)", "Invalid number of arguments for States.UUID", id="more-arguments"),
        pytest.param(
            "States.Array(States.ArrayLength(1))",
            "Invalid arguments in States.ArrayLength: an array is expected, got 1",
            id="inner-call",
        ),
    ],
)
def test_wrong_arguments_fail(call: str, reason: str) -> None:
    """Wrong arguments fail the state with States.IntrinsicFailure."""
    with pytest.raises(StateError) as raised:
        evaluate(call)

    assert raised.value.error == "States.IntrinsicFailure"
    assert raised.value.cause == f"The function '{call}' had the following error: {reason}"


@pytest.mark.parametrize(
    ("names", "accepted"),
    [
        pytest.param("UUID", [0], id="none"),
        pytest.param("ArrayLength ArrayUnique Base64Decode Base64Encode JsonToString StringToJson", [1], id="one"),
        pytest.param("ArrayContains ArrayGetItem ArrayPartition Hash MathAdd StringSplit", [2], id="two"),
        pytest.param("MathRandom", [2, 3], id="two-or-three"),
        pytest.param("ArrayRange JsonMerge", [3], id="three"),
        pytest.param("Format", [1, 2, 3, 4], id="one-or-more"),
        pytest.param("Array", [0, 1, 2, 3, 4], id="any"),
    ],
)
def test_numbers_of_arguments(names: str, accepted: list[int]) -> None:
    """A function refuses a call with more or fewer arguments than it takes."""
    for name in names.split():
        refused = []
        for count in range(5):
            try:
                evaluate(f"States.{name}({', '.join(['null'] * count)})")
            except StateError as error:
                if error.cause.endswith(f"Invalid number of arguments for States.{name}"):
                    refused.append(count)

        assert refused == [count for count in range(5) if count not in accepted]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("[" * 100_000, "the argument must be a string of JSON", id="deeper-than-the-stack"),
        pytest.param("[" * 251 + "]" * 251, "the JSON must be nested at most 250 levels deep", id="one-too-deep"),
    ],
)
def test_deep_json_is_refused(text: str, reason: str) -> None:
    """A JSON string that is nested too deeply fails the function."""
    call = parse_intrinsic("States.StringToJson($)")

    assert call.evaluate("[" * 250 + "]" * 250, randomness=Random(1)) != []
    with pytest.raises(StateError) as raised:
        call.evaluate(text, randomness=Random(1))
    assert str(raised.value).endswith(f"Invalid arguments in States.StringToJson: {reason}")


def test_path_argument_without_a_value_fails() -> None:
    """A path argument without a value fails the state with States.Runtime."""
    call = parse_intrinsic("States.Array(States.MathAdd($.gone.x, 1))")

    with pytest.raises(StateError) as raised:
        call.evaluate({"a": [1, "b"]}, randomness=Random(1))

    assert raised.value.error == "States.Runtime"
    assert raised.value.cause == (
        "The function 'States.Array(States.MathAdd($.gone.x, 1))' had the following error: "
        "The JsonPath argument for the field '$.gone.x' could not be found in the input '{\"a\":[1,\"b\"]}'"
    )


def test_uuid_comes_from_the_source_of_randomness() -> None:
    """States.UUID returns a version 4 UUID, the same for the same source."""
    first, second = (parse_intrinsic("States.UUID()").evaluate({}, randomness=Random(5)) for _ in range(2))

    assert first == str(uuid.UUID(int=Random(5).getrandbits(128), version=4))
    assert first == second
    assert first != parse_intrinsic("States.UUID()").evaluate({}, randomness=Random(6))


def test_random_numbers_come_from_the_source_or_the_seed() -> None:
    """States.MathRandom excludes its end, and is repeatable with a seed."""
    randomness = Random(5)
    plain = parse_intrinsic("States.MathRandom(1, 4)")
    seeded = parse_intrinsic("States.MathRandom(1, 1000000, 3)")

    assert {plain.evaluate({}, randomness=randomness) for _ in range(100)} == {1, 2, 3}
    assert {seeded.evaluate({}, randomness=randomness) for _ in range(10)} == {Random(3).randrange(1, 1_000_000)}


def test_paths_of_inner_calls_are_found() -> None:
    """The paths of a call are those of its arguments and inner calls."""
    call = parse_intrinsic("States.Format('{}{}', $.a, States.ArrayLength($v.b), 1)")

    assert [path.text for path in call.paths()] == ["$.a", "$v.b"]


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        pytest.param("", 0, "expected a value or a call such as States.Array()", id="empty"),
        pytest.param("Hello", 0, "expected a value or a call such as States.Array()", id="word"),
        pytest.param("States.Array", 0, "expected a value or a call such as States.Array()", id="no-parentheses"),
        pytest.param(
            "States.Arrray()", 14, "unknown function States.Arrray. Did you mean States.Array?", id="misspelt"
        ),
        pytest.param("States.Zzzzzzzzzz()", 18, "unknown function States.Zzzzzzzzzz.", id="unknown"),
        pytest.param("States.Array(1", 14, "expected ',' or ')'", id="open-parenthesis"),
        pytest.param(
            "States.Array(1,)", 15, "expected a value or a call such as States.Array()", id="comma-at-the-end"
        ),
        pytest.param("States.Array() x", 15, "nothing may follow the call", id="text-behind"),
        pytest.param("States.Array('a)", 13, "expected a value or a call such as States.Array()", id="open-string"),
        pytest.param('States.Array("a")', 13, "expected a value or a call such as States.Array()", id="double-quotes"),
        pytest.param(
            r"States.Array('a\"b')", 13, "expected a value or a call such as States.Array()", id="other-escape"
        ),
        pytest.param("States.Array(truer)", 13, "expected a value or a call such as States.Array()", id="no-literal"),
        pytest.param("States.Array(01)", 14, "expected ',' or ')'", id="leading-zero"),
        pytest.param(
            "States.Array($.)", 13, "Could not parse path 'States.Array($.)' at position 15: expected a name", id="path"
        ),
    ],
)
def test_text_that_is_not_a_call_is_refused(text: str, position: int, reason: str) -> None:
    """A text that is not a call is refused with the position of the fault."""
    with pytest.raises(IntrinsicSyntaxError) as raised:
        parse_intrinsic(text)

    assert str(raised.value) == f"Could not parse intrinsic function '{text}' at position {position}: {reason}"


def test_calls_nest_ten_deep() -> None:
    """At most ten calls may be nested."""
    text = "States.Array(" * 10 + "1" + ")" * 10

    assert parse_intrinsic(text).evaluate({}, randomness=Random(1)) == [[[[[[[[[[1]]]]]]]]]]
    with pytest.raises(IntrinsicSyntaxError) as raised:
        parse_intrinsic(f"States.Array({text})")
    assert str(raised.value).endswith("at position 143: calls are nested more than 10 deep")
