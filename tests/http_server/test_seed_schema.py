"""The JSON Schema of seed files: a document that can be seeded matches it, and one with an unknown key does not."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
from freezegun import freeze_time
from jsonschema import Draft202012Validator

from sfn_mock.http_server import command
from sfn_mock.http_server.seed_schema import seed_schema
from sfn_mock.seeding import documents
from sfn_mock.seeding.texts import parse

ROOT = Path(__file__).parents[2]
SCHEMA = seed_schema()
#: The YAML of the pages, and the seed files of the repository.
SEEDS = [
    pytest.param(text, id=f"{page.name} {index}")
    for page in (ROOT / "README.md", ROOT / "docs" / "server.md")
    for index, text in enumerate(re.findall(r"^```yaml\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE))
] + [
    pytest.param(path.read_text(encoding="utf-8"), id=path.name)
    for folder in ("examples", "tests/seeding/data")
    for path in sorted((ROOT / folder).glob("*.yaml"))
]
#: A document with an object of each kind.
WHOLE = {
    "$schema": "seed-file.schema.json",
    "state_machines": [
        {
            "name": "orders",
            "definition": None,
            "versions": [{"description": "first"}],
            "aliases": [{"name": "live", "version": 1}],
            "executions": [
                {
                    "name": "parent",
                    "status": "RUNNING",
                    "map_runs": [
                        {
                            "label": "Items",
                            "executions": [
                                {"status": "PENDING_REDRIVE"},
                                {"count": 2, "status": "FAILED"},
                            ],
                        },
                    ],
                },
                {"count": 2, "status": "FAILED"},
            ],
            "on_start": [{"status": "FAILED"}, "SUCCEEDED"],
            "on_redrive": {"status": "SUCCEEDED", "output": {"ok": True}},
        }
    ],
}


def matches(document: object) -> bool:
    return Draft202012Validator(SCHEMA).is_valid(document)


def changed(path: str, value: object) -> dict:
    """``WHOLE`` with another value at a path such as ``state_machines.0.name``."""
    document = copy.deepcopy(WHOLE)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    target = document
    for part in parents:
        target = target[part]
    target[last] = value
    return document


def test_the_schema_is_one():
    """The schema is a valid JSON Schema of 2020-12."""
    Draft202012Validator.check_schema(SCHEMA)


def without_descriptions(schema: object) -> object:
    """The schema without its descriptions, which may change without making the file wrong."""
    if isinstance(schema, dict):
        return {
            key: without_descriptions(value)
            for key, value in schema.items()
            if key != "description" or isinstance(value, dict)
        }
    return [without_descriptions(item) for item in schema] if isinstance(schema, list) else schema


def test_the_published_schema_is_the_same():
    """docs/seed-file.schema.json has the rules of what ``python -m sfn_mock --seed-schema`` prints."""
    published = (ROOT / "docs" / "seed-file.schema.json").read_text(encoding="utf-8")

    assert without_descriptions(json.loads(published)) == without_descriptions(SCHEMA)


def test_the_command_prints_it(capsys):
    """``--seed-schema`` prints the schema and exits, without serving."""
    with pytest.raises(SystemExit) as exit:
        command.main(["--seed-schema"])

    assert exit.value.code == 0
    assert json.loads(capsys.readouterr().out) == SCHEMA


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("state_machine", documents._MACHINE),
        ("version", documents._VERSION),
        ("alias", documents._ALIAS),
        ("execution", documents._EXECUTION),
        ("executions", documents._EXECUTIONS),
        ("map_run", documents._MAP_RUN),
        ("child_execution", documents._CHILD),
        ("child_executions", documents._CHILDREN),
        ("outcome", documents._OUTCOME),
    ],
)
def test_members(name, keys):
    """Each object has the members that seeding accepts, and those of seeding methods have descriptions."""
    members = SCHEMA["$defs"][name]["properties"]

    assert set(members) == keys
    assert [name for name, member in members.items() if '"description": ""' in json.dumps(member)] == []


@freeze_time("2026-01-10 03:00:00")
@pytest.mark.parametrize("text", SEEDS)
def test_seed_files_match(sfn_executions, text):
    """Each seed file of the pages, the examples and the tests can be seeded, and matches the schema."""
    document = parse(text)

    assert sfn_executions.seed(document)
    assert list(Draft202012Validator(SCHEMA).iter_errors(document)) == []


def test_every_kind_of_object_matches(sfn_executions):
    """A document with an object of each kind, a null and ``$schema`` can be seeded, and matches."""
    [orders] = sfn_executions.seed(WHOLE)

    assert len(orders.executions) == 3
    assert matches(WHOLE)


MACHINE = "state_machines.0"
CHILDREN = f"{MACHINE}.executions.0.map_runs.0.executions"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("executions", [], id="unknown key of the document"),
        pytest.param(f"{MACHINE}.kind", "EXPRESS", id="unknown key of a state machine"),
        pytest.param(f"{MACHINE}.versions.0.number", 1, id="unknown key of a version"),
        pytest.param(f"{MACHINE}.aliases.0.weight", 1, id="unknown key of an alias"),
        pytest.param(f"{MACHINE}.executions.0.item_count", 1, id="unknown key of an execution"),
        pytest.param(f"{MACHINE}.executions.1.stop_date", "now", id="unknown key of many executions"),
        pytest.param(f"{MACHINE}.executions.0.map_runs.0.name", "Items", id="unknown key of a map run"),
        pytest.param(f"{CHILDREN}.0.alias", "live", id="unknown key of a child execution"),
        pytest.param(f"{CHILDREN}.1.redrive_count", 1, id="unknown key of many child executions"),
        pytest.param(f"{MACHINE}.on_redrive.input", {}, id="unknown key of an outcome"),
        pytest.param(f"{MACHINE}.on_start.0.start_date", "now", id="unknown key of an outcome in a list"),
        pytest.param("state_machines", None, id="no state machines"),
        pytest.param(f"{MACHINE}.name", None, id="no name"),
        pytest.param(f"{MACHINE}.name", 7, id="a name that is a number"),
        pytest.param(f"{MACHINE}.type", "FAST", id="an unknown type"),
        pytest.param(f"{MACHINE}.aliases.0.version", [[1, 50], [1, 25], [1, 25]], id="three routes"),
        pytest.param(f"{MACHINE}.executions.0.status", "LATE", id="an unknown status"),
        pytest.param(f"{MACHINE}.executions.1.status", "PENDING_REDRIVE", id="a status of child executions"),
        pytest.param(f"{MACHINE}.executions.1.count", "two", id="a count that is not a number"),
        pytest.param(f"{MACHINE}.executions.1.interval", 60, id="a length without a unit"),
        pytest.param(f"{CHILDREN}.0.status", None, id="a child execution without a status"),
        pytest.param(f"{MACHINE}.on_start", "LATE", id="an unknown outcome"),
    ],
)
def test_invalid_seed_document_does_not_match(sfn_executions, path, value):
    """A document with an unknown key, a missing key or a wrong type does not match."""
    document = changed(path, value)

    with pytest.raises(ValueError):
        sfn_executions.seed(document)
    assert not matches(document)
