"""The base of all views: a record that can be read, and equality by the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Readable(Protocol):
    """A record that can be deleted or rolled back."""

    @property
    def arn(self) -> str:
        """The ARN of the record."""

    def check_readable(self) -> None:
        """Raise RuntimeError if this record no longer exists; after the mock's end it can still be read."""


Record = TypeVar("Record", bound=Readable)


@dataclass(eq=False, repr=False)
class View(Generic[Record]):
    """The view of one record."""

    __slots__ = ("_kept_record",)

    #: It may no longer exist; `using` of a record checks that.
    _kept_record: Record

    @property
    def arn(self) -> str:
        """The ARN, as the API gives it."""
        return self._record.arn

    @property
    def _record(self) -> Record:
        self._kept_record.check_readable()
        return self._kept_record

    def __eq__(self, other: object) -> bool:
        return self._kept_record is other._kept_record if isinstance(other, View) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._kept_record)

    def __repr__(self) -> str:
        name = type(self).__name__
        try:
            return f"<{name} {self._describe()}>"
        except RuntimeError:
            return f"<{name} that is gone>"

    def _describe(self) -> str:
        """Return the text of the repr."""
        return self._record.arn
