"""Task mocks: by state, by resource, by Lambda function, and by case of a mock config."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sfn_mock.asl.host import Failed, Succeeded, TaskCall

#: Returns the answer of a mocked task.
Answer = Callable[[TaskCall], Succeeded | Failed]
#: A handler of a Lambda function, called with event and context.
Handler = Callable[[Any, Any], Any]


class TaskError(Exception):
    """An error of a task, raised by callables of ``mock_task`` and handlers of ``mock_lambda``.

    Args:
        error: The name of the error, which Retry and Catch match.
        cause: Its cause.

    Raises:
        ValueError: If one of them is not a string, or the name is empty.
    """

    def __init__(self, error: str, cause: str | None = None) -> None:
        if not isinstance(error, str) or not error:
            raise ValueError(f"error must be a string that is not empty, got {error!r}.")
        if not isinstance(cause, str | None):
            raise ValueError(f"cause must be a string, got {cause!r}.")
        super().__init__(error, cause)
        self.error = error
        self.cause = cause

    def __str__(self) -> str:
        return self.error if self.cause is None else f"{self.error}: {self.cause}"


class TaskMock:
    """Answers for the tasks of a state or resource, used one after the other; the last one is repeated."""

    def __init__(self, answers: list[Answer]) -> None:
        self._answers = answers
        #: The position in the list that each task was given. A task that is asked again, because the clock went back,
        #: gets the same answer again.
        self._positions: dict[tuple[Hashable, str], int] = {}

    def answer(self, execution: Hashable, call: TaskCall) -> Succeeded | Failed:
        """Return the answer of a task."""
        position = self._positions.setdefault((execution, call.token), len(self._positions))
        return self._answers[min(position, len(self._answers) - 1)](call)


class Response(NamedTuple):
    """What a mock config answers to some invocations of a state, counted from 0 on."""

    first: int
    last: int
    answer: Succeeded | Failed


class CaseState(NamedTuple):
    """What a test case of a mock config answers for a state: the name of the responses, and the responses."""

    name: str
    responses: tuple[Response, ...]


#: A test case of a mock config: what is answered, by name of the state.
Case = Mapping[str, CaseState]


class CaseRun:
    """A test case of a mock config as one execution goes through it."""

    def __init__(self, case: Case) -> None:
        self._case = case
        #: By state: the number of each invocation, by its token.
        self._invocations: dict[str, dict[str, int]] = {}

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


@dataclass
class TaskMocks:
    """All task mocks of one mock.

    Attributes:
        cases: The test cases of mock configs, by name of the state machine and of the case.
    """

    cases: dict[str, dict[str, Case]] = field(default_factory=dict)
    #: By state machine, None for any, and state.
    _by_state: dict[tuple[Hashable | None, str], TaskMock] = field(default_factory=dict)
    #: By ARN, with ``*`` for any text; those added last come first.
    _by_resource: dict[str, TaskMock] = field(default_factory=dict)
    _handlers: dict[Invocation, Handler] = field(default_factory=dict)

    def add_for_state(self, machine: Hashable | None, state: str, mock: TaskMock) -> None:
        """Mock a state of one state machine, or of any; this replaces its earlier mock."""
        self._by_state[machine, state] = mock

    def add_for_resource(self, pattern: str, mock: TaskMock) -> None:
        """Mock the tasks of a resource; this replaces the earlier mock of the same pattern."""
        self._by_resource.pop(pattern, None)
        self._by_resource = {pattern: mock, **self._by_resource}

    def add_function(self, function: Invocation, handler: Handler) -> None:
        """Set the handler of a function; this replaces its earlier handler."""
        self._handlers[function] = handler

    def find(self, machine: Hashable, call: TaskCall) -> TaskMock | None:
        """Return the mock of a task, None without one: the state of the machine, of any machine, or the resource."""
        for owner in (machine, None):
            if (mock := self._by_state.get((owner, call.state))) is not None:
                return mock
        for pattern, mock in self._by_resource.items():
            if matches(pattern, call.resource.arn):
                return mock
        return None

    def find_handler(self, function: Invocation) -> Handler | None:
        """Return the handler of a function: that of its version or alias, else that of its name."""
        return self._handlers.get(function) or self._handlers.get(Invocation(function.name, None))

    def clear(self) -> None:
        """Remove all task mocks."""
        for mocks in (self.cases, self._by_state, self._by_resource, self._handlers):
            mocks.clear()


def matches(pattern: str, arn: str) -> bool:
    """Return whether an ARN matches a pattern, in which ``*`` matches any text."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), arn) is not None
