"""Refuse calls to other AWS services, and report refused calls whose errors were swallowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, NoReturn

from sfn_mock import active_mock
from sfn_mock.instruments import failures
from sfn_mock.suggestions import closest


class UnmockedServiceError(Exception):
    """A call to an AWS service that is not mocked. It did not leave the machine, and botocore does not retry it."""


class _RefusedCall(NamedTuple):
    #: Service and operation, such as "s3 PutObject", or the state and execution of a task.
    name: str
    error: UnmockedServiceError
    #: Whether it is the task of a state.
    is_task: bool = False


class Guard:
    """Refuses calls to other services, and keeps them until they are reported."""

    def __init__(self) -> None:
        #: One list for each nested mock, the innermost last.
        self._refused: list[list[_RefusedCall]] = [[]]

    def nest(self) -> None:
        """Start a separate list for an inner mock."""
        self._refused.append([])

    def unnest(self, depth: int) -> list[_RefusedCall]:
        """Remove the lists of ended inner mocks, keep ``depth``; return the calls that they refused."""
        ended = self._refused[depth:]
        del self._refused[depth:]
        return [call for calls in ended for call in calls]

    def refuse(self, service: str, operation: str) -> NoReturn:
        """Raise UnmockedServiceError, which names the call and says how to mock it."""
        name = f"{service} {operation}"
        error = UnmockedServiceError(
            f"{name} is not mocked: mock_sfn_executions mocks Step Functions only. Add moto's mock_aws to this test, "
            f"or stub the client."
        )
        self._refused[-1].append(_RefusedCall(name, error))
        raise error

    def refuse_connection(self, host: str, *, is_probe: bool) -> NoReturn:
        """Raise UnmockedServiceError for a connection to AWS from a client without mock.

        A probe only checks for an environment, such as instance metadata: its swallowed error is not reported.
        """
        name = f"connection to {host}"
        error = UnmockedServiceError(
            f"cannot open a {name}: no call leaves this machine while mock_sfn_executions is active; call Step "
            f"Functions with boto3, requests or urllib3, and mock other services instead."
        )
        if not is_probe:
            self._refused[-1].append(_RefusedCall(name, error))
        raise error

    def remember_task(self, name: str, error: UnmockedServiceError) -> None:
        """Keep an unmocked task until it is reported."""
        self._refused[-1].append(_RefusedCall(name, error, is_task=True))

    def accept(self, expected: BaseException) -> None:
        """Remove the calls whose errors ``expected`` shows: the test has caught them on purpose."""
        reported = _reported([call for calls in self._refused for call in calls], expected)
        for calls in self._refused:
            calls[:] = [call for call in calls if call.name not in reported]

    def report_findings(self, failure: BaseException | None) -> None:
        """Report the refused calls with the ``failure`` that reaches the test runner, or as an error without one."""
        refused = [call for calls in self._refused for call in calls]
        if not refused:
            return
        for calls in self._refused:
            calls.clear()
        _raise_or_note(_swallowed(refused, failure), failure)

    def report_inner_findings(self, refused: list[_RefusedCall], failure: BaseException | None) -> None:
        """Report the calls that an inner mock refused, with the ``failure`` that leaves it, or as an error without one.

        Calls that the failure shows move to the outer mock, because it may still be swallowed there.
        """
        swallowed = _swallowed(refused, failure)
        self._refused[-1] += [call for call in refused if call not in swallowed]
        _raise_or_note(swallowed, failure)


def unmocked_task(
    state: str, execution_arn: str, machine: str, resource: str, *, function: str | None, handled: Sequence[str]
) -> UnmockedServiceError:
    """Return the error of an unmocked task, with a hint how to mock it.

    Args:
        state: The name of the state.
        execution_arn: The ARN of the execution.
        machine: The name of its state machine.
        resource: The ARN of the task's resource.
        function: The name of the Lambda function that the task invokes; None for another task.
        handled: The names of the Lambda functions that have handlers.
    """
    name = f"state {state!r} of {execution_arn}"
    called, handler, hint = resource, "", ""
    if function is not None:
        called = f"the Lambda function {function!r}"
        handler = f"give it a handler with sfn.mock_lambda({function!r}, handler), "
        hint = _handled_functions(function, handled)
    error = UnmockedServiceError(
        f"S{name[1:]} calls {called}, which is not mocked: {handler}give the state a result with "
        f"sfn.get_state_machine({machine!r}).mock_task({state!r}, result=...), or add moto's mock_aws to this "
        f"test.{hint}"
    )
    # After install() there may be only a mock_aws, whose end cannot raise the error again.
    session = active_mock.session()
    if session is not None:
        session.guard.remember_task(name, error)
    return error


def _handled_functions(function: str, handled: Sequence[str]) -> str:
    """Return a sentence about the functions that have handlers, of which one may be meant; "" without any."""
    if not handled:
        return ""
    meant = closest(function, handled)
    if meant is None:
        return f" Functions with a handler: {', '.join(handled)}."
    return f" Did you mean {meant!r}, which has a handler?"


def _reported(refused: list[_RefusedCall], failure: BaseException | None) -> set[str]:
    """Return the names of the calls whose errors the failure shows."""
    shown = failures.shown_with(failure)
    return {call.name for call in refused if failures.is_among(call.error, shown)}


def _swallowed(refused: list[_RefusedCall], failure: BaseException | None) -> list[_RefusedCall]:
    """Return the calls that the failure does not show, because their errors were swallowed."""
    reported = _reported(refused, failure)
    return [call for call in refused if call.name not in reported]


def _raise_or_note(swallowed: list[_RefusedCall], failure: BaseException | None) -> None:
    """Add the swallowed calls to the failure or, without one, raise UnmockedServiceError."""
    if not swallowed:
        return
    sentence = _report(swallowed)
    if failure is None:
        raise UnmockedServiceError(sentence) from swallowed[0].error
    failures.join(failure, sentence)


def _report(swallowed: list[_RefusedCall]) -> str:
    calls = _listed(call for call in swallowed if not call.is_task)
    tasks = _listed(call for call in swallowed if call.is_task)
    sentences = []
    if calls:
        sentences.append(
            f"The code under test called AWS services that are not mocked, and swallowed the error: {calls}. Add "
            f"moto's mock_aws to this test, or stub the client."
        )
    if tasks:
        sentences.append(
            f"Executions came to tasks that nothing answers, and the code under test swallowed the error: {tasks}. "
            f"Give their states results with mock_task(), or add moto's mock_aws to this test."
        )
    return " ".join(sentences)


def _listed(calls: Iterable[_RefusedCall]) -> str:
    counts = Counter(call.name for call in calls)
    return ", ".join(name if count == 1 else f"{name} ({count} times)" for name, count in counts.items())
