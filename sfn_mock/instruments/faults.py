"""Faults that a test injects: errors which requests end in instead of an answer.

Calls of an operation with a fault go over the wire, where botocore reads the answer and decides whether to retry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from string import Formatter
from threading import Lock
from typing import Any, NoReturn

from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from sfn_mock.argument_errors import ArgumentError, must_be
from sfn_mock.aws import exceptions
from sfn_mock.aws.arns import activity_arn, arn_prefix, state_machine_arn
from sfn_mock.aws.exceptions import CommonError, ModelledError, SFNError
from sfn_mock.aws.operations import modelled_errors, operation_named
from sfn_mock.aws.partitions import partition_of
from sfn_mock.instruments.requests import Request
from sfn_mock.suggestions import did_you_mean

#: Whether a fault counts a request, given the request's parameters.
When = Callable[[dict[str, Any]], object]

_CONNECTION_ERRORS: dict[str, type[BotoCoreError]] = {
    "ConnectionClosedError": ConnectionClosedError,
    "ConnectionError": EndpointConnectionError,
    "ConnectTimeout": ConnectTimeoutError,
    "ConnectTimeoutError": ConnectTimeoutError,
    "EndpointConnectionError": EndpointConnectionError,
    "ReadTimeout": ReadTimeoutError,
    "ReadTimeoutError": ReadTimeoutError,
}

#: The errors with AWS's sentences, by code; where several classes share a code, the class that declares it.
_DECLARED: dict[str, type[SFNError]] = {
    error.code: error
    for error in vars(exceptions).values()
    if isinstance(error, type) and issubclass(error, SFNError) and "code" in vars(error)
}
#: The ARNs of resources by the operations that create them, which get only names.
_CREATED = {"CreateActivity": activity_arn, "CreateStateMachine": state_machine_arn}
_COMMON_ERRORS = {code: error for code, error in _DECLARED.items() if issubclass(error, CommonError)}


class Fault:
    """A fault that ``add_fault`` has set: requests of one operation end in its error.

    Attributes:
        operation: The API name of the operation.
        error: The code of AWS's error, or the name of a connection error.
        times: How many requests fail; None for all until ``remove()``.
        skip: How many requests succeed before the first one fails.
        message: The sentence of the error in place of AWS's; None for AWS's own.
    """

    def __init__(
        self,
        operation: str,
        error: str,
        *,
        times: int | None = 1,
        skip: int = 0,
        when: When | None = None,
        message: str | None = None,
    ) -> None:
        self.operation = operation_named(operation)
        self.error = error
        _check_error(self.operation, error)
        _check_number("times", times, least=1, or_none=True)
        _check_number("skip", skip, least=0)
        if when is not None and not callable(when):
            raise must_be("when", "callable(parameters: dict)", when)
        if message is not None and not isinstance(message, str):
            raise must_be("message", "a str", message)
        if message is not None and error in _CONNECTION_ERRORS:
            problem = f"must be left out for {error}, whose message is botocore's own, got {message!r}"
            raise ArgumentError("message", problem)
        self.times = times
        self.skip = skip
        self.message = message
        self._when = when
        self._lock = Lock()
        self._seen = 0
        self._removed = False

    @property
    def count(self) -> int:
        """The number of requests that have failed so far; each retry of botocore counts."""
        failed = max(self._seen - self.skip, 0)
        return failed if self.times is None else min(failed, self.times)

    def remove(self) -> None:
        """End the fault: later requests are answered. ``count`` keeps its value."""
        self._removed = True

    def _may_apply(self, operation: str) -> bool:
        """Return whether a request of the operation may still fail."""
        return self.operation == operation and not self._removed and self.count != self.times

    def _applies(self, request: Request) -> bool:
        """Count the request, and return whether it fails."""
        if self._when is not None and not self._when(request.parameters()):
            return False
        with self._lock:
            if not self._may_apply(request.operation):
                return False
            self._seen += 1
            return self._seen > self.skip

    def _raise_for(self, request: Request) -> NoReturn:
        """Raise the fault's error: an SFNError, or a BotoCoreError for a connection error."""
        connection_error = _CONNECTION_ERRORS.get(self.error)
        if connection_error is not None:
            raise connection_error(endpoint_url=request.url)
        error = _aws_error(self.error, request)
        if self.message is not None:
            error.message = self.message
        raise error

    def __repr__(self) -> str:
        return f"<Fault {self.error} of {self.operation}, {self.count} so far>"


class Faults:
    """The faults of a test, in the order in which they were added."""

    def __init__(self) -> None:
        #: The active faults; checked first, because nearly all calls have none.
        self.added: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.added.copy())

    def add(self, fault: Fault) -> Fault:
        """Add a fault and return it."""
        self.added.append(fault)
        return fault

    def clear(self) -> None:
        """Remove them all."""
        faults, self.added = self.added, []
        for fault in faults:
            fault.remove()

    def may_fail(self, operation: str) -> bool:
        """Return whether a request of the operation may fail, and therefore must go over the wire."""
        return any(fault._may_apply(operation) for fault in self.added)

    def apply(self, request: Request) -> None:
        """Raise the error of the first fault that the request meets, if any: an SFNError or a BotoCoreError."""
        for fault in self.added:
            if fault._may_apply(request.operation) and fault._applies(request):
                fault._raise_for(request)


def _check_error(operation: str, error: object) -> None:
    modelled = modelled_errors(operation)
    known = [*sorted(modelled), *sorted(_COMMON_ERRORS), *sorted(_CONNECTION_ERRORS)]
    if not isinstance(error, str) or error not in known:
        raise must_be("error", f"an error of {operation} or of the connection", error, did_you_mean(error, known))


def _check_number(name: str, number: object, *, least: int, or_none: bool = False) -> None:
    if number is None and or_none:
        return
    if not isinstance(number, int) or isinstance(number, bool) or number < least:
        forever = ", or None for all requests until remove()" if or_none else ""
        raise must_be(name, f"an int >= {least}{forever}", number)


def _aws_error(code: str, request: Request) -> SFNError:
    """Return the error with AWS's sentence filled in from the request, or with the model's text where values lack."""
    values = _values(code, request)
    declared = _DECLARED.get(code)
    if declared is not None and declared.message != SFNError.message and _fields(declared.message) <= values.keys():
        return declared(**values)
    return ModelledError(code, modelled_errors(request.operation)[code])


def _fields(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field is not None}


def _values(code: str, request: Request) -> dict[str, str]:
    """Return the values for the templates of error sentences, as far as the request has them."""
    parameters = request.parameters()
    partition = partition_of(request.region)
    arns = [value for member, value in parameters.items() if member.endswith("Arn") and member != "roleArn"]
    values = {
        "user": f"arn:{partition}:iam::{request.account_id}:user/sfn-mock",
        "operation": request.operation,
        "resource": arns[0] if arns else f"{arn_prefix(partition, request.region, request.account_id)}*",
    }
    # The ARN of an existing resource is not in the request.
    if arns and not code.endswith("AlreadyExists"):
        values["arn"] = arns[0]
    if "name" in parameters:
        values["name"] = parameters["name"]
        # An invalid ARN would be that of a role or key.
        if request.operation in _CREATED and code != "InvalidArn":
            prefix = arn_prefix(partition, request.region, request.account_id)
            values["arn"] = _CREATED[request.operation](prefix, parameters["name"])
    return values
