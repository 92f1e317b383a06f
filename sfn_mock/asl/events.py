"""The history of a run: its events, and the chains by which each refers to the one before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sfn_mock.asl.errors import TIMEOUT
from sfn_mock.asl.task_events import details_member

#: The most events that a history may have; the last one tells that the run failed.
HISTORY_LIMIT = 25_000

_HISTORY_LIMIT_CAUSE = f"The execution reached the maximum number of history events ({HISTORY_LIMIT})."


class HistoryFullError(Exception):
    """The history has room only for the event of the run's end."""

    cause = _HISTORY_LIMIT_CAUSE


@dataclass(frozen=True)
class Event:
    """An event of a history.

    Attributes:
        id: Its number, from 1 on.
        previous_event_id: The number of the event that led to it, 0 for none.
        moment: When it happened, in milliseconds since 1970.
        type: Its type, such as `TaskScheduled`.
        details: Its details as the API spells them, None if it has none.
    """

    id: int
    previous_event_id: int
    moment: int
    type: str
    details: dict[str, Any] | None

    @property
    def details_member(self) -> str:
        """The name of the member that holds the details, such as `stateEnteredEventDetails`."""
        for suffix in ("StateEntered", "StateExited"):
            if self.type.endswith(suffix):
                return details_member(suffix)
        return details_member(self.type)

    def describe(self) -> dict[str, Any]:
        """Return the event as GetExecutionHistory gives it, without its timestamp."""
        described: dict[str, Any] = {"id": self.id, "previousEventId": self.previous_event_id, "type": self.type}
        return described if self.details is None else {**described, self.details_member: self.details}


def execution_started(
    input: str, role_arn: str, *, alias_arn: str | None, version_arn: str | None
) -> tuple[str, dict[str, Any]]:
    """Return type and details of an execution's first event; the ARNs are those that it was started through."""
    details = {**_data("input", input), "roleArn": role_arn}
    if alias_arn is not None:
        details["stateMachineAliasArn"] = alias_arn
    if version_arn is not None:
        details["stateMachineVersionArn"] = version_arn
    return "ExecutionStarted", details


def execution_ended(
    status: str, *, output: str | None, error: str | None, cause: str | None
) -> tuple[str, dict[str, Any]]:
    """Return type and details of the event that tells the end of an execution with a closing status."""
    if status == "SUCCEEDED":
        return "ExecutionSucceeded", _data("output", output or "{}")
    if status == "TIMED_OUT":
        # AWS tells the error in the history alone.
        return "ExecutionTimedOut", {"error": TIMEOUT}
    told = (("error", error), ("cause", cause))
    details = {name: text for name, text in told if text is not None}
    return f"Execution{status.capitalize()}", details


def state_entered(state_type: str, name: str, input: str) -> tuple[str, dict[str, Any]]:
    """Return type and details of the event that enters a state."""
    return f"{state_type}StateEntered", {"name": name, **_data("input", input)}


def state_exited(
    state_type: str, name: str, output: str, assigned: Mapping[str, str] | None = None
) -> tuple[str, dict[str, Any]]:
    """Return type and details of the event that leaves a state; ``assigned`` are variables as JSON texts."""
    details = {"name": name, **_data("output", output)}
    if assigned:
        details |= {"assignedVariables": dict(assigned), "assignedVariablesDetails": {"truncated": False}}
    return f"{state_type}StateExited", details


def _data(member: str, text: str) -> dict[str, Any]:
    return {member: text, f"{member}Details": {"truncated": False}}


class Chain:
    """The events of one sequence of states: of a machine, a branch or an iteration.

    Attributes:
        head: The number of the event that the next one refers to.
    """

    def __init__(self, head: int = 0) -> None:
        self.head = head


class History:
    """The events of an execution, in order."""

    def __init__(self, *, is_limited: bool = True) -> None:
        """Make a history without events, of HISTORY_LIMIT events at most if it is limited."""
        self.events: list[Event] = []
        self._is_limited = is_limited

    def add(
        self, moment: int, event_type: str, details: dict[str, Any] | None, chain: Chain, *, advance: bool = True
    ) -> Event:
        """Add an event that follows the head of a chain.

        Args:
            moment: When it happens.
            event_type: Its type.
            details: Its details, None for none.
            chain: The chain that it belongs to.
            advance: Whether the next event of the chain refers to this one.

        Raises:
            HistoryFullError: Only the event of the run's end would fit.
        """
        if self._is_limited and len(self.events) >= HISTORY_LIMIT - 1:
            raise HistoryFullError
        return self._append(moment, event_type, details, chain, advance)

    def end(self, moment: int, event_type: str, details: dict[str, Any] | None, chain: Chain) -> None:
        """Add the event that tells the execution's end; it always fits.

        An end that comes from outside the states follows no event.
        """
        is_from_outside = event_type in ("ExecutionAborted", "ExecutionTimedOut")
        self._append(moment, event_type, details, Chain() if is_from_outside else chain, advance=False)

    def redrive(self, moment: int, redrive_count: int, chain: Chain) -> None:
        """Add the event of a redrive, which follows the end of the run before."""
        chain.head = len(self.events)
        self.add(moment, "ExecutionRedriven", {"redriveCount": redrive_count}, chain)

    def _append(
        self, moment: int, event_type: str, details: dict[str, Any] | None, chain: Chain, advance: bool
    ) -> Event:
        event = Event(len(self.events) + 1, chain.head, moment, event_type, details)
        self.events.append(event)
        if advance:
            chain.head = event.id
        return event
