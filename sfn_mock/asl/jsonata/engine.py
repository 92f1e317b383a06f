"""Parsing and bounded evaluation, where the package jsonata-python differs from the reference implementation."""

from __future__ import annotations

import copy
import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sfn_mock.asl.jsonata.conversions import to_text
from sfn_mock.asl.jsonata.guards import MAX_CHARACTERS, PYTHON_ERRORS, standard_frame
from sfn_mock.asl.jsonata.library import failure, library, rename
from sfn_mock.asl.jsonata.messages import TOO_LONG, QueryError
from sfn_mock.asl.jsonata.regexes import Regex
from sfn_mock.asl.jsonata.signatures import validate
from sfn_mock.asl.jsonata.values import UNDEFINED, Function, from_library, is_number, to_library, whole

# How far one evaluation may go: evaluated nodes, nested nodes, and the size of any value on the way.
MAX_STEPS = 100_000
MAX_DEPTH = 500
MAX_ITEMS = 1_000_000

# The longest expression that is parsed: its tree takes more than a thousand times the bytes of its text.
MAX_TEXT = 65_536

# How many items all arrays that one evaluation makes may hold together.
MAX_ITEMS_MADE = 4_000_000

# The nodes whose result is an array that was there before.
_READING = ("variable", "block", "condition", "bind")

# What a nested node needs of Python's stack, rounded up, with room for the parser's own recursion.
_FRAMES = 14 * MAX_DEPTH

_TOO_DEEP = "Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive"


@contextmanager
def deep_stack() -> Iterator[None]:
    """Give the block of code the stack that MAX_DEPTH nested nodes need."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _FRAMES))
    try:
        yield
    except RecursionError as error:
        raise QueryError("U1001", _TOO_DEEP) from error
    finally:
        sys.setrecursionlimit(limit)


def parse(text: str) -> Any:
    """Return the library's parsed expression.

    Raises:
        QueryError: the text is not a JSONata expression, or too long.
    """
    if len(text) > MAX_TEXT:
        raise QueryError("U1001", TOO_LONG)
    parts = library()
    with deep_stack():
        try:
            return parts.engine(text, Regex)
        except parts.error as error:
            raise _parse_error(error, text) from error
        except (IndexError, KeyError, AttributeError, ValueError, TypeError) as error:
            # The tokenizer runs past the end of the text, or meets a character that starts nothing.
            raise _tokenizer_error(text) from error


def _parse_error(error: Any, text: str) -> QueryError:
    """Return the error of an expression that the library refused."""
    code, values = error.error, [error.current, error.expected]
    if code == "S0301" and error.current is not None:
        # The library gives an unknown escape the code of an empty regular expression.
        code = "S0103"
    if code == "S0208":
        # The reference implementation tells the parameter's number, the library its text.
        values = [_parameter_number(text[: error.location])]
    if code == "S0102":
        values = [text[error.location :].split()[0]]
    return failure(code, *values, position=error.location)


def _parameter_number(before: str) -> int:
    """Return the number of the parameter that follows a text, which ends within a function's parameters."""
    return before[before.rfind("(") :].count(",") + 1


def _tokenizer_error(text: str) -> QueryError:
    """Return the error of a text that ends too early for the library's tokenizer, or holds a stray symbol."""
    if text.rfind("/*") > text.rfind("*/"):
        return failure("S0106", position=text.rfind("/*"))
    endings = {"\\": ("S0103", ""), "/": ("S0302", None)}
    code, value = endings.get(text[-1:], ("S0204", next((symbol for symbol in "!~" if symbol in text), text)))
    return failure(code, value, position=len(text))


