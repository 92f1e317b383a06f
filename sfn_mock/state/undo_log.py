"""The undo log of the records: what takes back the changes that an error or an interrupt has cut short."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any


class UndoLog:
    """The steps that take back what was changed since the log was last cleared, oldest first.

    Each step is noted before its change begins and may be done twice. So an interrupt between any two lines, also
    while changes are taken back, leaves nothing half done.
    """

    def __init__(self) -> None:
        #: The noted steps. An empty list means that there is nothing to take back or to clear.
        self.steps: list[Callable[[], object]] = []
        #: A number that changes whenever the steps are cleared or taken back.
        self.period = 0

    def note(self, step: Callable[[], object]) -> None:
        """Note what takes back the change that comes next."""
        self.steps.append(step)

    def keep(self, owner: object, *names: str) -> None:
        """Note the values of attributes, and the contents of lists and dicts."""
        for name in names:
            value = getattr(owner, name)
            self.note(partial(setattr, owner, name, value.copy() if isinstance(value, (dict, list, set)) else value))

    def keep_item(self, contents: dict[Any, Any], key: object) -> None:
        """Note an item of a dict, or that there is none."""
        is_there = key in contents
        self.note(partial(contents.__setitem__, key, contents[key]) if is_there else partial(contents.pop, key, None))

    def clear(self) -> None:
        """Keep the changes made so far."""
        self.steps, self.period = [], self.period + 1

    def take_over(self, other: UndoLog) -> None:
        """Take over the steps of another log: what they take back stays, or is taken back, together with the rest."""
        self.note(partial(_take_back, other.steps))
        other.clear()

    def take_back(self) -> None:
        """Take back all that was changed since the log was cleared, newest first."""
        self.period += 1
        _take_back(self.steps)


def _take_back(steps: list[Callable[[], object]]) -> None:
    while steps:
        steps[-1]()
        steps.pop()
