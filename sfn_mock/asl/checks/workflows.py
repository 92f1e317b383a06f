"""Find the workflows of a definition that may be invalid: the machine, branches and processors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_PROCESSORS = ("ItemProcessor", "Iterator")


@dataclass(frozen=True, slots=True)
class Workflow:
    """A StartAt and its States.

    Attributes:
        location: Where the object is; empty for the machine.
        value: The object itself.
        states: Those of its states that are objects, by name.
        names: The names of all its states.
        is_iterated: Whether it is, or is within, the processor of a Map state.
    """

    location: str
    value: dict[str, Any]
    states: dict[str, dict[str, Any]]
    names: frozenset[str]
    is_iterated: bool = False

    @property
    def starts(self) -> bool:
        """Whether it has what its transitions are checked by: states, and a name to start at."""
        return bool(self.names) and isinstance(self.value.get("StartAt"), str)

    def at(self, name: str) -> str:
        """Return the location of a state."""
        return f"{self.location}/States/{name}"


def workflows(definition: dict[str, Any]) -> list[Workflow]:
    """Return all workflows of a definition: each before those within, in the order of the text."""
    found, waiting = [], [("", definition, False)]
    while waiting:
        location, value, is_iterated = waiting.pop()
        states = value.get("States")
        named = states if isinstance(states, dict) else {}
        objects = {name: state for name, state in named.items() if isinstance(state, dict)}
        workflow = Workflow(location, value, objects, frozenset(named), is_iterated)
        found.append(workflow)
        inner = [
            (f"{workflow.at(name)}/{place}", part, is_iterated or place in _PROCESSORS)
            for name, state in workflow.states.items()
            for place, part in _parts(state)
        ]
        waiting += reversed(inner)
    return found


def _parts(state: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in _PROCESSORS:
        part = state.get(name)
        if isinstance(part, dict):
            yield name, part
    branches = state.get("Branches")
    for index, branch in enumerate(branches if isinstance(branches, list) else ()):
        if isinstance(branch, dict):
            yield f"Branches[{index}]", branch
