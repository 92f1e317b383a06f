"""The Python of README.md and docs/ runs, and their tables and links agree with the code and files."""

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
#: The pages whose Python is run here; tests/test_tutorial.py runs that of the tutorial.
PAGES = [README, *sorted(page for page in (ROOT / "docs").glob("*.md") if page.stem != "tutorial")]
#: The pages whose links are followed.
LINKED = [README, ROOT / "CONTRIBUTING.md", ROOT / "examples" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


class Block(NamedTuple):
    """A block of Python code with its page and line."""

    page: Path
    line: int
    code: str

    @property
    def padded(self) -> str:
        """Return the code after as many blank lines as precede it on the page, so that tracebacks have its line."""
        return "\n" * (self.line - 1) + self.code


def python_blocks() -> Iterator[Block]:
    for page in PAGES:
        text = text_of(page)
        for match in re.finditer(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
            yield Block(page, text.count("\n", 0, match.start(1)) + 1, match[1])


BLOCKS = list(python_blocks())
#: The blocks that are test files; the others are snippets.
FILES = [block for block in BLOCKS if re.search(r"^ *def test_", block.code, re.MULTILINE)]
SNIPPETS = [block for block in BLOCKS if block not in FILES]


#: Output of `aws stepfunctions list-executions`, for docs/seeding.md.
LISTED = {
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
#: Output of `aws stepfunctions get-execution-history` for an execution of ``REPLAYED``, for docs/replay.md.
HISTORY = {
    "events": [
        {"timestamp": "2026-01-09T03:00:00+00:00", "type": kind, "id": number, "previousEventId": number - 1, **details}
        for number, (kind, details) in enumerate(
            [
                ("ExecutionStarted", {"executionStartedEventDetails": {"input": "{}"}}),
                ("PassStateEntered", {"stateEnteredEventDetails": {"name": "Work", "input": "{}"}}),
                ("PassStateExited", {"stateExitedEventDetails": {"name": "Work", "output": "{}"}}),
                ("ExecutionSucceeded", {"executionSucceededEventDetails": {"output": "{}"}}),
            ],
            1,
        )
    ]
}
REPLAYED = {"StartAt": "Work", "States": {"Work": {"Type": "Pass", "End": True}}}
ABOUT_DEFINITIONS = ("coverage", "running-definitions")
#: The definition of ``orders`` on these pages.
CHARGING = {
    "StartAt": "Charge",
    "States": {
        "Charge": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge", "End": True}
    },
}
#: A mock config of AWS Step Functions Local for that definition.
MOCK_CONFIG = {
    "StateMachines": {"orders": {"TestCases": {"HappyPath": {"Charge": "Charged"}}}},
    "MockedResponses": {"Charged": {"0": {"Return": {"charged": True}}}},
}


def write_files_of_snippets(folder: Path) -> None:
    """Write the files that the pages read."""
    for name, content in [
        ("MockConfigFile.json", MOCK_CONFIG),
        ("executions.json", LISTED),
        ("order-7.json", HISTORY),
        ("orders.asl.json", REPLAYED),
        ("payments.asl.json", CHARGING),
    ]:
        (folder / name).write_text(json.dumps(content))


def test_the_first_test_fits_the_first_screen():
    """A complete test of at most 15 lines begins by line 12 of README.md."""
    first = BLOCKS[0]

    assert first in FILES
    assert first.line <= 12
    assert len(first.code.splitlines()) <= 15


def test_the_tests_pass_unchanged(tmp_path):
    """Each test of the pages passes when saved to a file and run by pytest."""
    write_files_of_snippets(tmp_path)
    for block in FILES:
        (tmp_path / f"test_{block.page.stem}_line_{block.line}.py").write_text(block.padded, encoding="utf-8")

    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            ROOT / "setup.cfg",
            "--rootdir",
            tmp_path,
            "-p",
            "no:xdist",
            "-p",
            "no:hypothesispytest",
            tmp_path,
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(rf"\b{sum(block.code.count('def test_') for block in FILES)} passed\b", run.stdout)


@pytest.mark.sfn_executions(region="us-east-1", retry_sleeps=False)
@pytest.mark.parametrize(
    "snippet",
    [
        pytest.param(
            block,
            id=f"{block.page.stem} line {block.line}",
            marks=pytest.mark.sfn_executions(execute=block.page.stem in ABOUT_DEFINITIONS),
        )
        for block in SNIPPETS
    ],
)
@freeze_time("2026-01-10 03:00:00")
def test_each_snippet_runs(snippet, sfn_executions, tmp_path, monkeypatch):
    """The snippets of the pages run with the names and the time that the page announces."""
    monkeypatch.chdir(tmp_path)
    write_files_of_snippets(tmp_path)
    definition = CHARGING if snippet.page.stem in ABOUT_DEFINITIONS else None
    names = {
        "boto3": boto3,
        "client": boto3.client("stepfunctions"),
        "datetime": datetime,
        "freeze_time": freeze_time,
        "orders": sfn_executions.add_state_machine("orders", definition=definition),
        "pytest": pytest,
        "sfn": sfn_executions,
        "timedelta": timedelta,
        "timezone": timezone,
    }

    exec(compile(snippet.padded, snippet.page, "exec"), names)


def declared(error: type[SFNError]) -> Iterator[tuple[str, str]]:
    """Return code and sentence of every error class, in the form of the table of errors."""
    if isinstance(error.code, str):
        yield error.code, error.message
    for kind in error.__subclasses__():
        yield from declared(kind)


def test_the_table_of_errors_is_true():
    """Each code has its sentence in the code, and all errors of ListExecutions are in the table."""
    rows = re.findall(r"^\| `(\w+)` \| `(.+?)`", text_of(ROOT / "docs" / "listing.md"), re.MULTILINE)
    operation = Session().get_service_model("stepfunctions").operation_model("ListExecutions")

    assert set(rows) <= set(declared(SFNError))
    assert {code for code, _ in rows} == {shape.name for shape in operation.error_shapes}


def test_each_example_is_listed():
    """The table of examples names each file of examples/, and no other."""
    listed = re.findall(r"^\| \[\w+\.py\]\((\w+\.py)\)", text_of(ROOT / "examples" / "README.md"), re.MULTILINE)

    assert sorted(listed) == sorted(path.name for path in ROOT.glob("examples/test_*.py"))


def test_readme_is_short():
    """README.md has at most 180 lines."""
    assert len(text_of(README).splitlines()) <= 180


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page: its headings in the form of links."""
    text = re.sub(r"^```.*?^```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    ("page", "target"),
    [
        pytest.param(page, target, id=f"{page.relative_to(ROOT)}: {target}")
        for page in LINKED
        for target in sorted(set(re.findall(r"\]\(([^)\s]+)\)", text_of(page))))
        if not target.startswith("https://")
    ],
)
def test_each_link_exists(page, target):
    """Each link leads to an existing file, and its anchor to a heading of that file."""
    path, _, anchor = target.partition("#")
    leads_to = (page.parent / path).resolve() if path else page

    assert leads_to.exists()
    assert not anchor or anchor in anchors(leads_to)
