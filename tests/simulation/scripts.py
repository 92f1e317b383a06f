"""A script that executes each line when it is added, and can be run again to reproduce a failure."""

from __future__ import annotations

from functools import cache
from typing import Any

PREAMBLE = """\
import datetime
import json
import boto3
from freezegun import freeze_time
from freezegun.api import FakeDatetime
from sfn_mock import mock_sfn_executions
from script_helpers import everything, fails, in_turns, interrupted_after, quietly, refused, result_of_item, warned
client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
"""
#: The folders of the modules that a script imports.
PYTHONPATH = "tests:tests/simulation"


@cache
def _prepared() -> dict[str, Any]:
    """Return the names of the preamble, cached, because making a client takes longer than a hundred calls."""
    names: dict[str, Any] = {}
    exec(PREAMBLE, names)
    return names


class Difference(AssertionError):
    """The mock and the model differ."""


class Script:
    """A history as Python statements that use public names only."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._names = dict(_prepared())

    def __str__(self) -> str:
        return PREAMBLE + "\n".join(self._lines) + "\n"

    def run(self, statement: str) -> None:
        """Add a statement, and execute it."""
        self._lines.append(statement)
        exec(statement, self._names)

    def value(self, expression: str) -> Any:
        """Add an expression, and return its value."""
        self.run(f"answer = {expression}")
        return self._names["answer"]

    def check(self, expression: str, expected: Any) -> None:
        """Add an expression, and compare its value."""
        value = self.value(expression)
        if value != expected:
            self._lines[-1] = f"assert {expression} == {expected!r}"
            raise Difference(f"{expression}\n  gave     {value!r}\n  expected {expected!r}")

    def refused(self, statement: str, code: str | None) -> bool:
        """Add a call, and expect AWS's error with the code unless it is None; return whether an error was expected."""
        self.run(statement if code is None else f"with refused({code!r}):\n    {statement}")
        return code is not None


def arguments(**given: Any) -> str:
    """Return keyword arguments as source text; a Spelled is inserted unchanged."""
    return ", ".join(f"{name}={value if isinstance(value, Spelled) else repr(value)}" for name, value in given.items())


class Spelled(str):
    """The source text of an expression."""
