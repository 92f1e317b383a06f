"""A script that is run as it is written: each line at once, and all of them again by whoever wants to see a failure."""

from __future__ import annotations

from functools import cache
from typing import Any

PREAMBLE = """\
import datetime
import boto3
from freezegun import freeze_time
from freezegun.api import FakeDatetime
from sfn_mock import mock_sfn_executions
from script_helpers import everything, fails, in_turns, interrupted_after, quietly, refused, warned
client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
"""
#: Where the modules are that a script imports.
PYTHONPATH = "tests:tests/simulation"


@cache
def _prepared() -> dict[str, Any]:
    """What a script begins with. The client is kept: making one costs more than a hundred calls."""
    names: dict[str, Any] = {}
    exec(PREAMBLE, names)
    return names


class Difference(AssertionError):
    """What the mock says is not what the model says."""


class Script:
    """A history in public names."""

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
        """Add a call that is refused with AWS's error of that code, unless it is None; return whether it is."""
        self.run(statement if code is None else f"with refused({code!r}):\n    {statement}")
        return code is not None


def arguments(**given: Any) -> str:
    """Spell keyword arguments; a Spelled is taken as it is."""
    return ", ".join(f"{name}={value if isinstance(value, Spelled) else repr(value)}" for name, value in given.items())


class Spelled(str):
    """The text of an expression."""
