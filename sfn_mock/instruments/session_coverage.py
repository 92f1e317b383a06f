"""The coverage of all mocks of a process, which the pytest plugin asks for."""

from __future__ import annotations

from sfn_mock.instruments.coverage_log import CoverageLog
from sfn_mock.state.records import Records


class SessionCoverage:
    """Counts what runs take until it is stopped. Of several, the innermost counts."""

    def __init__(self) -> None:
        self.log = CoverageLog()
        #: Records that have not ended, by id.
        self._followed: dict[int, Records] = {}

    def start(self) -> None:
        """Count from now on."""
        _active.append(self)

    def stop(self) -> None:
        """Count what the records that have not ended hold, and nothing later."""
        _active.remove(self)
        for records in self._followed.values():
            with records.locked():
                self.log.note(records)
        self._followed.clear()

    def follow(self, records: Records) -> None:
        """Learn of new records."""
        self._followed[id(records)] = records

    def leave(self, records: Records) -> None:
        """Count what records hold that come to their end, or are about to lose what they hold."""
        with records.locked_soon():
            self.log.note(records)
        self._followed.pop(id(records), None)


#: For the whole process: one coverage counts what many mocks run, one after the other.
_active: list[SessionCoverage] = []


def follow(records: Records) -> None:
    """Have new records counted, if anybody counts."""
    for coverage in _active[-1:]:
        coverage.follow(records)


def leave(records: Records) -> None:
    """Have records counted that come to their end, or are about to lose what they hold, if anybody counts."""
    for coverage in _active[-1:]:
        coverage.leave(records)
