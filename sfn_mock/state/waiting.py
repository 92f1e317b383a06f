"""Wait until an execution has ended, on a clock that goes on by itself."""

from __future__ import annotations

from threading import Event

from sfn_mock.state import clock
from sfn_mock.state.progress import describe_waiting
from sfn_mock.state.records import Execution

#: How often to look, in milliseconds.
_PAUSE = 10


def wait_until_done(execution: Execution, timeout: int) -> None:
    """Return once an execution has ended.

    Args:
        execution: The execution.
        timeout: How long to wait, in milliseconds.

    Raises:
        RuntimeError: If the clock stands still, so that nothing would come of waiting.
        TimeoutError: If the execution has not ended in time.
        UnmockedServiceError: If nothing answers a task of the execution.
    """
    # Its pauses are the machine's own, whatever the test has done to time.sleep and time.monotonic.
    pause = Event()
    before: int | None = None
    left = timeout
    while True:
        with execution.using() as moment:
            # A task that nothing answers holds the run, and is told again to whoever waits for that.
            execution.owner.records.resume_run(execution, moment)
            attempt = execution.attempt_at(moment)
            status = None if attempt is None else attempt.status_at(moment)
            if status not in (None, "RUNNING", "PENDING_REDRIVE"):
                return
            waits = describe_waiting(execution, attempt, moment)
        if moment == before:
            raise RuntimeError(
                f"cannot wait until {execution.arn} is done: the clock stands still at {clock.describe(moment)}, and "
                f"{waits}; move the clock, or end what it waits for, instead."
            )
        if left <= 0:
            raise TimeoutError(f"{execution.arn} was not done within {timeout / 1000:g} seconds: {waits}.")
        before = moment
        pause.wait(_PAUSE / 1000)
        left -= _PAUSE
