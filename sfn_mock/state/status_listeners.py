"""The listeners of status changes, which get one change after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

from sfn_mock.state.nesting import ChangeChain
from sfn_mock.state.status_changes import StatusChange
from sfn_mock.state.undo_log import UndoLog

#: A function that gets a status change.
Listener = Callable[[StatusChange[Any]], None]

#: The active listeners, the innermost last. They are global, because moto creates the backends while the mock is
#: installed, and no session knows them all.
_listeners: dict[object, Listener] = {}


class _Outbox(local):
    """The changes that the current thread has still to send."""

    def __init__(self) -> None:
        #: The changes with those that led to them; None while the thread sends none.
        self.waiting: deque[tuple[StatusChange[Any], ChangeChain]] | None = None
        #: The changes that led to what the listener does now.
        self.chain = ChangeChain()


_outbox = _Outbox()


def add_listener(undo: UndoLog, listener: Listener) -> None:
    """Send the changes in all records to a listener until ``undo``; of several listeners only to the last added."""
    undo.save_item(_listeners, key := object())
    _listeners[key] = listener


def notify(changes: Iterable[StatusChange[Any]]) -> None:
    """Send changes to the innermost listener, if there is one.

    A listener may change executions. These changes are sent when it has returned, so that a long chain of changes
    does not nest on Python's stack.

    Raises:
        Exception: The first exception of the listener, after it has got all changes.
        NestingError: If the changes lead to others without end.
    """
    if _outbox.waiting is not None:
        _outbox.waiting.extend((change, _outbox.chain) for change in changes)
        return
    failures: list[Exception] = []
    with _sending() as waiting:
        waiting.extend((change, ChangeChain()) for change in changes)
        while waiting:
            change, cause = waiting.popleft()
            try:
                _outbox.chain = cause.followed_by(change.execution.state_machine.arn, change.moment)
                for listener in list(_listeners.values())[-1:]:
                    listener(change)
            except Exception as error:
                failures.append(error)
    if failures:
        raise failures[0]


@contextmanager
def _sending() -> Iterator[deque[tuple[StatusChange[Any], ChangeChain]]]:
    """Collect the changes of this thread that come while the block sends others."""
    waiting: deque[tuple[StatusChange[Any], ChangeChain]] = deque()
    try:
        try:
            _outbox.waiting = waiting
            yield waiting
        finally:
            _outbox.waiting = None
    finally:
        # An interrupt may have come just before this line.
        _outbox.waiting = None
