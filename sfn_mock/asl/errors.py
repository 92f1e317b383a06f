"""The errors that end a state or a run."""

from __future__ import annotations

RUNTIME = "States.Runtime"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"


class StateError(Exception):
    """The error of a state, which Retry and Catch can match.

    Attributes:
        error: The name of the error, such as `States.Runtime`; None if a Fail state or a worker gives none.
        cause: The cause of the error, or None.
        other_name: A second name that ErrorEquals also matches.
    """

    def __init__(self, error: str | None, cause: str | None, *, other_name: str | None = None) -> None:
        """Create an error with its names and its cause."""
        super().__init__(error, cause)
        self.error = error
        self.cause = cause
        self.other_name = other_name

    def __str__(self) -> str:
        """Return the name of the error, followed by its cause."""
        return f"{self.error}: {self.cause}"

    def output(self) -> dict[str, str]:
        """Return the error output, which a catcher passes to the next state."""
        return {"Error": self.error or "", "Cause": self.cause or ""}


class StoppedError(Exception):
    """Raised by a host to end its run in the middle of an action.

    A task may have stopped the execution of its own run, or the state machine is being deleted.

    Attributes:
        status: The closing status.
        output: The output as JSON text, or None.
        error: The error, or None.
        cause: The cause of the error, or None.
    """

    def __init__(self, status: str, output: str | None, error: str | None, cause: str | None) -> None:
        """Create an error with the ending of the execution."""
        super().__init__(status, output, error, cause)
        self.status = status
        self.output = output
        self.error = error
        self.cause = cause


class HostStopIteration(Exception):
    """Carries a StopIteration of the host out of the generators of a run, which would make a RuntimeError of it.

    Attributes:
        stop: The exception of the host.
    """

    def __init__(self, stop: StopIteration) -> None:
        """Create an error with the exception of the host."""
        super().__init__(stop)
        self.stop = stop


def error_details(error: str | None, cause: str | None) -> dict[str, str]:
    """Return the members `error` and `cause` of an event's details, without those that are None."""
    return {name: text for name, text in (("error", error), ("cause", cause)) if text is not None}
