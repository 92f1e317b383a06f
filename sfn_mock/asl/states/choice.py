"""Choice: continues with the Next of the first rule whose condition is true."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from operator import eq, ge, gt, le, lt
from typing import Any

from sfn_mock.asl.errors import RUNTIME
from sfn_mock.asl.json_values import is_number
from sfn_mock.asl.nodes import (
    ABSENT,
    ChoiceRule,
    ChoiceState,
    ChoiceTest,
    Comparison,
    Condition,
    Conjunction,
    Disjunction,
    Negation,
)
from sfn_mock.asl.paths import PathError, parse_path
from sfn_mock.asl.scheduler import ProcessGenerator
from sfn_mock.asl.state_visit import Outcome, StateVisit
from sfn_mock.asl.steps import StateExit
from sfn_mock.asl.timestamps import parse_timestamp

_RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "Equals": eq,
    "LessThan": lt,
    "GreaterThan": gt,
    "LessThanEquals": le,
    "GreaterThanEquals": ge,
}
_OPERATOR = re.compile(r"(String|Numeric|Timestamp|Boolean)(\w+?)(?:Path)?")


def run_choice(visit: StateVisit, state: ChoiceState) -> ProcessGenerator:
    """Run a Choice state; it waits for nothing."""
    yield from ()
    return _outcome(visit, state)


def _outcome(visit: StateVisit, state: ChoiceState) -> Outcome:
    value = visit.effective_input()
    for index, rule in enumerate(state.choices):
        if _is_true(visit, rule.test, value, index):
            return _follow(visit, rule, value, StateExit("choice", index), f"Choices[{index}]/")
    if state.default is None:
        reason = "Failed to transition out of the state. The state does not point to a next state."
        raise visit.failure("States.NoChoiceMatched", reason)
    default = ChoiceRule(Conjunction(()), state.default, state.output, state.assign)
    return _follow(visit, default, value, StateExit("default"), "")


def _follow(visit: StateVisit, rule: ChoiceRule, value: Any, exit: StateExit, within: str) -> Outcome:
    """Return the Outcome of a rule; `within` is its path, which is empty for Default."""
    assigned = visit.assign(rule.assign, value, within=within)
    if visit.state.is_jsonata:
        output = visit.input if rule.output is ABSENT else visit.evaluate(rule.output, f"{within}Output")
    else:
        output = visit.apply_path(visit.state.output_path, value)
    return visit.check_size(Outcome(output, rule.next, assigned, exit))


def _is_true(visit: StateVisit, test: ChoiceTest, value: Any, index: int) -> bool:
    if isinstance(test, Condition):
        found = visit.evaluate(test.expression, f"Choices[{index}]/Condition", expected="boolean")
        return found is True
    if isinstance(test, Negation):
        return not _is_true(visit, test.test, value, index)
    if isinstance(test, Conjunction):
        return all(_is_true(visit, each, value, index) for each in test.tests)
    if isinstance(test, Disjunction):
        return any(_is_true(visit, each, value, index) for each in test.tests)
    return _compare(visit, test, value)


def _compare(visit: StateVisit, test: Comparison, value: Any) -> bool:
    if test.operator == "IsPresent":
        return _is_present(visit, test.variable, value) is test.value
    found = _find(visit, test.variable, value)
    if test.operator in _TYPE_TESTS:
        return _TYPE_TESTS[test.operator](found) is test.value
    if test.operator == "StringMatches":
        return isinstance(found, str) and _pattern(test.value).fullmatch(found) is not None
    operand = _find(visit, test.value, value) if test.operator.endswith("Path") else test.value
    return _compare_values(test.operator, found, operand)


def _compare_values(operator: str, left: Any, right: Any) -> bool:
    match = _OPERATOR.fullmatch(operator)
    if match is None or match[2] not in _RELATIONS:
        raise ValueError(f"operator must be one of Amazon States Language, got {operator!r}")
    is_of_type, relation = _TYPE_TESTS[f"Is{match[1]}"], _RELATIONS[match[2]]
    if not (is_of_type(left) and is_of_type(right)):
        return False
    if match[1] == "Timestamp":
        left, right = parse_timestamp(left), parse_timestamp(right)
    return bool(relation(left, right))


def _find(visit: StateVisit, path: str, value: Any) -> Any:
    try:
        return parse_path(path).evaluate(value, context=visit.context(), variables=visit.frame.variables)
    except PathError:
        reason = f"Invalid path '{path}': The choice state's condition path references an invalid value."
        raise visit.failure(RUNTIME, reason) from None


def _is_present(visit: StateVisit, path: str, value: Any) -> bool:
    parsed = parse_path(path)
    try:
        found = parsed.evaluate(value, context=visit.context(), variables=visit.frame.variables)
    except PathError:
        return False
    return parsed.is_definite or found != []


def _is_string(value: Any) -> bool:
    return isinstance(value, str)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _is_null(value: Any) -> bool:
    return value is None


def _is_timestamp(value: Any) -> bool:
    return parse_timestamp(value) is not None


_TYPE_TESTS: dict[str, Callable[[Any], bool]] = {
    "IsNull": _is_null,
    "IsString": _is_string,
    "IsNumeric": is_number,
    "IsBoolean": _is_boolean,
    "IsTimestamp": _is_timestamp,
}


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    r"""Compile the pattern of StringMatches: `*` matches any characters, `\*` an asterisk and `\\` a backslash."""
    parts = (
        ".*" if match[0] == "*" else re.escape(match[0][-1]) for match in re.finditer(r"\\[*\\]|.", text, re.DOTALL)
    )
    return re.compile("".join(parts), re.DOTALL)
