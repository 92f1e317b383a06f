"""No call to another AWS service leaves the machine, and none goes unnoticed."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple, NoReturn

from sfn_mock.instruments import failures


class UnmockedServiceError(Exception):
    """A call to an AWS service that nothing mocks. It has not left the machine, and botocore does not retry it."""


class _RefusedCall(NamedTuple):
    #: Service and operation, such as "s3 PutObject".
    name: str
    error: UnmockedServiceError


class Guard:
    """Refuses calls to other services, and remembers them until they are accounted for."""

    def __init__(self) -> None:
        self._refused: list[_RefusedCall] = []

    def refuse(self, service: str, operation: str) -> NoReturn:
        """Raise UnmockedServiceError, which names the call and says how to mock it."""
        name = f"{service} {operation}"
        error = UnmockedServiceError(
            f"{name} is not mocked: mock_sfn_executions answers Step Functions only. Add moto's mock_aws to this test, "
            f"or stub the client."
        )
        self._refused.append(_RefusedCall(name, error))
        raise error

    def settle(self, failure: BaseException | None) -> None:
        """Account for the calls refused so far, now that ``failure``, or nothing, goes out to the test's runner.

        Calls whose error the failure shows are reported by it. Any other error was swallowed on its way: it joins the
        report of the failure as a note, or without one is raised as an UnmockedServiceError of its own.
        """
        refused, self._refused = self._refused, []
        if not refused:
            return
        shown = failures.shown_with(failure)
        reported = {call.name for call in refused if any(call.error is error for error in shown)}
        swallowed = [call for call in refused if call.name not in reported]
        if not swallowed:
            return
        sentence = _report(swallowed)
        if failure is None:
            raise UnmockedServiceError(sentence) from swallowed[0].error
        failures.join(failure, sentence)


def _report(swallowed: list[_RefusedCall]) -> str:
    counts = Counter(call.name for call in swallowed)
    calls = ", ".join(name if count == 1 else f"{name} ({count} times)" for name, count in counts.items())
    return (
        f"The code under test called AWS services that are not mocked, and swallowed the error: {calls}. Add moto's "
        f"mock_aws to this test, or stub the client."
    )
