"""Parse a definition into a tree of states.

The parser expects a definition that passed the checks. It raises a ValueError for any other text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sfn_mock.asl.nodes import (
    ABSENT,
    Catcher,
    ChoiceRule,
    ChoiceState,
    ChoiceTest,
    Comparison,
    Condition,
    Conjunction,
    Disjunction,
    FailState,
    ItemBatcher,
    ItemReader,
    MapState,
    Negation,
    NumberOrExpression,
    ParallelState,
    PassState,
    Payload,
    Program,
    QueryLanguage,
    ResultWriter,
    Retrier,
    State,
    StateMachine,
    SucceedState,
    TaskState,
    WaitState,
)

_MAX_DEPTH = 50
_RETRIED = ("Task", "Parallel", "Map")


@lru_cache(maxsize=256)
def parse_definition(text: str) -> StateMachine:
    """Parse the definition of a state machine.

    Args:
        text: The definition as JSON.

    Raises:
        ValueError: If the text is not a definition; the message names the wrong member.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError(f"definition must be nested at most {_MAX_DEPTH} deep") from None
    machine = _Reader(value, "/")
    default: QueryLanguage = _language(machine.text_or_none("QueryLanguage"), "JSONPath")
    program = _program(machine, default, depth=1)
    return StateMachine(
        program.start_at,
        program.states,
        query_language=default,
        timeout_seconds=machine.number("TimeoutSeconds"),
        comment=machine.text_or_none("Comment"),
    )


def parse_state(name: str, value: Mapping[str, Any], default: QueryLanguage = "JSONPath") -> State:
    """Parse a single state.

    Args:
        name: The state's name.
        value: The state, decoded from JSON.
        default: The query language if the state has no QueryLanguage.

    Raises:
        ValueError: If the value is not a state.
    """
    return _state(name, _Reader(value, f"/States/{name}"), default, depth=1)


class _Reader:
    """Reads the members of an object in a definition. Its errors name the location of a wrong member."""

    def __init__(self, value: Any, location: str) -> None:
        if not isinstance(value, dict):
            raise ValueError(f"{location} must be an object, got {_shown(value)}")
        self._value = value
        self._location = location

    def __contains__(self, member: str) -> bool:
        return member in self._value

    def location(self, member: str) -> str:
        return f"{self._location.rstrip('/')}/{member}"

    def value(self, member: str) -> Any:
        return self._value.get(member, ABSENT)

    def text(self, member: str) -> str:
        found = self.text_or_none(member)
        if found is None:
            raise ValueError(f"{self.location(member)} must be a string, got nothing")
        return found

    def text_or_none(self, member: str, default: str | None = None) -> str | None:
        found = self._value.get(member, default)
        if found is not None and not isinstance(found, str):
            raise ValueError(f"{self.location(member)} must be a string, got {_shown(found)}")
        return found

    def number(self, member: str) -> float | None:
        found = self._value.get(member)
        if found is not None and (isinstance(found, bool) or not isinstance(found, (int, float))):
            raise ValueError(f"{self.location(member)} must be a number, got {_shown(found)}")
        return found

    def number_or(self, member: str, default: float) -> float:
        found = self.number(member)
        return default if found is None else found

    def number_or_expression(self, member: str) -> NumberOrExpression:
        found = self._value.get(member)
        return found if isinstance(found, str) else self.number(member)

    def object(self, member: str) -> _Reader:
        return _Reader(self.value(member), self.location(member))

    def mapping(self, member: str) -> Mapping[str, Any]:
        return self.object(member)._value if member in self else {}

    def mapping_or_none(self, member: str) -> Mapping[str, Any] | None:
        return self.object(member)._value if member in self else None

    def members(self) -> dict[str, Any]:
        return self._value

    def objects(self, member: str) -> list[_Reader]:
        found = self._value.get(member, [])
        if not isinstance(found, list):
            raise ValueError(f"{self.location(member)} must be an array, got {_shown(found)}")
        return [_Reader(value, f"{self.location(member)}[{index}]") for index, value in enumerate(found)]

    def texts(self, member: str) -> tuple[str, ...]:
        found = self._value.get(member)
        if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
            raise ValueError(f"{self.location(member)} must be an array of strings, got {_shown(found)}")
        return tuple(found)


def _shown(value: Any) -> str:
    return "nothing" if value is ABSENT else json.dumps(value)[:100]


def _language(text: str | None, default: QueryLanguage) -> QueryLanguage:
    if text is None:
        return default
    return "JSONPath" if text == "JSONPath" else "JSONata"


