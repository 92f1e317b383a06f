"""Count the parts that runs took, for one mock or for all mocks of a pytest session.

Definitions are counted together if their state machines have the same name and they have the same parts: they may
differ in parameters and ARNs, but not in a state, a rule or a catcher.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from operator import attrgetter
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sfn_mock.asl.steps import Step
from sfn_mock.instruments.coverage import Coverage, CoverageReport, Part, PartKey, count_steps, parts_of
from sfn_mock.state.records import Records
from sfn_mock.state.revisions import DEFAULT_DEFINITION

#: The name, in reports, of definitions that only TestState has run.
_TESTED_ALONE = "(TestState alone)"

#: Name of the state machine, None for TestState; and the definition's parts.
_Key = tuple[str | None, tuple[Part, ...]]


class _Taken:
    """The counts of one definition."""

    def __init__(self, definition: str) -> None:
        self.definition = definition
        self.counts: Counter[PartKey] = Counter()
        self.runs = 0


class _Source(NamedTuple):
    """The steps of a run or of TestState; their number can grow."""

    origin: object
    name: str | None
    definition: str
    steps: list[Step]


class CoverageLog:
    """The counts of each definition so far."""

    def __init__(self) -> None:
        self._taken: dict[_Key, _Taken] = {}
        #: The steps of each run that are counted already.
        self._counted: WeakKeyDictionary[object, Counter[PartKey]] = WeakKeyDictionary()

    def note(self, records: Records, until: int | None = None) -> None:
        """Count the steps of all runs of records, up to a moment if one is given; each step counts once.

        Definitions that never ran are noted too, unless it is the default definition of seeds.
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
        """Return the counts of a definition; ValueError if the text is not a definition."""
        return self._taken.setdefault((name, parts_of(definition)), _Taken(definition))

    def report(self) -> CoverageReport:
        """Return the coverage of all definitions, by name."""
        named = {parts for name, parts in self._taken if name is not None}
        coverages = [
            Coverage(_TESTED_ALONE, taken.definition, taken.counts, 0)
            if name is None
            else self.coverage(name, taken.definition)
            for (name, parts), taken in self._taken.items()
            if name is not None or parts not in named
        ]
        return CoverageReport(sorted(coverages, key=attrgetter("name")))

    def coverage(self, name: str, definition: str) -> Coverage:
        """Return the coverage of one state machine's definition; ValueError if the text is not a definition."""
        parts = parts_of(definition)
        taken = self._taken.get((name, parts)) or _Taken(definition)
        tested = self._taken.get((None, parts)) or _Taken(definition)
        return Coverage(name, definition, taken.counts + tested.counts, taken.runs)

    # --- Exchange between processes ----------------------------------------------------------------------------------

    def as_data(self) -> list[Any]:
        """Return the counts as JSON values."""
        return [
            [name, taken.definition, taken.runs, [[*key, count] for key, count in taken.counts.items()]]
            for (name, _), taken in self._taken.items()
        ]

    def add_data(self, data: list[Any]) -> None:
        """Add the counts of another process."""
        for name, definition, runs, counts in data:
            taken = self._of(name, definition)
            taken.runs += runs
            taken.counts.update({(kind, state, number): count for kind, state, number, count in counts})


def _sources(records: Records) -> Iterator[_Source]:
    for execution, run in list(records.schedule.runs.items()):
        yield _Source(run, execution.state_machine.name, execution.revision.definition, list(run.steps()))
    for definition, tests in list(records.state_tests.items()):
        yield _Source(tests, None, definition, tests.steps)
