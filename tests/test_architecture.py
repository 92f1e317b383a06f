"""The house as a list: a room of sfn_mock imports only rooms that stand above it here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "sfn_mock"

ROOMS = [
    # aws/: the words, no state
    "aws.exceptions",
    "aws.accounts",
    "aws.names",
    "aws.payloads",
    "aws.definitions",
    "aws.configurations",
    "aws.arns",
    "aws.constraints",
    "aws.operations",
    "aws.page_tokens",
    # store/: what exists, and when
    "store.clock",
    "store.garbage",
    "store.durations",
    "store.quotas",
    "store.rough_edges",
    "store.outcomes",
    "store.outcome_plans",
    "store.executions",
    "store.history",
    "store.execution_index",
    "store.seeding",
    "store.execution_scopes",
    "store.activities",
    "store.map_runs",
    "store.state_machines",
    "store.records",
    "store.recordings",
    "store.loading",
    "store.seed_documents",
    # api/: what AWS answers
    "api.finding",
    "api.short_pages",
    "api.paging",
    "api.limits",
    "api.listing",
    "api.tags",
    "api.machines",
    "api.versions",
    "api.aliases",
    "api.redrives",
    "api.execution_mode",
    "api.service_tasks",
    "api.workflow_runs",
    "api.interpreter",
    "api.executions",
    "api.history",
    "api.map_runs",
    "api.activities",
    "api.tasks",
    "api.single_states",
    "api.state_trials",
    "api.definitions",
    # moto's face
    "adoption",
    "models",
    "cloudformation",
    "eventbridge",
    "responses",
    "urls",
    # ways_in/: how a call gets here
    "tables",
    "ways_in.requests",
    "ways_in.faults",
    "ways_in.calls",
    "ways_in.failures",
    "ways_in.callers",
    "ways_in.watched_answers",
    "ways_in.paging_check",
    "ways_in.addressing",
    "ways_in.local_dates",
    "ways_in.direct",
    "ways_in.wire",
    "ways_in.awaited",
    "ways_in.guard",
    "ways_in.wrapping",
    "ways_in.interception",
    "ways_in.plain_http",
    "ways_in.retry_sleeps",
    "ways_in.moto_place",
    "ways_in.environment",
    # the test's side
    "handle",
    "installation",
    "report",
    "life",
    "decoration",
    "mock",
    # serving/: the mock over HTTP
    "page",
    "serving.origins",
    "serving.control",
    "serving.application",
    "serving.server",
    "serving.command",
    # what pytest loads
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
                    # `from sfn_mock.store import clock` imports the room store.clock
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
        pytest.param("from sfn_mock.aws.arns import parse", "store.clock", None, id="a room above"),
        pytest.param("from sfn_mock.aws import arns", "store.clock", None, id="a room above, from its folder"),
        pytest.param("from ..aws.arns import parse", "store.clock", None, id="a room above, relative"),
        pytest.param("import botocore.session", "store.clock", None, id="another package"),
        pytest.param(
            "if TYPE_CHECKING:\n    from sfn_mock.handle import StepFunctionsMock",
            "store.clock",
            None,
            id="a type below",
        ),
        pytest.param(
            "from sfn_mock.store.clock import now",
            "aws.arns",
            "line 1, imports store.clock, which is not above it",
            id="a room below",
        ),
        pytest.param(
            "def late():\n    from ..store import clock",
            "aws.arns",
            "line 2, imports store.clock, which is not above it",
            id="a room below, late and relative",
        ),
        pytest.param(
            "if TYPE_CHECKING:\n    pass\nelse:\n    import sfn_mock.store.clock",
            "aws.arns",
            "line 4, imports store.clock, which is not above it",
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
