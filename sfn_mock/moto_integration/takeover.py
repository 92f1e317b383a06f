"""In moto's place: while the mock is active, moto's dictionaries and its stubber lead to the mock's backends.

So whatever reaches Step Functions within moto reaches the mock: CloudFormation, tagging, EventBridge, `requests`. While
the mock is installed, this is so in every ``mock_aws`` of the process, and moto makes and resets the backends itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
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
from sfn_mock.transport.patching import note, replaced, wrapped
from sfn_mock.transport.wire import Answer, Wire, is_step_functions


def is_free() -> bool:
    """Whether moto's own backends stand in moto's place, and no ``mock_aws`` is active that may hold some."""
    return stepfunctions_backends.backend is StepFunctionBackend and not botocore_stubber.enabled


#: Gives the backends made so far.
Backends = Callable[[], Iterable[SFNBackend]]

#: Readies a service of moto's, by the first part of its host, for a request.
PrepareService = Callable[[str], None]


@contextmanager
def taken(backend_of: BackendOf, backends: Backends, wire: Wire) -> Iterator[PrepareService]:
    """Put ``backend_of(account_id, region)`` behind moto, unless it stands there already.

    What moto holds is taken over, and is its own again after. Gives what a request to another service that does not
    come by moto's stubber is to be announced to.
    """
    dictionary = nullcontext() if is_shared() else _dictionary(backend_of)
    stubber = _stubber(is_step_functions, wire.answer, backends)
    with dictionary, _one_dictionary(), status_events.sent(), stubber as prepare_service:
        yield prepare_service


@contextmanager
def installed(answer: Callable[[AWSPreparedRequest], Answer]) -> Iterator[None]:
    """Have moto make our backends where it made its own, and ``answer`` what ``mock_aws`` would have answered."""
    with _class(SFNBackend), _one_dictionary(), status_events.sent(), _stubber(_is_motos, answer, _made_by_moto):
        yield


def _made_by_moto() -> Iterable[SFNBackend]:
    backends = (backend for _, _, backend in stepfunctions_backends.iter_backends())
    return [backend for backend in backends if isinstance(backend, SFNBackend)]


def is_shared() -> bool:
    """Whether a ``mock_aws`` is active in which the mock is installed: its backends are an inner mock's too."""
    return stepfunctions_backends.backend is SFNBackend and botocore_stubber.enabled


@contextmanager
def _class(backend: type[StepFunctionBackend]) -> Iterator[None]:
    """moto makes backends of that class. Those made before are of no active ``mock_aws``, and go."""
    try:
        with replaced(stepfunctions_backends, "backend", backend):
            _forget_backends()
            yield
    finally:
        _forget_backends()


def _forget_backends() -> None:
    with backend_lock:
        stepfunctions_backends.clear()


def _one_dictionary() -> wrapped:
    """Told to execute state machines, moto's EventBridge would look for them in another dictionary."""
    return wrapped(responses, "get_backend", lambda _: lambda account, region: stepfunctions_backends[account][region])


@contextmanager
def _dictionary(backend_of: BackendOf) -> Iterator[None]:
    """moto's dictionary as a view: a ``mock_aws`` that begins or ends empties it, and the backends outlive that."""
    classes = ExitStack()

    def put_back() -> None:
        with backend_lock:
            classes.close()
            # An account that is gone was emptied by moto meanwhile, and stays gone.
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
        note(put_back)
        classes.enter_context(replaced(stepfunctions_backends, "backend", _HeldBackend))
        for account, _, ours in kept:
            classes.enter_context(replaced(account, "backend", _HeldBackend))
            account.update(ours)
    try:
        yield
    finally:
        put_back()


class _HeldBackend(SFNBackend):
    """A class, because moto asks for its bases. Called for a new backend, it gives the mock's."""

    def __new__(cls, region_name: str, account_id: str) -> SFNBackend:  # type: ignore[misc]  # not one of its own
        # Not an attribute of the class: each time that one changes, Python forgets what it has learned of the class.
        session = active_mock.session()
        assert session is not None, "moto's dictionaries have this class while a mock is active"
        backend: SFNBackend = session.backend(account_id, region_name)
        return backend


def _successors(motos: dict[str, StepFunctionBackend], backend_of: BackendOf) -> dict[str, SFNBackend]:
    """Our backend for each of moto's, with what that holds if its ``mock_aws`` is active."""
    ours = {region: backend_of(backend.account_id, region) for region, backend in motos.items()}
    if botocore_stubber.enabled:
        for region, backend in motos.items():
            adopt(ours[region].records, backend)
    return ours


#: What the mock changes in other services of moto's, by the first part of their hosts. Not before the first request
#: to one, because it takes importing that service: for CloudFormation, every service there is.
_OTHER_SERVICES = {"cloudformation": cloudformation.resource_types, "events": eventbridge.targets}


@contextmanager
def _stubber(
    is_ours: Callable[[AWSPreparedRequest], bool], answer: Callable[[AWSPreparedRequest], Answer], backends: Backends
) -> Iterator[PrepareService]:
    """Have moto's stubber answer Step Functions calls as the mock does, whatever host they go to.

    By host, moto finds `states.` and answers 404 to `sync-states.`, FIPS and VPC endpoints.
    """
    waiting = dict(_OTHER_SERVICES)
    changed = ExitStack()
    active = True
    lock = Lock()

    def prepare(service: str) -> None:
        # What is asked for may be the work of a run, or an event that tells of one.
        for backend in backends() if active else ():
            backend.records.keep_up()
        if service not in waiting:
            return
        # Of two first requests that come at once, one waits while the other changes the service: its import may take
        # seconds. The one that waited, or comes at the mock's end, then finds nothing left to change.
        with lock:
            changed.enter_context(waiting.get(service, nullcontext)())
            waiting.pop(service, None)

    def watch_requests(by_host: Callable[[AWSPreparedRequest], Any]) -> Callable[[AWSPreparedRequest], Any]:
        def process_request(request: AWSPreparedRequest) -> Any:
            if active and is_ours(request):
                return answer(request)
            prepare((urlsplit(request.url).hostname or "").partition(".")[0])
            return by_host(request)

        return process_request

    def finish() -> None:
        nonlocal active
        with lock:
            active = False
            waiting.clear()
            changed.close()

    with wrapped(botocore_stubber, "process_request", watch_requests):
        note(finish)
        try:
            yield prepare
        finally:
            finish()


def _is_motos(request: AWSPreparedRequest) -> bool:
    """Whether ``mock_aws`` answers it, which may be configured to leave Step Functions to AWS or to refuse it."""
    mocked = not passthrough_service("stepfunctions") and service_whitelisted("stepfunctions")
    return mocked and is_step_functions(request)
