"""The error that a state of a run fails with."""

from __future__ import annotations


class StateError(Exception):
    """A failure of a state, as Retry and Catch see it.

    Attributes:
        error: The error's name, such as `States.Runtime`.
        cause: The explanation that AWS gives, or None.
    """

    def __init__(self, error: str | None, cause: str | None = None) -> None:
        """Keep the name and the cause of the failure."""
        super().__init__(error, cause)
        self.error = error
        self.cause = cause

    def __str__(self) -> str:
        """Name the error, followed by its cause."""
        return f"{self.error}: {self.cause}"
