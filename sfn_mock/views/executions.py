"""A sequence of executions that makes its views on access."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from sfn_mock.state import records as kept
from sfn_mock.views.execution import Execution


class Executions(Sequence[Execution]):
    """A read-only sequence of executions in the order in which they were added; views are made on access."""

    __slots__ = ("_records",)

    def __init__(self, records: Sequence[kept.Execution]) -> None:
        self._records = records

    def __len__(self) -> int:
        return len(self._records)

    @overload
    def __getitem__(self, index: int) -> Execution: ...
    @overload
    def __getitem__(self, index: slice) -> Executions: ...
    def __getitem__(self, index: int | slice) -> Execution | Executions:
        if isinstance(index, slice):
            return Executions(self._records[index])
        return Execution(self._records[index])

    def __iter__(self) -> Iterator[Execution]:
        return map(Execution, self._records)

    def __add__(self, other: Sequence[Execution]) -> list[Execution]:
        if not isinstance(other, (list, Executions)):
            return NotImplemented
        return [*self, *other]

    def __radd__(self, other: list[Execution]) -> list[Execution]:
        return [*other, *self]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (list, Executions)):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    def __repr__(self) -> str:
        return repr(list(self))
