"""What runs took, joined over records: those of one mock, or those of all mocks of a pytest session.

Definitions are joined by the name of their state machine and their parts: two that differ in parameters or ARNs alone
are one, two that differ in a state, a rule or a catcher are not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sfn_mock.asl.steps import Step
from sfn_mock.instruments.coverage import Coverage, CoverageReport, Part, PartKey, count_steps, parts_of
from sfn_mock.state.records import Records
from sfn_mock.state.revisions import DEFAULT_DEFINITION

#: The name in reports of definitions of which TestState has run a state, and that no state machine has.
_TESTED_ALONE = "(TestState alone)"

#: Name of the state machine, None for TestState; and the definition's parts.
_Key = tuple[str | None, tuple[Part, ...]]


class _Taken:
    """What was taken of one definition."""

    def __init__(self, definition: str) -> None:
        self.definition = definition
        self.counts: Counter[PartKey] = Counter()
        self.runs = 0


class _Source(NamedTuple):
    """Steps of a run, or of TestState, that go on being taken."""

    origin: object
    name: str | None
    definition: str
    steps: list[Step]


class CoverageLog:
    """What was taken of each definition so far."""

    def __init__(self) -> None:
        self._taken: dict[_Key, _Taken] = {}
        #: What was counted already, of each run.
        self._counted: WeakKeyDictionary[object, Counter[PartKey]] = WeakKeyDictionary()

    def note(self, records: Records, until: int | None = None) -> None:
        """Count what the runs of records have taken by a moment, or ever; what was counted before counts once.

        Machines whose definition never ran are noted, too, unless it is the one that a seed has by default.
        """
        for machine in list(records.state_machines.values()):
            if machine.revision.definition != DEFAULT_DEFINITION:
                with suppress(ValueError):
                    self._of(machine.name, machine.revision.definition)
        for source in _sources(records):
            taken = self._of(source.name, source.definition)
            steps = [step for step in source.steps if until is None or step.moment <= until]
            counts = count_steps(steps)
            before = self._counted.get(source.origin)
            if before is None:
                before = Counter()
                taken.runs += source.name is not None
            taken.counts += counts - before
            self._counted[source.origin] = before | counts

    def _of(self, name: str | None, definition: str) -> _Taken:
        """Return what was taken of a definition; raise ValueError for a text that is none."""
        return self._taken.setdefault((name, parts_of(definition)), _Taken(definition))

    def report(self) -> CoverageReport:
        """Return the coverage of all definitions, by name."""
        tested = {parts: taken.counts for (name, parts), taken in self._taken.items() if name is None}
        coverages = []
        covered = set()
        for (name, parts), taken in self._taken.items():
            if name is not None:
                covered.add(parts)
                counts = taken.counts + tested.get(parts, Counter())
                coverages.append(Coverage(name, taken.definition, counts, taken.runs))
        for (name, parts), taken in self._taken.items():
            if name is None and parts not in covered:
                coverages.append(Coverage(_TESTED_ALONE, taken.definition, taken.counts, 0))
        return CoverageReport(sorted(coverages, key=_name))

    def coverage(self, name: str, definition: str) -> Coverage:
        """Return the coverage of one state machine's definition.

        Raises:
            ValueError: The text is no definition.
        """
        parts = parts_of(definition)
        taken = self._taken.get((name, parts)) or _Taken(definition)
        tested = self._taken.get((None, parts)) or _Taken(definition)
        return Coverage(name, definition, taken.counts + tested.counts, taken.runs)

    # --- From process to process -------------------------------------------------------------------------------------

    def as_data(self) -> list[Any]:
        """Return what was counted, made of what JSON knows."""
        return [
            [name, taken.definition, taken.runs, [[*key, count] for key, count in taken.counts.items()]]
            for (name, _), taken in self._taken.items()
        ]

    def add_data(self, data: list[Any]) -> None:
        """Add what the log of another process has given."""
        for name, definition, runs, counts in data:
            taken = self._of(name, definition)
            taken.runs += runs
            taken.counts.update({(kind, state, number): count for kind, state, number, count in counts})


def _name(coverage: Coverage) -> str:
    return coverage.name


def _sources(records: Records) -> Iterator[_Source]:
    for execution, run in list(records.runs.items()):
        yield _Source(run, execution.state_machine.name, execution.revision.definition, list(run.steps()))
    for definition, tests in list(records.state_tests.items()):
        yield _Source(tests, None, definition, tests.steps)
