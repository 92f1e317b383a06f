"""Every member of every type of state with values of every kind of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from asl_diagnosed import FUNCTION, diagnose
from engine_host import START, EngineHost, start

from sfn_mock.asl.host import Succeeded

VALUES = [None, True, -1, 2.5, 10**30, "", "$.a", "{% $states.input.a %}", "{% {} %}", [], [1], {}, {"a.$": 1}]
INPUTS: list[Any] = [{"a": 1, "l": [1, 2]}, {"a": "x", "l": {}}, []]
#: What only Python writes.
PYTHON = re.compile(
    r"Traceback|<class|object at 0x|\bNone\b|\bTrue\b|\bFalse\b|(Type|Key|Value|Attribute|Index)Error|'dict'"
)
INNER = {"StartAt": "Inner", "States": {"Inner": {"Type": "Pass", "End": True}}}
RETRY = [{"ErrorEquals": ["E"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 2, "MaxDelaySeconds": 5}]
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "End"}]
READER = {
    "Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON", "MaxItems": 3},
    "Parameters": {"Bucket": "b", "Key": "k"},
}
DISTRIBUTED = {**INNER, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
STATES: dict[str, dict[str, Any]] = {
    "pass": {"Type": "Pass", "Parameters": {"b.$": "$.a"}, "ResultPath": "$.r", "Assign": {"v": 1}, "Next": "End"},
    "pass-jsonata": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": 1, "Assign": {"v": 1}, "Next": "End"},
    "task": {
        "Type": "Task", "Resource": FUNCTION, "TimeoutSecondsPath": "$.a", "ResultSelector": {"b.$": "$.a"},
        "Retry": RETRY, "Catch": CATCH, "Next": "End",
    },
    "choice": {
        "Type": "Choice", "Default": "End",
        "Choices": [{"Not": {"Variable": "$.a", "NumericLessThanPath": "$.l[0]"}, "Next": "End"}],
    },
    "wait": {"Type": "Wait", "SecondsPath": "$.a", "Next": "End"},
    "wait-until": {"Type": "Wait", "TimestampPath": "$.a", "Next": "End"},
    "wait-jsonata": {"Type": "Wait", "QueryLanguage": "JSONata", "Seconds": "{% 1 %}", "Next": "End"},
    "fail": {"Type": "Fail", "ErrorPath": "$.a", "Cause": "c"},
    "fail-jsonata": {"Type": "Fail", "QueryLanguage": "JSONata", "Error": "{% 'E' %}", "Cause": "c"},
    "succeed": {"Type": "Succeed", "InputPath": "$", "OutputPath": "$.a"},
    "parallel": {"Type": "Parallel", "Branches": [INNER], "Retry": RETRY, "Catch": CATCH, "Next": "End"},
    "map": {
        "Type": "Map", "ItemsPath": "$.l", "MaxConcurrencyPath": "$.a", "ItemProcessor": INNER,
        "ItemSelector": {"i.$": "$$.Map.Item.Value"}, "Next": "End",
    },
    "distributed-map": {
        "Type": "Map", "Label": "L", "ItemReader": READER, "ItemBatcher": {"MaxItemsPerBatch": 2},
        "ToleratedFailurePercentagePath": "$.a", "ItemProcessor": DISTRIBUTED, "Next": "End",
    },
    "distributed-map-jsonata": {
        "Type": "Map", "QueryLanguage": "JSONata", "Items": "{% $states.input.l %}", "ItemProcessor": DISTRIBUTED,
        "ItemBatcher": {"MaxItemsPerBatch": "{% 2 %}"}, "MaxConcurrency": "{% 1 %}", "Next": "End",
    },
}  # fmt: skip


def members(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of all members and elements of a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from members(inner, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a copy of a value with another one at a path."""
    if not path:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = replaced(value[path[0]], path[1:], new)
    return copied


def definition(state: Any) -> dict[str, Any]:
    """Return a definition that goes to the state S, or elsewhere."""
    rule = {"Variable": "$$.Nothing", "IsPresent": True, "Next": "End"}
    first = {"Type": "Choice", "Choices": [rule], "Default": "S"}
    return {"StartAt": "First", "States": {"First": first, "S": state, "End": {"Type": "Succeed"}}}


@pytest.mark.parametrize("kind", STATES)
def test_wrong_values_give_errors_of_aws(kind: str) -> None:
    """Any value of any member gives diagnostics or a run that ends, and no message of Python."""
    messages: list[str] = []
    for path in members(STATES[kind]):
        for value in VALUES:
            wrong = definition(replaced(STATES[kind], path, value))
            found = diagnose(json.dumps(wrong))
            messages += [each.message for each in found]
            for given in [] if any(each.severity == "ERROR" for each in found) else INPUTS:
                host = EngineHost(Succeeded({"a": 1}), items=[1, 2, 3])
                run = start(wrong, given, host)
                host.advance(run, START + 10**14)
                assert run.status in ("SUCCEEDED", "FAILED"), (path, value, given)
                messages.append(run.cause or "")

    assert [text for text in messages if PYTHON.search(text)] == []
    assert len(set(messages)) > 5
