"""The limits of the data of states: runs that let their data grow end with AWS's error."""

from __future__ import annotations

from typing import Any

import pytest
from engine_host import FUNCTION, START, EngineHost, result, start

from sfn_mock.asl import sizes
from sfn_mock.asl.events import HISTORY_LIMIT
from sfn_mock.asl.host import Succeeded
from sfn_mock.asl.map_runs import MOST_REDRIVES
from sfn_mock.asl.sizes import DATA_LIMIT, VARIABLES_LIMIT, fits, variables_fit


def nested(levels: int) -> Any:
    """Return arrays and objects within each other."""
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("x" * 262_142, True, id="as-large-as-may-be"),
        pytest.param("x" * 262_143, False, id="too-large"),
        pytest.param("é" * 131_071, True, id="as-many-bytes-as-may-be"),
        pytest.param("é" * 131_072, False, id="too-many-bytes"),
        pytest.param(nested(600), True, id="as-deep-as-may-be"),
        pytest.param(nested(601), False, id="too-deep"),
        pytest.param(nested(100_000), False, id="far-too-deep"),
        pytest.param([{}] * 601, True, id="wide"),
    ],
)
def test_size(value: Any, expected: bool) -> None:
    """Data has at most 262,144 bytes and 600 levels."""
    assert fits(value) is expected


def test_levels_of_the_input() -> None:
    """A value may have as many levels as the state's input has."""
    deep = nested(700)
    assert fits(deep, deep)
    assert not fits([deep], deep)


def endless(state: dict[str, Any]) -> dict[str, Any]:
    """Return a definition that goes through a state again and again."""
    state = {"Type": "Pass", "Next": "Again", **state}
    rule = {"Variable": "$$.Nothing", "IsPresent": True, "Next": "End"}
    again = {"Type": "Choice", "Choices": [rule], "Default": "S"}
    first = {"Type": "Pass", "Assign": {"v": ["x"]}, "Next": "S"}
    return {"StartAt": "First", "States": {"First": first, "S": state, "Again": again, "End": {"Type": "Succeed"}}}


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        pytest.param({"Parameters": {"a.$": "$"}}, "returned a result", id="deeper-output"),
        pytest.param({"Parameters": {"a.$": "$", "b.$": "$"}}, "returned a result", id="doubled-output"),
        pytest.param({"Assign": {"v.$": "States.Array($v)"}}, "assigned variables", id="deeper-variable"),
        pytest.param({"Assign": {"v.$": "States.Array($v, $v)"}}, "assigned variables", id="doubled-variable"),
        pytest.param(
            {"QueryLanguage": "JSONata", "Assign": {"v": "{% [[$v], [$v]] %}"}}, "assigned variables", id="jsonata"
        ),
    ],
)
def test_growing_data_ends_the_run(state: dict[str, Any], verb: str) -> None:
    """Data that grows at each state, in size or in depth, is States.DataLimitExceeded."""
    run = start(endless(state))

    assert result(run) == (
        "FAILED",
        "States.DataLimitExceeded",
        f"The state/task 'S' {verb} with a size exceeding the maximum number of bytes service limit.",
    )


