"""JSONPath and Reference Paths."""

from __future__ import annotations

from typing import Any

import pytest

from sfn_mock.asl import path_nodes
from sfn_mock.asl.paths import (
    PathError,
    PathSyntaxError,
    ResultPathError,
    parse_path,
    parse_reference_path,
    read_path,
)
from sfn_mock.asl.texts import java_class, java_text, json_text

SHOP: dict[str, Any] = {
    "name": "Corner",
    "open": True,
    "owner": None,
    "delivery-partner": "Bike",
    "items": [
        {"id": 1, "kind": "tea", "price": 4.5, "tags": ["hot", "green"]},
        {"id": 2, "kind": "cup", "price": 8, "tags": []},
        {"id": 3, "kind": "Teapot", "price": 20, "note": None},
    ],
    "matrix": [[1, 2], [3, 4]],
    "kinds": ["tea", "cup"],
    "huge": [1e200, -1e200],
    "huger": [10**400, -(10**400)],
    "hugest": [[10**400], [-(10**400)]],
}
PROVIDER = (
    "This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonProvider'."
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("$", SHOP, id="root"),
        pytest.param("$.name", "Corner", id="name"),
        pytest.param("$.delivery-partner", "Bike", id="hyphen"),
        pytest.param("$['name']", "Corner", id="brackets"),
        pytest.param('$["name"]', "Corner", id="double-quotes"),
        pytest.param("$.['name']", "Corner", id="dot-before-brackets"),
        pytest.param("$[ 'name' ]", "Corner", id="blanks-in-brackets"),
        pytest.param("$.owner", None, id="null"),
        pytest.param("$.items[0].kind", "tea", id="index"),
        pytest.param("$.items[-1].id", 3, id="index-from-the-end"),
        pytest.param("$.items[-3].id", 1, id="first-index-from-the-end"),
        pytest.param("$.matrix[1][0]", 3, id="two-indexes"),
        pytest.param("$['name','open','nothing']", {"name": "Corner", "open": True}, id="several-names-at-the-end"),
    ],
)
def test_definite_path_gives_the_value(path: str, value: Any) -> None:
    """A path that names one value gives that value."""
    assert parse_path(path).is_definite
    assert parse_path(path).evaluate(SHOP) == value


@pytest.mark.parametrize(
    ("path", "values"),
    [
        pytest.param("$.items[*].id", [1, 2, 3], id="wildcard"),
        pytest.param("$.items[0].*", [1, "tea", 4.5, ["hot", "green"]], id="wildcard-on-object"),
        pytest.param("$.name[*]", [], id="wildcard-on-string"),
        pytest.param("$.items[0,2,7].id", [1, 3], id="indexes"),
        pytest.param("$.items[1:].id", [2, 3], id="slice-start"),
        pytest.param("$.items[:1].id", [1], id="slice-stop"),
        pytest.param("$.items[-2:-1].id", [2], id="slice-from-the-end"),
        pytest.param("$.items[1:-1].id", [], id="slice-with-a-stop-from-the-end"),
        pytest.param("$.items[-2:3].id", [2, 3, 1, 2, 3], id="slice-with-a-start-from-the-end"),
        pytest.param("$.items[-9:9].id", [1, 2, 3, 1, 2, 3], id="slice-beyond-both-ends"),
        pytest.param("$.name[0:1]", [], id="slice-of-string"),
        pytest.param("$.items[*].length()", [4, 4, 4], id="function-of-each"),
        pytest.param("$.items[?(@.id > 1)].kind.length()", [None, None], id="function-of-each-string"),
        pytest.param("$.matrix[*].sum()", [3.0, 7.0], id="sum-of-each"),
        pytest.param("$.items[*].none.sum()", [], id="function-of-nothing"),
        pytest.param("$..id", [1, 2, 3], id="descent"),
        pytest.param("$..['id']", [1, 2, 3], id="descent-brackets"),
        pytest.param("$.matrix..[0]", [[1, 2], 1, 3], id="descent-index"),
        pytest.param("$.matrix..*", [[1, 2], [3, 4], 1, 2, 3, 4], id="descent-wildcard"),
        pytest.param("$..[?(@.id == 2)].kind", ["cup"], id="descent-filter"),
        pytest.param(
            "$.items[*]['id','kind']",
            [{"id": 1, "kind": "tea"}, {"id": 2, "kind": "cup"}, {"id": 3, "kind": "Teapot"}],
            id="several-names-of-each",
        ),
        pytest.param("$.items[*]['tags','note'][0]", ["hot"], id="several-names-before-the-end"),
        pytest.param("$.items[*]['tags','x'].y", [], id="several-names-and-no-result"),
        pytest.param("$.kinds[*]['a','b']", [], id="several-names-of-strings"),
        pytest.param("$.nothing[*].id", [], id="missing-before-wildcard"),
        pytest.param("$.kinds[*].id", [], id="name-of-strings"),
        pytest.param("$.kinds[*][0]", [], id="index-of-strings"),
    ],
)
def test_indefinite_path_gives_a_list(path: str, values: list[Any]) -> None:
    """A path that can name several values gives the list of those that exist."""
    assert not parse_path(path).is_definite
    assert parse_path(path).evaluate(SHOP) == values


