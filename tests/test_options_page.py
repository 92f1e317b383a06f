"""docs/options.md has exactly the options of the code, with their defaults."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path
from unittest.mock import Mock

import pytest

import sfn_mock
from sfn_mock import pytest_plugin
from sfn_mock.http_server import command
from sfn_mock.options import NAMES, Options

TEXT = (Path(__file__).parents[1] / "docs" / "options.md").read_text(encoding="utf-8")
#: The cells of each row: option, default, meaning, in Python, ini, command.
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in TEXT.splitlines() if line.startswith("| `")]


def names_of(where: str) -> list[str]:
    """Return the options of the decorator, the marker or the server, from the column "In Python"."""
    return [row[0].strip("`") for row in ROWS if where in row[3].split(", ")]


def spellings(column: int) -> list[str]:
    """Return the texts of a column, without the values after them."""
    return [spelling for row in ROWS for spelling in re.findall(r"`(\S+?)(?: [A-Z]+)?`", row[column])]


@pytest.mark.parametrize(
    ("where", "names"),
    [
        pytest.param("decorator", NAMES, id="decorator"),
        pytest.param("marker", NAMES, id="marker"),
        pytest.param("server", inspect.signature(sfn_mock.server).parameters, id="server"),
    ],
)
def test_options_in_python(where, names):
    """For each entry point in Python, the table has exactly its options."""
    assert sorted(names_of(where)) == sorted(names)


def test_options_in_the_ini_file():
    """The table has exactly the ini values of the plugin."""
    parser = Mock()
    pytest_plugin.pytest_addoption(parser)

    assert sorted(spellings(4)) == sorted(call.args[0] for call in parser.addini.call_args_list)


def test_options_of_the_command():
    """The table has exactly the options of the command, except ``--help`` and ``--version``."""
    actions = [action for action in command._parser()._actions if action.dest not in ("help", "version")]

    assert sorted(spellings(5)) == sorted(spelling for action in actions for spelling in action.option_strings)


@pytest.mark.parametrize("option", [pytest.param(option, id=option.name) for option in fields(Options)])
def test_defaults(option):
    """The table has the default of each option of a mock, as Python code."""
    [default] = [row[1] for row in ROWS if row[0] == f"`{option.name}`"]

    assert default.strip("`") == repr(option.default).replace("'", '"').removeprefix("datetime.")
