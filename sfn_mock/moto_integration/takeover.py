"""Replace moto's Step Functions: while the mock is active, moto's dictionaries and stubber lead to the mock's backends.

CloudFormation, tagging, EventBridge and `requests` then reach the mock through moto. While the mock is installed, every
``mock_aws`` of the process uses it, and moto makes and resets the backends itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack, nullcontext
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest
from moto.core.base_backend import backend_lock
from moto.core.config import passthrough_service, service_whitelisted
from moto.core.models import botocore_stubber
from moto.stepfunctions import responses
from moto.stepfunctions.models import StepFunctionBackend, stepfunctions_backends

from sfn_mock import active_mock
from sfn_mock.models import SFNBackend
from sfn_mock.moto_integration import cloudformation, eventbridge, status_events
from sfn_mock.moto_integration.adoption import adopt
from sfn_mock.session import BackendOf
from sfn_mock.state.undo_log import UndoLog
from sfn_mock.transport.patching import Patches
from sfn_mock.transport.wire import Answer, Wire, is_step_functions


def is_free() -> bool:
    """Return whether moto's own backends are in place, and no ``mock_aws`` is active that may use them."""
    return stepfunctions_backends.backend is StepFunctionBackend and not botocore_stubber.enabled


#: Returns the backends made so far.
Backends = Callable[[], Iterable[SFNBackend]]

#: Prepares a service of moto, by the first part of its host, for a request.
PrepareService = Callable[[str], None]


def take(undo: UndoLog, patches: Patches, backend_of: BackendOf, backends: Backends, wire: Wire) -> PrepareService:
    """Make moto use ``backend_of(account_id, region)``, unless it does so already.

    The contents of moto's backends are copied; ``undo`` gives moto its own backends again. Returns a function to call
    before a request to another service that does not come through moto's stubber.
    """
    if not is_shared():
        _take_dictionary(undo, backend_of)
    _use_one_dictionary(patches)
    status_events.send(undo)
    return _Stubber(undo, patches, is_step_functions, wire.answer, backends).prepare


def install(undo: UndoLog, answer: Callable[[AWSPreparedRequest], Answer]) -> None:
    """Make moto create our backends instead of its own, and ``answer`` calls instead of ``mock_aws``."""
    undo.add(_forget_backends)
    patches = Patches(undo)
    patches.replace(stepfunctions_backends, "backend", SFNBackend)
    # Earlier backends belong to no active mock_aws.
    _forget_backends()
    _use_one_dictionary(patches)
    status_events.send(undo)
    _Stubber(undo, patches, _is_motos, answer, _made_by_moto)


def _made_by_moto() -> Iterable[SFNBackend]:
    backends = (backend for _, _, backend in stepfunctions_backends.iter_backends())
    return [backend for backend in backends if isinstance(backend, SFNBackend)]


def is_shared() -> bool:
    """Return whether a ``mock_aws`` with the installed mock is active: an inner mock shares its backends."""
    return stepfunctions_backends.backend is SFNBackend and botocore_stubber.enabled


def _forget_backends() -> None:
    with backend_lock:
        stepfunctions_backends.clear()


def _use_one_dictionary(patches: Patches) -> None:
    """Use one dictionary: configured to execute state machines, moto's EventBridge would use another one."""
    patches.replace(responses, "get_backend", _get_backend)


def _get_backend(account: str, region: str) -> Any:
    return stepfunctions_backends[account][region]


