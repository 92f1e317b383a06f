"""JSONPath in Step Functions' dialect: paths into the input, the context object and variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sfn_mock.asl.backtracking import EndlessSearchError
from sfn_mock.asl.path_functions import NoResultError
from sfn_mock.asl.path_nodes import Index, Name, Query
from sfn_mock.asl.path_parser import NAME_IN_CALL, PLAIN_NAME, PathParser, PathSyntaxError
from sfn_mock.asl.texts import json_text

__all__ = [
    "Path",
    "PathError",
    "PathSyntaxError",
    "ReferencePath",
    "ResultPathError",
    "parse_path",
    "parse_reference_path",
    "read_path",
]

_OTHER_BRACKET = re.compile(r"(?<!\\)\[(?!['\"\d-])")
_BRACKET_REASON = "'[' must be followed by ' or '['"


class PathError(Exception):
    """A path finds nothing in its data.

    Attributes:
        path: The path as it was written.
        reason: AWS's sentence about the reason.
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
        query: The part after the root.
        variable: The name of the variable that is the root, None for other roots.
        is_context: Whether the context object (`$$`) is the root.
    """

    text: str
    query: Query
    variable: str | None
    is_context: bool

    @property
    def is_definite(self) -> bool:
        """Whether the path finds a single value rather than a list."""
        return self.query.is_definite

    def evaluate(
        self, input: Any, *, context: Mapping[str, Any] | None = None, variables: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value at the path.

        Args:
            input: The root of paths that start with `$.`.
            context: The root of paths that start with `$$`.
            variables: The values of variables by name.

        Returns:
            The value at a definite path; the list of all values found by an indefinite one, which may be empty.

        Raises:
            PathError: If a definite path finds nothing.
        """
        if self.variable is not None:
            if self.variable not in (variables or {}):
                raise PathError(self.text, f"Variable '{self.variable}' is not defined")
            root = (variables or {})[self.variable]
        else:
            root = (context or {}) if self.is_context else input
        try:
            return self.query.find(root, root)
        except (NoResultError, EndlessSearchError) as error:
            raise PathError(self.text, str(error)) from None


class ResultPathError(Exception):
    """A value cannot be put at a Reference Path; the message is AWS's sentence."""


@dataclass(frozen=True)
class ReferencePath:
    """A Reference Path: it identifies a single value, which may not exist yet.

    Attributes:
        text: The path as it was written.
        path: The parsed path.
        steps: The names and indexes after the root.
    """

    text: str
    path: Path
    steps: tuple[Name | Index, ...]

    def evaluate(
        self, input: Any, *, context: Mapping[str, Any] | None = None, variables: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value at the path; see `Path.evaluate`."""
        return self.path.evaluate(input, context=context, variables=variables)

    def put(self, document: Any, value: Any) -> Any:
        """Return a copy of a document with a value at the path; missing objects are created.

        Args:
            document: The document.
            value: The value to put.

        Raises:
            ResultPathError: If a name is applied to something other than an object, or an index to something other
                than an array that has it.
        """
        trail = []
        for step in self.steps:
            container = document
            if isinstance(step, Name):
                if not isinstance(container, dict):
                    raise _cannot_apply(step.name, container)
                document = container.get(step.name, {})
            else:
                if not isinstance(container, list) or not list(step.select(container, None)):
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
        PathSyntaxError: If the text is not a path.
    """
    parser = PathParser(text)
    path = _read(parser, PLAIN_NAME)
    parser.expect_end()
    return path


def read_path(text: str, position: int) -> tuple[Path, int]:
    """Parse a path in the arguments of an intrinsic function.

    Args:
        text: The whole text.
        position: Where the path starts.

    Returns:
        The path, and the position after it.

    Raises:
        PathSyntaxError: If no path starts there.
    """
    parser = PathParser(text, position)
    path = _read(parser, NAME_IN_CALL)
    return path, parser.position


@lru_cache(maxsize=4096)
def parse_reference_path(text: str) -> ReferencePath:
    """Parse a Reference Path, which consists of names and single indexes.

    Args:
        text: The path.

    Raises:
        PathSyntaxError: If the text is not a Reference Path; the message is AWS's reason.
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


def _read(parser: PathParser, name: re.Pattern[str]) -> Path:
    start = parser.position
    variable, is_context = parser.root()
    query = parser.query(name)
    return Path(parser.text[start : parser.position], query, variable, is_context)
