"""The record of the calls that the mock answered, in the order of its answers.

There is one entry for each request, as AWS would have seen them: a call that botocore repeats has several.
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

#: How many bytes the record may hold. Of what is more the oldest answers go first, then the oldest calls.
KEPT_BYTES = 32 * 1024 * 1024
#: What a call takes beside its body, and an item of a list of AWS's, about.
_BYTES_OF_CALL = 1_000
_BYTES_OF_ITEM = 500
#: Of a longer parameter or member only so much is shown: an ARN without its beginning fits.
_WIDEST_VALUE = 64


class Outcome(NamedTuple):
    """What a request came to."""

    #: The code or name of its error; None for an answer.
    error: str | None
    #: The answer, or what AWS's error tells; None where nothing came.
    response: dict[str, Any] | None


class Call:
    """One request to Step Functions, and what it was answered with."""

    __slots__ = ("_elsewhere", "_outcome", "_request", "_size")

    def __init__(
        self, request: Request, outcome: Outcome | Callable[[], Outcome], elsewhere: Elsewhere | None = None
    ) -> None:
        self._request = request
        #: Where in the mock that exists which the call did not find.
        self._elsewhere = elsewhere
        #: Read when somebody looks; None once the answer has been given up.
        self._outcome: Outcome | Callable[[], Outcome] | None = outcome
        #: How many bytes the record needs for it, without its answer.
        self._size = sum(map(getsizeof, (request.body, request.url, request.trace_id))) + _BYTES_OF_CALL

    @property
    def operation(self) -> str:
        """The operation's name in the API, such as ``ListExecutions``."""
        return self._request.operation

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters as they were sent, in a dict of one's own; empty for a request that could not be read."""
        return self._request.parameters()

    @property
    def account_id(self) -> str:
        """The account that it belongs to."""
        return self._request.account_id

    @property
    def region(self) -> str:
        """The region that it went to."""
        return self._request.region

    @property
    def date(self) -> datetime:
        """When it arrived, by the test's clock, in UTC."""
        return clock.to_datetime(self._request.moment)

    @property
    def response(self) -> dict[str, Any] | None:
        """What boto3 gave, without ``ResponseMetadata``: the answer, or the ``response`` of the ClientError.

        None where no answer came. What the caller adds to the answer, takes from it or sorts in it is not seen here;
        what stands deeper, such as the items of its lists, is shared. RuntimeError for an answer that is kept no more:
        the record keeps the newest ones, up to 32 MiB in all.
        """
        return self._read().response

    @property
    def error(self) -> str | None:
        """The code of AWS's error, such as ``InvalidToken``, or the name of botocore's, such as ``ReadTimeoutError``.

        None for a call that succeeded.
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

    # --- For people ----------------------------------------------------------------------------------------------

    def _row(self) -> tuple[str, ...]:
        """Return its cells in the table of calls, in a few words each."""
        return (
            clock.describe(self._request.moment),
            self.region,
            self.account_id,
            self.operation,
            self._describe_parameters(),
            self._describe_outcome(),
        )

    def _locations(self) -> set[Location]:
        """Return the regions and accounts that its row speaks of."""
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
        """Return the text without what the ARNs of the call's own account and region have in common."""
        return re.sub(rf"arn:[\w-]+:states:{re.escape(self.region)}:{re.escape(self.account_id)}:", "", text)

    def __repr__(self) -> str:
        return f"<{self.operation}({self._describe_parameters()}) -> {self._describe_outcome()}>"


class Calls(list[Call]):
    """Calls in the order in which they were answered; as text, a table of them.

    The table has columns for the region and the account where there are several.
    """

    def of(self, operation: str) -> Calls:
        """Return those of one operation, by its API or snake_case name; ValueError if there is no such operation."""
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
    """Return whether the answer to a call is kept still."""
    return call._outcome is not None


def give_up(call: Call) -> None:
    """Keep the answer to a call no more."""
    call._outcome = None


