"""Parse and evaluate expressions, with limits and with corrections of the package jsonata-python."""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sfn_mock.asl.json_values import is_number
from sfn_mock.asl.jsonata.conversions import to_text
from sfn_mock.asl.jsonata.guards import MAX_CHARACTERS, PYTHON_ERRORS, standard_frame
from sfn_mock.asl.jsonata.library import failure, library, with_operator
from sfn_mock.asl.jsonata.messages import TOO_LONG, QueryError, UnsupportedResultError
from sfn_mock.asl.jsonata.regexes import Regex
from sfn_mock.asl.jsonata.signatures import validate
from sfn_mock.asl.jsonata.values import UNDEFINED, Function, from_library, to_javascript_number, to_library

# The limits of one evaluation: evaluated nodes, nested nodes and the length of a range.
MAX_STEPS = 100_000
MAX_DEPTH = 500
MAX_ITEMS = 1_000_000

# The longest expression; its tree takes more than a thousand times the memory of its text.
MAX_TEXT = 65_536

# The limit for the items of all arrays that one evaluation creates.
MAX_ITEMS_MADE = 4_000_000

# The nodes that return an existing array instead of a new one.
_READING = ("variable", "block", "condition", "bind")

# A nested node takes fewer than 14 frames of Python's stack; the surplus is for the parser's recursion.
_FRAMES = 14 * MAX_DEPTH

_TOO_DEEP = "Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive"


@contextmanager
def raised_recursion_limit() -> Iterator[None]:
    """Raise Python's recursion limit so that MAX_DEPTH nested nodes can be evaluated."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _FRAMES))
    try:
        yield
    except RecursionError as error:
        raise QueryError("U1001", _TOO_DEEP) from error
    finally:
        sys.setrecursionlimit(limit)


def parse(text: str) -> Any:
    """Parse an expression and return the library's object for it.

    Raises:
        QueryError: If the text is too long or not a JSONata expression.
    """
    if len(text) > MAX_TEXT:
        raise QueryError("U1001", TOO_LONG)
    parts = library()
    with raised_recursion_limit():
        try:
            return parts.engine(text, Regex)
        except parts.error as error:
            raise _parse_error(error, text) from error
        except (IndexError, KeyError, AttributeError, ValueError, TypeError) as error:
            # The tokenizer reads past the end of the text, or finds an unknown character.
            raise _tokenizer_error(text) from error


def _parse_error(error: Any, text: str) -> QueryError:
    """Translate the error of the library's parser."""
    code, values = error.error, [error.current, error.expected]
    if code == "S0301" and error.current is not None:
        # The library gives an unknown escape the code for an empty regular expression.
        code = "S0103"
    if code == "S0208":
        # The reference implementation gives the parameter's number, the library its text.
        values = [_parameter_number(text[: error.location])]
    if code == "S0102":
        values = [text[error.location :].split()[0]]
    return failure(code, *values, position=error.location)


def _parameter_number(before: str) -> int:
    """Return the number of the parameter after a text that ends in a parameter list."""
    return before[before.rfind("(") :].count(",") + 1


def _tokenizer_error(text: str) -> QueryError:
    """Return the error for a text that ends too early or contains an unknown symbol."""
    if text.rfind("/*") > text.rfind("*/"):
        return failure("S0106", position=text.rfind("/*"))
    endings = {"\\": ("S0103", ""), "/": ("S0302", None)}
    code, value = endings.get(text[-1:], ("S0204", next((symbol for symbol in "!~" if symbol in text), text)))
    return failure(code, value, position=len(text))


