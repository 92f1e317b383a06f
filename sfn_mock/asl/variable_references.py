"""Find the variables that each state of a definition refers to, for DescribeStateMachine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sfn_mock.asl.checks.workflows import workflows
from sfn_mock.asl.expressions import find_variables
from sfn_mock.asl.paths import Path
from sfn_mock.asl.templates import find_paths, parse_field
from sfn_mock.aws.json_reader import read_json

_INNER_WORKFLOWS = ("ItemProcessor", "Iterator", "Branches")
_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector", "BatchInput", "Assign", "Credentials")


def variable_references(text: str) -> dict[str, list[str]]:
    """Return the names of the variables that each state refers to, in the order of the definition.

    Args:
        text: A definition that passed its checks.

    Returns:
        The names without `$`, by name of the state; states without references are omitted.
    """
    definition = read_json(text)
    language = definition.get("QueryLanguage", "JSONPath")
    found: dict[str, list[str]] = {}
    for workflow in workflows(definition):
        for name, state in workflow.states.items():
            own = {field: value for field, value in state.items() if field not in _INNER_WORKFLOWS}
            if state.get("QueryLanguage", language) == "JSONata":
                names = find_variables(own)
            else:
                names = list(dict.fromkeys(path.variable for path in _paths(own) if path.variable is not None))
            if names:
                found[name] = names
    return found


def _paths(fields: Any) -> Iterator[Path]:
    """Yield the paths in the fields of a state or of an object in it."""
    if isinstance(fields, list):
        for item in fields:
            yield from _paths(item)
    elif isinstance(fields, dict):
        for name, value in fields.items():
            if name in _TEMPLATES:
                yield from find_paths(value)
            elif isinstance(value, str) and (name == "Variable" or name.endswith("Path")):
                field = parse_field(value)
                yield from [field] if isinstance(field, Path) else field.paths()
            elif name != "Result":
                yield from _paths(value)
