"""The undo log of the records: the steps that undo changes after an error or an interrupt."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any


class UndoLog:
    """The steps that undo all changes since the last commit, oldest first.

    Each step is added before its change begins, and may run twice. An interrupt between any two lines, even during a
    rollback, therefore leaves no change half done.
    """

    def __init__(self) -> None:
        #: The added steps; empty if there is nothing to roll back or to commit.
        self.steps: list[Callable[[], object]] = []
        #: An object that is another one after each commit and rollback.
        self.generation = object()

    def add(self, step: Callable[[], object]) -> None:
        """Add the step that undoes the next change."""
        self.steps.append(step)

    def save(self, owner: object, *names: str) -> None:
        """Save the values of attributes; of lists, dicts and sets their contents."""
        for name in names:
            value = getattr(owner, name)
            self.add(partial(setattr, owner, name, value.copy() if isinstance(value, (dict, list, set)) else value))

    def save_item(self, contents: dict[Any, Any], key: object) -> None:
        """Save an item of a dict, or its absence."""
        is_present = key in contents
        self.add(partial(contents.__setitem__, key, contents[key]) if is_present else partial(contents.pop, key, None))

    def commit(self) -> None:
        """Make the changes since the last commit permanent."""
        self.steps, self.generation = [], object()

    def merge(self, other: UndoLog) -> None:
        """Move the steps of another log into this one, so that both are committed or rolled back together."""
        self.add(partial(_run_backwards, other.steps))
        other.commit()

    def roll_back(self) -> None:
        """Undo all changes since the last commit, newest first."""
        self.generation = object()
        _run_backwards(self.steps)


def _run_backwards(steps: list[Callable[[], object]]) -> None:
    while steps:
        steps[-1]()
        steps.pop()
