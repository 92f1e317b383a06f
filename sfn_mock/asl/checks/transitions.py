"""Transitions: their targets, the states that they reach, and the end of the workflow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .diagnostics import END_STATE, TARGET, Diagnostic, error
from .workflows import Workflow


def check_transitions(workflows: list[Workflow]) -> Iterator[Diagnostic]:
    """Check the transitions of all workflows of a definition; the machine's own is the first.

    A state is reachable when anything names it as a target: AWS does not follow the transitions from StartAt.
    """
    targets = [dict(_targets(workflow)) for workflow in workflows]
    for workflow, places in zip(workflows, targets, strict=True):
        for place, name in places.items():
            if name not in workflow.value["States"]:
                yield error(f"Missing 'Next' target: {name}", place, TARGET)
    if not any(_ends(state) for state in workflows[0].states.values()):
        yield error("Workflow has no terminal state", None, END_STATE)
        return
    for workflow, places in zip(workflows, targets, strict=True):
        reached = set(places.values())
        for name in workflow.states:
            if name not in reached:
                yield error(f'State "{name}" is not reachable.', workflow.at(name), TARGET)


def _ends(state: dict[str, Any]) -> bool:
    return state.get("Type") in ("Succeed", "Fail") or state.get("End") is True


def _targets(workflow: Workflow) -> Iterator[tuple[str, str]]:
    """Yield each name of a target with its location."""
    if isinstance(workflow.value.get("StartAt"), str):
        yield f"{workflow.location}/StartAt", workflow.value["StartAt"]
    for name, state in workflow.states.items():
        place = workflow.at(name)
        yield from _named(state, place, "Next")
        for field in ("Choices", "Catch"):
            rules = state.get(field)
            for index, rule in enumerate(rules if isinstance(rules, list) else ()):
                if isinstance(rule, dict):
                    yield from _named(rule, f"{place}/{field}[{index}]", "Next")
        yield from _named(state, place, "Default")


def _named(value: dict[str, Any], place: str, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value.get(field), str):
        yield f"{place}/{field}", value[field]
