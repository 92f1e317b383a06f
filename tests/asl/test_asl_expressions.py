"""Expressions in the values of a definition: fields, errors, faults, variables, bounds and added functions."""

from __future__ import annotations

import random
import sys
import threading
import time

import pytest

from sfn_mock.asl.expressions import (
    Bindings,
    ExpressionError,
    ExpressionFault,
    ExpressionSyntaxError,
    evaluate_typed,
    evaluate_value,
    find_faults,
    find_variables,
    is_expression,
    parse_expression,
    type_name,
)
from sfn_mock.asl.jsonata.messages import QueryError
from sfn_mock.asl.jsonata.regexes import Regex


def evaluate(text: str, seed: int = 1) -> object:
    """Evaluate an expression at a known moment, with a known randomness."""
    return parse_expression(text).evaluate(Bindings({}, now=1510067557121, randomness=random.Random(seed)))


def test_an_empty_expression() -> None:
    """The string `{%%}` is an expression without text, and not a text."""
    with pytest.raises(
        ExpressionError, match=r" for the field 'Output' threw an error .*: Unexpected end of expression$"
    ):
        evaluate_value("{%%}", Bindings({}, 0), "Output")


def test_each_expression_within_a_value_is_replaced_by_its_result() -> None:
    """A value keeps its shape, and only strings between {% and %} are evaluated."""
    bindings = Bindings({"input": {"a": [1, None]}}, 0, {"x": 2})
    value = {"n": None, "list": ["{% $states.input.a %}", "{%$x%}", 1.5, " {% $x %}", "{%}"], "b": True}

    assert evaluate_value(value, bindings, "Output") == {
        "n": None,
        "list": [[1, None], 2, 1.5, " {% $x %}", "{%}"],
        "b": True,
    }


@pytest.mark.parametrize(
    ("value", "field", "message"),
    [
        pytest.param(
            "{% $nobody %}",
            "Output",
            "The JSONata expression '$nobody' specified for the field 'Output' returned nothing (undefined).",
            id="undefined",
        ),
        pytest.param(
            {"names": ["a", "{% $nobody %}"]},
            "Arguments/names[1]",
            "The JSONata expression '$nobody' specified for the field 'Arguments/names[1]' returned nothing"
            " (undefined).",
            id="undefined within a list",
        ),
        pytest.param(
            "{% $sum %}",
            "Output",
            "The JSONata expression '$sum' specified for the field 'Output' returned an unsupported result type.",
            id="function",
        ),
        pytest.param(
            "{% function($x) { $x } %}",
            "Output",
            "The JSONata expression 'function($x) { $x }' specified for the field 'Output' returned an unsupported"
            " result type.",
            id="lambda",
        ),
        pytest.param(
            "{% /a/ %}",
            "Output",
            "The JSONata expression '/a/' specified for the field 'Output' returned an unsupported result type.",
            id="regular expression",
        ),
        pytest.param(
            {"sum": "{% 1 + 'a' %}"},
            "Arguments/sum",
            "The JSONata expression '1 + 'a'' specified for the field 'Arguments/sum' threw an error during"
            ' evaluation. T2002: The right side of the "+" operator must evaluate to a number',
            id="error",
        ),
        pytest.param(
            "{% 1 + %}",
            "Output",
            "The JSONata expression '1 +' specified for the field 'Output' threw an error during evaluation."
            " S0207: Unexpected end of expression",
            id="syntax",
        ),
    ],
)
def test_a_failing_expression_names_itself_and_its_field(value: object, field: str, message: str) -> None:
    """The error has the sentence of AWS, without the state's name, and the path of the field."""
    with pytest.raises(ExpressionError) as caught:
        evaluate_value(value, Bindings({}, 0), field.partition("/")[0])

    assert str(caught.value) == message
    assert (caught.value.error, caught.value.field) == ("States.QueryEvaluationError", field)


