"""The sentence for each mistake that ``check_paging`` finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNREAD = (
    "the nextToken of this answer was neither looked at nor sent, so the rest of the list was never read. Go on until "
    "an answer has no nextToken; where stopping early is meant, say so by `with sfn.partial_listing():`."
)
EMPTY_PAGE = (
    "an empty page with a nextToken was taken for the end. A page may have few items or none: only an answer without "
    "nextToken is the last."
)
UNSEEN = "(The answer went over the wire, where nobody sees whether its nextToken is looked at: so this only warns.)"
OTHER_ARGUMENTS = (
    "a nextToken was refused with InvalidToken, since it was sent with other arguments than it was given for: "
    "{differences}. Change none of them within a list but maxResults."
)
TOKEN_AGAIN = (
    "the same nextToken is answered for the third time, with the same page, and no error in between. Send the "
    "nextToken of the latest answer."
)
FIRST_PAGE_AGAIN = (
    "the same first page is read for the hundredth time running, while the clock stands still. Send the nextToken of "
    "each answer with the next call, or move the clock between two polls."
)


def differences(given: Mapping[str, Any], sent: Mapping[str, Any]) -> str:
    """Return the arguments that differ, with both values."""
    return ", ".join(
        f"{name} was {_value(given, name)} and is {_value(sent, name)}"
        for name in dict.fromkeys([*given, *sent])
        if _value(given, name) != _value(sent, name)
    )


def _value(arguments: Mapping[str, Any], name: str) -> str:
    return repr(arguments[name]) if name in arguments else "absent"
