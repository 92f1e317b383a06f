"""Cut a page out of a listing, and make the token for the next page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar
from zlib import crc32

from sfn_mock.aws import page_tokens
from sfn_mock.operations.registry import Answer, present
from sfn_mock.state.records import Records

#: The page size of every list operation when ``maxResults`` is absent or 0.
DEFAULT_PAGE_SIZE = 100

Item = TypeVar("Item")


class PageStart(NamedTuple):
    """The position in a listing at which a page starts; a token stores it."""

    #: The key of the last returned item; None at the start.
    after: page_tokens.Position = None
    #: The number of items in earlier pages.
    given: int = 0
    #: Whether the previous page was empty.
    after_empty: bool = False
    #: The latest moment of earlier pages; the clock may have moved back since.
    seen_until: int = 0


def page_start(records: Records, moment: int, request: page_tokens.Request, next_token: str | None) -> PageStart:
    """Return the start of the page for ``next_token``, or of the first page without a token."""
    if next_token is None:
        return PageStart()
    return PageStart(*page_tokens.read(records.token_key, request, next_token, moment))


def first_page(
    records: Records,
    moment: int,
    request: page_tokens.Request,
    start: PageStart,
    items: list[Item],
    key: Callable[[Item], page_tokens.Position],
    size: int,
) -> tuple[list[Item], str | None]:
    """Return up to ``size`` of the items, which begin at ``start``, and a token if more follow."""
    length = min(len(items), size)
    if records.simulation.short_pages:
        length = shortened(size, length, start.given, start.after_empty)
    if length == len(items):
        return items, None
    after = key(items[length - 1]) if length else start.after
    follows = PageStart(after, start.given + length, after_empty=not length, seen_until=max(moment, start.seen_until))
    return items[:length], page_tokens.give(records.token_key, request, follows, moment)


def shortened(asked: int, there: int, given: int, after_empty: bool) -> int:
    """Return the size of a short page: AWS calls ``maxResults`` "only an upper limit".

    The page starts after ``given`` items, with ``there`` items left and ``asked`` at most. Its size is less than the
    number of items left, so that even a short listing has several pages. It can be 0, but never after an empty page. It
    depends only on the arguments, so a test sees the same pages in every run.
    """
    if not there:
        return 0
    draw = crc32(f"{asked}/{given}".encode())
    return 1 + draw % max(there - 1, 1) if after_empty else draw % there


def list_page(
    records: Records,
    moment: int,
    request: page_tokens.Request,
    items: Iterable[Item],
    *,
    key: Callable[[Item], page_tokens.Position],
    member: str,
    describe: Callable[[Item], Answer],
    max_results: int | None,
    next_token: str | None,
    descending: bool = False,
) -> Answer:
    """Answer with one page of ``items`` in the order of their keys, starting after the position of ``next_token``.

    A token stores a key, not an offset, so that added or removed items neither shift nor repeat the others.
    """
    ordered = sorted(items, key=key, reverse=descending)
    start = page_start(records, moment, request, next_token)
    if start.after is not None:
        ordered = [item for item in ordered if (key(item) < start.after if descending else key(item) > start.after)]
    page, token = first_page(records, moment, request, start, ordered, key, max_results or DEFAULT_PAGE_SIZE)
    return {member: [describe(item) for item in page], **present(nextToken=token)}
