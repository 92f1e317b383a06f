"""Methods, attributes and dictionaries of other packages, changed while a mock is active.

What somebody else puts in the same place meanwhile stays afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

from sfn_mock.state.undo_log import UndoLog

Method = Callable[..., Any]

#: Notes what a mock that begins changes in the process; None while none begins.
_undo: UndoLog | None = None


def note_in(undo: UndoLog | None) -> None:
    """Note in a log what is changed in the process from now on, to be taken back if an interrupt cuts a mock short."""
    global _undo
    _undo = undo


def note(step: Callable[[], object]) -> None:
    """Note what takes back the next change in the process, if a mock begins; it may be done twice."""
    if _undo is not None:
        _undo.note(step)


class wrapped:
    """Put what ``wrap`` makes of ``owner``'s method or function in its place.

    A class, as it costs half of what a generator would.
    """

    __slots__ = ("_is_inherited", "_name", "_original", "_owner", "_wrapper")

    def __init__(self, owner: object, name: str, wrap: Callable[[Method], Method]) -> None:
        self._owner = owner
        self._name = name
        self._original = getattr(owner, name)
        #: Whether it stands in a base class, or in the class of an object, and is to be found there again.
        self._is_inherited = name not in vars(owner)
        self._wrapper = wrap(self._original)

    def __enter__(self) -> None:
        # As note() does, without calling it, as a mock puts fourteen of these in place.
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
    """Put a value in the place of ``owner``'s attribute."""
    return wrapped(owner, name, lambda _: value)


@contextmanager
def with_items(dictionary: MutableMapping[str, Any], items: Mapping[str, Any]) -> Iterator[None]:
    """Put items into a dictionary, and afterwards what was there under their keys."""
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
