"""What it costs to import the package, and to have its pytest plugin and not use it."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

import pytest


def run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def seconds_to_run(program: str) -> float:
    return float(run(f"import time; begin = time.process_time()\n{program}\nprint(time.process_time() - begin)"))


CALL = "import boto3; boto3.client('stepfunctions', 'us-east-1').list_state_machines()"


@pytest.mark.parametrize(
    ("what", "program"),
    [
        ("importing", "from {module} import {mock}"),
        ("importing and one first call", f"from {{module}} import {{mock}}\nwith {{mock}}(): {CALL}"),
    ],
    ids=["import", "first call"],
)
def test_import(told, rounds, what, program):
    """In a process that has imported nothing before."""
    programs = [
        program.format(module="sfn_mock", mock="mock_sfn_executions"),
        program.format(module="moto", mock="mock_aws"),
    ]
    turns = [[seconds_to_run(program) for program in programs] for _ in range(rounds)]
    ours, motos = (median(turn) for turn in zip(*turns, strict=True))

    told(what, "from moto import mock_aws", ours, motos, 1.15)


def test_plugin_imports_neither():
    """A run that has the plugin and does not use it pays for nothing of AWS."""
    loaded = run("import sys, sfn_mock.pytest_plugin; print({'boto3', 'botocore', 'moto'} & set(sys.modules))")

    assert loaded == "set()\n"
