"""JSONPath as Step Functions understands it: paths into the input, the context object and variables."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from sfn_mock.asl.filters import OPERATORS
from sfn_mock.asl.path_nodes import (
    FUNCTIONS,
    Comparison,
    Descent,
    Every,
    Filter,
    Index,
    Indexes,
    Literal,
    Name,
    Names,
    Negation,
    NoResultError,
    Operand,
    Presence,
    Query,
    Reference,
    Slice,
    Some,
    Step,
    Test,
    Wildcard,
)
from sfn_mock.asl.texts import json_text

_T = TypeVar("_T")

_VARIABLE = re.compile(r"[^\W\d]\w*")
_INTEGER = re.compile(r"-?\d{1,10}")
_SLICE = re.compile(r"(-?\d{1,10})?\s*:\s*(-?\d{1,10})?\s*(?=\])")
_FUNCTION = re.compile(r"(\w+)\(\s*\)")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,99})(?:\.\d+)?(?:[eE][+-]?\d{1,2})?")
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/([imsx]*)")
_REGEX_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
_OTHER_BRACKET = re.compile(r"(?<!\\)\[(?!['\"\d-])")
_BRACKET_REASON = "'[' must be followed by ' or '['"
_WORDS = {"true": True, "false": False, "null": None}
_OPERATOR = re.compile("|".join(f"{name}\\b" if name.isalpha() else re.escape(name) for name in OPERATORS))
_NAME_ENDS = frozenset(".[( ")
_NAME_ENDS_IN_CALL = _NAME_ENDS | frozenset("),\t\r\n")
_NAME_ENDS_IN_FILTER = _NAME_ENDS_IN_CALL | frozenset("]=!<>&|")
_MAX_FILTER_DEPTH = 50


class PathSyntaxError(ValueError):
    """A text is no JSONPath, or no Reference Path; the message gives AWS's reason."""


class PathError(Exception):
    """A path leads to nothing in the data that it is applied to.

    Attributes:
        path: The path's text.
        reason: The sentence that AWS gives as the reason.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"Invalid path '{path}' : {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True)
class Path:
    """A parsed JSONPath.

    Attributes:
        text: The path as it was written.
        query: The steps behind the root.
        variable: The name of the variable that the path starts from, None for other roots.
        is_context: Whether the path starts from the context object (`$$`).
    """

    text: str
    query: Query
    variable: str | None = None
    is_context: bool = False

    @property
    def is_definite(self) -> bool:
        """Whether the path names one value; others give lists."""
        return self.query.is_definite

    def evaluate(
        self, input: Any, *, context: Mapping[str, Any] | None = None, variables: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value that the path leads to.

        Args:
            input: The root of paths that start with `$.`.
            context: The root of paths that start with `$$`.
            variables: The values of variables by name.

        Returns:
            The value of a definite path; otherwise the list of all values found, which may be empty.

        Raises:
            PathError: A definite path leads to nothing.
        """
        if self.variable is not None:
            if self.variable not in (variables or {}):
                raise PathError(self.text, f"Variable '{self.variable}' is not defined")
            root = (variables or {})[self.variable]
        else:
            root = (context or {}) if self.is_context else input
        try:
            return self.query.find(root, root)
        except NoResultError as error:
            raise PathError(self.text, error.reason) from None


class ResultPathError(Exception):
    """A value cannot be put where a Reference Path points; the message is AWS's sentence."""