def _take_dictionary(undo: UndoLog, backend_of: BackendOf) -> None:
    """Put a view of the backends in the place of moto's dictionary; they outlive a `mock_aws` that empties it."""
    changed = UndoLog()

    def put_back() -> None:
        with backend_lock:
            changed.roll_back()
            # moto has emptied a missing account in the meantime; it stays empty.
            there = {id(account) for account in stepfunctions_backends.values()}
            staying = [(account, motos) for account, motos, _ in kept if id(account) in there]
            for account, motos in staying:
                account.clear()
                account.update(motos)
            names = {account.account_id for account, _ in staying}
            for name in stepfunctions_backends.keys() - names:
                del stepfunctions_backends[name]

    with backend_lock:
        kept = [
            (account, dict(account), _successors(account, backend_of)) for account in stepfunctions_backends.values()
        ]
        undo.add(put_back)
        classes = Patches(changed)
        for dictionary in (stepfunctions_backends, *(account for account, _, _ in kept)):
            classes.replace(dictionary, "backend", _HeldBackend)
        for account, _, ours in kept:
            account.update(ours)


class _HeldBackend(SFNBackend):
    """A class, because moto reads its bases. A call for a new backend returns the mock's backend."""

    def __new__(cls, region_name: str, account_id: str) -> SFNBackend:  # type: ignore[misc]  # returns another class
        # Not an attribute of the class: each change of one clears Python's caches of the class.
        session = active_mock.session()
        assert session is not None, "moto's dictionaries have this class while a mock is active"
        backend: SFNBackend = session.backend(account_id, region_name)
        return backend


def _successors(motos: dict[str, StepFunctionBackend], backend_of: BackendOf) -> dict[str, SFNBackend]:
    """Return our backend for each backend of moto, with its contents if its ``mock_aws`` is active."""
    ours = {region: backend_of(backend.account_id, region) for region, backend in motos.items()}
    if botocore_stubber.enabled:
        for region, backend in motos.items():
            adopt(ours[region].records, backend)
    return ours


#: The patches of other services of moto, by the first part of their hosts. They are made at the first request to a
#: service, because they import it, and CloudFormation imports every service.
_OTHER_SERVICES = {"cloudformation": cloudformation.resource_types, "events": eventbridge.targets}


class _Stubber:
    """Makes moto's stubber answer Step Functions calls from the mock, at every host.

    By host, moto finds `states.` and answers 404 to `sync-states.`, FIPS and VPC endpoints.
    """

    def __init__(
        self,
        undo: UndoLog,
        patches: Patches,
        is_ours: Callable[[AWSPreparedRequest], bool],
        answer: Callable[[AWSPreparedRequest], Answer],
        backends: Backends,
    ) -> None:
        self._is_ours = is_ours
        self._answer = answer
        self._backends = backends
        self._is_active = True
        self._waiting = dict(_OTHER_SERVICES)
        self._changed = ExitStack()
        self._lock = Lock()
        undo.add(self._finish)
        patches.wrap(botocore_stubber, "process_request", self._watch_requests)

    def _finish(self) -> None:
        with self._lock:
            self._is_active = False
            self._waiting.clear()
            self._changed.close()

    def prepare(self, service: str) -> None:
        """Advance the records, and patch a service of moto that has not been patched yet."""
        # The request may come from a run, or be an event about one.
        for backend in self._backends() if self._is_active else ():
            backend.records.catch_up()
        if service not in self._waiting:
            return
        # Of two simultaneous first requests, one waits while the other patches the service, whose import may take
        # seconds. The one that waited, or that comes at the mock's end, finds nothing left to patch.
        with self._lock:
            self._changed.enter_context(self._waiting.get(service, nullcontext)())
            self._waiting.pop(service, None)

    def _watch_requests(self, by_host: Callable[[AWSPreparedRequest], Any]) -> Callable[[AWSPreparedRequest], Any]:
        def process_request(request: AWSPreparedRequest) -> Any:
            if self._is_active and self._is_ours(request):
                return self._answer(request)
            self.prepare((urlsplit(request.url).hostname or "").partition(".")[0])
            return by_host(request)

        return process_request


def _is_motos(request: AWSPreparedRequest) -> bool:
    """Return whether ``mock_aws`` answers a request; it may be configured to pass or refuse Step Functions."""
    mocked = not passthrough_service("stepfunctions") and service_whitelisted("stepfunctions")
    return mocked and is_step_functions(request)