class Evaluation:
    """One evaluation of a parsed expression, bounded in steps, depth and size."""

    def __init__(self, parsed: Any, values: Mapping[str, object], functions: Mapping[str, Function]) -> None:
        self._library = library()
        self._steps = 0
        self._items = 0
        self._depth = 0
        self._tree = parsed.ast
        # A copy for each evaluation: the library keeps the input and the environment on the object.
        self._engine = copy.copy(parsed)
        self._frame = self._library.engine.Frame(standard_frame())
        self._engine.environment = self._frame
        # The library looks for these hooks at every node: bound to nothing, they are found at once.
        self._frame.bindings.update(__evaluate_entry=None, __evaluate_exit=None)
        for name, value in values.items():
            self._frame.bind(name, value)
        for name, function in functions.items():
            self._frame.bind(name, self._native(name, function))
        self._replace_methods()

    def _replace_methods(self) -> None:
        """Put own steps before or in place of the library's."""
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
            QueryError: the expression fails, or goes on for too long.
        """
        current = self._library.engine.CURRENT
        previous = vars(current).get("jsonata")
        current.jsonata = self._engine
        with deep_stack():
            try:
                return from_library(self._step(self._tree, None, self._frame))
            finally:
                current.jsonata = previous

    def _step(self, node: Any, focus: Any, frame: Any) -> Any:
        """Evaluate one node of the tree, within the bounds."""
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
            # The library cannot word its own error about a value such as a function.
            raise failure("T0410", 1, _procedure_name(node), position=node.position) from error
        finally:
            self._depth -= 1
        if isinstance(result, list) and node.type not in _READING:
            self._count_items(len(result))
        elif isinstance(result, str) and len(result) > MAX_CHARACTERS:
            raise QueryError("U1001", TOO_LONG)
        return result

    def _count_items(self, items: int) -> None:
        """Count the items of an array that the evaluation has made."""
        self._items += items
        if self._items > MAX_ITEMS_MADE:
            raise QueryError("U1001", TOO_LONG)

    def _call(self, function: Any, arguments: Any, focus: Any, frame: Any) -> Any:
        """Call a function, and nothing else."""
        parts = self._library
        if not (parts.is_function(function) or parts.is_lambda(function) or parts.is_regex(function)):
            raise failure("T1006")
        if parts.is_regex(function):
            return function.call(focus, arguments)
        return self._apply(function, arguments, focus, frame)

    def _validate(self, function: Any, arguments: Any, context: Any) -> Any:
        """Return the arguments as a lambda's signature wants them; other functions see to theirs themselves."""
        signature = function.signature if self._library.is_lambda(function) else None
        return arguments if signature is None else validate(signature, arguments, context)

    def _arithmetic(self, left: Any, right: Any, operator: str) -> Any:
        """Return the result that JavaScript's numbers give; one that is not a finite number is an error."""
        for operand, code in ((left, "T2001"), (right, "T2002")):
            if operand is not None and not is_number(operand):
                raise failure(code, operator)
        if left is None or right is None:
            return None
        result = _compute(float(left), float(right), operator)
        if not math.isfinite(result):
            raise failure("D1001", None)
        return whole(result)

    def _concatenate(self, left: Any, right: Any) -> str:
        """Return both operands as one text; what is not there is the empty text."""
        operands = (from_library(left), from_library(right))
        return "".join(str(to_text(operand)) for operand in operands if operand is not UNDEFINED)

    def _includes(self, item: Any, items: Any) -> bool:
        """Return whether items hold the item, which a bool and a number never share."""
        members = items if isinstance(items, list) else [items]
        return item is not None and any(
            isinstance(member, bool) == isinstance(item, bool) and member == item for member in members
        )

    def _bounded_range(self, left: Any, right: Any) -> Any:
        """Return the integers from left to right, unless there are too many."""
        if is_number(left) and is_number(right) and right - left >= MAX_ITEMS:
            size = whole(float(right) - float(left) + 1)
            raise failure("D2014", size)
        return self._range(left, right)

    def _native(self, name: str, function: Function) -> Any:
        """Return an added function as the library calls it."""
        parts = self._library

        def call(focus: Any, arguments: Any) -> Any:
            valid = validate(native.signature, arguments, focus)
            passed = [UNDEFINED if value is None else from_library(value) for value in valid]
            passed += [UNDEFINED] * (function.arguments - len(passed))
            return to_library(function.call(*passed))

        native = parts.engine.JFunction(None, function.signature)
        native.call = call
        native.get_number_of_args = lambda: function.arguments
        native.function_name = name
        return native


def _evaluation_error(error: Any, node: Any) -> BaseException:
    """Return the error that the library raised at a node."""
    code, values = error.error, [error.current, error.expected, error.extra]
    if code not in library().templates:
        # The library hides what fails behind "and" and "or", and gives a few errors no code.
        cause = error.__context__ or failure("T0410", 1, _procedure_name(node))
        return rename(cause, node.value) if isinstance(cause, QueryError) else cause
    if code == "D1002":
        values = [error.expected]
    elif code == "T0410":
        values = [error.current, _procedure_name(node) or error.expected]
    elif code == "T0411":
        values = [error.expected, _procedure_name(node)]
    return failure(code, *[from_library(value) for value in values], position=node.position)


def _procedure_name(node: Any) -> object:
    """Return the name of the function that a node calls, or None."""
    return getattr(getattr(node, "procedure", None), "value", None)


def _compute(left: float, right: float, operator: str) -> float:
    """Return the result of an arithmetic operator, which may be infinite or no number."""
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
