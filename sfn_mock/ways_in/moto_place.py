"""In moto's place: while the mock is active, moto's dictionaries and its stubber lead to the mock's backends.

So whatever reaches Step Functions within moto reaches the mock: CloudFormation, tagging, EventBridge, `requests`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from moto.core.base_backend import backend_lock
from moto.core.models import botocore_stubber
from moto.stepfunctions.models import StepFunctionBackend, stepfunctions_backends

from sfn_mock.models import SFNBackend
from sfn_mock.ways_in.addressing import BackendOf
from sfn_mock.ways_in.wire import Wire, is_step_functions


@contextmanager
def taken(backend_of: BackendOf, wire: Wire) -> Iterator[None]:
    """Put ``backend_of(account_id, region)`` behind moto. What moto holds is taken over, and is its own again after."""
    with ExitStack() as stack:
        stack.enter_context(_dictionary(backend_of))
        stack.enter_context(_stubber(wire))
        yield


@contextmanager
def _dictionary(backend_of: BackendOf) -> Iterator[None]:
    """moto's dictionary as a view: a ``mock_aws`` that begins or ends empties it, and the backends outlive that."""
    with backend_lock:
        motos_class = stepfunctions_backends.backend
        our_class = _class_giving(backend_of)
        kept = [
            (account, dict(account), _successors(account, backend_of)) for account in stepfunctions_backends.values()
        ]
        stepfunctions_backends.backend = our_class
        for account, _, ours in kept:
            account.backend = our_class
            account.update(ours)
    try:
        yield
    finally:
        with backend_lock:
            stepfunctions_backends.backend = motos_class
            # An account that is gone was emptied by moto meanwhile, and stays gone.
            there = list(stepfunctions_backends.values())
            stepfunctions_backends.clear()
            for account, motos, _ in kept:
                if any(account is other for other in there):
                    account.backend = motos_class
                    account.clear()
                    account.update(motos)
                    stepfunctions_backends[account.account_id] = account


def _class_giving(backend_of: BackendOf) -> type[SFNBackend]:
    class HeldBackend(SFNBackend):
        """A class, because moto asks for its bases. Called for a new backend, it gives the mock's."""

        def __new__(cls, region_name: str, account_id: str) -> SFNBackend:  # type: ignore[misc]  # not one of its own
            return backend_of(account_id, region_name)

    return HeldBackend


def _successors(motos: dict[str, StepFunctionBackend], backend_of: BackendOf) -> dict[str, SFNBackend]:
    """Our backend for each of moto's, with what that holds if its ``mock_aws`` is active."""
    ours = {region: backend_of(backend.account_id, region) for region, backend in motos.items()}
    if botocore_stubber.enabled:
        for region, backend in motos.items():
            ours[region].adopt(backend)
    return ours


@contextmanager
def _stubber(wire: Wire) -> Iterator[None]:
    """Have moto's stubber answer Step Functions calls by the same room as ours, whatever host they go to.

    By host, moto finds `states.` and answers 404 to `sync-states.`, FIPS and VPC endpoints.
    """
    by_host = botocore_stubber.process_request
    active = True

    def process_request(request: AWSPreparedRequest) -> Any:
        if active and is_step_functions(request):
            return wire.answer(request)
        return by_host(request)

    botocore_stubber.process_request = process_request  # type: ignore[method-assign]  # restored by deleting it
    try:
        yield
    finally:
        active = False
        del botocore_stubber.process_request
