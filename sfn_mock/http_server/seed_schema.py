"""The JSON Schema of seed files, made from the signatures and docstrings of the seeding calls."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from sfn_mock.handle import StepFunctionsMock
from sfn_mock.state.outcomes import STATUSES_OUTSIDE_MAP_RUNS
from sfn_mock.types import Date, Duration, Json
from sfn_mock.views import Alias, Execution, MapRun, StateMachine, Version

_Schema = dict[str, Any]

_PAIR = {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "integer"}], "minItems": 2, "maxItems": 2}
#: The schema of an argument, by its types in the call.
_BY_TYPES: Mapping[frozenset[Any], _Schema] = {
    frozenset({str}): {"type": "string"},
    frozenset({int}): {"type": "integer", "minimum": 0},
    frozenset({float}): {"type": "number", "minimum": 0},
    frozenset(get_args(Date)): {"$ref": "#/$defs/date"},
    frozenset(get_args(Duration)): {"$ref": "#/$defs/length"},
    frozenset(get_args(Json)): {},
    frozenset({str, Mapping[str, Any]}): {"type": ["string", "object"]},
    frozenset({Version, int}): {"type": "integer", "minimum": 1},
    frozenset({Alias, str}): {"type": "string"},
    frozenset({Version, int, Sequence[tuple[Version | int, int]]}): {
        "anyOf": [{"type": "integer", "minimum": 1}, {"type": "array", "items": _PAIR, "minItems": 1, "maxItems": 2}]
    },
}
_STATUS_OUTSIDE_MAP_RUNS = {"enum": list(STATUSES_OUTSIDE_MAP_RUNS)}
#: The description of an argument in a docstring.
_ARGUMENT = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def seed_schema() -> _Schema:
    """Return the JSON Schema that seed files match.

    An unknown member is refused. Whether the values of two members fit together is only checked when seeding.
    """
    outcomes = {"$ref": "#/$defs/outcomes"}
    outcome = [_STATUS_OUTSIDE_MAP_RUNS, {"$ref": "#/$defs/outcome"}]
    children = {**_described(StateMachine.add_execution), **_described(StateMachine.add_executions)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Seed file of sfn_mock",
        **_object({"$schema": {"type": "string"}, "state_machines": _list_of("state_machine")}, "state_machines"),
        "$defs": {
            "date": {
                "type": "string",
                "description": "ISO 8601 text, or relative to now: -2h, +5m, now.",
                "examples": ["2026-01-10T02:00:00Z", "-2h", "now"],
            },
            "length": {
                "type": "string",
                "description": "A duration: 30s, 5m, 1h30m, 2d, PT5M.",
                "examples": ["30s", "5m", "1h30m"],
            },
            "state_machine": _object(
                {
                    **_arguments(StepFunctionsMock.add_state_machine),
                    "versions": _list_of("version"),
                    "aliases": _list_of("alias"),
                    "executions": _list_of("execution", "executions"),
                    "on_start": outcomes,
                    "on_redrive": outcomes,
                },
                "name",
            ),
            "version": _object(_arguments(StateMachine.publish_version)),
            "alias": _object(_arguments(StateMachine.add_alias), "name", "version"),
            "execution": _object(
                {
                    **_arguments(StateMachine.add_execution, status=_STATUS_OUTSIDE_MAP_RUNS),
                    "map_runs": _list_of("map_run"),
                },
                "status",
            ),
            "executions": _object(
                _arguments(StateMachine.add_executions, status=_STATUS_OUTSIDE_MAP_RUNS), "count", "status"
            ),
            "map_run": _object(
                {
                    **_arguments(Execution.add_map_run),
                    "executions": _list_of("child_execution", "child_executions"),
                    "on_redrive": outcomes,
                }
            ),
            "child_execution": _object(_arguments(MapRun.add_execution, children), "status"),
            "child_executions": _object(_arguments(MapRun.add_executions, children), "count", "status"),
            "outcome": _object(_arguments(StateMachine.on_start, status=_STATUS_OUTSIDE_MAP_RUNS), "status"),
            "outcomes": {"anyOf": [*outcome, {"type": "array", "items": {"anyOf": outcome}}]},
        },
    }


def _list_of(*kinds: str) -> _Schema:
    items = [{"$ref": f"#/$defs/{kind}"} for kind in kinds]
    return {"type": "array", "items": items[0] if len(items) == 1 else {"anyOf": items}}


def _object(members: Mapping[str, _Schema], *required: str) -> _Schema:
    """Return an object with only these members. An optional member may be null, which counts as absent."""
    properties = {
        name: value if name in required else {"anyOf": [value, {"type": "null"}]} for name, value in members.items()
    }
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _arguments(
    call: Callable[..., object], described: Mapping[str, str] | None = None, **schemas: _Schema
) -> dict[str, _Schema]:
    """Return the schema of each argument of a seeding call, with its description.

    ``described`` has descriptions that the call's docstring lacks; ``schemas`` have priority over annotations.
    """
    descriptions = {**(described or {}), **_described(call)}
    hints = get_type_hints(call)
    return {
        name: {**(schemas.get(name) or _schema(hints[name])), "description": descriptions.get(name, "")}
        for name, parameter in list(inspect.signature(call).parameters.items())[1:]
        if parameter.kind is not Parameter.POSITIONAL_ONLY
    }


def _schema(annotation: Any) -> _Schema:
    """Return the schema of an argument with that annotation."""
    kinds = [kind for kind in get_args(annotation | None) if kind is not NoneType]
    if get_origin(kinds[0]) is Literal:
        return {"enum": list(get_args(kinds[0]))}
    return _BY_TYPES[frozenset(kinds)]


def _described(call: Callable[..., object]) -> dict[str, str]:
    """Return the descriptions of arguments in the docstring of a call."""
    arguments = (inspect.getdoc(call) or "").partition("\nArgs:\n")[2].partition("\n\n")[0]
    return {name: " ".join(text.split()) for name, text in _ARGUMENT.findall(arguments)}
