"""Wait until an execution has ended; the clock must not be frozen."""

from __future__ import annotations

from threading import Event, active_count

from sfn_mock.state import clock
from sfn_mock.state.progress import describe_waiting
from sfn_mock.state.records import Execution

#: The time between two checks, in milliseconds.
_PAUSE = 10


def wait_until_done(execution: Execution, timeout: int) -> None:
    """Return once an execution has ended; the timeout is in milliseconds.

    Raises:
        RuntimeError: If the clock stands still, so that the execution cannot end.
        TimeoutError: If the execution has not ended in time; at once if nothing can end it in time.
        UnmockedServiceError: If nothing answers a task of the execution.
    """
    # The pause is real time, even if the test has replaced time.sleep and time.monotonic.
    pause = Event()
    before: int | None = None
    left = timeout
    while True:
        with execution.using() as moment:
            # If the run waits for a task that nothing answers, raise its UnmockedServiceError again.
            execution.owner.records.schedule.resume(execution, moment)
            attempt = execution.attempt_at(moment)
            status = None if attempt is None else attempt.status_at(moment)
            if status not in (None, "RUNNING", "PENDING_REDRIVE"):
                return
            waits = describe_waiting(execution, attempt, moment)
        if moment == before:
            raise RuntimeError(
                f"cannot wait until {execution.arn} is done: the clock is frozen at {clock.describe(moment)}, and "
                f"{waits}; move the clock, or end what it waits for, instead."
            )
        if left <= 0:
            raise TimeoutError(f"{execution.arn} was not done within {timeout / 1000:g} seconds: {waits}.")
        # Only the second reading tells that the clock moves.
        is_alone = before is not None and active_count() == 1
        if is_alone and not execution.owner.records.may_change_by(moment + left):
            raise TimeoutError(
                f"{execution.arn} cannot be done within {timeout / 1000:g} seconds: {waits}, and no other thread runs "
                f"that could end it; end what it waits for before, or in another thread."
            )
        before = moment
        pause.wait(_PAUSE / 1000)
        left -= _PAUSE
