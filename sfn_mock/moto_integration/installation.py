"""``install`` and ``uninstall``: the mock behind every ``mock_aws`` of the process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from threading import Lock

from botocore.awsrequest import AWSPreparedRequest
from moto.core.base_backend import backend_lock
from moto.core.models import DEFAULT_ACCOUNT_ID, botocore_stubber
from moto.stepfunctions.models import stepfunctions_backends

from sfn_mock.instruments.guard import Guard
from sfn_mock.instruments.paging_check import PagingCheck
from sfn_mock.models import SFNBackend
from sfn_mock.moto_integration import takeover
from sfn_mock.session import Instruments, Session, new_instruments
from sfn_mock.state.simulation import NO_SIMULATION
from sfn_mock.state.undo_log import UndoLog
from sfn_mock.transport.environment import DEFAULT_REGION
from sfn_mock.transport.wire import Answer, Wire


class _Installation:
    """The installed backends behind every ``mock_aws``, and how to remove them."""

    def __init__(self, undo: UndoLog) -> None:
        self.undo = undo
        #: moto's dictionary of an account, which each outermost ``mock_aws`` replaces, and the instruments of that one.
        self._account: object = None
        self._instruments = new_instruments()

    def instruments(self) -> Instruments:
        """Return the faults, calls and task mocks of the active ``mock_aws``."""
        account = stepfunctions_backends[DEFAULT_ACCOUNT_ID]
        if self._account is not account:
            self._account, self._instruments = account, new_instruments()
        return self._instruments


_lock = Lock()
#: None if it is not installed.
_installation: _Installation | None = None


def install() -> None:
    """Make every ``mock_aws`` of the process use this package for Step Functions, until ``uninstall()``.

    Each ``mock_aws`` starts empty, as it does with moto; within it ``get_mock()`` returns the handle.

    Raises:
        RuntimeError: If it is installed already, or a mock is active.
    """
    global _installation
    with _lock:
        if _installation is not None:
            raise RuntimeError("cannot install() again: it is installed already; call uninstall() first.")
        if not takeover.is_free():
            raise RuntimeError(
                "cannot install() while a mock is active: call it before mock_aws or mock_sfn_executions starts, for "
                "example in conftest.py."
            )
        undo = UndoLog()
        try:
            takeover.install(undo, _answer)
            _installation = _Installation(undo)
        except BaseException:
            undo.roll_back()
            raise


def uninstall() -> None:
    """Undo ``install()``: moto uses its own Step Functions again.

    Raises:
        RuntimeError: If it is not installed, or a mock is active.
    """
    global _installation
    with _lock:
        if _installation is None:
            raise RuntimeError("cannot uninstall(): install() was not called.")
        if botocore_stubber.enabled or stepfunctions_backends.backend is not SFNBackend:
            raise RuntimeError("cannot uninstall() while mock_aws is active: call it after mock_aws has ended.")
        _installation.undo.roll_back()
        _installation = None


def session_of_mock_aws() -> Session | None:
    """Return a session over the active ``mock_aws``; None without one, or if this package is not installed."""
    return None if _installation is None or not botocore_stubber.enabled else _session({})


def _session(headers: Mapping[str, str]) -> SessionWithinMockAWS:
    """Return a session over the ``mock_aws``, with the account that moto finds for a call with these headers."""
    account_id = os.environ.get("MOTO_ACCOUNT_ID") or headers.get("x-moto-account-id") or DEFAULT_ACCOUNT_ID
    region = os.environ.get("AWS_DEFAULT_REGION") or DEFAULT_REGION
    return SessionWithinMockAWS(account_id, region, PagingCheck(False), Guard())


def _answer(request: AWSPreparedRequest) -> Answer:
    session = _session(request.headers)
    return Wire(session.service(), session.account_id).answer(request)


class SessionWithinMockAWS(Session):
    """A session over a ``mock_aws``, whose backends moto makes, and resets at its end."""

    def _instruments(self) -> Instruments:
        assert _installation is not None, "install() comes before any session over a mock_aws"
        return _installation.instruments()

    def backend(self, account_id: str | None = None, region: str | None = None) -> SFNBackend:
        """Return moto's backend for any region, also one that moto does not have, with this session's simulation."""
        self.check_open()
        account_id, region = account_id or self.account_id, region or self.region
        regions = stepfunctions_backends[account_id]
        with backend_lock:
            if region not in regions:
                regions[region] = SFNBackend(region, account_id)
        backend = self._with_task_mocks(regions[region])
        if self.simulation is not NO_SIMULATION:
            backend.records.apply_simulation(self.simulation)
        return backend

    def backends(self) -> list[SFNBackend]:
        """Return the backends of all accounts and regions."""
        return [self._with_task_mocks(backend) for _, _, backend in stepfunctions_backends.iter_backends()]

    def _with_task_mocks(self, backend: object) -> SFNBackend:
        assert isinstance(backend, SFNBackend), "install() waits until moto has none of its own"
        backend.records.task_mocks = self.task_mocks
        return backend

    def close(self) -> None:
        """End the session. The records stay, without its simulation."""
        for backend in self.backends():
            if backend.records.simulation is self.simulation:
                backend.records.apply_simulation(NO_SIMULATION)
        self.closed = True

    def check_open(self) -> None:
        """Raise RuntimeError if the mock_aws of the session has ended."""
        if not botocore_stubber.enabled:
            raise RuntimeError("The mock_aws of this handle has ended: use the handle inside that mock_aws.")
        super().check_open()
