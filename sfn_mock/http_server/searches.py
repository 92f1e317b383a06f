"""Find and count executions by a part of their names, which ListExecutions cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sfn_mock.argument_errors import must_be, must_be_one_of
from sfn_mock.aws.exceptions import SFNError
from sfn_mock.operations.listing import check_filters, describe_items, resolve_owner
from sfn_mock.operations.registry import DatesBy
from sfn_mock.session import Session
from sfn_mock.state import clock
from sfn_mock.state.execution_index import Entry
from sfn_mock.state.outcomes import check_status
from sfn_mock.state.records import Execution, ExecutionScope, Records

#: The arguments of a search; all except ``of`` are optional.
ARGUMENTS = ("of", "name", "status", "redrive")
_REDRIVES = ("REDRIVEN", "NOT_REDRIVEN")
#: The default number of executions in an answer.
_SIZE = 100


class Found(NamedTuple):
    """All executions of a listing, the oldest first, and those that match a search, the newest first."""

    owner: ExecutionScope
    listed: Sequence[Entry[Execution]]
    matching: list[Entry[Execution]]


def describe_search(session: Session, arguments: Mapping[str, str]) -> dict[str, Any]:
    """Return the number of matching executions, and a part of them in the form of ListExecutions.

    The arguments are ``ARGUMENTS``, ``first``, how many to skip, and ``size``, how many to return at most. A wrong one
    is a ValueError.
    """
    first, size = (_whole_number(arguments, name, default) for name, default in (("first", 0), ("size", _SIZE)))
    records = records_of(session, arguments)
    with records.using() as moment:
        found = search(records, moment, arguments)
        part = found.matching[first : first + size]
        starts = [entry[2].start for entry in part]
        return {
            "total": len(found.listed),
            "matching": len(found.matching),
            "by_status": dict(sorted(Counter(entry[3] for entry in found.matching).items())),
            "last_start": clock.describe(max(entry[2].start for entry in found.listed)) if found.listed else None,
            "executions": describe_items(found.owner, part, starts, DatesBy(clock.describe)),
        }


def search(records: Records, moment: int, arguments: Mapping[str, str]) -> Found:
    """Return the executions that match a search at a moment; ValueError for an argument that is wrong."""
    arn, status, redrive = arguments["of"], arguments.get("status"), arguments.get("redrive")
    if status is not None:
        check_status(status)
    if redrive not in (None, *_REDRIVES):
        raise must_be_one_of("redrive", _REDRIVES, redrive)
    state_machine_arn, map_run_arn = (None, arn) if ":mapRun:" in arn else (arn, None)
    try:
        owner, qualifier = resolve_owner(records, state_machine_arn, map_run_arn)
        check_filters(map_run_arn, status, redrive)
    except SFNError as error:
        raise ValueError(f"{error.code}: {error.message}") from None
    owner.index.update_to(moment - records.simulation.consistency_lag)
    redriven = None if redrive is None else redrive == "REDRIVEN"
    part = arguments.get("name", "").lower()
    meant = reversed(owner.index.newest(qualifier, status, redriven))
    return Found(owner, owner.index.newest(qualifier), [entry for entry in meant if part in entry[2].name.lower()])


def records_of(session: Session, arguments: Mapping[str, str]) -> Records:
    """Return the records of the account and region in an ARN; ValueError if there are none."""
    arn = arguments.get("of")
    if arn is None:
        raise ValueError("of must be given: the ARN of a state machine, version, alias or map run.")
    for records in session.all_records():
        if arn.startswith(records.arn_prefix):
            return records
    raise must_be("of", "an ARN of Step Functions, in an account and region that are in use", arn)


def _whole_number(arguments: Mapping[str, str], name: str, default: int) -> int:
    text = arguments.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise must_be(name, "a whole number", text)
    return int(text)
