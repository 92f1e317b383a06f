"""Read a request, and check it against the constraints of botocore's model, in AWS's words.

Types, lengths, ranges, patterns, enums, required and sensitive members are read from the model; this module has only
the sentences, and the rules that the model lacks. Each operation's checks are built once, at its first request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from moto.core.utils import get_service_model

from sfn_mock.aws.exceptions import ConstraintViolation, SerializationException, UnknownOperationException

if TYPE_CHECKING:
    from moto.core.model import Shape

_SERVICE = "stepfunctions"

# Enums that AWS's sentence lists in another order than the model: recorded, without a known rule.
_RECORDED_ORDERS = {
    "ExecutionStatus": ["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"],
}

# Inputs and outputs, whose max counts bytes: the model says so only in prose ("expressed as bytes in UTF-8 encoding").
_MEASURED_IN_BYTES = frozenset({"SensitiveData"})

#: The largest numbers of the model's types `integer` and `long`, which have 32 and 64 bits.
LARGEST_INTEGER = 2**31 - 1
LARGEST_LONG = 2**63 - 1

_NOT_NULL = "Member must not be null"


class _Violation(NamedTuple):
    """A violation; its sentence is written after all types are checked, because it may echo a whole list."""

    shape: Shape
    value: Any
    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{_subject(self.shape, self.value)} at '{self.path}' failed to satisfy constraint: {self.sentence}"


_Check = Callable[[Any, str, "list[_Violation]"], None]
#: Whether a value meets a constraint, and the constraint's sentence.
_Constraint = tuple[Callable[[Any], bool], str]


def read(body: str | bytes) -> dict[str, Any]:
    """Return the parameters in the body of a request; SerializationException if it is not a JSON object."""
    try:
        parameters = json.loads((body if isinstance(body, str) else body.decode()) or "{}")
    except (ValueError, RecursionError):
        raise SerializationException from None
    if not isinstance(parameters, dict):
        raise SerializationException
    return parameters


def check(operation: str, parameters: dict[str, Any]) -> None:
    """Raise ConstraintViolation with all violations of the model, or SerializationException for a wrong type."""
    check_members = _request_check(operation)
    violations: list[_Violation] = []
    check_members(parameters, "", violations)
    if violations:
        raise ConstraintViolation([str(violation) for violation in violations])


@cache
def operations() -> frozenset[str]:
    """Return the names of the API's operations."""
    return frozenset(get_service_model(_SERVICE).operation_names)


@cache
def longest_arn() -> int:
    """Return the most characters that an ARN may have, except that of a map run."""
    most: int = get_service_model(_SERVICE).shape_for("Arn").metadata["max"]
    return most


# --- Checks of shapes ------------------------------------------------------------------------------------------


@cache
def _request_check(operation: str) -> _Check:
    if operation not in operations():
        raise UnknownOperationException()
    return _members_check(get_service_model(_SERVICE).operation_model(operation).input_shape)


def _value_check(shape: Shape) -> _Check:
    """Return the check of a value and its parts; null is absent, which matters only for required members."""
    has_type = _TYPES.get(shape.type_name, _is_anything)
    constraints = list(_constraints(shape))
    check_parts: _Check | None = None
    if shape.type_name == "structure":
        check_parts = _members_check(shape)
    elif shape.type_name == "list":
        check_parts = _elements_check(shape)

    def check_value(value: Any, path: str, violations: list[_Violation]) -> None:
        if value is None:
            violations.append(_Violation(shape, value, path, _NOT_NULL))
            return
        if not has_type(value):
            raise SerializationException()
        for holds, sentence in constraints:
            if not holds(value):
                violations.append(_Violation(shape, value, path, sentence))
        if check_parts is not None:
            check_parts(value, path, violations)

    return check_value


def _members_check(shape: Shape) -> _Check:
    # Unknown members are ignored, as on AWS.
    required = shape.required_members
    checks = [(name, name in required, _value_check(member)) for name, member in shape.members.items()]

    def check_members(structure: Any, path: str, violations: list[_Violation]) -> None:
        prefix = f"{path}." if path else ""
        for name, is_required, check_member in checks:
            value = structure.get(name)
            if value is not None or is_required:
                check_member(value, prefix + name, violations)

    return check_members


def _elements_check(shape: Shape) -> _Check:
    check_element = _value_check(shape.member)

    def check_elements(elements: Any, path: str, violations: list[_Violation]) -> None:
        for position, element in enumerate(elements, 1):
            check_element(element, f"{path}.{position}.member", violations)

    return check_elements


# --- Types of JSON ---------------------------------------------------------------------------------------------


def _is_anything(value: object) -> bool:
    """Accept every value, for types that the API does not use yet."""
    return True


