"""The failure that goes out to a test's runner: what its report shows, and what joins it."""

from __future__ import annotations


def shown_with(failure: BaseException | None) -> list[BaseException]:
    """The failure and all that its report shows beside it: causes, contexts and the members of groups."""
    shown: list[BaseException] = []
    waiting = [failure]
    while waiting:
        error = waiting.pop()
        if error is not None and not any(error is other for other in shown):
            shown.append(error)
            waiting += [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]
    return shown


def join(failure: BaseException, sentence: str) -> None:
    """Have the report of ``failure`` show ``sentence`` too."""
    # As add_note does, which Python 3.10 does not have.
    vars(failure).setdefault("__notes__", []).append(sentence)
