"""Check transitions: missing targets, unreachable states and workflows without an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sfn_mock.asl.checks.diagnostics import END_STATE, TARGET, Diagnostic, error
from sfn_mock.asl.checks.workflows import Workflow, rules_of

_TERMINAL = ("Succeed", "Fail")


def check_transitions(workflows: list[Workflow]) -> Iterator[Diagnostic]:
    """Check the transitions in the workflows of a definition.

    Only the top level must have a terminal state. A state counts as reachable if any state names it as a target: AWS
    does not follow the transitions from StartAt.
    """
    checked = [(workflow, dict(_targets(workflow))) for workflow in workflows if workflow.starts]
    for workflow, targets in checked:
        for place, name in targets.items():
            if name not in workflow.names:
                yield error(f"Missing 'Next' target: {name}", place, TARGET)
    if any(not workflow.location and not _ends(workflow) for workflow, _ in checked):
        yield error("Workflow has no terminal state", None, END_STATE)
        return
    for workflow, targets in checked:
        reached = set(targets.values())
        for name in workflow.states:
            if name not in reached:
                yield error(f'State "{name}" is not reachable.', workflow.at(name), TARGET)


def _ends(workflow: Workflow) -> bool:
    """Return whether the workflow has a terminal state, reachable or not."""
    return any(state.get("Type") in _TERMINAL or state.get("End") is True for state in workflow.states.values())


def _targets(workflow: Workflow) -> Iterator[tuple[str, str]]:
    """Yield the location and the name of each target."""
    yield f"{workflow.location}/StartAt", workflow.value["StartAt"]
    for name, state in workflow.states.items():
        place = workflow.at(name)
        yield from _named(state, place, "Next")
        for rule_place, rule in rules_of(state, place):
            yield from _named(rule, rule_place, "Next")
        yield from _named(state, place, "Default")


def _named(value: dict[str, Any], place: str, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value.get(field), str):
        yield f"{place}/{field}", value[field]
