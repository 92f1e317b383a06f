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


class Patches:
    """Methods and functions of other packages that are replaced together, in the order of adding.

    One object for all, because a mock makes sixteen of these patches.
    """

    __slots__ = ("_made", "_planned", "intercept")

    def __init__(self) -> None:
        self._planned: list[tuple[object, str, Callable[[Method], Method]]] = []
        self._made: list[_Patch] = []
        #: Whether the wrappers do anything. If other code has wrapped one of them, it stays when the mock ends.
        self.intercept = True

    def add(self, owner: object, name: str, wrap: Callable[[Method], Method]) -> None:
        """Replace a method or function of ``owner`` with ``wrap(original)`` while the patches are active."""
        self._planned.append((owner, name, wrap))

    def __enter__(self) -> None:
        note(self.__exit__)
        for owner, name, wrap in self._planned:
            original = getattr(owner, name)
            wrapper = wrap(original)
            # Noted first, so that an interrupt leaves no wrapper behind.
            self._made.append((owner, name, wrapper, original, name not in vars(owner)))
            setattr(owner, name, wrapper)

    def __exit__(self, *failure: object) -> None:
        self.intercept = False
        while self._made:
            owner, name, wrapper, original, is_inherited = self._made[-1]
            if vars(owner).get(name) is wrapper:
                if is_inherited:
                    delattr(owner, name)
                else:
                    setattr(owner, name, original)
            self._made.pop()
        # What wraps the methods refers to this object: without a cycle, Python frees both at once.
        self._planned.clear()


#: The owner, the name, the wrapper, the original, and whether that is inherited, from a base class or from the class of
#: an object.
_Patch = tuple[object, str, Method, Method, bool]


def wrapped(owner: object, name: str, wrap: Callable[[Method], Method]) -> Patches:
    """Replace a method or function of ``owner`` with ``wrap(original)``."""
    patches = Patches()
    patches.add(owner, name, wrap)
    return patches


def replaced(owner: object, name: str, value: Any) -> Patches:
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
