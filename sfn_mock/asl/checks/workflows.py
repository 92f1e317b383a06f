"""Find the workflows of a definition that may be invalid: the machine, branches and processors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Workflow:
    """A StartAt and its States.

    Attributes:
        location: Where the object is; empty for the machine.
        value: The object itself.
        states: Those of its states that are objects, by name.
    """

    location: str
    value: dict[str, Any]
    states: dict[str, dict[str, Any]] = field(default_factory=dict)

    def at(self, name: str) -> str:
        """Return the location of a state."""
        return f"{self.location}/States/{name}"


def workflows(definition: dict[str, Any]) -> list[Workflow]:
    """Return all workflows of a definition: each before those within, in the order of the text."""
    found, waiting = [], [("", definition)]
    while waiting:
        location, value = waiting.pop()
        workflow = Workflow(location, value, dict(_objects(value.get("States"))))
        found.append(workflow)
        inner = [
            (f"{workflow.at(name)}/{place}", part)
            for name, state in workflow.states.items()
            for place, part in _parts(state)
        ]
        waiting += reversed(inner)
    return found


def _objects(value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, item in value.items() if isinstance(value, dict) else ():
        if isinstance(item, dict):
            yield name, item


def _parts(state: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("ItemProcessor", "Iterator"):
        part = state.get(name)
        if isinstance(part, dict):
            yield name, part
    branches = state.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        if isinstance(branch, dict):
            yield f"Branches[{index}]", branch
