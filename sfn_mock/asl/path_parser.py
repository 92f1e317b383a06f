"""Parse JSONPath."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, TypeVar

from sfn_mock.asl.filters import OPERATORS
from sfn_mock.asl.path_functions import FUNCTIONS
from sfn_mock.asl.path_nodes import (
    Comparison,
    Conjunction,
    Descent,
    Disjunction,
    Filter,
    Index,
    Indexes,
    Literal,
    Name,
    Names,
    Negation,
    Operand,
    Presence,
    Query,
    Reference,
    Slice,
    Step,
    Test,
    Wildcard,
)
from sfn_mock.asl.path_regexes import PathRegex
from sfn_mock.asl.scanner import Scanner

_T = TypeVar("_T")

_VARIABLE = re.compile(r"[^\W\d]\w*")
_INTEGER = re.compile(r"-?[0-9]{1,10}")
_SLICE = re.compile(r"(-?[0-9]{1,10})?\s*:\s*(-?[0-9]{1,10})?\s*(?=\])")
_FUNCTION = re.compile(r"(\w+)\(\s*\)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_REGEX = re.compile(r"/((?:[^/\\]|\\.)*)/([imsx]*)")
_UNESCAPED = {"'": re.compile(r"[^'\\]+"), '"': re.compile(r'[^"\\]+')}
_WORDS = {"true": True, "false": False, "null": None}
_OPERATOR = re.compile("|".join(f"{name}\\b" if name.isalpha() else re.escape(name) for name in OPERATORS))
#: A name without quotes: in a path on its own, in the arguments of a call, and in a filter.
PLAIN_NAME = re.compile(r"(?:[^.\[( \\]+|\\.|\\\Z)+", re.DOTALL)
NAME_IN_CALL = re.compile(r"(?:[^.\[( ),\t\r\n\\]+|\\.|\\\Z)+", re.DOTALL)
_NAME_IN_FILTER = re.compile(r"(?:[^.\[( ),\t\r\n\]=!<>&|\\]+|\\.|\\\Z)+", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MAX_FILTER_DEPTH = 50


class PathSyntaxError(ValueError):
    """A text is not a JSONPath, or not a Reference Path; the message is AWS's reason."""


