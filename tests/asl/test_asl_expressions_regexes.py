"""Regular expressions and $replace, compared with the reference implementation, and the bounds of a search."""

from __future__ import annotations

import json
import time

import pytest

from sfn_mock.asl.expressions import Bindings, ExpressionSyntaxError, parse_expression
from sfn_mock.asl.jsonata.messages import QueryError
from sfn_mock.asl.jsonata.values import UNDEFINED

RESULTS = [
    pytest.param('$replace("aab", /a/, "ba", 2)', '"babab"', id='$replace("aab", /a/, "ba", 2)'),
    pytest.param('$replace("abc","b","$$")', '"a$$c"', id='$replace("abc","b","$$")'),
    pytest.param('$replace("abc",/b/,"$$")', '"a$c"', id='$replace("abc",/b/,"$$")'),
    pytest.param('$replace("abc",/b/,"$")', '"a$c"', id='$replace("abc",/b/,"$")'),
    pytest.param('$replace("abc",/b/,"$x$1y")', '"a$xyc"', id='$replace("abc",/b/,"$x$1y")'),
    pytest.param('$replace("abc",/(b)/,"$12")', '"ab2c"', id='$replace("abc",/(b)/,"$12")'),
    pytest.param('$replace("abc",/(b)/,"$01")', '"ab1c"', id='$replace("abc",/(b)/,"$01")'),
    pytest.param('$replace("abc",/(b)(x)?/,"<$2>")', '"a<>c"', id='$replace("abc",/(b)(x)?/,"<$2>")'),
    pytest.param(
        '$replace("abcdefghijkl",/(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)/,"$11$12$1x")',
        '"ka2axl"',
        id='$replace("abcdefghijkl",/(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)/,"$11$12$1x")',
    ),
    pytest.param(
        '$replace("abab",/a/,function($m){$uppercase($m.match)},1)',
        '"Abab"',
        id='$replace("abab",/a/,function($m){$uppercase($m.match)},1)',
    ),
    pytest.param(
        '$replace("abab",/(a)(b)/,function($m){$m.groups[1] & $m.groups[0]})',
        '"baba"',
        id='$replace("abab",/(a)(b)/,function($m){$m.groups[1] & $m.groups[0]})',
    ),
    pytest.param('$replace("abab",/a/,"x",0)', '"abab"', id='$replace("abab",/a/,"x",0)'),
    pytest.param('$replace("abab","a","x",1)', '"xbab"', id='$replace("abab","a","x",1)'),
    pytest.param('$replace("abab","a","x",0)', '"abab"', id='$replace("abab","a","x",0)'),
    pytest.param('$replace("abab","a","x",1.5)', '"xbxb"', id='$replace("abab","a","x",1.5)'),
    pytest.param('$replace("abab",/a/,"x",1.5)', '"xbxb"', id='$replace("abab",/a/,"x",1.5)'),
    pytest.param('$replace("abab",/(a+)+b/,"<$1>")', '"<a><a>"', id='$replace("abab",/(a+)+b/,"<$1>")'),
    pytest.param('$split("aabab",/(?:a+)+/)', '["","b","b"]', id='$split("aabab",/(?:a+)+/)'),
    pytest.param(
        '$match("key=val;k2=v2",/(?:(\\w+)=(\\w+);?)+/)',
        '{"match":"key=val;k2=v2","index":0,"groups":["k2","v2"]}',
        id='$match("key=val;k2=v2",/(?:(\\w+)=(\\w+);?)+/)',
    ),
    pytest.param(
        '$match("aXbX",/(?:(?=(a))a|b)+/)',
        '[{"match":"a","index":0,"groups":["a"]},{"match":"b","index":2,"groups":[null]}]',
        id='$match("aXbX",/(?:(?=(a))a|b)+/)',
    ),
    pytest.param('$contains("a.b.com",/^([a-z]+\\.)+com$/)', "true", id='$contains("a.b.com",/^([a-z]+\\.)+com$/)'),
    pytest.param(
        '$match("1,234,567",/\\d{1,3}(,\\d{3})*/).match',
        '"1,234,567"',
        id='$match("1,234,567",/\\d{1,3}(,\\d{3})*/).match',
    ),
    pytest.param(
        '$match("abab cdcd",/((\\w)(\\w))(?:\\1)+/).match',
        '["abab","cdcd"]',
        id='$match("abab cdcd",/((\\w)(\\w))(?:\\1)+/).match',
    ),
    pytest.param('$match("aaa",/(?:a{1,2}){2}/).match', '"aaa"', id='$match("aaa",/(?:a{1,2}){2}/).match'),
    pytest.param(
        '$match("aaaa",/(?:a{1,2}?){2,3}?/).match', '["aa","aa"]', id='$match("aaaa",/(?:a{1,2}?){2,3}?/).match'
    ),
    pytest.param('$match("aaaa",/(?:a{2,})+?/).match', '"aaaa"', id='$match("aaaa",/(?:a{2,})+?/).match'),
    pytest.param(
        '$match("xaay",/(?:x|y)*(?<n>a)\\k<n>/).match', '"xaa"', id='$match("xaay",/(?:x|y)*(?<n>a)\\k<n>/).match'
    ),
    pytest.param('$replace("the cat","c","b",1)', '"the bat"', id='$replace("the cat","c","b",1)'),
    pytest.param('$match("a{,2}b",/a{,2}/).match', '"a{,2}"', id='$match("a{,2}b",/a{,2}/).match'),
    pytest.param('$match("A",/\\A/).match', '"A"', id='$match("A",/\\A/).match'),
    pytest.param('$match("Zy",/\\Z\\y/).match', '"Zy"', id='$match("Zy",/\\Z\\y/).match'),
    pytest.param('$replace("a\\u00a0b",/\\s/,"_")', '"a_b"', id='$replace("a\\u00a0b",/\\s/,"_")'),
    pytest.param('$replace("a\\u00a0b",/\\S/,"_")', '"_\xa0_"', id='$replace("a\\u00a0b",/\\S/,"_")'),
    pytest.param('$replace("a\\u00a0b",/[\\s]/,"_")', '"a_b"', id='$replace("a\\u00a0b",/[\\s]/,"_")'),
    pytest.param('$match("a\\rb",/a.b/)', "UNDEF", id='$match("a\\rb",/a.b/)'),
    pytest.param('$match("ab",/a[^]/).match', '"ab"', id='$match("ab",/a[^]/).match'),
    pytest.param('$match("ab",/a[]/)', "UNDEF", id='$match("ab",/a[]/)'),
    pytest.param('$match("a-b",/[\\w-]+/).match', '"a-b"', id='$match("a-b",/[\\w-]+/).match'),
    pytest.param('$match("a.b",/[.]/).match', '"."', id='$match("a.b",/[.]/).match'),
    pytest.param('$match("a/b",/a\\/b/).match', '"a/b"', id='$match("a/b",/a\\/b/).match'),
    pytest.param('$match("\\u00e9",/\\u00e9/).match', '"é"', id='$match("\\u00e9",/\\u00e9/).match'),
    pytest.param('$match("a\\tb",/a\\tb/).match', '"a\\tb"', id='$match("a\\tb",/a\\tb/).match'),
    pytest.param('$match("a]b",/[\\]]/).match', '"]"', id='$match("a]b",/[\\]]/).match'),
    pytest.param('$match("a^b",/[\\^]/).match', '"^"', id='$match("a^b",/[\\^]/).match'),
    pytest.param('$match("ab",/[^a]/).match', '"b"', id='$match("ab",/[^a]/).match'),
    pytest.param(
        '$match("2024-01-02T03:04:05Z",/^(\\d{4})-(\\d{2})-(\\d{2})T/).groups',
        '["2024","01","02"]',
        id='$match("2024-01-02T03:04:05Z",/^(\\d{4})-(\\d{2})-(\\d{2})T/).groups',
    ),
    pytest.param(
        '$match("user@example.com",/^[\\w.+-]+@[\\w-]+\\.[\\w.]+$/).match',
        '"user@example.com"',
        id='$match("user@example.com",/^[\\w.+-]+@[\\w-]+\\.[\\w.]+$/).match',
    ),
    pytest.param('$match("a b",/a\\ b/).match', '"a b"', id='$match("a b",/a\\ b/).match'),
    pytest.param('$match("a-b",/a\\-b/).match', '"a-b"', id='$match("a-b",/a\\-b/).match'),
    pytest.param('$match("é",/\\w/)', "UNDEF", id='$match("é",/\\w/)'),
    pytest.param('$match("aé",/[a-z]+/).match', '"a"', id='$match("aé",/[a-z]+/).match'),
    pytest.param('$match("AB",/[a-z]+/i).match', '"AB"', id='$match("AB",/[a-z]+/i).match'),
    pytest.param('$match("a\\nb",/^b$/m).match', '"b"', id='$match("a\\nb",/^b$/m).match'),
    pytest.param('$match("a\\nb",/^b$/)', "UNDEF", id='$match("a\\nb",/^b$/)'),
    pytest.param('$match("_",/\\_/).match', '"_"', id='$match("_",/\\_/).match'),
    pytest.param('$match("a",/(?<x>a)\\k<x>/)', "UNDEF", id='$match("a",/(?<x>a)\\k<x>/)'),
    pytest.param("$replace('a&&b~~c--d', /[&~|]+|[!--]+/, '_')", '"a_b_c_d"', id="symbols in a class"),
    pytest.param("$contains('a0', /\\0/)", "false", id="null character"),
    pytest.param("$replace($nobody, /a/, 'b')", "UNDEF", id="undefined text"),
    pytest.param("$contains($nobody, 'b')", "UNDEF", id="undefined text that contains nothing"),
    pytest.param("$replace($nobody, '', 'b')", "UNDEF", id="undefined text without a pattern"),
    pytest.param("$match('aab', /(?:a|b)+(?=(b))/).groups", '["b"]', id="group in a lookahead"),
    pytest.param("$match('ab', /(?:a|b)+(?=(x)?)/).groups", "[null]", id="no group in a lookahead"),
    pytest.param("$match('ab', /(?:a|b)+(?<=(x)|(b))/).groups", '[null,"b"]', id="groups in a lookbehind"),
    pytest.param("$match('aa', /(?:(?:a|b)+|(a)(?=\\1))/).match", '"aa"', id="reference in a lookahead"),
    pytest.param("$match('ab', /(?:a|b){1,30000}/).match", '"ab"', id="repetition of many"),
    pytest.param("$match('xb', /(?:x|(a))+\\1b/).match", '"xb"', id="reference to what did not match"),
    pytest.param("$contains('ac', /(?:(a)|b)+\\1c/)", "false", id="reference to what is not there"),
    pytest.param("$contains('ab', /(?:a*)*c/)", "false", id="repetition of the empty text"),
    pytest.param("$contains('', /^$/)", "true", id="empty text"),
    pytest.param("$contains('abc', /x*/)", "true", id="empty match in a text"),
    pytest.param("$match('ab', /(?:c+)*$/).index", "2", id="empty match at the end"),
    pytest.param("$match('', /(?:a+)*/).match", '""', id="empty match of an empty text"),
    pytest.param("$match('abb', /b/, 1).index", "1", id="first of the matches"),
    pytest.param("$match('ab', /(?:a+)+|b/).match", '["a","b"]', id="matches that touch"),
    pytest.param("$replace('', /x*/, 'y')", '"y"', id="replacement of an empty text"),
    pytest.param("$replace('abc', /x*/, 'y', 0)", '"abc"', id="no replacement of an empty match"),
    pytest.param("$split('', /x*/)", '["",""]', id="empty text split at an empty match"),
    pytest.param("('abc' ~> /x*/).end", "0", id="empty match of a function"),
]

