"""The operations of the API by name, and the parts that their answers have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from botocore import xform_name
from moto.core.utils import get_service_model, underscores_to_camelcase

from sfn_mock.state.records import Records

#: An answer's members as the API spells them.
Answer = dict[str, Any]
#: Gives a moment the form that the transport wants.
DateForm = Callable[[int], Any]

_Function = TypeVar("_Function", bound=Callable[..., Answer])

_operations: dict[str, Callable[..., Answer]] = {}


def operation(function: _Function) -> _Function:
    """Register a function as the operation of its name: ``list_executions`` answers ListExecutions.

    The function takes the records, the form of dates in its answer, and the members of botocore's input shape by
    their names in snake_case.
    """
    name = underscores_to_camelcase(function.__name__)
    _operations[name[0].upper() + name[1:]] = function
    return function


def names() -> frozenset[str]:
    """Return the names of the operations in the API."""
    return frozenset(_operations)


def run(name: str, records: Records, parameters: dict[str, Any], date: DateForm) -> Answer:
    """Return what the operation answers to parameters that meet the model's constraints.

    Raises:
        SFNError: The error that the operation answers with.
    """
    members = {
        argument: parameters[member] for member, argument in _members(name) if parameters.get(member) is not None
    }
    return _operations[name](records, date, **members)


@cache
def _members(name: str) -> tuple[tuple[str, str], ...]:
    """The members of the operation's input shape, each with its name in snake_case."""
    shape = get_service_model("stepfunctions").operation_model(name).input_shape
    return tuple((member, xform_name(member)) for member in shape.members)


def present(**members: Any) -> Answer:
    """Return the members that have a value: AWS leaves the others out and never answers null."""
    return {member: value for member, value in members.items() if value is not None}


def date_or_none(date: DateForm, moment: int | None) -> Any:
    """Return the moment in the form of dates, None for no moment."""
    return None if moment is None else date(moment)


def includes_data(included_data: str | None) -> bool:
    """Return whether a request's ``includedData`` asks for definitions, inputs and outputs too."""
    return included_data != "METADATA_ONLY"
