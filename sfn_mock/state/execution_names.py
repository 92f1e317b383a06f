"""Names of seeded executions: checks, and names from a template."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count as count_from
from itertools import filterfalse, islice
from typing import Any
from uuid import UUID

from sfn_mock.argument_errors import ArgumentError, must_be
from sfn_mock.aws.arns import execution_arn
from sfn_mock.aws.constraints import longest_arn
from sfn_mock.aws.names import forbidden_character
from sfn_mock.state.records import Execution, ExecutionScope

#: Longest name of an execution or a state machine, in characters.
LONGEST_NAME = 80
#: An id as at the end of an EXPRESS execution's ARN.
_AN_ID = str(UUID(int=0))
DEFAULT_NAMES = "execution-{index}"
_BEFORE_INDEX, _AFTER_INDEX = DEFAULT_NAMES.split("{index}")
#: A width or precision of three digits or more, or one from another field; names are shorter.
_TOO_WIDE = re.compile(r"\{index[^{}]*:(?:[^}]*[1-9][0-9]{2}|[^}]*\{)")
_TEMPLATE = "a str whose only field is {index}, such as 'nightly-{index}'"


class NamesTaken:
    """The taken names at a moment: those of executions whose retention has not passed, started or not."""

    def __init__(self, names: dict[Any, Execution], moment: int) -> None:
        self._names = names
        self._moment = moment

    def __contains__(self, name: object) -> bool:
        execution = self._names.get(name)
        return execution is not None and execution.is_kept_at(self._moment)

    def may_contain_any(self, names: Iterable[str]) -> bool:
        """Return whether any of the names has been given; it may be free again."""
        return not self._names.keys().isdisjoint(names)


def check_name(name: object, *, argument: str = "name") -> str:
    """Return a name; raise ArgumentError if AWS would refuse it."""
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        hint = "YAML reads a bare no or 12 as false or a number: quote it." if isinstance(name, (bool, int)) else ""
        raise must_be(argument, f"a str of 1 to {LONGEST_NAME} characters", name, hint)
    character = forbidden_character(name)
    if character is not None:
        raise must_be(argument, f"free of {character!r}, which AWS refuses in names", name)
    return name


def check_arns(scope: ExecutionScope, names: Iterable[str]) -> None:
    """Raise ArgumentError if a child execution would get a longer ARN than AWS has; no other one can."""
    if scope.label is None:
        return
    most, express_id = longest_arn(), _AN_ID if scope.execution_type == "EXPRESS" else None
    for name in names:
        length = len(execution_arn(scope.records.arn_prefix, scope.path, name, express_id))
        if length > most:
            expected = f"leave the child execution an ARN of at most {most} characters"
            raise ArgumentError("name", f"must {expected}, got {name!r}, with which it has {length}")


def names_from(template: str, how_many: int, taken: NamesTaken, *, given: int) -> list[str]:
    """Return a number of free names from a template; default names continue after those already `given`."""
    if template == DEFAULT_NAMES:
        return _free_names(how_many, taken, given)
    if not isinstance(template, str):
        raise must_be("name", _TEMPLATE, template)
    made = [check_name(_fill(template, index)) for index in range(how_many)]
    if len(set(made)) < len(made):
        raise must_be("name", "a template with {index}, so that each execution has its own name", template)
    for name in made:
        check_free(name, taken)
    return made


def _free_names(how_many: int, taken: NamesTaken, first: int) -> list[str]:
    next_names = [f"{_BEFORE_INDEX}{index}{_AFTER_INDEX}" for index in range(first, first + how_many)]
    # There may be a million names, and nearly always all are free.
    if not taken.may_contain_any(next_names):
        return next_names
    names = (f"{_BEFORE_INDEX}{index}{_AFTER_INDEX}" for index in count_from(first))
    return list(islice(filterfalse(taken.__contains__, names), how_many))


def _fill(template: str, index: int) -> str:
    if _TOO_WIDE.search(template):
        raise must_be("name", "a template with at most two digits after the colon of {index}", template)
    try:
        return template.format(index=index)
    except (LookupError, ValueError, AttributeError, TypeError):
        raise must_be("name", _TEMPLATE, template) from None


def check_free(name: str, taken: NamesTaken) -> None:
    """Raise ArgumentError if a name is taken."""
    if name in taken:
        raise must_be("name", "unused in the state machine or Map state", name)