@pytest.mark.parametrize(
    ("text", "actual", "written"),
    [
        pytest.param("true", "boolean", "true", id="boolean"),
        pytest.param("null", "null", "null", id="null"),
        pytest.param("1.5", "number", "1.5", id="number"),
        pytest.param('{"é": [1, 2]}', "object", '{"é":[1,2]}', id="object"),
        pytest.param("'text'", "string", '"text"', id="string"),
    ],
)
def test_another_type_than_the_fields_is_an_error(text: str, actual: str, written: str) -> None:
    """An expression must return a value of the type of its field."""
    with pytest.raises(ExpressionError) as caught:
        evaluate_typed(f"{{% {text} %}}", Bindings({}, 0), "Items", "array")

    assert caught.value.reason == (
        f"returned an unexpected result type. Expected 'array', but was '{actual}' for value: {written}"
    )


def test_only_expressions_are_checked_for_the_type_of_a_field() -> None:
    """An expression of the right type gives its result; the type of other values is not checked."""
    assert evaluate_typed("{% [1, 'a'] %}", Bindings({}, 0), "Items", "array") == [1, "a"]
    assert evaluate_typed({"a": "{% 1 %}"}, Bindings({}, 0), "Items", "array") == {"a": 1}
    assert evaluate_typed("text", Bindings({}, 0), "Items", "array") == "text"
    assert type_name([]) == "array"
    assert is_expression(1) is False


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        pytest.param("$states.input[b = 1].c", [], id="predicate"),
        pytest.param("$states.input.{'k': v}", [], id="later step"),
        pytest.param("$states.input ~> |a|{'b': c}|", [], id="transform"),
        pytest.param("$states.input^(v)", [], id="sort"),
        pytest.param("$states.input{k: v}", [], id="grouping"),
        pytest.param("$unknown.a", [], id="unknown variable"),
        pytest.param("phone", ["Reference to 'phone' at the top level is not supported."], id="name"),
        pytest.param("$sum(a.b)", ["Reference to 'a' at the top level is not supported."], id="argument"),
        pytest.param("true ? phone : 1", ["Reference to 'phone' at the top level is not supported."], id="condition"),
        pytest.param("function($x){y}", ["Reference to 'y' at the top level is not supported."], id="function"),
        pytest.param("{'a': [b]}", ["Reference to 'b' at the top level is not supported."], id="constructors"),
        pytest.param("$$.a", ["Reference to '$$' is not supported."], id="root"),
        pytest.param("$states.errorOutput", ["Field '$states.errorOutput' does not exist."], id="error output"),
        pytest.param("$states.result.a", ["Field '$states.result' does not exist."], id="result"),
        pytest.param("$states.result.$string()", ["Field '$states.result' does not exist."], id="result of a function"),
        pytest.param("$states.inputs", ["Field '$states.inputs' does not exist."], id="misspelt member"),
        pytest.param("$states.context.Task.Token", [], id="context"),
        pytest.param("function($states){$states.total}", [], id="a variable of that name"),
    ],
)
def test_references_without_a_value_are_refused_at_creation(text: str, messages: list[str]) -> None:
    """AWS refuses names that need a context value at the top level, `$$`, and members that `$states` does not have."""
    assert find_faults(f"{{% {text} %}}") == [
        ExpressionFault("UNSUPPORTED_JSONATA_EXPRESSION", message) for message in messages
    ]


def test_further_members_of_states_may_be_readable() -> None:
    """The caller names the readable members of `$states`, such as errorOutput in a Catcher."""
    assert find_faults("{% $states.errorOutput.Cause %}", readable=("input", "errorOutput")) == []


def test_a_text_that_cannot_be_parsed_is_one_fault() -> None:
    """The message of a syntax error is without a code; the error has the code and the position."""
    assert find_faults("{% {'a':} %}") == [
        ExpressionFault("INVALID_JSONATA_EXPRESSION", 'The symbol "}" cannot be used as a unary operator')
    ]
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse_expression("1 +")

    assert (caught.value.code, caught.value.position) == ("S0207", 3)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        pytest.param({"a": ["{% $x + $y %}", "{% $x %}"], "b": 1, "c": "$z"}, ["x", "y"], id="each once, in order"),
        pytest.param("{% ($x := 1; $x + $z) %}", ["z"], id="assigned"),
        pytest.param("{% $x := $x + 1 %}", ["x"], id="read before it is assigned"),
        pytest.param("{% $f := function($n){$f($n - 1)} %}", [], id="function that calls itself"),
        pytest.param("{% $map($l, function($v){$v + $w}) %}", ["l", "w"], id="parameter"),
        pytest.param("{% $states.input.items@$i#$n.{'v': $i, 'n': $n} %}", [], id="bound in a path"),
        pytest.param("{% $partition($a, 2) & $uuid() & $states.context.State.Name %}", ["a"], id="functions"),
    ],
)
def test_variables_that_a_value_refers_to(value: object, names: list[str]) -> None:
    """Variables that expressions bind themselves, functions and `$states` are left out."""
    assert find_variables(value) == names


