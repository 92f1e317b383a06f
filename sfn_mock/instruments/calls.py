"""The record of the calls that the mock has answered, in order.

It has one entry for each request, as AWS would see them: each retry of botocore is an entry.
"""

from __future__ import annotations

import re
import warnings
from collections import deque
from collections.abc import Callable
from datetime import datetime
from itertools import compress
from sys import getsizeof
from threading import Lock
from typing import Any, NamedTuple

from botocore.parsers import create_parser
from moto.core.utils import get_service_model

from sfn_mock.aws.exceptions import SFNError
from sfn_mock.aws.http_answers import members_of_error
from sfn_mock.aws.operations import operation_named
from sfn_mock.instruments.elsewhere import Elsewhere, Location
from sfn_mock.instruments.requests import Request
from sfn_mock.instruments.tables import cut, table
from sfn_mock.state import clock

#: The size limit of the record in bytes. Beyond it the oldest answers are dropped first, then the oldest calls.
KEPT_BYTES = 32 * 1024 * 1024
#: Estimated bytes of a call without its body, and of an item in a list of AWS's.
_BYTES_OF_CALL = 1_000
_BYTES_OF_ITEM = 500
#: Longer parameters and members are cut off; a shortened ARN fits.
_WIDEST_VALUE = 64


class Outcome(NamedTuple):
    """The outcome of a request."""

    #: The code or name of its error; None for an answer.
    error: str | None
    #: The answer, or the response of AWS's error; None for a connection error.
    response: dict[str, Any] | None


#: An outcome, or a function that returns it when a test reads it.
RecordedOutcome = Outcome | Callable[[], Outcome]


class Call:
    """One request to Step Functions, with its answer or error."""

    __slots__ = ("_elsewhere", "_outcome", "_request", "_size")

    def __init__(self, request: Request, outcome: RecordedOutcome, elsewhere: Elsewhere | None = None) -> None:
        self._request = request
        #: The regions and accounts in which a resource exists that the call did not find.
        self._elsewhere = elsewhere
        #: Read on access; None after the answer was dropped.
        self._outcome: RecordedOutcome | None = outcome
        #: The size in bytes, without the answer.
        self._size = sum(map(getsizeof, (request.body, request.url, request.trace_id))) + _BYTES_OF_CALL

    @property
    def operation(self) -> str:
        """The operation's name in the API, such as ``ListExecutions``."""
        return self._request.operation

    @property
    def parameters(self) -> dict[str, Any]:
        """A copy of the parameters as they were sent; empty for a request that could not be read."""
        return self._request.parameters()

    @property
    def account_id(self) -> str:
        """The account of the call."""
        return self._request.account_id

    @property
    def region(self) -> str:
        """The region of the call."""
        return self._request.region

    @property
    def date(self) -> datetime:
        """When the call arrived, by the test's clock, in UTC."""
        return clock.to_datetime(self._request.moment)

    @property
    def response(self) -> dict[str, Any] | None:
        """The answer as boto3 returned it, or the ``response`` of the ClientError, without ``ResponseMetadata``.

        None for a connection error. Changes that the caller makes to the answer or its lists are not visible here;
        nested values, such as the items of a list of state machines, are shared.

        Raises:
            RuntimeError: If the answer was dropped: the record keeps the newest answers, up to 32 MiB in all.
        """
        return self._read().response

    @property
    def error(self) -> str | None:
        """The code of AWS's error, such as ``InvalidToken``, or the name of an exception, such as ``ReadTimeoutError``.

        None if the call succeeded.
        """
        return None if self._outcome is None else self._read().error

    def _read(self) -> Outcome:
        outcome = self._outcome
        if outcome is None:
            raise RuntimeError(
                f"cannot read the answer to this {self.operation}: sfn.calls keeps only the newest answers, up to "
                f"{_amount()} in all; read it earlier, or call sfn.reset() in between instead."
            )
        if not isinstance(outcome, Outcome):
            outcome = self._outcome = outcome()
        return outcome

    # --- Text ----------------------------------------------------------------------------------------------------

    def _row(self) -> tuple[str, ...]:
        """Return its row in the table of calls."""
        return (
            clock.describe(self._request.moment),
            self.region,
            self.account_id,
            self.operation,
            self._describe_parameters(),
            self._describe_outcome(),
        )

    def _locations(self) -> set[Location]:
        """Return the regions and accounts in its row."""
        there = () if self._elsewhere is None else self._elsewhere.locations
        return {Location(self.region, self.account_id), *there}

    def _describe_parameters(self) -> str:
        return ", ".join(f"{name}={self._short(value)}" for name, value in self.parameters.items())

    def _describe_outcome(self) -> str:
        if self._outcome is None:
            return "(kept no more)"
        error, response = self._read()
        if response is None:
            return str(error)
        where = "" if self._elsewhere is None else f" (exists in {self._elsewhere})"
        if error is not None:
            return f"{error}{where}: {self._shorten(response['Error']['Message'])}"
        members = ", ".join(self._describe(member, value) for member, value in response.items())
        return f"{members or '(no members)'}{where}"

    def _describe(self, member: str, value: object) -> str:
        if isinstance(value, list):
            return f"{member}: {len(value)}"
        return member if member == "nextToken" else f"{member}={self._short(value)}"

    def _short(self, value: object) -> str:
        if isinstance(value, datetime):
            return clock.describe_date(value)
        return cut(self._shorten(repr(value)), _WIDEST_VALUE)

    def _shorten(self, text: str) -> str:
        """Return the text without the prefix of ARNs of the call's own account and region."""
        return re.sub(rf"arn:[\w-]+:states:{re.escape(self.region)}:{re.escape(self.account_id)}:", "", text)

    def __repr__(self) -> str:
        return f"<{self.operation}({self._describe_parameters()}) -> {self._describe_outcome()}>"


