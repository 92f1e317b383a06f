"""README.md against the code it speaks of: its Python runs, its tables and links are true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import boto3
import pytest
from botocore.session import Session
from freezegun import freeze_time

from sfn_mock.aws.exceptions import SFNError

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")


class Block(NamedTuple):
    """A block of Python: where it stands in README.md, and its code."""

    line: int
    code: str

    @property
    def padded(self) -> str:
        """The code at the line where it stands, so that a traceback leads there."""
        return "\n" * (self.line - 1) + self.code


def python_blocks() -> Iterator[Block]:
    for match in re.finditer(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE):
        yield Block(TEXT.count("\n", 0, match.start(1)) + 1, match[1])


BLOCKS = list(python_blocks())
#: Those that are files of tests; the others are pieces of one.
FILES = [block for block in BLOCKS if re.search(r"^(def test_|class )", block.code, re.MULTILINE)]
SNIPPETS = [block for block in BLOCKS if block not in FILES]


#: What the file that README.md loads holds.
PRINTED_BY_THE_CLI = {
    "executions": [
        {
            "executionArn": f"arn:aws:states:us-east-1:123456789012:execution:imports:{name}",
            "stateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:imports",
            "name": name,
            "status": "SUCCEEDED",
            "startDate": start_date,
            "stopDate": start_date,
            "redriveCount": 0,
        }
        for name, start_date in [("later", "2026-01-09T02:00:00+00:00"), ("sooner", "2026-01-08T02:00:00+00:00")]
    ]
}


def test_the_first_test_fits_the_first_screen():
    """A complete test of at most 15 lines begins by line 12."""
    first = BLOCKS[0]

    assert first in FILES
    assert first.line <= 12
    assert len(first.code.splitlines()) <= 15


def test_the_tests_pass_as_they_stand(tmp_path):
    """Each test of README.md passes when saved to a file and run by pytest."""
    for block in FILES:
        (tmp_path / f"test_readme_line_{block.line}.py").write_text(block.padded, encoding="utf-8")

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", ROOT / "setup.cfg", "--rootdir", tmp_path, "-p", "no:xdist", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(rf"\b{sum(block.code.count('def test_') for block in FILES)} passed\b", run.stdout)


@pytest.mark.sfn_executions(region="us-east-1", retry_sleeps=False)
@pytest.mark.parametrize("snippet", [pytest.param(block, id=f"line {block.line}") for block in SNIPPETS])
@freeze_time("2026-01-10 03:00:00")
def test_each_snippet_runs(snippet, sfn_executions, tmp_path, monkeypatch):
    """The other Python of README.md runs with the names and the time that it announces, and its asserts hold."""
    monkeypatch.chdir(tmp_path)
    Path("executions.json").write_text(json.dumps(PRINTED_BY_THE_CLI))
    names = {
        "boto3": boto3,
        "client": boto3.client("stepfunctions"),
        "datetime": datetime,
        "freeze_time": freeze_time,
        "orders": sfn_executions.add_state_machine("orders"),
        "pytest": pytest,
        "sfn": sfn_executions,
        "timedelta": timedelta,
        "timezone": timezone,
    }

    exec(compile(snippet.padded, README, "exec"), names)


def declared(error: type[SFNError]) -> Iterator[tuple[str, str]]:
    """Code and sentence of every error, as the table of errors writes them."""
    if isinstance(error.code, str):
        yield error.code, error.message
    for kind in error.__subclasses__():
        yield from declared(kind)


def test_the_table_of_errors_is_true():
    """Each code goes with that sentence in the code, and all six errors of ListExecutions are there."""
    rows = re.findall(r"^\| `(\w+)` \| `(.+?)`", TEXT, re.MULTILINE)
    operation = Session().get_service_model("stepfunctions").operation_model("ListExecutions")

    assert set(rows) <= set(declared(SFNError))
    assert {code for code, _ in rows} == {shape.name for shape in operation.error_shapes}


def test_each_example_is_listed():
    """The table of examples names each file of examples/, and no other."""
    listed = re.findall(r"^\| \[\w+\.py\]\((examples/\w+\.py)\)", TEXT, re.MULTILINE)

    assert sorted(listed) == sorted(f"examples/{path.name}" for path in ROOT.glob("examples/test_*.py"))


def anchors() -> set[str]:
    """Where a link within the page can lead: its headings, as they are written in an address."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", TEXT, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {"#" + re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)\s]+)\)", TEXT))))
def test_each_link_leads_somewhere(target):
    """A link leads to a heading of the page or to a file of the repository."""
    assert target in anchors() or (ROOT / target).exists()
