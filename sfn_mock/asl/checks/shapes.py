"""Check objects that have a known set of fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sfn_mock.asl.checks.diagnostics import MOST_NESTED, TOO_DEEP, Check, Checks, Scope, error
from sfn_mock.asl.checks.values import anything, joined

#: A further check of an object; its parameters are the object, its location and its scope.
Rule = Callable[[dict[str, Any], str, Scope], Checks]


class Field(NamedTuple):
    """A field of an object: the check of its value, and the only query language that allows it (None for both)."""

    check: Check = anything
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that exclude each other: an object has at most one of them, or exactly one if one is `needed`.

    Attributes:
        names: The names of the fields.
        needed: Whether one of the fields is required.
        none: The beginning of AWS's message if the object has none of the fields.
        several: The beginning of AWS's message if the object has several of them.
    """

    names: tuple[str, ...]
    needed: bool = False
    none: str = "This object should have only one of the following fields: "
    several: str = "There should only be one of the following fields: "


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields of a kind of object.

    Attributes:
        fields: All allowed fields by name.
        required: The names of the required fields, in AWS's order.
        groups: Groups of fields that exclude each other.
        rules: Further checks, which run after those of the fields.
    """

    fields: Mapping[str, Field]
    required: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    rules: tuple[Rule, ...] = ()


def shaped(shape: Shape) -> Check:
    """Return a check that a value is an object with a shape."""

    def check(value: Any, location: str, scope: Scope) -> Checks:
        if not isinstance(value, dict):
            yield error("Expected value of type [OBJECT]", location)
        else:
            yield check_object(shape, value, location, scope)

    return check


def nested(shape: Shape) -> Check:
    """Return a check that a value is an object with a shape, which counts as one more level of nesting."""
    check = shaped(shape)

    def check_nested(value: Any, location: str, scope: Scope) -> Checks:
        if scope.depth < MOST_NESTED:
            yield check(value, location, scope.deeper())
        else:
            yield error(f"Workflows and rules are nested more than {MOST_NESTED} levels deep", location, TOO_DEEP)

    return check_nested


def check_object(shape: Shape, value: dict[str, Any], location: str, scope: Scope) -> Checks:
    """Check an object: first which fields it has, then their values in the order of the definition."""
    supported = []
    for name in value:
        field = shape.fields.get(name)
        if field is None:
            yield error(f"Field '{name}' is not supported", location or "/")
        elif field.language in (None, "JSONata" if scope.jsonata else "JSONPath"):
            supported.append((name, field))
        elif not scope.downgraded:
            yield error(
                f"The QueryLanguage is set to '{'JSONata' if scope.jsonata else 'JSONPath'}', but field '{name}' is "
                f"only supported for the '{field.language}' QueryLanguage",
                location,
            )
    missing = [name for name in shape.required if name not in value]
    if missing:
        yield error(f"These fields are required: {joined(missing)}", location or "/")
    for group in shape.groups:
        yield _check_group(group, value, location)
    for name, field in supported:
        yield field.check(value[name], f"{location}/{name}", scope)
    for rule in shape.rules:
        yield rule(value, location, scope)


def _check_group(group: Group, value: dict[str, Any], location: str) -> Checks:
    found = sum(name in value for name in group.names)
    if found > 1:
        yield error(f"{group.several}{joined(group.names)}", location)
    elif group.needed and not found:
        yield error(f"{group.none}{joined(group.names)}", location)
