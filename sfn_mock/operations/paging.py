"""Cut a page out of a listing, and give the token for the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from sfn_mock.aws import page_tokens
from sfn_mock.operations.short_pages import shortened
from sfn_mock.state.records import Records

#: How many items a page has when ``maxResults`` is absent or 0, in every list operation.
DEFAULT_PAGE_SIZE = 100

Item = TypeVar("Item")


class Place(NamedTuple):
    """Where in a listing a page begins; what a token stands for."""

    #: The key of the last item given; None at the beginning.
    after: page_tokens.Position = None
    #: How many items the pages before have given.
    given: int = 0
    #: Whether the page before was empty.
    after_empty: bool = False
    #: The latest moment of the pages before: the clock may have gone back since.
    seen_until: int = 0


@dataclass(frozen=True)
class Page(Generic[Item]):
    items: list[Item]
    next_token: str | None


def place_of(records: Records, moment: int, request: page_tokens.Request, next_token: str | None) -> Place:
    """Where the page begins that ``next_token`` asks for, the first one without a token."""
    if next_token is None:
        return Place()
    return Place(*page_tokens.read(records.token_key, request, next_token, moment))


def first_page(
    records: Records,
    moment: int,
    request: page_tokens.Request,
    place: Place,
    items: list[Item],
    key: Callable[[Item], page_tokens.Position],
    size: int,
) -> Page[Item]:
    """The first page of ``items``, which begin at ``place``: up to ``size`` of them, with a token if more follow."""
    length = min(len(items), size)
    if records.simulation.short_pages:
        length = shortened(size, length, place.given, place.after_empty)
    if length == len(items):
        return Page(items, None)
    after = key(items[length - 1]) if length else place.after
    follows = Place(after, place.given + length, after_empty=not length, seen_until=max(moment, place.seen_until))
    return Page(items[:length], page_tokens.give(records.token_key, request, follows, moment))


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
    place = place_of(records, moment, request, next_token)
    if place.after is not None:
        ordered = [item for item in ordered if (key(item) < place.after if descending else key(item) > place.after)]
    return first_page(records, moment, request, place, ordered, key, max_results or DEFAULT_PAGE_SIZE)
