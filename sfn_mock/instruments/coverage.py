"""Coverage of a definition: the parts that were taken, and the parts that never were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sfn_mock.asl.definition import parse_definition
from sfn_mock.asl.nodes import ChoiceState, FailState, MapState, ParallelState, Program, State, SucceedState
from sfn_mock.asl.steps import Step, StepKind
from sfn_mock.instruments.tables import table

_LABELS: dict[StepKind, str] = {
    "state": "",
    "transition": "Next",
    "choice": "Choices[{}]",
    "default": "Default",
    "catcher": "Catch[{}]",
    "retrier": "Retry[{}]",
}


class Part(NamedTuple):
    """A part of a definition that can be taken."""

    kind: StepKind
    state: str
    #: For a rule, catcher or retrier: its index in its list, from 0.
    number: int | None = None
    #: The state that it leads to; None for an end or a retrier.
    next: str | None = None

    def __str__(self) -> str:
        """Return the part as it is named in reports, such as ``Check: Choices[0] -> Ship``."""
        where = f"{self.state}: {self.label}" if self.label else self.state
        return where if self.next is None else f"{where} -> {self.next}"

    @property
    def label(self) -> str:
        """The field of the state, such as ``Choices[0]``; empty for the state itself."""
        if self.kind == "transition" and self.next is None:
            return "End"
        return _LABELS[self.kind].format(self.number)

    @property
    def key(self) -> PartKey:
        """The key of the part in the steps of runs."""
        return self.kind, self.state, self.number


PartKey = tuple[StepKind, str, int | None]


@lru_cache(maxsize=256)
def parts_of(definition: str) -> tuple[Part, ...]:
    """Return all parts of a definition, in its order; those of branches and processors follow their state.

    A retrier whose MaxAttempts is 0 does not count. A text that is not a definition is a ValueError.
    """
    return tuple(_parts(parse_definition(definition)))


def _parts(program: Program) -> Iterator[Part]:
    for state in program.states.values():
        yield Part("state", state.name)
        yield from transitions_of(state)
        for inner in inner_programs(state):
            yield from _parts(inner)


def transitions_of(state: State) -> Iterator[Part]:
    """Yield the transitions of a state, and its retriers."""
    if isinstance(state, ChoiceState):
        for number, rule in enumerate(state.choices):
            yield Part("choice", state.name, number, rule.next)
        if state.default is not None:
            yield Part("default", state.name, None, state.default)
    elif not isinstance(state, (SucceedState, FailState)):
        yield Part("transition", state.name, None, state.next)
    for number, catcher in enumerate(state.catch):
        yield Part("catcher", state.name, number, catcher.next)
    for number, retrier in enumerate(state.retry):
        if retrier.max_attempts > 0:
            yield Part("retrier", state.name, number)


def inner_programs(state: State) -> Sequence[Program]:
    """Return the branches of a Parallel state or the processor of a Map state; nothing for other states."""
    if isinstance(state, ParallelState):
        return state.branches
    return (state.processor,) if isinstance(state, MapState) else ()


def count_steps(steps: Iterable[Step]) -> Counter[PartKey]:
    """Count how often steps took each part."""
    return Counter((step.kind, step.state, step.number) for step in steps)


class Coverage:
    """The parts of one state machine's definition that executions and TestState took. ``str()`` is a table."""

    def __init__(self, name: str, definition: str, counts: Mapping[PartKey, int], runs: int) -> None:
        self._name = name
        self._definition = definition
        self._parts = parts_of(definition)
        self._counts = counts
        self._runs = runs

    @property
    def name(self) -> str:
        """The name of the state machine."""
        return self._name

    @property
    def definition(self) -> str:
        """The definition, as JSON text."""
        return self._definition

    @property
    def runs(self) -> int:
        """The number of executions that have run the definition."""
        return self._runs

    @property
    def counts(self) -> dict[str, int]:
        """How often each part, such as ``"Check: Choices[0] -> Ship"``, was taken, in the definition's order."""
        return {str(part): self._counts.get(part.key, 0) for part in self._parts}

    @property
    def taken(self) -> list[str]:
        """The parts that were taken, in the definition's order."""
        return [part for part, count in self.counts.items() if count]

    @property
    def missed(self) -> list[str]:
        """The parts that were never taken, in the definition's order."""
        return [part for part, count in self.counts.items() if not count]

    @property
    def percentage(self) -> float:
        """The percentage of parts that were taken."""
        return 100 * len(self.taken) / len(self._parts)

    def as_dict(self) -> dict[str, Any]:
        """Return a dict with name, runs, percentage and ``parts``."""
        parts = [{**part._asdict(), "taken": self._counts.get(part.key, 0)} for part in self._parts]
        return {"name": self.name, "runs": self.runs, "percentage": self.percentage, "parts": parts}

    def __str__(self) -> str:
        heading = f"{summary(self)}, runs: {self.runs}"
        rows = [(part, str(count) if count else "never") for part, count in self.counts.items()]
        return f"{heading}\n{table(('part', 'taken'), rows)}"

    def __repr__(self) -> str:
        return f"<Coverage {summary(self)}>"


def summary(coverage: Coverage) -> str:
    """Return how much of a definition was taken, in one line."""
    taken, missed = len(coverage.taken), len(coverage.missed)
    return f"{coverage.name}: {taken} of {taken + missed} parts taken, {coverage.percentage:.1f} %"


class CoverageReport:
    """The coverage of several state machines. ``str()`` has a line for each, and the parts never taken."""

    def __init__(self, machines: Sequence[Coverage]) -> None:
        self._machines = list(machines)

    @property
    def machines(self) -> list[Coverage]:
        """The coverage of each state machine, by name."""
        return list(self._machines)

    @property
    def percentage(self) -> float:
        """The percentage of parts of all state machines that were taken; 0 without a state machine."""
        parts = sum(len(coverage.counts) for coverage in self._machines)
        return 100 * sum(len(coverage.taken) for coverage in self._machines) / parts if parts else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return a dict with the percentage and, as ``machines``, the dict of each state machine's coverage."""
        return {"percentage": self.percentage, "machines": [coverage.as_dict() for coverage in self._machines]}

    def __str__(self) -> str:
        if not self._machines:
            return "No definition of a state machine was there to run."
        rows = [_row(coverage) for coverage in self._machines]
        parts = sum(len(coverage.counts) for coverage in self._machines)
        missed = sum(len(coverage.missed) for coverage in self._machines)
        rows.append(("all", "", str(parts), str(missed), f"{self.percentage:.1f} %"))
        lines = [table(("state machine", "runs", "parts", "missed", "taken"), rows)]
        for coverage in self._machines:
            lines += [f"{coverage.name}, never taken: {part}" for part in coverage.missed]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<CoverageReport of {len(self._machines)} state machines, {self.percentage:.1f} %>"


def _row(coverage: Coverage) -> tuple[str, ...]:
    parts = str(len(coverage.counts))
    return coverage.name, str(coverage.runs), parts, str(len(coverage.missed)), f"{coverage.percentage:.1f} %"
