"""The session of the active mock, for the layers below it: the one module that keeps it for the whole process.

moto makes a backend from a class, a run meets a task that nothing answers, and a start asks whether definitions run:
none of them is given a session, so they ask here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol


class TaskReports(Protocol):
    """Keeps the errors of tasks that nothing answers."""

    def remember_task(self, name: str, error: Any) -> None:
        """Remember a task that nothing answers until it is accounted for."""


class ActiveSession(Protocol):
    """What the layers below a session ask of it."""

    @property
    def guard(self) -> TaskReports:
        """What keeps the errors of tasks that nothing answers."""

    @property
    def executes(self) -> bool:
        """Whether the definitions of started executions are run."""

    def backend(self, account_id: str | None = None, region: str | None = None) -> Any:
        """Return the backend of an account and region."""


_session: ActiveSession | None = None


@contextmanager
def active(session: ActiveSession) -> Iterator[None]:
    """Keep a session as the active one; nested mocks share it."""
    global _session
    try:
        try:
            _session = session
            yield
        finally:
            _session = None
    finally:
        # An interrupt may have come just before the line above.
        _session = None


def session() -> ActiveSession | None:
    """Return the session of the active mock; None without one."""
    return _session
