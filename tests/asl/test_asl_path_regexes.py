"""Regular expressions in JSONPath filters: Java's syntax, and the bound of a search."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfn_mock.asl.backtracking import bounded
from sfn_mock.asl.path_regexes import PathRegex
from sfn_mock.asl.paths import PathError, PathSyntaxError, parse_path


@pytest.mark.parametrize(
    ("pattern", "letters", "text", "matches"),
    [
        pytest.param("a.c", "", "abc", True, id="whole-text"),
        pytest.param("a.c", "", "abcd", False, id="part-of-a-text"),
        pytest.param("A.C", "i", "abc", True, id="flag-behind"),
        pytest.param("(?i)A.C", "", "abc", True, id="flag-ahead"),
        pytest.param("(?si)A.C", "", "a\nc", True, id="flags-ahead"),
        pytest.param("a.c", "s", "a\nc", True, id="dot-of-a-line-break"),
        pytest.param("(?:.|\n)*^b", "m", "a\nb", True, id="lines"),
        pytest.param(r"a b # more", "x", "ab", True, id="blanks-and-comments"),
        pytest.param(r"a\ b[ ]", "x", "a b ", True, id="blanks-that-count"),
        pytest.param(r"(?<n>a|b)\k<n>", "", "bb", True, id="named-group"),
        pytest.param(r"(?<n>a|b)\k<n>", "", "ab", False, id="named-group-of-another-text"),
        pytest.param("[[a]+", "", "[a[", True, id="bracket-in-a-class"),
        pytest.param("[a]", "", "[", False, id="bracket-of-a-class"),
        pytest.param(r"[\w&&--]+", "", "a&-", True, id="symbols-in-a-class"),
        pytest.param(r"\d+", "", "१२", False, id="digits-of-ascii"),
        pytest.param(r"a\z", "", "a", True, id="end"),
        pytest.param(r"a\Z\n", "", "a\n", True, id="end-before-a-line-break"),
        pytest.param("(?:(?i:a)+b)+", "", "AbaAb", True, id="flag-of-a-group"),
        pytest.param("(?:(?i:a)+b)+", "", "ABaB", False, id="flag-ends-with-its-group"),
        pytest.param("(?i)(?:(?-i:a)+b)+", "", "aBab", True, id="flag-that-a-group-turns-off"),
        pytest.param("(?i)(?:(?-i:a)+b)+", "", "AB", False, id="flag-that-does-not-apply-in-the-group"),
        pytest.param("(?=(a|b))(?:a*b*)*", "", "abab", True, id="lookahead"),
        pytest.param("(?!a)(?:a*b*)*", "", "abab", False, id="negative-lookahead"),
        pytest.param("(?!c)(?:a*b*)*", "", "abab", True, id="negative-lookahead-passes"),
        pytest.param(r"(?=(a|b))(?:a*b*)*\1", "", "abba", True, id="group-of-a-lookahead"),
        pytest.param("(?:a*b*)*(?<=b)", "", "aab", True, id="lookbehind"),
        pytest.param(r"(?:a|b)+?(?<=(b))\1", "", "abb", True, id="group-of-a-lookbehind"),
        pytest.param(r"(?:a|b)+?(?<=(b))\1", "", "bb", True, id="group-of-a-lookbehind-at-the-start"),
        pytest.param(r"(?:a|b)+?(?<=(b))\1", "", "ab", False, id="group-of-a-lookbehind-that-is-not-repeated"),
        pytest.param(r"(a)(?:a|b)+?(?<=(b))\1", "", "aba", True, id="group-before-that-of-a-lookbehind"),
        pytest.param(r"(?:(a)|b)+\1", "", "a" * 6_000, True, id="group-in-a-long-text"),
        pytest.param("(?:a*b*)*(?<!b)", "", "aab", False, id="negative-lookbehind"),
        pytest.param("(?:a*b*)*c?", "", "abc", True, id="once"),
        pytest.param("(?:a*b*)*c?", "", "abcc", False, id="once-at-most"),
        pytest.param("(?:a+)+", "", "aab", False, id="nested-repetitions-of-a-part"),
        pytest.param("(?:a*)*", "", "", True, id="nested-repetitions-of-nothing"),
        pytest.param("(?:a{1,200}){1,200}b", "", "aaab", True, id="large-numbers"),
        pytest.param("(?:a{1,200}){1,200}?b", "", "aaab", True, id="large-lazy-numbers"),
        pytest.param("(?:a{1,200}b){150,}c", "", "ab" * 151 + "c", True, id="a-large-number-without-a-limit"),
        pytest.param("(?:a{1,200}b){150,}c", "", "ab" * 149 + "c", False, id="a-time-too-few"),
        pytest.param("(?:(?:a?){90}){300,301}b", "", "b", True, id="a-part-that-matches-nothing"),
        pytest.param("a{21000}", "", "a" * 21000, True, id="a-large-number-of-one-part"),
        pytest.param("(?:a|b{20}){1000}", "", "a" * 1000, True, id="as-many-times-as-it-must"),
        pytest.param("(?:a|b{20}){0,1000}", "", "a" * 999 + "b" * 21, False, id="one-time-too-many"),
        pytest.param("(?:a|b{20}){0,1000}", "", "a" * 1001, False, id="one-part-too-many"),
        pytest.param("(?:a{0,21000}b){2,5001}", "", "aab", False, id="large-numbers-that-are-not-mixed-up"),
        pytest.param("(?:a(?:b?){10001})*", "", "aa", True, id="a-repeated-part-that-matches-nothing"),
        pytest.param("(?:a{0,2}b)+", "", "abb", True, id="fewer-times-than-it-may"),
        pytest.param("(ab|a)" + "b*" * 13 + r"\1", "", "aba", True, id="group-that-another-try-fills"),
    ],
)  # fmt: skip
def test_regex_matches_whole_texts(pattern: str, letters: str, text: str, matches: bool) -> None:
    """A pattern of a filter matches whole texts, as Java's does."""
    assert PathRegex(pattern, letters).matches(text) is matches


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        pytest.param("(?P<n>a)", "(?P is not supported", id="python-group"),
        pytest.param("a(?i)b", "(?i) is not supported", id="flag-within"),
        pytest.param("(?>a)", "(?> is not supported", id="atomic-group"),
        pytest.param("a++", "++ is not supported", id="possessive"),
        pytest.param("a{2}+", "{2}+ is not supported", id="possessive-number"),
        pytest.param("a(?#b)", "(?# is not supported", id="comment"),
        pytest.param(r"(a)(?<=\1)", "invalid group reference 1 at position 5", id="looking-behind-for-a-group"),
    ],
)
def test_pattern_of_another_dialect_is_refused(pattern: str, reason: str) -> None:
    """A pattern that only some versions of Python accept, or with newer constructs of Java, is a syntax error."""
    path = f"$[?(@.a =~ /{pattern}/)]"

    with pytest.raises(PathSyntaxError, match=rf": bad regular expression: {re.escape(reason)}$"):
        parse_path(path)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("^(a+)+$", id="nested-repetitions"),
        pytest.param("(a|aa)+", id="repeated-alternatives"),
        pytest.param("(?=(a+)+$).*", id="in-a-lookahead"),
        pytest.param("(?i:(A+)+)", id="in-a-group-with-a-flag"),
        pytest.param("(a{1,200}){1,200}", id="numbers-too-large-to-write-out"),
        pytest.param("(((a{1,30}){1,30}){1,30}){1,30}", id="numbers-in-numbers"),
        pytest.param("(a{1,200}){1,200}?c", id="lazy-numbers"),
        pytest.param("(a{1,200}){200,}", id="number-without-a-limit"),
        pytest.param("((((a*){2}){2}){2}){2}", id="twice-in-twice"),
    ],
)
@pytest.mark.parametrize("path", ["$[?(@.t =~ {})]", "$[?(@[?(@.t =~ {})])]"])
def test_search_without_an_end_is_a_path_error(path: str, pattern: str) -> None:
    """A search that would take hours fails the evaluation of the path, for any number of elements."""
    path = path.format(f"/{pattern}/")
    items: list[Any] = [{"t": "a" * 40 + "b"}] * 20
    started = time.process_time()

    with pytest.raises(PathError) as caught:
        parse_path(path).evaluate(items if path.count("[") == 1 + pattern.count("[") else [items])

    assert str(caught.value) == f"Invalid path '{path}' : The regular expression takes too many steps"
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("pattern", "end", "matches"),
    [
        pytest.param(".*.*.*.*x", "", False, id="repetitions"),
        pytest.param(".*.*.*.*x", "x", True, id="repetitions-that-match"),
        pytest.param("(?:a?){1}.*a{0,20}.*a*x", "", False, id="optional-parts"),
        pytest.param("a?" * 40 + "a*b", "b", True, id="many-choices"),
        pytest.param("(?=.*.*.*.*x)a*x", "x", True, id="in-a-lookahead"),
        pytest.param(".*" * 15 + "x", "", False, id="many-repetitions"),
        pytest.param("a{0,21000}.*.*.*.*x", "", False, id="a-large-number"),
        pytest.param("(a|aa)(a|aa).*.*.*.*b", "b", True, id="alternatives"),
    ],
)
def test_repetitions_that_share_a_text(pattern: str, end: str, matches: bool) -> None:
    """A pattern of several repetitions matches or refuses a long text at once."""
    started = time.process_time()

    assert PathRegex(pattern, "").matches("a" * 3_000 + end) is matches
    assert time.process_time() - started < 5


_PIECES = ["a", "b", ".", "[ab]", "(a|ab)", "(?:a|b)", "(b)?", "a*", "b+?", ".{0,2}", "(?=a)", "(?!b)", "^", "$"]


@settings(deadline=None)  # a slow machine must not fail the test
@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=7), st.text("ab", max_size=8))
def test_bounded_search_agrees_with_re(pieces: list[str], text: str) -> None:
    """The bounded search finds the matches and groups that the module re finds."""
    pattern = "".join(pieces)
    program = bounded(pattern, 0)
    expected = [(match.start(), match.end(), match.groups()) for match in re.finditer(pattern, text) if match[0]]

    if program:
        found = [(match.start(), match.end(), match.groups()) for match in program.finditer(text) if match.group()]
        assert found == expected