def _program(reader: _Reader, default: QueryLanguage, depth: int) -> Program:
    if depth > _MAX_DEPTH:
        raise ValueError(f"definition must be nested at most {_MAX_DEPTH} deep")
    states = reader.object("States")
    program = Program(
        reader.text("StartAt"),
        {name: _state(name, states.object(name), default, depth) for name in states.members()},
    )
    for name in [program.start_at, *(target for state in program.states.values() for target in _targets(state))]:
        if name not in program.states:
            raise ValueError(f"{states.location(name)} must be a state, got nothing")
    return program


def _targets(state: State) -> list[str]:
    targets = [catcher.next for catcher in state.catch]
    targets += [state.next] if state.next is not None else []
    if isinstance(state, ChoiceState):
        targets += [rule.next for rule in state.choices]
        targets += [state.default] if state.default is not None else []
    return targets


def _state(name: str, reader: _Reader, default: QueryLanguage, depth: int) -> State:
    kind = reader.text("Type")
    if kind not in _PARSERS:
        raise ValueError(f"{reader.location('Type')} must be one of {', '.join(_PARSERS)}, got {kind!r}")
    is_retried = kind in _RETRIED
    common = {
        "name": name,
        "type": kind,
        "query_language": _language(reader.text_or_none("QueryLanguage"), default),
        "next": reader.text_or_none("Next"),
        "input_path": reader.text_or_none("InputPath", "$"),
        "output_path": reader.text_or_none("OutputPath", "$"),
        "output": reader.value("Output"),
        "assign": reader.mapping_or_none("Assign"),
        "retry": tuple(map(_retrier, reader.objects("Retry"))) if is_retried else (),
        "catch": tuple(map(_catcher, reader.objects("Catch"))) if is_retried else (),
    }
    return _PARSERS[kind](reader, common, default, depth)


def _retrier(reader: _Reader) -> Retrier:
    return Retrier(
        reader.texts("ErrorEquals"),
        interval_seconds=reader.number_or("IntervalSeconds", 1),
        max_attempts=int(reader.number_or("MaxAttempts", 3)),
        backoff_rate=reader.number_or("BackoffRate", 2.0),
        max_delay_seconds=reader.number("MaxDelaySeconds"),
        has_full_jitter=reader.text_or_none("JitterStrategy") == "FULL",
    )


def _catcher(reader: _Reader) -> Catcher:
    return Catcher(
        reader.texts("ErrorEquals"),
        next=reader.text("Next"),
        result_path=reader.text_or_none("ResultPath", "$"),
        output=reader.value("Output"),
        assign=reader.mapping_or_none("Assign"),
    )


def _payload(reader: _Reader) -> Payload:
    return Payload(
        parameters=reader.value("Parameters"),
        arguments=reader.value("Arguments"),
        result_selector=reader.value("ResultSelector"),
        result_path=reader.text_or_none("ResultPath", "$"),
    )


def _pass(reader: _Reader, common: dict[str, Any], default: QueryLanguage, depth: int) -> State:
    return PassState(**common, result=reader.value("Result"), payload=_payload(reader))


def _task(reader: _Reader, common: dict[str, Any], default: QueryLanguage, depth: int) -> State:
    return TaskState(
        **common,
        resource=reader.text("Resource"),
        payload=_payload(reader),
        timeout_seconds=reader.number_or_expression("TimeoutSeconds"),
        timeout_seconds_path=reader.text_or_none("TimeoutSecondsPath"),
        heartbeat_seconds=reader.number_or_expression("HeartbeatSeconds"),
        heartbeat_seconds_path=reader.text_or_none("HeartbeatSecondsPath"),
        credentials=reader.value("Credentials"),
    )


def _choice(reader: _Reader, common: dict[str, Any], default: QueryLanguage, depth: int) -> State:
    rules = tuple(
        ChoiceRule(
            _test(rule, depth),
            next=rule.text("Next"),
            output=rule.value("Output"),
            assign=rule.mapping_or_none("Assign"),
        )
        for rule in reader.objects("Choices")
    )
    return ChoiceState(**common, choices=rules, default=reader.text_or_none("Default"))