@pytest.mark.parametrize(
    ("test", "ids"),
    [
        pytest.param("@.note", [3], id="presence-of-null"),
        pytest.param("!@.note", [1, 2], id="absence"),
        pytest.param("! !@.note", [3], id="double-negation"),
        pytest.param("@.id == 2", [2], id="equal"),
        pytest.param("@.id==2", [2], id="equal-without-blanks"),
        pytest.param("2 === @.id", [2], id="literal-first"),
        pytest.param("@.id == '2'", [2], id="number-equals-its-spelling"),
        pytest.param("'2' == @.id", [2], id="spelling-equals-its-number"),
        pytest.param("@.id == 'two'", [], id="number-equals-no-word"),
        pytest.param("@.id != 2", [1, 3], id="different"),
        pytest.param("@.id !== 2", [1, 3], id="strictly-different"),
        pytest.param("@.note == null", [3], id="null"),
        pytest.param("@.note != 1", [1, 2, 3], id="missing-differs"),
        pytest.param("@.nothing == @.nothing", [], id="missing-equals-nothing"),
        pytest.param("@.tags == ['hot', 'green']", [1], id="array"),
        pytest.param("@.tags == []", [2], id="empty-array-literal"),
        pytest.param("@.price < 8", [1], id="less"),
        pytest.param("@.price <= 8", [1, 2], id="at-most"),
        pytest.param("@.price > 8.0", [3], id="greater"),
        pytest.param("@.price >= 8e0", [2, 3], id="at-least"),
        pytest.param("@.kind < 'd'", [2, 3], id="strings-by-code-point"),
        pytest.param("@.kind >= 'cup'", [1, 2], id="strings-at-least"),
        pytest.param("@.kind > 1", [], id="string-and-number"),
        pytest.param("@.kind >= 1", [], id="string-and-number-at-least"),
        pytest.param("@.kind <= true", [], id="string-and-boolean"),
        pytest.param("@.kind =~ /tea.*/i", [1, 3], id="regular-expression"),
        pytest.param("@.kind =~ /tea/", [1], id="regular-expression-matches-all"),
        pytest.param("@.id =~ /1|3/", [1, 3], id="regular-expression-of-number"),
        pytest.param("@.none =~ /.*/", [1, 2, 3], id="regular-expression-of-missing"),
        pytest.param("@.tags =~ /gre.*/", [1], id="regular-expression-of-array"),
        pytest.param("$.open =~ /t.*/", [1, 2, 3], id="regular-expression-of-boolean"),
        pytest.param("@.kind in $.kinds", [1, 2], id="in-path-from-root"),
        pytest.param("@.kind in 'teapot'", [], id="in-string"),
        pytest.param("@.kind nin ['tea']", [2, 3], id="not-in"),
        pytest.param("@.tags contains 'hot'", [1], id="array-contains"),
        pytest.param("@.kind contains 'ea'", [1, 3], id="string-contains"),
        pytest.param("@.kind contains 1", [], id="string-contains-number"),
        pytest.param("@.tags subsetof ['hot','green','x']", [1, 2], id="subset"),
        pytest.param("@.tags all ['hot']", [1], id="all"),
        pytest.param("@.tags anyof ['hot','x']", [1], id="any"),
        pytest.param("@.tags noneof ['hot','x']", [2], id="none"),
        pytest.param("@.tags size 2", [1], id="size"),
        pytest.param("@.id size 2", [], id="size-of-number"),
        pytest.param("@.tags empty true", [2], id="empty"),
        pytest.param("@.tags empty false", [1], id="not-empty"),
        pytest.param("@.id == 1 || @.id == 3", [1, 3], id="or"),
        pytest.param("@.price > 4 && @.price < 9 && @.id", [1, 2], id="and"),
        pytest.param("(@.id == 1 || @.id == 2) && !(@.kind == 'tea')", [2], id="parentheses"),
        pytest.param("@['kind'] == \"cup\"", [2], id="brackets"),
        pytest.param("@.tags.length() > 1", [1], id="function-of-missing-is-missing"),
        pytest.param("$.open == true", [1, 2, 3], id="root"),
        pytest.param("$.open == false", [], id="false"),
        pytest.param("@[?(@.id == 1)].kind == ['tea']", [1], id="filter-in-filter"),
    ],
)
def test_filter_keeps_matching_elements(test: str, ids: list[int]) -> None:
    """A filter keeps the elements that pass its test."""
    assert parse_path(f"$.items[?({test})].id").evaluate(SHOP) == ids


