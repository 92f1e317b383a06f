"""The error that a state of a run fails with."""

from __future__ import annotations

RUNTIME = "States.Runtime"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"


class StateError(Exception):
    """A failure of a state, as Retry and Catch see it.

    Attributes:
        error: The error's name, such as `States.Runtime`; None if a Fail state or a worker gives none.
        cause: The explanation that AWS gives, or None.
        other_name: A second name by which Retry and Catch may refer to the error.
    """

    def __init__(self, error: str | None, cause: str | None = None, *, other_name: str | None = None) -> None:
        """Keep the names and the cause of the failure."""
        super().__init__(error, cause)
        self.error = error
        self.cause = cause
        self.other_name = other_name

    def __str__(self) -> str:
        """Name the error, followed by its cause."""
        return f"{self.error}: {self.cause}"

    def output(self) -> dict[str, str]:
        """Return what a Catcher passes on: the error's name and its cause."""
        return {"Error": self.error or "", "Cause": self.cause or ""}
