"""Find records by ARN; errors about unknown ARNs name the closest one and those that exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from sfn_mock.suggestions import closest


class Record(Protocol):
    """A record with an ARN."""

    @property
    def arn(self) -> str:
        """The ARN."""


_Any = TypeVar("_Any", bound=Record)

#: How many existing ARNs a LookupError lists.
_NAMED = 10
#: How many existing ARNs it searches for the closest one.
_COMPARED = 1000


def find_record(arn: str, kind: str, records: Sequence[_Any]) -> _Any:
    """Return the record with an ARN; LookupError, which names the kind of the records, if there is none."""
    for record in records:
        if record.arn == arn:
            return record
    raise none_such(arn, kind, records)


def none_such(arn: str, kind: str, records: Sequence[Record]) -> LookupError:
    """Return the error for the ARN or name of a record that does not exist."""
    known = [record.arn for record in records[:_COMPARED]]
    more = f" and {len(records) - _NAMED} more" if len(records) > _NAMED else ""
    names = known if ":" in str(arn) else [other.rpartition(":")[2] for other in known]
    meant = closest(arn, names)
    if meant is not None and meant == arn:
        # One of that name is in another account or region, which its ARN tells.
        meant = known[names.index(meant)]
    hint = f" Did you mean {meant!r}?" if meant is not None else ""
    return LookupError(f"No {kind} {arn!r}.{hint} Known: {', '.join(known[:_NAMED]) or 'none'}{more}.")