class Evaluation:
    """One evaluation of a parsed expression, with limits for steps, depth and size."""

    def __init__(self, parsed: Any, values: Mapping[str, object], functions: Mapping[str, Function]) -> None:
        self._library = library()
        self._steps = 0
        self._items = 0
        self._depth = 0
        self._tree = parsed.ast
        # Each evaluation needs a copy, because the library stores the input and the environment on the object.
        self._engine = copy.copy(parsed)
        self._frame = self._library.engine.Frame(standard_frame())
        self._engine.environment = self._frame
        # The library looks up these hooks at every node; bound to None they are found at once.
        self._frame.bindings.update(__evaluate_entry=None, __evaluate_exit=None)
        for name, function in functions.items():
            if name not in values:
                self._frame.bind(name, self._wrap(name, function))
        # As in the reference implementation, a variable hides a function of its name.
        for name, value in values.items():
            self._frame.bind(name, value)
        self._replace_methods()

    def _replace_methods(self) -> None:
        """Replace some methods of the library's object."""
        engine = self._engine
        self._evaluate_node = engine._eval
        self._apply = engine.apply_inner
        self._range = engine.evaluate_range_expression
        engine.eval = self._step
        engine.apply_inner = self._call
        engine.count_items = self._count_items
        engine.validate_arguments = self._validate
        engine.evaluate_numeric_expression = self._arithmetic
        engine.evaluate_string_concat = self._concatenate
        engine.evaluate_includes_expression = self._includes
        engine.evaluate_range_expression = self._bounded_range

    def run(self) -> object:
        """Return the result as a JSON value, or UNDEFINED.

        Raises:
            QueryError: If the evaluation fails or exceeds a limit.
            UnsupportedResultError: If the result is a function.
        """
        current = self._library.engine.CURRENT
        previous = vars(current).get("jsonata")
        current.jsonata = self._engine
        with raised_recursion_limit():
            try:
                result = self._step(self._tree, None, self._frame)
                if self._is_callable(result):
                    raise UnsupportedResultError
                return from_library(result)
            finally:
                current.jsonata = previous

    def _step(self, node: Any, focus: Any, frame: Any) -> Any:
        """Evaluate a node of the tree and enforce the limits."""
        self._steps += 1
        self._depth += 1
        if self._steps > MAX_STEPS:
            raise QueryError("U1001", TOO_LONG)
        if self._depth > MAX_DEPTH:
            raise QueryError("U1001", _TOO_DEEP)
        try:
            result = self._evaluate_node(node, focus, frame)
        except self._library.error as error:
            raise _evaluation_error(error, node) from error
        except PYTHON_ERRORS as error:
            # The library fails to format an error about a value such as a function.
            raise failure("T0410", 1, _procedure_name(node), position=node.position) from error
        finally:
            self._depth -= 1
        if isinstance(result, list) and node.type not in _READING:
            self._count_items(len(result))
        elif isinstance(result, str) and len(result) > MAX_CHARACTERS:
            raise QueryError("U1001", TOO_LONG)
        return result

    def _count_items(self, items: int) -> None:
        """Count the items of a new array."""
        self._items += items
        if self._items > MAX_ITEMS_MADE:
            raise QueryError("U1001", TOO_LONG)

    def _call(self, function: Any, arguments: Any, focus: Any, frame: Any) -> Any:
        """Call a function; raise T1006 for any other value."""
        if not self._is_callable(function):
            raise failure("T1006")
        if self._library.is_regex(function):
            return function.call(focus, arguments)
        return self._apply(function, arguments, focus, frame)

    def _is_callable(self, value: Any) -> bool:
        """Return whether a value is a function; a regular expression is one, too."""
        parts = self._library
        return parts.is_function(value) or parts.is_lambda(value) or parts.is_regex(value)

    def _validate(self, function: Any, arguments: Any, context: Any) -> Any:
        """Check the arguments of a lambda with a signature; other functions check theirs themselves."""
        signature = function.signature if self._library.is_lambda(function) else None
        return arguments if signature is None else validate(signature, arguments, context)

    def _arithmetic(self, left: Any, right: Any, operator: str) -> Any:
        """Compute with JavaScript's numbers; raise D1001 if the result is not finite."""
        for operand, code in ((left, "T2001"), (right, "T2002")):
            if operand is not None and not is_number(operand):
                raise failure(code, operator)
        if left is None or right is None:
            return None
        result = _compute(float(left), float(right), operator)
        if not math.isfinite(result):
            raise failure("D1001", None)
        return to_javascript_number(result)

    def _concatenate(self, left: Any, right: Any) -> str:
        """Join two operands as text; an undefined one counts as empty."""
        operands = (from_library(left, ""), from_library(right, ""))
        return "".join(str(to_text(operand)) for operand in operands if operand is not UNDEFINED)

    def _includes(self, item: Any, items: Any) -> bool:
        """Return whether items contain an item; a bool never equals a number."""
        members = items if isinstance(items, list) else [items]
        return item is not None and any(
            isinstance(member, bool) == isinstance(item, bool) and member == item for member in members
        )

    def _bounded_range(self, left: Any, right: Any) -> Any:
        """Return the integers from left to right; raise D2014 if there are too many."""
        if is_number(left) and is_number(right) and right - left >= MAX_ITEMS:
            size = to_javascript_number(float(right) - float(left) + 1)
            raise failure("D2014", size)
        return self._range(left, right)

    def _wrap(self, name: str, function: Function) -> Any:
        """Wrap a function in the library's function type."""
        parts = self._library

        def call(focus: Any, arguments: Any) -> Any:
            valid = validate(native.signature, arguments, focus)
            passed = [from_library(value, function.function_value) for value in valid]
            passed += [UNDEFINED] * (native.get_number_of_args() - len(passed))
            return to_library(function.call(*passed))

        native = parts.engine.JFunction(None, function.signature)
        native.call = call
        native.get_number_of_args = native.signature.get_number_of_args
        native.function_name = name
        return native


def _evaluation_error(error: Any, node: Any) -> BaseException:
    """Translate an error that the library raised at a node."""
    code, values = error.error, [error.current, error.expected, error.extra]
    if code not in library().templates:
        # Some errors have no code, and the library hides an error in an operand of "and" or "or".
        if error.__context__ is None:
            return failure("T0410", 1, _procedure_name(node), position=node.position)
        cause = error.__context__
        return with_operator(cause, node.value) if isinstance(cause, QueryError) else cause
    if code == "D1002":
        values = [error.expected]
    elif code == "T0410":
        values = [error.current, _procedure_name(node) or error.expected]
    elif code == "T0411":
        values = [error.expected, _procedure_name(node)]
    return failure(code, *[from_library(value) for value in values], position=node.position)


def _procedure_name(node: Any) -> object:
    """Return the name of the function that a node calls, None if it calls none."""
    return getattr(getattr(node, "procedure", None), "value", None)


def _compute(left: float, right: float, operator: str) -> float:
    """Apply an arithmetic operator; the result may be infinite or NaN."""
    try:
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if operator == "*":
            return left * right
        return left / right if operator == "/" else math.fmod(left, right)
    except (ZeroDivisionError, ValueError):
        return math.nan