def test_filter_on_object_keeps_the_object_itself() -> None:
    """A filter on an object keeps that object, and finds nothing in a plain value."""
    assert parse_path("$[? (@.name == 'Corner') ].open").evaluate(SHOP) == [True]
    assert parse_path("$.name[?(@.x)]").evaluate(SHOP) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("$.items.length()", 3, id="length"),
        pytest.param("$.items.size()", 3, id="size"),
        pytest.param("$.items[1].length()", 4, id="length-of-object"),
        pytest.param("$.name.length()", None, id="length-of-string"),
        pytest.param("$.matrix[1].sum()", 7.0, id="sum"),
        pytest.param("$..price.sum()", 32.5, id="sum-of-all"),
        pytest.param("$..tags.length()", 2, id="length-of-all"),
        pytest.param("$..id.size()", 0, id="length-of-numbers"),
        pytest.param("$..items.keys()", list(SHOP), id="keys-of-root"),
        pytest.param("$.matrix[0].avg( )", 1.5, id="average"),
        pytest.param("$.matrix[0].stddev()", 0.5, id="deviation"),
        pytest.param("$.huge.stddev()", float("inf"), id="deviation-of-large-numbers"),
        pytest.param("$.hugest[0].sum()", float("inf"), id="larger-than-every-float"),
        pytest.param("$.hugest[1].sum()", float("-inf"), id="smaller-than-every-float"),
        pytest.param("$.huger.max()", float("inf"), id="number-larger-than-every-double"),
        pytest.param("$.huger.min()", float("-inf"), id="number-below-doubles"),
        pytest.param("$.matrix[1].min()", 3.0, id="min"),
        pytest.param("$.matrix[1].max()", 4.0, id="max"),
        pytest.param("$.kinds.first()", "tea", id="first"),
        pytest.param("$.kinds.last()", "cup", id="last"),
        pytest.param("$.items[1].keys()", ["id", "kind", "price", "tags"], id="keys"),
        pytest.param("$.name.keys()", None, id="keys-of-string"),
    ],
)
def test_function_ends_a_path(path: str, value: Any) -> None:
    """A function computes one value from the values that the path before it finds."""
    assert parse_path(path).is_definite
    assert parse_path(path).evaluate(SHOP) == value


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        pytest.param("$.nothing", "No results for path: $['nothing']", id="missing-at-the-end"),
        pytest.param("$.no.such.name", "Missing property in path $['no']", id="missing-before-the-end"),
        pytest.param("$.nothing.length()", "Missing property in path $['nothing']", id="missing-before-function"),
        pytest.param("$.items[0].x", "No results for path: $['items'][0]['x']", id="missing-in-element"),
        pytest.param("$.items[7].id", "No results for path: $['items'][7]['id']", id="index-out-of-range"),
        pytest.param(
            "$.items[7].keys()", "No results for path: $['items'][7].keys()", id="index-out-of-range-before-function"
        ),
        pytest.param("$.owner[0]", "The path $['owner'] is null", id="index-of-null"),
        pytest.param(
            "$.items[1].tags.x",
            "Expected to find an object with property ['x'] in path $['items'][1]['tags'] but found "
            f"'java.util.ArrayList'. {PROVIDER}",
            id="name-of-array",
        ),
        pytest.param(
            "$.owner['a','b']",
            f"Expected to find an object with property ['a','b'] in path $['owner'] but found 'null'. {PROVIDER}",
            id="names-of-null",
        ),
        pytest.param(
            "$.items[2][0]",
            "Filter: [0] can only be applied to arrays. Current context is: {id=3, kind=Teapot, price=20, note=null}",
            id="index-of-object",
        ),
        pytest.param(
            "$.kinds.sum()", "Aggregation function attempted to calculate value using empty array", id="no-numbers"
        ),
        pytest.param(
            "$.name.first()", "Aggregation function attempted to calculate value using empty array", id="no-array"
        ),
        pytest.param(
            "$.name.sum()", "Aggregation function attempted to calculate value using empty array", id="sum-of-string"
        ),
    ],
)
def test_definite_path_without_a_value_fails(path: str, reason: str) -> None:
    """A path that names one value fails with the path library's sentence if there is none."""
    with pytest.raises(PathError) as raised:
        parse_path(path).evaluate(SHOP)

    assert (raised.value.path, raised.value.reason) == (path, reason)
    assert str(raised.value) == f"Invalid path '{path}' : {reason}"


