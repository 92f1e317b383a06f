"""The session of the active mock, for the layers below it: the one module that keeps it for the whole process.

Code without a session at hand reads it here: moto's making of a backend, a run with an unmocked task, and a start that
needs to know whether definitions run.
"""

from __future__ import annotations

from typing import Any, Protocol


class TaskReports(Protocol):
    """Keeps the errors of unmocked tasks."""

    def remember_task(self, name: str, error: Any) -> None:
        """Remember an unmocked task until it is reported."""


class ActiveSession(Protocol):
    """The part of a session that lower layers use."""

    @property
    def guard(self) -> TaskReports:
        """The keeper of the errors of unmocked tasks."""

    @property
    def executes(self) -> bool:
        """Whether the definitions of started executions are run."""

    def backend(self, account_id: str | None = None, region: str | None = None) -> Any:
        """Return the backend of an account and region."""


_session: ActiveSession | None = None


def set_session(session: ActiveSession | None) -> None:
    """Keep a session as the active one, which nested mocks share; None at its end."""
    global _session
    _session = session


def session() -> ActiveSession | None:
    """Return the session of the active mock; None without one."""
    return _session
