"""Arguments of functions, and errors behind `and` and `or`, compared with the reference implementation."""

from __future__ import annotations

import json

import pytest

from sfn_mock.asl.expressions import Bindings, parse_expression
from sfn_mock.asl.jsonata.messages import QueryError
from sfn_mock.asl.jsonata.values import UNDEFINED

DOCUMENT = {"a": 1, "s": "hi"}

RESULTS = [
    pytest.param('($m := "abcb" ~> /b/; $n := $m.next; $n().start)', "3", id="the next match"),
    pytest.param('($m := "abcb" ~> /b/; $n := $m.next; $k := $n().next; $k())', "UNDEF", id="no next match"),
    pytest.param("$count(null)", "1", id="$count(null)"),
    pytest.param("$reverse(null)", "[null]", id="$reverse(null)"),
    pytest.param("$sort(null)", "[null]", id="$sort(null)"),
    pytest.param("$zip(null,[1])", "[[null,1]]", id="$zip(null,[1])"),
    pytest.param("$map(null, function($v){1})", "1", id="$map(null, function($v){1})"),
    pytest.param("$filter(null, function($v){true})", "null", id="$filter(null, function($v){true})"),
    pytest.param("$reduce(null, function($a,$b){1})", "null", id="$reduce(null, function($a,$b){1})"),
    pytest.param("$single(null)", "null", id="$single(null)"),
    pytest.param("$string(null)", '"null"', id="$string(null)"),
    pytest.param("$map([1,2],$sum)", "[1,2]", id="$map([1,2],$sum)"),
    pytest.param('$map(["a","b"],$substringAfter("ab",?))', '["b",""]', id='$map(["a","b"],$substringAfter("ab",?))'),
    pytest.param("$formatBase($d.zz, 1)", "UNDEF", id="$formatBase($d.zz, 1)"),
    pytest.param("function($x)<x:n>{$x}(null)", "null", id="function($x)<x:n>{$x}(null)"),
    pytest.param('$filter(["ab","xb"],/a/)', '"ab"', id='$filter(["ab","xb"],/a/)'),
    pytest.param("$filter([12,2], /1/)", "12", id="$filter([12,2], /1/)"),
    pytest.param('("abcb" ~> /(b)(x)?/).groups', '["b",null]', id='("abcb" ~> /(b)(x)?/).groups'),
    pytest.param("/b/($d.zz)", "UNDEF", id="/b/($d.zz)"),
    pytest.param('/b/("abc", 0).start', "1", id='/b/("abc", 0).start'),
]

