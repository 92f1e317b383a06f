"""The failure that reaches the test runner: the errors in its report, and notes to add."""

from __future__ import annotations

from contextlib import suppress
from typing import Any


def shown_with(failure: BaseException | None) -> list[BaseException]:
    """Return the failure with all errors in its report: causes, contexts and members of groups."""
    shown: list[BaseException] = []
    waiting = [failure]
    while waiting:
        error = waiting.pop()
        if error is not None and not is_among(error, shown):
            shown.append(error)
            waiting += [error.__cause__, error.__context__, *_members(error)]
    return shown


def is_among(error: BaseException, others: list[BaseException]) -> bool:
    """Return whether an error is one of the others, by identity, because ``__eq__`` may return anything or raise."""
    return any(error is other for other in others)


def _members(error: BaseException) -> list[BaseException]:
    """Return the members of an exception group; other errors may have any value in that attribute."""
    # A property of an exception may raise, which would replace the failure.
    with suppress(Exception):
        members: Any = getattr(error, "exceptions", ())
        if isinstance(members, (tuple, list)):
            return [member for member in members if isinstance(member, BaseException)]
    return []


def join(failure: BaseException, sentence: str) -> None:
    """Add ``sentence`` as a note to ``failure``."""
    # Like add_note, which Python 3.10 lacks. An error here must not replace the failure.
    with suppress(Exception):
        vars(failure).setdefault("__notes__", []).append(sentence)
