"""What a test wants to go wrong: before a request is answered, it is put to the faults, and one of them may strike.

Faults strike requests on the wire only, where botocore reads what came back and decides whether to try again.
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
from moto.utilities.utils import get_partition

from sfn_mock.aws import exceptions
from sfn_mock.aws.arns import arn_prefix
from sfn_mock.aws.exceptions import CommonError, ModelledError, SFNError
from sfn_mock.aws.operations import modelled_errors, operation_named
from sfn_mock.instruments.requests import Request

#: Tells from the parameters whether a request is meant.
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

#: The errors with sentences, by code. Of several that share a code, the one that declares it.
_DECLARED: dict[str, type[SFNError]] = {
    error.code: error
    for error in vars(exceptions).values()
    if isinstance(error, type) and issubclass(error, SFNError) and "code" in vars(error)
}
_COMMON_ERRORS = {code: error for code, error in _DECLARED.items() if issubclass(error, CommonError)}


class Fault:
    """What ``add_fault`` gave: an error in the way of an operation, until it has struck often enough or is removed."""

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
        #: The operation's name in the API.
        self.operation = operation_named(operation)
        self.error = error
        _check_error(self.operation, error)
        _check_number("times", times, least=1, or_none=True)
        _check_number("skip", skip, least=0)
        if when is not None and not callable(when):
            raise ValueError(f"when={when!r} cannot be asked: give a function of the request's parameters, a dict.")
        if message is not None and not isinstance(message, str):
            raise ValueError(f"message={message!r} is no text.")
        if message is not None and error in _CONNECTION_ERRORS:
            raise ValueError(f"message={message!r} would not be shown: botocore words its own {error}.")
        self.times = times
        self.skip = skip
        self.message = message
        self._when = when
        self._lock = Lock()
        self._seen = 0
        self._removed = False

    @property
    def count(self) -> int:
        """How many requests it has struck so far; what botocore repeats counts each time."""
        struck = max(self._seen - self.skip, 0)
        return struck if self.times is None else min(struck, self.times)

    def remove(self) -> None:
        """Let it strike no more. Its count stays."""
        self._removed = True

    def _awaits(self, operation: str) -> bool:
        """Whether a request for the operation may still be struck."""
        return self.operation == operation and not self._removed and self.count != self.times

    def _strikes(self, request: Request) -> bool:
        """Whether this very request is struck, which is then counted."""
        if self._when is not None and not self._when(request.parameters()):
            return False
        with self._lock:
            if not self._awaits(request.operation):
                return False
            self._seen += 1
            return self._seen > self.skip

    def _raise_for(self, request: Request) -> NoReturn:
        """Raise what the request comes to: an SFNError, or botocore's BotoCoreError where no answer comes."""
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
    """The faults of a test, each request being put to them in the order in which they were added."""

    def __init__(self) -> None:
        #: Those that were added and not cleared; empty for nearly all calls, which then need not ask further.
        self.added: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.added.copy())

    def add(self, fault: Fault) -> Fault:
        self.added.append(fault)
        return fault

    def clear(self) -> None:
        """Remove them all."""
        faults, self.added = self.added, []
        for fault in faults:
            fault.remove()

    def await_any(self, operation: str) -> bool:
        """Whether a request for the operation may be struck, so that it has to go over the wire."""
        return any(fault._awaits(operation) for fault in self.added)

    def strike(self, request: Request) -> None:
        """Raise what the first fault makes of the request; nothing happens if none strikes.

        SFNError for an answer of AWS's, and botocore's BotoCoreError, naming the URL, where no answer comes.
        """
        for fault in self.added:
            if fault._awaits(request.operation) and fault._strikes(request):
                fault._raise_for(request)


def _check_error(operation: str, error: object) -> None:
    modelled = modelled_errors(operation)
    if not isinstance(error, str) or error not in {*modelled, *_COMMON_ERRORS, *_CONNECTION_ERRORS}:
        raise ValueError(
            f"error={error!r} is none that {operation} can end in. Its own are: {', '.join(sorted(modelled))}; any "
            f"operation has: {', '.join(sorted(_COMMON_ERRORS))}; without an answer from AWS there are: "
            f"{', '.join(sorted(_CONNECTION_ERRORS))}."
        )


def _check_number(name: str, number: object, *, least: int, or_none: bool = False) -> None:
    if number is None and or_none:
        return
    if not isinstance(number, int) or isinstance(number, bool) or number < least:
        for_ever = ", or None for every request until it is removed" if or_none else ""
        raise ValueError(f"{name}={number!r} is no number of requests: give an int, at least {least}{for_ever}.")


def _aws_error(code: str, request: Request) -> SFNError:
    """The error in AWS's words, filled in from the request; where it does not say enough, in the words of the model."""
    values = _values(code, request)
    declared = _DECLARED.get(code)
    if declared is not None and declared.message != SFNError.message and _fields(declared.message) <= values.keys():
        return declared(**values)
    return ModelledError(code, modelled_errors(request.operation)[code])


def _fields(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field is not None}


def _values(code: str, request: Request) -> dict[str, str]:
    """What the sentences of errors speak of, as far as the request tells."""
    parameters = request.parameters()
    partition = get_partition(request.region)
    arns = [value for member, value in parameters.items() if member.endswith("Arn") and member != "roleArn"]
    values = {
        "user": f"arn:{partition}:iam::{request.account_id}:user/sfn-mock",
        "operation": request.operation,
        "resource": arns[0] if arns else f"{arn_prefix(partition, request.region, request.account_id)}*",
    }
    # What already exists has an ARN that no request names.
    if arns and not code.endswith("AlreadyExists"):
        values["arn"] = arns[0]
    if "name" in parameters:
        values["name"] = parameters["name"]
    return values
