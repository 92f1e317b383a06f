"""Task mocks: by state, by resource, by Lambda function, and by case of a mock config."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sfn_mock.asl.host import Failed, Succeeded, TaskCall
from sfn_mock.state.outcomes import check_length

#: The version of a Lambda function without a qualifier.
LATEST = "$LATEST"
#: A function that returns the answer of a mocked task.
Answer = Callable[[TaskCall], Succeeded | Failed]
#: The handler of a Lambda function; its parameters are event and context.
Handler = Callable[[Any, Any], Any]


class TaskError(Exception):
    """The error of a task; callables of `mock_task` and handlers of `mock_lambda` may raise it.

    Args:
        error: The name of the error, which Retry and Catch match.
        cause: The cause of the error.

    Raises:
        ValueError: If an argument is not a string or longer than AWS allows, or the name is empty.
    """

    def __init__(self, error: str, cause: str | None = None) -> None:
        if not isinstance(error, str) or not error:
            raise ValueError(f"error must be a string that is not empty, got {error!r}.")
        if not isinstance(cause, str | None):
            raise ValueError(f"cause must be a string, got {cause!r}.")
        check_length(error, "error")
        check_length(cause or "", "cause")
        super().__init__(error, cause)
        self.error = error
        self.cause = cause

    def __str__(self) -> str:
        return self.error if self.cause is None else f"{self.error}: {self.cause}"


class TaskMock:
    """The answers for the tasks of a state or resource, used in order; the last one is repeated."""

    def __init__(self, answers: list[Answer]) -> None:
        self._answers = answers
        #: The index of the answer of each task. A task that is repeated, because the clock went back, gets the same
        #: answer again.
        self._positions: dict[tuple[Hashable, str], int] = {}

    def answer(self, execution: Hashable, call: TaskCall) -> Succeeded | Failed:
        """Return the answer of a task."""
        position = self._positions.setdefault((execution, call.token), len(self._positions))
        return self._answers[min(position, len(self._answers) - 1)](call)


class Response(NamedTuple):
    """The answer of a mock config to a range of invocations of a state, counted from 0."""

    first: int
    last: int
    answer: Succeeded | Failed


class CaseState(NamedTuple):
    """The responses of a state in a test case of a mock config, and their name."""

    name: str
    responses: tuple[Response, ...]


#: A test case of a mock config: the responses by name of the state.
Case = Mapping[str, CaseState]


class CaseRun:
    """The use of a test case of a mock config by one execution."""

    def __init__(self, case: Case) -> None:
        self._case = case
        #: The numbers of invocations by state and token.
        self._invocations: dict[str, dict[str, int]] = {}

    def mocks(self, state: str) -> bool:
        """Return whether the case has responses for a state."""
        return state in self._case

    def answer(self, call: TaskCall) -> Succeeded | Failed | None:
        """Return the answer of a task, None if the case does not mock its state.

        Raises:
            ValueError: If the state is invoked more often than the mock config has responses for.
        """
        mocked = self._case.get(call.state)
        if mocked is None:
            return None
        invocations = self._invocations.setdefault(call.state, {})
        number = invocations.setdefault(call.token, len(invocations))
        for response in mocked.responses:
            if response.first <= number <= response.last:
                return response.answer
        raise ValueError(
            f"MockedResponses[{mocked.name!r}] has no response for invocation {number} of state {call.state!r}: "
            f"add one under {str(number)!r}."
        )


class Invocation(NamedTuple):
    """The Lambda function that a task invokes."""

    name: str
    qualifier: str | None

    def __str__(self) -> str:
        return self.name if self.qualifier is None else f"{self.name}:{self.qualifier}"


@dataclass
class TaskMocks:
    """All task mocks of one mock.

    Attributes:
        cases: The test cases of mock configs, by name of the state machine and of the case.
    """

    cases: dict[str, dict[str, Case]] = field(default_factory=dict)
    #: The mocks by state machine, None for any, and state.
    _by_state: dict[tuple[Hashable | None, str], TaskMock] = field(default_factory=dict)
    #: The mocks by ARN, with `*` for any text, the last added first.
    _by_resource: dict[str, TaskMock] = field(default_factory=dict)
    _handlers: dict[Invocation, Handler] = field(default_factory=dict)

    def add_for_state(self, machine: Hashable | None, state: str, mock: TaskMock) -> None:
        """Mock a state of one state machine, or of all; this replaces an earlier mock."""
        self._by_state[machine, state] = mock

    def add_for_resource(self, pattern: str, mock: TaskMock) -> None:
        """Mock the tasks of a resource; this replaces an earlier mock with the same pattern."""
        self._by_resource.pop(pattern, None)
        self._by_resource = {pattern: mock, **self._by_resource}

    def add_function(self, function: Invocation, handler: Handler) -> None:
        """Set the handler of a Lambda function; this replaces an earlier handler."""
        self._handlers[function] = handler

    def find(self, machine: Hashable, call: TaskCall) -> TaskMock | None:
        """Return the mock of a task, None if there is none.

        A mock of the state in this state machine comes first, then one in all state machines, then one of the resource.
        """
        for owner in (machine, None):
            if (mock := self._by_state.get((owner, call.state))) is not None:
                return mock
        for pattern, mock in self._by_resource.items():
            if matches(pattern, call.resource.arn):
                return mock
        return None

    def find_handler(self, function: Invocation) -> Handler | None:
        """Return the handler of a Lambda function: for its version or alias, otherwise for its name.

        The function without a qualifier is its version $LATEST.
        """
        name, qualifier = function
        names = [function, Invocation(name, None)] + [Invocation(name, LATEST)] * (qualifier is None)
        return next((self._handlers[known] for known in names if known in self._handlers), None)

    @property
    def functions(self) -> list[str]:
        """The names of the Lambda functions that have handlers."""
        return [str(function) for function in self._handlers]

    def clear(self) -> None:
        """Remove all task mocks."""
        for mocks in (self.cases, self._by_state, self._by_resource, self._handlers):
            mocks.clear()


def matches(pattern: str, arn: str) -> bool:
    """Return whether an ARN matches a pattern, in which `*` matches any text."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), arn) is not None
