"""The house as a list: a room of sfn_mock imports only rooms that stand above it here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "sfn_mock"

ROOMS = [
    "aws.exceptions",
    "aws.accounts",
    "suggestions",
    "aws.names",
    "aws.payloads",
    "aws.definitions",
    "aws.configurations",
    "aws.arns",
    "aws.constraints",
    "aws.operations",
    "aws.page_tokens",
    "aws.http_answers",
    "state.clock",
    "state.garbage_collection",
    "state.quotas",
    "state.simulation",
    "options",
    "state.outcomes",
    "state.outcome_plans",
    "state.executions",
    "state.history",
    "state.execution_index",
    "seeding.seeds",
    "state.execution_scopes",
    "state.activities",
    "state.map_runs",
    "state.state_machines",
    "state.records",
    "views",
    "seeding.durations",
    "seeding.exports",
    "seeding.loading",
    "seeding.documents",
    "instruments.tables",
    "instruments.requests",
    "instruments.faults",
    "instruments.calls",
    "transport.failures",
    "instruments.callers",
    "instruments.watched_answers",
    "instruments.paging_check",
    "instruments.report",
    "operations.registry",
    "operations.finding",
    "operations.short_pages",
    "operations.paging",
    "operations.limits",
    "operations.listing",
    "operations.tags",
    "operations.state_machines",
    "operations.versions",
    "operations.aliases",
    "operations.redrives",
    "moto_interpreter.execution_mode",
    "moto_interpreter.service_tasks",
    "moto_interpreter.workflow_runs",
    "moto_interpreter.interpreter",
    "operations.executions",
    "operations.history",
    "operations.map_runs",
    "operations.activities",
    "operations.tasks",
    "operations.definitions",
    "operations.state_tests",
    "operations.pipeline",
    "moto_integration.adoption",
    "models",
    "moto_integration.cloudformation",
    "moto_integration.eventbridge",
    "responses",
    "urls",
    "transport.addressing",
    "transport.local_dates",
    "transport.direct",
    "transport.wire",
    "transport.asyncio_clients",
    "instruments.guard",
    "transport.patching",
    "transport.interception",
    "transport.plain_http",
    "transport.retry_sleeps",
    "moto_integration.takeover",
    "transport.environment",
    "session",
    "moto_integration.installation",
    "handle",
    "activation",
    "decoration",
    "mock",
    "http_server.page",
    "http_server.origins",
    "http_server.control",
    "http_server.application",
    "http_server.server",
    "http_server.command",
    "pytest_plugin",
]

# A folder is a package because of its __init__.py, which does no work of its own. That of the package itself is
# its public face, below all rooms: it may import any, and none may import it.
FOLDERS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py"
}


def statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs, however deep; what only the type checker reads is left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            for otherwise in node.orelse:
                yield otherwise
                yield from statements(otherwise)
        else:
            yield node
            yield from statements(node)


def imported_from_package(source: str, importer: str) -> Iterator[tuple[int, str]]:
    """Line and target of every import from sfn_mock: a room, a folder, or "" for the package root."""
    for node in statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root, _, target = alias.name.partition(".")
                if root == PACKAGE.name:
                    yield node.lineno, target
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                parts = [PACKAGE.name, *importer.split(".")][: -node.level]
                origin = ".".join([*parts, *filter(None, [node.module])])
            else:
                origin = node.module or ""
            root, _, target = origin.partition(".")
            if root == PACKAGE.name:
                for alias in node.names:
                    # `from sfn_mock.state import clock` imports the room state.clock
                    room = f"{target}.{alias.name}".lstrip(".")
                    yield node.lineno, room if room in MODULES else target


def wrong_imports(source: str, importer: str) -> list[str]:
    """A sentence for each import that the order of the rooms forbids."""
    wrong = []
    for line, target in imported_from_package(source, importer):
        where = f"sfn_mock.{importer}, line {line}, imports"
        if not target:
            wrong.append(f"{where} the package root: import the room that holds the name.")
        elif target in FOLDERS:
            wrong.append(f"{where} the folder {target}: import the room that holds the name.")
        elif target not in ROOMS:
            wrong.append(f"{where} {target}, which has no room: give it one in ROOMS.")
        elif ROOMS.index(target) >= ROOMS.index(importer):
            wrong.append(f"{where} {target}, which is not above it: call it from below, or move what they share up.")
    return wrong


def test_each_module_has_one_room():
    """The list names every module of the package once, and no other."""
    homeless = sorted(set(MODULES) - set(ROOMS))
    empty = sorted(set(ROOMS) - set(MODULES))

    assert not homeless, f"Give {', '.join(homeless)} a room: a line in ROOMS, below all that it imports."
    assert not empty, f"Take {', '.join(empty)} out of ROOMS: no such module is left."
    assert len(ROOMS) == len(set(ROOMS))


@pytest.mark.parametrize("importer", [room for room in ROOMS if room in MODULES])
def test_a_room_imports_only_rooms_above_it(importer):
    """Reading downwards through the list, nothing is used before it was introduced."""
    wrong = wrong_imports(MODULES[importer].read_text(encoding="utf-8"), importer)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("folder", sorted(FOLDERS))
def test_a_folder_imports_nothing(folder):
    """A folder's __init__ is a label on the door: names are imported from the rooms."""
    source = (PACKAGE / folder / "__init__.py").read_text(encoding="utf-8")

    assert list(imported_from_package(source, f"{folder}.__init__")) == []


@pytest.mark.parametrize(
    ("source", "importer", "sentence"),
    [
        pytest.param("from sfn_mock.aws.arns import parse", "state.clock", None, id="a room above"),
        pytest.param("from sfn_mock.aws import arns", "state.clock", None, id="a room above, from its folder"),
        pytest.param("from ..aws.arns import parse", "state.clock", None, id="a room above, relative"),
        pytest.param("import botocore.session", "state.clock", None, id="another package"),
        pytest.param(
            "if TYPE_CHECKING:\n    from sfn_mock.handle import StepFunctionsMock",
            "state.clock",
            None,
            id="a type below",
        ),
        pytest.param(
            "from sfn_mock.state.clock import now",
            "aws.arns",
            "line 1, imports state.clock, which is not above it",
            id="a room below",
        ),
        pytest.param(
            "def late():\n    from ..state import clock",
            "aws.arns",
            "line 2, imports state.clock, which is not above it",
            id="a room below, late and relative",
        ),
        pytest.param(
            "if TYPE_CHECKING:\n    pass\nelse:\n    import sfn_mock.state.clock",
            "aws.arns",
            "line 4, imports state.clock, which is not above it",
            id="a room below, at run time only",
        ),
        pytest.param("import sfn_mock", "handle", "line 1, imports the package root", id="the root"),
        pytest.param("from sfn_mock import get_mock", "handle", "line 1, imports the package root", id="from the root"),
        pytest.param(
            "from . import get_mock", "handle", "line 1, imports the package root", id="from the root, relative"
        ),
        pytest.param("from sfn_mock.aws import parse", "handle", "line 1, imports the folder aws", id="a folder"),
        pytest.param("import sfn_mock.attic", "handle", "line 1, imports attic, which has no room", id="no room"),
    ],
)
def test_the_check_sees_each_way_to_import(source, importer, sentence):
    """The check itself: what it lets pass, and what it says about the rest."""
    wrong = wrong_imports(source, importer)

    if sentence is None:
        assert wrong == []
    else:
        assert [f"sfn_mock.{importer}, {sentence}" in text for text in wrong] == [True]