class Calls(list[Call]):
    """Calls in the order in which they were answered; ``str()`` is a table of them.

    The table shows region and account if there are several.
    """

    def of(self, operation: str) -> Calls:
        """Return the calls of one operation, oldest first.

        Args:
            operation: The API name of the operation, or the name of boto3's method.

        Raises:
            ValueError: If Step Functions has no operation of that name; the message suggests the closest name.
        """
        name = operation_named(operation)
        return Calls(call for call in self if call.operation == name)

    def __str__(self) -> str:
        locations = {location for call in self for location in call._locations()}
        shown = (
            True,
            len({location.region for location in locations}) > 1,
            len({location.account_id for location in locations}) > 1,
            *(True, True, True),
        )
        rows = [("date", "region", "account", "operation", "parameters", "answer"), *(call._row() for call in self)]
        heading, *others = [tuple(compress(row, shown)) for row in rows]
        return table(heading, others)


def is_kept(call: Call) -> bool:
    """Return whether the record still has the answer of a call."""
    return call._outcome is not None


def drop_answer(call: Call) -> None:
    """Drop the answer of a call."""
    call._outcome = None


class CallLog:
    """Records the calls of all threads. Answers are copied as deep as callers usually change them."""

    def __init__(self) -> None:
        self.calls = Calls()
        self._lock = Lock()
        #: Calls with answers, oldest first, each with the bytes of its answer.
        self._answers: deque[tuple[Call, int]] = deque()
        self._bytes = 0
        #: The number of dropped calls, and how many of them a warning has reported.
        self._dropped = 0
        self._warned = 0

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            try:
                self._forget()
            except BaseException:
                # An interrupt may have come in between.
                self._forget()
                raise

    def _forget(self) -> None:
        self.calls.clear()
        self._answers.clear()
        self._bytes = self._dropped = self._warned = 0

    def warn_of_dropped(self) -> None:
        """Warn if calls were dropped since the last warning."""
        if self._dropped > self._warned:
            self._warned = self._dropped
            warnings.warn(
                f"sfn.calls has dropped its oldest calls, {self._dropped} so far: it keeps only the newest, up to "
                f"{_amount()} in all. Read them earlier, or call sfn.reset() in between.",
                stacklevel=3,
            )

    def snapshot(self) -> Callable[[], None]:
        """Return a function that forgets the calls from now on; dropped answers stay dropped."""
        with self._lock:
            calls, answers, size = list(self.calls), self._answers.copy(), self._bytes
            dropped, warned = self._dropped, self._warned

        def restore() -> None:
            with self._lock:
                self.calls[:], self._answers, self._bytes = calls, answers, size
                self._dropped, self._warned = dropped, warned

        return restore

    def answered(
        self,
        request: Request,
        outcome: RecordedOutcome,
        answer: dict[str, Any],
        elsewhere: Elsewhere | None,
    ) -> None:
        """Record a call that succeeded, with its ``answer``, and the location of a resource that it did not find."""
        self._add(Call(request, outcome, elsewhere), answer)

    def refused(self, request: Request, error: SFNError, elsewhere: Elsewhere | None) -> None:
        """Record a call that ended in an error of AWS, and the location of a resource that it did not find."""
        response: dict[str, Any] = {"Error": {"Message": error.message, "Code": error.code}}
        # botocore reads other members only of errors in the model.
        if get_service_model("stepfunctions").shape_for_error_code(error.code) is not None:
            response.update(members_of_error(error))
        call = Call(request, Outcome(error.code, response), elsewhere)
        # AWS's sentence may quote the request.
        call._size += getsizeof(error.message)
        self._add(call, None)

    def failed(self, request: Request, error: Exception) -> None:
        """Record a call that ended in a connection error, or in an exception of a task such as UnmockedServiceError."""
        self._add(Call(request, Outcome(type(error).__name__, None)), None)

    def _add(self, call: Call, answer: dict[str, Any] | None) -> None:
        size = 0 if answer is None else _size(answer, call.operation.startswith("List"))
        with self._lock:
            try:
                self._keep(call, size)
            except BaseException:
                # An interrupt may have come in between.
                self._remove(call)
                raise

    def _keep(self, call: Call, size: int) -> None:
        """Add a call whose answer has a size, and drop what no longer fits."""
        self.calls.append(call)
        self._bytes += call._size + size
        if size:
            self._answers.append((call, size))
        while self._bytes > KEPT_BYTES and self._answers and self._answers[0][0] is not call:
            oldest, its_size = self._answers.popleft()
            drop_answer(oldest)
            self._bytes -= its_size
        if self._bytes > KEPT_BYTES:
            self._drop_calls()

    def _remove(self, removed: Call) -> None:
        """Remove a call, if it is there, and count the bytes anew."""
        self.calls[:] = [call for call in self.calls if call is not removed]
        self._answers = deque((call, size) for call, size in self._answers if call is not removed)
        self._bytes = sum(call._size for call in self.calls) + sum(size for _, size in self._answers)

    def _drop_calls(self) -> None:
        """Drop the oldest calls, all but the last one if need be."""
        # More than necessary, because each deletion moves all other calls.
        number = 0
        while self._bytes > KEPT_BYTES * 7 // 8 and number < len(self.calls) - 1:
            self._bytes -= self.calls[number]._size
            number += 1
        del self.calls[:number]
        self._dropped += number


