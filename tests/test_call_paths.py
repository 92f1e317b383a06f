"""The number of files that a call enters."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "benchmarks" / "count_files.py"


@pytest.fixture(scope="module")
def paths():
    return runpy.run_path(str(SCRIPT))["follow_all"]()


@pytest.mark.parametrize(
    ("name", "files", "changes"),
    [
        pytest.param("a listing in place", 14, 32, id="ListExecutions"),
        pytest.param("a seed", 7, 20, id="add_execution"),
    ],
)
def test_a_call_goes_through_few_files(paths, name, files, changes):
    """A call enters at most this number of files, and changes file at most this often."""
    path = paths[name]

    assert len(path.files) <= files
    assert path.changes <= changes


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        pytest.param("a listing in place", "**A listing**", id="ListExecutions"),
        pytest.param("a seed", "**A seed**", id="add_execution"),
    ],
)
def test_the_walks_name_every_file(paths, name, heading):
    """CONTRIBUTING.md lists each file that a listing and a seed enter, in order."""
    _, _, walk = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition(heading)
    table = walk.split("\n\n")[1]

    assert re.findall(r"^\| `([\w/]+\.py)` \|", table, re.MULTILINE) == paths[name].files


@pytest.mark.parametrize(
    ("options", "line"),
    [
        pytest.param([], "    operations/listing.py", id="files"),
        pytest.param(["--path"], "    operations/listing.py list_executions", id="functions"),
    ],
)
def test_output_of_the_script(capsys, monkeypatch, options, line):
    """The script prints the numbers of each path, with its files or functions."""
    monkeypatch.setattr(sys, "argv", ["count_files.py", *options])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()

    assert [line.partition(":")[0] for line in lines if not line.startswith(" ")] == ["a listing in place", "a seed"]
    assert line in lines