def test_path_starts_from_context_object_or_variable() -> None:
    """`$$` is the context object, `$name` a variable."""
    context = {"Execution": {"Id": "arn"}}
    variables = {"größe": {"n": [1, 2]}, "x1_": 5}

    assert parse_path("$$").evaluate({}, context=context) == context
    assert parse_path("$$.Execution.Id").evaluate({}, context=context) == "arn"
    assert parse_path("$größe.n[1]").evaluate({}, variables=variables) == 2
    assert parse_path("$x1_").evaluate({}, variables=variables) == 5
    assert parse_path("$x1_").variable == "x1_"
    assert parse_path("$.x1_").variable is None
    assert parse_path("$$").evaluate({"a": 1}) == {}


@pytest.mark.parametrize("variables", [pytest.param(None, id="none"), pytest.param({"other": 1}, id="others")])
def test_missing_variable_fails(variables: dict[str, Any] | None) -> None:
    """A path to a variable that was never assigned fails."""
    with pytest.raises(PathError) as raised:
        parse_path("$gone.x").evaluate({}, variables=variables)

    assert str(raised.value) == "Invalid path '$gone.x' : Variable 'gone' is not defined"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param(r"$['it\'s']", "it's", id="escaped-quote"),
        pytest.param(r'$["a\"b"]', 'a"b', id="escaped-double-quote"),
        pytest.param(r"$['a\\b']", "a\\b", id="escaped-backslash"),
        pytest.param(r"$['a\"b']", 'a\\"b', id="other-backslash-stays"),
        pytest.param(r"$.a\.b", "a.b", id="escaped-dot"),
        pytest.param(r"$.a\[\?", "a[?", id="escaped-brackets"),
        pytest.param("$.a\\", "a\\", id="backslash-at-the-end"),
    ],
)
def test_backslash_escapes(path: str, name: str) -> None:
    """A backslash escapes the quote in quotes, and any character in a plain name."""
    assert parse_path(path).evaluate({name: 1}) == 1


