"""Payload templates: JSON in which the members with names ending in `.$` hold paths or intrinsic functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.intrinsics import Intrinsic, parse_intrinsic
from sfn_mock.asl.paths import Path, PathError, parse_path
from sfn_mock.asl.texts import hash_order, json_text

_SUFFIX = ".$"


def parse_field(text: str) -> Path | Intrinsic:
    """Parse the value of a template's member ending in `.$`: a path or a call of an intrinsic function.

    Args:
        text: The member's value.

    Raises:
        PathSyntaxError: If the text starts with `$` but is not a path.
        IntrinsicSyntaxError: If the text starts otherwise and is not a call.
    """
    return parse_path(text) if text.startswith("$") else parse_intrinsic(text)


def evaluate_template(
    template: Any,
    input: Any,
    *,
    context: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    randomness: Random,
) -> Any:
    """Evaluate a payload template: replace its paths and calls by their values.

    Members whose names end in `.$` follow the other members, in the order of a Java HashMap.

    Args:
        template: The value of Parameters, ResultSelector, ItemSelector, BatchInput or Assign.
        input: The root of paths that start with `$.`.
        context: The root of paths that start with `$$`.
        variables: The values of variables by name.
        randomness: The random generator of States.UUID, and of States.MathRandom without a seed.

    Raises:
        StateError: If a path finds nothing (States.Runtime) or a call fails (States.IntrinsicFailure).
    """

    def evaluate(value: Any) -> Any:
        if isinstance(value, list):
            return [evaluate(each) for each in value]
        if not isinstance(value, dict):
            return value
        static, dynamic = {}, {}
        for name, member in value.items():
            if name.endswith(_SUFFIX):
                dynamic[name[: -len(_SUFFIX)]] = evaluate_member(name, member)
            else:
                static[name] = evaluate(member)
        return {**static, **{name: dynamic[name] for name in hash_order(dynamic)}}

    def evaluate_member(name: str, text: str) -> Any:
        field = parse_field(text)
        if not isinstance(field, Path):
            return field.evaluate(input, context=context, variables=variables, randomness=randomness)
        try:
            return field.evaluate(input, context=context, variables=variables)
        except PathError:
            raise StateError("States.Runtime", describe_missing(field.text, name, input)) from None

    return evaluate(template)


def find_paths(template: Any) -> Iterator[Path]:
    """Yield all paths of a payload template, including those in the arguments of calls.

    Args:
        template: A template that passed the checks of its definition.
    """
    if isinstance(template, list):
        for each in template:
            yield from find_paths(each)
    elif isinstance(template, dict):
        for name, value in template.items():
            if name.endswith(_SUFFIX):
                field = parse_field(value)
                yield from [field] if isinstance(field, Path) else field.paths()
            else:
                yield from find_paths(value)


def describe_missing(path: str, field: str, input: Any) -> str:
    """Return AWS's sentence about a path that finds nothing.

    Args:
        path: The path as it was written.
        field: The field that holds the path, such as `ErrorPath` or a template's `id.$`.
        input: The input of the state.
    """
    return (
        f"The JSONPath '{path}' specified for the field '{field}' could not be found in the input '{json_text(input)}'"
    )