def _is_integer(value: object) -> bool:
    # No SDK writes an integer as 3.0, so 3.0 is not an integer; checked requests then contain an int.
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    # Python's json module reads and writes NaN and Infinity, JSON has no such numbers.
    return isfinite(value) if isinstance(value, float) else _is_integer(value)


def _is_instance(*types: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, types)


def _is_integer_within(largest: int) -> Callable[[object], bool]:
    return lambda value: _is_integer(value) and -largest - 1 <= cast("int", value) <= largest


_TYPES: dict[str, Callable[[object], bool]] = {
    "string": _is_instance(str),
    "boolean": _is_instance(bool),
    "integer": _is_integer_within(LARGEST_INTEGER),
    "long": _is_integer_within(LARGEST_LONG),
    "float": _is_number,
    "double": _is_number,
    # botocore clients accept a tuple as a list.
    "list": _is_instance(list, tuple),
    "structure": _is_instance(dict),
}


# --- Constraints and their sentences ---------------------------------------------------------------------------


def _constraints(shape: Shape) -> Iterator[_Constraint]:
    """Yield the constraints of a shape's own value, in the order of AWS's sentences."""
    enum, pattern = shape.metadata.get("enum"), shape.metadata.get("pattern")
    if enum:
        values = _in_recorded_order(shape.name, enum)
        # A list compares, where a set would hash: a str that is also an Enum equals its value but hashes as its name.
        yield lambda value: value in values, f"Member must satisfy enum value set: [{', '.join(values)}]"
    yield from _bounds(shape)
    if pattern:
        yield _whole_match(pattern), f"Member must satisfy regular expression pattern: {pattern}"


def _in_recorded_order(name: str, enum: list[str]) -> list[str]:
    """Return the model's values in the recorded order; values without a recorded place are last."""
    recorded = _RECORDED_ORDERS.get(name, [])
    return sorted(enum, key=lambda value: recorded.index(value) if value in recorded else len(recorded))


def _bounds(shape: Shape) -> Iterator[_Constraint]:
    most, least = shape.metadata.get("max"), shape.metadata.get("min")
    quantity, of, unit = _measure(shape)
    if most is not None:
        yield lambda value: of(value) <= most, f"Member must have {quantity} less than or equal to {most}{unit}"
    if least is not None:
        yield lambda value: of(value) >= least, f"Member must have {quantity} greater than or equal to {least}{unit}"


def _measure(shape: Shape) -> tuple[str, Callable[[Any], float], str]:
    """Return the quantity that ``min`` and ``max`` of the model limit, how to measure it, and its unit."""
    if shape.name in _MEASURED_IN_BYTES:
        return "size", _utf8_size, " bytes in UTF-8 encoding"
    if shape.type_name in ("string", "list"):
        return "length", len, ""
    return "value", lambda number: number, ""


def _utf8_size(text: str) -> int:
    # A lone surrogate has no UTF-8, but a request may contain one.
    return len(text.encode("utf-8", "surrogatepass"))


def _whole_match(pattern: str) -> Callable[[str], bool]:
    """Return a pattern that matches as Java's ``String.matches``: the whole text, including a final newline."""
    try:
        # re.ASCII: \d, \s and \w of Java match ASCII only.
        compiled = re.compile(pattern.replace(r"\p{ASCII}", r"[\x00-\x7F]"), re.ASCII)
    except re.error:
        # A newer botocore with a pattern that only Java can read must not break the operation.
        return _is_anything
    return lambda text: compiled.fullmatch(text) is not None


# --- Wrong values, as AWS writes them --------------------------------------------------------------------------


def _subject(shape: Shape, value: Any) -> str:
    if value is None:
        return "Value null"
    return "Value" if _is_sensitive(shape) else f"Value '{_echo(shape, value)}'"


def _is_sensitive(shape: Shape) -> bool:
    return bool(shape.metadata.get("sensitive"))


def _echo(shape: Shape, value: Any) -> str:
    """Return a value as Java's ``toString`` writes it."""
    if value is None:
        return "null"
    if _is_sensitive(shape):
        return "***Sensitive Data Redacted***"
    if shape.type_name == "structure":
        members = ", ".join(f"{name}={_echo(member, value.get(name))}" for name, member in shape.members.items())
        return f"{shape.name}({members})"
    if shape.type_name == "list":
        return f"[{', '.join(_echo(shape.member, element) for element in value)}]"
    if shape.type_name == "string":
        # Not str(): it returns the name of a str that is also an Enum.
        return str.__str__(value)
    if shape.type_name in ("float", "double") and isinstance(value, int):
        return f"{json.dumps(value)}.0"
    # JSON and Java write booleans and numbers alike.
    return json.dumps(value)
