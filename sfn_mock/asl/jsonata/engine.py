"""The seam to the package jsonata-python: parse and evaluate, with JSONata's own errors.

The package is imported when the first expression is parsed. It carries no types and leaves room between itself and
the reference implementation, which the replacements below close.
"""

from __future__ import annotations

import copy
import importlib
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from sfn_mock.asl.jsonata.messages import QueryError, word
from sfn_mock.asl.jsonata.regexes import Regex

# How far one evaluation may go: evaluated nodes, nested nodes, and the size of any value on the way.
MAX_STEPS = 200_000
MAX_DEPTH = 500
MAX_ITEMS = 1_000_000
MAX_CHARACTERS = 4_000_000

# What a nested node needs of Python's stack, rounded up, with room for the parser's own recursion.
_FRAMES = 14 * MAX_DEPTH

_TOO_DEEP = "Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive"
_TOO_LONG = "Expression evaluation timeout: Check for infinite loop"

# The code of each function that cannot use its argument.
_FUNCTION_CODES = {
    "number": "D3030",
    "power": "D3061",
    "sort": "D3070",
    "toMillis": "D3110",
    "decodeUrl": "D3140",
    "decodeUrlComponent": "D3140",
    "encodeUrl": "D3140",
    "encodeUrlComponent": "D3140",
}


class Undefined:
    """The type of a result that is not there; `UNDEFINED` is its only value."""


UNDEFINED = Undefined()


class Function(NamedTuple):
    """A function added to JSONata.

    Attributes:
        signature: the types of its arguments, in JSONata's notation.
        arguments: how many arguments a higher-order function passes at most.
        call: what it does with JSON values; a missing argument is `UNDEFINED`.
    """

    signature: str
    arguments: int
    call: Callable[..., object]


class Library(NamedTuple):
    """The parts of the package that are used here, all of them untyped."""

    engine: Any
    parser: Any
    error: Any
    null: Any
    is_function: Callable[[Any], bool]
    is_lambda: Callable[[Any], bool]
    is_regex: Callable[[Any], bool]


@cache
def library() -> Library:
    """Import the package and leave the interpreter's recursion limit as it was."""
    limit = sys.getrecursionlimit()
    try:
        engine = importlib.import_module("jsonata.jsonata")
    finally:
        sys.setrecursionlimit(limit)
    functions = importlib.import_module("jsonata.functions").Functions
    utils = importlib.import_module("jsonata.utils").Utils
    return Library(
        engine=engine.Jsonata,
        parser=importlib.import_module("jsonata.parser").Parser,
        error=importlib.import_module("jsonata.jexception").JException,
        null=utils.NULL_VALUE,
        is_function=utils.is_function,
        is_lambda=functions.is_lambda,
        is_regex=functions.is_regex,
    )


@contextmanager
def _deep_stack() -> Iterator[None]:
    """Give the block the stack that MAX_DEPTH nested nodes need."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def parse(text: str) -> Any:
    """Return the library's parsed expression.

    Raises:
        QueryError: the text is no JSONata expression.
    """
    parts = library()
    with _deep_stack():
        try:
            return parts.engine(text, Regex)
        except parts.error as error:
            raise _parse_error(error, text) from error
        except RecursionError as error:
            raise QueryError("U1001", _TOO_DEEP) from error
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
    return QueryError(code, word(library().error.error_codes, code, values), error.location)


def _parameter_number(before: str) -> int:
    """Return the number of the parameter that follows a text, which ends within a function's parameters."""
    return before[before.rfind("(") :].count(",") + 1


def _tokenizer_error(text: str) -> QueryError:
    """Return the error of a text that ends within a comment, a string or a regular expression, or of a stray symbol."""
    templates = library().error.error_codes
    if text.rfind("/*") > text.rfind("*/"):
        return QueryError("S0106", word(templates, "S0106", []), text.rfind("/*"))
    if text.rstrip()[-1:] == "\\":
        return QueryError("S0101", word(templates, "S0101", []), len(text))
    if text.rstrip()[-1:] == "/":
        return QueryError("S0302", word(templates, "S0302", []), len(text))
    symbol = next((character for character in text if character in "!~"), text.strip())
    return QueryError("S0204", word(templates, "S0204", [symbol]), max(text.find(symbol), 0))


