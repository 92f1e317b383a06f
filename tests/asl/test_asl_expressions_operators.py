"""Operators and paths of JSONata, compared with the reference implementation."""

from __future__ import annotations

import json

import pytest

from sfn_mock.asl.expressions import Bindings, ExpressionSyntaxError, parse_expression
from sfn_mock.asl.jsonata.messages import QueryError
from sfn_mock.asl.jsonata.values import UNDEFINED

DOCUMENT = {
    "a": 1,
    "n": None,
    "l": [1, None, 2],
    "o": {"x": None},
    "s": "hi",
    "f": 2.5,
    "e": [],
    "nested": [[1, 2], [3]],
    "items": [{"v": 3, "k": "b"}, {"v": 1, "k": "a"}, {"v": 2, "k": None}],
    "deep": [{"a": {"b": 1}}, {"a": {"b": 2}}],
}


RESULTS = [
    pytest.param("$d.l.$string($)", '["1","null","2"]', id="$d.l.$string($)"),
    pytest.param("1 & 0.30000000000000004", '"10.3"', id="1 & 0.30000000000000004"),
    pytest.param('"é" & "\\u00e9"', '"éé"', id='"é" & "\\u00e9"'),
    pytest.param("-0", "0", id="-0"),
    pytest.param("$d.items^(v,k).k", '["a",null,"b"]', id="$d.items^(v,k).k"),
    pytest.param("$d.items^(zz).v", "[3,1,2]", id="$d.items^(zz).v"),
    pytest.param('$distinct([1,"1",1,true,1.0])', '[1,"1",true]', id='$distinct([1,"1",1,true,1.0])'),
    pytest.param('$distinct("a")', '"a"', id='$distinct("a")'),
    pytest.param('$decodeUrlComponent("%3Fx%3Dtest")', '"?x=test"', id='$decodeUrlComponent("%3Fx%3Dtest")'),
    pytest.param("$d.(a+1)", "2", id="$d.(a+1)"),
    pytest.param("$d.items.(v*2)", "[6,2,4]", id="$d.items.(v*2)"),
    pytest.param("$d.items[$.v=3].k", '"b"', id="$d.items[$.v=3].k"),
    pytest.param("$d.items[-1].v", "2", id="$d.items[-1].v"),
    pytest.param("$d.items[v in [1,2]].v", "[1,2]", id="$d.items[v in [1,2]].v"),
    pytest.param('$d.items[k="a"].v', "1", id='$d.items[k="a"].v'),
    pytest.param('$d.items[k="a"].v[]', "[1]", id='$d.items[k="a"].v[]'),
    pytest.param("$d.items.v[0]", "[3,1,2]", id="$d.items.v[0]"),
    pytest.param("$d.items.v[-1]", "[3,1,2]", id="$d.items.v[-1]"),
    pytest.param("($d.items.v)[0]", "3", id="($d.items.v)[0]"),
    pytest.param("$d.nested[1][0]", "3", id="$d.nested[1][0]"),
    pytest.param("$d.nested.$count($)", "[2,1]", id="$d.nested.$count($)"),
    pytest.param("$d.nested[][0]", "[1,2]", id="$d.nested[][0]"),
    pytest.param("$d.items.[v]", "[[3],[1],[2]]", id="$d.items.[v]"),
    pytest.param('$d.items.{"x":v}', '[{"x":3},{"x":1},{"x":2}]', id='$d.items.{"x":v}'),
    pytest.param('$d.items{k ? k : "none": $sum(v)}', '{"b":3,"a":1,"none":2}', id='$d.items{k ? k : "none": $sum(v)}'),
    pytest.param('{"a":[1,2],"b":{"c":[]}}', '{"a":[1,2],"b":{"c":[]}}', id='{"a":[1,2],"b":{"c":[]}}'),
    pytest.param('{"a":1}.a', "1", id='{"a":1}.a'),
    pytest.param('[{"a":1},{"a":2}].a', "[1,2]", id='[{"a":1},{"a":2}].a'),
    pytest.param("[[1]]", "[[1]]", id="[[1]]"),
    pytest.param("[[1],[2]][0]", "[1]", id="[[1],[2]][0]"),
    pytest.param("[1,[2,3]]", "[1,[2,3]]", id="[1,[2,3]]"),
    pytest.param("([1,2])", "[1,2]", id="([1,2])"),
    pytest.param('("a";"b")', '"b"', id='("a";"b")'),
    pytest.param("($a := 1; $b := $a + 1; $b)", "2", id="($a := 1; $b := $a + 1; $b)"),
    pytest.param("($f := function($x,$y){$y}; $f(1))", "UNDEF", id="($f := function($x,$y){$y}; $f(1))"),
    pytest.param('$d.a = 1 ? "y" : "n"', '"y"', id='$d.a = 1 ? "y" : "n"'),
    pytest.param('$d.a = 2 ? "y"', "UNDEF", id='$d.a = 2 ? "y"'),
    pytest.param("1 = 1 and 2 = 2", "true", id="1 = 1 and 2 = 2"),
    pytest.param('"" or 0', "false", id='"" or 0'),
    pytest.param("1 > 2 or 2 > 1", "true", id="1 > 2 or 2 > 1"),
    pytest.param("5 in 5", "true", id="5 in 5"),
    pytest.param("1 in [true]", "false", id="1 in [true]"),
    pytest.param("true = 1", "false", id="true = 1"),
    pytest.param("null = $d.zz", "false", id="null = $d.zz"),
    pytest.param("null = null", "true", id="null = null"),
    pytest.param("$d.zz = $d.zz", "false", id="$d.zz = $d.zz"),
    pytest.param("$d.zz != 1", "false", id="$d.zz != 1"),
    pytest.param("{} = {}", "true", id="{} = {}"),
    pytest.param("[] = []", "true", id="[] = []"),
    pytest.param('"a" < "b"', "true", id='"a" < "b"'),
    pytest.param("1 + $d.zz", "UNDEF", id="1 + $d.zz"),
    pytest.param('$d.zz & "a"', '"a"', id='$d.zz & "a"'),
    pytest.param('null & "a"', '"nulla"', id='null & "a"'),
    pytest.param("true & 1", '"true1"', id="true & 1"),
    pytest.param("[1,2] & {}", '"[1,2]{}"', id="[1,2] & {}"),
    pytest.param("[1..3, 5]", "[1,2,3,5]", id="[1..3, 5]"),
    pytest.param("[1..$d.zz]", "[]", id="[1..$d.zz]"),
    pytest.param("[0..2].($*2)", "[0,2,4]", id="[0..2].($*2)"),
    pytest.param("$d.o.x = null", "true", id="$d.o.x = null"),
    pytest.param("$d.o.*", "null", id="$d.o.*"),
    pytest.param(
        "$d.**",
        '[{"a":1,"n":null,"l":[1,null,2],"o":{"x":null},"s":"hi","f":2.5,"e":[],"nested":[[1,2],[3]],"items":[{"v":3,"k":"b"},{"v":1,"k":"a"},{"v":2,"k":null}],"deep":[{"a":{"b":1}},{"a":{"b":2}}]},1,null,1,null,2,{"x":null},null,"hi",2.5,1,2,3,{"v":3,"k":"b"},3,"b",{"v":1,"k":"a"},1,"a",{"v":2,"k":null},2,null,{"a":{"b":1}},{"b":1},1,{"a":{"b":2}},{"b":2},2'
        "]",
        id="$d.**",
    ),
    pytest.param("$d.*.v", "[3,1,2]", id="$d.*.v"),
    pytest.param("$d.deep.a", '[{"b":1},{"b":2}]', id="$d.deep.a"),
    pytest.param("$d.deep[a.b=2]", '{"a":{"b":2}}', id="$d.deep[a.b=2]"),
    pytest.param("$d.deep[a.b=2].a.b", "2", id="$d.deep[a.b=2].a.b"),
    pytest.param("$states.input.a", "1", id="$states.input.a"),
    pytest.param("$states.input.items#$i[$i=1].v", "1", id="$states.input.items#$i[$i=1].v"),
    pytest.param(
        '$d.items@$x#$i.{"n":$x.v,"i":$i}',
        '[{"n":3,"i":0},{"n":1,"i":1},{"n":2,"i":2}]',
        id='$d.items@$x#$i.{"n":$x.v,"i":$i}',
    ),
    pytest.param("$d.deep.a.b.%.%.a", '[{"b":1},{"b":2}]', id="$d.deep.a.b.%.%.a"),
    pytest.param("$d ~> $keys", '["a","n","l","o","s","f","e","nested","items","deep"]', id="$d ~> $keys"),
    pytest.param(
        "$d.items ~> $map(function($x){$x.v}) ~> $sum", "6", id="$d.items ~> $map(function($x){$x.v}) ~> $sum"
    ),
    pytest.param("[1,2,3] ~> $sum()", "6", id="[1,2,3] ~> $sum()"),
    pytest.param('$d.o ~> |$|{"y":[1,null]}|', '{"x":null,"y":[1,null]}', id='$d.o ~> |$|{"y":[1,null]}|'),
    pytest.param('($g := $substring(?,1); $g("abc"))', '"bc"', id='($g := $substring(?,1); $g("abc"))'),
    pytest.param("($a := function(){1}; $a())", "1", id="($a := function(){1}; $a())"),
    pytest.param("/* comment */ 1", "1", id="/* comment */ 1"),
    pytest.param("`a b`", "UNDEF", id="`a b`"),
    pytest.param("$d.`a`", "1", id="$d.`a`"),
    pytest.param("and", "UNDEF", id="and"),
    pytest.param("in", "UNDEF", id="in"),
    pytest.param("$d.and", "UNDEF", id="$d.and"),
    pytest.param("5.5 % 2", "1.5", id="5.5 % 2"),
    pytest.param("-5 % 3", "-2", id="-5 % 3"),
    pytest.param("7 - 2", "5", id="7 - 2"),
    pytest.param("10 / 4", "2.5", id="10 / 4"),
    pytest.param('($p := $substring(?,0,2); $p("hello"))', '"he"', id='($p := $substring(?,0,2); $p("hello"))'),
]

