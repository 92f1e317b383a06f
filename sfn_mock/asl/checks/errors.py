"""Check retriers and catchers."""

from __future__ import annotations

from typing import Any

from sfn_mock.asl.checks.diagnostics import Check, Checks, Scope, error
from sfn_mock.asl.checks.paths import result_path
from sfn_mock.asl.checks.shapes import Field, Shape, shaped
from sfn_mock.asl.checks.templates import assignments, template
from sfn_mock.asl.checks.values import decimal, each, integer, one_of, string

_ALL = "States.ALL"
_ERROR_EQUALS = Field(each(string, needed=True))

_RETRIER = Shape(
    {
        "ErrorEquals": _ERROR_EQUALS,
        "IntervalSeconds": Field(integer(0, 99999999)),
        "MaxAttempts": Field(integer(0, 99999999)),
        "BackoffRate": Field(decimal(1)),
        "MaxDelaySeconds": Field(integer(1, 31622400)),
        "JitterStrategy": Field(one_of("NONE", "FULL")),
        "Comment": Field(string),
    },
    required=("ErrorEquals",),
)
_CATCHER = Shape(
    {
        "ErrorEquals": _ERROR_EQUALS,
        "Next": Field(string),
        "ResultPath": Field(result_path, "JSONPath"),
        "Output": Field(template, "JSONata"),
        "Assign": Field(assignments),
        "Comment": Field(string),
    },
    required=("ErrorEquals", "Next"),
)


def _catcher(value: Any, location: str, scope: Scope) -> Checks:
    yield shaped(_CATCHER)(value, location, scope.reading("errorOutput"))


def _handlers(handler: Check) -> Check:
    elements = each(handler)

    def check(value: Any, location: str, scope: Scope) -> Checks:
        yield elements(value, location, scope)
        if isinstance(value, list):
            yield _all_errors(value, location)

    return check


def _all_errors(handlers: list[Any], location: str) -> Checks:
    """Check that States.ALL is alone in its ErrorEquals, and in the last retrier or catcher."""
    for index, handler in enumerate(handlers):
        names = handler.get("ErrorEquals") if isinstance(handler, dict) else None
        if isinstance(names, list) and _ALL in names and (len(names) > 1 or handler is not handlers[-1]):
            yield error(
                f"{_ALL} must appear alone and at end of list",
                f"{location}[{index}]/ErrorEquals[{names.index(_ALL)}]",
            )


retriers = _handlers(shaped(_RETRIER))
catchers = _handlers(_catcher)
