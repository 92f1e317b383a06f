"""The sentence for each mistake that ``check_paging`` finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNREAD = (
    "the nextToken of this answer was neither read nor sent, so the rest of the list was never read. Request pages "
    "until an answer has no nextToken. If the code may stop early, use `with sfn.partial_listing():`."
)
EMPTY_PAGE = (
    "an empty page with a nextToken was treated as the last one. A page may have few items or none: only an answer "
    "without nextToken is the last."
)
UNSEEN = (
    "(The answer went over the wire, so the mock cannot see whether its nextToken is read: this is only a warning.)"
)
OTHER_ARGUMENTS = (
    "a nextToken was refused with InvalidToken, because it was sent with other arguments than it was given for: "
    "{differences}. Within a list, change only maxResults."
)
TOKEN_AGAIN = (
    "the same nextToken was sent for the third time, without an error in between, and got the same page. Send the "
    "nextToken of the latest answer."
)
FIRST_PAGE_AGAIN = (
    "the same first page was requested for the hundredth time in a row, and the clock has not moved. Send the "
    "nextToken of each answer with the next call, or move the clock between two polls."
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
