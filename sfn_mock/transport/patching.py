"""Patch methods, attributes and dictionaries of other packages while a mock is active.

A value that other code sets in the same place in the meantime stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

from sfn_mock.state.undo_log import UndoLog

Method = Callable[..., Any]

#: Records the patches of a mock that is starting; None otherwise.
_undo: UndoLog | None = None


def note_in(undo: UndoLog | None) -> None:
    """Record the following patches in a log, to undo them if an interrupt stops the mock from starting."""
    global _undo
    _undo = undo


def note(step: Callable[[], object]) -> None:
    """Record how to undo the next patch, if a mock is starting; the undo may run twice."""
    if _undo is not None:
        _undo.add(step)


class wrapped:
    """Replace a method or function of ``owner`` with ``wrap(original)``.

    A class, because it takes half the time of a generator.
    """

    __slots__ = ("_is_inherited", "_name", "_original", "_owner", "_wrapper")

    def __init__(self, owner: object, name: str, wrap: Callable[[Method], Method]) -> None:
        self._owner = owner
        self._name = name
        self._original = getattr(owner, name)
        #: Whether the original is inherited, from a base class or from the class of an object.
        self._is_inherited = name not in vars(owner)
        self._wrapper = wrap(self._original)

    def __enter__(self) -> None:
        # Like note(), but inline: a mock makes fourteen of these patches.
        if _undo is not None:
            _undo.steps.append(self.__exit__)
        setattr(self._owner, self._name, self._wrapper)

    def __exit__(self, *failure: object) -> None:
        if vars(self._owner).get(self._name) is not self._wrapper:
            return
        if self._is_inherited:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, self._original)


def replaced(owner: object, name: str, value: Any) -> wrapped:
    """Replace an attribute of ``owner``."""
    return wrapped(owner, name, lambda _: value)


@contextmanager
def with_items(dictionary: MutableMapping[str, Any], items: Mapping[str, Any]) -> Iterator[None]:
    """Set items of a dictionary, and restore the previous ones afterwards."""
    before = {key: dictionary[key] for key in items if key in dictionary}
    dictionary.update(items)
    try:
        yield
    finally:
        for key, value in items.items():
            if dictionary.get(key) is not value:
                continue
            if key in before:
                dictionary[key] = before[key]
            else:
                del dictionary[key]
