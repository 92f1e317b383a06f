"""The nodes of a parsed definition: state machine, states, retriers, catchers and choice rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, Literal

QueryLanguage = Literal["JSONPath", "JSONata"]


class Absent(Enum):
    """The type of ABSENT, the value of a missing member; a member that is null has the value None."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT

#: A number, or a JSONata expression that gives one.
NumberOrExpression = int | float | str | None


@dataclass(frozen=True)
class Retrier:
    """One element of `Retry`."""

    error_equals: tuple[str, ...]
    interval_seconds: float
    max_attempts: int
    backoff_rate: float
    max_delay_seconds: float | None
    has_full_jitter: bool


@dataclass(frozen=True)
class Catcher:
    """One element of `Catch`."""

    error_equals: tuple[str, ...]
    next: str
    result_path: str | None
    output: Any
    assign: Mapping[str, Any] | None


@dataclass(frozen=True)
class State:
    """A state: the fields that states of all types share.

    Attributes:
        name: The state's name.
        type: `Pass`, `Task`, ...; the types of the state's events begin with it.
        query_language: The state's query language; by default that of the state machine.
        next: The name of the next state, None if no state follows.
        input_path: `InputPath`, None if it is null.
        output_path: `OutputPath`, None if it is null.
        output: `Output`, or ABSENT.
        assign: `Assign`, or None.
        retry: The retriers; only Task, Parallel and Map states have any.
        catch: The catchers.
    """

    name: str
    type: str
    query_language: QueryLanguage
    next: str | None
    input_path: str | None
    output_path: str | None
    output: Any
    assign: Mapping[str, Any] | None
    retry: tuple[Retrier, ...]
    catch: tuple[Catcher, ...]

    @property
    def is_jsonata(self) -> bool:
        """Whether the state's expressions are JSONata."""
        return self.query_language == "JSONata"


@dataclass(frozen=True)
class Payload:
    """The fields that make a state's payload and shape its result."""

    parameters: Any
    arguments: Any
    result_selector: Any
    result_path: str | None


@dataclass(frozen=True)
class PassState(State):
    """A Pass state."""

    result: Any
    payload: Payload


@dataclass(frozen=True)
class TaskState(State):
    """A Task state."""

    resource: str
    payload: Payload
    timeout_seconds: NumberOrExpression
    timeout_seconds_path: str | None
    heartbeat_seconds: NumberOrExpression
    heartbeat_seconds_path: str | None
    credentials: Any


@dataclass(frozen=True)
class Comparison:
    """A test of one variable, such as `NumericEquals`."""

    variable: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Condition:
    """A JSONata expression that gives a boolean."""

    expression: Any


@dataclass(frozen=True)
class Negation:
    """`Not`."""

    test: ChoiceTest


@dataclass(frozen=True)
class Conjunction:
    """`And`."""

    tests: tuple[ChoiceTest, ...]


@dataclass(frozen=True)
class Disjunction:
    """`Or`."""

    tests: tuple[ChoiceTest, ...]


ChoiceTest = Comparison | Condition | Negation | Conjunction | Disjunction


@dataclass(frozen=True)
class ChoiceRule:
    """One element of `Choices`."""

    test: ChoiceTest
    next: str
    output: Any
    assign: Mapping[str, Any] | None


@dataclass(frozen=True)
class ChoiceState(State):
    """A Choice state."""

    choices: tuple[ChoiceRule, ...]
    default: str | None


@dataclass(frozen=True)
class WaitState(State):
    """A Wait state."""

    seconds: NumberOrExpression
    seconds_path: str | None
    timestamp: str | None
    timestamp_path: str | None


@dataclass(frozen=True)
class SucceedState(State):
    """A Succeed state."""


@dataclass(frozen=True)
class FailState(State):
    """A Fail state."""

    error: str | None
    error_path: str | None
    cause: str | None
    cause_path: str | None


@dataclass(frozen=True)
class Program:
    """A sequence of states: a state machine, a branch of a Parallel state or the processor of a Map state."""

    start_at: str
    states: Mapping[str, State]


@dataclass(frozen=True)
class ParallelState(State):
    """A Parallel state."""

    branches: tuple[Program, ...]
    payload: Payload


@dataclass(frozen=True)
class ItemReader:
    """An ItemReader: where a Distributed Map state reads its items.

    Attributes:
        resource: The ARN of the action, such as `arn:aws:states:::s3:getObject`.
        parameters: `Parameters` or, in JSONata states, `Arguments`.
        config: `ReaderConfig`.
    """

    resource: str
    parameters: Any
    config: Mapping[str, Any]


@dataclass(frozen=True)
class ItemBatcher:
    """An ItemBatcher: how a Distributed Map state groups items into batches."""

    max_items_per_batch: NumberOrExpression
    max_items_per_batch_path: str | None
    max_input_bytes_per_batch: NumberOrExpression
    max_input_bytes_per_batch_path: str | None
    batch_input: Any


@dataclass(frozen=True)
class ResultWriter:
    """A ResultWriter: where a Distributed Map state writes its results; `config` is `WriterConfig`."""

    resource: str | None
    parameters: Any
    config: Mapping[str, Any]


@dataclass(frozen=True)
class MapState(State):
    """A Map state, inline or distributed."""

    processor: Program
    is_distributed: bool
    execution_type: str
    payload: Payload
    items: Any
    items_path: str | None
    item_selector: Any
    item_reader: ItemReader | None
    item_batcher: ItemBatcher | None
    result_writer: ResultWriter | None
    max_concurrency: NumberOrExpression
    max_concurrency_path: str | None
    tolerated_failure_count: NumberOrExpression
    tolerated_failure_count_path: str | None
    tolerated_failure_percentage: NumberOrExpression
    tolerated_failure_percentage_path: str | None
    label: str | None


@dataclass(frozen=True)
class StateMachine(Program):
    """A complete definition."""

    query_language: QueryLanguage
    timeout_seconds: float | None
    comment: str | None


def each_state(program: Program) -> Iterator[State]:
    """Yield the states of a program, and those inside its Parallel and Map states."""
    for state in program.states.values():
        yield state
        if isinstance(state, ParallelState):
            for branch in state.branches:
                yield from each_state(branch)
        elif isinstance(state, MapState):
            yield from each_state(state.processor)