def _size(value: object, is_listing: bool) -> int:
    """Estimate the bytes of an answer. Items of a listing are small, and there may be a thousand."""
    if isinstance(value, str):
        return getsizeof(value)
    size = 0
    if isinstance(value, dict):
        # Not sum(), and no call for text: that would take longer than the rest of this.
        for member in value.values():
            size += getsizeof(member) if isinstance(member, str) else _size(member, is_listing)
    elif isinstance(value, list):
        size = len(value) * _BYTES_OF_ITEM
        if not is_listing:
            for item in value:
                size += _size(item, False)
    return size


def _amount() -> str:
    return f"{KEPT_BYTES / 1024 / 1024:g} MiB"


class _NoLog(CallLog):
    """A record that stays empty, for calls that are not the test's, such as those of the server's page."""

    def _add(self, call: Call, answer: dict[str, Any] | None) -> None:
        """Record nothing."""


NO_LOG = _NoLog()


def answered_with(answer: dict[str, Any]) -> Outcome:
    """Return the outcome of a call, with a copy of the answer, because the caller may change its lists."""
    lists = {member: value.copy() for member, value in answer.items() if isinstance(value, list)}
    return Outcome(None, {**answer, **lists})


def answered_again(make: Callable[[], dict[str, Any]]) -> Callable[[], Outcome]:
    """Return the outcome of a call whose answer is made again when it is read."""
    return lambda: Outcome(None, make())


def read_answer(operation: str, body: str) -> Outcome:
    """Return the outcome of a call as botocore reads it from the answer's HTTP body."""
    service = get_service_model("stepfunctions")
    answer = {"status_code": 200, "headers": {}, "body": body.encode()}
    parsed = create_parser("json").parse(answer, service.operation_model(operation).output_shape)
    return Outcome(None, {member: value for member, value in parsed.items() if member != "ResponseMetadata"})