@pytest.mark.parametrize(
    ("path", "message"),
    [
        pytest.param("name", "Path must start with '$'", id="no-dollar"),
        pytest.param("", "Path must start with '$'", id="empty"),
        pytest.param("$.", "Could not parse path '$.' at position 2: expected a name", id="dot-at-the-end"),
        pytest.param("$.a..", "Could not parse path '$.a..' at position 5: expected a name", id="two-dots-at-the-end"),
        pytest.param("$.a b", "Could not parse path '$.a b' at position 3: unexpected text", id="blank"),
        pytest.param("$-a", "Could not parse path '$-a' at position 1: unexpected text", id="no-variable"),
        pytest.param(
            "$.a.length().b",
            "Could not parse path '$.a.length().b' at position 12: unexpected text",
            id="after-function",
        ),
        pytest.param(
            "$.a.foo()", "Could not parse path '$.a.foo()' at position 9: unknown function 'foo'", id="function"
        ),
        pytest.param("$.a[0", "Could not parse path '$.a[0' at position 5: expected ']'", id="open-bracket"),
        pytest.param("$['a", "Could not parse path '$['a' at position 4: expected '", id="open-quote"),
        pytest.param("$['a',1]", "Could not parse path '$['a',1]' at position 6: expected a quoted name", id="mixed"),
        pytest.param(
            "$[x]",
            "Could not parse path '$[x]' at position 2: expected a quoted name, an index, a slice, '*' or '?'",
            id="bare-name-in-brackets",
        ),
        pytest.param("$[0:4:2]", "Could not parse path '$[0:4:2]' at position 3: expected ']'", id="slice-step"),
        pytest.param("$[12345678901]", "Could not parse path '$[12345678901]' at position 12: expected ']'", id="long"),
        pytest.param("$[?@.a]", "Could not parse path '$[?@.a]' at position 3: expected '('", id="filter-parentheses"),
        pytest.param("$[?(1)]", "Could not parse path '$[?(1)]' at position 5: expected an operator", id="no-operator"),
        pytest.param(
            "$[?(@.a ==)]", "Could not parse path '$[?(@.a ==)]' at position 10: expected a value", id="no-value"
        ),
        pytest.param(
            "$[?((@.a)]", "Could not parse path '$[?((@.a)]' at position 9: expected ')'", id="open-parenthesis"
        ),
        pytest.param(
            "$[?(@.a =~ 'x')]",
            "Could not parse path '$[?(@.a =~ 'x')]' at position 11: expected a regular expression such as /a.*/",
            id="no-regular-expression",
        ),
        pytest.param(
            "$[?(@.a =~ /(/)]",
            "Could not parse path '$[?(@.a =~ /(/)]' at position 14: bad regular expression: "
            "missing ), unterminated subpattern at position 0",
            id="bad-regular-expression",
        ),
        pytest.param(
            "$[?(@.a =~ /x{99999999999}/)]",
            "Could not parse path '$[?(@.a =~ /x{99999999999}/)]' at position 27: bad regular expression: "
            "the repetition number is too large",
            id="large-repetition",
        ),
    ],
)
def test_text_that_is_not_a_path_is_refused(path: str, message: str) -> None:
    """A text that is not a path is refused with the position of the fault."""
    with pytest.raises(PathSyntaxError) as raised:
        parse_path(path)

    assert str(raised.value) == message


def test_filters_nest_within_bounds() -> None:
    """A filter with too many parentheses is refused rather than exhausting the stack."""
    assert parse_path("$[?" + "(" * 50 + "@.a" + ")" * 50 + "]").evaluate([{"a": 1}]) == [{"a": 1}]

    with pytest.raises(PathSyntaxError) as raised:
        parse_path("$[?" + "(" * 5000 + "@.a" + ")" * 5000 + "]")

    assert str(raised.value).endswith("at position 54: filters are nested more than 50 deep")


