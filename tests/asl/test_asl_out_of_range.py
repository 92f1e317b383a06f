"""Fields whose JSONata expressions give values that they do not take."""

import pytest
from engine_host import FUNCTION, EngineHost, details, result, single, start, types

HEAD = "An error occurred while executing the state 'S' (entered at the event id #2). "
CAUGHT = [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "Caught"}]
PROCESSOR = {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": True}}}
DISTRIBUTED = {**PROCESSOR, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}}
WAIT = {"Type": "Wait"}
TASK = {"Type": "Task", "Resource": FUNCTION, "Arguments": {}, "Catch": CAUGHT}
MAP = {"Type": "Map", "Items": [1], "ItemProcessor": DISTRIBUTED, "Catch": CAUGHT}
READER = {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "lists", "Key": "items"}}
FROM_NULL = "an integer of at least 0"
FROM_ONE = "an integer of at least 1"
HUNDRED = "a number from 0 to 100"
DATE = "an ISO-8601 extended offset date-time format string"


@pytest.mark.parametrize(
    ("state", "expression", "field", "expected", "value"),
    [
        pytest.param({**WAIT, "Seconds": "{% -1 %}"}, "-1", "Seconds", FROM_NULL, "-1", id="negative delay"),
        pytest.param({**WAIT, "Seconds": "{% 1.5 %}"}, "1.5", "Seconds", FROM_NULL, "1.5", id="fraction of a second"),
        pytest.param(
            {**WAIT, "Timestamp": "{% '2026-13-01T00:00:00Z' %}"},
            "'2026-13-01T00:00:00Z'",
            "Timestamp",
            DATE,
            '"2026-13-01T00:00:00Z"',
            id="month 13",
        ),
        pytest.param({**TASK, "TimeoutSeconds": "{% 0 %}"}, "0", "TimeoutSeconds", FROM_ONE, "0", id="no time"),
        pytest.param(
            {**TASK, "HeartbeatSeconds": "{% 1.5 %}"}, "1.5", "HeartbeatSeconds", FROM_ONE, "1.5", id="heartbeat"
        ),
        pytest.param(
            {**MAP, "MaxConcurrency": "{% $states.input.n %}"},
            "$states.input.n",
            "MaxConcurrency",
            FROM_NULL,
            "-1",
            id="negative concurrency",
        ),
        pytest.param(
            {**MAP, "ToleratedFailureCount": "{% 0.5 %}"}, "0.5", "ToleratedFailureCount", FROM_NULL, "0.5", id="count"
        ),
        pytest.param(
            {**MAP, "ToleratedFailurePercentage": "{% 101 %}"},
            "101",
            "ToleratedFailurePercentage",
            HUNDRED,
            "101",
            id="percentage",
        ),
        pytest.param(
            {**MAP, "ToleratedFailurePercentage": "{% -0.5 %}"},
            "-0.5",
            "ToleratedFailurePercentage",
            HUNDRED,
            "-0.5",
            id="negative percentage",
        ),
        pytest.param(
            {**MAP, "ItemBatcher": {"MaxItemsPerBatch": "{% -1 %}"}},
            "-1",
            "ItemBatcher/MaxItemsPerBatch",
            FROM_NULL,
            "-1",
            id="items of a batch",
        ),
        pytest.param(
            {**MAP, "Items": None, "ItemReader": {**READER, "ReaderConfig": {"MaxItems": "{% -1 %}"}}},
            "-1",
            "ItemReader/ReaderConfig/MaxItems",
            FROM_NULL,
            "-1",
            id="items of a reader",
        ),
    ],
)
def test_value_out_of_range(state, expression, field, expected, value):
    """An expression whose value is out of the field's range is a States.QueryEvaluationError, which a Catch takes."""
    given = {name: member for name, member in {**state, "QueryLanguage": "JSONata"}.items() if member is not None}
    run = start(single(given), {"n": -1}, EngineHost())
    cause = (
        f"{HEAD}The JSONata expression '{expression}' specified for the field '{field}' returned a value out of range. "
        f"Expected {expected}, but was: {value}"
    )

    assert details(run, "EvaluationFailed") == {
        "error": "States.QueryEvaluationError",
        "cause": cause,
        "location": field,
        "state": "S",
    }
    if "Catch" in state:
        assert result(run) == {"Error": "States.QueryEvaluationError", "Cause": cause}
    else:
        assert types(run)[1:] == ["WaitStateEntered", "EvaluationFailed", "ExecutionFailed"]
