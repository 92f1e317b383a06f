"""Use the records of several accounts or regions at once, and commit or roll back their changes together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sfn_mock.state.store import Store


@contextmanager
def using_all(stores: Iterable[Store[Any]]) -> Iterator[int]:
    """Lock several records and yield the current moment; their changes are committed or rolled back together."""
    # A fixed order prevents a deadlock of two such uses.
    entered = sorted(set(stores), key=lambda store: (store.account_id, store.region))
    with ExitStack() as stack:
        yield max((stack.enter_context(store.using()) for store in entered), default=0)
        # The last use ends first, while the other records are still locked.
        for store in entered[:-1]:
            entered[-1].undo.merge(store.undo)
