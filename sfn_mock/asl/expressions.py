"""JSONata expressions of a definition: parse, check and evaluate `{% ... %}` strings."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple

from sfn_mock.asl.jsonata.engine import Evaluation, parse, raised_recursion_limit
from sfn_mock.asl.jsonata.forms import KnownForms, find_form
from sfn_mock.asl.jsonata.functions import step_functions
from sfn_mock.asl.jsonata.guards import standard_frame
from sfn_mock.asl.jsonata.messages import QueryError, UnsupportedResultError, as_json
from sfn_mock.asl.jsonata.references import References, collect
from sfn_mock.asl.jsonata.values import UNDEFINED, to_library

QUERY_EVALUATION_ERROR = "States.QueryEvaluationError"

ResultType = Literal["array", "boolean", "null", "number", "object", "string"]

_OPENING, _CLOSING = "{%", "%}"

#: The members of `$states` that expressions in all fields can read.
ALWAYS_READABLE = ("input", "context")


class ExpressionSyntaxError(ValueError):
    """A text is not a JSONata expression; the message is AWS's, without JSONata's code.

    Attributes:
        code: JSONata's code, such as S0211.
        position: The offset of the fault in the expression, None if unknown.
    """

    def __init__(self, error: QueryError) -> None:
        super().__init__(error.reason)
        self.code = error.code
        self.position = error.position


class ExpressionError(Exception):
    """The evaluation of an expression fails; its state fails with States.QueryEvaluationError.

    Attributes:
        expression: The expression, without `{%` and `%}`.
        field: The field that holds the expression, such as `Output/total`.
        reason: The end of AWS's message.
    """

    error = QUERY_EVALUATION_ERROR

    def __init__(self, expression: str, field: str, reason: str) -> None:
        self.expression = expression
        self.field = field
        self.reason = reason
        super().__init__(f"The JSONata expression '{expression}' specified for the field '{field}' {reason}")


class ExpressionFault(NamedTuple):
    """A fault for which AWS refuses an expression when a state machine is created."""

    code: str
    message: str


@dataclass(frozen=True)
class Bindings:
    """The values that the expressions of a state can refer to.

    Attributes:
        states: The value of `$states`.
        now: The moment of `$now()` and `$millis()`, in milliseconds since 1970.
        variables: The values of the run's variables by name.
        randomness: The random generator of `$random()` and `$uuid()`.
    """

    states: Mapping[str, object]
    now: int
    variables: Mapping[str, object] = field(default_factory=dict)
    randomness: random.Random = field(default_factory=random.Random)

    @cached_property
    def values(self) -> dict[str, Any]:
        """The variables and `$states` as values of the JSONata library, converted once."""
        return {name: to_library(value) for name, value in {**self.variables, "states": dict(self.states)}.items()}


class Expression:
    """A parsed JSONata expression.

    Attributes:
        text: The expression, without `{%` and `%}`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._parsed = parse(text)

    def references(self) -> References:
        """Return the references of the expression."""
        return collect(self._parsed.ast)

    def evaluate(self, bindings: Bindings) -> object:
        """Return the result as a JSON value, or UNDEFINED.

        Raises:
            QueryError: If the evaluation fails.
            UnsupportedResultError: If the result is a function.
        """
        format_millis = standard_frame().bindings["fromMillis"].call
        functions = step_functions(bindings.now, bindings.randomness, format_millis)
        with raised_recursion_limit():
            values = bindings.values
        return Evaluation(self._parsed, values, functions).run()


def is_expression(value: object) -> bool:
    """Return whether a value is an expression: a string between `{%` and `%}`."""
    return isinstance(value, str) and value.startswith(_OPENING) and value.endswith(_CLOSING) and len(value) > 3


def parse_expression(text: str) -> Expression:
    """Parse an expression, with or without `{%` and `%}`.

    Raises:
        ExpressionSyntaxError: If the text is not a JSONata expression.
    """
    return _parse_text(expression_text(text))


def expression_text(text: str) -> str:
    """Return an expression without `{%` and `%}` and the blanks around it."""
    return text[2:-2].strip() if is_expression(text) else text.strip()


@lru_cache(maxsize=1024)
def _parse_text(text: str) -> Expression:
    try:
        return Expression(text)
    except QueryError as error:
        raise ExpressionSyntaxError(error) from error


_known_forms = KnownForms()


