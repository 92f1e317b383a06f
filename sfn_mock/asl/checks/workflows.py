"""Find the workflows in a definition, which may be invalid: the state machine, branches and processors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_PROCESSORS = ("ItemProcessor", "Iterator")


@dataclass(frozen=True, slots=True)
class Workflow:
    """An object with StartAt and States.

    Attributes:
        location: The location of the object; empty for the state machine itself.
        value: The object.
        states: The states by name, without those that are not objects.
        names: The names of all states.
        is_iterated: Whether the workflow is the processor of a Map state or nested in one.
        outer: The workflow of the state that has this workflow, None in the state machine itself.
    """

    location: str
    value: dict[str, Any]
    states: dict[str, dict[str, Any]]
    names: frozenset[str]
    is_iterated: bool
    outer: Workflow | None

    @property
    def starts(self) -> bool:
        """Whether transitions can be checked: there are states, and StartAt is a string."""
        return bool(self.names) and isinstance(self.value.get("StartAt"), str)

    @property
    def is_distributed(self) -> bool:
        """Whether the workflow is the processor of a Distributed Map."""
        config = self.value.get("ProcessorConfig")
        return isinstance(config, dict) and config.get("Mode") == "DISTRIBUTED"

    def at(self, name: str) -> str:
        """Return the location of a state."""
        return f"{self.location}/States/{name}"


def workflows(definition: dict[str, Any]) -> list[Workflow]:
    """Return all workflows of a definition in the order of the text, outer before inner."""
    found: list[Workflow] = []
    waiting: list[tuple[str, dict[str, Any], bool, Workflow | None]] = [("", definition, False, None)]
    while waiting:
        location, value, is_iterated, outer = waiting.pop()
        states = value.get("States")
        named = states if isinstance(states, dict) else {}
        objects = {name: state for name, state in named.items() if isinstance(state, dict)}
        workflow = Workflow(location, value, objects, frozenset(named), is_iterated, outer)
        found.append(workflow)
        inner = [
            (f"{workflow.at(name)}/{place}", part, is_iterated or place in _PROCESSORS, workflow)
            for name, state in workflow.states.items()
            for place, part in _parts(state)
        ]
        waiting += reversed(inner)
    return found


def rules_of(state: dict[str, Any], location: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the choice rules and catchers of a state that are objects, with their locations."""
    for field in ("Choices", "Catch"):
        rules = state.get(field)
        for index, rule in enumerate(rules if isinstance(rules, list) else ()):
            if isinstance(rule, dict):
                yield f"{location}/{field}[{index}]", rule


def _parts(state: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in _PROCESSORS:
        part = state.get(name)
        if isinstance(part, dict):
            yield name, part
    branches = state.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        if isinstance(branch, dict):
            yield f"Branches[{index}]", branch
