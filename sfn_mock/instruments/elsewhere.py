"""Find a missing resource in other regions and accounts of the mock, and warn the test author."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import NamedTuple

from sfn_mock.aws.arns import parse_activity_arn, parse_state_machine_arn
from sfn_mock.aws.exceptions import (
    ActivityDoesNotExist,
    ExecutionDoesNotExist,
    InvalidArn,
    InvalidToken,
    ResourceNotFound,
    SFNError,
    StateMachineDoesNotExist,
)
from sfn_mock.instruments.callers import find_caller
from sfn_mock.instruments.requests import Request
from sfn_mock.instruments.tables import cut
from sfn_mock.state.records import Records
from sfn_mock.state.seed_warnings import SeedWarning

_NOT_FOUND = (StateMachineDoesNotExist, ExecutionDoesNotExist, ResourceNotFound, ActivityDoesNotExist)
#: The operations that succeed for resources that do not exist.
SUCCEEDS_WHEN_MISSING = frozenset(
    {
        "DeleteActivity",
        "DeleteStateMachine",
        "DeleteStateMachineAlias",
        "DeleteStateMachineVersion",
        "ListStateMachineVersions",
    }
)


class Location(NamedTuple):
    """A region of an account."""

    region: str
    account_id: str

    def __str__(self) -> str:
        return f"{self.region} (account {self.account_id})"


#: The length of a task token in a warning.
_WIDEST_TOKEN = 100
_USE_ITS_ARN = "Use a client and an ARN of that region and account, or add it where the client asks for it."
_USE_ITS_CLIENT = "Use a client of that region and account."


class Elsewhere(NamedTuple):
    """A resource that a call did not find, and its location in the mock."""

    #: The resource as sentences name it.
    wanted: str
    locations: tuple[Location, ...]
    advice: str = _USE_ITS_ARN

    def __str__(self) -> str:
        return " and ".join(map(str, self.locations))


def find_elsewhere(request: Request, error: SFNError, all_records: Callable[[], Iterable[Records]]) -> Elsewhere | None:
    """Return the location of a resource that AWS's error calls missing; None if the mock does not have it."""
    if isinstance(error, InvalidToken):
        return _find_token(request, all_records)
    if not isinstance(error, _NOT_FOUND):
        return None
    candidates = list(all_records())
    for arn in _arns(request):
        holders = _holders(arn, candidates)
        named = [records for records in holders if _is_named(records, arn)]
        locations = _locations(named or holders)
        if locations == (Location(request.region, request.account_id),):
            if named:
                # It was not found for another reason: some operations take no qualified ARN.
                continue
            return Elsewhere(repr(arn), locations, f"Its ARN is {holders[0].arn_prefix + _resource(arn)!r}.")
        if locations:
            return Elsewhere(repr(arn), locations)
    return None


def _find_token(request: Request, all_records: Callable[[], Iterable[Records]]) -> Elsewhere | None:
    """Return the location of the task with the call's task token; None for other tokens."""
    token = request.parameters().get("taskToken")
    if not isinstance(token, str):
        return None
    locations = _locations(records for records in all_records() if records.has_task(token))
    return Elsewhere(f"task token {cut(repr(token), _WIDEST_TOKEN)}", locations, _USE_ITS_CLIENT) if locations else None


def find_missed(request: Request, all_records: Callable[[], Iterable[Records]]) -> Elsewhere | None:
    """Return the location of a resource that a call of ``SUCCEEDS_WHEN_MISSING`` does not find; None if it finds it.

    Use it before the call is answered, because a deletion leaves nothing to find.
    """
    candidates = list(all_records())
    for arn in _arns(request):
        locations = _locations(records for records in _holders(arn, candidates) if _is_named(records, arn))
        if locations not in ((), (Location(request.region, request.account_id),)):
            return Elsewhere(repr(arn), locations)
    return None


def _holders(arn: str, candidates: list[Records]) -> list[Records]:
    """Return the records with a resource of that name, unlocked, because their threads may need other records."""
    resource = _resource(arn)
    return [records for records in candidates if _holds(records, resource)]


def _resource(arn: str) -> str:
    return arn.split(":", 5)[-1]


def _is_named(records: Records, arn: str) -> bool:
    return arn.startswith(f"{records.arn_prefix}")


def _locations(holders: Iterable[Records]) -> tuple[Location, ...]:
    return tuple(Location(records.region, records.account_id) for records in holders)


def warn_of_elsewhere(request: Request, elsewhere: Elsewhere) -> None:
    """Warn that a call went to another region or account than its resource.

    There is no warning if warnings are errors: the code under test must get AWS's error. The report of a failed test
    has the same information.
    """
    caller = find_caller()
    with suppress(SeedWarning):
        warnings.warn_explicit(
            f"{request.operation} found no {elsewhere.wanted} in {Location(request.region, request.account_id)}. "
            f"It exists in {elsewhere}. {elsewhere.advice}",
            SeedWarning,
            caller.file,
            caller.line,
        )


def _arns(request: Request) -> Iterator[str]:
    parameters = request.parameters()
    routing = parameters.get("routingConfiguration")
    # The value may be anything if the operation has no such parameter.
    entries = [entry for entry in routing if isinstance(entry, dict)] if isinstance(routing, list) else []
    for name, value in (*parameters.items(), *(pair for entry in entries for pair in entry.items())):
        if name.lower().endswith("arn") and isinstance(value, str):
            yield value


def _holds(records: Records, resource: str) -> bool:
    """Return whether the records have a state machine, execution, map run or activity of that name."""
    arn = records.arn_prefix + resource
    kind = resource.partition(":")[0]
    with suppress(InvalidArn):
        if kind == "stateMachine":
            parsed = parse_state_machine_arn(arn)
            machine = records.state_machines.get(parsed.name)
            return machine is not None and (parsed.qualifier is None or machine.qualified(parsed.qualifier) is not None)
        if kind == "activity":
            return parse_activity_arn(arn).name in records.activities
    return arn in records.map_runs or records.find_execution(arn) is not None
