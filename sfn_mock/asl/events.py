"""The history of a run: its events, and the chains by which each refers to the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sfn_mock.asl.task_events import details_member

#: The most events that a history may have; the last one tells that the run failed.
HISTORY_LIMIT = 25_000

_HISTORY_LIMIT_CAUSE = f"The execution reached the maximum number of history events ({HISTORY_LIMIT})."


class HistoryFullError(Exception):
    """The history has no place left but for the run's end."""

    cause = _HISTORY_LIMIT_CAUSE


@dataclass(frozen=True)
class Event:
    """An event of a history.

    Attributes:
        id: Its number, from 1 on.
        previous_event_id: The number of the event that led to it, 0 for none.
        moment: When it happened, in milliseconds since 1970.
        type: Its type, such as `TaskScheduled`.
        details: Its details as the API spells them, None where it has none.
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


class Chain:
    """The events of one sequence of states: of a machine, a branch or an iteration.

    Attributes:
        head: The number of the event that the next one refers to.
    """

    def __init__(self, head: int = 0) -> None:
        self.head = head


class History:
    """The events of a run, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []

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
        if len(self.events) >= HISTORY_LIMIT - 1:
            raise HistoryFullError
        return self._append(moment, event_type, details, chain, advance)

    def end(self, moment: int, event_type: str, details: dict[str, Any] | None, previous_event_id: int) -> None:
        """Add the event that tells the run's end; it always fits."""
        self._append(moment, event_type, details, Chain(previous_event_id), advance=False)

    def _append(
        self, moment: int, event_type: str, details: dict[str, Any] | None, chain: Chain, advance: bool
    ) -> Event:
        event = Event(len(self.events) + 1, chain.head, moment, event_type, details)
        self.events.append(event)
        if advance:
            chain.head = event.id
        return event