ERRORS = [
    pytest.param(
        "$d.items^(>k)",
        "T2008: The expressions within an order-by clause must evaluate to numeric or string values",
        id="$d.items^(>k)",
    ),
    pytest.param(
        '$decodeUrlComponent("%")',
        'D3140: Malformed URL passed to $decodeUrlComponent(): "%"',
        id='$decodeUrlComponent("%")',
    ),
    pytest.param("$d.items[0,1]", 'S0202: Expected "]", got ","', id="$d.items[0,1]"),
    pytest.param(
        '($f := function($x)<n:n>{$x}; $f("a"))',
        'T0410: Argument 1 of function "f" does not match function signature',
        id='($f := function($x)<n:n>{$x}; $f("a"))',
    ),
    pytest.param(
        "1 < 2 < 3",
        'T2010: The expressions either side of operator "<" must evaluate to numeric or string values',
        id="1 < 2 < 3",
    ),
    pytest.param(
        "null < 1",
        'T2010: The expressions either side of operator "<" must evaluate to numeric or string values',
        id="null < 1",
    ),
    pytest.param(
        "[1] < 2",
        'T2010: The expressions either side of operator "<" must evaluate to numeric or string values',
        id="[1] < 2",
    ),
    pytest.param("1..3", 'S0201: Syntax error: ".."', id="1..3"),
    pytest.param(
        '["a".."b"]', "T2003: The left side of the range operator (..) must evaluate to an integer", id='["a".."b"]'
    ),
    pytest.param(
        "1 ~> 2", "T2006: The right side of the function application operator ~> must be a function", id="1 ~> 2"
    ),
    pytest.param(
        "$d.o ~> |$|5|",
        "T2011: The insert/update clause of the transform expression must evaluate to an object: 5",
        id="$d.o ~> |$|5|",
    ),
    pytest.param(
        "$d.o ~> |$|{},5|",
        "T2012: The delete clause of the transform expression must evaluate to a string or array of strings: 5",
        id="$d.o ~> |$|{},5|",
    ),
    pytest.param("a b", 'S0201: Syntax error: "b"', id="a b"),
    pytest.param("1 +* 2", "S0201: Syntax error: 2", id="1 +* 2"),
    pytest.param('{"a" 1}', 'S0202: Expected ":", got 1', id='{"a" 1}'),
    pytest.param('{"a":1,}', 'S0211: The symbol "}" cannot be used as a unary operator', id='{"a":1,}'),
    pytest.param("[1,,2]", 'S0211: The symbol "," cannot be used as a unary operator', id="[1,,2]"),
    pytest.param("function($x)", 'S0203: Expected "{" before end of expression', id="function($x)"),
    pytest.param("function($x){", 'S0203: Expected "}" before end of expression', id="function($x){"),
    pytest.param("$d..a", 'S0201: Syntax error: ".."', id="$d..a"),
    pytest.param("$d.[", 'S0203: Expected "]" before end of expression', id="$d.["),
    pytest.param("$d.{", 'S0203: Expected ":" before end of expression', id="$d.{"),
    pytest.param('"abc\\x"', 'S0103: Unsupported escape sequence: \\"x"', id='"abc\\x"'),
    pytest.param('"abc\\', 'S0103: Unsupported escape sequence: \\""', id='"abc\\'),
    pytest.param("'it''s'", 'S0201: Syntax error: "s"', id="'it''s'"),
    pytest.param("a.b.1", "S0213: The literal value 1 cannot be used as a step within a path expression", id="a.b.1"),
    pytest.param(
        "a.null", "S0213: The literal value null cannot be used as a step within a path expression", id="a.null"
    ),
    pytest.param("^", 'S0211: The symbol "^" cannot be used as a unary operator', id="^"),
    pytest.param("$d.a^(b", 'S0203: Expected ")" before end of expression', id="$d.a^(b"),
    pytest.param("$d[0", 'S0203: Expected "]" before end of expression', id="$d[0"),
    pytest.param("1 ? 2 :", "S0207: Unexpected end of expression", id="1 ? 2 :"),
    pytest.param("? ", 'S0211: The symbol "?" cannot be used as a unary operator', id="? "),
    pytest.param("or 1", "S0201: Syntax error: 1", id="or 1"),
    pytest.param("1 in", "S0207: Unexpected end of expression", id="1 in"),
    pytest.param("not true", "S0201: Syntax error: true", id="not true"),
    pytest.param("!a", 'S0204: Unknown operator: "!"', id="!a"),
    pytest.param("a ! b", 'S0204: Unknown operator: "!"', id="a ! b"),
    pytest.param("~", 'S0204: Unknown operator: "~"', id="~"),
    pytest.param("#", 'S0211: The symbol "#" cannot be used as a unary operator', id="#"),
    pytest.param("$d#a", 'S0214: The right side of "#" must be a variable name (start with $)', id="$d#a"),
    pytest.param("$d@a", 'S0214: The right side of "@" must be a variable name (start with $)', id="$d@a"),
    pytest.param(
        "$d@$x[0]@$y", "S0215: A context variable binding must precede any predicates on a step", id="$d@$x[0]@$y"
    ),
    pytest.param("/a", "S0302: No terminating / in regular expression", id="/a"),
    pytest.param("/[/", "S0302: No terminating / in regular expression", id="/[/"),
    pytest.param("/(/", "S0302: No terminating / in regular expression", id="/(/"),
    pytest.param("/a(b/", "S0302: No terminating / in regular expression", id="/a(b/"),
    pytest.param("/a/x", 'S0201: Syntax error: "x"', id="/a/x"),
    pytest.param("/*", "S0106: Comment has no closing tag", id="/*"),
    pytest.param('"', "S0101: String literal must be terminated by a matching quote", id='"'),
    pytest.param("'", "S0101: String literal must be terminated by a matching quote", id="'"),
    pytest.param('"a" + 1', 'T2001: The left side of the "+" operator must evaluate to a number', id='"a" + 1'),
    pytest.param('1 + "a"', 'T2002: The right side of the "+" operator must evaluate to a number', id='1 + "a"'),
    pytest.param("$d.s()", "T1006: Attempted to invoke a non-function", id="$d.s()"),
    pytest.param("foo()", "T1006: Attempted to invoke a non-function", id="foo()"),
    pytest.param(
        '$decodeUrl("%E0%A4%A")', 'D3140: Malformed URL passed to $decodeUrl(): "%E0%A4%A"', id='$decodeUrl("%E0%A4%A")'
    ),
    pytest.param('-"a"', 'D1002: Cannot negate a non-numeric value: "a"', id='-"a"'),
    pytest.param('{"a":1,"a":2}', 'D1009: Multiple key definitions evaluate to same key: "a"', id='{"a":1,"a":2}'),
    pytest.param("{1:2}", "T1003: Key in object structure must evaluate to a string; got: 1", id="{1:2}"),
    pytest.param(
        '"a" < 1', 'T2009: The values "a" and 1 either side of operator "<" must be of the same data type', id='"a" < 1'
    ),
    pytest.param(
        "true < false",
        'T2010: The expressions either side of operator "<" must evaluate to numeric or string values',
        id="true < false",
    ),
    pytest.param(
        "[1..2.5]", "T2004: The right side of the range operator (..) must evaluate to an integer", id="[1..2.5]"
    ),
    pytest.param(
        "$d.items^(k)",
        "T2008: The expressions within an order-by clause must evaluate to numeric or string values",
        id="$d.items^(k)",
    ),
    pytest.param('"\\q"', 'S0103: Unsupported escape sequence: \\"q"', id='"\\q"'),
    pytest.param("1 2", "S0201: Syntax error: 2", id="1 2"),
    pytest.param("5 := 1", "S0212: The left side of := must be a variable name (start with $)", id="5 := 1"),
    pytest.param(
        "function($a,x){1}",
        "S0208: Parameter 2 of function definition must be a variable name (start with $)",
        id="function($a,x){1}",
    ),
    pytest.param("1e999", 'S0102: Number out of range: "1e999"', id="1e999"),
    pytest.param("1e999 + 1", 'S0102: Number out of range: "1e999"', id="1e999 + 1"),
    pytest.param("a.1", "S0213: The literal value 1 cannot be used as a step within a path expression", id="a.1"),
    pytest.param("$d.a{k:1}{k:2}", "S0210: Each step can only have one grouping expression", id="$d.a{k:1}{k:2}"),
    pytest.param("[1,", 'S0203: Expected "]" before end of expression', id="[1,"),
    pytest.param("/(?<!/", "S0302: No terminating / in regular expression", id="/(?<!/"),
    pytest.param("/* x", "S0106: Comment has no closing tag", id="/* x"),
]


@pytest.mark.parametrize(("text", "result"), RESULTS)
def test_operators_give_the_reference_implementations_result(text: str, result: str) -> None:
    """Operators and paths give the result of jsonata-js 2, `undefined` included."""
    value = parse_expression(text).evaluate(Bindings({"input": DOCUMENT}, 1510067557121, {"d": DOCUMENT}))

    written = "UNDEF" if value is UNDEFINED else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert written == result


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_operators_fail_as_in_the_reference_implementation(text: str, message: str) -> None:
    """Operators and paths fail with the code and the message of jsonata-js 2."""
    with pytest.raises((QueryError, ExpressionSyntaxError)) as caught:
        parse_expression(text).evaluate(Bindings({"input": DOCUMENT}, 0, {"d": DOCUMENT}))

    error = caught.value
    assert f"{error.code}: {getattr(error, 'reason', error)}" == message