ERRORS = [
    pytest.param(
        '$replace("abab",/a/,function($m){1})',
        "D3012: Attempted to replace a matched string with a non-string value",
        id='$replace("abab",/a/,function($m){1})',
    ),
    pytest.param(
        '$replace("abab",/a*/,"x",1)',
        "D1004: Regular expression matches zero length string",
        id='$replace("abab",/a*/,"x",1)',
    ),
    pytest.param(
        '$replace("abab",/b*/,"x",1)',
        "D1004: Regular expression matches zero length string",
        id='$replace("abab",/b*/,"x",1)',
    ),
    pytest.param("$match('abc', /x*/, 1)", "D1004: Regular expression matches zero length string", id="empty match"),
    pytest.param("$match('abc', /a|$/)", "D1004: Regular expression matches zero length string", id="empty end"),
    pytest.param("('ab' ~> /x*/).next()", "D1004: Regular expression matches zero length string", id="next of none"),
]


@pytest.mark.parametrize(("text", "result"), RESULTS)
def test_regular_expressions_match_as_in_the_reference_implementation(text: str, result: str) -> None:
    """A regular expression matches as in JavaScript, and $replace accepts references to its groups."""
    value = parse_expression(text).evaluate(Bindings({}, 0))

    written = "UNDEF" if value is UNDEFINED else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    assert written == result


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_replacements_fail_as_in_the_reference_implementation(text: str, message: str) -> None:
    """A match of the empty text, and a replacement that is not text, are errors."""
    with pytest.raises(QueryError) as caught:
        parse_expression(text).evaluate(Bindings({}, 0))

    assert str(caught.value) == message


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("(?i)x", id="flags"),
        pytest.param("(?>x)", id="atomic group"),
        pytest.param("x++", id="possessive repetition"),
        pytest.param("x{1}+", id="possessive count"),
        pytest.param("(?P<a>x)", id="Python's named group"),
        pytest.param("a{2,1}", id="count out of order"),
        pytest.param("[z-a]", id="range out of order"),
    ],
)
def test_pattern_that_javascript_refuses(pattern: str) -> None:
    """A pattern that JavaScript refuses is an error even if Python accepts it."""
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse_expression(f"$match('x', /{pattern}/)")

    assert (caught.value.code, str(caught.value)) == ("S0303", f"Invalid regular expression: /{pattern}/")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("$match($pad('', 40, 'a'), /(a+)+c/)", id="nested repetitions"),
        pytest.param("$contains($pad('', 40, 'a'), /^(a|a)*$c/)", id="repeated alternatives"),
        pytest.param("$split($pad('', 400, 'abc '), /(\\w+\\s?)+!/)", id="words"),
        pytest.param("$contains($pad('', 60, 'x,'), /^(.*?,){25}P/)", id="counted repetition"),
    ],
)
def test_a_search_without_an_end_is_stopped(text: str) -> None:
    """A search that would take hours ends with the error of an expression without an end."""
    started = time.process_time()

    with pytest.raises(QueryError, match=r"^U1001: Expression evaluation timeout: Check for infinite loop$"):
        parse_expression(text).evaluate(Bindings({}, 0))

    assert time.process_time() - started < 10


def test_a_function_cannot_replace_the_matches_of_a_text() -> None:
    """A function can replace the matches of a regular expression, but not those of a text."""
    with pytest.raises(QueryError, match=r"^D3012: Attempted to replace a matched string with a non-string value$"):
        parse_expression("$replace('ab', 'a', function($m){'x'})").evaluate(Bindings({}, 0))


def test_repetitions_that_share_a_long_text() -> None:
    """A search whose repetitions can share a long text in many ways ends at once, with or without a match."""
    expression = parse_expression(
        "$match($pad('', 3000, 'a') & $states.end, /(a*).*(a*).*x/).{'at': index, 'groups': groups}"
    )
    started = time.process_time()

    assert expression.evaluate(Bindings({"end": ""}, 0)) is UNDEFINED
    assert expression.evaluate(Bindings({"end": "x"}, 0)) == {"at": 0, "groups": ["a" * 3000, ""]}
    assert time.process_time() - started < 5
