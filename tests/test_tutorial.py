"""docs/tutorial.md, followed step by step: its files are saved, and pytest prints what the page shows."""

from __future__ import annotations

import re
import sys
from pathlib import Path

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"

#: A file to save or to extend, or the output of a run of pytest.
STEP = re.compile(
    r'^```\w+ title="(?P<file>[\w.]+)"(?P<new> new)?\n(?P<text>.*?)^```$|^```console\n\$ pytest\n(?P<shown>.*?)^```$',
    re.DOTALL | re.MULTILINE,
)

#: No plugin that this suite adds and a reader of the page lacks; Hypothesis's is slow to import within each run.
OPTIONS = ["-p", "no:randomly", "-p", "no:hypothesispytest", "-o", "asyncio_default_fixture_loop_scope=function"]


def test_the_tutorial_can_be_followed(pytester, monkeypatch):
    """Each file is saved or extended in order, and each run of pytest prints the lines of the page."""
    missing = []
    runs = 0
    for step in STEP.finditer(TUTORIAL.read_text(encoding="utf-8")):
        if step["file"]:
            file = pytester.path / step["file"]
            # The page's test_report is not this suite's, which may be imported in this process.
            monkeypatch.delitem(sys.modules, file.stem, raising=False)
            before = file.read_text(encoding="utf-8") + "\n\n" if file.exists() and not step["new"] else ""
            file.write_text(before + step["text"], encoding="utf-8")
            continue
        runs += 1
        printed = pytester.runpytest_inprocess(*OPTIONS).stdout.str()
        missing += [f"run {runs}: {line}" for line in step["shown"].splitlines() if line not in printed]

    assert missing == []
    assert runs == 6
