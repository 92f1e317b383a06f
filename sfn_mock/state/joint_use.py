"""Use of several records at once, which are changed as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sfn_mock.state.store import Store


@contextmanager
def using_all(stores: Iterable[Store[Any]]) -> Iterator[int]:
    """The current moment, with these records to oneself; what is changed in them stays, or is taken back, together."""
    # In one order whatever the caller's, so that two who use several never wait for each other.
    entered = sorted(set(stores), key=lambda store: (store.account_id, store.region))
    with ExitStack() as stack:
        yield max((stack.enter_context(store.using()) for store in entered), default=0)
        # The last one ends first, while all the others are still held.
        for store in entered[:-1]:
            entered[-1].undo.take_over(store.undo)