def _test(reader: _Reader, depth: int) -> ChoiceTest:
    if depth > _MAX_DEPTH:
        raise ValueError(f"definition must be nested at most {_MAX_DEPTH} deep")
    if "Condition" in reader:
        return Condition(reader.value("Condition"))
    if "Not" in reader:
        return Negation(_test(reader.object("Not"), depth + 1))
    if "And" in reader:
        return Conjunction(tuple(_test(test, depth + 1) for test in reader.objects("And")))
    if "Or" in reader:
        return Disjunction(tuple(_test(test, depth + 1) for test in reader.objects("Or")))
    variable = reader.text("Variable")
    for operator, value in reader.members().items():
        if operator not in ("Variable", "Next", "Assign", "Comment"):
            return Comparison(variable, operator, value)
    raise ValueError(f"{reader.location('Variable')} must have an operator beside it, got nothing")


def _wait(reader: _Reader, common: dict[str, Any], default: QueryLanguage, depth: int) -> State:
    return WaitState(
        **common,
        seconds=reader.number_or_expression("Seconds"),
        seconds_path=reader.text_or_none("SecondsPath"),
        timestamp=reader.text_or_none("Timestamp"),
        timestamp_path=reader.text_or_none("TimestampPath"),
    )


def _succeed(reader: _Reader, common: dict[str, Any], default: QueryLanguage, depth: int) -> State:
    return SucceedState(**common)


def _fail(reader: _Reader, common: dict[str, Any], default: QueryLanguage, depth: int) -> State:
    return FailState(
        **common,
        error=reader.text_or_none("Error"),
        error_path=reader.text_or_none("ErrorPath"),
        cause=reader.text_or_none("Cause"),
        cause_path=reader.text_or_none("CausePath"),
    )


def _parallel(reader: _Reader, common: dict[str, Any], default: QueryLanguage, depth: int) -> State:
    branches = tuple(_program(branch, default, depth + 1) for branch in reader.objects("Branches"))
    return ParallelState(**common, branches=branches, payload=_payload(reader))


def _map(reader: _Reader, common: dict[str, Any], default: QueryLanguage, depth: int) -> State:
    processor = reader.object("ItemProcessor" if "ItemProcessor" in reader else "Iterator")
    config = processor.mapping("ProcessorConfig")
    # Parameters is the older name of ItemSelector.
    selector = reader.value("ItemSelector" if "ItemSelector" in reader else "Parameters")
    return MapState(
        **common,
        processor=_program(processor, default, depth + 1),
        is_distributed=config.get("Mode") == "DISTRIBUTED",
        execution_type=str(config.get("ExecutionType", "STANDARD")),
        payload=_payload(reader),
        items=reader.value("Items"),
        items_path=reader.text_or_none("ItemsPath"),
        item_selector=selector,
        item_reader=_item_reader(reader.object("ItemReader")) if "ItemReader" in reader else None,
        item_batcher=_item_batcher(reader.object("ItemBatcher")) if "ItemBatcher" in reader else None,
        result_writer=_result_writer(reader.object("ResultWriter")) if "ResultWriter" in reader else None,
        max_concurrency=reader.number_or_expression("MaxConcurrency"),
        max_concurrency_path=reader.text_or_none("MaxConcurrencyPath"),
        tolerated_failure_count=reader.number_or_expression("ToleratedFailureCount"),
        tolerated_failure_count_path=reader.text_or_none("ToleratedFailureCountPath"),
        tolerated_failure_percentage=reader.number_or_expression("ToleratedFailurePercentage"),
        tolerated_failure_percentage_path=reader.text_or_none("ToleratedFailurePercentagePath"),
        label=reader.text_or_none("Label"),
    )


def _parameters(reader: _Reader) -> Any:
    return reader.value("Arguments" if "Arguments" in reader else "Parameters")


def _item_reader(reader: _Reader) -> ItemReader:
    return ItemReader(reader.text("Resource"), _parameters(reader), reader.mapping("ReaderConfig"))


def _item_batcher(reader: _Reader) -> ItemBatcher:
    return ItemBatcher(
        max_items_per_batch=reader.number_or_expression("MaxItemsPerBatch"),
        max_items_per_batch_path=reader.text_or_none("MaxItemsPerBatchPath"),
        max_input_bytes_per_batch=reader.number_or_expression("MaxInputBytesPerBatch"),
        max_input_bytes_per_batch_path=reader.text_or_none("MaxInputBytesPerBatchPath"),
        batch_input=reader.value("BatchInput"),
    )


def _result_writer(reader: _Reader) -> ResultWriter:
    return ResultWriter(reader.text_or_none("Resource"), _parameters(reader), reader.mapping("WriterConfig"))


_PARSERS = {
    "Task": _task,
    "Wait": _wait,
    "Pass": _pass,
    "Succeed": _succeed,
    "Fail": _fail,
    "Choice": _choice,
    "Parallel": _parallel,
    "Map": _map,
}