def test_filters_beside_each_other_are_not_nested() -> None:
    """The bound of nested filters does not count those that have ended."""
    assert parse_path("$[?(" + "||".join(["(@.a)"] * 60) + ")]").evaluate([{"a": 1}]) == [{"a": 1}]

    with pytest.raises(PathSyntaxError, match=r"filters are nested more than 50 deep$"):
        parse_path("$[?((@.a)||" + "(" * 50 + "@.a" + ")" * 50 + ")]")


def test_number_of_values_is_bounded() -> None:
    """A path that would find the same values over and over fails rather than exhausting memory."""
    value: dict[str, Any] = {}
    for _ in range(100):
        value = {"a": value}

    assert len(parse_path("$..a..a").evaluate(value)) == 4950
    with pytest.raises(PathError) as raised:
        parse_path("$..a..a..a..a..a..a").evaluate(value)
    assert raised.value.reason == "The path finds more than 250000 values"


def test_largest_number_of_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """A path may find as many values as the bound says."""
    monkeypatch.setattr(path_nodes, "_MOST_VALUES", 3)

    assert parse_path("$[*]").evaluate([1, 2, 3]) == [1, 2, 3]
    with pytest.raises(PathError) as raised:
        parse_path("$[*]").evaluate([1, 2, 3, 4])
    assert raised.value.reason == "The path finds more than 3 values"


def test_path_is_read_up_to_the_end_of_an_argument() -> None:
    """A path among arguments ends at a comma, a parenthesis or a blank."""
    path, position = read_path("f($.a[?(@.b == ',')].c , 1)", 2)

    assert (path.text, position) == ("$.a[?(@.b == ',')].c", 22)


@pytest.mark.parametrize(
    ("path", "document", "result"),
    [
        pytest.param("$", {"a": 1}, "new", id="root"),
        pytest.param("$.b", {"a": 1}, {"a": 1, "b": "new"}, id="new-member"),
        pytest.param("$.a", {"a": 1, "b": 2}, {"a": "new", "b": 2}, id="known-member"),
        pytest.param("$.b['c'].d", {"a": 1}, {"a": 1, "b": {"c": {"d": "new"}}}, id="missing-objects"),
        pytest.param("$.a[1].b", {"a": [1, {"c": 2}]}, {"a": [1, {"c": 2, "b": "new"}]}, id="element"),
        pytest.param("$.a[-1]", {"a": [1, 2]}, {"a": [1, "new"]}, id="last-element"),
        pytest.param("$['a[b']", {}, {"a[b": "new"}, id="bracket-in-name"),
    ],
)
def test_value_is_put_at_a_reference_path(path: str, document: Any, result: Any) -> None:
    """Putting a value makes a new document with the objects that are missing on the way."""
    before = json_text(document)

    assert parse_reference_path(path).put(document, "new") == result
    assert json_text(document) == before


@pytest.mark.parametrize(
    ("path", "document", "message"),
    [
        pytest.param("$.a.b", {"a": "x"}, 'Unable to apply step "b" to input "x"', id="string"),
        pytest.param("$.a", [1], 'Unable to apply step "a" to input [1]', id="name-of-array"),
        pytest.param("$[0]", {"a": 1}, 'Unable to apply step "0" to input {"a":1}', id="index-of-object"),
        pytest.param("$[1]", [1], 'Unable to apply step "1" to input [1]', id="index-out-of-range"),
    ],
)
def test_value_cannot_be_put_into_a_wrong_type(path: str, document: Any, message: str) -> None:
    """A Reference Path goes through objects and existing elements only."""
    with pytest.raises(ResultPathError) as raised:
        parse_reference_path(path).put(document, "new")

    assert str(raised.value) == message