@pytest.mark.parametrize(
    ("text", "result"),
    [
        pytest.param("$partition([1, 2, 3], 2)", [[1, 2], [3]], id="partition"),
        pytest.param("$partition([], 2)", [], id="partition of nothing"),
        pytest.param("$range(0, 10, 3)", [0, 3, 6, 9], id="range up"),
        pytest.param("$range(10, 0, -5)", [10, 5, 0], id="range down"),
        pytest.param("$range(1, 3, 1)", [1, 2, 3], id="range to its end"),
        pytest.param("$range(3, 1, -1)", [3, 2, 1], id="range down to its end"),
        pytest.param("$range(1, 2, 1)", [1, 2], id="range of two numbers"),
        pytest.param("$range(5, 5, 1)", 5, id="range of one number"),
        pytest.param("$range(2, 1, 1)", [], id="range of no number"),
        pytest.param("$count($range(1, 1000, 1))", 1000, id="largest range"),
        pytest.param("$partition([1, 2], 1)", [[1], [2]], id="partition of one each"),
        pytest.param("$map(['1', '2'], $number)", [1, 2], id="number of each"),
        pytest.param("$map(['1', '[2]'], $parse)", [1, [2]], id="parse each"),
        pytest.param("$map([[1, 1], [2, 2]], $distinct)", [[1], [2]], id="distinct of each"),
        pytest.param("$map(['[Y]', '[M]'], $now)", ["2017", "11"], id="now with each picture"),
        pytest.param("$map([5, 5], $random)[0] = $random(5)", True, id="random with each seed"),
        pytest.param("$distinct([{'a': 1, 'b': 2}, {'b': 2, 'a': 1}])", [{"a": 1, "b": 2}], id="distinct objects"),
        pytest.param("$sort([3, 1, 2])", [1, 2, 3], id="sort numbers"),
        pytest.param("$sort(['b', 'a'])", ["a", "b"], id="sort texts"),
        pytest.param("$formatBase(35, 36)", "z", id="largest base"),
        pytest.param("$number('0x' & $pad('', 196, '0') & '1')", 1, id="longest number of another base"),
        pytest.param("$hash($pad('a', 10000, 'a'), 'MD5')", "0d0c9c4db6953fee9e03f528cafd7d3e", id="longest text"),
        pytest.param("$hash('a', 'MD5')", "0cc175b9c0f1b6a831c399e269772661", id="hash"),
        pytest.param("$parse('{\"a\": [1, null]}')", {"a": [1, None]}, id="parse"),
        pytest.param("$parse('null')", None, id="parse null"),
        pytest.param("$random(5) = $random(5)", True, id="random with a seed"),
        pytest.param("$random()", 0.13436424411240122, id="random"),
        pytest.param("$uuid()", "cd613e30-d8f1-4adf-91b7-584a2265b1f5", id="uuid"),
        pytest.param("$millis()", 1510067557121, id="millis"),
        pytest.param("$now()", "2017-11-07T15:12:37.121Z", id="now"),
        pytest.param("$now('[Y]')", "2017", id="now with a picture"),
        pytest.param("$string($uuid)", "", id="function as a value"),
        pytest.param("[$sum, 1]", [None, 1], id="function in an array"),
        pytest.param("{'f': $sum}", {}, id="function in an object"),
        pytest.param("1e21", 1e21, id="large number"),
        pytest.param("1 in 1", True, id="in one value"),
        pytest.param("$count([-1..999998])", 1_000_000, id="longest range of the operator"),
        pytest.param("$nobody in [1]", False, id="nothing is in an array"),
        pytest.param("($f := function($n){$n = 0 ? 0 : 1 + $f($n - 1)}; $f(100))", 100, id="recursion"),
        pytest.param("($f := function($n){$n = 0 ? 0 : $f($n - 1)}; $f(3000))", 0, id="tail recursion"),
        pytest.param("$join('a', '-')", "a", id="join one text"),
        pytest.param("$string({'a': $sum, 'b': -0.00000123})", '{"a":"","b":-0.00000123}', id="small number"),
    ],
)
def test_functions_of_step_functions(text: str, result: object) -> None:
    """AWS's own functions use the run's clock and randomness; a function in an array becomes null."""
    assert evaluate(text) == result


