"""Warn of values that look like paths but are plain text for AWS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sfn_mock.asl.checks.choices import OPERATORS
from sfn_mock.asl.checks.diagnostics import Diagnostic, warning
from sfn_mock.asl.checks.paths import looks_dynamic
from sfn_mock.asl.checks.workflows import Workflow, rules_of

_TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector", "Assign", "Credentials")
_PARTS = {
    "ItemReader": ("Parameters",),
    "ItemBatcher": ("BatchInput",),
    "ResultWriter": ("Parameters",),
}
_FAIL_TEXTS = ("Error", "Cause")


def check_warnings(workflows: list[Workflow]) -> Iterator[Diagnostic]:
    """Yield warnings for the JSONPath states."""
    default = workflows[0].value.get("QueryLanguage", "JSONPath")
    for workflow in workflows:
        for name, state in workflow.states.items():
            if state.get("QueryLanguage", default) == "JSONPath":
                yield from _state(state, workflow.at(name))


def _state(state: dict[str, Any], location: str) -> Iterator[Diagnostic]:
    kind = state.get("Type")
    if kind == "Pass" and any(looks_dynamic(text) for _, text in _texts(state.get("Result"))):
        yield warning(
            "PASS_RESULT_IS_STATIC",
            "The Result of a Pass state is static: a path in it is not evaluated",
            f"{location}/Result",
        )
    yield from _no_dollar(state, _TEMPLATES, location)
    for part, fields in _PARTS.items():
        inner = state.get(part)
        if isinstance(inner, dict):
            yield from _no_dollar(inner, fields, f"{location}/{part}")
    for place, rule in rules_of(state, location):
        yield from _no_dollar(rule, ("Assign",), place)
    if kind == "Fail":
        yield from _no_path(state, _FAIL_TEXTS, location)
    elif kind == "Choice":
        for place, rule in _rules(state.get("Choices"), f"{location}/Choices"):
            yield from _no_path(rule, [name for name in rule if f"{name}Path" in OPERATORS], place)


def _no_dollar(value: dict[str, Any], fields: Iterable[str], location: str) -> Iterator[Diagnostic]:
    for field in fields:
        for name, text in _texts(value.get(field)):
            if not name.endswith(".$") and looks_dynamic(text):
                yield warning(
                    "NO_DOLLAR",
                    f"The value of '{name}' looks like a path or an intrinsic function, but the name does not end "
                    "with '.$'",
                    f"{location}/{field}",
                )


def _no_path(value: dict[str, Any], fields: Iterable[str], location: str) -> Iterator[Diagnostic]:
    for name in fields:
        text = value.get(name)
        if isinstance(text, str) and looks_dynamic(text):
            yield warning(
                "NO_PATH",
                f"The value of '{name}' looks like a path, but the name does not end with 'Path'",
                f"{location}/{name}",
            )


def _texts(value: object) -> Iterator[tuple[str, str]]:
    """Yield the strings in a JSON value, each with the name of the field that holds it."""
    waiting = [("", value)]
    while waiting:
        name, item = waiting.pop()
        if isinstance(item, str):
            yield name, item
        elif isinstance(item, dict):
            waiting += reversed(item.items())
        elif isinstance(item, list):
            waiting += [(name, element) for element in reversed(item)]


def _rules(value: object, location: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield choice rules and their nested rules, each with its location."""
    waiting = [(location, value)]
    while waiting:
        place, item = waiting.pop()
        if isinstance(item, list):
            waiting += [(f"{place}[{index}]", rule) for index, rule in reversed(list(enumerate(item)))]
        elif isinstance(item, dict):
            yield place, item
            waiting += [(f"{place}/{name}", item.get(name)) for name in ("Not", "Or", "And")]
