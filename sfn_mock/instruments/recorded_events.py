"""Read the events of GetExecutionHistory from answers, text or files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from math import isfinite
from reprlib import repr as shortened
from typing import Any

from sfn_mock.asl.events import Event
from sfn_mock.aws.page_tokens import member_with_token
from sfn_mock.state import clock

#: A path of a JSON file, JSON text, one answer of GetExecutionHistory, its events, or several answers.
History = str | os.PathLike[str] | Mapping[str, Any] | Iterable[Mapping[str, Any]]


def read_events(source: object, name: str = "history") -> list[Event]:
    """Return the events of an execution's history, in order of their numbers; ValueError if it is not a whole one.

    The answers and events of ``source`` may be in any order, and repeated. ``name`` is its name in errors.
    """
    found: dict[int, Event] = {}
    tokens: list[str | None] = []
    for raw in _raw_events(_document(source, name), name, tokens):
        event = _event(raw, name)
        if found.setdefault(event.id, event) != event:
            raise ValueError(f"{name} must be of one execution, got two different events with id {event.id}.")
    if not found:
        raise ValueError(f"{name} must be the events of an execution, got none.")
    missing = next((number for number in range(1, max(found) + 1) if number not in found), None)
    if missing is not None:
        raise ValueError(f"{name} must be complete, got no event {missing} of {max(found)}: read all pages.")
    if tokens and None not in tokens:
        raise ValueError(f"{name} must be complete, got no last page but a {tokens[-1]}: read all pages.")
    events = [found[number] for number in sorted(found)]
    _check_start(events[0], name)
    for event in events:
        if not 0 <= event.previous_event_id < event.id:
            raise ValueError(
                f"{name} must have events that follow earlier events, got event {event.id} with previousEventId "
                f"{event.previous_event_id}."
            )
    return events


# --- The source --------------------------------------------------------------------------------------------------


def _document(source: object, name: str) -> object:
    if isinstance(source, str) and source.lstrip().startswith(("{", "[")):
        return _parse(source, name)
    if isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        try:
            with open(path, "rb") as file:
                return _parse(file.read(), name)
        except FileNotFoundError:
            raise FileNotFoundError(
                f"No file {os.path.abspath(path)!r}: {name} must be the path of a JSON file, or JSON text that starts "
                "with '{' or '['."
            ) from None
        except (OSError, UnicodeError) as error:
            raise ValueError(f"{name} must be the path of a file that can be read, got {path!r}: {error}.") from None
    return source


def _parse(text: str | bytes, name: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{name} must be JSON, got {shortened(text)}: {error}.") from None


def _raw_events(document: object, name: str, tokens: list[str | None]) -> Iterator[object]:
    """Yield the events of a document; add to ``tokens`` the member with a page token of each answer, or None."""
    if isinstance(document, Mapping):
        if "events" not in document:
            raise ValueError(f"{name} must have the member 'events', got {shortened(sorted(map(str, document)))}.")
        tokens.append(member_with_token(document))
        document = document["events"]
        if not isinstance(document, (list, tuple)):
            raise ValueError(f"{name} must have a list as 'events', got {shortened(document)}.")
    if isinstance(document, (str, bytes)) or not isinstance(document, Iterable):
        raise ValueError(f"{name} must be what GetExecutionHistory answered or the path of a file, got {document!r}.")
    for part in document:
        if isinstance(part, Mapping) and "events" in part:
            yield from _raw_events(part, name, tokens)
        else:
            yield part


# --- An event ----------------------------------------------------------------------------------------------------


def _event(raw: object, name: str) -> Event:
    if not isinstance(raw, Mapping):
        raise ValueError(f"{name} must contain events only, got {shortened(raw)}.")
    number, previous, event_type = raw.get("id"), raw.get("previousEventId", 0), raw.get("type")
    if type(number) is not int or number < 1 or type(previous) is not int or not isinstance(event_type, str):
        raise ValueError(f"{name} must contain events with id, previousEventId and type, got {shortened(dict(raw))}.")
    details = next((value for key, value in raw.items() if str(key).endswith("EventDetails")), None)
    if details is not None and not isinstance(details, Mapping):
        raise ValueError(f"{name} must have an object as the details of event {number}, got {shortened(details)}.")
    _check_wholeness(details or {}, number, name)
    return Event(
        number,
        previous,
        _moment(raw.get("timestamp"), f"{name} event {number} timestamp"),
        event_type,
        None if details is None else dict(details),
    )


def _check_wholeness(details: Mapping[str, Any], number: int, name: str) -> None:
    """Refuse data that logs have cut; answers of GetExecutionHistory always have it whole."""
    for member, described in details.items():
        if isinstance(described, Mapping) and described.get("truncated") is True:
            raise ValueError(
                f"{name} must be whole, got event {number} with truncated {member.removesuffix('Details')}: "
                "use the answers of GetExecutionHistory instead of logs."
            )


def _moment(value: object, name: str) -> int:
    """Return the moment of a date: a datetime, ISO 8601 text, or seconds since 1970 as AWS CLI version 1 prints."""
    if isinstance(value, (str, datetime)):
        return clock.to_moment(value, 0, name=name)
    if type(value) is int or (isinstance(value, float) and isfinite(value * 1000)):
        return clock.check(round(value * 1000), name)
    raise ValueError(f"{name} must be a datetime, ISO 8601 text or seconds since 1970, got {value!r}.")


def _check_start(first: Event, name: str) -> None:
    if first.type != "ExecutionStarted":
        raise ValueError(f"{name} must begin with ExecutionStarted, got {first.type}.")
    text = (first.details or {}).get("input")
    if not isinstance(text, str):
        raise ValueError(f"{name} must be read with includeExecutionData, got an ExecutionStarted without its input.")
    _parse(text, f"{name} input")
