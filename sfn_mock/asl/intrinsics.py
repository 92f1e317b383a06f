"""Calls of intrinsic functions: `States.Format('{} of {}', $.part, States.ArrayLength($.parts))`."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from sfn_mock.asl.errors import StateError
from sfn_mock.asl.intrinsic_functions import FUNCTIONS, ArgumentError
from sfn_mock.asl.paths import Path, PathError, PathSyntaxError, read_path
from sfn_mock.asl.scanner import Scanner
from sfn_mock.asl.texts import json_text

#: The deepest nesting of calls.
MAX_NESTING = 10

_CALL = re.compile(r"(States\.\w+)\s*\(")
_STRING = re.compile(r"'((?:[^'\\]|\\['{}\\])*)'")
_ESCAPE = re.compile(r"\\(.)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_WORD = re.compile(r"(?:true|false|null)\b")
_BLANKS = re.compile(r"\s*")


class IntrinsicSyntaxError(ValueError):
    """A text is not a valid call of an intrinsic function."""


@dataclass(frozen=True)
class Literal:
    """A literal argument.

    Attributes:
        value: The value.
        raw: A string with its escapes as it was written; otherwise the value.
    """

    value: Any
    raw: Any


@dataclass(frozen=True)
class _Scope:
    """The values that the arguments of a call can refer to."""

    input: Any
    context: Mapping[str, Any] | None
    variables: Mapping[str, Any] | None
    randomness: Random


@dataclass(frozen=True)
class Intrinsic:
    """A parsed call of an intrinsic function.

    Attributes:
        text: The call as it was written.
        name: The name of the function, `States.` included.
        arguments: The literals, paths and calls in its parentheses.
    """

    text: str
    name: str
    arguments: tuple[Literal | Path | Intrinsic, ...]

    def evaluate(
        self,
        input: Any,
        *,
        context: Mapping[str, Any] | None = None,
        variables: Mapping[str, Any] | None = None,
        randomness: Random,
    ) -> Any:
        """Return the function's result.

        Args:
            input: The root of paths that start with `$.`.
            context: The root of paths that start with `$$`.
            variables: The values of variables by name.
            randomness: The random generator of States.UUID, and of States.MathRandom without a seed.

        Raises:
            StateError: If a path finds nothing (States.Runtime), or the function refuses its arguments
                (States.IntrinsicFailure).
        """
        scope = _Scope(input, context, variables, randomness)
        try:
            return self._result(scope)
        except PathError as error:
            reason = (
                f"The JsonPath argument for the field '{error.path}' could not be found in the input "
                f"'{json_text(input)}'"
            )
            raise self._failure("States.Runtime", reason) from None
        except ArgumentError as error:
            raise self._failure("States.IntrinsicFailure", str(error)) from None

    def paths(self) -> Iterator[Path]:
        """Yield all paths in the arguments, including those of inner calls."""
        for argument in self.arguments:
            if isinstance(argument, Path):
                yield argument
            elif isinstance(argument, Intrinsic):
                yield from argument.paths()

    def _failure(self, error: str, reason: str) -> StateError:
        return StateError(error, f"The function '{self.text}' had the following error: {reason}")

    def _result(self, scope: _Scope) -> Any:
        function = FUNCTIONS[self.name]
        if not function.takes(len(self.arguments)):
            raise ArgumentError(f"Invalid number of arguments for {self.name}")
        arguments = [self._value(argument, scope) for argument in self.arguments]
        try:
            return function.call(scope.randomness, arguments)
        except ArgumentError as error:
            raise ArgumentError(f"Invalid arguments in {self.name}: {error}") from None

    def _value(self, argument: Literal | Path | Intrinsic, scope: _Scope) -> Any:
        if isinstance(argument, Literal):
            # States.Format needs to know which braces of its template are escaped.
            is_template = self.name == "States.Format" and argument is self.arguments[0]
            return argument.raw if is_template else argument.value
        if isinstance(argument, Path):
            return argument.evaluate(scope.input, context=scope.context, variables=scope.variables)
        return argument._result(scope)


@lru_cache(maxsize=4096)
def parse_intrinsic(text: str) -> Intrinsic:
    """Parse a call of an intrinsic function.

    Args:
        text: The call.

    Raises:
        IntrinsicSyntaxError: If the text is not a call, the function is unknown or calls are nested too deeply.
    """
    parser = _Parser(text)
    call = parser.call(depth=1)
    parser.skip_blanks()
    if parser.position != len(text):
        raise parser.error("nothing may follow the call")
    return call


class _Parser(Scanner):
    """Parses a call from left to right."""

    def skip(self, token: str) -> bool:
        """Skip a token and the white space around it if it comes next; return whether it did."""
        self.skip_blanks()
        if not self.text.startswith(token, self.position):
            return False
        self.position += len(token)
        self.skip_blanks()
        return True

    def skip_blanks(self) -> None:
        """Skip white space."""
        self.match(_BLANKS)

    def error(self, reason: str) -> IntrinsicSyntaxError:
        """Return an error that names the current position."""
        return IntrinsicSyntaxError(
            f"Could not parse intrinsic function '{self.text}' at position {self.position}: {reason}"
        )

    def call(self, depth: int) -> Intrinsic:
        """Parse a call; `depth` is 1 for the outermost one."""
        start = self.position
        opening = self.match(_CALL)
        if not opening:
            raise self.error("expected a value or a call such as States.Array()")
        name = opening[1]
        if name not in FUNCTIONS:
            near = difflib.get_close_matches(name, FUNCTIONS, n=1)
            raise self.error(f"unknown function {name}." + (f" Did you mean {near[0]}?" if near else ""))
        if depth > MAX_NESTING:
            raise self.error(f"calls are nested more than {MAX_NESTING} deep")
        arguments = []
        if not self.skip(")"):
            arguments.append(self.argument(depth))
            while self.skip(","):
                arguments.append(self.argument(depth))
            if not self.skip(")"):
                raise self.error("expected ',' or ')'")
        return Intrinsic(self.text[start : self.position], name, tuple(arguments))

    def argument(self, depth: int) -> Literal | Path | Intrinsic:
        """Parse a literal, a path or a call."""
        if self.text.startswith("$", self.position):
            try:
                path, self.position = read_path(self.text, self.position)
            except PathSyntaxError as error:
                raise self.error(str(error)) from None
            return path
        string = self.match(_STRING)
        if string:
            return Literal(_ESCAPE.sub(r"\1", string[1]), string[1])
        plain = self.match(_NUMBER) or self.match(_WORD)
        if plain:
            value = json.loads(plain[0])
            return Literal(value, value)
        return self.call(depth + 1)
