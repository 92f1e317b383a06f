"""The parts of a parsed JSONPath, and how each finds its values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from sfn_mock.asl.filters import MISSING, OPERATORS
from sfn_mock.asl.path_functions import FUNCTIONS, NoResultError
from sfn_mock.asl.texts import java_class, java_text

#: More values than an input of the largest size has; repeated `..` steps could find far more.
_MOST_VALUES = 250_000
_PROVIDER = "com.jayway.jsonpath.spi.json.JacksonJsonProvider"


@dataclass(frozen=True)
class Name:
    """One member of an object: `.name` or `['name']`."""

    name: str
    is_definite = True

    def __str__(self) -> str:
        return f"['{self.name}']"

    def take(self, value: Any, location: str, rest: str) -> Any:
        """Return the member, or raise the error of a definite path; `rest` spells the steps that follow."""
        if not isinstance(value, dict):
            raise _not_an_object(self, value, location)
        if self.name not in value:
            kind = "Missing property in path" if rest else "No results for path:"
            raise NoResultError(f"{kind} {location}{self}")
        return value[self.name]

    def each(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the member if there is one."""
        if isinstance(value, dict) and self.name in value:
            yield value[self.name]


@dataclass(frozen=True)
class Names:
    """Several members: an object of them at the end of a path, one after the other before its end."""

    names: tuple[str, ...]
    is_definite: bool

    def __str__(self) -> str:
        return "[" + ",".join(f"'{name}'" for name in self.names) + "]"

    def take(self, value: Any, location: str, rest: str) -> Any:
        """Return an object of the members that exist."""
        if not isinstance(value, dict):
            raise _not_an_object(self, value, location)
        return {name: value[name] for name in self.names if name in value}

    def each(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield one object of the members, or each member."""
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

    def take(self, value: Any, location: str, rest: str) -> Any:
        """Return the element, or raise the error of a definite path."""
        if value is None:
            raise NoResultError(f"The path {location} is null")
        if not isinstance(value, list):
            context = java_text(value)
            raise NoResultError(f"Filter: {self} can only be applied to arrays. Current context is: {context}")
        for element in self.each(value, None):
            return element
        raise NoResultError(f"No results for path: {location}{self}{rest}")

    def each(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the element if there is one."""
        if isinstance(value, list) and -len(value) <= self.index < len(value):
            yield value[self.index]


@dataclass(frozen=True)
class Indexes:
    """Several elements of an array, in the order of the path."""

    indexes: tuple[Index, ...]
    is_definite = False

    def each(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield those of the elements that exist."""
        for index in self.indexes:
            yield from index.each(value, root)


@dataclass(frozen=True)
class Slice:
    """The elements of an array from a start up to, not including, a stop."""

    start: int | None
    stop: int | None
    is_definite = False

    def each(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the elements between both ends."""
        if isinstance(value, list):
            yield from value[self.start : self.stop]


@dataclass(frozen=True)
class Wildcard:
    """All members of an object or elements of an array."""

    is_definite = False

    def each(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the values directly below a value."""
        yield from _children(value)


@dataclass(frozen=True)
class Descent:
    """A step that is tried on a value and on all values below it: `..name`."""

    step: Step
    is_definite = False

    def each(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield what the step finds, parents before their children."""
        waiting = [value]
        while waiting:
            current = waiting.pop()
            # An array's elements come along by themselves, and would be found twice.
            if not (isinstance(self.step, Filter) and isinstance(current, list)):
                yield from self.step.each(current, root)
            waiting.extend(reversed(_children(current)))


@dataclass(frozen=True)
class Filter:
    """The elements of an array, or an object itself, that pass a test."""

    test: Test
    is_definite = False

    def each(self, value: Any, root: Any) -> Iterator[Any]:
        """Yield the values that pass."""
        if isinstance(value, dict):
            value = [value]
        if isinstance(value, list):
            for element in value:
                if self.test.passes(element, root):
                    yield element


Step = Name | Names | Index | Indexes | Slice | Wildcard | Descent | Filter


@dataclass(frozen=True)
class Query:
    """Steps that lead from a value to others, and a function of what they find.

    Attributes:
        steps: The steps in their order.
        function: The name of the function that ends the path, as in `$.items.length()`.
    """

    steps: tuple[Step, ...]
    function: str | None = None

    @property
    def is_definite(self) -> bool:
        """Whether the path names one value; others give lists."""
        return self.function is not None or self._names_one

    @property
    def _names_one(self) -> bool:
        return all(step.is_definite for step in self.steps)

    def find(self, value: Any, root: Any) -> Any:
        """Return the value of a definite path or the list of all that an indefinite one finds.

        Raises:
            NoResultError: If a definite path leads to nothing.
        """
        found = self._one(value) if self._names_one else self._all(value, root)
        return found if self.function is None else FUNCTIONS[self.function](found)

    def _one(self, value: Any) -> Any:
        for step, location, rest in self._places:
            value = step.take(value, location, rest)
        return value

    @cached_property
    def _places(self) -> list[tuple[Name | Names | Index, str, str]]:
        """Each step with the path before it and the path after it, as errors spell them."""
        steps = [step for step in self.steps if isinstance(step, (Name, Names, Index))]
        texts = [*map(str, steps), "" if self.function is None else f".{self.function}()"]
        return [
            (step, "$" + "".join(texts[:position]), "".join(texts[position + 1 :]))
            for position, step in enumerate(steps)
        ]

    def _all(self, value: Any, root: Any) -> list[Any]:
        values = [value]
        for step in self.steps:
            found = (found for each in values for found in step.each(each, root))
            values = list(islice(found, _MOST_VALUES + 1))
            if len(values) > _MOST_VALUES:
                raise NoResultError(f"The path finds more than {_MOST_VALUES} values")
        return values


@dataclass(frozen=True)
class Literal:
    """A value that stands in a filter itself; a regular expression stands as its pattern."""

    value: Any

    def of(self, current: Any, root: Any) -> Any:
        """Return the value."""
        return self.value


@dataclass(frozen=True)
class Reference:
    """A path within a filter, from the current value (`@`) or from the root (`$`)."""

    query: Query
    is_relative: bool

    def of(self, current: Any, root: Any) -> Any:
        """Return the path's value, or MISSING."""
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
        """Return whether the comparison holds for a value."""
        return OPERATORS[self.operator](self.left.of(current, root), self.right.of(current, root))


@dataclass(frozen=True)
class Presence:
    """A path that must lead somewhere: `[?(@.name)]`."""

    reference: Reference

    def passes(self, current: Any, root: Any) -> bool:
        """Return whether the path has a value, null included."""
        return self.reference.of(current, root) is not MISSING


@dataclass(frozen=True)
class Negation:
    """A test that must fail."""

    test: Test

    def passes(self, current: Any, root: Any) -> bool:
        """Return whether the inner test fails."""
        return not self.test.passes(current, root)


@dataclass(frozen=True)
class Every:
    """Tests joined by `&&`."""

    tests: tuple[Test, ...]

    def passes(self, current: Any, root: Any) -> bool:
        """Return whether all tests pass."""
        return all(test.passes(current, root) for test in self.tests)


@dataclass(frozen=True)
class Some:
    """Tests joined by `||`."""

    tests: tuple[Test, ...]

    def passes(self, current: Any, root: Any) -> bool:
        """Return whether one test passes."""
        return any(test.passes(current, root) for test in self.tests)


Test = Comparison | Presence | Negation | Every | Some


def _not_an_object(step: Name | Names, value: Any, location: str) -> NoResultError:
    return NoResultError(
        f"Expected to find an object with property {step} in path {location} but found '{java_class(value)}'. "
        f"This is not a json object according to the JsonProvider: '{_PROVIDER}'."
    )


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