def test_whole_numbers_keep_their_digits() -> None:
    """A whole number of the data keeps all its digits, up to 21; one with a fraction of zero loses the fraction."""
    values = {"l": [9_007_199_254_740_993, 1.0, 10**21 - 1, 10**21]}

    result = parse_expression("$states.l").evaluate(Bindings(values, 0))
    assert repr(result) == f"[9007199254740993, 1, {'9' * 21}, 1e+21]"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("$partition([1], 0)", 'Argument 2 of function "partition"', id="partition of 0"),
        pytest.param("$partition([1], 1.5)", 'Argument 2 of function "partition"', id="partition of a fraction"),
        pytest.param("$range(0, 10, 0)", 'Argument 3 of function "range"', id="range without a step"),
        pytest.param("$range(0, 1)", 'Argument 3 of function "range"', id="range of two"),
        pytest.param("$range(0.5, 1, 1)", 'Argument 1 of function "range"', id="range from a fraction"),
        pytest.param("$range(1, 2, 0.5)", 'Argument 3 of function "range"', id="range of fractions"),
        pytest.param("$random(0.5)", 'Argument 1 of function "random"', id="random with a fraction"),
        pytest.param("$hash('a', 'MD4')", 'Argument 2 of function "hash"', id="unknown algorithm"),
        pytest.param("$hash($pad('a', 10001), 'MD5')", 'Argument 1 of function "hash"', id="text too long"),
        pytest.param("$parse('{a')", 'Argument 1 of function "parse"', id="not JSON"),
        pytest.param("$parse('NaN')", 'Argument 1 of function "parse"', id="NaN"),
    ],
)
def test_wrong_arguments_of_added_functions(text: str, message: str) -> None:
    """An argument that an added function cannot use does not match its signature."""
    with pytest.raises(QueryError) as caught:
        evaluate(text)

    assert (caught.value.code, caught.value.reason) == ("T0410", f"{message} does not match function signature")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("$range(0, 5000, 1)", "D2014: The size of the array must not exceed 1000.", id="range"),
        pytest.param(
            "[5..10000005]",
            "D2014: The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to "
            "allocate 10000001.",
            id="range operator",
        ),
        pytest.param(
            "[-1..999999]",
            "D2014: The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to "
            "allocate 1000001.",
            id="range operator with one item too many",
        ),
        pytest.param(
            "$number('0x' & $pad('', 197, '0') & '1')",
            'D3030: Unable to cast value to a number: "0x' + "0" * 197 + '1"',
            id="long number of another base",
        ),
        pytest.param(
            "$formatBase(1, 37)",
            "D3100: The radix of the formatBase function must be between 2 and 36.  It was given 37",
            id="base",
        ),
        pytest.param("1 / 0", "D1001: Number out of range: null", id="division by zero"),
        pytest.param("$eval('1')", "T1006: Attempted to invoke a non-function", id="eval"),
        pytest.param("$contains('a', /a**/)", "S0303: Invalid regular expression: /a**/", id="regular expression"),
        pytest.param(
            "$uppercase(null)", 'T0410: Argument 1 of function "uppercase" does not match function signature', id="null"
        ),
        pytest.param(
            "{'a': 1}.$uppercase()",
            'T0411: Context value is not a compatible type with argument 1 of function "uppercase"',
            id="context value",
        ),
        pytest.param(
            "$encodeUrl($parse('\"\\\\ud800\"'))",
            'D3140: Malformed URL passed to $encodeUrl(): "\ud800"',
            id="half a character in a URL",
        ),
        pytest.param(
            "$contains('a', $nobody)",
            'T0410: Argument 1 of function "contains" does not match function signature',
            id="undefined pattern",
        ),
        pytest.param(
            "(function($x){$x}).$substringAfter('a')",
            'T0410: Argument 1 of function "substringAfter" does not match function signature',
            id="function as context value",
        ),
        pytest.param(
            "$formatNumber(1, ',e0')",
            'T0410: Argument 1 of function "formatNumber" does not match function signature',
            id="picture without digits",
        ),
        pytest.param(
            "$number($pad('0x', 201, 'F'))",
            f'D3030: Unable to cast value to a number: "0x{"F" * 199}"',
            id="number of many digits",
        ),
    ],
)
def test_errors_that_javascript_lacks(text: str, message: str) -> None:
    """Errors of Step Functions alone, and errors of the library that the reference implementation does not have."""
    with pytest.raises((QueryError, ExpressionSyntaxError)) as caught:
        evaluate(text)

    error = caught.value
    assert f"{error.code}: {getattr(error, 'reason', error)}" == message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("($f := function($n){$f($n + 1)}; $f(1))", id="endless loop"),
        pytest.param("($f := function($n){1 + $f($n + 1)}; $f(1))", id="endless recursion"),
        pytest.param("($f := function($s){$f($s & $s)}; $f('abc'))", id="growing text"),
        pytest.param("($f := function($s){$f($append($s, $s))}; $f([1, 2]))", id="growing array"),
        pytest.param("$map([1..100000], function($x){$map([1..100000], function($y){$x})})", id="nested loops"),
        pytest.param("$pad('x', 100000000)", id="long pad"),
        pytest.param("$replace($pad('a', 100000, 'a'), 'a', $pad('b', 100000))", id="long replacement"),
        pytest.param("$join($split($pad('a', 100000), ''), $pad('b', 100000))", id="long join"),
        pytest.param("(" * 9000 + "1" + ")" * 9000, id="nesting too deep to parse"),
        pytest.param("(" * 2000 + "1" + ")" * 2000, id="deep nesting"),
        pytest.param("[1..1e7]", id="long range"),
        pytest.param("[1..10000].([1..10000])", id="nested ranges"),
        pytest.param("$reduce([1..100000], $append)", id="arrays of a function"),
    ],
)
def test_an_expression_without_an_end_is_stopped(text: str) -> None:
    """Steps, depth and sizes are bounded, and the interpreter's recursion limit is as before."""
    limit = sys.getrecursionlimit()
    started = time.process_time()

    with pytest.raises((QueryError, ExpressionSyntaxError)) as caught:
        evaluate(text)

    assert caught.value.code in ("U1001", "D2014")
    assert time.process_time() - started < 10
    assert sys.getrecursionlimit() == limit


