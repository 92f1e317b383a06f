"""The coverage of all mocks of a process, which the pytest plugin asks for."""

from __future__ import annotations

from sfn_mock.instruments.coverage_log import CoverageLog
from sfn_mock.state.records import Records


class SessionCoverage:
    """Counts the parts that runs take, until it is stopped. If there are several, the innermost counts."""

    def __init__(self) -> None:
        self.log = CoverageLog()
        #: Records that have not ended, by id.
        self._followed: dict[int, Records] = {}

    def start(self) -> None:
        """Count from now on."""
        _active.append(self)

    def stop(self) -> None:
        """Count the runs of records that have not ended, and stop."""
        _active.remove(self)
        for records in self._followed.values():
            with records.locked():
                self.log.note(records)
        self._followed.clear()

    def follow(self, records: Records) -> None:
        """Count the runs of new records, too."""
        self._followed[id(records)] = records

    def leave(self, records: Records) -> None:
        """Count the runs of records that end or are about to be emptied."""
        with records.locked_soon():
            self.log.note(records)
        self._followed.pop(id(records), None)


#: For the whole process: one coverage counts what many mocks run, one after the other.
_active: list[SessionCoverage] = []


def follow(records: Records) -> None:
    """Count the runs of new records, if coverage is on."""
    for coverage in _active[-1:]:
        coverage.follow(records)


def leave(records: Records) -> None:
    """Count the runs of records that end or are about to be emptied, if coverage is on."""
    for coverage in _active[-1:]:
        coverage.leave(records)
