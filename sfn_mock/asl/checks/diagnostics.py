"""What a check reports, and how checks call each other without recursion."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sfn_mock.asl.resources import Resource

JSON_FAULT = "INVALID_JSON_DESCRIPTION"
TOO_DEEP = "TOO_DEEPLY_NESTED"
SCHEMA = "SCHEMA_VALIDATION_FAILED"
TARGET = "MISSING_TRANSITION_TARGET"
END_STATE = "MISSING_END_STATE"

#: How many workflows and choice rules may be within each other; whoever reads a definition may rely on it.
MOST_NESTED = 50


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark of AWS about a definition.

    Attributes:
        severity: ``ERROR`` or ``WARNING``.
        code: AWS's code, as ``SCHEMA_VALIDATION_FAILED``.
        message: AWS's sentence.
        location: The path of the object or field, as ``/States/Pack/Retry[0]``; None if AWS gives none.
    """

    severity: str
    code: str
    message: str
    location: str | None

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.location or 'null'}"


#: Tells the fields of a Task's parameters that the service behind its Resource does not know; None if there is no
#: such service or action.
UnknownFields: TypeAlias = Callable[[Resource, dict[str, Any]], "Iterable[str] | None"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What surrounds the value that is checked.

    Attributes:
        jsonata: Whether the query language is JSONata.
        machine_jsonata: Whether it is JSONata unless a state has its own.
        express: Whether the states run in an EXPRESS workflow.
        downgraded: Whether the state says JSONPath although the machine says JSONata.
        depth: How many workflows and choice rules surround the value; the machine is the first.
        unknown_fields: Which fields of a Task's parameters its service does not know, where that is asked.
        in_catcher: Whether the value belongs to a catcher, which knows the error output.
    """

    jsonata: bool = False
    machine_jsonata: bool = False
    express: bool = False
    downgraded: bool = False
    depth: int = 1
    unknown_fields: UnknownFields | None = None
    in_catcher: bool = False

    def deeper(self) -> Scope:
        """Return this scope for a workflow or a choice rule within another."""
        return replace(self, depth=self.depth + 1)

    def within_catcher(self) -> Scope:
        """Return this scope for the fields of a catcher."""
        return replace(self, in_catcher=True)


#: What a check yields: diagnostics, and further checks where their diagnostics belong.
Checks: TypeAlias = "Iterator[Diagnostic | Checks]"
#: A check of one value; it gets the value, its location and its scope.
Check: TypeAlias = Callable[[Any, str, Scope], Checks]


def error(message: str, location: str | None, code: str = SCHEMA) -> Diagnostic:
    """Return a diagnostic that makes a definition invalid."""
    return Diagnostic("ERROR", code, message, location)


def warning(code: str, message: str, location: str) -> Diagnostic:
    """Return a diagnostic that leaves a definition valid."""
    return Diagnostic("WARNING", code, message, location)


def run_checks(checks: Checks) -> Iterator[Diagnostic]:
    """Yield the diagnostics of ``checks`` and of the checks within, in order and at any depth."""
    running = [checks]
    while running:
        item = next(running[-1], None)
        if item is None:
            running.pop()
        elif isinstance(item, Diagnostic):
            yield item
        else:
            running.append(item)
