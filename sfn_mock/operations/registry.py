"""The operations of the API by name, and the parts that their answers have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from moto.core.utils import underscores_to_camelcase

#: An answer's members as the API spells them.
Answer = dict[str, Any]

_Function = TypeVar("_Function", bound=Callable[..., Answer])

#: By name in the API.
OPERATIONS: dict[str, Callable[..., Answer]] = {}


class LongAnswer(Answer):
    """An answer that can be made again at any time, so that the record of calls need not keep its thousand items."""

    #: Makes the answer again.
    make: Callable[[], Answer]


class DateForm(Protocol):
    """Converts moments into the form of dates of the transport."""

    def __call__(self, moment: int, /) -> Any:
        """Convert one moment."""

    def each(self, moments: list[int], /) -> list[Any]:
        """Convert many moments, of which a page has up to two thousand."""


class DatesBy:
    """The form of dates that a function makes."""

    def __init__(self, convert: Callable[[int], Any]) -> None:
        self._convert = convert

    def __call__(self, moment: int, /) -> Any:
        """Convert one moment."""
        return self._convert(moment)

    def each(self, moments: list[int], /) -> list[Any]:
        """Convert many moments."""
        return list(map(self._convert, moments))


def operation(function: _Function) -> _Function:
    """Register a function as the operation of its name: ``list_executions`` answers ListExecutions.

    The function takes the records, the form of dates in its answer, and the members of botocore's input shape by
    their names in snake_case.
    """
    name = underscores_to_camelcase(function.__name__)
    OPERATIONS[name[0].upper() + name[1:]] = function
    return function


def present(**members: Any) -> Answer:
    """Return the members that have a value: AWS leaves the others out and never answers null."""
    return {member: value for member, value in members.items() if value is not None}


def date_or_none(date: DateForm, moment: int | None) -> Any:
    """Return the moment in the form of dates, None for no moment."""
    return None if moment is None else date(moment)


def includes_data(included_data: str | None) -> bool:
    """Return whether a request's ``includedData`` asks for definitions, inputs and outputs too."""
    return included_data != "METADATA_ONLY"