BRANCH = {"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}
DOUBLED = {"a": "{% $states.input %}", "b": "{% $states.input %}"}


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"Type": "Task", "Resource": FUNCTION, "Parameters": {"a.$": "$", "b.$": "$"}}, id="task"),
        pytest.param(
            {"Type": "Task", "Resource": FUNCTION, "QueryLanguage": "JSONata", "Arguments": DOUBLED}, id="arguments"
        ),
        pytest.param({"Type": "Parallel", "Branches": [BRANCH], "Parameters": {"a.$": "$", "b.$": "$"}}, id="parallel"),
    ],
)
def test_input_that_is_too_large(state: dict[str, Any]) -> None:
    """A task or branch whose input is too large after Parameters does not start; Catch can handle the error."""
    host = EngineHost(Succeeded({}))
    catcher = {"ErrorEquals": ["States.DataLimitExceeded"], "Next": "End"}
    states = {"S": {**state, "Catch": [catcher], "End": True}, "End": {"Type": "Succeed"}}
    run = start({"StartAt": "S", "States": states}, "x" * (DATA_LIMIT // 2), host)

    assert host.calls == []
    assert result(run) == {
        "Error": "States.DataLimitExceeded",
        "Cause": "The state/task 'S' has an input with a size exceeding the maximum number of bytes service limit.",
    }


LARGE = {"a.$": "$", "b.$": "$"}
DISTRIBUTED = {**BRANCH, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}


@pytest.mark.parametrize(
    ("state", "items"),
    [
        pytest.param({"ItemProcessor": BRANCH, "ItemSelector": LARGE}, None, id="iteration"),
        pytest.param({"ItemProcessor": DISTRIBUTED, "ItemSelector": LARGE}, None, id="child-execution"),
        pytest.param(
            {"ItemProcessor": DISTRIBUTED, "ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"all.$": "$"}}},
            None,
            id="batch",
        ),
        pytest.param(
            {
                "ItemProcessor": DISTRIBUTED,
                "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}},
            },
            ["x" * DATA_LIMIT],
            id="read-item",
        ),
    ],
)
def test_input_of_an_item_that_is_too_large(state: dict[str, Any], items: list[Any] | None) -> None:
    """A Map state starts nothing if the input of an iteration or a child execution is too large; so after a redrive."""
    host = EngineHost(items=items)
    definition = {"StartAt": "S", "States": {"S": {"Type": "Map", **state, "End": True}}}
    run = start(definition, ["x" * (DATA_LIMIT // 3)] * 2, host)
    failure = (
        "FAILED",
        "States.DataLimitExceeded",
        "The state/task 'S' has an input with a size exceeding the maximum number of bytes service limit.",
    )

    assert (result(run), host.starts) == (failure, [])
    run.redrive(START + 1000)
    host.advance(run, START + 1000)
    assert (result(run), host.starts) == (failure, [])


@pytest.mark.parametrize(
    ("variables", "limit", "expected"),
    [
        pytest.param(["x" * 8] * 10, 100, True, id="as-large-as-may-be"),
        pytest.param(["x" * 8] * 11, 100, False, id="too-large"),
        pytest.param(["\u20ac" * 8] * 4, 103, False, id="bytes"),
        pytest.param(["x"] * 40, VARIABLES_LIMIT, True, id="forty"),
    ],
)
def test_size_of_all_variables(
    monkeypatch: pytest.MonkeyPatch, variables: list[str], limit: int, expected: bool
) -> None:
    """The limit of all variables counts the bytes of their JSON."""
    monkeypatch.setattr(sizes, "VARIABLES_LIMIT", limit)

    assert variables_fit({f"v{number}": value for number, value in enumerate(variables)}) is expected


@pytest.mark.parametrize(
    ("limit", "quota"),
    [
        pytest.param(VARIABLES_LIMIT, 10_485_760, id="bytes-of-variables"),
        pytest.param(HISTORY_LIMIT, 25_000, id="events-of-a-history"),
        pytest.param(MOST_REDRIVES, 1_000, id="redrives-of-a-map-run"),
    ],
)
def test_quotas(limit: int, quota: int) -> None:
    """The limits that other tests lower are AWS's quotas."""
    assert limit == quota


def test_too_many_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """An Assign that makes the variables of an execution too large is States.DataLimitExceeded."""
    monkeypatch.setattr(sizes, "VARIABLES_LIMIT", 100)
    states = {
        name: {"Type": "Pass", "Assign": {f"{name}.$": "$"}, "Next": following}
        for name, following in zip("ABCD", "BCDE", strict=True)
    }
    run = start({"StartAt": "A", "States": {**states, "E": {"Type": "Succeed"}}}, "x" * 30)

    assert result(run) == (
        "FAILED",
        "States.DataLimitExceeded",
        "The state/task 'D' assigned variables with a size exceeding the maximum number of bytes service limit.",
    )
