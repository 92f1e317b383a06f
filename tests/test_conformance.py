"""docs/conformance.md names only existing tests, and all tests of ListExecutions."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "conformance.md"

KINDS = ("model", "documented", "recorded", "reported", "measured", "our choice", "differs from the user's page")
NEED_A_REASON = ("our choice", "differs from the user's page")
EVIDENCE = re.compile(rf"(?P<kind>{'|'.join(KINDS)})( \d{{4}}-\d\d(-\d\d)?)?(: (?P<reason>.+))?")
NAMED_TEST = re.compile(r"`(?P<file>(tests|examples)/(\w+/)?test_\w+\.py)::(?P<function>test_\w+)(\[(?P<id>.+?)\])?`")


class Row(NamedTuple):
    line: int
    rule: str
    evidence: str
    test: str


@cache
def rows() -> list[Row]:
    """Return the rows of every table whose last columns are Evidence and Test; the rule is in the first column."""
    found: list[Row] = []
    header: list[str] = []
    for line, text in enumerate(DOCUMENT.read_text(encoding="utf-8").splitlines(), 1):
        cells = [cell.strip() for cell in text.strip("|").split("|")] if text.startswith("|") else []
        if not cells or not header:
            header = cells
        elif header[-2:] == ["Evidence", "Test"] and not set(text) <= set("|-"):
            assert len(cells) == len(header), f"line {line} has {len(cells)} cells under {len(header)} headings"
            found.append(Row(line, cells[0], *cells[-2:]))
    return found


class Definition(NamedTuple):
    """A test function, and the ids in its table; None if pytest joins those of several tables."""

    ids: frozenset[str] | None


@cache
def functions_of(file: str) -> dict[str, Definition]:
    """Return the test functions of a module, by name."""
    functions = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
    return {
        function.name: Definition(_ids(function))
        for function in functions
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name.startswith("test_")
    }


def _ids(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str] | None:
    """Return the ids in the source of the decorators of ``function``."""
    tables = [decorator for decorator in function.decorator_list if isinstance(decorator, ast.Call)]
    if len(tables) != 1:
        return None
    return frozenset(
        keyword.value.value
        for keyword in ast.walk(tables[0])
        if isinstance(keyword, ast.keyword) and keyword.arg == "id" and isinstance(keyword.value, ast.Constant)
    )


def exists(reference: str) -> bool:
    named = NAMED_TEST.fullmatch(reference)
    if named is None or not (ROOT / named["file"]).exists():
        return False
    definition = functions_of(named["file"]).get(named["function"])
    if definition is None or named["id"] is None:
        return definition is not None
    return definition.ids is not None and named["id"] in definition.ids


# --- The document ----------------------------------------------------------------------------------------------


def test_every_row_is_found():
    """Every line that names a test is a row of a table, and there are rows."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()

    assert [row.line for row in rows()] == [line for line, text in enumerate(lines, 1) if ".py::" in text] != []


def test_evidence_is_of_a_known_kind():
    """The evidence of each row is of a kind that the document explains."""
    unknown = [(row.line, row.evidence) for row in rows() if not EVIDENCE.fullmatch(row.evidence)]

    assert unknown == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_explained(kind):
    """The first table of the document has each kind of evidence."""
    assert f"\n| {kind} | " in DOCUMENT.read_text(encoding="utf-8")


def test_a_choice_gives_its_reason():
    """A row whose evidence is a choice, or differs from the user's page, has a reason."""
    evidence = [(row.line, EVIDENCE.fullmatch(row.evidence)) for row in rows()]
    unreasoned = [
        line
        for line, found in evidence
        if found is not None and found["kind"] in NEED_A_REASON and len((found["reason"] or "").split()) < 3
    ]

    assert unreasoned == []


def test_no_rule_is_listed_twice():
    """No rule has two rows."""
    counts = Counter(row.rule for row in rows())

    assert [rule for rule, count in counts.items() if count > 1] == []


def test_each_named_test_exists():
    """File, function and id of each named test exist."""
    missing = [(row.line, row.test) for row in rows() if not exists(row.test)]

    assert missing == []


@pytest.mark.parametrize(
    "file", ["tests/operations/test_listing.py", "tests/operations/test_pages.py", "tests/operations/test_errors.py"]
)
def test_each_test_of_list_executions_is_named(file):
    """Each test of ListExecutions has a row."""
    named = {found["function"] for row in rows() if (found := NAMED_TEST.fullmatch(row.test)) and found["file"] == file}

    assert sorted(functions_of(file).keys() - named) == []


# --- The checks of the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        pytest.param("`tests/test_conformance.py::test_every_row_is_found`", True, id="function"),
        pytest.param("`tests/test_conformance.py::test_a_reference[function]`", True, id="row of a table"),
        pytest.param("`tests/test_conformance.py::test_there_are_none`", False, id="no such function"),
        pytest.param("`tests/test_conformance.py::test_a_reference[none]`", False, id="no such row"),
        pytest.param("`tests/test_conformance.py::test_every_row_is_found[one]`", False, id="row where no table is"),
        pytest.param("`tests/test_nothing.py::test_every_row_is_found`", False, id="no such file"),
        pytest.param("tests/test_conformance.py::test_every_row_is_found", False, id="not marked as code"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_reference(reference, found):
    """A reference is valid if it names an existing test."""
    assert exists(reference) is found