def _references(text: str) -> References:
    """Return the references of an expression; it is parsed only if its form is new.

    Raises:
        ExpressionSyntaxError: If the text is not a JSONata expression.
    """
    inner = expression_text(text)
    form = find_form(inner)
    found = form and _known_forms.find(form)
    if found is None:
        found = _parse_text(inner).references()
        if form:
            _known_forms.add(form, found)
    return found


def find_faults(text: str, *, readable: Collection[str] = ALWAYS_READABLE) -> list[ExpressionFault]:
    """Return the faults for which AWS refuses an expression when a state machine is created.

    Args:
        text: The expression, with or without `{%` and `%}`.
        readable: The members of `$states` that exist where the expression is.
    """
    try:
        references = _references(text)
    except ExpressionSyntaxError as error:
        return [ExpressionFault("INVALID_JSONATA_EXPRESSION", str(error))]
    messages = [
        "Reference to '$$' is not supported."
        if name == "$$"
        else f"Reference to '{name}' at the top level is not supported."
        for name in references.top_level
    ]
    messages += [
        f"Field '$states.{member}' does not exist." for member in references.states_members if member not in readable
    ]
    return [ExpressionFault("UNSUPPORTED_JSONATA_EXPRESSION", message) for message in messages]


def find_variables(value: object) -> list[str]:
    """Return the names of the run's variables in the expressions of a value, in order and without `$`."""
    names = (
        name
        for text in _expressions(value)
        for name in _references(text).variables
        if name != "states" and name not in _function_names()
    )
    return list(dict.fromkeys(names))


def _function_names() -> frozenset[str]:
    return frozenset(standard_frame().bindings) | {"hash", "parse", "partition", "range", "uuid"}


def _expressions(value: object) -> Iterator[str]:
    """Yield the expressions in a value."""
    if isinstance(value, dict):
        for member in value.values():
            yield from _expressions(member)
    elif isinstance(value, list):
        for item in value:
            yield from _expressions(item)
    elif isinstance(value, str) and is_expression(value):
        yield value


def evaluate_value(value: object, bindings: Bindings, field: str) -> Any:
    """Evaluate all expressions in a JSON value.

    Args:
        value: The value of a field such as Arguments, Output or Assign.
        bindings: The values that the expressions can refer to.
        field: The field's name; errors add the member or index to it, such as `Arguments/names[0]`.

    Raises:
        ExpressionError: If an expression fails, or returns nothing.
    """
    if isinstance(value, dict):
        return {key: evaluate_value(member, bindings, f"{field}/{key}") for key, member in value.items()}
    if isinstance(value, list):
        return [evaluate_value(item, bindings, f"{field}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, str) and is_expression(value):
        return _evaluate_text(value, bindings, field)
    return value


def _evaluate_text(value: str, bindings: Bindings, field: str) -> object:
    text = expression_text(value)
    try:
        result = parse_expression(text).evaluate(bindings)
    except (QueryError, ExpressionSyntaxError) as error:
        reason = f"threw an error during evaluation. {_coded(error)}"
        raise ExpressionError(text, field, reason) from error
    except UnsupportedResultError:
        raise ExpressionError(text, field, "returned an unsupported result type.") from None
    if result is UNDEFINED:
        raise ExpressionError(text, field, "returned nothing (undefined).")
    return result


def _coded(error: QueryError | ExpressionSyntaxError) -> str:
    return f"{error.code}: {error.reason if isinstance(error, QueryError) else error}"


def evaluate_typed(
    value: object, bindings: Bindings, field: str, expected: ResultType, alternative: ResultType | None = None
) -> Any:
    """Evaluate a value whose expression must return a certain type.

    Args:
        value: The value of a field.
        bindings: The values that the expressions can refer to.
        field: The field's name, such as `Items`.
        expected: The type that AWS expects in the field.
        alternative: Another type that the field takes, None if there is none.

    Raises:
        ExpressionError: If an expression fails, returns nothing, or returns another type.
    """
    result = evaluate_value(value, bindings, field)
    actual = type_name(result)
    if isinstance(value, str) and is_expression(value) and actual not in (expected, alternative):
        reason = (
            f"returned an unexpected result type. Expected '{expected}', but was '{actual}' for value: "
            f"{as_json(result)}"
        )
        raise ExpressionError(expression_text(value), field, reason)
    return result


def type_name(value: object) -> ResultType:
    """Return the name of the type of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
