"""docs/server.md, and README.md's section on the server, compared with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from freezegun import freeze_time

from sfn_mock.http_server.control import Control
from sfn_mock.seeding import documents as seed_documents

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "server.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

SEEDS = [
    pytest.param(document, id=f"{name} {index}")
    for name, text in (("README", README), ("server", TEXT))
    for index, document in enumerate(re.findall(r"^```yaml\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
]


def table(heading: str) -> list[list[str]]:
    """The cells of the table with this first heading."""
    rows = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    assert rows is not None
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1].splitlines()]


@freeze_time("2026-01-10 03:00:00")
@pytest.mark.parametrize("document", SEEDS)
def test_seed_files_can_be_seeded(sfn_executions, document):
    """Each seed file of the pages can be seeded."""
    [orders] = sfn_executions.seed(document)

    assert len(orders.executions) > 250


def test_the_long_one_has_every_key():
    """The long example has each key, except alternatives to others."""
    example = SEEDS[-1].values[0]
    keys = {key for _, keys in table("Entry") for key in re.findall(r"`(\w+)`", keys)}

    assert {key for key in keys if not re.search(rf"\b{key}:", example)} == set()


@pytest.mark.parametrize(
    ("of", "keys"),
    [
        ("a state machine", seed_documents._MACHINE),
        ("a version", seed_documents._VERSION),
        ("an alias", seed_documents._ALIAS),
        ("an execution", seed_documents._EXECUTION),
        ("many executions", seed_documents._EXECUTIONS),
        ("a map run", seed_documents._MAP_RUN),
        ("a child execution", seed_documents._CHILD),
        ("many child executions", seed_documents._CHILDREN),
        ("an outcome", seed_documents._OUTCOME),
    ],
)
def test_table_of_keys(of, keys):
    """The table lists exactly the keys of the code."""
    rows = dict(table("Entry"))

    assert re.findall(r"`(\w+)`", rows[of]) == sorted(keys)


def test_table_of_routes(sfn_executions):
    """The table lists exactly the routes and methods of the code."""
    routes = Control(sfn_executions, "")._routes
    rows = [re.sub("`", "", row[0]) for row in table("Route")]

    assert rows == [f"{method} /sfn-mock/{route}" for route, methods in routes.items() for method in methods]