def test_a_full_stack_gives_the_same_error_as_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """An expression that exhausts Python's stack fails like one that is too deep."""
    expression = parse_expression("($f := function($n){1 + $f($n + 1)}; $f(1))")
    monkeypatch.setattr("sfn_mock.asl.jsonata.engine._FRAMES", 0)

    with pytest.raises(QueryError, match=r"^U1001: Stack overflow error"):
        expression.evaluate(Bindings({}, 0))


def test_an_integer_that_javascript_lacks_is_out_of_range() -> None:
    """An input with an integer that is too large for JSONata fails as out of range."""
    largest = int(sys.float_info.max)

    assert evaluate_value("{% 1 %}", Bindings({"input": largest}, 0), "Output") == 1
    with pytest.raises(ExpressionError, match=r"D1001: Number out of range: null$"):
        evaluate_value("{% 1 %}", Bindings({"input": largest + 1}, 0), "Output")


class Flags:
    """The flags of /b+/i."""

    case_insensitive = True
    multiline = False


def test_a_regular_expression_finds_its_first_match() -> None:
    """A regular expression has the search method that the library calls."""
    assert Regex("b+", Flags()).search("aBB").span() == (1, 3)


def test_threads_evaluate_the_same_expression() -> None:
    """Threads may evaluate one parsed expression at the same time."""
    results: list[object] = []

    def work(number: int) -> None:
        results.append(
            evaluate_value("{% $map([1..100], function($n){$n * $x})[99] %}", Bindings({}, 0, {"x": number}), "O")
        )

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [0, 100, 200, 300]


def test_a_variable_with_the_name_of_a_function() -> None:
    """A variable hides the function of its name, one of JSONata's and one that Step Functions adds."""
    bindings = Bindings({}, 0, variables={"number": 5, "count": 3, "uuid": "u"})

    assert parse_expression("[$number, $count, $uuid, $sum([1])]").evaluate(bindings) == [5, 3, "u", 1]
