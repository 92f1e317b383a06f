"""The failure that goes out to a test's runner: what its report shows, and what joins it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any


def shown_with(failure: BaseException | None) -> list[BaseException]:
    """Return the failure and all that its report shows beside it: causes, contexts and the members of groups."""
    shown: list[BaseException] = []
    waiting = [failure]
    while waiting:
        error = waiting.pop()
        if error is not None and not is_among(error, shown):
            shown.append(error)
            waiting += [error.__cause__, error.__context__, *_members(error)]
    return shown


def is_among(error: BaseException, others: list[BaseException]) -> bool:
    """Return whether it is one of the others, which are not asked, as an error may be equal to anything, or raise."""
    return any(error is other for other in others)


def _members(error: BaseException) -> list[BaseException]:
    """Return the members of a group. What else has an attribute of that name may have anything there."""
    # A property of an exception may raise, and would replace the failure.
    with suppress(Exception):
        members: Any = getattr(error, "exceptions", ())
        if isinstance(members, (tuple, list)):
            return [member for member in members if isinstance(member, BaseException)]
    return []


def join(failure: BaseException, sentence: str) -> None:
    """Have the report of ``failure`` show ``sentence`` too."""
    # As add_note does, which Python 3.10 does not have. What cannot be told must not replace the failure.
    with suppress(Exception):
        vars(failure).setdefault("__notes__", []).append(sentence)
