"""The history of a run: its events, and the chains that link each event to its previous one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sfn_mock.asl.errors import TIMEOUT, error_details
from sfn_mock.asl.task_events import details_member

#: The most events of a STANDARD execution; a run that would exceed it fails, and its ExecutionFailed is the last event.
HISTORY_LIMIT = 25_000
#: AWS sets no limit for EXPRESS executions. A run with so many events is an endless loop that takes no virtual time.
ENDLESS_EXPRESS = 100_000

_HISTORY_LIMIT_CAUSE = f"The execution reached the maximum number of history events ({HISTORY_LIMIT})."


class HistoryFullError(Exception):
    """Only the last event of the run still fits into the history."""

    cause = _HISTORY_LIMIT_CAUSE


@dataclass(frozen=True)
class Event:
    """An event of a history.

    Attributes:
        id: The event's id, counted from 1.
        previous_event_id: The id of the event that led to it, 0 for none.
        moment: When it happened, in milliseconds since 1970.
        type: The event's type, such as `TaskScheduled`.
        details: The details with the API's names, None if it has none.
    """

    id: int
    previous_event_id: int
    moment: int
    type: str
    details: dict[str, Any] | None

    @property
    def details_member(self) -> str:
        """The name of the details member, such as `stateEnteredEventDetails`."""
        for suffix in ("StateEntered", "StateExited"):
            if self.type.endswith(suffix):
                return details_member(suffix)
        return details_member(self.type)

    def describe(self) -> dict[str, Any]:
        """Return the event in the form of GetExecutionHistory, without its timestamp."""
        described: dict[str, Any] = {"id": self.id, "previousEventId": self.previous_event_id, "type": self.type}
        return described if self.details is None else {**described, self.details_member: self.details}


def execution_started(
    input: str, role_arn: str, *, alias_arn: str | None, version_arn: str | None
) -> tuple[str, dict[str, Any]]:
    """Return type and details of an execution's first event.

    Args:
        input: The input as JSON text.
        role_arn: The role of the state machine.
        alias_arn: The alias that was used to start the execution, None without one.
        version_arn: The version that was started, None without one.
    """
    details = {**_data("input", input), "roleArn": role_arn}
    if alias_arn is not None:
        details["stateMachineAliasArn"] = alias_arn
    if version_arn is not None:
        details["stateMachineVersionArn"] = version_arn
    return "ExecutionStarted", details


def execution_ended(
    status: str, *, output: str | None, error: str | None, cause: str | None
) -> tuple[str, dict[str, Any]]:
    """Return type and details of an execution's last event; `status` is a closing status."""
    if status == "SUCCEEDED":
        return "ExecutionSucceeded", _data("output", output or "{}")
    if status == "TIMED_OUT":
        # AWS shows this error in the history only; DescribeExecution has none.
        return "ExecutionTimedOut", {"error": TIMEOUT}
    return f"Execution{status.capitalize()}", error_details(error, cause)


def state_entered(state_type: str, name: str, input: str) -> tuple[str, dict[str, Any]]:
    """Return type and details of the event that enters a state."""
    return f"{state_type}StateEntered", {"name": name, **_data("input", input)}


def state_exited(
    state_type: str, name: str, output: str, assigned: Mapping[str, str] | None = None
) -> tuple[str, dict[str, Any]]:
    """Return type and details of the event that exits a state; `assigned` has variables as JSON texts."""
    details = {"name": name, **_data("output", output)}
    if assigned:
        details |= {"assignedVariables": dict(assigned), "assignedVariablesDetails": {"truncated": False}}
    return f"{state_type}StateExited", details


def _data(member: str, text: str) -> dict[str, Any]:
    return {member: text, f"{member}Details": {"truncated": False}}


class Chain:
    """The chain of events of one sequence of states: of a state machine, a branch or an iteration.

    Attributes:
        head: The id of the event that will be the next one's previous event.
    """

    def __init__(self, head: int = 0) -> None:
        self.head = head


class History:
    """The events of an execution, in order."""

    def __init__(self, limit: int | None) -> None:
        """Create an empty history, which holds at most `limit` events; None for no limit."""
        self.events: list[Event] = []
        self._limit = limit

    def add(
        self, moment: int, event_type: str, details: dict[str, Any] | None, chain: Chain, *, advance: bool = True
    ) -> Event:
        """Add an event to a chain.

        Args:
            moment: When it happens, in milliseconds since 1970.
            event_type: The event's type.
            details: The details, None for none.
            chain: The chain; its head becomes the event's previous event.
            advance: Whether the event becomes the new head of the chain.

        Raises:
            HistoryFullError: If only the last event of the run still fits.
        """
        if self._limit is not None and len(self.events) >= self._limit - 1:
            raise HistoryFullError
        event = self._append(moment, event_type, details, chain.head)
        if advance:
            chain.head = event.id
        return event

    def end(self, moment: int, event_type: str, details: dict[str, Any] | None, chain: Chain) -> None:
        """Add the last event of the execution, regardless of the limit.

        An abort or timeout of the execution has no previous event.
        """
        is_from_outside = event_type in ("ExecutionAborted", "ExecutionTimedOut")
        self._append(moment, event_type, details, 0 if is_from_outside else chain.head)

    def redrive(self, moment: int, redrive_count: int, chain: Chain) -> None:
        """Add the event of a redrive; its previous event is the last one."""
        chain.head = len(self.events)
        self.add(moment, "ExecutionRedriven", {"redriveCount": redrive_count}, chain)

    def _append(self, moment: int, event_type: str, details: dict[str, Any] | None, previous_event_id: int) -> Event:
        event = Event(len(self.events) + 1, previous_event_id, moment, event_type, details)
        self.events.append(event)
        return event