class PathParser(Scanner):
    """Parses a path from left to right."""

    def __init__(self, text: str, position: int = 0) -> None:
        super().__init__(text, position)
        self.depth = 0

    def skip(self, token: str) -> bool:
        """Skip a token if it comes next; return whether it did."""
        if not self.text.startswith(token, self.position):
            return False
        self.position += len(token)
        return True

    def expect(self, token: str) -> None:
        """Skip a token; raise PathSyntaxError if something else comes next."""
        if not self.skip(token):
            raise self.error(f"expected '{token}'")

    def expect_end(self) -> None:
        """Raise PathSyntaxError unless the whole text was parsed."""
        if self.position != len(self.text):
            raise self.error("unexpected text")

    def skip_blanks(self) -> None:
        """Skip white space."""
        while self.text[self.position : self.position + 1].isspace():
            self.position += 1

    def error(self, reason: str) -> PathSyntaxError:
        """Return a PathSyntaxError that names the current position."""
        return PathSyntaxError(f"Could not parse path '{self.text}' at position {self.position}: {reason}")

    def root(self) -> tuple[str | None, bool]:
        """Parse the root of a path; return the name of a variable or None, and whether it is the context object."""
        if not self.skip("$"):
            raise PathSyntaxError("Path must start with '$'")
        if self.skip("$"):
            return None, True
        variable = self.match(_VARIABLE)
        return variable[0] if variable else None, False

    def query(self, name: re.Pattern[str]) -> Query:
        """Parse all steps that follow; `name` matches a name without quotes."""
        steps: list[Step] = []
        while self.text[self.position : self.position + 1] in (".", "["):
            if self.skip(".."):
                steps.append(Descent(self.bracket_step() if self.skip("[") else self.dotted_step(name)))
            elif self.skip("["):
                steps.append(self.bracket_step())
            else:
                self.expect(".")
                function = self.match(_FUNCTION)
                if function:
                    return Query(_with_definite_end(steps), self.known_function(function[1]))
                steps.append(self.bracket_step() if self.skip("[") else self.dotted_step(name))
        return Query(_with_definite_end(steps))

    def known_function(self, name: str) -> str:
        """Return the name of a function; raise PathSyntaxError if there is no such function."""
        if name not in FUNCTIONS:
            raise self.error(f"unknown function '{name}'")
        return name

    def dotted_step(self, name: re.Pattern[str]) -> Step:
        """Parse what follows a dot: `*` or a name, in which a backslash escapes the next character."""
        if self.skip("*"):
            return Wildcard()
        found = self.match(name)
        if not found:
            raise self.error("expected a name")
        return Name(_ESCAPE.sub(r"\1", found[0]))

    def bracket_step(self) -> Step:
        """Parse the step in brackets and the closing bracket."""
        self.skip_blanks()
        step = self.bracket_content()
        self.skip_blanks()
        self.expect("]")
        return step

    def bracket_content(self) -> Step:
        """Parse the content of brackets."""
        if self.skip("*"):
            return Wildcard()
        if self.skip("?"):
            self.skip_blanks()
            self.expect("(")
            test = self.disjunction()
            self.expect(")")
            return Filter(test)
        if self.text[self.position : self.position + 1] in ("'", '"'):
            name, *names = self.comma_separated(self.quoted)
            return Names((name, *names), is_definite=False) if names else Name(name)
        bounds = self.match(_SLICE)
        if bounds:
            start, stop = (int(bound) if bound else None for bound in bounds.groups())
            return Slice(start, stop)
        index, *indexes = self.comma_separated(self.array_index)
        return Indexes((index, *indexes)) if indexes else index

    def comma_separated(self, read: Callable[[], _T]) -> tuple[_T, ...]:
        """Parse one or more things that commas separate."""
        things = [read()]
        self.skip_blanks()
        while self.skip(","):
            self.skip_blanks()
            things.append(read())
            self.skip_blanks()
        return tuple(things)

    def array_index(self) -> Index:
        """Parse an array index."""
        number = self.match(_INTEGER)
        if not number:
            raise self.error("expected a quoted name, an index, a slice, '*' or '?'")
        return Index(int(number[0]))

    def quoted(self) -> str:
        """Parse a quoted string; a backslash escapes only the quote and another backslash."""
        quote = self.text[self.position : self.position + 1]
        if quote not in ("'", '"'):
            raise self.error("expected a quoted name")
        characters = []
        self.position += 1
        while not self.skip(quote):
            plain = self.match(_UNESCAPED[quote])
            if plain:
                characters.append(plain[0])
            elif self.skip("\\" + quote):
                characters.append(quote)
            elif self.skip("\\\\") or self.skip("\\"):
                characters.append("\\")
            else:
                raise self.error(f"expected {quote}")
        return "".join(characters)

    def disjunction(self) -> Test:
        """Parse tests joined by `||`."""
        self.depth += 1
        if self.depth > _MAX_FILTER_DEPTH:
            raise self.error(f"filters are nested more than {_MAX_FILTER_DEPTH} deep")
        test, others = self.conjunction(), []
        while self.skip("||"):
            others.append(self.conjunction())
        self.depth -= 1
        return Disjunction((test, *others)) if others else test

    def conjunction(self) -> Test:
        """Parse tests joined by `&&`."""
        test, others = self.test(), []
        while self.skip("&&"):
            others.append(self.test())
        return Conjunction((test, *others)) if others else test

    def test(self) -> Test:
        """Parse one test and the white space around it."""
        self.skip_blanks()
        negations = 0
        while self.skip("!"):
            self.skip_blanks()
            negations += 1
        if self.skip("("):
            test = self.disjunction()
            self.expect(")")
        else:
            test = self.comparison()
        self.skip_blanks()
        return Negation(test) if negations % 2 else test

    def comparison(self) -> Test:
        """Parse a comparison, or a path whose presence is tested."""
        left = self.operand()
        self.skip_blanks()
        operator = self.match(_OPERATOR)
        if operator:
            self.skip_blanks()
            right = Literal(self.regex()) if operator[0] == "=~" else self.operand()
            return Comparison(left, operator[0], right)
        if isinstance(left, Literal):
            raise self.error("expected an operator")
        return Presence(left)

    def operand(self) -> Operand:
        """Parse a path or a literal."""
        if self.skip("@"):
            return Reference(self.query(_NAME_IN_FILTER), is_relative=True)
        if self.skip("$"):
            return Reference(self.query(_NAME_IN_FILTER), is_relative=False)
        return Literal(self.literal())

    def literal(self) -> Any:
        """Parse a literal: a scalar or an array of scalars."""
        if self.skip("["):
            self.skip_blanks()
            values = () if self.text.startswith("]", self.position) else self.comma_separated(self.scalar)
            self.expect("]")
            return list(values)
        return self.scalar()

    def scalar(self) -> Any:
        """Parse a string, a number, true, false or null."""
        if self.text[self.position : self.position + 1] in ("'", '"'):
            return self.quoted()
        for word, value in _WORDS.items():
            if self.skip(word):
                return value
        number = self.match(_NUMBER)
        if not number:
            raise self.error("expected a value")
        return json.loads(number[0])

    def regex(self) -> PathRegex:
        """Parse a regular expression between slashes and its flags."""
        match = self.match(_REGEX)
        if not match:
            raise self.error("expected a regular expression such as /a.*/")
        try:
            return PathRegex(match[1], match[2])
        except (re.error, OverflowError, RecursionError) as error:
            raise self.error(f"bad regular expression: {error}") from None


def _with_definite_end(steps: list[Step]) -> tuple[Step, ...]:
    """Return the steps; several names at the end select one object, so that the path stays definite."""
    if steps and isinstance(steps[-1], Names):
        return (*steps[:-1], Names(steps[-1].names, is_definite=True))
    return tuple(steps)
