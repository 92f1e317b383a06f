"""The nodes of a parsed JSONPath; each selects values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from sfn_mock.asl.filters import MISSING, OPERATORS
from sfn_mock.asl.path_functions import FUNCTIONS, NoResultError, combine
from sfn_mock.asl.texts import java_class, java_text

#: The most values that a path may find. The largest input has fewer, but repeated `..` steps find some many times.
_MOST_VALUES = 250_000
_PROVIDER = "com.jayway.jsonpath.spi.json.JacksonJsonProvider"


@dataclass(frozen=True)
class Name:
    """One member of an object: `.name` or `['name']`."""

    name: str
    is_definite = True

    def __str__(self) -> str:
        return f"['{self.name}']"

    def select_one(self, value: Any, location: str, rest: str) -> Any:
        """Return the member, or raise NoResultError.

        Args:
            value: The value to take the member of.
            location: The text of the path before this step.
            rest: The text of the path after this step.
        """
        if not isinstance(value, dict):
            raise _not_an_object(self, value, location)
        if self.name not in value:
            kind = "Missing property in path" if rest else "No results for path:"
            raise NoResultError(f"{kind} {location}{self}")
        return value[self.name]

    def select(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the member if the value has it."""
        if isinstance(value, dict) and self.name in value:
            yield value[self.name]


