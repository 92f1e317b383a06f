"""docs/definition-checks.md compared with the checks: each row is run, and each check has a row."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from asl_diagnosed import FUNCTION, machine
from test_conformance import EVIDENCE, NEED_A_REASON

from sfn_mock.asl import checks
from sfn_mock.asl.checks import check_definition
from sfn_mock.integrations.service_calls import unknown_fields

PAGE = Path(__file__).parents[2] / "docs" / "definition-checks.md"
WORKFLOW = {"StartAt": "X", "States": {"X": {"Type": "Succeed"}}}
#: The values of the words in the page's examples.
WORDS = {
    "FUNCTION": FUNCTION,
    "ACTIVITY": "arn:aws:states:us-east-1:123456789012:activity:pack",
    "WORKFLOW": WORKFLOW,
    "DISTRIBUTED": {**WORKFLOW, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
}
WORD = re.compile(rf'(?<!")({"|".join(WORDS)})(?!")')
REPEATED = re.compile(r"«(?P<several>.+?)»\*(?P<times>\d+)|(?P<one>\S)\*(?P<count>\d+)")


class Row(NamedTuple):
    rule: str
    example: str
    diagnostic: str
    evidence: str


def rows() -> list[Row]:
    """Return the rows of all tables of the page."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [Row(*row) for row in cells if row[-1] != "Evidence"]


def unfold(cell: str) -> str:
    """Return the text of a cell in backticks, with repetitions written out."""
    text = cell.removeprefix("`").removesuffix("`")
    return REPEATED.sub(lambda match: (match["several"] or match["one"]) * int(match["times"] or match["count"]), text)


def definition_of(example: str) -> str:
    """Return the definition of an example, which may be only a state."""
    text = unfold(WORD.sub(lambda match: json.dumps(WORDS[match[0]]), example))
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if not value or "StartAt" in value:
        return text
    if not value.keys() & {"Next", "End"} and value.get("Type") not in ("Choice", "Succeed", "Fail"):
        value["End"] = True
    return json.dumps(machine(value))


def diagnostics_of(row: Row) -> str:
    """Return the diagnostics of a row's example, as the page writes them."""
    kind = "EXPRESS" if row.rule.startswith("EXPRESS:") else "STANDARD"
    found = check_definition(definition_of(row.example), type=kind, unknown_fields=unknown_fields)
    return "; ".join(str(each).removeprefix("SCHEMA_VALIDATION_FAILED: ").replace("\n", " ") for each in found)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.rule) for row in rows()])
def test_row(row: Row) -> None:
    """The example of a row has exactly the diagnostic of the row, and the row has evidence."""
    evidence = EVIDENCE.fullmatch(row.evidence)

    assert diagnostics_of(row) == unfold(row.diagnostic)
    assert evidence is not None
    assert evidence["reason"] or evidence["kind"] not in NEED_A_REASON


def sentences() -> dict[str, str]:
    """Return the sentences of the code's checks as patterns, with their positions."""
    found = {}
    for file in sorted(Path(str(checks.__file__)).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("error", "warning"):
                sentence = node.args[1 if node.func.id == "warning" else 0]
                parts = sentence.values if isinstance(sentence, ast.JoinedStr) else [sentence]
                found["".join(_pattern(part) for part in parts)] = f"{file.name}:{node.lineno}"
    return found


def _pattern(part: ast.expr) -> str:
    return re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*"


@pytest.mark.parametrize("pattern", sentences(), ids=sentences().values())
def test_check_has_a_row(pattern: str) -> None:
    """Each sentence of the checks is the diagnostic of a row."""
    assert any(re.search(rf"(^`|: ){pattern} at ", row.diagnostic) for row in rows())