class Evaluation:
    """One evaluation of a parsed expression, bounded in steps, depth and size."""

    def __init__(self, parsed: Any, values: Mapping[str, object], functions: Mapping[str, Function]) -> None:
        self._library = library()
        self._steps = 0
        self._depth = 0
        self._tree = parsed.ast
        # A copy for each evaluation: the library keeps the input and the environment on the object.
        self._engine = copy.copy(parsed)
        self._frame = self._library.engine.Frame(_standard_frame())
        self._engine.environment = self._frame
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
        engine._eval = self._step
        engine.apply_inner = self._call
        engine.evaluate_numeric_expression = self._arithmetic
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
        with _deep_stack():
            try:
                return from_library(self._engine.eval(self._tree, None, self._frame))
            except RecursionError as error:
                raise QueryError("U1001", _TOO_DEEP) from error
            finally:
                current.jsonata = previous

    def _step(self, node: Any, focus: Any, frame: Any) -> Any:
        """Evaluate one node of the tree, within the bounds."""
        self._steps += 1
        self._depth += 1
        if self._steps > MAX_STEPS:
            raise QueryError("U1001", _TOO_LONG)
        if self._depth > MAX_DEPTH:
            raise QueryError("U1001", _TOO_DEEP)
        try:
            result = self._evaluate_node(node, focus, frame)
        except self._library.error as error:
            raise _evaluation_error(error, node) from error
        finally:
            self._depth -= 1
        limit = MAX_CHARACTERS if isinstance(result, str) else MAX_ITEMS
        if isinstance(result, (str, list)) and len(result) > limit:
            raise QueryError("U1001", _TOO_LONG)
        return result

    def _call(self, function: Any, arguments: Any, focus: Any, frame: Any) -> Any:
        """Call a function, and nothing else."""
        parts = self._library
        if not (parts.is_function(function) or parts.is_lambda(function) or parts.is_regex(function)):
            raise QueryError("T1006", word(parts.error.error_codes, "T1006", []))
        return self._apply(function, arguments, focus, frame)

    def _arithmetic(self, left: Any, right: Any, operator: str) -> Any:
        """Return what JavaScript's numbers come to; a result that is no finite number is an error."""
        templates = self._library.error.error_codes
        for operand, code in ((left, "T2001"), (right, "T2002")):
            if operand is not None and not _is_number(operand):
                raise QueryError(code, word(templates, code, [operator]))
        if left is None or right is None:
            return None
        result = _compute(float(left), float(right), operator)
        if not math.isfinite(result):
            raise QueryError("D1001", word(templates, "D1001", [None]))
        return whole(result)

    def _includes(self, item: Any, items: Any) -> bool:
        """Tell whether items hold the item, which a bool and a number never share."""
        members = items if isinstance(items, list) else [items]
        return item is not None and any(
            isinstance(member, bool) == isinstance(item, bool) and member == item for member in members
        )

    def _bounded_range(self, left: Any, right: Any) -> Any:
        """Return the integers from left to right, unless there are too many."""
        if _is_number(left) and _is_number(right) and right - left >= MAX_ITEMS:
            size = whole(float(right) - float(left) + 1)
            raise QueryError("D2014", word(self._library.error.error_codes, "D2014", [size]))
        return self._range(left, right)

    def _native(self, name: str, function: Function) -> Any:
        """Return an added function as the library calls it."""
        parts = self._library

        def call(_focus: Any, arguments: Any) -> Any:
            passed = [UNDEFINED if value is None else from_library(value) for value in arguments]
            passed += [UNDEFINED] * (function.arguments - len(passed))
            return to_library(function.call(*passed))

        native = parts.engine.JFunction(None, function.signature)
        native.call = call
        native.get_number_of_args = lambda: function.arguments
        native.function_name = name
        return native