class CallLog:
    """Records the calls of all threads. An answer is copied as far as callers commonly change what they got."""

    def __init__(self) -> None:
        self.calls = Calls()
        self._lock = Lock()
        #: Calls with answers, oldest first, each with the bytes of its answer.
        self._answers: deque[tuple[Call, int]] = deque()
        self._bytes = 0
        #: How many calls are kept no more, and of how many a test was told.
        self._dropped = 0
        self._told = 0

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self.calls.clear()
            self._answers.clear()
            self._bytes = self._dropped = self._told = 0

    def warn_of_dropped(self) -> None:
        """Warn a test that asks for calls which are kept no more, each time there are others."""
        if self._dropped > self._told:
            self._told = self._dropped
            warnings.warn(
                f"sfn.calls has dropped its oldest calls, {self._dropped} so far: it keeps only the newest, up to "
                f"{_amount()} in all. Read them earlier, or call sfn.reset() in between.",
                stacklevel=3,
            )

    def mark(self) -> Callable[[], None]:
        """Return a function that forgets all calls from now on; answers that were dropped meanwhile stay dropped."""
        with self._lock:
            calls, answers, size = list(self.calls), self._answers.copy(), self._bytes
            dropped, told = self._dropped, self._told

        def take_back() -> None:
            with self._lock:
                self.calls[:], self._answers, self._bytes = calls, answers, size
                self._dropped, self._told = dropped, told

        return take_back

    def answered(
        self,
        request: Request,
        outcome: Outcome | Callable[[], Outcome],
        answer: dict[str, Any],
        elsewhere: Elsewhere | None,
    ) -> None:
        """Record a call that succeeded, with ``answer``, of which the outcome is made, and where what it missed is."""
        self._add(Call(request, outcome, elsewhere), answer)

    def refused(self, request: Request, error: SFNError, elsewhere: Elsewhere | None) -> None:
        """Record a call that ended in an error of AWS's, and where that exists which it did not find."""
        response: dict[str, Any] = {"Error": {"Message": error.message, "Code": error.code}}
        # botocore reads other members of those errors only that the model has.
        if get_service_model("stepfunctions").shape_for_error_code(error.code) is not None:
            response.update(members_of_error(error))
        call = Call(request, Outcome(error.code, response), elsewhere)
        # AWS's sentence may quote what was sent.
        call._size += getsizeof(error.message)
        self._add(call, None)

    def failed(self, request: Request, error: Exception) -> None:
        """Record a call that ended in an error of the connection."""
        self._add(Call(request, Outcome(type(error).__name__, None)), None)

    def _add(self, call: Call, answer: dict[str, Any] | None) -> None:
        size = 0 if answer is None else _size(answer, call.operation.startswith("List"))
        with self._lock:
            self.calls.append(call)
            self._bytes += call._size + size
            if size:
                self._answers.append((call, size))
            while self._bytes > KEPT_BYTES and self._answers and self._answers[0][0] is not call:
                oldest, its_size = self._answers.popleft()
                give_up(oldest)
                self._bytes -= its_size
            if self._bytes > KEPT_BYTES:
                self._drop_calls()

    def _drop_calls(self) -> None:
        """Drop the oldest calls, all but the last one if need be."""
        # Some more than there must, as each time all others move up.
        number = 0
        while self._bytes > KEPT_BYTES * 7 // 8 and number < len(self.calls) - 1:
            self._bytes -= self.calls[number]._size
            number += 1
        del self.calls[:number]
        self._dropped += number


def _size(value: object, is_listing: bool) -> int:
    """Return about how many bytes an answer takes. The items of a listing are all small, and may be a thousand."""
    if isinstance(value, dict):
        return sum(_size(member, is_listing) for member in value.values())
    if isinstance(value, list):
        return len(value) * _BYTES_OF_ITEM + (0 if is_listing else sum(_size(item, False) for item in value))
    return getsizeof(value) if isinstance(value, str) else 0


def _amount() -> str:
    return f"{KEPT_BYTES / 1024 / 1024:g} MiB"


class _NoLog(CallLog):
    """For calls that are not the test's, such as those of the page that shows the mock."""

    def _add(self, call: Call, answer: dict[str, Any] | None) -> None:
        """Record nothing."""


NO_LOG = _NoLog()


def answered_with(answer: dict[str, Any]) -> Outcome:
    """Return the outcome of a call with its answer as boto3 gives it; the caller may change the original's lists."""
    lists = {member: value.copy() for member, value in answer.items() if isinstance(value, list)}
    return Outcome(None, {**answer, **lists})


def read_answer(operation: str, body: str) -> Outcome:
    """Return the outcome of a call as botocore reads it from the answer's HTTP body."""
    service = get_service_model("stepfunctions")
    answer = {"status_code": 200, "headers": {}, "body": body.encode()}
    parsed = create_parser("json").parse(answer, service.operation_model(operation).output_shape)
    return Outcome(None, {member: value for member, value in parsed.items() if member != "ResponseMetadata"})
