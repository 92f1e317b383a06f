"""Cut a page out of a short list, and give the token for the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sfn_mock.aws import page_tokens
from sfn_mock.store.records import Records

#: How many items a page has when ``maxResults`` is absent or 0, in every list operation.
DEFAULT_PAGE_SIZE = 100

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    items: list[Item]
    next_token: str | None


def cut_page(
    records: Records,
    moment: int,
    request: page_tokens.Request,
    items: Iterable[Item],
    key: Callable[[Item], page_tokens.Position],
    *,
    max_results: int | None,
    next_token: str | None,
    descending: bool = False,
) -> Page[Item]:
    """One page of ``items`` in the order of their keys, from behind the position that ``next_token`` marks.

    A token marks a key, not an offset, so that items which come or go neither shift nor repeat the others.
    """
    ordered = sorted(items, key=key, reverse=descending)
    if next_token is not None:
        position = page_tokens.read(records.token_key, request, next_token, moment)
        ordered = [item for item in ordered if (key(item) < position if descending else key(item) > position)]
    size = max_results or DEFAULT_PAGE_SIZE
    token = None
    if len(ordered) > size:
        token = page_tokens.give(records.token_key, request, key(ordered[size - 1]), moment)
    return Page(ordered[:size], token)
