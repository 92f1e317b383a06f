"""An answer that records whether the code under test reads its page token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

#: The member of requests and answers that holds the token.
TOKEN = "nextToken"


def _of_a_key(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``method`` of dict, which looks at the token if its argument is the key of the token."""

    @wraps(method)
    def looking(answer: WatchedAnswer, key: object, *others: Any) -> Any:
        if key == TOKEN:
            answer.look()
        return method(answer, key, *others)

    return looking


def _of_all(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``method`` of dict, which returns all members and therefore counts as a look at the token."""

    @wraps(method)
    def looking(answer: WatchedAnswer, *others: Any) -> Any:
        answer.look()
        return method(answer, *others)

    return looking


class WatchedAnswer(dict[str, Any]):
    """The answer as a dict, which calls ``look`` whenever its token is read, alone or with other members.

    Copies and unpickled answers are plain dicts. Printing does not count, because a log may print every answer.
    """

    __slots__ = ("look",)

    def __init__(self, answer: dict[str, Any], look: Callable[[], object]) -> None:
        super().__init__(answer)
        self.look = look

    __contains__ = _of_a_key(dict.__contains__)
    __getitem__ = _of_a_key(dict.__getitem__)
    get = _of_a_key(dict.get)
    pop = _of_a_key(dict.pop)
    setdefault = _of_a_key(dict.setdefault)

    # With an __iter__ of its own, dict(answer) and {**answer} ask keys() and leave no way around this class.
    __iter__ = _of_all(dict.__iter__)
    __reversed__ = _of_all(dict.__reversed__)
    __eq__ = _of_all(dict.__eq__)
    __ne__ = _of_all(dict.__ne__)
    __or__ = _of_all(dict.__or__)
    __ror__ = _of_all(dict.__ror__)
    copy = _of_all(dict.copy)
    items = _of_all(dict.items)
    keys = _of_all(dict.keys)
    popitem = _of_all(dict.popitem)
    values = _of_all(dict.values)

    def __reduce_ex__(self, protocol: object) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (self.copy(),)
