"""Expressions of one form: they are parsed once, and each keeps its own references and faults."""

from __future__ import annotations

import random

import pytest

from sfn_mock.asl.expressions import find_faults, find_variables
from sfn_mock.asl.jsonata import forms
from sfn_mock.asl.jsonata.engine import parse
from sfn_mock.asl.jsonata.forms import KnownForms, find_form
from sfn_mock.asl.jsonata.messages import QueryError
from sfn_mock.asl.jsonata.references import collect


@pytest.mark.parametrize(
    ("expression", "form"),
    [
        pytest.param("$states.input.a + 17.5", "$states.n0.n1 + 0", id="a path of $states and a number"),
        pytest.param("$a & $b & $a.b", "$n0 & $n1 & $n0.n1", id="a name twice"),
        pytest.param("'it' & \"it\" & it", "'n0' & \"n0\" & n0", id="a name, a text and a variable alike"),
        pytest.param("$map($x, function($v) {$v in y})", "$n0($n1, function($n2) {$n2 in n3})", id="a function"),
        pytest.param("states.exists ?? $exists", "states.exists ?? $exists", id="names that the parser knows"),
        pytest.param("$.a[$$.b = true]", "$.n0[$$.n1 = true]", id="the context value"),
        pytest.param("[1..5]", "[0..0]", id="a range"),
        pytest.param("$a1 + b2", "$n0 + n1", id="names that end in a digit"),
        pytest.param("$a / 2 + $b/3", "$n0 / 0 + $n1/0", id="divisions"),
        pytest.param("'a/b' & c", "'n0' & n1", id="a slash in a text"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_form(expression, form):
    """A form has numbers in place of names and literals, and keeps the words that the parser knows."""
    found = find_form(expression)

    assert found is not None
    assert found.text == form


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("/a/", id="a regular expression"),
        pytest.param("/a", id="a regular expression without an end"),
        pytest.param("a and /b/", id="a regular expression after an operator"),
        pytest.param("a / /b/", id="a regular expression after a division"),
        pytest.param("a[] / 2", id="a division after a bracket"),
        pytest.param("a /* b */", id="a comment"),
        pytest.param("`a b`", id="a quoted name"),
        pytest.param("'a\\n'", id="an escape"),
        pytest.param("'a", id="a quote that stays open"),
        pytest.param("1e5", id="an exponent"),
        pytest.param("007", id="zeros before a number"),
        pytest.param("9" * 16, id="a number of sixteen digits"),
        pytest.param("a'b'", id="a name before a quote"),
        pytest.param("x + a'b'", id="a name before a quote, after an operator"),
        pytest.param("$$$", id="three dollars"),
        pytest.param("größe", id="a letter that is not of ASCII"),
        pytest.param("a\u00a0+ 1", id="a no-break space"),
        pytest.param("function($a)<n:n>{$a}", id="a function with a signature"),
        pytest.param(" " * 1_001, id="more than a thousand characters"),
    ],
)
def test_expression_without_a_form(expression):
    """An expression that only the parser can split into words has no form."""
    assert find_form(expression) is None


WORDS = ["a", "b", "states", "exists", "and", "in", "true", "$a", "$b", "$states", "$exists", "$", "$$", "$in"]
LITERALS = ["1", "2.5", "'a'", '"b"', "'states'", "'$$'", "''"]
PIECES = [
    " / {}",
    "/{}",
    ".{}",
    "[{}]",
    "({})",
    " + {}",
    " & {}",
    "{{{}: 1}}",
    " ? {} : 0",
    " ?? {}",
    "^({})",
    "@$a.{}",
    ".%.{}",
    " in {}",
]


def expression(randomness: random.Random) -> str:
    """Return a random text; many are not valid expressions."""
    text = randomness.choice(WORDS + LITERALS)
    for _ in range(randomness.randrange(4)):
        text += randomness.choice(PIECES).format(randomness.choice(WORDS + LITERALS))
        if randomness.random() < 0.1:
            text = f"function($a, $b) {{{text}}}"
        elif randomness.random() < 0.1:
            text = f"($a := {text}; {randomness.choice(WORDS)})"
    return text


def test_references_are_those_of_the_parser():
    """An expression of a known form has the references of its own tree; an invalid expression has no known form."""
    randomness = random.Random(5)
    known = KnownForms()
    compared = faults = 0
    for text in (expression(randomness) for _ in range(1_500)):
        form = find_form(text)
        if form is None:
            assert "/" in text
            continue
        found = known.find(form)
        try:
            expected = collect(parse(text).ast)
        except QueryError:
            assert found is None
            faults += 1
            continue
        if found is not None:
            assert found == expected, text
            compared += 1
        known.add(form, expected)

    assert compared > 100
    assert faults > 100


def test_faults_of_one_form():
    """A fault names the word of its own expression, with a known form and without a form."""
    assert [find_faults(f"{{% {name} + 1 %}}")[0].message for name in ("total", "price")] == [
        "Reference to 'total' at the top level is not supported.",
        "Reference to 'price' at the top level is not supported.",
    ]
    assert [find_faults(f"{{% $match({name}, /a/) %}}")[0].message for name in ("total", "price")] == [
        "Reference to 'total' at the top level is not supported.",
        "Reference to 'price' at the top level is not supported.",
    ]
    assert find_variables(["{% $total + $sum(1) %}", "{% $price + $count(2) %}"]) == ["total", "price"]


def test_expressions_of_one_form_are_parsed_once(monkeypatch):
    """The parser is called once for a thousand expressions of one form."""
    parsed = []

    def noted(text):
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr("sfn_mock.asl.expressions.parse", noted)
    monkeypatch.setattr("sfn_mock.asl.expressions._known_forms", KnownForms())
    for number in range(1_000):
        assert find_faults(f"{{% $states.input.only_here{number}[{number}] %}}") == []

    assert parsed == ["$states.input.only_here0[0]"]


def test_forms_are_forgotten(monkeypatch):
    """All known forms are dropped when their number reaches the limit."""
    monkeypatch.setattr(forms, "_MOST_FORMS", 2)
    known = KnownForms()
    found = [find_form(text) for text in ("$a", "$a.b", "$a.b.c")]
    for text, form in zip(("$a", "$a.b", "$a.b.c"), found, strict=True):
        known.add(form, collect(parse(text).ast))

    assert [known.find(form) is None for form in found] == [True, True, False]
