"""The diagnostics that checks yield, and the loop that runs nested checks without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sfn_mock.asl.expressions import ALWAYS_READABLE
from sfn_mock.asl.resources import Resource

JSON_FAULT = "INVALID_JSON_DESCRIPTION"
TOO_DEEP = "TOO_DEEPLY_NESTED"
SCHEMA = "SCHEMA_VALIDATION_FAILED"
TARGET = "MISSING_TRANSITION_TARGET"
END_STATE = "MISSING_END_STATE"

#: The deepest allowed nesting of workflows and choice rules; recursive functions over a definition rely on it.
MOST_NESTED = 50


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """An error or a warning about a definition.

    Attributes:
        severity: `ERROR` or `WARNING`.
        code: AWS's code, such as `SCHEMA_VALIDATION_FAILED`.
        message: AWS's sentence.
        location: The location of the object or field, such as `/States/Pack/Retry[0]`; None if AWS gives none.
    """

    severity: str
    code: str
    message: str
    location: str | None

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.location or 'null'}"


#: A function that returns the fields in a Task's parameters that its service does not have, None if the service or the
#: action does not exist.
UnknownFields: TypeAlias = Callable[[Resource, dict[str, Any]], "Iterable[str] | None"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The surroundings of the value that is checked.

    Attributes:
        jsonata: Whether the query language of the value is JSONata.
        machine_jsonata: Whether the query language of the state machine is JSONata.
        express: Whether the value is in an EXPRESS workflow.
        unknown_fields: A function that finds unknown fields in a Task's parameters, None to accept all fields.
        depth: How deeply workflows and choice rules are nested around the value; 1 in the state machine itself.
        readable: The members of `$states` that exist in the expressions of the value.
    """

    jsonata: bool
    machine_jsonata: bool
    express: bool
    unknown_fields: UnknownFields | None
    depth: int
    readable: tuple[str, ...] = ALWAYS_READABLE

    @property
    def downgraded(self) -> bool:
        """Whether the state is JSONPath although the state machine is JSONata."""
        return self.machine_jsonata and not self.jsonata

    def deeper(self) -> Scope:
        """Return the scope of a nested workflow or choice rule."""
        return replace(self, depth=self.depth + 1)

    def reading(self, member: str) -> Scope:
        """Return the scope of fields where a further member of `$states` exists."""
        return replace(self, readable=(*self.readable, member))


#: The diagnostics of a check, in order; a nested check stands at the position of its own diagnostics.
Checks: TypeAlias = "Iterator[Diagnostic | Checks]"
#: A check of a value; its parameters are the value, its location and its scope.
Check: TypeAlias = Callable[[Any, str, Scope], Checks]


def error(message: str, location: str | None, code: str = SCHEMA) -> Diagnostic:
    """Return an error, which makes a definition invalid."""
    return Diagnostic("ERROR", code, message, location)


def warning(code: str, message: str, location: str) -> Diagnostic:
    """Return a warning; a definition with only warnings is valid."""
    return Diagnostic("WARNING", code, message, location)


def run_checks(checks: Checks) -> Iterator[Diagnostic]:
    """Yield the diagnostics of checks and their nested checks in order."""
    running = [checks]
    while running:
        item = next(running[-1], None)
        if item is None:
            running.pop()
        elif isinstance(item, Diagnostic):
            yield item
        else:
            running.append(item)
