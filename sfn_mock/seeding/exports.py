"""What AWS showed of executions, read into items that it could have shown.

That is what ListExecutions or DescribeExecution answered, as the AWS CLI prints it in JSON or YAML or as boto3 gives
it, and what a ResultWriter wrote of child executions, whose members are in PascalCase.

Nothing here looks at what is stored. Sentences about a member spell it as AWS does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from math import isfinite
from reprlib import repr as shortened
from typing import Any, NamedTuple, TypeVar

from moto.core.utils import underscores_to_camelcase

from sfn_mock.argument_errors import ArgumentError
from sfn_mock.aws.arns import (
    ExecutionArn,
    map_run_arn,
    parse_execution_arn,
    parse_map_run_arn,
    state_machine_arn,
)
from sfn_mock.aws.constraints import longest_arn
from sfn_mock.aws.exceptions import InvalidArn
from sfn_mock.seeding.export_sources import naming, read_source
from sfn_mock.state import clock
from sfn_mock.state.execution_names import check_name
from sfn_mock.state.executions import check_count, seeded_attempts
from sfn_mock.state.map_runs import check_label
from sfn_mock.state.outcomes import STATUSES, STATUSES_OUTSIDE_MAP_RUNS, check_status, ending, json_text
from sfn_mock.state.state_machines import check_alias_name
from sfn_mock.state.time_lines import Attempt
from sfn_mock.suggestions import closest

#: A path, JSON or YAML text, an answer of ListExecutions or DescribeExecution, or a list of such answers or of items.
Source = str | os.PathLike[str] | Mapping[str, Any] | Sequence[Mapping[str, Any]]
#: An account and a region.
Location = tuple[str, str]

_ACCOUNT_AND_REGION = re.compile(r"arn:aws[a-z-]*:states:(?P<region>[a-z0-9-]+):(?P<account_id>[0-9]{12}):")
#: An argument of the seeding methods that an item has too.
_ARGUMENT = re.compile(r"\b(?:start_date|stop_date|redrive_date|redrive_count)\b")
_VERSION_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


#: Members of an execution, and those of them that are read.
_MEMBERS = frozenset(
    {"executionArn", "stateMachineArn", "name", "status", "startDate", "stopDate", "mapRunArn", "itemCount"}
    | {"stateMachineVersionArn", "stateMachineAliasArn", "redriveCount", "redriveDate", "redriveStatus"}
    | {"redriveStatusReason", "input", "inputDetails", "output", "outputDetails", "traceHeader", "error", "cause"}
    | {"ResponseMetadata"}
)
#: The status that a ResultWriter writes of a child that has not started.
_PENDING = "PENDING"


class Details(NamedTuple):
    """The members that DescribeExecution and a ResultWriter show in addition to a listing; None if they are absent."""

    input: str | None
    output: str | None
    error: str | None
    cause: str | None
    trace_header: str | None

    def joined_with(self, other: Details) -> Details:
        """Return the members of both; the members of this one have priority."""
        return Details._make(mine if mine is not None else theirs for mine, theirs in zip(self, other, strict=True))


class Shown(NamedTuple):
    """The members of an execution in a listing, without those that follow from its ARN. Dates are moments."""

    execution_arn: str
    map_run_arn: str | None
    item_count: int | None
    state_machine_version_arn: str | None
    state_machine_alias_arn: str | None
    status: str
    start_date: int
    stop_date: int | None
    redrive_count: int
    redrive_date: int | None


class Item(NamedTuple):
    """One execution as the source shows it."""

    #: Its name in sentences.
    label: str
    location: Location
    arn: ExecutionArn
    version_number: str | None
    alias_name: str | None
    shown: Shown
    details: Details
    attempts: tuple[Attempt, ...]
    #: The start date as the source writes it.
    written_start: object
    #: Its unknown members.
    unknown: tuple[str, ...]

    @property
    def start(self) -> int:
        """When the execution starts, in milliseconds since 1970."""
        return self.attempts[0].since

    @property
    def identity(self) -> ExecutionArn:
        """The parts of the ARN that differ between two executions, without the id of an EXPRESS child."""
        return self.arn._replace(express_id=None)

    @property
    def execution_type(self) -> str:
        """STANDARD or EXPRESS."""
        return "STANDARD" if self.arn.express_id is None else "EXPRESS"


def read(source: object) -> list[Item]:
    """Return the items of ``source`` in its order; ValueError for an impossible item or a wrong source."""
    raws = read_source(source)
    # A PENDING child has not started, so AWS does not list it.
    return [
        _read_item(position, raw)
        for position, raw in enumerate(raws, 1)
        if not isinstance(raw, Mapping) or raw.get("status") != _PENDING
    ]


def unknown_members(items: Sequence[Item]) -> str | None:
    """Return a sentence about unknown members, with the closest known ones; None without any."""
    unknown = {member: item.label for item in reversed(items) for member in reversed(item.unknown)}
    if not unknown:
        return None
    parts = []
    for member, label in reversed(unknown.items()):
        meant = closest(member, sorted(_MEMBERS))
        parts.append(f"{member!r} of {label}{'' if meant is None else f' (did you mean {meant!r}?)'}")
    return f"Members that AWS does not have were ignored: {', '.join(parts)}."


# --- An item by itself -----------------------------------------------------------------------------------------


def _read_item(position: int, raw: object) -> Item:
    with naming(f"Item {position}"):
        if not isinstance(raw, Mapping):
            raise ValueError(f"item must be an object with the members of an execution, got {shortened(raw)}.")
        text = _text(raw, "executionArn")
    label = f"Item {position} ({text})"
    with naming(label):
        arn, location = _execution_arn(raw)
        path = arn.state_machine_name if arn.label is None else f"{arn.state_machine_name}/{arn.label}"
        _check_agrees(raw, "name", arn.name)
        _check_agrees(raw, "stateMachineArn", state_machine_arn(arn.prefix, path))
        version_number, alias_name = _qualifiers(raw, state_machine_arn(arn.prefix, arn.state_machine_name))
        status = _status(raw, arn)
        shown = Shown(
            execution_arn=text,
            map_run_arn=_map_run_arn(raw, arn),
            item_count=_item_count(raw, arn),
            state_machine_version_arn=_optional_text(raw, "stateMachineVersionArn"),
            state_machine_alias_arn=_optional_text(raw, "stateMachineAliasArn"),
            status=status,
            start_date=_moment("startDate", _required(raw, "startDate")),
            stop_date=_stop(raw, status),
            redrive_count=_redrive_count(raw),
            redrive_date=_optional_moment(raw, "redriveDate"),
        )
        details = _details(raw, status)
        attempts = _attempts(shown, details, express=arn.express_id is not None)
        unknown = tuple(str(member) for member in raw if member not in _MEMBERS)
    return Item(label, location, arn, version_number, alias_name, shown, details, attempts, raw["startDate"], unknown)


def _required(raw: Mapping[str, object], member: str) -> object:
    value = raw.get(member)
    if value is None:
        meant = closest(member, [str(name) for name in raw if name not in _MEMBERS])
        hint = "" if meant is None else f" Did you mean it by {meant!r}?"
        raise ValueError(f"{member} must be given, got nothing.{hint}")
    return value


def _text(raw: Mapping[str, object], member: str) -> str:
    value = _required(raw, member)
    if not isinstance(value, str):
        raise ValueError(f"{member} must be a string, got {value!r}.")
    return value


def _optional_text(raw: Mapping[str, object], member: str) -> str | None:
    """Return the text of an optional member; null counts as absent."""
    return None if raw.get(member) is None else _text(raw, member)


def _check_agrees(raw: Mapping[str, object], member: str, expected: str) -> None:
    text = _text(raw, member)
    if text != expected:
        raise ValueError(f"{member} must be {expected!r}, as in executionArn, got {text!r}.")


# --- Whose it is -----------------------------------------------------------------------------------------------

_Parsed = TypeVar("_Parsed")


def _parse(raw: Mapping[str, object], member: str, parse: Callable[[str], _Parsed], shape: str) -> _Parsed:
    text = _text(raw, member)
    try:
        return parse(text)
    except InvalidArn:
        raise _malformed(member, text, shape) from None


def _malformed(member: str, text: str, shape: str) -> ValueError:
    return ValueError(f"{member} must be an ARN like '{shape}', got {text!r}.")


def _execution_arn(raw: Mapping[str, object]) -> tuple[ExecutionArn, Location]:
    """Return the parsed ARN of the execution, with its account and region."""
    shape = "arn:aws:states:us-east-1:123456789012:execution:orders:nightly"
    arn = _parse(raw, "executionArn", parse_execution_arn, shape)
    location = _ACCOUNT_AND_REGION.fullmatch(arn.prefix)
    if location is None:
        raise _malformed("executionArn", _text(raw, "executionArn"), shape)
    check_name(arn.state_machine_name)
    check_name(arn.name)
    if arn.label is not None:
        check_label(arn.label)
        length = len(_text(raw, "executionArn"))
        if length > longest_arn():
            raise ValueError(f"executionArn must have at most {longest_arn()} characters, got {length}.")
    elif arn.express_id is not None:
        raise ValueError(
            f"executionArn must not be of an EXPRESS state machine, got {arn.name!r}: AWS never lists its executions."
        )
    return arn, (location["account_id"], location["region"])


def _map_run_arn(raw: Mapping[str, object], arn: ExecutionArn) -> str | None:
    text = _optional_text(raw, "mapRunArn")
    if arn.label is None:
        if text is not None:
            raise ValueError(f"mapRunArn must be left out unless executionArn is a child execution's, got {text!r}.")
        return None
    if text is None:
        # A ResultWriter writes only the label.
        return None
    shape = map_run_arn(arn.prefix, arn.state_machine_name, arn.label, "25bc2fbb-0f1d-3c4e-8a5b-6d7e8f901234")
    named = _parse(raw, "mapRunArn", parse_map_run_arn, shape)
    if named[:-1] != (arn.prefix, arn.state_machine_name, arn.label):
        raise _malformed("mapRunArn", text, shape)
    return text


def _qualifiers(raw: Mapping[str, object], machine_arn: str) -> tuple[str | None, str | None]:
    """Return the number of the version and the name of the alias through which it was started."""
    version_number = _qualifier(raw, "stateMachineVersionArn", machine_arn)
    alias_name = _qualifier(raw, "stateMachineAliasArn", machine_arn)
    if version_number is not None and not _VERSION_NUMBER.fullmatch(version_number):
        raise _malformed("stateMachineVersionArn", f"{machine_arn}:{version_number}", f"{machine_arn}:1")
    if alias_name is not None:
        check_alias_name(alias_name)
        if version_number is None:
            raise ValueError(
                "stateMachineVersionArn must be given beside stateMachineAliasArn, got nothing: AWS shows both for a "
                "start through an alias."
            )
    return version_number, alias_name


def _qualifier(raw: Mapping[str, object], member: str, machine_arn: str) -> str | None:
    text = _optional_text(raw, member)
    if text is None:
        return None
    machine, _, qualifier = text.rpartition(":")
    if machine != machine_arn:
        raise ValueError(f"{member} must start with {machine_arn!r}, as in executionArn, got {text!r}.")
    return qualifier


def _item_count(raw: Mapping[str, object], arn: ExecutionArn) -> int | None:
    """Return the number of items of a child; None if it is absent, as in DescribeExecution."""
    if arn.label is not None:
        count = raw.get("itemCount")
        return None if count is None else check_count(count, "itemCount")
    if raw.get("itemCount") is not None:
        raise ValueError("itemCount must be left out unless executionArn is a child execution's.")
    return None


# --- What became of it -----------------------------------------------------------------------------------------


def _status(raw: Mapping[str, object], arn: ExecutionArn) -> str:
    status = _required(raw, "status")
    if status == "PENDING_REDRIVE" and arn.label is None:
        raise ValueError("status must not be PENDING_REDRIVE unless executionArn is a child execution's.")
    return check_status(status, STATUSES_OUTSIDE_MAP_RUNS if arn.label is None else STATUSES)


def _stop(raw: Mapping[str, object], status: str) -> int | None:
    """Return the stop date; for a PENDING_REDRIVE child without one, that of its last redrive or start."""
    stop = _optional_moment(raw, "stopDate")
    if status == "PENDING_REDRIVE" and stop is None:
        stop = _optional_moment(raw, "redriveDate")
        return _moment("startDate", raw["startDate"]) if stop is None else stop
    if status != "RUNNING" and stop is None:
        raise ValueError(f"stopDate must be given where status is {status}, got nothing.")
    return stop


def _details(raw: Mapping[str, object], status: str) -> Details:
    """Return the details, as far as present; only FAILED and ABORTED executions have error and cause here."""
    texts = [_optional_text(raw, member) for member in ("input", "output", "error", "cause", "traceHeader")]
    input, output, error, cause, trace_header = texts
    if status not in ("FAILED", "ABORTED"):
        error = cause = None
    return Details(None if input is None else json_text(input, "input"), output, error, cause, trace_header)


def _redrive_count(raw: Mapping[str, object]) -> int:
    """Return the number of redrives; 0 if it is absent, as in recordings from before redrives."""
    count = raw.get("redriveCount")
    count = 0 if count is None else check_count(count, "redriveCount")
    if count == 0 and raw.get("redriveDate") is not None:
        raise ValueError("redriveCount must be 1 or more where redriveDate is given, got 0: AWS shows both or neither.")
    return count


def _optional_moment(raw: Mapping[str, object], member: str) -> int | None:
    value = raw.get(member)
    return None if value is None else _moment(member, value)


def _moment(member: str, value: object) -> int:
    """Return the moment of a date as the AWS CLI (epoch seconds in version 1, ISO 8601 in 2) or boto3 gives it."""
    if isinstance(value, (str, datetime)):
        return clock.to_moment(clock.read_iso(value, member) if isinstance(value, str) else value, 0, name=member)
    if type(value) is int or (isinstance(value, float) and isfinite(value * 1000)):
        # Rounded, because few floats represent a whole number of milliseconds exactly.
        return clock.check(round(value * 1000), member)
    raise ValueError(f"{member} must be epoch seconds, ISO 8601 text or a datetime, got {value!r}.")


def _attempts(shown: Shown, details: Details, *, express: bool) -> tuple[Attempt, ...]:
    """Return a time line with the state that an item shows; before its redrive it is RUNNING and not redriven."""
    try:
        return _seeded_attempts(shown, details, express=express)
    except ArgumentError as error:
        # About an argument of the seeding methods, which AWS spells in camelCase.
        raise ValueError(_ARGUMENT.sub(lambda found: underscores_to_camelcase(found[0]), str(error))) from None


def _seeded_attempts(shown: Shown, details: Details, *, express: bool) -> tuple[Attempt, ...]:
    dates = [date for date in (shown.start_date, shown.stop_date, shown.redrive_date) if date is not None]
    return seeded_attempts(
        # A recording is complete, so its own last date decides, not the test's clock.
        max(dates),
        shown.status,
        ending(shown.status, output=details.output, error=details.error, cause=details.cause),
        start_date=clock.to_datetime(shown.start_date),
        stop_date=None if shown.stop_date is None else clock.to_datetime(shown.stop_date),
        duration=None,
        redrive_count=shown.redrive_count,
        redrive_date=None if shown.redrive_date is None else clock.to_datetime(shown.redrive_date),
        express=express,
    )
