"""Patch methods, attributes and dictionaries of other packages while a mock is active.

A value that other code sets in the same place in the meantime stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

from sfn_mock.state.undo_log import UndoLog

Method = Callable[..., Any]


class Patches:
    """Methods, functions and attributes of other packages that are replaced, until all are restored together.

    One object for all, because a mock makes sixteen of these patches.
    """

    __slots__ = ("_made", "intercept")

    def __init__(self, undo: UndoLog) -> None:
        """Make no patch yet, and record in ``undo`` how to restore those that will be made."""
        self._made: list[_Patch] = []
        #: Whether the wrappers do anything. If other code has wrapped one of them, it stays when the mock ends.
        self.intercept = True
        undo.add(self.restore)

    def wrap(self, owner: object, name: str, wrap: Callable[[Method], Method]) -> None:
        """Replace a method or function of ``owner`` with ``wrap(original)``."""
        original = getattr(owner, name)
        wrapper = wrap(original)
        # Noted first, so that an interrupt leaves no wrapper behind.
        self._made.append((owner, name, wrapper, original, name not in owner.__dict__))
        setattr(owner, name, wrapper)

    def replace(self, owner: object, name: str, value: Any) -> None:
        """Replace an attribute of ``owner``."""
        self.wrap(owner, name, lambda _: value)

    def restore(self) -> None:
        """Restore what was replaced, the last first."""
        self.intercept = False
        made = self._made
        # What wraps the methods refers to this object: without a cycle, Python frees both at once.
        while made:
            owner, name, wrapper, original, is_inherited = made[-1]
            if owner.__dict__.get(name) is wrapper:
                if is_inherited:
                    delattr(owner, name)
                else:
                    setattr(owner, name, original)
            made.pop()


#: The owner, the name, the wrapper, the original, and whether that is inherited, from a base class or from the class of
#: an object.
_Patch = tuple[object, str, Method, Method, bool]


@contextmanager
def wrapped(owner: object, name: str, wrap: Callable[[Method], Method]) -> Iterator[None]:
    """Replace a method or function of ``owner`` with ``wrap(original)`` inside the block."""
    undo = UndoLog()
    try:
        Patches(undo).wrap(owner, name, wrap)
        yield
    finally:
        undo.roll_back()


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