@dataclass(frozen=True)
class ReferencePath:
    """A path that names exactly one value, which may not exist yet.

    Attributes:
        text: The path as it was written.
        path: The same as a path to evaluate.
        steps: The names and indexes behind the root.
    """

    text: str
    path: Path
    steps: tuple[Name | Index, ...]

    def evaluate(
        self, input: Any, *, context: Mapping[str, Any] | None = None, variables: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value that the path leads to; see `Path.evaluate`."""
        return self.path.evaluate(input, context=context, variables=variables)

    def put(self, document: Any, value: Any) -> Any:
        """Return a document with a value at the path; objects that are missing on the way are made.

        Args:
            document: The document to start from, which stays as it is.
            value: The value to put.

        Raises:
            ResultPathError: The path goes through something that is no object, or an index out of an array's range.
        """
        trail = []
        for step in self.steps:
            container = document
            if isinstance(step, Name):
                if not isinstance(container, dict):
                    raise _cannot_apply(step.name, container)
                document = container.get(step.name, {})
            else:
                if not isinstance(container, list) or not list(step.each(container, None)):
                    raise _cannot_apply(step.index, container)
                document = container[step.index]
            trail.append((container, step))
        for container, step in reversed(trail):
            if isinstance(step, Name):
                value = {**container, step.name: value}
            else:
                elements = list(container)
                elements[step.index] = value
                value = elements
        return value


def _cannot_apply(step: str | int, container: Any) -> ResultPathError:
    return ResultPathError(f'Unable to apply step "{step}" to input {json_text(container)}')


@lru_cache(maxsize=4096)
def parse_path(text: str) -> Path:
    """Parse a JSONPath such as `$.a[0]`, `$$.Execution.Id` or `$variable.items[*]`.

    Args:
        text: The path.

    Raises:
        PathSyntaxError: The text is no path.
    """
    parser = _Parser(text)
    path = parser.path(_NAME_ENDS)
    parser.expect_end()
    return path


def read_path(text: str, position: int) -> tuple[Path, int]:
    """Parse a path that stands among the arguments of an intrinsic function.

    Args:
        text: The text around the path.
        position: Where the path starts.

    Returns:
        The path, and the position behind it.

    Raises:
        PathSyntaxError: No path starts there.
    """
    parser = _Parser(text, position)
    path = parser.path(_NAME_ENDS_IN_CALL)
    return path, parser.position


@lru_cache(maxsize=4096)
def parse_reference_path(text: str) -> ReferencePath:
    """Parse a Reference Path: names and single indexes only.

    Args:
        text: The path.

    Raises:
        PathSyntaxError: The text is no Reference Path; the message is AWS's reason.
    """
    if not text.startswith("$"):
        raise PathSyntaxError("Reference path didn't start with '$'")
    try:
        path = parse_path(text)
    except PathSyntaxError:
        if _OTHER_BRACKET.search(text):
            raise PathSyntaxError(_BRACKET_REASON) from None
        raise
    steps = tuple(step for step in path.query.steps if isinstance(step, (Name, Index)))
    if len(steps) != len(path.query.steps) or path.query.function is not None:
        is_bracket = _OTHER_BRACKET.search(text) is not None
        raise PathSyntaxError(_BRACKET_REASON if is_bracket else f"'{text}' must name a single value")
    return ReferencePath(text, path, steps)


class _Parser:
    """Reads a path from left to right."""

    def __init__(self, text: str, position: int = 0) -> None:
        self.text = text
        self.position = position
        self.depth = 0

    def skip(self, token: str) -> bool:
        """Move behind a token that comes next; tell whether it did."""
        if not self.text.startswith(token, self.position):
            return False
        self.position += len(token)
        return True

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Move behind what a pattern matches next, and return the match."""
        match = pattern.match(self.text, self.position)
        if match:
            self.position = match.end()
        return match

    def expect(self, token: str) -> None:
        """Move behind a token that must come next."""
        if not self.skip(token):
            raise self.error(f"expected '{token}'")

    def expect_end(self) -> None:
        """Check that nothing follows."""
        if self.position != len(self.text):
            raise self.error("unexpected text")

    def blanks(self) -> None:
        """Move behind blanks."""
        while self.text[self.position : self.position + 1].isspace():
            self.position += 1

    def error(self, reason: str) -> PathSyntaxError:
        return PathSyntaxError(f"Could not parse path '{self.text}' at position {self.position}: {reason}")

    def path(self, name_ends: frozenset[str]) -> Path:
        """Read a whole path up to a character that belongs to no step."""
        start = self.position
        if not self.skip("$"):
            raise PathSyntaxError("Path must start with '$'")
        is_context = self.skip("$")
        variable = None if is_context else self.match(_VARIABLE)
        query = self.query(name_ends)
        return Path(self.text[start : self.position], query, variable[0] if variable else None, is_context)

    def query(self, name_ends: frozenset[str]) -> Query:
        """Read the steps up to a character that starts none."""
        steps: list[Step] = []
        while self.text[self.position : self.position + 1] in (".", "["):
            if self.skip(".."):
                steps.append(Descent(self.brackets() if self.skip("[") else self.dotted(name_ends)))
            elif self.skip("["):
                steps.append(self.brackets())
            else:
                self.expect(".")
                function = self.match(_FUNCTION)
                if function:
                    return Query(_settled(steps), self.known_function(function[1]))
                steps.append(self.brackets() if self.skip("[") else self.dotted(name_ends))
        return Query(_settled(steps))

    def known_function(self, name: str) -> str:
        if name not in FUNCTIONS:
            raise self.error(f"unknown function '{name}'")
        return name

    def dotted(self, name_ends: frozenset[str]) -> Step:
        """Read what follows a dot: a name or `*`; a backslash takes the next character as it is."""
        if self.skip("*"):
            return Wildcard()
        characters = []
        while self.position < len(self.text) and self.text[self.position] not in name_ends:
            if self.text[self.position] == "\\" and self.position + 1 < len(self.text):
                self.position += 1
            characters.append(self.text[self.position])
            self.position += 1
        if not characters:
            raise self.error("expected a name")
        return Name("".join(characters))

    def brackets(self) -> Step:
        """Read what stands in brackets, and the closing one."""
        self.blanks()
        step = self.bracketed()
        self.blanks()
        self.expect("]")
        return step

    def bracketed(self) -> Step:
        if self.skip("*"):
            return Wildcard()
        if self.skip("?"):
            self.blanks()
            self.expect("(")
            test = self.either()
            self.expect(")")
            return Filter(test)
        if self.text[self.position : self.position + 1] in ("'", '"'):
            names = self.list_of(self.quoted)
            return Name(names[0]) if len(names) == 1 else Names(names, is_definite=False)
        bounds = self.match(_SLICE)
        if bounds:
            start, stop = (int(bound) if bound else None for bound in bounds.groups())
            return Slice(start, stop)
        indexes = self.list_of(self.index)
        return indexes[0] if len(indexes) == 1 else Indexes(indexes)

    def list_of(self, read: Callable[[], _T]) -> tuple[_T, ...]:
        """Read one or more things with commas between them."""
        things = [read()]
        self.blanks()
        while self.skip(","):
            self.blanks()
            things.append(read())
            self.blanks()
        return tuple(things)

    def index(self) -> Index:
        number = self.match(_INTEGER)
        if not number:
            raise self.error("expected a quoted name, an index, a slice, '*' or '?'")
        return Index(int(number[0]))

    def quoted(self) -> str:
        """Read a quoted text; a backslash escapes the quote and itself, and stands for itself otherwise."""
        quote = self.text[self.position : self.position + 1]
        if quote not in ("'", '"'):
            raise self.error("expected a quoted name")
        characters = []
        self.position += 1
        while not self.skip(quote):
            if self.skip("\\" + quote):
                characters.append(quote)
            elif self.skip("\\\\"):
                characters.append("\\")
            elif self.position < len(self.text):
                characters.append(self.text[self.position])
                self.position += 1
            else:
                raise self.error(f"expected {quote}")
        return "".join(characters)

    def either(self) -> Test:
        """Read tests joined by `||`."""
        self.depth += 1
        if self.depth > _MAX_FILTER_DEPTH:
            raise self.error(f"filters are nested more than {_MAX_FILTER_DEPTH} deep")
        tests = [self.both()]
        while self.skip("||"):
            tests.append(self.both())
        self.depth -= 1
        return tests[0] if len(tests) == 1 else Some(tuple(tests))

    def both(self) -> Test:
        """Read tests joined by `&&`."""
        tests = [self.test()]
        while self.skip("&&"):
            tests.append(self.test())
        return tests[0] if len(tests) == 1 else Every(tuple(tests))

    def test(self) -> Test:
        """Read one test with the blanks around it."""
        self.blanks()
        negations = 0
        while self.skip("!"):
            self.blanks()
            negations += 1
        if self.skip("("):
            test = self.either()
            self.expect(")")
        else:
            test = self.comparison()
        self.blanks()
        return Negation(test) if negations % 2 else test

    def comparison(self) -> Test:
        left = self.operand()
        self.blanks()
        operator = self.match(_OPERATOR)
        if operator:
            self.blanks()
            right = Literal(self.regex()) if operator[0] == "=~" else self.operand()
            return Comparison(left, operator[0], right)
        if isinstance(left, Literal):
            raise self.error("expected an operator")
        return Presence(left)

    def operand(self) -> Operand:
        if self.skip("@"):
            return Reference(self.query(_NAME_ENDS_IN_FILTER), is_relative=True)
        if self.skip("$"):
            return Reference(self.query(_NAME_ENDS_IN_FILTER), is_relative=False)
        return Literal(self.literal())

    def literal(self) -> Any:
        if self.skip("["):
            self.blanks()
            values = () if self.text.startswith("]", self.position) else self.list_of(self.scalar)
            self.expect("]")
            return list(values)
        return self.scalar()

    def scalar(self) -> Any:
        if self.text[self.position : self.position + 1] in ("'", '"'):
            return self.quoted()
        for word, value in _WORDS.items():
            if self.skip(word):
                return value
        number = self.match(_NUMBER)
        if not number:
            raise self.error("expected a value")
        return json.loads(number[0])

    def regex(self) -> re.Pattern[str]:
        match = self.match(_REGEX)
        if not match:
            raise self.error("expected a regular expression such as /a.*/")
        flags = 0
        for letter in match[2]:
            flags |= _REGEX_FLAGS[letter]
        try:
            return re.compile(match[1], flags)
        except re.error as error:
            raise self.error(f"bad regular expression: {error}") from None


def _settled(steps: list[Step]) -> tuple[Step, ...]:
    """Several names at the end of a path give one object, so that the path stays definite."""
    if steps and isinstance(steps[-1], Names):
        return (*steps[:-1], Names(steps[-1].names, is_definite=True))
    return tuple(steps)
