"""What it costs to import the package, and to have its pytest plugin and not use it."""

from __future__ import annotations

import subprocess
import sys
from statistics import median


def run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def seconds_to_import(statement: str) -> float:
    return float(run(f"import time; begin = time.perf_counter(); {statement}; print(time.perf_counter() - begin)"))


def test_import(told, rounds):
    """In a process that has imported nothing before."""
    statements = ("from sfn_mock import mock_sfn_executions", "from moto import mock_aws")
    turns = [[seconds_to_import(statement) for statement in statements] for _ in range(rounds)]
    ours, motos = (median(turn) for turn in zip(*turns, strict=True))

    told("from sfn_mock import mock_sfn_executions", "from moto import mock_aws", ours, motos, 1.15)


def test_plugin_imports_neither():
    """A run that has the plugin and does not use it pays for nothing of AWS."""
    loaded = run("import sys, sfn_mock.pytest_plugin; print({'boto3', 'botocore', 'moto'} & set(sys.modules))")

    assert loaded == "set()\n"