def test_reference_path_evaluates_as_a_path() -> None:
    """A Reference Path gives the value that the same path gives."""
    path = parse_reference_path("$$.a[0]")

    assert path.evaluate({}, context={"a": [7]}) == 7
    assert parse_reference_path("$v.b").evaluate({}, variables={"v": {"b": 8}}) == 8


@pytest.mark.parametrize(
    ("path", "message"),
    [
        pytest.param("a.b", "Reference path didn't start with '$'", id="no-dollar"),
        pytest.param("$.a[*]", "'[' must be followed by ' or '['", id="wildcard"),
        pytest.param("$.a[x]", "'[' must be followed by ' or '['", id="bare-name"),
        pytest.param("$..a", "'$..a' must name a single value", id="descent"),
        pytest.param("$.a.length()", "'$.a.length()' must name a single value", id="function"),
        pytest.param("$.", "Could not parse path '$.' at position 2: expected a name", id="no-path"),
    ],
)
def test_path_to_several_values_is_not_a_reference_path(path: str, message: str) -> None:
    """A Reference Path must name a single value."""
    with pytest.raises(PathSyntaxError) as raised:
        parse_reference_path(path)

    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("value", "text", "plain"),
    [
        pytest.param(
            {"b": [1, 'x,"y:z'], "a": None}, '{"b":[1,"x,\\"y:z"],"a":null}', '{b=[1, x,"y:z], a=null}', id="all"
        ),
        pytest.param("é", '"é"', "é", id="letters-stay"),
        pytest.param("1.0e9", '"1.0e9"', "1.0e9", id="string-of-digits"),
        pytest.param([",1.0e9", 1.0e9], '[",1.0e9",1.0E9]', "[,1.0e9, 1.0E9]", id="string-like-a-double"),
        pytest.param(1.5, "1.5", "1.5", id="fraction"),
        pytest.param(-0.0, "-0.0", "-0.0", id="zero"),
        pytest.param(10000000.0, "1.0E7", "1.0E7", id="ten-million"),
        pytest.param(-123456789.25, "-1.2345678925E8", "-1.2345678925E8", id="large"),
        pytest.param(1e22, "1.0E22", "1.0E22", id="larger"),
        pytest.param(0.00025, "2.5E-4", "2.5E-4", id="small"),
        pytest.param(-0.00025, "-2.5E-4", "-2.5E-4", id="small-and-negative"),
        pytest.param(0.001, "0.001", "0.001", id="smallest-without-an-exponent"),
        pytest.param(9999999.5, "9999999.5", "9999999.5", id="largest-without-an-exponent"),
        pytest.param(float("inf"), "Infinity", "Infinity", id="infinite"),
        pytest.param(10**30, "1" + "0" * 30, "1" + "0" * 30, id="large-int"),
    ],
)
def test_value_is_written_as_java_writes_it(value: Any, text: str, plain: str) -> None:
    """JSON is compact, large and small doubles have an exponent, objects in plain text have equals signs."""
    assert (json_text(value), java_text(value)) == (text, plain)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param(True, "java.lang.Boolean", id="boolean"),
        pytest.param(2**31 - 1, "java.lang.Integer", id="int"),
        pytest.param(2**31, "java.lang.Long", id="long"),
        pytest.param(2**63 - 1, "java.lang.Long", id="largest-long"),
        pytest.param(2**63, "java.math.BigInteger", id="big"),
        pytest.param(-(2**31), "java.lang.Integer", id="smallest-int"),
        pytest.param(-(2**31) - 1, "java.lang.Long", id="negative-long"),
        pytest.param(-(2**63), "java.lang.Long", id="smallest-long"),
        pytest.param(-(2**63) - 1, "java.math.BigInteger", id="negative-big"),
        pytest.param(1.0, "java.lang.Double", id="double"),
        pytest.param("x", "java.lang.String", id="string"),
        pytest.param([], "java.util.ArrayList", id="array"),
    ],
)
def test_java_class_of_a_value(value: Any, name: str) -> None:
    """Each JSON value other than an object has the Java class that AWS names."""
    assert java_class(value) == name
