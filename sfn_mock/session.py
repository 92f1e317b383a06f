"""The state of one active mock: its records, and the instruments that watch its calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from moto.core.models import botocore_stubber
from moto.stepfunctions.models import stepfunctions_backends

from sfn_mock.instruments import session_coverage
from sfn_mock.instruments.calls import CallLog
from sfn_mock.instruments.faults import Faults
from sfn_mock.instruments.guard import Guard
from sfn_mock.instruments.paging_check import PagingCheck
from sfn_mock.models import SFNBackend
from sfn_mock.operations.pipeline import RecordsOf, Service
from sfn_mock.state import clock
from sfn_mock.state.records import ExecutionScope, Records
from sfn_mock.state.savepoints import Savepoint
from sfn_mock.state.seed_warnings import NaiveDateCheck
from sfn_mock.state.simulation import NO_SIMULATION, Simulation
from sfn_mock.state.task_mocks import TaskMocks

_T = TypeVar("_T")
#: Gives the backend of an account and region, which stands behind moto too while the mock is active.
BackendOf = Callable[[str, str], SFNBackend]


class Instruments(NamedTuple):
    """The faults, the record of calls and the task mocks of a mock."""

    faults: Faults
    call_log: CallLog
    task_mocks: TaskMocks


def new_instruments() -> Instruments:
    """Return instruments without any entries."""
    return Instruments(Faults(), CallLog(), TaskMocks())


class Session:
    """One active mock, from its first start to its last stop.

    Seeds belong to its account and region, calls to its account. If it ``executes``, started executions run their
    definitions.
    """

    def __init__(
        self,
        account_id: str,
        region: str,
        paging: PagingCheck,
        guard: Guard,
        *,
        simulation: Simulation = NO_SIMULATION,
        executes: bool = False,
    ) -> None:
        self.account_id = account_id
        self.region = region
        self.paging = paging
        self.guard = guard
        self.simulation = simulation
        self.executes = executes
        self.faults, self.call_log, self.task_mocks = self._instruments()
        self._naive_dates = NaiveDateCheck()
        #: URLs of its servers, the innermost last.
        self.endpoint_urls: list[str] = []
        self.closed = False
        self._backends: dict[tuple[str, str], SFNBackend] = {}

    def _instruments(self) -> Instruments:
        return new_instruments()

    def service(self) -> Service:
        """Return the service that answers calls."""
        return Service(records_of(self.backend), self.faults, self.call_log, self.paging, all_records=self.all_records)

    def backend(self, account_id: str | None = None, region: str | None = None) -> SFNBackend:
        """Return the backend of an account and region, by default the mock's own; it is made on first use."""
        self.check_open()
        key = (account_id or self.account_id, region or self.region)
        if key not in self._backends:
            backend = SFNBackend(key[1], key[0])
            backend.hold(self.simulation, self.task_mocks, self._naive_dates)
            # Two threads that arrive at once both get the first one's backend.
            self._backends.setdefault(key, backend)
        return self._backends[key]

    def backends(self) -> list[SFNBackend]:
        """Return the backends made so far."""
        return list(self._backends.values())

    def records(self, account_id: str | None = None, region: str | None = None) -> Records:
        """Return the records of an account and region, by default the mock's own."""
        return self.backend(account_id, region).records

    def all_records(self) -> list[Records]:
        """Return the records of every account and region, none of them locked."""
        return [backend.records for backend in self.backends()]

    def gather(self, ask: Callable[[Records], Iterable[_T]]) -> list[_T]:
        """Return the results of a function for the records of every account and region, locked during its call."""
        self.check_open()
        found: list[_T] = []
        with clock.read_once():
            for records in self.all_records():
                with records.using():
                    found += ask(records)
        return found

    def execution_scopes(self) -> list[ExecutionScope]:
        """Return the execution scopes of every account and region: state machines and map runs."""
        return self.gather(Records.scopes)

    def scopes_as_they_stand(self) -> list[ExecutionScope]:
        """Return the same without moving runs to the present; it works after the session has ended, too."""
        scopes: list[ExecutionScope] = []
        for backend in self.backends():
            with backend.records.locked_soon():
                scopes += backend.records.scopes()
        return scopes

    def release_waiting(self) -> None:
        """Make waiting calls answer now."""
        for records in self.all_records():
            records.releases += 1

    def reset(self) -> None:
        """Empty all records, and remove faults, task mocks and the recorded calls."""
        self.check_open()
        try:
            self._empty()
        except BaseException:
            # An interrupted reset is completed, so that it is never half done.
            self._empty()
            raise

    def _empty(self) -> None:
        self.faults.clear()
        self.call_log.clear()
        self.task_mocks.clear()
        for backend in self.backends():
            backend.empty()

    def savepoint(self) -> Callable[[], None]:
        """Return a function that restores, in place, the current records, faults, task mocks and calls."""
        self.check_open()
        take_back_calls = self.call_log.snapshot()
        instruments = Savepoint()
        instruments.keep((self.faults, self.task_mocks))
        savepoints: dict[SFNBackend, tuple[Records, Savepoint]] = {}
        for backend in self.backends():
            records, savepoint = savepoints[backend] = backend.records, Savepoint()
            with records.locked():
                savepoint.keep(backend)

        def roll_back() -> None:
            for backend in self.backends():
                if backend not in savepoints:
                    # Other holders, such as moto's dictionary, keep using it.
                    backend.empty()
                    continue
                session_coverage.leave(backend.records)
                records, savepoint = savepoints[backend]
                if backend.records is not records:
                    backend.records.drop()
                with records.locked():
                    savepoint.roll_back()
            instruments.roll_back()
            take_back_calls()

        return roll_back

    def close(self) -> None:
        """End the session and all its records."""
        # First, so that no thread makes another backend in between.
        self.closed = True
        for backend in self.backends():
            session_coverage.leave(backend.records)
            backend.records.close()

    def check_open(self) -> None:
        """Raise RuntimeError once the session has ended."""
        if self.closed:
            raise RuntimeError(
                "This mock has ended: use its handle only inside the with block, decorated test or fixture."
            )


def records_of(backend_of: BackendOf) -> RecordsOf:
    """Return a function that gives the records of an account and region."""

    def records(account_id: str, region: str) -> Records:
        backend = backend_of(account_id, region)
        if botocore_stubber.enabled:
            # Other services of moto's, such as tagging, look for the backends in use in moto's dictionary.
            stepfunctions_backends[account_id][region] = backend
        return backend.records

    return records