@dataclass(frozen=True)
class Names:
    """Several members of an object: `['a','b']`.

    At the end of a path they form one object (`is_definite`); before the end each is a value.
    """

    names: tuple[str, ...]
    is_definite: bool

    def __str__(self) -> str:
        return "[" + ",".join(f"'{name}'" for name in self.names) + "]"

    def select_one(self, value: Any, location: str, rest: str) -> Any:
        """Return an object of the existing members, or raise NoResultError; see `Name`."""
        if not isinstance(value, dict):
            raise _not_an_object(self, value, location)
        return {name: value[name] for name in self.names if name in value}

    def select(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield an object of the existing members, or each of them."""
        if isinstance(value, dict):
            found = {name: value[name] for name in self.names if name in value}
            yield from [found] if self.is_definite else found.values()


@dataclass(frozen=True)
class Index:
    """One element of an array; a negative number counts from the end."""

    index: int
    is_definite = True

    def __str__(self) -> str:
        return f"[{self.index}]"

    def select_one(self, value: Any, location: str, rest: str) -> Any:
        """Return the element, or raise NoResultError; see `Name`."""
        if value is None:
            raise NoResultError(f"The path {location} is null")
        if not isinstance(value, list):
            context = java_text(value)
            raise NoResultError(f"Filter: {self} can only be applied to arrays. Current context is: {context}")
        for element in self.select(value, None):
            return element
        raise NoResultError(f"No results for path: {location}{self}{rest}")

    def select(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the element if the array has it."""
        if isinstance(value, list) and -len(value) <= self.index < len(value):
            yield value[self.index]


@dataclass(frozen=True)
class Indexes:
    """Several elements of an array, in the order of the path: `[0,2]`."""

    indexes: tuple[Index, ...]
    is_definite = False

    def select(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the existing elements."""
        for index in self.indexes:
            yield from index.select(value, root)


@dataclass(frozen=True)
class Slice:
    """The elements of an array from a start up to, but not including, a stop: `[1:3]`."""

    start: int | None
    stop: int | None
    is_definite = False

    def select(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the elements in the slice.

        AWS's path library takes a negative start that has a stop as an index: `[-2:4]` goes on with the first element
        after the last one, and `[1:-1]` is empty.
        """
        if not isinstance(value, list):
            return
        if self.start is None or self.stop is None:
            yield from value[self.start : self.stop]
        else:
            for index in range(max(self.start, -len(value)), min(self.stop, len(value))):
                yield value[index]


@dataclass(frozen=True)
class Wildcard:
    """All members of an object or elements of an array: `*`."""

    is_definite = False

    def select(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the members or elements of a value."""
        yield from _children(value)


@dataclass(frozen=True)
class Descent:
    """A step that is applied to a value and to all values inside it: `..name`."""

    step: Step
    is_definite = False

    def select(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the values that the step selects, those of parents before those of children."""
        waiting = [value]
        while waiting:
            current = waiting.pop()
            # A filter is applied to each element later; applied to the array too, it would find the element twice.
            if not (isinstance(self.step, Filter) and isinstance(current, list)):
                yield from self.step.select(current, root)
            waiting.extend(reversed(_children(current)))


@dataclass(frozen=True)
class Filter:
    """The elements of an array that pass a test, or an object that passes it: `[?(@.price < 10)]`."""

    test: Test
    is_definite = False

    def select(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the values that pass the test."""
        if isinstance(value, dict):
            value = [value]
        if isinstance(value, list):
            for element in value:
                if self.test.passes(element, root):
                    yield element


Step = Name | Names | Index | Indexes | Slice | Wildcard | Descent | Filter


@dataclass(frozen=True)
class Query:
    """The part of a path after its root: steps, and perhaps a function.

    Attributes:
        steps: The steps in order.
        function: The name of the function at the end of the path, such as `length` in `$.items.length()`. It is applied
            to each value that the steps find.
    """

    steps: tuple[Step, ...]
    function: str | None = None

    @property
    def is_definite(self) -> bool:
        """Whether the path finds a single value rather than a list."""
        return self._is_singular or self._combines

    @property
    def _combines(self) -> bool:
        """Whether a function is applied to all found values at once: after a path that begins with `..`."""
        return self.function is not None and isinstance(self.steps[0], Descent)

    @property
    def _is_singular(self) -> bool:
        return all(step.is_definite for step in self.steps)

    def find(self, value: Any, root: Any) -> Any:
        """Return the value at a definite path, or the list of values that an indefinite one finds.

        Args:
            value: The value that the steps start from.
            root: The value of `$` in filters.

        Raises:
            NoResultError: If a definite path finds nothing, or an indefinite one too many values.
        """
        found = self._find_one(value) if self._is_singular else self._find_all(value, root)
        if self.function is None:
            return found
        if self._combines:
            return combine(self.function, found, value)
        function = FUNCTIONS[self.function]
        return function(found) if self._is_singular else [function(each) for each in found]

    def _find_one(self, value: Any) -> Any:
        for step, location, rest in self._located_steps:
            value = step.select_one(value, location, rest)
        return value

    @cached_property
    def _located_steps(self) -> list[tuple[Name | Names | Index, str, str]]:
        """Each step with the text of the path before it and after it, for errors."""
        steps = [step for step in self.steps if isinstance(step, (Name, Names, Index))]
        texts = [*map(str, steps), "" if self.function is None else f".{self.function}()"]
        return [
            (step, "$" + "".join(texts[:position]), "".join(texts[position + 1 :]))
            for position, step in enumerate(steps)
        ]

    def _find_all(self, value: Any, root: Any) -> list[Any]:
        values = [value]
        for step in self.steps:
            found = (found for each in values for found in step.select(each, root))
            values = list(islice(found, _MOST_VALUES + 1))
            if len(values) > _MOST_VALUES:
                raise NoResultError(f"The path finds more than {_MOST_VALUES} values")
        return values


@dataclass(frozen=True)
class Literal:
    """A literal value in a filter; also the pattern of a regular expression."""

    value: Any

    def evaluate(self, current: Any, root: Any) -> Any:
        """Return the value."""
        return self.value


@dataclass(frozen=True)
class Reference:
    """A path in a filter, which starts at the current value (`@`) or at the root (`$`)."""

    query: Query
    is_relative: bool

    def evaluate(self, current: Any, root: Any) -> Any:
        """Return the value at the path, MISSING if it finds nothing."""
        try:
            return self.query.find(current if self.is_relative else root, root)
        except NoResultError:
            return MISSING


Operand = Literal | Reference


@dataclass(frozen=True)
class Comparison:
    """Two operands and the operator between them."""

    left: Operand
    operator: str
    right: Operand

    def passes(self, current: Any, root: Any) -> bool:
        """Return whether the comparison is true."""
        return OPERATORS[self.operator](self.left.evaluate(current, root), self.right.evaluate(current, root))


@dataclass(frozen=True)
class Presence:
    """A test whether a path finds a value: `[?(@.name)]`."""

    reference: Reference

    def passes(self, current: Any, root: Any) -> bool:
        """Return whether the path finds a value, which may be null."""
        return self.reference.evaluate(current, root) is not MISSING


@dataclass(frozen=True)
class Negation:
    """A negated test: `!`."""

    test: Test

    def passes(self, current: Any, root: Any) -> bool:
        """Return whether the inner test fails."""
        return not self.test.passes(current, root)


@dataclass(frozen=True)
class Conjunction:
    """Tests joined by `&&`."""

    tests: tuple[Test, ...]

    def passes(self, current: Any, root: Any) -> bool:
        """Return whether all tests pass."""
        return all(test.passes(current, root) for test in self.tests)


@dataclass(frozen=True)
class Disjunction:
    """Tests joined by `||`."""

    tests: tuple[Test, ...]

    def passes(self, current: Any, root: Any) -> bool:
        """Return whether any test passes."""
        return any(test.passes(current, root) for test in self.tests)


Test = Comparison | Presence | Negation | Conjunction | Disjunction


def _not_an_object(step: Name | Names, value: Any, location: str) -> NoResultError:
    return NoResultError(
        f"Expected to find an object with property {step} in path {location} but found '{java_class(value)}'. "
        f"This is not a json object according to the JsonProvider: '{_PROVIDER}'."
    )


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
