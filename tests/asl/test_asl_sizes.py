"""The limits of the data of states: runs that let their data grow end with AWS's error."""

from __future__ import annotations

from typing import Any

import pytest
from engine_host import result, start

from sfn_mock.asl.sizes import DATA_LIMIT, DEPTH_LIMIT, fits


def nested(levels: int) -> Any:
    """Return arrays and objects within each other."""
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("x" * (DATA_LIMIT - 2), True, id="as-large-as-may-be"),
        pytest.param("x" * (DATA_LIMIT - 1), False, id="too-large"),
        pytest.param(nested(DEPTH_LIMIT), True, id="as-deep-as-may-be"),
        pytest.param(nested(DEPTH_LIMIT + 1), False, id="too-deep"),
        pytest.param(nested(100_000), False, id="far-too-deep"),
        pytest.param([{}] * (DEPTH_LIMIT + 1), True, id="wide"),
    ],
)
def test_size(value: Any, expected: bool) -> None:
    """Data has at most 262,144 bytes and 600 levels."""
    assert fits(value) is expected


def test_levels_of_the_input() -> None:
    """A value may have as many levels as the state's input has."""
    deep = nested(DEPTH_LIMIT + 100)
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
