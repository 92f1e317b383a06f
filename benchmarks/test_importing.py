"""What it costs to import the package, and to have its pytest plugin and not use it."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median

import pytest


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run a program in a process of its own, with compiled modules, as those of installed packages are."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(tmp_path_factory.mktemp("compiled"))

    def run_program(program: str) -> str:
        command = [sys.executable, "-c", program]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout

    return run_program


def timed(program: str) -> str:
    return f"import time; begin = time.process_time()\n{program}\nprint(time.process_time() - begin)"


CALL = "import boto3; boto3.client('stepfunctions', 'us-east-1').list_state_machines()"


@pytest.mark.parametrize(
    ("what", "program", "most"),
    [
        ("importing", "from {module} import {mock}", 1 / 6),
        ("importing and one first call", f"from {{module}} import {{mock}}\nwith {{mock}}(): {CALL}", 1.15),
    ],
    ids=["import", "first call"],
)
def test_import(told, rounds, run, what, program, most):
    """In a process that has imported nothing before."""
    programs = [
        timed(program.format(module="sfn_mock", mock="mock_sfn_executions")),
        timed(program.format(module="moto", mock="mock_aws")),
    ]
    for each in programs:
        run(each)  # compiles
    turns = [[float(run(each)) for each in programs] for _ in range(rounds)]
    ours, motos = (median(turn) for turn in zip(*turns, strict=True))

    told(what, "from moto import mock_aws", ours, motos, most)


def test_plugin_imports_neither(run):
    """A run that has the plugin and does not use it pays for nothing of AWS."""
    loaded = run("import sys, sfn_mock.pytest_plugin; print({'boto3', 'botocore', 'moto'} & set(sys.modules))")

    assert loaded == "set()\n"