ERRORS = [
    pytest.param("$sum(null)", 'T0412: Argument 1 of function "sum" must be an array of "numbers"', id="$sum(null)"),
    pytest.param(
        "$average([null])",
        'T0412: Argument 1 of function "average" must be an array of "numbers"',
        id="$average([null])",
    ),
    pytest.param("$max(null)", 'T0412: Argument 1 of function "max" must be an array of "numbers"', id="$max(null)"),
    pytest.param(
        '$join(null,"a")', 'T0412: Argument 1 of function "join" must be an array of "strings"', id='$join(null,"a")'
    ),
    pytest.param(
        '$split("abc","a",null)',
        'T0410: Argument 3 of function "split" does not match function signature',
        id='$split("abc","a",null)',
    ),
    pytest.param(
        "$round(1, null)",
        'T0410: Argument 2 of function "round" does not match function signature',
        id="$round(1, null)",
    ),
    pytest.param(
        "$power(null, 1)",
        'T0410: Argument 1 of function "power" does not match function signature',
        id="$power(null, 1)",
    ),
    pytest.param(
        "$power(2, null)",
        'T0410: Argument 2 of function "power" does not match function signature',
        id="$power(2, null)",
    ),
    pytest.param(
        '$contains("a", null)',
        'T0410: Argument 2 of function "contains" does not match function signature',
        id='$contains("a", null)',
    ),
    pytest.param(
        '$contains(null, "a")',
        'T0410: Argument 1 of function "contains" does not match function signature',
        id='$contains(null, "a")',
    ),
    pytest.param(
        '$replace("a", "a", null)',
        'T0410: Argument 3 of function "replace" does not match function signature',
        id='$replace("a", "a", null)',
    ),
    pytest.param(
        "$toMillis(null)",
        'T0410: Argument 1 of function "toMillis" does not match function signature',
        id="$toMillis(null)",
    ),
    pytest.param(
        "$merge(null)", 'T0412: Argument 1 of function "merge" must be an array of "objects"', id="$merge(null)"
    ),
    pytest.param(
        "$error(null)", 'T0410: Argument 1 of function "error" does not match function signature', id="$error(null)"
    ),
    pytest.param(
        "$map([null],$uppercase)",
        'T0410: Argument 1 of function "map" does not match function signature',
        id="$map([null],$uppercase)",
    ),
    pytest.param(
        "$formatBase(1,40)",
        "D3100: The radix of the formatBase function must be between 2 and 36.  It was given 40",
        id="$formatBase(1,40)",
    ),
    pytest.param(
        "$formatBase(1,-1)",
        "D3100: The radix of the formatBase function must be between 2 and 36.  It was given -1",
        id="$formatBase(1,-1)",
    ),
    pytest.param(
        "($f := function($x)<n:n>{$x}; $f(null))",
        'T0410: Argument 1 of function "f" does not match function signature',
        id="($f := function($x)<n:n>{$x}; $f(null))",
    ),
    pytest.param(
        '($f := function($x)<a<n>:n>{$x}; $f("a"))',
        'T0412: Argument 1 of function "f" must be an array of "numbers"',
        id='($f := function($x)<a<n>:n>{$x}; $f("a"))',
    ),
    pytest.param(
        'true and (1 > "a")',
        'T2009: The values 1 and "a" either side of operator "and" must be of the same data type',
        id='true and (1 > "a")',
    ),
    pytest.param(
        "$d.a > 0 and $d.s > 5",
        'T2009: The values "hi" and 5 either side of operator "and" must be of the same data type',
        id="$d.a > 0 and $d.s > 5",
    ),
    pytest.param(
        "$d.a > 2 or $d.s > 5",
        'T2009: The values "hi" and 5 either side of operator "or" must be of the same data type',
        id="$d.a > 2 or $d.s > 5",
    ),
    pytest.param(
        "$d.s > 5 and true",
        'T2009: The values "hi" and 5 either side of operator ">" must be of the same data type',
        id="$d.s > 5 and true",
    ),
    pytest.param(
        'true and (false or 1 + "a")',
        'T2002: The right side of the "and" operator must evaluate to a number',
        id='true and (false or 1 + "a")',
    ),
    pytest.param(
        "true and $uppercase(1)",
        'T0410: Argument 1 of function "and" does not match function signature',
        id="true and $uppercase(1)",
    ),
    pytest.param(
        'true and $sum(["a"])',
        'T0412: Argument 1 of function "and" must be an array of "numbers"',
        id='true and $sum(["a"])',
    ),
    pytest.param('true and $number("x")', 'D3030: Unable to cast value to a number: "x"', id='true and $number("x")'),
    pytest.param("true and $nope()", "T1006: Attempted to invoke a non-function", id="true and $nope()"),
]


@pytest.mark.parametrize(("text", "result"), RESULTS)
def test_arguments_are_taken_as_in_the_reference_implementation(text: str, result: str) -> None:
    """Null is a value, and functions and regular expressions are arguments as in jsonata-js 2."""
    value = parse_expression(text).evaluate(Bindings({}, 0, {"d": DOCUMENT}))

    assert ("UNDEF" if value is UNDEFINED else json.dumps(value, separators=(",", ":"))) == result


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_arguments_are_refused_as_in_the_reference_implementation(text: str, message: str) -> None:
    """Errors name the argument, or `and` or `or` if they occur on the right of it, as in jsonata-js 2."""
    with pytest.raises(QueryError) as caught:
        parse_expression(text).evaluate(Bindings({}, 0, {"d": DOCUMENT}))

    assert str(caught.value) == message
