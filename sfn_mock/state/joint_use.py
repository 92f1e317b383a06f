"""Lock several records at once, and change them as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sfn_mock.state.store import Store


@contextmanager
def using_all(stores: Iterable[Store[Any]]) -> Iterator[int]:
    """Lock these records and yield the current moment; their changes are kept or undone together."""
    # Always in the same order, so that two users of several records never wait for each other.
    entered = sorted(set(stores), key=lambda store: (store.account_id, store.region))
    with ExitStack() as stack:
        yield max((stack.enter_context(store.using()) for store in entered), default=0)
        # The last one ends first, while the others are still locked.
        for store in entered[:-1]:
            entered[-1].undo.take_over(store.undo)
