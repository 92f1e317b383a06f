"""Types of the arguments of public calls, to annotate the helpers and tables of tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypedDict

Status = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"]
"""A status of an execution; PENDING_REDRIVE belongs to child executions of map runs alone."""
MapRunStatus = Literal["RUNNING", "SUCCEEDED", "FAILED", "ABORTED"]
MachineType = Literal["STANDARD", "EXPRESS"]

#: A datetime or date (without a zone it is UTC), ISO 8601 text, a timedelta from now, or text as ``-2h`` or ``now``.
Date = datetime | date | timedelta | str
#: A length of time: a timedelta, or text such as ``5m`` or ``PT5M``.
Duration = timedelta | str
#: JSON text, or a value that is written as compact JSON text.
Json = str | Mapping[str, Any] | Sequence[Any] | int | float


class _OutcomeDetails(TypedDict, total=False):
    duration: Duration
    output: Json
    error: str
    cause: str
    failed_in: str


class OutcomeDict(_OutcomeDetails):
    """An outcome for ``on_start`` and ``on_redrive``: a status with its output, or its error and cause."""

    status: Status


#: One outcome: a status, or a dict of the keywords.
Outcome = Status | OutcomeDict | Mapping[str, Any]
#: A list of outcomes, used one after the other, the last one repeated; or a callable(name, input) that returns one.
Outcomes = Sequence[Outcome] | Callable[[str, str], Outcome]


class VersionSeed(TypedDict, total=False):
    """A version in a seed document."""

    description: str


class _AliasDetails(TypedDict, total=False):
    description: str


class AliasSeed(_AliasDetails):
    """An alias in a seed document."""

    name: str
    version: int | Sequence[Sequence[int]]


class _ExecutionDetails(TypedDict, total=False):
    name: str
    start_date: Date
    stop_date: Date
    duration: Duration
    version: int
    alias: str
    input: Json
    output: Json
    error: str
    cause: str
    failed_in: str
    redrive_count: int
    redrive_date: Date
    count: int
    interval: Duration
    item_count: int
    map_runs: Sequence[MapRunSeed]


class ExecutionSeed(_ExecutionDetails):
    """An execution in a seed document or, with ``count``, several."""

    status: Status


class MapRunSeed(TypedDict, total=False):
    """A map run in a seed document."""

    label: str
    execution_type: MachineType
    max_concurrency: int
    tolerated_failure_count: int
    tolerated_failure_percentage: float
    status: MapRunStatus
    start_date: Date
    stop_date: Date
    redrive_count: int
    redrive_date: Date
    executions: Sequence[ExecutionSeed]
    on_redrive: Status | OutcomeDict | Sequence[Status | OutcomeDict]


class _StateMachineDetails(TypedDict, total=False):
    type: MachineType
    definition: str | Mapping[str, Any]
    role_arn: str
    creation_date: Date
    region: str
    account_id: str
    versions: Sequence[VersionSeed]
    aliases: Sequence[AliasSeed]
    executions: Sequence[ExecutionSeed]
    on_start: Status | OutcomeDict | Sequence[Status | OutcomeDict]
    on_redrive: Status | OutcomeDict | Sequence[Status | OutcomeDict]


class StateMachineSeed(_StateMachineDetails):
    """A state machine in a seed document, with its versions, aliases and executions."""

    name: str


class SeedDocument(TypedDict):
    """A seed document as a dict, for ``seed()``."""

    state_machines: Sequence[StateMachineSeed]