@cache
def _standard_frame() -> Any:
    """Return the library's functions, each failing with JSONata's codes; `$eval` is not among them."""
    parts = library()
    frame = parts.engine.Frame(parts.engine.static_frame)
    for name, native in parts.engine.static_frame.bindings.items():
        frame.bind(name, _guarded(name, native))
    frame.bind("eval", None)
    return frame


def _guarded(name: str, native: Any) -> Any:
    """Return a library function that raises QueryError where the original raises a Python error."""
    original = native.call
    templates = library().error.error_codes

    def call(focus: Any, arguments: Any) -> Any:
        if _growth(name, arguments) > MAX_CHARACTERS:
            raise QueryError("U1001", _TOO_LONG)
        try:
            return original(focus, arguments)
        except (ArithmeticError, ValueError, TypeError, AttributeError, LookupError) as error:
            code = _FUNCTION_CODES.get(name, "T0410")
            values = [from_library(value) for value in arguments]
            if code == "D3140":
                values.insert(0, name)
            if code == "T0410":
                values = [1, name]
            raise QueryError(code, word(templates, code, values)) from error

    guarded = copy.copy(native)
    guarded.call = call
    return guarded


def _growth(name: str, arguments: Any) -> float:
    """Return about how many characters a function of texts is asked for."""
    if name == "pad" and _is_number(arguments[1]):
        return abs(float(arguments[1]))
    texts = [len(value) for value in arguments if isinstance(value, str)]
    if name == "replace":
        return math.prod(size + 1 for size in (texts[:1] + texts[2:] if len(texts) > 2 else texts))
    return sum(len(value) for value in arguments if isinstance(value, (str, list)))


def _evaluation_error(error: Any, node: Any) -> QueryError:
    """Return the error that the library raised at a node."""
    code, values = error.error, [error.current, error.expected, error.extra]
    procedure = getattr(node, "procedure", None)
    name = getattr(procedure, "value", None)
    if code == "D1002":
        values = [error.expected]
    elif code == "D3100":
        values = [error.location]
    elif code == "T0410" and error.expected is None:
        values = [1, name]
    elif code == "T0411":
        values = [error.expected, name]
    templates = library().error.error_codes
    if code not in templates:
        # The library raises a few errors without a code, and gives their text in its place.
        return QueryError("T0410", word(templates, "T0410", [1, name]), node.position)
    return QueryError(code, word(templates, code, [from_library(value) for value in values]), node.position)


def _is_number(value: object) -> bool:
    """Tell whether a value is a number of JSON."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


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


def whole(value: float) -> int | float:
    """Return an int where the number has no fraction and JavaScript writes it without an exponent."""
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


def to_library(value: object) -> Any:
    """Return a JSON value as the library wants it: its own null, and None for UNDEFINED."""
    if value is None:
        return library().null
    if isinstance(value, dict):
        return {key: to_library(member) for key, member in value.items()}
    if isinstance(value, list):
        return [to_library(member) for member in value]
    return None if value is UNDEFINED else value


def from_library(value: Any) -> Any:
    """Return a result of the library as a JSON value, or UNDEFINED for what JSON cannot hold, such as a function."""
    return UNDEFINED if value is None else _plain(value)


def _plain(value: Any) -> Any:
    """Return a value within a result; None is a null that the library did not keep as its own."""
    if value is None or value is library().null:
        return None
    if isinstance(value, dict):
        members = {key: _plain(member) for key, member in value.items()}
        return {key: member for key, member in members.items() if member is not UNDEFINED}
    if isinstance(value, list):
        items = [_plain(item) for item in value]
        return [None if item is UNDEFINED else item for item in items]
    if _is_number(value):
        return whole(float(value)) if isinstance(value, float) or abs(value) >= 1e21 else value
    return value if isinstance(value, (str, bool)) else UNDEFINED
